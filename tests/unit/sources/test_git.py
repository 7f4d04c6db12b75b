"""Facts from what git prints; no credential gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.sources.git import GitFacts, parse_facts, parse_settings
from localbuild.sources.places import GitRepository

ORIGIN = {"remote.origin.url": "https://example.com/o/r.git"}


def status(*lines: str) -> bytes:
    return b"".join(line.encode() + b"\0" for line in lines)


def test_a_clean_branch() -> None:
    facts = parse_facts(status("# branch.oid 1a2b", "# branch.head main"), ORIGIN)
    assert facts == GitFacts(
        is_repository=True, commit="1a2b", branch="main", url="https://example.com/o/r.git"
    )


def test_before_the_first_commit() -> None:
    facts = parse_facts(status("# branch.oid (initial)", "# branch.head main"), {})
    assert facts == GitFacts(is_repository=True, branch="main")


def test_a_detached_head_is_no_branch() -> None:
    assert parse_facts(status("# branch.oid 1a", "# branch.head (detached)"), {}).branch == ""


@pytest.mark.parametrize("line", ["? new.txt", "1 .M N... 100644 100644 100644 a a f", "u UU x"])
def test_any_change_is_dirty(line: str) -> None:
    assert parse_facts(status("# branch.oid 1a", "# branch.head main", line), {}).dirty


def test_the_branch_s_own_remote_comes_first() -> None:
    settings = {
        "remote.fork.url": "https://example.com/fork",
        **ORIGIN,
        "branch.main.remote": "fork",
    }
    assert parse_facts(status("# branch.head main"), settings).url == "https://example.com/fork"
    assert parse_facts(status("# branch.head other"), settings).url == ORIGIN["remote.origin.url"]


def test_without_an_origin_any_remote_will_do() -> None:
    settings = {"remote.upstream.url": "https://example.com/up"}
    assert parse_facts(status("# branch.head main"), settings).url == "https://example.com/up"


def test_settings_keep_newlines_and_the_last_value() -> None:
    listing = b"a.b\nfirst\0a.b\nsecond\nline\0c.alone\0"
    assert parse_settings(listing) == {"a.b": "second\nline", "c.alone": ""}


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://example.com/o/r", "https://example.com/o/r"),
        ("https://me:ghp_token@example.com/o/r", "https://example.com/o/r"),
        ("https://ghp_token@example.com:8443/o/r", "https://example.com:8443/o/r"),
        ("https://a:b@c@example.com/r", "https://example.com/r"),
        ("HTTPS://me:pw@example.com/r", "HTTPS://example.com/r"),
        ("https://example.com/r?access_token=s3cret", "https://example.com/r"),
        ("ssh://git:pw@example.com/r", "ssh://git@example.com/r"),
        ("ssh://git@example.com:22/r", "ssh://git@example.com:22/r"),
        ("git@example.com:o/r.git", "git@example.com:o/r.git"),
        ("codecommit::eu-west-1://profile@repo", "codecommit::eu-west-1://repo"),
        ("helper::https://me:pw@example.com/r", "helper::https://example.com/r"),
        ("/srv/git/r@2?.git", "/srv/git/r@2?.git"),
        ("", ""),
    ],
)
def test_credentials_are_removed(url: str, clean: str) -> None:
    assert GitRepository(url=url).shown == clean


SECRETS = st.text("abcXYZ019:@%+=_-", min_size=8, max_size=20)


@given(SECRETS, st.sampled_from(["https", "http", "ftp", "git"]))
def test_no_user_part_gets_through(secret: str, scheme: str) -> None:
    assert GitRepository(url=f"{scheme}://{secret}@host/r").shown == f"{scheme}://host/r"

"""What words mean as a source: git, S3, or a directory."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localbuild.sources.places import GitRepository, S3Object, read_object, read_place


@pytest.mark.parametrize(
    ("text", "url", "version", "type", "repository", "name"),
    [
        ("https://github.com/org/app.git", "https://github.com/org/app.git", "", "GITHUB",
         "github.com/org/app", "app"),
        ("https://github.com/org/app#v1.2", "https://github.com/org/app", "v1.2", "GITHUB",
         "github.com/org/app", "app"),
        ("git+https://gitlab.com/a/b/c", "https://gitlab.com/a/b/c", "", "GITLAB",
         "gitlab.com/a/b/c", "c"),
        ("git@bitbucket.org:org/app.git#main", "git@bitbucket.org:org/app.git", "main",
         "BITBUCKET", "bitbucket.org/org/app", "app"),
        ("ssh://git@host.example:2222/x/app.git", "ssh://git@host.example:2222/x/app.git", "",
         "GIT", "host.example/x/app", "app"),
        ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app",
         "https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/app", "", "CODECOMMIT",
         "git-codecommit.eu-west-1.amazonaws.com/v1/repos/app", "app"),
        ("file:///srv/app.git", "file:///srv/app.git", "", "GIT", "", "app"),
        ("git+file:///srv/app", "file:///srv/app", "", "GIT", "", "app"),
        ("HTTP://127.0.0.1:8080/app", "http://127.0.0.1:8080/app", "", "GIT", "127.0.0.1/app",
         "app"),
    ],
)  # fmt: skip
def test_a_url_is_a_repository(
    text: str, url: str, version: str, type: str, repository: str, name: str
) -> None:
    found = read_place(text)
    assert isinstance(found, GitRepository)
    assert (found.url, found.version, found.type) == (url, version, type)
    assert (found.repository, found.name) == (repository, name)


@pytest.mark.parametrize(
    ("text", "bucket", "key", "version", "name"),
    [
        ("s3://bucket/a/app.zip", "bucket", "a/app.zip", "", "app"),
        ("s3://bucket/a/", "bucket", "a/", "", "a"),
        ("s3://bucket/", "bucket", "", "", "bucket"),
        ("s3://bucket/app.zip?versionId=x.Y", "bucket", "app.zip", "x.Y", "app"),
        ("arn:aws:s3:::bucket/app.zip", "bucket", "app.zip", "", "app"),
        ("arn:aws-cn:s3:::bucket/a b/c", "bucket", "a b/c", "", "c"),
    ],
)
def test_an_object(text: str, bucket: str, key: str, version: str, name: str) -> None:
    found = read_place(text)
    assert found == S3Object(bucket=bucket, key=key, version=version)
    assert found.name == name
    assert found.is_folder == (key.endswith("/") or not key)


def test_a_projects_location_needs_no_scheme() -> None:
    assert read_object("bucket/path/app.zip") == S3Object(bucket="bucket", key="path/app.zip")


@pytest.mark.parametrize("text", ["", ".", "../app", "a:b", "app.git", "C:\\x", "user@host"])
def test_what_else_could_only_be_a_directory(text: str) -> None:
    assert read_place(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c touch% x",
        "codecommit::eu-west-1://app",
        "ftp://host/app",
        "https://",
        "https:///app",
        "https://host",
        "https://-oProxyCommand=x/app",
        "ssh://-oProxyCommand=x/app",
        "https://host/a b",
        "https://host/a\nb",
        "file://",
        "s3://bucket",
        "s3://B/key",
        "arn:aws:s3:::bucket",
    ],
)
def test_what_is_no_place(text: str) -> None:
    with pytest.raises(ValueError):
        read_place(text)


@pytest.mark.parametrize(
    ("text", "shown", "secrets", "base"),
    [
        ("https://me:t%40ken@h.example/a.git", "https://h.example/a.git", ("t%40ken", "t@ken"),
         ("https://me:t%40ken@h.example/", "https://h.example/")),
        ("https://token@h.example:8443/a", "https://h.example:8443/a", ("token",),
         ("https://token@h.example:8443/", "https://h.example:8443/")),
        ("https://h.example/a?key=x", "https://h.example/a", (), ("", "")),
        ("ssh://git@h.example/a", "ssh://git@h.example/a", (), ("", "")),
        ("ssh://git:pw@h.example/a", "ssh://git@h.example/a", ("pw",), ("", "")),
        ("git@h.example:a", "git@h.example:a", (), ("", "")),
        ("file:///srv/a@b/c", "file:///srv/a@b/c", (), ("", "")),
    ],
)  # fmt: skip
def test_credentials_are_for_git_alone(
    text: str, shown: str, secrets: tuple[str, ...], base: tuple[str, str]
) -> None:
    found = read_place(text)
    assert isinstance(found, GitRepository)
    assert (found.shown, found.secrets, found.base) == (shown, secrets, base)
    assert not any(secret in repr(found) for secret in secrets)


@pytest.mark.parametrize("path", ["../../etc", "a/../b", "a/$(id)", "a b", "a;b"])
def test_a_path_that_is_no_folders_name_makes_no_folder(path: str) -> None:
    assert GitRepository(url=f"https://h.example/{path}").repository == ""


_PIECES = st.sampled_from(
    (
        *("https://", "git+", "ssh://", "s3://", "file://", "arn:aws:s3:::", "@", ":", "//", "/"),
        *("#", "..", "-", "?versionId=", "%40", "host", "a.git", "\n", "\0", " ", "::", "[", "]"),
    )
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=3)), max_size=9).map("".join))
def test_every_text_has_an_answer(text: str) -> None:
    with suppress(ValueError):
        found = read_place(text)
        if isinstance(found, GitRepository):
            assert not found.url.startswith("-")
            assert not {".", ".."} & set(found.repository.split("/"))
            assert found.name
            assert not any(secret in found.shown for secret in found.secrets if len(secret) > 9)


@pytest.mark.parametrize("code", ["%00", "%0a", "%0D"])
def test_credentials_are_a_line_each(code: str) -> None:
    with pytest.raises(ValueError, match="is no URL of a repository") as caught:
        read_place(f"https://me:secret{code}x@host/r.git")
    assert "secret" not in str(caught.value)

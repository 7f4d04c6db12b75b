"""`codebuild-hash-files` and our own reading of the same tree come to the same hash."""

import uuid
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localbuild.cache.template import combine_hashes
from localbuild.container.helpers import HASH_FILES, helper_files
from localbuild.plan.environment import DEFAULT_PATH, HELPERS_DIR
from localbuild.plan.script import (
    DIRECTORY_FILE,
    ENV_FILE,
    STATE_DIR,
    command_script,
    quote,
    state_file,
)
from localbuild.ports.engine import CommandRequest, Container, ContainerSpec, Engine, FileToPut
from localbuild.sources.memory import MemorySource
from tests.conftest import SMALL, STANDARD
from tests.contracts.busybox import provide_busybox

SOURCE = "/codebuild/src"
NAMES = (
    *("a", "b.md", "package-lock.json", ".hidden", "-x", "-", "[x]", "x", "]", "^", "it's", 'q"q'),
    *("a b", "*", "?", "back\\slash", "a\\", "$HOME", "`id`", "é", "\udcff", "a+b", "(a)", "{a,b}"),
    *("a|b", "a.b", "aXb", "new\nline", "tab\t", "!a", "#", "~", "&", ";", "a-c", "A", "0"),
    *("dir/a", "dir/b.md", "dir/sub/a", "dir/sub/.dot/b.md", "dir/[x]/y", ".d/.e/f", "dir 2/é/a"),
    *("dir/-/n\nn/a", "**/a", "dir/**", "d.r/a", "deep/1/2/3/4/5/6/7/a"),
)
SOURCE_OF_ALL = MemorySource({name: f"content of {name!r}".encode() for name in NAMES})
PATTERNS = (
    *(
        "a",
        "package-lock.json",
        "*",
        "**",
        "**/*",
        "**/*.md",
        "*.md",
        "dir/*",
        "dir/**",
        "dir/**/a",
    ),
    *(
        "**/a",
        "**/**/a",
        "?",
        "??",
        "[a-c]",
        "[!a]",
        "[^a]*",
        "[]x]",
        "[!]]",
        "[\\]]",
        "[x",
        "\\[x\\]",
    ),
    *("[[]x]", "[a-]", "[-a]", "[+-9]", "[!-~]", "[^^]", "[\\^]", "[\\\\]", "back\\\\slash", "a\\"),
    *(
        "\\*",
        "\\?",
        "*\\**",
        "[[:alpha:]]",
        "[[:upper:][:digit:]]",
        "[![:alpha:]]*",
        "[c-a]",
        "a[+]b",
    ),
    *("{a,b}", "(a)", "a|b", "a.b", "a+b", "a$", "^", "$HOME", "`id`", "it's", 'q"q', "a b", "é"),
    *(
        "[é]*",
        "**/é/*",
        "./a",
        "././dir//b.md",
        "dir/./a",
        "dir/",
        "dir",
        "dir/.",
        ".",
        "..",
        "../*",
    ),
    *(
        "dir/../a",
        "/a",
        "/etc/passwd",
        "//a",
        "",
        "**a",
        "a**",
        "d**r/a",
        "***",
        "**/.*/**",
        ".*",
        "-*",
    ),
    *("-", "-x", "--", "*/*", "*/*/*", "dir/[[]x]/*", "**/\\[x\\]/y", "dir*/**/a", "deep/**/7/a"),
    *(
        "deep/*/*/3/**",
        "new*",
        "*line",
        "new\nline",
        "n?w?line",
        "**/n\nn/*",
        "!a",
        "#",
        "~",
        "&",
        ";",
    ),
)


class Helper:
    """The helper in a container."""

    def __init__(self, container: Container) -> None:
        self.container = container

    def run(self, command: str) -> tuple[int, str]:
        """A command of a build; its status and what it printed."""
        said: list[bytes] = []
        request = CommandRequest(script=command_script(command))
        end = self.container.run(request, said.append, lambda: None)
        return end.exit_status, b"".join(said).decode("utf-8", "surrogateescape")

    def hash(self, *patterns: str) -> str:
        """What it prints on stdout."""
        words = " ".join(map(quote, patterns))
        status, said = self.run(f"codebuild-hash-files {words} 2> /dev/null")
        assert status == 0
        return said


def expected(*patterns: str) -> str:
    found = SOURCE_OF_ALL.hash_files(patterns)
    combined = combine_hashes([digest for _, digest in found])
    return f"{combined}\n" if combined else ""


@pytest.fixture(params=["small", "standard", "busybox"], scope="module")
def helper(request: pytest.FixtureRequest, docker_engine: Engine) -> Iterator[Helper]:
    references = {"small": lambda: SMALL, "standard": lambda: STANDARD, "busybox": provide_busybox}
    image = docker_engine.find_image(references[request.param](), "")
    assert image is not None
    path = f"{DEFAULT_PATH}:{HELPERS_DIR}"
    state = state_file({"PATH": path, "CODEBUILD_SRC_DIR": SOURCE}.items())
    helpers = [FileToPut(path=path, text=text, mode=mode) for path, text, mode in helper_files()]
    spec = ContainerSpec(
        name=f"hash-files-{uuid.uuid4().hex[:12]}",
        image=image,
        labels=(("dev.localbuild.build", "hash-files"),),
        directories=(
            ("/codebuild", 0o755),
            ("/codebuild/readonly", 0o755),
            (STATE_DIR, 0o777),
            (HELPERS_DIR, 0o755),
            (SOURCE, 0o755),
        ),
        files=(
            FileToPut(path=ENV_FILE, text=state, mode=0o666),
            FileToPut(path=DIRECTORY_FILE, text="/\n", mode=0o666),
            *helpers,
        ),
    )
    with docker_engine.open_container(spec) as container:
        container.put_tree(SOURCE, SOURCE_OF_ALL.open_archive())
        yield Helper(container)


@pytest.mark.docker
class TestHashFiles:
    """In every kind of image."""

    def test_all_patterns_come_to_the_same(self, helper: Helper) -> None:
        differ = [p for p in PATTERNS if helper.hash(p) != expected(p)]
        assert differ == []

    def test_most_of_these_patterns_match(self) -> None:
        assert len([p for p in PATTERNS if expected(p)]) > 0.7 * len(PATTERNS)

    def test_several_patterns_are_one_set(self, helper: Helper) -> None:
        assert helper.hash("dir/a", "**/a", "b.md") == expected("b.md", "**/a", "absent")
        assert helper.hash("b.md", "a") == helper.hash("a", "b.md") != helper.hash("a")

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pattern=st.text(alphabet="ab*?[]!^-\\/.d:x]é{}+", min_size=1, max_size=9))
    def test_any_pattern_comes_to_the_same(self, helper: Helper, pattern: str) -> None:
        assert helper.hash(pattern) == expected(pattern)

    def test_no_match_is_said_and_is_no_failure(self, helper: Helper) -> None:
        message = "codebuild-hash-files: no files match absent **/none\n"
        assert helper.run("codebuild-hash-files absent '**/none'") == (0, message)

    def test_links_are_neither_files_nor_ways(self, helper: Helper) -> None:
        before = helper.hash("**")
        helper.run(f"cd {SOURCE} && ln -s dir link && ln -s a file && ln -s / root")
        assert helper.hash("**") == before
        assert helper.hash("link/a", "file", "link/*", "root/etc/*", "link/sub/*") == ""
        helper.run(f"cd {SOURCE} && rm link file root")

    def test_it_changes_with_contents_and_not_with_names(self, helper: Helper) -> None:
        before = helper.hash("b.md")
        helper.run(f"cd {SOURCE} && cp b.md copy && echo x >> b.md")
        assert helper.hash("copy") == before != helper.hash("b.md")
        helper.run(f"cd {SOURCE} && mv copy b.md")
        assert helper.hash("b.md") == before

    def test_it_is_at_home_in_the_source(self, helper: Helper) -> None:
        wanted = expected("dir/*")
        assert helper.run("cd /tmp && codebuild-hash-files 'dir/*'") == (0, wanted)
        assert helper.run(
            f"cd / && unset CODEBUILD_SRC_DIR; cd {SOURCE}; {HASH_FILES} 'dir/*'"
        ) == (
            0,
            wanted,
        )

    def test_what_nobody_may_read_is_no_hash(self, helper: Helper) -> None:
        helper.run("mkdir -m 755 /tmp/s && cd /tmp/s && echo 1 > a && echo 2 > b && chmod 0 b")
        command = "CODEBUILD_SRC_DIR=/tmp/s PATH=$PATH codebuild-hash-files a b 2>&1"
        status, said = helper.run(f"su -s /bin/sh -m codebuild-user -c '{command}'")
        assert (status, said.splitlines()[-1]) == (
            1,
            "codebuild-hash-files: not all files can be read",
        )

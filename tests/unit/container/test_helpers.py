"""The helper commands, run here in every kind of shell, on trees with odd names."""

import re
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localbuild.container.helpers import helper_files
from localbuild.globs import Globs
from tests.unit.container.shells import SHELLS, Called, Helpers, shard_variables

ODD = (
    "a b_test.js",
    "it's.js",
    'q"q.js',
    "$HOME.js",
    "`id`.js",
    "*.js",
    "[x].js",
    "back\\s.js",
    "é.js",
)
SEARCH = "codebuild-glob-search '**/*.js'"
EQUAL, STABLE = "equal-distribution", "stability"
BYTES = 8 * 1024
"""All helpers together: a build's first script has them, and a shell reads it byte by byte."""


@pytest.fixture(params=SHELLS)
def helpers(request: pytest.FixtureRequest, tmp_path: Path) -> Helpers:
    """The helpers of a build without a debug session."""
    return Helpers(tmp_path, request.param)


@pytest.fixture(scope="module")
def quick() -> Iterator[Helpers]:
    """The helpers in one shell, for many calls."""
    with TemporaryDirectory() as folder:
        yield Helpers(Path(folder), "dash")


def run_tests(helpers: Helpers, command: str, *more: str, **environ: str) -> Called:
    words = ("--test-command", command, "--files-search", SEARCH, *more)
    return helpers.call("codebuild-tests-run", *words, environ=environ)


def test_they_are_small_and_have_nothing_to_be_filled_in() -> None:
    texts = [text for _, text, _ in helper_files()]
    assert sum(map(len, texts)) < BYTES
    assert not any(line.startswith((" ", "# ")) for text in texts for line in text.splitlines())
    texts += [text for _, text, _ in helper_files("a-container")]
    assert not any(re.search("@[A-Z_]+@", text) for text in texts)


class TestGlobSearch:
    """Paths that match, relative to where it is called."""

    def test_files_in_order_and_no_directories(self, helpers: Helpers) -> None:
        helpers.write("b.js", "a/x.js", "a/b/y.js", "a/dir.js/z.txt", ".hidden.js", "A.js")
        called = helpers.call("codebuild-glob-search", "**/*.js", "a/**")
        wanted = [".hidden.js", "A.js", "a/b/y.js", "a/dir.js/z.txt", "a/x.js", "b.js"]
        assert (called.status, called.lines, called.err) == (0, wanted, "")

    @pytest.mark.parametrize("pattern", ["**/*.js", "*", "[[]x].js", "\\*.js", "a/**", "?.js", "."])
    def test_globs_are_those_of_the_source(self, helpers: Helpers, pattern: str) -> None:
        names = [*ODD, "a/b.js", "a/b/c.js", "-n.js"]
        helpers.write(*names)
        wanted = sorted(name for name in names if Globs([pattern]).takes(name.encode()))
        assert helpers.call("codebuild-glob-search", pattern).lines == wanted

    def test_no_match_is_said_and_is_no_failure(self, helpers: Helpers) -> None:
        called = helpers.call("codebuild-glob-search", "*.no", "\\n")
        said = "codebuild-glob-search: no files match *.no \\n\n"
        assert (called.status, called.out, called.err) == (0, "", said)

    def test_it_wants_a_pattern(self, helpers: Helpers) -> None:
        called = helpers.call("codebuild-glob-search")
        assert (called.status, called.out) == (2, "")
        assert called.err.startswith("usage: ")

    @pytest.mark.parametrize("name", ["codebuild-glob-search", "codebuild-tests-run"])
    def test_help_is_no_wrong_usage(self, helpers: Helpers, name: str) -> None:
        called = helpers.call(name, "--help")
        assert (called.status, called.err) == (0, "")
        assert called.out.startswith(f"usage: {name} ")

    def test_a_name_with_a_line_break_is_in_no_list(self, helpers: Helpers) -> None:
        helpers.write("one.js", "new\nline.js")
        called = helpers.call("codebuild-glob-search", "*")
        assert (called.status, called.lines) == (0, ["one.js"])
        assert "line break" in called.err


class TestTestsRun:
    """The test command and its files."""

    def test_the_files_are_its_arguments(self, helpers: Helpers) -> None:
        helpers.write("b.js", "a/a.js", "c.txt")
        called = run_tests(helpers, "echo test")
        assert (called.status, called.out, called.err) == (0, "test a/a.js b.js\n", "")

    def test_odd_names_stay_whole(self, helpers: Helpers) -> None:
        helpers.write(*ODD)
        called = run_tests(helpers, "printf '<%s>\\n'")
        assert called.lines == sorted((f"<{name}>" for name in ODD), key=str.encode)

    def test_the_variable_has_a_file_a_line(self, helpers: Helpers) -> None:
        helpers.write("b.js", "a b.js")
        called = run_tests(helpers, 'printf "%s." "$CODEBUILD_CURRENT_SHARD_FILES"')
        assert called.out == "a b.js\nb.js."

    def test_a_script_finds_both(self, helpers: Helpers) -> None:
        helpers.write("b.js", "a.js")
        script = helpers.source / "run.sh"
        script.write_text('#!/bin/sh\necho "$# $CODEBUILD_CURRENT_SHARD_FILES"\n')
        script.chmod(0o755)
        assert run_tests(helpers, "./run.sh").out == "2 a.js\nb.js\n"

    @pytest.mark.parametrize("command", ["echo\n", "true && echo \n\n", "FOO=1 echo"])
    def test_a_command_of_a_block_keeps_its_files(self, helpers: Helpers, command: str) -> None:
        helpers.write("a.js")
        assert run_tests(helpers, command).out == "a.js\n"

    @pytest.mark.parametrize("status", [0, 1, 7, 127])
    def test_its_status_is_the_command_s(self, helpers: Helpers, status: int) -> None:
        helpers.write("a.js")
        assert run_tests(helpers, f"exit {status};").status == status

    def test_options_may_have_an_equals_sign(self, helpers: Helpers) -> None:
        words = (
            "--test-command=echo a=b",
            "--files-search=echo x=y",
            f"--sharding-strategy={STABLE}",
        )
        assert helpers.call("codebuild-tests-run", *words).out == "a=b x=y\n"

    @pytest.mark.parametrize(
        "words",
        [
            (),
            ("--test-command", "true"),
            ("--files-search", "true"),
            ("--test-command",),
            ("--no-such", "x"),
            ("stray",),
            ("--test-command", "true", "--files-search", "echo a", "--sharding-strategy", "luck"),
        ],
    )
    def test_wrong_usage(self, helpers: Helpers, words: tuple[str, ...]) -> None:
        called = helpers.call("codebuild-tests-run", *words)
        assert (called.status, called.out) == (2, "")
        assert called.err.splitlines()[-1].startswith("usage: ")

    @pytest.mark.parametrize(
        ("index", "count"), [("3", "3"), ("-1", "3"), ("x", "3"), ("0", "0"), ("0", "y")]
    )
    def test_a_shard_that_is_none(self, helpers: Helpers, index: str, count: str) -> None:
        assert run_tests(helpers, "true", **shard_variables(index, count)).status == 2

    def test_a_search_that_fails_runs_nothing(self, helpers: Helpers) -> None:
        words = ("--test-command", "echo ran", "--files-search", "echo a.js; exit 5")
        called = helpers.call("codebuild-tests-run", *words)
        said = "codebuild-tests-run: --files-search failed with exit status 5\n"
        assert (called.status, called.out, called.err) == (5, "", said)

    def test_no_test_file_at_all_is_a_failure(self, helpers: Helpers) -> None:
        called = run_tests(helpers, "echo ran")
        assert (called.status, called.out) == (1, "")
        assert called.err.endswith("--files-search found no test files\n")

    def test_a_shard_without_files_runs_nothing(self, helpers: Helpers) -> None:
        helpers.write("a.js", "b.js")
        called = run_tests(helpers, "echo ran", **shard_variables(2, 3))
        said = "codebuild-tests-run: shard 3 of 3 has no test files: nothing is run\n"
        assert (called.status, called.out, called.err) == (0, "", said)

    def test_a_shard_says_how_much_is_its_own(self, helpers: Helpers) -> None:
        helpers.write("a.js", "b.js", "c.js")
        called = run_tests(helpers, "echo", **shard_variables(0, 2))
        assert called.out == "a.js b.js\n"
        assert called.err == "codebuild-tests-run: shard 1 of 2 has 2 of 3 test files\n"

    def test_more_names_than_a_variable_holds(self, helpers: Helpers) -> None:
        folder = "a/long/way/to/the/tests/of/a/large/project"
        loop = f"while [ $i -lt 1003000 ]; do echo {folder}/$i.js; i=$((i + 1)); done"
        search = f"i=1000000; {loop}"
        words = ("--files-search", search, "--test-command")
        counted = helpers.call("codebuild-tests-run", *words, "sh -c 'echo \"$#\"' sh")
        assert (counted.status, counted.out) == (0, "3000\n")
        named = helpers.call("codebuild-tests-run", *words, 'echo "$CODEBUILD_CURRENT_SHARD_FILES"')
        assert (named.status, named.out) == (1, "")
        assert "use more shards" in named.err


NAMES = st.lists(
    st.text(alphabet="abé/_.- '\"$*0123456789", min_size=1, max_size=12).filter(str.strip),
    min_size=1,
    max_size=24,
)
many = settings(max_examples=12, suppress_health_check=list(HealthCheck))


class TestEqualDistribution:
    """Neighbours stay together."""

    def test_seven_files_in_three_shards(self, helpers: Helpers) -> None:
        names = ["g", "a", "f", "b", "e", "c", "d", "a"]
        assert helpers.shards(EQUAL, 3, names) == [["a", "b", "c"], ["d", "e"], ["f", "g"]]

    @many
    @given(names=NAMES, count=st.integers(1, 5))
    def test_pieces_of_the_sorted_list(self, quick: Helpers, names: list[str], count: int) -> None:
        shards = quick.shards(EQUAL, count, names)
        found = [name for shard in shards for name in shard]
        assert found == sorted(set(names), key=str.encode)
        assert max(map(len, shards)) - min(map(len, shards)) <= 1


class TestStability:
    """A name stays where it is."""

    @many
    @given(
        names=NAMES, new=st.text(alphabet="xyz", min_size=1, max_size=9), count=st.integers(2, 4)
    )
    def test_a_new_file_moves_no_other(
        self, quick: Helpers, names: list[str], new: str, count: int
    ) -> None:
        before = quick.shards(STABLE, count, names)
        after = quick.shards(STABLE, count, [*names, new])
        assert sorted(name for shard in before for name in shard) == sorted(set(names))
        assert [[n for n in shard if n != new] for shard in after] == before

    @many
    @given(names=NAMES, count=st.integers(1, 4))
    def test_a_new_shard_only_takes(self, quick: Helpers, names: list[str], count: int) -> None:
        before = quick.shards(STABLE, count, names)
        after = quick.shards(STABLE, count + 1, names)
        assert [[n for n in shard if n not in after[-1]] for shard in before] == after[:-1]

    @pytest.mark.parametrize("count", [2, 3, 5, 8])
    def test_shards_are_about_equal(self, quick: Helpers, count: int) -> None:
        names = [f"tests/unit/part_{n % 7}/test_module_{n:03}.py" for n in range(800)]
        sizes = [len(shard) for shard in quick.shards(STABLE, count, names)]
        assert sum(sizes) == 800
        assert max(sizes) < 1.35 * 800 / count
        assert min(sizes) > 0.65 * 800 / count

    def test_every_shell_and_awk_comes_to_the_same(self, helpers: Helpers, quick: Helpers) -> None:
        names = [*ODD, *(f"test_{n}.py" for n in range(60))]
        assert helpers.shards(STABLE, 3, names) == quick.shards(STABLE, 3, names)


class TestBreakpoint:
    """Pauses a build with a debug session, and no other."""

    @pytest.mark.parametrize("name", ["codebuild-breakpoint", "codebuild-resume"])
    def test_it_is_ignored_without_a_session(self, helpers: Helpers, name: str) -> None:
        called = helpers.call(name)
        said = f"{name}: ignored: the build has no debug session (localbuild run --debug-session)\n"
        assert (called.status, called.out) == (0, said)

    @pytest.mark.parametrize("shell", SHELLS)
    def test_it_waits_until_it_is_let_go_on(self, shell: str, tmp_path: Path) -> None:
        helpers = Helpers(tmp_path, shell, session="the-container")
        with helpers.start("codebuild-breakpoint") as paused:
            assert paused.stdout is not None
            head = [paused.stdout.readline().decode() for _ in range(5)]
            assert head[0].startswith("codebuild-breakpoint: the build is paused")
            assert head[1].endswith(" localbuild shell\n")
            assert f"docker exec -it -w '{helpers.source}' the-container sh " in head[2]
            assert f". {helpers.state}/env.sh\n" in head[2]
            assert head[4].endswith(f" docker exec the-container {helpers.bin}/codebuild-resume\n")
            assert paused.poll() is None
            assert helpers.call("codebuild-resume") == Called(status=0, out="", err="")
            assert paused.stdout.read() == b"codebuild-breakpoint: the build goes on\n"
        assert paused.returncode == 0
        assert helpers.call("codebuild-resume").out == "codebuild-resume: the build is not paused\n"

    def test_a_signal_ends_it(self, tmp_path: Path) -> None:
        with Helpers(tmp_path, "dash", session="c").start("codebuild-breakpoint") as paused:
            assert paused.stdout is not None
            paused.stdout.readline()
            paused.terminate()
            paused.stdout.read()
        assert paused.returncode != 0

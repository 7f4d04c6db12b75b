"""Rows 149 to 157: the helper commands of every build."""

import re
import time
from pathlib import Path

from docker import from_env

from tests.conformance.harness import Built, Called, build, read_record, spec, start, write_files
from tests.conformance.rows import row
from tests.conftest import SMALL
from tests.unit.container.shells import shard_variables

FILES = {f"tests/{name}_test.py": name for name in "gafbecd"}
SEARCH = "codebuild-glob-search 'tests/*_test.py'"
RUN = f'codebuild-tests-run --files-search "{SEARCH}" --test-command'
HASH = re.compile(r"[0-9a-f]{64}\n")
PATIENCE_S = 60.0


def shard_options(index: int, count: int) -> list[str]:
    """What a fan-out build sets for one of its builds."""
    pairs = shard_variables(index, count).items()
    return [word for name, value in pairs for word in ("-e", f"{name}={value}")]


def shards(strategy: str, count: int, files: dict[str, str]) -> list[list[str]]:
    """The files that each of so many shards runs."""
    command = f"{RUN} 'printf \"%s\\n\"' --sharding-strategy {strategy} 2> /dev/null"
    found = []
    for index in range(count):
        built = build(spec(build=[command]), *shard_options(index, count), files=files)
        assert built.exit_code == 0, built.log
        found.append([line for line in built.said[0].splitlines() if line])
    return found


@row(149, feature="codebuild-hash-files", expectation="64 hex digits that depend on content only")
def test_row_149_hash_files() -> None:
    commands = [
        "codebuild-hash-files one two",
        "codebuild-hash-files two one",
        "touch one && mv two other && codebuild-hash-files one other",
        "echo more >> one && codebuild-hash-files one other",
        "cd / && codebuild-hash-files other",
    ]
    built = build(spec(build=commands), files={"one": "1", "two": "2"})
    assert built.exit_code == 0
    assert all(HASH.fullmatch(said) for said in built.said)
    assert built.said[0] == built.said[1] == built.said[2] != built.said[3]


@row(
    150,
    feature="codebuild-hash-files: patterns",
    expectation="several, with **",
    decided="How the hashes of several files make one, and that no match is no failure, is not "
    "published.",
)
def test_row_150_patterns() -> None:
    commands = [
        "codebuild-hash-files '**/*.md'",
        "codebuild-hash-files a.md docs/b.md docs/deep/c.md",
        "codebuild-hash-files '*.md' 'docs/**'",
        "codebuild-hash-files '*.md'",
        "codebuild-hash-files '*.none' 2> /dev/null",
    ]
    files = {"a.md": "a", "docs/b.md": "b", "docs/deep/c.md": "c", "x.txt": "x"}
    said = build(spec(build=commands), files=files).said
    assert said[0] == said[1] == said[2] != said[3]
    assert said[4] == ""


@row(151, feature="codebuild-glob-search", expectation="relative paths, one a line, no folders")
def test_row_151_glob_search() -> None:
    commands = ["codebuild-glob-search '**/*.py' 'dir*'", "cd dir && codebuild-glob-search '**'"]
    files = {"a.py": "", "dir/b.py": "", "dir/sub.py/c.txt": "", "d.txt": ""}
    built = build(spec(build=commands), files=files)
    assert built.said == ["a.py\ndir/b.py\n", "b.py\nsub.py/c.txt\n"]


@row(
    152,
    feature="codebuild-glob-search without a match",
    expectation="says so",
    decided="The text and the exit status are not published: it is said on stderr, which is in no "
    "list of files, and is no failure.",
)
def test_row_152_no_match() -> None:
    commands = [
        "codebuild-glob-search '*.none'",
        'echo "[$(codebuild-glob-search x 2> /dev/null)]"',
    ]
    built = build(spec(build=commands))
    assert built.exit_code == 0
    assert built.said == ["codebuild-glob-search: no files match *.none\n", "[]\n"]


@row(
    153,
    feature="codebuild-tests-run: arguments",
    expectation="the files follow the command, separated by blanks",
    decided="Each file is one argument, whatever is in its name. The exit status is the command's; "
    "no test file at all is a failure, a share without one is none.",
)
def test_row_153_arguments() -> None:
    files = {"tests/b_test.py": "", "tests/a b_test.py": ""}
    commands = [f"{RUN} 'echo run'", f"{RUN} 'printf \"<%s>\"'", f"{RUN} 'exit 3;'"]
    built = build(spec(build=commands), files=files)
    assert built.said[0] == "run tests/a b_test.py tests/b_test.py\n"
    assert built.said[1] == "<tests/a b_test.py><tests/b_test.py>"
    assert built.result.commands[2].exit_status == 3
    none = build(spec(build=[f"{RUN} 'echo run'"]))
    assert none.said[0].splitlines() == [
        "codebuild-glob-search: no files match tests/*_test.py",
        "codebuild-tests-run: --files-search found no test files",
    ]
    assert none.result.commands[0].exit_status == 1
    few = build(spec(build=[f"{RUN} 'echo run'"]), *shard_options(2, 3), files=files)
    said = "codebuild-tests-run: shard 3 of 3 has no test files: nothing is run\n"
    assert (few.exit_code, few.said) == (0, [said])


@row(
    154,
    feature="codebuild-tests-run: variable",
    expectation="CODEBUILD_CURRENT_SHARD_FILES has a file a line",
    decided="A command that names the variable gets the files in no other way, as the guide's "
    "samples need it.",
)
def test_row_154_variable() -> None:
    files = {"tests/b_test.py": "", "tests/a b_test.py": ""}
    names = "$CODEBUILD_CURRENT_SHARD_FILES"
    commands = [
        f'{RUN} \'printf "%s" "{names}"\'',
        f'{RUN} \'echo -t=$(echo "{names}" | tr "\\n" "," | sed "s/,$//")\'',
        f'echo "[{names}]"',
    ]
    built = build(spec(build=commands), files=files)
    assert built.said == [
        "tests/a b_test.py\ntests/b_test.py",
        "-t=tests/a b_test.py,tests/b_test.py\n",
        "[]\n",
    ]


@row(
    155,
    feature="equal-distribution",
    expectation="neighbours stay together; sizes differ by one at most",
)
def test_row_155_equal_distribution() -> None:
    found = shards("equal-distribution", 3, FILES)
    letters = [[path[6] for path in shard] for shard in found]
    assert letters == [["a", "b", "c"], ["d", "e"], ["f", "g"]]


@row(
    156,
    feature="stability",
    expectation="a new file moves few others to another shard",
    decided="The service's hash is not published. With ours a new file moves none.",
)
def test_row_156_stability() -> None:
    new = "tests/new_test.py"
    before, after = (shards("stability", 2, files) for files in (FILES, {**FILES, new: ""}))
    assert sorted(path for shard in before for path in shard) == sorted(FILES)
    assert [[path for path in shard if path != new] for shard in after] == before


@row(
    157,
    feature="codebuild-breakpoint",
    expectation="pauses a build with a debug session, and no other",
    decided="The time limit goes on meanwhile, which the service does not say.",
)
def test_row_157_breakpoint(tmp_path: Path) -> None:
    plain = build(spec(build=["codebuild-breakpoint", "codebuild-resume"]))
    assert plain.exit_code == 0
    assert [": ignored: " in said for said in plain.said] == [True, True]
    assert "debugSession" not in plain.document
    commands = ["x=here", "codebuild-breakpoint", "cat y", "codebuild-resume"]
    built = paused_build(tmp_path / "paused", spec(build=commands))
    assert built.exit_code == 0
    assert built.said[1].endswith("codebuild-breakpoint: the build goes on\n")
    assert built.said[2:] == ["here, changed\n", "codebuild-resume: the build is not paused\n"]
    assert built.document["debugSession"] == {"sessionEnabled": True}


def test_a_breakpoint_keeps_the_time_limit(tmp_path: Path) -> None:
    built = build(spec(build=["codebuild-breakpoint"]), "--debug-session", "--timeout", "5s")
    assert built.exit_code == 124
    assert built.phase("BUILD").status == "TIMED_OUT"


def paused_build(folder: Path, text: str) -> Built:
    """A build with a debug session, in which somebody writes a file and lets it go on."""
    write_files(folder / "sample", {"buildspec.yml": text})
    log = folder / "log"
    with start("run", "--image", SMALL, "--debug-session", cwd=folder / "sample", log=log) as run:
        name = container_in(log)
        state = ". /codebuild/output/tmp/env.sh"
        enter(name, f'{state} && echo "$x, changed" > "$CODEBUILD_SRC_DIR/y" && codebuild-resume')
        code = run.wait(PATIENCE_S)
    called = Called(exit_code=code, stdout=log.read_text(), stderr="")
    return read_record(folder / "sample" / ".localbuild" / "builds" / "latest", called)


def container_in(log: Path) -> str:
    """The container that the paused build names, once it does."""
    end = time.monotonic() + PATIENCE_S
    while not (found := re.search(r"docker exec (localbuild-\S+) \S+resume", log.read_text())):
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
    return found[1]


def enter(container: str, script: str) -> None:
    """Run a script in a container, as `docker exec` does."""
    client = from_env()
    try:
        done = client.containers.get(container).exec_run(["sh", "-c", script])
        assert done.exit_code == 0, done.output
    finally:
        client.close()

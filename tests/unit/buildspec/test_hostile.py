"""Hostile text ends as a BuildspecError with a line, soon and in little memory."""

import json
import subprocess
import sys

import pytest

from localbuild.documents.compose import parse_nodes
from localbuild.errors import BuildspecError
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, refusal

MIB = 1024 * 1024
SECONDS = 2.0
MEGABYTES = 256

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
WIDE = "&a [" + "x, " * 4000 + "x]"

HOSTILE: dict[str, str] = {
    "flow lists": "[" * MIB,
    "flow lists, a million": "[" * 1_000_000,
    "flow mappings": "{a: " * (MIB // 4),
    "flow mixed": "[{" * (MIB // 2),
    "block lists": "- " * (MIB // 2),
    "block lists, deeper each line": "".join(" " * n + "-\n" for n in range(1400)),
    "complex keys": "? " * (MIB // 2),
    "complex keys, a line each": "? a\n" * (MIB // 4),
    "many keys": "".join(f"k{n}: v\n" for n in range(90_000)),
    "many short items": "[" + "a," * (MIB // 2 - 2) + "]",
    "many block items": "- a\n" * (MIB // 4),
    "many flow pairs": "{" + "a: b, " * (MIB // 6 - 2) + "}",
    "keys without end": "a: " * (MIB // 3),
    "anchors": "&a " * (MIB // 3),
    "quotes": '"' * MIB,
    "long key": "a" * (MIB - 10) + ": b",
    "colons": ":" * MIB,
    "commas": "," * MIB,
    "tabs": "\t" * MIB,
    "directives": "%a\n" * (MIB // 3),
    "documents": "---\n" * (MIB // 4),
    "tags": "!" * MIB,
    "aliases": "*" + "a" * (MIB - 10),
    "alias bomb": BOMB,
    "alias of a wide list": f"a: {WIDE}\nb: [*a, *a, *a]\n",
    "alias below its anchor": "&x [*x]",
    "alias below its key": "a: &x\n  b: {c: *x}\n",
    "merge below its anchor": "&x\na: b\n<<: *x\n",
    "depth by aliases": "a: &a " + "[" * 60 + "]" * 60 + "\nb: " + "[" * 20 + "*a" + "]" * 20,
    "NUL": HEAD + 'env: {variables: {A: "a\\0b"}}',
    "surrogate": HEAD + 'env: {variables: {A: "\\ud800"}}',
    "code point": HEAD + 'env: {variables: {A: "\\UFFFFFFFF"}}',
    "python tag": HEAD + "env: !!python/object/apply:os.system [date]",
    "timestamp tag": HEAD + "env: !!timestamp x",
    "many unknown phases": HEAD + "phases:\n" + "".join(f" k{n}: v\n" for n in range(20_000)),
    "many wrong commands": COMMANDS + "      - a: b\n" * 15_000,
    "long pattern": HEAD + f"phases: {{build: {{on-failure: 'RETRY-{'(a|' * 300_000}'}}}}",
    "deep pattern": HEAD + f"phases: {{build: {{on-failure: 'RETRY-{'(' * 900}'}}}}",
    "huge count": HEAD + f"phases: {{build: {{on-failure: 'RETRY-{'9' * 5000}'}}}}",
    "too long": "#" * (MIB + 1),
}

MEASURE = """
import json, re, sys, time
from localbuild.buildspec.lint.text import lint_text
slowest = 0.0
for line in sys.stdin:
    data = json.loads(line).encode("utf-8", "surrogatepass")
    start = time.process_time()
    lint_text(data, "f")
    slowest = max(slowest, time.process_time() - start)
peak = re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())
print(json.dumps([slowest, int(peak[1]) // 1024]))
"""
"""Reads and lints a text a line; prints the most processor seconds and the peak in megabytes.

Not `ru_maxrss`: that counts what the process was before its exec, a large test run.
"""


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_it_is_refused_with_a_line(name: str) -> None:
    error = refusal(HOSTILE[name])
    assert error.problems[0].place.line >= 1
    assert len(error.problems) <= 200
    assert len(error.message) < 500
    assert "\n" not in error.message


BATCH = "version: 0.2\nbatch:\n  build-graph:\n"
HEAVY: dict[str, str] = {
    "chain": BATCH
    + "".join(f"    - {{identifier: k{n}, depend-on: k{n + 1}}}\n" for n in range(8000)),
    "unknown": BATCH
    + "".join(f"    - {{identifier: k{n}, depend-on: z{n}}}\n" for n in range(8000)),
    "one name": BATCH + "    - {identifier: k, depend-on: k}\n" * 8000,
    "exports": HEAD
    + "env:\n  exported-variables:\n"
    + "".join(f"    - T{n}\n" for n in range(10_000))
    + COMMANDS.removeprefix(HEAD)
    + "      - abc def\n" * 20_000,
    "secrets": HEAD
    + "env:\n  variables:\n"
    + "".join(f"    T{n}_TOKEN: abc$abc\n" for n in range(20_000)),
    "here-documents": COMMANDS + "      - |\n" + "        cat <<EOF\n" * 50_000,
    "quotes": COMMANDS + '      - "' + "'a " * 300_000 + '"\n',
    "anchors": COMMANDS + "".join(f"      - &a{n} x\n" for n in range(40_000)),
    "duplicates": "version: 0.2\n" * 20_000,
    "unknown keys": HEAD + "".join(f"k{n}: v\n" for n in range(24_000)),
    "ignores": HEAD + "foo: x # localbuild: ignore " + "LB104, " * 100_000,
}


def test_nothing_is_slow_or_large() -> None:
    texts = [text for text in (*HOSTILE.values(), *HEAVY.values()) if len(text) <= MIB]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        input="".join(json.dumps(text) + "\n" for text in texts),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    slowest, peak = json.loads(done.stdout)
    assert slowest < SECONDS
    assert peak < MEGABYTES


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: [1, 2\n", "LB001", 1),
        ("a: !Ref b\n", "LB005", 1),
        ("a: 1\nb: *c\n", "LB006", 2),
        ("a: 1\n<<: 1\n", "LB006", 2),
        ("a: 1\n---\nb: 2\n", "LB007", 2),
        ("a: 1\n? [b]\n: 2\n", "LB010", 2),
        ("a: 1\nb: \x07\n", "LB011", 2),
        ("a:\n  b: \x85\x1b\n", "LB011", 3),
        ("[" * 65 + "]" * 65, "LB004", 1),
    ],
)
def test_the_place_and_the_code(text: str, code: str, line: int) -> None:
    with pytest.raises(BuildspecError) as caught:
        parse_nodes(text.encode(), "f")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place.line) == (code, line)


def test_the_depth_that_is_allowed() -> None:
    parse_nodes(("[" * 64 + "]" * 64).encode(), "f")


def test_aliases_that_are_allowed() -> None:
    parse_nodes(f"a: {WIDE}\nb: [*a, *a]\n".encode(), "f")


@pytest.mark.parametrize(
    ("data", "line", "column", "says"),
    [
        (b"a: caf\xe9\n", 1, 7, "0xe9"),
        (b"a: 1\nb: \xc3\xa9\xff\n", 2, 5, "0xff"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
        ("a: 1\n".encode("utf-16-be"), 1, 1, "U+0000"),
    ],
)
def test_only_utf_8_is_read(data: bytes, line: int, column: int, says: str) -> None:
    (problem,) = refusal(data).problems
    assert (problem.place.line, problem.place.column) == (line, column)
    assert says in problem.message

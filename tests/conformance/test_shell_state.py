"""Rows 29 to 39, 43 and 44: what one command leaves to the next."""

import pytest

from tests.conformance.harness import build, spec
from tests.conformance.rows import row

FILES = {"sub/file.txt": "x", "a b'c$d/file.txt": "x"}
VALUES = {
    "QUOTES": """it's "quoted" `and` \\back\\slashed\\""",
    "DOLLARS": "$HOME ${HOME} $(id) $$ !! *?[a]~ #no {a,b}",
    "LINES": "\n one\n\n  two \n",
    "BLANKS": "  a\tb  ",
    "EMPTY": "",
    "SIGNS": "=a=b;c|d&e<f>g",
    "BYTES": "é ✓ \x1b[0m \x7f \r",
    "DASH": "-n",
}


def octal(value: str) -> str:
    """A text as printf's octal escapes, so that no shell's quoting is needed to set it."""
    return "".join(f"\\{byte:03o}" for byte in value.encode())


@row(29, feature="directory within a phase", expectation="`cd` holds for the commands after it")
def test_row_029_cwd_persists_in_phase() -> None:
    built = build(spec(build=["cd sub", "pwd", 'cd "../a b\'c\\$d"', "pwd"]), files=FILES)
    source = built.source_directory
    assert built.exit_code == 0
    assert built.said == ["", f"{source}/sub\n", "", f"{source}/a b'c$d\n"]


def test_lost_directory() -> None:
    """Commands whose directory is gone must not run just anywhere."""
    built = build(spec(build=["mkdir d && cd d && rmdir ../d", "pwd"]))
    assert built.said[1].endswith(f"\n{built.source_directory}\n")


@row(
    30,
    feature="directory across phases",
    expectation="`cd` in one phase holds in the phases after it",
    decided="Not documented; follows from how the agent keeps state, and buildspecs rely on it.",
)
def test_row_030_cwd_persists_across_phases() -> None:
    built = build(spec(install=["cd sub"], build=["pwd"], post_build=["pwd"]), files=FILES)
    assert built.said == ["", *[f"{built.source_directory}/sub\n"] * 2]


@row(
    31,
    feature="exported variables",
    expectation="visible in later commands and phases; `unset` holds too",
)
def test_row_031_export_persists() -> None:
    show = 'echo "$A-$B"; env | grep "^[AB]=" || true'
    built = build(spec(install=["export A=1 B=2", show], build=["unset A", show]))
    assert built.said == ["", "1-2\nA=1\nB=2\n", "", "-2\nB=2\n"]


@row(
    32,
    feature="plain assignments",
    expectation="`A=1` is there later, and in the environment of programs",
    decided="Not documented; the service's own samples rely on it.",
)
def test_row_032_assignment_persists() -> None:
    built = build(spec(install=["A=1"], build=["echo $A", "env | grep ^A="]))
    assert built.said == ["", "1\n", "A=1\n"]


@row(33, feature="functions", expectation="gone in the next command: exit status 127")
def test_row_033_function_is_lost() -> None:
    for shell in ("sh", "bash"):
        built = build(spec(env={"shell": shell}, build=["f() { echo f; }; f", "f"]))
        assert built.said[0] == "f\n"
        assert built.context("BUILD")[1].endswith("command: f. Reason: exit status 127")


@row(34, feature="aliases", expectation="gone in the next command: exit status 127")
def test_row_034_alias_is_lost() -> None:
    built = build(spec(build=["alias hi='echo hi'", "hi"]))
    assert built.context("BUILD")[1].endswith("command: hi. Reason: exit status 127")


@row(
    35,
    feature="shell options",
    expectation="`set -e` has no effect on later commands: they go on after a failing line",
)
def test_row_035_set_e_is_lost() -> None:
    built = build(spec(build=["set -e", "false\necho on"]))
    assert (built.exit_code, built.said) == (0, ["", "on\n"])
    assert build(spec(build=["set -C; echo x > f", "echo y > f"])).exit_code == 0
    within = build(spec(build=["set -e\nfalse\necho never"]))
    assert (within.exit_code, within.said) == (1, [""])


@row(
    36,
    feature="arrays of bash",
    expectation="gone in the next command",
    decided="Not documented; arrays cannot be exported, so the agent's way loses them.",
)
def test_row_036_arrays_are_lost() -> None:
    first = 'declare -A m=([a]=1); l=(x y); echo "${m[a]}${l[1]}"'
    built = build(spec(env={"shell": "bash"}, build=[first, 'echo "[${m[a]}${l[1]}]"']))
    assert (built.exit_code, built.said) == (0, ["1y\n", "[]\n"])


@row(
    37,
    feature="status of several lines",
    expectation="that of the last line: a failure before it goes unnoticed",
)
def test_row_037_last_line_decides() -> None:
    built = build(spec(build=["false\necho x", "true\nfalse"]))
    assert built.said[0] == "x\n"
    assert built.context("BUILD")[1].endswith("true\nfalse. Reason: exit status 1")


@row(38, feature="status of a pipeline", expectation="that of its last part")
def test_row_038_pipeline_status() -> None:
    built = build(spec(build=["false | true", "true | false"]))
    assert built.context("BUILD")[1].endswith("command: true | false. Reason: exit status 1")


@row(
    39,
    feature="`exit 0` in a command",
    expectation="a success; what the command changed is lost",
)
def test_row_039_exit_zero() -> None:
    built = build(spec(build=["B=x; cd /tmp; exit 0", 'echo "[$B]"', "pwd"]))
    assert built.exit_code == 0
    assert built.said == ["", "[]\n", f"{built.source_directory}\n"]


@row(
    43,
    feature="CODEBUILD_LAST_EXIT",
    expectation="the status of the command before; `exit` leaves it as it was",
)
def test_row_043_last_exit() -> None:
    show = 'echo "$CODEBUILD_LAST_EXIT"; env | grep -c ^CODEBUILD_LAST_EXIT='
    built = build(spec(build={"commands": [show, "true", show, "(exit 3)"], "finally": [show]}))
    assert built.said == ["0\n1\n", "", "0\n1\n", "", "3\n1\n"]
    left = build(spec(build={"commands": ["exit 3"], "finally": [show]}))
    assert left.said == ["", "0\n1\n"]


@pytest.mark.parametrize("shell", ["sh", "bash"])
@row(
    44,
    feature="special characters in variables",
    expectation="quotes, `$`, newlines and blanks come back as they were, set anywhere",
    decided="Not documented; a value that changed on its way would be of use to nobody.",
)
def test_row_044_values_survive(shell: str) -> None:
    one = {"DOLLARS": "$X", "QUOTES": "'\""}
    setting = [
        f"{name}=$(printf '{octal(value)}_'); {name}=${{{name}%_}}"
        for name, value in VALUES.items()
    ]
    showing = [f'printf "%s" "${name}"' for name in VALUES]
    given = [f"-e{name}_GIVEN={value}" for name, value in VALUES.items()]
    showing_given = [f'printf "%s" "${name}_GIVEN"' for name in VALUES]
    built = build(
        spec(
            env={"shell": shell, "variables": {f"{n}_SPEC": v for n, v in one.items()}},
            install=[*setting, "true"],
            build=showing,
            post_build=[*showing_given, *(f'printf "%s" "${name}_SPEC"' for name in one)],
        ),
        *given,
    )
    assert built.exit_code == 0
    assert built.said[len(VALUES) + 1 :] == [*VALUES.values(), *VALUES.values(), *one.values()]

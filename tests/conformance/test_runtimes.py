"""Rows 199 to 204: the image's runtimes."""

import pytest

from tests.conformance.harness import Built, build, spec
from tests.conformance.rows import row
from tests.conformance.test_log import NO_RUNTIMES, plain
from tests.conftest import RUNTIMES, SMALL

SHOW = 'echo "python $PYTHON_VERSION, nodejs $NODE_VERSION, java $JAVA_HOME"'


def select(*options: str, image: str = RUNTIMES, env: object = None, **runtimes: str) -> Built:
    """A build that selects runtimes and says what it got."""
    text = spec(install={"runtime-versions": runtimes}, build=[SHOW], env=env)
    return build(text, *options, image=image)


@row(
    199,
    feature="runtime by its version",
    expectation="its commands run in DOWNLOAD_SOURCE",
)
def test_row_199_exact() -> None:
    built = select(python="3.12")
    assert (
        "[Container] Processing environment variables\n"
        "[Container] Selecting 'python' runtime version '3.12' based on manual selections...\n"
        '[Container] Running command echo "Installing Python version 3.12 ..."\n'
        "Installing Python version 3.12 ...\n"
        "\n"
        "[Container] Running command export PYTHON_VERSION=3.12\n"
        "\n"
        "[Container] Moving to directory SRC\n"
        "[Container] Cache is not defined in the buildspec\n"
    ) in plain(built)
    assert (built.exit_code, built.said[-1]) == (0, "python 3.12, nodejs , java \n")
    assert built.document["localbuild"]["commands"] == {"planned": 1, "ran": 1, "failed": 0}


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_its_commands_run_beside_the_source(shell: str) -> None:
    """What they export reaches every phase; where they run, and what they are told, does not."""
    env = {"shell": shell, "variables": {"VERSION": "mine"}}
    text = spec(
        env=env,
        install={"runtime-versions": {"python": "3.8.1"}, "commands": ['echo "$VERSION"', "pwd"]},
        post_build=['echo "$PYTHON_VERSION $OLDPWD"', "env"],
    )
    built = build(text, image=RUNTIMES)
    source = built.source_directory
    assert built.said[2:5] == ["mine\n", f"{source}\n", "custom 3.8.1 /codebuild/readonly\n"]
    assert "__localbuild" not in built.said[5]
    assert "\nVERSION=mine\n" in f"\n{built.said[5]}"


@row(
    200,
    feature="runtime .x and latest",
    expectation="the newest that the image lists",
    decided="The guide says `latest` and a major version's newest; 3.10 is newer than 3.9.",
)
def test_row_200_ranges() -> None:
    built = select(python="3.x", nodejs="latest", java="corretto11.x")
    assert built.said[-1] == "python 3.12, nodejs 20, java /opt/java/11\n"
    assert [line.split(" based")[0] for line in built.agent if line.startswith("Selecting")] == [
        "Selecting 'python' runtime version '3.12'",
        "Selecting 'nodejs' runtime version '20'",
        "Selecting 'java' runtime version 'corretto11'",
    ]


@row(
    201,
    feature="runtime that is not listed",
    expectation="the image's default commands, with VERSION set",
)
def test_row_201_default() -> None:
    built = select(python="3.8.1")
    assert built.said[0] == "Installing custom Python version 3.8.1 ...\n"
    assert built.said[-1] == "python custom 3.8.1, nodejs , java \n"


@row(202, feature="runtime from a variable", expectation="expanded")
def test_row_202_variable() -> None:
    env = {"variables": {"PY": "3.9", "NODE": "20"}}
    built = select("-e", "NODE=18", env=env, python="$PY", nodejs="${NODE}")
    assert built.said[-1] == "python 3.9, nodejs 18, java \n"


@row(
    203,
    feature="unknown runtime",
    expectation="YAML_FILE_ERROR that names those that the image has",
)
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"docker": "18"},
            (
                "Unknown runtime named 'docker'. This build image has the following runtimes: "
                "android, java, nodejs, python, ruby"
            ),
        ),
        (
            {"nodejs": "12"},
            (
                "Unknown runtime version named '12' of nodejs. This build image has the following "
                "versions: 18, 20"
            ),
        ),
    ],
)
def test_row_203_unknown(asked: dict[str, str], message: str) -> None:
    built = select(**asked)
    assert (built.exit_code, built.status, built.ran) == (3, "FAILED", [])
    assert built.context("DOWNLOAD_SOURCE") == ("YAML_FILE_ERROR", message)
    assert f"buildspec.yml:6: warning: {message} [LB605]" in built.stderr
    assert "--runtimes image" in built.stderr
    kept = select("--runtimes", "image", **asked)
    assert (kept.exit_code, kept.ran) == (0, [SHOW])


@row(204, feature="image without runtimes", expectation="a warning, and the build goes on")
def test_row_204_no_runtimes() -> None:
    built = select(image=SMALL, python="3.12")
    assert (built.exit_code, built.said) == (0, ["python , nodejs , java \n"])
    assert f"[Container] {NO_RUNTIMES}\n[Container] Moving to directory" in plain(built)
    assert "[LB601]" in built.stderr


def test_a_runtime_that_cannot_be_installed_ends_the_build() -> None:
    built = select(ruby="3.3")
    assert (built.exit_code, built.ran[-1][:5]) == (1, "sh -c")
    code, message = built.context("DOWNLOAD_SOURCE")
    assert code == "COMMAND_EXECUTION_ERROR"
    assert message.endswith("Reason: exit status 3")
    assert built.entered[-2:] == ["FINALIZING", "COMPLETED"]
    assert "INSTALL" not in built.entered

"""The options of the contract: their names, their variables, and who reads these."""

import click
import pytest

from localbuild.cli.app import make_app
from localbuild.cli.commands.run import COMMAND as RUN
from localbuild.cli.options.verbs import Option
from localbuild.cli.settings import PARSERS
from tests.unit.cli.calling import SPEC, Home

CONTRACT = """
    -f --buildspec -s --source --source-mode --no-ignore --source-version --git-clone-depth
    --git-submodules --project-name --project --parameter
    -i --image --pull --platform --compute-type --cpus --memory --privileged --runtimes --network
    -V --volume --ca-file --aws-credentials -e --env --env-file --secret --fake-secret
    -a --artifacts --reports --exports-file --log-format --record
    --cache --cache-mode --cache-namespace --cache-save --fail-on-cache-miss --cache-required
    --cache-layers
    --timeout --auto-retry-limit -n --dry-run --skip --stub --debug-session --until --keep
    --exit-code-from
    -C --directory --config -v --verbose -q --quiet --debug --color --json --profile --region
    --endpoint-url --docker-host --context -h --help
"""


def visible(command: click.Command) -> list[Option]:
    """The options that help shows."""
    return [p for p in command.params if isinstance(p, Option) and not p.hidden]


def test_run_has_the_options_of_the_contract_and_two_more() -> None:
    names = {name for option in visible(RUN) for name in option.opts}
    assert names == set(CONTRACT.split())


def test_every_option_has_its_variable() -> None:
    without = {"help", "version"}
    options = {str(o.name): o for o in (*visible(make_app()), *visible(RUN)) if o.envvar}
    assert {n: o.envvar for n, o in options.items()} == {
        n: f"LOCALBUILD_{n.upper()}" for n in options
    }
    assert {str(o.name) for o in visible(RUN)} - set(options) == without - {"version"}


def test_every_setting_is_an_option() -> None:
    assert set(PARSERS) <= {str(o.name) for o in visible(RUN)}


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("IMAGE", "from-environ", '"image": "from-environ"'),
        ("TIMEOUT", "90m", '"timeoutS": 5400.0'),
        ("PRIVILEGED", "1", '"privileged": true'),
        ("PRIVILEGED", "no", '"privileged": false'),
        ("ENV", "A=1 2\nB=2", '"name": "B"'),
        ("NO_IGNORE", "true", '"includeIgnored": true'),
        ("REGION", "eu-west-1", '"region": "eu-west-1"'),
        ("DIRECTORY", "sub", '"project": "sub"'),
        ("IMAGE", "", '"image": "aws/codebuild/amazonlinux-x86_64-standard:5.0"'),
    ],
)
def test_a_variable_sets_its_option(name: str, value: str, shown: str, home: Home) -> None:
    for folder in (".", "sub"):
        home.write(f"{folder}/buildspec.yml", SPEC)
    called = home.call("plan", "--json", environ={f"LOCALBUILD_{name}": value})
    assert (called.code, called.err) == (0, "")
    assert shown in called.out


def test_an_option_wins_over_a_variable_wherever_it_stands(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    environ = {"LOCALBUILD_REGION": "eu-west-1"}
    for words in (("--region", "us-west-2", "plan"), ("plan", "--region", "us-west-2")):
        assert '"region": "us-west-2"' in home.call(*words, "--json", environ=environ).out


def test_verbosity_adds_up_over_both_places(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("-v", "plan", "-v", "--json", "-i", "img")
    assert "image: set by --image\n" in called.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--timeout", "soon"), "error: --timeout: 'soon' is no duration"),
        (("--timeout", "0"), "error: --timeout: '0' leaves no time"),
        (("--memory", "much"), "error: --memory: 'much' is no size"),
        (("--memory", "0"), "error: --memory: '0' is no size"),
        (("--cpus", "-1"), "error: --cpus: '-1' is no number of CPUs"),
        (("--cpus", "nan"), "error: --cpus: 'nan' is no number of CPUs"),
        (("--platform", "arm"), "error: --platform: 'arm' is no platform"),
        (("--compute-type", "BUILD_GENERAL1_SMAL"), "did you mean BUILD_GENERAL1_SMALL?"),
        (("--compute-type", "tiny"), "there are: BUILD_GENERAL1_SMALL, "),
        (("--image", "-x"), "error: --image: '-x' is no name"),
        (("--image", "a b"), "error: --image: 'a b' is no name"),
        (("--image", ""), "error: --image: '' is no name"),
        (("--network", "a\nb"), "is no name"),
        (("--project-name", "a"), "error: --project-name: 'a' is no project name"),
        (("--project-name", "a/b"), "'a/b' is no project name"),
        (("-V", "src:rel"), "error: --volume: 'src:rel' is no volume"),
        (("-V", "./nowhere:/x"), "'./nowhere:/x': there is no "),
        (("--git-clone-depth", "x"), "--git-clone-depth: 'x' is no whole number from 0 on"),
        (("--pull", "often"), "'often' is not one of 'always', 'missing', 'never'"),
        (("--ca-file", "none.pem"), "none.pem: No such file or directory"),
        (("--ca-file", "buildspec.yml"), "there is no PEM certificate in it"),
        (("nowhere",), "error: SOURCE nowhere: no such directory"),
        (("buildspec.yml",), "hint: localbuild run -f buildspec.yml"),
    ],
)
def test_a_wrong_value_is_wrong_usage_that_names_it(
    words: tuple[str, ...], message: str, home: Home
) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", *words)
    assert (called.code, called.out) == (2, "")
    assert message in called.err


@pytest.mark.parametrize("name", ["PULL", "PRIVILEGED", "COLOR"])
def test_a_wrong_value_of_a_variable_names_the_variable(name: str, home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    called = home.call("plan", environ={f"LOCALBUILD_{name}": "perhaps"})
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"error: Invalid value for LOCALBUILD_{name}: 'perhaps' is not ")


LONG = "x" * 5000


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("-f", LONG), 3),
        (("-f", "loop/x.yml"), 3),
        (("-C", LONG), 2),
        ((LONG,), 2),
        (("loop",), 2),
        (("-e", LONG), 0),
        (("--env-file", LONG), 2),
        (("--ca-file", "~nobody-at-all/x"), 2),
        (("-V", f"./{LONG}:/x"), 2),
        (("--config", LONG), 2),
    ],
)
def test_a_path_that_cannot_be_is_no_bug(words: tuple[str, ...], code: int, home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    (home.cwd / "loop").symlink_to("loop")
    assert home.call("plan", "--json", *words).code == code

"""Who may set what, and who wins."""

import json

import pytest

from localbuild.cli.call import Given
from localbuild.cli.layers import KEYS
from localbuild.cli.region import find_region
from localbuild.cli.settings import Layer, Settings, resolve_settings
from tests.unit.cli.calling import SPEC, Called, Home

TOML = 'image = "from-toml"\n'


def plan(home: Home, *words: str, environ: dict[str, str] | None = None) -> dict[str, object]:
    """The plan of a call, as JSON."""
    called = planned(home, *words, environ=environ)
    assert called.code == 0, called.err
    found = json.loads(called.out)
    assert isinstance(found, dict)
    return found


def planned(home: Home, *words: str, environ: dict[str, str] | None = None) -> Called:
    """A call of plan where there is a buildspec."""
    home.write("buildspec.yml", SPEC)
    return home.call("plan", "--json", *words, environ=environ)


def image(home: Home, *words: str, environ: dict[str, str] | None = None) -> object:
    """The image of a call's plan."""
    environment = plan(home, *words, environ=environ)["environment"]
    assert isinstance(environment, dict)
    return environment["image"]


def test_the_stronger_place_wins(home: Home) -> None:
    assert image(home) == Settings().image
    (home.config / "config.toml").write_text('image = "from-user"\n')
    assert image(home) == "from-user"
    home.write("pyproject.toml", '[tool.localbuild]\nimage = "from-pyproject"\n')
    assert image(home) == "from-pyproject"
    home.write("localbuild.toml", TOML)
    assert image(home) == "from-toml"
    environ = {"LOCALBUILD_IMAGE": "from-environ"}
    assert image(home, environ=environ) == "from-environ"
    assert image(home, "--image", "from-option", environ=environ) == "from-option"


def test_a_weaker_place_sets_what_the_stronger_leaves_out(home: Home) -> None:
    (home.config / "config.toml").write_text('region = "eu-north-1"\nimage = "from-user"\n')
    home.write("localbuild.toml", TOML)
    assert plan(home)["region"] == "eu-north-1"


def test_of_two_project_files_one_is_used_and_the_user_is_told(home: Home) -> None:
    home.write("localbuild.toml", TOML)
    home.write("pyproject.toml", "[tool.localbuild]\nname = 'unused'\n")
    called = planned(home)
    note = "localbuild.toml is used; [tool.localbuild] of pyproject.toml is not"
    assert called.err == f"note: {note}\n"


def test_a_pyproject_without_our_table_is_nobody_s_business(home: Home) -> None:
    home.write("pyproject.toml", "[tool.other]\nx = 1\n")
    assert planned(home).code == 0


def test_another_config_file_stands_for_the_project_s(home: Home) -> None:
    home.write("localbuild.toml", TOML)
    home.write("other.toml", 'image = "from-other"\n')
    assert image(home, "--config", "other.toml") == "from-other"


def test_a_config_file_that_was_named_must_be_there(home: Home) -> None:
    called = planned(home, "--config", "none.toml")
    assert (called.code, called.err) == (2, "error: --config none.toml: no such file\n")


def test_a_bad_value_is_told_with_file_and_line(home: Home) -> None:
    home.write("localbuild.toml", '\nname = "app"\ntimeout = "soon"\n')
    called = planned(home)
    assert called.code == 2
    assert called.err.startswith("error: localbuild.toml:3: timeout: 'soon' is no duration")


def test_paths_start_where_they_are_written(home: Home) -> None:
    home.write("sub/localbuild.toml", 'volume = ["./data:/data:ro"]\nenv-file = ".env"\n')
    home.write("sub/.env", "FROM_FILE=1\n")
    home.write("sub/data/x", "")
    home.write("sub/buildspec.yml", SPEC)
    found = json.loads(home.call("plan", "--json", "sub").out)
    assert found["environment"]["mounts"] == [
        {
            "source": str(home.cwd / "sub/data"),
            "target": "/data",
            "readOnly": True,
            "fileSystem": "",
        }
    ]
    assert {"name": "FROM_FILE", "value": "1", "origin": "project"} in found["variables"]


def test_variables_of_every_place_and_who_wins(home: Home) -> None:
    home.write("localbuild.toml", '[env]\nSTAGE = "project"\nMORE = "project"\n')
    home.write("a.env", "STAGE=file\nMORE=file\n")
    found = plan(home, "--env-file", "a.env", "-e", "STAGE=option")["variables"]
    assert found == [
        {"name": "STAGE", "value": "option", "origin": "option"},
        {"name": "MORE", "value": "file", "origin": "option"},
    ]


def test_the_image_map_of_all_files(home: Home) -> None:
    (home.config / "config.toml").write_text('[images]\na = "user-a"\nb = "user-b"\n')
    home.write("localbuild.toml", '[images]\na = "project-a"\n')
    rows = json.loads(home.call("image", "ls", "--json").out)
    assert {r["name"]: r["reference"] for r in rows if r["mapped"]} == {
        "a": "project-a",
        "b": "user-b",
    }


@pytest.mark.parametrize("name", ["no-ignore", "record", "env", "secret", "aws-credentials"])
def test_what_only_a_call_can_say_is_no_key(name: str) -> None:
    assert name not in KEYS


def test_each_value_knows_who_set_it(home: Home) -> None:
    settings = resolve_settings(
        [
            Layer(base=home.cwd, values={"image": Given(value="i", origin="--image")}),
            Layer(base=home.cwd, values={"image": Given(value="j", origin="x.toml:1")}),
        ]
    )
    assert (settings.image, settings.origin("image")) == ("i", "--image")
    assert settings.origin("pull") == "default"


@pytest.mark.parametrize(
    ("profile", "environ", "region"),
    [
        ("", {}, "us-east-1"),
        ("", {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ("", {"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ("", {"AWS_PROFILE": "dev"}, "ap-south-1"),
        ("dev", {"AWS_REGION": "eu-west-1"}, "ap-south-1"),
        ("none", {"AWS_REGION": "eu-west-1"}, "eu-west-1"),
        ("none", {}, "us-east-1"),
    ],
)
def test_the_region(profile: str, environ: dict[str, str], region: str, home: Home) -> None:
    config = home.write("aws", "[default]\nregion = x\n[profile dev]\nregion = ap-south-1\n")
    assert find_region(profile, {"AWS_CONFIG_FILE": str(config), **environ}) == region


def test_a_config_of_aws_that_cannot_be_read_has_no_region(home: Home) -> None:
    config = home.write("aws", "region\n[[")
    assert find_region("dev", {"AWS_CONFIG_FILE": str(config)}) == "us-east-1"

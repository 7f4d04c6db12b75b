"""What opens a build's cache: where it lies, and when layers are made."""

from pathlib import Path

import pytest

from localbuild.cli.buildspecs import BuildspecChoice
from localbuild.cli.caching import read_cache
from localbuild.cli.open_cache import cache_folders, layers_mode
from localbuild.cli.prepare import Prepared
from localbuild.cli.request import Circumstances, make_request
from localbuild.cli.settings import Settings
from localbuild.cli.wanted_sources import WantedSource
from localbuild.plan.model import SourcePlan
from tests.unit.cli.calling import SPEC, Home


@pytest.mark.parametrize(
    ("asked", "environ", "mode"),
    [
        ("", {}, "background"),
        ("", {"CI": ""}, "background"),
        ("", {"CI": "false"}, "background"),
        ("", {"CI": "true"}, "off"),
        ("", {"CI": "1"}, "off"),
        ("wait", {"CI": "true"}, "wait"),
        ("off", {}, "off"),
    ],
)
def test_a_ci_makes_no_layers_unless_asked_to(
    asked: str, environ: dict[str, str], mode: str
) -> None:
    assert layers_mode(Settings(cache_layers=asked), environ) == mode


def prepared(source: Path, *places: str) -> Prepared:
    """A build of that source with its cache in those places."""
    choice = BuildspecChoice(file="buildspec.yml", path="buildspec.yml")
    plan = SourcePlan(location=str(source), directory="")
    around = Circumstances(source=plan, name="app", cache_directory=str(source / "of user"))
    settings = Settings(cache=read_cache(places, source)) if places else Settings()
    request = make_request(settings, around, choice, ())
    return Prepared(
        settings=settings,
        source=source,
        choice=choice,
        request=request,
        primary=WantedSource(place=source),
        tree=source,
    )


@pytest.mark.parametrize(
    ("places", "below"),
    [
        ((), ["of user"]),
        (("my/cache", "s3://bucket/my", "../other", "."), ["my/cache"]),
        (("link",), []),
        (("a/../b/",), ["b"]),
        (("off",), []),
    ],
)
def test_a_cache_below_the_source_is_no_part_of_it(
    places: tuple[str, ...], below: list[str], tmp_path: Path
) -> None:
    source = tmp_path.resolve() / "source"
    source.mkdir()
    (source / "link").symlink_to("/tmp")
    found = cache_folders(prepared(source, *places))
    assert [str(each.relative_to(source)) for each in found] == below


def test_what_is_left_out_is_said_when_asked_to(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    words = ("run", "--cache", "my/cache", "--docker-host", "unix:///nowhere")
    line = f"source: {home.cwd}/my/cache is left out: the cache lies there"
    assert line in home.call(*words, "-v").err
    assert line not in home.call(*words).err
    assert line not in home.call(*words, "-v", "--source-mode", "mount").err

"""SOURCE, `-s` and a project's secondary sources, up to the plan."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from localbuild.cli.fetched_folders import fetched_folder, remove_dead_folders
from tests.git_remote.repositories import Repository
from tests.git_remote.server import serve
from tests.unit.cli.calling import SPEC, Called, Home

OTHER = SPEC.replace("make test", "make other")


def template(*sources: str, versions: str = "[]", source: str = "Type: NO_SOURCE") -> str:
    """A project with secondary sources."""
    lines = "".join(f"        - {{{each}}}\n" for each in sources)
    return (
        "Resources:\n  Bucket: {Type: 'AWS::S3::Bucket'}\n  Build:\n"
        "    Type: AWS::CodeBuild::Project\n    Properties:\n      Name: web\n"
        f"      Source: {{{source}}}\n      SecondarySources:\n{lines}"
        f"      SecondarySourceVersions: {versions}\n"
    )


def plan(home: Home, *words: str) -> dict[str, Any]:
    """The plan as JSON."""
    called = home.call("plan", "--json", *words)
    assert called.code == 0, called.err
    return dict(json.loads(called.out))


def secondary(home: Home, *words: str) -> list[tuple[str, str, str, str]]:
    """Identifier, type, location and version of each secondary source of a plan."""
    found = plan(home, *words)["secondarySources"]
    return [(s["identifier"], s["type"], s["location"], s["version"]) for s in found]


@pytest.fixture
def app(home: Home) -> Home:
    home.write("buildspec.yml", SPEC)
    home.write("lib/file", "")
    return home


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository with a buildspec that changed after its tag v1."""
    found = Repository(tmp_path / "repository")
    found.commit({"buildspec.yml": OTHER, "localbuild.toml": 'image = "theirs:1"\n'})
    found.git("tag", "v1")
    found.commit({"buildspec.yml": SPEC})
    return found


def commands(document: dict[str, Any]) -> list[str]:
    """The commands of BUILD."""
    (build,) = (phase for phase in document["phases"] if phase["type"] == "BUILD")
    return [command["text"] for command in build["commands"]]


def test_sources_of_the_command_line(app: Home) -> None:
    app.write("https://h.example/x/file", "")
    words = (
        *("-s", "lib:lib", "-s", "git:https://me:word@h.example/y.git#v2"),
        *("-s", "zip:s3://bucket/a.zip?versionId=7", "-s", "there:https://h.example/x"),
    )
    assert secondary(app, *words) == [
        ("lib", "DIRECTORY", f"{app.cwd}/lib", ""),
        ("git", "GIT", "https://h.example/y.git", "v2"),
        ("zip", "S3", "bucket/a.zip", "7"),
        ("there", "DIRECTORY", f"{app.cwd}/https:/h.example/x", ""),  # a directory always wins
    ]


def test_a_plan_fetches_nothing_that_it_does_not_need(app: Home) -> None:
    called = app.call("plan", "-s", "lib:https://h.invalid/lib.git")
    assert called.code == 0
    assert "note: lib is not fetched for this: https://h.invalid/lib.git" in called.err
    directory = plan(app)["source"]["directory"].removesuffix("/src")
    assert f"lib: GIT https://h.invalid/lib.git, at {directory}/secSrc/lib" in called.out


def test_the_toml_file_may_name_them(app: Home) -> None:
    app.write("localbuild.toml", 'source = ["lib:lib"]\n')
    assert [s[0] for s in secondary(app)] == ["lib"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("lib", "'lib' is no source: write ID:DIR or ID:URL"),
        ("li-b:lib", "'li-b' is no source"),
        (":lib", "'' is no source"),
        ("x" * 128 + ":lib", f"'{'x' * 128}' is no source"),
        ("lib:", "'lib' is no source"),
        ("lib:none", "lib: there is no directory none"),
        ("lib:ext::sh -c x", "'ext::' is no way to a source"),
        ("lib:ftp://h/x", "'ftp://' is no way to a source"),
        ("lib:https://h.example", "'https://h.example' is no URL of a repository"),
        ("lib:s3://b/a.zip", "'b' is no name of a bucket"),
        ("lib:s3://bucket", "'bucket' is no object of S3"),
    ],
)
def test_what_is_no_source(app: Home, word: str, message: str) -> None:
    called = app.call("plan", "-s", word)
    assert called.code == 2
    assert f"error: --source: {message}" in called.err


def test_an_identifier_is_there_once(app: Home) -> None:
    called = app.call("plan", "-s", "lib:lib", "-s", "lib:.")
    assert (called.code, called.err) == (2, "error: --source: lib is there twice\n")


def test_those_of_the_project(app: Home) -> None:
    text = template(
        "Type: GITHUB, Location: 'https://github.com/o/lib', SourceIdentifier: lib, "
        "GitCloneDepth: 3, GitSubmodulesConfig: {FetchSubmodules: true}",
        "Type: S3, Location: bucket/a.zip, SourceIdentifier: zip",
        "Type: CODEPIPELINE, SourceIdentifier: pipe",
        versions="[{SourceIdentifier: lib, SourceVersion: v2}]",
    )
    app.write("t.yml", text)
    found = plan(app, "--project", "t.yml", "-s", "pipe:lib", "-s", "more:lib")["secondarySources"]
    assert [(s["identifier"], s["type"], s["version"]) for s in found] == [
        ("lib", "GITHUB", "v2"),
        ("zip", "S3", ""),
        ("pipe", "DIRECTORY", ""),
        ("more", "DIRECTORY", ""),
    ]
    assert (found[0]["gitCloneDepth"], found[0]["fetchSubmodules"]) == (3, True)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("Type: CODEPIPELINE", "(CODEPIPELINE): only a pipeline can give it"),
        ("Type: NO_SOURCE", "(NO_SOURCE): there is nothing to fetch"),
        ("Location: x/y", "(no type): there is nothing to fetch"),
        ("Type: S3, Location: !Sub '${Bucket}/x.zip'", "(S3): its location is not known here"),
        ("Type: GITHUB, Location: nowhere", "(GITHUB): 'nowhere' is no URL of a repository"),
        ("Type: S3, Location: nowhere", "(S3): 'nowhere' is no object of S3"),
        ("Type: GITLAB, Location: 'ext::x'", "(GITLAB): 'ext::' is no way to a source"),
    ],
)
def test_one_that_cannot_be_fetched_has_a_way_out(app: Home, source: str, message: str) -> None:
    app.write("t.yml", template(f"{source}, SourceIdentifier: lib"))
    called = app.call("plan", "--project", "t.yml")
    assert called.code == 2
    assert f"error: secondary source lib {message}" in called.err
    assert "hint: -s lib:DIR" in called.err
    assert app.call("plan", "--project", "t.yml", "-s", "lib:lib").code == 0


def test_a_remote_source_belongs_to_where_one_stands(home: Home, repository: Repository) -> None:
    home.write("localbuild.toml", 'image = "mine:1"\n')
    said = home.call("plan", f"{repository.url}#v1").err
    assert f"note: localbuild.toml of {repository.url} is not read" in said
    found = plan(home, f"{repository.url}#v1")
    assert commands(found) == ["make", "make other"]
    assert found["environment"]["image"] == "mine:1"
    assert (found["project"], found["buildspec"]) == ("repository", "buildspec.yml")
    source = found["source"]
    assert (source["type"], source["location"]) == ("GIT", repository.url)
    assert source["version"] == "v1"
    assert source["resolvedVersion"] == repository.git("rev-parse", "v1")
    assert list((home.state / "sources").iterdir()) == []


def test_a_remote_source_is_not_fetched_for_a_buildspec_from_elsewhere(home: Home) -> None:
    called = home.call("plan", "https://h.invalid/app.git", "-f", SPEC)
    assert called.code == 0, called.err
    assert "note: SOURCE is not fetched for this: https://h.invalid/app.git" in called.err


def test_a_version_of_a_directory_is_checked_out(repository: Repository, home: Home) -> None:
    (repository.path / "buildspec.yml").write_text(SPEC.replace("make test", "make dirty"))
    there = str(repository.path)
    assert commands(plan(home, there)) == ["make", "make dirty"]
    found = plan(home, there, "--source-version", "v1")
    assert commands(found) == ["make", "make other"]
    assert found["source"]["resolvedVersion"] == repository.git("rev-parse", "v1")
    assert found["source"]["location"] == there
    assert repository.git("status", "--porcelain") == "M buildspec.yml"


def test_a_projects_own_version_leaves_the_directory_as_it_is(
    repository: Repository, home: Home
) -> None:
    (repository.path / "t.yml").write_text(
        template().replace("Name: web", "Name: web\n      SourceVersion: v1")
    )
    found = plan(home, str(repository.path), "--project", f"{repository.path}/t.yml")
    assert commands(found) == ["make", "make test"]
    assert found["source"]["version"] == "v1"


def test_a_directory_without_git_only_tells_the_version(app: Home) -> None:
    assert plan(app, "--source-version", "v1")["source"]["version"] == "v1"
    note = f"note: {app.cwd} is in no git repository: it is built as it stands\n"
    assert app.call("plan", "-i", "img", "--source-version", "v1").err == note


def test_a_version_without_git_is_no_build_of_what_stands_there(
    repository: Repository, home: Home, tmp_path: Path
) -> None:
    environ = {"PATH": str(tmp_path / "nothing")}
    called = home.call("plan", str(repository.path), "--source-version", "v1", environ=environ)
    assert (called.code, called.out) == (5, "")
    assert "error: git is not installed for primary source and source version v1" in called.err


def test_a_url_without_its_scheme_is_offered_with_it(home: Home) -> None:
    called = home.call("plan", "github.com/org/app")
    assert called.code == 2
    assert "hint: localbuild run https://github.com/org/app" in called.err
    assert "hint: " not in home.call("plan", "some/where.d/app").err


@pytest.mark.parametrize("version", ["none", "--help"])
def test_a_version_that_is_not_there(repository: Repository, home: Home, version: str) -> None:
    called = home.call("plan", str(repository.path), f"--source-version={version}")
    message = f"reference not found for primary source and source version {version}"
    assert (called.code, called.err.splitlines()[-1]) == (5, f"error: {message}")


@pytest.mark.parametrize("words", [("{url}",), ("{path}", "--source-version", "v1")])
def test_what_is_fetched_cannot_be_mounted(
    repository: Repository, home: Home, words: tuple[str, ...]
) -> None:
    filled = [word.format(url=repository.url, path=repository.path) for word in words]
    called = home.call("plan", *filled, "--source-mode", "mount")
    assert called.code == 2
    assert "error: --source-mode mount: a source" in called.err


def test_two_versions_are_one_too_many(home: Home) -> None:
    called = home.call("plan", "https://h.invalid/x#v1", "--source-version", "v2")
    assert "error: SOURCE: two versions are asked for: 'v1' and 'v2'" in called.err


def test_a_buildspec_that_leads_out_of_the_source(
    repository: Repository, home: Home, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("version: 0.2\nphases: {build: {commands: [of the host]}}\n")
    (repository.path / "buildspec.yml").unlink()
    (repository.path / "buildspec.yml").symlink_to(tmp_path / "secret")
    repository.commit({})
    called = home.call("plan", repository.url)
    assert called.code == 3
    assert "error: buildspec.yml leads out of the source" in called.err
    assert "of the host" not in called.out + called.err


def test_credentials_of_a_url_are_shown_nowhere(home: Home) -> None:
    home.write("buildspec.yml", SPEC)
    secret = "a-token-of-somebody"
    url = f"http://robot:{secret}@127.0.0.1:1/app.git"
    for called in (
        home.call("plan", url),
        home.call("plan", "-s", f"lib:{url}", "--json"),
        home.call("run", url, "--docker-host", "unix:///nowhere"),
        home.call("run", f"{url} x", "--debug"),
        home.call("project", "show", "-s", f"lib:{url}", "--json"),
    ):
        assert secret not in called.out + called.err
    for path in home.cwd.rglob("*"):
        assert path.is_dir() or secret.encode() not in path.read_bytes()


def run_nowhere(home: Home, *words: str) -> tuple[Called, dict[str, Any]]:
    """A build that fails while it fetches, and its record."""
    called = home.call("run", "--docker-host", "unix:///nowhere", *words)
    record = home.cwd / ".localbuild/builds/latest/build.json"
    return called, json.loads(record.read_bytes())


def test_a_build_without_its_source_leaves_its_record(home: Home, tmp_path: Path) -> None:
    called, document = run_nowhere(home, f"file://{tmp_path}/none")
    assert called.code == document["localbuild"]["exitCode"] == 5
    assert (document["buildStatus"], document["source"]["type"]) == ("FAILED", "GIT")
    phase = next(p for p in document["phases"] if p["phaseType"] == "DOWNLOAD_SOURCE")
    (context,) = phase["contexts"]
    assert context["statusCode"] == "CLIENT_ERROR"
    assert context["message"].endswith(" for primary source")
    assert "error: repository not found: " in called.err


def test_the_folders_of_dead_builds_are_found(tmp_path: Path) -> None:
    with fetched_folder(tmp_path) as alive:
        (tmp_path / "sources" / "dead").mkdir()
        (tmp_path / "sources" / "dead" / "file").write_text("")
        assert remove_dead_folders(tmp_path) == [tmp_path / "sources" / "dead"]
        assert alive.is_dir()
        assert alive.stat().st_mode & 0o777 == 0o700
    assert list((tmp_path / "sources").iterdir()) == []


def test_clean_says_what_it_removes(home: Home) -> None:
    (home.state / "sources" / "dead").mkdir(parents=True)
    called = home.call("clean", "--docker-host", "unix:///nowhere")
    assert not (home.state / "sources" / "dead").exists()
    assert called.code == 4  # the engine is another matter


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (["Type: S3, Location: b/x"], "secondarySources[0]: sourceIdentifier is missing"),
        (["Type: S3, SourceIdentifier: a-b"], "secondarySources[0]: a sourceIdentifier has up to"),
        (["Type: S3, SourceIdentifier: a"] * 2, "[1]: sourceIdentifier a is there twice"),
        (
            [f"Type: S3, SourceIdentifier: a{n}" for n in range(13)],
            "[12]: a project has at most 12",
        ),
    ],
)
def test_what_the_service_would_refuse(app: Home, sources: list[str], message: str) -> None:
    app.write("t.yml", template(*sources))
    called = app.call("plan", "--project", "t.yml")
    assert called.code == 2
    assert message in called.err


LIB = "Type: GITHUB, Location: 'https://github.com/o/lib', SourceIdentifier: lib, GitCloneDepth: 3"


@pytest.mark.parametrize(
    "words",
    [
        ("-s", "lib:#v9"),
        ("--secondary-sources-version-override", "sourceIdentifier=lib,sourceVersion=v9"),
        (
            "--secondary-sources-version-override",
            '[{"sourceIdentifier":"lib","sourceVersion":"v9"}]',
        ),
    ],
)
def test_the_projects_own_in_another_version(app: Home, words: tuple[str, ...]) -> None:
    versions = "[{SourceIdentifier: lib, SourceVersion: v2}]"
    app.write("t.yml", template(LIB, versions=versions))
    (found,) = plan(app, "--project", "t.yml", *words)["secondarySources"]
    assert (found["type"], found["version"], found["gitCloneDepth"]) == ("GITHUB", "v9", 3)


def test_sources_as_start_build_has_them(app: Home) -> None:
    app.write("t.yml", template(LIB))
    words = (
        "--secondary-sources-override",
        "type=S3,location=bucket/a.zip,sourceIdentifier=zip",
        "sourceIdentifier=lib,type=GITHUB,location=https://github.com/o/other",
        "--secondary-sources-version-override",
        "sourceIdentifier=lib,sourceVersion=v3",
    )
    assert secondary(app, "--project", "t.yml", *words[:3], "-s", "docs:lib") == [
        ("lib", "GITHUB", "https://github.com/o/other", ""),
        ("docs", "DIRECTORY", f"{app.cwd}/lib", ""),
        ("zip", "S3", "bucket/a.zip", ""),
    ]
    found = secondary(app, "--project", "t.yml", *words, "sourceIdentifier=zip,sourceVersion=7")
    assert [version for _, _, _, version in found] == ["v3", "7"]
    assert secondary(app, "--project", "t.yml", *words, "-s", "lib:lib")[0][1] == "DIRECTORY"


@pytest.mark.parametrize(
    ("type", "location", "found"),
    [
        ("GITHUB", "https://me:hunter2secret@github.com/o/r", ("GITHUB", "https://github.com/o/r")),
        ("S3", "bucket/a.zip", ("S3", "bucket/a.zip")),
        ("S3", "arn:aws:s3:::bucket/a.zip", ("S3", "bucket/a.zip")),
    ],
)
def test_the_primary_source_as_start_build_has_it(
    app: Home, type: str, location: str, found: tuple[str, str]
) -> None:
    overrides = ("--source-type-override", type, "--source-location-override", location)
    words = ("-f", SPEC, *overrides)
    called = app.call("plan", "--json", *words)
    assert called.code == 0, called.err
    source = json.loads(called.out)["source"]
    assert (source["type"], source["location"]) == found
    assert "hunter2secret" not in called.out + called.err
    assert "override" not in called.err
    called = app.call("plan", "--json", ".", *words)
    assert json.loads(called.out)["source"]["type"] == "DIRECTORY"
    assert called.err.count("-override is not used: SOURCE stands for it") == 2


@pytest.mark.parametrize("name", ["sources", "sources-version"])
@pytest.mark.parametrize("word", ["x", "[", "[1]", "sourceIdentifier=lib", "{}"])
def test_an_override_that_names_no_source(app: Home, name: str, word: str) -> None:
    called = app.call("plan", f"--secondary-{name}-override", word)
    assert called.code == 2
    assert f"error: --secondary-{name}-override: this " in called.err


def test_a_version_of_a_source_that_the_project_has_not(app: Home) -> None:
    called = app.call("plan", "-s", "lib:#v9")
    assert called.code == 2
    assert "error: -s lib:#v9: the project has no such secondary source" in called.err
    assert "hint: -s lib:URL#v9" in called.err


def test_a_doctor_fetches_nothing(home: Home) -> None:
    called = home.call("doctor", "https://h.invalid/app.git", "--docker-host", "unix:///nowhere")
    assert (
        "buildspec.yml: not looked at: https://h.invalid/app.git is not fetched for this"
        in called.out
    )


def test_why_the_next_build_of_a_version_misses(repository: Repository, home: Home) -> None:
    called = home.call("-C", str(repository.path), "cache", "why", "--next", "--source-version=v1")
    assert called.code == 0, called.err
    assert "the buildspec has no cache paths" in called.out


def test_a_plan_does_not_wait_for_ever(home: Home, tmp_path: Path) -> None:
    with serve(tmp_path, hang=threading.Event()) as server:
        called = home.call("plan", server.url("app"), "--timeout", "1s")
    assert called.code == 5
    assert "error: not fetched within 1.0s for primary source" in called.err
    assert list((home.state / "sources").iterdir()) == []

"""Every key of the page reaches its field of the model."""

from pathlib import Path

from localbuild.buildspec.model import OnFailure, Text
from localbuild.buildspec.read import read_buildspec
from localbuild.terms import OnFailureAction, PhaseType
from tests.unit.buildspec.shorthand import read

OK = Path(__file__).parents[2] / "golden" / "lint" / "ok"


def texts(found: tuple[Text, ...]) -> list[str]:
    return [str(text) for text in found]


def test_a_buildspec_with_everything() -> None:
    spec = read_buildspec((OK / "everything.yml").read_bytes(), "b.yml")
    assert (spec.version, str(spec.run_as), spec.warnings) == ("0.2", "builder", ())
    assert (spec.proxy.upload_artifacts, spec.proxy.logs) == (False, False)
    env = spec.env
    assert (str(env.shell), env.git_credential_helper) == ("bash", True)
    assert texts(env.exported_variables) == ["STAGE", "IMAGE_TAG"]
    assert [(str(v.name), str(v.value)) for v in env.variables][:2] == [
        ("STAGE", "test"),
        ("ANSWER", "NO"),
    ]
    assert [(str(v.name), str(v.value)) for v in env.parameter_store] == [
        ("DB_PASSWORD", "/app/$STAGE/password")
    ]
    assert [(str(v.name), str(v.value)) for v in env.secrets_manager] == [
        ("API_KEY", "team/api:key")
    ]


def test_its_phases() -> None:
    spec = read_buildspec((OK / "everything.yml").read_bytes(), "b.yml")
    install, pre_build, build, post_build = spec.phases
    assert install.on_failure == OnFailure(action=OnFailureAction.ABORT)
    assert [(str(r.name), str(r.version)) for r in install.runtime_versions] == [
        ("nodejs", "$NODE")
    ]
    assert str(pre_build.run_as) == "root"
    assert pre_build.on_failure == OnFailure(
        action=OnFailureAction.RETRY, retries=3, pattern=".*timed out.*"
    )
    assert build.on_failure == OnFailure(action=OnFailureAction.CONTINUE)
    assert texts(build.commands) == ["set -e\nmake\n"]
    assert texts(build.finally_) == ["make clean"]
    assert post_build.commands == ()
    assert [dict(step.keys) for step in post_build.steps] == [
        {"uses": "actions/upload-artifact@v4", "with.path": "out"}
    ]
    assert build.type is PhaseType.BUILD
    assert build.place.line > pre_build.place.line


def test_its_outputs_and_its_cache() -> None:
    spec = read_buildspec((OK / "everything.yml").read_bytes(), "b.yml")
    (report,) = spec.reports
    assert (str(report.name), texts(report.files)) == ("$GROUP", ["**/*.xml"])
    assert (str(report.base_directory), report.discard_paths) == ("out", True)
    assert report.file_format == "NUNITXML"
    artifacts, (docs,) = spec.artifacts, spec.secondary_artifacts
    assert artifacts is not None
    assert (artifacts.identifier, texts(artifacts.files)) == ("", ["**/*"])
    assert (str(artifacts.name), str(artifacts.base_directory)) == ("app-$(date +%Y)", "out")
    assert (artifacts.discard_paths, artifacts.enable_symlinks) == (False, True)
    assert (texts(artifacts.exclude_paths), str(artifacts.s3_prefix)) == (["**/.*"], "builds")
    assert (docs.identifier, texts(docs.files)) == ("docs", ["docs/**/*"])
    cache = spec.cache
    assert cache is not None
    assert (texts(cache.paths), cache.action) == (["/root/.npm/**/*", "tools/build.sh"], "restore")
    assert str(cache.key) == "npm-$(codebuild-hash-files package-lock.json)"
    assert texts(cache.fallback_keys) == ["npm-"]


def test_what_is_absent_has_its_default() -> None:
    spec = read("version: 0.2\nreports:\n  unit:\n    files: x\n")
    assert (spec.run_as, spec.artifacts, spec.cache, spec.batch) == (None, None, None, None)
    assert (spec.env.shell, spec.env.variables) == (None, ())
    assert (spec.reports[0].file_format, spec.reports[0].base_directory) == ("JUNITXML", None)
    assert spec.secondary_artifacts == ()


def test_places_of_commands() -> None:
    spec = read_buildspec((OK / "anchors.yml").read_bytes(), "b.yml")
    lines = [[c.place.line for c in (*p.commands, *p.finally_)] for p in spec.phases]
    assert lines == [[5, 5], [5, 5, 10]]


def test_steps_that_are_no_steps_are_kept_out_of_the_way() -> None:
    spec = read("version: 0.2\nphases:\n  build:\n    steps: {a: b}\n")
    assert spec.phases[0].steps == ()
    spec = read("version: 0.2\nphases:\n  build:\n    steps: [{run: [x], env: {A: 1}}, {id: 2}]\n")
    assert [dict(step.keys) for step in spec.phases[0].steps] == [{"env.A": "1"}, {"id": "2"}]


def test_version_0_1_takes_both_names_of_env() -> None:
    spec = read(
        "version: 0.1\nenvironment_variables: {plaintext: {A: one}}\nenv: {variables: {B: two}}\n"
    )
    assert [(str(v.name), str(v.value)) for v in spec.env.variables] == [("A", "one"), ("B", "two")]

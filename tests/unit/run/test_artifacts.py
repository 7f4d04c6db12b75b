"""UPLOAD_ARTIFACTS on the scripted engine: what is asked for, what is said, how it ends."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from localbuild.engines.scripted import Answer
from localbuild.errors import EngineError, StorageError
from localbuild.events.model import Failed, Warned
from localbuild.events.outputs import ArtifactUploaded
from localbuild.ports.artifacts import Handed, Output
from localbuild.ports.collect import FoundFile, Selected, Selection
from localbuild.ports.engine import Container, Interruption
from localbuild.project.model import ProjectArtifacts
from tests.unit.run.scripted_build import FAILING, IDENTITY, Built, Setting, build

SPEC = """\
version: 0.2
phases: {build: {commands: [make]}}
artifacts:
  files: [a, $DIR/b]
  base-directory: ${DIR}
  exclude-paths: [$DIR/**/*]
  enable-symlinks: yes
  name: mine
  secondary-artifacts: {two: {files: [c], discard-paths: yes}}
"""
FILE = FoundFile(name="a", path="/s/a", size_bytes=2)
Read = Iterator[tuple[FoundFile, Iterable[bytes]]]


@dataclass(slots=True)
class Files:
    """A collector that remembers what was asked, and finds one file."""

    found: Selected = Selected(files=(FILE,), lines=("Found 1 file(s)",), warnings=("odd",))
    asked: list[Selection] = field(default_factory=list)
    fault: Exception | None = None

    def select(self, container: Container, selection: Selection) -> Selected:
        self.asked.append(selection)
        return self.found

    def read(self, container: Container, files: Sequence[FoundFile]) -> Read:
        if self.fault is not None:
            raise self.fault
        yield from ((file, [b"1", b"2"]) for file in files)


@dataclass(slots=True)
class Places:
    """A place that remembers what came."""

    fault: Exception | None = None
    came: list[tuple[Output, list[tuple[str, bytes]]]] = field(default_factory=list)
    closed: int = 0

    def put(self, output: Output, contents: Read) -> Handed:
        if self.fault is not None:
            raise self.fault
        self.came.append((output, [(f.name, b"".join(p)) for f, p in contents]))
        return Handed(path="p", location="/p", files=1, size_bytes=2, warnings=("renamed",))

    def close(self) -> None:
        self.closed += 1


def built(spec: str = SPEC, **setting: object) -> tuple[Built, Files, Places]:
    files, places = Files(), Places()
    known = {"collector": files, "artifacts": places} | setting
    return build(spec, Setting(**known)), files, places  # type: ignore[arg-type]


def test_every_output_is_brought_to_its_place() -> None:
    done, files, places = built()
    assert done.exit_code == 0
    assert [(o.parts, o.packaging, c) for o, c in places.came] == [
        ((), "NONE", [("a", b"12")]),
        (("two",), "NONE", [("a", b"12")]),
    ]
    assert [s.discard_paths for s in files.asked] == [False, True]
    assert places.came[0][0].build_arn.endswith(f":build/sample:{IDENTITY.uuid}")
    assert places.closed == 1
    events = [e for e in done.events if isinstance(e, ArtifactUploaded)]
    assert [(e.identifier, e.path, e.files) for e in events] == [
        ("primary", "p", 1),
        ("two", "p", 1),
    ]
    warned = [e.message for e in done.events if isinstance(e, Warned)]
    assert warned[-4:] == [
        "artifacts: odd",
        "artifacts: renamed",
        "artifacts two: odd",
        "artifacts two: renamed",
    ]


def test_variables_have_the_values_of_the_shell() -> None:
    command = ". /codebuild/output/tmp/env.sh\nprintf '%s\\0' \"${DIR+=}${DIR-}\""
    answers = {command: Answer(output=(b"=out\0",))}
    _, files, _ = built(answers=answers)
    asked = files.asked[0]
    assert (asked.files, asked.base_directory) == (("a", "out/b"), "out")
    assert asked.exclude_paths == ("out/**/*",)


def test_links_stay_links_in_a_zip_alone() -> None:
    for packaging, keep in (("ZIP", True), ("NONE", False), ("", False)):
        outputs = ProjectArtifacts(type="S3", packaging=packaging, name="n")
        spec = SPEC.rpartition("  secondary")[0]
        _, files, places = built(spec, outputs=outputs)
        assert files.asked[0].keep_links is keep
        assert places.came[0][0].parts == ("n",)


def test_what_a_pipeline_gets_is_a_folder() -> None:
    outputs = ProjectArtifacts(type="CODEPIPELINE", packaging="ZIP", name="n")
    done, _, places = built(SPEC.rpartition("  secondary")[0], outputs=outputs)
    assert (done.exit_code, places.came[0][0].parts) == (0, ())
    assert places.came[0][0].packaging == "NONE"


def test_nothing_found_fails_the_build() -> None:
    done, _, places = built(collector=Files(found=Selected(failure="no matching x", lines=("l",))))
    assert (done.exit_code, done.statuses["UPLOAD_ARTIFACTS"]) == (1, "FAILED")
    phase = next(p for p in done.result.phases if p.type == "UPLOAD_ARTIFACTS")
    assert (phase.context.status_code, phase.context.message) == ("CLIENT_ERROR", "no matching x")
    assert "l" in done.said
    assert (places.came, places.closed) == ([], 1)
    warned = [e.message for e in done.events if isinstance(e, Warned) and not e.is_note]
    assert warned[-2:] == [
        "artifacts: nothing was found for 'a', '/b'",
        "artifacts that are not handed out then: two",
    ]


def test_what_has_no_effect_is_noted() -> None:
    done, _, _ = built()
    noted = [e.message for e in done.events if isinstance(e, Warned) and e.is_note]
    assert noted[-2:] == [
        "artifacts: `name` does not count: only a project with overrideArtifactName lets it",
        "artifacts: `enable-symlinks` does not count: the output is a folder, no ZIP",
    ]


def test_a_file_in_another_outputs_folder_is_told() -> None:
    files = tuple(FoundFile(name=n, path=f"/s/{n}") for n in ("a", "two/x", "two/y"))
    done, _, _ = built(collector=Files(found=Selected(files=files)))
    warned = [e.message for e in done.events if isinstance(e, Warned)]
    assert (
        "artifacts: two/x lies in the folder of the secondary artifacts 'two': of two files with "
        "one name theirs is kept"
    ) in warned


class Losing(Files):
    """A collector whose second file has gone."""

    def read(self, container: Container, files: Sequence[FoundFile]) -> Read:
        yield files[0], [b"1"]


def test_what_has_gone_meanwhile_is_counted() -> None:
    done, _, _ = built(collector=Losing(found=Selected(files=(FILE, FILE, FILE))))
    warned = [e.message for e in done.events if isinstance(e, Warned)]
    assert "artifacts: 2 of 3 files were gone when they were read: left out" in warned


def test_what_breaks_off_may_leave_a_part() -> None:
    class Sick(Places):
        def put(self, output: Output, contents: Read) -> Handed:
            next(iter(contents))
            raise StorageError("full")

    done, _, _ = built(artifacts=Sick())
    warned = [e.message for e in done.events if isinstance(e, Warned) and not e.is_note]
    assert warned[-2:] == [
        "artifacts: broken off: a part of the files may lie in their place",
        "artifacts that are not handed out then: two",
    ]


def test_a_sick_place_is_no_failed_build() -> None:
    fault = StorageError("artifacts: denied", hints=("allow it",))
    done, _, _ = built(artifacts=Places(fault=fault))
    assert (done.exit_code, done.result.status) == (5, "FAILED")
    [failed] = [e for e in done.events if isinstance(e, Failed)]
    assert (failed.message, failed.hints) == ("artifacts: denied", ("allow it",))
    phase = next(p for p in done.result.phases if p.type == "UPLOAD_ARTIFACTS")
    assert (phase.context.status_code, phase.status) == ("CLIENT_ERROR", "FAILED")
    assert done.statuses["FINALIZING"] == "SUCCEEDED"


def test_a_command_that_failed_before_decides() -> None:
    fault = StorageError("artifacts: denied")
    done, _, _ = built(artifacts=Places(fault=fault), answers={"make": FAILING})
    assert (done.exit_code, done.result.status) == (1, "FAILED")


def test_an_engine_that_goes_is_its_own_fault() -> None:
    done, _, places = built(collector=Files(fault=EngineError("gone")))
    assert (done.exit_code, done.statuses["UPLOAD_ARTIFACTS"]) == (4, "FAULT")
    assert places.closed == 1


@pytest.mark.parametrize(("why", "code"), [(Interruption.STOP, 130), (Interruption.KILL, 130)])
def test_a_stop_between_pieces_is_heard(why: Interruption, code: int) -> None:
    begun: list[int] = []

    class Slow(Places):
        def put(self, output: Output, contents: Read) -> Handed:
            begun.append(1)
            return Places.put(self, output, contents)

    done, _, _ = built(artifacts=Slow(), interrupted=lambda: why if begun else None)
    assert (done.exit_code, done.statuses["UPLOAD_ARTIFACTS"]) == (code, "STOPPED")
    assert not any(isinstance(e, ArtifactUploaded) for e in done.events)


def test_a_name_that_leads_out_is_refused() -> None:
    outputs = ProjectArtifacts(type="S3", path="a/../../b")
    done, _, places = built(SPEC.rpartition("  secondary")[0], outputs=outputs)
    assert (done.exit_code, places.came) == (1, [])
    phase = next(p for p in done.result.phases if p.type == "UPLOAD_ARTIFACTS")
    assert "cannot be the name of an artifact" in phase.context.message


def test_a_name_is_evaluated_by_the_shell() -> None:
    outputs = ProjectArtifacts(type="S3", override_artifact_name=True)
    spec = SPEC.rpartition("  secondary")[0]
    _, _, places = built(spec, outputs=outputs, answers={"mine": Answer(output=(b"mine-2026\n",))})
    assert places.came[0][0].parts == ("mine-2026",)
    done, _, places = built(spec, outputs=outputs, answers={"mine": FAILING})
    assert (done.exit_code, places.came) == (1, [])


def test_a_build_without_artifacts_asks_for_none() -> None:
    done, files, places = built("version: 0.2\nphases: {build: {commands: [make]}}\n")
    assert (done.exit_code, files.asked, places.closed) == (0, [], 0)

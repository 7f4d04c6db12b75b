"""Privileged builds on the scripted engine: privilege, daemon, and why there is none."""

from dataclasses import replace

import pytest

from localbuild.engines.scripted import Answer, ScriptedEngine
from localbuild.events.model import Failed, Output, Warned
from localbuild.plan.cache import CachePlan
from localbuild.plan.model import PlannedMount
from localbuild.ports.engine import Interruption, Mount, Privilege
from tests.unit.run.scripted_build import Built, Setting, build

SPEC = "version: 0.2\nphases: {build: {commands: [docker build .]}}\n"
CURATED = "aws/codebuild/standard:7.0"
STARTS = "[ yes = yes ] || exit 0"
"""A line of the script where it is to start a daemon."""
NO_SOCKET = (
    b"ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. "
    b"Is the docker daemon running?\n"
)
SILENT = Answer()
STARTED = Answer(output=(b"overlay2\n",))
FAILED = Answer(exit_status=1, output=(b"one\n", b"failed to start daemon: no iptables\n"))
DATA = Mount(source="", target="/var/lib/docker")


def run(
    image: str = CURATED,
    *,
    privileged: bool = True,
    docker: Answer = SILENT,
    start: Answer = STARTED,
    privileges: tuple[Privilege, ...] = tuple(Privilege),
    setting: Setting | None = None,
) -> tuple[Built, ScriptedEngine]:
    """A build of SPEC; `start` answers the script that starts a daemon, `docker` the command."""
    answers = {STARTS: start, "docker build .": docker}
    engine = ScriptedEngine(answers, images=(image,), privileges=privileges)
    wanted = replace(setting or Setting(), image=image, privileged=privileged)
    wanted.open_engine = lambda: engine
    return build(SPEC, wanted), engine


def warnings(built: Built) -> dict[str, Warned]:
    return {e.code: e for e in built.events if isinstance(e, Warned) and e.code}


def reason_of(built: Built) -> str:
    phase = next(p for p in built.result.phases if p.type == "PROVISIONING")
    return phase.context.message


def scripts(engine: ScriptedEngine) -> list[str]:
    return [request.script for request in engine.containers[0].requests]


def test_every_privilege_is_asked_for() -> None:
    built, engine = run()
    assert (built.exit_code, warnings(built)) == (0, {})
    assert engine.containers[0].spec.privilege is Privilege.FULL
    assert engine.containers[0].spec.mounts == (DATA,)


def test_a_build_that_is_not_privileged_gets_nothing_of_it() -> None:
    built, engine = run(privileged=False)
    assert engine.containers[0].spec.privilege is Privilege.NONE
    assert engine.containers[0].spec.mounts == ()
    assert not any("dockerd" in script for script in scripts(engine))
    assert built.exit_code == 0


def test_less_than_every_privilege_is_told_once() -> None:
    built, engine = run(privileges=(Privilege.NONE, Privilege.NEAREST))
    assert engine.containers[0].spec.privilege is Privilege.NEAREST
    (told,) = [e for e in built.events if isinstance(e, Warned) and e.code == "LB606"]
    assert "CAP_SYS_RESOURCE" in told.message
    assert built.exit_code == 0


def test_an_engine_that_gives_no_privilege() -> None:
    built, engine = run(privileges=(Privilege.NONE,))
    assert (built.exit_code, engine.containers) == (4, [])
    message = "this engine starts no privileged container: nearest: operation not permitted"
    (failed,) = [e for e in built.events if isinstance(e, Failed)]
    assert (reason_of(built), failed.message) == (message, message)
    assert any("--no-privileged" in hint for hint in failed.hints)


@pytest.mark.parametrize(
    ("image", "starts"),
    [
        (CURATED, True),
        ("public.ecr.aws/codebuild/amazonlinux-x86_64-standard:5.0", True),
        ("docker:dind", False),
        ("registry/made-from/standard:7.0", False),
    ],
)
def test_a_daemon_is_started_in_codebuilds_own_images(image: str, starts: bool) -> None:
    _, engine = run(image)
    assert any(STARTS in script for script in scripts(engine)) == starts
    assert any("cgroup" in script for script in scripts(engine))


def test_a_daemon_of_the_users_own_is_left_alone() -> None:
    socket = PlannedMount(source="/var/run/docker.sock", target="/var/run/docker.sock")
    _, engine = run(setting=Setting(mounts=(socket,)))
    assert not any(STARTS in script for script in scripts(engine))


@pytest.mark.parametrize("target", ["/var/lib/docker", "/var/lib/docker/"])
def test_a_place_of_the_users_own_for_layers_is_taken(target: str) -> None:
    mine = PlannedMount(source="mine", target=target)
    _, engine = run(setting=Setting(mounts=(mine,)))
    assert engine.containers[0].spec.mounts == (Mount(source="mine", target=target),)


def test_kept_layers_have_the_place_of_new_ones() -> None:
    cache = CachePlan(type="LOCAL", modes=("LOCAL_DOCKER_LAYER_CACHE",))
    _, engine = run(setting=Setting(cache=cache))
    kept, own = engine.containers[0].spec.mounts
    assert kept.target == "/var/lib/docker"
    assert kept.source.endswith("-docker")
    assert own == Mount(source="", target="/codebuild/local-cache/docker")


def test_layers_that_another_build_has_are_told_of() -> None:
    built, _ = run(start=Answer(output=(b"in-use\noverlay2\n",)))
    assert (built.exit_code, list(warnings(built))) == (0, ["LB610"])


def test_a_daemon_that_does_not_start_ends_the_build() -> None:
    built, _ = run(start=FAILED)
    assert (built.exit_code, built.ran) == (4, [])
    assert built.statuses["PROVISIONING"] == "FAULT"
    output = b"".join(e.data for e in built.events if isinstance(e, Output))
    assert output == b"one\nfailed to start daemon: no iptables\n"
    reason = "the build's Docker daemon did not start: failed to start daemon: no iptables"
    assert reason_of(built) == reason


def test_a_container_that_ends_meanwhile() -> None:
    built, _ = run(start=Answer(ends_container=True))
    assert built.exit_code == 4
    assert "ended while its Docker daemon started" in reason_of(built)


def test_a_stop_meanwhile() -> None:
    asked = iter([None] * 4 + [Interruption.STOP] * 99)
    built, _ = run(start=Answer(runs_on=True), setting=Setting(interrupted=lambda: next(asked)))
    assert (built.exit_code, built.statuses["PROVISIONING"]) == (130, "STOPPED")


def test_a_storage_driver_that_copies_is_told() -> None:
    built, _ = run(start=Answer(output=(b"vfs\n",)))
    assert (built.exit_code, list(warnings(built))) == (0, ["LB607"])


def test_an_image_without_an_entry_point_is_told() -> None:
    built, _ = run(start=Answer(exit_status=3))
    assert built.exit_code == 0
    told = warnings(built)["LB608"]
    assert told.message.endswith(f"{CURATED} has no /usr/local/bin/dockerd-entrypoint.sh")
    assert "nohup /usr/local/bin/dockerd" in told.hints[0]


@pytest.mark.parametrize(
    ("image", "privileged", "hint"),
    [
        (CURATED, False, "localbuild run --privileged"),
        ("docker:dind", True, "nohup /usr/local/bin/dockerd"),
        ("docker:dind", True, '"aws/codebuild/standard:7.0" = "docker:dind"'),
    ],
)
def test_it_is_told_why_there_is_no_daemon(image: str, privileged: bool, hint: str) -> None:
    answer = Answer(exit_status=1, output=(NO_SOCKET[:30], NO_SOCKET[30:]))
    built, _ = run(image, privileged=privileged, docker=answer)
    assert built.exit_code == 1
    assert any(hint in line for line in warnings(built)["LB609"].hints)


def test_a_daemon_that_went_away_is_told_of() -> None:
    built, _ = run(docker=Answer(exit_status=1, output=(NO_SOCKET,)))
    assert "/var/log/docker.log" in warnings(built)["LB609"].message


@pytest.mark.parametrize(
    "said",
    [
        b"failed to connect to the docker API at unix:///var/run/docker.sock; is it running?",
        b"Couldn't connect to Docker daemon at http+docker://localhost - is it running?",
    ],
)
def test_other_words_for_it(said: bytes) -> None:
    built, _ = run("img", privileged=False, docker=Answer(exit_status=1, output=(said,)))
    assert list(warnings(built)) == ["LB609"]


@pytest.mark.parametrize(
    "answer",
    [Answer(output=(NO_SOCKET,)), Answer(exit_status=1, output=(b"no such file\n",))],
)
def test_nothing_is_told_without_need(answer: Answer) -> None:
    built, _ = run("img", privileged=False, docker=answer)
    assert warnings(built) == {}

"""What a container is created with, and why an engine refuses to start it."""

from typing import Any

from localbuild.container.driver import driver_program
from localbuild.engines.docker.privilege import is_refusal, privilege_settings
from localbuild.errors import ContainerStartError, PrivilegeRefusedError
from localbuild.ports.engine import ContainerSpec, Mount

_DRIVER = "LOCALBUILD_DRIVER"
_START = f"""exec env -i PATH="$PATH" {_DRIVER}="${_DRIVER}" sh -c 'eval "${_DRIVER}"'"""
"""The driver's shell must not find variables of the image where it expects its own; and its program
must not stand on a command line, where a build's `pkill -f` would find its words.
"""

_TMPFS = "rw,exec,nosuid,nodev,mode=0777"
"""Builds may run programs there; with a sticky bit no user could write another one's files."""

_HINTS = (
    (("network", "not found"), "docker network ls"),
    (("emory limit",), "localbuild run --memory 512m"),
    (("user namespaces",), "use an engine without userns-remap: localbuild run --docker-host URL"),
    (("init binary not found",), "podman needs an init program: sudo apt-get install catatonit"),
)
"""What to try where all of those words are in an engine's reason."""

FOUND_DEAD = "Build container found dead before completing the build"


def create_arguments(
    api: Any, spec: ContainerSpec, pipes: tuple[tuple[str, str], ...]
) -> dict[str, Any]:
    """The arguments of the SDK's `create_container`; `pipes` are (source, target) of FIFOs."""
    host_config = api.create_host_config(
        init=True,
        log_config={"Type": "none"},
        network_mode=spec.network or None,
        mounts=_mounts(spec, pipes),
        tmpfs=dict.fromkeys(spec.memory_directories, _TMPFS),
        **_limits(spec),
    )
    host_config |= privilege_settings(spec.privilege)
    return {
        "image": spec.image.id,
        "name": spec.name,
        "entrypoint": ["sh", "-c", _START],
        "environment": {_DRIVER: driver_program()},
        "command": [],
        "user": "0:0",
        "working_dir": spec.working_directory,
        "hostname": spec.hostname or None,
        "stdin_open": True,
        "tty": False,
        "labels": dict(spec.labels),
        "healthcheck": {"Test": ["NONE"]},
        "host_config": host_config,
        "platform": spec.platform or None,
    }


def _mounts(spec: ContainerSpec, pipes: tuple[tuple[str, str], ...]) -> list[dict[str, object]]:
    """Mounts that are refused, and not made up, where the host has no such path."""
    own = (Mount(source=source, target=target, read_only=True) for source, target in pipes)
    return [
        {
            "Type": "bind" if mount.source.startswith("/") else "volume",
            "Source": mount.source,
            "Target": mount.target,
            "ReadOnly": mount.read_only,
        }
        for mount in (*own, *spec.mounts)
    ]


def _limits(spec: ContainerSpec) -> dict[str, int]:
    limits: dict[str, int] = {}
    if spec.memory_bytes:
        limits |= {"mem_limit": spec.memory_bytes, "memswap_limit": spec.memory_bytes}
    if spec.cpus:
        limits["nano_cpus"] = int(spec.cpus * 1_000_000_000)
    return limits


def start_error(spec: ContainerSpec, explanation: str) -> ContainerStartError:
    """Why the engine could not create or start the container, and what to try."""
    if '"sh"' in explanation and "not found" in explanation:
        return ContainerStartError(FOUND_DEAD, hints=sh_hints(spec))
    first = explanation.strip().splitlines()[0] if explanation.strip() else "no reason given"
    if is_refusal(spec.privilege, explanation):
        return PrivilegeRefusedError(first)
    hints = (hint for words, hint in _HINTS if all(word in explanation for word in words))
    return ContainerStartError(
        f"the engine could not start the build container: {first}", hints=tuple(hints)
    )


def sh_hints(spec: ContainerSpec) -> tuple[str, ...]:
    """What an image without a shell needs."""
    return (f"image {spec.image.reference} must contain sh: every command needs it",)

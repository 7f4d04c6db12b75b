"""S3 servers that are dead or slow: how long a build waits before it goes on without its cache."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks.cache_build_runs import BuildProject
from benchmarks.cache_remote import AWS
from benchmarks.lab import Lab
from benchmarks.measure import Finding
from tests.s3.fault_server import Faulty, Mode, fault_server

NOTE = """\
Whole builds: until it is decided that there is no cache, which is all that a build waits for before
its first command. The server had a good entry before it fell ill. One round each."""

DEAD_S, DRIPPING_S = 10.0, 30.0
BUCKET = "bench"
_FILL = "mkdir -p node_modules && head -c 5000000 /dev/urandom >node_modules/file"


def faults(lab: Lab) -> Iterator[Finding]:
    """Servers that nobody reaches, then servers that answer badly."""
    with _nobody() as url:
        yield _row(_project(lab, url), "a server that refuses connections", DEAD_S)
    with _full() as url:
        yield _row(_project(lab, url), "a server that takes no connections", DEAD_S)
    for mode, name, most_s in (
        (Mode.BLACK_HOLE, "a server that never answers", DEAD_S),
        (Mode.DRIP_HEADERS, "a server that drips headers", DRIPPING_S),
        (Mode.DRIP_BODY, "a server that drips objects", DRIPPING_S),
        (Mode.STALL, "a server that stops in the middle of an object", DRIPPING_S),
    ):
        with fault_server() as server:
            yield _row(_ill(lab, server, mode), name, most_s)


def _ill(lab: Lab, server: Faulty, mode: Mode) -> BuildProject:
    """A project whose cache is on a server that has fallen ill."""
    project = _project(lab, server.endpoint_url)
    if not project.run(_FILL, "--cache-required").outcome == "miss":
        raise SystemExit(f"{server.endpoint_url} is not new")
    server.misbehave(mode)
    return project


def _project(lab: Lab, url: str) -> BuildProject:
    project = BuildProject(
        name=f"bench-{os.getpid()}-faults",
        folder=lab.folder / "faults",
        cache=f"s3://{BUCKET}/faults",
        options=("--endpoint-url", url, "--cache-layers", "off"),
        variables=AWS,
    )
    lab.later.callback(project.drop)
    return project


def _row(project: BuildProject, name: str, most_s: float) -> Finding:
    built = project.run("true")
    if built.outcome != "miss":
        raise SystemExit(f"{name}: {built}")
    return Finding(
        claim=f"{name}: until a build goes on without its cache",
        ours=f"{built.look_s:.1f} s",
        theirs=f"the whole build: {built.whole_s:.1f} s",
        found=f"{built.look_s:.1f} s",
        goal=f"≤ {most_s:g} s",
        kept=built.look_s <= most_s,
    )


@contextmanager
def _nobody() -> Iterator[str]:
    """A port that nobody listens on, held so that nobody else will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def _full() -> Iterator[str]:
    """A port whose queue is full: the kernel lets every further connection wait."""
    with ExitStack() as held:
        server = held.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            waiting = held.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"

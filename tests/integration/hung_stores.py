"""A build whose store hangs, in a process of its own: `python -m tests.integration.hung_stores
WHERE PROJECT`. WHERE: the verb that never answers, from the build's second stretch of it on.
"""

import sys
import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import replace

from localbuild.buildspec.read import read_buildspec
from localbuild.cache.service import BuildCache
from localbuild.cache.stores.memory import MemoryStore
from localbuild.cache.tiers import Tiers
from localbuild.cache.warm import WarmLayers
from localbuild.cli.process.last_resort import end_process
from localbuild.cli.process.signals import StopSignals
from localbuild.engines.open import open_engine
from localbuild.plan.cache import CachePlan
from localbuild.plan.compile import BuildRequest, compile_plan
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan, EnvironmentPlan, SourcePlan
from localbuild.ports.engine import Engine
from localbuild.project.model import Project
from localbuild.run.build import run_build
from localbuild.run.deadline import SystemClock
from localbuild.run.services import Services
from localbuild.sources.memory import MemorySource
from tests.conftest import SMALL

_SPEC = b"version: 0.2\nphases: {build: {commands: ['mkdir -p deps; date +%N > deps/new']}}\n"


class HungStore(MemoryStore):
    """In memory; `hangs` is a verb that does not come back any more."""

    hangs = ""

    def read(self, name: str) -> bytes | None:
        self._step("read")
        return super().read(name)

    def read_range(self, name: str, offset: int, length: int) -> bytes | None:
        self._step("read_range")
        return super().read_range(name, offset, length)

    def create(self, name: str, pieces: Sequence[bytes]) -> bool:
        self._step("create")
        return super().create(name, pieces)

    def replace(self, name: str, data: bytes) -> None:
        self._step("replace")
        super().replace(name, data)

    def close(self) -> None:
        self._step("close")

    def _step(self, verb: str) -> None:
        if verb == self.hangs:
            sys.stdout.write("it hangs\n")
            sys.stdout.flush()
            while True:  # as a system call does: no exception of this thread's ends it
                _wait()


def _wait() -> None:
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        if threading.current_thread() is threading.main_thread():
            raise


def _plan(project: str) -> BuildPlan:
    request = BuildRequest(
        project=Project(name=project),
        environment=EnvironmentPlan(image=SMALL, image_reference=SMALL),
        source=SourcePlan(location="/somewhere", directory="/codebuild/src"),
        variables=(),
        timeout_s=600.0,
    )
    cache = CachePlan(declared=True, paths=("deps/**/*",), tiers=("memory:",))
    return replace(compile_plan(read_buildspec(_SPEC, "buildspec.yml"), request), cache=cache)


def _open() -> Engine:
    return open_engine("docker")


def main(where: str, project: str) -> int:
    """Two builds on one store, which hangs in the second."""
    store, code = HungStore(SystemClock()), 0
    for hangs in ("", where):
        store.hangs = hangs

        def last_resort(code: int) -> None:
            end_process(code, _open, lambda: None)

        with StopSignals(last_resort=last_resort) as signals:
            services = Services(
                open_engine=_open,
                source=MemorySource({"f": b"x"}),
                emit=lambda _: None,
                clock=SystemClock(),
                interrupted=signals.interrupted,
                stop_code=signals.stop_code,
                unattended=signals.unattended,
                open_cache=lambda: BuildCache(
                    Tiers([store]), WarmLayers(None, lambda _: None), SystemClock(), "t"
                ),
            )
            started_ms = int(time.time() * 1000)
            identity = BuildIdentity(uuid=str(uuid.uuid4()), number=1, started_ms=started_ms)
            code = run_build(_plan(project), identity, services)
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

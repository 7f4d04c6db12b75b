"""How a build gets its container: a new one of its image, or that of the build it goes on from."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan, PlannedVariable
from localbuild.ports.engine import Container, Engine
from localbuild.run.caching import CacheUse
from localbuild.run.privilege import NOT_FULL, open_build_container
from localbuild.run.provision import container_spec, fit_to_engine, provide_image
from localbuild.run.reporter import Reporter
from localbuild.run.resuming import Resuming
from localbuild.run.runtimes import Runtimes
from localbuild.run.secrets import with_values
from localbuild.run.services import Services


@dataclass(slots=True, kw_only=True)
class Opening:
    """What it takes. `runtimes` knows the image once a new container is there.

    `check` raises StoppedError where the build must not go on.
    """

    plan: BuildPlan
    identity: BuildIdentity
    services: Services
    reporter: Reporter
    cache: CacheUse
    runtimes: Runtimes
    check: Callable[[], None]

    def open(
        self, engine: Engine, secrets: tuple[PlannedVariable, ...]
    ) -> AbstractContextManager[Container]:
        """The container for a block. Raises EngineError."""
        if self.plan.resumed is None:
            return self._provide(engine, secrets)
        return Resuming(
            plan=with_values(self.plan, secrets),
            resumed=self.plan.resumed,
            identity=self.identity,
            reporter=self.reporter,
        ).reopen(engine)

    @contextmanager
    def _provide(self, engine: Engine, secrets: tuple[PlannedVariable, ...]) -> Iterator[Container]:
        with self.reporter.timed("image"):
            image = provide_image(engine, self.plan.environment, self.check)
        environment, said = fit_to_engine(engine, self.plan.environment)
        if said:
            self.reporter.warn(said)
        plan = replace(self.plan, environment=environment)
        chosen = self.cache.prepare(plan, self.identity, image, engine)
        told = with_values(plan, secrets)
        self.runtimes = self.runtimes.knowing(told, self.identity, image)
        spec = container_spec(told, self.identity, chosen, self.services)
        self.check()
        began = self.services.clock.monotonic()
        on_less = partial(self.reporter.warn, code=NOT_FULL)
        with open_build_container(engine, spec, image, on_less, self.cache.give_up) as container:
            self.reporter.measured("container", self.services.clock.monotonic() - began)
            self.reporter.container_started(spec.name)
            yield container

"""Everything of the world that a run may touch, chosen by the command line's wiring."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from localbuild.events.caching import Baseline
from localbuild.events.model import Event
from localbuild.ports.artifacts import Artifacts
from localbuild.ports.cache import Cache
from localbuild.ports.clock import Clock
from localbuild.ports.collect import Collector, NoFiles
from localbuild.ports.credentials import Credentials
from localbuild.ports.engine import Engine, Interruption
from localbuild.ports.mask import Mask, NoMask
from localbuild.ports.reports import Reports
from localbuild.ports.secrets import NoSecrets, Secrets
from localbuild.ports.source import NoSource, Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a run works with.

    `open_engine` raises EngineError; it is called once the build has started, so that its failure
    is in the record. `interrupted` tells whether somebody wants the build to end, `stop_code` the
    exit code that belongs to it (129, 130, 143). `keep` is the container's fate: never, failure,
    always; with `kept_of` it makes way for the next one of that word. `called` is what commands
    call the build, '' for the latest. `owner` is `uid:gid` of the user, who gets the files back
    that a mounted build makes. `exit_code_from`: `command` makes a failed command's status the
    exit code. `open_cache` is None where there is none. `baseline` is asked once, where a cache was
    restored. `unattended` is held while nobody asks `interrupted`. `mask` learns every secret
    before anything can print it; `emit` takes events that are not masked yet. `secrets` is asked
    once, and only for what a plan names. `secondary_sources` are in the plan's order; `fetch_s` is
    how long the sources took to fetch. `fake_secrets` are the names, as given, of those that are no
    real ones. `credentials`: the user's own, for the build; None where it is to have none.
    `open_collector` and `open_artifacts` are given what raises StoppedError where the build must
    not go on. `reports`: None where nobody reads any.
    """

    open_engine: Callable[[], Engine]
    emit: Callable[[Event], None]
    clock: Clock
    interrupted: Callable[[], Interruption | None]
    stop_code: Callable[[], int]
    source: Source = field(default_factory=NoSource)
    secondary_sources: tuple[Source, ...] = ()
    fetch_s: float = 0.0
    ca_bundle: bytes = field(default=b"", repr=False)
    keep: str = "never"
    kept_of: str = ""
    called: str = ""
    record: str = ""
    owner: str = "0:0"
    exit_code_from: str = "build"
    open_cache: Callable[[], Cache] | None = None
    baseline: Callable[[], Baseline] = Baseline
    unattended: Callable[[], AbstractContextManager[None]] = nullcontext
    mask: Mask = field(default_factory=NoMask)
    secrets: Secrets = field(default_factory=NoSecrets)
    fake_secrets: tuple[str, ...] = ()
    credentials: Credentials | None = None
    open_collector: Callable[[Callable[[], None]], Collector] = NoFiles
    open_artifacts: Callable[[Callable[[], None]], Artifacts] | None = None
    reports: Reports | None = None

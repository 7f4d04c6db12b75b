"""What becomes of a build's container: values of their own, as every other event."""

from dataclasses import dataclass

from localbuild.events.base import EventBase


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerStarted(EventBase):
    """The build has a container, under this name on its engine."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerKept(EventBase):
    """It stays, stopped. `left_out`: secret variables, which are not in it any more."""

    name: str
    left_out: tuple[str, ...] = ()

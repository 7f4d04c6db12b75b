"""What every event says."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """When it happened, in UTC, and in which build: `<project>:<uuid>`."""

    time: datetime
    build: str

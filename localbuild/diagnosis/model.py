"""What a diagnosis is made of, and what it comes to."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from localbuild.plan.model import EnvironmentPlan
from localbuild.plan.script import quote

_HARMLESS = re.compile(r"[\w@%+=:,./-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A command that failed: its exit status, the end of what it printed, and its build.

    `said` has no colours; `runtimes` are those that the buildspec asks for.
    """

    exit_status: int
    said: str = field(repr=False)
    environment: EnvironmentPlan
    shell: str = "sh"
    runtimes: tuple[str, ...] = ()
    out_of_memory: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a command failed, in one line that says what it is drawn from; '' where nobody knows.

    `hints` are the next steps, in the order in which to try them.
    """

    note: str = ""
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A line that tools print where they fail, and what is behind it.

    `explain` returns None where the line means something else after all. `statuses`: the exit
    statuses that go with it, () for any.
    """

    pattern: re.Pattern[str]
    explain: Callable[[Failure, re.Match[str]], Cause | None]
    statuses: tuple[int, ...] = ()


def word(text: str) -> str:
    """A text of the output as one word of a hint: a build must not choose what its user pastes."""
    return text if _HARMLESS.fullmatch(text) else quote(text)

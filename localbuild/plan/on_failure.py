"""What a phase's `on-failure` asks for. Pure."""

from dataclasses import dataclass

from localbuild.terms import OnFailureAction


@dataclass(frozen=True, slots=True, kw_only=True)
class FailurePlan:
    """`on-failure`, taken apart."""

    action: OnFailureAction
    retries: int = 0
    pattern: str = ".*"

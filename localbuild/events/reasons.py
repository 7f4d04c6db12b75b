"""Why a command is not run that nobody wanted to run: the words, and how they are known again."""

_UNTIL = "--until "
_BEFORE = "ran in build "


def until(phase: str) -> str:
    """Of the phases after the last one that was asked for."""
    return f"{_UNTIL}{phase}"


def ran_before(number: int) -> str:
    """Of what an earlier build has done, in whose container this one goes on."""
    return f"{_BEFORE}{number}"


def is_foreseen(reason: str) -> bool:
    """Whether it is one of those."""
    return reason.startswith((_UNTIL, _BEFORE))

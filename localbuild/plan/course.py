"""Which phase follows which in one build: the table, how far to go, where to go on. Pure."""

from localbuild.events.model import CommandList
from localbuild.events.reasons import ran_before, until
from localbuild.plan.model import BuildPlan
from localbuild.plan.resumption import phases_after
from localbuild.plan.transitions import TRANSITIONS, Outcome
from localbuild.terms import PhaseType


class Course:
    """The way of one build through its phases."""

    def __init__(self, plan: BuildPlan) -> None:
        self._until = plan.until
        self._resumed = plan.resumed
        self._beyond = phases_after(plan.until) if plan.until else ()

    def after(self, phase: PhaseType, outcome: Outcome) -> PhaseType:
        """The phase that is entered next."""
        if phase is self._until:
            return PhaseType.FINALIZING
        following = TRANSITIONS[outcome][phase]
        if following is PhaseType.INSTALL and self._resumed is not None:
            return self._resumed.phase
        return following

    def why_passed(self, phase: PhaseType, list: CommandList, number: int) -> str:
        """Why a command of a phase that is entered is not to run, '' where it is."""
        if self._resumed is not None and self._resumed.has_passed(phase, list, number):
            return ran_before(self._resumed.number)
        return ""

    def why_not_entered(self, phase: PhaseType) -> str:
        """Why the user wants a phase not to be entered, '' where the build alone decides."""
        if phase in self._beyond and self._until is not None:
            return until(self._until)
        return ""

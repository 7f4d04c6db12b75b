"""What is found about a project's definition: notes, and problems that stop; all told at once."""

from dataclasses import dataclass, field

from localbuild.errors import Place, Problem, ProjectError, Severity
from localbuild.project.values import Unknown

CODE = "LB700"
MOST = 100
"""After so many notes or problems a reader has stopped reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectNote:
    """Something of a definition that does not apply here as it does in AWS.

    `inert`: it would change nothing about what the build's commands see. `place`: None where it
    is about no line.
    """

    message: str
    place: Place | None = None
    hints: tuple[str, ...] = ()
    inert: bool = False

    @property
    def where(self) -> str:
        """`template.yml:12: `, or nothing."""
        return f"{self.place.file}:{self.place.line}: " if self.place else ""


@dataclass(slots=True, kw_only=True)
class Findings:
    """Collects notes and problems; the same is told once."""

    lines: tuple[str, ...] = ()
    notes: list[ProjectNote] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def note(
        self,
        message: str,
        place: Place | None,
        hints: tuple[str, ...] = (),
        *,
        inert: bool = False,
    ) -> None:
        """Take down what does not apply here."""
        note = ProjectNote(message=message, place=place, hints=hints, inert=inert)
        if note not in self.notes and len(self.notes) < MOST:
            self.notes.append(note)

    def problem(self, message: str, place: Place, hints: tuple[str, ...] = ()) -> None:
        """Take down what makes the definition wrong."""
        found = Problem(
            severity=Severity.ERROR,
            code=CODE,
            message=message,
            place=place,
            excerpt=self.lines[place.line - 1] if 0 < place.line <= len(self.lines) else "",
            hints=hints,
        )
        if found not in self.problems and len(self.problems) < MOST:
            self.problems.append(found)

    def unknown(self, found: Unknown, what_then: str, *, inert: bool = False) -> None:
        """Take down a value that cannot be known here, and what is done without it."""
        hints = (f"--parameter {found.stand_in}=VALUE",) if found.stand_in else ()
        self.note(f"{found.what}: {found.why}; {what_then}", found.place, hints, inert=inert)

    def stop_if_wrong(self) -> None:
        """Raises ProjectError with every problem, where there is one."""
        if self.problems:
            found = sorted(self.problems, key=lambda p: (p.place.line, p.place.column))
            raise ProjectError(found[0].message, problems=tuple(found))

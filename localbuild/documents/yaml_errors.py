"""What the YAML parser says, as a problem with a place, the service's own words and a way out."""

from dataclasses import replace

import yaml

from localbuild.documents.source import Source
from localbuild.documents.yaml_hints import yaml_hints
from localbuild.errors import Problem


def yaml_problem(error: Exception, source: Source) -> Problem:
    """Turn any exception of the YAML layer into a problem.

    The service prints libyaml's text and `at line N`. libyaml counts lines from 0 and the service
    has been seen to print a 0; which of the two it means today is not known, so N counts from 1,
    as the places do.
    """
    mark = _mark(error)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    last = len(source.lines)
    if line > 1 and (line > last or not source.excerpt(line).strip()) and column == 1:
        line, column = _last_text_before(source, line)
    text = str(getattr(error, "problem", None) or "the text is not valid YAML")
    place = source.place(line, column)
    hints = yaml_hints(text, source, line)
    problem = source.problem("LB001", text, place, hints=hints)
    return replace(problem, service_message=f"{text} at line {line}")


def _mark(error: Exception) -> yaml.Mark | None:
    if isinstance(error, yaml.MarkedYAMLError):
        return error.problem_mark or error.context_mark
    return None


def _last_text_before(source: Source, line: int) -> tuple[int, int]:
    """The end of the last line with text: where a file that ends too early can be shown."""
    for number in range(min(line, len(source.lines)), 0, -1):
        text = source.excerpt(number).rstrip()
        if text:
            return number, len(text)
    return 1, 1

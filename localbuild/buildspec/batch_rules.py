"""What the builds of a batch must be to one another: unique names, known ones, no circle.

Source: batch build buildspec reference; duplicates, unknown names and circles are refused because
no order of building could follow from them.
"""

from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.model import Batch, BatchTask, Text
from localbuild.buildspec.scope import Scope
from localbuild.documents.source import shown
from localbuild.errors import Place


def check_batch(batch: Batch, scope: Scope) -> None:
    """Note everything in a well-formed batch that cannot be built."""
    for tasks in (batch.build_graph, batch.build_list):
        _unique(tasks, scope)
    _known(batch.build_graph, scope)
    circle = _circle(batch.build_graph)
    if circle:
        first = min(circle, key=lambda name: name.place.line)
        names = ", ".join(sorted(shown(name.value) for name in circle)[:10])
        message = f"depend-on goes in a circle, so none of these can start: {names}"
        scope.findings.error("LB203", message, first.place)


def _unique(tasks: tuple[BatchTask, ...], scope: Scope) -> None:
    seen: dict[str, Place] = {}
    for task in tasks:
        name = task.identifier
        if name.value in seen:
            message = (
                f"identifier '{shown(name.value)}' is already used in line {seen[name.value].line}"
            )
            scope.findings.error("LB201", message, name.place)
        seen.setdefault(name.value, name.place)


def _known(tasks: tuple[BatchTask, ...], scope: Scope) -> None:
    names = {task.identifier.value: None for task in tasks}
    for task in tasks:
        for name in task.depend_on:
            if name.value not in names and not scope.findings.full():
                suggestion = did_you_mean(name.value, tuple(names)[:200])
                message = f"depend-on names '{shown(name.value)}', which no build here is called"
                scope.findings.error("LB202", message, name.place, suggestion=suggestion)


def _circle(tasks: tuple[BatchTask, ...]) -> tuple[Text, ...]:
    """The identifiers on a circle of depend-on, none where there is no circle."""
    from graphlib import CycleError, TopologicalSorter

    by_name = {task.identifier.value: task for task in tasks}
    waits = {name: [d.value for d in task.depend_on] for name, task in by_name.items()}
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        names = list(dict.fromkeys(error.args[1]))
        return tuple(by_name[name].identifier for name in names)
    return ()

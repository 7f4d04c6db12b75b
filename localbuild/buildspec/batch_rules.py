"""What the parts of a batch must be to one another: one kind, unique names, known ones, no circle.

Source: batch build buildspec reference; duplicates, unknown names and circles are refused because
no order of building could follow from them.
"""

from collections.abc import Iterator

from localbuild.buildspec.findings import did_you_mean
from localbuild.buildspec.model import Batch, BatchEnv, BatchTask, Text
from localbuild.buildspec.scope import Scope
from localbuild.errors import Place


def check_batch(batch: Batch, scope: Scope) -> None:
    """Note everything in a well-formed batch that cannot be built."""
    _one_kind(batch, scope)
    for tasks in (batch.build_graph, batch.build_list):
        _unique(tasks, scope)
    for env in _envs(batch):
        if env.compute_type and env.fleet:
            message = "compute-type and fleet exclude each other"
            scope.findings.error("LB118", message, env.fleet.place)
    _known(batch.build_graph, scope)
    for name in _circle(batch.build_graph):
        message = f"'{name.value}' waits for itself: depend-on goes in a circle"
        scope.findings.error("LB208", message, name.place)


def _one_kind(batch: Batch, scope: Scope) -> None:
    kinds = {
        "build-graph": bool(batch.build_graph),
        "build-list": bool(batch.build_list),
        "build-matrix": batch.build_matrix is not None,
        "build-fanout": batch.build_fanout is not None,
    }
    found = [name for name, there in kinds.items() if there]
    if len(found) != 1:
        what = " and ".join(found) or "none"
        message = f"batch needs exactly one of {', '.join(kinds)}, here: {what}"
        scope.findings.error("LB117", message, batch.place)


def _envs(batch: Batch) -> Iterator[BatchEnv]:
    for task in (*batch.build_graph, *batch.build_list):
        yield task.env
    if batch.build_matrix:
        yield batch.build_matrix.static_env


def _unique(tasks: tuple[BatchTask, ...], scope: Scope) -> None:
    seen: dict[str, Place] = {}
    for task in tasks:
        name = task.identifier
        if name.value in seen:
            message = f"identifier '{name.value}' is already used in line {seen[name.value].line}"
            scope.findings.error("LB206", message, name.place)
        seen.setdefault(name.value, name.place)


def _known(tasks: tuple[BatchTask, ...], scope: Scope) -> None:
    names = tuple(task.identifier.value for task in tasks)
    for task in tasks:
        for name in task.depend_on:
            if name.value not in names:
                suggestion = did_you_mean(name.value, names)
                message = f"depend-on names '{name.value}', which no build here is called"
                scope.findings.error("LB207", message, name.place, suggestion=suggestion)


def _circle(tasks: tuple[BatchTask, ...]) -> tuple[Text, ...]:
    """A build that can never start because the builds before it wait for it.

    Builds are taken away as long as there is one that waits for none of the rest; what remains
    lies on a circle or behind one, so following what each waits for ends on the circle.
    """
    names = {task.identifier.value for task in tasks}
    left = {task.identifier.value: task for task in tasks}
    waits = {n: {d.value for d in t.depend_on if d.value in names} for n, t in left.items()}
    while ready := [name for name in left if not waits[name] & left.keys()]:
        for name in ready:
            del left[name]
    if not left:
        return ()
    walked: list[str] = []
    name = next(iter(left))
    while name not in walked:
        walked.append(name)
        name = next(other for other in sorted(waits[name]) if other in left)
    return (left[name].identifier,)

"""From checked nodes to the model: the `batch` section."""

from localbuild.buildspec.model import Batch, BatchEnv, BatchFanout, BatchMatrix, BatchTask, Text
from localbuild.buildspec.pick import as_text, child, entries, flag, items, text, texts, variables
from localbuild.buildspec.scalars import parse_count
from localbuild.documents.nodes import Node


def build_batch(root: Node) -> Batch | None:
    """`batch`. Source: batch build buildspec reference."""
    node = child(root, "batch")
    if node is None:
        return None
    return Batch(
        place=node.place,
        fast_fail=flag(node, "fast-fail"),
        build_graph=tuple(_task(item) for item in items(child(node, "build-graph"))),
        build_list=tuple(_task(item) for item in items(child(node, "build-list"))),
        build_matrix=_matrix(child(node, "build-matrix")),
        build_fanout=_fanout(child(node, "build-fanout")),
    )


def _task(node: Node) -> BatchTask:
    return BatchTask(
        identifier=text(node, "identifier") or Text(value="", place=node.place),
        buildspec=text(node, "buildspec"),
        env=_env(child(node, "env")),
        depend_on=texts(node, "depend-on"),
        debug_session=flag(node, "debug-session"),
        ignore_failure=flag(node, "ignore-failure"),
    )


def _env(node: Node | None) -> BatchEnv:
    return BatchEnv(
        compute_type=text(node, "compute-type"),
        fleet=text(node, "fleet"),
        image=text(node, "image"),
        type=text(node, "type"),
        privileged_mode=flag(node, "privileged-mode") if child(node, "privileged-mode") else None,
        variables=variables(node, "variables"),
    )


def _matrix(node: Node | None) -> BatchMatrix | None:
    if node is None:
        return None
    static, dynamic = child(node, "static"), child(node, "dynamic")
    env = child(dynamic, "env")
    names = entries(child(env, "variables"))
    return BatchMatrix(
        ignore_failure=flag(static, "ignore-failure"),
        static_env=_env(child(static, "env")),
        buildspecs=texts(dynamic, "buildspec"),
        images=texts(env, "image"),
        compute_types=texts(env, "compute-type"),
        variables=tuple(
            (as_text(name), tuple(as_text(item) for item in items(values)))
            for name, values in names
        ),
    )


def _fanout(node: Node | None) -> BatchFanout | None:
    parallelism = text(node, "parallelism")
    if node is None or parallelism is None:
        return None
    return BatchFanout(
        parallelism=parse_count(parallelism.value), ignore_failure=flag(node, "ignore-failure")
    )

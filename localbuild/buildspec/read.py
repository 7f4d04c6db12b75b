"""The door of this slice: the bytes of a buildspec in, a `Buildspec` or every problem out.

What is accepted and refused follows the service; where nothing is known of the service:
a null command runs nothing; `exported-variables` and `reports` as a single value, and unknown
report formats, are accepted with a warning; other shells than bash and sh, other versions than
0.1 and 0.2, phases that are empty or no mapping, more than five fallback keys or report groups
and an unknown `cache.action` are refused; `batch` is looked at strictly in a batch build only.
"""

from dataclasses import replace

from localbuild.buildspec.batch_rules import check_batch
from localbuild.buildspec.build import (
    build_artifacts,
    build_cache,
    build_env,
    build_phases,
    build_proxy,
    build_reports,
    build_secondary_artifacts,
    phase_names,
)
from localbuild.buildspec.build_batch import build_batch
from localbuild.buildspec.check import check_section
from localbuild.buildspec.compose import compose
from localbuild.buildspec.findings import Findings, by_place
from localbuild.buildspec.model import Batch, Buildspec
from localbuild.buildspec.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.buildspec.pick import as_text, child, text
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.source import Source, read_source, shown
from localbuild.buildspec.spec_build import VERSIONS
from localbuild.buildspec.spec_table import ROOT
from localbuild.errors import BuildspecError, Problem, Severity


def read_buildspec(data: bytes, file: str, *, batch: bool = False) -> Buildspec:
    """Read a buildspec; `file` is only named in problems.

    With `batch`, as a batch build reads it: `batch` must be sound, `version` may be missing where
    there are no phases, and must be a number where it is there.
    Raises BuildspecError: its message is what the service prints for the first thing refused, as
    far as that is known, its `problems` are all errors and warnings by line.
    """
    return read_nodes(*_parsed(data, file), batch=batch)


def _parsed(data: bytes, file: str) -> tuple[Source, Node]:
    source = read_source(data, file)
    return source, compose(source)


def read_nodes(source: Source, root: Node, *, batch: bool) -> Buildspec:
    """Read a document that is parsed already; see `read_buildspec`."""
    findings = Findings(source=source)
    _duplicates(root, findings)
    version = text(root, "version")
    scope = Scope(
        findings=findings,
        version=version.value if version and version.value in VERSIONS else "0.2",
        batch=batch,
        versionless=batch and child(root, "phases") is None,
    )
    members = _without_batch(root)
    if root.is_null:
        root = members = MappingNode(pairs=(), place=root.place)
    check_section(members, ROOT, scope)
    found, aside = _read_batch(root, scope)
    problems = tuple(sorted((*findings.problems, *aside), key=by_place))
    _raise_first_error(problems)
    return replace(_build(members, scope.version), batch=found, warnings=problems)


def _without_batch(root: Node) -> Node:
    if not isinstance(root, MappingNode):
        return root
    return replace(root, pairs=tuple(pair for pair in root.pairs if pair[0].text != "batch"))


def _read_batch(root: Node, scope: Scope) -> tuple[Batch | None, tuple[Problem, ...]]:
    """The batch and what is wrong with it; an ordinary build ignores a batch that is not sound."""
    aside = replace(scope, findings=Findings(source=scope.findings.source))
    node = root.find("batch") if isinstance(root, MappingNode) else None
    if node is None or node.is_null:
        if scope.batch:
            message = "there is no batch section, and a batch build needs one"
            aside.findings.error("LB112", message, as_text(root).place)
        return None, tuple(aside.findings.problems)
    check_section(
        MappingNode(pairs=_batch_pair(root), place=root.place),
        ROOT,
        replace(aside, versionless=True),
    )
    errors = any(problem.severity is Severity.ERROR for problem in aside.findings.problems)
    batch = None if errors else build_batch(root)
    if batch is not None:
        check_batch(batch, aside)
    if scope.batch:
        return batch, tuple(aside.findings.problems)
    demoted = (replace(p, severity=Severity.WARNING) for p in aside.findings.problems)
    return batch, tuple(demoted)


def _batch_pair(root: Node) -> tuple[tuple[ScalarNode, Node], ...]:
    pairs = root.pairs if isinstance(root, MappingNode) else ()
    return tuple(pair for pair in pairs if pair[0].text == "batch")


def _raise_first_error(problems: tuple[Problem, ...]) -> None:
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        message = errors[0].service_message or errors[0].message
        raise BuildspecError(message, problems=problems, hints=errors[0].hints)


def _build(root: Node, version: str) -> Buildspec:
    return Buildspec(
        version=version,
        place=root.place,
        run_as=text(root, "run-as"),
        env=build_env(root, version),
        proxy=build_proxy(root),
        phases=build_phases(root),
        phase_names=phase_names(root),
        reports=build_reports(root),
        artifacts=build_artifacts(root),
        secondary_artifacts=build_secondary_artifacts(root),
        cache=build_cache(root),
    )


def _duplicates(node: Node, findings: Findings) -> None:
    """Warn about keys that are there twice. Which one the service takes is not known."""
    if isinstance(node, SequenceNode):
        for item in node.items:
            _duplicates(item, findings)
    if not isinstance(node, MappingNode):
        return
    first: dict[str, ScalarNode] = {}
    for key, value in node.pairs:
        before = first.setdefault(key.text, key)
        if before is not key:
            lines = f"line {before.place.line} and line {key.place.line}"
            message = f"key '{shown(key.text)}' is there twice, in {lines}: the last one counts"
            findings.warn("LB008", message, key.place)
        _duplicates(value, findings)

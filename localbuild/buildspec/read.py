"""The door of this slice: the bytes of a buildspec in, a `Buildspec` or every problem out.

What is accepted and refused follows the service; where nothing is known of the service:
a null command runs nothing; `exported-variables` and `reports` as a single value, and unknown
report formats, are accepted with a warning; other shells than bash and sh, other versions than
0.1 and 0.2, phases that are empty or no mapping, more than five fallback keys or report groups
and an unknown `cache.action` are refused; `batch` is looked at strictly in a batch build only.
"""

from dataclasses import replace

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
from localbuild.buildspec.check import check_section
from localbuild.buildspec.duplicates import check_duplicates
from localbuild.buildspec.findings import Findings, by_place
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.pick import child, text
from localbuild.buildspec.read_batch import members, read_batch
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.spec_build import VERSIONS
from localbuild.buildspec.spec_table import ROOT
from localbuild.documents.compose import compose
from localbuild.documents.nodes import MappingNode, Node
from localbuild.documents.source import Source, read_source
from localbuild.errors import BuildspecError, Problem, Severity


def read_buildspec(data: bytes, file: str, *, batch: bool = False) -> Buildspec:
    """Read a buildspec; `file` is only named in problems.

    With `batch`, as a batch build reads it: `batch` must be sound, `version` may be missing where
    there are no phases, and must be a number where it is there.
    Raises BuildspecError: its message is what the service prints for the first thing refused, as
    far as that is known, its `problems` are all errors and warnings by line.
    """
    source = read_source(data, file)
    return read_nodes(source, compose(source), batch=batch)


def read_nodes(source: Source, root: Node, *, batch: bool) -> Buildspec:
    """Read a document that is parsed already; see `read_buildspec`."""
    findings = Findings(source=source)
    if root.is_null:
        root = MappingNode(pairs=(), place=root.place)
    check_duplicates(root, findings)
    version = text(root, "version")
    scope = Scope(
        findings=findings,
        version=version.value if version and version.value in VERSIONS else "0.2",
        batch=batch,
        versionless=batch and child(root, "phases") is None,
    )
    if not isinstance(root, MappingNode):
        check_section(root, ROOT, scope)
        raise _refusal(tuple(findings.problems))
    check_section(members(root, batch=False), ROOT, scope)
    found, aside = read_batch(root, scope)
    problems = tuple(sorted((*findings.problems, *aside), key=by_place))
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise _refusal(problems)
    return replace(_build(root, scope.version), batch=found, warnings=problems)


def _refusal(problems: tuple[Problem, ...]) -> BuildspecError:
    first = next(problem for problem in problems if problem.severity is Severity.ERROR)
    message = first.service_message or first.message
    return BuildspecError(message, problems=problems, hints=first.hints)


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

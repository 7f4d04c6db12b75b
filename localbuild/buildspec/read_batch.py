"""The `batch` section: strict for a batch build, aside for an ordinary one."""

from dataclasses import replace

from localbuild.buildspec.batch_rules import check_batch
from localbuild.buildspec.build_batch import build_batch
from localbuild.buildspec.check import check_section
from localbuild.buildspec.findings import Findings
from localbuild.buildspec.model import Batch
from localbuild.buildspec.pick import child
from localbuild.buildspec.scope import Scope
from localbuild.buildspec.spec_table import ROOT
from localbuild.documents.nodes import MappingNode
from localbuild.errors import Problem, Severity


def read_batch(root: MappingNode, scope: Scope) -> tuple[Batch | None, tuple[Problem, ...]]:
    """The batch and what is wrong with it.

    An ordinary build ignores the section, so there all that is wrong is a warning, and a batch
    that is not well-formed is none.
    """
    findings = Findings(source=scope.findings.source)
    scope = replace(scope, findings=findings, versionless=True)
    if child(root, "batch") is None:
        if scope.batch:
            message = "there is no batch section, and a batch build needs one"
            findings.error("LB112", message, root.place)
        return None, tuple(findings.problems)
    check_section(members(root, batch=True), ROOT, scope)
    refused = any(problem.severity is Severity.ERROR for problem in findings.problems)
    batch = None if refused else build_batch(root)
    if batch is not None:
        check_batch(batch, scope)
    if scope.batch:
        return batch, tuple(findings.problems)
    return batch, tuple(replace(p, severity=Severity.WARNING) for p in findings.problems)


def members(root: MappingNode, *, batch: bool) -> MappingNode:
    """The `batch` section alone, or everything else."""
    pairs = tuple(pair for pair in root.pairs if (pair[0].text == "batch") is batch)
    return replace(root, pairs=pairs)

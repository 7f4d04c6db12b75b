"""The report groups of a build: their names, their ARNs, what their files are. Pure.

Source: buildspec reference, reports; User Guide, report group naming and report auto-discovery.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from localbuild.plan.expansion import expand_variables, variable_names
from localbuild.plan.model import BuildPlan
from localbuild.plan.outputs import ReportPlan

_GROUP = ":report-group/"
AUTO_DISCOVER = "CODEBUILD_CONFIG_AUTO_DISCOVER"
AUTO_DISCOVER_DIR = "CODEBUILD_CONFIG_AUTO_DISCOVER_DIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroupName:
    """What a report group is called, here and in ARNs."""

    name: str
    group_arn: str

    def report_arn(self, uuid: str) -> str:
        """The ARN of its report of a build."""
        return f"{self.group_arn.replace(_GROUP, ':report/', 1)}:{uuid}"


def name_report_group(plan: BuildPlan, written: str) -> ReportGroupName:
    """A plain name becomes `<project>-<name>`; an ARN names the group that it is of."""
    if written.startswith("arn:") and _GROUP in written:
        return ReportGroupName(name=written.partition(_GROUP)[2], group_arn=written)
    name = f"{plan.project}-{written}"
    arn = f"arn:aws:codebuild:{plan.region}:{plan.account}{_GROUP}{name}"
    return ReportGroupName(name=name, group_arn=arn)


def variables_of(report: ReportPlan) -> tuple[str, ...]:
    """The variables that a group's name and paths are written with."""
    return variable_names((report.name, report.base_directory, *report.files))


def expand_report(report: ReportPlan, values: Mapping[str, str]) -> ReportPlan:
    """The group with its variables' values; unset ones become '', save where no name is left."""
    return ReportPlan(
        name=expand_variables(report.name, values) or report.name,
        files=tuple(expand_variables(text, values) for text in report.files),
        base_directory=expand_variables(report.base_directory, values),
        discard_paths=report.discard_paths,
        file_format=report.file_format,
        line=report.line,
    )


def discovered_group(file_format: str) -> str:
    """The name of a group of files that nobody named."""
    return f"{file_format}-AutoDiscovered"

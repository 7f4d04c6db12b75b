"""The buildspec's grammar as one literal table: what may stand where, of which kind, and why.

It drives the checks (`check`), the JSON schema (`schema`) and the hints of both. A section that is
not `closed` accepts unknown keys with a warning, because the service does.
Source: "Build specification reference for CodeBuild", "Batch build buildspec reference"; where the
service is more lenient than its page, the forms that live long in real repositories.
"""

from collections.abc import Mapping

from localbuild.buildspec import spec_batch, spec_build
from localbuild.buildspec.spec_model import Section

ROOT = "buildspec"

SECTIONS: Mapping[str, Section] = {
    ROOT: Section(doc="A CodeBuild buildspec.", fields=spec_build.BUILDSPEC),
    "env": Section(doc="Environment variables and shell.", fields=spec_build.ENV, title="env"),
    "environment_variables": Section(
        doc="Environment variables of version 0.1.", fields=spec_build.ENV_01
    ),
    "proxy": Section(doc="Proxy settings.", fields=spec_build.PROXY, title="proxy"),
    "phases": Section(doc="The phases.", fields=spec_build.PHASES, closed=True),
    "install": Section(doc="A phase.", fields=spec_build.INSTALL, title="INSTALL"),
    "pre_build": Section(doc="A phase.", fields=spec_build.PHASE, title="PRE_BUILD"),
    "build": Section(doc="A phase.", fields=spec_build.PHASE, title="BUILD"),
    "post_build": Section(doc="A phase.", fields=spec_build.PHASE, title="POST_BUILD"),
    "report": Section(doc="A report group.", fields=spec_build.REPORT),
    "artifacts": Section(doc="The output.", fields=spec_build.ARTIFACTS, title="artifacts"),
    "secondary-artifacts": Section(doc="A further output.", fields=spec_build.SECONDARY),
    "cache": Section(doc="The cache.", fields=spec_build.CACHE, title="cache"),
    "batch": Section(
        doc="The builds of a batch.",
        fields=spec_batch.BATCH,
        one_of=("build-graph", "build-list", "build-matrix", "build-fanout"),
    ),
    "build-graph": Section(doc="A build of a graph.", fields=spec_batch.GRAPH_TASK),
    "build-list": Section(doc="A build of a list.", fields=spec_batch.TASK),
    "build-matrix": Section(doc="A matrix of builds.", fields=spec_batch.MATRIX),
    "build-fanout": Section(doc="A fan-out.", fields=spec_batch.FANOUT),
    "batch env": Section(
        doc="Changes to the environment.",
        fields=spec_batch.BATCH_ENV,
        exclusive=("compute-type", "fleet"),
    ),
    "static": Section(doc="What all builds of a matrix share.", fields=spec_batch.STATIC),
    "dynamic": Section(doc="What a matrix combines.", fields=spec_batch.DYNAMIC),
    "dynamic env": Section(doc="Environments to combine.", fields=spec_batch.DYNAMIC_ENV),
}
"""Every mapping of the grammar by the name that fields refer to it with."""

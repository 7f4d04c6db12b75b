"""The table of what a batch build reads: graph, list, matrix, fan-out."""

from localbuild.buildspec.spec_model import Field, Kind

BATCH = (
    Field(name="fast-fail", kind=Kind.BOOL, doc="Whether the first failed build stops the rest."),
    Field(
        name="build-graph",
        kind=Kind.ITEMS,
        section="build-graph",
        doc="Builds that can depend on one another.",
    ),
    Field(
        name="build-list",
        kind=Kind.ITEMS,
        section="build-list",
        doc="Builds that run beside one another.",
    ),
    Field(
        name="build-matrix",
        kind=Kind.SECTION,
        section="build-matrix",
        doc="One build for each combination of values.",
    ),
    Field(
        name="build-fanout",
        kind=Kind.SECTION,
        section="build-fanout",
        doc="The same build several times, the tests split among them.",
    ),
)

BATCH_ENV = (
    Field(name="compute-type", kind=Kind.TEXT, doc="The compute type of the build."),
    Field(name="fleet", kind=Kind.TEXT, doc="The compute fleet; instead of a compute type."),
    Field(name="image", kind=Kind.TEXT, doc="The image of the build."),
    Field(name="privileged-mode", kind=Kind.BOOL, doc="Whether Docker runs in the build."),
    Field(name="type", kind=Kind.TEXT, doc="The environment type of the build."),
    Field(name="variables", kind=Kind.VARIABLES, doc="Names with plain values."),
)

TASK = (
    Field(
        name="identifier",
        kind=Kind.TEXT,
        doc="The name of the build in this batch.",
        required=True,
        nullable=False,
    ),
    Field(name="buildspec", kind=Kind.TEXT, doc="The buildspec of the build, this one if absent."),
    Field(name="env", kind=Kind.SECTION, section="batch env", doc="Changes to the environment."),
    Field(name="debug-session", kind=Kind.BOOL, doc="Whether a session can be opened."),
    Field(name="ignore-failure", kind=Kind.BOOL, doc="Whether a failure leaves the batch whole."),
)

GRAPH_TASK = (
    *TASK,
    Field(name="depend-on", kind=Kind.TEXTS, doc="Identifiers of the builds that come first."),
)

MATRIX = (
    Field(name="static", kind=Kind.SECTION, section="static", doc="What all builds share."),
    Field(name="dynamic", kind=Kind.SECTION, section="dynamic", doc="What differs: lists."),
)

STATIC = (
    Field(name="ignore-failure", kind=Kind.BOOL, doc="Whether a failure leaves the batch whole."),
    Field(name="env", kind=Kind.SECTION, section="batch env", doc="The shared environment."),
)

DYNAMIC = (
    Field(name="buildspec", kind=Kind.TEXTS, doc="Buildspecs to combine."),
    Field(name="env", kind=Kind.SECTION, section="dynamic env", doc="Environments to combine."),
)

DYNAMIC_ENV = (
    Field(name="compute-type", kind=Kind.TEXTS, doc="Compute types to combine."),
    Field(name="image", kind=Kind.TEXTS, doc="Images to combine."),
    Field(name="variables", kind=Kind.MATRIX, doc="Names with the values to combine."),
)

FANOUT = (
    Field(
        name="parallelism",
        kind=Kind.COUNT,
        doc="How many builds run.",
        required=True,
        nullable=False,
    ),
    Field(name="ignore-failure", kind=Kind.BOOL, doc="Whether a failure leaves the batch whole."),
)

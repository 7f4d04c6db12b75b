"""The table of what one build reads: version, env, phases, reports, artifacts, cache."""

from localbuild.buildspec.scalars import ARTIFACT_ID
from localbuild.buildspec.spec_model import Field, Kind

VERSIONS = ("0.1", "0.2")
REPORT_FORMATS = (
    "CLOVERXML",
    "COBERTURAXML",
    "CUCUMBERJSON",
    "JACOCOXML",
    "JUNITXML",
    "NUNIT3XML",
    "NUNITXML",
    "SIMPLECOV",
    "TESTNGXML",
    "VISUALSTUDIOTRX",
)
MAX_FALLBACK_KEYS = 5
MAX_REPORT_GROUPS = 5

BUILDSPEC = (
    Field(
        name="version",
        kind=Kind.VERSION,
        doc="The version of the buildspec syntax. 0.2 runs all commands in one shell.",
        required=True,
        nullable=False,
    ),
    Field(name="run-as", kind=Kind.TEXT, doc="The Linux user that runs all commands."),
    Field(name="env", kind=Kind.SECTION, section="env", doc="Environment variables and shell."),
    Field(
        name="environment_variables",
        kind=Kind.SECTION,
        section="environment_variables",
        doc="Environment variables; from version 0.2 on the key is `env`.",
        versions=("0.1",),
    ),
    Field(name="proxy", kind=Kind.SECTION, section="proxy", doc="Settings for a proxy server."),
    Field(name="batch", kind=Kind.SECTION, section="batch", doc="What a batch build starts."),
    Field(name="phases", kind=Kind.SECTION, section="phases", doc="The commands of each phase."),
    Field(
        name="reports",
        kind=Kind.NAMED,
        section="report",
        doc="Report groups: a name or an ARN for each.",
        lone_text=True,
        most=MAX_REPORT_GROUPS,
    ),
    Field(name="artifacts", kind=Kind.SECTION, section="artifacts", doc="The build's output."),
    Field(name="cache", kind=Kind.SECTION, section="cache", doc="Files kept between builds."),
)

ENV = (
    Field(name="shell", kind=Kind.SHELL, doc="The shell of all commands: bash or /bin/sh."),
    Field(name="variables", kind=Kind.VARIABLES, doc="Names with plain values, taken literally."),
    Field(
        name="parameter-store",
        kind=Kind.VARIABLES,
        doc="Names with the parameters of Systems Manager Parameter Store that hold their values.",
    ),
    Field(
        name="secrets-manager",
        kind=Kind.VARIABLES,
        doc="Names with `secret-id:json-key:version-stage:version-id` of Secrets Manager.",
    ),
    Field(
        name="exported-variables",
        kind=Kind.TEXTS,
        doc="Names of variables that are handed to the pipeline after the build.",
        lone_text=True,
    ),
    Field(
        name="git-credential-helper",
        kind=Kind.BOOL,
        doc="Whether Git gets the credentials of the source provider.",
    ),
)

ENV_01 = (Field(name="plaintext", kind=Kind.VARIABLES, doc="Names with plain values."),)

PROXY = (
    Field(name="upload-artifacts", kind=Kind.BOOL, doc="Whether artifacts go through the proxy."),
    Field(name="logs", kind=Kind.BOOL, doc="Whether logs go through the proxy."),
)

PHASE = (
    Field(name="run-as", kind=Kind.TEXT, doc="The Linux user that runs this phase's commands."),
    Field(
        name="on-failure",
        kind=Kind.ON_FAILURE,
        doc="What follows a failure: ABORT, CONTINUE or RETRY[-count][-regex].",
    ),
    Field(name="commands", kind=Kind.COMMANDS, doc="The commands, run one after the other."),
    Field(
        name="finally",
        kind=Kind.COMMANDS,
        doc="Commands that run after `commands`, even when one of those failed.",
    ),
    Field(name="steps", kind=Kind.ANYTHING, doc="GitHub Actions steps, instead of commands."),
)

INSTALL = (
    Field(
        name="runtime-versions",
        kind=Kind.VERSIONS,
        doc="Runtimes of the image with the version to select.",
    ),
    *PHASE,
)

PHASES = tuple(
    Field(name=name, kind=Kind.SECTION, section=section, doc=doc, nullable=False)
    for name, section, doc in (
        ("install", "install", "Installs packages in the build environment."),
        ("pre_build", "pre_build", "Runs before the build: logins, dependencies."),
        ("build", "build", "Builds and tests."),
        ("post_build", "post_build", "Runs after the build, even after a failed one."),
    )
)

REPORT = (
    Field(name="files", kind=Kind.TEXTS, doc="The report files."),
    Field(
        name="file-format",
        kind=Kind.TEXT,
        doc="The format of the files, JUNITXML where nothing is said.",
        choices=REPORT_FORMATS,
        strict=False,
    ),
    Field(name="base-directory", kind=Kind.TEXT, doc="The directory that the files are below."),
    Field(name="discard-paths", kind=Kind.BOOL, doc="Whether the report files lose their paths."),
)

SECONDARY = (
    Field(name="files", kind=Kind.TEXTS, doc="The output files, as patterns."),
    Field(name="name", kind=Kind.TEXT, doc="The name of the output, expanded by a shell."),
    Field(name="discard-paths", kind=Kind.BOOL, doc="Whether the files lose their paths."),
    Field(name="base-directory", kind=Kind.TEXT, doc="The directory that the files are below."),
    Field(name="exclude-paths", kind=Kind.TEXTS, doc="Patterns of files that are left out."),
    Field(name="enable-symlinks", kind=Kind.BOOL, doc="Whether a zip keeps symbolic links."),
    Field(name="s3-prefix", kind=Kind.TEXT, doc="A prefix before the build's id in S3."),
    Field(
        name="type",
        kind=Kind.ANYTHING,
        doc="The type of the output; without meaning from version 0.2 on.",
        versions=("0.1",),
    ),
)

ARTIFACTS = (
    *SECONDARY,
    Field(
        name="secondary-artifacts",
        kind=Kind.NAMED,
        section="secondary-artifacts",
        names=ARTIFACT_ID,
        doc="Further outputs, each under its identifier.",
    ),
)

CACHE = (
    Field(name="paths", kind=Kind.TEXTS, doc="The files to keep, as patterns."),
    Field(name="key", kind=Kind.TEXT, doc="The cache's key, expanded by a shell; matched whole."),
    Field(
        name="fallback-keys",
        kind=Kind.TEXTS,
        doc="Prefixes of keys to look for when the key is not found.",
        most=MAX_FALLBACK_KEYS,
    ),
    Field(
        name="action",
        kind=Kind.TEXT,
        doc="`restore` to only restore, `save` to only save; both where nothing is said.",
        choices=("restore", "save"),
    ),
)

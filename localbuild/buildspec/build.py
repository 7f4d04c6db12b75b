"""From checked nodes to the model: the parts of one build."""

from localbuild.buildspec.model import (
    ArtifactSet,
    Cache,
    Env,
    Phase,
    Proxy,
    ReportGroup,
    RuntimeVersion,
    Step,
)
from localbuild.buildspec.pick import as_text, child, entries, flag, items, text, texts, variables
from localbuild.buildspec.scalars import parse_on_failure
from localbuild.documents.nodes import MappingNode, Node, ScalarNode
from localbuild.terms import COMMAND_PHASES, PhaseType

PHASES = {phase.value.lower(): phase for phase in COMMAND_PHASES}


def build_env(root: Node, version: str) -> Env:
    """`env`, and in version 0.1 the older `environment_variables` before it."""
    env = child(root, "env")
    older = child(root, "environment_variables") if version == "0.1" else None
    return Env(
        shell=text(env, "shell"),
        variables=(*variables(older, "plaintext"), *variables(env, "variables")),
        parameter_store=variables(env, "parameter-store"),
        secrets_manager=variables(env, "secrets-manager"),
        exported_variables=texts(env, "exported-variables"),
        git_credential_helper=flag(env, "git-credential-helper"),
    )


def build_proxy(root: Node) -> Proxy:
    """`proxy`."""
    proxy = child(root, "proxy")
    return Proxy(upload_artifacts=flag(proxy, "upload-artifacts"), logs=flag(proxy, "logs"))


def phase_names(root: Node) -> tuple[PhaseType, ...]:
    """The phases in the order of the file."""
    return tuple(PHASES[key.text] for key, _ in entries(child(root, "phases")))


def build_phases(root: Node) -> tuple[Phase, ...]:
    """The phases in the order of running. Source: buildspec reference, phases."""
    found = {key.text: (key, value) for key, value in entries(child(root, "phases"))}
    return tuple(_phase(*found[name]) for name in PHASES if name in found)


def _phase(key: ScalarNode, node: Node) -> Phase:
    on_failure = text(node, "on-failure")
    runtimes = entries(child(node, "runtime-versions")) if key.text == "install" else ()
    return Phase(
        type=PHASES[key.text],
        place=key.place,
        run_as=text(node, "run-as"),
        on_failure=parse_on_failure(on_failure.value) if on_failure else None,
        runtime_versions=tuple(
            RuntimeVersion(name=as_text(name), version=as_text(version))
            for name, version in runtimes
        ),
        commands=texts(node, "commands"),
        finally_=texts(node, "finally"),
        steps=tuple(_step(step) for step in items(child(node, "steps"))),
    )


def _step(node: Node) -> Step:
    """Keys of `with` and `env` are joined to theirs by a dot: `with.node-version`."""
    keys: dict[str, str] = {}
    for key, value in entries(node):
        if isinstance(value, MappingNode):
            inner = ((f"{key.text}.{name.text}", part) for name, part in entries(value))
            keys.update((name, part.text) for name, part in inner if isinstance(part, ScalarNode))
        elif isinstance(value, ScalarNode):
            keys[key.text] = value.text
    return Step(place=node.place, keys=keys)


def build_reports(root: Node) -> tuple[ReportGroup, ...]:
    """`reports`; the format in upper case, as the API spells it."""
    return tuple(_report(key, value) for key, value in entries(child(root, "reports")))


def _report(key: ScalarNode, node: Node) -> ReportGroup:
    file_format = text(node, "file-format")
    return ReportGroup(
        name=as_text(key),
        files=texts(node, "files"),
        base_directory=text(node, "base-directory"),
        discard_paths=flag(node, "discard-paths"),
        file_format=file_format.value.upper() if file_format else "JUNITXML",
    )


def build_artifacts(root: Node) -> ArtifactSet | None:
    """`artifacts` without the secondary ones."""
    node = child(root, "artifacts")
    return _artifacts(node, "") if node else None


def build_secondary_artifacts(root: Node) -> tuple[ArtifactSet, ...]:
    """`artifacts.secondary-artifacts`, each with its identifier."""
    pairs = entries(child(child(root, "artifacts"), "secondary-artifacts"))
    return tuple(_artifacts(value, key.text) for key, value in pairs)


def _artifacts(node: Node, identifier: str) -> ArtifactSet:
    return ArtifactSet(
        place=node.place,
        identifier=identifier,
        files=texts(node, "files"),
        name=text(node, "name"),
        discard_paths=flag(node, "discard-paths"),
        base_directory=text(node, "base-directory"),
        exclude_paths=texts(node, "exclude-paths"),
        enable_symlinks=flag(node, "enable-symlinks"),
        s3_prefix=text(node, "s3-prefix"),
    )


def build_cache(root: Node) -> Cache | None:
    """`cache`."""
    node = child(root, "cache")
    if node is None:
        return None
    action = text(node, "action")
    return Cache(
        place=node.place,
        paths=texts(node, "paths"),
        key=text(node, "key"),
        fallback_keys=texts(node, "fallback-keys"),
        action=action.value.lower() if action else "",
    )

"""`runtimes.yml`, the file in which an image says which runtimes it can switch to. Pure.

Source: reference of CodeBuild's behaviour, 10.3; the curated images' own files.
"""

from localbuild.buildspec.pick import child, entries, texts
from localbuild.documents.compose import compose
from localbuild.documents.nodes import Node
from localbuild.documents.source import read_source
from localbuild.plan.runtime_versions import ImageRuntime, ListedVersion

RUNTIMES_FILE = "/codebuild/image/config/runtimes.yml"
_DEFAULT = "default"


def read_runtimes(data: bytes, file: str = RUNTIMES_FILE) -> tuple[ImageRuntime, ...]:
    """The runtimes of an image, in the order of its file; keys that nobody knows are passed over.

    Versions are taken as they are written: 3.10 is not 3.1. Raises BuildspecError, with a place,
    for text that is no YAML.
    """
    root = compose(read_source(data, file))
    return tuple(_runtime(key.text, node) for key, node in entries(child(root, "runtimes")))


def _runtime(name: str, node: Node) -> ImageRuntime:
    """`default` stands among the versions; beside them it is taken, too."""
    versions = {key.text: _version(key.text, n) for key, n in entries(child(node, "versions"))}
    beside = child(node, _DEFAULT)
    default = versions.pop(_DEFAULT, None)
    if default is None and beside is not None:
        default = _version(_DEFAULT, beside)
    return ImageRuntime(name=name, versions=tuple(versions.values()), default=default)


def _version(version: str, node: Node) -> ListedVersion:
    requires = child(node, "requires")
    return ListedVersion(
        version=version,
        commands=tuple(text.value for text in texts(node, "commands")),
        requires=tuple(
            (key.text, tuple(text.value for text in texts(requires, key.text)))
            for key, _ in entries(requires)
        ),
    )

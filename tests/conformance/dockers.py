"""Builds with a Docker daemon of their own: the suite's image stands for one of CodeBuild's."""

from tests.conformance.harness import Built, Files, build
from tests.conftest import DOCKER

CURATED = "aws/codebuild/standard:7.0"
STANDS_FOR = f'[images]\n"{CURATED}" = "{DOCKER}"\n'
PRIVILEGED = "--privileged"
DRIVER = "docker info --format '{{.Driver}}'"
DOCKERFILE = 'FROM scratch\nCOPY program /bin/busybox\nRUN ["/bin/busybox", "true"]\n'
PROGRAM = 'cp "$(command -v busybox)" program && touch -d @0 program'


def curated(text: str, *options: str, files: Files | None = None) -> Built:
    """A build in an image of CodeBuild's own."""
    toml = {"localbuild.toml": STANDS_FOR}
    return build(text, *options, image=CURATED, files={**toml, **(files or {})})

"""Image names: what a build asks for, and what the engine can be asked for.

Source: aws-codebuild-docker-images, README; reference of CodeBuild's behaviour, 10.1.
"""

from collections.abc import Mapping

DEFAULT_IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0"

_CURATED = "aws/codebuild/"
_PUBLIC = "public.ecr.aws/codebuild/"
_PUBLISHED = (
    "amazonlinux-x86_64-",
    "amazonlinux-aarch64-",
    "amazonlinux2-x86_64-",
    "amazonlinux2-aarch64-",
)
_CLOSEST = f"{_PUBLIC}amazonlinux-x86_64-standard:5.0"


def resolve_image(name: str, images: Mapping[str, str]) -> str:
    """The reference to ask the engine for: the user's map first, then the public names.

    A name that is nowhere published comes back as it is: it may be on the engine.
    """
    if name in images:
        return images[name]
    if is_published(name):
        return _PUBLIC + name.removeprefix(_CURATED)
    return name


def is_curated(name: str) -> bool:
    """Whether it is one of the names that exist only inside CodeBuild."""
    return name.startswith(_CURATED)


def is_codebuilds(name: str) -> bool:
    """Whether it is an image of CodeBuild's own, by either of its names.

    In a privileged build CodeBuild starts the Docker daemon of these alone, and not of an image
    that was made from one. Source: aws-codebuild-docker-images, issues 164, 491, 568.
    """
    return name.startswith((_CURATED, _PUBLIC))


def is_published(name: str) -> bool:
    """Whether AWS publishes that curated image to the public registry."""
    return is_curated(name) and name.removeprefix(_CURATED).startswith(_PUBLISHED)


def image_hints(name: str, reference: str) -> tuple[str, ...]:
    """What to try when an image is not to be had under its reference; each can be pasted."""
    if not is_curated(name):
        return (f"docker pull {reference}", "localbuild run --image IMAGE")
    return (
        f"see what its registry says:     docker pull {reference}"
        if name != reference
        else f"use the closest public image:   localbuild run --image {_CLOSEST}",
        "or an image of yours:           localbuild run --image IMAGE",
        f'remember the choice:            [images] "{name}" = "IMAGE"   in localbuild.toml',
    )


def missing_image_message(name: str, reference: str) -> str:
    """One line on an image that is neither on the engine nor to be pulled."""
    if is_curated(name) and not is_published(name):
        return f"image {name} is not on this engine and AWS does not publish it to any registry"
    if name != reference:
        return f"image {name} ({reference}) is not on this engine and cannot be pulled"
    return f"image {name} is not on this engine and cannot be pulled"

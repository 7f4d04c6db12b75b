"""`localbuild image`: `ls`, `resolve`."""

from collections.abc import Iterator, Mapping

import click

from localbuild.cli.call import Call, read_call
from localbuild.cli.options.run import global_options, help_option
from localbuild.cli.options.verbs import SETTINGS, Option, Verb
from localbuild.errors import ExitCode
from localbuild.plan.images import DEFAULT_IMAGE, is_curated, is_published, resolve_image

CURATED = (
    "aws/codebuild/standard:5.0",
    "aws/codebuild/standard:6.0",
    "aws/codebuild/standard:7.0",
    "aws/codebuild/standard:8.0",
    "aws/codebuild/amazonlinux-x86_64-standard:4.0",
    "aws/codebuild/amazonlinux-x86_64-standard:5.0",
    "aws/codebuild/amazonlinux-x86_64-standard:6.0",
    "aws/codebuild/amazonlinux-x86_64-standard:corretto8",
    "aws/codebuild/amazonlinux-x86_64-standard:corretto11",
    "aws/codebuild/amazonlinux-aarch64-standard:2.0",
    "aws/codebuild/amazonlinux-aarch64-standard:3.0",
    "aws/codebuild/amazonlinux-aarch64-standard:4.0",
)
"""CodeBuild's own images. Source: aws-codebuild-docker-images, README."""


def image_ls(ctx: click.Context) -> int:
    """List CodeBuild's images and yours, and what stands for each."""
    call = read_call(ctx)
    images = _images(call)
    names = dict.fromkeys((*images, *CURATED))
    rows = [{"name": name, **_resolved(name, images)} for name in names]
    if call.flag("json"):
        call.voice.document(rows)
        return ExitCode.SUCCEEDED
    width = max(len(str(row["name"])) for row in rows)
    call.voice.data("\n".join(f"{row['name']!s:{width}}  {_told(row)}" for row in rows))
    return ExitCode.SUCCEEDED


def image_resolve(ctx: click.Context) -> int:
    """Print the reference that the engine is asked for when a build wants NAME.

    Without NAME it is that of the image that a build here has.
    """
    from localbuild.cli.images import find_on_engine
    from localbuild.cli.layers import load_settings
    from localbuild.plan.model import EnvironmentPlan

    call = read_call(ctx)
    settings = load_settings(call, call.world.cwd)
    name = call.argument("name") or settings.image
    reference = resolve_image(name, settings.images)
    wanted = EnvironmentPlan(image=name, image_reference=reference, platform=settings.platform)
    found = find_on_engine(settings, wanted)
    if call.flag("json"):
        call.voice.document({"name": name, **_resolved(name, settings.images), "state": found})
    else:
        call.voice.data(reference)
        call.voice.remark(found)
    return ExitCode.SUCCEEDED


def _images(call: Call) -> Mapping[str, str]:
    from localbuild.cli.layers import load_settings

    return load_settings(call, call.world.cwd).images


def _resolved(name: str, images: Mapping[str, str]) -> dict[str, object]:
    return {
        "reference": resolve_image(name, images),
        "mapped": name in images,
        "published": not is_curated(name) or is_published(name),
        "default": name == DEFAULT_IMAGE,
    }


def _told(row: dict[str, object]) -> str:
    return ", ".join(_parts(row))


def _parts(row: dict[str, object]) -> Iterator[str]:
    if row["mapped"] or row["published"]:
        yield str(row["reference"])
    else:
        yield "published nowhere: build it, or map it in [images]"
    if row["default"]:
        yield "the default"


COMMAND = click.Group(
    "image",
    help="Say what stands for an image.",
    context_settings=SETTINGS,
    params=[help_option()],
    add_help_option=False,
    commands={
        "ls": Verb("ls", image_ls, global_options=global_options()),
        "resolve": Verb(
            "resolve",
            image_resolve,
            params=[
                click.Argument(["name"], required=False, metavar="[NAME]"),
                Option("-i", "--image", hidden=True, envvar="LOCALBUILD_IMAGE"),
                Option("--platform", metavar="OS/ARCH", help="For example linux/arm64."),
            ],
            global_options=global_options(),
        ),
    },
)

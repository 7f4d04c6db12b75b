"""Which buildspec a build uses: SOURCE's own, a file, stdin, or a text.

Source: buildspec reference, "Buildspec file name and storage location"; StartBuild,
buildspecOverride: a path relative to the source's root, an S3 ARN, or the YAML itself.
"""

import os
import re
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from localbuild.cli.process.paths import exists, is_dir, is_file
from localbuild.errors import BuildspecError

DEFAULT_NAME = "buildspec.yml"
_S3_ARN = re.compile(r"arn:aws[a-z-]*:s3:::.+", re.DOTALL)
_MAX_BYTES = 16 * 1024 * 1024
_MANY = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildspecChoice:
    """A buildspec that was chosen and may be missing.

    `file` is its name for people. `path` is the path within the source, '' for one from elsewhere.
    `host_path` is None for a text that is here already. `is_awaited`: the source is not here yet.
    """

    file: str
    path: str
    host_path: Path | None = None
    text: bytes = field(default=b"", repr=False)
    is_default: bool = False
    is_awaited: bool = False


def is_in_s3(asked: str) -> bool:
    """Whether the ARN of an object was asked for."""
    return _S3_ARN.fullmatch(asked) is not None


def choose_buildspec(asked: str, source: Path, cwd: Path, stdin: BinaryIO) -> BuildspecChoice:
    """Choose by what was asked for; '' is the default. An ARN is for `is_in_s3` to find out."""
    if not asked:
        return _in_source(source / DEFAULT_NAME, source, cwd, is_default=True)
    if text := choose_text(asked, stdin):
        return text
    for base in (source, cwd):
        if exists(base / asked):
            return _in_source(base / asked, source, cwd)
    return _in_source(source / asked, source, cwd)


def choose_text(asked: str, stdin: BinaryIO) -> BuildspecChoice | None:
    """The text itself, or that of stdin; None where something else was asked for."""
    if asked == "-":
        return BuildspecChoice(file="<stdin>", path="", text=stdin.read(_MAX_BYTES))
    if "\n" in asked or asked.lstrip().startswith(("version:", "{")):
        return BuildspecChoice(file="<text>", path="", text=asked.encode())
    return None


def await_buildspec(asked: str) -> BuildspecChoice:
    """The choice of a buildspec that may be in a source that is not here yet."""
    name = asked or DEFAULT_NAME
    return BuildspecChoice(file=name, path=name, is_default=not asked, is_awaited=True)


def choose_fetched(asked: str, tree: Path, cwd: Path) -> BuildspecChoice:
    """Choose in a source that has been fetched; what people see is the path within it."""
    found = choose_buildspec(asked, tree, cwd, BytesIO())
    return replace(found, file=found.path) if found.path else found


def read_chosen(choice: BuildspecChoice, source: Path, directory: str) -> bytes:
    """The buildspec's text. `directory`: where the source is in the container.

    Raises BuildspecError in the service's words where there is none.
    """
    if choice.host_path is None:
        return choice.text
    try:
        with open(choice.host_path, "rb") as file:
            return file.read(_MAX_BYTES)
    except FileNotFoundError:
        raise _missing(choice, source, directory) from None
    except OSError as error:
        hints = tuple(f"localbuild run -f {found}" for found in _within(choice))
        raise BuildspecError(f"cannot read {choice.file}: {error.strerror}", hints=hints) from None


def refuse_outside(choice: BuildspecChoice, tree: Path) -> None:
    """A link out of a source that comes from elsewhere would read this machine's files to it.

    Raises BuildspecError.
    """
    path = choice.host_path
    if path and choice.path and not path.resolve().is_relative_to(tree.resolve()):
        raise BuildspecError(f"{choice.file} leads out of the source")


def other_buildspecs(source: Path) -> list[str]:
    """Files that look like buildspecs in the source's root and one level below, by name."""
    found = [p for pattern in ("", "*/") for p in source.glob(f"{pattern}*buildspec*.y*ml")]
    names = (p.relative_to(source).as_posix() for p in found if is_file(p))
    return sorted((n for n in names if not n.startswith(".")), key=lambda n: (n.count("/"), n))


def _in_source(path: Path, source: Path, cwd: Path, *, is_default: bool = False) -> BuildspecChoice:
    absolute = Path(os.path.normpath(path))
    inside = absolute.is_relative_to(source)
    return BuildspecChoice(
        file=_for_people(absolute, cwd),
        path=absolute.relative_to(source).as_posix() if inside else "",
        host_path=absolute,
        is_default=is_default,
    )


def _for_people(path: Path, cwd: Path) -> str:
    return str(path.relative_to(cwd)) if path.is_relative_to(cwd) else str(path)


def _missing(choice: BuildspecChoice, source: Path, directory: str) -> BuildspecError:
    if choice.is_default:
        return BuildspecError("YAML file does not exist", hints=_default_hints(choice, source))
    where = f"{directory}/{choice.path}" if choice.path else choice.host_path
    return BuildspecError(
        f"stat {where}: no such file or directory",
        hints=(f"there is no {choice.file}", *(_arn(choice) or _offers(source))),
    )


def _within(choice: BuildspecChoice) -> list[str]:
    """The buildspecs in a folder that was taken for one, by their paths in the source."""
    folder = choice.host_path
    if not choice.path or folder is None or not is_dir(folder):
        return []
    return [f"{choice.path}/{name}" for name in other_buildspecs(folder)[:_MANY]]


def _arn(choice: BuildspecChoice) -> tuple[str, ...]:
    """An object of S3 is named by its ARN, as on the service."""
    _, scheme, name = choice.path.partition("s3:/")
    return (f"localbuild run -f arn:aws:s3:::{name}",) if scheme and name else ()


def _default_hints(choice: BuildspecChoice, source: Path) -> tuple[str, ...]:
    offers = _offers(source)
    if offers:
        return (f"there is no {choice.file}", *offers)
    above = next((p for p in source.parents if is_file(p / DEFAULT_NAME)), None)
    if above is not None:
        found = os.path.relpath(above / DEFAULT_NAME, source)
        return (f"there is one at {found}: localbuild run -C {os.path.relpath(above, source)}",)
    return (f"there is no {choice.file}", "name one: localbuild run -f FILE")


def _offers(source: Path) -> tuple[str, ...]:
    return tuple(f"localbuild run -f {name}" for name in other_buildspecs(source)[:_MANY])

"""Variables from the command line, from env files and from `start-build`'s own spelling."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from localbuild.errors import UsageError
from localbuild.plan.environment import RESERVED_PREFIX
from localbuild.plan.script import is_shell_name

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """What was given, in order, and what the user should know about it."""

    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()

    def and_then(self, other: "Variables") -> "Variables":
        """These, then the others, which win."""
        return Variables(pairs=self.pairs + other.pairs, warnings=self.warnings + other.warnings)


def read_options(
    words: Iterable[str], environ: Mapping[str, str], is_file: Callable[[str], bool]
) -> Variables:
    """`KEY=VALUE`, or `KEY` for the host's value. Raises UsageError for anything else."""
    pairs: list[Pair] = []
    warnings: list[str] = []
    for word in words:
        name, sign, value = word.partition("=")
        if not sign and is_file(word) and word not in environ:
            raise UsageError(
                f"-e takes KEY=VALUE, and '{word}' is a file", hints=(f"--env-file {word}",)
            )
        check_name(name, f"-e {name}")
        if sign:
            pairs.append((name, value))
        else:
            _from_host(name, environ, f"-e {name}", pairs, warnings)
    return Variables(pairs=tuple(pairs), warnings=tuple(warnings))


def read_env_file(data: bytes, file: str, environ: Mapping[str, str]) -> Variables:
    """`VAR=VALUE` lines taken as they are: quotes and `$` are part of the value.

    Blank lines and lines that begin with `#` count for nothing; `VAR` alone takes the host's
    value. Source: docker run --env-file; codebuild_build.sh -e.
    Raises UsageError that begins with the file and the line.
    """
    pairs: list[Pair] = []
    warnings: list[str] = []
    for number, line in _lines(data, file):
        name, sign, value = line.partition("=")
        check_name(name, f"{file}:{number}")
        if not sign:
            _from_host(name, environ, f"{file}:{number}: {name}", pairs, warnings)
            continue
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            warnings.append(f"{file}:{number}: the quotes are part of the value of {name}")
        pairs.append((name, value))
    return Variables(pairs=tuple(pairs), warnings=tuple(warnings))


def check_name(name: str, where: str) -> None:
    """Raises UsageError for a name that no shell can have or that is CodeBuild's own."""
    if not is_shell_name(name):
        raise UsageError(
            f"{where}: '{name}' is no name for a variable",
            hints=("names have letters, digits and _, and begin with no digit",),
        )
    if name.startswith(RESERVED_PREFIX):
        raise UsageError(
            f"{where}: the prefix {RESERVED_PREFIX} is reserved for CodeBuild's own variables",
            hints=("choose another name",),
        )


def _from_host(
    name: str, environ: Mapping[str, str], where: str, pairs: list[Pair], warnings: list[str]
) -> None:
    if name in environ:
        pairs.append((name, environ[name]))
    else:
        warnings.append(f"{where}: not set on this host, so not passed on")


def _lines(data: bytes, file: str) -> Iterator[tuple[int, str]]:
    for number, raw in enumerate(_decode(data, file).split("\n"), start=1):
        line = raw.removesuffix("\r").lstrip(" \t")
        if not line or line.startswith("#"):
            continue
        if "\0" in line:
            raise UsageError(f"{file}:{number}: a variable cannot hold a NUL character")
        yield number, line


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: this is not UTF-8") from None

"""Variables of the command line, and which names a variable can have. Pure."""

from collections.abc import Callable, Iterable, Mapping
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


def check_name(name: str, where: str) -> None:
    """Raises UsageError for a name that no shell can have or that is CodeBuild's own."""
    message, hint = name_fault(name)
    if message:
        raise UsageError(f"{where}: {message}", hints=(hint,))


def name_fault(name: str) -> tuple[str, str]:
    """Why a variable cannot have that name, and what to do; two empty texts where it can."""
    if not is_shell_name(name):
        message = f"'{name}' is no name for a variable"
        return message, "names have letters, digits and _, and begin with no digit"
    if name.startswith(RESERVED_PREFIX):
        message = f"the prefix {RESERVED_PREFIX} is reserved for CodeBuild's own variables"
        return message, "choose another name"
    return "", ""


def _from_host(
    name: str, environ: Mapping[str, str], where: str, pairs: list[Pair], warnings: list[str]
) -> None:
    if name in environ:
        pairs.append((name, environ[name]))
    else:
        warnings.append(f"{where}: not set on this host, so not passed on")

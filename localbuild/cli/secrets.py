"""Secret values from the command line, and the source of all others: it is asked by the build."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from localbuild.cli.call import Call
from localbuild.cli.process.paths import read_at_most, under
from localbuild.cli.settings import Settings
from localbuild.cli.variables import check_name
from localbuild.errors import UsageError
from localbuild.plan.model import BuildPlan, PlannedSecret
from localbuild.plan.references import SecretVersion, read_reference
from localbuild.ports.secrets import Secrets
from localbuild.terms import VariableType

_MOST_BYTES = 128 * 1024
"""No variable can hold more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenSecrets:
    """`values` of `--secret` by variable, and `fakes` by variable, reference or secret's id."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    fakes: Mapping[str, str] = field(default_factory=dict, repr=False)


def read_given(call: Call, settings: Settings) -> GivenSecrets:
    """The secrets of the command line. Raises UsageError, which shows no value."""
    found = GivenSecrets(
        values=dict(read_secrets(settings.secret, call.world.environ, call.world.cwd)),
        fakes=dict(read_fakes(settings.fake_secret)),
    )
    for value in (*found.values.values(), *found.fakes.values()):
        call.world.mask.add(value)
    return found


def read_secrets(
    words: Iterable[str], environ: Mapping[str, str], cwd: Path
) -> Iterator[tuple[str, str]]:
    """`KEY=VALUE`, `KEY=@FILE` without the file's last line end, or `KEY` for the host's value."""
    for word in words:
        name, sign, value = word.partition("=")
        where = f"--secret {name}"
        check_name(name, where)
        if not sign:
            yield name, _from_host(name, environ)
        elif value.startswith("@"):
            yield name, _from_file(under(cwd, value[1:]), where)
        else:
            yield name, value


def read_fakes(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """`NAME=VALUE`; a name ends at the first `=`."""
    for word in words:
        name, sign, value = word.partition("=")
        if not name or not sign:
            raise UsageError(
                f"--fake-secret {name}: there is no {'value' if name else 'name'}",
                hints=("--fake-secret NAME=VALUE",),
            )
        yield name, value


def unused_fakes(plan: BuildPlan, given: GivenSecrets) -> tuple[str, ...]:
    """The names that stand for no secret of the plan: mistyped, most likely."""
    names = {name for secret in plan.secrets for name in _names_of(secret)}
    expanded = any("$" in secret.reference for secret in plan.secrets)
    return () if expanded else tuple(name for name in given.fakes if name not in names)


def open_secrets(settings: Settings, given: GivenSecrets) -> Secrets:
    """What is given, then AWS; nobody is asked before the build asks."""
    from localbuild.secrets.aws import open_aws
    from localbuild.secrets.aws_clients import AwsSettings
    from localbuild.secrets.fake import FakeSecrets

    aws = open_aws(
        AwsSettings(
            profile=settings.profile, region=settings.region, endpoint_url=settings.endpoint_url
        )
    )
    return FakeSecrets({**given.fakes, **given.values}, aws)


def _names_of(secret: PlannedSecret) -> Iterator[str]:
    yield secret.name
    yield secret.reference
    if secret.type is VariableType.SECRETS_MANAGER:
        try:
            question = read_reference(secret.type, secret.reference).question
        except ValueError:
            return
        if isinstance(question, SecretVersion):
            yield question.secret_id


def _from_host(name: str, environ: Mapping[str, str]) -> str:
    if name not in environ:
        raise UsageError(
            f"--secret {name}: {name} is not set on this host",
            hints=(f"--secret {name}=@FILE", f"export {name}=…"),
        )
    return environ[name]


def _from_file(path: Path, where: str) -> str:
    try:
        data = read_at_most(path, _MOST_BYTES)
        text = data.decode("utf-8") if len(data) <= _MOST_BYTES else ""
    except OSError as error:
        raise UsageError(f"{where}: {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{where}: {path} is not UTF-8") from None
    if len(data) > _MOST_BYTES:
        raise UsageError(f"{where}: {path} has more than the {_MOST_BYTES} bytes of a variable")
    if "\0" in text:
        raise UsageError(f"{where}: {path}: a variable cannot hold a NUL character")
    return text.removesuffix("\n").removesuffix("\r")

"""Rules about secrets: in the file as plain text, in the log, on a command line."""

import re
from collections.abc import Iterator

from localbuild.buildspec.lint.commands import SECRET, note, shown, simples, warning
from localbuild.buildspec.lint.tools import has_flag, plain
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.sh.model import Simple
from localbuild.buildspec.sh.words import without_single_quotes
from localbuild.errors import Problem

NAME = (
    r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|SECRET_?(ACCESS_?)?KEY)$"
)
VALUE = (
    r"^(AKIA|ASIA)[0-9A-Z]{16}$"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY"
    r"|^gh[pousr]_[A-Za-z0-9]{20,}$|^github_pat_\w{20,}$|^glpat-[\w-]{20,}$"
    r"|^xox[abprs]-[\w-]{10,}$"
    r"|^[a-z+]+://[^/\s:@]+:[^/\s:@$]+@"
)
HARMLESS = r"^(\$.*|arn:.*|https?://.*|/.*|true|false|yes|no|none|null|\*+|<.*>|[0-9]{1,7})$"
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
PRINTS = ("echo", "printf")
UNSAFE = re.compile(
    r"\b(NODE_TLS_REJECT_UNAUTHORIZED=['\"]?0|GIT_SSL_NO_VERIFY=['\"]?(true|1)|PYTHONHTTPSVERIFY=0)"
    r"|\bhttp\.sslverify[= ]['\"]?false|\bstrict-ssl[= ]['\"]?false",
    re.IGNORECASE,
)


def lb501_plain_secret(buildspec: Buildspec) -> Iterator[Problem]:
    """A value that is a key by its form, or whose variable's name says that it is a secret."""
    for variable in buildspec.env.variables:
        name, value = variable.name.value, variable.value.value
        named = re.search(NAME, name, re.IGNORECASE) and len(value) >= 6
        if re.search(VALUE, value) or (named and not re.match(HARMLESS, value, re.IGNORECASE)):
            yield warning(
                "LB501",
                f"the value of '{name}' looks like a secret in plain text",
                variable.value.place,
                f"keep it in Secrets Manager: env: / secrets-manager: / {name}: my-secret:key",
            )


def lb502_secret_in_the_log(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: user guide: what is masked is the value as a whole, and only of these variables."""
    fetched = {variable.name.value for variable in buildspec.env.secrets_manager}
    for command, simple in simples(buildspec):
        if simple.name not in PRINTS or simple.piped or _is_redirected(simple):
            continue
        for name in _names_in(simple):
            if name in fetched or re.search(NAME, name):
                message = f"'{simple.name}' writes the secret '{name}' into the log"
                hint = f"say whether it is there, not what it is: ${{{name}:+set}}"
                yield warning("LB502", message, command.place(simple), hint)
                break


def _names_in(simple: Simple) -> Iterator[str]:
    for word in simple.words[1:]:
        for braced, bare in _VARIABLE.findall(without_single_quotes(word).replace("\\$", "")):
            yield braced or bare


def _is_redirected(simple: Simple) -> bool:
    return any(re.match(r"1?(&>|>)", redirect) for redirect in simple.redirects)


def lb503_environment_in_the_log(buildspec: Buildspec) -> Iterator[Problem]:
    """All variables, also those that the project holds in plain text, which nobody masks."""
    for command, simple in simples(buildspec):
        is_dump = simple.argv in (("env",), ("printenv",), ("export", "-p"), ("export",), ("set",))
        into = simple.into[:1] in ((), ("sort",), ("cat",), ("tee",))
        if is_dump and into and not _is_redirected(simple):
            message = f"'{shown(simple)}' writes all variables into the log"
            yield note("LB503", message, command.place(simple), "write the ones that you want")


def lb504_password_as_argument(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: docker login: --password is visible to every process, and in traces."""
    for command, simple in simples(buildspec):
        argv = plain(simple.argv)
        if argv[:2] in (("docker", "login"), ("podman", "login"), ("helm", "login")) and (
            has_flag(argv, "--password", "-p")
        ):
            message = "the password stands on the command line of 'docker login'"
            hint = 'echo "$PASSWORD" | docker login --username NAME --password-stdin'
            yield note("LB504", message, command.place(simple), hint)


def lb505_runs_what_it_fetches(buildspec: Buildspec) -> Iterator[Problem]:
    """What is fetched is run unseen, with the build's credentials; or half of it."""
    for command, simple in simples(buildspec):
        into = plain(simple.into)[:1]
        fetches = plain(simple.argv)[:1] in (("curl",), ("wget",))
        if fetches and into in (("bash",), ("sh",), ("python",), ("python3",)):
            message = f"'{simple.name} … | {into[0]}' runs whatever it is given, unseen"
            hint = "fetch one version to a file, check its sha256sum, then run it"
            yield note("LB505", message, command.place(simple), hint)


def lb506_certificates_not_checked(buildspec: Buildspec) -> Iterator[Problem]:
    """Whoever is between can read and change what is fetched."""
    for command, simple in simples(buildspec):
        argv = plain(simple.argv)
        line = " ".join((*simple.assignments, *simple.words))
        found = UNSAFE.search(line)
        insecure = (
            (
                argv[:1] == ("curl",)
                and has_flag(argv, "-k", "--insecure")
                and "localhost" not in line
            )
            or (argv[:1] in (("kubectl",), ("helm",)) and "--insecure-skip-tls-verify" in line)
            or (argv[:1] == ("wget",) and "--no-check-certificate" in argv)
            or (argv[:1] in (("pip",), ("pip3",)) and has_flag(argv, "--trusted-host"))
        )
        if found or insecure:
            message = f"'{shown(simple)}' does not check whom it talks to"
            hint = "add the certificate to those that are trusted, and leave the option out"
            yield warning("LB506", message, command.place(simple), hint)


def lb507_secret_in_a_command(buildspec: Buildspec) -> Iterator[Problem]:
    """A key by its form. Its place is not shown again."""
    for command, simple in simples(buildspec):
        if SECRET.search(" ".join((*simple.assignments, *simple.words))):
            message = "a secret stands in this command in plain text"
            hint = "keep it in Secrets Manager, change it, and write $NAME here"
            yield warning("LB507", message, command.place(simple), hint)

"""What tools print where the world around a build fails them: disk, network, registries. Pure."""

import re

from localbuild.diagnosis.model import Cause, Failure, Rule, word
from localbuild.plan.environment import CA_FILE
from localbuild.plan.script import STATE_DIR

_FULL = re.compile(
    rf"No space left on device|ENOSPC(?!: System limit)|could not be saved in {STATE_DIR}"
)
_WATCHES = re.compile(r"ENOSPC: System limit for number of file watchers")
_RATE = re.compile(r"toomanyrequests")
_UNRESOLVED = re.compile(
    r"Temporary failure (?:in name resolution|resolving)|EAI_AGAIN|Could not resolve host|"
    r"bad address '|Name or service not known|ENOTFOUND|no such host|UnknownHostException"
)
_NO_VERSION = re.compile(r"\(from versions: none\)")
_NO_PACKAGE = re.compile(r"^E: Unable to locate package (?P<package>\S+)")
_UNTRUSTED = re.compile(
    r"certificate verify failed|self[- ]signed certificate|SELF_SIGNED_CERT_IN_CHAIN|"
    r"unable to get (?:local )?issuer certificate|UNABLE_TO_GET_ISSUER_CERT|"
    r"certificate signed by unknown authority|certificate verification failed|"
    r"unable to verify the first certificate|PKIX path building failed",
    re.IGNORECASE,
)
_NO_CREDENTIALS = re.compile(
    r"Unable to locate credentials|NoCredentialProviders|Could not load credentials from any "
    r"providers|No valid credential sources found|Unable to load (?:AWS )?credentials from any"
)
_DUBIOUS = re.compile(r"detected dubious ownership in repository(?: at '(?P<path>[^']+)')?")


def _full(_: Failure, match: re.Match[str]) -> Cause:
    if "/dev/shm" in match.string:
        return Cause(
            note="the output says that /dev/shm is full: a container has 64 MiB there",
            hints=("let the tool use another place (Chromium: --disable-dev-shm-usage)",),
        )
    return Cause(
        note="the output says that a disk is full: the container's lies on the engine's machine",
        hints=(
            "df -h   # in the buildspec, before it fails: which file system is it?",
            "docker system df   # what takes the engine's room; docker system prune frees some",
            "localbuild cache prune   # frees the cache's; localbuild clean that of dead builds",
        ),
    )


def _watches(_: Failure, __: re.Match[str]) -> Cause:
    return Cause(
        note="the output says that the limit of watched files is reached; no disk is full",
        hints=("sudo sysctl fs.inotify.max_user_watches=524288   # on the engine's machine",),
    )


def _rate(_: Failure, __: re.Match[str]) -> Cause:
    return Cause(
        note="the output says 'toomanyrequests': a registry's limit of pulls is reached",
        hints=(
            "docker login, before it pulls: who is logged in may pull more",
            "public.ecr.aws/docker/library/IMAGE   # has Docker Hub's official images, too",
        ),
    )


def _unresolved(failure: Failure, match: re.Match[str]) -> Cause:
    if failure.environment.network == "none":
        return Cause(
            note=f"the output says '{match[0]}': the build has no network (--network none)"
        )
    return Cause(
        note=f"the output says '{match[0]}': a host's name could not be resolved",
        hints=(
            "getent hosts NAME   # in the buildspec, and on the engine's machine: who knows it?",
            "behind a proxy: localbuild run -e HTTP_PROXY -e HTTPS_PROXY -e NO_PROXY",
            "known to the host alone: localbuild run --network host",
        ),
    )


def _no_version(failure: Failure, _: re.Match[str]) -> Cause | None:
    """pip's last word; where it has said more before, that counts."""
    if _UNRESOLVED.search(failure.said) or _UNTRUSTED.search(failure.said):
        return None
    network = failure.environment.network == "none"
    return Cause(
        note="the output says 'from versions: none': pip has not reached its index"
        + (" (--network none)" if network else ", or this Python finds nothing there"),
        hints=("the same with pip -v   # says what it asked, and what was answered",),
    )


def _no_package(_: Failure, match: re.Match[str]) -> Cause:
    return Cause(
        note=f"the output says that apt knows no package {match['package']}",
        hints=("apt-get update   # before apt-get install: images come without lists of packages",),
    )


def _untrusted(failure: Failure, match: re.Match[str]) -> Cause | None:
    if "expired" in match.string:
        return Cause(note="the output says that a certificate has expired")
    note = f"the output says '{match[0]}': a server's certificate is not trusted in the build"
    if failure.environment.ca_bundle:
        hint = f"{CA_FILE} has what --ca-file gave: is the CA in it, and does the tool read it?"
        return Cause(note=note, hints=(hint,))
    return Cause(
        note=note,
        hints=("localbuild run --ca-file FILE   # with the CA of your proxy or registry",),
    )


def _no_credentials(failure: Failure, match: re.Match[str]) -> Cause:
    way = failure.environment.aws_credentials
    if way != "none":
        note = f"the output says '{match[0]}', though the build was given yours ({way})"
        return Cause(note=note, hints=("does the tool run in a container of its own, or by sudo?",))
    return Cause(
        note=f"the output says '{match[0]}': a build gets no AWS credentials, unless it is told to",
        hints=(
            "localbuild run --aws-credentials endpoint   # or env: yours, for this build",
            "localbuild run --stub aws   # stands in for the AWS CLI",
        ),
    )


def _dubious(_: Failure, match: re.Match[str]) -> Cause:
    path = word(match["path"] or "DIRECTORY")
    return Cause(
        note="the output says that the repository belongs to another user than the command's",
        hints=(f"git config --global --add safe.directory {path}   # before it",),
    )


RULES = (
    Rule(pattern=_WATCHES, explain=_watches),
    Rule(pattern=_FULL, explain=_full),
    Rule(pattern=_RATE, explain=_rate),
    Rule(pattern=_UNTRUSTED, explain=_untrusted),
    Rule(pattern=_UNRESOLVED, explain=_unresolved),
    Rule(pattern=_NO_VERSION, explain=_no_version),
    Rule(pattern=_NO_PACKAGE, explain=_no_package),
    Rule(pattern=_NO_CREDENTIALS, explain=_no_credentials),
    Rule(pattern=_DUBIOUS, explain=_dubious),
)

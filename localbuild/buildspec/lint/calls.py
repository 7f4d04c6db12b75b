"""Rules about single programs: what is never answered, what is gone, what is not needed."""

import re
from collections.abc import Callable, Iterator

from localbuild.buildspec.lint.commands import all_simples, note, scripts, shown, simples, warning
from localbuild.buildspec.lint.tools import has_flag, plain
from localbuild.buildspec.model import Buildspec
from localbuild.buildspec.sh.model import Simple
from localbuild.errors import Problem

Argv = tuple[str, ...]
APT = ("apt-get", "apt", "aptitude")
CHANGES = ("install", "upgrade", "dist-upgrade", "full-upgrade", "remove", "purge", "autoremove")
YUM = ("install", "update", "upgrade", "remove", "groupinstall", "localinstall", "autoremove")
EDITORS = ("vi", "vim", "nano", "emacs", "less", "more", "top", "htop")
UPDATES = re.compile(
    r"\b(apt-get|apt|aptitude)\s+(-\S+\s+)*update\b|add-apt-repository|setup_[\w.]+\s*\|"
    r"|\bdebian_frontend=\S+ (apt|apt-get) update",
    re.IGNORECASE,
)


def _sub(argv: Argv) -> str:
    return next((word for word in argv[1:] if word[:1] != "-"), "")


def _apt(argv: Argv) -> str:
    if argv[0] not in APT or _sub(argv) not in CHANGES:
        return ""
    calm = has_flag(argv, "-y", "--yes", "--assume-yes", "-s", "-d", "--dry-run", "--reinstall")
    return "" if calm or "-qq" in argv or "-q=2" in argv else "add -y"


def _yum(argv: Argv) -> str:
    if argv[0] not in ("yum", "dnf", "microdnf") or _sub(argv) not in YUM:
        is_extra = argv[:2] == ("amazon-linux-extras", "install")
        return "add -y" if is_extra and not has_flag(argv, "-y") else ""
    return "" if has_flag(argv, "-y", "--assumeyes", "--assumeno") else "add -y"


def _terraform(argv: Argv) -> str:
    if argv[0] not in ("terraform", "terragrunt", "tofu") or _sub(argv) not in ("apply", "destroy"):
        return ""
    calm = ("-auto-approve", "--auto-approve", "--terragrunt-non-interactive", "-help")
    if any(word.startswith(calm) for word in argv):
        return ""
    after = argv[argv.index(_sub(argv)) + 1 :]
    has_plan = any(word[:1] != "-" for word in after) or not all(map(_is_whole, after))
    return "" if has_plan else "add -auto-approve"


def _is_whole(word: str) -> bool:
    """Whether an option has its value in it: of another one the next word may be that."""
    return word[:1] == "-" and "$" not in word


def _docker(argv: Argv) -> str:
    if argv[0] not in ("docker", "podman") or len(argv) < 2:
        return ""
    if argv[1] == "login":
        given = has_flag(argv, "-p", "--password", "--password-stdin")
        return "" if given or "$" in "".join(argv[2:3]) else "add --password-stdin"
    if argv[1] in ("run", "exec"):
        flags = [word for word in _options(argv[2:]) if word[:1] == "-"]
        has_both = has_flag(tuple(flags), "-t", "--tty") and has_flag(
            tuple(flags), "-i", "--interactive"
        )
        return "leave -t out" if has_both else ""
    return ""


def _options(words: Argv) -> Iterator[str]:
    """The words before the image: options, and what may be a value of one."""
    for number, word in enumerate(words):
        before = words[number - 1] if number else "-"
        if word[:1] != "-" and (before[:1] != "-" or re.fullmatch(r"-[itd]+|--rm|--tty", before)):
            return
        yield word


def _others(argv: Argv) -> str:
    if argv[:2] in (("npm", "init"), ("yarn", "init")) and len(argv) == 2:
        return "add -y"
    if argv[:2] == ("sam", "deploy") and has_flag(argv, "--guided", "-g"):
        return "leave --guided out"
    if argv[:2] == ("aws", "configure") and not any(word[:1] != "-" for word in argv[2:3]):
        return "aws configure set NAME VALUE"
    if argv[:2] == ("pulumi", "up") and not has_flag(argv, "-y", "--yes", "-f"):
        return "add --yes"
    if argv[0] == "amplify" and argv[1:2] in (("push",), ("publish",), ("pull",)):
        return "" if has_flag(argv, "-y", "--yes") else "add --yes"
    return ""


def _git(argv: Argv) -> str:
    if argv[:2] != ("git", "commit"):
        return ""
    given = ("-m", "-F", "-C", "--message", "--file", "--no-edit", "--fixup", "--squash")
    return (
        "" if has_flag(argv, *given) or any(w.startswith("-m") for w in argv) else "add -m MESSAGE"
    )


ASKS: tuple[Callable[[Argv], str], ...] = (_apt, _yum, _terraform, _docker, _others, _git)


def lb311_asks(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: user guide: a build has no terminal, and nobody who could answer."""
    if any("assume-yes" in command.text.value.lower() for command in scripts(buildspec)):
        return
    for command, simple in simples(buildspec):
        argv = plain(simple.argv)
        if not argv or simple.reads or any(r[:1] == "<" for r in simple.redirects):
            continue
        missing = next(filter(None, (asks(argv) for asks in ASKS)), "")
        if missing or argv[0] in EDITORS:
            message = f"'{shown(simple)}' asks or wants a terminal, and a build has none"
            hints = (missing,) if missing else ()
            yield warning("LB311", message, command.place(simple), *hints)


GONE: tuple[tuple[re.Pattern[str], str, str], ...] = tuple(
    (re.compile(pattern), what, instead)
    for pattern, what, instead in (
        (
            r"aws (.* )?ecr get-login( |$)",
            "'aws ecr get-login' is not in version 2 of the AWS CLI",
            "aws ecr get-login-password | docker login --username AWS --password-stdin REGISTRY",
        ),
        (
            r"docker login .*(-e|--email)[ =]",
            "'docker login' has no -e since Docker 17.06",
            "leave -e out",
        ),
        (r"helm init( |$)", "'helm init' is not in Helm 3", "leave it out: Helm 3 has no Tiller"),
        (
            r"git .*\bgit://github\.com/",
            "GitHub answers git:// no longer",
            "take https://github.com/",
        ),
        (
            r".*\b((apt|yum)\.kubernetes\.io|packages\.cloud\.google\.com/yum/repos/kubernetes)",
            "these package repositories of Kubernetes are gone",
            "take https://pkgs.k8s.io/",
        ),
        (
            r".*\bkubernetes-charts(-incubator)?\.storage\.googleapis\.com",
            "this chart repository is gone",
            "take https://charts.helm.sh/stable",
        ),
        (r".*\b\w+\.bintray\.com", "Bintray is gone", "take it from where its project lives now"),
    )
)


def lb312_gone(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: the release notes of each."""
    for command, simple in all_simples(buildspec):
        line = " ".join(plain(simple.argv))[:2000]
        for pattern, what, instead in GONE:
            if pattern.match(line):
                yield warning("LB312", what, command.place(simple), instead)


def lb314_sudo(buildspec: Buildspec) -> Iterator[Problem]:
    """Once for a file. Source: user guide: commands run as root unless `run-as` says otherwise."""
    if buildspec.run_as is not None:
        return
    for command, simple in simples(buildspec):
        if simple.name == "sudo" and command.phase.run_as is None and "-u" not in simple.words:
            message = "sudo is not needed, commands run as root; and not every image has it"
            yield note("LB314", message, command.place(simple), "leave it out")
            return


def lb316_latest(buildspec: Buildspec) -> Iterator[Problem]:
    """What is installed in its newest version changes without a change of the source."""
    for command, simple in simples(buildspec):
        argv = plain(simple.argv)
        if argv[:1] not in (("npm",), ("yarn",), ("pnpm",)) or simple.rescued:
            continue
        found = next((word for word in argv if word.endswith("@latest")), "")
        if found:
            message = f"'{found}' is another version tomorrow, and the build with it"
            hint = f"name a version: {found.removesuffix('latest')}…"
            yield note("LB316", message, command.place(simple), hint)


def lb317_no_package_lists(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: the Dockerfiles of CodeBuild's images, which remove the lists of packages."""
    for command, simple in simples(buildspec):
        text = command.text.value
        if UPDATES.search(text) or simple.guarded or _may_update(simple):
            return
        argv = plain(simple.argv)
        if argv[:1] in (("apt-get",), ("apt",)) and _sub(argv) == "install" and _is_by_name(argv):
            message = f"'{shown(simple)}' without 'apt-get update' before: images have no lists"
            yield warning("LB317", message, command.place(simple), "apt-get update && …")
            return


def _may_update(simple: Simple) -> bool:
    """A script may do anything."""
    first = plain(simple.argv)[:1]
    return bool(first) and (
        first[0] in ("bash", "sh", "source", ".", "make", "eval", "ansible-playbook")
        or "/" in first[0]
        or first[0][:1] == "$"
    )


def _is_by_name(argv: Argv) -> bool:
    names = [word for word in argv[1:] if word[:1] != "-" and word != "install"]
    return bool(names) and not any("/" in name or name[:1] == "$" for name in names)


def lb318_directory_of_one_build(buildspec: Buildspec) -> Iterator[Problem]:
    """Source: real logs: the number in /codebuild/output/src123 is another one in each build."""
    for command in scripts(buildspec):
        found = re.search(r"/codebuild/output/src\d+", command.text.value)
        if found:
            message = f"'{found[0]}' is the directory of one build, the next has another"
            yield warning("LB318", message, command.text.place, "write $CODEBUILD_SRC_DIR")

"""Where programs come from that a build does not find: runtimes, packages, other images. Pure."""

from collections.abc import Mapping

from localbuild.diagnosis.model import Failure
from localbuild.plan.environment import HELPERS_DIR
from localbuild.plan.images import DEFAULT_IMAGE, is_codebuilds

_RUNTIMES: Mapping[str, tuple[str, ...]] = {
    "dotnet": ("dotnet",),
    "golang": ("go", "gofmt"),
    "java": ("java", "javac", "jar", "keytool"),
    "nodejs": ("node", "npm", "npx", "corepack"),
    "php": ("php", "composer", "pecl"),
    "python": ("python", "python3", "pip", "pip3"),
    "ruby": ("ruby", "gem", "bundle", "bundler", "irb", "rake"),
}
_IMAGES: Mapping[str, str] = {
    "dotnet": "mcr.microsoft.com/dotnet/sdk:8.0",
    "golang": "golang:1.24",
    "java": "eclipse-temurin:21",
    "nodejs": "node:22",
    "php": "composer:2",
    "python": "python:3.12",
    "ruby": "ruby:3.3",
}
"""Public images that have a runtime."""

_PACKAGES: Mapping[str, str] = {
    "ab": "apache2-utils",
    "bc": "bc",
    "bzip2": "bzip2",
    "cc": "gcc libc6-dev",
    "cmake": "cmake",
    "curl": "curl",
    "dig": "dnsutils",
    "envsubst": "gettext-base",
    "file": "file",
    "g++": "g++",
    "gcc": "gcc libc6-dev",
    "git": "git",
    "gpg": "gnupg",
    "jq": "jq",
    "make": "make",
    "mysql": "default-mysql-client",
    "nc": "netcat-openbsd",
    "openssl": "openssl",
    "ping": "iputils-ping",
    "pkg-config": "pkg-config",
    "ps": "procps",
    "psql": "postgresql-client",
    "rsync": "rsync",
    "scp": "openssh-client",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "tree": "tree",
    "unzip": "unzip",
    "wget": "wget",
    "xz": "xz-utils",
    "zip": "zip",
    "zstd": "zstd",
}
"""Debian's package of a program; other distributions' names are mostly the same."""

_INSTALLED: Mapping[str, tuple[str, ...]] = {
    "pip install {}": (
        "pytest",
        "tox",
        "poetry",
        "pipenv",
        "uv",
        "flake8",
        "black",
        "mypy",
        "ruff",
    ),
    "pip install awscli": ("aws",),
    "pip install aws-sam-cli": ("sam",),
    "pip install cfn-lint": ("cfn-lint",),
    "npm install -g {}": ("yarn", "pnpm", "serverless", "lerna"),
    "npm install -g aws-cdk": ("cdk",),
    "npm ci && npx {}": ("jest", "tsc", "eslint", "mocha", "webpack", "vite", "ng", "next", "nx"),
}
"""What brings programs of a runtime's own packages; `{}` is the program."""

_SWITCHES = ("n", "pyenv", "goenv", "rbenv", "phpenv")
_OTHER_SYSTEMS: Mapping[str, str] = {
    "apt-get": "not Debian's or Ubuntu's: try dnf install, yum install or apk add",
    "apt": "not Debian's or Ubuntu's: try dnf install, yum install or apk add",
    "yum": "not Amazon Linux's: try dnf install, apt-get install or apk add",
    "dnf": "not Amazon Linux 2023's: try yum install, apt-get install or apk add",
    "apk": "not Alpine's: try apt-get install or dnf install",
}
_ANY = ("install it in the install phase", "localbuild run --image IMAGE   # one that has it")


def where_from(program: str, failure: Failure) -> tuple[str, ...]:
    """How a build gets a program that it does not find: hints, the likeliest first."""
    if program.startswith("codebuild-"):
        return (f"the helpers are in {HELPERS_DIR}: a PATH of your own must keep it",)
    if program == "sudo":
        return ("leave sudo out: commands run as root, unless run-as says otherwise",)
    if program == "docker":
        return _docker(failure)
    if program in _OTHER_SYSTEMS:
        return (f"the image is {_OTHER_SYSTEMS[program]}",)
    if program in _SWITCHES:
        return (f"images of CodeBuild's own have it: localbuild run --image {DEFAULT_IMAGE}",)
    if runtime := _runtime_of(program):
        return _runtime(runtime, failure)
    return _package(program)


def _docker(failure: Failure) -> tuple[str, ...]:
    own = f"localbuild run --privileged --image {DEFAULT_IMAGE}   # has Docker and its daemon"
    stub = "localbuild run --stub docker   # stands in for it"
    return (stub,) if is_codebuilds(failure.environment.image) else (own, stub)


def _runtime_of(program: str) -> str:
    return next((name for name, programs in _RUNTIMES.items() if program in programs), "")


def _runtime(runtime: str, failure: Failure) -> tuple[str, ...]:
    """The buildspec's own way where the image has runtimes, else an image that has this one."""
    if is_codebuilds(failure.environment.image) and runtime not in failure.runtimes:
        return (f"install: {{runtime-versions: {{{runtime}: latest}}}}   # in the buildspec",)
    return (
        f"localbuild run --image {_IMAGES[runtime]}   # or another image with {runtime}",
        f"images of CodeBuild's own have every runtime: --image {DEFAULT_IMAGE}",
    )


def _package(program: str) -> tuple[str, ...]:
    stub = ("localbuild run --stub aws   # stands in for it",) if program == "aws" else ()
    for command, programs in _INSTALLED.items():
        if program in programs:
            return (f"in the install phase: {command.format(program)}", *stub)
    if package := _PACKAGES.get(program, ""):
        install = f"apt-get update && apt-get install -y {package}"
        return (f"in the install phase: {install}   # Debian; elsewhere apk add, dnf install",)
    return _ANY

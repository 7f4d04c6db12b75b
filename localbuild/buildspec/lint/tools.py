"""What a command is for, by its name and first words: tests, builds, publishes, or nothing of it.

Only tools that many builds use, and only what each surely does.
"""

import re
from enum import Enum
from functools import lru_cache

WRAPPERS = ("sudo", "time", "nohup", "exec", "command", "env", "npx", "nice", "stdbuf", "timeout")
RUNNERS = ("bundle", "poetry", "pipenv", "uv", "pdm", "hatch", "yarn", "pnpm", "dotenv")


class Purpose(Enum):
    """`TEST` judges, `BUILD` makes something here, `PUBLISH` changes something elsewhere."""

    TEST = "test"
    BUILD = "build"
    PUBLISH = "publish"


_PATTERNS: tuple[tuple[Purpose, tuple[str, ...]], ...] = (
    (
        Purpose.PUBLISH,
        (
            r"docker push\b",
            r"(npm|yarn|pnpm) (run )?(publish|deploy|release)\b",
            r"(npm|yarn|pnpm) publish\b",
            r"aws s3 (sync|mv) ",
            r"aws s3 cp .* s3://",
            r"aws s3api put-object\b",
            r"aws lambda (update-function-code|publish-version|update-alias)\b",
            r"aws ecs (update-service|register-task-definition|run-task)\b",
            r"aws ecs deploy\b",
            r"aws cloudformation (deploy|create-stack|update-stack|execute-change-set)\b",
            r"aws deploy (create-deployment|push)\b",
            r"aws cloudfront create-invalidation\b",
            r"aws elasticbeanstalk (update-environment|create-application-version)\b",
            r"eb deploy\b",
            r"aws (apprunner start-deployment|amplify start-deployment|codepipeline start)",
            r"sam (deploy|publish)\b",
            r"cdk (deploy|destroy)\b",
            r"(terraform|terragrunt|tofu) (apply|destroy)\b",
            r"kubectl (apply|set|rollout restart|create|delete|patch|replace|scale)\b",
            r"helm (upgrade|install)\b",
            r"(serverless|sls) (deploy|remove)\b",
            r"pulumi up\b",
            r"twine upload\b",
            r"mvn .*\bdeploy\b",
            r"git push\b",
            r"gh release\b",
            r"(cargo|poetry) publish\b",
            r"gem push\b",
            r"copilot .*deploy\b",
            r"firebase deploy\b",
            r"semantic-release\b",
        ),
    ),
    (
        Purpose.TEST,
        (
            r"(npm|yarn|pnpm) (run )?(t|test|lint|check|typecheck|e2e|coverage)([:\w-]*)( |$)",
            r"npm audit\b",
            r"(python[\d.]* -m )?(pytest|tox|nox|unittest|flake8|mypy|pylint|ruff|bandit|behave)\b",
            r"go (test|vet)\b",
            r"cargo (test|clippy)\b",
            r"dotnet test\b",
            r"(jest|mocha|eslint|vitest|cypress)\b",
            r"rspec\b",
            r"phpunit\b",
            r"rake (test|spec)\b",
            r"rails test\b",
            r"make (test|check|lint)\b",
            r"ctest\b",
            r"(gradle|\./gradlew) .*\b(test|check)\b",
            r"mvn .*\b(test|verify)\b",
            r"cfn-lint\b",
            r"shellcheck\b",
            r"(terraform|tofu) (validate|plan)\b",
            r"helm lint\b",
            r"sam validate\b",
            r"hadolint\b",
            r"tsc\b",
        ),
    ),
    (
        Purpose.BUILD,
        (
            r"docker (build|buildx build|compose build)\b",
            r"docker-compose build\b",
            r"(npm|pnpm) (ci|i|install)\b",
            r"yarn( install)?( -|$)",
            r"(npm|yarn|pnpm) (run )?build([:\w-]*)",
            r"pip[\d.]* install\b",
            r"python[\d.]* -m pip install\b",
            r"(poetry|bundle|composer|pipenv) install\b",
            r"(mvn|\./mvnw) .*\b(package|install|compile)\b",
            r"(gradle|\./gradlew) ",
            r"make\b(?! -v)",
            r"cmake\b",
            r"go (build|install|generate)\b",
            r"cargo (build|install)\b",
            r"dotnet (build|publish|restore|pack)\b",
            r"sam (build|package)\b",
            r"cdk synth\b",
            r"aws cloudformation package\b",
            r"ng build\b",
            r"hugo\b",
            r"webpack\b",
            r"terraform init\b",
            r"python[\d.]* setup\.py\b",
            r"apt-get (-\w+ )*install\b",
            r"yum (-\w+ )*install\b",
            r"aws s3 cp s3://",
            r"git clone\b",
        ),
    ),
)
_COMPILED = tuple((purpose, re.compile("|".join(any_of))) for purpose, any_of in _PATTERNS)


@lru_cache(maxsize=1024)
def plain(argv: tuple[str, ...]) -> tuple[str, ...]:
    """A command's words without what only runs it: `sudo -E`, `env A=b`, `npx`, `poetry run`."""
    words = argv
    while words:
        if words[0] in WRAPPERS:
            words = _past_options(words[1:], words[0])
        elif words[0] in RUNNERS and words[1:2] in (("exec",), ("run",)) and len(words) > 2:
            if words[0] in ("yarn", "pnpm") and words[1] == "run":
                break
            words = words[2:]
        else:
            break
    return words


def _past_options(words: tuple[str, ...], wrapper: str) -> tuple[str, ...]:
    while words and (words[0][:1] == "-" or (wrapper == "env" and "=" in words[0])):
        words = words[1:]
    return words[1:] if wrapper == "timeout" and len(words) > 1 else words


@lru_cache(maxsize=1024)
def purpose(argv: tuple[str, ...]) -> Purpose | None:
    """What a command is surely for. A question (`--version`, `--help`) is for nothing."""
    words = plain(argv)
    if not words or any(word in ("--version", "--help", "-version", "--dry-run") for word in words):
        return None
    line = " ".join((words[0].rpartition("/")[2] if "/bin/" in words[0] else words[0], *words[1:]))
    line = re.sub(r" (--?(C|prefix|cwd|dir|profile|region|chdir)[= ]\S+)", "", line[:400])
    found = (kind for kind, pattern in _COMPILED if pattern.match(line))
    return next(found, None)


def has_flag(argv: tuple[str, ...], *names: str) -> bool:
    """Whether an option is given: `--yes`, `--yes=…`; a short one also among others: `-qy`."""
    for word in argv:
        if any(word == name or word.startswith(f"{name}=") for name in names if name[:2] == "--"):
            return True
        short = [name[1:] for name in names if name[:2] != "--"]
        if re.fullmatch(r"-[A-Za-z]+", word) and any(letter in word[1:] for letter in short):
            return True
    return False

"""Real git repositories for tests, without the user's own configuration."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

OWN: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
}


def git_environment(home: Path) -> dict[str, str]:
    """What a git of a test's own sees."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), **OWN}


class Repository:
    """A repository with a working tree."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main", ".")

    @property
    def url(self) -> str:
        """Its file:// URL."""
        return f"file://{self.path}"

    def git(self, *words: str) -> str:
        """What git prints; an error of git's is one of the test."""
        done = subprocess.run(
            ["git", *words],
            cwd=self.path,
            env=git_environment(self.path.parent),
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str], message: str = "a commit") -> str:
        """Write files, commit them, and return the commit."""
        for name, text in files.items():
            path = self.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

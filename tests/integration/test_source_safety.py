"""A source is read: it is not changed, and nothing in it is run."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from localbuild.sources.directory import DirectorySource
from localbuild.sources.git import GitFacts, read_git_facts
from tests.integration.source_trees import Repository, chosen, snapshot


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    (tmp_path / "home").mkdir()
    return Repository(tmp_path / "r", tmp_path / "home")


def test_the_tree_is_as_it_was_and_so_is_git_s_index(repository: Repository) -> None:
    repository.commit({"a": "1", "b/c": "2", ".gitignore": "out\n", "out": ""})
    (repository.path / "link").symlink_to("nowhere")
    os.utime(repository.path / "a", ns=(1, 1))  # git would note the new time in its index
    before = snapshot(repository.path)
    assert chosen(repository.source()) == {".gitignore", "a", "b/c", "link"}
    assert read_git_facts(repository.path, repository.environment).is_repository
    assert snapshot(repository.path) == before


def test_the_check_of_the_test_above_sees_git_s_own_refresh(repository: Repository) -> None:
    repository.commit({"a": "1"})
    os.utime(repository.path / "a", ns=(1, 1))
    before = snapshot(repository.path)
    repository.git("status")
    assert snapshot(repository.path) != before


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    return tmp_path / "canary"


@pytest.fixture(params=["core.fsmonitor", "filter.evil.clean", "filter.evil.process", "hook"])
def hostile(
    request: pytest.FixtureRequest, repository: Repository, canary: Path, tmp_path: Path
) -> Repository:
    """A repository that makes git run something when it is read."""
    repository.commit({"a": "1"})
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho ran >> '{canary}'\ncat\n")
    script.chmod(0o755)
    if request.param == "hook":
        (repository.path / ".git/hooks").mkdir(exist_ok=True)
        (repository.path / ".git/hooks/post-index-change").symlink_to(script)
    else:
        repository.git("config", request.param, str(script))
    (repository.path / ".gitattributes").write_text("* filter=evil\n")
    os.utime(repository.path / "a", ns=(1, 1))
    return repository


def test_nothing_of_a_hostile_repository_is_run(hostile: Repository, canary: Path) -> None:
    assert chosen(hostile.source()) == {".gitattributes", "a"}
    assert read_git_facts(hostile.path, hostile.environment).is_repository
    assert not canary.exists()


def test_git_alone_would_have_run_it(hostile: Repository, canary: Path) -> None:
    with suppress(subprocess.CalledProcessError):
        hostile.git("status")
    assert canary.exists()


def test_a_filter_that_cannot_be_switched_off_is_not_asked(
    repository: Repository, canary: Path
) -> None:
    repository.commit({"a": "1"})
    repository.write({".gitattributes": "* filter=e=vil\n"})
    repository.git("config", "filter.e=vil.clean", f"echo ran >> '{canary}'")
    os.utime(repository.path / "a", ns=(1, 1))
    assert read_git_facts(repository.path, repository.environment) == GitFacts()
    assert not canary.exists()


def test_variables_of_another_repository_do_not_get_in(
    repository: Repository, tmp_path: Path
) -> None:
    repository.write({".gitignore": "*.log\n", "x.log": "", "a": ""})
    other = Repository(tmp_path / "other", tmp_path / "home")
    commit = other.commit({"b": "1"})
    environment = repository.environment | {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": str(other.path / ".git/index"),
    }
    ours = DirectorySource(repository.path, environment=environment)
    assert chosen(ours) == {".gitignore", "a"}
    assert read_git_facts(repository.path, environment).commit != commit


def test_a_git_in_the_source_itself_is_not_run(
    repository: Repository, canary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.path / "git").write_text(f"#!/bin/sh\necho ran >> '{canary}'\n")
    (repository.path / "git").chmod(0o755)
    monkeypatch.chdir(repository.path)
    environment = {"PATH": ".:" + os.environ["PATH"]}
    list(DirectorySource(repository.path, environment=environment).open_archive())
    assert not canary.exists()


COPY = """
import sys
from pathlib import Path
from localbuild.sources.directory import DirectorySource
source = DirectorySource(Path(sys.argv[1]), include_ignored=True)
pieces = list(source.open_archive())
print(source.stats().files, *source.stats().warnings)
"""
WITHOUT_POWER = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")


def test_what_cannot_be_read_is_left_out_and_told(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "inner").touch()
    for name in ("open", "shut"):
        (tmp_path / name).touch()
    for name in ("closed", "shut"):
        (tmp_path / name).chmod(0)
    prefix = WITHOUT_POWER if os.geteuid() == 0 else ()
    command = [*prefix, sys.executable, "-c", COPY, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    (tmp_path / "closed").chmod(0o700)
    assert said == ("1 left out of the source because they cannot be read (2): 'shut', 'closed/'\n")

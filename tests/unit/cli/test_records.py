"""The folders of records: numbers, privacy, races."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from localbuild.cli.records.folders import allocate_record, builds_directory, prepare_record
from localbuild.errors import HostResourceError


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_numbers_count_up_and_latest_follows(tmp_path: Path) -> None:
    builds = builds_directory(tmp_path)
    for number in (1, 2, 3):
        folder = allocate_record(tmp_path)
        assert (folder.number, folder.path) == (number, builds / str(number))
        assert (builds / "latest").resolve() == folder.path
    assert sorted(p.name for p in builds.iterdir()) == ["1", "2", "3", "latest"]


def test_numbers_are_never_used_again_below_the_highest(tmp_path: Path) -> None:
    (builds_directory(tmp_path) / "7").mkdir(parents=True)
    (builds_directory(tmp_path) / "text").mkdir()
    assert allocate_record(tmp_path).number == 8


def test_records_are_the_user_s_alone_and_not_git_s(tmp_path: Path) -> None:
    folder = allocate_record(tmp_path)
    state = tmp_path / ".localbuild"
    assert [mode(p) for p in (state, state / "builds", folder.path)] == [0o700] * 3
    assert (state / ".gitignore").read_text() == "*\n"
    assert mode(state / ".gitignore") == 0o600


def test_a_gitignore_of_the_user_s_stays(tmp_path: Path) -> None:
    (tmp_path / ".localbuild").mkdir()
    (tmp_path / ".localbuild/.gitignore").write_text("mine\n")
    allocate_record(tmp_path)
    assert (tmp_path / ".localbuild/.gitignore").read_text() == "mine\n"


def test_builds_at_once_get_different_numbers(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        folders = list(pool.map(lambda _: allocate_record(tmp_path), range(64)))
    assert sorted(f.number for f in folders) == list(range(1, 65))


def test_a_source_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / ".localbuild").write_text("a file")
    with pytest.raises(HostResourceError) as caught:
        allocate_record(tmp_path)
    assert caught.value.hints == ("keep it elsewhere: localbuild run --record DIR",)


def test_a_named_folder_makes_way_for_the_new_record_only(tmp_path: Path) -> None:
    allocate_record(tmp_path)
    record = tmp_path / "out" / "record"
    record.mkdir(parents=True)
    for name in ("build.json", "events.jsonl", "build.log", "notes.txt"):
        (record / name).write_text("old")
    folder = prepare_record(record, tmp_path)
    assert (folder.number, folder.path) == (2, record)
    assert [p.name for p in record.iterdir()] == ["notes.txt"]


def test_an_older_record_s_pages_reports_and_artifacts_make_way(tmp_path: Path) -> None:
    record = tmp_path / "record"
    for name in ("reports", "artifacts/deep"):
        (record / name).mkdir(parents=True)
    names = ("build.json", "events.jsonl", "build-7.html", "build-notes.html")
    for name in (*names, "reports/a.json", "reports/a.txt", "artifacts/deep/file"):
        (record / name).write_text("old")
    prepare_record(record, tmp_path)
    left = sorted(str(p.relative_to(record)) for p in record.rglob("*"))
    assert left == ["build-notes.html", "reports", "reports/a.txt"]


@pytest.mark.parametrize("name", ["reports", "artifacts"])
def test_a_link_in_an_older_record_goes_and_what_is_behind_it_stays(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/package.json").write_text("mine")
    record = tmp_path / "record"
    record.mkdir()
    for old in ("build.json", "events.jsonl"):
        (record / old).write_text("old")
    (record / name).symlink_to(tmp_path / "mine")
    prepare_record(record, tmp_path)
    assert (tmp_path / "mine/package.json").read_text() == "mine"
    assert list(record.iterdir()) == []


def test_a_new_named_folder_is_private(tmp_path: Path) -> None:
    assert mode(prepare_record(tmp_path / "a", tmp_path).path) == 0o700


def test_a_named_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HostResourceError, match="cannot write the build record"):
        prepare_record(tmp_path / "file", tmp_path)

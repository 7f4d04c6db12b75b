"""Many builds save one key at once: one wins, all others are told so, and nothing is mixed up."""

import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from localbuild.cache.verify import verify
from localbuild.ports.cache import CacheOutcome
from tests.faults.conftest import Tally
from tests.faults.counts import short_and_full
from tests.faults.processes import processes
from tests.faults.racers import PATIENCE_S, Bucket, Place, Told, key_of, open_place, race
from tests.faults.rooms import SCOPE, FolderContainer, Project, make_root
from tests.s3.servers import Server
from tests.trees.compare import describe, differences

RACERS = 8
TOLD = {
    "another build has saved this key meanwhile",
    "the key has an entry, which is never changed",
}


def root_of(folder: Path, racer: int) -> Path:
    """A container with files of which some are the same for all racers and some are not."""
    root = make_root(folder / f"racer {racer}")
    deps = root / "src/deps"
    (deps / "below").mkdir(parents=True)
    for number in range(10):
        (deps / f"same {number}").write_bytes(b"the same in all, %d" % number)
        (deps / f"below/{number}").write_bytes(b"of racer %d, %d" % (racer, number))
    (deps / "large").write_bytes(b"%d" % racer * (1 << 20))
    return root


def run_race(place: Place, folder: Path, rounds: int) -> list[Told]:
    """All of it; what each was told in each round."""
    made = processes()
    barrier, told = made.Barrier(RACERS), made.Queue()
    running = [
        made.Process(target=race, args=(place, folder / f"racer {n}", rounds, n, barrier, told))
        for n in range(RACERS)
    ]
    for process in running:
        process.start()
    try:
        found: list[Told] = [told.get(timeout=PATIENCE_S) for _ in range(RACERS * rounds)]
        for process in running:
            process.join()
    finally:
        for process in running:
            process.kill()
    return found


def check_race(place: Place, folder: Path, rounds: int) -> None:
    """Race, and see what came of it."""
    trees = {n: describe(root_of(folder, n) / "src/deps") for n in range(RACERS)}
    by_round: dict[int, list[Told]] = defaultdict(list)
    for one in run_race(place, folder, rounds):
        assert one.error == ""
        assert one.came is not None
        assert one.came.warnings == ()
        by_round[one.round].append(one)
    store = open_place(place)
    found = verify(store, SCOPE)
    assert found.damage == ()
    assert len(found.entries) == rounds
    for number in range(rounds):
        winner = _winner(by_round[number])
        root = make_root(folder / "back")
        project = Project(key=key_of(number))
        came = project.build(lambda: [store], FolderContainer(root=root))
        assert came.restored.outcome is CacheOutcome.HIT
        assert differences(trees[winner], describe(root / "src/deps")) == []
        shutil.rmtree(root)
    store.end()


def _winner(told: Iterable[Told]) -> int:
    saved = {one.racer: one.came.saved for one in told if one.came is not None}
    (winner,) = (racer for racer, each in saved.items() if each.saved)
    assert len(saved) == RACERS
    assert {each.reason for racer, each in saved.items() if racer != winner} <= TOLD
    return winner


@short_and_full(5, 50, "rounds")
def test_one_of_eight_wins_in_a_directory(tmp_path: Path, tally: Tally, rounds: int) -> None:
    check_race(tmp_path / "store", tmp_path, rounds)
    tally("races of eight in a directory without one winner", rounds)


@pytest.mark.s3
@short_and_full(5, 50, "rounds")
def test_one_of_eight_wins_in_a_bucket(
    tmp_path: Path, seaweed_server: Server, tally: Tally, rounds: int
) -> None:
    check_race(Bucket(seaweed_server, f"races/{rounds}"), tmp_path, rounds)
    tally("races of eight in a bucket without one winner", rounds)

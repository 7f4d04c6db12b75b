"""What a directory's store leaves on the disk, whom it lets in, what the system's faults are."""

import errno
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from localbuild.cache.stores.directory import DirectoryStore
from localbuild.cache.stores.disk_faults import disk_faults
from localbuild.ports.store import Fault, StoreError
from tests.conftest import missing
from tests.contracts.store_contract import faults

NAME = "v1/scopes/s/o/ab/cdef"
PROCESSES = 8
ROUNDS = 10


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def store(root: Path) -> Iterator[DirectoryStore]:
    store = DirectoryStore(root)
    yield store
    store.close()


def files_below(root: Path) -> list[str]:
    """Every file but the clock."""
    found = (str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir())
    return sorted(name for name in found if name != "tmp/clock")


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_modes_are_ours_whatever_the_umask(root: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        store = DirectoryStore(root / "deep" / "down")
        store.create(NAME, [b"x"])
        store.replace("v1/scopes/s/m/u", b"x")
        store.now()
    finally:
        os.umask(before)
    modes = {p: p.lstat().st_mode & 0o7777 for p in [root, *root.rglob("*")]}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.name in ("cdef", "u")} == {0o400}


def test_a_look_makes_nothing(root: Path, store: DirectoryStore) -> None:
    assert store.read(NAME) is None
    assert list(store.list("")) == []
    assert store.sweep(0) == 0
    assert store.now() > 0
    assert not root.exists()


def test_only_objects_are_left(root: Path, store: DirectoryStore) -> None:
    store.create(NAME, [b"x"])
    store.create(NAME, [b"y"])
    store.replace("v1/scopes/s/m/u", b"x")
    store.replace("v1/scopes/s/m/u", b"y")
    store.remove(NAME)
    assert files_below(root) == ["v1/scopes/s/m/u"]


def test_what_is_no_object_is_not_listed(root: Path, store: DirectoryStore) -> None:
    store.create(NAME, [b"x"])
    (root / "v1" / "lost+found").mkdir()
    (root / "v1" / "ä").write_bytes(b"")
    (root / "v1" / "link").symlink_to(root / NAME)
    (root / "v1" / "way").symlink_to(root / "v1" / "scopes")
    os.mkfifo(root / "v1" / "fifo")
    assert [found.name for found in store.list("")] == [NAME]


# --- links and owners --------------------------------------------------------------------------


def test_no_link_below_the_root_is_followed(
    root: Path, store: DirectoryStore, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere" / "ab").mkdir(parents=True)
    (tmp_path / "elsewhere" / "ab" / "cdef").write_bytes(b"planted")
    store.create("v1/scopes/s/m/u", [b"x"])
    (root / "v1/scopes/s/o").symlink_to(tmp_path / "elsewhere")
    assert store.read(NAME) is None
    assert store.find(NAME) is None
    assert faults(lambda: store.create("v1/scopes/s/o/cd/ef", [b"x"])) is Fault.WRONG
    assert faults(lambda: store.replace("v1/scopes/s/o/cd/ef", b"x")) is Fault.WRONG
    assert files_below(tmp_path / "elsewhere") == ["ab/cdef"]


def test_a_link_is_no_object(root: Path, store: DirectoryStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    store.create("v1/scopes/s/o/ab/other", [b"x"])
    (root / NAME).symlink_to(tmp_path / "secret")
    for act in (lambda: store.read(NAME), lambda: store.read_range(NAME, 0, 1)):
        assert faults(act) is Fault.WRONG
    assert faults(lambda: store.create(NAME, [b"x"])) is Fault.WRONG
    assert (tmp_path / "secret").read_bytes() == b"secret"


@pytest.mark.parametrize("kind", ["fifo", "directory"])
def test_what_is_no_file_is_no_object(root: Path, store: DirectoryStore, kind: str) -> None:
    store.create("v1/scopes/s/o/ab/other", [b"x"])
    os.mkfifo(root / NAME) if kind == "fifo" else (root / NAME).mkdir()
    assert faults(lambda: store.read(NAME)) is Fault.WRONG
    assert faults(lambda: store.create(NAME, [b"x"])) is Fault.WRONG
    assert faults(lambda: store.replace(NAME, b"x")) is Fault.WRONG


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(0o700)
    (tmp_path / "root").symlink_to("real")
    DirectoryStore(tmp_path / "root").create(NAME, [b"x"])
    assert files_below(tmp_path / "real") == [NAME]


@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777, 0o1777])
def test_a_directory_that_others_may_write_to_is_refused(
    root: Path, store: DirectoryStore, mode: int
) -> None:
    root.mkdir()
    root.chmod(mode)
    for act in (lambda: store.read(NAME), lambda: store.create(NAME, [b"x"]), store.now):
        with pytest.raises(StoreError, match="other users may write") as caught:
            act()
        assert caught.value.fault is Fault.DENIED
        assert caught.value.hints == (f"chmod go-w {root}",)


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """`/` belongs to root; who runs the suite as root gives a directory away."""
    place = Path("/")
    if os.geteuid() == 0:
        place = tmp_path / "theirs"
        place.mkdir(0o700)
        os.chown(place, 1234, -1)
    with pytest.raises(StoreError, match="belongs to user") as caught:
        DirectoryStore(place).read(NAME)
    assert caught.value.fault is Fault.DENIED


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = DirectoryStore(tmp_path / "file")
    assert faults(lambda: store.read(NAME)) is Fault.WRONG
    assert faults(lambda: store.create(NAME, [b"x"])) is Fault.WRONG


# --- the dead and the living -------------------------------------------------------------------


def leave(root: Path, name: str, age_s: float) -> Path:
    """A file of a writer that is dead."""
    (root / "tmp").mkdir(0o700, exist_ok=True, parents=True)
    path = root / "tmp" / name
    path.write_bytes(b"half")
    then = path.stat().st_mtime - age_s
    os.utime(path, (then, then))
    return path


def test_a_dead_writers_file_is_swept_once_it_is_old(root: Path, store: DirectoryStore) -> None:
    store.create(NAME, [b"x"])
    old, young = leave(root, "1-old", 100), leave(root, "1-young", 10)
    assert store.sweep(50) == 1
    assert (old.exists(), young.exists()) == (False, True)
    assert store.sweep(0) == 1
    assert files_below(root) == [NAME]


def test_a_living_writers_file_stays(root: Path, store: DirectoryStore) -> None:
    store.create(NAME, [b"x"])
    held = leave(root, "1-held", 100)
    with held.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert store.sweep(50) == 0
    assert store.sweep(50) == 1


def test_an_object_that_another_process_holds_is_waited_for(root: Path) -> None:
    """A remover between its last look and the removal: nobody may count on the object."""
    turns: list[float] = []
    store = DirectoryStore(root, sleep=turns.append)
    store.create(NAME, [b"x"])
    with (root / NAME).open("rb") as remover:
        fcntl.flock(remover, fcntl.LOCK_EX)
        assert faults(lambda: store.freshen(NAME)) is Fault.UNAVAILABLE
        assert 1 < sum(turns) < 10
    assert store.freshen(NAME) is True


def test_what_is_removed_while_it_is_waited_for_is_not_there(root: Path) -> None:
    with DirectoryHolder(root) as remover:
        store = DirectoryStore(root, sleep=lambda _: remover.remove())
        assert store.freshen(NAME) is False
        assert store.create(NAME, [b"new"]) is True


class DirectoryHolder:
    """Another process that removes NAME, slowly."""

    def __init__(self, root: Path) -> None:
        DirectoryStore(root).create(NAME, [b"x"])
        self._path = root / NAME
        self._file = self._path.open("rb")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __enter__(self) -> "DirectoryHolder":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def remove(self) -> None:
        self._path.unlink()
        self._file.close()


def create_in_rounds(root: Path, number: int, barrier: Barrier) -> list[bool]:
    """One process of the race: which rounds it won."""
    store = DirectoryStore(root)
    won = []
    for turn in range(ROUNDS):
        barrier.wait(60)
        won.append(store.create(f"v1/scopes/s/m/v/k.{turn}", [b"%d" % number] * 3_000))
    return won


def run_racer(root: Path, number: int, barrier: Barrier) -> None:
    (root.parent / f"won-{number}").write_text(json.dumps(create_in_rounds(root, number, barrier)))


def test_one_process_of_many_wins(root: Path) -> None:
    spawn = get_context("spawn")
    barrier = spawn.Barrier(PROCESSES)
    racers = [spawn.Process(target=run_racer, args=(root, n, barrier)) for n in range(PROCESSES)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    results = [json.loads((root.parent / f"won-{n}").read_text()) for n in range(PROCESSES)]
    for turn in range(ROUNDS):
        winners = [n for n in range(PROCESSES) if results[n][turn]]
        assert len(winners) == 1
        data = (root / f"v1/scopes/s/m/v/k.{turn}").read_bytes()
        assert data == b"%d" % winners[0] * 3_000
    assert len(files_below(root)) == ROUNDS


# --- faults ------------------------------------------------------------------------------------

MEANINGS = {
    errno.ENOSPC: Fault.FULL,
    errno.EDQUOT: Fault.FULL,
    errno.EFBIG: Fault.FULL,
    errno.EROFS: Fault.READ_ONLY,
    errno.EACCES: Fault.DENIED,
    errno.EPERM: Fault.DENIED,
    errno.ENOTDIR: Fault.WRONG,
    errno.EIO: Fault.UNAVAILABLE,
    errno.ESTALE: Fault.UNAVAILABLE,
    errno.EMFILE: Fault.UNAVAILABLE,
}


@pytest.mark.parametrize(("number", "fault"), MEANINGS.items(), ids=errno.errorcode.get)
def test_what_error_numbers_mean(tmp_path: Path, number: int, fault: Fault) -> None:
    with pytest.raises(StoreError) as caught, disk_faults(tmp_path, NAME, needed=5):
        raise OSError(number, os.strerror(number))
    assert caught.value.fault is fault
    assert caught.value.message.startswith(f"{tmp_path / NAME}: ")


def test_what_cannot_be_read_is_broken(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught, disk_faults(tmp_path, NAME, reading=True):
        raise OSError(errno.EIO, os.strerror(errno.EIO))
    assert caught.value.fault is Fault.CORRUPT


SMALL_DISK = """
import sys
from pathlib import Path
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.ports.store import StoreError
root = Path(sys.argv[1]) / "cache"
store = DirectoryStore(root)
try:
    for number in range(1000):
        store.create(f"v1/o/{number}", [bytes(int(sys.argv[2]))])
except StoreError as error:
    print(error.fault, error.message.replace(str(root), "ROOT"))
print(all(len(store.read(found.name)) == int(sys.argv[2]) for found in store.list("")))
print(len(list((root / "tmp").iterdir())))
"""


READ_ONLY_DISK = """
import sys
from pathlib import Path
from localbuild.cache.stores.directory import DirectoryStore
from localbuild.ports.store import StoreError
import os
store = DirectoryStore(Path(sys.argv[1]))
store.create("v1/a", [b"x"])
os.system(f"mount -o remount,ro {sys.argv[1]}")
print(store.read("v1/a"), store.read_range("v1/a", 0, 1), store.now() > 0, store.sweep(0))
for act in (
    lambda: store.create("v1/b", [b"x"]),
    lambda: store.replace("v1/a", b"x"),
    lambda: store.freshen("v1/a"),
    lambda: store.remove("v1/a"),
):
    try:
        act()
    except StoreError as error:
        print(error.fault)
"""


def on_a_small_disk(mount: Path, options: str, program: str, *arguments: str) -> list[str]:
    """What a program prints that runs where a small file system is mounted at `mount`."""
    mount.mkdir()
    script = f'mount -t tmpfs -o "mode=700,{options}" none "$0" && exec "$@"'
    run = [sys.executable, "-c", program, str(mount), *arguments]
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "sh", "-c", script, str(mount), *run],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_full_disk_says_what_it_needs_and_has(tmp_path: Path) -> None:
    said = on_a_small_disk(tmp_path / "mount", "size=1m", SMALL_DISK, "300000")
    assert said[0].startswith("full ROOT/v1/o/3: the disk is full: 300 kB needed, ")
    assert said[0].endswith(" free")
    assert said[1:] == ["True", "0"]


def test_a_disk_without_inodes_says_so(tmp_path: Path) -> None:
    said = on_a_small_disk(tmp_path / "mount", "size=1m,nr_inodes=20", SMALL_DISK, "10")
    assert "no free inodes" in said[0]
    assert said[1:] == ["True", "0"]


def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    said = on_a_small_disk(tmp_path / "mount", "size=1m", READ_ONLY_DISK)
    assert said == ["b'x' b'x' True 0", *["read-only"] * 4]


def test_a_limit_on_files_is_a_full_disk(tmp_path: Path) -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
    done = subprocess.run(
        [sys.executable, "-c", program + SMALL_DISK, str(tmp_path), "100000"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == "full ROOT/v1/o/0: File too large: 100 kB needed"


# --- what lasts --------------------------------------------------------------------------------

ONE_OF_EACH = """
import sys
from pathlib import Path
from localbuild.cache.stores.directory import DirectoryStore
store = DirectoryStore(Path(sys.argv[1]))
store.create("v1/o/ab/cd", [b"x" * 5000])
store.replace("v1/m/u", b"manifest")
store.settle()
"""


def calls_of(tmp_path: Path) -> list[str]:
    """The system calls that write one of each, in order, descriptors by their path."""
    strace = shutil.which("strace")
    if strace is None:
        missing("strace", "strace is not installed")
    traced = "-e", "trace=openat,write,writev,fsync,fdatasync,linkat,rename,renameat,unlinkat"
    command = [strace or "", "-f", "-y", *traced, sys.executable, "-c", ONE_OF_EACH]
    done = subprocess.run(
        [*command, str(tmp_path / "cache")], capture_output=True, text=True, check=True
    )
    root = str(tmp_path / "cache")
    return [line.replace(root, "ROOT") for line in done.stderr.splitlines() if root in line]


def place_of(calls: list[str], *parts: str) -> int:
    """Where in the calls the first one is that has all the parts."""
    return next(n for n, call in enumerate(calls) if all(part in call for part in parts))


def test_what_is_settled_lasts_before_what_needs_it(tmp_path: Path) -> None:
    """An object, its directory and all above it, and only then a manifest, in the same way."""
    calls = calls_of(tmp_path)
    assert place_of(calls, "linkat(", '"cd"') < place_of(calls, "rename", '"u"')
    steps = (["/o/ab/cd>"], ["/o/ab>", "/o>", ">"], ["/m/u>"], ["/m>"])
    lasting = [[place_of(calls, "fsync(", f"ROOT/v1{path}") for path in step] for step in steps]
    for earlier, later in itertools.pairwise(lasting):
        assert max(earlier) < min(later)

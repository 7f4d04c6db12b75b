"""What every store promises: one suite for all of them (`ports/store.py`)."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localbuild.ports.store import ByteStore, Fault, StoreError

RACERS = 8
ALPHABET = "abcXYZ019_%~.-"

some = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.differing_executors,
        HealthCheck.too_slow,
    ],
)
parts = st.text(ALPHABET, min_size=1, max_size=12).filter(lambda part: part not in (".", ".."))
names = st.lists(parts, min_size=1, max_size=4).map("/".join)
contents = st.lists(st.binary(max_size=2_000), max_size=5)
BAD_NAMES = (
    "",
    "/",
    "a//b",
    "/a",
    "a/",
    ".",
    "a/..",
    "../a",
    "a/./b",
    "a b",
    "a\n",
    "a\0",
    "ä",
    "tmp",
    "tmp/x",
    "a/" * 451 + "a",
    "n" * 256,
)


class WallClock:
    """The time of day: what a store in memory has for its own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return self.now().timestamp()


def fresh() -> str:
    """The beginning of names that no other test uses."""
    return f"v1/{uuid.uuid4().hex}/"


def race(count: int, act: Callable[[int], bool]) -> list[bool]:
    """What each of `count` threads came to, that began at once."""
    barrier = threading.Barrier(count)

    def run(number: int) -> bool:
        barrier.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def faults(act: Callable[[], object]) -> Fault | None:
    """What kind of fault `act` ends in; its message is one line."""
    try:
        act()
    except StoreError as error:
        return error.fault if len(error.message.splitlines()) == 1 else None
    return None


class StoreContract:
    """Mixed into a test class that has the fixture `store`; other tests may use its objects, too.

    `one_winner`: of many that create one object at once, exactly one is told that it did.
    """

    one_winner = True

    def test_it_says_where_it_is_and_what_suits_it(self, store: ByteStore) -> None:
        assert store.url
        assert 2 <= store.parallel <= 32
        assert 1 <= store.level <= 19

    def test_what_is_not_there_is_none(self, store: ByteStore) -> None:
        for name in (fresh() + "o/ab/cd", "nowhere", "no/where"):
            assert store.read(name) is None
            assert store.read_range(name, 0, 5) is None
            assert store.find(name) is None
            assert store.freshen(name) is False
            assert store.remove(name) is False
            assert list(store.list(name)) == []

    def test_what_was_created_is_there(self, store: ByteStore) -> None:
        name = fresh() + "o/ab/cd"
        assert store.create(name, [b"hello ", b"", b"world"]) is True
        assert store.read(name) == b"hello world"
        found = store.find(name)
        assert found is not None
        assert (found.name, found.size_bytes) == (name, 11)
        assert abs(found.modified_s - store.now()) < 60
        assert list(store.list(name)) == [found]

    def test_a_second_create_changes_nothing(self, store: ByteStore) -> None:
        name = fresh() + "m/k.a"
        assert store.create(name, [b"first"]) is True
        before = store.find(name)
        assert store.create(name, [b"second"]) is False
        assert store.read(name) == b"first"
        assert store.find(name) == before

    def test_an_empty_object_is_one(self, store: ByteStore) -> None:
        name = fresh() + "empty"
        assert store.create(name, []) is True
        assert store.read(name) == b""
        assert store.read_range(name, 0, 0) == b""
        assert store.create(name, [b"x"]) is False

    def test_many_pieces_are_one_object(self, store: ByteStore) -> None:
        name = fresh() + "pieces"
        pieces = [b"%05d" % number for number in range(5_000)]
        assert store.create(name, pieces) is True
        assert store.read(name) == b"".join(pieces)

    def test_a_large_object_is_whole(self, store: ByteStore) -> None:
        """Larger than what S3 takes in one request here, and no multiple of anything."""
        name = fresh() + "large"
        piece = bytes(range(256)) * 4096
        pieces = [piece] * 20 + [b"end"]
        assert store.create(name, pieces) is True
        assert store.create(name, [b"x" * len(piece)] * 20) is False
        assert store.read(name) == b"".join(pieces)
        assert store.read_range(name, 20 * len(piece) - 2, 5) == b"\xfe\xffend"
        store.remove(name)

    @some
    @given(names, contents)
    def test_any_bytes_under_any_name(
        self, store: ByteStore, name: str, pieces: list[bytes]
    ) -> None:
        name = fresh() + name
        assert store.create(name, pieces) is True
        assert store.read(name) == b"".join(pieces)
        assert [found.name for found in store.list(name)] == [name]

    @pytest.mark.parametrize("name", BAD_NAMES, ids=range(len(BAD_NAMES)))
    def test_what_is_no_name_is_refused(self, store: ByteStore, name: str) -> None:
        assert faults(lambda: store.read(name)) is Fault.WRONG
        assert faults(lambda: store.create(name, [b"x"])) is Fault.WRONG
        assert faults(lambda: store.replace(name, b"x")) is Fault.WRONG
        assert faults(lambda: store.remove(name)) is Fault.WRONG

    def test_long_names_are_names(self, store: ByteStore) -> None:
        name = fresh() + "/".join(["n" * 200] * 4)
        assert store.create(name, [b"x"]) is True
        assert store.read(name) == b"x"

    # --- reading -----------------------------------------------------------------------------

    def test_a_range_is_exactly_that(self, store: ByteStore) -> None:
        name = fresh() + "range"
        data = bytes(range(200))
        store.create(name, [data])
        for offset, length in ((0, 1), (0, 200), (7, 50), (199, 1), (5, 0), (200, 0)):
            assert store.read_range(name, offset, length) == data[offset : offset + length]

    def test_a_range_beyond_the_end_is_a_fault(self, store: ByteStore) -> None:
        name = fresh() + "short"
        store.create(name, [b"12345"])
        for offset, length in ((0, 6), (4, 2), (5, 1), (100, 1)):
            assert faults(lambda o=offset, n=length: store.read_range(name, o, n)) is Fault.CORRUPT  # type: ignore[misc]

    def test_many_read_at_once(self, store: ByteStore) -> None:
        start = fresh()
        for number in range(10):
            store.create(f"{start}{number}", [b"%d" % number * 1000])

        def reads(number: int) -> bool:
            wanted = b"%d" % (number % 10)
            name = f"{start}{number % 10}"
            return store.read(name) == wanted * 1000 and store.read_range(name, 9, 3) == wanted * 3

        assert race(20, reads) == [True] * 20

    # --- listing -----------------------------------------------------------------------------

    def test_a_list_is_in_the_order_of_names(self, store: ByteStore) -> None:
        start = fresh()
        made = ["a", "a-b", "a.b", "a/b", "a/c", "a0", "a%2F", "b/a/a", "b-/z", "b~", "B", "_"]
        for name in reversed(made):
            if name != "a":  # a directory cannot have both `a` and `a/b`
                store.create(start + name, [b"x"])
        listed = [found.name for found in store.list(start)]
        assert listed == sorted(start + name for name in made if name != "a")

    def test_a_prefix_may_end_anywhere(self, store: ByteStore) -> None:
        start = fresh()
        for name in ("m/k.npm-1", "m/k.npm-2", "m/k.pip", "m2/k.npm-3", "o/ab"):
            store.create(start + name, [b"x"])
        for prefix, count in (("m", 4), ("m/", 3), ("m/k.npm-", 2), ("m/k.npm-2", 1), ("x", 0)):
            assert len(list(store.list(start + prefix))) == count, prefix

    def test_a_list_may_be_left_and_the_store_changed_meanwhile(self, store: ByteStore) -> None:
        start = fresh()
        for number in range(5):
            store.create(f"{start}{number}", [b"x"])
        listing = store.list(start)
        assert next(listing).name == start + "0"
        store.remove(start + "3")
        store.create(start + "9", [b"x"])
        assert {found.name for found in listing} >= {start + "1", start + "2", start + "4"}

    def test_a_list_of_many_is_complete(self, store: ByteStore) -> None:
        start = fresh()
        wanted = [f"{start}{number:04d}" for number in range(60)]
        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(lambda name: store.create(name, [b"x"]), wanted))
        assert [found.name for found in store.list(start)] == wanted

    # --- changing ----------------------------------------------------------------------------

    def test_replace_writes_over(self, store: ByteStore) -> None:
        name = fresh() + "u"
        store.replace(name, b"one")
        first = store.find(name)
        assert store.read_range(name, 0, 3) == b"one"
        store.replace(name, b"three")
        second = store.find(name)
        assert store.read(name) == b"three"
        assert store.read_range(name, 1, 4) == b"hree"
        assert first is not None
        assert second is not None
        assert first.tag != second.tag
        assert store.create(name, [b"x"]) is False

    def test_a_reader_sees_one_or_the_other(self, store: ByteStore) -> None:
        name = fresh() + "u"
        versions = [bytes([65 + number]) * 50_000 for number in range(8)]
        store.replace(name, versions[0])
        done = threading.Event()

        def write() -> bool:
            try:
                for version in versions[1:]:
                    store.replace(name, version)
            finally:
                done.set()
            return True

        def read() -> bool:
            seen = {store.read(name)}
            while not done.is_set():
                seen.add(store.read(name))
            return seen <= set(versions)

        assert race(4, lambda number: write() if number == 0 else read()) == [True] * 4
        assert store.read(name) == versions[-1]

    def test_many_replace_at_once(self, store: ByteStore) -> None:
        name = fresh() + "u"
        versions = [bytes([65 + number]) * 9_000 for number in range(RACERS)]

        def write(number: int) -> bool:
            store.replace(name, versions[number])
            return True

        race(RACERS, write)
        assert store.read(name) in versions

    @pytest.mark.parametrize("turn", range(3))
    def test_one_of_many_creators_wins(self, store: ByteStore, turn: int) -> None:
        name = fresh() + f"o/ab/raced-{turn}"
        versions = [bytes([65 + number]) * 70_000 for number in range(RACERS)]
        won = race(RACERS, lambda number: store.create(name, [versions[number]]))
        assert store.read(name) in versions
        if self.one_winner:
            assert store.read(name) == versions[won.index(True)]
            assert sum(won) == 1
        else:
            assert any(won)

    def test_freshen_makes_young(self, store: ByteStore) -> None:
        name = fresh() + "o/ab/old"
        store.create(name, [b"data"])
        before = store.find(name)
        assert store.freshen(name) is True
        after = store.find(name)
        assert before is not None
        assert after is not None
        assert after.modified_s >= before.modified_s
        assert after.size_bytes == before.size_bytes
        assert store.read(name) == b"data"

    def test_removed_is_gone(self, store: ByteStore) -> None:
        name = fresh() + "o/ab/gone"
        store.create(name, [b"data"])
        assert store.read_range(name, 0, 4) == b"data"
        assert store.remove(name) is True
        assert store.remove(name) is False
        assert store.read(name) is None
        assert store.read_range(name, 0, 4) is None
        assert store.create(name, [b"new!"]) is True
        assert store.read_range(name, 0, 4) == b"new!"

    def test_what_was_seen_is_removed(self, store: ByteStore) -> None:
        name = fresh() + "seen"
        store.create(name, [b"data"])
        seen = next(iter(store.list(name)))
        assert store.remove(name, store.find(name)) is True
        assert store.remove(name, seen) is False

    def test_what_was_replaced_since_stays(self, store: ByteStore) -> None:
        name = fresh() + "u"
        store.replace(name, b"old")
        seen = store.find(name)
        store.replace(name, b"new")
        assert store.remove(name, seen) is False
        assert store.read(name) == b"new"

    def test_what_was_freshened_since_stays(self, store: ByteStore) -> None:
        name = fresh() + "o/ab/needed"
        store.create(name, [b"data"])
        seen = next(iter(store.list(name)))
        self.wait_a_tick()
        assert store.freshen(name) is True
        assert store.remove(name, seen) is False
        assert store.read(name) == b"data"

    def wait_a_tick(self) -> None:
        """Let the store's clock move on, where that alone tells a freshened object."""

    def test_nothing_is_swept_that_is_whole(self, store: ByteStore) -> None:
        name = fresh() + "whole"
        store.create(name, [b"data"])
        store.sweep(0)
        assert store.read(name) == b"data"

    def test_its_clock_goes_on(self, store: ByteStore) -> None:
        first = store.now()
        assert store.now() >= first

    def test_it_may_be_closed_twice(self, store: ByteStore) -> None:
        store.close()
        store.close()

"""An S3 server that is sick, lying or not there: each costs bounded time and ends in its fault."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from localbuild.cache.keys import object_name
from localbuild.cache.stores.pace import Limits
from localbuild.cache.stores.retrying import Patience, RetryingStore
from localbuild.cache.stores.s3 import S3Store
from localbuild.cache.stores.s3_client import S3Place
from localbuild.ports.store import ByteStore, Fault, StoreError
from tests.s3.fault_server import Faulty, Mode, fault_server
from tests.s3.servers import BUCKET, Server, free_ports

QUICK = Limits(connect_s=0.5, answer_s=0.5, floor_bytes_s=1_000, window_s=0.5, whole_s=5)
DATA = bytes(range(256)) * 2_000
NAME = "v1/scopes/s/o/ab/cdef"
NEW = "v1/scopes/s/o/ab/new"
ENTRY = "v1/scopes/s/m/v/k.key"

VERBS: dict[str, Callable[[ByteStore], object]] = {
    "read": lambda store: store.read(NAME),
    "read_range": lambda store: store.read_range(NAME, 5, 50_000),
    "find": lambda store: store.find(NAME),
    "list": lambda store: list(store.list("v1/")),
    "create": lambda store: store.create(NEW, [DATA]),
    "replace": lambda store: store.replace(NAME, b"new"),
}


HANGING = (Mode.BLACK_HOLE, Mode.DRIP_HEADERS, Mode.DRIP_BODY, Mode.DRIP_LIST, Mode.STALL)


@pytest.fixture(scope="module")
def running(aws: None) -> Iterator[Faulty]:
    with fault_server() as faulty:
        yield faulty


@pytest.fixture
def faulty(running: Faulty) -> Iterator[Faulty]:
    """The server, well, with NAME on it."""
    running.get_well()
    running.objects[f"/{BUCKET}/some/prefix/{NAME}"] = DATA
    yield running
    running.get_well()


@pytest.fixture(scope="module")
def quick_store(running: Faulty) -> Iterator[S3Store]:
    """For servers that hang: it is soon at its wits' end."""
    yield from known_store(running, QUICK)


@pytest.fixture(scope="module")
def store(running: Faulty) -> Iterator[S3Store]:
    """For all others: a machine that is slow is no fault."""
    yield from known_store(running, Limits())


def known_store(faulty: Faulty, limits: Limits) -> Iterator[S3Store]:
    """A store that has its client and knows the server."""
    store = faulty.server.store(limits=limits)
    for turn in range(50):
        with suppress(StoreError):
            store.create(f"v1/known/{turn}", [b"x"])
            break
    yield store
    store.close()


def fault_of(act: Callable[[], object]) -> StoreError:
    """The StoreError that `act` must end in; its message names the store and is one line."""
    with pytest.raises(StoreError) as caught:
        act()
    assert caught.value.message.startswith(f"s3://{BUCKET}/some/prefix")
    assert len(caught.value.message.splitlines()) == 1
    return caught.value


SICK = {
    Mode.BLACK_HOLE: Fault.UNAVAILABLE,
    Mode.GARBAGE: Fault.UNAVAILABLE,
    Mode.HANG_UP: Fault.UNAVAILABLE,
    Mode.DRIP_HEADERS: Fault.UNAVAILABLE,
    Mode.BROKEN: Fault.UNAVAILABLE,
    Mode.OVERLOADED: Fault.UNAVAILABLE,
    Mode.DENIED: Fault.DENIED,
    Mode.EXPIRED: Fault.DENIED,
    Mode.LYING: Fault.WRONG,
    Mode.QUOTA: Fault.FULL,
}


CASES = [(mode, verb) for mode in SICK for verb in VERBS]


@pytest.mark.parametrize(("mode", "verb"), CASES, ids=map("-".join, CASES))
def test_every_verb_ends_in_the_fault(
    store: S3Store, quick_store: S3Store, faulty: Faulty, mode: Mode, verb: str
) -> None:
    faulty.misbehave(mode)
    asked = quick_store if mode in HANGING else store
    error = fault_of(lambda: VERBS[verb](asked))
    assert error.fault is SICK[mode]
    assert list(faulty.objects.values()) == [DATA]


def test_a_dead_server_is_unavailable(aws: None) -> None:
    server = Server(endpoint_url=f"http://127.0.0.1:{free_ports(1)[0]}")
    store = server.store(limits=QUICK)
    for act in VERBS.values():
        assert fault_of(lambda act=act: act(store)).fault is Fault.UNAVAILABLE  # type: ignore[misc]


# --- bodies ------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.DRIP_BODY, Mode.STALL])
@pytest.mark.parametrize("verb", ["read", "read_range"])
def test_a_body_that_does_not_get_on_is_given_up(
    quick_store: S3Store, faulty: Faulty, mode: Mode, verb: str
) -> None:
    faulty.misbehave(mode)
    error = fault_of(lambda: VERBS[verb](quick_store))
    assert error.fault is Fault.UNAVAILABLE
    assert len(faulty.requests) == 1


def test_a_list_that_drips_is_given_up(quick_store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.DRIP_LIST)
    error = fault_of(lambda: VERBS["list"](quick_store))
    assert error.fault is Fault.UNAVAILABLE
    assert "does not get on" in error.message


def test_an_answer_that_breaks_off_is_read_on(store: S3Store, faulty: Faulty) -> None:
    for verb, wanted in (("read", DATA), ("read_range", DATA[5:50_005])):
        faulty.misbehave(Mode.CUT, times=2)
        assert VERBS[verb](store) == wanted
        assert len(faulty.requests) == 3


def test_an_answer_that_always_breaks_off_is_given_up(store: S3Store, faulty: Faulty) -> None:
    for verb in ("read", "read_range"):
        faulty.misbehave(Mode.CUT)
        assert fault_of(lambda verb=verb: VERBS[verb](store)).fault is Fault.UNAVAILABLE  # type: ignore[misc]
        assert len(faulty.requests) == 3


def test_a_server_without_ranges_is_wrong(store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.NO_RANGES)
    assert fault_of(lambda: VERBS["read_range"](store)).fault is Fault.WRONG


# --- writing -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [Mode.NO_ETAG, Mode.WRONG_CHECKSUM])
@pytest.mark.parametrize("verb", ["create", "replace"])
def test_a_write_is_believed_only_with_its_proof(
    store: S3Store, faulty: Faulty, mode: Mode, verb: str
) -> None:
    faulty.misbehave(mode)
    assert fault_of(lambda: VERBS[verb](store)).fault is Fault.WRONG


@pytest.mark.parametrize("mode", [Mode.NO_CONDITIONS, Mode.UNKNOWN_CONDITIONS])
def test_a_server_without_conditions_is_seen_and_told_of(faulty: Faulty, mode: Mode) -> None:
    faulty.misbehave(mode)
    store = faulty.server.store()
    faulty.objects.clear()
    assert store.create(ENTRY, [b"first"]) is True
    assert store.create(ENTRY, [b"second"]) is False
    assert store.read(ENTRY) == b"first"
    assert [line for line in store.warnings if "no conditional writes" in line] == list(
        store.warnings
    )
    assert len(store.warnings) == 1
    assert [key for key in faulty.objects if "probe" in key] == []


def test_a_server_with_conditions_is_asked_once(faulty: Faulty) -> None:
    store = faulty.server.store()
    store.create("v1/one", [b"first"])
    faulty.requests.clear()
    assert store.create(NEW, [b"x"]) is True
    assert faulty.requests == ["PUT new"]
    assert store.warnings == ()
    assert [key for key in faulty.objects if "probe" in key] == []


@pytest.mark.parametrize("mode", [Mode.WELL, Mode.NO_CONDITIONS, Mode.UNKNOWN_CONDITIONS])
def test_an_object_of_one_content_is_written_without_asking(faulty: Faulty, mode: Mode) -> None:
    store, name = faulty.server.store(), object_name("s", "ab" * 32)
    faulty.misbehave(mode)
    assert store.create(name, [DATA]) is True
    assert store.read(name) == DATA
    assert not [request for request in faulty.requests if "probe" in request]


def test_a_conflict_is_tried_again(faulty: Faulty) -> None:
    waits: list[float] = []
    place = S3Place(bucket=BUCKET, region="us-east-1", endpoint_url=faulty.endpoint_url)
    store = S3Store(place, sleep=waits.append, random=lambda: 0.5)
    store.create("v1/one", [b"x"])
    faulty.misbehave(Mode.CONFLICT, times=4)
    assert store.create(NEW, [b"x"]) is True
    assert len(waits) == 4
    faulty.misbehave(Mode.CONFLICT)
    with pytest.raises(StoreError) as caught:
        store.create("v1/other", [b"x"])
    assert caught.value.fault is Fault.UNAVAILABLE
    assert len(faulty.requests) == 5


# --- who may -----------------------------------------------------------------------------------

PERMISSIONS = {
    "read": "s3:GetObject",
    "read_range": "s3:GetObject",
    "find": "s3:GetObject",
    "list": "s3:ListBucket",
    "create": "s3:PutObject",
    "replace": "s3:PutObject",
}


@pytest.mark.parametrize(("verb", "permission"), PERMISSIONS.items())
def test_a_denial_names_what_to_allow(
    store: S3Store, faulty: Faulty, verb: str, permission: str
) -> None:
    faulty.misbehave(Mode.DENIED)
    error = fault_of(lambda: VERBS[verb](store))
    assert permission in error.message
    assert f"allow {permission} in the policy" in error.hints


def test_expired_credentials_are_renewed_once(store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.EXPIRED, times=1)
    assert store.read(NAME) == DATA
    faulty.misbehave(Mode.EXPIRED)
    error = fault_of(lambda: store.read(NAME))
    assert "credentials expired" in error.message
    assert len(faulty.requests) == 2


def test_a_wrong_clock_is_told_of(store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.SKEWED)
    error = fault_of(lambda: store.read(NAME))
    assert error.fault is Fault.DENIED
    assert "clock is wrong" in error.message


def test_a_bucket_that_is_not_there_is_wrong(store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.NO_BUCKET)
    for verb in ("read", "list", "create", "replace"):
        assert fault_of(lambda verb=verb: VERBS[verb](store)).fault is Fault.WRONG  # type: ignore[misc]


# --- all of it: what a build is made to wait for -------------------------------------------------


class FakeTime:
    """A clock that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("mode", [Mode.BROKEN, Mode.HANG_UP, Mode.GARBAGE, Mode.BLACK_HOLE])
def test_a_sick_server_is_asked_three_times_and_never_again(
    store: S3Store, quick_store: S3Store, faulty: Faulty, mode: Mode
) -> None:
    clock = FakeTime()
    asked = quick_store if mode in HANGING else store
    retrying = RetryingStore(
        asked, monotonic=lambda: clock.now, sleep=clock.sleep, random=lambda: 1.0
    )
    faulty.misbehave(mode)
    for _ in range(50):
        for act in VERBS.values():
            assert fault_of(lambda act=act: act(retrying)).fault is Fault.UNAVAILABLE  # type: ignore[misc]
    assert len(faulty.requests) == 3
    assert clock.now < 10


def test_a_lying_server_is_not_asked_again(store: S3Store, faulty: Faulty) -> None:
    faulty.misbehave(Mode.LYING)
    assert fault_of(lambda: RetryingStore(store).read(NAME)).fault is Fault.WRONG
    assert len(faulty.requests) == 1


def test_a_server_that_gets_well_is_used(store: S3Store, faulty: Faulty) -> None:
    retrying = RetryingStore(store, patience=Patience(wait_s=0.01))
    for _ in range(5):
        faulty.misbehave(Mode.OVERLOADED, times=2)
        assert retrying.read(NAME) == DATA


def test_who_created_it_is_told_so_though_the_answer_was_lost(
    store: S3Store, faulty: Faulty
) -> None:
    retrying = RetryingStore(store, patience=Patience(wait_s=0.01))
    faulty.misbehave(Mode.ANSWER_LOST, times=1)
    assert retrying.create(NEW, [b"mine"]) is True
    assert retrying.create(NEW, [b"not mine"]) is False


def test_times_are_the_servers(store: S3Store, faulty: Faulty) -> None:
    found = store.find(NAME)
    assert found is not None
    assert abs(store.now() - found.modified_s) < 30


def test_closing_gives_up_what_is_under_way(faulty: Faulty) -> None:
    endless = Limits(answer_s=600, window_s=600, whole_s=600)
    store = faulty.server.store(limits=endless)
    faulty.misbehave(Mode.DRIP_BODY)
    ends: list[Fault] = []
    reading = threading.Thread(
        target=lambda: ends.append(fault_of(lambda: store.read(NAME)).fault), daemon=True
    )
    reading.start()
    while not faulty.requests:
        threading.Event().wait(0.01)
    store.close()
    reading.join()
    assert ends == [Fault.UNAVAILABLE]

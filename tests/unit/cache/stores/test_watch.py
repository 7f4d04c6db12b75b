"""What is given up: what does not get on, wherever it hangs."""

import threading

import pytest

from localbuild.cache.stores.pace import Limits
from localbuild.cache.stores.s3_write import Body, cut
from localbuild.cache.stores.watch import GivenUpError, Progress, watched

QUICK = Limits(floor_bytes_s=1_000, window_s=0.1, whole_s=1.0)


def test_what_ends_is_handed_over() -> None:
    assert watched(lambda _: 5, Limits()) == 5


@pytest.mark.parametrize("error", [ValueError("x"), TimeoutError("its own"), KeyboardInterrupt()])
def test_what_it_raises_is_raised(error: BaseException) -> None:
    def act(_: Progress) -> None:
        raise error

    with pytest.raises(type(error)):
        watched(act, Limits())


def test_what_hangs_is_given_up() -> None:
    over = threading.Event()
    with pytest.raises(GivenUpError, match=r"0 bytes in 0\.1 s"):
        watched(lambda _: over.wait(10), QUICK)
    over.set()


def test_what_drips_is_given_up_and_told_so() -> None:
    told = threading.Event()
    over = threading.Event()

    def act(progress: Progress) -> None:
        try:
            while not over.wait(0.01):
                progress.add(1)
        except GivenUpError:
            told.set()
            raise

    with pytest.raises(GivenUpError, match="bytes in"):
        watched(act, QUICK)
    assert told.wait(10)
    over.set()


def test_what_gets_on_has_its_time_and_no_more() -> None:
    over = threading.Event()

    def act(progress: Progress) -> None:
        while not over.wait(0.01):
            progress.add(10_000)

    with pytest.raises(GivenUpError, match="not done after 1 s"):
        watched(act, QUICK)
    over.set()


def test_a_body_is_its_pieces_uncopied() -> None:
    pieces = [b"a" * 100_000, b"", b"b" * 5]
    progress = Progress()
    body = Body([memoryview(piece) for piece in pieces], progress)
    for _ in range(2):
        read = list(iter(lambda: body.read(1 << 20), b""))
        assert b"".join(read) == b"".join(pieces)
        assert max(map(len, read)) <= 32 << 10
        assert {piece.obj for piece in read if isinstance(piece, memoryview)} <= set(pieces)
        assert body.read() == b""
        assert (body.tell(), len(body)) == (100_005, 100_005)
        body.seek(0)
    assert progress.moved_bytes == 200_010


@pytest.mark.parametrize("size", [1, 3, 7, 10, 100])
def test_parts_are_all_but_the_last_of_one_size(size: int) -> None:
    pieces = [memoryview(piece) for piece in (b"abc", b"defghij", b"klmnopqrst")]
    parts = [b"".join(part) for part in cut(pieces, size)]
    assert b"".join(parts) == b"abcdefghijklmnopqrst"
    assert {len(part) for part in parts[:-1]} <= {size}

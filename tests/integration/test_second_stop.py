"""A second stop ends the process within seconds, though a store's calls never come back."""

import signal
import subprocess
import sys
import time
import uuid

import pytest

from tests.integration.builds import containers_of, wait_until

pytestmark = pytest.mark.docker
BOUND_S = 20


@pytest.mark.parametrize("where", ["read", "read_range", "create", "replace", "close"])
@pytest.mark.parametrize(
    ("first", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["int", "term"]
)
def test_it_ends_though_the_store_hangs(where: str, first: signal.Signals, code: int) -> None:
    """In the main thread, in threads that it waits for, and in the cache's own end.

    There the build has had its own end, which its exit code tells.
    """
    project = f"hung-{uuid.uuid4().hex[:8]}"
    command = [sys.executable, "-m", "tests.integration.hung_stores", where, project]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"it hangs\n"
            process.send_signal(first)
            wait_until(lambda: _has_taken(process.pid), "the first signal is heard")
            time.sleep(0.3)  # the handler is Python's: it runs between two steps of the program
            process.send_signal(signal.SIGINT)
            assert process.wait(BOUND_S) == (0 if where == "close" else code)
        finally:
            process.kill()
    assert containers_of(project) == []


def _has_taken(pid: int) -> bool:
    """Whether no signal waits for that process."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        waiting = [line.split()[1] for line in status if line.startswith(("SigPnd", "ShdPnd"))]
    return all(int(mask, 16) == 0 for mask in waiting)

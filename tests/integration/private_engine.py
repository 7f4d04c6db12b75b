"""An engine of one test's own, which may be killed: in a network namespace of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import docker

from localbuild.engines.open import open_engine
from localbuild.errors import EngineUnavailableError
from tests.conftest import SMALL, missing

READY_S = 60.0


class PrivateEngine:
    """A running dockerd without any network."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.url = f"unix://{folder}/d.sock"
        self._folder = folder
        self._log = (folder / "log").open("wb")
        self._process = subprocess.Popen(
            ["unshare", "--net", "dockerd", "-H", self.url, *self._options(), *options],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )

    def _options(self) -> list[str]:
        where = self._folder
        return [
            f"--data-root={where}/data",
            f"--exec-root={where}/exec",
            f"--pidfile={where}/pid",
            "--bridge=none",
            "--iptables=false",
            "--ip-masq=false",
        ]

    def wait_ready(self) -> None:
        """Until it answers."""
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            try:
                open_engine("docker", docker_host=self.url).close()
                return
            except EngineUnavailableError:
                time.sleep(0.2)
        raise AssertionError((self._folder / "log").read_text()[-2000:])

    def load(self, image: str) -> None:
        """Bring an image over from the usual engine."""
        with (
            closing(docker.from_env()) as theirs,
            closing(docker.DockerClient(base_url=self.url)) as ours,
        ):
            ours.api.load_image(  # type: ignore[no-untyped-call]
                b"".join(theirs.api.get_image(image))
            )

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        pid = int((self._folder / "pid").read_text())
        os.kill(pid, number)

    def close(self) -> None:
        """End it and all that it has started."""
        subprocess.run(["pkill", "-KILL", "-f", str(self._folder)], check=False)
        self._process.wait()
        self._log.close()
        for _ in range(20):
            mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
            ours = [m for m in mounts if m.startswith(str(self._folder))]
            for mount in reversed(ours):
                subprocess.run(["umount", "-l", mount], check=False, capture_output=True)
            if not ours:
                break
            time.sleep(0.2)


@contextmanager
def private_engine(*options: str) -> Iterator[PrivateEngine]:
    """An engine with the small image, for the block. `options`: the daemon's, beside the usual."""
    if os.getuid() != 0 or shutil.which("dockerd") is None:
        missing("docker", "an engine of one's own needs root and dockerd")
    folder = Path(tempfile.mkdtemp(prefix="lbd-"))
    engine = PrivateEngine(folder, *options)
    try:
        engine.wait_ready()
        engine.load(SMALL)
        yield engine
    finally:
        engine.close()
        shutil.rmtree(folder, ignore_errors=True)

"""A real browser for tests: a Chromium without a window, told what to do through a pipe.

Source: Chrome DevTools Protocol; `--remote-debugging-pipe`: JSON with a NUL at its end, in on
descriptor 3, out on descriptor 4.
"""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
_PATIENCE_S = 60
_PIPES = 'read=$1 write=$2; shift 2; exec "$@" 3<&"$read" 4>&"$write"'


def find_browser() -> str:
    """The first browser that starts, '' where there is none."""
    for name in NAMES:
        path = shutil.which(name)
        if (
            path
            and subprocess.run([path, "--version"], capture_output=True, check=False).returncode
            == 0
        ):
            return path
    return ""


class Tab:
    """One page in the browser: what it logs and what it asks for is kept.

    `requested` has what is `blocked`, too.
    """

    def __init__(self, pipe: "_Pipe", session: str) -> None:
        self.logged: list[str] = []
        self.requested: list[str] = []
        self.blocked: list[str] = []
        self.dialogs: list[str] = []
        self._urls: dict[str, str] = {}
        self._pipe = pipe
        self._session = session
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a method of the protocol; what happens meanwhile is noted."""
        number = self._pipe.write(method, parameters, self._session)
        while True:
            message = self._pipe.read()
            if message.get("id") == number:
                assert "error" not in message, (method, message["error"])
                return dict(message["result"])
            self._note(message)

    def show(self, path: Path, *, width: int = 1440, height: int = 900, dark: bool = False) -> None:
        """Load a file and wait until it is there."""
        self.resize(width, height)
        self.prefer(dark=dark)
        url = path.absolute().as_uri()
        self.send("Page.navigate", url=url)
        self.wait_for(f"document.readyState === 'complete' && location.href === {url!r}")

    def resize(self, width: int, height: int = 900) -> None:
        """Give the window a size."""
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def prefer(self, *, dark: bool, media: str = "") -> None:
        """What the user has asked their system for; `media`: `print`."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.send("Emulation.setEmulatedMedia", media=media, features=features)

    def ask(self, expression: str) -> Any:
        """The value of an expression of JavaScript."""
        found = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait_for(self, condition: str) -> None:
        """Until an expression is true, for at most a minute."""
        end = time.monotonic() + _PATIENCE_S
        while not self.ask(condition):
            assert time.monotonic() < end, f"waited in vain: {condition}"
            time.sleep(0.01)

    def press(self, key: str, *, shift: bool = False, text: str = "") -> None:
        """Press a key and let it go."""
        common = {"key": key, "modifiers": 8 if shift else 0}
        typed = {"text": text} if text else {}
        self.send("Input.dispatchKeyEvent", type="keyDown", **common, **typed)
        self.send("Input.dispatchKeyEvent", type="keyUp", **common)

    def type(self, text: str) -> None:
        """Write into the field that has the focus."""
        self.send("Input.insertText", text=text)

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what the window shows, or the whole page, as a PNG file."""
        found = self.send("Page.captureScreenshot", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(found["data"]))

    def _note(self, message: Mapping[str, Any]) -> None:
        method, values = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requested.append(values["request"]["url"])
            self._urls[values["requestId"]] = values["request"]["url"]
        elif method == "Network.loadingFailed" and "blockedReason" in values:
            self.blocked.append(self._urls[values["requestId"]])
        elif method == "Log.entryAdded":
            self.logged.append(values["entry"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.logged.append(json.dumps(values["args"]))
        elif method == "Runtime.exceptionThrown":
            self.logged.append(json.dumps(values["exceptionDetails"]))
        elif method == "Page.javascriptDialogOpening":
            self.dialogs.append(values["message"])
            self._pipe.write("Page.handleJavaScriptDialog", {"accept": True}, self._session)


class _Pipe:
    """Messages to and from the browser, one after the other."""

    def __init__(self, read: int, write: int) -> None:
        self._in = os.fdopen(read, "rb")
        self._out = os.fdopen(write, "wb", buffering=0)
        self._rest = b""
        self._number = 0

    def write(self, method: str, parameters: Mapping[str, object], session: str = "") -> int:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        target = {"sessionId": session} if session else {}
        self._out.write(json.dumps(message | target).encode() + b"\0")
        return self._number

    def read(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            data = os.read(self._in.fileno(), 1 << 20)
            assert data, "the browser has ended"
            self._rest += data
        message, _, self._rest = self._rest.partition(b"\0")
        return dict(json.loads(message))

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        number = self.write(method, parameters)
        while (message := self.read()).get("id") != number:
            pass
        assert "error" not in message, (method, message["error"])
        return dict(message["result"])

    def close(self) -> None:
        self._in.close()
        self._out.close()


@contextmanager
def open_tab(browser: str, profile: Path) -> Iterator[Tab]:
    """A tab of a browser of its own, whose profile lies in a new folder."""
    there, to_browser = os.pipe()
    from_browser, here = os.pipe()
    words = [browser, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
    process = subprocess.Popen(
        ["bash", "-c", _PIPES, "browser", str(there), str(here), *words],
        pass_fds=(there, here),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(there)
    os.close(here)
    pipe = _Pipe(from_browser, to_browser)
    try:
        target = pipe.call("Target.createTarget", url="about:blank")["targetId"]
        session = pipe.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        yield Tab(pipe, session)
        pipe.write("Browser.close", {})
        process.wait(_PATIENCE_S)
    finally:
        process.kill()
        process.wait()
        pipe.close()

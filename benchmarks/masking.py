"""What it costs to keep secrets out of the log."""

import random
import string
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.measure import IMAGE, LOCALBUILD, Finding, pair, project, run
from localbuild.logs.mask import Mask, Masker

NOTE = """Twenty secrets of 12 to 64 characters, in all their forms. A text of 64 MB is masked and
written in pieces of 64 KiB, against the same text written as it is; one line of a thousand holds a
secret."""

SECRETS = 20
BYTES = 64_000_000
PIECE = 1 << 16
LEAST_MB_S = 40
LINES = "yes 'a line of the build log' | head -n 1000000"
_SIGNS = string.ascii_letters + string.digits + "+/=!$&"


def masking(folder: Path) -> Iterator[Finding]:
    """Masking alone, without and with secrets, and a whole build that prints a lot."""
    chance = random.Random(1)
    secrets = ["".join(chance.choices(_SIGNS, k=chance.randint(12, 64))) for _ in range(SECRETS)]
    text = _log_text(secrets)
    yield _throughput("masking AWS key ids alone", folder, text, ())
    yield _throughput(f"masking {SECRETS} secrets", folder, text, secrets)
    yield _builds(folder, secrets)


def _throughput(claim: str, folder: Path, text: bytes, secrets: Sequence[str]) -> Finding:
    pieces = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    masker = Masker(_mask_of(secrets))
    ours, theirs = pair(
        lambda: _write(folder / "masked", (masker.feed(piece) for piece in pieces)),
        lambda: _write(folder / "plain", iter(pieces)),
        rounds=5,
    )
    speed = len(text) / ours.middle / 1e6
    return Finding(
        claim=claim,
        ours=str(ours),
        theirs=f"written as it is: {theirs}",
        found=f"{speed:.0f} MB/s, {ours.middle / theirs.middle:.1f} ×",
        goal=f"≥ {LEAST_MB_S} MB/s",
        kept=speed >= LEAST_MB_S,
    )


def _builds(folder: Path, secrets: Sequence[str]) -> Finding:
    """A build with the secrets against one without, both as processes."""
    where = project(folder / "masked-build", [f'"{LINES}"'])
    command = [*LOCALBUILD, "run", "--image", IMAGE, "--log-format", "codebuild"]
    given = [f"--secret=S{number}={secret}" for number, secret in enumerate(secrets)]
    ours, theirs = pair(
        lambda: run([*command, *given], where, stdout=folder / "masked.log").seconds,
        lambda: run(command, where, stdout=folder / "plain.log").seconds,
        rounds=5,
    )
    ratio = ours.middle / theirs.middle
    return Finding(
        claim=f"1,000,000 lines with {SECRETS} secrets",
        ours=str(ours),
        theirs=f"without secrets: {theirs}",
        found=f"{ratio:.2f} ×",
        goal="≤ 1.5 ×",
        kept=ratio <= 1.5,
    )


def _log_text(secrets: Sequence[str]) -> bytes:
    """Lines as builds print them."""
    lines: list[bytes] = []
    size = 0
    while size < BYTES:
        number = len(lines)
        secret = secrets[number % len(secrets)] if number % 1000 == 0 else f"artifact-{number}"
        line = f"[INFO] {number % 60:02} Downloading https://repo.example.org/{secret}.jar (9 kB)\n"
        lines.append(line.encode())
        size += len(line)
    return b"".join(lines)


def _mask_of(secrets: Sequence[str]) -> Mask:
    mask = Mask()
    for secret in secrets:
        mask.add(secret)
    return mask


def _write(path: Path, pieces: Iterator[bytes]) -> float:
    """Seconds until all is written."""
    began = time.perf_counter()
    with path.open("wb", buffering=0) as file:
        for piece in pieces:
            file.write(piece)
    return time.perf_counter() - began

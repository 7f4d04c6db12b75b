"""What a build that prints a lot costs, and whether every byte is in its log."""

from pathlib import Path

from benchmarks.measure import IMAGE, LOCALBUILD, Finding, project, run, spread

CASES = {
    "1,000,000 lines": "yes 'a line of the build log' | head -n 1000000",
    "100 MB in one line": "head -c 100000000 /dev/zero | tr '\\\\0' x",
}
MEMORY = 100_000_000
HEAD = 1000
ROUNDS = 5


def output(folder: Path) -> list[Finding]:
    """Each case against `docker run` of the same to a file."""
    found = []
    for number, (name, command) in enumerate(CASES.items()):
        shell = command.replace("\\\\", "\\")
        where = project(folder / f"output-{number}", [f'"{command}"'])
        ours, theirs, peaks = [], [], []
        for _ in range(ROUNDS):
            result = run(
                [*LOCALBUILD, "run", "--image", IMAGE, "--log-format", "codebuild"],
                where,
                stdout=folder / "ours.log",
            )
            ours.append(result.seconds)
            peaks.append(result.peak_bytes)
            theirs.append(
                run(
                    ["docker", "run", "--rm", IMAGE, "sh", "-c", shell],
                    stdout=folder / "theirs.log",
                ).seconds
            )
        exact = _contains(where / ".localbuild/builds/latest/build.log", folder / "theirs.log")
        us, them = spread(ours), spread(theirs)
        ratio = us.middle / them.middle
        peak = max(peaks)
        found.append(
            Finding(
                claim=name,
                ours=str(us),
                theirs=f"docker run: {them}",
                found=f"{ratio:.2f} ×, peak {peak / 1e6:.0f} MB, "
                f"{'every byte' if exact else 'BYTES DIFFER'}",
                goal="≤ 1.5 ×, < 100 MB, byte for byte",
                kept=ratio <= 1.5 and peak < MEMORY and exact,
            )
        )
    return found


def _contains(log: Path, output: Path) -> bool:
    """Whether the command's output is in the log, byte for byte, after its own line."""
    with log.open("rb") as ours, output.open("rb") as theirs:
        head = theirs.read(HEAD)
        at = ours.read(HEAD * 100).find(head)
        theirs.seek(0)
        ours.seek(max(at, 0))
        while wanted := theirs.read(HEAD * 100):
            if ours.read(len(wanted)) != wanted:
                return False
    return at >= 0

"""How long until a build's first command, and what each further one costs."""

from pathlib import Path

from benchmarks.measure import IMAGE, LOCALBUILD, Finding, pair, project, run

MARK = "@first@"
MANY = 200


def first_command(folder: Path) -> Finding:
    """Time to the end of a first `true` against `docker run IMAGE true`."""
    where = project(folder / "first", ["true"])
    command = [*LOCALBUILD, "-q", "run", "--image", IMAGE, "--log-format", "json"]
    ours, theirs = pair(
        lambda: _until_first_end(command, where),
        lambda: run(["docker", "run", "--rm", IMAGE, "true"]).seconds,
    )
    over = ours.middle - theirs.middle
    return Finding(
        claim="first command",
        ours=str(ours),
        theirs=f"docker run: {theirs}",
        found=f"{over:+.3f} s",
        goal="≤ +0.35 s",
        kept=over <= 0.35,
    )


def next_command(folder: Path) -> Finding:
    """What a further `true` costs: a build of 201 commands against one of a single command."""
    one = project(folder / "one", ["true"])
    many = project(folder / "many", ["true"] * (MANY + 1))
    command = [*LOCALBUILD, "-q", "run", "--image", IMAGE]
    long, short = pair(
        lambda: run(command, many).seconds, lambda: run(command, one).seconds, rounds=5
    )
    each = (long.middle - short.middle) / MANY
    return Finding(
        claim="each further command",
        ours=f"{MANY + 1} commands: {long}",
        theirs=f"1 command: {short}",
        found=f"{each * 1000:.2f} ms",
        goal="≤ 5 ms",
        kept=each <= 0.005,
    )


def start(folder: Path) -> list[Finding]:
    """`--help` and `lint` against an interpreter that does nothing."""
    python = LOCALBUILD[0]
    where = project(folder / "lint", ["make", "make test", "echo done"])
    found = []
    for name, arguments in {"--help": ["--help"], "lint": ["lint", "buildspec.yml"]}.items():
        ours, theirs = pair(
            lambda arguments=arguments: run([*LOCALBUILD, *arguments], where).seconds,  # type: ignore[misc]
            lambda: run([python, "-c", "pass"], where).seconds,
            rounds=15,
        )
        allowed = 3 * theirs.middle + 0.1
        found.append(
            Finding(
                claim=f"localbuild {name}",
                ours=str(ours),
                theirs=f"python -c pass: {theirs}",
                found=f"{ours.middle / theirs.middle:.1f} ×",
                goal=f"≤ 3 × + 100 ms = {allowed:.3f} s",
                kept=ours.middle <= allowed,
            )
        )
    return found


def _until_first_end(command: list[str], where: Path) -> float:
    """Seconds from our start until the first command's end is on stdout."""
    import subprocess
    import time

    began = time.perf_counter()
    with subprocess.Popen(
        command, cwd=where, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        seconds = 0.0
        for line in process.stdout:
            if b"command-ended" in line and not seconds:
                seconds = time.perf_counter() - began
    if process.returncode != 0 or not seconds:
        raise SystemExit("benchmark build failed")
    return seconds

"""Rows 118, 121, 122, 141 and 142: when a cache is restored and saved, and what the log says."""

from pathlib import Path

import pytest

from tests.conformance.caches import SHOW, Caching, cached, facts, make, restored, saved
from tests.conformance.harness import Built
from tests.conformance.rows import row


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """A build that finds nothing, and one that finds what it has left."""
    caching = Caching(folder=tmp_path_factory.mktemp("cache"))
    text = cached(
        install={"runtime-versions": {"python": "3.12"}, "commands": make("kept")},
        post_build=["echo post"],
        cache={"paths": ["deps/**/*", "$HOME/.m2/**/*"]},
    )
    return caching.build(text), caching.build(text)


def restore_lines(built: Built) -> list[str]:
    """The log's lines between the source's folder and the agent."""
    lines = built.agent
    return lines[lines.index(f"Moving to directory {built.source_directory}") + 1 :][
        : lines[lines.index(f"Moving to directory {built.source_directory}") + 1 :].index(
            "Registering with agent"
        )
    ]


EXPANDED = ["Expanded cache path deps/**/*", "Expanded cache path /root/.m2/**/*"]


@row(
    118,
    feature="lines of a cache",
    expectation="`Expanded cache path X` each, `Downloading S3 cache...`, `Unarchiving cache...`, "
    "`Uploading S3 cache...`, `Cache uploaded successfully (size: …)`; a miss is an "
    "`Unable to download cache: …`",
)
def test_row_118_lines(two: tuple[Built, Built]) -> None:
    first, second = two
    missed = "Unable to download cache: NoSuchKey: no entry for project sample"
    assert restore_lines(first)[:3] == [*EXPANDED, missed]
    assert restore_lines(first)[3].startswith("Cache miss: ")
    assert restore_lines(second)[:4] == [
        *EXPANDED,
        "Downloading S3 cache...",
        "Unarchiving cache...",
    ]
    assert restore_lines(second)[4].startswith("Cache hit: the project's cache (5 B, 1 file)")
    done = first.agent.index("Uploading S3 cache...")
    assert first.agent[done + 1] == "Cache uploaded successfully (size: 5 B)"
    assert first.agent[done + 2].startswith("Cache saved: the project's cache (5 B, 1 file), ")


@row(
    121,
    feature="when a cache is restored",
    expectation="after the runtimes are chosen, before the first command of INSTALL",
)
def test_row_121_restore(two: tuple[Built, Built]) -> None:
    first, second = two
    assert (first.said[0], second.said[0]) == ("nothing\n", "kept\n")
    lines = second.agent
    runtimes = next(n for n, line in enumerate(lines) if "install of runtimes" in line)
    assert runtimes < lines.index("Unarchiving cache...") < lines.index("Entering phase INSTALL")


@row(
    122,
    feature="when a cache is saved",
    expectation="after the commands of POST_BUILD, before the phase is complete",
)
def test_row_122_save(two: tuple[Built, Built]) -> None:
    lines = two[0].agent
    command = lines.index("Running command echo post")
    done = lines.index("Phase complete: POST_BUILD State: SUCCEEDED")
    assert command < lines.index("Uploading S3 cache...") < done


def test_the_record_says_what_became_of_the_cache(two: tuple[Built, Built]) -> None:
    missed, hit = (facts(built) for built in two)
    assert (missed["outcome"], missed["restoredFiles"], missed["saved"]) == ("miss", None, True)
    assert missed["savedBytes"] == 5
    assert missed["newBytes"] > 0
    assert (hit["outcome"], hit["restoredFiles"], hit["restoredBytes"]) == ("hit", 1, 5)
    assert two[0].document["cache"]["type"] == "S3"


@row(
    141,
    feature="download that fails",
    expectation="`Unable to download cache: …` in the log; the build goes on",
)
def test_row_141_broken_store(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("no folder")
    built = Caching(folder=file).build(cached(build=make("x")))
    assert (built.exit_code, built.said[0]) == (0, "nothing\n")
    failure = restored(built).failure
    assert failure
    assert f"Unable to download cache: {failure}" in built.agent
    assert facts(built)["outcome"] == "miss"
    assert built.document["localbuild"]["warnings"]
    assert not saved(built).saved
    required = Caching(folder=file).build(cached(build=make("x")), "--cache-required")
    assert (required.exit_code, required.ran) == (5, [])


@row(
    142,
    feature="nothing to cache",
    expectation="no archive, no failure; the log says so",
    decided="The service's behaviour is not documented.",
)
def test_row_142_nothing(tmp_path: Path) -> None:
    caching = Caching(folder=tmp_path)
    built = caching.build(cached(build=["true"]))
    assert (built.exit_code, saved(built).saved) == (0, False)
    (line,) = (line for line in built.agent if line.startswith("Cache not saved: "))
    assert saved(built).reason in line
    assert restored(caching.build(cached(build=[SHOW]))).outcome == "miss"

"""JSON lines go through structlog, and leave an application's structlog alone."""

import json
from pathlib import Path

import structlog

from localbuild.logs.files import JsonlSink
from tests.unit.logs.samples import output, started


def test_a_line_begins_with_time_and_type(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    sink = JsonlSink(path)
    sink.accept(output(1, "é\u2028\n".encode()))
    assert (
        path.read_bytes()
        == (
            '{"time":"2026-01-02T03:04:06.000006Z","type":"output","build":"my-app:7b1c",'
            '"phase":"BUILD","stream":"stdout","text":"é\u2028\\n"}\n'
        ).encode()
    )
    sink.close()


def test_what_an_application_has_configured_does_not_reach_the_record(tmp_path: Path) -> None:
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])
    try:
        sink = JsonlSink(tmp_path / "events.jsonl")
        sink.accept(started())
        sink.close()
        renderer = structlog.get_config()["processors"][-1]
    finally:
        structlog.reset_defaults()
    assert json.loads((tmp_path / "events.jsonl").read_bytes())["buildNumber"] == 3
    assert isinstance(renderer, structlog.processors.KeyValueRenderer)


def test_using_a_sink_configures_nothing(tmp_path: Path) -> None:
    sink = JsonlSink(tmp_path / "events.jsonl")
    sink.accept(started())
    sink.close()
    assert not structlog.is_configured()

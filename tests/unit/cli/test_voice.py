"""What a command says, without secrets."""

import io
import json
import logging

from localbuild.cli.process.diagnostics import log_error, open_diagnostics
from localbuild.cli.process.voice import Voice
from localbuild.cli.process.world import CREDENTIALS
from localbuild.logs.mask import Mask
from tests.unit.cli.calling import Home

SECRET = "12345678"


def voice() -> Voice:
    mask = Mask()
    mask.add(SECRET)
    return Voice(stdout=io.StringIO(), stderr=io.StringIO(), verbose=1, mask=mask)


def test_nothing_that_is_said_holds_a_secret() -> None:
    speaker = voice()
    for say in (speaker.say, speaker.remark, speaker.detail, speaker.error, speaker.warning):
        say(f"it is {SECRET}")
    speaker.note(f"it is {SECRET}")
    speaker.hint(f"it is {SECRET}")
    said = speaker.stderr.getvalue()  # type: ignore[attr-defined]
    assert said.count("it is ***\n") == 7
    assert SECRET not in said


def test_data_holds_no_secret() -> None:
    speaker = voice()
    speaker.data(f"it is {SECRET}")
    assert speaker.stdout.getvalue() == "it is ***\n"  # type: ignore[attr-defined]


def test_words_that_turn_a_line_around_are_shown() -> None:
    """U+202E has what follows it read from right to left: `exe.txt` for `txt.exe`."""
    speaker = voice()
    speaker.lines("a\u202eb\u2066c")
    speaker.note("a\u202eb\u2066c")
    shown = "a\\u202eb\\u2066c\n"
    assert speaker.stdout.getvalue() == shown  # type: ignore[attr-defined]
    assert speaker.stderr.getvalue() == f"note: {shown}"  # type: ignore[attr-defined]


def test_a_document_stays_one() -> None:
    """A secret of digits may be a number of ours, too."""
    speaker = voice()
    speaker.document({"a": [f"x{SECRET}", {"b": (SECRET,)}], "n": int(SECRET), "none": None})
    written = speaker.stdout.getvalue()  # type: ignore[attr-defined]
    assert json.loads(written) == {"a": ["x***", {"b": ["***"]}], "n": 12345678, "none": None}


def test_diagnostics_hold_no_secret() -> None:
    mask = Mask()
    mask.add(SECRET)
    stream = io.StringIO()
    with open_diagnostics(stream, mask):
        log_error(RuntimeError(f"it is {SECRET}"))
    assert "RuntimeError: it is ***" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_diagnostics_hold_no_answer_of_aws() -> None:
    stream = io.StringIO()
    with open_diagnostics(stream, Mask()):
        for name in ("botocore.parsers", "botocore.endpoint", "botocore.auth"):
            logging.getLogger(name).debug("Response body: %s", SECRET)
        logging.getLogger("botocore.hooks").debug("an event")
    assert "an event" in stream.getvalue()
    assert SECRET not in stream.getvalue()


def test_our_own_credentials_are_masked_from_the_start(home: Home) -> None:
    for number, name in enumerate(CREDENTIALS):
        value = f"canary/value+{number}"
        called = home.call("run", f"no-{value}-folder", environ={name: value})
        assert called.code == 2
        assert "SOURCE no-***-folder" in called.err
        assert value not in called.err


FOREIGN = "a\x1b[2J\nerror: all is lost\r::set-env name=x::y ##vso[task]\u2028\x9b"


def test_a_foreign_text_stays_in_its_line() -> None:
    speaker = voice()
    for say in (speaker.error, speaker.warning, speaker.note, speaker.hint):
        say(FOREIGN)
    said = speaker.stderr.getvalue()  # type: ignore[attr-defined]
    assert len(said.splitlines()) == 4
    assert all(character.isprintable() or character == "\n" for character in said)


def test_a_secret_of_two_lines_is_masked_before_it_becomes_one() -> None:
    speaker = voice()
    speaker.mask.add("one two\nthree")
    speaker.error("it is one two\nthree")
    assert speaker.stderr.getvalue() == "error: it is ***\n"  # type: ignore[attr-defined]


def test_nothing_that_is_said_is_a_command_to_a_ci() -> None:
    speaker = voice()
    for say in (speaker.say, speaker.remark, speaker.detail, speaker.error, speaker.hint):
        say("::add-mask::x\n \t::stop-commands::y\n##[group]z")
    said = speaker.stderr.getvalue()  # type: ignore[attr-defined]
    assert "##" not in said
    assert not [line for line in said.splitlines() if line.lstrip().startswith("::")]

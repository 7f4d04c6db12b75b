"""Keys as written: what we evaluate comes out as a shell has it; the rest is left to a shell."""

import hashlib
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from string import ascii_letters

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from localbuild.cache.manifest import HashedFile, KeyPart
from localbuild.cache.scripts import key_script, read_answers
from localbuild.cache.template import combine_hashes, evaluate, key_of, parse_template
from localbuild.plan.script import ENV_FILE, state_file
from tests.conftest import missing

VARIABLES = {"NAME": "va'l\"ue $x `y` \\z", "OTHER": "two\nlines", "EMPTY": "", "_a1": "ä"}
FILES = (("b", "22" * 32), ("a", "11" * 32))


def no_files(patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return ()


def files(patterns: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return FILES if "a" in patterns else ()


def shell(program: str, script: str, tmp_path: Path) -> tuple[str, ...]:
    """What the script prints in a shell, with the state file put where the test may write."""
    found = shutil.which(program)
    if found is None:
        missing("shells", f"there is no {program}")
        raise AssertionError
    state = tmp_path / "env.sh"
    state.write_text(state_file(VARIABLES.items()))
    script = script.replace(f". {ENV_FILE}\n", f". {state}\n", 1)
    done = subprocess.run(
        [found], input=script.encode("utf-8", "surrogateescape"), cwd=tmp_path,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={"PATH": "/nowhere"}, check=False,
    )  # fmt: skip
    return read_answers(done.stdout)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in parse_template(text).parts]


PIECES = st.lists(
    st.one_of(
        st.sampled_from(["$NAME", "${OTHER}", "$EMPTY", "$nobody", "\\", "$", "\n", "'", '"', "}"]),
        st.sampled_from(["\\$", "\\`", "\\\\", "$ ", "$/", "$.", "$'", '$"', "\\n", "!", "~", "*"]),
        st.sampled_from(["$ä", "${_a1}", "{a,b}", "EOF", "a", "\na_END_OF_KEY\n"]),
        st.text(
            st.characters(exclude_characters="\0\1\x7f`$", exclude_categories=["Cs"]), max_size=5
        ),
    ),
    max_size=9,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shell")


@pytest.mark.parametrize("program", ["dash", "bash", "sh"])
@settings(max_examples=40, deadline=None)
@given(texts=st.lists(PIECES, min_size=1, max_size=20))
@example(texts=["a_END\x80_OF_KEY", "a_END_OF_KEY"])
@example(texts=["a\\", "b\\\\", "c\\\\\\"])
def test_what_we_evaluate_is_what_a_shell_does(
    program: str, folder: Path, texts: list[str]
) -> None:
    """Not with bytes 1 and 127: bash loses those itself."""
    ours = [t for t in texts if not parse_template(t).commands]
    found = []
    for text in ours:
        parts = evaluate(parse_template(text), VARIABLES, no_files)
        assert parts is not None
        found.append(key_of(parts))
    assert [a.rstrip("\n") for a in shell(program, key_script(ours), folder)] == found


@given(PIECES)
def test_the_parts_are_the_text(text: str) -> None:
    assert "".join(part.text for part in parse_template(text).parts) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("npm-$(codebuild-hash-files package-lock.json)", "hash-files"),
        ("$( codebuild-hash-files a 'b/**' \"c d\" )", "hash-files"),
        ("$(codebuild-hash-files)", "command"),
        ("$(codebuild-hash-files **/a)", "command"),
        ("$(codebuild-hash-files $FILE)", "command"),
        ('$(codebuild-hash-files "$FILE")', "command"),
        ("$(codebuild-hash-files a; rm b)", "command"),
        ("$(codebuild-hash-files a | cut -c1-8)", "command"),
        ("$(codebuild-hash-files a'b')", "command"),
        ("$(codebuild-hash-files ../a)", "command"),
        ("$(codebuild-hash-files '/etc/x')", "command"),
        ("$(codebuild-hash-files -v a)", "command"),
        ("$(codebuild-hash-files ~/a)", "command"),
        ("$(codebuild-hash-files a\\ b)", "command"),
        ("$(codebuild-hash-files a # b)", "command"),
        ("$(codebuild-hash-files {a,b})", "command"),
        ("$NAME", "variable"),
        ("${NAME}", "variable"),
        ("${NAME:-x}", "command"),
        ("$RANDOM", "command"),
        ("$1", "command"),
        ("$?", "command"),
        ("$$", "command"),
        ("$((1 + 2))", "command"),
        ("$[1]", "command"),
        ("`date`", "command"),
        ("${NAME", "command"),
        ("$(unended", "command"),
        ("plain", "literal"),
        ("\\$NAME", "literal"),
        ("$", "literal"),
        ("$ }", "literal"),
    ],
)
def test_a_part_is_of_a_kind(text: str, expected: str) -> None:
    assert {kind for kind, _ in kinds(text)} - {"literal"} == {expected} - {"literal"}


def test_the_words_of_hash_files_are_without_quotes() -> None:
    (part,) = parse_template("$(codebuild-hash-files a 'b/**' \"c d\")").parts
    assert part.words == ("a", "b/**", "c d")


@pytest.mark.parametrize(
    "text",
    [
        "$(echo ')' \"(\" \\) $(echo x))-end",
        "$(grep '\"version\"' f | cut -d'\"' -f4)-end",
        "$((1 + (2)))-end",
        "`echo \\`echo )\\``-end",
        "${NAME:-)}-end",
        "$(echo ${NAME:-x})-end",
    ],
)
def test_a_command_ends_where_it_ends(text: str) -> None:
    assert [t for _, t in kinds(text)] == [text.removesuffix("-end"), "-end"]


@pytest.mark.parametrize(
    "text",
    [
        "$(case x in x) echo a;; esac)-end",
        "$(echo # )\n)-end",
        "$(cat <<X\n)\nX\n)-end",
        "${NAME:-${OTHER:-a}}-end",
        "$(echo \"$(echo ')')\")-end",
        "$(echo $'\\')')-end",
    ],
)
def test_what_is_hard_to_read_is_left_to_the_shell_whole(text: str) -> None:
    assert kinds(text) == [("command", text)]


def test_what_a_part_sets_is_seen_by_the_next(tmp_path: Path) -> None:
    template = parse_template("a-${nobody:=x}-$nobody-$((n=1))$n")
    answers = shell("sh", key_script(template.commands), tmp_path)
    parts = evaluate(template, VARIABLES, no_files, answers)
    assert parts is not None
    assert key_of(parts) == "a-x-x-11"


def test_a_continued_line_is_one(tmp_path: Path) -> None:
    template = parse_template("a$NA\\\nME")
    assert shell("sh", key_script(template.commands), tmp_path) == (f"a{VARIABLES['NAME']}",)


def test_files_are_hashed_in_the_order_of_their_paths() -> None:
    parts = evaluate(parse_template("k-$(codebuild-hash-files a)"), {}, files)
    combined = hashlib.sha256(b"1" * 64 + b"2" * 64).hexdigest()
    assert parts == (
        KeyPart(kind="literal", text="k-", value="k-"),
        KeyPart(
            kind="hash-files",
            text="$(codebuild-hash-files a)",
            value=combined,
            files=(
                HashedFile(path="a", sha256="1" * 64),
                HashedFile(path="b", sha256="2" * 64),
            ),
        ),
    )


def test_no_file_hashes_to_nothing() -> None:
    assert combine_hashes(()) == ""
    parts = evaluate(parse_template("$(codebuild-hash-files x)"), {}, files)
    assert parts is not None
    assert parts[0].value == ""


def test_a_command_needs_the_container() -> None:
    template = parse_template("$NAME-$(date +%V)-`id`")
    assert template.commands == ("$(date +%V)", "`id`")
    assert evaluate(template, VARIABLES, no_files) is None
    parts = evaluate(template, {"NAME": "n"}, no_files, ("48", "0"))
    assert parts is not None
    assert key_of(parts) == "n-48-0"


def test_newlines_at_the_end_are_no_part_of_a_key() -> None:
    parts = evaluate(parse_template("a\n$OTHER\n\n"), {"OTHER": "b\n"}, no_files)
    assert parts is not None
    assert key_of(parts) == "a\nb"


@pytest.mark.parametrize("program", ["dash", "bash", "sh"])
def test_a_text_that_fails_is_empty_and_alone(program: str, tmp_path: Path) -> None:
    texts = ["a$(exit 3)", "$(unended", "${nobody?no}", "$(echo x >&2)b", "${a b}", "last $NAME"]
    answers = shell(program, key_script(texts), tmp_path)
    assert answers == ("a", "", "", "b", "", f"last {VARIABLES['NAME']}")


def test_a_command_has_no_input_of_ours(tmp_path: Path) -> None:
    assert shell("sh", key_script(["[$(command -p cat)]", "b"]), tmp_path) == ("[]", "b")


def test_a_nul_is_dropped() -> None:
    assert parse_template("a\0b").text == "ab"
    assert "\0" not in key_script(["a\0b"])


def test_no_line_of_a_key_can_end_it(tmp_path: Path) -> None:
    text = "\n".join([*ascii_letters, "_END_OF_KEY", "a_END_OF_KEY", "$NAME"])
    (answer,) = shell("sh", key_script([text]), tmp_path)
    assert answer == text.replace("$NAME", VARIABLES["NAME"])

"""TOML texts: values with their lines, and refusals that point."""

import pytest

from localbuild.errors import UsageError
from localbuild.project.toml import LONGEST, read_toml

KNOWN = ("image", "compute-type", "timeout")


def refusal(text: str | bytes) -> str:
    """The message of a refused text."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(UsageError) as caught:
        read_toml(data, "localbuild.toml", KNOWN)
    return caught.value.message


def test_values_know_their_lines() -> None:
    found = read_toml(b'# x\nimage = "a"\n"timeout" = 5\n', "f.toml", KNOWN)
    assert found is not None
    origins = {key: found.origin(value) for key, value in found.values.items()}
    assert origins == {"image": "f.toml:2", "timeout": "f.toml:3"}
    assert found.values["timeout"].value == 5


def test_the_lines_of_a_table_begin_at_its_header() -> None:
    text = b'[project]\nimage = "not mine"\n[tool.localbuild]\nimage = "mine"\n'
    found = read_toml(text, "pyproject.toml", KNOWN, table=("tool", "localbuild"))
    assert found is not None
    assert found.origin(found.values["image"]) == "pyproject.toml:4"


def test_variables_have_types_and_places() -> None:
    text = b"""[env]
A = "a"
B = {type = "PARAMETER_STORE", value = "/b"}
[env.C]
type = "SECRETS_MANAGER"
value = "c:key"
[env.D]
value = "d"
"""
    found = read_toml(text, "f.toml", KNOWN)
    assert found is not None
    assert [(v.name, v.value, v.type.value, v.file, v.line) for v in found.env] == [
        ("A", "a", "PLAINTEXT", "f.toml", 2),
        ("B", "/b", "PARAMETER_STORE", "f.toml", 3),
        ("C", "c:key", "SECRETS_MANAGER", "f.toml", 4),
        ("D", "d", "PLAINTEXT", "f.toml", 7),
    ]


def test_a_text_without_the_table_says_nothing() -> None:
    assert read_toml(b"[tool.x]\n", "p.toml", KNOWN, table=("tool", "localbuild")) is None


def test_a_byte_order_mark_and_foreign_line_ends_do_no_harm() -> None:
    found = read_toml(b'\xef\xbb\xbfimage = "a"\r\ntimeout = 1\r\n', "f.toml", KNOWN)
    assert found is not None
    assert set(found.values) == {"image", "timeout"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nimag = 1\n", "localbuild.toml:2: unknown key 'imag'; did you mean 'image'?"),
        ("[enw]\n", "localbuild.toml:1: unknown key 'enw'; did you mean 'env'?"),
        ("xyz = 1\n", "localbuild.toml:1: unknown key 'xyz'"),
        ("[env]\nA = 1.10\n", 'localbuild.toml:2: A must be a text: put it in quotes ""'),
        ('[env]\nA = {type = "SECRET", value = "a"}\n', "localbuild.toml:2: A is no variable"),
        ('[env]\n\nA = {type = "PLAINTEXT"}\n', "localbuild.toml:3: A is no variable"),
        ('[env]\nA = {value = "a", name = "A"}\n', "localbuild.toml:2: A is no variable"),
        ("env = 1\n", "localbuild.toml:1: 'env' is a table: write [env]"),
        ("image = \n", "localbuild.toml:1:9: invalid value"),
        (b"image = '\xff'\n", "localbuild.toml:1: this is not UTF-8"),
    ],
)
def test_a_refusal_points_at_its_line(text: str | bytes, message: str) -> None:
    assert refusal(text) == message


def test_a_text_that_ends_too_early_is_wrong_in_its_last_line() -> None:
    assert refusal('\nimage = """') == "localbuild.toml:2: unterminated string"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"\ntimeout = {'9' * 5_000}", "2: a number has more digits than can be read"),
        (f"\nimage = {'[' * 9_000}", "2: there are lists or tables within each other"),
        (f"\nimage{'.a' * 900} = 1", "2: image: there are lists or tables within each other"),
        (f"image = {'[' * 9}{']' * 9}", "1: image: there are lists or tables within each other"),
    ],
)
def test_what_no_setting_has_is_refused(text: str, message: str) -> None:
    assert refusal(text).startswith(f"localbuild.toml:{message}")


def test_a_file_is_not_longer_than_people_write() -> None:
    said = refusal(b"#" * (LONGEST + 1))
    assert said == "localbuild.toml: it has more than the 1048576 bytes that are read"

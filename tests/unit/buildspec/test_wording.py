"""The service's log entry about keys that it does not know."""

from localbuild.buildspec.wording import syntax_warning
from tests.unit.buildspec.shorthand import COMMANDS, HEAD, read


def test_one_heading_for_all_sections_and_one_for_the_keys_of_each() -> None:
    text = COMMANDS + "      - make\n    env: x\n    files: x\nenv:\n  image: x\ncache:\n  dir: x\n"
    assert syntax_warning(read(text).warnings) == (
        "Found possible syntax errors in buildspec:\n"
        "In the section BUILD\n"
        "\tThe following keys cannot be identified:\n"
        "\t\tenv\n"
        "\t\tfiles\n"
        "In the section env\n"
        "\tThe following keys cannot be identified:\n"
        "\t\timage\n"
        "In the section cache\n"
        "\tThe following keys cannot be identified:\n"
        "\t\tdir"
    )


def test_where_the_service_says_nothing_there_is_no_entry() -> None:
    assert syntax_warning(read(HEAD + "image: x\nreports: {a: {files: x, b: c}}\n").warnings) == ""
    assert syntax_warning(()) == ""

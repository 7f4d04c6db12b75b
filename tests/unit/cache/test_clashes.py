"""What of an entry cannot come where something else is: told apart before anything is unpacked."""

import pytest

from localbuild.cache.clashes import There, look, without_clashes
from localbuild.cache.index import DIRECTORY, FILE, HARD_LINK, LINK, Entry
from localbuild.engines.scripted import Answer, ScriptedContainer
from localbuild.ports.engine import CommandRequest, ContainerSpec, Image

IMAGE = Image(id="i", reference="i")


def entries(**kinds: str) -> dict[bytes, Entry]:
    """Entries by path: `d/f=FILE`; a hard link is `h` and what it links to."""
    found = {}
    for path, kind in kinds.items():
        name = path.replace("__", "/").encode()
        target = kind[1:].encode()
        found[name] = Entry(name, kind[:1], target=target)
    return found


def there(*directories: str, others: tuple[str, ...] = ()) -> There:
    return There(
        directories=frozenset(path.encode() for path in directories),
        others=frozenset(path.encode() for path in others),
    )


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        (there("/s/b"), ()),
        (there("/s/b", "/s/b/d", others=("/s/b/f", "/s/b/l")), ()),
        (there("/s/b", "/s/b/f"), (b"f",)),
        (there("/s/b", "/s/b/l", "/s/b/d/g"), (b"d/g", b"l")),
        (there("/s/b", others=("/s/b/d",)), (b"d",)),
        (there(others=("/s/b",)), (b"",)),
    ],
)
def test_what_has_no_place_is_left_out_with_all_below_it(
    found: There, refused: tuple[bytes, ...]
) -> None:
    wanted = entries(d=DIRECTORY, d__e=DIRECTORY, d__e__x=FILE, d__g=FILE, f=FILE, l=LINK)
    kept, left_out = without_clashes(wanted, b"/s/b", found)
    assert left_out == refused
    below = tuple(path + b"/" for path in refused if path)
    gone = set(wanted) if refused == (b"",) else {p for p in wanted if p.startswith(below)}
    assert kept.keys() == wanted.keys() - gone - set(refused)


def test_names_of_a_file_that_has_no_place_are_the_file() -> None:
    wanted = entries(a=FILE, b=f"{HARD_LINK}a", c=f"{HARD_LINK}a")
    kept, _ = without_clashes(wanted, b"/s", there("/s", "/s/a"))
    assert kept == entries(b=FILE, c=f"{HARD_LINK}b")


def test_what_is_there_is_read_from_what_the_container_says() -> None:
    said = b"\0d\0/s/b\0/s/b/new\nline\0\0o\0/s/b/f\0\0o\0/other\0"
    container = ScriptedContainer(
        ContainerSpec(name="c", image=IMAGE), lambda _: Answer(output=(said[:9], said[9:]))
    )
    found = look(container, ["/s/b", "/other"], lambda: None)
    assert found == there("/s/b", "/s/b/new\nline", others=("/s/b/f", "/other"))


def test_of_a_container_that_ends_nothing_is_known() -> None:
    def answer(_: CommandRequest) -> Answer:
        return Answer(output=(b"\0d\0/s/b\0",), ends_container=True)

    container = ScriptedContainer(ContainerSpec(name="c", image=IMAGE), answer)
    assert look(container, ["/s/b"], lambda: None) == there()


def test_of_a_container_that_says_no_end_nothing_is_known() -> None:
    def answer(_: CommandRequest) -> Answer:
        return Answer(output=(b"\0d\0/s/b\0", *(b"/s/b/f\0" * 100_000,) * 100))

    container = ScriptedContainer(ContainerSpec(name="c", image=IMAGE), answer)
    assert look(container, ["/s/b"], lambda: None) == there()

"""The XML reader: what it hands on, and what it refuses."""

import pytest

from localbuild.reports.model import FormatError
from localbuild.reports.xml import MAX_DEPTH, MAX_ELEMENTS, MAX_KEPT, MAX_TEXT, Shape, read_steps

SHAPE = Shape(roots=("a",), opened=frozenset(("a", "b")), whole=frozenset(("c",)))


def steps(text: str | bytes) -> list[tuple[bool, str, str]]:
    """What comes of a document: begins or not, name, text."""
    data = text if isinstance(text, bytes) else text.encode()
    return [(begins, e.name, e.text) for begins, e in list(read_steps(data, SHAPE))]


def test_elements_begin_and_end_in_order() -> None:
    found = steps("<a><b><c>x<d>y</d></c></b><other><c>z</c></other></a>")
    assert [(begins, name) for begins, name, _ in found] == [
        (True, "a"),
        (True, "b"),
        (False, "c"),
        (False, "b"),
        (False, "c"),
        (False, "a"),
    ]


def test_a_whole_element_has_all_that_is_in_it() -> None:
    document = b'<a>\n<c n="1"><d><e>deep</e></d><c>inner</c></c></a>'
    ends = [e for begins, e in read_steps(document, SHAPE) if not begins and e.name == "c"]
    assert len(ends) == 1
    assert (ends[0].get("n"), ends[0].get("none")) == ("1", "")
    assert ends[0].text_of("d", "e") == "deep"
    assert ends[0].text_of("c") == "inner"
    assert ends[0].text_of("d", "none") == ""


@pytest.mark.parametrize(
    "document",
    [
        b"<a/>",
        b"\xef\xbb\xbf<a/>",
        b"\n  <?xml version='1.0'?><a/>",
        b"<?xml version='1.0' encoding='utf8'?><a/>",
        b"<?xml version='1.0' encoding='utf-16'?><a/>",
        b"<?xml version='1.0' encoding='windows-1252'?><a/>",
        b"<?xml version='1.0' encoding='Shift_JIS'?><a/>",
        b"<?xml version='1.0' encoding='ascii'?><a/>",
        "<?xml version='1.0' encoding='utf-16'?><a/>".encode("utf-16"),
        b"<!DOCTYPE a SYSTEM 'http://127.0.0.1:1/a.dtd'><a/>",
        b"<!DOCTYPE a PUBLIC '-//X' 'file:///etc/passwd'><a/>",
        b"<n:a xmlns:n='urn:x'/>",
    ],
)
def test_what_tools_write_is_read(document: bytes) -> None:
    assert steps(document) == [(True, "a", ""), (False, "a", "")]


def test_other_encodings_are_turned() -> None:
    found = steps("<?xml version='1.0' encoding='shift_jis'?><a>足す</a>".encode("shift_jis"))
    assert found[-1] == (False, "a", "足す")


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "no element found"),
        (b"<b/>", "expected element type <a> but have <b>"),
        (b"<a><b></a>", "line 1: mismatched tag"),
        (b"<a>\n<b>", "line 2: no element found"),
        (b"<a>\x1b</a>", "line 1: not well-formed"),
        (b"<a>\xff</a>", "line 1: not well-formed"),
        (b"<a>&e;</a>", "line 1: undefined entity"),
        (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "line 1: a DOCTYPE with declarations"),
        (b"<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>", "DOCTYPE"),
        (b"<!DOCTYPE a [ ]><a/>", "DOCTYPE"),
        (b"<?xml version='1.0' encoding='klingon'?><a/>", "line 1: the encoding klingon"),
        (b"<?xml version='1.0' encoding='zlib'?><a/>", "the encoding zlib"),
        (b"<a>" * (MAX_DEPTH + 1), "nested deeper than 100 levels"),
        (b"<a>" + b"<x/>" * (MAX_ELEMENTS + 1), "more than 1,500,000 elements"),
        (b"<a><!--" + b"x" * 9_000_000 + b"--></a>", "a tag or a comment without end"),
    ],
)
def test_what_is_refused(document: bytes, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        steps(document)


def test_an_entity_of_a_foreign_document_is_nothing() -> None:
    """Its DOCTYPE is not loaded, so what it declares is not known."""
    assert steps(b"<!DOCTYPE a SYSTEM 'x.dtd'><a>1&e;2</a>")[-1] == (False, "a", "12")


def test_long_texts_and_many_children_are_cut() -> None:
    document = b"<a><c>" + b"x" * 100_000 + b"<d/>" * (MAX_KEPT + 10) + b"</c></a>"
    (whole,) = [e for begins, e in read_steps(document, SHAPE) if e.name == "c"]
    assert len(whole.text) == MAX_TEXT
    assert len(whole.children) == MAX_KEPT

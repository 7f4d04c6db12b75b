"""Pages read back as a browser's parser would see them: elements, their texts, their ids."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = ("br", "input", "link", "meta")


@dataclass(slots=True)
class Element:
    """An element: its attributes, and all the text in it."""

    name: str
    attributes: dict[str, str | None]
    text: str = ""
    inner: list["Element"] = field(default_factory=list)


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self._open, [element.name for element in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(name=tag, attributes=dict(attrs))
        self.elements.append(element)
        for outer in self._open[-1:]:
            outer.inner.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().name == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, name: str, kind: str = "") -> list[Element]:
        """The elements of a name, or of a name and a class."""
        found = [element for element in self.elements if element.name == name]
        return [e for e in found if not kind or kind in (e.attributes.get("class") or "").split()]

    def by_id(self, name: str) -> Element:
        """The one element with that id."""
        (found,) = [e for e in self.elements if e.attributes.get("id") == name]
        return found

    @property
    def log(self) -> dict[int, str]:
        """The lines of the log by their numbers."""
        found = {}
        for element in self.elements:
            name = element.attributes.get("id") or ""
            if element.name == "div" and name.startswith("L"):
                found[int(name[1:])] = element.text.removeprefix(name[1:])
        return found

"""From YAML's events to nodes, within bounds: depth, size, aliases, tags, one document.

Events are counted before anything is built on them, so no input can nest or multiply without
limit. Source: YAML 1.1; the bounds are ours, many times what any real buildspec needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import yaml

from localbuild.documents.dialect import BUILDSPEC, Dialect
from localbuild.documents.nodes import MappingNode, Node, ScalarNode, SequenceNode
from localbuild.documents.source import Source, read_source, refuse, shown
from localbuild.documents.yaml_errors import yaml_problem
from localbuild.documents.yaml_hints import quote_hint
from localbuild.errors import Place

MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_ALIASED_NODES = 10_000

FAST_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
CORE = "tag:yaml.org,2002:"
NAMES = ("str", "int", "float", "bool", "null", "map", "seq")
TAGS = frozenset({"!", *(CORE + name for name in NAMES)})


@dataclass(slots=True, kw_only=True)
class _Open:
    """A collection whose end has not come yet; `size` and `height` count what is in it."""

    mapping: bool
    place: Place
    anchor: str | None
    tag: str = ""
    items: list[Node] = field(default_factory=list)
    size: int = 1
    height: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchored:
    node: Node
    size: int
    height: int


def compose(source: Source, loader: type = FAST_LOADER, dialect: Dialect = BUILDSPEC) -> Node:
    """Build the nodes of a document; both of PyYAML's parsers give the same ones.

    Raises BuildspecError with a place, and nothing else, whatever the text.
    """
    composer = _Composer(source, dialect)
    try:
        for event in _events(source, loader):
            composer.accept(event)
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise refuse(yaml_problem(error, source)) from None
    return composer.root or ScalarNode(text="", place=source.place(1))


def _events(source: Source, loader: type) -> Iterator[yaml.Event]:
    yield from yaml.parse(source.text, Loader=loader)


class _Composer:
    """The stack of open collections and what has been counted so far."""

    def __init__(self, source: Source, dialect: Dialect) -> None:
        self.source = source
        self.dialect = dialect
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, _Anchored | None] = {}
        self.nodes = 0
        self.aliased = 0

    def accept(self, event: yaml.Event) -> None:
        """Take one event in."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            what = f"{self.dialect.what} is one YAML document, here a second one begins"
            self._refuse("LB007", what, event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        self._count(event)
        text = event.value
        if "\0" in text or not (text.isascii() or _is_unicode(text)):
            self._refuse(
                "LB011", "this value holds a character that no program can be given", event
            )
        node = ScalarNode(
            text=text,
            place=self._place(event),
            plain=not event.style and event.tag not in ("!", CORE + "str"),
            anchor=event.anchor or "",
            bang=event.tag == "!" and not event.style,
            tag=self._own_tag(event),
            block=event.style == "|",
        )
        self._add(node, event.anchor, 1, 1)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._count(event)
        if len(self.stack) >= MAX_DEPTH:
            self._refuse("LB004", f"nested deeper than {MAX_DEPTH} levels", event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        if event.anchor:
            self.anchors[event.anchor] = None
        self.stack.append(
            _Open(
                mapping=mapping,
                place=self._place(event),
                anchor=event.anchor,
                tag=self._own_tag(event),
            )
        )

    def _close(self) -> None:
        done = self.stack.pop()
        node: Node
        if done.mapping:
            node = MappingNode(
                pairs=_pairs(done.items, self.source), place=done.place, tag=done.tag
            )
        else:
            node = SequenceNode(items=tuple(done.items), place=done.place, tag=done.tag)
        self._add(node, done.anchor, done.size, done.height)

    def _alias(self, event: yaml.AliasEvent) -> None:
        name = event.anchor or ""
        if name not in self.anchors:
            hints = quote_hint(self.source.excerpt(self._place(event).line))
            self._refuse("LB006", f"alias '*{shown(name)}' refers to no anchor", event, hints)
        target = self.anchors[name]
        if target is None:
            self._refuse("LB006", f"alias '*{shown(name)}' stands inside what it refers to", event)
        self.aliased += target.size
        if self.aliased > MAX_ALIASED_NODES:
            self._refuse("LB006", f"aliases stand for over {MAX_ALIASED_NODES} values", event)
        if len(self.stack) + target.height > MAX_DEPTH:
            self._refuse("LB004", f"nested deeper than {MAX_DEPTH} levels", event)
        self._add(target.node, None, target.size, target.height)

    def _add(self, node: Node, anchor: str | None, size: int, height: int) -> None:
        if anchor:
            self.anchors[anchor] = _Anchored(node=node, size=size, height=height)
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        parent.items.append(node)
        parent.size += size
        parent.height = max(parent.height, height + 1)

    def _count(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._refuse("LB003", f"the file holds more than {MAX_NODES} values", event)
        if event.tag is not None and event.tag not in TAGS and not self._own_tag(event):
            tag = shown(event.tag.removeprefix(CORE))
            self._refuse("LB005", f"tag '{tag}' means nothing in {self.dialect.what}", event)

    def _own_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> str:
        """A tag that the dialect has, '' for YAML's own."""
        tag = event.tag or ""
        return tag if self.dialect.has_tags and tag.startswith("!") and len(tag) > 1 else ""

    def _place(self, event: yaml.Event) -> Place:
        start, end = event.start_mark, event.end_mark
        if start is None or end is None:
            return self.source.place(1)
        if start.line == end.line:
            length = max(end.column - start.column, 1)
        else:
            length = max(len(self.source.excerpt(start.line + 1)) - start.column, 1)
        return self.source.place(start.line + 1, start.column + 1, length)

    def _refuse(
        self, code: str, message: str, event: yaml.Event, hints: tuple[str, ...] = ()
    ) -> NoReturn:
        raise refuse(self.source.problem(code, message, self._place(event), hints=hints))


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pairs(items: list[Node], source: Source) -> tuple[tuple[ScalarNode, Node], ...]:
    """Pair keys with values; what `<<` brings stands first and yields to the mapping's own keys."""
    own: list[tuple[ScalarNode, Node]] = []
    merged: list[tuple[ScalarNode, Node]] = []
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, ScalarNode):
            hints = quote_hint(source.excerpt(key.place.line))
            problem = source.problem("LB010", "a key must be text", key.place, hints=hints)
            raise refuse(problem)
        if key.plain and key.text == "<<":
            merged.extend(_merged(value, source))
        else:
            own.append((key, value))
    if not merged:
        return tuple(own)
    names = {key.text for key, _ in own}
    brought: dict[str, tuple[ScalarNode, Node]] = {}
    for pair in merged:
        brought.setdefault(pair[0].text, pair)
    return (*(pair for name, pair in brought.items() if name not in names), *own)


def _merged(value: Node, source: Source) -> list[tuple[ScalarNode, Node]]:
    """The pairs behind a merge key: of one mapping, or of a list of them, the first one first."""
    parts = value.items if isinstance(value, SequenceNode) else (value,)
    pairs: list[tuple[ScalarNode, Node]] = []
    for part in parts:
        if not isinstance(part, MappingNode):
            message = "'<<' merges a mapping or a list of mappings"
            raise refuse(source.problem("LB006", message, part.place))
        pairs.extend(part.pairs)
    return pairs


def parse_nodes(data: bytes, file: str) -> Node:
    """Read one YAML document into nodes; an empty file is a null scalar.

    Raises BuildspecError with a place for anything that is not one plain, finite document.
    """
    return compose(read_source(data, file))

"""What a copy of a tree counts on its way, and the words for it."""

from localbuild.ports.source import SourceStats

_NAMED = 3


class Names:
    """A count of files that remembers the first few names."""

    __slots__ = ("count", "first")

    def __init__(self) -> None:
        self.count = 0
        self.first: list[bytes] = []

    def add(self, name: bytes) -> None:
        self.count += 1
        if len(self.first) < _NAMED:
            self.first.append(name)

    def __str__(self) -> str:
        names = ", ".join(repr(name.decode(errors="surrogateescape")) for name in self.first)
        more = self.count - len(self.first)
        return f"{names} and {more} more" if more else names


class Tally:
    """Counts while the archive is written."""

    __slots__ = ("changed", "files", "notes", "size_bytes", "special", "unreadable")

    def __init__(self) -> None:
        self.files = 0
        self.size_bytes = 0
        self.special = Names()
        self.unreadable = Names()
        self.changed = Names()
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """A warning in words; '' is none."""
        if text:
            self.notes.append(text)

    def stats(self) -> SourceStats:
        """The counts as a value, its warnings in words."""
        return SourceStats(
            files=self.files, size_bytes=self.size_bytes, warnings=(*self.notes, *self._losses())
        )

    def _losses(self) -> tuple[str, ...]:
        told = (
            (self.unreadable, "left out of the source because they cannot be read"),
            (self.special, "left out of the source, being neither files, directories nor links"),
            (self.changed, "changed while being copied, so the build may have a mixture"),
        )
        return tuple(f"{words} ({names.count}): {names}" for names, words in told if names.count)

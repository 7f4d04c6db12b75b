"""Why a key has no entry: its parts beside those of the nearest entry that there is. Pure."""

from collections.abc import Iterator, Sequence

from localbuild.cache.keys import paths_version
from localbuild.cache.manifest import Builder, HashedFile, KeyPart, Manifest
from localbuild.cache.template import key_of
from localbuild.lines import plain
from localbuild.units import print_age

_MOST_FILES = 5
_MOST_CHARACTERS = 100
_HEX_DIGITS = frozenset("0123456789abcdef")


def explain(
    parts: Sequence[KeyPart],
    template: str,
    paths: Sequence[str],
    candidates: Sequence[Manifest],
    now_s: float,
) -> tuple[str, ...]:
    """Lines for people, the most telling first; () where an entry has that very key.

    `paths` are those that make the version. `candidates` are manifests of the scope, of any
    version; `now_s` is the store's clock.
    """
    key = key_of(parts)
    version = paths_version(paths)
    found = nearest(parts, template, version, candidates)
    if found is None:
        return (*_unmatched(parts), "nothing has been saved here yet")
    if found.version == version and found.key == key:
        return ()
    lines = (*_compared(parts, template, paths, found), *_unmatched(parts))
    return (
        *lines,
        f"the nearest entry is {_named(found)}, {print_age(now_s - found.created_s)} old",
    )


def nearest(
    parts: Sequence[KeyPart], template: str, version: str, candidates: Sequence[Manifest]
) -> Manifest | None:
    """The entry that differs least: in paths, then template, then parts; of several the newest."""

    def likeness(manifest: Manifest) -> tuple[bool, bool, int, float]:
        same = sum(1 for new, old in zip(parts, manifest.parts, strict=False) if new == old)
        alike = manifest.template == template
        return manifest.version == version, alike, same if alike else 0, manifest.created_s

    return max(candidates, key=likeness, default=None)


def compare_builders(new: Builder, old: Builder) -> tuple[str, ...]:
    """What else is not as it was when an entry was written; it is no reason for a miss."""
    pairs = (
        ("image", new.image, old.image),
        ("image digest", new.image_id, old.image_id),
        ("platform", new.platform, old.platform),
        ("project", new.project, old.project),
    )
    return tuple(
        f"{name} was {_shown(before)}, is {_shown(now)}"
        for name, now, before in pairs
        if now and before and now != before
    )


def compare_parts(new: Sequence[KeyPart], old: Sequence[KeyPart]) -> tuple[str, ...]:
    """A line for each difference between the parts of a template at two times."""
    lines: list[str] = []
    for now, before in zip(new, old, strict=False):
        if now.files != before.files:
            lines += _files(now.files, before.files)
        elif now.value != before.value:
            name = now.text.strip("${}") if now.kind == "variable" else now.text
            values = _shortened(before.value, now.value)
            lines.append(f"{_shown(name)} was {values[0]}, is {values[1]}")
    return tuple(lines)


def _compared(
    parts: Sequence[KeyPart], template: str, paths: Sequence[str], found: Manifest
) -> Iterator[str]:
    if found.version != paths_version(paths):
        yield from _paths(paths, found.paths)
    if found.template != template:
        yield f"the key was written {_quoted(found.template)}, is {_quoted(template)}"
    else:
        yield from compare_parts(parts, found.parts)


def _paths(new: Sequence[str], old: Sequence[str]) -> Iterator[str]:
    changes = [f"+ {p}" for p in new if p not in old] + [f"- {p}" for p in old if p not in new]
    told = ", ".join(_shown(change) for change in changes) or "their order"
    yield f"the cache's paths changed, and entries of other paths never match: {told}"


def _files(new: Sequence[HashedFile], old: Sequence[HashedFile]) -> list[str]:
    now, before = {f.path: f.sha256 for f in new}, {f.path: f.sha256 for f in old}
    lines = [f"{_shown(p)} changed {_digests(before[p], now[p])}" for p in _differing(now, before)]
    lines += [f"{_shown(path)} is new" for path in now if path not in before]
    lines += [f"{_shown(path)} is gone" for path in before if path not in now]
    if len(lines) > _MOST_FILES:
        more = len(lines) - _MOST_FILES
        return [*lines[:_MOST_FILES], f"and {more} more file{'' if more == 1 else 's'}"]
    return lines


def _differing(now: dict[str, str], before: dict[str, str]) -> list[str]:
    return [path for path in now if path in before and now[path] != before[path]]


def _digests(before: str, now: str) -> str:
    return "({} → {})".format(*_shortened(before, now))


def _shortened(before: str, now: str) -> tuple[str, str]:
    """Two values; of digests only so much that they can be told apart."""
    if not (_is_digest(before) and _is_digest(now)):
        return _shown(before), _shown(now)
    digits = next(n for n in range(4, 65, 4) if before[:n] != now[:n] or n == 64)
    return f"{before[:digits]}…", f"{now[:digits]}…"


def _is_digest(value: str) -> bool:
    return len(value) == 64 and not set(value) - _HEX_DIGITS


def _unmatched(parts: Sequence[KeyPart]) -> Iterator[str]:
    for part in parts:
        if part.kind == "hash-files" and not part.files:
            yield f"no file of the source matches {_shown(part.text)}"


def _named(manifest: Manifest) -> str:
    return _shown(manifest.key) if manifest.key else "the one without a key"


def _quoted(template: str) -> str:
    return f"'{_shown(template)}'" if template else "without a key"


def _shown(value: str) -> str:
    """A value on one line, not too long."""
    if not value:
        return "empty"
    line = plain(value)
    return line if len(line) <= _MOST_CHARACTERS else f"{line[: _MOST_CHARACTERS - 1]}…"

"""Which versions of an image's runtimes `runtime-versions` selects, or why it cannot. Pure.

Source: buildspec reference, runtime-versions; reference of CodeBuild's behaviour, 10.3.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from localbuild.plan.references import expand_reference
from localbuild.plan.runtime_versions import (
    LATEST,
    ImageRuntime,
    ListedVersion,
    PlannedRuntime,
    age_of,
    find_version,
    newest_of,
)

_ASKED = "manual selections"


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectedRuntime:
    """A version that a build gets; `line` is the buildspec's that asks for it.

    `custom`: the image does not list it, and its commands read it from the variable VERSION.
    `required_by` is the runtime that needs it where the buildspec does not ask for it.
    """

    name: str
    found: ListedVersion
    line: int
    custom: bool = False
    required_by: str = ""

    @property
    def text(self) -> str:
        """CodeBuild's line about it; the one about what another runtime needs is ours."""
        why = f"what '{self.required_by}' requires" if self.required_by else _ASKED
        return _selecting(self.name, self.found.version, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeRefusal:
    """Why a runtime cannot be had, in CodeBuild's words where they are known."""

    message: str
    line: int
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is selected, in the order of running; `lines` are for the log."""

    runtimes: tuple[SelectedRuntime, ...]
    refusals: tuple[RuntimeRefusal, ...]
    lines: tuple[str, ...]


Found = SelectedRuntime | RuntimeRefusal


def select_runtimes(
    asked: Iterable[PlannedRuntime], image: Iterable[ImageRuntime], variables: Mapping[str, str]
) -> Selection:
    """Choose a version for everything that is asked for, and for what that requires.

    `variables` are those that a version may refer to. What is required runs before what requires
    it; otherwise the order is that of the buildspec.
    """
    runtimes = {runtime.name: runtime for runtime in image}
    answers: list[tuple[str, Found]] = []
    for each in asked:
        wanted = _expanded(each, variables)
        found = wanted if isinstance(wanted, RuntimeRefusal) else _select(wanted, runtimes)
        version = each.version if isinstance(wanted, RuntimeRefusal) else wanted.version
        answers.append((_selecting(each.name, version, _ASKED), found))
    chosen = {found.name: found for _, found in answers if isinstance(found, SelectedRuntime)}
    refusals = [found for _, found in answers if isinstance(found, RuntimeRefusal)]
    refusals += _require(chosen, runtimes)
    own = [f.text if isinstance(f, SelectedRuntime) else text for text, f in answers]
    required = [found.text for found in chosen.values() if found.required_by]
    return Selection(runtimes=_in_order(chosen), refusals=tuple(refusals), lines=(*own, *required))


def _selecting(name: str, version: str, why: str) -> str:
    return f"Selecting '{name}' runtime version '{version}' based on {why}..."


def _expanded(
    asked: PlannedRuntime, variables: Mapping[str, str]
) -> PlannedRuntime | RuntimeRefusal:
    try:
        return replace(asked, version=expand_reference(asked.version, variables).strip())
    except ValueError as error:
        message = f"runtime-versions: {asked.name}: {error}"
        return RuntimeRefusal(message=message, line=asked.line, hints=("set it: -e NAME=VERSION",))


def _select(asked: PlannedRuntime, image: Mapping[str, ImageRuntime]) -> Found:
    runtime = image.get(asked.name)
    if runtime is None:
        return _unknown_name(asked, image)
    listed = find_version(asked.version, runtime.versions)
    if listed is not None:
        return SelectedRuntime(name=asked.name, found=listed, line=asked.line)
    if runtime.default is None or not asked.version:
        return _unknown_version(asked, runtime)
    custom = replace(runtime.default, version=asked.version)
    return SelectedRuntime(name=asked.name, found=custom, line=asked.line, custom=True)


def _unknown_name(asked: PlannedRuntime, image: Mapping[str, ImageRuntime]) -> RuntimeRefusal:
    names = sorted(image)
    message = (
        f"Unknown runtime named '{asked.name}'. This build image has the following runtimes: "
        + ", ".join(names)
    )
    close = difflib.get_close_matches(asked.name, names, 1)
    hint = f"did you mean '{close[0]}'?" if close else f"remove '{asked.name}' from it"
    return RuntimeRefusal(message=message, line=asked.line, hints=(hint,))


def _unknown_version(asked: PlannedRuntime, runtime: ImageRuntime) -> RuntimeRefusal:
    ordered = sorted((v.version for v in runtime.versions), key=age_of)
    message = (
        f"Unknown runtime version named '{asked.version}' of {runtime.name}. "
        f"This build image has the following versions: {', '.join(ordered)}"
    )
    wider = f"{asked.version}.x"
    nearest = wider if find_version(wider, runtime.versions) else LATEST
    hints = (f"write {runtime.name}: {nearest}",) if ordered else ()
    return RuntimeRefusal(message=message, line=asked.line, hints=hints)


def _require(
    chosen: dict[str, SelectedRuntime], image: Mapping[str, ImageRuntime]
) -> Iterator[RuntimeRefusal]:
    """Add to `chosen` what its members need; yields what does not go together."""
    waiting = list(chosen.values())
    while waiting:
        current = waiting.pop(0)
        for name, versions in current.found.requires:
            if name in chosen:
                if chosen[name].found.version not in versions:
                    yield _conflict(current, chosen[name], versions)
                continue
            added = _required(current, name, chosen, image)
            if isinstance(added, RuntimeRefusal):
                yield added
                continue
            chosen[name] = added
            waiting.append(added)


def _required(
    current: SelectedRuntime,
    name: str,
    chosen: Mapping[str, SelectedRuntime],
    image: Mapping[str, ImageRuntime],
) -> Found:
    """The newest version of a runtime that all will do with that are chosen so far."""
    lists = [v for c in chosen.values() for n, v in c.found.requires if n == name]
    listed = image[name].versions if name in image else ()
    newest = newest_of([v for v in listed if all(v.version in versions for versions in lists)])
    if newest is not None:
        return SelectedRuntime(name=name, found=newest, line=current.line, required_by=current.name)
    wanted = " and of ".join(" or ".join(versions) for versions in lists)
    message = f"{_named(current)} requires {name} {wanted}, which this build image does not have"
    return RuntimeRefusal(message=message, line=current.line)


def _conflict(
    one: SelectedRuntime, other: SelectedRuntime, versions: Sequence[str]
) -> RuntimeRefusal:
    wanted = f"{other.name} {' or '.join(versions)}"
    message = f"Conflicting runtimes: {_named(one)} requires {wanted}, {_named(other)} is selected"
    hint = f"write {other.name}: {versions[-1]}" if versions else f"remove {other.name}"
    return RuntimeRefusal(message=message, line=other.line, hints=(hint,))


def _named(runtime: SelectedRuntime) -> str:
    return f"{runtime.name} {runtime.found.version}"


def _in_order(chosen: Mapping[str, SelectedRuntime]) -> tuple[SelectedRuntime, ...]:
    """Each after what it requires, as far as that does not go in a circle."""
    ordered: dict[str, SelectedRuntime] = {}
    visited: set[str] = set()

    def visit(name: str) -> None:
        if name in visited or name not in chosen:
            return
        visited.add(name)
        for required, _ in chosen[name].found.requires:
            visit(required)
        ordered[name] = chosen[name]

    for name in chosen:
        visit(name)
    return tuple(ordered.values())

"""Where a key that is unknown in its place would be known: the hint for wrong indentation."""

from localbuild.buildspec.spec_table import ROOT, SECTIONS

NEWEST = "0.2"
PROJECT_KEYS = ("compute-type", "image", "privileged-mode", "type")
BELOW = ("phases", "batch", "env", "artifacts", "cache")


def elsewhere(name: str, path: str) -> tuple[str, ...]:
    """Hints for a key of that name found in the section with that path."""
    hint = _env(name) if path == "env" else ""
    if not hint and path.startswith("phases."):
        hint = _phase(name)
    if not hint:
        hint = _batch(name) if path.startswith("batch") else _level(name, path)
    return (hint,) if hint else ()


def _known(section: str, name: str) -> bool:
    return SECTIONS[section].find(name, NEWEST) is not None


def _level(name: str, path: str) -> str:
    if path:
        known = _known(ROOT, name)
        return f"'{name}' belongs to the top level, with no indentation" if known else ""
    found = next((section for section in BELOW if _known(section, name)), "")
    return f"'{name}' belongs below {found}, with more indentation" if found else ""


def _phase(name: str) -> str:
    if name == "runtime-versions":
        return "'runtime-versions' belongs to phases.install"
    return f"'{name}' is a phase: it wants less indentation" if _known("phases", name) else ""


def _env(name: str) -> str:
    if name in PROJECT_KEYS:
        return f"'{name}' is set in the project, or in the env of a build of a batch"
    if name == name.upper() and name[:1].isalpha():
        return f"'{name}' looks like a variable: put it below env.variables"
    return ""


def _batch(name: str) -> str:
    return "'depend-on' is known in build-graph only" if name == "depend-on" else ""

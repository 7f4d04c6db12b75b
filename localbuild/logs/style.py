"""Whether a text has colours and which signs it may use: decided once, passed on as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["good", "bad", "warn", "strong", "faint"]
Sign = Literal["good", "bad", "run", "retry", "skip", "bar", "dot", "more"]

_SGR: Mapping[Role, str] = {"good": "32", "bad": "31", "warn": "33", "strong": "1", "faint": "2"}
_SIGNS: Mapping[Sign, tuple[str, str]] = {
    "good": ("✔", "OK  "),
    "bad": ("✘", "FAIL"),
    "run": ("▸", ">   "),
    "retry": ("↻", "REDO"),
    "skip": ("–", "-"),
    "bar": ("│", "|"),
    "dot": ("·", "-"),
    "more": ("…", "..."),
}
_COLOUR_CIS = ("GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """`terminal`: somebody's screen, which the build must not be able to steer."""

    color: bool = False
    unicode: bool = True
    terminal: bool = False

    def paint(self, role: Role, text: str) -> str:
        """The text in the role's colour, or the text."""
        return f"\x1b[{_SGR[role]}m{text}\x1b[0m" if self.color and text else text

    def sign(self, sign: Sign) -> str:
        """The sign, or what stands for it where only ASCII can be shown."""
        return _SIGNS[sign][0 if self.unicode else 1]

    def encode(self, text: str) -> bytes:
        """The text's bytes; what the terminal cannot show is written as an escape."""
        return text.encode("utf-8" if self.unicode else "ascii", errors="backslashreplace")


def choose_style(color: str, environ: Mapping[str, str], is_tty: bool, encoding: str) -> Style:
    """The style of a stream. `color` is `always`, `never` or `auto`.

    Asked in this order: `color`, NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE, TERM=dumb, a CI that
    shows colours, the terminal.
    """
    return Style(
        color=_has_color(color, environ, is_tty),
        unicode=encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig"),
        terminal=is_tty,
    )


def _has_color(color: str, environ: Mapping[str, str], is_tty: bool) -> bool:
    if color != "auto":
        return color == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    if environ.get("TERM") == "dumb":
        return False
    return is_tty or any(environ.get(name) for name in _COLOUR_CIS)

"""A cache key as it is written: what of it we can evaluate ourselves, and what needs a shell. Pure.

A key is read as a shell reads a here-document: quotes are literal, `$` and backticks are not.
Source: buildspec reference, cache/key: the key is evaluated by the shell in the source directory.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from localbuild.cache.manifest import HashedFile, KeyPart
from localbuild.cache.scripts import hash_files_words, substitution_end
from localbuild.plan.expansion import REFERENCE

LITERAL, VARIABLE, HASH_FILES, COMMAND = "literal", "variable", "hash-files", "command"
HashFiles = Callable[[Sequence[str]], tuple[tuple[str, str], ...]]

_PLAIN = re.compile(r"(?:[^$`\\]|\\.|\\\Z|\$(?![A-Za-z0-9_{(\[@*#?$!-]))+", re.DOTALL)
_ESCAPE = re.compile(r"\\([$`\\])")
_ASSIGNS = re.compile(r"\$\{[A-Za-z0-9_]+:?=|\$[(\[].*(?:=|\+\+|--)", re.DOTALL)
_SHELLS_OWN = re.compile(
    r"_|BASH\w*|COLUMNS|DIRSTACK|EPOCHREALTIME|EPOCHSECONDS|EUID|FUNCNAME|GROUPS|HISTCMD|HOSTTYPE"
    r"|IFS|LINENO|LINES|MACHTYPE|OPTERR|OPTIND|OSTYPE|PIPESTATUS|POSIXLY_CORRECT|PPID|PS\d|RANDOM"
    r"|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|TERM|UID"
)
"""Variables that a shell sets by itself: only it knows their values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePart:
    """A part of a key. `text` is as written.

    `words` are a literal's text without its escapes, a variable's name, or the globs to hash.
    """

    kind: str
    text: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A key as it is written, and its parts in order."""

    text: str
    parts: tuple[TemplatePart, ...]

    @property
    def commands(self) -> tuple[str, ...]:
        """The parts that only a shell in the container can evaluate: what `key_script` takes."""
        return tuple(part.text for part in self.parts if part.kind == COMMAND)


def parse_template(text: str) -> Template:
    """Take a key apart. What is not understood beyond doubt is left to the shell."""
    text = text.replace("\0", "")
    parts = tuple(_parts(text))
    if "\\\n" in text or any(p.kind == COMMAND and _ASSIGNS.match(p.text) for p in parts):
        parts = (TemplatePart(kind=COMMAND, text=text),)
    return Template(text=text, parts=parts)


def evaluate(
    template: Template,
    variables: Mapping[str, str],
    hash_files: HashFiles,
    commands: Sequence[str] | None = None,
) -> tuple[KeyPart, ...] | None:
    """The parts with their values; None where `commands`, the container's answers, are needed.

    An unset variable is '', as in a shell. `hash_files` is the source's: (path, SHA-256 in hex).
    """
    if template.commands and commands is None:
        return None
    answers = iter(commands or ())
    return tuple(_evaluated(p, variables, hash_files, answers) for p in template.parts)


def key_of(parts: Sequence[KeyPart]) -> str:
    """The key: its parts' values, without newlines at the end, as `$(...)` has it."""
    return "".join(part.value for part in parts).rstrip("\n")


def combine_hashes(digests: Sequence[str]) -> str:
    """One SHA-256 in hex of many, which stand in the order of their files' paths; '' for none."""
    return hashlib.sha256("".join(digests).encode()).hexdigest() if digests else ""


def _evaluated(
    part: TemplatePart, variables: Mapping[str, str], hash_files: HashFiles, answers: Iterator[str]
) -> KeyPart:
    files: tuple[HashedFile, ...] = ()
    if part.kind == HASH_FILES:
        found = sorted(
            hash_files(part.words), key=lambda f: f[0].encode("utf-8", "surrogateescape")
        )
        files = tuple(HashedFile(path=path, sha256=digest) for path, digest in found)
        value = combine_hashes([f.sha256 for f in files])
    elif part.kind == VARIABLE:
        value = variables.get(part.words[0], "")
    else:
        value = next(answers) if part.kind == COMMAND else part.words[0]
    return KeyPart(kind=part.kind, text=part.text, value=value, files=files)


def _parts(text: str) -> Iterator[TemplatePart]:
    at = 0
    while at < len(text):
        part = _literal(text, at) or _variable(text, at) or _substitution(text, at)
        yield part
        at += len(part.text)


def _literal(text: str, at: int) -> TemplatePart | None:
    found = _PLAIN.match(text, at)
    if found is None:
        return None
    plain = _ESCAPE.sub(r"\1", found[0])
    return TemplatePart(kind=LITERAL, text=found[0], words=(plain,))


def _variable(text: str, at: int) -> TemplatePart | None:
    found = REFERENCE.match(text, at)
    if found is None:
        return None
    name = found[1] or found[2]
    if _SHELLS_OWN.fullmatch(name):
        return TemplatePart(kind=COMMAND, text=found[0])
    return TemplatePart(kind=VARIABLE, text=found[0], words=(name,))


def _substitution(text: str, at: int) -> TemplatePart:
    written = text[at : substitution_end(text, at)]
    words = hash_files_words(written)
    if words:
        return TemplatePart(kind=HASH_FILES, text=written, words=words)
    return TemplatePart(kind=COMMAND, text=written)

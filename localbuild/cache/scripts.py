"""Shell text in a key: where a substitution ends, and the script that evaluates keys. Pure."""

import re
from collections.abc import Sequence
from string import ascii_letters

from localbuild.plan.script import ENV_FILE, quote

_WORD = r"""'[^'\\\n]+'|"[^"$`\\\n]+"|[A-Za-z0-9_.%@+,:=-][A-Za-z0-9_.%@+,:=/-]*"""
_HASH_FILES = re.compile(rf"\$\([ \t]*codebuild-hash-files((?:[ \t]+(?:{_WORD}))+)[ \t]*\)")
_EACH_WORD = re.compile(_WORD)
_BACKTICKS = r"`(?:[^`\\]|\\.)*`"
_BRACES = r"\$\{[^{}'\"`\\$#]*\}"
_SIMPLE = re.compile(rf"{_BACKTICKS}|{_BRACES}|\$[0-9@*#?$!-]", re.DOTALL)
_PIECE = re.compile(
    rf"""[^()'"`\\$]+|\\.|'[^']*'|"(?:[^"`\\$]|\\.|\$(?![({{]))*"|{_BACKTICKS}|{_BRACES}"""
    r"""|\$(?![{'"])|[()]""",
    re.DOTALL,
)
_HARD = re.compile(r"<<|#|\bcase\b")


def hash_files_words(text: str) -> tuple[str, ...]:
    """The globs of `$(codebuild-hash-files a 'b/**' "c d")`; () for anything a shell would change.

    Unquoted wildcards are the shell's own. Paths that lead out of the source are not ours either.
    """
    found = _HASH_FILES.fullmatch(text)
    words = _EACH_WORD.findall(found[1]) if found else []
    bare = tuple(word.strip(word[0]) if word[0] in "'\"" else word for word in words)
    return () if any(word[0] in "/-" or ".." in word.split("/") for word in bare) else bare


def substitution_end(text: str, at: int) -> int:
    """Where what a shell would evaluate at `at` ends; the text's end where that is not certain."""
    simple = _SIMPLE.match(text, at)
    if simple is not None:
        return simple.end()
    end = _closing(text, at + 2) if text.startswith("$(", at) else len(text)
    return len(text) if _HARD.search(text, at, end) else end


def _closing(text: str, at: int) -> int:
    depth = 1
    while piece := _PIECE.match(text, at):
        at = piece.end()
        depth += {"(": 1, ")": -1}.get(piece[0], 0)
        if not depth:
            return at
    return len(text)


def key_script(texts: Sequence[str]) -> str:
    """A script that prints each text as a here-document has it, ended by NUL, in the build's state.

    One that fails, or is no shell text at all, prints nothing and does not harm the others. The
    path may be the user's own, so `cat` is looked for in the system's.
    """
    delimiter = _delimiter(texts)
    lines = [f". {ENV_FILE}"]
    for text in texts:
        document = _complete(text.replace("\0", ""))
        program = quote(f"command -p cat <<{delimiter}\n{document}\n{delimiter}\n")
        lines.append(f"(eval {program}) </dev/null 2>/dev/null\nprintf '\\0'")
    return "\n".join(lines) + "\n"


def _delimiter(texts: Sequence[str]) -> str:
    """What no line is, nor begins with: dash loses bytes of a line that begins like it."""
    begun = {line[:1] for text in texts for line in text.split("\n")}
    delimiter = next((c for c in ascii_letters if c not in begun), "_") + "_END_OF_KEY"
    while any(delimiter in text for text in texts):
        delimiter += "_"
    return delimiter


def _complete(text: str) -> str:
    """A backslash at the end must not take the newline that follows it."""
    loose = len(text) - len(text.rstrip("\\"))
    return text + "\\" * (loose % 2)


def read_answers(data: bytes) -> tuple[str, ...]:
    """What the script printed, a text each, without the newline that a here-document adds."""
    texts = data.decode("utf-8", "surrogateescape").split("\0")[:-1]
    return tuple(text.removesuffix("\n") for text in texts)

"""The text of a link that stays one: it leads to the same place wherever its output lies. Pure."""


def text_within(base: bytes, own: bytes, text: bytes, leads_to: bytes | None) -> bytes:
    """A link's text, made relative where it is absolute or passes outside of `base`.

    `own` is the link's path and `leads_to` what it leads to, both in `base`, from the same root.
    '' where it leads nowhere, and its text out of `base`.
    """
    if not text.startswith(b"/") and _stays(_below(base, own), text):
        return text
    return _relative(own, leads_to) if leads_to is not None else b""


def _stays(directory: list[bytes], text: bytes) -> bool:
    """Whether no part of a relative path leads above the base."""
    depth = len(directory)
    for part in text.split(b"/"):
        if part == b"..":
            depth -= 1
            if depth < 0:
                return False
        elif part not in (b"", b"."):
            depth += 1
    return True


def _below(base: bytes, own: bytes) -> list[bytes]:
    """The directories between the base and the link."""
    return own[len(base) :].strip(b"/").split(b"/")[:-1]


def _relative(own: bytes, leads_to: bytes) -> bytes:
    here, there = own.split(b"/")[:-1], leads_to.split(b"/")
    same = 0
    while same < min(len(here), len(there)) and here[same] == there[same]:
        same += 1
    return b"/".join([b".."] * (len(here) - same) + there[same:]) or b"."

"""Finds the handler of a path: `/users/7` is for `/users/{id}`."""


def match_route(pattern: str, path: str) -> dict[str, str] | None:
    """The values of the pattern's names, None where the path is another one."""
    names, parts = pattern.split("/"), path.split("/")
    if len(names) != len(parts):
        return None
    found: dict[str, str] = {}
    for name, part in zip(names, parts, strict=True):
        if name.startswith("{") and name.endswith("}"):
            found[name[1:-1]] = part
        elif name != part:
            return None
    return found

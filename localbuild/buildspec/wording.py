"""The service's own words about keys that it does not know, as its log prints them."""

from localbuild.errors import Problem


def syntax_warning(warnings: tuple[Problem, ...]) -> str:
    """The text of one log entry for all unknown keys, empty where the service says nothing.

    Source: real logs; one heading, then each section with its keys.
    """
    sections: dict[str, list[str]] = {}
    for problem in warnings:
        if problem.code == "LB104" and problem.service_message:
            heading, _, key = problem.service_message.rpartition("\n")
            sections.setdefault(heading, []).append(key)
    if not sections:
        return ""
    lines = ["Found possible syntax errors in buildspec:"]
    for heading, keys in sections.items():
        lines.extend((heading, *keys))
    return "\n".join(lines)

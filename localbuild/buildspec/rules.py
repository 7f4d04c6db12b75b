"""Every code that a finding can have, with its explanation.

LB0xx YAML · LB1xx the grammar · LB2xx meaning · LB3xx shell · LB4xx cache · LB5xx secrets ·
LB6xx and LB7xx what is told by a build, a project, an env file. A code is never reused for
something else.
"""

from localbuild.buildspec.explained.builds import BUILDS
from localbuild.buildspec.explained.cache import CACHE
from localbuild.buildspec.explained.grammar import GRAMMAR
from localbuild.buildspec.explained.meaning import MEANING
from localbuild.buildspec.explained.model import Explanation
from localbuild.buildspec.explained.secrets import SECRETS
from localbuild.buildspec.explained.shell import SHELL
from localbuild.buildspec.explained.yaml import YAML


def _told_by_a_build(text: str) -> Explanation:
    what, dot, why = text.partition(". ")
    return Explanation(what=what + dot.strip(), why=why)


LINTED: dict[str, Explanation] = {**YAML, **GRAMMAR, **MEANING, **SHELL, **CACHE, **SECRETS}
"""The codes of `localbuild lint`."""

RULES: dict[str, Explanation] = {
    **LINTED,
    **{code: _told_by_a_build(text) for code, text in BUILDS.items()},
}
"""All codes."""

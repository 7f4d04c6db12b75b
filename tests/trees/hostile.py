"""The catalogue of hostile entry lists: what somebody writes who may write to a store.

Their hashes are right, their manifests consistent: only what the entries say is hostile.
"""

from tests.trees.hostile_facts import FACTS
from tests.trees.hostile_lines import Cases
from tests.trees.hostile_links import LINKS
from tests.trees.hostile_names import NAMES
from tests.trees.hostile_places import PLACES

CATALOGUE: Cases = {**NAMES, **LINKS, **FACTS, **PLACES}
"""By name; the names of each part are its own."""

PARTS = (NAMES, LINKS, FACTS, PLACES)

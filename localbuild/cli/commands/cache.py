"""`localbuild cache`: the verbs that see into caches and look after them."""

import click

from localbuild.cli.cache_verbs.differences import DIFF
from localbuild.cli.cache_verbs.listing import LS, SHOW
from localbuild.cli.cache_verbs.moving import PULL, PUSH
from localbuild.cli.cache_verbs.numbers import STATS
from localbuild.cli.cache_verbs.pruning import PRUNE
from localbuild.cli.cache_verbs.reasons import WHY
from localbuild.cli.cache_verbs.removing import RM
from localbuild.cli.cache_verbs.verifying import VERIFY
from localbuild.cli.options.run import help_option
from localbuild.cli.options.verbs import SETTINGS

_VERBS = (LS, SHOW, WHY, DIFF, STATS, VERIFY, PRUNE, RM, PUSH, PULL)

COMMAND = click.Group(
    "cache",
    help="See into caches, and look after them.",
    context_settings=SETTINGS,
    params=[help_option()],
    add_help_option=False,
    commands={str(verb.name): verb for verb in _VERBS},
)

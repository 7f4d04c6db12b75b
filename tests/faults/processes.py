"""Processes of their own for what is to be killed, raced or failed: forked from a clean one."""

import multiprocessing
from multiprocessing.context import ForkServerContext

_LOADED = ["__main__", "tests.faults.syscalls", "tests.faults.victims", "tests.faults.racers"]


def processes() -> ForkServerContext:
    """Makes processes that have imported everything already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_LOADED)
    return context

"""When a cache is restored and when it is saved. Pure.

Source: reference of CodeBuild's behaviour, 5.2 and 5.3: restored before INSTALL, saved at the end
of POST_BUILD of a build whose phases have all succeeded so far.
"""

from collections.abc import Mapping
from typing import assert_never

from localbuild.plan.cache import CacheAction, CacheMode, CachePlan, CacheSave
from localbuild.plan.model import BuildPlan
from localbuild.plan.resumption import phases_after
from localbuild.plan.transitions import Outcome
from localbuild.run.outcome import PhaseOutcome
from localbuild.terms import PhaseType

Outcomes = Mapping[PhaseType, PhaseOutcome]


def why_not_restored(cache: CachePlan) -> str:
    """Why a build does not look for its cache, '' where it does."""
    if cache.mode is CacheMode.WRITE_ONLY:
        return "it is only saved (--cache-mode wo)"
    return "it is only saved (action: save)" if cache.action is CacheAction.SAVE else ""


def why_not_saved(cache: CachePlan, outcomes: Outcomes) -> str:
    """Why a build does not save its cache, '' where it does. `outcomes`: of the phases so far.

    A failure that `on-failure: CONTINUE` forgives counts as one: CODEBUILD_BUILD_SUCCEEDING is 0
    after it, and files of a failed phase may be half made.
    """
    if cache.mode is CacheMode.READ_ONLY:
        return "it is only read (--cache-mode ro)"
    if cache.action is CacheAction.RESTORE:
        return "it is only restored (action: restore)"
    return _broken_off(outcomes) or _unsuccessful(cache.save, outcomes)


def why_not_vouched_for(plan: BuildPlan) -> str:
    """Why nobody knows what is in the cache's files, '' where the build alone has made them.

    What has been done by hand to a container in which a build goes on is told nowhere.
    """
    if plan.resumed is None:
        return ""
    return f"the build went on in the container of build {plan.resumed.number}"


def why_not_whole(plan: BuildPlan) -> str:
    """Why there may be too little in the cache to be saved, '' where there is no reason.

    What skipped commands would have put there must not be missing under a key of theirs.
    """
    if plan.cache.save is CacheSave.ALWAYS:
        return ""
    skipped = (p.type for p in plan.phases if p.skipped and p.type is not PhaseType.POST_BUILD)
    phase = next(skipped, None)
    if phase is not None:
        return f"{phase} was skipped (--skip)"
    beyond = phases_after(plan.until)[:-1] if plan.until else ()
    return f"the build ended after {plan.until} (--until)" if beyond else ""


def _broken_off(outcomes: Outcomes) -> str:
    """After a timeout or a stop, or without its container, nothing can be saved."""
    broken = (p for p, o in outcomes.items() if o.outcome is Outcome.BROKEN_OFF)
    phase = next(broken, None)
    if phase is not None:
        return f"{phase} {outcomes[phase].status}"
    return "" if PhaseType.INSTALL in outcomes else "INSTALL was not entered"


def _unsuccessful(when: CacheSave, outcomes: Outcomes) -> str:
    match when:
        case CacheSave.ALWAYS:
            return ""
        case CacheSave.INSTALL:
            counted = [PhaseType.INSTALL]
        case CacheSave.SUCCESS:
            counted = list(outcomes)
        case _:
            assert_never(when)
    failed = next((phase for phase in counted if outcomes[phase].failed), None)
    return "" if failed is None else f"{failed} {outcomes[failed].status}"

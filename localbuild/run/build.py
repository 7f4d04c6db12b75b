"""`run_build`: a plan becomes events; the imperative shell's spine."""

from localbuild.errors import BuildspecError
from localbuild.plan.compile import BuildRequest
from localbuild.plan.environment import BuildIdentity
from localbuild.plan.model import BuildPlan
from localbuild.run.services import Services


def run_build(plan: BuildPlan, identity: BuildIdentity, services: Services) -> int:
    """Run a plan to its end and return the exit code; every outcome is in the events.

    Only a bug raises: engine and image trouble, a full disk, timeouts and stops all end as a
    build with their own status and exit code.
    """
    raise NotImplementedError


def refuse_build(
    error: BuildspecError, request: BuildRequest, identity: BuildIdentity, services: Services
) -> int:
    """Record a build whose buildspec is missing or refused: it ends in DOWNLOAD_SOURCE.

    Returns exit code 3. Source: reference of CodeBuild's behaviour, 2.3, YAML_FILE_ERROR.
    """
    raise NotImplementedError

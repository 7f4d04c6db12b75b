"""What each privilege is in the engine's words, and how an engine says that it cannot give one.

`--privileged` gives every capability. An engine whose own set of them has been cut down, as within
some sandboxes, cannot, and says so when the container is to start. Of all capabilities a Docker
daemon can do without CAP_SYS_RESOURCE, which is what such places keep back.
"""

import re
from typing import Any, assert_never

from localbuild.ports.engine import Privilege

_UNCONFINED = ["seccomp=unconfined", "apparmor=unconfined", "label=disable"]

_REFUSAL = re.compile(r"\bcap(s|abilities|set)\b.*operation not permitted", re.IGNORECASE)
"""runc: `unable to apply caps: operation not permitted`; crun: `set capabilities: …`."""


def privilege_settings(privilege: Privilege) -> dict[str, Any]:
    """The part of the API's HostConfig that gives a container this privilege."""
    match privilege:
        case Privilege.NONE:
            return {}
        case Privilege.FULL:
            return {"Privileged": True}
        case Privilege.NEAREST:
            return {
                "CapAdd": ["ALL"],
                "CapDrop": ["SYS_RESOURCE"],
                "SecurityOpt": _UNCONFINED,
                "MaskedPaths": [],
                "ReadonlyPaths": [],
                "DeviceCgroupRules": ["a *:* rwm"],
            }
        case _:
            assert_never(privilege)


def is_refusal(privilege: Privilege, explanation: str) -> bool:
    """Whether an engine's reason for not starting a container is the privilege alone."""
    return privilege is not Privilege.NONE and _REFUSAL.search(explanation) is not None

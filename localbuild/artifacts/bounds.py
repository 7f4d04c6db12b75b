"""What of a container may be handed out: the source, and what a buildspec names itself. Pure."""

from localbuild.artifacts.nodes import is_within, joined
from localbuild.plan.local_cache import STORE

_NOT_FILES = (b"proc", b"sys", b"dev")
"""The kernel's, whoever asks for them."""

_OURS = (b"codebuild/output/tmp", b"codebuild/readonly")
_RECORDS = b".localbuild"
_CACHED = STORE.strip("/").encode()
"""Where links of localbuild's own lead to, in the places of a LOCAL cache's folders."""


class Bounds:
    """Paths from the container's `/`, without links in them."""

    def __init__(self, source: bytes) -> None:
        self.source = source
        self._places = [source, _CACHED]
        self._never = (*_NOT_FILES, *_OURS, joined(source, _RECORDS))

    def allow(self, place: bytes) -> None:
        """Also what is in there: the buildspec names it by a path that leads out of the source."""
        self._places.append(place)

    def has(self, path: bytes) -> bool:
        """Whether a path may be handed out."""
        if any(is_within(path, place) for place in self._never):
            return False
        return any(is_within(path, place) for place in self._places)

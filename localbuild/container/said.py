"""What a script of ours prints in a container, up to a limit.

An image or a build may have made the commands and files that it uses, and print without end.
"""


class Said:
    """The first `limit` bytes; `is_whole` tells whether that was all."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept = bytearray()
        self.is_whole = True

    def take(self, data: bytes) -> None:
        """Take the next bytes."""
        room = self._limit - len(self._kept)
        self._kept += data[:room]
        self.is_whole = self.is_whole and len(data) <= room

    def data(self) -> bytes:
        """What was kept."""
        return bytes(self._kept)

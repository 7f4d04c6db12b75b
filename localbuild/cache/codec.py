"""zstd, as Python 3.14 has it and `backports.zstd` before it: bytes in, bytes out, with a limit."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Buffer = bytes | bytearray | memoryview


def compress(data: Buffer, level: int) -> bytes:
    """One frame, which has no checksum: whoever keeps it keeps its hash. Other threads may run."""
    return zstd.compress(data, level)


def expand(data: Buffer, limit: int) -> bytes:
    """What a frame holds, at most `limit` bytes. Raises ValueError where it is damaged or more."""
    decompressor = zstd.ZstdDecompressor()
    try:
        found = decompressor.decompress(data, max_length=limit + 1)
    except (zstd.ZstdError, EOFError, MemoryError) as error:
        raise ValueError(f"it cannot be decompressed: {error}") from None
    if len(found) > limit:
        raise ValueError(f"it expands to more than {limit} bytes")
    if not decompressor.eof or decompressor.unused_data:
        raise ValueError("it is cut off, or something follows it")
    return found

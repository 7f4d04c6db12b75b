"""One save and one restore in a process of its own: how much memory it took at most, in bytes.

`python -m benchmarks.cache_memory_probe SOURCE TARGET STORE ENDPOINT`. What the kernel says of an
ended child counts what its parent had when it was forked; what a process says of itself does not.
"""

import sys
from contextlib import closing
from pathlib import Path

from benchmarks import cache_ours as ours
from localbuild.cache.stores.open import StoreSettings, open_store


def main(source: str, target: str, url: str, endpoint_url: str) -> None:
    """Both, then what they took."""
    with closing(open_store(url, StoreSettings(endpoint_url=endpoint_url))) as store:
        ours.save(Path(source), store)
        ours.restore(store, Path(target))
    print(peak_bytes())


def peak_bytes() -> int:
    """The most that this process has held in memory. Source: proc(5), VmHWM, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = next(line for line in lines if line.startswith("VmHWM:"))
    return int(found.split()[1]) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])

"""One save and one restore in a process of its own: how much memory it took at most, in bytes.

`python -m benchmarks.cache_memory_probe SOURCE TARGET STORE ENDPOINT`.
"""

import sys
from contextlib import closing
from pathlib import Path

from benchmarks import cache_ours as ours
from benchmarks.measure import peak_bytes
from localbuild.cache.stores.open import StoreSettings, open_store


def main(source: str, target: str, url: str, endpoint_url: str) -> None:
    """Both, then what they took."""
    with closing(open_store(url, StoreSettings(endpoint_url=endpoint_url))) as store:
        ours.save(Path(source), store)
        ours.restore(store, Path(target))
    print(peak_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])

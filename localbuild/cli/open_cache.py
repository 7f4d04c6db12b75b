"""The cache that a build gets, from its settings: opened when the build asks for it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from localbuild import __version__
from localbuild.cli.caching import S3
from localbuild.cli.call import Call
from localbuild.cli.prepare import Prepared
from localbuild.cli.process.paths import real_path
from localbuild.cli.process.progress import transfer_progress
from localbuild.cli.settings import Settings
from localbuild.cli.store_settings import store_settings
from localbuild.ports.cache import Cache
from localbuild.run.deadline import SystemClock

if TYPE_CHECKING:
    from localbuild.cache.open import CacheOptions
    from localbuild.cache.warm import Make


def cache_opener(call: Call, prepared: Prepared) -> Callable[[], Cache] | None:
    """What opens the cache; None where the project has none of that kind."""
    if prepared.request.cache.type != S3:
        return None
    layers = layers_mode(prepared.settings, call.world.environ)

    def opening() -> Cache:
        from localbuild.cache.listener import Listener
        from localbuild.cache.open import open_cache

        options = cache_options(call, prepared.settings, prepared.request.cache.tiers)
        make = _maker(layers, options, prepared.settings)
        listener = Listener(
            progress=transfer_progress(call.voice, "uploading the cache"), tell=call.voice.detail
        )
        return open_cache(options, SystemClock(), make, listener)

    return opening


def cache_folders(prepared: Prepared) -> tuple[Path, ...]:
    """The cache's directories that lie below the source, of which they are no part."""
    tiers = (t for t in prepared.request.cache.tiers if not t.startswith("s3://"))
    folders = (real_path(Path(tier)) for tier in tiers)
    return tuple(each for each in folders if prepared.source in each.parents)


def cache_options(call: Call, settings: Settings, tiers: tuple[str, ...]) -> "CacheOptions":
    """Where a cache is, and who uses it."""
    from localbuild.cache.open import CacheOptions

    return CacheOptions(
        urls=tiers,
        settings=store_settings(settings),
        state=call.world.user_state_dir(),
        tool=f"localbuild {__version__}",
    )


def layers_mode(settings: Settings, environ: Mapping[str, str]) -> str:
    """When layers are made. A CI's machine is thrown away: nobody would come back to them."""
    in_ci = environ.get("CI", "").lower() not in ("", "0", "false")
    return settings.cache_layers or ("off" if in_ci else "background")


def _maker(layers: str, options: "CacheOptions", settings: Settings) -> "Make | None":
    if layers == "off":
        return None
    from localbuild.cli.warming import Warming

    warming = Warming(options=options, docker_host=settings.docker_host, context=settings.context)
    return warming.now if layers == "wait" else warming.later

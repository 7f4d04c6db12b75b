"""The way to a cache's stores, as the settings say it: the same for builds and for every verb."""

from typing import TYPE_CHECKING

from localbuild.cli.settings import Settings

if TYPE_CHECKING:
    from localbuild.cache.stores.open import StoreSettings


def store_settings(settings: Settings) -> "StoreSettings":
    """What of the settings is about an S3 server."""
    from localbuild.cache.stores.open import StoreSettings

    return StoreSettings(
        profile=settings.profile, region=settings.region, endpoint_url=settings.endpoint_url
    )

"""Chance, for waits that must not meet those of others."""

import secrets


def random_share() -> float:
    """From 0 to 1, not to be foreseen."""
    return secrets.randbelow(1 << 30) / (1 << 30)

"""Compute types: the CPUs and the memory that CodeBuild gives to each.

Source: API reference, ProjectEnvironment/computeType (2025); lambda types: memory only.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_GIB = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """CPUs and memory; zero means no limit, or that it is not known."""

    cpus: float = 0.0
    memory_bytes: int = 0


def _general(cpus: int, memory_gib: int) -> Capacity:
    return Capacity(cpus=float(cpus), memory_bytes=memory_gib * _GIB)


COMPUTE_TYPES: Mapping[str, Capacity] = {
    "BUILD_GENERAL1_SMALL": _general(2, 4),
    "BUILD_GENERAL1_MEDIUM": _general(4, 8),
    "BUILD_GENERAL1_LARGE": _general(8, 16),
    "BUILD_GENERAL1_XLARGE": _general(36, 72),
    "BUILD_GENERAL1_2XLARGE": _general(72, 144),
    **{f"BUILD_LAMBDA_{size}GB": _general(0, size) for size in (1, 2, 4, 8, 10)},
}


def limits_within(wanted: Capacity, host: Capacity) -> Capacity:
    """The limits that the host can set: one that is larger than the host is no limit at all."""
    cpus = wanted.cpus if not host.cpus or wanted.cpus <= host.cpus else 0.0
    memory = wanted.memory_bytes
    if host.memory_bytes and memory > host.memory_bytes:
        memory = 0
    return Capacity(cpus=cpus, memory_bytes=memory)

"""Time, memory and load of what is measured, and the rows of the table."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, the value, what is promised, and whether it is kept (None: nothing promised)."""

    what: str
    value: str
    promised: str = ""
    is_kept: bool | None = None


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def both_seconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return wall and processor seconds: on a busy machine only the second says something."""
    before = time.process_time()
    return seconds(work), time.process_time() - before


def at_most(what: str, value: float, limit: float, unit: str) -> Row:
    return Row(what, f"{value:.3g} {unit}", f"≤ {limit:g} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str = "") -> Row:
    return Row(what, f"{value:.3g}{unit}", f"≥ {limit:g}{unit}", value >= limit)


def percentiles(what: str, times: Sequence[float], p50: float, p95: float) -> Row:
    """Compare the median and the 95th percentile of times in seconds with limits in milliseconds."""
    mine = [1000 * float(np.percentile(times, at)) for at in (50, 95)]
    value = f"{mine[0]:.0f} / {mine[1]:.0f} ms"
    return Row(what, value, f"≤ {p50:g} / {p95:g} ms", mine[0] <= p50 and mine[1] <= p95)


def peak_bytes() -> int:
    """Return the peak memory of this process, workers apart."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def machine_load() -> str:
    return "/".join(f"{value:.1f}" for value in os.getloadavg()) + f" on {os.cpu_count()} cores"

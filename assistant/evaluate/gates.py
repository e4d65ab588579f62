"""Gates: what must hold for a run to pass. Knows nothing of how a run is made."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assistant.evaluate.compare import Difference
from assistant.evaluate.definitions import DEFINITIONS, define
from assistant.evaluate.result import Estimates
from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Gate:
    """A measure and the worst value that passes: the least, or the most where lower is better."""

    name: str
    worst: float


def parse_gate(text: str) -> Gate:
    """Parse 'MEASURE=VALUE'; raise InputError for an unknown measure before anything is asked."""
    name, _, value = text.rpartition("=")
    try:
        worst = float(value)
    except ValueError:
        raise InputError(f"gate '{text}': write MEASURE=VALUE, e.g. R@5=0.9") from None
    known = [definition.name for definition in DEFINITIONS]
    if name not in known and not name.startswith("silent_on_"):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        remedy = f"did you mean {near[0]}?" if near else "docs/evaluation.md lists them"
        raise InputError(f"gate '{text}': no measure '{name}'; {remedy}")
    return Gate(name, worst)


def broken_by_value(gates: Iterable[Gate], measures: Estimates) -> list[str]:
    """Say of each gate that does not hold why; raise InputError for a measure that this set can't give."""
    broken = []
    for gate in gates:
        if gate.name not in measures:
            raise InputError(
                f"gate '{gate.name}={gate.worst:g}': this set can't measure it; it has {', '.join(measures)}"
            )
        estimate, higher_is_better = measures[gate.name], define(gate.name).higher_is_better
        if (estimate.value < gate.worst) if higher_is_better else (estimate.value > gate.worst):
            side = "under" if higher_is_better else "over"
            interval = f"95 % {estimate.low:.3f} to {estimate.high:.3f}, n = {estimate.n:,}"
            doubt = ": so close that chance may decide it" if estimate.low <= gate.worst <= estimate.high else ""
            broken.append(f"{gate.name} is {estimate.value:.4g}, {side} {gate.worst:g} ({interval}){doubt}")
    return broken


def broken_by_test(differences: Mapping[str, Difference], tolerance: float) -> list[str]:
    """Say of each measure that is worse than before, by the corrected test and by more than the tolerance."""
    broken = []
    for name, found in differences.items():
        least_loss = -found.high if found.higher_is_better else found.low
        if found.verdict == "worse" and (not tolerance or least_loss > tolerance):
            change = f"{found.difference:+.3f} (95 % {found.low:+.3f} to {found.high:+.3f}, n = {found.n:,})"
            questions = f"{found.n_worse} questions worse, {found.n_better} better; " if found.n_worse else ""
            p = f"{questions}{found.test} p = {found.p_holm:.2g} after Holm's correction"
            broken.append(f"{name} got worse: {found.before:.3f} → {found.after:.3f}, {change}; {p}")
    return broken

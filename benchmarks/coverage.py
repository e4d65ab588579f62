"""Do the intervals hold the truth, and how often do the tests cry wolf? By simulation, where the truth is known.

    python -m benchmarks.coverage            2,000 sets of questions a row, 2,000 draws a set: minutes

A good 95 % interval holds the true value in 95 of a hundred sets; a test at 5 % finds a difference between two equal
systems in 5 of a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from assistant.evaluate.compare import difference_test, holm, mcnemar, permutation_test
from assistant.evaluate.estimate import Auroc, Mean, Ratio, Statistic, estimate

Clusters = NDArray[np.int64]
Draw = Callable[[np.random.Generator], tuple[Statistic, Clusters]]
Equal = Callable[[np.random.Generator, int, int], float]
LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class World:
    """Draws sets of questions whose true value is known."""

    name: str
    draw: Draw
    truth: float


def shares(n: int) -> World:
    return World(f"shares, {n} questions", lambda r: (Mean(r.beta(0.6, 0.4, n)), np.arange(n)), 0.6)


def yes_or_no(n: int, p: float) -> World:
    name = f"yes or no, {n} questions, {p:.0%} yes"
    return World(name, lambda r: (Mean((r.random(n) < p).astype(float)), np.arange(n)), p)


def in_documents(n_documents: int) -> World:
    def draw(r: np.random.Generator) -> tuple[Statistic, Clusters]:
        clusters = np.repeat(np.arange(n_documents), r.poisson(6, n_documents) + 1)
        return Mean((r.random(len(clusters)) < r.beta(3, 2, n_documents)[clusters]).astype(float)), clusters

    return World(f"yes or no, {n_documents} documents of about 7 questions", draw, 0.6)


def scores(n: int) -> World:
    def draw(r: np.random.Generator) -> tuple[Statistic, Clusters]:
        positive = r.random(n) < 0.6
        return Auroc(r.normal(size=n) + positive, positive, np.ones(n, bool)), np.arange(n)

    return World(f"AUROC, {n} questions", draw, 0.5 * (1 + math.erf(0.5)))


def ratios(n: int) -> World:
    def draw(r: np.random.Generator) -> tuple[Statistic, Clusters]:
        size = r.gamma(2, 100, n)
        return Ratio(size * r.beta(4, 1, n), size), np.arange(n)

    return World(f"ratio of characters, {n} questions", draw, 0.8)


WORLDS = (
    shares(60),
    yes_or_no(50, 0.9),
    yes_or_no(200, 0.97),
    in_documents(21),
    in_documents(84),
    scores(120),
    ratios(80),
)


def covered(world: World, n_sets: int, n_draws: int, *, forget_documents: bool = False) -> float:
    """Return the share of sets whose 95 % interval holds the truth; `forget_documents` draws questions singly."""
    n_held = 0
    for seed in range(n_sets):
        statistic, clusters = world.draw(np.random.default_rng(seed))
        groups = np.arange(len(clusters)) if forget_documents else clusters
        found = estimate({"x": statistic}, groups, seed=seed, n_draws=n_draws)["x"]
        n_held += found.low <= world.truth <= found.high
    return n_held / n_sets


def equal_runs(r: np.random.Generator, n_documents: int, per_document: int) -> tuple[NDArray[np.float64], Clusters]:
    """Return changes between two systems of one quality whose errors depend on the document."""
    clusters = np.repeat(np.arange(n_documents), per_document)
    skill = r.beta(3, 2, n_documents)

    def run() -> NDArray[np.float64]:
        share = np.clip(skill + r.normal(0, 0.15, n_documents), 0, 1)[clusters]
        return (r.random(len(clusters)) < share).astype(float)

    return run() - run(), clusters


def _permutation(n_documents: int, per_document: int) -> Equal:
    def p_value(r: np.random.Generator, seed: int, n_draws: int) -> float:
        changes, clusters = equal_runs(r, n_documents, per_document)
        return permutation_test(changes, clusters, seed=seed, n_draws=n_draws)

    return p_value


def _mcnemar(r: np.random.Generator, seed: int, n_draws: int) -> float:
    changes, _ = equal_runs(r, 200, 1)
    return mcnemar(int((changes > 0).sum()), int((changes < 0).sum()))


def _auroc(r: np.random.Generator, seed: int, n_draws: int) -> float:
    n = 120
    positive = r.random(n) < 0.6
    base = r.normal(size=n) + positive
    runs = [Auroc(base + r.normal(0, 0.7, n), positive, np.ones(n, bool)) for _ in range(2)]
    return difference_test("abstention_auroc", *runs, np.arange(n), seed=seed, n_draws=n_draws).p


def _ten_measures(r: np.random.Generator, seed: int, n_draws: int) -> float:
    return min(holm([_mcnemar(r, seed, n_draws) for _ in range(10)]))


EQUAL: dict[str, Equal] = {
    "permutation test, 200 questions": _permutation(200, 1),
    "permutation test, 40 documents of 6": _permutation(40, 6),
    "McNemar's test (mid-p), 200 questions": _mcnemar,
    "bootstrap test of AUROC, 120 questions": _auroc,
    "ten measures after Holm's correction": _ten_measures,
}


def false_alarms(p_value: Equal, n_sets: int, n_draws: int) -> float:
    """Return the share of sets in which two equal systems are called different."""
    return sum(p_value(np.random.default_rng(seed), seed, n_draws) < LEVEL for seed in range(n_sets)) / n_sets


def main(
    sets: Annotated[int, typer.Option(help="Simulated sets a row.")] = 2000,
    draws: Annotated[int, typer.Option(help="Bootstrap or permutation draws a set.")] = 2000,
) -> None:
    """Print both tables."""
    console, error = Console(), 1.96 * math.sqrt(0.95 * 0.05 / sets)
    table = Table("95 % intervals", "hold the truth", title=f"{sets} sets a row, ± {error:.1%} by chance")
    for world in WORLDS:
        table.add_row(world.name, f"{covered(world, sets, draws):.1%}")
        console.print(f"{world.name}: done", style="dim")
    forgetful = covered(in_documents(21), sets, draws, forget_documents=True)
    table.add_row("the 21 documents forgotten, for comparison", f"{forgetful:.1%}", style="dim")
    console.print(table)
    table = Table("tests at 5 %, two equal systems", "called different")
    for name, p_value in EQUAL.items():
        table.add_row(name, f"{false_alarms(p_value, sets, draws):.1%}")
    console.print(table)


if __name__ == "__main__":
    typer.run(main)

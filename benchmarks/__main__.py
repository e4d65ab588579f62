"""Speed and size: `python -m benchmarks [NAME…] [--size N]`, all of moderate length without a name (`make bench`).

Ratios come from one run; times mean something only where the machine is free, so its load stands below the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from benchmarks.everyday import everyday
from benchmarks.indexing import against_tutorial, one_paragraph, unchanged
from benchmarks.load import load
from benchmarks.quoting import quoting
from benchmarks.ranking import ranking
from benchmarks.searching import growth, searching
from benchmarks.shared import shared
from benchmarks.soak import soak
from benchmarks.timing import Row, machine_load
from benchmarks.transcripts import transcripts
from benchmarks.upkeep import kills, upkeep

ALL: dict[str, Callable[..., Iterator[Row]]] = {
    "everyday": everyday,
    "tutorial": against_tutorial,
    "unchanged": unchanged,
    "paragraph": one_paragraph,
    "search": searching,
    "quote": quoting,
    "transcripts": transcripts,
    "upkeep": upkeep,
    "load": load,
    "growth": growth,
    "kills": kills,
    "shared": shared,
    "soak": soak,
    "ranking": ranking,
}
LONG = {"growth", "kills", "shared", "soak", "ranking"}  # only when named
# Of what would take long in full; --size asks for it.
MODERATE = {"quote": 20_000, "transcripts": 10, "tutorial": 300}


def main() -> int:
    """Print a line as each is measured, then the table; exit status 1 where something promised is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure speed and size.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(ALL)}")
    parser.add_argument("--size", type=int, help="how many documents, characters, cycles, seconds, requests …")
    options = parser.parse_args()
    if unknown := set(options.names) - set(ALL):
        parser.error(f"no benchmark '{unknown.pop()}': choose from {', '.join(ALL)}")
    console, rows = Console(), list[Row]()
    for name in options.names or [name for name in ALL if name not in LONG]:
        size = options.size or (MODERATE.get(name) if not options.names else None)
        for row in ALL[name](size) if size else ALL[name]():
            rows.append(row)
            console.print(f"{row.what}: {row.value}", highlight=False)
    console.print(_table(rows), f"load {machine_load()}", highlight=False)
    return 1 if any(row.is_kept is False for row in rows) else 0


def _table(rows: list[Row]) -> Table:
    table = Table("what", "measured", "promised", "", box=None)
    for row in rows:
        table.add_row(row.what, row.value, row.promised, {None: "", True: "kept", False: "not kept"}[row.is_kept])
    return table


if __name__ == "__main__":
    raise SystemExit(main())

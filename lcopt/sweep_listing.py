"""The sweeps that a store keeps: found by number or name, listed, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lcopt.store import Run, Store, StoreError
from lcopt.sweep_tables import NOT_SOLVED, STATUS

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
_UNSOLVED: Record = {
    STATUS: NOT_SOLVED,
    "lifecycle_cost_usd": None,
    "lower_bound_usd": None,
    "gap_frac": None,
    "ownership_model": None,
    "packs": [],
    "problem": "",
}


def run_named(store: Store, wanted: str) -> Run:
    """The run of a number, or the last of a name.

    Raises
    ------
    StoreError
        Where the store has none such.
    """
    runs = store.runs()
    found = [run for run in runs if wanted in {str(run.number), run.name}]
    if found:
        return found[-1]
    known = ", ".join(f"{run.number} ({run.name})" for run in runs[-20:]) or "none"
    message = f"{store.path}: there is no run '{wanted}'; it has {known}"
    raise StoreError(message)


def records_of(store: Store, run: Run) -> list[Record]:
    """The records of all points of a run in their order; one that is not solved yet says so."""
    points = store.points(run.number)
    return [{"settings": dict(point.settings), **(point.record or _UNSOLVED)} for point in points]


def runs_table(store: Store) -> pd.DataFrame:
    """All runs, a row each."""
    import pandas as pd

    columns = {"run": "number", "name": "name", "points": "points_count", "done": "done_count"}
    columns |= {"lcopt": "lcopt_version", "started": "started_at"}
    runs = store.runs()
    return pd.DataFrame({name: [getattr(run, attribute) for run in runs] for name, attribute in columns.items()})

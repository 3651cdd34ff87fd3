"""Rows of the tables of a result as plain mappings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


# Status of a result whose proof the time limit of the solver ended.
STOPPED = "stopped"


def records_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """One mapping a row, its values as Python has them."""
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(frame.columns, values, strict=True)) for values in zip(*columns, strict=True)]

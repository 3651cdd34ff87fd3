"""What a calibration came to: fitted numbers with their ranges, every row before and after, what was left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lcopt.arrays import FloatArray
from lcopt.inputs.catalog import Row

TAIL = 0.9


@dataclass(frozen=True)
class Fitted:
    """A number of the catalog and what the measurements put in its place; no range where they tell none."""

    packaged: Row
    value: float
    low: float | None
    high: float | None

    @property
    def name(self) -> str:
        """Words that name the number: those of its row."""
        return " ".join(self.packaged.keys.values())


@dataclass(frozen=True)
class Calibration:
    """A fit of measurements.

    Attributes
    ----------
    quantity : str
        What was measured, with its unit.
    is_relative : bool
        Whether errors are shares of the measured value, or differences in its unit.
    cases : DataFrame
        A row a row of the file that was used: line, group, temperature_deg_c, measured, before, after.
    left_out : DataFrame
        line, reason.
    """

    file: str
    quantity: str
    is_relative: bool
    cases: pd.DataFrame
    left_out: pd.DataFrame
    fitted: tuple[Fitted, ...]
    notes: tuple[str, ...]

    def errors(self, column: str) -> FloatArray:
        """Absolute errors of the prediction `before` or `after`, shares or in the unit of the quantity, shape (n,)."""
        measured = self.cases["measured"].to_numpy(dtype=np.float64)
        off: FloatArray = np.abs(self.cases[column].to_numpy(dtype=np.float64) - measured)
        return off / measured if self.is_relative else off

    def error_table(self) -> Mapping[str, Mapping[str, float]]:
        """Median, p90 and max of the errors before and after."""
        return {
            column: {
                "median": float(np.median(off)),
                "p90": float(np.quantile(off, TAIL)),
                "max": float(off.max()),
            }
            for column, off in ((column, self.errors(column)) for column in ("before", "after"))
        }

    def record(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "file": self.file,
            "quantity": self.quantity,
            "error": "relative" if self.is_relative else "absolute",
            "rows_used": len(self.cases),
            "left_out": self.left_out.to_dict("records"),
            "fitted": [
                {
                    "table": item.packaged.table,
                    **item.packaged.keys,
                    "unit": item.packaged.unit,
                    "before": item.packaged.value,
                    "value": item.value,
                    "low": item.low,
                    "high": item.high,
                }
                for item in self.fitted
            ],
            "errors": self.error_table(),
            "notes": list(self.notes),
        }

    def text(self) -> str:
        """The same for people."""
        lines = [f"rows       {len(self.cases)} of {self.file} used, {len(self.left_out)} left out"]
        lines += [f"           line {line}: {reason}" for line, reason in self.left_out.itertuples(index=False)]
        for number, item in enumerate(self.fitted):
            span = "" if item.low is None else f" ({item.low:.4g} to {item.high:.4g})"
            unit = "" if item.packaged.unit == "1" else f" {item.packaged.unit}"
            head = "" if number else "fitted"
            lines.append(f"{head:10} {item.name}: {item.packaged.value:.4g} -> {item.value:.4g}{unit}{span}")
        lines += [f"{'error' if column == 'before' else '':10} {column}: {words}" for column, words in self._told()]
        return "\n".join([*lines, *(f"note       {note}" for note in self.notes)])

    def _told(self) -> list[tuple[str, str]]:
        unit = "%" if self.is_relative else "percentage points of SOH"
        scale = 100.0 if self.is_relative else 1.0
        return [
            (column, ", ".join(f"{name} {scale * value:.2f}" for name, value in numbers.items()) + f" {unit}")
            for column, numbers in self.error_table().items()
        ]

"""Measurements made by the model itself, so that the right fit is known."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

WRITE = Callable[[Sequence[dict[str, object]]], str]


@pytest.fixture
def write(tmp_path: Path) -> WRITE:
    """Writes rows as a CSV file and gives its path."""

    def written(rows):
        path = tmp_path / "measured.csv"
        with path.open("w", newline="", encoding="utf-8") as stream:
            columns = dict.fromkeys(column for row in rows for column in row)
            writer = csv.DictWriter(stream, list(columns), restval="")
            writer.writeheader()
            writer.writerows(rows)
        return str(path)

    return written

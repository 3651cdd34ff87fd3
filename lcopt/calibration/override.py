"""A calibration as a folder of data, which `--data` and the key `data` of a scenario take as it stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from lcopt.batch import make_folder, write_atomically
from lcopt.calibration.outcome import Calibration, Fitted
from lcopt.errors import Problem, ScenarioError
from lcopt.inputs.catalog import SOURCES, Catalog
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.own_data.csv_files import read_csv_file
from lcopt.inputs.own_data.table_files import ORIGIN
from lcopt.inputs.replaced_rows import identity_of

SOURCE = "own_measurements"
CITATION = "measurements of the user, fitted by 'lcopt calibrate'; the column reference names the file of each row"


def write_override(calibration: Calibration, catalog: Catalog, folder: Path) -> list[Path]:
    """Write the fitted numbers as rows of their tables; other rows of the folder stay.

    Raises
    ------
    ScenarioError
        Where a file of the folder has columns that its table lacks, so that it cannot take a row.
    ReportError
        Where the folder cannot be written to.
    """
    rows: dict[str, list[dict[str, str]]] = {SOURCES: [{"key": SOURCE, "citation": CITATION, "kind": "measured"}]}
    for item in calibration.fitted:
        rows.setdefault(item.packaged.table, []).append(_cells(item, calibration))
    texts = {
        folder / f"{name}.csv": _merged(folder / f"{name}.csv", name, made, catalog) for name, made in rows.items()
    }
    make_folder(folder)
    for path, text in texts.items():
        write_atomically(path, partial(Path.write_text, data=text, encoding="utf-8"))
    return sorted(texts)


def _cells(item: Fitted, calibration: Calibration) -> dict[str, str]:
    error = calibration.error_table()["after"]["median"]
    told = f"{error:.2%}" if calibration.is_relative else f"{error:.2f} percentage points"
    ends = ("" if end is None else repr(float(end)) for end in (item.low, item.high))
    return {
        **item.packaged.keys,
        "value": repr(float(item.value)),
        **dict(zip(("low", "high"), ends, strict=True)),
        "unit": item.packaged.unit,
        "source": SOURCE,
        "kind": "measured",
        "reference": Path(calibration.file).name,
        "note": f"fit of {len(calibration.cases)} rows, median error {told}; before {item.packaged.value:.6g}",
    }


def _merged(path: Path, name: str, made: Sequence[Mapping[str, str]], catalog: Catalog) -> str:
    """The text of a file with the made rows in the place of those of the same keys, or at its end."""
    table = catalog.table(name)
    keys = IDENTITY.get(name, table.key_columns)
    header, lines = _read(path, keys, table.columns) if path.exists() else ((), [])
    columns = (*header, *(column for column in table.columns if column not in header))
    by_identity = {identity_of(name, {key: row[key] for key in keys}): row for row in (*lines, *made)}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(by_identity.values())
    return text.getvalue()


def _read(path: Path, keys: Sequence[str], columns: Sequence[str]) -> tuple[tuple[str, ...], list[Mapping[str, str]]]:
    """Header and rows of an earlier file."""
    file = read_csv_file(str(path))
    if isinstance(file, Problem):
        raise ScenarioError([file])
    header = tuple(cell.text for cell in file.lines[0])
    even = all(len(line) == len(header) for line in file.lines)
    if not set(keys) <= set(header) <= {*columns, ORIGIN} or len(set(header)) < len(header) or not even:
        message = "the file is no table that could take the fitted rows; expected columns of the catalog's table"
        raise ScenarioError([Problem(str(path), 1, 1, "", message, "choose another folder with -o")])
    return header, [dict(zip(header, (cell.text for cell in line), strict=True)) for line in file.lines[1:]]

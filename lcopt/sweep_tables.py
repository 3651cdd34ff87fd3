"""Points of a sweep as a table: a row a point; side by side with another sweep; as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lcopt.batch import write_atomically
from lcopt.errors import ReportError
from lcopt.inputs.words import SALE
from lcopt.sweep_points import COSTS

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, Any]
CHOICE_KEYS = ("platform", "chemistry", "format")
STATUS, COST, PROBLEM = "status", "lifecycle_cost_usd", "problem"
NOT_SOLVED = "not solved"
ENDINGS = (".csv", ".parquet", ".xlsx")


def point_table(records: Iterable[Record]) -> pd.DataFrame:
    """A row a point: settings, status, costs, platform and chemistry of every pack, and what kept a point unsolved.

    The business model has a column where any point has another than a sale. A record holds the settings of its point.
    """
    import pandas as pd

    records = list(records)
    names = {record["ownership_model"] for record in records} - {None, SALE}
    # Points of a folder differ in what they set.
    settings, rows = dict.fromkeys(settings_of(records), ""), []
    for record in records:
        row = {**settings, **record["settings"], STATUS: record[STATUS]}
        row |= {key: float("nan") if record[key] is None else record[key] for key in COSTS}
        if names:
            row["ownership_model"] = record["ownership_model"]
        for pack in record["packs"]:
            row |= {f"{pack['pack']}.{key}": pack[key] for key in CHOICE_KEYS}
        rows.append(row)
    table = pd.DataFrame(rows)
    return table.assign(**{PROBLEM: [record[PROBLEM] for record in records]})


def settings_of(records: Iterable[Record]) -> list[str]:
    """The addresses that any point sets, in their order."""
    return list(dict.fromkeys(address for record in records for address in record["settings"]))


def choice_of(record: Record) -> dict[str, str]:
    """The platform of every pack of a point."""
    return {pack["pack"]: pack["platform"] for pack in record["packs"]}


def difference_table(before: Iterable[Record], after: Iterable[Record]) -> pd.DataFrame:
    """The points in which two sweeps differ, matched by their settings.

    Columns: the settings; status and cost of both; `difference_usd` and `difference_frac` of the second to the first;
    the packs whose platform differs. A point that only one sweep has is `absent` in the other.
    """
    import pandas as pd

    first, second = ({tuple(sorted(record["settings"].items())): record for record in some} for some in (before, after))
    every = list(dict.fromkeys((*first, *second)))
    addresses = settings_of([*first.values(), *second.values()])
    rows = [
        {
            **{address: dict(key).get(address, "") for address in addresses},
            **_difference(first.get(key), second.get(key)),
        }
        for key in every
        if _answer_of(first.get(key)) != _answer_of(second.get(key))
    ]
    columns = (*addresses, "status_a", "status_b", "cost_a_usd", "cost_b_usd", "difference_usd", "difference_frac")
    return pd.DataFrame(rows, columns=[*columns, "other_platforms"])


def _answer_of(record: Record | None) -> tuple[Any, ...] | None:
    return None if record is None else (record[STATUS], record[COST], choice_of(record))


def _difference(first: Record | None, second: Record | None) -> Record:
    costs = [float("nan") if record is None or record[COST] is None else record[COST] for record in (first, second)]
    states = ["absent" if record is None else record[STATUS] for record in (first, second)]
    more = costs[1] - costs[0]
    own, other = ({} if record is None else choice_of(record) for record in (first, second))
    moved = [f"{pack}: {own[pack]} -> {other[pack]}" for pack in own if pack in other and own[pack] != other[pack]]
    return {
        "status_a": states[0],
        "status_b": states[1],
        "cost_a_usd": costs[0],
        "cost_b_usd": costs[1],
        "difference_usd": more,
        "difference_frac": more / abs(costs[0]) if costs[0] else float("nan"),
        "other_platforms": "; ".join(moved),
    }


def table_text(table: pd.DataFrame) -> str:
    """A table for people: words to the left, numbers to the right and money in whole dollars."""
    if not len(table):
        return "none"
    columns = []
    for name in map(str, table.columns):
        words = [_word(value, ",.0f" if name.endswith("_usd") else ",.6g") for value in table[name].tolist()]
        is_text = table[name].dtype.kind not in "biuf"
        width = max(map(len, (name, *words)))
        columns.append([f"{word:{'<' if is_text else '>'}{width}}" for word in (name, *words)])
    return "\n".join("  ".join(row).rstrip() for row in zip(*columns, strict=True))


def _word(value: Any, form: str) -> str:  # noqa: ANN401 - any value of a table
    if value is None or value != value:
        return ""
    return f"{value:{form}}" if isinstance(value, float) else str(value)


def write_table(table: pd.DataFrame, file: str) -> None:
    """Write a table as CSV, Parquet or Excel, by the ending of the name, whole or not at all.

    Raises
    ------
    ReportError
        Where the ending is another one, Parquet needs a package that is not installed, or the file cannot be written.
    """
    write_atomically(Path(file), writer_of(file)(table))


def writer_of(file: str) -> Callable[[pd.DataFrame], Callable[[Path], object]]:
    """How a table is written to a file of this name.

    Raises
    ------
    ReportError
        As `write_table`.
    """
    ending = Path(file).suffix.lower()
    if ending == ".csv":
        return lambda table: lambda path: table.to_csv(path, index=False)
    if ending == ".xlsx":
        from lcopt.report.sweep_workbook import table_content

        return lambda table: lambda path: path.write_bytes(table_content(table))
    if ending != ".parquet":
        message = f"{file}: the ending is not one of {', '.join(ENDINGS)}; choose one of them"
        raise ReportError(message)
    if find_spec("pyarrow") is None:
        message = (
            f"{file}: Parquet needs pyarrow, which is not installed; install it with: pip install 'lcopt[parquet]'"
        )
        raise ReportError(message)
    return lambda table: lambda path: table.to_parquet(path, index=False)

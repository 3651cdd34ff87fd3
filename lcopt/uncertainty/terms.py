"""Other terms of a scenario: its own keys, rows of the catalog at another place in their range, other fade."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from lcopt.inputs.catalog import Catalog, Row, Table
from lcopt.inputs.scenario import Scenario
from lcopt.selection.tasks import PackTask

ChangedTask = Callable[[PackTask], PackTask]


@dataclass(frozen=True)
class Terms:
    """What candidates are evaluated under; `changed` alters in the task of a pack what neither of the others says."""

    scenario: Scenario
    catalog: Catalog
    changed: tuple[ChangedTask, ...] = ()

    def task(self, task: PackTask) -> PackTask:
        """The task of a pack under these terms."""
        for change in self.changed:
            task = change(task)
        return task


def within_ranges(terms: Terms, name: str, tables: tuple[str, ...], share: float) -> Terms:
    """The terms with all rows of a name between their value and an end: -1 is the low end, 0 the value, 1 the high."""
    moved = {table: _moved(terms.catalog.table(table), name, share) for table in tables}
    return replace(terms, catalog=replace(terms.catalog, tables={**terms.catalog.tables, **moved}))


def _moved(table: Table, name: str, share: float) -> Table:
    rows = [_at(row, share) if row.keys.get("name") == name else row for row in table.rows]
    return replace(table, rows=tuple(rows))


def _at(row: Row, share: float) -> Row:
    end = row.low_value if share < 0 else row.high_value
    if end is None:
        return row
    number = row.value + abs(share) * (end - row.value)
    return replace(row, text=repr(number / row.money_factor))

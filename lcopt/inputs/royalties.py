"""Which row of the catalog tells the royalty of a chemistry family."""

from __future__ import annotations

from collections.abc import Iterable

from lcopt.inputs.catalog import Catalog, Row

ROYALTIES_TABLE, OTHER_FAMILY = "royalties", "other"


def royalty_rows(catalog: Catalog, families: Iterable[str]) -> dict[str, Row]:
    """The row of each family: its own, or that of all others."""
    table = catalog.table(ROYALTIES_TABLE)
    own = {row.keys["family"]: row for row in table.rows}
    return {family: own[family] if family in own else own[OTHER_FAMILY] for family in families}

"""Which parts of the lifecycle are in play: the business model of the chosen designs, tax, second life."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.cost.ownership import OwnershipModel
from lcopt.cost.tax import depreciation_shares
from lcopt.inputs.scenario import Ownership, SecondLife, Tax

# Components that only some scenarios have.
STATION, DOWNTIME, OPERATIONS, TAX = "station", "downtime", "operations", "tax"


@dataclass(frozen=True)
class Business:
    """The model in force with the terms of the scenario; sheets have rows for what is in play and no others."""

    model: OwnershipModel
    ownership: Ownership
    tax: Tax | None
    second_life: SecondLife | None

    @property
    def absent(self) -> frozenset[str]:
        """Components that cannot occur."""
        in_play = {STATION: self.model.is_swapped, DOWNTIME: not self.model.is_swapped, OPERATIONS: self.model.is_held}
        return frozenset(name for name, occurs in {**in_play, TAX: self.tax is not None}.items() if not occurs)

    @property
    def shares(self) -> tuple[float, ...]:
        """Depreciation of an asset by year without the bonus; empty where what leaves is written off at once."""
        if self.tax is None:
            return ()
        return depreciation_shares(self.tax.depreciation, self.tax.depreciation_yr, self.tax.depreciation_frac)

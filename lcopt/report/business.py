"""Which parts of the lifecycle are in play: the business model of the chosen designs, tax, second life."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.cost.ownership import OwnershipModel
from lcopt.cost.tax import depreciation_shares
from lcopt.inputs.scenario import Ownership, SecondLife, Tax

# Components that only some scenarios have.
STATION, DOWNTIME, OPERATIONS, TAX = "station", "downtime", "operations", "tax"
_SERVED = (OwnershipModel.BATTERY_AS_A_SERVICE, OwnershipModel.SWAP)


@dataclass(frozen=True)
class Business:
    """The model in force with the terms of the scenario; sheets have rows for what is in play and no others."""

    model: OwnershipModel
    ownership: Ownership
    tax: Tax | None
    second_life: SecondLife | None

    @property
    def is_held(self) -> bool:
        """Whether a lessor holds the packs."""
        return self.model is not OwnershipModel.SALE

    @property
    def is_served(self) -> bool:
        """Whether a fee per kWh may be asked and the operator may pay the energy."""
        return self.model in _SERVED

    @property
    def is_swapped(self) -> bool:
        """Whether packs are charged at stations."""
        return self.model is OwnershipModel.SWAP

    @property
    def absent(self) -> frozenset[str]:
        """Components that cannot occur."""
        in_play = {STATION: self.is_swapped, DOWNTIME: not self.is_swapped, OPERATIONS: self.is_held}
        return frozenset(name for name, occurs in {**in_play, TAX: self.tax is not None}.items() if not occurs)

    @property
    def shares(self) -> tuple[float, ...]:
        """Depreciation of an asset by year without the bonus; empty where what leaves is written off at once."""
        if self.tax is None:
            return ()
        return depreciation_shares(self.tax.depreciation, self.tax.depreciation_yr, self.tax.depreciation_frac)

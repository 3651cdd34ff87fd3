"""What stands between the cost of a pack and its price in a market: royalties, production subsidies, tariffs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lcopt.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class PriceAdditions:
    """Royalties by design or chemistry; subsidy that lowers the price; tariff on the price at the border."""

    royalty_usd_per_kwh: FloatArray | float
    subsidy_usd_per_kwh: float
    tariff_frac: float

    def take(self, index: IntArray) -> PriceAdditions:
        """The additions of designs whose chemistries are numbered."""
        assert not isinstance(self.royalty_usd_per_kwh, float)
        return replace(self, royalty_usd_per_kwh=self.royalty_usd_per_kwh[index])


@dataclass(frozen=True)
class AddedLines:
    """Lines of a pack's price beside its cost, shape (n_designs,); the subsidy is negative."""

    royalty_usd: FloatArray
    subsidy_usd: FloatArray
    tariff_usd: FloatArray

    @property
    def total_usd(self) -> FloatArray:
        """All lines together."""
        return self.royalty_usd + self.subsidy_usd + self.tariff_usd


NO_ADDITIONS = PriceAdditions(royalty_usd_per_kwh=0.0, subsidy_usd_per_kwh=0.0, tariff_frac=0.0)


def added_lines(pack_cost_usd: FloatArray, pack_energy_kwh: FloatArray, additions: PriceAdditions) -> AddedLines:
    """Royalty, subsidy and tariff of packs.

    Parameters
    ----------
    pack_cost_usd, pack_energy_kwh : ndarray, shape (n_designs,)
        What a pack costs with its maker's return [USD]; nameplate energy [kWh].
    additions : PriceAdditions
        Amounts per energy, and the share of the tariff.

    Notes
    -----
    The tariff is on what crosses the border: the pack at the price that its buyer pays for it, royalty included and
    subsidy deducted. What is added to the vehicle in the market itself pays none.
    """
    royalty = additions.royalty_usd_per_kwh * pack_energy_kwh
    subsidy = 0.0 - additions.subsidy_usd_per_kwh * pack_energy_kwh
    tariff = additions.tariff_frac * (pack_cost_usd + royalty + subsidy)
    return AddedLines(royalty, subsidy, tariff)

"""The inputs of business models, tax and second life, each where the scenario has it."""

from __future__ import annotations

from dataclasses import dataclass

from lcopt.inputs.fields import OWNERSHIP, OWNERSHIP_USED_BY, SECOND_LIFE, TAX, Field
from lcopt.inputs.scenario import Scenario

_GROUPS = {"ownership": "Business models", "tax": "Tax", "second_life": "Second life"}
_LABELS = {
    "fee_usd_per_month": "Fee of the user",
    "fee_usd_per_kwh": "Fee of the user per battery energy",
    "lessor_return_frac": "Return that the lessor wants",
    "operations_usd_per_yr": "Operations of the lessor, year 1",
    "energy_paid_by": "Energy is paid by (usual: the operator under swap)",
    "pool_factor": "Packs in cars and stations per car",
    "station_capex_usd_per_vehicle": "Cost of swap stations per car",
    "station_efficiency_frac": "Charging at stations, battery per wall energy",
    "station_energy_price_usd_per_kwh": "Energy price at stations, year 1",
    "rate_frac": "Tax rate",
    "depreciation_yr": "Years of straight-line depreciation",
    "bonus_frac": "Share depreciated at once in the first year",
    "investment_credit_frac": "Investment credit, of what is bought at the start",
    "new_storage_price_usd_per_kwh": "Price of new stationary storage",
    "new_storage_price_decline_frac_per_yr": "Yearly decline of that price",
    "used_discount_factor": "Price of used goods over new ones",
    "health_factor": "Usable throughput of a used pack over a new one",
    "repurposing_cost_usd_per_kwh": "Cost of repurposing",
    "soh_min_frac": "Least health for a second life",
}
_WITHOUT_SCHEDULE = ("bonus_frac",)
# Attributes whose names would be taken for those of other inputs.
_KEYS = {"rate_frac": "tax_rate_frac", "fee_usd_per_kwh": "energy_fee_usd_per_kwh"}


@dataclass(frozen=True)
class BusinessInput:
    """One input: the attribute and value of the scenario, the group and label of the report, its address."""

    attribute: str
    label: str
    group: str
    value: float | str
    address: str

    @property
    def key(self) -> str:
        """Its key among all inputs."""
        return _KEYS.get(self.attribute, self.attribute)

    @property
    def unit(self) -> str:
        """Its unit, where its name does not tell it."""
        return "1/yr" if self.attribute == "lessor_return_frac" else ""


def business_inputs(scenario: Scenario) -> list[BusinessInput]:
    """What the scenario gives for the models that it tries, for tax and for second life."""
    models = set(scenario.ownership.models)
    terms = {key: field for key, field in OWNERSHIP.items() if models & set(OWNERSHIP_USED_BY[key])}
    made = _inputs("ownership", scenario.ownership, terms)
    if scenario.tax is not None:
        tax = _inputs("tax", scenario.tax, TAX)
        has_schedule = scenario.tax.depreciation != "none"
        made += [item for item in tax if has_schedule or item.attribute not in _WITHOUT_SCHEDULE]
    if scenario.second_life is not None:
        made += _inputs("second_life", scenario.second_life, SECOND_LIFE)
    return made


def _inputs(block: str, given: object, table: dict[str, Field]) -> list[BusinessInput]:
    values = {key: (field.attribute, getattr(given, field.attribute)) for key, field in table.items()}
    return [
        BusinessInput(attribute, _LABELS[attribute], _GROUPS[block], value, f"{block}.{key}")
        for key, (attribute, value) in values.items()
        if attribute in _LABELS and value is not None
    ]

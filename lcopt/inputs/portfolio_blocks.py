"""The block `portfolio` of a scenario file: what ties its packs together beside the cells that they share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from lcopt.inputs.block import ArchitectureName, Block, ChemistryName, FormatName, PlatformName
from lcopt.inputs.portfolio_buying import read_quotes
from lcopt.inputs.portfolio_limits import FLEET_QUANTITIES
from lcopt.inputs.portfolio_risk import read_probabilities
from lcopt.inputs.values import (
    ALL,
    FILE_NAME,
    fault,
    name_fit_for_files,
    names_of_one_or_more,
    quantity,
    seen_as,
    shape_of,
    text_of,
    whole_number,
    word,
)
from lcopt.inputs.words import VOLUMES


def read_strategies(value: object) -> object:
    """Strategies by their names."""
    if not isinstance(value, dict) or not value:
        found = "an empty block" if value == {} else shape_of(value)
        message = f"found {found}; expected a name for each strategy, with its alternatives below"
        raise fault(message, "write for example 'blades: [{chemistries: [LFP-G (2025)], formats: [blade]}]'")
    return value


def read_strategy(value: object) -> object:
    """A list of alternatives stands for a strategy of them."""
    if isinstance(value, list) and value:
        return {"any_of": value}
    if not isinstance(value, dict) or not value or value.get("any_of") == []:
        found = "an empty list" if value == [] or isinstance(value, dict) else shape_of(value)
        message = f"found {found}; expected at least one alternative, a list of chemistries and formats"
        raise fault(message, "write for example [{chemistries: [LFP-G (2025)], formats: [blade]}]")
    return value


def read_limits(value: object) -> object:
    """A list of limits of the fleet, each read afterwards."""
    if not isinstance(value, list) or not value:
        found = "an empty list" if value == [] else shape_of(value)
        message = f"found {found}; expected at least one limit"
        raise fault(message, "write '- {quantity: cobalt, max: 500 t/yr}' below 'limits:'")
    return value


def fleet_text(expected: str) -> BeforeValidator:
    """A text that is read with the quantity beside it."""
    form = seen_as(lambda *_: {"type": ["string", "integer"]})
    return BeforeValidator(lambda value: text_of(value, expected), json_schema_input_type=form)


MoneyInMillions = Annotated[float, quantity("money in millions")]


# Made outside of their block, in which `quantity` is a key.
ShareOrNone = Annotated[float | None, quantity("share")]
MassPerYearOrNone = Annotated[float | None, quantity("mass per year")]


class FleetLimitBlock(Block):
    """One item of the list `portfolio.limits`; what its amounts measure depends on the quantity."""

    quantity: Annotated[str, word("quantity of the fleet", FLEET_QUANTITIES)] = Field(examples=["cobalt"])
    name: Annotated[str | None, fleet_text("a name")] = None
    chemistry: Annotated[tuple[ChemistryName, ...] | None, names_of_one_or_more(ChemistryName)] = None
    format: Annotated[tuple[FormatName, ...] | None, names_of_one_or_more(FormatName)] = None
    architecture: Annotated[tuple[ArchitectureName, ...] | None, names_of_one_or_more(ArchitectureName)] = None
    platform: Annotated[tuple[PlatformName, ...] | None, names_of_one_or_more(PlatformName)] = None
    max: Annotated[str | None, fleet_text("an amount with its unit, for example '500 t/yr'")] = None
    min: Annotated[str | None, fleet_text("an amount with its unit, for example '500 t/yr'")] = None
    share_max: ShareOrNone = None
    share_min: ShareOrNone = None
    recycled_min: ShareOrNone = None
    recycled_supply: MassPerYearOrNone = None
    relaxation: Annotated[str | None, fleet_text("a price with its unit, for example '20 USD/kg'")] = None


ProbabilityOfPrices = Annotated[float, quantity("share")]


class RiskBlock(Block):
    """The block `risk` of the portfolio; without it the prices of the scenario are certain."""

    prices: Annotated[
        dict[str, ProbabilityOfPrices],
        BeforeValidator(read_probabilities, json_schema_input_type=dict[str, ProbabilityOfPrices]),
    ] = Field(examples=[{"low": "25 %", "central": "50 %", "high": "25 %"}])
    tail: Annotated[float, quantity("share")] = Field(examples=["10 %"])
    aversion: Annotated[float, quantity("share")] = Field(examples=["50 %"])


class BuyBlock(Block):
    """One item of the list `buy` of the portfolio: a given cell that a supplier sells."""

    cell: PlatformName = Field(examples=["our_cell"])
    price: Annotated[float, quantity("money per energy")] = Field(examples=["62 USD/kWh"])
    supplier: Annotated[str | None, name_fit_for_files(FILE_NAME, "letters, digits, spaces, and . - _ inside")] = None
    supply_max: Annotated[float | None, quantity("plant size")] = None


class AllowedBlock(Block):
    """One alternative of a strategy."""

    chemistries: Annotated[tuple[ChemistryName, ...], names_of_one_or_more(ChemistryName)] = (ALL,)
    formats: Annotated[tuple[FormatName, ...], names_of_one_or_more(FormatName)] = (ALL,)


class StrategyBlock(Block):
    """One item of the block `portfolio.strategies`: its alternatives, or a list of them alone."""

    any_of: tuple[AllowedBlock, ...]
    platforms_max: Annotated[int | None, whole_number(1, "a whole number of cell platforms, at least 1")] = None


StrategyRead = Annotated[
    StrategyBlock, BeforeValidator(read_strategy, json_schema_input_type=StrategyBlock | tuple[AllowedBlock, ...])
]


class PortfolioBlock(Block):
    """The block `portfolio`: what ties the packs together beside shared cells."""

    volumes: Annotated[str | None, word("way of sizing plants", VOLUMES)] = None
    gap_max: Annotated[float | None, quantity("share")] = None
    limits: Annotated[tuple[FleetLimitBlock, ...] | None, BeforeValidator(read_limits)] = None
    built: Annotated[tuple[PlatformName, ...] | None, names_of_one_or_more(PlatformName)] = None
    platform_costs: dict[str, MoneyInMillions] | None = None
    risk: RiskBlock | None = None
    buy: Annotated[tuple[BuyBlock, ...] | None, BeforeValidator(read_quotes)] = None
    strategies: Annotated[
        dict[str, StrategyRead] | None,
        BeforeValidator(read_strategies, json_schema_input_type=dict[str, StrategyRead]),
    ] = None

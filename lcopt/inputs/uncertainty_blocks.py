"""The block `uncertainty` of a scenario file: what is sampled, how, and what a choice is made by."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from lcopt.inputs.block import Block
from lcopt.inputs.price_correlations import read_correlation, read_correlations, read_pair
from lcopt.inputs.uncertainty_keys import read_map
from lcopt.inputs.values import ALL, names_of_one_or_more, quantity, whole_number_in_range, word
from lcopt.inputs.words import FACTORS, OBJECTIVES, PRICES_SAMPLED, SAMPLINGS

FactorName = Annotated[str, word("uncertain factor", (ALL, *FACTORS))]


class CorrelationBlock(Block):
    """One item of the list `correlations` of the block `uncertainty`."""

    between: Annotated[tuple[str, str], BeforeValidator(read_pair)] = Field(
        examples=[["nickel_sulfate", "cobalt_sulfate"]]
    )
    value: Annotated[float, BeforeValidator(read_correlation, json_schema_input_type=float | str)] = Field(
        examples=["0.6"]
    )


class UncertaintyBlock(Block):
    """The block `uncertainty`; distributions of prices stand in `price_overrides`."""

    samples: Annotated[int | None, whole_number_in_range("a number of samples")] = None
    seed: Annotated[int | None, whole_number_in_range("the seed of the samples")] = None
    method: Annotated[str | None, word("way of sampling", SAMPLINGS)] = None
    objective: Annotated[str | None, word("objective", OBJECTIVES)] = None
    prices: Annotated[str | None, word("choice of prices", PRICES_SAMPLED)] = None
    factors: Annotated[tuple[FactorName, ...] | None, names_of_one_or_more(FactorName)] = None
    map: Annotated[tuple[str, str] | None, BeforeValidator(read_map)] = Field(
        default=None, examples=[["price_overrides.lithium_carbonate", "finance.discount_rate"]]
    )
    tail: Annotated[float | None, quantity("share")] = None
    correlations: Annotated[tuple[CorrelationBlock, ...] | None, BeforeValidator(read_correlations)] = None

"""The block `uncertainty` of a scenario file: how `lcopt sensitivity` samples uncertain prices."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from lcopt.inputs.block import Block
from lcopt.inputs.price_correlations import read_correlation, read_correlations, read_pair
from lcopt.inputs.values import quantity, whole_number_in_range, word
from lcopt.inputs.words import SAMPLINGS


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
    tail: Annotated[float | None, quantity("share")] = None
    correlations: Annotated[tuple[CorrelationBlock, ...] | None, BeforeValidator(read_correlations)] = None

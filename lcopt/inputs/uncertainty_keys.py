"""Single keys of the block `uncertainty` that have a shape of their own."""

from __future__ import annotations

from lcopt.inputs.values import fault, shape_of

MAP_EXAMPLE = "[price_overrides.lithium_carbonate, finance.discount_rate]"


def read_map(value: object) -> object:
    """Two different fields, as the tornado names them."""
    fields = value if isinstance(value, list) else []
    if len(fields) != 2 or not all(isinstance(field, str) and field.strip() for field in fields):
        found = f"a list of {len(fields)}" if isinstance(value, list) else shape_of(value)
        message = f"found {found}; expected two fields"
        raise fault(message, f"write for example {MAP_EXAMPLE}")
    if fields[0] == fields[1]:
        message = f"found '{fields[0]}' twice; expected two different fields"
        raise fault(message, f"write for example {MAP_EXAMPLE}")
    return fields

"""The part of the JSON Schema that asks for required keys: each in its block, or at the top as an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = dict[str, Any]
PACKS, SCENARIO = "packs", "ScenarioDocument"


def demanded(blocks: Mapping[str, Schema]) -> tuple[dict[str, Schema], dict[str, list[Schema]]]:
    """The blocks of a scenario without their required keys, and what then asks the whole file for those of each block.

    An address of one pack, `packs.<name>.energy`, stands for the key of all packs: `lcopt check` looks closer.
    """
    scenario = blocks[SCENARIO]
    loose = dict(blocks)
    demands: dict[str, list[Schema]] = {}
    for key, node in scenario["properties"].items():
        model = str(node.get("$ref", node.get("items", {}).get("$ref", ""))).rpartition("/")[2]
        if not blocks.get(model, {}).get("required"):
            continue
        loose[model] = {word: value for word, value in blocks[model].items() if word != "required"}
        demands[key] = [_key_of_block(key, name) for name in blocks[model]["required"]]
        if key in scenario["required"] and key != PACKS:
            demands[key].append(_unless(f"^{key}[.]", {"required": [key]}))
    required = [key for key in scenario["required"] if key == PACKS or key not in demands]
    return loose | {SCENARIO: {**scenario, "required": required}}, demands


def _key_of_block(key: str, name: str) -> Schema:
    block: Schema = {"required": [name]}
    if key == PACKS:
        return _unless(f"^{key}[.][^.]+[.]{name}$", {"properties": {key: {"items": block}}})
    return _unless(f"^{key}[.]{name}$", {"properties": {key: block}})


def _unless(address: str, demand: Schema) -> Schema:
    """A demand on files that have no such address."""
    return {"if": {"propertyNames": {"not": {"pattern": address}}}, "then": demand}

"""The part of the JSON Schema that tells how scenarios build on each other: extends, variants, sweep, changes."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

NOTHING = {"type": "null"}
# Keys whose values an address cannot go into.
NOT_ADDRESSED = ("lcopt", "name", "packs", "data", "catalog_overrides")
ADDRESS = r"^[a-z_]+\.[^.]+(\.[^.]+)*$"

_SWEEP_EXAMPLE = {"finance.discount_rate": ["6 %", "8 %", "10 %"]}
_VARIANTS_EXAMPLE = {"fast": {"limits.charging_time_max": "12 min"}}


def overlay_blocks(blocks: dict[str, Schema]) -> dict[str, Schema]:
    """Every block as it may stand over another one: no key is required, null deletes, packs go by name."""
    made = {_changed(name): _loosened(block) for name, block in blocks.items()}
    root = made["ScenarioChange"]
    pack = {"$ref": f"#/$defs/{_changed('PackBlock')}"}
    packs = root["properties"]["packs"]
    by_name = {"type": "object", "additionalProperties": {"anyOf": [pack, NOTHING]}}
    whole = dict(blocks["ScenarioDocument"]["properties"]["packs"])
    root["properties"]["packs"] = {"anyOf": [whole, by_name], "description": packs["description"]}
    root["properties"] |= {address: {"description": text} for address, text in addresses(blocks).items()}
    root["patternProperties"] = {ADDRESS: {}}
    return made


def composition_keys(scenario: Schema, overlay: Schema) -> dict[str, Schema]:
    """The keys `extends`, `variants` and `sweep`, for a scenario and for a file that extends others."""
    file = {"type": "string", "minLength": 1}
    extends = {
        "anyOf": [file, {"type": "array", "items": file, "minItems": 1}],
        "description": "File or files that this one builds on, relative to it; the last one is on top of the others.",
        "examples": ["base.yaml"],
    }
    variants: Schema = {
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/Change"},
        "description": "Named scenarios that change single values of this one.",
        "examples": [_VARIANTS_EXAMPLE],
    }
    sweep: Schema = {"$ref": "#/$defs/Sweep", "description": "Values that 'lcopt sweep' tries, in every combination."}
    both = {"variants": variants, "sweep": sweep}
    return {
        "scenario": {"extends": extends, **both},
        "change": {"extends": extends, **{key: _or_nothing(value) for key, value in both.items()}},
        "definitions": {"Sweep": _sweep(overlay), "Axis": _axis()},
    }


def addresses(blocks: dict[str, Schema]) -> dict[str, str]:
    """The addresses of values that every scenario can have, with their meanings."""
    found: dict[str, str] = {}
    for key, node in blocks["ScenarioDocument"]["properties"].items():
        if key in NOT_ADDRESSED:
            continue
        model = str(node.get("$ref", "")).rpartition("/")[2]
        inner = blocks[model]["properties"] if model in blocks else node.get("properties", {})
        found |= {f"{key}.{name}": str(value["description"]) for name, value in inner.items()}
    return found


def _sweep(overlay: Schema) -> Schema:
    known = [key for key in overlay["properties"] if "." in key] + ["prices"]
    axis = {"$ref": "#/$defs/Axis"}
    described = {key: {**axis, "description": overlay["properties"][key]["description"]} for key in known}
    axes = {"type": "object", "properties": described, "additionalProperties": axis, "minProperties": 1}
    side_by_side = {"type": "object", "properties": described, "additionalProperties": axis, "minProperties": 1}
    zipped = {
        "anyOf": [side_by_side, {"type": "array", "items": side_by_side, "minItems": 1}],
        "description": "Axes of equal length that go side by side instead of crossing.",
    }
    return {**axes, "properties": {**described, "zip": zipped}, "examples": [_SWEEP_EXAMPLE]}


def _axis() -> Schema:
    end = {"type": ["string", "number"]}
    span = {
        "type": "object",
        "properties": {
            "from": end | {"description": "First value."},
            "to": end | {"description": "Last value, or its bound where a step is given."},
            "steps": {"type": "integer", "minimum": 2, "description": "How many values, both ends included."},
            "step": end | {"description": "Distance between two values."},
        },
        "required": ["from", "to"],
        "oneOf": [{"required": ["steps"]}, {"required": ["step"]}],
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": "array", "minItems": 1}, span]}


def _changed(name: str) -> str:
    return name.removesuffix("Block").removesuffix("Document") + "Change"


def _loosened(block: Schema) -> Schema:
    """A block of which any part may be given, and any key deleted."""
    properties = {key: _or_nothing(_renamed(value)) for key, value in block["properties"].items()}
    kept = {word: value for word, value in block.items() if word not in {"required", "anyOf"}}
    return {**kept, "properties": properties}


def _or_nothing(node: Schema) -> Schema:
    outside: Schema = {word: node[word] for word in ("description", "examples") if word in node}
    inside = _inner({word: value for word, value in node.items() if word not in outside})
    options = inside["anyOf"] if set(inside) == {"anyOf"} else [inside]
    return {"anyOf": [*options, NOTHING], **outside}


def _inner(node: Schema) -> Schema:
    """The values of a block that is written out in place, each of which may be deleted too."""
    made = dict(node)
    if "properties" in node:
        made["properties"] = {key: _or_nothing(value) for key, value in node["properties"].items()}
    if isinstance(node.get("additionalProperties"), dict):
        made["additionalProperties"] = _or_nothing(node["additionalProperties"])
    if "anyOf" in node:
        made["anyOf"] = [_inner(option) for option in node["anyOf"]]
    return made


def _renamed(node: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """References to blocks become references to what may stand over them."""
    if isinstance(node, list):
        return [_renamed(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {word: _renamed(part) for word, part in node.items()}
    model = str(node.get("$ref", "")).rpartition("/")[2]
    return made | {"$ref": f"#/$defs/{_changed(model)}"} if model.endswith("Block") else made

"""The scenario format as a JSON Schema (draft 2020-12), with which editors complete and check a file.

Keys, required keys and structure come from the models of document.py, units from the kinds of quantities.py, names and
ranges from the catalog. A schema sees one value at a time: `lcopt check` finds more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from lcopt.inputs.at_temperatures import AT_TEMPERATURES, TEMPERATURE
from lcopt.inputs.catalog import Catalog, Row, Table
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.contradictions import NOT_NEEDED_INLINE, families
from lcopt.inputs.distributions import PARAMETERS, SHAPE, SHAPES, VALUES, VALUES_MIN
from lcopt.inputs.document import BLOCKS, ScenarioDocument, UsageBlock
from lcopt.inputs.fields import BY_FAMILY
from lcopt.inputs.kinds import MONEY_KIND_OF_UNIT, Kind
from lcopt.inputs.meanings import MEANINGS
from lcopt.inputs.own_data.catalog_overrides import NOT_OVERRIDDEN
from lcopt.inputs.quantities import quantity_pattern
from lcopt.inputs.schema_overlays import ADDRESS, NOTHING, composition_keys, overlay_blocks
from lcopt.inputs.schema_required import demanded
from lcopt.inputs.values import ALL, CHANGE_SEEN, FORM, Known
from lcopt.inputs.volumes import VOLUME

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
YEAR = "^[0-9]{4}$"


def scenario_schema(catalog: Catalog) -> Schema:
    """The JSON Schema of a scenario file for the names, ranges and years of `catalog`.

    A file that extends others needs no key of its own and may change single ones: it follows the definition `Change`.
    """
    blocks, demands = demanded(_blocks(catalog))
    scenario = blocks.pop("ScenarioDocument")
    changes = overlay_blocks({"ScenarioDocument": scenario, **blocks})
    overlay = changes.pop("ScenarioChange")
    composed = composition_keys(scenario, overlay)
    keys = scenario["properties"] | composed["scenario"]
    whole = {"properties": keys, "patternProperties": {ADDRESS: {}}, "allOf": list(chain(*demands.values()))}
    definitions = {
        "Scenario": {**scenario, **whole},
        "Change": {**overlay, "properties": overlay["properties"] | composed["change"], "allOf": demands["packs"]},
        **composed["definitions"],
        **blocks,
        **_price_blocks(catalog),
        **changes,
    }
    return {
        "$schema": DIALECT,
        "title": "lcopt scenario",
        "type": "object",
        "properties": {key: {"description": value["description"]} for key, value in keys.items()},
        "if": {"required": ["extends"]},
        "then": {"$ref": "#/$defs/Change"},
        "else": {"$ref": "#/$defs/Scenario"},
        "$defs": definitions,
    }


def _blocks(catalog: Catalog) -> dict[str, Schema]:
    """The schema of every block by the name of its model, the whole file among them."""
    made = ScenarioDocument.model_json_schema(mode="validation")
    models = {"ScenarioDocument": made, **made.pop("$defs")}
    known = Known.of(catalog)
    name_of_model = {model.__name__: name for name, model in BLOCKS.items()}
    blocks = {model: _block(block, name_of_model[model], known) for model, block in models.items()}
    all_keys = [key for key in UsageBlock.model_fields if key not in NOT_NEEDED_INLINE]
    blocks["UsageBlock"]["anyOf"] = [{"required": ["profile"]}, {"required": all_keys}]
    for block, key in BY_FAMILY:
        by_family = blocks[BLOCKS[str(block)].__name__]["properties"][str(key)]["anyOf"][0]
        by_family["propertyNames"] = {"enum": [ALL, *families(catalog)]}
    for key in AT_TEMPERATURES:
        limits = blocks["LimitsBlock"]["properties"][key]
        limits["propertyNames"] = {"pattern": quantity_pattern(TEMPERATURE)}
        limits["additionalProperties"] = {"anyOf": [limits["additionalProperties"], NOTHING]}
    volume = blocks["PackBlock"]["properties"][VOLUME]
    next(form for form in volume["anyOf"] if form.get("type") == "object")["propertyNames"] = {"pattern": YEAR}
    root = blocks["ScenarioDocument"]["properties"]
    root["packs"]["minItems"] = 1
    root["price_overrides"] |= {"properties": _prices(catalog), "additionalProperties": False}
    root["catalog_overrides"] |= {"properties": _values(catalog), "additionalProperties": False}
    return blocks


def _block(block: Schema, name: str, known: Known) -> Schema:
    """One block with the meaning of each key; what pydantic adds for its own models is left out."""
    properties = {key: _value(value, key, known) for key, value in block["properties"].items()}
    for key, value in properties.items():
        own = value.get("description")
        value["description"] = MEANINGS[name][key] + (f" {own}." if own else "")
    kept: Schema = {word: block[word] for word in ("type", "required", "additionalProperties") if word in block}
    return {**kept, "properties": properties}


def _value(node: Schema, key: str, known: Known) -> Schema:
    """One value as it may stand in a file: the forms of its readers filled in, without titles, defaults and nulls."""
    made: Schema = {
        word: _part(part, key, known) for word, part in node.items() if word not in {"title", "default", FORM}
    }
    if FORM in node:
        made = node[FORM](known, key) | made
    options = [option for option in made.pop("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        made = options[0] | made
    elif options:
        made["anyOf"] = options
    if "enum" in made or "const" in made:
        made.pop("examples", None)
    return made


def _part(part: Any, key: str, known: Known) -> Any:  # noqa: ANN401 - any part of a schema
    if isinstance(part, dict):
        return _value(part, key, known)
    if isinstance(part, list):
        return [_value(item, key, known) if isinstance(item, dict) else item for item in part]
    return part


def _values(catalog: Catalog) -> Schema:
    """The tables whose single values a scenario may replace, each by its key words, one level a key column."""
    return {name: _level(table, table.rows) for name, table in catalog.tables.items() if name not in NOT_OVERRIDDEN}


def _level(table: Table, rows: Sequence[Row], depth: int = 0) -> Schema:
    columns = IDENTITY.get(table.name, table.key_columns)
    words = list(dict.fromkeys(row.keys[columns[depth]] for row in rows))
    inner: Schema = {"type": "object"}
    if depth + 1 == len(columns):
        inner = {"type": ["string", "number", "boolean"]}
    elif depth == 0:
        inner = _level(table, rows, depth + 1)
    known = {"propertyNames": {"enum": words}} if words and all(words) else {}
    return {"type": "object", **known, "additionalProperties": inner}


def _prices(catalog: Catalog) -> Schema:
    """The items of the price table."""
    return {
        row.keys["item"]: {
            "$ref": f"#/$defs/{_price_name(MONEY_KIND_OF_UNIT[row.unit])}",
            "description": f"Price of {row.keys['item'].replace('_', ' ')}, in {row.unit}.",
        }
        for row in catalog.table("prices").rows
    }


def _price_blocks(catalog: Catalog) -> dict[str, Schema]:
    """A price in a unit of each kind, a change of it, or a distribution."""
    kinds = {MONEY_KIND_OF_UNIT[row.unit].name: MONEY_KIND_OF_UNIT[row.unit] for row in catalog.table("prices").rows}
    made: dict[str, Schema] = {"Distribution": _distribution()}
    for kind in kinds.values():
        text = {"type": "string", "pattern": quantity_pattern(kind, tuple(catalog.price_index))}
        options = [text, CHANGE_SEEN, {"$ref": "#/$defs/Distribution"}]
        made[_price_name(kind)] = {"anyOf": options, "examples": [kind.example]}
    return made


def _price_name(kind: Kind) -> str:
    return "Price" + "".join(word.capitalize() for word in kind.name.split()[1:])


def _distribution() -> Schema:
    """The block of an uncertain price."""
    names = sorted({name for names in PARAMETERS.values() for name in names})
    number = {"type": ["string", "number"]}
    values = {"type": "array", "items": number, "minItems": VALUES_MIN}
    return {
        "type": "object",
        "properties": {SHAPE: {"enum": list(SHAPES)}, **dict.fromkeys(names, number), VALUES: values},
        "required": [SHAPE],
        "additionalProperties": False,
    }

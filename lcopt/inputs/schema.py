"""The scenario format as a JSON Schema (draft 2020-12), with which editors complete and check a file.

Keys, required keys and structure come from the models of document.py, units from the kinds of quantities.py, names and
ranges from the catalog. A schema sees one value at a time: `lcopt check` finds more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lcopt.inputs.catalog import Catalog, Row, Table
from lcopt.inputs.catalog_overrides import NOT_OVERRIDDEN
from lcopt.inputs.catalog_tables import IDENTITY
from lcopt.inputs.contradictions import NOT_NEEDED_INLINE, families
from lcopt.inputs.document import BLOCKS, ScenarioDocument, UsageBlock
from lcopt.inputs.meanings import MEANINGS
from lcopt.inputs.quantities import MONEY_KIND_OF_UNIT, quantity_pattern
from lcopt.inputs.values import FORM, Known

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]


def scenario_schema(catalog: Catalog) -> Schema:
    """The JSON Schema of a scenario file for the names, ranges and years of `catalog`."""
    made = ScenarioDocument.model_json_schema(mode="validation")
    blocks = made.pop("$defs")
    known = Known.of(catalog)
    root = _block(made, "", known)
    name_of_model = {model.__name__: name for name, model in BLOCKS.items()}
    root["$defs"] = {model: _block(block, name_of_model[model], known) for model, block in blocks.items()}
    usage, lifecycle = root["$defs"]["UsageBlock"], root["$defs"]["LifecycleBlock"]
    all_keys = [key for key in UsageBlock.model_fields if key not in NOT_NEEDED_INLINE]
    usage["anyOf"] = [{"required": ["profile"]}, {"required": all_keys}]
    by_family = lifecycle["properties"]["end_of_life_value"]["anyOf"][0]
    by_family["propertyNames"] = {"enum": list(families(catalog))}
    root["properties"]["packs"]["minItems"] = 1
    root["properties"]["price_overrides"] |= {"properties": _prices(catalog), "additionalProperties": False}
    root["properties"]["catalog_overrides"] |= {"properties": _values(catalog), "additionalProperties": False}
    return {"$schema": DIALECT, "title": "lcopt scenario", **root}


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
    """The items of the price table, each a price in a unit of its kind."""
    prices: Schema = {}
    for row in catalog.table("prices").rows:
        kind = MONEY_KIND_OF_UNIT[row.unit]
        prices[row.keys["item"]] = {
            "type": "string",
            "pattern": quantity_pattern(kind),
            "description": f"Price of {row.keys['item'].replace('_', ' ')}: {kind.name}, in {row.unit}.",
            "examples": [kind.example],
        }
    return prices

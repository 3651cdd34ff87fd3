"""Maps of a sweep: which platform wins over two of its axes, one map for every setting of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from string import ascii_uppercase
from typing import Any

from lcopt.units import USD_PER_MUSD

Record = dict[str, Any]
# More maps than this are not looked at one by one; the table of points has them all.
MAPS_MAX = 24
NO_WINNER = "-"
_CODES = (*ascii_uppercase, *(first + second for first in ascii_uppercase for second in ascii_uppercase))


@dataclass(frozen=True)
class Winner:
    """What all packs of a point carry.

    `code` stands for it in a map: a letter for the chemistries and formats of the packs, a number for the platforms.
    `kind_number` counts the letters from 0; -1 where nothing was chosen.
    """

    code: str
    kind: str
    platforms: str
    kind_number: int


@dataclass(frozen=True)
class Square:
    """One point in a map."""

    winner: Winner
    cost_musd: float | None
    words: str


@dataclass(frozen=True)
class SweepMap:
    """One map: values along both axes, and a square for each pair of them, None where the sweep has none.

    `up` is empty where the sweep has one axis; `fixed` are the settings of the other axes.
    """

    across: str
    up: str
    across_values: tuple[str, ...]
    up_values: tuple[str, ...]
    fixed: Mapping[str, str]
    squares: Mapping[tuple[str, str], Square]


@dataclass(frozen=True)
class SweepMaps:
    """The maps of a sweep and all its winners; `left_out_count` maps are not made."""

    maps: tuple[SweepMap, ...]
    winners: tuple[Winner, ...]
    left_out_count: int


def maps_of(records: Sequence[Record]) -> SweepMaps:
    """The maps over the first two axes on which points differ; axes that go side by side count as one."""
    winners = _winners(records)
    axes = _axes(records)
    across, up = (*[name for name, _ in axes[:2]], "", "")[:2]
    others = axes[2:]
    grouped: dict[tuple[str, ...], dict[tuple[str, str], Square]] = {}
    for record in records:
        own = record["settings"]
        key = tuple(own.get(name, "") for name, _ in others)
        square = Square(winners[_choice(record)], _cost_musd(record), _words(record))
        grouped.setdefault(key, {})[(own.get(across, ""), own.get(up, ""))] = square
    keys = [key for key in product(*(values for _, values in others)) if key in grouped]
    values = dict(axes)
    maps = [
        SweepMap(
            across=across,
            up=up,
            across_values=values.get(across, ("",)),
            up_values=values.get(up, ("",)),
            fixed=dict(zip([name for name, _ in others], key, strict=True)),
            squares=grouped[key],
        )
        for key in keys[:MAPS_MAX]
    ]
    used = sorted(winners.values(), key=lambda winner: (winner.kind_number < 0, winner.kind_number))
    return SweepMaps(tuple(maps), tuple(used), max(len(keys) - MAPS_MAX, 0))


def _axes(records: Sequence[Record]) -> list[tuple[str, tuple[str, ...]]]:
    """The settings that differ, with their values; one that goes along with an earlier one is left out."""
    axes: list[tuple[str, tuple[str, ...]]] = []
    names = dict.fromkeys(name for record in records for name in record["settings"])
    columns = {name: [record["settings"].get(name, "") for record in records] for name in names}
    for name, column in columns.items():
        values = tuple(dict.fromkeys(column))
        pairs = (len(set(zip(columns[known], column, strict=True))) for known, _ in axes)
        if len(values) > 1 and all(count > max(len(values), 1) for count in pairs):
            axes.append((name, values))
    return axes


def _winners(records: Sequence[Record]) -> dict[tuple[str, ...], Winner]:
    """Every choice with its code, letters and numbers in the order in which they first win."""
    letters: dict[str, str] = {}
    counts: dict[str, int] = {}
    winners: dict[tuple[str, ...], Winner] = {}
    for record in records:
        choice = _choice(record)
        if choice in winners:
            continue
        if not record["packs"]:
            winners[choice] = Winner(NO_WINNER, record["status"], "", -1)
            continue
        kind = "; ".join(_kinds(record))
        letter = letters.setdefault(kind, _CODES[len(letters) % len(_CODES)])
        counts[kind] = counts.get(kind, 0) + 1
        number = list(letters).index(kind)
        winners[choice] = Winner(f"{letter}{counts[kind]}", kind, "; ".join(_platforms(record)), number)
    return winners


def _choice(record: Record) -> tuple[str, ...]:
    return tuple(_platforms(record)) or (record["status"],)


def _platforms(record: Record) -> Iterator[str]:
    """The platform of every pack, with the name of the pack where there are several."""
    for pack in record["packs"]:
        yield pack["platform"] if len(record["packs"]) == 1 else f"{pack['pack']}: {pack['platform']}"


def _kinds(record: Record) -> Iterator[str]:
    for pack in record["packs"]:
        kind = f"{pack['chemistry']}, {pack['format']}"
        yield kind if len(record["packs"]) == 1 else f"{pack['pack']}: {kind}"


def _cost_musd(record: Record) -> float | None:
    cost = record["lifecycle_cost_usd"]
    return None if cost is None else cost / USD_PER_MUSD


def _words(record: Record) -> str:
    settings = ", ".join(f"{name} {text}" for name, text in record["settings"].items())
    return f"{settings}: {'; '.join(_platforms(record)) or record['problem'] or record['status']}"

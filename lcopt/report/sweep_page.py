"""The page of a sweep: maps of the winner and all points in one HTML file that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from lcopt.report.styles import kind_color
from lcopt.report.sweep_maps import Square, SweepMap, maps_of
from lcopt.report.sweep_workbook import square_text

if TYPE_CHECKING:
    import pandas as pd

PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>body{{font-family:sans-serif;margin:24px;color:#1f2a44}}table{{border-collapse:collapse;margin:8px 0 24px}}
th{{background:#1f2a44;color:#fff;text-align:left}}th,td{{padding:4px 10px;border:1px solid #fff;font-size:14px}}
.map td{{text-align:center;white-space:pre-line}}.points td{{border-bottom:1px solid #d5d9e0}}
.number{{text-align:right}}caption{{text-align:left;font-weight:bold;padding:4px 0}}</style></head>
<body><h1>{title}</h1><p>{lead}</p>
{maps}
<h2>Winners</h2>{winners}
<h2>All points</h2>{points}
</body></html>
"""


def sweep_page(name: str, records: Sequence[dict[str, Any]], table: pd.DataFrame) -> str:
    """The page as HTML, equal for equal answers; arguments as of `lcopt.report.sweep_workbook.sweep_content`."""
    maps = maps_of(records)
    solved = sum(record["status"] == "optimal" for record in records)
    lead = f"{len(records)} points, {solved} with a proven optimum. Lifecycle cost of the fleet in million USD."
    if maps.left_out_count:
        lead += f" {maps.left_out_count} more maps are left out; the table below has all points."
    rows = (
        f'<tr><td style="background:#{kind_color(winner.kind_number)}">{escape(winner.code)}</td>'
        f"<td>{escape(winner.kind)}</td><td>{escape(winner.platforms)}</td></tr>"
        for winner in maps.winners
    )
    head = "<tr><th>Code</th><th>Chemistry and format</th><th>Platform</th></tr>"
    return PAGE.format(
        title=escape(f"{name}: sweep"),
        lead=escape(lead),
        maps="\n".join(_map(one) for one in maps.maps),
        winners=f'<table class="points">{head}{"".join(rows)}</table>',
        points=_points(table),
    )


def _map(one: SweepMap) -> str:
    fixed = ", ".join(f"{address} {text}" for address, text in one.fixed.items())
    caption = f"{one.up or 'all'} (down) over {one.across or 'all'} (across){f' at {fixed}' if fixed else ''}"
    heads = "".join(f'<th scope="col">{escape(value)}</th>' for value in one.across_values)
    rows = "".join(
        f'<tr><th scope="row">{escape(up)}</th>'
        f"{''.join(_square(one.squares.get((across, up))) for across in one.across_values)}</tr>"
        for up in one.up_values
    )
    return f'<table class="map"><caption>{escape(caption)}</caption><tr><th></th>{heads}</tr>{rows}</table>'


def _square(square: Square | None) -> str:
    if square is None:
        return "<td></td>"
    color = kind_color(square.winner.kind_number)
    return f'<td style="background:#{color}" title="{escape(square.words)}">{escape(square_text(square))}</td>'


def _points(table: pd.DataFrame) -> str:
    heads = "".join(f"<th>{escape(str(name))}</th>" for name in table.columns)
    rows = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in table.itertuples(index=False, name=None))
    return f'<table class="points"><tr>{heads}</tr>{rows}</table>'


def _cells(row: Sequence[Any]) -> Iterator[str]:
    for value in row:
        if isinstance(value, str):
            yield f"<td>{escape(value)}</td>"
        else:
            is_number = value is not None and value == value
            yield f'<td class="number">{f"{value:,.6g}" if is_number else ""}</td>'

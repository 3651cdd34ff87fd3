"""The whole page: the answer first, then what it rests on; of a portfolio the fleet, then a part for each pack."""

from __future__ import annotations

from collections.abc import Iterable

from lcopt.design_names import capitalized
from lcopt.report.input_rows import InputRow, input_rows
from lcopt.report.page.answer import answer_section, why_section
from lcopt.report.page.costs import cash_section, cost_section
from lcopt.report.page.fleet import fleet_section
from lcopt.report.page.limits import alternative_section, limit_section
from lcopt.report.page.look import POLICY, SCRIPT, STYLE
from lcopt.report.page.markup import paragraph, section, tag, text
from lcopt.report.page.prices import price_section
from lcopt.report.page.sources import footer, remark_section, source_section
from lcopt.report.page.space import space_section
from lcopt.report.tables import PackTables, ReportTables, read_tables
from lcopt.result import Result

TOP, INNER = 2, 3


def page_of(result: Result) -> bytes:
    """The page of a result as the bytes of an HTML file; equal results give equal bytes."""
    tables = read_tables(result)
    parts = _parts(tables, input_rows(tables))
    return whole_page(tables.scenario.name, tables.scenario.question, _contents(tables), parts, footer(tables))


def whole_page(name: str, question: str, contents: str, parts: Iterable[str], foot: str) -> bytes:
    """A page with its head, style and script around finished parts."""
    head = [
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{text(POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        tag("title", text(f"{name}: lcopt")),
        f"<style>{STYLE}</style>",
    ]
    asked = paragraph(capitalized(question), "question") if question else ""
    body = [
        tag("header", tag("h1", text(name)), asked, contents),
        tag("main", *parts),
        foot,
        f"<script>{SCRIPT}</script>",
    ]
    page = f'<!DOCTYPE html>\n<html lang="en"><head>{"".join(head)}</head>\n<body>{"".join(body)}</body></html>\n'
    return page.encode()


def _parts(tables: ReportTables, inputs: list[InputRow]) -> list[str]:
    last = [remark_section(tables), source_section(tables)]
    if len(tables.packs) == 1:
        (pack,) = tables.packs
        first, *rest = _pack_parts(tables, pack, inputs, TOP)
        return [first, fleet_section(tables, TOP), *rest, *last]
    packs = [
        section(TOP, f"Pack {pack.pack.name}", *_pack_parts(tables, pack, inputs, INNER), anchor=_anchor(pack))
        for pack in tables.packs
    ]
    return [fleet_section(tables, TOP), *packs, *last]


def _pack_parts(tables: ReportTables, pack: PackTables, inputs: list[InputRow], level: int) -> list[str]:
    return [
        answer_section(tables, pack, level),
        why_section(tables, pack, level),
        cost_section(tables, pack, level),
        cash_section(tables, pack, level),
        space_section(tables, pack, level),
        price_section(pack, inputs, level),
        limit_section(tables, pack, level),
        alternative_section(pack, level),
    ]


def _anchor(pack: PackTables) -> str:
    return f"pack-{pack.index + 1}"


def _contents(tables: ReportTables) -> str:
    """Links to the parts of a portfolio."""
    if len(tables.packs) == 1:
        return ""
    places = [("fleet", "The fleet"), *((_anchor(pack), f"Pack {pack.pack.name}") for pack in tables.packs)]
    places += [("remarks", "Remarks")] if tables.result.warnings else []
    links = "".join(
        tag("li", tag("a", text(words), href=f"#{anchor}")) for anchor, words in [*places, ("sources", "Sources")]
    )
    return tag("nav", tag("ul", links), aria_label="Contents")

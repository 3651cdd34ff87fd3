"""Small real results and their pages, made once, and what a test reads of a page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from lcopt.inputs.catalog import packaged_catalog
from lcopt.inputs.reader import read_scenario
from lcopt.report.page.document import page_of
from lcopt.result import Result
from lcopt.study import optimize

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHEMISTRIES = ("LFP-G (Energy)", "NMC622-G (Energy)")
# What people put into names: markup, quotes, a formula, an end of a script, a letter that no page can hold.
HOSTILE = "=1+1 <b>\"&'</script><script>alert(1)</script>\x07"
VOID = {"meta", "link", "br", "hr", "img", "input"}


def _restricted(name: str, chemistries: tuple[str, ...]):
    scenario = read_scenario(SCENARIOS / name, packaged_catalog())
    search = replace(
        scenario.search,
        chemistries=chemistries,
        formats=("unified",),
        architectures=("cell_to_pack",),
        coolings=("bottom_plate",),
        technology_classes=("standard",),
    )
    return replace(scenario, search=search)


@cache
def single() -> Result:
    """One pack, two chemistries, one format."""
    return optimize(_restricted("compact_car.yaml", CHEMISTRIES))


@cache
def fleet() -> Result:
    """Two packs on one cell, with hostile names."""
    scenario = _restricted("two_cars_one_platform.yaml", CHEMISTRIES[:1])
    small, large = scenario.packs
    packs = (replace(small, name=HOSTILE), replace(large, name="large"))
    return optimize(replace(scenario, question=f"is {HOSTILE} safe?", packs=packs))


@cache
def page(name: str) -> str:
    """The page of `single` or `fleet`."""
    return page_of({"single": single, "fleet": fleet}[name]()).decode()


@dataclass
class Element:
    """One element of a page with all text within it."""

    tag: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text, spaces made one."""
        return " ".join("".join(self.words).split())


class Read(HTMLParser):
    """The elements of a page in their order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(source)
        self.close()
        assert self.open == [], "an element is not closed"

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag):
        assert self.open.pop().tag == tag, f"{tag} closes what is not open"

    def handle_data(self, data):
        for element in self.open:
            element.words.append(data)

    def all(self, *tags: str) -> list[Element]:
        """Elements of some kinds."""
        return [element for element in self.elements if element.tag in tags]

"""The page in a real browser: quiet, drawn whole, sorted by a click or a key, readable for all, printed on A4."""

from __future__ import annotations

import base64
import re

import pytest
from browser import browser, needs_browser, requests_of, violations
from made_pages import page, single

pytestmark = needs_browser
NAMES = ("single", "fleet")
# Width and height of A4 in points.
A4 = (595, 842)


@pytest.fixture(scope="module")
def driver():
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    made = {name: folder / f"{name}.html" for name in NAMES}
    for name, path in made.items():
        path.write_bytes(page(name).encode())
    return {name: path.as_uri() for name, path in made.items()}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_quiet_and_asks_no_host_for_anything(driver, places, name):
    requests_of(driver)
    driver.get(places[name])
    assert driver.get_log("browser") == []
    asked = requests_of(driver)
    assert places[name] in asked
    assert [address for address in asked if address != places[name] and not address.startswith("data:")] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_drawing_is_drawn_and_none_of_its_words_are_cut(driver, places, name):
    driver.get(places[name])
    drawings = driver.execute_script(
        """return [...document.querySelectorAll("svg")].map((svg) => {
          const whole = svg.viewBox.baseVal, seen = svg.getBoundingClientRect();
          const cut = [...svg.querySelectorAll("text")].filter((words) => {
            const box = words.getBBox();
            return box.x < -0.5 || box.y < -0.5 || box.x + box.width > whole.width + 0.5
              || box.y + box.height > whole.height + 0.5;
          });
          return {width: seen.width, height: seen.height, cut: cut.map((words) => words.textContent),
            shapes: svg.querySelectorAll("rect,circle,polyline").length};
        })"""
    )
    assert len(drawings) >= 6
    for drawing in drawings:
        assert drawing["width"] > 300
        assert drawing["height"] > 100
        assert drawing["shapes"] > 1
        assert drawing["cut"] == []


@pytest.mark.parametrize("width", [1280, 700, 390])
def test_a_page_is_never_wider_than_its_window(driver, places, width):
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        driver.get(places["fleet"])
        assert driver.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def costs_shown(driver) -> list[float]:
    return driver.execute_script(
        "return [...document.querySelectorAll('#alternatives tbody tr')]"
        ".map((row) => Number(row.cells[3].dataset.value))"
    )


def test_the_table_of_alternatives_sorts_by_click_and_by_key(driver, places):
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    driver.get(places["single"])
    costs = sorted(single().alternatives["lifecycle_cost_usd_per_pack"])
    head = driver.find_elements(By.CSS_SELECTOR, "#alternatives thead th")[3]
    button = head.find_element(By.TAG_NAME, "button")
    assert head.get_attribute("aria-sort") == "none"
    assert costs_shown(driver) == pytest.approx(costs)
    driver.execute_script("arguments[0].click()", button)
    assert head.get_attribute("aria-sort") == "ascending"
    button.send_keys(Keys.ENTER)
    assert head.get_attribute("aria-sort") == "descending"
    assert costs_shown(driver) == pytest.approx(costs[::-1])
    button.send_keys(Keys.SPACE)
    assert costs_shown(driver) == pytest.approx(costs)
    other = driver.find_elements(By.CSS_SELECTOR, "#alternatives thead button")[1]
    other.send_keys(Keys.ENTER)
    assert head.get_attribute("aria-sort") == "none"


def test_without_scripts_all_text_and_drawings_are_there_and_no_dead_buttons(driver, places):
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(places["single"])
        shown = driver.execute_cdp_cmd("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
        count = {
            what: len(driver.execute_cdp_cmd("DOM.querySelectorAll", {"nodeId": shown, "selector": what})["nodeIds"])
            for what in ("svg", "button", "table.sorts")
        }
        assert count["svg"] >= 6
        assert count["button"] == 0
        assert count["table.sorts"] >= 2
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing(driver, places, name):
    driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})
    try:
        driver.get(places[name])
        assert violations(driver) == []
    finally:
        driver.execute_cdp_cmd("Page.setBypassCSP", {"enabled": False})


def test_it_prints_on_a4_with_all_that_is_drawn(driver, places):
    driver.get(places["single"])
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "preferCSSPageSize": True})
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", base64.b64decode(printed["data"]))
    assert {tuple(round(float(side)) for side in box) for box in boxes} == {A4}
    assert 4 <= len(boxes) <= 12

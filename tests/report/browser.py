"""A headless Chromium that reads pages as people do."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
LIBRARIES = [name for name in ("selenium", "axe_core_python") if importlib.util.find_spec(name) is None]
REASON = "Chromium, its driver, selenium or axe-core-python is not installed: no page is looked at; CI installs them"
OPTIONS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --window-size=1280,900"
)
LOAD_S = 120

# Where CI is set the tests run and fail, so that a missing browser is noticed.
is_missing = CHROMIUM is None or DRIVER is None or bool(LIBRARIES)
needs_browser = pytest.mark.skipif(is_missing and not os.environ.get("CI"), reason=REASON)


@contextmanager
def browser() -> Iterator[Any]:
    """A driver of Chromium that keeps what pages write to the console and ask of the network."""
    if is_missing:
        pytest.fail(REASON)
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for option in OPTIONS.split():
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    driver.set_script_timeout(LOAD_S)
    driver.set_page_load_timeout(LOAD_S)
    try:
        yield driver
    finally:
        driver.quit()


def requests_of(driver: Any) -> list[str]:
    """Addresses asked for since the last call."""
    messages = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [
        message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"
    ]


def violations(driver: Any) -> list[str]:
    """What axe finds wrong with the page that is open; the points of drawings are left out, they only tell on hover."""
    import axe_core_python

    driver.execute_script((Path(axe_core_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = driver.execute_async_script(
        "const done = arguments[0];axe.run({exclude: [['circle'], ['rect']]}).then((found) => done(found.violations));"
    )
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]

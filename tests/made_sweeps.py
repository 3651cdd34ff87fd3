"""A sweep of a small search, its command in a process of its own, and what its store holds meanwhile."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from lcopt.store import Store, store_path

SMALL = """\
lcopt: 1
name: small
finance: {currency: USD, price_year: 2025, discount_rate: 8 %, horizon: 12 yr}
packs:
  - {name: car, volume: 200000 /yr, energy: 60 kWh, power: 150 kW, system_voltage: 400 V, usage: private_car}
limits: {charging_time_max: 20 min, charging_temperature: 25 degC, charger_power: 350 kW}
search: {chemistries: [LFP-G (Energy)], formats: [blade], technology_classes: standard, heaters: none}
"""
RATES = "finance.discount_rate: [5 %, 6 %, 7 %, 8 %]"
TIMES = "limits.charging_time_max: [5 min, 20 min]"
POINT = re.compile(r"^(\d+) of \d+: ", re.MULTILINE)
PATIENCE_S = 300


def write_sweep(folder: Path, *axes: str) -> Path:
    """A file with a sweep over some axes."""
    file = folder / "small.yaml"
    file.write_text(f"{SMALL}sweep: {{{', '.join(axes)}}}\n", encoding="utf-8")
    return file


def start(file: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """`lcopt sweep` in a process of its own."""
    command = [sys.executable, "-m", "lcopt", "sweep", str(file), "--out", str(out), *options]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    # What runs in the background of a shell ignores Ctrl-C, and so would what it starts.
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit status, stdout and stderr when it has ended."""
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def solved_in(err: str) -> set[int]:
    """Numbers of the points that a sweep solved, as its stderr tells."""
    return {int(number) for number in POINT.findall(err)}


def stored_in(out: Path) -> set[int]:
    """Numbers of the points of the last run that the store has."""
    if not store_path(out).exists():
        return set()
    with Store(store_path(out)) as store:
        runs = store.runs()
        return {point.number for point in store.points(runs[-1].number) if point.record} if runs else set()


def wait_until_stored(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Until the store has so many points, or the process has ended."""
    until = time.monotonic() + PATIENCE_S
    while len(stored_in(out)) < count and process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)

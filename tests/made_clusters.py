"""A Dask cluster on the loopback interface: a scheduler and workers, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from made_sweeps import PATIENCE_S

from lcopt.sweep_dask import connected


@contextmanager
def cluster_in(folder: Path, workers_count: int) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """The address of a scheduler and the processes of its workers, one thread each, until the block is left."""
    file = folder / "scheduler.json"
    scheduler = _launched(
        "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file)
    )
    until = time.monotonic() + PATIENCE_S
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.1)
    time.sleep(0.5)
    address = yaml.safe_load(file.read_text())["address"]
    options = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder)]
    workers = [_launched("dask_worker", address, *options) for _ in range(workers_count)]
    try:
        with connected(address) as client:
            client.wait_for_workers(workers_count, timeout=PATIENCE_S)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def _launched(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "DASK_DISTRIBUTED__WORKER__DAEMON": "False"}
    command = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True, env=environment)

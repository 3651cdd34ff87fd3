"""Finished points of sweeps in one SQLite file, so that a killed sweep goes on where it was.

Only the process that runs a sweep writes, each point in a transaction of its own. A point has as its key a hash of the
resolved scenario, the data and the version of lcopt, so what is found under it is what solving it again would give.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lcopt.errors import LcoptError, ReportError

Record = dict[str, Any]
STORE_NAME = "runs.sqlite"
# Marks a file as a store of lcopt, and the form of its tables.
APPLICATION_ID, FORM = 0x6C636F70, 1
BUSY_S = 60.0
ASIDES_MAX = 1000
_TABLES = """
CREATE TABLE IF NOT EXISTS points (
  key TEXT PRIMARY KEY, record TEXT NOT NULL, seconds REAL NOT NULL, lcopt_version TEXT NOT NULL,
  data_hash TEXT NOT NULL, solved_at TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
  run INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, lcopt_version TEXT NOT NULL, started_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS run_points (
  run INTEGER NOT NULL REFERENCES runs, number INTEGER NOT NULL, key TEXT NOT NULL, settings TEXT NOT NULL,
  PRIMARY KEY (run, number)) WITHOUT ROWID;
"""


class StoreError(LcoptError):
    """The file is no store that this version reads; the message says why and what to do."""


class _DamagedError(Exception):
    """The file is no database any more; `args` holds why."""


@dataclass(frozen=True)
class Run:
    """One sweep as it was asked for: its number in the store, and how many of its points are done."""

    number: int
    name: str
    lcopt_version: str
    started_at: str
    points_count: int
    done_count: int


@dataclass(frozen=True)
class RunPoint:
    """One point of a run: its settings as text by their address, and its record, None while it is not solved."""

    number: int
    settings: Mapping[str, str]
    record: Record | None


def store_path(place: str | os.PathLike[str]) -> Path:
    """The file of a store: a path that ends in .sqlite itself, else the store in that folder."""
    path = Path(place)
    return path if path.suffix == ".sqlite" else path / STORE_NAME


class Store:
    """An open store; several processes may have the same one open.

    Attributes
    ----------
    set_aside : Path or None
        Where a damaged file was moved that stood in the place of the store.
    """

    def __init__(self, path: Path, *, must_exist: bool = False) -> None:
        """Open or make the store.

        Raises
        ------
        StoreError
            Where the file is missing though it must exist, or of another form or program.
        ReportError
            Where the file cannot be read or written.
        """
        self.path = path
        self.set_aside: Path | None = None
        with self._told():
            if must_exist and not path.exists():
                message = f"{path}: there is no store here; 'lcopt sweep' makes one in the folder of its results"
                raise StoreError(message)
            if must_exist and not os.access(path.parent, os.W_OK):
                self._connection = _opened_to_read(path)
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            before = _number_of_file(path)
            try:
                self._connection = _opened(path)
            except _DamagedError:
                self.set_aside = _moved_aside(path, before)
                self._connection = _opened(path)

    @property
    def note(self) -> str:
        """That a damaged file stood here and where it is now; empty where none did."""
        if self.set_aside is None:
            return ""
        return f"{self.path}: the store was damaged and is now {self.set_aside}; a new one is begun"

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def found(self, key: str) -> Record | None:
        """The record of a finished point, None where there is none."""
        with self._told():
            row = self._connection.execute("SELECT record FROM points WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    def found_of(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records of all finished points among some keys."""
        found = {key: self.found(key) for key in dict.fromkeys(keys)}
        return {key: record for key, record in found.items() if record is not None}

    def put(self, key: str, record: Record, seconds: float, version: str, data_hash: str) -> None:
        """Keep one finished point; one that another sweep has put meanwhile stays as it is."""
        text = json.dumps(record, allow_nan=False)
        row = (key, text, seconds, version, data_hash, _now())
        with self._told():
            self._connection.execute("INSERT OR IGNORE INTO points VALUES (?, ?, ?, ?, ?, ?)", row)

    def begin_run(self, name: str, version: str, points: Sequence[tuple[Mapping[str, str], str]]) -> int:
        """Note a sweep with the settings and keys of its points, and give its number."""
        with self._told(), self._transaction():
            row = ("INSERT INTO runs (name, lcopt_version, started_at) VALUES (?, ?, ?)", (name, version, _now()))
            run = int(self._connection.execute(*row).lastrowid or 0)
            rows = [(run, number, key, json.dumps(dict(own))) for number, (own, key) in enumerate(points, start=1)]
            self._connection.executemany("INSERT INTO run_points VALUES (?, ?, ?, ?)", rows)
        return run

    def runs(self) -> list[Run]:
        """All sweeps, the oldest first."""
        with self._told():
            rows = self._connection.execute(
                "SELECT runs.run, name, runs.lcopt_version, started_at, count(run_points.key), count(points.key) "
                "FROM runs LEFT JOIN run_points USING (run) LEFT JOIN points USING (key) GROUP BY runs.run ORDER BY 1"
            ).fetchall()
        return [Run(*row) for row in rows]

    def points(self, run: int) -> list[RunPoint]:
        """The points of one sweep in their order."""
        with self._told():
            rows = self._connection.execute(
                "SELECT number, settings, record FROM run_points LEFT JOIN points USING (key) WHERE run = ? ORDER BY 1",
                (run,),
            ).fetchall()
        return [
            RunPoint(number, json.loads(settings), None if record is None else json.loads(record))
            for number, settings, record in rows
        ]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong with the file is told in a sentence."""
        try:
            yield
        except (sqlite3.Error, OSError, _DamagedError) as error:
            message = f"{self.path}: the store cannot be used ({error}); free it, or choose another folder"
            raise ReportError(message) from None


def _opened(path: Path) -> sqlite3.Connection:
    # Each statement is its own transaction where none is begun.
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        _check(path, connection)
        _begin_wal(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            raise _DamagedError(str(error)) from None
        raise
    return connection


def _opened_to_read(path: Path) -> sqlite3.Connection:
    """A store in a folder where nothing can be written; what other processes write meanwhile may be missed."""
    # SQLite reads the log of recent writes only where it may write beside it.
    is_whole = not path.with_name(path.name + "-wal").exists()
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if is_whole else ''}", uri=True)
    try:
        _check(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(path: Path, connection: sqlite3.Connection) -> None:
    """A sound store of this form, made where the file is new."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise _DamagedError(found)
    if not _tables_of(connection):
        _make_tables(connection)
    application, form = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    if application != APPLICATION_ID:
        message = f"{path}: the file is no store of lcopt; choose another folder with --out"
        raise StoreError(message)
    if form != FORM:
        age = "an older" if form < FORM else "a newer"
        message = (
            f"{path}: the store was made by {age} lcopt (form {form}, this one reads form {FORM}); move it away or "
            "choose another folder with --out, and its points are solved again"
        )
        raise StoreError(message)


def _tables_of(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


def _make_tables(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    # Another sweep may have made them while this one waited.
    if not _tables_of(connection):
        for statement in _TABLES.split(";")[:-1]:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {FORM}")
    connection.execute("COMMIT")


def _begin_wal(connection: sqlite3.Connection) -> None:
    """Readers and a writer side by side; SQLite does not wait by itself where another process asks for it too."""
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return


def _number_of_file(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def _moved_aside(path: Path, damaged: int) -> Path | None:
    """Give the damaged file with what belongs to it a name of its own; None where another sweep just did."""
    if _number_of_file(path) != damaged:
        return None
    aside = next(
        name
        for name in (path.with_name(f"{path.name}.damaged-{number}") for number in range(1, ASIDES_MAX))
        if not name.exists()
    )
    try:
        path.rename(aside)
    except FileNotFoundError:
        return None
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")

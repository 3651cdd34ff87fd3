"""The store of sweeps: what is put is found, by several processes at once; other files are told, never overwritten."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from multiprocessing import get_context

import pytest

from lcopt.errors import LcoptError, ReportError
from lcopt.store import FORM, Store, StoreError, store_path

RECORD = {"status": "optimal", "lifecycle_cost_usd": 1.5, "packs": [{"pack": "a", "platform": "LFP, 3"}]}
PUT_COUNT = 40


@pytest.fixture
def path(tmp_path):
    return tmp_path / "runs.sqlite"


def put(store: Store, key: str, record: dict = RECORD) -> None:
    store.put(key, record, 0.1, "1.0", "data")


def put_many(path, keys) -> None:
    with Store(path) as store:
        store.begin_run("many", "1.0", [({}, key) for key in keys])
        for key in keys:
            put(store, key)


def test_a_folder_has_its_store_and_a_file_is_one(tmp_path):
    assert store_path(tmp_path) == tmp_path / "runs.sqlite"
    assert store_path(tmp_path / "mine.sqlite") == tmp_path / "mine.sqlite"


def test_what_is_put_is_found_when_the_store_is_opened_again(path):
    with Store(path) as store:
        put(store, "a")
    with Store(path) as store:
        assert (store.found("a"), store.found("b")) == (RECORD, None)
        assert store.found_of(["a", "b", "a"]) == {"a": RECORD}


def test_numbers_come_back_to_the_last_digit(path):
    with Store(path) as store:
        put(store, "a", {"cost": 0.1 + 0.2, "tiny": 5e-324})
        assert store.found("a") == {"cost": 0.1 + 0.2, "tiny": 5e-324}


def test_a_point_that_is_there_stays_as_it_is(path):
    with Store(path) as store:
        put(store, "a")
        put(store, "a", {"status": "other"})
        assert store.found("a") == RECORD


def test_runs_are_numbered_and_tell_how_many_points_are_done(path):
    with Store(path) as store:
        put(store, "a")
        assert store.begin_run("first", "1.0", [({"x": "1"}, "a"), ({"x": "2"}, "b")]) == 1
        store.begin_run("second", "1.0", [({"x": "1"}, "a")])
        runs = store.runs()
        assert [(run.number, run.name, run.points_count, run.done_count) for run in runs] == [
            (1, "first", 2, 1),
            (2, "second", 1, 1),
        ]
        points = store.points(1)
    assert [(point.number, point.settings, point.record) for point in points] == [
        (1, {"x": "1"}, RECORD),
        (2, {"x": "2"}, None),
    ]


def test_processes_that_make_and_fill_one_store_at_once_lose_nothing(path):
    context = get_context("spawn")
    shares = [[f"{number}-{own}" for number in range(PUT_COUNT)] for own in range(3)]
    shares = [[*share, *(f"shared-{number}" for number in range(PUT_COUNT))] for share in shares]
    processes = [context.Process(target=put_many, args=(path, share)) for share in shares]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with Store(path) as store:
        assert store.set_aside is None
        assert len(store.found_of(key for share in shares for key in share)) == 4 * PUT_COUNT
        assert [(run.points_count, run.done_count) for run in store.runs()] == [(2 * PUT_COUNT, 2 * PUT_COUNT)] * 3


@pytest.mark.parametrize(("form", "word"), [(FORM - 1, "an older"), (FORM + 1, "a newer")])
def test_a_store_of_another_form_is_told_in_a_sentence_and_left(path, form, word):
    with Store(path) as store:
        put(store, "a")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {form}")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=f"made by {word} lcopt .form {form}, this one reads form {FORM}.; move it"):
        Store(path)
    assert path.read_bytes() == before


def test_a_database_of_another_program_is_told_and_left(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="the file is no store of lcopt"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("how", ["words", "torn", "header"])
def test_a_damaged_store_is_set_aside_and_named(path, how):
    with Store(path) as store:
        for number in range(200):
            put(store, str(number))
    good = path.read_bytes()
    damaged = {
        "words": b"this is no database at all" * 100,
        "torn": good[: len(good) // 2],
        "header": good[:4096] + b"\xff" * 4096 + good[8192:],
    }[how]
    path.write_bytes(damaged)
    with Store(path) as store:
        assert store.set_aside == path.with_name("runs.sqlite.damaged-1")
        assert store.set_aside.read_bytes() == damaged
        assert (store.found("1"), store.runs()) == (None, [])
        put(store, "1")
    path.write_bytes(damaged)
    with Store(path) as store:
        assert store.set_aside == path.with_name("runs.sqlite.damaged-2")


def test_an_empty_file_becomes_a_store(path):
    path.touch()
    with Store(path) as store:
        put(store, "a")
        assert (store.set_aside, store.found("a")) == (None, RECORD)


def test_a_store_that_must_be_there_is_not_made(path):
    with pytest.raises(StoreError, match="there is no store here"):
        Store(path, must_exist=True)
    assert not path.exists()


def test_a_store_in_a_folder_that_nobody_may_write_to_is_read(path, monkeypatch):
    with Store(path) as store:
        put(store, "a")
    before = sorted(path.parent.iterdir())
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    with Store(path, must_exist=True) as store:
        assert (store.found("a"), store.runs()) == (RECORD, [])
        with pytest.raises(ReportError, match="readonly"):
            put(store, "b")
    assert sorted(path.parent.iterdir()) == before
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(ReportError, match="the store cannot be used"):
        Store(path, must_exist=True)


def test_a_folder_that_nobody_may_look_into_is_told(path, monkeypatch):
    def refused(_path: object) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.exists", refused)
    with pytest.raises(ReportError, match=r"runs\.sqlite: the store cannot be used .*Permission denied"):
        Store(path, must_exist=True)


def test_a_folder_in_the_place_of_the_store_is_told(path):
    path.mkdir()
    with pytest.raises(ReportError, match="the store cannot be used"):
        Store(path)
    assert issubclass(StoreError, LcoptError)

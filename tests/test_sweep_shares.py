"""Jobs shared out among workers: each once, alike ones together, and nobody idle while there are jobs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lcopt.sweep_points import Job
from lcopt.sweep_shares import Shares

kinds = st.lists(st.tuples(*[st.sampled_from("abc")] * 3), max_size=40)


def jobs_of(kin):
    return [Job(str(number), marks, None) for number, marks in enumerate(kin)]


def taken_by(shares: Shares, worker: int) -> list[str]:
    return [job.key for job in iter(lambda: shares.next_of(worker), None)]


@given(kinds, st.lists(st.integers(0, 4), max_size=60), st.sets(st.integers(0, 39)))
def test_every_open_job_is_taken_once_and_no_worker_goes_without(kin, workers, closed):
    shares = Shares(jobs_of(kin), lambda job: int(job.key) not in closed)
    wanted = {str(number) for number in range(len(kin)) if number not in closed}
    taken = [shares.next_of(worker) for worker in workers]
    found = [job.key for job in taken if job is not None]
    assert len(found) == min(len(workers), len(wanted))
    assert sorted(found + taken_by(shares, 9)) == sorted(wanted)
    assert shares.next_of(0) is None


@given(kinds)
def test_one_worker_meets_every_kin_once(kin):
    met = [kin[int(key)] for key in taken_by(Shares(jobs_of(kin)), 0)]
    for depth in (1, 2, 3):
        marks = [job[:depth] for job in met]
        begun = [mark for number, mark in enumerate(marks) if not number or mark != marks[number - 1]]
        assert len(begun) == len(set(begun))
    assert list(dict.fromkeys(job[0] for job in met)) == list(dict.fromkeys(job[0] for job in kin))


def test_workers_begin_with_packs_of_their_own_and_then_take_the_later_half_of_the_longest_run():
    shares = Shares(jobs_of([("a", "", "")] * 3 + [("b", "", "")] * 9))
    assert [job.key for job in map(shares.next_of, (1, 2))] == ["0", "3"]
    third = [shares.next_of(3).key for _ in range(4)]
    assert third == ["8", "9", "10", "11"]
    assert [shares.next_of(2).key for _ in range(4)] == ["4", "5", "6", "7"]
    assert taken_by(shares, 3) == ["2", "1"]

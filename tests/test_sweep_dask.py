"""Sweeps on a Dask cluster on the loopback interface: complete though a worker is killed; other builds are told."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import sys
from importlib.util import find_spec

import pytest
import yaml
from made_clusters import cluster_in
from made_sweeps import RATES, SMALL, TIMES, ended, solved_in, start, wait_until_stored, write_sweep

import lcopt
from lcopt import sweep_dask
from lcopt.sweep_dask import ClusterError, OtherBuildError, _Pace, connected, require_same_build
from lcopt.sweep_points import Build, Solved, job_of, this_build
from lcopt.sweep_shares import Shares

RATE_AXIS = {"finance.discount_rate": ["6 %", "7 %", "8 %"]}

# CI installs the extra, so there the tests must not be left out.
needs_dask = pytest.mark.skipif(
    find_spec("distributed") is None and not os.environ.get("CI"), reason="needs the extra lcopt[distributed]"
)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers: address and processes of the workers."""
    with cluster_in(tmp_path_factory.mktemp("cluster"), 2) as made:
        yield made


def test_batches_last_at_least_half_a_second():
    pace = _Pace()
    assert pace.batch_count == 1
    for each_s, count in ((0.1, 5), (0.3, 2), (4.0, 1), (0.0, 1)):
        pace.note([Solved("a", {}, each_s)] * 3)
        assert pace.batch_count == count


def test_a_worker_of_another_build_does_not_solve():
    with pytest.raises(OtherBuildError) as caught:
        sweep_dask._solve_batch([], Build("0.0.1", "other"))
    assert caught.value.args[1] == str(this_build())
    assert sweep_dask._solve_batch([], this_build()) == []


def test_without_dask_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"needs Dask.*pip install 'lcopt.distributed.'"), connected("tcp://x:1"):
        pass


class Client:
    """Stands in for a cluster whose workers answer what they are given."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def scheduler_info(self, n_workers):
        return {"workers": self.answers[0]}

    def run(self, function, *_arguments, on_error):
        return self.answers.pop(0)


def test_other_versions_and_data_of_workers_are_named_with_ours():
    here = this_build()
    with pytest.raises(ClusterError, match=f"tcp://a:1 has lcopt 0.0.1, this process has lcopt {here.lcopt_version}"):
        require_same_build(Client({"tcp://a:1": "0.0.1"}))
    other = Build(here.lcopt_version, "f" * 64)
    with pytest.raises(ClusterError, match=f"with the data ffffffffffff, this process has .*{here.data_hash[:12]}"):
        require_same_build(Client({"tcp://a:1": here.lcopt_version}, {"tcp://a:1": other}))
    with pytest.raises(ClusterError, match="tcp://a:1 has no lcopt, this process has"):
        require_same_build(Client({"tcp://a:1": importlib.metadata.PackageNotFoundError("lcopt")}))
    with pytest.raises(ClusterError, match="has no workers"):
        require_same_build(Client({}))
    require_same_build(Client({"tcp://a:1": here.lcopt_version}, {"tcp://a:1": here}))
    assert issubclass(OtherBuildError, Exception)


@needs_dask
def test_no_scheduler_is_a_sentence(monkeypatch):
    monkeypatch.setattr(sweep_dask, "TIMEOUT_S", 1.0)
    with (
        pytest.raises(ClusterError, match=r"no Dask scheduler answers at tcp://127.0.0.1:1 "),
        connected("tcp://127.0.0.1:1"),
    ):
        pass


@needs_dask
@pytest.mark.parametrize("address", ["nonsense", "host:port", "http://127.0.0.1:8786"])
def test_what_is_no_address_is_a_sentence_at_once(address, monkeypatch):
    monkeypatch.setattr("distributed.Client", None)
    with (
        pytest.raises(ClusterError, match=f"'{address}' is no address of a Dask scheduler .*write it as tcp://host:"),
        connected(address),
    ):
        pass


@needs_dask
def test_a_sweep_on_a_cluster_equals_that_of_this_process(cluster):
    scenario, settings = lcopt.read_scenario(yaml.safe_load(SMALL)), {"finance.discount_rate": ["6 %", "9 %"]}
    with connected(cluster[0]) as client:
        table = lcopt.sweep(scenario, settings, client=client)
    assert table.equals(lcopt.sweep(scenario, settings))


@needs_dask
def test_a_sweep_goes_on_while_the_cluster_has_no_worker(cluster, monkeypatch):
    scenario, settings = lcopt.read_scenario(yaml.safe_load(SMALL)), {"finance.discount_rate": ["6 %", "7 %", "8 %"]}
    with connected(cluster[0]) as client:
        monkeypatch.setattr(client, "nthreads", dict)
        table = lcopt.sweep(scenario, settings, client=client)
    assert table["status"].tolist() == ["optimal"] * 3


@needs_dask
def test_points_that_build_alike_are_sent_to_one_worker_each(cluster, monkeypatch):
    document = yaml.safe_load(SMALL) | {"sweep": {"packs.car.energy": ["50 kWh", "60 kWh"], **RATE_AXIS}}
    jobs = [job_of(point.scenario) for point in lcopt.read_sweep(document)]
    sent: dict[str, list[str]] = {}
    with connected(cluster[0]) as client:
        submit = client.submit

        def noted(function, batch, *arguments, workers, **options):
            sent.setdefault(workers[0], []).extend(job.kin[0] for job in batch)
            return submit(function, batch, *arguments, workers=workers, **options)

        monkeypatch.setattr(client, "submit", noted)
        done = list(sweep_dask.solve_on(client, Shares(jobs)))
    assert {item.key for item in done} == {job.key for job in jobs}
    assert len(sent) == 2
    first, second = (kin[:2] for kin in sent.values())
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]


@needs_dask
def test_a_sweep_ends_complete_and_right_though_a_worker_is_killed(cluster, tmp_path):
    address, workers = cluster
    file = write_sweep(tmp_path, RATES, TIMES)
    process = start(file, tmp_path / "out", "--scheduler", address)
    wait_until_stored(tmp_path / "out", 1, process)
    workers[0].send_signal(signal.SIGKILL)
    status, _, err = ended(process)
    assert (status, solved_in(err)) == (0, set(range(1, 9)))
    status, _, err = ended(start(file, tmp_path / "here"))
    assert status == 0
    tables = [(tmp_path / name / "small-sweep.csv").read_text() for name in ("out", "here")]
    assert tables[0] == tables[1]

"""Executors of clusters: the same records in the same order through dask.distributed and mpi4py, where installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from symderiv.batch import check_many
from tests.conftest import ROOT

TRUE = "$$ a (b + c) = a b + a c $$\n"
FALSE = "$$ a (b + c) = a b + c $$\n"


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    made = []
    for n in range(40):
        path = tmp_path / f"{n}.md"
        path.write_text(FALSE if n % 7 == 3 else "Nothing.\n" if n == 5 else TRUE, encoding="utf-8")
        made.append(str(path))
    return [*made, str(tmp_path / "missing.md")]


def test_dask_with_a_local_cluster_of_two_workers(paths: list[str]) -> None:
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    expected = list(check_many(paths))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs="ERROR"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert len(client.scheduler_info()["workers"]) == 2
        with client.get_executor() as executor:
            assert list(check_many(paths, executor=executor)) == expected
    assert [record["summary"]["refuted"] for record in expected].count(1) == 6


def test_dask_threads_of_one_worker(paths: list[str]) -> None:
    """Several documents at once in one process share the table of terms and the kernel's memory."""
    distributed = pytest.importorskip("distributed", reason="dask.distributed is not installed")
    before = threading.active_count()
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=4, processes=False, dashboard_address=None, silence_logs="ERROR"
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):
        assert threading.active_count() > before
        assert list(check_many(paths, executor=executor)) == list(check_many(paths))


SCRIPT = """
import json, sys
from mpi4py.futures import MPIPoolExecutor
from symderiv.batch import check_many

if __name__ == "__main__":
    with MPIPoolExecutor() as executor:
        assert executor.num_workers == 2
        records = list(check_many(sys.argv[1:], executor=executor))
    print(json.dumps(records))
"""


def test_mpi_with_two_workers(paths: list[str], tmp_path: Path) -> None:
    pytest.importorskip("mpi4py", reason="mpi4py is not installed")
    beside = shutil.which("mpiexec", path=os.path.dirname(sys.executable)) or shutil.which("mpiexec")
    if beside is None:
        pytest.skip("there is no mpiexec")
    (tmp_path / "many.py").write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [beside, "-n", "3", sys.executable, "-m", "mpi4py.futures", str(tmp_path / "many.py"), *paths],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout) == json.loads(json.dumps(list(check_many(paths))))

"""Many documents: in order, the same as one by one, and a worker that dies or hangs costs its own file only."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

import symderiv
from symderiv.batch import AHEAD, Outcome, Task, check_file, check_many, outcomes
from symderiv.diagnostics import UserError
from symderiv.workers import Lost, Workers
from tests.conftest import ROOT, command
from tests.conftest import Outcome as Done

TRUE = "$$ a (b + c) = a b + a c $$\n"
FALSE = "$$ a (b + c) = a b + c $$\n"
Run = Callable[..., Done]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for n in range(6):
        (tmp_path / f"{n}.md").write_text(FALSE if n == 3 else TRUE, encoding="utf-8")
    (tmp_path / "4.md").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "5.md").write_text("Nothing here.\n", encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(2, seconds=60) as executor:
        yield executor


# check_many


def names() -> list[str]:
    return [f"{n}.md" for n in range(6)] + ["missing.md"]


def expected() -> list[tuple[str, bool]]:
    return [(name, name in ("4.md", "5.md", "missing.md")) for name in names()]


def seen(records: Iterator[dict]) -> list[tuple[str, bool]]:
    return [(record["path"], record["error"] is not None) for record in records]


def test_in_order_and_never_raising(folder: Path) -> None:
    assert seen(check_many(names())) == expected()


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_with_any_executor(folder: Path, kind: str) -> None:
    executor: Executor
    executor = ThreadPoolExecutor(2) if kind == "threads" else ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    with executor:
        found = list(check_many(names(), executor=executor))
    assert seen(iter(found)) == expected()
    assert found == list(check_many(names()))


def test_records_are_those_of_the_command(folder: Path, run: Run) -> None:
    found = list(check_many(["0.md", "3.md"]))
    assert json.loads(run("check", "0.md", "3.md", "--format", "json").out) == json.loads(json.dumps(found))
    assert [record["summary"]["refuted"] for record in found] == [0, 1]


def test_declarations_hold_for_each(folder: Path) -> None:
    (folder / "sum.md").write_text("$$ \\sum_{j=1}^K t_j = 1 $$\n", encoding="utf-8")
    (record,) = check_many(["sum.md"], declare=[r"assume \sum_j t_j = 1"], classes=3)
    assert record["summary"]["proved"] == 1
    assert record["parameters"] == {"classes": 3}


def test_no_more_tasks_are_handed_over_than_needed(folder: Path) -> None:
    given = []

    def tasks() -> Iterator[Task]:
        for n in range(10 * AHEAD):
            given.append(n)
            yield Task("0.md")

    with ThreadPoolExecutor(1) as executor:
        found = outcomes(tasks(), executor)
        next(found)
        assert len(given) == AHEAD
        found.close()  # type: ignore[attr-defined]


def test_an_outcome_holds_no_verdict(folder: Path) -> None:
    for form in ("text", "json", "sarif", "markdown"):
        found = check_file(Task("3.md", form=form))
        assert pickle.loads(pickle.dumps(found)) == found
        assert found.counts.false == 1 and found.piece


# Workers


def answer(value: object) -> object:
    return value


def die(status: int) -> None:
    os._exit(status)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def hang() -> None:
    time.sleep(600)


def fail() -> None:
    raise KeyError("k")


def unpicklable() -> object:
    return lambda: None


def test_a_worker_that_dies_costs_its_task_only(workers: Workers) -> None:
    futures = [workers.submit(answer, 1), workers.submit(die, 3), workers.submit(killed), workers.submit(answer, 2)]
    assert futures[0].result(30) == 1
    with pytest.raises(Lost, match="exit status 3"):
        futures[1].result(30)
    with pytest.raises(Lost, match="SIGKILL"):
        futures[2].result(30)
    assert futures[3].result(30) == 2


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    """They hold its output open, so whoever reads that would wait for them."""
    program = (
        "import os, signal, time\n"
        "from symderiv.workers import Workers\n"
        "if __name__ == '__main__':\n"
        "    executor = Workers(1)\n"
        "    executor.submit(os.getpid).result(30)\n"
        "    executor.submit(time.sleep, 100)\n"
        "    time.sleep(0.2)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
    )
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, tmp_path / "program.py"], env=environment, capture_output=True, timeout=30)
    assert done.returncode == -signal.SIGTERM and not done.stderr


def test_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    with Workers(1) as executor:
        with monkeypatch.context() as patch:
            patch.setattr(executor._context, "Pipe", Mock(side_effect=OSError(24, "Too many open files")))
            with pytest.raises(Lost, match="no process could be started for it: Too many open files"):
                executor.submit(answer, 1).result(30)
        assert executor.submit(answer, 2).result(30) == 2


def test_a_worker_that_hangs_is_stopped() -> None:
    with Workers(1, seconds=1) as executor:
        slow, after = executor.submit(hang), executor.submit(answer, 2)
        with pytest.raises(Lost, match="longer than 1 second"):
            slow.result(30)
        assert after.result(30) == 2


@pytest.mark.parametrize("asked", [(0,), (-1,), (10**30,), (1, 0), (1, -1), (1, float("nan"))])
def test_workers_that_cannot_be(asked: tuple[int, float]) -> None:
    with pytest.raises(ValueError, match=r"(processes|seconds) must be"):
        Workers(*asked)


def test_an_exception_comes_back(workers: Workers) -> None:
    with pytest.raises(KeyError):
        workers.submit(fail).result(30)
    with pytest.raises(Exception, match="pickle"):
        workers.submit(unpicklable).result(30)
    with pytest.raises(Exception, match="pickle"):
        workers.submit(answer, lambda: None).result(30)
    assert workers.submit(answer, 1).result(30) == 1


def test_given_up_at_once() -> None:
    executor = Workers(1)
    futures = [executor.submit(hang), executor.submit(answer, 1)]
    time.sleep(0.3)
    begun = time.monotonic()
    executor.shutdown(cancel_futures=True)
    assert time.monotonic() - begun < 10
    assert all(future.done() for future in futures)
    with pytest.raises(RuntimeError):
        executor.submit(answer, 1)


def lost(task: Task) -> Outcome:
    os._exit(1)


def test_a_file_that_memory_does_not_hold(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMDERIV_CACHE", str(folder / "cache"))
    monkeypatch.setattr("symderiv.batch.given", Mock(side_effect=MemoryError))
    done = run("check", "0.md")
    assert done.status == 3 and "0.md could not be checked: there is not enough memory for it." in done.err
    # Another process holds it, while this one cannot look into its cache.
    assert run("check", "0.md", "3.md", "--jobs", "2").status == 1


def test_a_lost_file_is_reported(folder: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    class Bad(Executor):
        def submit(self, function, /, *args, **options):  # type: ignore[no-untyped-def, override]
            return workers.submit(lost if args[0].path == "1.md" else function, *args, **options)

    paths = [str(folder / name) if name != "1.md" else name for name in names()[:4]]
    found = list(outcomes(map(Task, paths), Bad()))
    assert [each.status for each in found] == [0, 3, 0, 1]
    assert "1.md could not be checked: its process died" in found[1].problem
    assert not found[1].fault


def test_an_executor_that_takes_no_more_costs_its_files_only(folder: Path) -> None:
    class Broken(ThreadPoolExecutor):
        def submit(self, *given: Any, **options: Any) -> Any:
            if given[1].path == "1.md":
                raise BrokenProcessPool("a process died")
            return super().submit(*given, **options)

    with Broken(1) as executor:
        found = list(check_many(["0.md", "1.md", "2.md"], executor=executor, cached=False))
    assert [record["error"] for record in found if record["path"] != "1.md"] == [None, None]
    assert found[1]["error"] == "1.md could not be checked: its worker failed (BrokenProcessPool: a process died)."


def test_what_is_no_list_of_paths(folder: Path) -> None:
    for paths in ("0.md", b"0.md", Path("0.md")):
        with pytest.raises(TypeError, match="takes a list of paths"):
            list(check_many(paths))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="takes a list of directives"):
        list(check_many(["0.md"], declare="onehot t"))
    for classes in (0, -3, 2.5, "K", True):
        with pytest.raises(UserError, match="the size K must be a whole number from 1 on"):
            list(check_many(["0.md"], classes=classes))  # type: ignore[arg-type]
        with pytest.raises(UserError, match="the size K must be a whole number from 1 on"):
            symderiv.check("0.md", classes=classes)  # type: ignore[arg-type]
    (nothing, one) = check_many(["", b"0.md"])  # type: ignore[list-item]
    assert nothing["error"] == "The path of a document is empty." and one["path"] == "0.md" and one["error"] is None


def test_what_the_paths_raise_is_raised(folder: Path) -> None:
    def paths() -> Iterator[str]:
        yield "0.md"
        raise RuntimeError("mine")

    found = check_many(paths())
    assert next(found)["path"] == "0.md"
    with pytest.raises(RuntimeError, match="mine"):
        next(found)


# --jobs


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_jobs_change_nothing(folder: Path, form: str) -> None:
    one = command("check", ".", "missing.md", "--format", form, cwd=folder)
    two = command("check", ".", "missing.md", "--format", form, "--jobs", "2", cwd=folder)
    assert one.returncode == two.returncode == 1
    assert (one.stdout, one.stderr) == (two.stdout, two.stderr)


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--jobs", "x"], ["-j", "2", "--write-report"]])
def test_jobs_that_cannot_be(folder: Path, run: Run, arguments: list[str]) -> None:
    done = run("check", "0.md", *arguments)
    assert done.status == 3
    assert done.err.startswith("error: ") and "Traceback" not in done.err


def test_standard_input_needs_no_jobs(folder: Path, run: Run) -> None:
    assert run("check", "-", "--jobs", "2").status == 3


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="the system has no signal masks")
def test_an_interrupt_is_kept_from_a_process_that_begins() -> None:
    """Ctrl-C reaches every process of a terminal; one that is still importing Python would print a traceback."""
    with Workers(2) as executor:
        masks = [executor.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []) for _ in range(4)]
        assert all(signal.SIGINT in mask.result() for mask in masks)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])

"""Many documents: ``python -m tests.benchmarks.many`` generates them, checks them, and prints the pace and the memory.

Each document has symbols of its own, so that nothing proved for one helps the next; the last row is a second run, from
the cache.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from symderiv.batch import Outcome, Task, check_file, outcomes
from symderiv.workers import Workers
from tests.benchmarks.__main__ import printed

DOCUMENT = r"""# Softmax, {number}

With the scores $%(f)s_1, \ldots, %(f)s_K$, let $p_i = e^{%(f)s_i} / \sum_{j=1}^K e^{%(f)s_j}$ and
$L = -\sum_{i=1}^K t_i \log p_i$, where $t$ is one-hot.

$$
\frac{\partial p_i}{\partial %(f)s_k} = p_i (\delta_{ik} - p_k)
$$

$$
\frac{\partial L}{\partial %(f)s_k} = -\sum_{i=1}^K \frac{t_i}{p_i} \frac{\partial p_i}{\partial %(f)s_k} = p_k - t_k
$$

$$
\sum_{k=1}^K (p_k - t_k)^2 = \sum_{k=1}^K p_k^2 - 2 \sum_{k=1}^K p_k t_k + %(last)s
$$
"""


class Run(NamedTuple):
    """One run: its name, seconds, processors, and the megabytes in use after a tenth, a half and all of it."""

    what: str
    seconds: float
    jobs: int
    memory: tuple[int, ...]


def written(folder: Path, count: int) -> list[str]:
    """The paths of ``count`` documents; the last line of every fifth one is false."""
    paths = []
    for number in range(count):
        values = {"f": rf"\mathrm{{z{number}}}", "last": "2" if number % 5 == 0 else "1"}
        path = folder / f"{number:06}.md"
        path.write_text(DOCUMENT.replace("{number}", str(number)) % values, encoding="utf-8")
        paths.append(str(path))
    return paths


def megabytes() -> int:
    """The memory of this process and of those that it started."""
    table = subprocess.run(["ps", "-eo", "pid=,ppid=,rss="], capture_output=True, text=True, check=True).stdout
    rows = [tuple(map(int, line.split())) for line in table.splitlines()]
    return sum(rss for pid, parent, rss in rows if os.getpid() in (pid, parent)) // 1024


def measured(what: str, paths: list[str], jobs: int, folder: str = "") -> Run:
    tasks = [Task(path, cache=folder) for path in paths]
    marks = {len(paths) // 10, len(paths) // 2, len(paths)}
    memory = []
    begun = time.perf_counter()
    with contextlib.ExitStack() as stack:
        found = map(check_file, tasks) if jobs == 1 else outcomes(tasks, stack.enter_context(Workers(jobs)))
        for number, outcome in enumerate(found, start=1):
            as_expected(outcome, number - 1)
            if number in marks:
                memory.append(megabytes())
    return Run(what, time.perf_counter() - begun, jobs, tuple(memory))


def as_expected(outcome: Outcome, number: int) -> None:
    """The pace of a checker that is wrong is of no interest."""
    counts = outcome.counts
    if (counts.proved, counts.false, counts.undecided) != (3 + (number % 5 != 0), number % 5 == 0, 0):
        raise AssertionError(f"{outcome.path}: {counts}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.many", description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder, "course")
        course.mkdir()
        paths = written(course, options.documents)
        runs = [measured("in this process" if n == 1 else f"in {n} processes", paths, n) for n in options.jobs]
        kept = str(Path(folder, "cache"))
        runs.append(measured("filling the cache", paths, 1, kept))
        runs.append(measured("from the cache", paths, 1, kept))
    rows = [("", "seconds", "documents per second", "per core", "MB after 10 %, 50 %, 100 %")]
    for run in runs:
        pace = options.documents / run.seconds
        rows.append(
            (run.what, f"{run.seconds:.1f}", f"{pace:.0f}", f"{pace / run.jobs:.0f}", ", ".join(map(str, run.memory)))
        )
    print(f"{options.documents:,} documents of 5 formulas, 4 steps each")
    print(printed(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())

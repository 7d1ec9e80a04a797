"""Checks one document after another, with the time that each takes, and counts what came of it.

This module must never judge: the verdicts are the checker's, what they are held against is in ``reviewed``.
"""

from __future__ import annotations

import csv
import importlib
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from unittest import mock

from symderiv import hearing, sidefile
from symderiv.checked import Checked, Step
from symderiv.kernel import Proved, Refuted
from tests.corpus.reviewed import REAL, judged_false, known_lines

HERE = Path(__file__).parent
check = importlib.import_module("symderiv.check")  # symderiv.check itself is the function
SIDE_FILES = HERE / "sidefiles"
NOTATIONS = {"scalar-index": "scalar", "matrix": "matrix", "mixed": "mixed"}


@dataclass(slots=True)
class Measured:
    """What came of one document. Times are seconds: ``kernel`` one for each proof, ``steps`` one for each step."""

    path: Path
    notation: str
    checked: Checked | None = None
    crash: str = ""
    kernel: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    whole: float = 0.0

    @property
    def number(self) -> str:
        return self.path.name[:3]

    @property
    def equals(self) -> int:
        """The equality signs in the document's formulas."""
        if self.checked is None:
            return 0
        text = self.checked.document.source.text
        spans = {(span.start, span.end) for span in self.checked.displays}
        outer = [a for a in spans if not any(b != a and b[0] <= a[0] and a[1] <= b[1] for b in spans)]
        return sum(text.count("=", start, end) for start, end in outer)

    @property
    def claims(self) -> tuple[Step, ...]:
        return self.checked.claims if self.checked is not None else ()

    @property
    def definitions(self) -> int:
        return sum(step.kind == "definition" for step in self.checked.steps) if self.checked is not None else 0

    def line(self, step: Step) -> int:
        assert self.checked is not None
        return self.checked.document.source.position(step.span.start).line

    def of(self, kind: type) -> list[Step]:
        return [step for step in self.claims if isinstance(step.verdict, kind)]

    @property
    def reasons(self) -> Counter[str]:
        return Counter(
            step.diagnostic.code if step.diagnostic else "?"
            for step in self.claims
            if not isinstance(step.verdict, Proved | Refuted)
        )

    @property
    def pinpointed(self) -> list[Step]:
        """The refuted steps at lines where a known slip stands, and those where a shape cannot be right."""
        lines = known_lines(self.number)
        return [s for s in self.claims if self.line(s) in lines and (isinstance(s.verdict, Refuted) or _shapes(s))]

    @property
    def unexpected(self) -> list[int]:
        """The lines of refuted steps that nobody has judged to be false."""
        return sorted({self.line(step) for step in self.of(Refuted)} - judged_false(self.number))

    @property
    def unsound(self) -> list[int]:
        """The lines of steps that are false and yet proved, no other step at the line being refuted."""
        refuted = {self.line(step) for step in self.of(Refuted)}
        return sorted(({self.line(step) for step in self.of(Proved)} & judged_false(self.number)) - refuted)


def _shapes(step: Step) -> bool:
    return step.diagnostic is not None and step.diagnostic.code in ("E210", "E211")


def documents(folder: Path) -> list[tuple[Path, str]]:
    """The folder's documents with the notation that its index gives. Raises OSError if there is no index."""
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [(folder / row["file"], NOTATIONS.get(row["notation"], row["notation"])) for row in rows]


def measure(path: Path, notation: str = "", *, side_files: bool = False) -> Measured:
    """Check a document; with ``side_files`` also under the declarations of its side file here, if there is one."""
    measured = Measured(path, notation)
    outside = sidefile.directives(SIDE_FILES / path.name) if side_files else []
    ticks = [time.perf_counter()]
    try:
        with _timed(measured.kernel):
            measured.checked = check.check_path(
                path, directives=outside, progress=lambda done, of: ticks.append(time.perf_counter())
            )
    except Exception as error:  # the tool's whole purpose is to say that there was one
        measured.crash = f"{type(error).__name__}: {error}"
    measured.whole = time.perf_counter() - ticks[0]
    measured.steps = [b - a for a, b in pairwise(ticks[1:])]
    return measured


@contextmanager
def _timed(times: list[float]) -> Iterator[None]:
    """Note how long each call of the kernel takes."""
    prove_all = hearing.prove_all

    def timed(*claims, **options):  # type: ignore[no-untyped-def]
        start = time.perf_counter()
        try:
            return prove_all(*claims, **options)
        finally:
            times.append(time.perf_counter() - start)

    with mock.patch.object(hearing, "prove_all", timed):
        yield


def quantile(times: list[float], part: float) -> float:
    """The given part of sorted times, in milliseconds; 0 for none."""
    if not times:
        return 0.0
    if part == 0.5:
        return 1000 * statistics.median(times)
    return 1000 * sorted(times)[min(len(times) - 1, int(part * len(times)))]


def real(all_measured: list[Measured]) -> list[Measured]:
    """The documents with a slip that the folder's index knows."""
    return [m for m in all_measured if m.number in REAL]

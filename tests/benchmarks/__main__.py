"""Speed as ratios, each against its target. The kernel's times are over variables that it has not seen before."""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symderiv import notation
from symderiv.judge import prove
from symderiv.kernel import Proved
from symderiv.terms import Claim, add, exp, var
from tests.benchmarks import claims, peers

UNIT = 'python -c "import sympy"'
_marks = itertools.count()


@dataclass(frozen=True)
class Row:
    """One measurement; ``met`` is None when there was nothing to compare with."""

    what: str
    measured: str
    target: str
    met: bool | None


def proving(build: Callable[[str], Claim], repeat: int = 9) -> float:
    """Median seconds to prove a claim, each time over variables that the kernel has not seen before."""

    def once() -> None:
        verdict = prove(build(f"_{{{next(_marks)}}}"))
        if not isinstance(verdict, Proved):
            raise AssertionError(f"not proved: {verdict}")

    return peers.median_seconds(once, repeat)


def ratio(what: str, seconds: float, unit: float, unit_name: str, most: float) -> Row:
    measured = f"{seconds * 1e3:.4g} ms = {seconds / unit:.3g} x {unit_name}"
    return Row(what, measured, f"<= {most:g} x", seconds <= most * unit)


def faster(what: str, ours: float, theirs: float, peer: str, least: float) -> Row:
    measured = f"{ours * 1e3:.4g} ms, {peer} {theirs * 1e3:.4g} ms: {theirs / ours:.3g} times"
    return Row(what, measured, f">= {least:g} times", theirs >= least * ours)


def symbolic() -> list[Row]:
    """The four identities for symbolic K, m and n, with sum_j t_j written out as in the peer, which assumes nothing;
    then ours with the assumption sum_j t_j = 1, which the peer cannot state."""
    builders: dict[str, Callable[[str], Claim]] = {
        "gradient": lambda mark: claims.without_assumption(claims.gradient(mark=mark)),
        "jacobian": lambda mark: claims.jacobian(mark=mark),
        "hessian": lambda mark: claims.without_assumption(claims.hessian(mark=mark)),
        "weights": lambda mark: claims.without_assumption(claims.weight_gradient(mark)),
    }
    before = {name: proving(build) for name, build in builders.items()}
    theirs = peers.tensorgrad()  # in between, for the pace of a machine changes in the meantime
    ours = {name: (before[name] + proving(build)) / 2 for name, build in builders.items()}
    rows = []
    for name, seconds in ours.items():
        if theirs is None:
            rows.append(
                Row(f"{name}, all sizes", f"{seconds * 1e3:.3g} ms; tensorgrad is not installed", ">= 40 times", None)
            )
        else:
            rows.append(faster(f"{name}, all sizes", seconds, theirs[name], "tensorgrad", 40))
    assuming = (claims.gradient, claims.jacobian, claims.hessian, claims.weight_gradient)
    total = sum(proving(lambda mark, claim=claim: claim(mark=mark)) for claim in assuming)
    return [*rows, Row("these four, given sum t = 1", f"{total * 1e3:.3g} ms", "<= 10 ms", total <= 0.010)]


def whole_gradient(K: int, repeat: int) -> float:
    """Seconds to prove dL/df_k = p_k - t_k for a concrete number of classes and every k."""
    return proving(lambda mark: claims.gradient(K, mark=mark), repeat)


def printing(K: int) -> float:
    """Seconds to print e^{f_k}/(e^{f_1} + ... + e^{f_K}) - t_k for all k, nothing printed before."""

    def once() -> None:
        mark = f"_{{{next(_marks)}}}"
        f = [var(f"f{mark}", k) for k in range(1, K + 1)]
        total = add(*map(exp, f))
        for k, score in enumerate(f, start=1):
            notation.latex(exp(score) / total - var(f"t{mark}", k))

    return peers.median_seconds(once, 5)


def command(*arguments: str, text: str | None = None, repeat: int = 5) -> float | None:
    """Median seconds of a run of ``python -m symderiv``, or None if it does not end well.

    The first run may compile the modules, as an installation does (SymPy's are), and is not counted.
    """
    line = [sys.executable, "-m", "symderiv", *arguments]
    around = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run() -> int:
        return subprocess.run(line, input=text, env=around, capture_output=True, text=True, check=False).returncode

    return peers.median_seconds(run, repeat) if run() == 0 else None


def commands(unit: float, quick: bool) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        runs: list[tuple[str, float, float | None]] = [
            ("symderiv --version", 0.4, command("--version")),
            ("symderiv check, one line", 0.4, command("check", "-", text="$$x + x = 2x$$\n")),
        ]
        for classes, most in () if quick else ((4, 6.0), (50, 20.0)):
            arguments = ("derive", "softmax-notes", "--classes", str(classes), "--output", folder)
            runs.append((" ".join(arguments[:-2]), most, command(*arguments, repeat=3)))
    return [
        Row(what, "does not run", f"<= {most:g} x", None) if seconds is None else ratio(what, seconds, unit, UNIT, most)
        for what, most, seconds in runs
    ]


def measure(quick: bool) -> list[Row]:
    whole, inside = peers.import_sympy()
    rows = symbolic()
    rows.append(faster("gradient, K = 100", whole_gradient(100, 5), peers.sympy_gradient(100), "SymPy", 150))
    thousand = whole_gradient(1000, 3)
    rows.append(ratio("gradient, K = 1000", thousand, inside, "import sympy", 0.25))
    if not quick:
        growth = whole_gradient(10_000, 1) / thousand
        rows.append(Row("gradient, K = 10000 to K = 1000", f"{growth:.3g} times the time", "<= 15 times", growth <= 15))
    rows.append(faster("LaTeX, gradient at K = 100", printing(100), peers.sympy_latex(100), "sympy.latex", 30))
    return [
        Row(UNIT, f"{whole * 1e3:.4g} ms, the import {inside * 1e3:.4g} ms", "the unit", None),
        *rows,
        *commands(whole, quick),
    ]


def printed(table: Sequence[tuple[str, ...]]) -> str:
    """Rows with their columns below each other."""
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    rows = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)
    return "\n".join(row.rstrip() for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit status 1 if a target is missed")
    parser.add_argument("--quick", action="store_true", help="leave out what takes more than a few seconds")
    options = parser.parse_args()
    rows = measure(options.quick)
    words = {True: "met", False: "MISSED", None: "-"}
    table = [(row.what, row.measured, row.target, words[row.met]) for row in rows]
    print(printed(table))
    return int(options.strict and any(row.met is False for row in rows))


if __name__ == "__main__":
    sys.exit(main())

"""The table: ``python -m tests.corpus FOLDER [--side-files] [-v] [--only NUMBER ...]``.

This module must never do more than print what ``measure`` found.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from symderiv.kernel import Proved, Refuted
from tests.corpus.measure import Measured, documents, measure, quantile, real

COLUMNS = f"{'document':34} {'=':>4} {'def':>4} {'claims':>6} {'proved':>6} {'false':>5} {'open':>4} {'kernel ms':>13} {'step ms':>13}"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--side-files", action="store_true", help="with the declarations in tests/corpus/sidefiles")
    parser.add_argument("--only", nargs="+", default=[], metavar="NUMBER", help="these documents only")
    parser.add_argument("-v", "--verbose", action="store_true", help="list the steps that are false or open")
    options = parser.parse_args(arguments)
    found = [(p, n) for p, n in documents(options.folder) if not options.only or p.name[:3] in options.only]
    print(COLUMNS + "  open by reason")
    everything = []
    for path, notation in found:
        measured = measure(path, notation, side_files=options.side_files)
        everything.append(measured)
        print(_row(path.name[:34], [measured]))
        if options.verbose:
            _list(measured)
    print()
    for notation in dict.fromkeys(m.notation for m in everything):
        print(_row(notation, [m for m in everything if m.notation == notation]))
    print(_row("total", everything))
    for label, lines in (("FALSE, not judged by hand", "unexpected"), ("PROVED, though judged false", "unsound")):
        listed = [f"{m.number}:{line}" for m in everything for line in getattr(m, lines)]
        print(f"{label}: {', '.join(listed) or 'none'}")
    known = real(everything)
    hit = [m for m in known if m.pinpointed]
    mended = [m for m in hit if any(s.diagnostic and s.diagnostic.help for s in m.pinpointed)]
    missed = ", ".join(m.number for m in known if not m.pinpointed)
    print(
        f"known slips: {len(hit)} of {len(known)} pinpointed, {len(mended)} with a repair; not yet: {missed or 'none'}"
    )
    crashes = [f"{m.number}: {m.crash}" for m in everything if m.crash]
    print("\n".join(["crashes:", *crashes]) if crashes else "crashes: none")
    return bool(crashes or any(m.unexpected or m.unsound for m in everything))


def _row(name: str, group: list[Measured]) -> str:
    claims = sum(len(m.claims) for m in group)
    proved = sum(len(m.of(Proved)) for m in group)
    false = sum(len(m.of(Refuted)) for m in group)
    kernel = [t for m in group for t in m.kernel]
    steps = [t for m in group for t in m.steps]
    reasons: Counter[str] = Counter()
    for m in group:
        reasons += m.reasons
    words = " ".join(f"{code}×{n}" for code, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    decided = f" {100 * (proved + false) / claims:.0f} % decided;" if claims and len(group) > 1 else ""
    return (
        f"{name:34} {sum(m.equals for m in group):4} {sum(m.definitions for m in group):4} {claims:6} {proved:6} {false:5}"
        f" {claims - proved - false:4} {quantile(kernel, 0.5):6.1f}/{quantile(kernel, 0.95):6.1f}"
        f" {quantile(steps, 0.5):6.1f}/{quantile(steps, 0.95):6.1f} {decided} {words}"
    )


def _list(measured: Measured) -> None:
    for step in measured.claims:
        if step.diagnostic is None:
            continue
        word = (
            "false" if isinstance(step.verdict, Refuted) else "proved" if isinstance(step.verdict, Proved) else "open"
        )
        first = step.diagnostic.notes[0] if step.diagnostic.notes else ""
        print(f"    {measured.line(step):4} {word:6} {step.diagnostic.code} {step.diagnostic.message}: {first}"[:160])


if __name__ == "__main__":
    sys.exit(main())

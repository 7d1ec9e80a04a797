"""One slip planted in a line of a report's text, a sign, a factor, an index: ``derive`` must fail, and at that line.

A sample of the slips is planted here; ``SYMDERIV_SLIPS=all pytest tests/test_planted_slips.py`` plants every one (some
minutes). A slip that leaves the line true (an index renamed throughout, 0 < p_j for 0 < p_i) is no slip: then the
reference of ``tests/soundness`` must find nothing wrong with the line.
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from symderiv.check import check_document
from symderiv.checked import Checked
from symderiv.derive import derive
from symderiv.diagnostics import UserError
from symderiv.reader.containers import read_text
from tests.soundness.mutation import Mutant, Tally, _one, mutants, read

KINDS = ("sign", "factor dropped", "index", "class or number", r"\delta dropped", "sum dropped")
REPORTS = {"softmax-notes": {"K": 4}, "softmax-weights": {"K": 3, "n": 1}}
EVERY = 1 if os.environ.get("SYMDERIV_SLIPS") == "all" else 29
HARMLESS = ("still true", "reads the same")


@cache
def original(name: str) -> Checked:
    return derive(name, classes=REPORTS[name]["K"]).checked


def planted(name: str) -> list[tuple[Mutant, bool]]:
    """Every slip of these kinds in the right side of a step, and whether the step is a definition."""
    checked = original(name)
    text, seen = checked.document.source.text, set()
    found: list[tuple[Mutant, bool]] = []
    for step in checked.steps:
        for mutant in mutants(text, step.span.start, step.span.end):
            changed = mutant.apply(text)
            if mutant.kind in KINDS and changed not in seen:
                seen.add(changed)
                found.append((mutant, step.kind == "definition"))
    return found


def outcome(name: str, mutant: Mutant, definition: bool) -> str:
    """Empty if the slip is found where it is, or is none; else what happened instead."""
    text = original(name).document.source.text
    changed = mutant.apply(text)
    try:
        checked = check_document(read_text(changed, f"{name}.tex", "tex"), sizes=REPORTS[name], strict=True)
    except UserError:
        return ""
    failures = [step for step in checked.steps if not step.in_order]
    end = mutant.start + len(mutant.new)
    sides = [side for step in failures for side in (step.left_span, step.span)]
    sides += [found.span for found in checked.diagnostics if found.severity == "error"]
    if any(side.start <= mutant.start and end <= side.end for side in sides) or (definition and sides):
        return ""
    if sides:
        return f"fails at line {checked.document.source.position(sides[0].start).line} instead"
    steps, _ = read(text, f"{name}.tex")
    tally = Tally(f"{name}.tex")
    _one(tally, text, mutant, changed, {s for step in steps if step for s in step.signature}, len(steps))
    return "" if any(tally.kinds[kind] for kind in HARMLESS) else f"survives: {dict(tally.kinds)}"


@pytest.mark.parametrize("name", REPORTS)
def test_a_slip_makes_derive_fail_at_its_line(name: str) -> None:
    text = original(name).document.source.text
    slips = planted(name)
    assert len(slips) > 300
    wrong = []
    for mutant, definition in slips[::EVERY]:
        if said := outcome(name, mutant, definition):
            line = text.count("\n", 0, mutant.start) + 1
            around = text[max(0, mutant.start - 30) : mutant.start], text[mutant.end : mutant.end + 30]
            wrong.append(f"{line}: {mutant.kind}: {around[0]}[{text[mutant.start:mutant.end]} -> {mutant.new}]{around[1]}: {said}")
    assert not wrong, "\n".join(wrong)

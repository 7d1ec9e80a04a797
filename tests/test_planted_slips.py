"""One slip planted in a line of a report's text, a sign, a factor, an index: ``derive`` must fail, and at that line.

A sample of the slips is planted here; ``SYMDERIV_SLIPS=all pytest tests/test_planted_slips.py`` plants every one (some
minutes). A slip that leaves the line true (an index renamed throughout, 0 < p_j for 0 < p_i) is no slip: then the
reference of ``tests/soundness`` must find nothing wrong with the line.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache

import pytest

from symderiv.check import check_document
from symderiv.derive import Derived, Outcome, derive
from symderiv.diagnostics import UserError
from symderiv.document import Span
from symderiv.reader.containers import read_text
from symderiv.writers import latex
from tests.soundness.mutation import Mutant, Tally, _one, mutants, read

KINDS = ("sign", "factor dropped", "index", "class or number", r"\delta dropped", "sum dropped")
REPORTS = {"softmax-notes": {"K": 4}, "softmax-weights": {"K": 3, "n": 1}}
EVERY = 1 if os.environ.get("SYMDERIV_SLIPS") == "all" else 67
SIZES = ("m", "n", "K")  # another letter in the place of one changes what all sums of a report range over
HARMLESS = ("still true", "reads the same")


@cache
def original(name: str) -> Derived:
    return derive(name, classes=REPORTS[name]["K"])


def planted(name: str) -> list[Mutant]:
    """Every slip of these kinds in the right side of a step, but for the line that is meant to be false anyway."""
    checked = original(name).checked
    text, found = checked.document.source.text, {}
    for step in checked.steps:
        if step.expected_false:
            continue
        for mutant in mutants(text, step.span.start, step.span.end):
            if mutant.kind in KINDS and text[mutant.start : mutant.end] not in SIZES:
                found.setdefault(mutant.apply(text), mutant)
    return list(found.values())


def outcome(name: str, mutant: Mutant) -> str:
    """Empty if derive fails at the line of the slip, or the slip is none; else what happens instead."""
    text = original(name).text
    changed = mutant.apply(text)
    source = read_text(changed, f"{name}.tex", "tex")
    checked = check_document(source, sizes=REPORTS[name], strict=True)
    derived = replace(original(name), text=changed, checked=checked)
    position = checked.document.source.position
    line = position(mutant.start).line
    if derived.verdict is not Outcome.PROVED:
        spans = [Span(min(step.left_span.start, step.span.start), step.span.end) for step in derived.failures]
        spans += [found.span for found in derived.doubts]
        lines = [range(position(span.start).line, position(span.end).line + 2) for span in spans]
        # What a definition says is compared with nothing; the lines that use it fail.
        definition = any(
            step.kind == "definition" and position(step.span.start).line <= line <= position(step.span.end).line
            for step in original(name).steps
        )
        found = definition or any(line in rows for rows in lines)
        return "" if found else f"fails at {[rows.start for rows in lines]} instead"
    try:
        latex.write(derived.report())
    except UserError:  # what the reader passes over, the writers refuse
        return ""
    steps, _ = read(text, f"{name}.tex")
    tally = Tally(f"{name}.tex")
    _one(tally, text, mutant, changed, {s for step in steps if step for s in step.signature}, len(steps))
    return "" if any(tally.kinds[kind] for kind in HARMLESS) else f"survives: {dict(tally.kinds)}"


@pytest.mark.parametrize("name", REPORTS)
def test_a_slip_makes_derive_fail_at_its_line(name: str) -> None:
    text = original(name).text
    slips = planted(name)
    assert len(slips) > 300
    wrong = []
    for mutant in slips[::EVERY]:
        if said := outcome(name, mutant):
            line = text.count("\n", 0, mutant.start) + 1
            around = text[max(0, mutant.start - 30) : mutant.start], text[mutant.end : mutant.end + 30]
            wrong.append(
                f"{line}: {mutant.kind}: {around[0]}[{text[mutant.start : mutant.end]} -> {mutant.new}]{around[1]}: {said}"
            )
    assert not wrong, "\n".join(wrong)

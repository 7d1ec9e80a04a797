"""Where the lines of a filled template come from, for what is said of those that are not in order.

The template is filled once more, with a mark before each of its lines. This module must never change what is checked or
printed: where the marks would change a line, it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from symderiv.checked import Checked
from symderiv.derive.filling import filled, tidied
from symderiv.derive.parameters import Derivation
from symderiv.derive.values import Values
from symderiv.diagnostics import Diagnostic, UserError

_OPEN, _CLOSE = "\ue000", "\ue001"  # for private use: no template needs them
_MARK = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


def origins(
    derivation: Derivation, parameters: Mapping[str, int | str], values: Values, text: str
) -> dict[int, tuple[str, int]]:
    """For the lines of the filled ``text`` (from 1): the template, by its name, and the line in it that gave them."""
    places: list[tuple[str, int]] = []

    def mark(name: str, line: int, data: str) -> str:
        pieces = []
        for number, piece in enumerate(data.split("\n"), start=line):
            pieces.append(f"{_OPEN}{len(places)}{_CLOSE}{piece}")
            places.append((name, number))
        return "\n".join(pieces)

    try:
        raw = filled(derivation, parameters, values, mark)
    except UserError:  # it grew too long by the marks
        return {}
    marked = tidied("\n".join(map(_at_its_beginning, raw.split("\n"))))
    if _MARK.sub("", marked).split() != text.split():
        return {}
    found = ((number, _MARK.match(line)) for number, line in enumerate(marked.split("\n"), start=1))
    return {number: places[int(at[1])] for number, at in found if at is not None}


def _at_its_beginning(line: str) -> str:
    """A line with the mark of its first sign only, so that tidying it finds what it would find without marks."""
    text = _MARK.sub("", line)
    if not text.strip():
        return text
    before = _MARK.findall(line[: line.index(next(sign for sign in _MARK.split(line)[::2] if sign.strip()))])
    return f"{_OPEN}{before[-1]}{_CLOSE}{text}" if before else text


def traced(checked: Checked, derivation: Derivation, parameters: Mapping[str, int | str], values: Values) -> Checked:
    """``checked`` with a note on what is not in order about the line of the template, where that is known."""
    source = checked.document.source
    if not checked.diagnostics and all(step.in_order for step in checked.steps):
        return checked
    known = origins(derivation, parameters, values, source.text)

    def noted(diagnostic: Diagnostic) -> Diagnostic:
        name, line = known.get(source.position(diagnostic.span.start).line, ("", 0))
        if not line:
            return diagnostic
        path = derivation.path if name == derivation.path.name else Path(name)
        return replace(diagnostic, notes=(*diagnostic.notes, f"this line comes from {path.as_posix()}:{line}"))

    steps = tuple(
        step if step.in_order or step.diagnostic is None else replace(step, diagnostic=noted(step.diagnostic))
        for step in checked.steps
    )
    return replace(checked, steps=steps, diagnostics=tuple(map(noted, checked.diagnostics)))

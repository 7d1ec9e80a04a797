"""JSON: what was checked and what came out, for other programs. One record for each document.

Positions count lines and columns from 1, in the author's text; a step stands where its relation's right side begins,
and ``end_line``, ``end_column`` are the place just after it. Numbers that must be exact are strings. The fields are a
promise to others: add to them, never change one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from symderiv import __version__, notation
from symderiv.checked import Checked, Step
from symderiv.document import Source
from symderiv.kernel.verdict import Proved, Refuted, Undecided, Verdict
from symderiv.writers.findings import Examined, place

_ACTING = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")  # json escapes what is below a blank


def write(
    checked: Checked,
    parameters: Mapping[str, object] | None = None,
    files: Iterable[str] = (),
    source: str | None = None,
    text: bool = False,
) -> str:
    """The record as JSON text, with a final newline. ``source`` names the document if its own name should not; with
    ``text`` the record has the text itself, to which the positions refer."""
    found = record(checked, parameters, files, source)
    if text:
        found["text"] = checked.document.source.text
    return dumped(found)


def write_all(examined: Iterable[Examined], parameters: Mapping[str, object] | None = None) -> str:
    """An array with the record of each file that was checked, as JSON text.

    To the fields of a record are added ``path``, ``error`` (why it could not be checked, or null), and ``diagnostics``:
    what was found that belongs to no step.
    """
    return write_entries(entry(found, parameters or {}) for found in examined)


def write_entries(entries: Iterable[Mapping[str, Any]]) -> str:
    """An array of such records, each made by ``entry``."""
    return dumped(list(entries))


def dumped(value: object) -> str:
    """JSON text, with a final newline. What could act on a terminal, or turn the direction of a line, is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2) + "\n"
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def entry(examined: Examined, parameters: Mapping[str, object]) -> dict[str, Any]:
    """The record of one file, as ``write_all`` writes it."""
    if examined.checked is None:
        nothing = {
            "version": __version__,
            "source": examined.path,
            "parameters": dict(parameters),
            "files": [],
            "summary": dict.fromkeys(("proved", "refuted", "undecided", "definitions"), 0),
            "steps": [],
            "diagnostics": [],
        }
        return {"path": examined.path, "error": examined.problem, **nothing}
    source = examined.checked.document.source
    found = record(examined.checked, parameters, examined.files, examined.path)
    for step, written in zip(examined.checked.steps, found["steps"], strict=True):
        path = place(source, step.span.start).path
        if path != source.name:
            written["path"] = path
    other = []
    for finding in examined.findings:
        if finding.step is None:
            here = place(source, finding.diagnostic.span.start)
            outside = {"line": None, "column": None, "origin": finding.origin}
            where: dict[str, Any] = {"line": here.position.line, "column": here.position.column}
            if here.path != source.name:
                where["path"] = here.path
            if here.position.cell is not None:
                where["cell"] = here.position.cell
            other.append({
                "code": finding.diagnostic.code,
                "severity": finding.level,
                "message": finding.diagnostic.message,
                "help": finding.diagnostic.help or None,
                **(outside if finding.origin else where),
            })  # fmt: skip
    return {"path": examined.path, "error": examined.problem or None, **found, "diagnostics": other}


def record(
    checked: Checked,
    parameters: Mapping[str, object] | None = None,
    files: Iterable[str] = (),
    source: str | None = None,
) -> dict[str, Any]:
    """The record of one document, of plain dictionaries, lists, strings and numbers."""
    document = checked.document
    verdicts = [_verdict(step.verdict) for step in checked.claims]
    return {
        "version": __version__,
        "source": document.source.name if source is None else source,
        "parameters": dict(parameters or {}),
        "files": list(files),
        "summary": {
            "proved": verdicts.count("proved"),
            "refuted": verdicts.count("refuted"),
            "undecided": len(verdicts) - verdicts.count("proved") - verdicts.count("refuted"),
            "definitions": len(checked.steps) - len(verdicts),
        },
        **({"second_opinion": asdict(checked.opinions)} if checked.opinions is not None else {}),
        "steps": [_step(step, document.source) for step in checked.steps],
    }


def _verdict(verdict: Verdict | None) -> str | None:
    match verdict:
        case Proved():
            return "proved"
        case Refuted():
            return "refuted"
        case Undecided():
            return "undecided"
    return None


def _step(step: Step, source: Source) -> dict[str, Any]:
    start, end = source.position(step.span.start), source.position(step.span.end)
    verdict, diagnostic = step.verdict, step.diagnostic
    proved = verdict if isinstance(verdict, Proved) else None
    message = diagnostic.message if diagnostic else verdict.reason if isinstance(verdict, Undecided) else None
    out: dict[str, Any] = {
        "line": start.line,
        "column": start.column,
        "end_line": end.line,
        "end_column": end.column,
        "source": source.text[step.span.start : step.span.end],
        "kind": "claim" if step.kind == "claim" else "definition",
        "equation": step.kind == "equation",  # posed, and being solved
        "relation": step.relation,
        "verdict": _verdict(verdict),
        "expected_false": step.expected_false,
        "scope": notation.unicode_scope(proved.scope) if proved else None,
        "given": [notation.unicode_assumption(a) for a in proved.given] if proved else [],
        "conditions": [notation.unicode_condition(c) for c in proved.conditions] if proved else [],
        "notes": list(step.notes),
        "witness": _witness(verdict) if isinstance(verdict, Refuted) else None,
        "code": diagnostic.code if diagnostic else None,
        "message": message,
        "reasons": [n for n in diagnostic.notes if n not in step.notes] if diagnostic else [],
        "help": (diagnostic.help or None) if diagnostic else None,
    }
    if start.cell is not None:
        out["cell"] = start.cell
    return out


def _witness(verdict: Refuted) -> dict[str, Any]:
    witness = verdict.witness
    return {
        "sizes": {**verdict.claim.context.sizes, **dict(witness.sizes)},
        "indices": dict(witness.indices),
        "values": {notation.latex_var(var): _exact(value) for var, value in witness.values},
        "left": witness.left.rstrip("…"),
        "right": witness.right.rstrip("…"),
    }


def _exact(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"

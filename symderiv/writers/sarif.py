"""SARIF 2.1.0: the findings in the form in which code hosts and editors take them, to annotate the lines of a document.

A false step is an error, one that could not be checked a warning, a remark a note. Addresses of files are relative and
percent-encoded; columns count characters. This module must never write an absolute path.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from symderiv import __version__, notation
from symderiv.document import Span
from symderiv.kernel.verdict import Refuted
from symderiv.writers.findings import Examined, Finding, place, to_add
from symderiv.writers.json import dumped
from symderiv.writers.terminal import clean, point

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"error": "error", "unread": "warning", "undecided": "warning", "warning": "note"}


def write(examined: Iterable[Examined], explanations: Mapping[str, str]) -> str:
    """One run with the findings of all files, as JSON text. ``explanations`` has the long text of each code."""
    return write_parts(map(part, examined), explanations)


def part(file: Examined) -> dict[str, list[dict[str, Any]]]:
    """What one file adds to the run."""
    return {
        "results": [_result(finding, file) for finding in file.findings],
        "notifications": [_notification(file)] if file.problem else [],
    }


def write_parts(parts: Iterable[Mapping[str, list[dict[str, Any]]]], explanations: Mapping[str, str]) -> str:
    """The run that ``parts`` make together, as JSON text."""
    parts = list(parts)
    results = [result for part in parts for result in part["results"]]
    notifications = [notification for part in parts for notification in part["notifications"]]
    codes = sorted({result["ruleId"] for result in results})
    rules = [_rule(code, explanations[code]) for code in codes]
    run = {
        "tool": {"driver": {"name": "symderiv", "version": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [
            {"ruleId": result["ruleId"], "ruleIndex": codes.index(result["ruleId"]), **result} for result in results
        ],
        "invocations": [{"executionSuccessful": not notifications, "toolExecutionNotifications": notifications}],
    }
    return dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(code: str, explanation: str) -> dict[str, Any]:
    title, _, text = explanation.partition("\n")
    level = "error" if code[:2] == "E2" else "note" if code[0] == "W" else "warning"
    return {
        "id": code,
        "shortDescription": {"text": title.partition(": ")[2]},
        "help": {"text": text.strip()},
        "defaultConfiguration": {"level": level},
    }


def _result(finding: Finding, file: Examined) -> dict[str, Any]:
    found = finding.diagnostic
    return {
        "ruleId": found.code,
        "level": _LEVELS[finding.level],
        "message": {"text": _message(finding, file)},
        "locations": [_location(finding, file)],
    }


def _message(finding: Finding, file: Examined) -> str:
    found, step = finding.diagnostic, finding.step
    message = clean(found.message)
    word = message.partition(" ")[0].isalpha() and len(message.partition(" ")[0]) > 1  # but z is not Z
    said = [f"{message[:1].upper() if word else message[:1]}{message[1:]}."]
    if step is not None and isinstance(step.verdict, Refuted):
        witness = step.verdict.witness
        said.append(f"Counterexample: {point(witness)}: left side {witness.left}, right side {witness.right}.")
    said += [clean(notation.unicode_words(note)) for note in found.notes if not note.startswith("counterexample")]
    if found.help:
        lines = to_add(finding, file.path)
        said.append("Help: " + clean("add " + " and ".join(lines) if lines else found.help))
    return "\n".join(said)


def _location(finding: Finding, file: Examined) -> dict[str, Any]:
    assert file.checked is not None
    source = file.checked.document.source
    if finding.origin:
        path, _, line = finding.origin.rpartition(" line ")
        if not path:
            return {"physicalLocation": {"artifactLocation": {"uri": address(file.path)}}}
        return {"physicalLocation": {"artifactLocation": {"uri": address(path)}, "region": {"startLine": int(line)}}}
    span: Span = finding.diagnostic.span
    start, end = place(source, span.start), place(source, span.end)
    location: dict[str, Any] = {"artifactLocation": {"uri": address(start.path)}}
    if start.position.cell is not None:
        # Lines of a notebook are lines of a cell; those of its JSON, which SARIF would mean, nobody sees.
        cell = f"cell {start.position.cell}, line {start.position.line}"
        return {"physicalLocation": location, "message": {"text": cell}}
    location["region"] = {"startLine": start.position.line, "startColumn": start.position.column}
    if end.path == start.path and end.position > start.position:
        location["region"] |= {"endLine": end.position.line, "endColumn": end.position.column}
    return {"physicalLocation": location}


def _notification(file: Examined) -> dict[str, Any]:
    where = {"physicalLocation": {"artifactLocation": {"uri": address(file.path)}}}
    return {"level": "error", "message": {"text": clean(file.problem)}, "locations": [where]}


def address(path: str) -> str:
    """A relative URI for a path; one that leads outside the working folder begins with ``../``."""
    if path == "<stdin>":
        return "stdin"
    if os.path.isabs(path):
        path = os.path.relpath(path)
    return quote(os.fsencode(PurePath(os.path.normpath(path)).as_posix()))

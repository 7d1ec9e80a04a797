"""Derivations as tests: each document in ``tests/documents`` says beside its lines what their verdicts should be.

A marker is a comment of the document, ``expect: VERDICT; VERDICT; ...``. It speaks of the steps between the marker before
it and itself, in order, and every step has to be spoken of. A verdict is one of

    definition    equation (that is being solved)    proved    proved for SCOPE    proved given ASSUMPTION    proved E202 (though it is marked as false)
    false as marked    false E201    undecided    undecided CODE

``proved`` alone means that no assumption was used. Where the checker does not do yet what a reader would, the marker says
so, ``expect: proved (for now: undecided E301)`` or, of a step that is passed over, ``(for now: not seen)``, and has to be
corrected as soon as it does.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from symderiv import notation, sidefile
from symderiv.check import check_path
from symderiv.checked import Checked, Step
from symderiv.kernel.verdict import Proved, Refuted
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "documents"
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix != sidefile.SUFFIX)
MARKER = re.compile(r"\bexpect:\s*(.*?)\s*(?:-->|$)", re.M)
NOW = re.compile(r"(.*?)\s*\(for now: (.*)\)")
NOT_SEEN = " (for now: not seen)"


class Expected(NamedTuple):
    line: int
    offset: int
    verdicts: list[str]


def markers(checked: Checked) -> list[Expected]:
    source = checked.document.source
    return [
        Expected(source.position(found.start()).line, found.start(), found[1].split("; "))
        for found in MARKER.finditer(source.text)
    ]


def check(path: Path) -> Checked:
    return check_path(path, directives=sidefile.directives(path))


def told(step: Step) -> dict[str, str]:
    """The step in the words of the markers: its verdict, and what may be added to it."""
    code = step.diagnostic.code if step.diagnostic else ""
    match step.verdict:
        case None:
            return {"verdict": step.kind, "code": code}
        case Proved(scope=scope, given=given):
            used = ", ".join(dict.fromkeys(notation.unicode_assumption(a) for a in given))
            return {"verdict": "proved", "code": code, "for": notation.unicode_scope(scope), "given": used}
        case Refuted() if step.expected_false:
            return {"verdict": "false as marked", "code": ""}
        case Refuted():
            return {"verdict": "false", "code": code}
    return {"verdict": "undecided", "code": code}


def meets(step: Step, expected: str) -> bool:
    found = told(step)
    asked = re.fullmatch(
        r"(?P<verdict>definition|equation|proved|false as marked|false|undecided)(?: (?P<code>[EW]\d{3}))?"
        r"(?: for (?P<for>.+?))?(?: given (?P<given>.+))?",
        expected,
    )
    assert asked, f"not a verdict: {expected!r}"
    if asked["verdict"] != found["verdict"]:
        return False
    if (asked["code"] or "") != found["code"] and (asked["code"] or found["verdict"] != "undecided"):
        return False
    return asked["for"] in (None, found.get("for")) and (asked["given"] or "") == found.get("given", "")


def described(step: Step, checked: Checked) -> str:
    source = checked.document.source
    text = " ".join(source.text[step.span.start : step.span.end].split())
    why = step.diagnostic.message if step.diagnostic else ""
    reason = getattr(step.verdict, "reason", "")
    return f"line {source.position(step.span.start).line}: {step.relation} {text}\n    {told(step)} {why} {reason}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_each_line_has_its_verdict(path: Path) -> None:
    checked = check(path)
    wrong, begin = [], 0
    for marker in markers(checked):
        steps = [step for step in checked.steps if begin <= step.span.start < marker.offset]
        begin = marker.offset
        verdicts = [said for said in marker.verdicts if not said.endswith(NOT_SEEN)]
        if len(steps) != len(verdicts):
            wrong.append(f"line {marker.line}: {len(verdicts)} verdicts for {len(steps)} steps:")
            wrong += [described(step, checked) for step in steps]
            continue
        for step, said in zip(steps, verdicts, strict=True):
            later = NOW.fullmatch(said)
            if later and meets(step, later[1]):
                wrong.append(f"{described(step, checked)}\n    as it should be: remove the `for now`")
            elif not meets(step, later[2] if later else said):
                wrong.append(f"{described(step, checked)}\n    but expected: {said}")
    unspoken = [step for step in checked.steps if step.span.start >= begin]
    wrong += [f"nobody expects {described(step, checked)}" for step in unspoken]
    assert not wrong, f"{path.name}\n" + "\n".join(wrong)


def test_there_are_documents_of_every_kind_and_language() -> None:
    assert len(DOCUMENTS) >= 25
    assert {path.suffix for path in DOCUMENTS} >= {".md", ".tex", ".rst", ".html", ".ipynb"}
    languages = {path.suffixes[0] for path in DOCUMENTS if len(path.suffixes) == 2}
    assert languages >= {".zh", ".ko", ".fr", ".es", ".de"}


def test_every_verdict_is_among_them() -> None:
    said = [verdict for path in DOCUMENTS for found in MARKER.finditer(path.read_text(encoding="utf-8"))
            for verdict in found[1].split("; ")]  # fmt: skip
    for word in ("definition", "equation", "proved", "false E201", "false as marked", "proved E202", "undecided E310"):
        assert any(verdict.startswith(word) for verdict in said), word

"""Each diagnostic that can appear is explained, and nothing else is."""

from __future__ import annotations

import re

import pytest

from symderiv.explanations import explain, explanations, titles
from tests.conftest import ROOT

CODE = re.compile(r"""["']([EW]\d{3})["']""")
USED = {code for path in (ROOT / "symderiv").rglob("*.py") for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_the_codes_in_use_are_the_codes_explained() -> None:
    assert set(explanations()) == USED


def test_they_stand_in_order() -> None:
    """Errors before warnings, each by number."""
    codes = list(explanations())
    assert codes == sorted(codes)
    assert {code[:2] for code in codes} <= {"E1", "E2", "E3", "E9", "W4"}
    assert [title[:4] for title in titles()] == codes


@pytest.mark.parametrize("code", sorted(USED))
def test_an_explanation_is_complete_and_kind(code: str) -> None:
    """A title, what it means, an example, what to do."""
    text = explain(code)
    title, *parts = text.split("\n\n")
    assert re.fullmatch(rf"{code}: [^.]+", title)
    assert any(part.startswith("    ") for part in parts[1:-1]), "an example is missing"
    for words in (parts[0], parts[-1]):
        assert not words.startswith(" ")
    assert re.search(r"[.)]$", parts[0])
    assert not re.search(r"\b(you forgot|your (?:mistake|error|fault)|illegal|invalid|stupid|obviously)\b", text, re.I)
    assert all(len(line) <= 95 for line in text.splitlines())

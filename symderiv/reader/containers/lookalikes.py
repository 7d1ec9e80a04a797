"""Letters that look like Latin ones: a Cyrillic а beside a Latin a is another symbol, and nobody sees it.

Only formulas are looked at, and only a letter whose Latin double stands in a formula of the same document is reported:
an author who writes all of it in one alphabet means what is there. This module must never replace a letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from symderiv.diagnostics import Diagnostic
from symderiv.document import Document, Span, formulas

CYRILLIC = dict(zip("АВЕЅІЈКМНОРСТХаеіјорсухѕ", "ABESIJKMHOPCTXaeijopcyxs", strict=True))
GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo", strict=True))
DOUBLES = CYRILLIC | GREEK

_FOREIGN = re.compile(f"[{''.join(DOUBLES)}]")
_COMMANDS_AND_WORDS = re.compile(
    r"\\(?:text\w*|mbox|mathrm|operatorname\*?|label|tag)\s*\{[^{}]*\}|\\[A-Za-z@]+|(?<!\\)%[^\n]*"
)


def reported(document: Document) -> Document:
    """``document`` with a warning (W430) at the first place of each such letter."""
    if not _FOREIGN.search(document.source.text):
        return document
    latin: set[str] = set()
    first: dict[str, int] = {}
    for formula in formulas(document.blocks):
        bare = _COMMANDS_AND_WORDS.sub(lambda found: " " * len(found[0]), formula.latex)
        latin.update(bare)
        for found in _FOREIGN.finditer(bare):
            first.setdefault(found[0], formula.span.start + found.start())
    warnings = [
        Diagnostic(
            "W430", f"this {letter} is {_name(letter)}, and another symbol than the Latin {double}", Span(at, at + 1)
        )
        for letter, at in first.items()
        if (double := DOUBLES[letter]) in latin
    ]
    return replace(document, problems=(*document.problems, *warnings)) if warnings else document


def _name(letter: str) -> str:
    """``a Cyrillic letter``, from its name in Unicode."""
    return f"a {unicodedata.name(letter).split()[0].capitalize()} letter"

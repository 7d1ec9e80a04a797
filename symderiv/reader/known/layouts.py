r"""Layouts of derivatives of vectors by vectors: \partial z_i/\partial x_j stands in row i, or in column i.

The first is the numerator layout, the second the denominator layout. A document keeps to one of them: the one that its
words choose, or else that of the first line that is proved in one layout only. This module must never judge in which a
line holds.
"""

from __future__ import annotations

import re

from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import Words

NUMERATOR, DENOMINATOR, EITHER = "numerator", "denominator", "either"
_LAYOUT = r"[\s-]*(?:(?:[\s-]layout|convention|formulation)\b|-?layouts?\b)"
WORDS = {
    NUMERATOR: Words(
        rf"\b(?:numerator|Jacobian|Zähler){_LAYOUT}|\b(?:disposition|convention|disposición|convención)\s+(?:du\s+|del?\s+)?num[ée]ra(?:teur|dor)"
        r"|分子(?:布局|レイアウト)|분자\s*(?:레이아웃|배치)",
        re.IGNORECASE,
    ),
    DENOMINATOR: Words(
        rf"\b(?:denominator|Hessian|Nenner){_LAYOUT}|\b(?:disposition|convention|disposición|convención)\s+(?:du\s+|del?\s+)?d[ée]nomina(?:teur|dor)"
        r"|分母(?:布局|レイアウト)|분모\s*(?:레이아웃|배치)",
        re.IGNORECASE,
    ),
}


def chosen(words: str) -> str:
    """The layout that a sentence chooses, ``either`` if it speaks of both; "" if it says nothing of it.

    >>> [chosen(words) for words in ("We use the numerator layout.", "Unlike numerator layout, denominator layout")]
    ['numerator', 'either']
    """
    found = [layout for layout, pattern in WORDS.items() if pattern.search(words)]
    if len(found) == 1 and not assertions.said(WORDS[found[0]], words):
        return ""
    return EITHER if len(found) > 1 else "".join(found)


class Layouts:
    """The layout of the lines that were proved so far."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.first: tuple[str, int] | None = None  # the layout of the first line that holds in one only, and that line

    def clash(self, posed: Posed, layout: str) -> str:
        """Why a line that holds in ``layout`` only does not fit the words and the lines before it; "" if it does.

        With ``layout`` empty it holds in both.
        """
        said = next((chosen for at, chosen in reversed(self.reading.layouts) if at <= posed.sentence), "")
        line = self.reading.document.source.position(posed.span.start).line
        if said == EITHER or not layout:
            return ""
        if said:
            return f"it holds in {layout} layout only, and the words choose {said} layout" if said != layout else ""
        if self.first is None:
            self.first = layout, line
        if self.first[0] == layout:
            return ""
        return f"it holds in {layout} layout only, and line {self.first[1]} in {self.first[0]} layout only"

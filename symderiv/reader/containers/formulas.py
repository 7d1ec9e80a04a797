r"""From the place of a formula to a ``Display`` or ``InlineMath``, the same for every container.

The invariant: ``latex`` has exactly the length of its span, and character k of ``latex`` stands at ``span.start + k``
in the source. What a container must take out of a formula (block quote marks, HTML entities, doubled backslashes,
macro definitions) it replaces by spaces, so every position found in ``latex`` is a position in the author's file.
This module must never read mathematics.
"""

from __future__ import annotations

import re

from symderiv.document import Display, InlineMath, Span
from symderiv.reader.containers.macros import Macro, collect

DISPLAY_ENVIRONMENTS = frozenset(
    name + star
    for name in ("equation", "align", "gather", "multline", "eqnarray", "alignat", "flalign", "displaymath", "math",
                 "dmath", "dgroup", "xalignat", "IEEEeqnarray")
    for star in ("", "*")
)  # fmt: skip
BARE_ENVIRONMENTS = {"split": "align*", "aligned": "align*", "gathered": "gather*"}
"""Environments that belong into a display, and what those mean who leave out its delimiters."""
TAKES_ARGUMENT = frozenset({"alignat", "alignat*", "xalignat", "xalignat*", "IEEEeqnarray", "IEEEeqnarray*"})

_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_LABEL = re.compile(r"\\label\s*\{([^{}]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{((?:[^{}]|\{[^{}]*+\})*+)\}")
_OPENING = re.compile(r"\s*\\begin\s*\{([A-Za-z]+\*?)\}(\s*\{[^{}]*\})?")
_AFTER = re.compile(r"(?:\s|[.,;]|\\label\s*\{[^{}]*\}|\\tag\*?\s*\{(?:[^{}]|\{[^{}]*+\})*+\})*+\Z")
BLANK_LINE = re.compile(r"\n[ \t\r>]*\n")
_WORDS = re.compile(r"(?:[^\W\d_]+[ ,]+){3,}[^\W\d_]+|[\u3040-\u9fff\uac00-\ud7af]{6,}")
_NOT_WORDS = re.compile(r"\\(?:text\w*|mathrm|mbox|label|tag)\s*\{[^{}]*\}|\\[A-Za-z]+|(?<!\\)%[^\n]*")
_BREAKS_DISPLAY = re.compile(
    r"^(?:#{1,6} |[ \t]*(?:```|~~~))|\\(?:sub)*section\b|\\item\b|\\begin\s*\{(?:itemize|enumerate)", re.M
)


def is_prose(content: str) -> bool:
    r"""Whether a part of a sentence is in it, outside ``\text``: four words in a row, three of them long."""
    return any(
        run[0][0] >= "\u3040" or sum(len(word) > 2 for word in re.split("[ ,]+", run[0])) > 2
        for run in _WORDS.finditer(_NOT_WORDS.sub(" ", content))
    )


def runs_on(content: str) -> bool:
    """Whether what seems to be a formula runs from one unclosed formula through prose to the next."""
    gap = BLANK_LINE.search(content)
    return bool(gap and (_BREAKS_DISPLAY.search(content, gap.end()) or is_prose(content)))


def blank(text: str) -> str:
    """Spaces in place of ``text``; line ends stay."""
    return re.sub(r"[^\r\n]", " ", text)


def blank_ranges(latex: str, ranges: list[tuple[int, int]]) -> str:
    """``latex`` with these parts turned into spaces."""
    if not ranges:
        return latex
    pieces, done = [], 0
    for start, end in ranges:
        pieces += [latex[done:start], blank(latex[start:end])]
        done = end
    return "".join([*pieces, latex[done:]])


def _prepared(latex: str, start: int, macros: dict[str, Macro]) -> tuple[str, int]:
    if "def" in latex or "command" in latex or "\\let" in latex or "\\require" in latex or "\\Declare" in latex:
        latex = blank_ranges(latex, collect(latex, 0, len(latex), macros))
    stripped = latex.lstrip()
    return stripped.rstrip(), start + len(latex) - len(stripped)


def display(latex: str, start: int, macros: dict[str, Macro], environment: str = "") -> Display | None:
    r"""The display whose text ``latex`` begins at ``start``, or None if nothing is in it.

    An environment that fills bare delimiters, as in ``$$\begin{align} ... \end{align}\tag{1}$$``, is the display's.
    """
    plain = _COMMENT.sub("", latex)
    label, tag = _LABEL.search(plain), _TAG.search(plain)
    latex, start = _prepared(latex, start, macros)
    opening = _OPENING.match(latex)
    if not environment and opening and opening[1] in DISPLAY_ENVIRONMENTS:
        closing = latex.rfind(f"\\end{{{opening[1]}}}")
        again = latex.find(f"\\begin{{{opening[1]}}}", opening.end())
        if again < 0 <= closing and _AFTER.match(latex, closing + len(opening[1]) + 6):
            inside = opening.end() if opening[1] in TAKES_ARGUMENT or opening[2] is None else opening.start(2)
            latex, start = _prepared(latex[inside:closing], start + inside, macros)
            environment = opening[1]
    if not latex:
        return None
    return Display(latex, Span(start, start + len(latex)), environment, label and label[1], tag and tag[1])


def inline(latex: str, start: int, macros: dict[str, Macro]) -> InlineMath | None:
    """The formula in running text whose text ``latex`` begins at ``start``, or None if nothing is in it."""
    latex, start = _prepared(latex, start, macros)
    return InlineMath(latex, Span(start, start + len(latex))) if latex else None

"""The terminal: diagnostics with the author's own line and a caret, and the summary of a run.

Text of documents is shown without control characters and escape sequences, so that it can neither colour nor move
anything. This module must never print by itself: it returns text, and the caller decides where it goes.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TextIO

from symderiv import notation
from symderiv.checked import Checked, Step
from symderiv.diagnostics import Diagnostic
from symderiv.document import Source
from symderiv.kernel.verdict import Proved, Refuted, Witness

_COLOURS = {"error": "1;31", "undecided": "1;33", "warning": "1;33", "good": "32", "faint": "2", "strong": "1"}
_WINDOW = 100


def coloured(stream: TextIO) -> bool:
    """Whether to colour what is written to ``stream``: a terminal, and the user has not said no."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def clean(text: str) -> str:
    """Text on one line that cannot act on a terminal: no escape sequences, control or direction characters."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.", "", text)
    return "".join(
        " " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cf")
    )


def _paint(text: str, colour: str, colours: bool) -> str:
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if colours else text


def _columns(text: str) -> int:
    """The columns that text takes: two for wide characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def diagnostic(found: Diagnostic, source: Source, colours: bool = False) -> str:
    """One diagnostic: headline, place, the author's line with a caret under the culprit, notes and help."""
    place = source.position(found.span.start)
    end = source.position(found.span.end)
    line = source.line(place.line)
    stop = end.column - 1 if end.line == place.line else len(line)
    before, culprit, after = line[: place.column - 1], line[place.column - 1 : stop], line[stop:]
    before, culprit, after = _window(clean(before), clean(culprit), clean(after))
    before, culprit = (before.lstrip(), culprit) if culprit else (before, culprit)
    number = str(place.line)
    edge = " " * len(number)
    bar = _paint("|", "faint", colours)
    cell = f":cell {place.cell}" if place.cell is not None else ""
    carets = "^" * max(1, _columns(culprit.rstrip()))
    head = _paint(f"{found.severity}[{found.code}]", found.severity, colours)
    out = [
        f"{head}: {_paint(clean(found.message), 'strong', colours)}",
        f"{edge}{_paint('-->', 'faint', colours)} {clean(source.name)}{cell}:{place.line}:{place.column}",
        f"{edge} {bar}",
        f"{number} {bar} {before}{culprit}{after.rstrip()}".rstrip(),
        f"{edge} {bar} {' ' * _columns(before)}{_paint(carets, found.severity, colours)}",
    ]
    for words in (*found.notes, *((f"help: {found.help}",) if found.help else ())):
        first, *rest = [clean(part) for part in words.split("\n")]
        out.append(f"{edge} {_paint('=', 'faint', colours)} {first}")
        out.extend(f"{edge}   {part}" for part in rest)
    return "\n".join(out) + "\n"


def _window(before: str, culprit: str, after: str) -> tuple[str, str, str]:
    """The part of a long line around the culprit."""
    if _columns(before + culprit + after) <= _WINDOW:
        return before, culprit, after
    if len(culprit) > _WINDOW:
        culprit, after = culprit[: _WINDOW - 1] + "…", ""
    room = max(10, (_WINDOW - len(culprit)) // 2)
    before = before if len(before) <= room else "…" + before[len(before) - room :]
    return before, culprit, after if len(after) <= room else after[:room] + "…"


def diagnostics(checked: Checked, colours: bool = False) -> str:
    """All diagnostics of a document, in the order of its text, each followed by an empty line."""
    found = [*checked.diagnostics, *(s.diagnostic for s in checked.steps if s.diagnostic and not s.in_order)]
    unique = sorted(dict.fromkeys(found), key=lambda d: (d.span, d.code))
    return "".join(diagnostic(d, checked.document.source, colours) + "\n" for d in unique)


def counterexample(witness: Witness) -> str:
    """The point and the two sides there, on one line: ``K = 2, k = 1, f_1 = 0, f_2 = 1: left = …, right = …``."""
    from symderiv.writers.report import witness_latex

    point = ", ".join(clean(notation.unicode_latex(text)) for text in witness_latex(witness))
    return f"{point}: left = {witness.left}, right = {witness.right}"


def summary(checked: Checked, files: Iterable[str] = (), colours: bool = False) -> str:
    """How many lines were proved, for which sizes, given which assumptions, and where the files are."""
    claims = checked.claims
    proved = [s.verdict for s in claims if isinstance(s.verdict, Proved)]
    expected = sum(isinstance(s.verdict, Refuted) and s.expected_false for s in claims)
    false = sum(isinstance(s.verdict, Refuted) for s in claims) - expected
    open_ = len(claims) - len(proved) - expected - false
    out = [_paint(f"✓ {_lines(len(proved))} proved", "good", colours) + _scopes(proved)]
    given = dict.fromkeys(clean(notation.unicode_assumption(a)) for v in proved for a in v.given)
    if given:
        out.append(f"  given {', '.join(given)}")
    definitions = len(checked.steps) - len(claims)
    if definitions:
        out.append(f"  {definitions} definition{'s' if definitions > 1 else ''}")
    if expected:
        out.append(f"✓ {_lines(expected)} meant to be false, and refuted")
    if false:
        out.append(_paint(f"✗ {_lines(false)} false", "error", colours))
    unmet = sum(s.expected_false and not s.in_order for s in claims)
    if unmet:
        out.append(_paint(f"✗ {_lines(unmet)} meant to be false, but not refuted", "error", colours))
    if open_:
        out.append(_paint(f"? {_lines(open_)} not decided", "undecided", colours))
    out.extend(f"→ {clean(name)}" for name in files)
    return "\n".join(out) + "\n"


def _lines(number: int) -> str:
    return f"{number} line{'' if number == 1 else 's'}"


def _scopes(proved: Sequence[Proved]) -> str:
    """The scopes, the most frequent first: ``: 31 for all K, m; 12 for K = 4``."""
    counts: dict[str, int] = {}
    for verdict in proved:
        scope = notation.unicode_scope(verdict.scope)
        words = scope if scope.startswith("no ") else f"for {scope}"
        counts[words] = counts.get(words, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    if len(ordered) == 1:
        return f" {ordered[0][0]}"
    return ": " + "; ".join(f"{count} {words}" for words, count in ordered) if ordered else ""


def steps(checked: Checked, colours: bool = False) -> str:
    """One line for each step: its place, what is written, and its verdict."""
    source = checked.document.source
    return "".join(f"{source.position(s.span.start).line:>5}  {_told(s, source, colours)}\n" for s in checked.steps)


def _told(step: Step, source: Source, colours: bool) -> str:
    text = " ".join(clean(source.text[step.span.start : step.span.end]).split())
    text = f"{step.relation} {text if len(text) <= 48 else text[:47] + '…'}"
    match step.verdict:
        case None:
            verdict = _paint("definition", "faint", colours)
        case Proved(scope=scope, given=given):
            words = f"proved for {notation.unicode_scope(scope)}"
            words += f", given {', '.join(clean(notation.unicode_assumption(a)) for a in given)}" if given else ""
            verdict = _paint(words, "good", colours)
        case Refuted(witness=witness):
            words = "false, as declared" if step.expected_false else "false"
            verdict = _paint(f"{words}: {counterexample(witness)}", "good" if step.expected_false else "error", colours)
        case _:
            verdict = _paint(f"not decided: {clean(step.verdict.reason)}", "undecided", colours)
    return f"{text:<52}{verdict}"

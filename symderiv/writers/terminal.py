"""The terminal: the steps of a document with their verdicts, its diagnostics with the author's own line and a caret,
and the summary of a run.

Text of documents is shown without control characters and escape sequences, so that it can neither colour nor move
anything. This module must never print by itself: it returns text, and the caller decides where it goes.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

from symderiv import notation
from symderiv.checked import Checked, Opinions, Step
from symderiv.diagnostics import Diagnostic
from symderiv.document import Document, Source, Span
from symderiv.kernel.verdict import Proved, Refuted, Witness
from symderiv.writers.findings import NEEDS, Counts, Examined, Finding, Summed, expanded, place, to_add
from symderiv.writers.witness import witness_latex

WIDTH, NARROWEST = 100, 60
"""Columns at which lines are broken, and the fewest for which they are: below, the terminal breaks them."""

_COLOURS = {
    "error": "1;31", "unread": "1;33", "undecided": "1;33", "warning": "1;35", "good": "32", "faint": "2",
    "strong": "1", "help": "36",
}  # fmt: skip
_WORDS = 46  # columns of the table of steps that are not for its formulas


@dataclass(frozen=True, slots=True)
class Look:
    """How text is shown: with colours or without, in how many columns."""

    colours: bool = False
    width: int = WIDTH


PLAIN = Look()


def look_on(stream: TextIO | None) -> Look:
    """How to show what is written to ``stream``: in colours on a terminal, unless the user has said no, and no wider
    than that is."""
    if stream is None or not stream.isatty():
        return PLAIN
    try:
        width = os.get_terminal_size(stream.fileno()).columns or WIDTH  # some terminals do not know theirs
    except OSError:
        width = WIDTH
    colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Look(colours, max(NARROWEST, min(WIDTH, width)))


# Text


def clean(text: str) -> str:
    """Text on one line that cannot act on a terminal: no escape sequences, control or direction characters."""
    text = re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.", "", text)
    return "".join(
        " " if c in "\t\n\r" else "\ufffd" if unicodedata.category(c) == "Cs" else c
        for c in text
        if c in "\t\n\r" or unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp")
    )


def columns(text: str) -> int:
    """The columns that text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


_TIE = "\u00a0"  # a blank at which no line is broken


def wrapped(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` columns, broken at blanks; a word that is longer stands alone."""
    lines = [""]
    for word in text.split(" "):
        if lines[-1] and columns(lines[-1]) + 1 + columns(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return [line.replace(_TIE, " ") for line in lines]


def _cut(text: str, width: int) -> str:
    """At most ``width`` columns of ``text``, with an ellipsis where something was cut off."""
    if columns(text) <= width:
        return text
    text = text[: _NEAR * width]
    while columns(text) >= width:
        text = text[:-1]
    return text.rstrip() + "…"


_NEAR = 4  # characters of a long line that are looked at for each column: a letter with three accents is enough


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def _paint(text: str, colour: str, look: Look) -> str:
    return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if look.colours else text


# Diagnostics


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the author's in a frame: its number, its text, and what is underlined how."""

    number: str
    text: str
    indent: int
    length: int
    sign: str = "^"
    colour: str = "error"
    remark: str = ""


def diagnostic(found: Diagnostic, source: Source, look: Look = PLAIN) -> str:
    """One diagnostic: headline, place, the author's line with a caret under the culprit, notes and help."""
    return finding(Finding(found), source, look)


def finding(found: Finding, source: Source, look: Look = PLAIN) -> str:
    """A diagnostic, with the other side of its relation where that stands on another line."""
    shown, level = found.diagnostic, found.level
    message = clean(shown.message)
    if found.origin:
        message = message.removeprefix(f"{clean(found.origin)}: ")
        where, text = clean(found.declaration_place), clean(found.declaration)
        lines = [_Line("", text, 0, columns(text), colour=level)]
    else:
        where = clean(place(source, shown.span.start).where)
        lines = _lines_of(found, source, look.width)
    edge = " " * max(len(line.number) for line in lines)
    bar = _paint("|", "faint", look)
    out = [
        f"{_paint(f'{level}[{shown.code}]', level, look)}: {_paint(message, 'strong', look)}",
        f"{edge}{_paint('-->', 'faint', look)} {where}",
        f"{edge} {bar}",
    ]
    for line in lines:
        out.append(f"{line.number or edge:>{len(edge)}} {bar} {line.text}".rstrip())
        if line.length:
            under = f"{line.sign * line.length} {line.remark}".rstrip()
            out.append(f"{edge} {bar} {' ' * line.indent}{_paint(under, line.colour, look)}")
    sign = _paint("=", "faint", look)
    for label, words in _remarks(found, source, look.width):
        first, *rest = words
        head = f"{_paint(label, 'help', look)}: " if label else ""
        out.append(f"{edge} {sign} {head}{first}".rstrip())
        out.extend(f"{edge}   {' ' * (len(label) + 2 if label else 0)}{line}" for line in rest)
    return "\n".join(out) + "\n"


def _lines_of(found: Finding, source: Source, width: int) -> list[_Line]:
    """The line of the culprit; before it that of the left side, where the relation goes on from another line."""
    span, step = found.diagnostic.span, found.step
    culprit = _line(source, span, "^", found.level, width)
    if step is None or span != step.span or not culprit.number or step.left_span.end > span.start:
        return [culprit]
    left = _line(source, step.left_span, "-", "faint", width, "the left side")
    if place(source, step.left_span.start).position[0::2] == place(source, span.start).position[0::2]:
        return [culprit]
    number, above = int(culprit.number), int(left.number)
    gap = [_Line("", "…", 0, 0)] if number - above > 1 or number < above else []
    return [left, *gap, culprit]


def _line(source: Source, span: Span, sign: str, colour: str, width: int, remark: str = "") -> _Line:
    """The line in which ``span`` begins, around it if it is long, without the indentation."""
    here = place(source, span.start)
    start = here.position.column - 1
    end = min(len(here.line), start + max(1, span.end - span.start))
    if end - start < span.end - span.start:
        remark = f"{remark} …".strip()
    near = _NEAR * width
    culprit = here.line[start : min(end, start + near)]
    culprit = culprit.rstrip() or culprit
    rest = start + len(culprit)
    before, after = here.line[max(0, start - near) : start], here.line[rest : rest + near]
    before, culprit, after = _window(clean(before).lstrip(), clean(culprit), clean(after), width)
    text = (before + culprit + after).rstrip()
    room = width - 8 - columns(before) - (len(remark) + 1 if remark else 0)
    length = max(1, min(columns(culprit), room))
    return _Line(str(here.position.line), text, columns(before), length, sign, colour, remark)


def _window(before: str, culprit: str, after: str, width: int) -> tuple[str, str, str]:
    """The part of a long line around the culprit."""
    width -= 8
    if columns(before + culprit + after) <= width:
        return before, culprit, after
    if columns(culprit) > width - 12:
        culprit, after = _cut(culprit, width - 12), ""
    room = max(5, (width - columns(culprit)) // 2 - 1)
    left = room if columns(after) >= room else width - columns(culprit + after) - 1
    if columns(before) > left:
        before = before[-left:]
        while columns(before) > left:
            before = before[1:]
        before = "…" + before
    return before, culprit, _cut(after, width - columns(before + culprit))


def _remarks(found: Finding, source: Source, width: int) -> Iterator[tuple[str, list[str]]]:
    """What is said below the line: each remark as its label or "", and its lines."""
    shown, step = found.diagnostic, found.step
    witness = step.verdict.witness if step is not None and isinstance(step.verdict, Refuted) else None
    width -= 10
    if witness is not None:
        left, right = _aligned(witness.left, witness.right)
        where = wrapped("counterexample: " + ", ".join(text.replace(" ", _TIE) for text in _place_of(witness)), width)
        yield "", [*where, f"left side  {left}", f"right side {right}"]
    for note in shown.notes:
        if not (witness is not None and note.startswith("counterexample")):
            yield (
                "",
                [line for part in note.split("\n") for line in wrapped(clean(notation.unicode_words(part)), width)],
            )
    lines = [f"    {clean(line)}" for line in to_add(found, source.name)]
    if lines:
        yield "help", [f"if it is what is meant, add above the formula the line{'s' if len(lines) > 1 else ''}", *lines]
    elif shown.help:
        text = shown.help if columns(shown.help) <= width - 6 else shown.help.replace(" is proved", "\nis proved")
        yield "help", [line for part in text.split("\n") for line in wrapped(clean(part), width - 6)]


def _aligned(left: str, right: str) -> tuple[str, str]:
    """Two decimals, the points one below the other."""
    lead = [number.partition(".")[0] for number in (left, right)]
    width = max(map(len, lead))
    return " " * (width - len(lead[0])) + left, " " * (width - len(lead[1])) + right


def diagnostics(checked: Checked, look: Look = PLAIN) -> str:
    """All diagnostics of a document, in the order of its text, each followed by an empty line."""
    return findings(Examined(checked.document.source.name, checked), look)


def findings(examined: Examined, look: Look = PLAIN) -> str:
    """All findings of a file, in the order of its text, each followed by an empty line."""
    if examined.checked is None:
        return ""
    source = examined.checked.document.source
    return "".join(finding(found, source, look) + "\n" for found in examined.findings)


def point(witness: Witness) -> str:
    """Where a counterexample lies: ``K = 2, k = 1, f = (0, 1)``."""
    return ", ".join(_place_of(witness))


def _place_of(witness: Witness) -> list[str]:
    return [clean(notation.unicode_latex(text)) for text in witness_latex(witness)] or ["wherever it is defined"]


# The table of steps


@dataclass(frozen=True, slots=True)
class Row:
    """A step as the table shows it. ``path`` is the file in which it stands, if that is one which the document
    includes; ``colour`` is a name of a colour of the terminal."""

    mark: str
    path: str
    place: str
    formula: str
    words: str
    colour: str


def table(checked: Checked) -> list[Row]:
    """A row for each step: a mark, its line, what is written, and its verdict."""
    source = checked.document.source
    rows = []
    for number, step in enumerate(checked.steps):
        mark, colour, words = _told(step)
        here = place(source, step.span.start)
        path = "" if here.path == source.name else here.path
        rows.append(Row(mark, path, here.number, _formula(checked, number), words, colour))
    return rows


def steps(checked: Checked, look: Look = PLAIN) -> str:
    """The table of steps, the formulas cut where they are long; where the file changes, its name comes before them."""
    rows, path = table(checked), ""
    places = max((len(row.place) for row in rows), default=0)
    formulas = min(look.width - _WORDS, max((columns(row.formula) for row in rows), default=0))
    out = []
    for row in rows:
        if row.path != path:
            path = row.path
            out.append(_paint(clean(path or checked.document.source.name), "strong", look))
        first, *rest = wrapped(row.words, look.width - formulas - places - 8)
        line = f"  {_paint(row.mark, row.colour, look)} {row.place:>{places}}  "
        out.append(f"{line}{_padded(_cut(row.formula, formulas), formulas)}  {_paint(first, row.colour, look)}")
        out.extend(f"{' ' * (places + formulas + 8)}{_paint(part, row.colour, look)}" for part in rest)
    return "".join(line.rstrip() + "\n" for line in out)


def _formula(checked: Checked, number: int) -> str:
    """The relation and its right side; the left side too, unless it is the right side of the step before."""
    step, document = checked.steps[number], checked.document
    right = f"{_RELATIONS.get(step.relation, step.relation)} {_readable(document, step.span)}"
    if step.left_span == step.span:
        return right.lstrip()
    if number and checked.steps[number - 1].span == step.left_span:
        return f"  {right}"
    return f"{_readable(document, step.left_span)} {right}"


_RELATIONS = {":=": "≔", "<=": "≤", ">=": "≥", "!=": "≠"}


def _readable(document: Document, span: Span) -> str:
    latex = _HIDDEN.sub(" ", document.source.text[span.start : span.end])
    return clean(notation.unicode_latex(expanded(latex, document.macros))).rstrip(" .,;")


_HIDDEN = re.compile(r"(?<!\\)%[^\n]*|\\(?:label|tag)\*?\{[^{}]*\}")


def _told(step: Step) -> tuple[str, str, str]:
    """The mark, the colour and the words for a step's verdict."""
    match step.verdict:
        case Proved() if step.expected_false:
            return "✗", "error", "proved, but marked as false"
        case Proved():
            return "✓", "good", clean(notation.unicode_proof(step.verdict, _TIE))
        case Refuted():
            return ("✓", "good", "false, as it is marked") if step.expected_false else ("✗", "error", "false")
        case None if step.kind == "definition" and step.diagnostic is None:
            return "·", "faint", "definition" if step.relation in ("=", ":=") else "assumed"
        case None if step.kind == "equation":
            return "·", "faint", "equation to be solved"
    code = step.diagnostic.code if step.diagnostic else ""
    if code == NEEDS and step.diagnostic:
        return "?", "undecided", clean(step.diagnostic.message)
    words = {"E1": "could not be read", "E2": "the shapes do not fit"}.get(code[:2], "could not be decided")
    return "?", "undecided", words


# Summaries


def report(examined: Examined, look: Look = PLAIN, only_problems: bool = False) -> str:
    """What ``check`` says about one file: its steps, then the findings; nothing if there is nothing to say."""
    name = _paint(clean(examined.path), "strong", look)
    if examined.checked is None:
        return ""
    found = findings(examined, look)
    if only_problems or examined.problem:
        return found
    return f"{name}\n{steps(examined.checked, look)}{_given(examined, look)}\n{found}"


def _given(examined: Examined, look: Look) -> str:
    """The assumptions that proofs used, each with the place and the words that state it, and how their lines were
    read where that is not the only way."""
    out = []
    for label, pairs in (("given", examined.given), ("read: ", examined.readings)):
        width = min(look.width - _WORDS, max((columns(clean(what)) for what, _ in pairs), default=0))
        for number, (what, where) in enumerate(pairs):
            shown = " " * len(label) if number else label
            first, *rest = wrapped(clean(where), max(20, look.width - width - 10))
            line = f"  {shown.rstrip():5} {_padded(clean(what), width)}  {_paint(first, 'faint', look)}"
            out.append(line.rstrip() + "\n")
            out.extend(" " * (width + 10) + _paint(part, "faint", look) + "\n" for part in rest)
    return "\n" + "".join(out) if out else ""


def second_opinion(opinions: Opinions) -> str:
    """One line on what SymPy and mpmath said."""
    if opinions == Opinions():
        return "second opinion: there is no verdict to ask about"
    said = [f"agrees with {_several(opinions.agree, 'verdict')} ({opinions.showed} of them shown)"]
    said += [f"differs from {opinions.differ}"] if opinions.differ else []
    said += [f"has none on {opinions.none}"] if opinions.none else []
    return f"second opinion: SymPy {', '.join(said)}"


def total(files: Sequence[Summed], skipped: int = 0, look: Look = PLAIN) -> str:
    """The summary of ``check``: how many steps are proved, false and undecided; the assumptions that proofs used."""
    counts = sum((file.counts for file in files), Counts())
    out = []
    if counts.claims:
        parts = [(f"✓ {counts.proved} proved", "good", counts.proved),
                 (f"✗ {counts.false} false", "error", counts.false),
                 (f"? {counts.undecided} could not be checked", "undecided", counts.undecided)]  # fmt: skip
        shown = ", ".join(_paint(words, colour if number else "faint", look) for words, colour, number in parts)
        rest = [f"{counts.expected} false as marked"] if counts.expected else []
        rest += [_several(counts.definitions, "definition")] if counts.definitions else []
        rest += [_several(counts.equations, "equation") + " to be solved"] if counts.equations else []
        out.append(f"{_several(counts.claims, 'step')}: {shown}" + (f" ({', '.join(rest)})" if rest else ""))
    opinions = [file.opinions for file in files if file.opinions is not None]
    if opinions:
        out.append(second_opinion(sum(opinions, Opinions())))
    unread = sum(file.status == 3 for file in files)
    also = [f"{len(files) - unread} files"] if len(files) - unread > 1 else []
    also += [f"{_several(unread, 'file')} not checked"] if unread and len(files) > 1 else []
    also += [f"{_several(skipped, 'file')} without steps skipped"] if skipped else []
    if also:
        out.append(f"in {', '.join(also)}" if len(files) - unread > 1 else ", ".join(also))
    codes = dict.fromkeys(found.diagnostic.code for file in files for found in file.findings)
    if codes:
        out.append(f"what a message means: symderiv explain {next(iter(codes))}")
    out += [f"→ {clean(name)}" for file in files for name in file.files]
    return "".join(f"{line}\n" for line in out)


def summary(checked: Checked, files: Iterable[str] = (), look: Look = PLAIN) -> str:
    """What ``derive`` says: how many lines were proved, for which sizes, given what, and where the files are."""
    counts = Examined("", checked).counts
    proved = [s.verdict for s in checked.claims if isinstance(s.verdict, Proved)]
    out = [_paint(f"✓ {_several(len(proved), 'line')} proved", "good", look) + _scopes(proved)]
    used = (a for v in proved for a in v.given if a.kind not in ("equal", "distinct"))  # cases are no assumptions
    given = dict.fromkeys(clean(notation.unicode_assumption(a)) for a in used)
    if given:
        out.append(f"  given {', '.join(given)}")
    if counts.definitions:
        out.append(f"  {_several(counts.definitions, 'definition')}")
    if counts.expected:
        out.append(f"✓ {_several(counts.expected, 'line')} meant to be false, and refuted")
    false = sum(isinstance(s.verdict, Refuted) and not s.expected_false for s in checked.claims)
    if false:
        out.append(_paint(f"✗ {_several(false, 'line')} false", "error", look))
    unmet = sum(s.expected_false and not s.in_order for s in checked.claims)
    if unmet:
        out.append(_paint(f"✗ {_several(unmet, 'line')} meant to be false, but not refuted", "error", look))
    if counts.undecided:
        out.append(_paint(f"? {_several(counts.undecided, 'line')} not decided", "undecided", look))
    out.extend(f"→ {clean(name)}" for name in files)
    return "\n".join(out) + "\n"


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _scopes(proved: Sequence[Proved]) -> str:
    """The scopes, the most frequent first: ``: 31 for all K, m; 12 for K = 4``."""
    counts: dict[str, int] = {}
    for verdict in proved:
        scope = notation.unicode_scope(verdict.scope)
        words = f"with {scope}" if scope.startswith("no ") else f"for {scope}"
        counts[words] = counts.get(words, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    if len(ordered) == 1:
        return f" {ordered[0][0]}"
    return ": " + "; ".join(f"{count} {words}" for words, count in ordered) if ordered else ""

r"""What belongs together in a row before anything is parsed: brackets and bars, matched once and in linear time.

One missing bracket spoils only the side it stands in. This module must never look at what a formula says beyond its
brackets and bars.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.tokens import Token

T = TypeVar("T")
MAX_DEPTH = 100
MAX_DIGITS = 1000  # of one number
_PADDING = 4  # more than any look-ahead


@dataclass(slots=True)
class Line:
    """Tokens as parallel lists, followed by empty ones, so that a parser may look ahead without counting.

    ``jump`` is the distance from an opener to its closer, and 0 for all other tokens.
    """

    text: list[str]
    start: list[int]
    end: list[int]
    jump: list[int]

    def cut(self, ranges: list[tuple[int, int]]) -> Line:
        """The tokens of ``ranges``, each of which is balanced, as a line of their own."""
        last = ranges[-1][1]
        stop = self.end[last - 1] if last else self.end[-1]
        return Line(
            _cut(self.text, ranges, ""),
            _cut(self.start, ranges, stop),
            _cut(self.end, ranges, stop),
            _cut(self.jump, ranges, 0),
        )

    @property
    def size(self) -> int:
        """The number of tokens."""
        return len(self.text) - _PADDING

    def span(self, a: int, b: int) -> Span:
        """The place of the tokens from ``a`` up to ``b``; empty, just before ``b``'s token, if there are none."""
        if a >= b:
            return Span(self.start[b], self.start[b])
        return Span(min(self.start[a], self.start[b - 1]), max(self.end[a], self.end[b - 1]))

    def top(self, a: int, b: int) -> Iterator[int]:
        """Indices from ``a`` up to ``b`` outside all brackets; of a bracket, only the opener."""
        i = a
        jump = self.jump
        while i < b:
            yield i
            i += jump[i] + 1


def too_long(number: str) -> str:
    """What to say of a number of more than MAX_DIGITS digits."""
    return f"a number of {sum(map(str.isdigit, number)):,} digits: numbers are read up to {MAX_DIGITS:,} digits"


def _cut(values: list[T], ranges: list[tuple[int, int]], padding: T) -> list[T]:
    a, b = ranges[0]
    kept = values[a:b]
    for a, b in ranges[1:]:
        kept += values[a:b]
    return [*kept, *[padding] * _PADDING]


def match(row: list[Token]) -> Line:
    """A row as a line with all its brackets matched and its bars made to open, close or separate."""
    row = _without_empty_groups(_without_inner_spaces(row))
    text = [token.text for token in row]
    if r"\rvert" not in text:  # p(y \lvert x), written for \mid
        text = ["|" if x == r"\lvert" else x for x in text]
    stop = row[-1].end if row else 0
    line = Line(
        [*text, *[""] * _PADDING],
        [*(t.start for t in row), *[stop] * _PADDING],
        [*(t.end for t in row), *[stop] * _PADDING],
        [0] * (len(row) + _PADDING),
    )
    text, jump = line.text, line.jump
    frames = [_Frame("", -1)]
    barrier = frames[0]
    depth = 0
    for i in range(line.size + 1):
        x = text[i]
        inner = frames[-1]
        if x == "}" and inner.at == barrier.at + 1 > 0 and v.CLOSERS.get(text[i + 1]) == v.PARTNER[inner.kind]:
            _swap(line, i)  # {( ... }) is printed, and meant, as {( ... )}
            x = text[i]
        if x in v.OPENERS:
            kind = v.OPENERS[x]
            frames.append(_Frame(kind, i))
            barrier.open[kind] = barrier.open.get(kind, 0) + 1
            depth += 1
            if depth > MAX_DEPTH:
                raise ReadError("E109", f"more than {MAX_DEPTH} levels of brackets", Span(line.start[i], line.end[i]))
        elif x in v.CLOSERS:
            frame = _closed_by(frames, barrier, v.CLOSERS[x])
            if frame:
                while frames[-1] is not frame:
                    depth -= 1
                    _leave(frames.pop(), barrier, line)
                frames.pop()
                depth -= 1
                _leave(frame, barrier, line)
                jump[frame.at] = i - frame.at
        elif x in v.BARS:
            (frames[-1].bars if v.BARS[x] == "|" else frames[-1].norms).append(i)
        elif x == "{" or x.startswith(r"\begin{"):
            barrier = _Frame("{" if x == "{" else "\\begin", i)
            frames.append(barrier)
            depth += 1
        elif x == "}" or x.startswith(r"\end{") or x in ("&", r"\\") or not x:
            while frames[-1] is not barrier:
                depth -= 1
                _leave(frames.pop(), barrier, line)
            barrier.resolve(text, jump)
            if x == "}" or x.startswith(r"\end{"):
                frames.pop()
                depth -= 1
                jump[barrier.at] = i - barrier.at
                text[i] = "}" if x == "}" else r"\end"
                barrier = next(frame for frame in reversed(frames) if frame.kind in ("", "{", "\\begin"))
    return line


def _swap(line: Line, i: int) -> None:
    text, start, end = line.text, line.start, line.end
    text[i], text[i + 1] = text[i + 1], text[i]
    start[i], start[i + 1] = start[i + 1], start[i]
    end[i], end[i + 1] = end[i + 1], end[i]


class _Frame:
    """An open bracket: what opened it and where, the bars at its level, and (for braces) the brackets open in it."""

    __slots__ = ("at", "bars", "kind", "norms", "open")

    def __init__(self, kind: str, at: int) -> None:
        self.kind, self.at = kind, at
        self.bars: list[int] = []
        self.norms: list[int] = []
        self.open: dict[str, int] = {}

    def resolve(self, text: list[str], jump: list[int]) -> None:
        """Make the bars at this level open, close or (a single one inside brackets) separate."""
        pending: list[int] = []
        for i in self.bars:  # |_{x=2} opens nothing: it says where to evaluate what stands before
            if len(pending) % 2 or not _evaluates(text, jump, i):
                pending.append(i)
        self.bars = pending
        for bars, opener, closer, middle in (
            (self.bars, r"\lvert", r"\rvert", r"\mid"),
            (self.norms, r"\lVert", r"\rVert", r"\Mid"),
        ):
            if len(bars) == 2 and bars[1] == bars[0] + 1 and middle == r"\mid" and _ends_operand(text, bars[0]):
                text[bars[0]] = text[bars[1]] = r"\Mid"  # D(p||q)
                continue
            if len(bars) % 2 and not (self.kind in ("", "\\begin") and text[bars[-1] + 1] in ("_", "^", "")):
                single = next((k for k, i in enumerate(bars) if k % 2 == 0 and _ends_operand(text, i)), len(bars) - 1)
                text[bars.pop(single)] = middle
            if len(bars) % 2 == 0:
                pairs = _pairs(bars, text)
                if bars and bars is self.norms and self.bars and _cross(pairs, jump, min(self.bars[0], bars[0])):
                    continue
                for left, right in pairs:
                    text[left], text[right], jump[left] = opener, closer, right - left
        self.bars, self.norms = [], []


def _evaluates(text: list[str], jump: list[int], i: int) -> bool:
    """Whether the bar at ``i`` has an equation below."""
    return text[i + 1] == "_" and text[i + 2] == "{" and "=" in text[i + 3 : i + 2 + jump[i + 2]]


def _pairs(bars: list[int], text: list[str]) -> list[tuple[int, int]]:
    """Which bar closes which: after an operand a bar closes if one is open, elsewhere it opens."""
    pairs: list[tuple[int, int]] = []
    opened: list[int] = []
    last, closed = -1, False
    for i in bars:
        after_operand = closed if i - 1 == last else _ends_operand(text, i)
        closed = after_operand and bool(opened)
        if closed:
            pairs.append((opened.pop(), i))
        else:
            opened.append(i)
        last = i
    return list(zip(bars[::2], bars[1::2], strict=True)) if opened else pairs


def _cross(pairs: list[tuple[int, int]], jump: list[int], start: int) -> bool:
    """Whether a pair begins or ends inside something already matched, but does not lie in it, or the other way."""
    ends = dict(pairs)
    opened: list[int] = []
    for i in range(start, max(ends.values()) + 1):
        while opened and opened[-1] < i:
            opened.pop()
        end = ends.get(i, i + jump[i])
        if end > i:
            if opened and end > opened[-1]:
                return True
            opened.append(end)
    return False


def _ends_operand(text: list[str], i: int) -> bool:
    before = text[i - 1] if i else "("
    return not (before in v.OPENERS or before in v.SIGNS or before in v.OPERATORS or before in v.RELATIONS
                or before in ("{", ",", ";", "/"))  # fmt: skip


def _leave(frame: _Frame, barrier: _Frame, line: Line) -> None:
    barrier.open[frame.kind] -= 1
    frame.resolve(line.text, line.jump)


def _closed_by(frames: list[_Frame], barrier: _Frame, closer: str) -> _Frame | None:
    """The open bracket that ``closer`` closes: the innermost of its kind, else one that it may close as well."""
    top = frames[-1]
    if top is barrier:
        return None
    if v.PARTNER[top.kind] == closer or closer == "." or top.kind == ".":
        return top
    partner = next(kind for kind, close in v.PARTNER.items() if close == closer)
    if barrier.open.get(partner, 0):
        return next(frame for frame in reversed(frames) if frame.kind == partner)
    return top if top.kind in ("(", "[") and closer in (")", "]") else None


def _without_empty_groups(row: list[Token]) -> list[Token]:
    r"""Drop the braces that only end the name of a bar: ``\vert{}r\vert{}``."""
    empty = {
        n
        for n, (bar, one, other) in enumerate(zip(row, row[1:], row[2:], strict=False), 1)
        if (bar.text in v.BARS or bar.text == "|") and (one.text, other.text) == ("{", "}")
    }
    return [t for n, t in enumerate(row) if n not in empty and n - 1 not in empty] if empty else row


def _without_inner_spaces(row: list[Token]) -> list[Token]:
    r"""Drop ``\quad`` and alignment marks inside brackets, where they only space."""
    if not any(token.text in ("&", r"\quad") for token in row):
        return row
    kept: list[Token] = []
    levels: list[list] = [["", 0]]
    for token in row:
        text = token.text
        level = levels[-1]
        if text in v.OPENERS:
            level[1] += 1
        elif text in v.CLOSERS:
            level[1] = max(0, level[1] - 1)
        elif text == "{" or text.startswith(r"\begin{"):
            levels.append([text[7:-1], 0])
        elif text == "}" or text.startswith(r"\end{"):
            levels.pop()
        elif text == r"\\":
            level[1] = 0
        inside = level[1] or (len(levels) > 1 and level[0] not in _KEEP_QUAD)
        if not (text == r"\quad" and inside) and not (text == "&" and len(levels) == 1 and level[1]):
            kept.append(token)
    return kept


_KEEP_QUAD = v.CASES_ENVIRONMENTS | v.ROW_ENVIRONMENTS | {"array"}

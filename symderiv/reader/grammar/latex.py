r"""LaTeX mathematics to syntax trees: a display to rows, a row to relations and their sides, a side to a tree.

Rows are split at their relations before any side is parsed, so that one unreadable side does not take the rest along.
This module must never give a formula a meaning, and never raise anything but ReadError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from symderiv.diagnostics import Diagnostic, ReadError, guarded
from symderiv.document import Span
from symderiv.reader.grammar import constructs as _constructs  # noqa: F401  (fills the parser's table
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.columns import Columns
from symderiv.reader.grammar.expression import Parser
from symderiv.reader.grammar.pieces import Piece, pieces, relation_at
from symderiv.reader.grammar.rows import rows
from symderiv.reader.grammar.structure import Line, match
from symderiv.reader.grammar.syntax import Node, Remark, Row, Rows, Segment, Text
from symderiv.reader.grammar.tokens import INTERTEXT, Macro, Token, tokenize

_ORDER = frozenset({"<", ">", "<=", ">=", "!=", "<<", ">>", "in", "notin", "ni", "subset", "sim"})
_BARS = frozenset({"|", r"\mid", r"\vert", r"\rvert", r"\lvert"})
_INDICES = frozenset("ijklmnrstKNM")
_BRACKETS = frozenset({"[", r"\left["})
_OF = re.compile(  # at the end of words before a symbol: not of its value, of another thing
    r"(?<!\bdefinition )(?<!\bvalue )(?<!\bformula )(?<!\bexpression )(?<!\bform )"
    r"(?<!\bcase )(?<!\bWert )(?<!\bvaleur )"
    r"(?:(?<![^\W\d_])(?:of|von|des|der|de|du|del|della|di|do|da|от|для)\s*|(?<![^\W\d_])[dl]')$",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(r"\s*(?:'s\b|的|の|의)")  # and the same behind it


def parse_display(source_text: str, start: int, end: int, macros: Mapping[str, Macro]) -> Rows:
    """The rows of the display ``source_text[start:end]`` (without its delimiters). Never raises.

    A display that cannot even be split (an unclosed brace, an endless macro) is one row with one unreadable side.
    """
    warnings: list[Diagnostic] = []
    try:
        found = rows(tokenize(source_text, start, end, macros))
    except ReadError as error:
        place = Span(start, end)
        return Rows((Row(place, (Segment(None, None, error, place),), (), unread=True),))
    done: list[Row] = []
    columns = Columns()
    for row in found:
        done.extend(_read_row(row, columns, warnings))
    return Rows(tuple(done), tuple(warnings), columns.after())


def parse_expression(source_text: str, start: int, end: int, macros: Mapping[str, Macro]) -> Node:
    """One expression, or several between commas; relations are allowed. Raises ReadError."""
    found = rows(tokenize(source_text, start, end, macros))
    if len(found) != 1:
        raise ReadError("E105", "one expression should stand here", Span(start, end))
    line = match(found[0])
    ranges = _without_spaces(line, 0, line.size)
    return _guarded(line.cut(ranges), [])


def _guarded(line: Line, warnings: list[Diagnostic]) -> Node:
    with guarded(line.span(0, line.size)):
        return Parser(line, warnings).side()


@dataclass(slots=True)
class _Equation:
    """What will be one row: the ranges of its tokens, and what stands beside them."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    related: bool = False
    asides: list[Piece] = field(default_factory=list)
    first: str | None = None  # its first relation, once someone has asked
    tail: int = 0  # where its last piece begins

    def extend(self, a: int, b: int, related: bool) -> None:
        self.tail = a
        if self.ranges and self.ranges[-1][1] == a:
            a = self.ranges.pop()[0]
        self.ranges.append((a, b))
        self.related = self.related or related


def _read_row(row: list[Token], columns: Columns, warnings: list[Diagnostic]) -> list[Row]:
    place = Span(min(row[0].start, row[-1].start), max(t.end for t in (row[0], row[-1])))
    words = row[0].text == INTERTEXT
    try:
        line = match(row[1:] if words else row)
    except ReadError as error:
        columns.unread()
        return [Row(place, (Segment(None, None, error, place),), (), unread=True)]
    line = _uncovered(line)
    if words:
        columns.add([], False)
        return [Row(place, (), _remarks(line, pieces(line, 0, line.size), warnings))]
    done: list[Row] = []
    for a, b in columns.parts(line):
        for equation in _equations(line, a, b):
            segments = _segments(line, equation, warnings)
            left = bool(segments) and segments[0].side is not None
            back = columns.add(equation.ranges, left)
            remarks = _remarks(line, equation.asides, warnings)
            done.append(Row(place, _in_words(segments, remarks), remarks, back=back))
    return done


def _uncovered(line: Line) -> Line:
    r"""A row without brackets around its equation, ``\left[ a = b \right]``, and without a number, ``2: a = b``."""
    top = [i for i in line.top(0, line.size) if line.text[i] not in ("&", r"\quad", ".", ",", ";")]
    if len(top) == 1 and line.text[top[0]] in _BRACKETS:
        inside = (top[0] + 1, top[0] + line.jump[top[0]])
        if any(line.text[i] == "=" for i in line.top(*inside)):
            return line.cut([inside])
    colons = [i for i in top if line.text[i] == ":"]  # 1 : 2 = 3 : 6 has two
    if len(top) > 2 and line.text[top[0]].isdecimal() and colons == [top[1]]:
        return line.cut([(top[1] + 1, line.size)])
    return line


def _in_words(segments: tuple[Segment, ...], remarks: Sequence[Remark]) -> tuple[Segment, ...]:
    r"""The sides of a row, of which the first is unread if words make another thing of it.

    ``\text{Variance of } \hat{p} = v`` says nothing of what ``\hat{p}`` is, nor does ``x \text{ 的方差} = v`` of x.
    """
    if len(segments) < 2 or segments[0].side is None or segments[1].relation_span is None:
        return segments
    first, sign = segments[0], segments[1].relation_span
    for said, place in ((r.content, r.span) for r in remarks):
        if not isinstance(said, Text):
            continue
        before = place.end <= first.span.start and _OF.search(said.text)
        behind = first.span.start < place.start < sign.start and _OF_WHICH.match(said.text)
        if before or behind:
            error = ReadError("E130", "by these words the left side is something else than the symbol", place)
            return (replace(first, side=error), *segments[1:])
    return segments


def _equations(line: Line, a: int, b: int) -> list[_Equation]:
    """The equations among the tokens ``a`` to ``b``, each with the prose and the conditions beside it."""
    found = pieces(line, a, b)
    related = [not p.text and any(relation_at(line, i) for i in line.top(p.a, p.b)) for p in found]
    last_related = max((k for k, has in enumerate(related) if has), default=-1)
    done: list[_Equation] = []
    current = _Equation()
    conditional = False
    for k, piece in enumerate(found):
        following = found[k + 1] if k + 1 < len(found) else None
        if piece.text:
            wanted = bool(current.ranges) and current.ranges[-1][1] == piece.a and _ends_with_relation(line, current)
            if not wanted and (current.ranges or not _names_a_side(line, piece, following)):
                current.asides.append(piece)
                last = piece.text.strip(" ,:;.(").lower().split()
                conditional = bool(last) and (last[-1] in v.CONDITIONAL or last[0] in v.CONDITIONAL)
                continue
        a, b, has = piece.a, piece.b, related[k]
        if piece.before == "aside":
            current.asides.append(piece)
            continue
        if not current.ranges:
            announced = conditional or line.text[b] == ":"
            if announced and has and _is_condition(line, piece) and (done or last_related > k):
                current.asides.append(piece)
                continue
            current.extend(a, b, has)
        elif relation_at(line, a) is not None or _goes_on(line, current, piece):
            current.extend(a, b, True if relation_at(line, a) else has)
        elif has:
            if conditional or _is_condition(line, piece, current):
                current.asides.append(piece)
            elif piece.before == "," and not current.related and _is_list(line, current.ranges[0][0], a):
                current.extend(current.ranges.pop()[0], b, True)
            else:
                done.append(current)
                current = _Equation([(a, b)], True, tail=a)
                before = found[k - 1]
                if done[-1].asides[-1:] == [before] and before.text.strip().lower().split(" ")[0] in v.PROSE:
                    current.asides.append(done[-1].asides.pop())  # "and", "where", "so"
        elif piece.before == "," and current.asides and current.asides[-1] is found[k - 1] and not found[k - 1].text:
            found[k] = current.asides[-1] = Piece(found[k - 1].a, b, found[k - 1].before, "")
        elif piece.before == "," and (not current.related or _has_ellipsis(line, current, piece, following)):
            current.extend(current.ranges.pop()[0], b, False)
        else:
            current.asides.append(piece)
        conditional = conditional and not has
    if current.ranges or current.asides:
        done.append(current)
    return done


def _names_a_side(line: Line, piece: Piece, following: Piece | None) -> bool:
    r"""Whether a text is the left side of a relation, as in ``\text{Cross Entropy} = ...``."""
    words = piece.text.split()
    if following is None or following.text or not words or words[0].lower() in v.PROSE:
        return False
    return line.text[piece.a].startswith(r"\text{") and relation_at(line, following.a) is not None


def _goes_on(line: Line, current: _Equation, piece: Piece) -> bool:
    """Whether a wide space stands in the middle of a side."""
    first, last = line.text[piece.a], line.text[current.ranges[-1][1] - 1]
    if piece.before not in ("quad", "&", ""):
        return False
    operator = first in v.SIGNS or (first in v.OPERATORS and first != ".")
    open_end = last in v.SIGNS or last in v.OPERATORS or last in v.RELATIONS
    return operator or open_end or (last == "}" and _ends_with_relation(line, current))


def _ends_with_relation(line: Line, current: _Equation) -> bool:
    b = current.ranges[-1][1]
    return any((found := relation_at(line, i)) is not None and found[1] == b for i in line.top(current.tail, b))


def _is_condition(line: Line, piece: Piece, current: _Equation | None = None) -> bool:
    r"""Whether a piece is a range or a case (``i \ne j``, ``k = y_i``, ``1 \le i \le K``), not an equation."""
    relations: list[tuple[str, int]] = []
    at = piece.b
    for i in line.top(piece.a, piece.b):
        found = relation_at(line, i)
        if found:
            if not relations:
                at = i
            relations.append((found[0], found[1]))
    if not relations:
        return False
    names = {name for name, _ in relations}
    if names <= _ORDER:
        if current is None or not current.related:
            return True
        if current.first is None:
            current.first = next(f[0] for a, b in current.ranges for i in line.top(a, b) if (f := relation_at(line, i)))
        return current.first not in _ORDER or piece.before != ","
    left = [t for t in line.text[piece.a : at] if t != "&"]
    right = [t for t in line.text[relations[-1][1] : piece.b] if t != "&"]
    is_index = all(t in _INDICES or t in (",", r"\ell") for t in left)
    return is_index and names <= _ORDER | {"="} and len(relations) <= 2 and _is_index(right)


def _is_index(tokens: list[str]) -> bool:
    r"""Whether an index may be this: ``3``, ``k``, ``y_i``, ``1, \dots, K``."""
    if len(tokens) == 1:
        return len(tokens[0]) == 1 or tokens[0].isdigit() or tokens[0] == r"\ell"
    if 3 <= len(tokens) <= 5 and tokens[1] == "_" and len(tokens[0]) == 1:
        return True
    plain = (t in v.ELLIPSES or t.isalnum() or t in (",", "+", "-", "{", "}") for t in tokens)
    return all(plain) and any(t in v.ELLIPSES for t in tokens)


def _is_list(line: Line, a: int, b: int) -> bool:
    """Whether the tokens are single symbols between commas, as in ``i, j = ...``."""
    expected = True
    i = a
    while i < b:
        tok = line.text[i]
        if tok == ",":
            expected = True
        elif tok in ("_", "^"):
            i += 1  # and its script
        elif tok not in v.FONTS and tok not in v.ACCENTS and tok != "'":
            symbol = tok == "{" or (len(tok) == 1 and tok.isalpha()) or tok in v.SYMBOLS or tok in v.ELLIPSES
            if not (expected and symbol):
                return False
            expected = False
        i += line.jump[i] + 1
    return True


def _has_ellipsis(line: Line, current: _Equation, piece: Piece, following: Piece | None) -> bool:
    """Whether the list that ``piece`` goes on with has dots in it, here or next, or had them."""
    a, b = current.ranges[-1]
    near = [line.text[i] for i in line.top(piece.a, piece.b)]
    if following is not None and following.before == ",":
        near += [line.text[i] for i in line.top(following.a, following.b)][:2]
    near += line.text[max(a, b - 2) : b]
    return any(t in v.ELLIPSES for t in near)


def _segments(line: Line, equation: _Equation, warnings: list[Diagnostic]) -> tuple[Segment, ...]:
    if not equation.ranges:
        return ()
    row = line.cut(equation.ranges)
    end = row.size
    segments: list[Segment] = []
    relation: str | None = None
    place: Span | None = None
    annotation = ""
    first = 0
    i = 0
    while True:
        found = relation_at(row, i) if i < end else None
        if found is None and i < end and row.text[i] == ":":
            found = (":", i + 1, "")
        if found is None and i < end:
            i += row.jump[i] + 1
            continue
        side = _side(row, first, i, warnings)
        segments.append(Segment(relation, place, *side, annotation, _bar(row, first, i)))
        if found is None:
            return tuple(segments)
        relation, first, annotation = found
        place = row.span(i, first)
        i = first


def _side(row: Line, a: int, b: int, warnings: list[Diagnostic]) -> tuple[Node | ReadError | None, Span]:
    ranges = _without_spaces(row, a, b)
    if not ranges:
        return None, row.span(b, b)
    place = row.span(ranges[0][0], ranges[-1][1])
    try:
        return _guarded(row.cut(ranges), warnings), place
    except ReadError as error:
        return error, place


def _bar(row: Line, a: int, b: int) -> tuple[Node, Node] | None:
    r"""What stands before a bar of evaluation that ends a side, and what it says: ``\frac{dy}{dx} \Big|_{x=2}``.

    A bare bar may belong to the last term of a sum, so there must be one term; ``\left. ... \right|`` holds all.
    """
    text = row.text
    top = [i for i in row.top(a, b) if text[i] not in ("&", r"\quad")]
    if len(top) < 3 or text[top[-2]] != "_" or text[top[-1]] != "{" or row.jump[top[-1]] < 2:
        return None
    before, bar, brace = top[:-3], top[-3], top[-1]
    is_sum = any(text[i] in ("+", "-", r"\pm", r"\mp") for i in before[1:])
    if text[bar] == r"\left." and not before:
        body = (bar + 1, bar + row.jump[bar])
    elif text[bar] in _BARS and not row.jump[bar] and before and not is_sum:
        body = (a, bar)
    else:
        return None
    try:
        said = _guarded(row.cut([(brace + 1, brace + row.jump[brace])]), [])
        return _guarded(row.cut(_without_spaces(row, *body)), []), said
    except ReadError:
        return None


def _without_spaces(line: Line, a: int, b: int) -> list[tuple[int, int]]:
    """The tokens ``a`` to ``b`` without alignment marks and wide spaces, as ranges."""
    ranges: list[tuple[int, int]] = []
    for i in line.top(a, b):
        if line.text[i] in ("&", r"\quad"):
            continue
        stop = i + line.jump[i] + 1
        if ranges and ranges[-1][1] == i:
            ranges[-1] = (ranges[-1][0], stop)
        else:
            ranges.append((i, stop))
    return ranges


def _remarks(line: Line, asides: list[Piece], warnings: list[Diagnostic]) -> tuple[Remark, ...]:
    """Remarks keep what cannot be read as text: they are not claims."""
    remarks: list[Remark] = []
    for piece in asides:
        place = line.span(piece.a, piece.b)
        content: Node
        if piece.text or (line.text[piece.a].startswith(r"\text{") and piece.b == piece.a + 1):
            content = Text(piece.text or line.text[piece.a][6:-1], place)
        else:
            try:
                content = _guarded(line.cut(_without_spaces(line, piece.a, piece.b)), [])
            except ReadError:
                content = Text(" ".join(line.text[piece.a : piece.b]), place)
        remarks.append(Remark(content, place))
    return tuple(remarks)

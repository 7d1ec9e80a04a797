r"""Directives: what an author declares in one comment line, ``% symderiv: ...`` or ``<!-- symderiv: ... -->``.

    define p_i = e^{z_i}/\sum_j e^{z_j}     (or ``let``)      a definition
    assume \sum_j t_j = 1                                     an equation, or ``onehot t``, ``t in {0,1}``, ``t > 0``
    assume S = S^\top                                         a symmetric matrix, or ``S_{ij} = S_{ji}``
    index i, j, k : 1..K                                      what the indices run over
    size K = 4   |   size K >= 2                              a size as a number, or a least one
    case i = j   ...   end                                    what follows is said under this condition
    opaque L                                                  an unknown smooth function
    shape W : m x n                                           a matrix, or ``shape b : m`` a vector
    name ^{(l)}  |  name ^L                                   a superscript that is a label, not a power
    new u  |  new p_i  |  new q^{(i)}                         the symbol gets a new meaning from here on
    einstein on | off                                         repeated indices are summed
    skip  |  skip "\hat{y} \approx"                           the next display, or those with this in them, unread

This module must never guess: a directive that it does not understand is a diagnostic.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Span
from symderiv.reader.elaboration.elaborate import Elaborator
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.grammar.structure import MAX_DIGITS, too_long
from symderiv.reader.known.matrix_names import equal_to_its_transpose
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import Assumption, Head, Range, Var

Parse = Callable[[str, int], syntax.Rows]
_NAME = r"\\?[^\W\d_][^\s,:;<>=]*"  # a letter, a word or a command, with its subscript or label
_SIZE = r"\d+|\\?[^\W\d_][^\s.,:;()<>=+*/^-]*"
ONE_SIZE = "leave out one of the two"
KNOWN = (
    "directives: define, let, assume, onehot, index, size, case, end, opaque, shape, name, new, einstein, skip, false"
)
_MEANT = v.FUNCTIONS.keys() | v.BIG.keys() | v.OPERATORS.keys() | v.SIGNS
Define = Callable[[syntax.Row], None]


def _in_document(source: str) -> bool:
    return source.startswith("declared in line")


def raised(text: str) -> str:
    """What ``^`` raises in the declaration of a label, without its braces.

    >>> raised("^{L}"), raised("^L")
    ('L', 'L')
    """
    return text.removeprefix("^").removeprefix("{").removesuffix("}")


class Directives:
    """Applies directives to ``symbols``; ``parse(text, offset)`` reads mathematics, ``define(row)`` defines."""

    def __init__(self, symbols: Symbols, elaborator: Elaborator, parse: Parse, define: Define) -> None:
        self.symbols = symbols
        self.elaborator = elaborator
        self.parse = parse
        self.define = define
        self.asked = dict(symbols.sizes)  # sizes with a number from outside the document, which holds for all of it
        self.skips: dict[str, Span] = {}
        self.skips_next: Span | None = None

    def apply(self, text: str, offset: int, source: str = "") -> Diagnostic | None:
        """Carry out one directive; a diagnostic if it is not understood. ``source`` says where it was declared."""
        word, _, rest = text.strip().partition(" ")
        rest_at = offset + len(text) - len(text.lstrip()) + len(word) + 1
        lead = len(rest) - len(rest.lstrip())
        span = Span(offset, offset + len(text))
        rest, rest_at = rest.strip(), min(rest_at + lead, span.end)
        handler = {
            "define": self._define,
            "let": self._define,
            "assume": self._assume,
            "onehot": lambda r, at, s: self._assume("onehot " + r, at - 7, s),
            "index": self._index,
            "size": self._size,
            "case": self._case,
            "end": self._end,
            "opaque": self._opaque,
            "shape": self._shape,
            "name": self._name,
            "new": self._new,
            "einstein": self._einstein,
            "skip": self._skip,
            "false": self._false,
        }.get(word.rstrip(":"))
        try:
            if handler is None:
                said = f"`{word}` is not a directive that I know" if word else "no directive follows `symderiv:`"
                raise ReadError("E190", said, span, KNOWN)
            for number in re.finditer(r"\d+", rest):
                if len(number[0]) > MAX_DIGITS:
                    place = Span(rest_at + number.start(), rest_at + number.end())
                    raise ReadError("E109", too_long(number[0]), place)
            handler(rest, rest_at, source)
        except ReadError as error:
            return error.diagnostic
        return None

    def _row(self, text: str, offset: int) -> syntax.Row:
        found = self.parse(text, offset).rows
        rows = [row for row in found if row.segments]
        if not rows:
            raise ReadError("E191", "a formula is missing here", Span(offset, offset + len(text)))
        if len(rows) > 1:
            raise ReadError("E191", "a second formula", rows[1].cells_span, "give it in a directive of its own")
        for remark in (remark for row in found for remark in row.remarks):
            raise ReadError("E191", "what stands beside the formula is not read in a directive", remark.span)
        for side in (segment.side for segment in rows[0].segments):
            if isinstance(side, ReadError):
                raise side
            if isinstance(side, syntax.Symbol) and side.name in _MEANT:
                raise ReadError("E191", f"`{side.name}` has a meaning of its own and cannot be declared", side.span)
        return rows[0]

    def _define(self, text: str, offset: int, source: str) -> None:
        row = self._row(text, offset)
        whole = all(isinstance(segment.side, syntax.Node) for segment in row.segments)
        if len(row.segments) != 2 or not whole or row.segments[1].relation not in ("=", ":="):
            raise ReadError(
                "E191", "a definition needs a left side, `=` and a right side", Span(offset, offset + len(text))
            )
        self.define(row)

    def _assume(self, text: str, offset: int, source: str) -> None:
        onehot = re.fullmatch(r"(?:onehot|one-hot)\s+(\S+)", text)
        if onehot:
            slot = self._family_slot(onehot[1], offset + onehot.start(1))
            self.symbols.assumptions.append(Assumption("onehot", slot, f"{onehot[1]} \\text{{ one-hot}}", source))
            return
        binary = re.fullmatch(r"(.+?)\s*(?:\\in|in)\s*\\?\{\s*0\s*,\s*1\s*\\?\}", text)
        if binary:
            head = self._head(self._row(binary[1], offset))
            self.symbols.assumptions.append(Assumption("binary", (head,), text, source))
            return
        row = self._row(text, offset)
        left, right = row.segments[0].side, row.segments[-1].side
        relation = row.segments[-1].relation
        if len(row.segments) != 2 or not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node):
            raise ReadError("E191", "an assumption is one equation", Span(offset, offset + len(text)))
        self.elaborator.start_chain()
        if relation in ("!=", "="):
            pair = self._index_pair(left, right)
            if pair is not None:
                kind = "equal" if relation == "=" else "distinct"
                self.symbols.assumptions.append(Assumption(kind, pair, text, source))
                return
        if relation == ">" and isinstance(right, syntax.Number) and right.text == "0":
            self.symbols.assumptions.append(Assumption("positive", (self._head(row),), text, source))
            return
        if relation != "=":
            raise ReadError(
                "E192",
                "only equations, `i \\ne j`, `x > 0`, `t in {0,1}` and `onehot t` can be assumed",
                Span(offset, offset + len(text)),
            )
        if name := equal_to_its_transpose(self.elaborator, left, right):
            self.symbols.symmetric[name] = source
            self.symbols.symmetric_since.setdefault(name, []).append(0)
            return
        terms = self.elaborator.scalar(left), self.elaborator.scalar(right)
        self.symbols.assumptions.append(Assumption("equation", terms, text, source))

    def _index_pair(self, left: syntax.Node, right: syntax.Node) -> tuple | None:
        """(i, j) if both sides are indices (and not values)."""
        if not isinstance(left, syntax.Symbol):
            return None
        elaborator = self.elaborator
        a = elaborator.index(left)
        known = plain(left.name) in self.symbols.index_names or plain(left.name) in self.symbols.declared
        if a is None or not known:
            return None
        try:
            found = elaborator.indices(right)
        except ReadError:
            return None
        return (a, found[0]) if found is not None and len(found) == 1 else None

    def _head(self, row: syntax.Row) -> Head:
        side = row.segments[0].side
        assert isinstance(side, syntax.Node)
        base, sub, sup, _ = parts_of(side)
        if isinstance(side, syntax.Product) and isinstance(value := self.elaborator.value(side), Var):
            return value.head  # q(y|x)
        if not isinstance(base, syntax.Symbol):
            raise ReadError("E191", "a symbol is needed here", side.span)
        name = plain(base.name)
        subs = self.elaborator.indices(sub, name) or []
        labels, _, name = self.elaborator.label(name, sup)
        if not subs and not labels:
            known = [h for h in self.symbols.heads.get(name, ()) if h.subs]
            if known:
                return known[0]
        return Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))

    def _family_slot(self, text: str, offset: int) -> tuple[Head, int]:
        """The family that a one-hot declaration speaks of, and its class slot (the last subscript)."""
        head = self._head(self._row(text, offset))
        if not head.subs:
            known = [h for h in self.symbols.heads.get(head.name, ()) if h.subs]
            if known:
                head = known[0]
        return head, max(0, head.subs - 1)

    def _index(self, text: str, offset: int, source: str) -> None:
        for part in text.split(";"):
            match = re.fullmatch(
                rf"\s*([^:]+?)\s*:\s*(-?\d+)\s*(?:\.\.|\\ldots|\\dots|…|,\s*\\ldots\s*,)\s*({_SIZE})\s*", part
            )
            names = re.split(r"[,\s]+", match[1]) if match else []
            if not match or not all(re.fullmatch(_NAME, name) for name in names):
                raise ReadError(
                    "E193", "an index declaration reads `index i, j : 1..K`", Span(offset, offset + len(text))
                )
            low, high = int(match[2]), self.symbols.size_of(match[3])
            if isinstance(high, int) and high < low:
                message = f"there is no number from {low} to {high} for an index"
                raise ReadError("E193", message, Span(offset, offset + len(text)))
            for name in names:
                self.symbols.declared[name] = Range(low, high)
                self.symbols.index_names.add(name)

    def _size(self, text: str, offset: int, source: str) -> None:
        match = re.fullmatch(rf"({_NAME})\s*(=|>=|\\ge|\\geq|≥)\s*(\d+)", text)
        if not match or int(match[3]) < 1:
            raise ReadError(
                "E193", "a size declaration reads `size K = 4` or `size K >= 2`", Span(offset, offset + len(text))
            )
        name, number, least = match[1], int(match[3]), match[2] != "="
        asked, minimum = self.asked.get(name, number), self.symbols.minimum.get(name, 1)
        if number > asked if least else number != asked:
            raise ReadError(
                "E193", f"{name} = {asked} was asked for already", Span(offset, offset + len(text)), ONE_SIZE
            )
        if not least and number < minimum:
            raise ReadError("E193", f"{name} >= {minimum} was declared", Span(offset, offset + len(text)), ONE_SIZE)
        self.symbols.size_names.add(name)
        (self.symbols.minimum if least else self.symbols.sizes)[name] = number
        if not least and not _in_document(source):
            self.asked[name] = number

    def _case(self, text: str, offset: int, source: str) -> None:
        self.symbols.cases.append(self.conditions(self._row(text, offset), text, source))

    def conditions(self, row: syntax.Row, text: str, source: str) -> list[Assumption]:
        """Index conditions ``i = j``, ``i \\ne j`` as assumptions."""
        left = row.segments[0].side
        found = []
        for segment in row.segments[1:]:
            right = segment.side
            if (
                segment.relation not in ("=", "!=")
                or not isinstance(left, syntax.Node)
                or not isinstance(right, syntax.Node)
            ):
                raise ReadError("E194", "a case is a condition between indices, such as `i = j`", segment.span)
            a, b = self.elaborator.operand(left), self.elaborator.operand(right)
            if not isinstance(a, str):
                a, b = b, a
            self.symbols.index_names.update(i for i in (a, b) if isinstance(i, str))
            found.append(Assumption("equal" if segment.relation == "=" else "distinct", (a, b), text, source))
            left = right
        if not found:
            raise ReadError("E194", "a case is a condition between indices, such as `i = j`", row.cells_span)
        return found

    def _end(self, text: str, offset: int, source: str) -> None:
        if not self.symbols.cases:
            raise ReadError("E194", "no case has begun that could end here", Span(offset, offset))
        self.symbols.cases.pop()

    def _opaque(self, text: str, offset: int, source: str) -> None:
        match = re.fullmatch(r"(\\?[^\W\d_][^\s(]*)\s*(?:\(.*\))?", text)
        if not match:
            raise ReadError(
                "E191", "an unknown function reads `opaque f` or `opaque f(x)`", Span(offset, offset + len(text))
            )
        self._row(match[1], offset)
        self.symbols.opaque.add(plain(match[1]))

    def _shape(self, text: str, offset: int, source: str) -> None:
        match = re.fullmatch(rf"(.+?)\s*:\s*({_SIZE})(?:\s*(?:x|×|\\times)\s*({_SIZE}))?", text)
        names = re.split(r"[,\s]+", match[1]) if match else []
        if not match or not all(re.fullmatch(_NAME, name) for name in names) or "0" in match.groups():
            raise ReadError("E193", "a shape declaration reads `shape W : m x n`", Span(offset, offset + len(text)))
        for name in names:
            self.symbols.give_shape(plain(name), [part for part in (match[2], match[3]) if part])

    def _name(self, text: str, offset: int, source: str) -> None:
        label = raised(text)
        if text == label or not label or label.count("{") != label.count("}"):
            raise ReadError("E191", "a label reads `name ^{(l)}`", Span(offset, offset + len(text)))
        self.symbols.labels.add("^" + label)

    def _new(self, text: str, offset: int, source: str) -> None:
        row = self._row(text, offset)
        side = row.segments[0].side
        if isinstance(side, syntax.Symbol):
            self.symbols.new_version(plain(side.name))
        else:
            head = self._head(row)
            self.symbols.new_version(head.name.partition("#")[0], head.subs, head.sups)

    def _skip(self, text: str, offset: int, source: str) -> None:
        """``skips`` are the texts of displays to leave out, ``skips_next`` is for the next one only."""
        span = Span(offset, offset + len(text))
        if named := text.strip("\"'“” "):
            self.skips["".join(named.split())] = span
        elif text:
            raise ReadError("E191", "nothing stands between the quotation marks", span)
        elif _in_document(source):
            self.skips_next = Span(offset - len("skip "), offset)
        else:
            raise ReadError("E191", "from outside, `skip` names what stands in the display", span)

    def _false(self, text: str, offset: int, source: str) -> None:
        """In a document it is a mark, which the chain with its line heeds."""
        if not _in_document(source):
            raise ReadError("E191", "`false` stands in the document, at the end of its line", Span(offset, offset))

    def _einstein(self, text: str, offset: int, source: str) -> None:
        if text not in ("", "on", "off"):
            raise ReadError("E191", "this reads `einstein on` or `einstein off`", Span(offset, offset + len(text)))
        self.symbols.einstein = text != "off"


__all__ = ["Directives"]

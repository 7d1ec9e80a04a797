r"""Which symbols are vectors and matrices: found from how the whole document uses them, before it is read in order.

Declared shapes, ``\in \mathbb{R}^{m \times n}``, "an m × n matrix", bold type and members with two indices come first;
then what fits them in equations and products; last the habits of writers (w^T is a vector, X^T a matrix). Only the kind
is found (number, column, row, matrix); lengths come from ranges. This module must never overrule a declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from symderiv.reader.elaboration.calls import CROSS_ENTROPY, FUNCTIONS
from symderiv.reader.elaboration.inverses import turned
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import one_capital, plain
from symderiv.reader.grammar.nodes import is_transpose, parts_of
from symderiv.reader.grammar.vocabulary import ELEMENTWISE, LOSSES, PARAMETERS
from symderiv.reader.known.kinds import (
    COLUMN,
    FLIPPED,
    MATRIX,
    NUMBER,
    ROW,
    SAME_KIND,
    Key,
    Kinds,
)
from symderiv.reader.letters.survey import FUNCTION_LETTERS
from symderiv.terms import Head

# what the product of two known kinds is; two that are not here do not multiply
PRODUCT = {
    (MATRIX, MATRIX): MATRIX,
    (MATRIX, COLUMN): COLUMN,
    (ROW, MATRIX): ROW,
    (ROW, COLUMN): NUMBER,
    (COLUMN, ROW): MATRIX,
}
# what stands before or after a known factor, in a product of a known kind
BEFORE = {(MATRIX, ROW): COLUMN, (NUMBER, COLUMN): ROW, (ROW, MATRIX): ROW, (MATRIX, MATRIX): MATRIX}
AFTER = {(MATRIX, COLUMN): ROW, (NUMBER, ROW): COLUMN, (COLUMN, MATRIX): COLUMN, (MATRIX, MATRIX): MATRIX}
ENTRYWISE = (*ELEMENTWISE, r"\ast")
ROUNDS = 6


class Shapes(Kinds):
    """Finds the kinds of symbols in the whole document."""

    def find(self, rows: Sequence[syntax.Row]) -> None:
        """Look through all ``rows`` and enter what is found into the symbols."""
        symbols = self.symbols
        for name, axes in symbols.shapes.items():
            kind = (NUMBER, COLUMN, MATRIX)[len(axes)]
            self.found[name, 0, 0] = ROW if name in symbols.rows else kind
        self.found |= symbols.kinds
        for name, heads in symbols.heads.items():
            if Head(name, 0, 0) in heads:
                self.found.setdefault((name, 0, 0), NUMBER)
        declared = set(self.found)
        for name in symbols.matrices_by_word:
            self.found.setdefault((name, 0, 0), MATRIX)
        for name in symbols.matrix_families:
            self.found.setdefault((name, 1, 0), MATRIX)
        for self.habits in ("", "capitals", "all"):
            for _ in range(ROUNDS):
                before = len(self.found)
                ends: list[syntax.Node | None] = []
                for n, row in enumerate(rows):
                    ends.append(self._row(row, ends[n - row.back] if n >= row.back else None))
                if len(self.found) == before:
                    break
        for key, kind in self.found.items():
            entries = self.elaborator.entries_of(key[0]) if not key[1] and not key[2] else None
            if kind != NUMBER and key not in declared and entries is None:
                self._enter(key, kind)
        for (name, subs, sups), kind in self.found.items():
            small = name.lower() if len(name) == 1 else name[:-2] + name[-2:].lower()  # \\hat{Y}
            members = {h for h in symbols.heads.get(name, ()) if h.subs} or subs or sups or small == name
            if kind == MATRIX and not members and symbols.kinds.get((small, 1, 0)) in (ROW, COLUMN):
                symbols.row_families |= {} if symbols.in_columns else {name: small}
            elif kind == MATRIX and not members and symbols.heads.get(small) == {Head(small, 2, 0)}:
                symbols.entry_families[name] = small

    def _enter(self, key: Key, kind: str) -> None:
        symbols = self.symbols
        name, subs, sups = key
        if not subs and not sups:
            symbols.shapes[name] = ("",) * (2 if kind == MATRIX else 1)
            if kind == ROW:
                symbols.rows.add(name)
        else:
            symbols.kinds[key] = kind
        if key in self.doubtful:
            symbols.doubtful.add(name)

    def _row(self, row: syntax.Row, last: syntax.Node | None) -> syntax.Node | None:
        """The sides of a row's equations have one shape; a row that begins with a relation goes on with ``last``."""
        sides: list[syntax.Node] = []
        for segment in row.segments:
            if segment.side is None and segment.relation is None and last is not None:
                sides = [last]
            elif isinstance(segment.side, syntax.Node):
                if segment.relation not in ("=", ":=", None):
                    sides = []
                sides.append(segment.side)
                kinds = [None if _is_zero(side) else self.kind(side) for side in sides]  # it may be a vector of zeros
                if (function := self._called(sides[0])) and len(sides) > 1:
                    if NUMBER in kinds[1:]:
                        self.numeric.add(function)  # f(x) = w^T x + b
                    if function in FUNCTION_LETTERS and function not in self.numeric:
                        kinds[0] = None  # what f is, its definition says
                known = next((k for k in kinds if k is not None), None)
                if known is not None and len(sides) > 1:
                    for n, (side, kind) in enumerate(zip(sides, kinds, strict=True)):
                        if kind is None and (n or not function):
                            self.expect(side, known)
            else:
                sides = []
        return sides[-1] if sides else None

    def _called(self, node: syntax.Node) -> str:
        """The name of the function that ``node`` is a call of; empty if it is none."""
        if not isinstance(node, syntax.Product):
            return ""
        parts = self._factors(node)
        head = parts[0][1]
        base, sub, sup, _ = parts_of(head[0])
        if (
            len(parts) > 1
            or len(head) != 2
            or not isinstance(base, syntax.Symbol)
            or sub is not None
            or sup is not None
        ):
            return ""
        return plain(base.name)

    # Products

    def _factors(self, node: syntax.Product) -> list[tuple[str, list[syntax.Node]]]:
        """The factors with the operator before each; a call keeps its function and its bracket together."""
        factors, operators = self.elaborator.words(list(node.factors), ["", *node.operators])
        result: list[tuple[str, list[syntax.Node]]] = []
        n = 0
        while n < len(factors):
            here = [factors[n]]
            if self.elaborator.is_differential(factors, operators, n):
                here = factors[n : n + (2 if isinstance(factors[n + 1], syntax.Apply) else 3)]
            elif n + 1 < len(factors) and operators[n + 1] == "" and self._is_call(factors[n], factors[n + 1]):
                here.append(factors[n + 1])
            result.append((operators[n], here))
            n += len(here)
        return result

    def _is_call(self, head: syntax.Node, bracket: syntax.Node) -> bool:
        base, _, sup, _ = parts_of(head)
        group = parts_of(bracket)[0]
        if not isinstance(base, syntax.Symbol) or not isinstance(group, syntax.Group) or group.open not in ("(", "["):
            return False
        name = plain(base.name)
        if sup is not None and is_transpose(sup):
            return False  # g^T (y - \mu) is a product, though g is a letter for functions
        if self.symbols.jacobians and name == "J":
            return True
        if name in self.symbols.vector_functions:
            return True
        if name in FUNCTIONS or name in LOSSES or name in FUNCTION_LETTERS or (len(name) > 1 and name[0].isalpha()):
            return True
        items = group.body.items if isinstance(group.body, syntax.Tuple) else (group.body,)
        plainly = all(isinstance(item, syntax.Symbol | syntax.Scripted) for item in items)
        return plainly and sup is None and head.span.end == bracket.span.start

    def _part(self, part: list[syntax.Node]) -> str | None:
        if len(part) == 1:
            return self.kind(part[0])
        base, sub, _, _ = parts_of(part[0])
        if isinstance(part[1], syntax.Apply) or len(part) == 3:  # d f(x)
            function = part[1] if len(part) == 3 else None
            name = plain(function.name) if isinstance(function, syntax.Symbol) else ""
            inner = self.kind(part[-1])
            jacobian = inner in (ROW, COLUMN) and sub is None and (len(part) == 2 or name in FUNCTIONS)
            return MATRIX if jacobian else None
        group, gsub, gsup, _ = parts_of(part[1])
        assert isinstance(base, syntax.Symbol) and isinstance(group, syntax.Group)
        inner = self.kind(group.body)
        name = plain(base.name)
        self._sample(group.body)
        if self.elaborator.is_jacobian(part[0], part[1]) and sub is not None:
            return ROW if inner == NUMBER else self._derivative(inner, self.kind(sub))
        if name in self.symbols.vector_functions:
            return self._raised(COLUMN if gsub is None and sub is None else NUMBER, gsup)
        if gsub is not None or name in self.numeric:
            return NUMBER
        if (name in FUNCTIONS or (name in FUNCTION_LETTERS and name not in ("F", "h"))) and sub is None:
            return self._raised(inner, gsup)
        if name in CROSS_ENTROPY and isinstance(group.body, syntax.Tuple) and len(group.body.items) == 2:
            self._alike([*group.body.items])
            return NUMBER
        if name in LOSSES:
            return NUMBER
        items = group.body.items if isinstance(group.body, syntax.Tuple) else (group.body,)
        members = any(found is not None and found[0][1] for found in map(self.key, items))
        if sub is None and members and inner in (None, NUMBER):
            return None  # s(z_i) may be s_i, and p(x_i, w) p_i
        return self._raised(self.kind(part[0]), gsup)

    def _sample(self, argument: syntax.Node) -> None:
        """What a function is called with, ``h(x^{(i)})``, is of the kind of x."""
        first = argument.left if isinstance(argument, syntax.Given) else argument
        for item in first.items if isinstance(first, syntax.Tuple) else (first,):
            found = self.key(item)
            if found is not None and found[0][2] and not found[0][1] and found[1] is None:
                kind = self.found.get((found[0][0], 0, 0))
                if kind is not None:
                    self.found.setdefault(found[0], kind)

    def _chunks(self, parts: list[tuple[str, list[syntax.Node]]]) -> list[list[list[syntax.Node]]]:
        chunks: list[list[list[syntax.Node]]] = [[]]
        for operator, part in parts:
            if operator in ENTRYWISE and chunks[-1]:
                chunks.append([])
            chunks[-1].append(part)
        return chunks

    def product(self, node: syntax.Product) -> str | None:
        factors = self._factors(node)
        self._dotted(factors)
        self._squared(factors)
        chunks = self._chunks(factors)
        kinds = [self._chunk(chunk) for chunk in chunks]
        if len(chunks) == 1:
            return kinds[0]
        known = next((k for k in kinds if k not in (None, NUMBER)), None)
        if known is not None:
            for chunk, kind in zip(chunks, kinds, strict=True):
                if kind is None:
                    self._expect_chunk(chunk, known)
        elif self.habits:
            for chunk in chunks:
                if len(chunk) == len(chunk[0]) == 1:
                    self._default(chunk[0][0])
        return known

    def _squared(self, factors: Sequence[tuple[str, list[syntax.Node]]]) -> None:
        r"""In ``(Y - X\beta)^T (Y - X\beta)`` Y is a vector like X\beta, though a capital."""
        for (_, one), (_, other) in pairwise(factors):
            turned, _, sup, _ = parts_of(one[0])
            match other:
                case [syntax.Group(body=syntax.Add(terms=terms)) as group] if (
                    sup is not None
                    and is_transpose(sup)
                    and syntax.sexpr(turned) == syntax.sexpr(group)
                    and any(self._is_image(term) for _, term in terms)
                ):
                    named = [self.key(term) for _, term in terms if isinstance(term, syntax.Symbol)]
                    for key in (found[0] for found in named if found is not None):
                        self.found.setdefault(key, COLUMN)
                    self.expect(group, COLUMN)

    def _is_image(self, node: syntax.Node) -> bool:
        r"""Whether this is a matrix times a vector, by their letters: ``X\beta``."""
        match node:
            case syntax.Product(factors=(matrix, vector), operators=("",)):
                return self._capital([matrix]) and self.key(vector) is not None and not self._capital([vector])
        return False

    def _dotted(self, factors: Sequence[tuple[str, list[syntax.Node]]]) -> None:
        r"""Where w is a vector, so is the x of ``w \cdot x_i``: nobody scales weights by inputs."""
        for (_, one), (operator, other) in pairwise(factors):
            keys = [self.key(part[0]) if len(part) == 1 else None for part in (one, other)]
            match keys:
                case [((str() as weights, 0, 0), None), ((str() as inputs, _, _) as key, None)]:
                    kind = self.found.get((weights, 0, 0))
                    named = operator == r"\cdot" and weights in PARAMETERS and inputs == "x"
                    if named and kind in (COLUMN, ROW):
                        self.found.setdefault(key, kind)

    def _chunk(self, parts: list[list[syntax.Node]]) -> str | None:
        current: str | None = NUMBER
        last: str | None = None
        for n, part in enumerate(parts):
            kind = self._part(part)
            if kind is None:  # whatever y is, what stands behind w^T in y w^T x is a column
                kind = self._beside(last if current is None and last == ROW else current, parts, n)
            last = kind
            if current == NUMBER:
                current = kind
            elif kind is None or current is None:
                current = None
            elif kind != NUMBER:
                dot = kind == current and kind in (ROW, COLUMN)
                current = NUMBER if dot else PRODUCT.get((current, kind))
        return current

    def _beside(self, before: str | None, parts: list[list[syntax.Node]], n: int) -> str | None:
        """What an unknown factor is, from the factor before it or, if it is a capital, from that after it."""
        if len(parts[n]) > 1 or isinstance(parts[n][0], syntax.Group | syntax.Quotient | syntax.Add):
            group = parts[n][0]
            if before in (ROW, MATRIX) and n == len(parts) - 1 and isinstance(group, syntax.Group):
                terms = [t for _, t in group.body.terms] if isinstance(group.body, syntax.Add) else [group.body]
                capitals = any(self._capital([t]) and self.kind(t) is None for t in terms)
                self.expect(group, MATRIX if capitals else COLUMN)
                return self.kind(group)
            return None
        found = self.key(parts[n][0])
        if found is None:
            return None
        key, rest = found
        capital = one_capital(key[0])[1]
        if rest is not None and not is_transpose(rest):
            if capital and turned(rest) is not None and before in (ROW, MATRIX):
                self.found.setdefault(key, MATRIX)  # x^T A^{-1}
            return self.found.get(key) if turned(rest) is not None else None
        transposed = rest is not None
        if before in (ROW, MATRIX):
            kind = MATRIX if capital and not key[1] else ROW if transposed else COLUMN
            if kind == ROW and before == MATRIX:
                return None
            if self.vector == ROW and kind == COLUMN and not transposed:
                return None
            self.found.setdefault(key, FLIPPED[kind] if transposed else kind)
            return kind
        if capital and not key[1] and n + 1 < len(parts) and (n == 0 or before == NUMBER):
            after = self._part(parts[n + 1])
            if after == COLUMN or (after == MATRIX and self.habits):
                self.found.setdefault(key, MATRIX)
                return MATRIX
        return None

    # What a node must be

    def expect(self, node: syntax.Node, kind: str | None) -> None:
        """Note that ``node`` must be of this kind."""
        if kind is None:
            return
        match node:
            case syntax.Symbol() | syntax.Scripted():
                base, sub, sup, _ = parts_of(node)
                if isinstance(base, syntax.Group) and sub is None:
                    self.expect(base, FLIPPED[kind] if sup is not None and is_transpose(sup) else kind)
                    return
                found = self.key(node)
                if found is None or found[0] in self.found:
                    return
                key, rest = found
                if kind == NUMBER and rest is None:
                    self.found[key] = NUMBER
                elif rest is None or is_transpose(rest):
                    self.found[key] = kind if rest is None else FLIPPED[kind]
            case syntax.Group(open="(" | "[" | "."):
                self.expect(node.body, kind)
            case syntax.Add() if kind != NUMBER:
                for _, term in node.terms:
                    if self.kind(term) is None:
                        self.expect(term, kind)
            case syntax.Product():
                chunks = self._chunks(self._factors(node))
                for chunk in chunks:
                    self._expect_chunk(chunk, kind)
            case syntax.Quotient(numerator=numerator, denominator=denominator):
                if self.kind(denominator) == NUMBER:
                    self.expect(numerator, kind)
            case syntax.DerivativeOp(body=body, variables=((variable, 1),)) if body is not None and kind != NUMBER:
                if self._body(body) == NUMBER:
                    self.expect(variable, COLUMN if kind == ROW and self.vector == COLUMN else kind)
            case syntax.Nabla(variable=variable, order=None, body=body) if variable is not None and kind != NUMBER:
                if body is not None and self._body(body) == NUMBER:
                    self.expect(variable, kind)
            case syntax.BigOp(kind=r"\sum", body=body):
                self.expect(body, kind)
            case syntax.Apply(name=name, argument=argument) if name in SAME_KIND:
                self.expect(argument, kind)
            case syntax.Decorated():
                self.expect(node.body, kind)

    def _expect_chunk(self, parts: list[list[syntax.Node]], kind: str) -> None:
        kinds = [self._part(part) for part in parts]
        rest = [(part, k) for part, k in zip(parts, kinds, strict=True) if k != NUMBER]
        small: Callable[[list[syntax.Node]], bool] = lambda part: not self._capital(part)  # noqa: E731
        match rest:
            case [(part, None)]:
                self._expect_part(part, kind)
            case [(left, None), (right, None)] if (
                kind == MATRIX and self.habits == "all" and small(left) and small(right)
            ):
                # a^T d is a matrix if a and d are rows, a d^T if they are columns
                flips = [self._flipped(part) for part in (left, right)]
                if flips in ([True, False], [False, True]):
                    self._expect_part(left, COLUMN)
                    self._expect_part(right, ROW)
            case [*coefficients, (_, before), (right, None)] if (kind, before) == (NUMBER, ROW) and all(
                known is None and small(part) and not self._flipped(part) for part, known in coefficients
            ):
                self._expect_part(right, COLUMN)  # y w^T x, where that is a number
                for part, _ in coefficients:
                    self._expect_part(part, NUMBER)
            case [(left, None), (right, None)] if kind == MATRIX and small(left) and self._capital(right):
                self._expect_part(right, MATRIX)  # \lambda I
                self._expect_part(left, NUMBER)
            case [(left, None), (right, None)] if kind == COLUMN and self.habits and self._times(left, right):
                self._expect_part(left, MATRIX)  # W x
                self._expect_part(right, COLUMN)
            case [(left, None), (_, known)]:
                if (kind, known) == (COLUMN, COLUMN) or (kind == known == MATRIX and not self._flipped(left)):
                    self._expect_part(left, MATRIX if self._capital(left) else NUMBER)  # A x, s B
                elif (kind, known or "") in BEFORE:
                    self._expect_part(left, BEFORE[kind, known or ""])
            case [(_, known), (right, None)] if (kind, known or "") in AFTER:
                self._expect_part(right, AFTER[kind, known or ""])

    def _expect_part(self, part: list[syntax.Node], kind: str) -> None:
        if len(part) == 1:
            self.expect(part[0], kind)
            return
        base = parts_of(part[0])[0]
        if isinstance(base, syntax.Symbol) and plain(base.name) in FUNCTIONS:
            group = parts_of(part[1])[0]
            assert isinstance(group, syntax.Group)
            self.expect(group.body, kind)

    def _capital(self, part: list[syntax.Node]) -> bool:
        found = self.key(part[0]) if len(part) == 1 else None
        return found is not None and one_capital(found[0][0])[1]

    def _times(self, left: list[syntax.Node], right: list[syntax.Node]) -> bool:
        """Whether a capital stands before a small letter, neither of them transposed."""
        return self._capital(left) and not self._capital(right) and not self._flipped(left) and not self._flipped(right)

    def _flipped(self, part: list[syntax.Node]) -> bool:
        found = self.key(part[0]) if len(part) == 1 else None
        return found is not None and found[1] is not None and is_transpose(found[1])


__all__ = ["COLUMN", "ROW", "Shapes"]


def _is_zero(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Number) and node.text == "0"

r"""What kind of thing a formula is before its shapes are known: a number, a column, a row or a matrix.

Members with two indices, bold type, transposes and what equations make alike tell the kinds of symbols; ``shapes`` goes
through the document with them. This module must never overrule a declaration, and never decide a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.diagnostics import ReadError
from symderiv.reader.elaboration.elaborate import Elaborator
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, one_capital, plain
from symderiv.reader.grammar.nodes import is_transpose, names_in, parts_of, syntax_parts
from symderiv.reader.grammar.vocabulary import BOLD, LOSSES
from symderiv.reader.indexed.layers import place

NUMBER, COLUMN, ROW, MATRIX = "number", "column", "row", "matrix"
FLIPPED = {NUMBER: NUMBER, COLUMN: ROW, ROW: COLUMN, MATRIX: MATRIX}
SAME_KIND = frozenset("log ln exp tanh sinh cosh coth sin cos tan sigmoid relu softplus sqrt softmax".split())
NUMBERED = re.compile(r"(.+)\^\{\(\d+\)\}")
LAYERS = frozenset({"l", "L", r"\ell"})

Key = tuple[str, int, int]  # a name, how many subscripts and how many labels it has


class Kinds:
    """Tells kinds; ``vector`` is how the document's vectors lie, ``found`` what has been found so far."""

    def __init__(self, elaborator: Elaborator, vector: str = COLUMN) -> None:
        self.elaborator = elaborator
        self.symbols = elaborator.symbols
        self.vector = vector
        self.found: dict[Key, str] = {}
        self.doubtful: set[Key] = set()
        self.numeric: set[str] = set()  # functions that are defined as numbers
        self.habits = ""  # which letters have the shapes that writers usually give them: "", "capitals" or "all"

    def product(self, node: syntax.Product) -> str | None:
        """What kind of thing a product is."""
        raise NotImplementedError

    def expect(self, node: syntax.Node, kind: str | None) -> None:
        """Note that ``node`` must be of this kind."""
        raise NotImplementedError

    def key(self, node: syntax.Node) -> tuple[Key, syntax.Node | None] | None:
        """The symbol's key, and the part of its superscript that is no label."""
        base, sub, sup, _ = parts_of(node)
        step = isinstance(sub, syntax.Add) and not self.symbols.steps.isdisjoint(names_in(sub))
        nested = isinstance(sub, syntax.Scripted | syntax.Add | syntax.Relation) and not step
        if not isinstance(base, syntax.Symbol) or nested:
            return None
        name = plain(base.name)
        try:
            subs = self.elaborator.indices(sub, name)
            if subs is None:
                return None if sub is None else self._named(name, sub, sup)
            labels, rest, name = self.elaborator.label(name, sup)
        except ReadError:
            return None
        return (name, len(subs), len(labels)), rest

    def _named(self, name: str, sub: syntax.Node, sup: syntax.Node | None) -> tuple[Key, syntax.Node | None]:
        labels, rest, name = self.elaborator.label(f"{name}_{{{index_word(sub)}}}", sup)
        return (name, 0, len(labels)), rest

    def kind(self, node: syntax.Node) -> str | None:
        """What kind of thing a node is, as far as that is known."""
        match node:
            case syntax.Number():
                return NUMBER
            case syntax.Symbol() | syntax.Scripted():
                return self._symbol(node)
            case syntax.Group():
                return self._group(node)
            case syntax.Add():
                return self._sum(node)
            case syntax.Product():
                return self.product(node)
            case syntax.Quotient():
                above, below = self.kind(node.numerator), self.kind(node.denominator)
                return below if above == NUMBER and below is not None else above
            case syntax.DerivativeOp(body=body, variables=((variable, 1),)) if body is not None:
                return self._derivative(self._body(body), self.kind(variable))
            case syntax.Nabla(variable=variable, order=None, body=body) if body is not None and variable is not None:
                return self._derivative(self._body(body), self.kind(variable))
            case syntax.Nabla(variable=variable, body=body) if body is not None and variable is not None:
                self.kind(body)
                return MATRIX if self.kind(variable) in (ROW, COLUMN) else None
            case syntax.BigOp(kind=r"\sum", body=body):
                return self.kind(body)
            case syntax.Apply():
                return self._apply(node)
            case syntax.Sqrt():
                return self.kind(node.body)
            case syntax.Decorated():
                return self.kind(node.body)
            case syntax.Tuple(items=items):
                self._cells(items)
            case syntax.Matrix():
                self._cells([cell for row in node.rows for cell in row])
                rows, columns = len(node.rows), max((len(row) for row in node.rows), default=0)
                return MATRIX if rows > 1 and columns > 1 else ROW if columns > 1 else COLUMN
        for part in syntax_parts(node):
            self.kind(part)
        return None

    def _cells(self, cells: Sequence[syntax.Node | None]) -> None:
        """A vector that is written out: its members x_1, x_2, ..., x_n are numbers, unless they are known better."""
        dotted = any(isinstance(cell, syntax.Ellipsis) for cell in cells)
        for cell in cells:
            if cell is None:
                continue
            base = parts_of(cell)[0]
            plainly = isinstance(base, syntax.Symbol) and not any(font in base.name for font in BOLD)
            if isinstance(base, syntax.Symbol) and plain(base.name) in self.symbols.turned | self.symbols.behind_rows:
                plainly = False  # w_i^T, w^T x_i
            found = self.key(cell) if plainly and dotted else None
            if found is not None and found[0][1] and found[1] is None:
                self.found.setdefault(found[0], NUMBER)
            else:
                self.kind(cell)

    def _symbol(self, node: syntax.Symbol | syntax.Scripted) -> str | None:
        base, sub, sup, primes = parts_of(node)
        if isinstance(base, syntax.Group):
            if primes and isinstance(base.body, syntax.Product) and {*base.body.operators} == {r"\circ"}:
                return None  # (f \circ g)' is that of a composition
            if sub is not None and base.open in (r"\|", r"\lVert"):
                return self._group(base)
            inner = self._group(base)
            if sub is not None:
                return NUMBER
            if inner is None and self.habits and sup is not None and is_transpose(sup):
                terms = [t for _, t in base.body.terms] if isinstance(base.body, syntax.Add) else [base.body]
                for term in terms if not any(isinstance(t, syntax.Number) for t in terms) else ():
                    self._default(term)  # (W^{(l)})^T, (x - m)^T
                inner = self._group(base)
            return self._raised(inner, sup)
        if isinstance(base, syntax.Number):
            return NUMBER if sup is None or not is_transpose(sup) else ROW
        if not isinstance(base, syntax.Symbol):
            for part in syntax_parts(node):
                self.kind(part)
            return None
        found = self.key(node)
        if found is None:
            return None
        key, rest = found
        if key[0] == "e" and rest is not None:
            for term in filter(_dots, _terms(rest)):
                self.expect(term, NUMBER)  # e^{-y w^T x}, e^{-(w^T x + b)}
                self.kind(rest)
        if key[1] and isinstance(rest, syntax.Number) and rest.text != "1":
            self.found.setdefault(key, NUMBER)  # x_i^2
        if base.name in (r"\mathbf{1}", r"\boldsymbol{1}") and not key[1]:
            return ROW if rest is not None and is_transpose(rest) else None
        kind = self.found.get(key)
        if kind is None:
            kind = self._by_dress(base, key, rest)
            if kind is not None:
                self.found[key] = kind
        return self._raised(kind, rest)

    def _by_dress(self, base: syntax.Symbol, key: Key, rest: syntax.Node | None) -> str | None:
        name, subs, sups = key
        symbols = self.symbols
        if name in symbols.size_names or name in symbols.declared or name in symbols.operators or subs > 1:
            return NUMBER
        if (name in LOSSES and name in symbols.call_texts) or (name == "d" and not subs):
            return NUMBER
        if name.endswith(("_{max}", "_{min}", "_{mean}")):
            return NUMBER
        letter, capital = one_capital(name)
        if name.startswith("d ") and (name[2:], subs, sups) in self.found:
            return self.found[name[2:], subs, sups]  # dW is of the shape of W
        if (here := place(name)) is not None:  # W^{(l)} is of the kind of W^{(l+1)}
            stem = name[: here.start()]
            for (other, *counts), kind in self.found.items():
                there = place(other)
                if counts != [subs, sups] or there is None or other[: there.start()] != stem:
                    continue
                if there["letter"] == here["letter"] or {there["letter"], here["letter"]} <= LAYERS:  # not x_t and x_k
                    return kind
        if capital and (numbered := NUMBERED.fullmatch(name)) is not None:  # W^{(1)} is a matrix where W^{(2)} is
            for (other, *counts), kind in self.found.items():
                there = NUMBERED.fullmatch(other) if kind == MATRIX and counts == [subs, sups] else None
                if there is not None and there[1] == numbered[1]:
                    return MATRIX
        if name.partition("^{")[0] in symbols.flat and not subs:
            return ROW
        if any(font in base.name for font in BOLD) and letter and not subs:
            return MATRIX if capital else self.vector
        members = {h.subs for h in self.symbols.heads.get(name, ()) if h.subs and h.sups == sups}
        if not subs and members == {2} and letter:
            return MATRIX
        if not subs and members == {1} and not capital and letter:
            return self.vector
        if (
            rest is None
            or not is_transpose(rest)
            or (isinstance(rest, syntax.Symbol) and rest.name in ("t", r"\prime"))
        ):
            return None
        if self.habits and letter and capital and not subs:
            return MATRIX
        if self.habits == "all" and not capital and name != "e":
            return self.vector
        return None

    @staticmethod
    def _raised(kind: str | None, sup: syntax.Node | None) -> str | None:
        if sup is None or kind is None:
            return kind
        if is_transpose(sup) and (kind != NUMBER):
            return FLIPPED[kind]
        return kind

    def _group(self, node: syntax.Group) -> str | None:
        inner = self.kind(node.body)
        if node.open in (r"\|", r"\lVert"):
            if inner is None and self.habits:
                for term in [t for _, t in node.body.terms] if isinstance(node.body, syntax.Add) else [node.body]:
                    self._default(term)  # \|x_n - \mu_k\|
            return NUMBER
        if node.open == r"\langle" and isinstance(node.body, syntax.Tuple) and len(node.body.items) == 2:
            self._alike([*node.body.items])
            return NUMBER
        if node.open in ("|", r"\lvert", r"\{"):
            return NUMBER
        return None if isinstance(node.body, syntax.Tuple | syntax.Relation) else inner

    def _sum(self, node: syntax.Add) -> str | None:
        terms = [term for _, term in node.terms]
        kinds = [self.kind(term) for term in terms]
        arrays = [k for k in kinds if k not in (None, NUMBER)]
        known = MATRIX if MATRIX in arrays else arrays[0] if arrays else NUMBER if NUMBER in kinds else None
        if known is not None and known != NUMBER:
            for term, kind in zip(terms, kinds, strict=True):
                if kind is None:
                    self.expect(term, self._bias(terms, kinds, term) if known == MATRIX else known)
        if known == NUMBER and any(k == NUMBER and _dots(t) for t, k in zip(terms, kinds, strict=True)):
            for term in terms:
                self.expect(term, NUMBER)  # the b of w^T x + b
        only_literals = all(isinstance(t, syntax.Number) for t, k in zip(terms, kinds, strict=True) if k == NUMBER)
        return None if known == NUMBER and only_literals and None in kinds else known

    def _bias(self, terms: list[syntax.Node], kinds: list[str | None], term: syntax.Node) -> str | None:
        """What b is in X W + b and W X + b, where X holds the samples as rows or columns."""
        found = self.key(term)
        if found is None or one_capital(found[0][0])[1]:
            return MATRIX
        for other, kind in zip(terms, kinds, strict=True):
            if kind == MATRIX and isinstance(other, syntax.Product) and len(other.factors) == 2:
                first, second = (self.key(f) for f in other.factors)
                if second is not None and second[0][0].startswith(("W", r"\Theta")):
                    return ROW
                if first is not None and first[0][0].startswith(("W", r"\Theta")):
                    return COLUMN
        return None

    def _alike(self, nodes: list[syntax.Node]) -> str | None:
        kinds = [self.kind(node) for node in nodes]
        known = next((k for k in kinds if k not in (None, NUMBER)), None)
        if known is None and self.habits and not all(k == NUMBER for k in kinds):
            self._default(nodes[kinds.index(None)])
            return None
        for node, kind in zip(nodes, kinds, strict=True):
            if kind is None and known is not None:
                self.expect(node, known)
        return known

    def _default(self, node: syntax.Node) -> None:
        """A lone letter that must be a vector or matrix: small ones are vectors."""
        found = self.key(node)
        if found is not None and found[0] not in self.found and not isinstance(node, syntax.Number):
            capital = one_capital(found[0][0])[1]
            if capital or self.habits == "all":
                self.found[found[0]] = MATRIX if capital else self.vector

    def _apply(self, node: syntax.Apply) -> str | None:
        match node.argument:
            case syntax.Group(open="(" | "[" | "{" | r"\{", body=argument):
                pass
            case argument:  # \log |A| is a number
                pass
        inner = self.kind(argument)
        if node.name == "softmax":
            if inner is None and self.habits:
                self._default(argument)
            return NUMBER if node.sub is not None else inner
        if node.name == "diag":
            if inner is None and self.habits:
                self._default(argument)
            return MATRIX
        if node.name in ("tr", "trace", "det"):
            if inner is None and self.habits:
                self._default(argument)
            return NUMBER
        return inner if node.name in SAME_KIND else None

    def _body(self, node: syntax.Node) -> str | None:
        """What is differentiated: a loss is a number."""
        kind = self.kind(node)
        if kind is None:
            base = parts_of(node.factors[0] if isinstance(node, syntax.Product) else node)[0]
            if isinstance(base, syntax.Symbol) and plain(base.name) in LOSSES:
                return NUMBER
        return kind

    @staticmethod
    def _derivative(body: str | None, variable: str | None) -> str | None:
        if body == NUMBER:
            return variable
        if variable == NUMBER:
            return body
        return MATRIX if {body, variable} <= {ROW, COLUMN} else None


def _terms(node: syntax.Node) -> Iterator[syntax.Node]:
    """What a formula adds up, also within brackets."""
    match node:
        case syntax.Add(terms=terms):
            for _, term in terms:
                yield from _terms(term)
        case syntax.Group(open="(" | "[" | "{", body=body):
            yield from _terms(body)
        case _:
            yield node


def _dots(node: syntax.Node) -> bool:
    """Whether a product has a transposed factor."""
    return isinstance(node, syntax.Product) and any(map(_turned, node.factors))


def _turned(node: syntax.Node) -> bool:
    sup = parts_of(node)[2]
    return sup is not None and is_transpose(sup)

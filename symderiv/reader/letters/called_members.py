r"""Members that are written as calls: the ``\pi(a)`` of ``\pi(a) = e^{h_a} / \sum_b e^{h_b}`` is \pi_a, and so the
``p(o|c)`` of ``p(o|c) = e^{u_o^T v_c} / \sum_w e^{u_w^T v_c}`` is p_{o,c}.

A letter is an index where it stands below symbols and sums, in conditions and in such calls, and nowhere as a number;
some letter of a function must stand below another symbol, or below a sum that says from where to where; both of
``p(o|c)`` must, in what defines it, or it is a distribution of which nothing else is known. This module must never look
at a symbol's meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, parts_of, syntax_parts
from symderiv.reader.letters.symbols import STANDARD


class _Uses:
    """How the letters of a document are used."""

    def __init__(self) -> None:
        self.called: dict[str, set[str]] = {}  # the letters that a function is called with
        self.mixed: set[str] = set()  # functions that are called with something else, or have subscripts
        self.numbers: set[str] = set()  # letters that stand for numbers somewhere
        self.counting: set[str] = set()  # letters that stand below a symbol, or count from a number on
        self.given: set[str] = set()  # functions that are called with a bar between two letters
        self.defined: set[str] = set()  # of them, those that a row says something of in letters below

    def row(self, row: syntax.Row) -> None:
        sides = [segment.side for segment in row.segments]
        match sides:
            case [syntax.Product() as left, syntax.Node() as right, *_] if len(left.factors) == 2:
                for _, name, letters in _calls(left):
                    if len(letters) == 2 and letters <= set(_below(right)):
                        self.defined.add(name)
        for side in sides:
            alone = len(sides) == 1 and isinstance(side, syntax.Symbol | syntax.Tuple)
            if isinstance(side, syntax.Node) and not alone:
                self.node(side, False)

    def node(self, node: syntax.Node, script: bool) -> None:
        """``script``: the node stands in a subscript, a limit, a label or a condition."""
        match node:
            case syntax.Symbol(name=name):
                if not script:
                    self.numbers.add(plain(name))
            case syntax.Scripted(base=base, sub=sub, sup=sup):
                self.node(base, script)
                if isinstance(sub, syntax.Symbol):
                    self.counting.add(plain(sub.name))
                if sub is not None and isinstance(base, syntax.Symbol):
                    self.mixed.add(plain(base.name))
                    self.node(sub, True)
                if sup is not None:
                    self.node(sup, script or isinstance(sup, syntax.Group))
            case syntax.BigOp(sub=sub, sup=sup, body=body):
                match sub:
                    case syntax.Relation(left=syntax.Symbol() as left, rest=(("=", syntax.Number()),)):
                        self.counting.add(plain(left.name))
                if sub is not None:
                    self.node(sub, True)
                if sup is not None:
                    self.node(sup, script)
                self.node(body, script)
            case syntax.Relation(left=left, rest=rest):
                among = all(op in ("=", "!=", "in", "notin") for op, _ in rest)  # i = j, but not x > 0
                for part in (left, *(right for _, right in rest)):
                    self.node(part, (among and isinstance(part, syntax.Symbol)) or script)
            case syntax.Product():
                called = {n: (name, letters) for n, name, letters in _calls(node)}
                for n in range(len(node.factors)):
                    if n in called:
                        name, letters = called[n]
                        self.called.setdefault(name, set()).update(letters)
                        if isinstance(_argument(node.factors[n + 1]), syntax.Given):
                            self.given.add(name)
                        elif name in self.given:
                            self.mixed.add(name)
                    elif n - 1 not in called:
                        self._factor(node, n, script)
            case _:
                for part in syntax_parts(node):
                    self.node(part, script)

    def _factor(self, node: syntax.Product, n: int, script: bool) -> None:
        factor = node.factors[n]
        if isinstance(factor, syntax.Symbol) and n + 1 < len(node.factors) and node.operators[n] == "":
            group = parts_of(node.factors[n + 1])[0]
            if isinstance(group, syntax.Group) and group.open in ("(", "["):
                self.mixed.add(plain(factor.name))
        self.node(factor, script)


def _calls(node: syntax.Product) -> Iterator[tuple[int, str, set[str]]]:
    """Where a factor and the bracket after it are a call with a letter, with a number, or with two letters and a bar
    between them: place, function, letters."""
    for n, (factor, follower) in enumerate(zip(node.factors, node.factors[1:], strict=False)):
        if node.operators[n] != "" or factor.span.end != follower.span.start or not isinstance(factor, syntax.Symbol):
            continue
        match _argument(follower):
            case syntax.Symbol(name=letter):
                yield n, plain(factor.name), {plain(letter)}
            case syntax.Number(text=text) if text.isdigit():
                yield n, plain(factor.name), set()
            case syntax.Given(left=syntax.Symbol(name=left), right=syntax.Symbol(name=right), bar="|"):
                yield n, plain(factor.name), {plain(left), plain(right)}


def _below(node: syntax.Node) -> Iterator[str]:
    """The letters that stand below symbols in a formula."""
    for part in every(node):
        if isinstance(part, syntax.Scripted) and isinstance(part.sub, syntax.Symbol):
            yield plain(part.sub.name)


def _argument(node: syntax.Node) -> syntax.Node | None:
    group = parts_of(node)[0]
    return group.body if isinstance(group, syntax.Group) and group.open == "(" else None


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What writes the members that ``rows`` call as members."""
    uses = _Uses()
    for row in rows:
        uses.row(row)
    families = _families(uses)
    return (lambda node: _written(node, families)) if families else None


def _families(uses: _Uses) -> set[str]:
    """The functions whose calls are members."""
    functions = {name for name in uses.called if name not in uses.mixed and name not in STANDARD}
    functions -= uses.given - uses.defined
    while True:
        letters = {c for name, found in uses.called.items() if name not in functions for c in found} | uses.numbers
        kept = {name for name in functions if letters.isdisjoint(uses.called[name])}
        if kept == functions:
            break
        functions = kept
    counting = set(uses.counting)
    found: set[str] = set()
    while more := {name for name in functions - found if counting & uses.called[name]}:
        found |= more
        counting |= {c for name in more for c in uses.called[name]}
    return found


def _written(node: syntax.Node, families: set[str]) -> syntax.Node:
    """A product with the calls of ``families`` as members."""
    if not isinstance(node, syntax.Product):
        return node
    at = {n for n, name, _ in _calls(node) if name in families}
    factors: list[syntax.Node] = []
    operators: list[str] = []
    for n, factor in enumerate(node.factors):
        if n - 1 in at:
            continue
        if n:
            operators.append(node.operators[n - 1])
        if n in at:
            _, _, sup, primes = parts_of(node.factors[n + 1])
            below = _argument(node.factors[n + 1])
            if isinstance(below, syntax.Given):
                below = syntax.Tuple((below.left, below.right), (",",), below.span)
            span = syntax.Span(factor.span.start, node.factors[n + 1].span.end)
            factor = syntax.Scripted(factor, below, sup, primes, span)
        factors.append(factor)
    return factors[0] if len(factors) == 1 else syntax.Product(tuple(factors), tuple(operators), node.span)

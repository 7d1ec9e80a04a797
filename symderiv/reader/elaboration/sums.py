r"""Large operators: sums and products over indices, their ranges and their conditions.

This module must never sum over something that is not an index.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symderiv.diagnostics import ReadError
from symderiv.reader.elaboration.samples import Samples
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, is_whole, letter_of, plain
from symderiv.reader.grammar.nodes import is_layer, is_time, mentions, names_in, parts_of, stands_as_value, subscripts
from symderiv.reader.grammar.vocabulary import INDEX_LETTERS
from symderiv.reader.indexed.arrays import Value, elementwise
from symderiv.reader.letters.chosen import summed_over_classes
from symderiv.reader.letters.indices import refuse
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Cases,
    Head,
    Prod,
    Range,
    Size,
    Sum,
    Term,
    add,
    mul,
)

FEW = 10  # a sum over fewer numbers is written out where its letter stands for them


class Sums(Samples):
    """Sums and products with their bound indices."""

    def big_operator(self, node: syntax.BigOp) -> Value:
        if node.kind == r"\mathbb{E}":
            return self.expectation(node.sub, node.body, node)
        if node.kind == r"\int" and self.symbols.valued:
            return self.integral(node)
        if node.kind not in (r"\sum", r"\prod"):
            raise refuse("E153", f"{node.kind} is not in the language", node)
        if node.kind == r"\sum" and (values := self.values_below(node)):
            return self.over_values(values, node)
        if key := self.examples(node):
            return self.over_examples(key, node)
        kind = Sum if node.kind == r"\sum" else Prod
        return self.bind_and_sum(kind, self.bound_indices(node), node)

    def bind_and_sum(
        self, kind: type[Sum], bound: list[tuple[str, int, Size | None, list]], node: syntax.BigOp
    ) -> Value:
        """Sum the body over ``bound``: (index, low, upper end or None, conditions) each."""
        if not bound:
            return self.value(node.body)
        (index, low, high, conditions), *rest = bound
        ranges = self.symbols.ranges
        if high is None and index in self.symbols.declared:
            low, high = self.symbols.declared[index]
        valued = letter_of(index) in self.symbols.valued
        range_class = self.value_class(letter_of(index)) if valued else ranges.new()
        if not valued and stands_as_value(node.body, index):
            if isinstance(high, int) and high - low < FEW and not conditions:
                return self.few(kind, index, range(low, high + 1), rest, node)
            raise refuse("E154", f"this sum runs over the values of {index}, not over an index", node)
        silent = high is None
        if high is None and index in self.symbols.index_sizes:
            high = self.symbols.size(self.symbols.index_sizes[index])
        if high is not None:
            ranges.declare(range_class, Range(min(low, 1), high), node.span)
        if index in self.bound:
            self.warn("W410", f"the index {index} is bound twice; the inner sum has its own {index}", node)
        elif index in self.symbols.declared and high is not None and self.symbols.declared[index].high != high:
            pass
        with self.binding(index, range_class), self.numbered_by(index if valued and high is not None else ""):
            body = self.bind_and_sum(kind, rest, node)
            if isinstance(body, Term):
                body = summed_over_classes(body, self.symbols, index)
                self.not_numbers(() if valued else (index,), body, node)
            if silent and isinstance(body, Term) and index not in body.free and index not in self.symbols.declared:
                raise refuse("E154", f"this sum runs over {index}, which is not an index of what it sums", node)
            guards = [self.comparison(op, self.operand(a), self.operand(b), node) for op, a, b in conditions]
        range_ = Range(low, high if high is not None else range_class)
        neutral = ZERO if kind is Sum else ONE

        def build(parts: list[Term]) -> Term:
            inner = summed_over_classes(parts[0], self.symbols, index)
            return kind(index, range_, Cases(mul(*guards), inner, neutral) if guards else inner)

        return self.under_binder(body, build, index, node)

    @contextmanager
    def numbered_by(self, index: str) -> Iterator[None]:
        """While a sum counts its values: none of them is known to be the number itself."""
        new = {index} - self.counted - {""}
        self.counted |= new
        yield
        self.counted -= new

    def few(
        self,
        kind: type[Sum],
        index: str,
        numbers: range,
        rest: list[tuple[str, int, Size | None, list]],
        node: syntax.BigOp,
    ) -> Value:
        """A sum over a few numbers, ``\\sum_{y=0}^1 e^{yz}``, written out."""
        symbol = syntax.Symbol(index, node.span)
        if is_layer(symbol) or (self.symbols.time and is_time(symbol)):
            raise refuse("E154", f"whether {index} is an exponent or a label here is not clear", node)
        values = []
        before = self.fixed.get(index)
        letter = letter_of(index)
        head = Head(self.symbols.name(letter), 0, 0)
        if letter != index and numbers == range(2) and not self.symbols.defines(letter, 0):
            said = f"the sum over {index} = 0, 1"  # so y is one of them
            if head not in self.symbols.two_valued:
                self.symbols.two_valued.add(head)
                text = f"{letter} \\in \\{{0, 1\\}}"
                self.symbols.assumptions.append(Assumption("binary", (head,), text, said))
        try:
            for number in numbers:
                self.fixed[index] = number
                values.append(self.bind_and_sum(kind, rest, node))
        finally:
            del self.fixed[index]
            if before is not None:
                self.fixed[index] = before
        combine = add if kind is Sum else mul
        return elementwise(values, lambda parts: combine(*parts), self.symbols.ranges, node.span)

    def bound_indices(self, node: syntax.BigOp) -> list[tuple[str, int, Size | None, list]]:
        sub = node.sub
        if sub is None:
            return [(self.implied_index(node), 1, self.upper(node.sup), [])]
        items = list(sub.items) if isinstance(sub, syntax.Tuple) else [sub]
        if isinstance(sub, syntax.Product) and all(isinstance(f, syntax.Symbol) for f in sub.factors):
            items = list(sub.factors)
        match items:
            case [syntax.Relation(left=left, rest=(("=" | "in" as op, first),)), syntax.Ellipsis() as dots, last]:
                members = syntax.Tuple((first, dots, last), (",", ","), sub.span)  # k = 1, ..., K
                items = [syntax.Relation(left, ((op, members),), sub.span)]
        numbered = self.numbered(sub)
        if numbered:
            least, greatest = 1, self.upper(node.sup)
            match sub:
                case syntax.Relation(rest=(("in", among),)) if not is_whole(index_word(among)):
                    least, greatest = self.of_set(numbered, among)
            return [(numbered, least, greatest, [])]
        found: list[tuple[str, int, Size | None, list]] = []
        for item in items:
            match item:
                case syntax.Symbol():
                    found.append((plain(item.name), 1, self.upper(node.sup), []))
                case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=None, primes=primes):
                    found.append((plain(base.name) + "'" * primes, 1, self.upper(node.sup), []))
                case syntax.Relation(left=left, rest=rest):
                    self.bound_by_relation(left, rest, node, found, item)
                case _:
                    raise refuse("E154", "this sum's index is not understood", item)
        return found

    def numbered(self, sub: syntax.Node) -> str:
        r"""The index i of ``\sum_{x_i \in D}`` and ``\sum_{(x_i, y_i)}``; or ""."""
        match sub:
            case syntax.Relation(left=left, rest=(("in", _),)):
                sub = left
        if isinstance(sub, syntax.Group) and sub.open == "(":
            sub = sub.body
        found = set()
        for item in sub.items if isinstance(sub, syntax.Tuple) else (sub,):
            match item:
                case syntax.Scripted(base=syntax.Symbol(), sub=syntax.Symbol(name=name), sup=None, primes=0):
                    found.add(plain(name))
                case syntax.Scripted(
                    base=syntax.Symbol(), sub=None, sup=syntax.Group(open="(", body=syntax.Symbol(name=name)), primes=0
                ):
                    found.add(plain(name))
                case _:
                    return ""
        (index,) = found if len(found) == 1 else ("",)
        return index if index in INDEX_LETTERS else ""

    def bound_by_relation(
        self, left: syntax.Node, rest: tuple, node: syntax.BigOp, found: list, item: syntax.Node
    ) -> None:
        op, right = rest[0]
        if isinstance(right, syntax.Tuple):  # k = 1, ..., K
            op, right = "in", syntax.Group("{", "}", right, right.span)
        base, sub, sup, primes = parts_of(left)
        if op == "=" and isinstance(base, syntax.Symbol) and sub is sup is None:
            try:
                low = self.scalar(right)
            except ReadError as error:
                raise refuse("E155", "the lower end of this sum is not understood", right) from error
            if not hasattr(low, "value") or low.value.denominator != 1:
                raise refuse("E155", "the lower end of this sum is not a whole number", right)
            high = self.upper(node.sup)
            index = plain(base.name) + "'" * primes
            if high == index:
                raise refuse("E155", f"the last value of {index} is {index} itself", node.sup or item)
            conditions = [(o, left, r) for o, r in rest[1:]]
            found.append((index, int(low.value), high, conditions))
            return
        if op in ("!=", "in") or op in ("<", "<=", ">", ">="):
            if op == "in" and isinstance(left, syntax.Symbol):
                least, greatest = self.of_set(plain(left.name), right)
                found.append((plain(left.name), least, self.upper(node.sup) or greatest, []))
                return
            if op != "!=":
                raise refuse("E156", "a sum over part of the pairs of indices is not in the language", item)
            if found and isinstance(left, syntax.Symbol) and plain(left.name) == found[-1][0]:
                found[-1][3].append((op, left, right))
                return
            bound, other = left, right
            if (
                not isinstance(left, syntax.Symbol)
                or (
                    isinstance(right, syntax.Symbol)
                    and self.known(plain(left.name))
                    and not self.known(plain(right.name))
                )
                or (
                    isinstance(right, syntax.Symbol)
                    and not self.known(plain(right.name))
                    and not mentions(node.body, plain(left.name))
                    and mentions(node.body, plain(right.name))
                )
            ):
                bound, other = right, left
            if not isinstance(bound, syntax.Symbol):
                raise refuse("E154", "this sum's index is not understood", item)
            if bound is not left:
                self.warn("W411", f"the sum is read as one over {bound.name}", item)
            found.append((plain(bound.name), 1, self.upper(node.sup), [(op, bound, other)]))
            return
        raise refuse("E154", "this sum's index is not understood", item)

    def _is_part_of_name(self, sub: syntax.Node) -> bool:
        """Whether a subscript is none of the document's indices, nor may be one: the set S_{train}, but not N_i."""
        symbols = self.symbols
        if isinstance(sub, syntax.Symbol) and plain(sub.name) in INDEX_LETTERS:
            return False
        return symbols.index_names.union(symbols.bound_names, self.bound, self.free).isdisjoint(names_in(sub))

    def words(self, factors: list[syntax.Node], operators: list[str]) -> tuple[list[syntax.Node], list[str]]:
        """Factors and the operators before them, letters of a word joined."""
        raise NotImplementedError

    def of_set(self, index: str, members: syntax.Node) -> tuple[int, Size | None]:
        r"""The least index, and the greatest if it is known, in a set; one with a name has a size ``|S|`` of its own.

        Raises ReadError for part of a set, a union, and what depends on an index: ``S \setminus \{k\}``, ``N(i)``.
        """
        symbols = self.symbols
        if isinstance(members, syntax.Product):  # w \in Vocab
            (members, *rest), _ = self.words(list(members.factors), ["", *members.operators])
            if rest:
                raise refuse("E156", "a sum over part of a set is not in the language", members)
        match members:
            case syntax.Scripted(sub=sub) if sub is not None and not self._is_part_of_name(sub):
                raise refuse("E156", "a sum over a set that depends on an index is not in the language", members)
            case syntax.Symbol() | syntax.Scripted():
                hinted = index in symbols.index_sizes or index in symbols.hinted
                if index in symbols.declared or (hinted and index_word(members) not in symbols.counted_sets):
                    return 1, None
                name = f"|{index_word(members)}|"
                symbols.ranges.taken.add(name)
                symbols.sets[name] = index_word(members)
                return 1, symbols.size(name)
            case syntax.Group(open="[", body=(syntax.Symbol() | syntax.Scripted()) as last):  # [n]
                return 1, self.upper(last)
            case syntax.Group(open=bracket, body=syntax.Tuple(items=(syntax.Number() as first, *between, last))):
                dots = bool(between) and isinstance(between[-1], syntax.Ellipsis)
                numbers = [
                    i.text for i in (first, *(between[:-1] if dots else between)) if isinstance(i, syntax.Number)
                ]
                whole = len(numbers) == 1 + len(between) - dots and all(n.isdigit() for n in numbers)
                least = int(numbers[0]) if whole else 0
                if whole and list(map(int, numbers)) == list(range(least, least + len(numbers))):
                    if dots or (bracket == "[" and not between):  # {1, ..., n}, [1, n]
                        return least, self.upper(last)
                    if isinstance(last, syntax.Number) and last.text == str(least + len(numbers)):
                        return least, int(last.text)
        raise refuse("E156", "a sum over part of a set is not in the language", members)

    def implied_index(self, node: syntax.BigOp) -> str:
        letters = [n for n in dict.fromkeys(subscripts(node.body)) if n not in self.bound and n not in self.free]
        if len(letters) == 1:
            self.notes.append(f"the sum without an index is read as one over {letters[0]}")
            return letters[0]
        raise refuse("E157", "this sum does not say over which index", node, "write \\sum_j")

    def upper(self, sup: syntax.Node | None) -> Size | None:
        symbols = self.symbols
        match sup:
            case None:
                return None
            case syntax.Number() if sup.text.isdigit():
                return int(sup.text)
            case syntax.Symbol():
                name = plain(sup.name)
                if name == r"\infty":
                    raise refuse("E158", "infinite sums are not in the language", sup)
                symbols.size_names.add(name)
                symbols.ranges.taken.add(name)
                return symbols.size(name)
            case syntax.Group(open="|"):
                return symbols.size(f"|{index_word(sup.body)}|")
            case syntax.Scripted():
                name = index_word(sup)
                symbols.size_names.add(name)
                symbols.ranges.taken.add(name)
                return symbols.size(name)
        raise refuse("E159", "the upper end of this sum is not a size that I understand", sup)

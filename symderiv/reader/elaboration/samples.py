r"""Sums over training examples: ``\frac1n \sum_x [y \ln a + (1-y) \ln(1-a)]``, where x is a quantity and no index.

The sum runs over the examples; x and all that belongs to an example without saying so (y, a, z) has a value for each of
them: ``a`` becomes ``a^{(x)}``, with the definition of a read for the example. What the document differentiates by is
the same for all of them. A quantity that is the same for all is a special case of one that is not, so a proof holds
either way; a counterexample has to hold with examples that are all alike. This module must never take a quantity that
varies between examples for one that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from symderiv.reader.elaboration.expectations import Expectations
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import subscripts
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.families import families_in
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import MARK, Symbols, of_one
from symderiv.terms import (
    Assumption,
    Claim,
    Definition,
    Head,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    fresh,
    mul,
    num,
    reached,
    rewritten,
    subterms,
)

NUMBERS = frozenset("nNmMKPTDSBR")  # letters that may say how many examples there are


class Samples(Expectations):
    """Sums over the examples that a letter stands for."""

    def examples(self, node: syntax.BigOp) -> str:
        r"""What tells the examples of a sum apart: ``x`` for ``\sum_x``, ``x:D`` for ``\sum_{(x,y)\in D}``; or ""."""
        sub, among = node.sub, ""
        if node.kind != r"\sum" or node.sup is not None:
            return ""
        if sub is None:
            return "" if any(subscripts(node.body)) else self.symbols.nameless
        match sub:
            case syntax.Relation(left=left, rest=(("in", syntax.Symbol(name=name)),)):
                sub, among = left, f":{plain(name)}"
        if isinstance(sub, syntax.Group) and sub.open == "(":
            sub = sub.body
        items = sub.items if isinstance(sub, syntax.Tuple) else (sub,)
        letters = [plain(item.name) if isinstance(item, syntax.Symbol) else "" for item in items]
        ours = all(name in self.symbols.sampled and name not in self.bound for name in letters)
        return letters[0] + among if letters and ours else ""

    def over_examples(self, key: str, node: syntax.BigOp) -> Value:
        """The sum over the examples ``key``."""
        symbols = self.symbols
        letter = letter_in(key)
        body = self.value(node.body)
        whole = body.entry(tuple("?" for _ in body.axes)) if isinstance(body, Array) else body
        names = sorted({shown(head.name) for head in symbols.per_example(whole)})
        if not node.sub and isinstance(body, Array):
            raise refuse("E157", "this sum does not say over which index", node, "write \\sum_j")
        ranges = symbols.ranges
        if key not in symbols.examples:
            symbols.examples[key] = ranges.new()
        range_class = symbols.examples[key]
        size = symbols.index_sizes.get(letter)
        if size is not None:
            ranges.declare(range_class, Range(1, symbols.size(size)))
        said = f"the sum {f'over {letter}' if node.sub else 'without an index'} is read as one over the examples"
        self.notes.append(f"{said}, each with its own {', '.join(names)}" if names else said)

        def summed(inner: Term) -> Term:
            index = fresh(letter, inner.free)
            return Sum(index, Range(1, range_class), symbols.lift(inner, key, index))

        if isinstance(body, Array):
            return Array(body.axes, lambda at: summed(body.entry(at)), body.row)
        return summed(body)


def for_examples(assumption: Assumption, symbols: Symbols) -> Iterator[tuple[Assumption, str, str]]:
    """What an assumption about a quantity says of it for each example; with its index, and what that runs over."""
    for key in sorted(set().union(*(symbols.lifted.get(head, ()) for head in _heads(assumption)))):
        index = fresh(letter_in(key), {i for part in assumption.data if isinstance(part, Term) for i in part.free})
        data = tuple(
            symbols.lift(part, key, index)
            if isinstance(part, Term)
            else Head(f"{part.name}{MARK}{key}", part.subs, part.sups + 1)
            if isinstance(part, Head)
            else part
            for part in assumption.data
        )
        yield replace(assumption, data=data), index, symbols.examples[key]


def _heads(assumption: Assumption) -> set[Head]:
    """The families that an assumption speaks of."""
    terms = [part for part in assumption.data if isinstance(part, Term)]
    heads = {t.head for part in terms for t in subterms(part) if isinstance(t, Var)}
    return heads.union(part for part in assumption.data if isinstance(part, Head))


def letter_in(key: str) -> str:
    return key.partition(":")[0]


def alike(claim: Claim, symbols: Symbols) -> tuple[Claim, str]:
    """``claim`` for examples that are all alike, so that a sum over n of them is n times what is summed.

    The claim itself if it sums over no examples; and what speaks against this reading.
    """
    sizes: dict[str, bool] = {}
    for key, range_class in symbols.examples.items():
        said = bool(symbols.ranges.explicit.get(symbols.ranges.find(range_class)))
        sizes[letter_in(key)] = sizes.get(letter_in(key), True) and said
    summed: set[str] = set()

    def one(term: Term) -> Term | None:
        if isinstance(term, Var):
            return Var(of_one(term.head).name, term.subs, term.sups[: of_one(term.head).sups])
        if type(term) is Sum and (letter := term.index.rstrip("'")) in sizes:
            summed.add(letter)
            high = term.range.high
            return mul(SizeOf(high) if isinstance(high, str) else num(high), read(term.body))
        return None

    def read(term: Term) -> Term:
        return rewritten(term, one, memo)

    memo: dict[Term, Term] = {}
    left, right = read(claim.left), read(claim.right)
    known = claim.context.definitions
    heads = families_in((claim.left, claim.right), known)
    definitions = {
        head: tuple(Definition(d.params, read(d.body)) for d in made) if head in heads else made
        for head, made in known.items()
        if MARK not in head.name
    }
    if not summed:
        return claim, ""
    assumptions = tuple(a for a in claim.context.assumptions if not any(MARK in h.name for h in _heads(a)))
    context = replace(claim.context, definitions=definitions, assumptions=assumptions)
    moved = replace(claim, left=left, right=right, context=context)
    numbers = {t.name for t in reached((left, right), definitions) if isinstance(t, Var | SizeOf)}
    for letter in sorted(summed):
        if not sizes[letter] and not numbers.isdisjoint(NUMBERS):
            return moved, f"how many examples {letter} there are is not said"
    for head in sorted({of_one(h) for h in heads if MARK in h.name} & heads):
        if head not in known:
            return moved, f"whether {shown(head.name)} is the same for all examples is not said"
    return moved, ""

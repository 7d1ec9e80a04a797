r"""Names of two or three capital letters, as the CE of ``CE = -log p`` and the FL of ``FL(p)``, which are no products.

They are names where these letters stand nowhere else, and the name stands before a bracket that holds names, or is all
that an equation is about, or that is differentiated; three letters before such a bracket are a name wherever else they
stand, as are those of ``BN_\gamma(x)`` if the last stands nowhere else. The F of F_1 is not that of FPR and FP, nor the
P of Precision. This module must never look at what a symbol means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import Change, everywhere, parts_of, words_in

LONGEST = 3  # more letters without a gap are a word
COUNTS = {"TP", "FP", "TN", "FN"}  # the true and false positives and negatives, where two of them stand


def rewriting(rows: Sequence[syntax.Row]) -> Change | None:
    """What writes such names of ``rows`` as one symbol each."""
    letters: Counter[str] = Counter()
    numbered: Counter[str] = Counter()
    long: Counter[str] = Counter()
    runs: Counter[str] = Counter()
    called: set[str] = set()
    with_parameters: set[str] = set()
    named: set[str] = set()
    for node in everywhere(rows):
        match node:
            case syntax.Symbol(name=name):
                letters[name] += 1
            case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Number()):
                numbered[name] += 1
            case syntax.DerivativeOp(body=syntax.Product() as body):
                named.update(_whole(body))
            case syntax.Product():
                long.update(letter for _, word in words_in(node) if len(word) > LONGEST for letter in word)
                for a, b in _runs(node):
                    word = _word(node, a, b)
                    runs[word] += 1
                    if b < len(node.factors) and _holds_names(node.factors[b]) and node.operators[b - 1] == "":
                        (called if _is_capital(node.factors[b - 1]) else with_parameters).add(word)
    for row in rows:
        if len(row.segments) > 1 and isinstance(row.segments[0].side, syntax.Product):
            named.update(_whole(row.segments[0].side))
    inside: Counter[str] = Counter()
    for word, times in runs.items():
        for letter in word:
            inside[letter] += times
    counts = COUNTS & runs.keys() if len(COUNTS & runs.keys()) > 1 else set()
    alone = letters - inside
    really_alone = alone - numbered - long
    words = {word for word in called if len(word) == 3}
    words |= {word for word in called | named | counts if alone.keys().isdisjoint(word)}
    words |= {word for word in named if len(word) == 3 and really_alone.keys().isdisjoint(word)}
    words |= {word for word in counts if really_alone.keys().isdisjoint(word)}
    words |= {word for word in with_parameters if word[-1] not in alone}  # else BN_a(x) is B times N_a(x)
    return (lambda node: _written(node, words)) if words else None


def _runs(node: syntax.Product) -> Iterator[tuple[int, int]]:
    """Where two or three capital letters stand side by side, and no more."""
    start = 0
    for n in range(1, len(node.factors) + 1):
        goes_on = (
            n < len(node.factors)
            and (_is_capital(node.factors[n]) or _names_a_call(node, n))
            and _is_capital(node.factors[n - 1])
            and node.operators[n - 1] == ""
            and node.factors[n - 1].span.end == node.factors[n].span.start
        )
        if not goes_on:
            if 2 <= n - start <= LONGEST and _is_capital(node.factors[start]):
                yield start, n
            start = n


def _names_a_call(node: syntax.Product, n: int) -> bool:
    r"""Whether a capital with a subscript stands right before a bracket that holds names: the N of ``BN_\gamma(x)``."""
    base, sub, sup, primes = parts_of(node.factors[n])
    called = n + 1 < len(node.factors) and node.operators[n] == "" and _holds_names(node.factors[n + 1])
    return called and sub is not None and sup is None and not primes and _is_capital(base)


def _is_capital(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Symbol) and len(node.name) == 1 and node.name.isascii() and node.name.isupper()


def _word(node: syntax.Product, a: int, b: int) -> str:
    bases = (parts_of(factor)[0] for factor in node.factors[a:b])
    return "".join(base.name for base in bases if isinstance(base, syntax.Symbol))


def _whole(node: syntax.Product) -> Iterator[str]:
    if [(0, len(node.factors))] == list(_runs(node)):
        yield _word(node, 0, len(node.factors))


def _holds_names(node: syntax.Node) -> bool:
    group = parts_of(node)[0]
    if not isinstance(group, syntax.Group) or group.open != "(":
        return False
    items = group.body.items if isinstance(group.body, syntax.Tuple) else (group.body,)
    return all(isinstance(item, syntax.Symbol | syntax.Scripted) for item in items)


def _written(node: syntax.Node, words: set[str]) -> syntax.Node:
    """A product with ``words`` as symbols."""
    if not isinstance(node, syntax.Product):
        return node
    ends = {a: b for a, b in _runs(node) if _word(node, a, b) in words}
    factors: list[syntax.Node] = []
    operators: list[str] = []
    n = 0
    while n < len(node.factors):
        if n:
            operators.append(node.operators[n - 1])
        end = ends.get(n, n + 1)
        factor = node.factors[n]
        if n in ends:
            last = node.factors[end - 1]
            span = Span(factor.span.start, parts_of(last)[0].span.end)
            factor = syntax.Symbol(rf"\text{{{_word(node, n, end)}}}", span)
            if isinstance(last, syntax.Scripted):
                factor = replace(last, base=factor, span=Span(span.start, last.span.end))
        factors.append(factor)
        n = end
    return factors[0] if len(factors) == 1 else syntax.Product(tuple(factors), tuple(operators), node.span)

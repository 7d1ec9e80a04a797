r"""Equations between probabilities that the product rule contradicts: ``p(x|y) = p(y|x) p(y) / p(x)``.

With p(x|y) as p(x,y)/p(y), both sides of an equation are products of powers of joint probabilities, and they are equal
for every distribution if the powers are. This module must never speak of equations without a probability of all letters
on the right: ``p(x,y) = p(x) p(y)`` says that x and y are independent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import arguments, before_bar, parts_of
from symderiv.reader.letters.symbols import PROBABILITIES

Factor = tuple[str, frozenset[str], frozenset[str], int]  # p(x, y | z) to a power: p, its letters, those behind the bar


def contradicts(left: syntax.Node, right: syntax.Node) -> bool:
    """Whether ``left = right`` is a law of conditional probability gone wrong."""
    known, said = _factors(left), _factors(right)
    if known is None or said is None or len(known) != 1 or len(said) < 2 or len({f[0] for f in (*known, *said)}) != 1:
        return False
    one, other = next(((before, behind) for _, before, behind, _ in (*known, *said) if behind), (None, None))
    if one is None or other is None:
        return False
    kinds = {one, other, one | other, frozenset[str]()}  # of more letters, some may be independent: p(w|x) = p(w)
    apart = all(before in kinds and behind in kinds for _, before, behind, _ in (*known, *said))
    whole = any(before | behind == one | other for _, before, behind, _ in said)
    return apart and whole and _powers(known) != _powers(said)


def _powers(factors: list[Factor]) -> Counter[frozenset[str]]:
    """The powers of joint probabilities, of which p(x|y) is a quotient."""
    powers: Counter[frozenset[str]] = Counter()
    for _, before, behind, power in factors:
        powers[before | behind] += power
        if behind:
            powers[behind] -= power
    return Counter({joint: power for joint, power in powers.items() if power})


def _factors(node: syntax.Node) -> list[Factor] | None:
    """The probabilities that a side is a product or quotient of; None if it is anything else."""
    try:
        return [*_parts(node, 1)]
    except ValueError:
        return None


def _parts(node: syntax.Node, power: int) -> Iterator[Factor]:
    match node:
        case syntax.Quotient(numerator=above, denominator=below, style="frac" | "over"):
            yield from _parts(above, power)
            yield from _parts(below, -power)
        case syntax.Group(open="(" | "[", body=body):
            yield from _parts(body, power)
        case syntax.Product(factors=factors):
            rest = [*factors]
            while rest:
                called = rest.pop(0)
                if isinstance(called, syntax.Symbol) and rest:
                    yield _probability(called, rest.pop(0), power)
                else:
                    yield from _parts(called, power)
        case _:
            raise ValueError(node)


def _probability(called: syntax.Symbol, group: syntax.Node, power: int) -> Factor:
    """``p(x, y | z)`` to a power."""
    name = plain(called.name)
    if name not in PROBABILITIES or not isinstance(group, syntax.Group):
        raise ValueError(name)
    behind = _letters(group.body.right) if isinstance(group.body, syntax.Given) else frozenset[str]()
    return name, _letters(before_bar(group.body)), behind, power


def _letters(node: syntax.Node) -> frozenset[str]:
    if isinstance(node, syntax.Tuple) and set(node.separators) != {","}:
        raise ValueError(node)  # p(x; w) is no probability of w
    items = [*arguments(node)]
    if not all(isinstance(parts_of(item)[0], syntax.Symbol) for item in items):
        raise ValueError(node)
    return frozenset(map(syntax.sexpr, items))

r"""Expectations of which nobody says the distribution: $E[aX + b] = a E[X] + b$, $E[X E[X]] = E[X]^2$.

To the kernel such an expectation is an unknown function. Here it is written as a sum of expectations of products, of
which constants have been taken out, since it is linear: then equal ones look alike. What stands outside of every
expectation in a step is a constant in it, as theta in $E[(\hat\theta - \theta)^2] = ... + (E[\hat\theta] - \theta)^2$,
unless it is a letter for random variables. This module must never take it that an expectation of a product is the
product of the expectations.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader.indexed.families import families_in
from symderiv.terms import (
    Add,
    Claim,
    Context,
    Definition,
    Deriv,
    Head,
    Mul,
    Num,
    Opaque,
    Pow,
    Sum,
    Term,
    Var,
    add,
    fresh,
    mul,
    neg,
    num,
    power,
    reached,
    rename,
    rewritten,
    subterms,
)

MEAN = r"\mathbb{E}"
RANDOM = re.compile(r"\\(?:wide)?hat|[XYZ]\b|\\(?:var)?epsilon|[(|]")  # estimators, random variables, noise
Definitions = Mapping[Head, tuple[Definition, ...]]
NUMBERS = ("a", "b", "c", "d", "k", r"\alpha", r"\beta", r"\lambda")  # what random variables X, Y are multiplied by
MOST = 200  # products in one expectation
HIGHEST = 6  # powers that are written out


def linear(claim: Claim, known: Collection[Head] = (), random: Collection[str] = ()) -> tuple[Claim, list[Head]]:
    """``claim`` with its expectations as sums of expectations of products, and what was taken for a constant.

    What is ``known`` to be none that is random is one, wherever it stands; letters that words call ``random`` are none.
    """
    sides, context = (claim.left, claim.right), claim.context
    parts = set(reached(sides, context.definitions))
    if not any(map(is_mean, parts)):
        return claim, []
    varied = {part.var.head for part in parts if isinstance(part, Deriv)}  # a derivative by p needs p to be there
    means = _Means(context, {h: made for h, made in context.definitions.items() if h not in varied})
    try:
        outside = {head for head in _outside(sides, means.definitions) if not RANDOM.search(head.name)}
        inside = means.inside(sides)
        if any(head.name[0] in "XYZ" for head in inside):
            outside |= {head for head in inside if head.name in NUMBERS}
        means.constants = (outside if inside - outside else set()) | set(known)
        means.constants = {head for head in means.constants if head.name.partition("#")[0] not in random}
        left, right = map(means.of, sides)
    except Unsupported:
        return claim, []
    return Claim(left, claim.relation, right, context), sorted(means.used)


def at_two_points(claim: Claim, centred: bool) -> Claim | None:
    """What ``claim`` says of independent random variables with two equally likely values, X and X' = -X if ``centred``.

    None where it says more than that: of powers only, with the same letters on both sides, and without assumptions.
    Raises Unsupported for other means.
    """
    sides, definitions = (claim.left, claim.right), claim.context.definitions
    drawn = {v for mean in filter(is_mean, reached(sides, definitions)) for v in subterms(mean) if isinstance(v, Var)}
    if not drawn:
        return None
    heads = {v.head for v in drawn}
    letters = [families_in((side,), definitions) for side in sides]
    said = [part for a in claim.context.assumptions for part in a.data]
    assumed = {v.head for t in said if isinstance(t, Term) for v in subterms(t) if isinstance(v, Var)} & heads
    assumed |= {head for head in heads if head in said}
    elsewhere = heads & _outside(sides, definitions)
    if claim.relation != "=" or letters[0] != letters[1] or len(heads) < len(drawn):
        return None
    if assumed or elsewhere or heads & definitions.keys():
        return None

    def moment(part: Term) -> Term | None:
        if not is_mean(part):
            return None
        powers: Counter[Var] = Counter()
        for factor in part.parts[0].parts if isinstance(part.parts[0], Mul) else part.parts:
            match factor:
                case Var():
                    powers[factor] += 1
                case Pow(base=Var() as base, exponent=Num(value=value)) if value.denominator == 1 and value > 0:
                    powers[base] += int(value)
                case _:
                    raise Unsupported("more than a product of powers in an expectation")
        return mul(*(_two(var, times, centred) for var, times in powers.items()))

    left, right = (rewritten(side, moment) for side in sides)
    return Claim(left, claim.relation, right, claim.context)


def _two(var: Var, times: int, centred: bool) -> Term:
    """The mean of the powers of both values."""
    other = neg(var) if centred else Var(var.name + "'", var.subs, var.sups)
    return mul(num("1/2"), add(power(var, times), power(other, times)))


class _Means:
    def __init__(self, context: Context, definitions: Definitions) -> None:
        self.context = context
        self.definitions = definitions
        self.constants: set[Head] = set()
        self.used: set[Head] = set()
        self.memo: dict[Term, Term] = {}

    def inside(self, terms: Iterable[Term]) -> set[Head]:
        """The families that stand in expectations, and have no definition."""
        means = [part for part in reached(terms, self.definitions) if is_mean(part)]
        parts = reached((part for mean in means for part in mean.parts), self.definitions)
        return {part.head for part in parts if isinstance(part, Var) and part.head not in self.definitions}

    def of(self, term: Term) -> Term:
        """``term`` with its expectations written so, also those that stand in definitions."""
        return rewritten(term, self._changed, self.memo)

    def _changed(self, part: Term) -> Term | None:
        match part:
            case Var():
                body = definition_of(part, self.definitions)
                return self.of(body) if body is not None and self._speaks(body) else part
            case Deriv():
                return Deriv(self.of(part.body), part.var) if self._speaks(part.body) else part
        return self.mean(self.of(part.parts[0])) if is_mean(part) else None

    def mean(self, body: Term) -> Term:
        """E[body], as a sum."""
        return add(*(self._of_product(factors) for factors in self.products(body)))

    def _of_product(self, factors: tuple[Term, ...]) -> Term:
        constant = [f for f in factors if self.is_constant(f)]
        self.used |= self.constants & {v.head for f in constant for v in subterms(f) if isinstance(v, Var)}
        rest = [f for f in factors if f not in constant]
        for n, part in enumerate(rest):
            if type(part) is Sum:  # E[f sum_i g_i] = sum_i E[f g_i]
                others = mul(*rest[:n], *rest[n + 1 :])
                index = fresh(part.index, others.free | part.free)
                inner = self.mean(mul(others, rename(part.body, {part.index: index})))
                return mul(*constant, Sum(index, part.range, inner))
        return mul(*constant, Opaque(MEAN, (mul(*rest),), (0,))) if rest else mul(*constant)

    def products(self, term: Term) -> list[tuple[Term, ...]]:
        """The products that ``term`` is the sum of, each as its factors."""
        match term:
            case Add():
                return _few([product for part in term.parts for product in self.products(part)])
            case Mul():
                found: list[tuple[Term, ...]] = [()]
                for part in term.parts:
                    found = _few([(*a, *b) for a in found for b in self.products(part)])
                return found
            case Pow(base=base, exponent=Num(value=value)) if value.denominator == 1 and 1 <= value <= HIGHEST:
                return self.products(mul(*[base] * int(value)))
            case Pow(base=Mul() as base, exponent=Num() as exponent) if exponent.value.denominator == 1:
                return [tuple(power(factor, exponent) for factor in base.parts)]
            case Var() if (body := definition_of(term, self.definitions)) is not None:
                return self.products(body)
            case Deriv():
                return self.products(differentiate(term.body, term.var, self.context))
        return [(term,)]

    def is_constant(self, term: Term) -> bool:
        if isinstance(term, Var):
            return term.head in self.constants
        return is_mean(term) or (not isinstance(term, Deriv) and all(map(self.is_constant, term.parts)))

    def _speaks(self, term: Term) -> bool:
        return any(map(is_mean, reached((term,), self.definitions)))


def _outside(terms: Iterable[Term], definitions: Definitions) -> set[Head]:
    """The families that stand outside of all expectations."""
    found: set[Head] = set()
    seen: set[Term] = set()
    queue = list(terms)
    while queue:
        term = queue.pop()
        if term in seen or is_mean(term):
            continue
        seen.add(term)
        body = definition_of(term, definitions) if isinstance(term, Var) else None
        if isinstance(term, Var) and body is None:
            found.add(term.head)
        queue += term.parts if body is None else (body,)
    return found


def _few(products: list[tuple[Term, ...]]) -> list[tuple[Term, ...]]:
    if len(products) > MOST:
        raise Unsupported("more than a product of powers in an expectation")
    return products


def is_mean(term: Term) -> bool:
    return isinstance(term, Opaque) and term.name == MEAN

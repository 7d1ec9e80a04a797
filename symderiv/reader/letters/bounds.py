r"""Bounds that the words set: ``$0 < a < 1$``, ``let $n \ge 2$``, ``$\gamma \in [0, 1)$``.

A counterexample beyond them convicts nobody; one within them is looked for instead. What holds within them only is
claimed elsewhere, and says so; this module must never let a bound prove anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

from symderiv.judge import refuted_at
from symderiv.kernel import Refuted
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.letters.thresholds import FLIPPED
from symderiv.reader.words.prose import Words
from symderiv.terms import Add, Claim, Fn, Head, Mul, Var, reached

Bound = tuple[str, Fraction]  # a relation and what is on its right
WRITTEN = {">=": r"\ge", "<=": r"\le"}
_SIGN = r"((?:non-?)?(?:positive|negative))"
_CALLED = Words(
    rf"(?<!not )\b{_SIGN}(?:\s+(?:values?\s+of|inputs?|arguments?|numbers?|reals?|constants?|scalars?))?\s*$",
    re.IGNORECASE,
)
_IS_CALLED = Words(
    rf"^\s*(?:is|be|remains|stays)\s+(?:strictly\s+)?{_SIGN}\b(?!\s+(?:or|and|semi-?)?\s*definite)", re.IGNORECASE
)
_DECLARES = Words(
    r"\b(?:let|assum\w*|suppos\w*|where|with|given|fix|some|sei\w*|mit|wobei|soit|avec|sea|con)\b[^.;:$]*$",
    re.IGNORECASE,
)
_GOES_ON = Words(r"^\s*(?:,|and|und|et|y|\s)*$")
NUMBER_PI = Words(  # 2\pi, \frac{2}{\pi}, \frac{\pi}{6}, \cos\pi
    r"\d\s*\\pi\b|\d\}\s*\{\s*\\pi\s*\}|\\pi\s*(?:\}\s*\{\s*\d+\s*\}|/\s*\d)|\d\s*/\s*\\pi\b|\\(?:cos|sin|tan)\s*(?:\\left)?[({]*\s*\\pi\b"
)
PI: set[Bound] = {(">", Fraction("3.14159")), ("<", Fraction("3.14165"))}  # so that 3.1416 is tried first
LISTED = 8  # symbols that are bounded together
AWAY = tuple(map(Fraction, ("1", "2", "1/2", "5")))  # from an end, of the points that are tried
TRIALS = len(AWAY)
SCALES = tuple(map(Fraction, (1, -1, 5, -5)))  # for what is not bounded


def said(row: syntax.Row) -> Iterator[tuple[str, Bound]]:
    """The names that a row compares with numbers, and how."""
    sides = [(segment.relation, segment.side) for segment in row.segments]
    yield from _in_chain(sides, ())
    listed = [side for _, side in sides] if len(sides) == 1 else []
    for remark in row.remarks:  # the b > 0 of "$a, b > 0$"
        content = remark.content.body if isinstance(remark.content, syntax.Group) else remark.content
        if isinstance(content, syntax.Relation):
            yield from _in_chain([(None, content.left), *content.rest], listed)
        listed = [*listed, content] if isinstance(content, syntax.Symbol | syntax.Scripted) else []


def worded(row: syntax.Row, before: str, after: str) -> Iterator[tuple[str, Bound]]:
    """The same of a symbol that the words beside it call positive, or negative: "for positive $x$"."""
    said = _CALLED.search(before) or _IS_CALLED.search(after)
    side = row.segments[0].side if len(row.segments) == 1 else None
    if said is not None and isinstance(side, syntax.Symbol):
        end = {"positive": ">", "negative": "<", "nonnegative": ">=", "nonpositive": "<="}
        yield plain(side.name), (end[re.sub(r"[-\s]", "", said[1].lower())], Fraction(0))


def declared(words: Sequence[str], n: int) -> bool:
    """Whether the words before formula ``n`` of a sentence set what it says for all that comes: "let $a > 0$"."""
    last = max(0, n - LISTED)
    while n > last and _GOES_ON.search(words[n] or " "):
        n -= 1
    return _DECLARES.search(words[n]) is not None


def _in_chain(sides: Sequence[tuple[str | None, object]], listed: Sequence[object]) -> Iterator[tuple[str, Bound]]:
    for (_, left), (relation, right) in pairwise(sides):
        if relation in FLIPPED and (value := number(right)) is not None:
            yield from ((name, (relation, value)) for side in (*listed, left) for name in _names(side))
        elif relation in FLIPPED and (value := number(left)) is not None:
            yield from ((name, (FLIPPED[relation], value)) for name in _names(right))
        elif relation == "in" and isinstance(right, syntax.Group) and isinstance(right.body, syntax.Tuple):
            ends = [value for item in right.body.items if (value := number(item)) is not None]
            if len(ends) == len(right.body.items) == 2 and right.open in ("(", "[", "]"):
                for name in (name for side in (*listed, left) for name in _names(side)):
                    yield name, (">=" if right.open == "[" else ">", ends[0])
                    yield name, ("<=" if right.close == "]" else "<", ends[1])


def within(verdict: Refuted, bounds: Mapping[str, set[Bound]]) -> Refuted | str:
    """``verdict``, or one at a point within ``bounds``; the bound that every point tried breaks, if there is none."""
    bounded = ((var, value, bounds[name]) for var, value in verdict.witness.values if (name := _of(var, bounds)))
    beyond = {var: limits for var, value, limits in bounded if not _keeps(value, limits)}
    if not beyond:
        return verdict
    for scale, trial in product(SCALES, range(TRIALS)):
        values = tuple(
            (
                v,
                _inside(beyond[v], trial)
                if v in beyond
                else value
                if scale == 1 or _of(v, bounds)
                else (value or 1) * scale,
            )
            for v, value in verdict.witness.values
        )
        if (found := refuted_at(verdict.claim, replace(verdict.witness, values=values))) is not None:
            return found
    var = next(iter(beyond))
    if beyond[var] == PI:
        return r"\pi = 3.1415..."
    return r" \text{ and } ".join(f"{shown(var.name)} {WRITTEN.get(r, r)} {limit}" for r, limit in sorted(beyond[var]))


def thresholds(claim: Claim) -> dict[str, set[Bound]]:
    r"""The names that absolute values are compared with, ``|r| \le \delta``: nobody means a negative one."""
    found: dict[str, set[Bound]] = {}
    for part in reached((claim.left, claim.right), claim.context.definitions):
        if isinstance(part, Fn) and part.name == "step" and isinstance(part.parts[0], Add):
            terms = [t for term in part.parts[0].parts for t in (term.parts if isinstance(term, Mul) else (term,))]
            if any(isinstance(t, Fn) and t.name == "abs" for t in terms):
                for var in (t for t in terms if isinstance(t, Var)):
                    found.setdefault(shown(var.name), set()).add((">", Fraction(0)))
    return found


def together(*limits: Mapping[str, set[Bound]]) -> dict[str, set[Bound]]:
    """All of these bounds."""
    return {name: set().union(*(each.get(name, ()) for each in limits)) for each in limits for name in each}


def positive(head: Head, bounds: Mapping[str, set[Bound]]) -> bool:
    """Whether the words bound a family from below by zero, or by more than that."""
    return any(r == ">" and limit >= 0 for r, limit in bounds.get(shown(head.name), ()))


def narrowed(everywhere: Mapping[str, set[Bound]], here: Mapping[str, set[Bound]]) -> dict[str, set[Bound]]:
    """Both bounds, but only those set ``here`` where the two leave no room: "for x > 0", and then "for x < 0"."""
    both = together(everywhere, here)
    return {name: limits if _leave_room(limits) else here.get(name, limits) for name, limits in both.items()}


def _leave_room(limits: set[Bound]) -> bool:
    return any(_keeps(_inside(limits, trial), limits) for trial in range(TRIALS))


def _of(var: Var, bounds: Mapping[str, set[Bound]]) -> str:
    """The name of which the words bound ``var``, if they can be kept together."""
    name = shown(var.name)
    return name if name in bounds and _leave_room(bounds[name]) else ""


def _keeps(value: Fraction, bounds: set[Bound]) -> bool:
    tests = {"<": value.__lt__, ">": value.__gt__, "<=": value.__le__, ">=": value.__ge__}
    return all(tests[relation](limit) for relation, limit in bounds)


def _inside(bounds: set[Bound], trial: int) -> Fraction:
    """A number within bounds that leave room, another one at each trial."""
    low = max((limit for relation, limit in bounds if relation[0] == ">"), default=None)
    high = min((limit for relation, limit in bounds if relation[0] == "<"), default=None)
    if low is not None and high is not None:
        return low + (high - low) * Fraction(trial + 1, TRIALS + 2)
    if low is not None:
        return low + AWAY[trial]
    return (high if high is not None else Fraction(0)) - AWAY[trial]


def number(node: object) -> Fraction | None:
    """The number that a node is, with its sign."""
    match node:
        case syntax.Number(text=text):
            return Fraction(text)
        case syntax.Add(terms=((sign, syntax.Number(text=text)),)):
            return -Fraction(text) if sign == "-" else Fraction(text)
    return None


def _names(node: object) -> Iterator[str]:
    """The names of a symbol or member, or of several: ``a, b > 0``."""
    for item in node.items if isinstance(node, syntax.Tuple) else (node,):
        base, _, sup, primes = parts_of(item) if isinstance(item, syntax.Node) else (None, None, None, 0)
        if isinstance(base, syntax.Symbol) and sup is None and not primes:
            yield plain(base.name)

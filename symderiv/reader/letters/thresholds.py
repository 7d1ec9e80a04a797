r"""Inequalities between numbers as 0 and 1: ``[x > 0]`` is step(x), ``[x \le 1]`` is 1 - step(x - 1).

Where both sides are equal nothing is said: the step function has no value there. This module must never decide whether
an inequality holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import product

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.vocabulary import RELATIONS, UNICODE
from symderiv.reader.words.prose import Words
from symderiv.terms import ONE, ZERO, Fn, Num, Term, add, mul, neg

ABOVE = {">": True, ">=": True, "<": False, "<=": False}
FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
SAID = Words(
    r"(?:(?:if|when|for|where)\s+)?(?P<name>\\[A-Za-z]+|[A-Za-z])\s*"
    r"(?P<op><=|>=|<|>|\\leq?|\\geq?|≤|≥)\s*(?P<number>\d+(?:\.\d+)?)\s*[.,;]?",
    re.IGNORECASE,
)

MOST = 10  # different comparisons in one case distinction
Literal = tuple[Term, bool]  # step(u), and whether it is 1 or 0


def sides(node: syntax.Relation) -> list[syntax.Node]:
    return [node.left, *(right for _, right in node.rest)]


def literals(node: syntax.Relation, values: Sequence[Term]) -> list[Literal]:
    """``-1 < x < 1`` as literals, given the values of its sides."""
    return [literal(op, a, b) for (op, _), a, b in zip(node.rest, values, values[1:], strict=False)]


def literal(op: str, left: Term, right: Term) -> Literal:
    """``left op right`` as step(left - right) being 1 or 0; the side that has variables comes first."""
    if isinstance(left, Num):
        left, right, op = right, left, FLIPPED[op]
    return Fn("step", left if right is ZERO else add(left, neg(right))), ABOVE[op]


def indicator(literals: Sequence[Literal]) -> Term:
    """The term that is 1 where all of ``literals`` hold, and else 0."""
    parts = [step if holds else add(ONE, neg(step)) for step, holds in literals]
    return parts[0] if len(parts) == 1 else mul(*parts)


def cover(rows: Sequence[Sequence[Literal]]) -> bool:
    """Whether one of the rows holds, however the numbers compare; more than ``MOST`` comparisons are not looked at."""
    if not all(rows):
        return True  # `otherwise`
    steps = list(dict.fromkeys(step for row in rows for step, _ in row))
    if len(steps) > MOST:
        return False
    for values in product((True, False), repeat=len(steps)):
        truth = dict(zip(steps, values, strict=True))
        if not any(all(truth[step] == holds for step, holds in row) for row in rows):
            return False
    return True


def said(words: str, node: syntax.Node) -> syntax.Relation | None:
    """``if x > 0`` in the words beside a case, as the relation that it is."""
    found = SAID.fullmatch(words.replace("$", "").strip())
    if found is None:
        return None
    op = RELATIONS[UNICODE.get(found["op"], found["op"].lower())]
    left = syntax.Symbol(found["name"], node.span)
    return syntax.Relation(left, ((op, syntax.Number(found["number"], node.span)),), node.span)

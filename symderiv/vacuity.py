"""Vacuity: proofs that say nothing, as both sides of a step vanish in the reading of it that is proved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from symderiv import hindsight, notation
from symderiv.judge import provable
from symderiv.kernel.derivative import is_unknown
from symderiv.reader.grammar.names import shown
from symderiv.reader.steps.walk import Walk
from symderiv.reader.words.prose import Words
from symderiv.terms import ZERO, Claim, Deriv, Sum, Var, reached

INDEPENDENT = Words(
    r"\b(?:not\s+(?:\w+\s+)?depend|independent\s+of|free\s+of|constants?|held\s+fixed|unabhängig\s+von|hängt\s+nicht|konstant\w*"
    r"|ne\s+dépend\w*|indépendant\w*\s+d|constantes?|no\s+depende\w*|independientes?\s+de)\b|无关|不依赖|常数|常量|依存しない|定数|상수|무관",
    re.IGNORECASE,
)


def empty(walk: Walk, claims: Sequence[Claim]) -> str:
    """Why a proof of ``claims`` would say nothing; "" if it says something."""
    found = walk.proofs.empty(claims) or of_derivatives(claims) or _of_zero(walk, claims) or _of_equations(claims)
    return found or hindsight.hollow(walk, claims)


def of_derivatives(claims: Sequence[Claim]) -> str:
    """Why a proof would be empty: both sides vanish as read, because a derivative on them does, and nobody wrote 0."""
    for claim in claims:
        sides = (claim.left, claim.right)
        parts = set(reached(sides, claim.context.definitions))
        derivatives = [t for t in parts if isinstance(t, Deriv)]
        if ZERO in sides or not derivatives or _holds_for_any_rates(claim):
            continue
        stated = tuple(a for a in claim.context.assumptions if a.kind == "equation" and is_unknown(a.data[0]))
        free = replace(claim.context, assumptions=stated)
        if all(provable(Claim(side, "=", ZERO, free)) is not None for side in sides):
            bound = {t.index: t.range for t in parts if isinstance(t, Sum)}
            inside = replace(free, ranges={**bound, **free.ranges})
            if any(provable(Claim(t, "=", ZERO, inside)) is not None for t in derivatives):
                return "both sides vanish as they were read"
    return ""


def _holds_for_any_rates(claim: Claim) -> bool:
    """Whether a claim holds whatever the quantities are that are defined through derivatives: 2 g = g + g."""
    definitions = claim.context.definitions
    others = {
        head: made
        for head, made in definitions.items()
        if not any(isinstance(t, Deriv) for t in reached((d.body for d in made), definitions))
    }
    if len(others) == len(definitions):
        return False
    return provable(replace(claim, context=replace(claim.context, definitions=others))) is not None


def _of_zero(walk: Walk, claims: Sequence[Claim]) -> str:
    r"""Why a proof that something is zero would be empty: nobody says that what is differentiated is free of that.

    So it is with \sum_a \pi(a) \nabla_\theta \log \pi(a) = 0. Variables of the document are free of each other, and
    constants of all; the words may say it of others.
    """
    reading = walk.reading
    told = reading.symbols.variables | reading.symbols.definitions.keys()
    for claim in claims:
        definitions = claim.context.definitions
        rates = [t for t in reached((claim.left, claim.right), definitions) if isinstance(t, Deriv)]
        for rate in rates if ZERO in (claim.left, claim.right) else ():
            inside = {t for t in reached((rate.body,), definitions) if isinstance(t, Var)}
            heads = {t.head for t in inside}
            free = sorted({t.head for t in inside if t.name not in reading.constants} - told)
            depends = rate.var.head in heads or heads & claim.context.through.keys()
            if depends or any((head, rate.var.head) in claim.context.dependent for head in heads):
                continue
            if free and not INDEPENDENT.search(reading.document.source.text):
                return f"whether {shown(free[0].name)} depends on {shown(rate.var.name)} is not said"
    return ""


def _of_equations(claims: Sequence[Claim]) -> str:
    """The equation under which both sides are zero, and only under it: 1 - u^T u = u^T u - 1 on u^T u = 1."""
    for claim in claims:
        sides, context = (claim.left, claim.right), claim.context
        equations = [a for a in context.assumptions if a.kind == "equation"]
        if not equations or claim.relation != "=" or ZERO in sides:
            continue
        bare = replace(context, assumptions=tuple(a for a in context.assumptions if a.kind != "equation"))
        zero = [Claim(side, "=", ZERO, context) for side in sides]
        if any(provable(c) is None for c in zero) or provable(replace(claim, context=bare)) is not None:
            continue
        if all(provable(replace(c, context=bare)) is None for c in zero):
            return f"both sides vanish under {', '.join(notation.unicode_latex(a.text) for a in equations)}"
    return ""

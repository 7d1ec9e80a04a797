r"""Equations that should follow from the one before them: ``2x + 4 = 0 \implies x + 2 = 0``.

An arrow, "so", or the mere next line presents such an equation as a consequence; it is no new condition that the
author sets, and what solves it is a solution only if it does follow. This module must never take a condition of its
own for a consequence: the derivative by another unknown, a constraint, the equation of another one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from symderiv.judge import prove_all
from symderiv.kernel import Refuted
from symderiv.kernel.derivative import differentiate
from symderiv.reader.indexed.arrays import one_entry
from symderiv.reader.indexed.families import derives, families_in, spoken_of, substitute
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.equations import Equation, Equations
from symderiv.reader.words.prose import Words
from symderiv.terms import ZERO, Claim, Definition, Deriv, Opaque, Var, add, mul, num, power, subterms

_COMMENT = re.compile(r"<!--.*?-->|(?<!\\)%[^\n]*", re.DOTALL)
_MATHEMATICS = re.compile(r"(?<!\$)\$(?!\$)[^$]+\$(?!\$)|\\\(.*?\\\)", re.DOTALL)
_COMMANDS = re.compile(r"\\(?:begin|end|label|tag|ref|eqref|h?space|vspace)\*?\{[^}]*\}(?:\{[lcr|]*\})?|\\[A-Za-z]+\*?")
_FOLLOWS = Words(
    r"\b(?:so|thus|hence|therefore|thence|implies|implying|follows|equivalent\w*|that\s+is|i\.e|simplif\w*|rearrang\w*"
    r"|rewrit\w*|multipl\w*|divid\w*|cancel\w*|clear\w*|substitut\w*|plug\w*|insert\w*|sum(?:s|ming)?|daher|somit|folgt"
    r"|multiplizier\w*|dividier\w*|vereinfach\w*|umform\w*|einsetz\w*|eingesetzt|donc|d'où|simplifi\w*|multipli\w*"
    r"|divis\w*|luego|entonces|simplific\w*|dividi\w*|substitu\w*|sustitu\w*)\b"
    r"|化简|化簡|整理|两边|兩邊|同乘|同除|求和|代入|代回|展开|展開|故|因此|所以|于是|即|よって|따라서",
    re.IGNORECASE,
)
_GIVES = Words(  # another condition may do so, too: "for b we get"
    r"\b(?:then|gives?|giving|yields?|get|obtain\w*|leads?|becomes|means|reduc\w*|expand\w*|collect\w*|ergibt|dann|on\s+obtient"
    r"|alors|se\s+obtiene)\b|解得|得到|得|可得|得る|얻",
    re.IGNORECASE,
)
_SETS = Words(  # a condition of its own, or one in a case
    r"\b(?:deriv\w*|differentiat\w*|gradient\w*|partials?|constrain\w*|condition\w*|subject|require\w*|KKT|Karush\w*|Lagrang\w*"
    r"|slackness|feasib\w*|likewise|similarly|analogous\w*|another|other|second|next|now|also|further\w*|moreover|addition\w*"
    r"|finally|for|set(?:s|ting)?|equat\w*|let|suppose|assum\w*|if|when|case|either|or|except|unless|falls?|wenn|ebenso|analog"
    r"|für|außerdem|ableit\w*|bedingung\w*|setz\w*|si|dériv\w*|gradiente?|contrainte\w*|de\s+même|pour|cas|deriv\w*|igual\w*"
    r"|para|restricci\w*|condici\w*|caso)\b"
    r"|求导|求導|导数|導數|偏导|梯度|约束|約束|条件|條件|同理|类似|類似|令|设|設|若|如果|当|當|或|关于|關於|微分|制約|미분|조건|마찬가지",
    re.IGNORECASE,
)
_SEVERAL = Words(  # conditions that words announce, of which each line may be one
    r"\b(?:derivatives|gradients|partials|equations|conditions|constraints|system|both|KKT|Karush\w*|respectively|\w*ableitungen"
    r"|gleichungen|bedingungen|dérivées|équations|conditions|derivadas|ecuaciones|condiciones)\b|分别|分別|方程组|条件|それぞれ|각각",
    re.IGNORECASE,
)
_CONSTRAINED = Words(
    r"\b(?:constrain\w*|subject\s+to|such\s+that|s\.\s?t\.|Lagrang\w*|sums?\s+to|simplex|nebenbedingung\w*|contrainte\w*"
    r"|restricci\w*)\b|约束|約束|制約|拉格朗日|제약",
    re.IGNORECASE,
)
ANNOUNCED = 400  # characters before an equation in which words may announce several


class Source(NamedTuple):
    """What an equation should follow from: in words, and the equation if that holds; ``said``: words say that it does.

    An arrow is as good as words.
    """

    name: str
    equation: Equation | None
    said: bool


class Consequences:
    """Finds what an equation is a consequence of, if it is one."""

    def __init__(self, reading: Reading, equations: Equations) -> None:
        self.reading = reading
        self.equations = equations

    def source(self, posed: Posed, claims: Sequence[Claim]) -> Source | None:
        """What the equation of a step should follow from; None if it may be a condition of its own."""
        if posed.rate is not None or posed.grounds or derives(*claims):
            return None
        begins = self._first_of_chain(posed)
        if not (presented := self._presented(begins)):
            return None
        for step in self._before(begins):
            known = next((e for e in reversed(self.equations.known) if e.posed is step), None)
            if _is_rate(step) or (presented != "said" and self._may_be_another(known, claims)):
                return None  # what sets a derivative to zero is written out next
            if known is not None:
                return Source(self.equations.name(step), known if known.holds else None, presented == "said")
            if step.span in self.equations.unproved and self._is_link(step, begins, claims):
                return Source(self.equations.name(step), None, True)
        return None

    def against(self, posed: Posed, claims: Sequence[Claim]) -> list[Claim]:
        """The claims given the equations before, where no solution of what they should follow from meets them.

        Empty if some may, or if what else holds may not have been understood.
        """
        source = self.source(posed, claims)
        if source is None or source.equation is None or not source.said or self._is_constrained(posed):
            return []
        stated = source.equation.claims
        if not len(stated) == len(claims) == 1 or not spoken_of(claims) <= spoken_of(stated):
            return []
        solved = list(_solved(stated[0], claims[0]))
        if not solved or not all(isinstance(prove_all([claim]), Refuted) for claim in solved):
            return []
        return self.equations.given_all(posed, claims)

    def _is_constrained(self, posed: Posed) -> bool:
        """Whether the section speaks of a constraint, which may have been used."""
        number = self.equations.section(posed)
        begins = self.equations.headings[number - 1] if number else 0
        return _CONSTRAINED.search(self.reading.document.source.text[begins : posed.span.end]) is not None

    def _is_link(self, step: Posed, posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether a step that was not proved is what a step rests on: by an arrow, or as both speak of the same."""
        if posed.implied:
            return True
        sides = [entry for side in (step.left, step.right) if (entry := one_entry(side)) is not None]
        return not families_in(sides, {}).isdisjoint(spoken_of(claims))

    def _first_of_chain(self, posed: Posed) -> Posed:
        """The first step of the chain in which a step stands."""
        steps = self.reading.posed
        while posed.at and steps[posed.at - 1].span == posed.left_span:
            posed = steps[posed.at - 1]
        return posed

    def _before(self, posed: Posed) -> Iterator[Posed]:
        """The steps before one in its section, the last one first, but for what is only defined, or spoken of.

        Before an arrow that is one at most.
        """
        section = self.equations.section(posed)
        for step in reversed(self.reading.posed[: posed.at]):
            if self.equations.section(step) != section:
                return
            if step.kind != "definition" and not step.passing:
                yield step
            if posed.implied:
                return

    def _presented(self, posed: Posed) -> str:
        """How a step is presented: "said" to follow from those before, "likely" to, "beside" them, or not at all."""
        if posed.implied:
            return "said"
        since = self.reading.posed[posed.at - 1].span.end if posed.at else 0
        between = self.reading.document.source.text[since : posed.left_span.start]
        words = _COMMANDS.sub(" ", _MATHEMATICS.sub(" ", _COMMENT.sub(" ", between)))
        if not re.search(r"[^\W\d_]", words):
            return "beside"
        if _SETS.search(words):
            return ""
        return "said" if _FOLLOWS.search(words) else "likely" if _GIVES.search(words) else ""

    def _may_be_another(self, equation: Equation | None, claims: Sequence[Claim]) -> bool:
        """Whether the next line may be another condition: it speaks of something else, or words announce several."""
        if equation is None or not spoken_of(claims) <= spoken_of(equation.claims):
            return True
        begins = equation.posed.left_span.start
        words = self.reading.document.source.text[max(0, begins - ANNOUNCED) : begins]
        return _SEVERAL.search(words) is not None


def _is_rate(step: Posed) -> bool:
    """Whether a step says what a derivative is."""
    entry = one_entry(step.left)
    return entry is not None and any(isinstance(t, Deriv) for t in subterms(entry))


def _solved(equation: Claim, claim: Claim) -> Iterator[Claim]:
    """The claim at the solution of an equation, for each letter in both in which that is linear."""
    zero = add(equation.left, mul(num(-1), equation.right))
    if any(isinstance(t, Opaque) for t in subterms(zero)) or len(zero.free) != len(claim.left.free | claim.right.free):
        return
    spoken = {t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Var)}
    for var in sorted(spoken, key=repr):
        same = {t for t in subterms(zero) if isinstance(t, Var) and t.head == var.head}
        if same != {var} or var.head in claim.context.definitions or zero.free != {*var.indices}:
            continue
        slope = differentiate(zero, var, equation.context)
        if slope is ZERO or var.head in families_in((slope,), {}):
            continue
        rest = substitute(zero, {var: ZERO}, {})
        made = Definition(var.indices, mul(num(-1), rest, power(slope, -1)))
        definitions = {**claim.context.definitions, var.head: (made,)}
        yield replace(claim, context=replace(claim.context, definitions=definitions))

r"""Independence that words state: "$X$ and $Y$ are independent", "$X_1, \dots, X_n$ are i.i.d.".

With it E[X Y] = E[X] E[Y], and E[X_i X_j] = E[X_i] E[X_j] + \delta_{ij} (E[X_i^2] - E[X_i]^2). This module must never
take what is uncorrelated, or independent given something else, for independent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from symderiv.reader.elaboration.distributions import letter_of_name
from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.names import shown
from symderiv.reader.grammar.nodes import names_in, parts_of
from symderiv.reader.indexed.means import MEAN
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import Sentence, Words
from symderiv.terms import ZERO, Delta, Index, Mul, Opaque, Term, Var, add, mul, neg, power

_NAMES = r"(?:\$[\s,，、]*(?:(?:and|und|et|y|e|with|与|和|與|と|및|와|과)[\s,]*)?){1,8}"
_WORD = (
    r"(?:i\.\s?i\.\s?d\.|\biid\b|\bindependent(?:ly)?\b|\bunabhängig\w*|\bindépendante?s?\b|\bindependientes?\b|\bindipendenti\b"
    r"|\bindependentes\b|独立|独立同分布|독립)"
)
_FILLING = (
    r"(?:\s*(?:are|is|be|being|both|all|two|each|also|assumed|to|mutually|pairwise|statistically|jointly|drawn|random"
    r"|variables?|samples?|which|that|sind|seien|stochastisch|sont|son|sono|são|是|为|相互|互いに|は|が|都|均|은|는|이|가|서로|,)\s*)*"
)
INDEPENDENT = Words(
    rf"(?P<before>{_NAMES}){_FILLING}{_WORD}(?!\s*(?:of|from|given|conditional\w*|von|de|variables?\s+of)\b)"
    rf"|(?P<one>\$)\s*(?:is|are|be)\s+(?:assumed\s+)?(?:to\s+be\s+)?independent\s+(?:of|from)\s+(?P<other>\$)"
    rf"|(?<!ly ){_WORD}\s+(?:(?:and\s+identically\s+distributed|random|real|scalar|variables?|samples?|draws?|noise"
    rf"|terms?|observations?)\s+)*(?P<after>{_NAMES})",
    re.IGNORECASE,
)
OTHERWISE = Words(  # what holds of independent ones is not said of others
    r"\b(?:dependent|depend\s+on\s+each\s+other|correlated|not\s+(?:\w+\s+)?independent|in\s+general|general\s+case"
    r"|no\s+longer|abhängig\w*|dépendant\w*|dependientes)\b|不独立|相关|一般",
    re.IGNORECASE,
)
SAME = re.compile(r"i\.?\s?i\.?\s?d", re.IGNORECASE)


class Said(NamedTuple):
    """``names`` are independent of one another, and members of families with so many indices; or ``supposed`` so."""

    names: frozenset[str]
    members: frozenset[tuple[str, int]]
    source: str
    section: int
    sentence: int
    supposed: bool


class Independence:
    """What a document says to be independent."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.said: list[Said] = []
        self.ends: list[int] = []  # the sentences that speak of others

    def sentence(self, sentence: Sentence, number: int) -> None:
        """Take up what a sentence says, which has this number."""
        if OTHERWISE.search(sentence.words):
            self.ends.append(number)
        for found in INDEPENDENT.finditer(sentence.words):
            formulas = sentence.formulas_in(found, "before", "after", "one", "other")
            supposed = assertions.supposed(sentence.words, *found.span())
            rows = [row for formula in formulas for row in self.reading.rows(formula.latex, formula.span).rows]
            self._take([node for row in rows for node in listed.names(row)], formulas[0].span.start, number, supposed)

    def drawn(self, names: Sequence[syntax.Node], row: syntax.Row, number: int) -> None:
        r"""Take up ``X_i \overset{\text{iid}}{\sim} p``, which says that ``names`` are drawn."""
        start, end = row.cells_span.start, row.cells_span.end
        if names and SAME.search(self.reading.document.source.text, start, end):
            self._take(names, start, number, supposed=False)

    def _take(self, nodes: Sequence[syntax.Node], start: int, number: int, supposed: bool) -> None:
        names: dict[str, None] = {}
        members: set[tuple[str, int]] = set()
        every = any(isinstance(node, syntax.Ellipsis) for node in nodes)  # X_1, ..., X_n
        for node in nodes:
            if name := letter_of_name(node):
                names[name] = None
                indices = [i for script in parts_of(node)[1:3] if script is not None for i in names_in(script)]
                if indices or every:
                    members.add((name, 1 if every else len(indices)))
        line = self.reading.document.source.position(start).line
        source = f"{', '.join(map(shown, names))} independent, line {line}"
        if members or len(names) > 1:
            said = Said(frozenset(names), frozenset(members), source, self.reading.section, number, supposed)
            self.said.append(said)

    def holding(self, posed: Posed) -> list[Said]:
        """What was said before a step; of what is only supposed, that of the sentence right before it."""
        return [
            said
            for said in self.said
            if said.section <= posed.section
            and said.sentence <= posed.sentence
            and (not said.supposed or said.sentence == posed.sentence)
            and not any(said.sentence < end <= posed.sentence for end in self.ends)
            and not self.reading.symbols.is_withdrawn(set(said.names), said.sentence, posed.sentence)
        ]


def apart(body: Term, known: Sequence[Said], notes: dict[str, None]) -> Term | None:
    """E[body] as a product of expectations, where ``body`` is a product of letters of which enough is said."""
    parts = body.parts if isinstance(body, Mul) else (body,)
    factors = [part for part in parts if isinstance(part, Var)]
    if len(factors) != len(parts):
        return None
    groups: list[list[Var]] = []
    for factor in factors:  # those that depend on one another stay together
        joined = [group for group in groups if any(not _are_apart(factor.name, v.name, known, notes) for v in group)]
        groups = [group for group in groups if group not in joined] + [[v for g in joined for v in g] + [factor]]
    means = [_of_group(group, known, notes) for group in groups]
    return mul(*means) if len(groups) > 1 or means[0] != _mean(*groups[0]) else None


def _are_apart(one: str, other: str, known: Sequence[Said], notes: dict[str, None]) -> bool:
    source = next((said.source for said in known if one != other and {one, other} <= said.names), "")
    notes |= {source: None} if source else {}
    return bool(source)


def _of_group(group: list[Var], known: Sequence[Said], notes: dict[str, None]) -> Term:
    """E[X_i X_j] of two members that are equal only if they are the same; of anything else what it is."""
    if len(group) == 2 and group[0].head == group[1].head:
        one, other = group
        places = [(i, j) for i, j in zip(one.indices, other.indices, strict=True) if i != j]
        member = (one.name, len(one.indices))
        source = next((said.source for said in known if member in said.members), "")
        if source and len(places) == 1:
            notes[source] = None
            first, second = _mean(one), _mean(other)
            return add(mul(first, second), mul(_same(*places[0]), add(_mean(one, one), neg(power(first, 2)))))
    return _mean(*group)


def _same(i: Index, j: Index) -> Term:
    return ZERO if isinstance(i, int) and isinstance(j, int) else Delta(i, j)


def _mean(*factors: Term) -> Term:
    return Opaque(MEAN, (mul(*factors),), (0,))


__all__ = ["Independence", "Said", "apart"]

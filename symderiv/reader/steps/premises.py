r"""Premises: what running text says of quantities in a formula, ``\|a\| = 1``, ``u^\top v = 0``, ``P^2 = P``.

A counterexample that does not meet them convicts nobody: one that does is looked for. Only where the words make one
a hypothesis ("let", "when") may a proof rest on it, which then says so; a reason ("since", "so") may itself be wrong.
This module must never take a definition, a denial or something to be shown for a premise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from symderiv import notation
from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.judge import holds_at, prove_all, refuted_at
from symderiv.kernel import Proved, Refuted, Verdict
from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import every, is_numeral, names_in, parts_of
from symderiv.reader.indexed.assumed import given
from symderiv.reader.known.facts import facts
from symderiv.reader.letters.bounds import number
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.readings import Readings
from symderiv.reader.words import assertions
from symderiv.reader.words.assertions import REACH
from symderiv.reader.words.prose import IF, NEGATED, TO_SHOW, Sentence, Words, range_of
from symderiv.reader.words.said_of import LISTED
from symderiv.terms import (
    ZERO,
    Claim,
    Head,
    Mul,
    Num,
    Pow,
    SizeOf,
    Term,
    Var,
    mul,
    num,
    power,
    reached,
    rewritten,
    subterms,
)

SO = Words(
    r"\b(?:so|thus|hence|therefore|then|gets?|obtain\w*|gives?|yields?|becomes?|find|follows?|since|because|as|i\.e\.|also|daher"
    r"|somit|weil|da|donc|car|entonces|porque)\b|因此|所以|于是|得到|因为|よって|したがって|따라서",
    re.IGNORECASE,
)
FOR_GOOD = Words(
    r"\b(?:let|assum\w*|suppos\w*|nehmen\s+an|angenommen|supong\w+|where|with|given|satisf\w+|such\s+that|subject\s+to|constraint|sei|seien|wobei|mit|soit"
    r"|soient|où|avec|sea|sean|donde|con)\b|假设|假定|设|設|其中|满足|滿足|満たす|만족",
    re.IGNORECASE,
)
FOR_NOW = Words(
    r"\b(?:when\w*|if|for|case|provided|at|falls|wenn|für|si|quand|pour|cuando|para)\b|当|當|若|如果|경우",
    re.IGNORECASE,
)
SAID_AFTER = Words(r"^\s*(?:とする|とおく|のとき|ならば|とき|を仮定|일\s*때|이라|라고|을\s*가정|를\s*가정|时|的)")
ASSUMED = Words(
    r"\b(?:assum\w*|suppos\w*|nehmen\s+an|angenommen|annahme|supong\w+)\b|假设|假定|仮定|가정", re.IGNORECASE
)
EXPLAINS = Words(
    r"^\W*(?:where|with|here|wobei|mit|où|avec|donde|con)\b|^\W*(?:其中|这里|ここで|여기서)", re.IGNORECASE
)
_DRESSED = re.compile(r"^\\(?:bar|hat|tilde|overline|widehat|widetilde|vec|mathbf|boldsymbol)\{(.*)\}$")
HALF = num(Fraction(1, 2))
SIDES = {"=", "!=", "perp", "notin", "in"}


class Premise(NamedTuple):
    """What a formula in running text says of ``names``; ``read`` are its equations, none if it was not understood.

    ``text`` is the formula, ``said`` that or the words that stand for it.

    ``reach``: whether the words make it a hypothesis of what follows in its "section", of the "paragraph" that follows,
    of the "row" beside which it stands, or "" of nothing.
    """

    read: tuple[Posed, ...]
    names: frozenset[str]
    text: str
    said: str
    span: Span
    section: int
    paragraph: int
    reach: str
    values: frozenset[Fraction]  # of which each is one, if a set says so
    place: tuple[int, int] | None  # the display and row beside which it stands
    sentence: int  # how many sentences came before
    explains: bool  # its paragraph explains the display before it: "where ..."


class Met(NamedTuple):
    """What came of ``claims`` under the premises, and ``why`` that would not convince, or ""."""

    verdict: Verdict
    claims: list[Claim]
    why: str


class Premises:
    """The premises of a document, as they are met."""

    def __init__(self, reading: Reading, claims: Claims, readings: Readings) -> None:
        self.reading = reading
        self.claims = claims
        self.readings = readings
        self.said: list[Premise] = []

    # What the words say

    def say(
        self, pieces: Sequence[str], number: int, row: syntax.Row, span: Span, sure: bool = True, sentence: int = 0
    ) -> None:
        """Take up a row of the formula with this number in a sentence, whose words between formulas are ``pieces``.

        What they do not assume for ``sure`` is no hypothesis; ``sentence`` is its number.
        """
        if self.reading.strict:
            return
        before = " ".join(pieces[max(0, number - 8) : number + 1])[-REACH:]
        after = " ".join(pieces[number + 1 : number + 9])[:REACH]
        if TO_SHOW.search(before) or range_of(row) is not None:
            return
        while number and LISTED.fullmatch(pieces[number]):
            number -= 1  # "with $\\|a\\| = 1$ and $\\|b\\| = 1$"
        clause = re.split(r"[,;:]\s", pieces[number])[-1] if number else before
        clause = clause if clause.strip() or not number else before
        reach = ""
        if sure and not SO.search(clause):
            later = SAID_AFTER.search(after)
            reach = "section" if FOR_GOOD.search(clause) else "paragraph" if later or FOR_NOW.search(clause) else ""
        assumed = ASSUMED.search(before + after) is not None
        for each in listed.apart(row):
            if len(each.segments) > 1:
                self._take(each, span, reach, assumed, sentence=sentence)

    def words(self, sentence: Sentence, number: int) -> None:
        """Take up what the words of a sentence with this number say of lengths, angles and means."""
        for fact in facts(sentence, self.reading) if not self.reading.strict else ():
            before = sentence.words[: fact.start]
            if NEGATED.search(IF.sub("", before)):
                continue
            doubted = assertions.supposed(sentence.words, fact.start, fact.end)
            reach = "paragraph" if FOR_NOW.search(before) else "" if doubted else "section"
            for row in self.reading.parse_text(fact.latex, 0).rows:
                self._take(row, fact.formula.span, reach, True, sentence=number, words=(fact.latex, fact.words))

    def beside(self, row: syntax.Row, display: int, n: int) -> None:
        r"""Take up the conditions beside the formulas of a row: ``... \quad \text{if } u^\top v = 0``."""
        for remark in row.remarks if not self.reading.strict else ():
            node = remark.content.body if isinstance(remark.content, syntax.Group) else remark.content
            if isinstance(node, syntax.Relation):
                first = syntax.Segment(None, None, node.left, node.left.span)
                others = (syntax.Segment(op, None, side, side.span) for op, side in node.rest)
                self._take(syntax.Row(remark.span, (first, *others), ()), node.span, "row", False, (display, n))

    def displayed(self, posed: Posed, head: Head) -> None:
        """Take up what a display says a family is like; it holds from there on."""
        span = Span(posed.left_span.start, posed.span.end)
        text = " ".join(self.reading.document.source.text[span.start : span.end].replace("&", " ").split())
        names, where = frozenset({_bare(shown(head.name))}), (posed.section, posed.paragraph)
        self.said.append(
            Premise((posed,), names, text, text, span, *where, "section", frozenset(), None, posed.sentence, False)
        )

    def _take(
        self,
        row: syntax.Row,
        span: Span,
        reach: str,
        assumed: bool,
        place: tuple[int, int] | None = None,
        sentence: int = 1 << 30,
        words: tuple[str, str] | None = None,
    ) -> None:
        pairs = list(self._pairs(row, assumed))
        if not pairs:
            return
        names = frozenset(_bare(name) for sides in pairs for side in sides[1:] for name in names_in(side))
        read = [self._read(relation, left, right) for relation, left, right in pairs]
        written = self.reading.document.source.text[span.start : span.end].strip()
        text, said = words if words is not None else (written, written)
        equations = tuple(posed for posed in read if posed is not None) if None not in read else ()
        reading = self.reading
        sets = [_numbers(right) for relation, _, right in pairs if relation == "in"]
        values = frozenset(value for items in sets for item in items if (value := number(item)) is not None)
        explains = EXPLAINS.search(reading.prose) is not None
        where = reading.section, reading.paragraphs
        self.said.append(Premise(equations, names, text, said, span, *where, reach, values, place, sentence, explains))

    def _pairs(self, row: syntax.Row, assumed: bool) -> Iterator[tuple[str, syntax.Node, syntax.Node]]:
        """The relations of a row that say something of what is known: no definitions, no ranges, no derivatives."""
        last = row.segments[-1].side if row.segments else None
        for one, other in pairwise(row.segments):
            left, right, relation = one.side, other.side, other.relation
            if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node) or relation not in SIDES:
                continue
            if relation == "=" and isinstance(last, syntax.Node) and is_numeral(last):
                right = last  # a = b = 1
            if any(isinstance(n, syntax.DerivativeOp | syntax.Nabla) for side in (left, right) for n in every(side)):
                continue
            if relation == "in" and not _numbers(right):
                continue
            if relation in ("=", "!=") and not self._says_more(left, right, assumed):
                continue
            yield relation, left, right

    def _says_more(self, left: syntax.Node, right: syntax.Node, assumed: bool) -> bool:
        """Whether an equation is no definition, no case, and gives no value unless the words assume it."""
        if self.reading.is_size_or_index(left) or self.reading.is_size_or_index(right):
            return False
        for one, other in ((left, right), (right, left)):
            base, _, sup, _ = parts_of(one)
            square = isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Number)
            named = (square and not is_numeral(other)) or (_is_name(one) and not (assumed and is_numeral(other)))
            if named and set(names_in(one)).isdisjoint(names_in(other)):
                return False
        return any(True for side in (left, right) for _ in names_in(side))

    def _read(self, relation: str, left: syntax.Node, right: syntax.Node) -> Posed | None:
        """The equation, as a step that is judged nowhere; None if it is none, or was not understood."""
        elaborator = self.reading.elaborator
        if relation == "perp":
            turned = syntax.Scripted(left, None, syntax.Symbol(r"\top", left.span), 0, left.span)
            left, right = syntax.Product((turned, right), ("",), left.span), syntax.Number("0", right.span)
        elif relation != "=":
            return None
        elaborator.start_chain()
        posed = Posed(right.span, left.span, "=", "claim", -1, 0, at=len(self.reading.posed))
        try:
            posed.left, posed.right = elaborator.side(left), elaborator.side(right)
        except ReadError:
            return None
        finally:
            elaborator.notes.clear()
            elaborator.warnings.clear()
            posed.free = dict(elaborator.free)
            elaborator.start_chain()
        return posed

    def _superseded(self, premise: Premise, posed: Posed) -> bool:
        """Whether a later premise, before the step, gives the same quantity another value: "now suppose a = 2"."""
        mine = {each.left for each in premise.read if isinstance(each.left, Term)}
        between = (p for p in self.said if premise.span.start < p.span.start < posed.span.start)
        return bool(mine) and any(mine == {each.left for each in later.read} for later in between)

    # What they mean for a step

    def meeting(self, posed: Posed, claims: Sequence[Claim], verdict: Refuted) -> Met:
        """The verdict on ``claims`` given the premises that the counterexample does not meet, if there are any."""
        found: Verdict = verdict
        claims, sure, unmet, unread = [*claims], True, "", ""
        spoken = self._spoken_of(verdict.claim)
        valued: list[tuple[Premise, str]] = []  # those that say which numbers it may be, and how
        for premise in (p for p in self.said if p.names & spoken and self._reaches(p, posed)):
            if self._superseded(premise, posed):
                continue
            line = self.reading.document.source.position(premise.span.start).line
            said = f"line {line} says '{notation.unicode_latex(premise.said)}', which"
            if not premise.read:
                if premise.values:
                    valued.append((premise, said))
                elif premise.reach or premise.names <= spoken:
                    unread = unread or f"{said} was not understood"
                continue
            stated = self._stated(premise)
            if not stated or _same(stated, claims):
                continue
            if isinstance(found, Refuted) and all(holds_at(claim, found.witness) for claim in stated):
                continue
            if isinstance(prove_all(stated), Proved):
                continue
            if self._of_defined(stated):
                unread = unread or f"{said} the counterexample does not meet"
                continue
            source = f"line {line}: '{premise.said}'"
            claims = [given(claim, stated, premise.text, source) for claim in claims]
            sure = sure and self._is_hypothesis(premise, posed)
            found, signs = self._judged(posed, claims)
            if isinstance(found, Proved):
                posed.note(*signs)
                unsure = f"it holds given '{premise.text}' (line {line}), and whether that is assumed here is not said"
                return Met(found, claims, "" if sure else unsure)
            unmet = "" if isinstance(found, Refuted) else f"{said} no counterexample that was found meets"
        for premise, said in valued:
            if isinstance(found, Refuted) and not self._is_one_of(premise, found):
                unread = unread or f"{said} the counterexample does not meet"
        return Met(found, claims, unmet or unread)

    def _judged(self, posed: Posed, claims: Sequence[Claim]) -> tuple[Verdict, tuple[str, ...]]:
        """The verdict on ``claims``, where numbers that are said to be 1 or -1 are so, and what to say of these."""
        verdict = prove_all(claims)
        signed = self.readings.signed(posed, claims) if isinstance(verdict, Refuted) else None
        if signed is None:
            return verdict, ()
        second = prove_all(signed[0])
        if not isinstance(second, Refuted):
            return second, signed[1]
        witness = self.readings.in_signs(second.witness)
        moved = refuted_at(claims[signed[0].index(second.claim)], witness) if witness is not None else None
        return moved or verdict, ()

    def _of_defined(self, stated: Sequence[Claim]) -> bool:
        """Whether premises speak of what is defined: they follow from that, or are wrong, and are no assumptions."""
        parts = (t for claim in stated for side in (claim.left, claim.right) for t in subterms(side))
        return any(isinstance(t, Var) and t.head in self.reading.symbols.definitions for t in parts)

    def _is_one_of(self, premise: Premise, verdict: Refuted) -> bool:
        return all(
            value in premise.values for var, value in verdict.witness.values if _bare(shown(var.name)) in premise.names
        )

    def _stated(self, premise: Premise) -> list[Claim]:
        try:
            stated = [claim for read in premise.read for claim in self.claims.of(read)]
        except ReadError:
            return []
        if (means := self.readings.means(stated)) is not None:
            stated = [_in_members(*pair) for pair in zip(stated, means[0], strict=True)]
        return [_simply(claim) for claim in stated]

    def _reaches(self, premise: Premise, posed: Posed) -> bool:
        """Whether a premise stands before a step, or right behind its display, where what follows is explained."""
        if premise.place is not None:
            return premise.place == (posed.display, posed.row)
        if premise.paragraph > posed.paragraph + premise.explains:
            return False
        return premise.section == posed.section or (premise.section < posed.section and premise.reach == "section")

    def _is_hypothesis(self, premise: Premise, posed: Posed) -> bool:
        """Whether the words assume it for a step, and have not taken it back."""
        beside = premise.place is not None
        if not beside and self.reading.symbols.is_withdrawn(premise.names, premise.sentence, posed.sentence):
            return False
        return premise.reach in ("section", "row") or (
            premise.reach == "paragraph" and premise.paragraph == posed.paragraph
        )

    @staticmethod
    def _spoken_of(claim: Claim) -> set[str]:
        inside = reached((claim.left, claim.right), claim.context.definitions)
        names = {_bare(shown(t.name)) for t in inside if isinstance(t, Var)}
        return names | claim.left.free | claim.right.free


def _in_members(claim: Claim, means: Claim) -> Claim:
    """``claim`` with the means that ``means`` defines put in: \\bar{x} = 0 speaks of the x_i."""
    made = {h: d[0].body for h, d in means.context.definitions.items() if h not in claim.context.definitions}

    def put_in(term: Term) -> Term | None:
        return made.get(term.head) if isinstance(term, Var) else None

    return replace(claim, left=rewritten(claim.left, put_in, {}), right=rewritten(claim.right, put_in, {}))


def _simply(claim: Claim) -> Claim:
    r"""``\|u\| = 1`` as u^T u = 1, which rational numbers can meet, and a mean that is 0 as a sum that is."""
    sides = claim.left, claim.right
    if all((isinstance(s, Pow) and s.exponent == HALF) or (isinstance(s, Num) and s.value >= 0) for s in sides):
        left, right = (s.base if isinstance(s, Pow) else power(s, 2) for s in sides)
        return replace(claim, left=left, right=right)
    if claim.right is ZERO and isinstance(claim.left, Mul):
        sizes = [p for p in claim.left.parts if isinstance(p, Pow) and isinstance(p.base, SizeOf)]
        return replace(claim, left=mul(*(p for p in claim.left.parts if p not in sizes)))
    return claim


def _same(stated: Sequence[Claim], claims: Sequence[Claim]) -> bool:
    """Whether a premise says just what a step does."""
    mine = {frozenset((c.left, c.right)) for c in claims}
    return all(frozenset((c.left, c.right)) in mine for c in stated)


def _is_name(node: syntax.Node) -> bool:
    """Whether a node is a symbol, a member or a call, of which an equation says what it is."""
    base, _, sup, _ = parts_of(node)
    if isinstance(node, syntax.Product) and len(node.factors) == 2 and node.operators == ("",):
        called, group = node.factors
        return isinstance(parts_of(called)[0], syntax.Symbol) and isinstance(group, syntax.Group) and group.open == "("
    return isinstance(base, syntax.Symbol) and (sup is None or isinstance(sup, syntax.Group | syntax.Symbol))


def _numbers(node: syntax.Node) -> tuple[syntax.Node, ...]:
    r"""The members of a set of numbers, ``\{0, 1\}``."""
    body = node.body if isinstance(node, syntax.Group) and node.open == r"\{" else None
    return body.items if isinstance(body, syntax.Tuple) and all(map(is_numeral, body.items)) else ()


def _bare(name: str) -> str:
    r"""The letter x of ``\bar{x}`` and ``\mathbf{x}``, which speak of the same quantity."""
    while found := _DRESSED.match(name):
        name = found[1]
    return plain(name)

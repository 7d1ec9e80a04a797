r"""Formulas in running text: definitions, claims made in passing, and what is neither.

This module must never take a formula for a claim that words deny, suppose or only mention.
"""

from __future__ import annotations

import re

from symderiv.document import (
    InlineMath,
    Span,
)
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import is_numeral, names_in, parts_of
from symderiv.reader.indexed.families import families_in
from symderiv.reader.known import activations, under_conditions
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.chains import Chains
from symderiv.reader.steps.definitions import CUES, Definitions
from symderiv.reader.words import assertions, plain_words, prose
from symderiv.terms import Assumption, Deriv, Term, subterms


class InlineFormulas:
    """Reads the formulas of a sentence, one by one."""

    def __init__(self, reading: Reading, definitions: Definitions, chains: Chains, displays: list[Span]) -> None:
        self.reading, self.definitions, self.chains = reading, definitions, chains
        self.displays = displays  # where those stand that are definitions or claims, beside the displays
        self.posed = reading.posed
        self.beside: list[str] = []  # the formulas of the paragraph

    def read(
        self,
        formula: InlineMath,
        before: str = "",
        after: str = "",
        supposed: tuple[Assumption, ...] | None = (),
        denied: bool = False,
    ) -> None:
        """Definitions in running text; other inline formulas are not claims, unless they are set as displays.

        ``before`` and ``after`` are those of its sentence, ``supposed``
        the values that they give before it ("for $y = 1$ the loss is $L = ...$, for $y = 0$ it is ..."), None for a
        bound; ``denied``: they say that it is not so, or may not be.
        """
        found = self.reading.rows(formula.latex, formula.span)
        asserted = not (denied or supposed is None or self.reading.apart) and assertions.claims(before, after)
        for row in found.rows:
            if len(row.segments) < 2 or row.segments[1].relation not in ("=", ":="):
                continue
            left, right = row.segments[0].side, row.segments[1].side
            if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node):
                self.reading.not_understood(left, right)
                continue
            if any(name in self.reading.symbols.activations for name, _ in activations.named(row)):
                continue
            around = f"{before}${after}"
            names = [plain(side.name) for side in (left, right) if isinstance(side, syntax.Symbol)]
            if len(names) == len(row.segments) and not prose.IF.search(around) and not re.search(r"\bfor\W*$", before):
                # "here $m = n$": one size, if they are sizes
                self.reading.symbols.ranges.said.setdefault(frozenset(names), formula.span)
            if is_numeral(right) or self.reading.is_index(left) or isinstance(right, syntax.Tuple):
                continue
            if (
                isinstance(left, syntax.Symbol)
                and isinstance(right, syntax.Symbol)
                and plain(left.name) in self.reading.symbols.sub_letters
            ):
                continue  # "where $i = T$" is a case
            if self._is_point(left, right) or self._is_condition(left, right, before):
                continue
            if isinstance(left, syntax.DerivativeOp | syntax.Nabla):
                if asserted:
                    self._passing(row, formula)
                elif len(row.segments) == 2:
                    self.chains.stated(left, right)
                continue
            if asserted and self._is_compound(left):
                self._passing(row, formula)
                continue
            head = self.definitions.head_of(left)
            if denied and head is not None and assertions.hypothetical(around) and self.definitions.is_defined(head):
                self.definitions.aside(head, left, right, manner="supposed")
            if denied or prose.AIM.search(before):
                continue  # "we want to show that $c = 2a$" says nothing of c yet
            if head is None and asserted and _is_logarithm(left) and not prose.CONDITIONAL.search(around):
                self._by_logarithm(row, formula)
                continue
            if head is None and isinstance(right, syntax.Symbol) and not self.reading.is_index(right):
                head = self.definitions.head_of(right)  # "$\\sum_j e^{f_j} = \\Sigma$"
            cases = head is not None and self.reading.symbols.pieces[head[0]] > 1
            if cases and supposed is None:
                continue  # "for $x > 0$, $f = x$" says what f is in one case among others
            if prose.ELSE.match(after):
                continue  # "$f = x$ if $x > 0$" says what f is in one case
            anew = prose.ANEW.search(around) and not prose.IF.search(around)
            anew = anew or not prose.CONDITIONAL.search(around)
            anew = anew or (head is not None and cases and (bool(supposed) or self.definitions.is_partial(head)))
            mentioned = self.reading.apart or assertions.mentioned(around)
            new = head is not None and (self.definitions.is_taken_up(left) or not self.definitions.is_defined(head))
            if head is not None and (new or (anew and not mentioned)):
                self.displays.append(formula.span)
                self.reading.elaborator.start_chain()
                values, self.reading.values = self.reading.values, supposed or ()
                self.reading.warn(found.warnings)
                self.reading.inline, self.reading.before = True, before
                open_ = prose.IF.search(before) or prose.NEGATED.search(before) or prose.TO_SHOW.search(before)
                with under_conditions.defining(self.reading, under_conditions.words(before)):
                    self.chains.segments(row, len(self.displays) - 1, 0, [], inline=True, asserted=not open_)
                self.reading.values, self.reading.inline = values, False
            elif head is not None and len(row.segments) == 2:
                self.definitions.aside(head, left, right, manner=_manner(around, mentioned))

    def _passing(self, row: syntax.Row, formula: InlineMath) -> None:
        """A claim in running text."""
        self.displays.append(formula.span)
        self.reading.elaborator.start_chain()
        begun = len(self.posed)
        self.chains.segments(row, len(self.displays) - 1, 0, [], inline=True, passing=True)
        if not all(map(self._is_closed, self.posed[begun:])):
            del self.posed[begun:]
        plain = plain_words.plainly(self.reading.leads_to, self.reading.prose)
        plain = plain and not plain_words.HEADS_ASIDE.search(self.reading.title)
        plain = plain and not any(plain_words.CASE_SIGN.search(latex) for latex in self.beside)
        for posed in self.posed[begun:]:
            posed.plain = plain

    def _by_logarithm(self, row: syntax.Row, formula: InlineMath) -> None:
        r"""``\log p(x) = ...`` in running text, which says what p is; or nothing, if that is known."""
        known, displays = set(self.reading.symbols.definitions), len(self.displays)
        self.displays.append(formula.span)
        self.reading.elaborator.start_chain()
        begun = len(self.posed)
        self.chains.segments(row, displays, 0, [], inline=True)
        if known.issuperset(self.reading.symbols.definitions):
            del self.posed[begun:], self.displays[displays:]

    def _is_compound(self, left: syntax.Node) -> bool:
        """Whether a left side names nothing: a sum or product, or a derivative with primes, of what is defined."""
        if isinstance(left, syntax.Add):
            return True
        called = left.factors[0] if isinstance(left, syntax.Product) else left
        name, symbols = plain(next(iter(names_in(called)), "")), self.reading.symbols
        return parts_of(called)[3] > 0 and (symbols.defines(name, 0) or (name, 0) in symbols.functions)

    def _is_closed(self, posed: Posed) -> bool:
        """Whether both sides of a step speak of the same quantities, so that it says nothing new of any."""
        sides = [side for side in (posed.left, posed.right) if isinstance(side, Term)]
        if len(sides) < 2 or any(isinstance(part, Deriv) for part in subterms(sides[0])):
            return True
        known = self.reading.symbols.definitions
        left, right = (families_in((side,), known) for side in sides)
        return left - known.keys() == right - known.keys() and not known.keys().isdisjoint(left | right)

    def _is_condition(self, left: syntax.Node, right: syntax.Node, before: str) -> bool:
        """Whether running text says that two quantities are equal in some case: "if $a = b$", "the case $a = b$".

        So does "is attained when $x = a/b$" of an x that has been spoken of. It is a definition where a word announces
        one, or where the left one has not been spoken of before.
        """
        names = [plain(side.name) for side in (left, right) if isinstance(side, syntax.Symbol)]
        if isinstance(left, syntax.Symbol) and names[0] in self.reading.seen and prose.POINT.search(before):
            return True
        called = [_called(side) for side in (left, right)]  # "when $p(x) = q(x)$"
        if "" not in called and self.reading.seen.issuperset(called):
            return prose.IF.search(before) is not None and not prose.NAMES.search(before)
        if len(names) < 2 or names[0] not in self.reading.seen or names[1] not in self.reading.seen:
            return False
        return bool(prose.NEGATED.search(before)) or not prose.NAMES.search(before)

    def _is_point(self, left: syntax.Node, right: syntax.Node) -> bool:
        """``f = (0, 1)`` names a place, if f was a variable in the steps before and nothing says "let"."""
        if not isinstance(right, syntax.Group) or not isinstance(right.body, syntax.Tuple) or any(names_in(right)):
            return False
        used = {head.name for head in self.chains.used}
        return used.issuperset(names_in(left)) and not CUES.search(self.reading.prose)


def _manner(sentence: str, mentioned: bool) -> str:
    """How a sentence says what something is that means something else so far."""
    if assertions.hypothetical(sentence):
        return "supposed"
    return "mentioned" if mentioned or prose.IF.search(sentence) else "said"


def _called(node: syntax.Node) -> str:
    """The name of a function that is called with names only, ``p(x)``, or of a member, ``p_i``; or ""."""
    match node:
        case syntax.Product(factors=(called, syntax.Group(open="(", body=syntax.Symbol() | syntax.Scripted()))):
            base, _, sup, primes = parts_of(called)
        case syntax.Scripted():
            base, _, sup, primes = parts_of(node)
        case _:
            return ""
    return plain(base.name) if isinstance(base, syntax.Symbol) and sup is None and not primes else ""


def _is_logarithm(node: syntax.Node) -> bool:
    if isinstance(node, syntax.Add) and len(node.terms) == 1:
        node = node.terms[0][1]
    return isinstance(node, syntax.Apply) and node.name in ("log", "ln")

r"""Equations that the words say are a derivative set to zero: whether they are that of the function before them.

Setting the derivative of J = (w - a)^2 to zero says 2(w - a) = 0, or any multiple of it, which is proved. An equation
that no derivative of J follows from, and that follows from none, is another one. This module must never call an
equation false that may be the derivative of something else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import NamedTuple

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted, Verdict
from symderiv.kernel.budget import spent
from symderiv.kernel.derivative import differentiate
from symderiv.notation import latex, unicode
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.indexed.assumed import given, without_values
from symderiv.reader.indexed.families import derives, families_in, spoken_of
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.equations import SCALES, Equation, Equations, Unwritten, divisors, follows, solved_for
from symderiv.reader.steps.readings import Readings
from symderiv.reader.words import plain_words
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    ONE,
    ZERO,
    Claim,
    Definition,
    Deriv,
    Head,
    Index,
    Mul,
    Num,
    Pow,
    SizeOf,
    Term,
    Var,
    add,
    fresh,
    mul,
    num,
    rename,
    rewritten,
)

CONSTRAINED = Words(
    r"\b(?:constrain\w*|subject\s+to|such\s+that|s\.\s?t\.|Lagrang\w*|sums?\s+to|simplex|penal\w*|regulari[sz]\w*|prior|MAP)\b",
    re.IGNORECASE,
)
MOST = 8  # families by which a function is differentiated to find an equation


class Compared(NamedTuple):
    """A proof that an equation sets a derivative to zero, or a refutation of that, and in words what it is or is not.

    Without a verdict the words say why nothing follows from it; there are none where something may. With a refutation,
    ``instead`` are claims, and how a right side of theirs that made one hold would mend the equation.
    """

    verdict: Proved | Refuted | None = None
    said: str = ""
    instead: tuple[tuple[Claim, str], ...] = ()


class Zero(NamedTuple):
    """A derivative of a function set to zero: its ``name``, the claims that say so, and those with it ``taken``."""

    name: str
    function: Term
    stated: list[Claim]
    taken: list[Claim]


class Stationary:
    """Compares equations with the derivatives of what is defined."""

    def __init__(self, reading: Reading, claims: Claims, equations: Equations, readings: Readings) -> None:
        self.reading = reading
        self.readings = readings
        self.claims = claims
        self.equations = equations

    def compared(self, posed: Posed, claims: Sequence[Claim]) -> Compared:
        """What comes of comparing an equation with the derivatives of the function before it, if words call it one.

        It is proved as a multiple of one of them, and nothing is said of it where it is enough for one to vanish. What
        it speaks of has any value, whatever it was solved for before.
        """
        before = self.equations.before(posed)
        if not posed.stationary and not self._follows(posed, before):
            return Compared()
        spoken = spoken_of(claims) & {head for head, _ in self.reading.symbols.solutions}
        own = [without_values(self._of_section(claim, posed), spoken) for claim in claims]
        known = [claim for e in before for claim in e.claims if not derives(claim)]
        symmetric = self.readings.symmetric(posed, own)[0] or own
        refuted: list[Refuted] = []
        tried: list[Zero] = []
        for zero in self._zeros(posed, own, spoken):
            if spent():
                return Compared()
            for multiples, times, scale in self.equations.multiples(symmetric, zero.stated, zero.taken):
                if _keeps_roots(scale, zero.taken) and isinstance(verdict := prove_all(multiples), Proved):
                    return Compared(verdict, f"it is {zero.name}{f',{times},' if times else ''} set to zero")
            if known and isinstance(prove_all([given(c, known, "", "") for c in zero.stated]), Proved):
                continue  # that one has been set to zero already
            verdict = self._where(posed, zero.stated, known, own)
            if isinstance(verdict, Proved):
                return Compared()
            tried.append(zero)
            refuted += [verdict] if isinstance(verdict, Refuted) else []
        if not tried:
            return Compared(None, self._unexplained(posed, own))
        names = " or ".join(zero.name for zero in tried)
        if len(refuted) < len(tried):
            return Compared(None, f"that this is {names} set to zero is not seen")
        why = f"this is not {names} set to zero"
        alone = len(own) == 1 and len({zero.function for zero in tried}) == 1 and self._is_one(tried[0].function, posed)
        said = self._follows(posed, before) or (posed.equates_derivative and self._is_plain(posed, tried[0].function))
        if not alone or not said or not any(_alike(own, zero.taken) for zero in tried):
            return Compared(None, why)
        unsure = posed.condition or self._is_of_unnamed(posed)  # what else is meant was said before, if anything
        if unsure and (posed.free or self._is_constrained(posed)):
            return Compared(None, why)
        if not all(isinstance(self._where(posed, own, known, zero.taken), Refuted) for zero in tried):
            return Compared(None, why)
        if any(self._of_case(posed, own, zero.taken) for zero in tried):
            return Compared(None, f"{why}, but in a special case")
        return Compared(refuted[0], why, tuple(_instead(own[0], tried[0].taken[0].left)))

    def _is_one(self, function: Term, posed: Posed) -> bool:
        """Whether there is one condition for a minimum, with which no other can have been combined."""
        named = [h for h in families_in((function,), self.reading.symbols.definitions) if _is_named(h, posed.by)]
        if len(named) == 1 or not isinstance(function, Var):
            return len(named) == 1
        called = self.reading.symbols.functions.get((function.name, 0))
        return called is None or len(called.parameters) == 1

    def _of_case(self, posed: Posed, own: Sequence[Claim], taken: Sequence[Claim]) -> bool:
        """Whether an equation is a derivative set to zero for symmetric matrices, and where scalars it lacks are 1."""
        lacking = {h for h in spoken_of(taken) - spoken_of(own) if not h.subs + h.sups}

        def at_one(part: Term) -> Term | None:
            return ONE if isinstance(part, Var) and part.head in lacking else None

        ones = [replace(c, left=rewritten(c.left, at_one), right=rewritten(c.right, at_one)) for c in taken]
        both = self.readings.symmetric(posed, [*own, *ones], "every")[0] or [*own, *ones]
        return any(True for _ in self.equations.multiples(both[: len(own)], both[len(own) :]))

    def is_plain(self, posed: Posed, since: int) -> bool:
        """Whether the words from ``since`` to a step, and right behind it, set no case, as far as can be told."""
        source = self.reading.document.source.text
        return plain_words.plainly_equated(source, since, posed.left_span.start, posed.span.end)

    def _is_plain(self, posed: Posed, function: Term) -> bool:
        """The same of the words since a function was defined, or an expression was said to be differentiated."""
        made = self._place(posed, function)
        return made is not None and made.end <= posed.left_span.start and self.is_plain(posed, made.end)

    def _place(self, posed: Posed, function: Term) -> Span | None:
        """Where a function is defined, or an expression without a name stands."""
        if posed.unnamed is not None and function is posed.unnamed[0]:
            return posed.unnamed[1]
        return self.reading.symbols.defined_at.get(function.head) if isinstance(function, Var) else None

    def unfounded(self, posed: Posed, claims: Sequence[Claim]) -> str:
        """Why what a chain calls zero is not what it began with; empty if that may vanish, too, wherever this does."""
        step = self.equations.false.get(posed.left_span)
        if step is None:
            return ""
        begun = self.claims.of(replace(step, right=ZERO, relation="="))
        begun, zero = ([self._of_section(claim, posed) for claim in each] for each in (begun, claims))
        fails = isinstance(self._where(posed, begun, (), zero), Refuted)
        return "a step before it in its chain is false" if fails else ""

    def _where(self, posed: Posed, stated: Sequence[Claim], known: Sequence[Claim], claims: Sequence[Claim]) -> Verdict:
        """Whether the ``stated`` equations follow from others, with the matrices symmetric that are called so."""
        every = [*stated, *known, *claims]
        every = self.readings.symmetric(posed, every)[0] or every
        first, last = len(stated), len(every) - len(claims)
        return follows(every[:first], every[first:last], every[last:])

    @staticmethod
    def _follows(posed: Posed, before: Sequence[Equation]) -> bool:
        """Whether an arrow says that an equation follows from a derivative that is zero."""
        return posed.implied and bool(before) and all(map(derives, before[-1].claims))

    def _of_section(self, claim: Claim, posed: Posed, function: Term | None = None) -> Claim:
        """The claim without what its letters were solved for in earlier sections, or may have been.

        With a ``function``, also without what is assumed of other quantities, as of an inverse that comes later.
        """
        context, begins = claim.context, self._section(posed)[0]
        symbols, here = self.reading.symbols, self.equations.section(posed)
        since: dict[str, int] = {
            shown(head.name): 0 for head in symbols.variables
        }  # from which step on it may be solved
        for equation in self.equations.known:
            if self.equations.section(equation.posed) != here:
                for head in spoken_of(equation.claims):
                    since.setdefault(shown(head.name), equation.posed.at)
        made = {
            head: ds
            for head, ds in context.definitions.items()
            if not any(
                since.get(shown(head.name), begins) <= symbols.order.get((head, d.params), begins) < begins for d in ds
            )
        }
        kept = context.assumptions
        if function is not None:
            heads = families_in((function,), made)
            kept = tuple(a for a in kept if families_in((t for t in a.data if isinstance(t, Term)), {}) <= heads)
        return replace(claim, context=replace(context, definitions=made, assumptions=kept))

    def _section(self, posed: Posed) -> tuple[int, list[Posed]]:
        """Where the section of a step begins, and the steps there before it."""
        steps = self.reading.posed[: posed.at]
        begins = next(
            (n for n, p in enumerate(steps) if self.equations.section(p) == self.equations.section(posed)), posed.at
        )
        return begins, steps[begins:]

    def may_be_constrained(self, posed: Posed) -> bool:
        """Whether a minimum may be one under a constraint, or of something more, where no derivative need vanish."""
        of_family = any(head.subs + head.sups for head in solved_for(posed))
        return (of_family and not posed.names_optimum) or self._is_constrained(posed)

    def _is_constrained(self, posed: Posed) -> bool:
        """Whether the section speaks of a constraint, or of a penalty, up to a step."""
        number = self.equations.section(posed)
        begins = self.equations.headings[number - 1] if number else 0
        return CONSTRAINED.search(self.reading.document.source.text[begins : posed.span.end]) is not None

    def set_to_zero(self, posed: Posed, number: int, at: int) -> list[Unwritten]:
        """The derivatives that step ``number`` sets to zero if it says at once what solves that: by what it solves for.

        Definitions up to step ``at`` are put in.
        """
        said = (posed.stationary and posed.differentiates) or posed.extreme
        if not said or self.equations.before(posed, all_of_them=True):
            return []
        here, there = replace(posed, at=number), replace(posed, at=at)
        for unknown in solved_for(posed):
            definitions = {h: made for h, made in self.reading.symbols.definitions.items() if h != unknown}
            functions = [
                f for f in self._functions(here, definitions, {unknown}) if unknown in self._by(f, posed, definitions)
            ]
            if zeros := [zero for f in functions if (zero := self._zero(there, f, unknown)) is not None]:
                return [
                    Unwritten(
                        f"the equation that sets {z.name} to zero",
                        z.taken,
                        self._sought(z.function, here, definitions, unknown) if self._is_meant(posed, z) else None,
                        place.end,
                    )
                    for z in zeros
                    if (place := self._place(posed, z.function)) is not None
                ]
        return []

    def _is_meant(self, posed: Posed, zero: Zero) -> bool:
        """Whether the words before a step surely say that it solves this one, and not another, or a case of it."""
        return posed.stationary or posed.names_optimum or self._is_plain(posed, zero.function)

    def by(self, posed: Posed, spoken: Set[Head], heads: Set[Head]) -> Iterator[Zero]:
        """The derivatives by ``heads``, set to zero, of the functions that depend on all that is ``spoken`` of."""
        kept = {h: made for h, made in self.reading.symbols.definitions.items() if h not in spoken}
        for function in self._functions(posed, kept, set(spoken)):
            for head in sorted(heads & families_in((function,), kept)):
                if (zero := self._zero(posed, function, head)) is not None:
                    yield zero

    def _sought(
        self, function: Term, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]], unknown: Head
    ) -> frozenset[Head] | None:
        """The families that may be sought where a function is least: its arguments, or those that words name.

        None where words do not say which of several functions of the unknown is meant, or their sum.
        """
        if not isinstance(function, Var):
            return frozenset(self._by(function, posed, definitions))
        symbols = self.reading.symbols
        inside = families_in((function,), definitions)
        since = max((step for head, step in symbols.solutions if head == unknown and step < posed.at), default=-1)
        rivals = [
            var
            for var in self._named(posed, definitions)
            if var.head not in inside and unknown in families_in((var,), definitions)
        ]
        new = any(symbols.order[var.head, d.params] > since for var in rivals for d in definitions[var.head])
        if new and plain(shown(function.name)) not in posed.of:
            return None
        called = symbols.functions.get((function.name, 0))
        arguments = frozenset(called.heads) if called else frozenset[Head]()
        return arguments or frozenset(self._by(function, posed, definitions))

    def _by(self, function: Term, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]]) -> list[Head]:
        """By what a function is differentiated: what the words say, or what it is called a function of; else by what
        something is differentiated in the document, or by anything in it."""
        if not isinstance(function, Var):
            by = sorted(families_in((function,), {}))
            return [head for head in by if _is_named(head, posed.by)] or by
        by = sorted(families_in((function,), definitions) - definitions.keys())
        called = self.reading.symbols.functions.get((function.name, 0))
        heads = called.heads if called else []
        names = {plain(shown(head.name)).partition("^{2}")[0] for head in heads}
        if posed.by:
            return [head for head in by if _is_named(head, posed.by)]
        return (
            [h for h in by if h in heads or plain(shown(h.name)) in names]
            or [h for h in by if h in self.reading.symbols.variables]
            or by
        )

    def _unexplained(self, posed: Posed, own: Sequence[Claim]) -> str:
        """Which letter of what words call a derivative is not in the function before it, and in no constraint."""
        if not posed.equates_derivative or self._is_constrained(posed):
            return ""
        definitions = own[0].context.definitions
        spoken = spoken_of(own, definitions)
        for function in self._related(posed, definitions, spoken):
            if any("(" in head.name for head in families_in((function,), definitions)):
                return ""  # a density that nobody wrote out, N(x | mu, Sigma)
            for head in sorted(self._lacking(function, definitions, spoken)):
                return f"{shown(head.name)} is in it, and {unicode(function)} does not depend on it, as far as is known"
        return ""

    def _functions(
        self, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]], spoken: set[Head]
    ) -> list[Term]:
        """The functions of the section before ``posed`` that depend on all the families that its equation speaks of.

        An expression that words differentiate is the one, unless something was defined since.
        """
        if self._is_of_unnamed(posed):
            assert posed.unnamed is not None
            return [] if self._lacking(posed.unnamed[0], definitions, spoken) else [posed.unnamed[0]]
        related = self._related(posed, definitions, spoken)
        return [function for function in related if not self._lacking(function, definitions, spoken)]

    def _is_of_unnamed(self, posed: Posed) -> bool:
        """Whether what is differentiated is an expression that stands in the words before, and has no name."""
        if posed.unnamed is None:
            return False
        since = (p for p in self.reading.posed[: posed.at] if p.span.start > posed.unnamed[1].end)
        return not any(p.kind == "definition" for p in since)

    def _related(
        self, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]], spoken: set[Head]
    ) -> list[Var]:
        """The functions of the section before ``posed`` that words name, or the last that shares a family with it."""
        earlier = self._section(posed)[1]
        if not spoken or any(p.kind == "claim" and p.error is not None for p in earlier):
            return []
        inside: set[Head] = set()
        for head, ds in definitions.items():
            inside |= families_in((d.body for d in ds), definitions) - {head}
        here = self._defining(posed, definitions)
        solved = {head for head, _ in self.reading.symbols.solutions}
        known = [var for var in self._named(posed, definitions) if var.head not in solved | spoken]
        tops = [var for var in known if var.head not in inside]
        if not here and len(tops) != 1:
            return []  # of several in other sections it may be another
        named = [var for var in tops if plain(shown(var.name)) in posed.of]
        named = named or [var for var in known if plain(shown(var.name)) in posed.of]  # J beside J + R
        return named or [var for var in tops if (spoken - definitions.keys()) & families_in((var,), definitions)][-1:]

    def _defining(self, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]]) -> list[Posed]:
        """The steps of the section before ``posed`` that say what something is."""
        earlier = self._section(posed)[1]
        return [
            p for p in earlier if p.kind == "definition" or (isinstance(p.left, Var) and p.left.head in definitions)
        ]

    def _named(self, posed: Posed, definitions: Mapping[Head, tuple[Definition, ...]]) -> list[Var]:
        """What is defined in the section before ``posed``, or before it if nothing is."""
        here = self._defining(posed, definitions)
        made = here or [p for p in self.reading.posed[: posed.at] if p.kind == "definition"]
        lefts = dict.fromkeys(p.left for p in made if isinstance(p.left, Var) and not p.left.indices)
        return [var for var in lefts if var.head in definitions]

    @staticmethod
    def _lacking(function: Term, definitions: Mapping[Head, tuple[Definition, ...]], spoken: set[Head]) -> set[Head]:
        """The families among ``spoken`` ones, but for what is defined, on which a function does not depend."""
        return spoken - definitions.keys() - families_in((function,), definitions)

    def _zeros(self, posed: Posed, claims: Sequence[Claim], sought: Collection[Head]) -> Iterator[Zero]:
        """The derivatives, set to zero, of the functions before ``posed`` that its equation may be.

        The families ``sought`` have any value there, whatever they were solved for before.
        They are taken by what the words say, or else by what a function is called a function of.
        """
        definitions, ranges = claims[0].context.definitions, claims[0].context.ranges
        shape = sorted(str(ranges.get(index)) for index in claims[0].left.free | claims[0].right.free)
        spoken = spoken_of(claims, definitions)
        for function in self._functions(posed, definitions, spoken):
            by = self._by(function, posed, definitions)
            for head in by if len(by) <= MOST else ():
                zero = self._zero(posed, function, head)
                if zero is not None and shape == sorted(
                    str(zero.stated[0].context.ranges.get(index)) for index in zero.stated[0].left.free
                ):
                    stated, taken = ([without_values(c, sought) for c in each] for each in (zero.stated, zero.taken))
                    yield zero._replace(stated=stated, taken=taken)

    def _zero(self, posed: Posed, function: Term, head: Head) -> Zero | None:
        """The derivative of ``function`` by a family, set to zero, as said where ``posed`` stands."""
        ranges = self.reading.symbols.ranges
        free: dict[str, str] = {}
        for n in range(head.subs + head.sups):
            free[fresh("i", free)] = ranges.slot(head, n)
        indices: tuple[Index, ...] = tuple(free)
        var = Var(head.name, indices[: head.subs], indices[head.subs :])
        left: Term = Deriv(function, var)
        step = replace(posed, left=left, right=ZERO, relation="=", free=free, kept=frozenset(free), case=())
        try:
            stated = [self._of_section(claim, posed, function) for claim in self.claims.of(step)]
        except ReadError:
            return None
        return Zero(f"the derivative of {unicode(function)} by {unicode(var)}", function, stated, _taken(stated))


def _is_named(head: Head, names: Collection[str]) -> bool:
    """Whether a family is among what words name: sigma^2 by sigma, too."""
    name = plain(shown(head.name))
    return name in names or name.partition("^{2}")[0] in names or name.partition("_{")[0] in names


def _alike(own: Sequence[Claim], taken: Sequence[Claim]) -> bool:
    """Whether claims speak of the same families, so that none was given a value, or left out, in one of them."""

    def spoken(claims: Sequence[Claim]) -> set[Head]:
        known = claims[0].context.definitions
        return spoken_of(claims, known) - known.keys()

    below = families_in(divisors(*taken), taken[0].context.definitions)  # \sigma^2 may have been divided out
    return spoken(taken) - below <= spoken(own) <= spoken(taken)


def _keeps_roots(scale: Term, taken: Sequence[Claim]) -> bool:
    """Whether a multiple of a derivative vanishes only where it does: the factor is not zero where that has a value."""
    below = divisors(*taken)
    factors = [part for part in (scale.parts if isinstance(scale, Mul) else (scale,)) if not isinstance(part, Num)]
    for factor in factors:
        if isinstance(factor, Pow) and isinstance(factor.exponent, Num) and factor.exponent.value < 0:
            continue
        base = factor.base if isinstance(factor, Pow) else factor
        parts = set(base.parts) if isinstance(base, Mul) and base not in below else {base}
        if not isinstance(base, SizeOf) and not parts <= below | {t.base for t in below if isinstance(t, Pow)}:
            return False
    return True


def _taken(claims: Sequence[Claim]) -> list[Claim]:
    """The claims with the derivatives on their left taken."""
    return [
        replace(c, left=differentiate(c.left.body, c.left.var, c.context)) if isinstance(c.left, Deriv) else c
        for c in claims
    ]


def _instead(claim: Claim, derivative: Term) -> Iterator[tuple[Claim, str]]:
    """Claims that hold if left - right of ``claim`` is a multiple of ``derivative``, and the equation each mends."""
    left, right = claim.left, claim.right
    derivative = rename(derivative, dict(zip(sorted(derivative.free), sorted(left.free | right.free), strict=False)))
    for scale in SCALES:
        multiple = mul(scale, derivative)
        if right is ZERO:
            yield replace(claim, left=multiple, right=left), "{} = 0"
        else:
            yield replace(claim, left=add(left, mul(num(-1), multiple)), right=right), f"{_braced(latex(left))} = {{}}"
            yield replace(claim, left=add(multiple, right), right=left), f"{{}} = {_braced(latex(right))}"


def _braced(text: str) -> str:
    """``text`` for a format in which braces mark a place."""
    return text.replace("{", "{{").replace("}", "}}")

r"""Equations that are being solved: ``2X^T(Xw - y) = 0``, what follows from them, and their solutions.

Such an equation holds for some values only; nobody can prove it. What the author derives from it is judged given it,
and a solution is judged by putting it in. This module must never take a line for an equation that could be judged as it
stands.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from symderiv import notation
from symderiv.document import Heading, Span, all_blocks
from symderiv.judge import provable, prove_all
from symderiv.kernel import Refuted, Undecided, Verdict
from symderiv.kernel.budget import spent
from symderiv.reader.elaboration.inverses import granted, multiplied
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.assumed import given, without_values
from symderiv.reader.indexed.families import derives, families_in, spoken_of
from symderiv.reader.indexed.sized import sizes_of
from symderiv.reader.letters.displayed_derivatives import labels, meant
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.terms import (
    ZERO,
    Add,
    Claim,
    Definition,
    Deriv,
    Head,
    Index,
    Num,
    Pow,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    mul,
    num,
    power,
    rename,
    subterms,
)

ENTRY = ("\N{PRIME}1", "\N{PRIME}2")  # the free indices of an entry
SCALES = tuple(num(Fraction(c)) for c in ("1", "-1", "1/2", "-1/2", "2", "-2"))


class Equation(NamedTuple):
    """A step that states an equation, with its claims; ``first``: it does not follow from those before it, ``holds``:
    others may follow from it."""

    posed: Posed
    claims: tuple[Claim, ...]
    first: bool
    holds: bool


class Solved(NamedTuple):
    """An equation with a solution put in, and ``without`` it, its name; ``only``: nothing else in it is sought,
    ``holds``: others may follow from it, ``explicit``: it is solved in terms of what is known in it alone,
    ``since``: where in the text the equation ends, ``unknown``: what it is solved for, ``heads``: all that it is of,
    ``new``: what the solution speaks of, and nothing before it; ``read``: how it is read."""

    claims: list[Claim]
    without: list[Claim]
    name: str
    only: bool
    holds: bool
    explicit: bool
    since: int
    unknown: Head
    heads: frozenset[Head]
    new: frozenset[Head]
    read: tuple[str, ...] = ()


class Unwritten(NamedTuple):
    """A derivative set to zero that nobody wrote: its ``name``, the claims, the families that may be ``sought`` in it,
    None if it may be another one, and where the definition of its function ends."""

    name: str
    claims: list[Claim]
    sought: frozenset[Head] | None
    since: int


class Equations:
    """The equations of a document, in the order in which they were judged."""

    def __init__(self, reading: Reading, claims: Claims) -> None:
        self.reading = reading
        self.claims = claims
        blocks = all_blocks(reading.document.blocks)
        self.headings = sorted(block.span.start for block in blocks if isinstance(block, Heading))
        self.known: list[Equation] = []
        self.solving: set[int] = set()  # the sections in which something was set to zero that is not zero always
        self.unknown: set[int] = set()  # and those in which it was not understood what
        self.unproved: set[Span] = set()  # the right sides of the steps that are neither proved nor equations
        self.false: dict[Span, Posed] = {}  # the sides that stand in a chain behind a false step, and that step

    def section(self, posed: Posed) -> int:
        return bisect(self.headings, posed.span.start)

    def judged(self, posed: Posed, proved: bool) -> None:
        """Note what a step says that is ``= 0``: an equation, unless it was proved as it stands."""
        if posed.left_span in self.false:
            self.false[posed.span] = self.false[posed.left_span]
        if not proved and posed.kind == "claim":
            self.unproved.add(posed.span)
        known = any(e.posed is posed for e in self.known)
        if posed.says_zero and (not proved or posed.derived or known):
            self.solving.add(self.section(posed))
            if not known and posed.error is not None:
                self.unknown.add(self.section(posed))

    def name(self, posed: Posed) -> str:
        """What the equation of a step is called in notes."""
        return f"the equation of line {self._line(posed)}"

    def take(self, posed: Posed, claims: Sequence[Claim], first: bool, holds: bool = True) -> None:
        """Remember the equation of a step; ``first`` if it does not follow from those before it."""
        self.known.append(Equation(posed, tuple(claims), first, holds))

    def may_matter(self, posed: Posed) -> bool:
        """Whether something that is being solved speaks of what the sides of ``posed`` speak of."""
        section = self.section(posed)
        if section not in self.solving or section in self.unknown:
            return section in self.solving
        heads = self._heads(self.claims.of(posed))
        return any(heads & self._heads(e.claims) for e in self.known if self.section(e.posed) == section)

    def _heads(self, claims: Sequence[Claim]) -> set[Head]:
        found = self.reading.symbols.reached(*(side for c in claims for side in (c.left, c.right)))
        return found | {solution_of(head) for head in found}

    def accept(self, posed: Posed, number: int) -> None:
        """What step ``number`` solves for is a variable all the same, where something is differentiated."""
        member = _typical(posed.left)
        if isinstance(member, Var):
            symbols = self.reading.symbols
            symbols.solutions.add((member.head, number))
            if solution_of(member.head) == Head(shown(member.head.name), *member.head[1:]):
                symbols.solved_for.add((member.head, number))

    def reject(self, posed: Posed, number: int) -> None:
        """What step ``number`` calls a solution, and is none, says nothing of its left side."""
        member = _typical(posed.left)
        if isinstance(member, Var):
            symbols = self.reading.symbols
            made = symbols.definitions.get(member.head, ())
            kept = tuple(d for d in made if symbols.order[member.head, d.params] != number)
            symbols.definitions[member.head] = kept
            if not kept:
                del symbols.definitions[member.head]

    def defined_by(self, posed: Posed) -> set[int]:
        """The steps that say what the left side of ``posed`` is."""
        member, symbols = _typical(posed.left), self.reading.symbols
        if not isinstance(member, Var):
            return set()
        return {symbols.order[member.head, d.params] for d in symbols.definitions.get(member.head, ())}

    def drop(self, posed: Posed) -> None:
        """Nothing follows from what is false, nor is what stands behind it equal to what stands before it.

        Of an equation that does not hold others are still solutions.
        """
        self.false[posed.span] = self.false.get(posed.left_span, posed)
        self.known = [e for e in self.known if e.posed is not posed or not e.holds]

    def before(self, posed: Posed, all_of_them: bool = False) -> list[Equation]:
        """The equations that stand before ``posed`` in the same section, of what has not been given a meaning since.

        Only those that others may follow from, if not ``all_of_them``.
        """
        section = self.section(posed)
        known = [e for e in self.known if (e.holds or all_of_them) and self.section(e.posed) == section]
        known = [e for e in known if e.posed is not posed]  # nothing is the ground of itself
        return [e for e in known if not self._of_another(e, posed)]

    def is_false(self, posed: Posed, claims: Sequence[Claim]) -> bool:
        r"""Whether an equation fails for what is defined, and nothing in it is sought: \sum_i x_i = m of the mean m."""
        if posed.sought or posed.equated or posed.grounds or posed.leads:
            return False
        symbols = self.reading.symbols
        spoken = symbols.reached(*(side for c in claims for side in (c.left, c.right)))
        defined = {h for c in claims for h in c.context.definitions}
        return (
            bool(spoken_of(claims) & defined)
            and not spoken & symbols.variables
            and isinstance(prove_all(claims), Refuted)
        )

    def _of_another(self, equation: Equation, posed: Posed) -> bool:
        """Whether a family in the equation has been defined since: "now let a_i = ..."."""
        symbols = self.reading.symbols
        parts = (t for c in equation.claims for side in (c.left, c.right) for t in subterms(side) if isinstance(t, Var))
        return any(
            equation.posed.at <= symbols.order[var.head, d.params] < posed.at and var.indices
            for var in parts
            for d in symbols.definitions.get(var.head, ())
        )

    @staticmethod
    def is_one(posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether a step that is no identity has the form of an equation: something with a variable is zero."""
        return posed.relation == "=" and any(
            zero is ZERO and any(isinstance(t, Var) for t in subterms(other))
            for claim in claims
            for zero, other in ((claim.left, claim.right), (claim.right, claim.left))
        )

    def states(self, posed: Posed, unrelated: tuple[Head, Head] | None) -> bool:
        """Whether a step that relates what nothing else does is an equation to be solved: A x = b, so that ..."""
        begins = posed.leads and not posed.implied and not self.before(posed)
        return begins and unrelated is not None and posed.relation == "="

    @staticmethod
    def constrains(posed: Posed) -> bool:
        r"""Whether a step has the form of a constraint: \sum_k p_k = 1."""
        return isinstance(posed.left, Sum) and isinstance(posed.right, Num) and not posed.left.free

    def may_follow(self, posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether a step may say what follows from the equations before it."""
        if derives(*claims):  # "dL/dw = 0, so that" is an equation, and follows from none
            return (posed.leads or posed.equated) and self.is_one(posed, claims)
        return posed.relation == "=" and (posed.solving or posed.stationary or self.is_one(posed, claims))

    def following(self, posed: Posed, claims: Sequence[Claim]) -> Iterator[tuple[list[Claim], tuple[str, ...]]]:
        """Claims that prove the step from the equations before it, with a note: given them, or as a multiple of one."""
        equations = self.before(posed)
        if equations:
            yield [self._given(claim, equations) for claim in claims], ()
        for equation in equations:
            where = f"given the equation of line {self._line(equation.posed)}: it is that one"
            for multiples, times, _ in self.multiples(claims, equation.claims):
                yield multiples, (f"{where}{times}",)
            for other, times in self._by_matrices(claims, equation.claims):
                yield other, (f"{where} times {times}",)
            if summed := _summed(equation.claims, claims):
                whole = [self._constrained(claim, posed) for claim in self._multiples(claims, summed, num(1))]
                yield whole, (f"{where}, summed over its index",)

    def _by_matrices(self, claims: Sequence[Claim], stated: Sequence[Claim]) -> Iterator[tuple[list[Claim], str]]:
        """Claims that vectors are what ``stated`` ones are, times a matrix whose inverse stands in those; which."""
        if not len(claims) == len(stated) == 1 or not self.reading.symbols.inverses:
            return
        for product, matrix in multiplied(stated[0], self.reading.symbols):
            here = [replace(claim, context=product.context) for claim in claims]
            for scale in SCALES:
                if not spent():
                    yield list(self._multiples(here, [product], scale)), matrix

    def _constrained(self, claim: Claim, posed: Posed) -> Claim:
        """The claim under the constraints that are said where ``posed`` stands."""
        for _, left, right in self.constraints(posed):
            said = self.claims.of(replace(posed, left=left, right=right, relation="=", solved=True))
            claim = given(claim, said, f"{notation.latex(said[0].left)} = {notation.latex(right)}", "as said before")
        return claim

    def multiples(
        self, claims: Sequence[Claim], stated: Sequence[Claim], written: Sequence[Claim] = ()
    ) -> Iterator[tuple[list[Claim], str, Term]]:
        """Claims that ``claims`` are what ``stated`` ones are, times a number or a quantity in them; which, in words.

        Those in the ``written`` claims are tried, too.
        """
        for scale, said in self._scales(claims[0], stated[0], *written[:1]) if len(claims) == len(stated) else ():
            if spent():
                return
            multiples = list(self._multiples(claims, stated, scale))
            if provable(multiples[0]) is not None:
                yield multiples, said, scale

    def on_grounds(self, posed: Posed, claims: Sequence[Claim]) -> list[Claim]:
        """The claims given the equations from which, by the words before them, others follow; empty without such.

        Where a derivative has been set to zero, so that what follows speaks of that point, its zero is one of them;
        what is differentiated is not taken at that point alone.
        """
        known, at_zero = self.before(posed), not derives(*claims)
        grounds = [e for e in known if e.posed.grounds or (e.first and e.holds and e.posed.sought and at_zero)]
        return [self._given(claim, grounds) for claim in claims] if grounds else []

    def alone(self, posed: Posed, claims: Sequence[Claim]) -> list[Claim]:
        """The claims given the one equation that they can follow from; empty if there are others, or other symbols."""
        first = [e for e in self.before(posed) if e.first and e.posed is not posed]
        if len(first) != 1 or self.is_one(posed, claims):
            return []
        reached = self.reading.symbols.reached
        known = reached(*(side for c in first[0].claims for side in (c.left, c.right)))
        if not reached(*(side for c in claims for side in (c.left, c.right))) <= known:
            return []
        posed.note(f"given {self.name(first[0].posed)}")
        return [self._given(claim, first) for claim in claims]

    def given_all(self, posed: Posed, claims: Sequence[Claim]) -> list[Claim]:
        """The claims given all equations before, which are noted."""
        known = [e for e in self.before(posed) if e.posed is not posed]
        posed.note(*(f"given {self.name(e.posed)}" for e in known))
        return [self._given(claim, known) for claim in claims]

    def _line(self, posed: Posed) -> int:
        return self.reading.document.source.position(posed.span.start).line

    def _given(self, claim: Claim, equations: Sequence[Equation]) -> Claim:
        for equation in equations:
            text = rf"\text{{the equation of line {self._line(equation.posed)}}}"
            claim = given(claim, equation.claims, text, "which is being solved")
        return claim

    @staticmethod
    def _scales(claim: Claim, *others: Claim) -> Iterator[tuple[Term, str]]:
        """Numbers, and numbers times a power of a size, of a scalar in the claims, or of what is divided by there."""
        parts = {t for c in (claim, *others) for side in (c.left, c.right) for t in subterms(side)}
        scalars: list[Term] = sorted((t for t in parts if isinstance(t, Var) and not t.indices), key=notation.unicode)
        sizes = {r.high for r in claim.context.ranges.values() if isinstance(r.high, str)}
        scalars += map(SizeOf, sorted(sizes.union(*map(sizes_of, (claim, *others)))))
        below = sorted(divisors(claim, *others), key=notation.unicode)
        scalars += [t for t in below if t not in scalars]
        scalars += [mul(*below)] if len(below) > 1 else []
        for scale in SCALES:
            times = "" if scale.value == 1 else f" times {scale.value}"
            yield scale, times
            for scalar in scalars:
                for factor in (scalar, power(scalar, 2)):
                    said = notation.unicode(factor)
                    yield mul(scale, factor), f"{times} times {said}"
                    yield mul(scale, power(factor, -1)), f"{times} divided by {said}"

    @staticmethod
    def _multiples(claims: Sequence[Claim], stated: Sequence[Claim], scale: Term) -> Iterator[Claim]:
        """left - right of each claim as the multiple of that of the equation; entries of vectors one by one."""
        for claim, other in zip(claims, stated, strict=True):
            here, there = (sorted(c.left.free | c.right.free) for c in (claim, other))
            names = dict(zip(there, here, strict=False)) if len(here) == len(there) else {}
            left, right = rename(other.left, names), rename(other.right, names)
            difference = add(claim.left, mul(num(-1), claim.right))
            multiple = mul(scale, add(left, mul(num(-1), right)))
            yield replace(claim, left=difference, right=multiple)

    # Solutions

    def solved(self, posed: Posed, at: int, zeros: Sequence[Unwritten] = (), with_values: bool = False) -> list[Solved]:
        """The equations that ``posed`` may solve. One that the definitions before it turn into an identity is solved
        already. The ``zeros`` are those that nobody wrote, where no other is.

        What the solution speaks of has any value there, if not ``with_values`` for which equations before were solved.
        """
        member, value = _sides(posed)
        if not isinstance(member, Var) or not isinstance(value, Term) or posed.relation != "=":
            return []
        symbols = self.reading.symbols
        body = symbols.ranges.resolve(value, {})
        spoken = set() if with_values else families_in((body,), {}) & {head for head, _ in symbols.solutions}
        rates = {self.name(e.posed): e.posed.rate.by for e in self.known if e.posed.rate is not None}
        found = []
        for name, claims, heads, sought, holds, since, among in self._open(posed, at, zeros):
            named = {(shown(h.name), *h[1:]): h for h in heads}
            written = [(member.head, body), (solution_of(member.head), body)]
            if (root := _root(solution_of(member.head))) is not None:
                written.append((root, power(body, Fraction(1, 2))))  # \sigma^2 = v solves for \sigma
            keys = (((shown(head.name), *head[1:]), value) for head, value in written)
            unknown, put = next(((named[key], value) for key, value in keys if key in named), (None, body))
            if unknown is None or (unknown != member.head and unknown in families_in((body,), {})):
                continue  # what w is next, in terms of w, is an update
            with_it, own = [], {unknown, member.head}
            without = [_for_any(claim, own, set(), heads) for claim in claims]
            for claim in (_for_any(claim, own, spoken, heads) for claim in claims):
                context = granted(claim.context, symbols, symbols.reached(body))
                definitions = {**context.definitions, unknown: (Definition(member.indices, put),)}
                with_it.append(replace(claim, context=replace(context, definitions=definitions)))
            if without:
                left = symbols.reached(*(side for c in without for side in (c.left, c.right)))
                left -= {h for claim in without for h in claim.context.definitions}
                by, scalars = left & (symbols.variables | (among or set())), {h for h in left if not (h.subs or h.sups)}
                if name in rates and plain(unknown.name) in rates[name]:
                    by &= {head for head in by if plain(head.name) in rates[name]}  # it is set to zero for these
                if all(len(c.left.free | c.right.free) == len(member.indices) for c in claims):
                    by -= symbols.reached(body) - {unknown}  # solved in terms of what is sought, too
                only = by == {unknown} or (not by and sought and scalars == {unknown})
                made_of = symbols.reached(body)
                made_of |= symbols.reached(*(e for h, (_, e) in symbols.inverses.items() if h in made_of))
                new = made_of - symbols.inverses.keys() - symbols.definitions.keys() - left - {member.head}
                only = only and among is not None
                sides = [side for c in claims for side in (c.left, c.right)]
                explicit = self._is_explicit(body, sides, unknown)
                found.append(
                    Solved(
                        with_it, without, name, only, holds, explicit, since, unknown, frozenset(heads), frozenset(new)
                    )
                )
        return found

    def _is_explicit(self, solution: Term, sides: Sequence[Term], unknown: Head) -> bool:
        """Whether a solution speaks of nothing but what its equation speaks of, and not of the unknown itself.

        What else was solved for before is left as it is: there it may be in terms of anything.
        """
        symbols = self.reading.symbols
        sought = symbols.variables | {head for head, _ in symbols.solutions}
        known = {h: ds for h, ds in symbols.definitions.items() if h not in sought and solution_of(h) not in sought}
        spoken = families_in((solution,), known) - symbols.inverses.keys() - known.keys()
        return unknown not in spoken and set(map(solution_of, spoken)) <= families_in(sides, known)

    def _open(
        self, posed: Posed, at: int, zeros: Sequence[Unwritten]
    ) -> Iterator[tuple[str, list[Claim], set[Head], bool, bool, int, frozenset[Head] | None]]:
        r"""The equations that ``posed`` may solve: name, claims, the families in them, whether something is
        sought, whether others may follow from it, where it ends, and which families may be sought in it beside those
        by which something is differentiated.

        Beside those that are being solved these are the constraints on what has been solved for, \sum_k p_k = 1.
        """
        equations = [equation for equation in self.before(posed, all_of_them=True) if equation.first]
        for equation in equations:
            claims = self.claims.of(replace(equation.posed, at=at, solved=True))
            yield (
                self.name(equation.posed),
                claims,
                spoken_of(equation.claims),
                equation.posed.sought,
                equation.holds,
                equation.posed.span.end,
                frozenset(),
            )
        displayed = self._differentiated(posed) if not equations and posed.stationary else []
        for step in displayed:
            name = f"the equation that sets the derivative of line {self._line(step)} to zero"
            claims = self.claims.of(replace(step, left=step.right, right=ZERO, at=at, solved=True))
            yield name, claims, spoken_of(claims), True, True, step.span.end, frozenset()
        for name, claims, among, since in zeros if not equations and not displayed else ():
            sides = [claim.left for claim in claims]
            yield name, claims, self.reading.symbols.reached(*sides), True, True, since, among
        symbols = self.reading.symbols
        for name, left, right in self.constraints(posed) if equations else ():
            heads = families_in((left, right), {})
            if heads & symbols.definitions.keys() and posed.left not in (left, right):
                claims = self.claims.of(replace(posed, left=left, right=right, relation="=", at=at, solved=True))
                yield name, claims, symbols.reached(left, right) - heads, True, True, 0, frozenset()

    def _differentiated(self, posed: Posed) -> list[Posed]:
        """The derivatives displayed before a step in its section that it may set to zero, unless they are false.

        Of several, nothing else said, they are those by what the step solves for.
        """
        before = [other for other in self.reading.posed if other.span < posed.span]
        here = [p for p in before if p.kind == "claim" and p.relation == "=" and self.section(p) == self.section(posed)]
        steps = {p.rate: p for p in here if p.rate and p.right is not None}  # the last step of each derivative
        functions = {name for name, _ in self.reading.symbols.functions}
        found = meant(steps.keys(), posed.by, posed.of, functions)
        source = self.reading.document.source.text
        if named := {r for r in found if labels(source, steps[r].left_span.start, steps[r].span.end) & posed.refers}:
            found = named
        if len(found) > 1:
            unknowns = {plain(head.name) for head in solved_for(posed)}
            found = {rate for rate in found if not rate.by or not rate.by.isdisjoint(unknowns)}
        kept = [step for rate, step in steps.items() if rate in found]
        return [step for step in kept if step.span not in self.false and step.error is None]

    def constraints(self, posed: Posed) -> Iterator[tuple[str, Term, Term]]:
        """What running text, or a line of the section, says a sum or another expression without free indices is."""
        for said, place in self.reading.symbols.stated.items():
            if said.kind == "equation" and place.section <= posed.section and not said.data[0].free | said.data[1].free:
                yield f"{notation.unicode_latex(said.text)} ({said.source.partition(':')[0]})", *said.data
        for other in self.reading.posed:
            if other is posed:
                return
            if self.constrains(other) and other.kind != "definition" and self.section(other) == self.section(posed):
                assert isinstance(other.left, Term) and isinstance(other.right, Term)
                yield self.name(other), other.left, other.right


def _sides(posed: Posed) -> tuple[Value | None, Value | None]:
    """The sides of a definition, or typical entries of them."""
    member, value = posed.left, posed.right
    if isinstance(member, Array) and isinstance(value, Array) and len(member.axes) == len(value.axes):
        return _typical(member), _typical(value)
    return member, value


def _for_any(claim: Claim, own: set[Head], spoken: set[Head], heads: set[Head]) -> Claim:
    r"""A claim about ``heads`` for any value of a solution's ``own`` families, and of those that it has ``spoken`` of.

    Of the others, m has the value that \hat m has; where that is spoken of, it is written so.
    """
    claim = without_values(claim, own | spoken)
    others = claim.context.definitions
    values = {solution_of(h): made for h, made in others.items()}
    values |= {solution_of(h): (_as_written(h),) for h in spoken if solution_of(h) != h}
    definitions = {**{h: made for h, made in values.items() if h in heads - own}, **others}
    return replace(claim, context=replace(claim.context, definitions=definitions))


def _as_written(head: Head) -> Definition:
    """What the unknown m is where \\hat m is spoken of."""
    indices: tuple[Index, ...] = tuple(f"{n}\N{PRIME}" for n in range(head.subs + head.sups))
    return Definition(indices, Var(head.name, indices[: head.subs], indices[head.subs :]))


def _summed(equation: Sequence[Claim], claims: Sequence[Claim]) -> list[Claim]:
    """An equation for each k, summed over k; empty if the ``claims`` are about each, too, or it has no such index."""
    if len(equation) != 1 or len(claims) != 1 or claims[0].left.free | claims[0].right.free:
        return []
    left, right, ranges = equation[0].left, equation[0].right, equation[0].context.ranges
    for index in sorted(left.free | right.free):
        if index not in ranges:
            return []
        left, right = Sum(index, ranges[index], left), Sum(index, ranges[index], right)
    return [replace(equation[0], left=left, right=right)] if left is not equation[0].left else []


def solved_for(posed: Posed) -> list[Head]:
    """The families that a step may say the value of, as its solution: w for \\hat w, sigma for \\sigma^2."""
    member = _sides(posed)[0]
    if not isinstance(member, Var):
        return []
    root = _root(solution_of(member.head))
    return [solution_of(member.head), *([root] if root is not None else [])]


def _root(head: Head) -> Head | None:
    """The symbol of whose square a symbol has the name."""
    return Head(head.name[: -len("^{2}")], 0, 0) if head.name.endswith("^{2}") and not head.subs + head.sups else None


def _typical(side: Value | None) -> Value | None:
    """A side, or a typical entry of it."""
    return side.entry(ENTRY[: len(side.axes)]) if isinstance(side, Array) else side


def divisors(*claims: Claim) -> set[Term]:
    """What is divided by in claims, but for numbers."""
    parts = {t for c in claims for side in (c.left, c.right) for t in subterms(side)}
    below = {t.base for t in parts if isinstance(t, Pow) and isinstance(t.exponent, Num) and t.exponent.value < 0}
    return {t for t in below if not isinstance(t, Num)}


def follows(claims: Sequence[Claim], known: Sequence[Claim], equation: Sequence[Claim]) -> Verdict:
    """Whether ``claims`` hold wherever the ``known`` and the ``equation`` do."""
    derived = {t.var.head for c in claims for side in (c.left, c.right) for t in subterms(side) if isinstance(t, Deriv)}
    found = prove_all([given(claim, [*known, *equation], "", "") for claim in claims])
    if isinstance(found, Undecided) and len(derived) == 1:
        turned = [_turned(claim, *derived) for claim in equation]
        found = prove_all([given(claim, [*known, *turned], "", "") for claim in claims])
    return found


def _turned(claim: Claim, sought: Head) -> Claim:
    """``a + b = 0`` as a = -b, where only a mentions what is sought: such an equation is solved for it."""
    if not isinstance(claim.left, Add) or claim.right is not ZERO:
        return claim
    parts = claim.left.parts
    free = next((p for p in parts if all(not isinstance(t, Var) or t.head != sought for t in subterms(p))), None)
    rest = add(*(part for part in parts if part is not free))
    return replace(claim, left=rest, right=mul(num(-1), free)) if free is not None else claim


def apart(claim: Claim) -> Claim:
    """``a + b = 0`` as a = -b, and c = 0 as c = 2c: nothing is zero in it."""
    if claim.right is not ZERO:
        return claim
    if not isinstance(claim.left, Add):
        return replace(claim, right=mul(num(2), claim.left))
    first, *rest = claim.left.parts
    return replace(claim, left=first, right=mul(num(-1), add(*rest)))


def solution_of(head: Head) -> Head:
    r"""The unknown that ``\hat{w}``, ``w^*``, ``w_{MLE}``, ``\sigma^2_{MLE}`` is a value of."""
    return Head(_HAT.sub(r"\1\2", _STAR.sub(r"\1", shown(head.name))), head.subs, head.sups)


_HAT = re.compile(r"^\\(?:wide)?hat\{(.*?)\}(\^\{2\})?$")
_STAR = re.compile(
    r"(?:[_^]\{(?:\*|\\star|\\ast|(?:\\(?:text|mathrm|mathit|rm|operatorname)\{)?"
    r"(?:MLE?|ml|mle|MAP|map|OLS|ols|LS|ls|MMSE|opt|best|ridge|Ridge)\}?)\}(\^\{2\})?|\^\{\((?:new|neu|next|[a-z]\+1)\)\})$"
)

r"""The judge: a claim goes in, a sealed verdict comes out.

First the general proof, for all sizes and without assumptions; then the search for a counterexample; then the proof
with the assumptions, and last with sums of known length written out and indices put in one by one. The assumptions
reported as *given* are those without which the proof fails. This module must never say Proved or Refuted for any
other reason than these, and never treat agreement at points, or a failed proof, as either.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import product
from typing import TYPE_CHECKING

from symderiv.kernel.budget import Budget
from symderiv.kernel.conditions import Requirement, requirements
from symderiv.kernel.derivative import Unsupported, differentiate
from symderiv.kernel.forms import Form, Nowhere, demanded
from symderiv.kernel.generality import fingerprint, generalised
from symderiv.kernel.normal import Normal
from symderiv.kernel.polynomial import subtract
from symderiv.kernel.signs import holds
from symderiv.kernel.verdict import _SEAL, Condition, Proved, Refuted, Scope, Undecided, Verdict
from symderiv.terms import (
    Assumption,
    Claim,
    Delta,
    Index,
    Range,
    Size,
    SizeOf,
    Sum,
    Term,
    Var,
    reached,
    rename,
    subterms,
    unbound,
)

RELATIONS = ("=", "<", ">", "<=", ">=", "!=")
if TYPE_CHECKING:
    from symderiv.kernel.search import Search

CASE_LIMIT = 4096  # index assignments written out for one claim
SHORT = 6  # a range of so few elements is written out without another thought
Instance = tuple[Term, Term, dict, list[Assumption]]  # both sides, the ends of their indices' ranges, what differs
QUICK, THOROUGH = 2_000, 25_000  # evaluated nodes in a search for a counterexample


def prove(claim: Claim) -> Verdict:
    r"""Judge one claim.

    Returns ``Proved`` with the scope, the assumptions really used and the side conditions; ``Refuted`` with a witness;
    or ``Undecided`` with the reason. Never raises on a well-formed claim.

    >>> from symderiv.terms import Context, Range, var
    >>> context = Context(ranges={"i": Range(1, "K"), "k": Range(1, "K")})
    >>> prove(Claim(var("f", "i") * Delta("i", "k"), "=", var("f", "k") * Delta("i", "k"), context)).scope
    Scope(minimum=(('K', 1),), fixed=())
    """
    try:
        return _as_instance(claim) or _Case(claim).judge()
    except RecursionError:
        return Undecided(claim, "the terms are nested too deeply")
    except (OverflowError, MemoryError) as error:
        return Undecided(claim, f"the numbers grow too large ({type(error).__name__})")


_general: dict[tuple, Proved | None] = {}  # what was found for general claims


def _as_instance(claim: Claim) -> Proved | None:
    """A proof of ``claim`` as one instance of the same claim about every class."""
    found = generalised(claim)
    if found is None:
        return None
    wider, numbers = found
    key = (wider.left, wider.relation, wider.right, fingerprint(wider.context))
    if key not in _general:
        if len(_general) >= 256:
            _general.pop(next(iter(_general)))
        case = _Case(wider)
        _general[key] = case.general()
        if case.budget.over:  # perhaps by the clock, which the next claim need not suffer from
            del _general[key]
            return None
    general = _general[key]
    if general is None:
        return None
    given = tuple(a for a in general.given if a in claim.context.assumptions)
    conditions = tuple(Condition(rename(c.term, numbers), c.relation) for c in general.conditions)
    return Proved(claim, general.scope, given, conditions, f"{general.argument} and indices", seal=_SEAL)


def provable(claim: Claim) -> Proved | None:
    """A proof for all sizes if the normal form gives one; no counterexample is looked for and nothing written out."""
    try:
        return _Case(claim).general()
    except (RecursionError, OverflowError, MemoryError):
        return None


def prove_all(claims: Sequence[Claim]) -> Verdict:
    """Judge the conjunction of ``claims`` (the entries of a vector equation): proved if all are, refuted if one is.

    The scope is what all have in common; assumptions and conditions are collected. Raises ValueError without claims.
    """
    verdicts: list[Proved] = []
    undecided: Undecided | None = None
    for claim in claims:
        verdict = prove(claim)
        if isinstance(verdict, Refuted):
            return verdict
        if isinstance(verdict, Undecided):
            undecided = undecided or verdict
        else:
            verdicts.append(verdict)
    if undecided is not None:
        return undecided
    if not verdicts:
        raise ValueError("nothing to prove")
    if len(verdicts) == 1:
        return verdicts[0]
    least: dict[str, int] = {}
    for verdict in verdicts:
        for name, value in verdict.scope.minimum:
            least[name] = max(least.get(name, 1), value)
    fixed = dict(pair for verdict in verdicts for pair in verdict.scope.fixed)
    given = tuple(dict.fromkeys(a for v in verdicts for a in v.given))
    conditions = tuple(dict.fromkeys(c for v in verdicts for c in v.conditions))
    scope = Scope(tuple(sorted(least.items())), tuple(sorted(fixed.items())))
    return Proved(claims[0], scope, given, conditions, f"{len(verdicts)} entries, each proved", seal=_SEAL)


class _Case:
    """One claim with what is known about its sizes and indices."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        context = claim.context
        self.equal = [a for a in context.assumptions if a.kind == "equal"]
        merged, self.contradiction = _merged([a.data for a in self.equal])
        self.left, self.right = rename(claim.left, merged), rename(claim.right, merged)
        self.posed = replace(claim, left=self.left, right=self.right) if merged else claim
        self.merged = [
            a for a in self.equal if any(i in merged and i in claim.left.free | claim.right.free for i in a.data)
        ]
        self.assumptions = [a for a in context.assumptions if a.kind != "equal"]
        for n, a in enumerate(self.assumptions):
            if a.kind == "distinct":
                pair = tuple(merged.get(i, i) for i in a.data)
                self.contradiction = self.contradiction or pair[0] == pair[1]
                self.assumptions[n] = replace(a, data=pair) if pair != a.data else a
        if merged:
            self.posed = replace(self.posed, context=replace(context, assumptions=(*self.equal, *self.assumptions)))
        apart = [
            n
            for n in merged
            if str(merged[n]) in context.ranges and context.ranges.get(n) != context.ranges[str(merged[n])]
        ]
        self.fault = f"the index {apart[0]} is set equal to one with another range" if apart else ""
        self.reason = ""  # why the last attempt at a proof ended before its normal form did
        assumed = (part for a in self.assumptions for part in a.data if isinstance(part, Term))
        self.terms = list(reached((self.left, self.right, *assumed), context.definitions))
        self.fixed = unbound(self.terms, context.definitions)
        free = sorted(self.left.free | self.right.free | self.fixed)
        self.ranges = {name: context.ranges[name] for name in free if name in context.ranges}
        self.homeless = [n for n in free if n not in context.ranges and not self._is_size(n)]
        self.sizes = self._sizes()
        self.minimum = self._minimum()
        self.derivative = cache(partial(differentiate, context=context))
        self.forms: dict[tuple, Form] = {}
        self.needs: dict[tuple, list[Requirement]] = {}
        self.nowhere = False
        self.budget = Budget()
        self._search: Search | None = None

    def _is_size(self, name: str) -> bool:
        context = self.claim.context
        summed = (t.range for t in self.terms if isinstance(t, Sum))
        slots = (r for ranges in context.families.values() for r in ranges if r)
        return name in context.sizes or any(r.high == name for r in (*context.ranges.values(), *summed, *slots))

    def _sizes(self) -> list[str]:
        names: dict[str, None] = {}
        for range_ in self.ranges.values():
            if isinstance(range_.high, str):
                names[range_.high] = None
        for term in self.terms:
            if isinstance(term, Sum) and isinstance(term.range.high, str):
                names[term.range.high] = None
            if isinstance(term, SizeOf):
                names[term.name] = None
        return sorted(names)

    def _assumed_sizes(self) -> list[str]:
        """The sizes of the claim and those that only its assumptions speak of."""
        context = self.claim.context
        free = {i for a in self.assumptions if a.kind == "equation" for side in a.data for i in side.free}
        families = {
            r for a in self.assumptions for r in context.families.get(a.data[0], ()) if r and a.kind != "equation"
        }
        ranges = families | {context.ranges[i] for i in free if i in context.ranges}
        return sorted({*self.sizes, *(r.high for r in ranges if isinstance(r.high, str))})

    def _minimum(self) -> dict[str, int]:
        """A claim that names the third class speaks of K >= 3."""
        context = self.claim.context
        least = {name: context.minimum.get(name, 1) for name in self.sizes}

        def at_least(range_: Range | None, index: object) -> None:
            if range_ is not None and isinstance(index, int) and range_.high in least:
                least[range_.high] = max(least[range_.high], index)

        for term in self.terms:
            if isinstance(term, Var):
                for range_, index in zip(context.families.get(term.head, ()), term.indices, strict=False):
                    at_least(range_, index)
            elif isinstance(term, Delta):
                for one, other in ((term.left, term.right), (term.right, term.left)):
                    if isinstance(other, str):
                        at_least(self.ranges.get(other), one)
            elif isinstance(term, Sum) and isinstance(term.range.high, str) and term.range.low > 1:
                least[term.range.high] = max(least[term.range.high], term.range.low - 1)
                for part in subterms(term.body):
                    if isinstance(part, Delta) and term.index in (part.left, part.right):
                        at_least(term.range, part.right if part.left == term.index else part.left)
            elif isinstance(term, Sum):
                for part in subterms(term.body):
                    if isinstance(part, Delta) and term.index in (part.left, part.right):
                        at_least(term.range, part.right if part.left == term.index else part.left)
        for a in self.equal:
            for one, other in (a.data, a.data[::-1]):
                if isinstance(one, str):
                    at_least(context.ranges.get(one), other)
        for name, range_ in self.ranges.items():
            if range_.high in least and range_.low > 1:
                least[range_.high] = max(least[range_.high], range_.low)
            for assumption in self.assumptions:
                if assumption.kind == "distinct" and name in assumption.data:
                    for other in assumption.data:
                        at_least(range_, other)
        return least

    # Judging

    def general(self) -> Proved | None:
        """A proof for all sizes, if there is one; no other attempt is made."""
        if self.homeless or self.contradiction or self.fault or self.claim.relation not in RELATIONS:
            return None
        verdict = self._in_general() or self._written_out((0,) if self.assumptions else ())
        return verdict if isinstance(verdict, Proved) else None

    @property
    def search(self) -> Search:
        """The search for a counterexample; python-flint is loaded when a proof alone does not settle the claim."""
        if self._search is None:
            from symderiv.kernel.search import Search

            self._search = Search(self.posed, self._assumed_sizes(), self.minimum, self.ranges, self.budget)
        return self._search

    def _in_general(self) -> Verdict | None:
        for assumptions in ((), self.assumptions) if self.assumptions else ((),):
            proof = self._attempt(assumptions, 0, anew=False)
            if proof is not None:
                return self._proved(assumptions, 0, proof)
        return None

    def _written_out(self, expansions: Sequence[int]) -> Verdict | None:
        for expand in expansions:
            proof = self._attempt(self.assumptions, expand, anew=True)
            if proof is not None:
                return self._proved(self.assumptions, expand, proof)
        return None

    def judge(self) -> Verdict:
        claim = self.claim
        if claim.relation not in RELATIONS:
            return Undecided(claim, f"the relation {claim.relation} is not one that can be proved")
        if self.homeless:
            return Undecided(claim, f"the index {self.homeless[0]} has no range")
        if self.contradiction:
            return Undecided(claim, "the assumptions contradict each other, so they prove nothing")
        if self.fault:
            return Undecided(claim, self.fault)
        verdict = self._in_general()
        if verdict is not None:
            return verdict
        if self.nowhere and all(low > 0 for low, _ in self.ranges.values()):  # so it is for every index
            return Undecided(claim, self.reason)
        search = self.search
        witness = search.run(QUICK)
        if witness is None:
            verdict = self._written_out([0, *self._expansions()] if self.assumptions else self._expansions())
            if verdict is not None:
                return verdict
        witness = witness or search.run(THOROUGH)
        if witness is not None:
            sizes = tuple(sorted({*witness.sizes, *self._named_sizes()}))
            return Refuted(claim, replace(witness, sizes=sizes), seal=_SEAL)
        tried = ["normal form", "counterexample", *(("budget",) if self.budget.left < 0 else ())]
        reason = self.reason or search.obstacle
        if search.agreed:
            upto = ", ".join(f"{name} = {value}" for name, value in search.largest.items())
            reason = f"agrees at {search.agreed} points" + (f" up to {upto}" if upto else "")
            reason += f", but no proof was found ({self.reason})" if self.reason else ", but no proof was found"
        return Undecided(claim, reason or "no proof and no counterexample was found", tuple(tried))

    def _expansions(self) -> list[int]:
        """Up to which length ranges are worth writing out: the short ones first, then all."""
        lengths = {r.high for r in self.ranges.values() if isinstance(r.high, int)}
        lengths |= {t.range.high for t in self.terms if isinstance(t, Sum) and isinstance(t.range.high, int)}
        families = self.claim.context.families
        members = [families.get(t.head, ()) for t in self.terms if isinstance(t, Var)]
        lengths |= {r.high for ranges in members for r in ranges if r and isinstance(r.high, int)}
        short = max((n for n in lengths if n <= SHORT), default=0)
        return sorted({n for n in (short, max(lengths, default=0)) if n}) or ([1] if self.assumptions else [])

    def _lengths(self) -> set[Size]:
        """The upper ends of all ranges that the claim speaks of."""
        return {t.range.high for t in self.terms if isinstance(t, Sum)} | {r.high for r in self.ranges.values()}

    def _named_sizes(self) -> list[tuple[str, int]]:
        """The sizes with a name that are numbers here (K = 4), where the claim speaks of that many."""
        lengths = self._lengths()
        return sorted((name, value) for name, value in self.claim.context.sizes.items() if value in lengths)

    def _needed(self, assumptions: Sequence[Assumption], expand: int, proof: tuple) -> tuple[list[Assumption], tuple]:
        """Drop every assumption that the proof does without."""
        needed = list(assumptions)
        for assumption in assumptions if len(assumptions) > 1 or expand else ():  # without any was tried before
            fewer = [a for a in needed if a is not assumption]
            shorter = self._proof(fewer, expand)
            if shorter is not None:
                needed, proof = fewer, shorter
        return needed, proof

    def _proved(self, assumptions: Sequence[Assumption], expand: int, proof: tuple) -> Verdict:
        given, (minimum, conditions, argument) = self._needed(assumptions, expand, proof)
        if conditions and len(given) < len(self.assumptions):
            self._attempt(self.assumptions, 0, anew=False)
            if self.nowhere:
                return Undecided(self.claim, self.reason)
        if given and not self.search.agreed and not self.search.satisfiable():
            return Undecided(self.claim, "no point was found at which all the assumptions hold")
        fixed = tuple((name, value) for name, value in self._named_sizes() if name not in minimum)
        unnamed = sorted({v for v in self._lengths() if isinstance(v, int)} - set(self.claim.context.sizes.values()))
        fixed += tuple(("size", value) for value in unnamed)
        scope = Scope(tuple(sorted(minimum.items())), fixed)
        return Proved(self.claim, scope, (*self.merged, *given), conditions, argument, seal=_SEAL)

    def _proof(self, assumptions: Sequence[Assumption], expand: int) -> tuple[dict, tuple, str] | None:
        """(least sizes, side conditions, argument) if the claim follows from ``assumptions``, else None."""
        if assumptions and not expand:
            found = self._attempt(assumptions, expand, anew=False)
            if found is not None:
                return found
        return self._attempt(assumptions, expand, anew=True)

    def _attempt(self, assumptions: Sequence[Assumption], expand: int, anew: bool) -> tuple[dict, tuple, str] | None:
        """A proof, from the terms ``anew`` or from the normal form that both sides have without assumptions."""
        minimum = dict(self.minimum)
        conditions: dict[tuple, Condition] = {}
        count = 0
        try:
            for instance in self._instances(expand, assumptions):
                count += 1
                if anew and (assumptions or expand):
                    form = self._form(instance, assumptions, expand)
                else:
                    key = (*instance[:2], *instance[3])
                    if key not in self.forms:
                        self.forms[key] = self._form(instance, (), 0)
                    form = self.forms[key]
                    if assumptions:
                        form = form.under(assumptions)
                least = holds(form.normal, form.difference, self.claim.relation)
                if least is None:
                    return None
                for name, value in least.items():
                    minimum[name] = max(minimum.get(name, 1), value)
                for condition in form.conditions():
                    conditions[condition.term, condition.relation] = condition
        except Unsupported as error:
            self.reason = str(error)
            self.nowhere = isinstance(error, Nowhere)
            return None
        if not count:
            return None
        how = "normal form for all sizes" if not expand else f"normal form with {count} cases written out"
        return minimum, tuple(conditions.values()), how

    def _form(self, instance: Instance, assumptions: Sequence[Assumption], expand: int) -> Form:
        left, right, highs, extra = instance
        normal = Normal(self.claim.context, highs, self.minimum, [*assumptions, *extra], expand, budget=self.budget)
        normal.derivative, normal.signs = self.derivative, self.claim.relation != "="
        sides = (left, right)
        if sides not in self.needs:
            posed = self.claim.left.free | self.claim.right.free
            reserved = posed.union(self.left.free, self.right.free, self.fixed)
            self.needs[sides] = requirements(sides, self.claim.context, reserved, self.derivative)
        unmet = demanded(normal, self.needs[sides])
        return Form(normal, subtract(normal(left), normal(right)), unmet)

    def _instances(self, expand: int, assumptions: Sequence[Assumption]) -> Iterator[Instance]:
        """The claim for index ranges 1..high: an index that may be 0 is put in, and with ``expand`` all numbers are."""
        spans: list[list[int | str]] = []
        names = sorted(self.ranges)
        extra: list[Assumption] = []
        for name in names:
            low, high = self.ranges[name]
            if isinstance(high, int) and high <= expand:
                spans.append(list(range(low, high + 1)))
                continue
            span: list[int | str] = list(range(low, 1))
            if isinstance(high, str) or high >= 1:
                span.append(name)
            for value in range(1, low):
                extra.append(Assumption("distinct", (name, value)))
            spans.append(span)
        total = 1
        for s in spans:
            total *= len(s)
        if total > CASE_LIMIT:
            raise Unsupported(f"there are {total} cases to write out")
        distinct = [a.data for a in assumptions if a.kind == "distinct"]
        for choice in product(*spans):
            mapping = {n: v for n, v in zip(names, choice, strict=True) if n != v}
            if any(_same(mapping.get(a, a), mapping.get(b, b)) for a, b in distinct):
                continue
            highs = {n: self.ranges[n].high for n in names if n not in mapping}
            more = [
                Assumption("distinct", (mapping.get(a, a), mapping.get(b, b)))
                for a, b in distinct
                if a in mapping or b in mapping
            ]
            yield rename(self.left, mapping), rename(self.right, mapping), highs, [*extra, *more]


def _merged(pairs: Sequence[tuple]) -> tuple[dict[str, Index], bool]:
    """What each index becomes when those in ``pairs`` are equal, and whether two numbers would have to be."""
    merged: dict[str, Index] = {}
    for pair in pairs:
        first, second = (merged.get(i, i) for i in pair)
        if first == second:
            continue
        if not isinstance(second, str):
            first, second = second, first
        if not isinstance(second, str):
            return merged, True
        merged = {old: first if new == second else new for old, new in merged.items()} | {second: first}
    return merged, False


def _same(a: object, b: object) -> bool:
    return isinstance(a, int) and a == b


__all__ = ["provable", "prove", "prove_all"]

r"""Proofs: left - right in normal form, for all sizes or with ranges of known length written out.

This is the one rule by which a claim is proved; what to try, and in which order, is for others to say. This module must
never prove a claim in any other way; that it finds no proof says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import product

from symderiv.kernel.case import Case
from symderiv.kernel.conditions import Requirement, requirements
from symderiv.kernel.derivative import Unsupported, differentiate
from symderiv.kernel.forms import Form, Nowhere, demanded
from symderiv.kernel.normal import Normal
from symderiv.kernel.polynomial import subtract
from symderiv.kernel.signs import holds
from symderiv.kernel.verdict import _SEAL, Condition, Proved, Scope
from symderiv.terms import Assumption, Term, rename

LIMIT = 4096  # index assignments written out for one claim
Instance = tuple[Term, Term, dict, list[Assumption]]  # both sides, the ends of their indices' ranges, what differs


@dataclass(frozen=True, eq=False)
class Proof:
    """What a proof from ``given`` needs: the least sizes, and the side conditions. Only who made it can seal it.

    Without the conditions ``beyond`` both sides can have values: they must not contradict what is given.
    """

    given: tuple[Assumption, ...]
    minimum: dict[str, int]
    conditions: tuple[Condition, ...]
    argument: str
    beyond: tuple[Requirement, ...] = ()


class Prover:
    """The proofs of one case. ``reason`` says why the last attempt ended before its normal form did.

    ``nowhere`` is set once it was seen that a side has no value anywhere.
    """

    def __init__(self, case: Case) -> None:
        self.case = case
        self.reason = ""
        self.nowhere = False
        self.derivative = cache(partial(differentiate, context=case.claim.context))
        self.forms: dict[tuple, Form] = {}
        self.needs: dict[tuple, list[Requirement]] = {}
        self._made: list[Proof] = []

    def attempt(self, assumptions: Sequence[Assumption], expand: int = 0, anew: bool = False) -> Proof | None:
        """A proof from ``assumptions`` (among those of the claim), ranges up to the length ``expand`` written out.

        It starts from the terms ``anew``, or from the normal form that both sides have without assumptions.
        Raises ValueError for an assumption that is not the claim's, and for a case with a fault.
        """
        case = self.case
        if case.fault:
            raise ValueError(case.fault)
        if not {id(a) for a in assumptions} <= {id(a) for a in case.assumptions}:
            raise ValueError("a claim is proved from its own assumptions")
        minimum = dict(case.minimum)
        conditions: dict[tuple, Condition] = {}
        beyond: dict[Requirement, None] = {}
        count = 0
        try:
            for instance in self.instances(expand, assumptions):
                count += 1
                if anew and (assumptions or expand):
                    form = self.form(instance, assumptions, expand)
                else:
                    key = (*instance[:2], *instance[3])
                    if key not in self.forms:
                        self.forms[key] = self.form(instance, (), 0)
                    form = self.forms[key]
                    if assumptions and form.normal.algebra.partial:
                        form = self.form(instance, assumptions, 0)
                    elif assumptions:
                        form = form.under(assumptions)
                if form.normal.algebra.partial and any(a.kind == "equation" for a in assumptions):
                    raise Unsupported("a denominator that may be zero by an assumption")
                least = holds(form.normal, form.difference, case.claim.relation)
                if least is None:
                    return None
                for name, value in least.items():
                    minimum[name] = max(minimum.get(name, 1), value)
                for need in form.conditions():
                    conditions[need.term, need.relation] = Condition(need.term, need.relation)
                    if not need.surely:
                        beyond[need] = None
                    for _, (low, high) in need.bound:  # of an empty sum nothing is demanded
                        if isinstance(high, str):
                            minimum[high] = max(minimum.get(high, 1), low)
        except Unsupported as error:
            self.reason = str(error)
            self.nowhere = isinstance(error, Nowhere)
            return None
        if not count:
            return None
        how = "normal form for all sizes" if not expand else f"normal form with {count} cases written out"
        self._made.append(Proof(tuple(assumptions), minimum, tuple(conditions.values()), how, tuple(beyond)))
        return self._made[-1]

    def seal(self, proof: Proof) -> Proved | None:
        """The verdict of ``proof``; None, with the ``reason``, if a side has no value or the assumptions no point."""
        case = self.case
        if not any(made is proof for made in self._made):
            raise TypeError("a proof is sealed by the prover that made it")
        if proof.conditions and len(proof.given) < len(case.assumptions):
            self.attempt(case.assumptions)
            if self.nowhere:
                return None
        if proof.given and not case.met:
            self.reason = "no point was found at which all the assumptions hold"
            return None
        if proof.given and proof.beyond and proof.beyond not in case.shown:
            self.reason = "no point was found at which all the assumptions and the conditions hold"
            return None
        fixed = tuple((name, value) for name, value in case.named_sizes if name not in proof.minimum)
        unnamed = sorted({v for v in case.lengths if isinstance(v, int)} - set(case.claim.context.sizes.values()))
        fixed += tuple(("size", value) for value in unnamed)
        scope = Scope(tuple(sorted(proof.minimum.items())), fixed)
        given = (*case.merged, *proof.given)
        return Proved(case.claim, scope, given, proof.conditions, proof.argument, (), seal=_SEAL)

    def form(self, instance: Instance, assumptions: Sequence[Assumption], expand: int) -> Form:
        left, right, highs, extra = instance
        case, claim = self.case, self.case.claim
        normal = Normal(claim.context, highs, case.minimum, [*assumptions, *extra], expand, budget=case.budget)
        normal.derivative, normal.signs = self.derivative, claim.relation != "="
        sides = (left, right)
        if sides not in self.needs:
            reserved = claim.left.free.union(claim.right.free, case.left.free, case.right.free, case.fixed)
            self.needs[sides] = requirements(sides, claim.context, reserved, self.derivative)
        unmet = demanded(normal, self.needs[sides])
        return Form(normal, subtract(normal(left), normal(right)), unmet)

    def instances(self, expand: int, assumptions: Sequence[Assumption]) -> Iterator[Instance]:
        """The claim for index ranges 1..high: an index that may be 0 is put in, and with ``expand`` all numbers are."""
        spans: list[list[int | str]] = []
        names = sorted(self.case.ranges)
        extra: list[Assumption] = []
        for name in names:
            low, high = self.case.ranges[name]
            if abs(low) > LIMIT:
                raise Unsupported(f"a range that begins at {low}")
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
        if total > LIMIT:
            raise Unsupported(f"there are {total} cases to write out")
        distinct = [a.data for a in assumptions if a.kind == "distinct"]
        for choice in product(*spans):
            mapping = {n: v for n, v in zip(names, choice, strict=True) if n != v}
            if any(_same(mapping.get(a, a), mapping.get(b, b)) for a, b in distinct):
                continue
            highs = {n: self.case.ranges[n].high for n in names if n not in mapping}
            more = [
                Assumption("distinct", (mapping.get(a, a), mapping.get(b, b)))
                for a, b in distinct
                if a in mapping or b in mapping
            ]
            yield rename(self.case.left, mapping), rename(self.case.right, mapping), highs, [*extra, *more]


def _same(a: object, b: object) -> bool:
    return isinstance(a, int) and a == b


__all__ = ["Proof", "Prover"]

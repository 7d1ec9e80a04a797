r"""The judge: tries to prove a claim, looks for a counterexample, and says what came of it.

First the general proof, for all sizes and without assumptions; then the search for a counterexample; then the proof
with the assumptions, and last with sums of known length written out and indices put in one by one. Nothing here is
trusted: the kernel makes each proof and checks each counterexample, and only it can seal a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING

from symderiv.kernel.case import Case
from symderiv.kernel.generality import fingerprint, generalised, instance
from symderiv.kernel.proof import Proof, Prover
from symderiv.kernel.verdict import Proved, Refuted, Undecided, Verdict, Witness, conjunction
from symderiv.terms import Assumption, Claim, Sum, Var

if TYPE_CHECKING:
    from symderiv.judge.search import Search

SHORT = 6  # a range of so few elements is written out without another thought
QUICK, THOROUGH = 2_000, 25_000  # evaluated nodes in a search for a counterexample


def prove(claim: Claim) -> Verdict:
    r"""Judge one claim.

    Returns ``Proved`` with the scope, the assumptions really used and the side conditions; ``Refuted`` with a witness;
    or ``Undecided`` with the reason. Never raises on a well-formed claim.

    >>> from symderiv.terms import Context, Delta, Range, var
    >>> context = Context(ranges={"i": Range(1, "K"), "k": Range(1, "K")})
    >>> prove(Claim(var("f", "i") * Delta("i", "k"), "=", var("f", "k") * Delta("i", "k"), context)).scope
    Scope(minimum=(('K', 1),), fixed=())
    """
    try:
        return _as_instance(claim) or _Judge(claim).verdict()
    except RecursionError:
        return Undecided(claim, "the terms are nested too deeply")
    except (OverflowError, MemoryError) as error:
        return Undecided(claim, f"the numbers grow too large ({type(error).__name__})")


def refuted_at(claim: Claim, witness: Witness) -> Refuted | None:
    """The refutation of ``claim`` at the point of a witness to something else; None if it does not fail there."""
    from symderiv.judge.search import NOTHING_HERE
    from symderiv.kernel.convict import Agree, convict
    from symderiv.kernel.evaluate import Point

    case = Case(claim)
    point = Point(case.posed.context, dict(witness.sizes), dict(witness.indices))
    try:
        for var, value in witness.values:
            point.give(var, value)
        return convict(case, point)
    except (Agree, *NOTHING_HERE):
        return None


def holds_at(claim: Claim, witness: Witness) -> bool:
    """Whether both sides of ``claim`` have values at the point of a witness to something else, and none that surely
    differ, for any values of its own indices."""
    from symderiv.judge.search import NOTHING_HERE
    from symderiv.kernel.convict import Agree, convict
    from symderiv.kernel.evaluate import Point

    case = Case(claim)
    sizes = dict(witness.sizes)
    try:
        tops = [r.high if isinstance(r.high, int) else sizes[r.high] for r in case.ranges.values()]
        spans = [range(r.low, top + 1) for r, top in zip(case.ranges.values(), tops, strict=True)]
        for choice in product(*spans):
            point = Point(
                case.posed.context, sizes, {**dict(witness.indices), **dict(zip(case.ranges, choice, strict=True))}
            )
            for var, value in witness.values:
                point.give(var, value)
            with suppress(Agree):
                convict(case, point)
                return False
    except (KeyError, *NOTHING_HERE):
        return False
    return True


def provable(claim: Claim) -> Proved | None:
    """A proof for all sizes if the normal form gives one; no counterexample is looked for and nothing written out."""
    try:
        return _Judge(claim).general()
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
    return undecided or conjunction(verdicts)


_general: dict[tuple, Proved | None] = {}  # what was found for general claims


def _as_instance(claim: Claim) -> Proved | None:
    """A proof of ``claim`` as one instance of the same claim about every class."""
    found = generalised(claim)
    if found is None:
        return None
    wider, _ = found
    key = (wider.left, wider.relation, wider.right, fingerprint(wider.context))
    if key not in _general:
        if len(_general) >= 256:
            _general.pop(next(iter(_general)))
        judge = _Judge(wider)
        _general[key] = judge.general()
        if judge.case.budget.over:  # perhaps by the clock, which the next claim need not suffer from
            del _general[key]
            return None
    general = _general[key]
    return instance(claim, general) if general is not None else None


class _Judge:
    """What is tried for one claim, and in which order."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.case = Case(claim)
        self.prover = Prover(self.case)
        self._search: Search | None = None

    @property
    def search(self) -> Search:
        """The search for a counterexample; python-flint is loaded when a proof alone does not settle the claim."""
        if self._search is None:
            from symderiv.judge.search import Search

            self._search = Search(self.case)
        return self._search

    def general(self) -> Proved | None:
        """A proof for all sizes, if there is one; no other attempt is made."""
        if self.case.fault:
            return None
        verdict = self._in_general() or self._written_out((0,) if self.case.assumptions else ())
        return verdict if isinstance(verdict, Proved) else None

    def verdict(self) -> Verdict:
        case = self.case
        if case.fault:
            return Undecided(self.claim, case.fault)
        verdict = self._in_general()
        if verdict is not None:
            return verdict
        if self.prover.nowhere and all(low > 0 for low, _ in case.ranges.values()):  # so it is for every index
            return Undecided(self.claim, self.prover.reason)
        search = self.search
        refuted = search.run(QUICK)
        if refuted is None:
            verdict = self._written_out([0, *self._expansions()] if case.assumptions else self._expansions())
            if verdict is not None:
                return verdict
        return refuted or search.run(THOROUGH) or self._undecided()

    def _undecided(self) -> Undecided:
        case, search = self.case, self.search
        tried = ["normal form", "counterexample", *(("budget",) if case.budget.left < 0 else ())]
        reason = missing = self.prover.reason or search.obstacle
        if search.agreed:
            upto = ", ".join(f"{name} = {value}" for name, value in search.largest)
            reason = f"agrees at {search.agreed.total()} points" + (f" up to {upto}" if upto else "")
            reason += f", but no proof was found ({missing})" if missing else ", but no proof was found"
        return Undecided(self.claim, reason or "no proof and no counterexample was found", tuple(tried))

    def _in_general(self) -> Verdict | None:
        for assumptions in ((), self.case.assumptions) if self.case.assumptions else ((),):
            proof = self.prover.attempt(assumptions)
            if proof is not None:
                return self._proved(proof, 0)
        return None

    def _written_out(self, expansions: Iterable[int]) -> Verdict | None:
        for expand in expansions:
            proof = self.prover.attempt(self.case.assumptions, expand, anew=True)
            if proof is not None:
                return self._proved(proof, expand)
        return None

    def _proved(self, proof: Proof, expand: int) -> Verdict:
        proof = self._needed(proof, expand)
        if proof.given and (proof.beyond or not self.case.met):
            self.search.satisfy(proof.beyond)
        return self.prover.seal(proof) or Undecided(self.claim, self.prover.reason)

    def _needed(self, proof: Proof, expand: int) -> Proof:
        """Drop every assumption that the proof does without."""
        given = proof.given
        for assumption in given if len(given) > 1 or expand else ():  # without any was tried before
            if self.case.budget.over:
                break
            fewer = [a for a in proof.given if a is not assumption]
            proof = self._proof(fewer, expand) or proof
        return proof

    def _proof(self, assumptions: Sequence[Assumption], expand: int) -> Proof | None:
        found = self.prover.attempt(assumptions) if assumptions and not expand else None
        return found or self.prover.attempt(assumptions, expand, anew=True)

    def _expansions(self) -> list[int]:
        """Up to which length ranges are worth writing out: the short ones first, then all."""
        case = self.case
        lengths = {r.high for r in case.ranges.values() if isinstance(r.high, int)}
        lengths |= {t.range.high for t in case.terms if isinstance(t, Sum) and isinstance(t.range.high, int)}
        families = self.claim.context.families
        members = [families.get(t.head, ()) for t in case.terms if isinstance(t, Var)]
        lengths |= {r.high for ranges in members for r in ranges if r and isinstance(r.high, int)}
        short = max((n for n in lengths if n <= SHORT), default=0)
        return sorted({n for n in (short, max(lengths, default=0)) if n}) or ([1] if case.assumptions else [])


__all__ = ["holds_at", "provable", "prove", "prove_all", "refuted_at"]

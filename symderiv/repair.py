r"""Repairs: for a false step, a single-place edit that the kernel proves, and the conditions under which it holds.

Edits that disagree with the other side at trial points are passed over; what is left is posed to the kernel. Effort is
counted, never timed, so that the same document gives the same words. This module must never offer what was not proved.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from symderiv.edits import Edit, edits
from symderiv.judge import prove
from symderiv.kernel import Proved, Undecided
from symderiv.notation import latex, unicode
from symderiv.terms import ZERO, Assumption, Claim, Range, SizeOf, Term, Var, reached, subterms, unbound
from symderiv.trial import Trial

EDITS = 1200  # edits of one side that are looked at
PROOFS = 16  # edits of one side that are posed to the kernel
UNDECIDED = 2  # so many that agree but cannot be proved: the kernel lacks something for this line
WORK = 25_000  # nodes evaluated at trial points for one side
CONDITIONS = 12  # index conditions that are posed to the kernel


@dataclass(frozen=True, slots=True)
class Repair:
    """A proved repair: ``term`` in place of the ``side`` ('left' or 'right') of the claim, ``words`` for the slip.

    ``mends_chain`` tells whether the neighbouring steps hold with it, where they are known; ``scope`` is the kernel's.
    """

    term: Term
    side: str
    kind: str
    words: str
    verdict: Proved
    mends_chain: bool

    @property
    def latex(self) -> str:
        return latex(self.term)


def repair(claim: Claim, before: Term | None = None, after: Term | None = None) -> Repair | None:
    """The likeliest single-place edit of one side of a refuted ``claim`` that the kernel proves.

    ``before`` is the term from which the chain came to the left side, ``after`` the one that follows the right side:
    an edit is preferred with which ``before = left`` and ``right = after`` hold too.
    """
    if claim.relation != "=":
        return None
    right = _first(claim, "right")
    if right is not None and _is_given(claim, right.term):
        return None
    if right is not None and (after is None or _holds(claim, right.term, after)):
        return replace(right, mends_chain=True)
    left = _first(claim, "left")
    if left is not None and _is_disguise(claim, left.term):
        left = None
    if left is not None and before is not None and not _holds(claim, before, left.term):
        left = None  # it would make the step before this one false
    if left is not None and (after is None or _holds(claim, claim.right, after)):
        return replace(left, mends_chain=True)
    return right or left


def _first(claim: Claim, side: str) -> Repair | None:
    term, other = (claim.right, claim.left) if side == "right" else (claim.left, claim.right)
    trial = Trial(claim.context, (term, other))
    values = trial.values(other)
    if not any(value is not None for value in values):
        return None
    proofs = undecided = 0
    for edit in edits(term, claim.context, other, EDITS):
        if trial.work > WORK or proofs >= PROOFS or undecided >= UNDECIDED:
            return None
        if trial.agrees(edit.term, values):
            proofs += 1
            verdict = prove(_with(claim, side, edit))
            if isinstance(verdict, Proved):
                return Repair(edit.term, side, edit.kind, edit.words, verdict, False)
            undecided += isinstance(verdict, Undecided)
    return None


def _is_disguise(claim: Claim, left: Term) -> bool:
    r"""Whether ``left`` is the number on the right whatever its letters are: \sum_k x_k / \sum_k x_k, for any x."""
    if any(isinstance(t, Var) for t in subterms(claim.right)):
        return False
    defined = {
        h for t in reached((claim.left,), {}) if isinstance(t, Var) and (h := t.head) in claim.context.definitions
    }
    anything = replace(claim, left=left, context=replace(claim.context, definitions={}))
    return bool(defined) and isinstance(prove(anything), Proved)


def _is_given(claim: Claim, right: Term) -> bool:
    """Whether ``right`` is what an assumption says that the left side is: it says nothing new, nor would any repair."""
    return any(a.kind == "equation" and {claim.left, right} == set(a.data) for a in claim.context.assumptions)


def _with(claim: Claim, side: str, edit: Edit) -> Claim:
    return replace(claim, right=edit.term) if side == "right" else replace(claim, left=edit.term)


def _holds(claim: Claim, left: Term, right: Term) -> bool:
    return isinstance(prove(Claim(left, "=", right, claim.context)), Proved)


# When a false step does hold


def holds_when(claim: Claim) -> list[str]:
    """The conditions on the indices, each by itself, under which the kernel proves the claim: ``['i = j']``.

    A condition that makes both sides zero is left out.
    """
    found = []
    for assumption in list(_conditions(claim))[:CONDITIONS]:
        context = replace(claim.context, assumptions=(*claim.context.assumptions, assumption))
        under = replace(claim, context=context)
        trial = Trial(context, (claim.left, claim.right))
        if not trial.agrees(claim.right, trial.values(claim.left), claim.relation):
            continue
        if isinstance(prove(under), Proved) and not _holds(under, claim.left, ZERO):
            names = [str(i) if isinstance(i, int) else unicode(SizeOf(i)) for i in assumption.data]
            if assumption.data[0] not in claim.left.free | claim.right.free:
                names.reverse()
            found.append(f" {'=' if assumption.kind == 'equal' else '≠'} ".join(names))
    return found


def _conditions(claim: Claim) -> Iterator[Assumption]:
    """``i = j`` and ``i != j`` for indices of one range, then with the classes that the claim names by number.

    The kernel puts the first index in for the second, so an index that stands in definitions comes first.
    """
    ranges = claim.context.ranges
    written = claim.left.free | claim.right.free
    definitions = claim.context.definitions
    names = written | unbound(reached((claim.left, claim.right), definitions), definitions)
    free = sorted((name for name in names if name in ranges), key=lambda name: (name in written, name))
    settled = {frozenset(a.data) for a in claim.context.assumptions if a.kind in ("equal", "distinct")}
    pairs: list[tuple[str | int, str]] = [(i, j) for i, j in combinations(free, 2) if ranges[i] == ranges[j]]
    pairs += [(number, i) for i in free for number in _named(claim, ranges[i])]
    for pair in pairs:
        if frozenset(pair) not in settled and pair[1] in written:
            yield Assumption("equal", pair)
            yield Assumption("distinct", pair)


def _named(claim: Claim, range_: Range) -> list[int]:
    """The classes of this range that the claim names by number."""
    found = set()
    for side in (claim.left, claim.right):
        for part in subterms(side):
            if isinstance(part, Var):
                for known, index in zip(claim.context.families.get(part.head, ()), part.indices, strict=False):
                    if known == range_ and isinstance(index, int):
                        found.add(index)
    return sorted(found)


__all__ = ["Repair", "holds_when", "repair"]

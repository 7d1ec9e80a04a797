r"""What matrices and vectors are said to be like: ``U U^\top = I`` beside ``X = U S V^\top``.

No line can follow from nothing: of a matrix of which nothing else is known, this is given. This module must never take
so what speaks of anything that is defined.
"""

from __future__ import annotations

from collections.abc import Sequence

from symderiv.reader.indexed.arrays import one_entry
from symderiv.reader.indexed.families import families_in
from symderiv.reader.reading import Posed
from symderiv.reader.words.assertions import REACH
from symderiv.reader.words.prose import TO_SHOW
from symderiv.terms import Claim, Delta, Head, Mul, Sum, Var


def said_of(claim: Claim) -> Head | None:
    """The undefined family of which a claim says that its members are orthonormal."""
    for left, right in ((claim.left, claim.right), (claim.right, claim.left)):
        if claim.relation == "=" and isinstance(left, Sum) and isinstance(right, Delta):
            return _product_of(left, claim)
    return None


def is_new(head: Head, posed: Posed, before: Sequence[Posed]) -> bool:
    """Whether no display before that of ``posed`` speaks of a family."""
    earlier = [p for p in before if p.display != posed.display]
    entries = (one_entry(side) for p in earlier for side in (p.left, p.right))
    return head not in families_in([entry for entry in entries if entry is not None], {})


def to_show(before: str) -> bool:
    """Whether the paragraph at the end of the text before a display says that it is to be shown."""
    return TO_SHOW.search(before[-REACH:].rstrip(" \n$([\\").rpartition("\n\n")[2]) is not None


def _product_of(total: Sum, claim: Claim) -> Head | None:
    match total.body:
        case Mul(parts=(Var() as one, Var() as other)):
            summed = total.index in one.indices and total.index in other.indices
            return one.head if summed and one.head == other.head and one.head not in claim.context.definitions else None
    return None

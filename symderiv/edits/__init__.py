r"""Single-place edits of a term: the slips that people make, each with what a teacher would say about it.

The same edits mend a false line (an edit of it that is proved is the likely repair) and test the kernel (an edit of a
true line is a mutant; where it differs, it must not be proved). ``places`` walks a term, ``slips`` has the rules. This
package must never say that an edit is right: only the kernel does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from symderiv.edits.places import Place, Scene, places
from symderiv.edits.slips import RULES
from symderiv.terms import Context, Deriv, Term, rewritten

LIMIT = 400
REPEATED = ("index", "exponent", "variable")  # the slips that people repeat within a line


@dataclass(frozen=True, slots=True)
class Edit:
    """``term`` is the whole term after one edit; ``kind`` names the edit, ``words`` the slip that it would mend."""

    term: Term
    kind: str
    words: str


def edits(term: Term, context: Context, other: Term | None = None, limit: int = LIMIT) -> Iterator[Edit]:
    """Every single-place edit of ``term``, likeliest slips first, no term twice, at most ``limit``.

    ``other`` is the other side of the claim: its indices are in scope, its factors and addends may be what is missing,
    and an index that is free in ``term`` alone may lack its sum. It is never offered as the edit itself.
    """
    return islice(_distinct(term, context, other), limit)


def _distinct(term: Term, context: Context, other: Term | None) -> Iterator[Edit]:
    scene = Scene(term, context, other)
    everywhere = sorted(places(term, scene), key=lambda place: place.divides)
    seen = {term, other}
    for kind, slips in RULES:
        for place in everywhere:
            for new, words in slips(place):
                whole = place.wrap(new)
                if whole not in seen:
                    seen.add(whole)
                    yield Edit(whole, kind, words)
    for edit in _repeated(term, everywhere):
        if edit.term not in seen:
            seen.add(edit.term)
            yield edit


def _repeated(term: Term, everywhere: list[Place]) -> Iterator[Edit]:
    """The same slip in every place where something stands: S^2 for S twice in one line."""
    groups: dict[Term, list[Place]] = {}
    for place in everywhere:
        if not place.divides and not any(name in place.term.free for name in place.bound):
            groups.setdefault(place.term, []).append(place)
    for kind, slips in RULES:
        if kind in REPEATED:
            for old, group in groups.items():
                if len(group) > 1:
                    for new, words in slips(group[0]):
                        if not any(name in new.free for name in group[0].bound):
                            yield Edit(_replaced(term, old, new), kind, f"{words}, {_times(len(group))}")


def _replaced(term: Term, old: Term, new: Term) -> Term:
    def replaced(part: Term) -> Term | None:
        if part is not old and isinstance(part, Deriv):  # only a variable can be differentiated by
            return Deriv(rewritten(part.body, replaced), part.var)
        return new if part is old else None

    return rewritten(term, replaced)


def _times(count: int) -> str:
    return "in both places" if count == 2 else f"in all {count} places"


__all__ = ["LIMIT", "Edit", "edits"]

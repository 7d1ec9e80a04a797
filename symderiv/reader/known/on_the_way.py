r"""Equations on the way to a solution: ``k = np``, from k/p - (n - k)/(1 - p) = 0 to p = k/n.

What stands alone on the left of such a line is known, and what is sought on its right. This module must never take a
line for one whose left side is sought itself, or new.
"""

from __future__ import annotations

from collections.abc import Iterator

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import names_in
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import INTRODUCED
from symderiv.terms import Head, Term, Var, subterms


def is_one(reading: Reading, head: Head, right: syntax.Node) -> bool:
    """Whether ``head = right`` says what follows from an equation of the section for something on the right."""
    if INTRODUCED.search(reading.before if reading.inline else reading.prose):
        return False
    equations = list(_equations(reading))
    sides = [side for p in equations for side in (p.left, p.right) if isinstance(side, Term)]
    known = {part.head[:2] for side in sides for part in subterms(side) if isinstance(part, Var)}
    if head[:2] not in known:  # the a of a = p(x) belongs to an x that may go without saying
        return False
    sought = _sought(reading, equations)
    open_ones = {name for name in sought if not reading.symbols.defines(name, 0)}
    return head.name not in sought and not open_ones.isdisjoint(map(plain, names_in(right)))


def _equations(reading: Reading) -> Iterator[Posed]:
    """The equations so far in the section: a derivative set to zero, and what stands between it and this line."""
    begun = False
    for posed in reading.posed[reading.begins :]:
        begun = begun or posed.stationary or (posed.says_zero and posed.sought)
        if begun and posed.kind == "claim" and posed.relation == "=":
            yield posed


def _sought(reading: Reading, equations: list[Posed]) -> set[str]:
    """The names by which the section differentiates."""
    rates = (posed.rate for posed in reading.posed[reading.begins :] if posed.rate is not None)
    found = {name for rate in rates for name in rate.by}.union(*(posed.by for posed in equations))
    return found - reading.symbols.index_names - reading.symbols.sub_letters

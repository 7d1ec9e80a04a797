r"""Where a case that the words set is over: "If $i \ne k$, [display]. Hence the Jacobian is [display]".

Words that go on from what was said last stay in its case, until both cases have been said and a conclusion is drawn.
A formula that tells the cases apart itself, with rows of cases or Kronecker's delta, is said of all of them. This
module must never set a case.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import every, names_in
from symderiv.reader.known.in_a_case import CONNECTED, THIS_CASE
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import BOTH, Words
from symderiv.terms import Assumption, Delta, Term, Var, subterms

_BACK = Words(  # it is spoken of what was said last
    r"\W*(?:and\s+|or\s+)?(?:which|whose|where|it|its|this|that|with|by|dies|das|wobei|ce(?:ci|la)|où|lo\s+(?:que|cual)"
    r"|esto|donde)\b|\W*(?:其中|这|這|此|ここで|これ)",
    re.IGNORECASE,
)
_OTHER = {"equal": "distinct", "distinct": "equal"}
Case = tuple[Assumption, ...]


def kept(reading: Reading) -> bool:
    """Whether the words right before go on within the case that was said last."""
    words = reading.prose
    if BOTH.search(words):
        return False
    if THIS_CASE.search(words) or _BACK.match(words):
        return True
    both = any((_OTHER.get(a.kind), frozenset(a.data)) in reading.cases_said for a in reading.carried)
    return bool(CONNECTED.match(words)) and not both


def tells_apart(posed: Posed, case: Case) -> bool:
    r"""Whether a side of the step has Kronecker's delta of two indices that the case compares."""
    pairs = {frozenset(a.data) for a in case if a.kind in _OTHER}
    sides = [side for side in (posed.left, posed.right) if isinstance(side, Term)] if pairs else []
    return any(isinstance(t, Delta) and frozenset(t.key) in pairs for side in sides for t in subterms(side))


def leave_told_apart(reading: Reading, posed: Posed) -> None:
    """Called for the first step of a display to which no words lead: it may be over with the case."""
    if tells_apart(posed, reading.case):
        reading.case = reading.carried = ()


def in_rows(sides: Sequence[syntax.Node]) -> list[syntax.Casesdef]:
    """The rows of cases on these sides."""
    return [node for side in sides for node in every(side) if isinstance(node, syntax.Casesdef)]


def leave(reading: Reading, sides: Sequence[syntax.Node]) -> None:
    """Called for each row of a display: what its formulas choose by, no case before them has chosen."""
    if not (chosen := {name for cases in in_rows(sides) for name in _conditions(cases)}):
        return
    reading.case, reading.carried = _others(reading.case, chosen), _others(reading.carried, chosen)
    reading.values, reading.earlier_values = _others(reading.values, chosen), _others(reading.earlier_values, chosen)
    reading.here = {name: limits for name, limits in reading.here.items() if name not in chosen}


def _conditions(cases: syntax.Casesdef) -> Iterator[str]:
    """The names in the conditions of rows of cases."""
    for node in (node for _, beside in cases.rows for node in beside):
        yield from re.findall(r"\w+", node.text) if isinstance(node, syntax.Text) else names_in(node)


def _others(case: Case, chosen: Collection[str]) -> Case:
    """What a case says of other names."""
    return tuple(a for a in case if not (names := _names(a)) or not names <= set(chosen))


def _names(case: Assumption) -> set[str]:
    """The indices that a case compares, or the symbol that it gives a value."""
    return {part.name if isinstance(part, Var) else part for part in case.data if isinstance(part, Var | str)}

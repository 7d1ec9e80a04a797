r"""Families of users and of items with one name: the b_u and b_i of a rating ``\hat r_{ui} = \mu + b_u + b_i``.

The u of r_{ui} counts users and its i items, so b_1 may be that of a user or of an item. This module must never touch
the members of a document in which nothing has both letters below it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every
from symderiv.reader.letters.numbers_beside_functions import own_name
from symderiv.reader.words.prose import Words

RATINGS = Words(
    r"\b(?:ratings?|recommend\w*|users?|collaborative|bewertung\w*|nutzer\w*|benutzer\w*|empfehl\w*|utilisateurs?|recommandation\w*"
    r"|usuarios?|calificaci\w+|recomendaci\w+)\b|用户|评分|推荐|ユーザ|評価|推薦",
    re.IGNORECASE,
)
USER = "u"
ITEMS = ("i", "j")
ALONE = {(item,) for item in ITEMS}


def rewriting(rows: Sequence[syntax.Row], source: str) -> Change | None:
    """What gives the families of items names of their own; None if no name in ``rows`` has both."""
    sides = [segment.side for row in rows for segment in row.segments if isinstance(segment.side, syntax.Node)]
    members = {pair for side in sides for node in every(side) if (pair := _member(node)) is not None}
    words = RATINGS.search(source)  # else u and i may be nodes of one graph
    rated = {letters for name, letters in members if words or name in ("r", r"\hat{r}")}
    shared = {name for name, letters in members if letters == (USER,)}
    shared &= {name for name, letters in members if letters in ALONE}
    if not shared or not any((USER, item) in rated for item in ITEMS):
        return None

    def change(node: syntax.Node) -> syntax.Node:
        member = _member(node)
        if isinstance(node, syntax.Scripted) and member is not None and member[0] in shared and member[1] in ALONE:
            node.base = syntax.Symbol(own_name(member[0]), node.base.span)
        return node

    return change


def _member(node: syntax.Node) -> tuple[str, tuple[str, ...]] | None:
    """A name and the letters below it."""
    match node:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol(name=letter)):
            return plain(name), (plain(letter),)
        case syntax.Scripted(
            base=syntax.Symbol(name=name), sub=syntax.Product(factors=items) | syntax.Tuple(items=items)
        ):
            letters = tuple(plain(item.name) for item in items if isinstance(item, syntax.Symbol))
            return (plain(name), letters) if len(letters) == len(items) else None
    return None

r"""Sums over the members that a condition, or a set, picks: ``\sum_{n: y_n = k} x_n``, ``\sum_{i \in I_j} g_i``.

The first is \sum_n 1[y_n = k] x_n. What is in the set I_j is a family of numbers 0 and 1, [\in I]_{ij}, one for each
member and set, so that \sum_{i \in I_j} g_i = \sum_i [\in I]_{ij} g_i and |I_j| = \sum_i [\in I]_{ij}; what is proved
for all such families holds for the sets that are meant. This module must never take two sets for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, index_names, mentions, names_in, on_sides
from symderiv.reader.grammar.vocabulary import INDEX_LETTERS
from symderiv.reader.words.prose import Words

SUCH_THAT = Words(
    r"\s*(?:s\.?\s*t\.?|such\s+that|with|where|for\s+which|if|when|mit|wo|falls|tel\w*\s+que|avec|où|tal\w*\s+que|con|donde|si"
    r"|满足|使得|其中|当)\s*:?\s*",
    re.IGNORECASE,
)
ALL = Words(
    r"\s*(?:for\s+)?(?:all|any|every|each|alle[rn]?|jede[rs]?|tou(?:te)?s|chaque|tod[oa]s|cada|所有|全部|任意|すべての|모든)"
    r"(?:\s+(?:the|les|los|las))?\s*(?P<index>[A-Za-z]?)\s*",
    re.IGNORECASE,
)
IN = r"[\in "  # begins the names of such families
BARS = ("|", r"\lvert")

Picked = tuple[syntax.Node, tuple[syntax.Node, ...]]  # what a sum runs over, and conditions on it


def rewriting(rows: Sequence[syntax.Row]) -> tuple[Change | None, set[str]]:
    """What writes such sums out, or None, and the names of the families that tell what is in a set."""
    nodes = list(on_sides(rows))
    sums = [node for node in nodes if isinstance(node, syntax.BigOp) and node.kind == r"\sum" and node.sub is not None]
    indices = INDEX_LETTERS.union(*(index_names(node.sub) for node in sums))
    sets = {found[0] for node in sums if (found := _set_below(node.sub, indices)) is not None}
    names = {name for node in nodes for name in names_in(node)} if sets else set()
    counter = next((letter for letter in "rsmnlqpvu" if letter not in names), "")

    def change(node: syntax.Node) -> syntax.Node:
        match node:
            case syntax.BigOp(kind=r"\sum", sub=syntax.Node()):
                return _over_picked(node, indices)
            case syntax.Group(open=bar, body=syntax.Node() as body) if bar in BARS and counter:
                found = _set(body, indices)
                if found is not None and found[0] in sets:
                    index = syntax.Symbol(counter, node.span)
                    return syntax.BigOp(r"\sum", index, None, _member(index, found, node), False, node.span)
        return node

    needed = sets or any(_picked(node.sub) is not None for node in sums)
    return (change if needed else None), {_family(name) for name in sets}


def described(rows: Sequence[syntax.Row]) -> set[str]:
    r"""The families of sets that an equation describes otherwise than by a class: not ``I_j = \{i : q(x_i) = j\}``."""
    found = set()
    for row in rows:
        match [segment.side for segment in row.segments[:2]]:
            case [syntax.Node() as left, syntax.Group(open="{" | r"\{", body=body)]:
                named = _set(left, INDEX_LETTERS)
                if named is not None and not any(_says_class(part, plain(named[1].name)) for part in every(body)):
                    found.add(_family(named[0]))
    return found


def _says_class(node: syntax.Node, index: str) -> bool:
    match node:
        case syntax.Relation(rest=(*_, ("=", syntax.Symbol(name=name)))):
            return plain(name) == index
    return False


def _over_picked(node: syntax.BigOp, indices: frozenset[str]) -> syntax.BigOp:
    """A sum over all members, those that it does not pick with a factor 0."""
    if (found := _set_below(node.sub, indices)) is not None:
        name, sub, left = found
        return _with(node, left, [_member(left, (name, sub), node)], node.sup)
    if (picked := _picked(node.sub)) is None:
        return node
    index, conditions = picked
    factors: list[syntax.Node] = []
    for condition in conditions:
        inside = _set_below(condition, indices)
        if isinstance(condition, syntax.Relation) and isinstance(condition.left, syntax.Symbol) and inside is None:
            index = syntax.Tuple((index, condition), (",",), node.span)  # i : i \ne j
        elif inside is not None:
            factors.append(_member(inside[2], inside[:2], node))
        else:
            one, truth = syntax.Number("1", node.span), syntax.Group("[", "]", condition, condition.span)
            factors += [one, truth]
    if not factors:
        return syntax.BigOp(node.kind, index, node.sup, node.body, node.signed, node.span)
    return _with(node, index, factors, node.sup)


def _with(node: syntax.BigOp, index: syntax.Node, factors: list[syntax.Node], sup: syntax.Node | None) -> syntax.BigOp:
    """The sum over ``index`` of what ``node`` sums, with ``factors`` before it."""
    body = node.body
    rest = body.factors if isinstance(body, syntax.Product) else (body,)
    operators = body.operators if isinstance(body, syntax.Product) else ()
    if isinstance(body, syntax.Add):
        rest = (syntax.Group("(", ")", body, body.span),)
    whole = syntax.Product((*factors, *rest), ("",) * len(factors) + operators, node.span)
    return syntax.BigOp(node.kind, index, sup, whole, False, node.span)


def _picked(sub: syntax.Node | None) -> Picked | None:
    r"""The index and the conditions of ``n: y_n = k``, ``i \mid y_i = c``, ``i = 1, y_i = c``, ``y_i = c``, or None.

    None for an index alone, too.
    """
    match sub:
        case syntax.Given(left=index, right=syntax.Relation() as condition):
            return _checked(index, (condition,))
        case syntax.Relation(
            left=syntax.Product(factors=(syntax.Symbol() as index, sign, *said)), rest=rest, span=span
        ) if said and _divides(sign):
            left = said[0] if len(said) == 1 else syntax.Product(tuple(said), ("",) * (len(said) - 1), span)
            return _checked(index, (syntax.Relation(left, rest, span),))
        case syntax.Relation(
            left=syntax.Symbol() as index,
            rest=(("=", syntax.Product(factors=(first, sign, said))), *rest),
            span=span,
        ) if rest and _divides(sign):  # i = 1: y_i = c
            begins = syntax.Relation(index, (("=", first),), span)
            return _checked(begins, (syntax.Relation(said, tuple(rest), span),))
        case syntax.Tuple(items=(first, *others)) if others:
            begun = _picked(first) or (first, ())
            if all(isinstance(o, syntax.Relation) and isinstance(o.left, syntax.Scripted) for o in others):
                return _checked(begun[0], (*begun[1], *others))
        case syntax.Product(factors=(syntax.Text(text=text), syntax.Symbol() as index)) if ALL.fullmatch(text):
            return index, ()
        case syntax.Product(factors=(syntax.Symbol() as index, syntax.Text(text=text))) if ALL.fullmatch(text):
            return index, ()
        case syntax.Text(text=text, span=span) if (found := ALL.fullmatch(text)) and found["index"]:
            return syntax.Symbol(found["index"], span), ()
    return None


def _divides(node: syntax.Node) -> bool:
    match node:
        case syntax.Symbol(name=":"):
            return True
        case syntax.Text(text=text):
            return SUCH_THAT.fullmatch(text) is not None
    return False


def _checked(index: syntax.Node, conditions: tuple[syntax.Node, ...]) -> Picked | None:
    """The pair, if the conditions speak of the one index."""
    names = list(index_names(index))
    one = len(names) == 1 and all(mentions(condition, names[0]) for condition in conditions)
    return (index, conditions) if one else None


def _set_below(sub: syntax.Node | None, indices: frozenset[str]) -> tuple[str, syntax.Symbol, syntax.Symbol] | None:
    r"""The set, its index and the member of ``i \in I_j`` and ``x_i \in I_j``, or None."""
    match sub:
        case syntax.Relation(left=syntax.Symbol() as index, rest=(("in", members),)):
            pass
        case syntax.Relation(
            left=syntax.Scripted(base=syntax.Symbol(), sub=syntax.Symbol() as index, sup=None, primes=0),
            rest=(("in", members),),
        ):
            pass
        case _:
            return None
    found = _set(members, indices)
    return (*found, index) if found is not None and not mentions(found[1], plain(index.name)) else None


def _set(members: syntax.Node, indices: frozenset[str]) -> tuple[str, syntax.Symbol] | None:
    r"""The name and the index of ``I_j``, ``\mathcal{C}^{(k)}`` and ``N(i)``; None for a set without an index."""
    form = ""  # C_k may be another set than C(k)
    match members:
        case syntax.Scripted(base=syntax.Symbol(name=name), sub=syntax.Symbol() as sub, sup=None, primes=0):
            pass
        case syntax.Scripted(
            base=syntax.Symbol(name=name), sub=None, sup=syntax.Group(open="(", body=syntax.Symbol() as sub), primes=0
        ):
            form = r"^{(\cdot)}"
        case syntax.Product(
            factors=(syntax.Symbol(name=name), syntax.Group(open="(", body=syntax.Symbol() as sub)), operators=("",)
        ):
            form = r"(\cdot)"
        case _:
            return None
    return (name + form, sub) if plain(sub.name) in indices else None


def _family(name: str) -> str:
    return f"{IN}{name}]"


def _member(index: syntax.Node, found: tuple[str, syntax.Symbol], node: syntax.Node) -> syntax.Node:
    """Whether the member with an index is in a set: 1 or 0."""
    name, sub = found
    pair = syntax.Tuple((index, sub), (",",), node.span)
    return syntax.Scripted(syntax.Symbol(_family(name), node.span), pair, None, 0, node.span)


def set_of(family: str) -> str:
    """The letter of the sets of which a family tells what is in them."""
    return family.removeprefix(IN).removesuffix("]")


__all__ = ["described", "rewriting", "set_of"]

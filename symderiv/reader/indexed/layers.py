r"""Layers: what is defined for layer l holds for layer l+1 too, as ``\delta^l_j = \partial C/\partial z^l_j`` does.

So it is with steps in time. Names with a layer (``z^{l}``, ``z^{(l+1)}``) are names like others elsewhere. Layers
differ in their sizes, so a sum runs over what its terms have in that layer. This module must never carry over a sum of
which that is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from symderiv.reader.indexed.ranges import Ranges
from symderiv.terms import Definition, Delta, Head, SizeOf, Sum, Term, Var, add, num, rewritten, subterms

LAYER = re.compile(r"\^\{(?P<open>\(?)(?P<letter>l|L|\\ell|t)(?P<offset>[+-]\d+)?(?P<close>\)?)\}")
ANY = ("l", r"\ell")  # the letters of any layer
STEP = re.compile(r"_\{(?P<open>)(?P<letter>[a-z])(?P<offset>[+-]\d+)?(?P<close>)\}$")


@lru_cache(maxsize=4096)
def place(name: str) -> re.Match[str] | None:
    """The layer or time step in a name: ``z^{(l+1)}``, ``h^{t-1}``, ``v_{k+1}``."""
    return LAYER.search(name) or STEP.search(name)


def further(
    heads: Iterable[Head], definitions: Mapping[Head, tuple[Definition, ...]], ranges: Ranges
) -> dict[Head, tuple[Definition, ...]]:
    """Definitions of those of ``heads`` that have none, where one is defined the same way for another layer.

    What is said of the last layer L is not said of the one before it.
    """
    found: dict[Head, tuple[Definition, ...]] = {}
    queue = sorted(heads)
    for backwards in (True, False, False):
        new: set[Head] = set()
        for head in queue:
            layer = place(head.name)
            if layer is None or head in definitions or head in found:
                continue
            for known, made in definitions.items():
                if known[1:] != head[1:]:
                    continue
                by = _offset(head.name) - _offset(known.name)
                if by <= 0 and (not backwards or layer["letter"] == "L"):
                    continue
                if not by or _moved(known.name, layer["letter"], by) != head.name:
                    continue
                moved = [_definition(head, d, layer["letter"], by, ranges) for d in made]
                if None not in moved:
                    found[head] = tuple(d for d in moved if d is not None)
                    new |= {t.head for d in found[head] for t in subterms(d.body) if isinstance(t, Var)}
        queue = sorted(new)
    return found


def of_last(
    heads: Iterable[Head], definitions: Mapping[Head, tuple[Definition, ...]], ranges: Ranges
) -> dict[Head, tuple[Definition, ...]]:
    """Definitions of those of ``heads`` of the last layer L that have none, where one holds for each layer l.

    >>> of_last({Head("a^{L}", 1, 0)}, {Head("a^{l}", 1, 0): (made,)}, ranges)  # doctest: +SKIP
    {Head(name='a^{L}', subs=1, sups=0): (made for z^{L},)}
    """
    found: dict[Head, tuple[Definition, ...]] = {}
    queue = {*heads}
    while queue:
        head = queue.pop()
        if head in definitions or head in found:
            continue
        for letter, name in zip(ANY, any_layer(head.name), strict=False):
            known = definitions.get(Head(name, *head[1:]), ())
            moved = [_definition(head, d, letter, 0, ranges, "L") for d in known]
            if moved and None not in moved:
                found[head] = tuple(d for d in moved if d is not None)
                queue |= {t.head for d in found[head] for t in subterms(d.body) if isinstance(t, Var)}
    return found


@lru_cache(maxsize=4096)
def any_layer(name: str) -> tuple[str, ...]:
    """What a name of the last layer, ``z^{L}``, is called for any layer; none if it is no such name."""
    layer = LAYER.search(name)
    if layer is None or layer["letter"] != "L" or layer["offset"]:
        return ()
    return tuple(name[: layer.start("letter")] + letter + name[layer.end("letter") :] for letter in ANY)


def _definition(
    head: Head, made: Definition, letter: str, by: int, ranges: Ranges, called: str = ""
) -> Definition | None:
    """``made`` as that of ``head``, ``by`` layers further on, where the letter of the layer may be ``called`` another.

    None if nobody knows what a sum in it runs over there.
    """
    classes = {index: ranges.slot(head, n) for n, index in enumerate(made.params) if isinstance(index, str)}
    bound = {part.index for part in subterms(made.body) if isinstance(part, Sum)}
    if bound & classes.keys() or any(_counts(part, letter) for part in subterms(made.body)):
        return None
    moved = {_moved_var(t, letter, by, called) for t in subterms(made.body) if isinstance(t, Var)}
    for part in sorted((t for t in moved if isinstance(t, Var)), key=lambda t: (t.head, str(t))):
        for n, index in enumerate(part.indices):
            if isinstance(index, str):
                ranges.unite(classes.setdefault(index, ranges.slot(part.head, n)), ranges.slot(part.head, n))
    return (
        Definition(made.params, _above(made.body, letter, by, classes, ranges, called))
        if bound <= classes.keys()
        else None
    )


def _offset(name: str) -> int:
    layer = place(name)
    return int(layer["offset"] or 0) if layer else 0


def _moved(name: str, letter: str, by: int, called: str = "") -> str:
    """``name`` as it is called ``by`` layers further on, where the letter of the layer may be ``called`` another."""
    layer = place(name)
    if layer is None or layer["letter"] != letter:
        return name
    offset = int(layer["offset"] or 0) + by
    moved = f"{layer[0][0]}{{{layer['open']}{called or letter}{f'{offset:+d}' if offset else ''}{layer['close']}}}"
    return name[: layer.start()] + moved + name[layer.end() :]


def _counts(part: Term, letter: str) -> bool:
    """Whether the letter of the layer, or step, is a number in an index or a limit: nobody can write one more there."""
    if isinstance(part, Sum):
        return letter in part.range
    return isinstance(part, Var | Delta) and letter in part.free


def _moved_var(var: Var, letter: str, by: int, called: str) -> Term:
    if var.name == letter and not var.indices:
        return add(Var(called or letter, (), ()), num(by))  # 1/t becomes 1/(t + 1)
    return Var(_moved(var.name, letter, by, called), var.subs, var.sups)


def _above(term: Term, letter: str, by: int, classes: Mapping[str, str], ranges: Ranges, called: str) -> Term:
    memo: dict[Term, Term] = {}

    def above(part: Term) -> Term | None:
        if isinstance(part, SizeOf) and part.name == letter:
            return add(SizeOf(called or letter), num(by))
        if isinstance(part, Var):
            return _moved_var(part, letter, by, called)
        if isinstance(part, Sum):
            return type(part)(part.index, ranges.range_of(classes[part.index]), rewritten(part.body, above, memo))
        return None

    return rewritten(term, above, memo)

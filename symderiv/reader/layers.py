r"""Layers: what is defined for layer l holds for layer l+1 too, as ``\delta^l_j = \partial C/\partial z^l_j`` does.

Names with a layer (``z^{l}``, ``z^{(l+1)}``) are names like others elsewhere. This module must never carry over a sum:
layers differ in their sizes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from symderiv.terms import Definition, Head, Sum, Term, Var, rewritten, subterms

LAYER = re.compile(r"\^\{(?P<open>\(?)(?P<letter>l|L|\\ell)(?P<offset>[+-]\d+)?(?P<close>\)?)\}")


def further(
    heads: Iterable[Head], definitions: Mapping[Head, tuple[Definition, ...]]
) -> dict[Head, tuple[Definition, ...]]:
    """Definitions of those of ``heads`` that have none, where one is defined the same way for an earlier layer."""
    found = {}
    for head in heads:
        layer = LAYER.search(head.name)
        if layer is None or head in definitions:
            continue
        for known, made in definitions.items():
            by = _offset(head.name) - _offset(known.name)
            if by <= 0 or _moved(known.name, layer["letter"], by) != head.name or known[1:] != head[1:]:
                continue
            if not any(isinstance(part, Sum) for d in made for part in subterms(d.body)):
                found[head] = tuple(Definition(d.params, _above(d.body, layer["letter"], by)) for d in made)
    return found


def _offset(name: str) -> int:
    layer = LAYER.search(name)
    return int(layer["offset"] or 0) if layer else 0


def _moved(name: str, letter: str, by: int) -> str:
    """``name`` as it is called ``by`` layers further on."""

    def move(layer: re.Match[str]) -> str:
        if layer["letter"] != letter:
            return layer[0]
        offset = int(layer["offset"] or 0) + by
        return f"^{{{layer['open']}{letter}{f'{offset:+d}' if offset else ''}{layer['close']}}}"

    return LAYER.sub(move, name)


def _above(term: Term, letter: str, by: int) -> Term:
    def above(part: Term) -> Term | None:
        return Var(_moved(part.name, letter, by), part.subs, part.sups) if isinstance(part, Var) else None

    return rewritten(term, above)

r"""Definitions through names that do not show their index: with ``g = e^{z_i}``, ``s_i = g`` says that s_1 = e^{z_1}.

The i in g is that of s_i; put in for s_1, g must become g at 1. This module must never touch a name that a claim
differentiates by: there it has to stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache

from symderiv.kernel.derivative import Unsupported, definition_of
from symderiv.terms import Definition, Head, Term, Var, rewritten, subterms

Definitions = Mapping[Head, tuple[Definition, ...]]


def spelled_out(definitions: Definitions, kept: Collection[Head]) -> dict[Head, tuple[Definition, ...]]:
    """``definitions`` in which no definition leaves one of its own indices to a name; those in ``kept`` stay.

    >>> from symderiv.terms import var
    >>> g, s = Head("g", 0, 0), Head("s", 1, 0)
    >>> made = {g: (Definition((), var("z", "i")),), s: (Definition(("i",), var("g")),)}
    >>> spelled_out(made, ())[s][0].body
    Var('z', ('i',), ())
    """
    loose = {head: names for head, names in _loose(definitions).items() if names and head not in kept}

    def out(term: Term, params: frozenset[str], inside: tuple[Head, ...]) -> Term:
        def put_in(part: Term) -> Term | None:
            if not isinstance(part, Var) or part.head in inside or loose.get(part.head, params).isdisjoint(params):
                return None
            try:
                body = definition_of(part, definitions) if part.head in loose else None
            except Unsupported:
                return None
            return None if body is None else out(body, params, (*inside, part.head))

        return rewritten(term, put_in)

    if not loose:
        return dict(definitions)
    found = {}
    for head, made in definitions.items():
        found[head] = tuple(
            Definition(d.params, out(d.body, names, (head,))) if (names := _names(d)) else d for d in made
        )
    return found


def _names(definition: Definition) -> frozenset[str]:
    return frozenset(p for p in definition.params if isinstance(p, str))


@lru_cache(4096)
def _mentioned(term: Term) -> frozenset[Head]:
    return frozenset(part.head for part in subterms(term) if isinstance(part, Var))


def _loose(definitions: Definitions) -> dict[Head, frozenset[str]]:
    """The indices that each family depends on and does not show."""
    heads = {head: frozenset().union(*(_mentioned(d.body) for d in made)) for head, made in definitions.items()}
    loose = {head: frozenset().union(*(d.body.free - _names(d) for d in made)) for head, made in definitions.items()}
    changed = True
    while changed:
        changed = False
        for head, made in definitions.items():
            through = frozenset().union(*(loose.get(other, frozenset()) for other in heads[head]))
            wider = loose[head] | (through - frozenset().union(*map(_names, made)))
            if wider != loose[head]:
                loose[head], changed = wider, True
    return loose

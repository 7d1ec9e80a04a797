r"""Intermediates that are named after what they stand in: p_k = e^{w_k^T x} / ..., and a_k = w_k^T x in a later line.

A derivative of p by a is one of p with a put in where its formula stands. This module must never touch a definition
that mentions the intermediate already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from symderiv.reader.indexed.families import families_in
from symderiv.terms import Definition, Deriv, Head, Num, Term, Var, reached, rename, rewritten, subterms

Definitions = Mapping[Head, tuple[Definition, ...]]


def folded(terms: tuple[Term, ...], definitions: Definitions) -> Iterator[tuple[Head, Head, tuple[Definition, ...]]]:
    """The definitions to be read anew: the family, the intermediate, and the definitions with that put in."""
    found: set[Head] = set()
    for part in sorted({t for t in reached(terms, definitions) if isinstance(t, Deriv)}, key=str):
        by = part.var.head
        made = definitions.get(by, ())
        inside = families_in((part.body,), definitions)
        if len(made) != 1 or by in inside or not all(isinstance(p, str) for p in made[0].params):
            continue
        for head in sorted(inside & definitions.keys()):
            new = tuple(Definition(d.params, _put_in(d.body, by, made[0])) for d in definitions[head])
            if head not in found and new != definitions[head] and not _left_over(new, made[0]):
                found.add(head)
                yield head, by, new


def stands_in(terms: tuple[Term, ...], by: Head, definitions: Definitions) -> bool:
    """Whether the formula of ``by`` stands in ``terms``, or in a definition that they rest on."""
    (made,) = definitions[by]
    inside = families_in(terms, definitions) - {by}
    bodies = [d.body for head in inside for d in definitions.get(head, ())]
    return any(_put_in(body, by, made) is not body for body in (*terms, *bodies))


def _left_over(new: tuple[Definition, ...], made: Definition) -> bool:
    """Whether what the intermediate is made of stands elsewhere, too, so that not all goes by way of it."""
    inside = {t.head for d in new for t in subterms(d.body) if isinstance(t, Var)}
    return any(isinstance(t, Var) and t.head in inside for t in subterms(made.body))


def _put_in(term: Term, by: Head, made: Definition) -> Term:
    """``term`` with members of ``by`` where their formula stands."""
    params = tuple(str(p) for p in made.params)

    def member(part: Term) -> Term | None:
        if type(part) is not type(made.body):
            return None
        for chosen in permutations(sorted(part.free), len(params)):
            if rename(made.body, dict(zip(params, chosen, strict=True))) is part:
                return Var(by.name, chosen[: by.subs], chosen[by.subs :])
        return None

    return term if isinstance(made.body, Var | Num) else rewritten(term, member)

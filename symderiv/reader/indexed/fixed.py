r"""Values that words give to members: ``for $y_c = 1$`` speaks of the class c, not of every class; ``y_i = \pm 1``.

In a one-hot vector that member says it all, y_j = \delta_{jc}; in any other family the rest stays as it is. This module
must never give a value to a member that may be another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from symderiv.kernel import Witness
from symderiv.terms import (
    ONE,
    Assumption,
    Context,
    Definition,
    Delta,
    Head,
    Term,
    Var,
    add,
    fresh,
    mul,
    neg,
    num,
    rewritten,
    subterms,
)

EVERY = re.compile(r"i\d+")  # the letters of what is said of every member
REST = "~"  # marks the name of what a family is elsewhere


def of_one_member(assumption: Assumption) -> bool:
    """Whether it gives a value to a member with a letter for its index."""
    left = assumption.data[0]
    letters = [i for i in left.indices if isinstance(i, str)] if isinstance(left, Var) else []
    return assumption.kind == "equation" and any(not EVERY.fullmatch(i) for i in letters)


def with_members(context: Context, values: Sequence[Assumption]) -> Context:
    """``context`` where the families that ``values`` speak of have these members, and are free elsewhere."""
    for said in values:
        var, value = said.data
        head, rest = var.head, Head(f"{var.name}{REST}", len(var.subs), len(var.sups))
        if head in context.definitions:
            continue
        slots = {a.data[1] for a in context.assumptions if a.kind == "onehot" and a.data[0] == head and value == ONE}
        taken = {i for i in var.indices if isinstance(i, str)}
        parameters = [fresh(f"a{n}", taken) for n in range(len(var.indices))]
        same = [Delta(a, b) for a, b in zip(parameters, var.indices, strict=True)]
        beside = [part for n, part in enumerate(same) if n not in slots]  # which of several one-hot vectors it is
        body = mul(*same, value)
        if beside:
            elsewhere = Var(rest.name, tuple(parameters[: head.subs]), tuple(parameters[head.subs :]))
            body = add(body, mul(add(ONE, neg(mul(*beside))), elsewhere))
        context = replace(
            context,
            definitions={**context.definitions, head: (Definition(tuple(parameters), body),)},
            families={**context.families, rest: context.families.get(head, (None,) * len(parameters))},
            assumptions=tuple(
                _of_rest(a, head, rest, bool(slots)) for a in context.assumptions if beside or not _speaks(a, head)
            ),
        )
    return context


def with_signs(context: Context, heads: Collection[Head]) -> Context:
    """``context`` where the members of the families ``heads`` are 1 or -1: y = 2 b - 1 with b = 0 or 1."""
    for head in heads:
        parameters = tuple(f"a{n}" for n in range(head.subs + head.sups))
        bit = Head(f"{head.name}{REST}", head.subs, head.sups)
        member = Var(bit.name, parameters[: head.subs], parameters[head.subs :])
        body = add(mul(num(2), member), neg(ONE))
        context = replace(
            context,
            definitions={**context.definitions, head: (Definition(parameters, body),)},
            families={**context.families, bit: context.families.get(head, (None,) * len(parameters))},
            assumptions=(*context.assumptions, Assumption("binary", (bit,), rf"{head.name} \in \{{-1, 1\}}")),
        )
    return context


def signs_in(witness: Witness, heads: Collection[Head]) -> Witness | None:
    """A witness in which the bits of ``with_signs`` stand, said of the members that are 1 or -1; None without bits."""
    values = {}
    for var, value in witness.values:
        member = Var(var.name.removesuffix(REST), var.subs, var.sups)
        bit = var != member and member.head in heads
        values[member if bit else var] = 2 * value - 1 if bit else value
    return replace(witness, values=tuple(values.items())) if values.keys() != dict(witness.values).keys() else None


def _of_rest(assumption: Assumption, head: Head, rest: Head, onehot: bool) -> Assumption:
    """What is said of the family, said of its other members; an equation, only where these are whole vectors."""
    if assumption.kind != "equation":
        data = tuple(rest if part == head else part for part in assumption.data)
        return replace(assumption, data=data)
    if not onehot:
        return assumption

    def moved(term: Term) -> Term | None:
        return Var(rest.name, term.subs, term.sups) if isinstance(term, Var) and term.head == head else None

    return replace(assumption, data=tuple(rewritten(side, moved, {}) for side in assumption.data))


def _speaks(assumption: Assumption, head: Head) -> bool:
    if assumption.kind == "equation":
        return any(isinstance(t, Var) and t.head == head for side in assumption.data for t in subterms(side))
    return assumption.data[0] == head

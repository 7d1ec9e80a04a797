"""A counterexample as every format prints it: sizes, indices, and whole families as vectors.

It must never round: what it prints are the exact values at which both sides were enclosed.
"""

from __future__ import annotations

from fractions import Fraction

from symderiv import notation
from symderiv.kernel.verdict import Witness

_LONGEST = 8  # a longer vector is printed with an ellipsis; the JSON record has all of it


def witness_latex(witness: Witness) -> tuple[str, ...]:
    """The point as short equations: sizes, indices, then the variables, whole families as vectors."""
    out = [f"{name} = {value}" for name, value in (*witness.sizes, *witness.indices)]
    families: dict[tuple, list] = {}
    for var, value in witness.values:
        families.setdefault((var.name, var.sups, len(var.subs)), []).append((var, value))
    for (name, sups, subs), members in families.items():
        members.sort(key=lambda pair: tuple(map(str, pair[0].subs)) if subs != 1 else pair[0].subs[0])
        if subs == 1 and [var.subs[0] for var, _ in members] == list(range(1, len(members) + 1)) and len(members) > 1:
            head = type(members[0][0])(name, (), sups)
            each = [_fraction(value) for _, value in members]
            values = ", ".join(each if len(each) <= _LONGEST else [*each[: _LONGEST - 2], r"\ldots", each[-1]])
            out.append(f"{notation.latex_var(head)} = ({values})")
        else:
            out.extend(f"{notation.latex_var(var)} = {_fraction(value)}" for var, value in members)
    return tuple(out)


def _fraction(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{value.numerator}/{value.denominator}"

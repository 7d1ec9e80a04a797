r"""The reference: what a term is worth at a point, computed from the definition of the language and nothing else.

Sums and products are written out, indices are looked up in an environment (so nothing is ever renamed or substituted),
and derivatives are taken by truncated power series: the variable is moved by a nilpotent \varepsilon and the
coefficient of \varepsilon is read off. It shares no code with the kernel and imports nothing from it, not even its
table of functions or its number types. The same evaluation runs in floats (to look for a difference), in exact
rationals or in mpmath at 50 digits (to confirm one). This module must never simplify.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import mpmath

from symderiv.terms import (
    Add,
    Cases,
    Context,
    Delta,
    Deriv,
    Fn,
    Head,
    Mul,
    Num,
    Opaque,
    Pow,
    Prod,
    SizeOf,
    Sum,
    Term,
    Var,
)

Number = Any
Key = tuple[str, tuple[int, ...], tuple[int, ...]]


class NotDefined(Exception):
    """The term has no value here."""


class Unknown(Exception):
    """The reference does not say what the value is (an index out of sight, a function that it does not know)."""


class Floats:
    """Doubles: quick, and good enough to see a difference."""

    exact = False
    mp: Any = math
    largest = 600

    def number(self, value: Fraction) -> float:
        return value.numerator / value.denominator

    def is_zero(self, value: float) -> bool:
        return abs(value) < 1e-13

    def fails(left: Number, relation: str, right: Number, field: Any) -> bool:
    """Whether ``left relation right`` fails; equality counts as certain only beyond floats."""
    apart = field.differ(left, right)
    same = not apart and not isinstance(field, Floats)
    match relation:
        case "=":
            return apart
        case "!=":
            return same
        case "<":
            return apart and left > right or same
        case "<=":
            return apart and left > right
        case ">":
            return apart and left < right or same
        case ">=":
            return apart and left < right
    raise ValueError(relation)

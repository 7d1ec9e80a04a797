r"""The class of an example: y_i in ``p_{y_i}`` and ``1\{y^{(i)} = k\}``, where i runs over examples.

Each example has one class, so an expression in y_i is a sum over all classes of which one counts:
E(y_i) = \sum_c t_c^{(i)} E(c) with t^{(i)} one-hot. This module must never let y_i stand as one index under a sum over
i.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.terms import Assumption, Definition, Delta, Head, Index, Range, Sum, Term, Var, fresh, mul, rename

if TYPE_CHECKING:
    from symderiv.reader.letters.symbols import Symbols


def choose(symbols: Symbols, name: str, inner: str) -> str:
    """The index for the class ``name`` of example ``inner``, and that each example has one."""
    index, head = f"{name}_{inner}", Head(f"[{name}]", 1, 1)
    if index not in symbols.chosen:
        symbols.chosen[index] = (head, inner)
        text = rf"{name}_{{{inner}}} \text{{ is one class}}"
        known = Assumption("onehot", (head, 0), text, "as it stands for an index")
        if not any(a.data == known.data for a in symbols.assumptions):
            symbols.assumptions.append(known)
    return index


def summed_over_classes(term: Term, symbols: Symbols, inner: Index | None = None, kept: Collection[str] = ()) -> Term:
    """``term`` with a sum over all classes for each class of an example ``inner`` in it, or of any."""
    for index in sorted(term.free.intersection(symbols.chosen).difference(kept)):
        head, example = symbols.chosen[index]
        if inner is None or inner == example:
            c = fresh("c", term.free)
            body = mul(Var(head.name, (c,), (example,)), rename(term, {index: c}))
            term = Sum(c, Range(1, symbols.ranges.slot(head, 0)), body)
    return term


def fixed_classes(
    symbols: Symbols, indices: Collection[str], parts: Collection[Term], span: Span
) -> dict[Head, Definition]:
    """What makes y_i one index again, for a step that holds under a condition on it: t_c^{(i)} = [c = y_i].

    Raises ReadError where the step sums over i.
    """
    made = {}
    for index in sorted(indices):
        head, example = symbols.chosen[index]
        bound = any(isinstance(t, Sum) and t.index == example for t in parts)
        others = {t.sups for t in parts if isinstance(t, Var) and t.head == head} - {(example,)}
        if bound or others:
            raise ReadError("E123", f"the index {index} changes with the bound index {example}", span)
        made[head] = Definition(("c", "e"), Delta("c", index))
    return made

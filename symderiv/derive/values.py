"""What SymPy finds, in the words of the templates: each derivative as LaTeX, for classes given by number or by letter.

This module must never write a derivative down by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

MOST = 100


class Values:
    """What SymPy finds for these parameters, as LaTeX; computed when a template first asks for it.

    A letter for a class or feature (k, c, j), and a class beyond the first ``MOST``, is answered by a member that
    stands for it, with its subscript renamed. Nothing rests on that being right in general: the line is proved, or
    refuted, as it is printed.
    """

    def __init__(self, parameters: Mapping[str, int | str]) -> None:
        K, features = parameters.get("classes", 4), parameters.get("features", 1)
        self.c = parameters.get("true_class", 1)
        self.classes = K
        self.K = min(K, MOST) if isinstance(K, int) else 3
        self.true_class = self.c if isinstance(self.c, int) and self.c <= self.K else self.K
        self.features = features if isinstance(features, int) and features <= MOST else 2
        self.samples = parameters.get("samples", "m")
        self.separator = "," if any(isinstance(size, int) and size >= 10 for size in (K, features)) else ""
        """What stands between the two subscripts of a weight: a comma where one of them may have two digits."""

    @cached_property
    def softmax(self) -> dict[str, Any]:
        from symderiv.sympy_engine import softmax_values

        return softmax_values(self.K, self.true_class, keys=("dp_df", "dL_df"))

    @cached_property
    def weights(self) -> dict[str, Any]:
        from symderiv.sympy_engine import weights_values

        return weights_values(self.K, self.features, self.samples, keys=("dh", "dJ"))

    def functions(self) -> dict[str, Callable[..., str]]:
        return {
            "softmax_derivative": lambda i, k: self.found(lambda: self.softmax, "dp_df", i, k),
            "loss_derivative": lambda k: self.found(lambda: self.softmax, "dL_df", k),
            "hypothesis_derivative": lambda i, k: self.found(lambda: self.weights, "dh", i, k, feature=0),
            "weight_derivative": lambda k, j: self.found(lambda: self.weights, "dJ", k, feature=j),
        }

    def found(
        self, values: Callable[[], dict[str, Any]], key: str, *classes: int | str, feature: int | str | None = None
    ) -> str:
        for k in classes:
            if isinstance(k, int) and not 1 <= k <= (self.classes if isinstance(self.classes, int) else k):
                raise ValueError(f"there is no class {k} among the {self.classes} classes")
        table = values()
        members: dict[int | str, int] = {k: k for k in classes if isinstance(k, int) and k <= self.K}
        if self.c in classes:
            members[self.c] = self.true_class
        free = [k for k in table["classes"] if k not in {self.true_class, *members.values()}]
        for k in classes:
            if k not in members:
                members[k] = free.pop()
        place: tuple[int, ...] = tuple(members[k] for k in classes)
        inputs: dict[int | str, int] = {}
        if feature is not None:
            known = isinstance(feature, int) and feature <= self.features
            inputs = {feature: int(feature) if known else self.features}
            place += (inputs[feature],)
        return _renamed(table[key][place if len(place) > 1 else place[0]], members, inputs)


def _renamed(latex: str, classes: Mapping[int | str, int], features: Mapping[int | str, int]) -> str:
    """``latex`` with letters for the subscripts that stand for one; those of x are features, all others classes."""
    letters = [{k: name for name, k in names.items()} for names in (classes, features)]

    def subscript(found: re.Match[str]) -> str:
        number = int(found[2] or found[3])
        return f"{found[1]}_{{{letters[found[1] == 'x'].get(number, number)}}}"

    return re.sub(r"([A-Za-z])_(?:(\d)|\{(\d+)\})", subscript, latex)

r"""What the derivation templates print: every derivative of the two reports, as SymPy found it, in LaTeX.

``softmax_values`` is for the lecture notes, ``weights_values`` for the weights of the output layer. Both build the
functions, have SymPy differentiate and simplify, and print in the report's notation (p_3 (1 - p_3);
(h_1(x^{(i)}) - y_1^{(i)}) x_1^{(i)}). Nothing may be written here that SymPy did not find.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

import sympy
from sympy import Expr, Symbol

from symderiv import notation, terms
from symderiv.sympy_engine import derivatives as engine
from symderiv.sympy_engine.claims import to_term
from symderiv.terms import Mul, Term, Var

__all__ = ["representatives", "softmax_values", "weights_values"]

MANY = 6  # up to so many classes are treated one by one


def representatives(K: int, *needed: int) -> tuple[int, ...]:
    """The classes that a report writes out: all of them up to 6; else 1, 2, the needed ones and K."""
    return tuple(range(1, K + 1)) if K <= MANY else tuple(sorted({1, 2, K, *needed}))


def softmax_values(
    K: int,
    true_class: int | None = None,
    letters: Mapping[int, str] | None = None,
    keys: Collection[str] | None = None,
) -> dict[str, Any]:
    r"""LaTeX of the derivatives in the lecture notes, for K classes; of the tables below only ``keys``, if they are
    given.

    ``letters`` has some classes printed as letters: with ``{3: 'c', 1: 'k'}`` the value at [3, 1] is ``-p_c p_k``.

    ============== ============================== ==========================================================
    key            indexed by                     value
    ============== ============================== ==========================================================
    classes                                       the classes that are written out (all up to K = 6)
    dp_df          [i, k], written out            \partial p_i/\partial f_k: ``p_3 (1 - p_3)``, ``-p_3 p_1``
    dL_dp_t        [i], written out               \partial L/\partial p_i for L = -sum_i t_i log p_i
    dL_df_t        [k], written out               \partial L/\partial f_k for the same L: ``p_3 - t_3``
    hessian        [k, l], written out            second derivatives of the same L
    raw_t          [k], K <= 3 only               \partial L/\partial f_k as ``sympy.diff`` returned it
    true_class                                    c, or None
    dL_dp          [i], every class; with c only  \partial L/\partial p_i for L = -log p_c: ``-\frac{1}{p_3}``
    dL_df          [k], every class; with c only  \partial L/\partial f_k: ``p_1``, ``p_3 - 1``
    raw            [k], K <= 3; with c only       \partial L/\partial f_k as ``sympy.diff`` returned it
    ============== ============================== ==========================================================

    Raises UserError unless K >= 1 and 1 <= true_class <= K.
    """
    f, t, p = engine.logits(K), engine.targets(K), engine.probabilities(K)
    values = engine.softmax(f)
    classes = representatives(K, *([true_class] if true_class else []))

    def simple(expr: Expr, unit: Sequence[Expr] = ()) -> Expr:
        return engine.simplify_softmax(expr, f, p, unit)

    def latex(expr: Expr, first: int = 0) -> str:
        return _latex(expr, {"p": classes_as, "t": classes_as, "f": classes_as}, first=p[first - 1] if first else None)

    classes_as = letters or {}
    short = cache(lambda: engine.split_log(engine.cross_entropy(values, t)))
    slopes = cache(lambda k: sympy.diff(short(), f[k - 1]))
    named = engine.cross_entropy(p, t)
    few = [k for k in classes if K <= 3]
    tables: dict[str, Callable[[], dict[Any, str]]] = {
        "dp_df": lambda: {
            (i, k): latex(simple(sympy.diff(values[i - 1], f[k - 1])), i) for i in classes for k in classes
        },
        "dL_dp_t": lambda: {i: latex(sympy.diff(named, p[i - 1])) for i in classes},
        "dL_df_t": lambda: {k: latex(simple(slopes(k), t)) for k in classes},
        "hessian": lambda: {
            (k, j): latex(simple(sympy.diff(slopes(k), f[j - 1]), t), k) for k in classes for j in classes
        },
        "raw_t": lambda: {k: latex(sympy.diff(engine.cross_entropy(values, t), f[k - 1])) for k in few},
    }
    if true_class is not None:
        loss = engine.negative_log_likelihood(values, true_class)
        likely = engine.negative_log_likelihood(p, true_class)
        tables["dL_dp"] = lambda: {i: latex(sympy.diff(likely, p[i - 1])) for i in range(1, K + 1)}
        tables["dL_df"] = lambda: {k: latex(simple(g)) for k, g in enumerate(engine.gradient(loss, f), start=1)}
        tables["raw"] = lambda: {k: latex(sympy.diff(loss, f[k - 1])) for k in few}
    found: dict[str, Any] = {"K": K, "classes": classes, "true_class": true_class}
    return found | {key: table() for key, table in tables.items() if keys is None or key in keys}


def weights_values(
    K: int,
    features: int = 1,
    samples: int | str = "m",
    letters: Mapping[int, str] | None = None,
    inputs_as: Mapping[int, str] | None = None,
    keys: Collection[str] | None = None,
) -> dict[str, Any]:
    r"""LaTeX of the derivatives in the report on the weights of the output layer, for K classes and n features; of the
    tables below only ``keys``, if they are given.

    ``letters`` and ``inputs_as`` have some classes and some features printed as letters, as in softmax_values.

    With J = -sum_i sum_k y_k^{(i)} log h_k(x^{(i)}) over the samples i = 1..m, everything but ``dJ`` is for one sample:

    ======== ==================== ==============================================================================
    key      indexed by           value
    ======== ==================== ==============================================================================
    classes                       the classes that are written out (all up to K = 6)
    inputs                        the features j that are written out, from 0 (the bias, x_0 = 1)
    dJ_dh    [k]                  \partial L/\partial h_k with L the sample's cost: ``-\frac{y_1^{(i)}}{h_1(x^{(i)})}``
    dh       [k, l, j]            \partial h_k/\partial\Theta_{lj}: ``h_1(x^{(i)}) (1 - h_1(x^{(i)}))`` for k = l, j = 0
    part     [k, l, j]            the chain rule's part of class k: dJ_dh[k] dh[k, l, j]
    summand  [l, j]               the sum of the parts: ``(h_1(x^{(i)}) - y_1^{(i)}) x_1^{(i)}``
    dJ       [l, j]               \partial J/\partial\Theta_{lj}, differentiated as a ``Sum`` over the samples
    raw      [l, j], K <= 3       the summand of dJ as ``sympy.diff`` returned it
    ======== ==================== ==============================================================================

    ``samples`` is a number or the name of a symbolic size. Raises UserError for sizes that are not positive.
    """
    engine.whole_number(K, 1, "classes")
    engine.whole_number(features, 0, "features")
    if not isinstance(samples, str):
        engine.whole_number(samples, 1, "samples")
    layer = _Layer(K, features, samples, letters or {}, inputs_as or {})
    classes = representatives(K)
    inputs = tuple(range(features + 1)) if features <= MANY else (0, 1, 2, features)
    written = engine.softmax(layer.scores)
    pairs = [(c, j) for c in classes for j in inputs]

    @cache
    def slope(k: int) -> Expr:
        return sympy.diff(engine.cross_entropy(layer.h, layer.y), layer.h[k - 1])

    @cache
    def dh(k: int, c: int, j: int) -> Expr:
        return layer.simple(sympy.diff(written[k - 1], layer.theta[c - 1][j]))

    @cache
    def cost() -> Expr:
        return engine.split_log(sympy.Sum(engine.cross_entropy(written, layer.y), (layer.i, 1, layer.m)))

    @cache
    def total(c: int, j: int) -> Expr:
        return sympy.diff(cost(), layer.theta[c - 1][j])

    @cache
    def gradient(c: int, j: int) -> Expr:
        return layer.simple(total(c, j), unit=True)

    tables: dict[str, Callable[[], dict[Any, str]]] = {
        "dJ_dh": lambda: {k: layer.latex(slope(k)) for k in classes},
        "dh": lambda: {(k, *at): layer.latex(dh(k, *at), first=k) for k in classes for at in pairs},
        "part": lambda: {
            (k, *at): layer.latex(sympy.factor_terms(slope(k) * dh(k, *at))) for k in classes for at in pairs
        },
        "summand": lambda: {at: layer.latex(gradient(*at).function) for at in pairs},
        "dJ": lambda: {at: layer.latex(gradient(*at)) for at in pairs},
        "raw": lambda: {at: layer.latex(total(*at).function) for at in pairs if K <= 3},
    }
    found: dict[str, Any] = {"K": K, "features": features, "samples": samples, "classes": classes, "inputs": inputs}
    return found | {key: table() for key, table in tables.items() if keys is None or key in keys}


class _Layer:
    """The symbols of an output layer: weights theta_kj (j = 0 the bias), one sample x^{(i)}, y^{(i)}, values h_k."""

    def __init__(
        self, K: int, features: int, samples: int | str, letters: Mapping[int, str], inputs_as: Mapping[int, str]
    ) -> None:
        self.i = Symbol("i", integer=True, positive=True)
        self.m = Symbol(samples, integer=True, positive=True) if isinstance(samples, str) else sympy.Integer(samples)
        x, y = sympy.IndexedBase("x", real=True), sympy.IndexedBase("y", real=True)
        self.theta = [[Symbol(f"Theta_{k}_{j}", real=True) for j in range(features + 1)] for k in range(1, K + 1)]
        self.y = tuple(y[k, self.i] for k in range(1, K + 1))
        self.h = tuple(Symbol(f"h_{k}", positive=True) for k in range(1, K + 1))
        inputs = [sympy.S.One, *(x[j, self.i] for j in range(1, features + 1))]
        self.scores = [sympy.Add(*(w * v for w, v in zip(row, inputs, strict=True))) for row in self.theta]
        sample = Var("x", (), ("i",))
        names = [str(letters.get(k, k)) for k in range(1, K + 1)]
        self.printed: dict[Expr, Term] = {
            h: terms.Opaque(f"h_{name}" if len(name) == 1 else f"h_{{{name}}}", (sample,), (0,))
            for h, name in zip(self.h, names, strict=True)
        }
        self.letters = {"y": letters, "x": inputs_as, r"\Theta": letters}

    def simple(self, expr: Expr, unit: bool = False) -> Expr:
        return engine.simplify_softmax(expr, self.scores, self.h, self.y if unit else ())

    def latex(self, expr: Expr, first: int = 0) -> str:
        return _latex(expr, self.letters, {"x": 1, "y": 1}, self.printed, self.h[first - 1] if first else None)


def _latex(
    expr: Expr,
    letters: Mapping[str, Mapping[int, str]],
    labels: Mapping[str, int] | None = None,
    replace: Mapping[Expr, Term] | None = None,
    first: Expr | None = None,
) -> str:
    """``expr`` in the report's notation; among equal ranks the factor ``first`` stands first."""
    foremost = to_term(first, labels=labels, replace=replace) if first is not None else None

    def arranged(term: Term) -> Term:
        if isinstance(term, Var | terms.Opaque):
            return term
        parts = tuple(map(arranged, term.parts))
        if isinstance(term, Mul):
            return Mul(tuple(sorted(parts, key=lambda part: (_rank(part), part is not foremost))))
        return terms.rebuild(term, parts)

    return notation.latex(_lettered(arranged(to_term(expr, labels=labels, replace=replace)), letters))


def _lettered(term: Term, letters: Mapping[str, Mapping[int, str]]) -> Term:
    """``term`` with the first subscript of some families printed as a letter."""
    if isinstance(term, Var):
        match term.subs:
            case (int() as first, *others):
                return Var(term.name, (letters.get(term.name, {}).get(first, first), *others), term.sups)
        return term
    return terms.rebuild(term, tuple(_lettered(part, letters) for part in term.parts))


def _rank(factor: Term) -> int:
    match factor:
        case terms.Num():
            return 0
        case Var(name="t" | "y"):
            return 1
        case terms.Add():
            return 3
        case Var(name="x"):
            return 4
        case terms.Pow() if isinstance(factor.exponent, terms.Num) and factor.exponent.value < 0:
            return 5
    return 2

"""Softmax with cross-entropy for a concrete number of classes, differentiated and simplified by SymPy.

Every function takes and returns SymPy expressions. p_i = e^{f_i}/sum_j e^{f_j} and L = -sum_i t_i log p_i are built
from their definitions, differentiated by ``sympy.diff``, and brought to forms like p_i - t_i by a route that scales to
hundreds of classes. No result is ever written down in advance, and none is returned before the difference of the two
forms has been expanded to the zero polynomial. This module must never share code with the kernel that judges it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sympy
from sympy import Add, Expr, Mul, Pow, S, Symbol

from symderiv.diagnostics import UserError

__all__ = [
    "Derivation",
    "cross_entropy",
    "derivation",
    "gradient",
    "hessian",
    "jacobian",
    "likelihood",
    "logits",
    "negative_log_likelihood",
    "probabilities",
    "simplify_softmax",
    "softmax",
    "split_log",
    "targets",
]


def whole_number(value: object, least: int, what: str) -> None:
    """Raises UserError unless ``value`` is an integer of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise UserError(f"the number of {what} must be a whole number of at least {least}, not {value!r}")


def _family(name: str, count: int, **assumptions: bool) -> tuple[Symbol, ...]:
    whole_number(count, 1, "classes")
    return tuple(Symbol(f"{name}_{k}", **assumptions) for k in range(1, count + 1))


def logits(K: int) -> tuple[Symbol, ...]:
    """The K real outputs f_1, ..., f_K before the softmax."""
    return _family("f", K, real=True)


def targets(K: int) -> tuple[Symbol, ...]:
    """The K real targets t_1, ..., t_K (their sum is taken to be 1 only where that is said)."""
    return _family("t", K, real=True)


def probabilities(K: int) -> tuple[Symbol, ...]:
    """Names p_1, ..., p_K for the values of the softmax, as in its simplified derivatives."""
    return _family("p", K, positive=True)


def softmax(f: Sequence[Expr]) -> tuple[Expr, ...]:
    """p_i = e^{f_i} / sum_j e^{f_j}, of the same length as ``f``."""
    powers = [sympy.exp(score) for score in f]
    total = Add(*powers)
    return tuple(power / total for power in powers)


def likelihood(p: Sequence[Expr], t: Sequence[Expr]) -> Expr:
    """The likelihood of one observation with the one-hot code ``t``: prod_i p_i^{t_i}."""
    return Mul(*(Pow(value, target) for value, target in zip(p, t, strict=True)))


def cross_entropy(p: Sequence[Expr], t: Sequence[Expr]) -> Expr:
    """L = -sum_i t_i log p_i."""
    return -Add(*(target * sympy.log(value) for value, target in zip(p, t, strict=True)))


def negative_log_likelihood(p: Sequence[Expr], true_class: int) -> Expr:
    """L = -log p_c for the true class c, counted from 1. Raises UserError unless 1 <= c <= K."""
    if not 1 <= true_class <= len(p):
        raise UserError(f"the true class must be one of 1 to {len(p)}, not {true_class}")
    return -sympy.log(p[true_class - 1])


def split_log(L: Expr) -> Expr:
    """log(e^f / V) as f - log V, and the multiples of each log V collected: the form whose derivatives stay short.

    SymPy's ``expand_log`` does it, and only where the symbols' assumptions (real, positive) allow it.
    """
    if isinstance(L, sympy.Sum):
        return L.func(split_log(L.function), *L.limits)
    factor, rest = L.as_independent(sympy.Sum, as_Add=False) if L.is_Mul else (S.One, L)
    if rest is not L and isinstance(rest, sympy.Sum):
        return factor * split_log(rest)
    plain: list[Expr] = []
    multiples: dict[Expr, list[Expr]] = {}
    for term in Add.make_args(sympy.expand_mul(sympy.expand_log(L))):
        logs = [part for part in Mul.make_args(term) if isinstance(part, sympy.log)]
        if len(logs) == 1:
            multiples.setdefault(logs[0], []).append(
                Mul(*(part for part in Mul.make_args(term) if part is not logs[0]))
            )
        else:
            plain.append(term)
    return Add(*plain, *(Add(*parts) * log for log, parts in multiples.items()))


def gradient(L: Expr, f: Sequence[Expr]) -> tuple[Expr, ...]:
    """What ``sympy.diff`` returns for dL/df_k, k = 1..K, as it is (see simplify_softmax), logarithms split first."""
    L = split_log(L)
    return tuple(sympy.diff(L, score) for score in f)


def jacobian(p: Sequence[Expr], f: Sequence[Expr]) -> sympy.ImmutableDenseMatrix:
    """The K x K matrix of dp_i/df_k, i the row, as ``sympy.diff`` returns it."""
    return sympy.ImmutableDenseMatrix([[sympy.diff(value, score) for score in f] for value in p])


def hessian(L: Expr, f: Sequence[Expr]) -> sympy.ImmutableDenseMatrix:
    """The K x K matrix of d^2 L/(df_k df_l), as ``sympy.diff`` returns it."""
    return jacobian(gradient(L, f), f)


def simplify_softmax(expr: Expr, f: Sequence[Expr], p: Sequence[Symbol] | None = None, t: Sequence[Expr] = ()) -> Expr:
    """``expr`` with the softmax of ``f`` written as the symbols ``p``: the gradient becomes p_k - t_k.

    ``f`` are the K scores: symbols, or affine expressions such as theta_k0 + theta_k1 x, each with a symbol of its
    own. ``t``, if given, are K targets whose sum is 1. In a ``Sum`` the summand is simplified. Raises ArithmeticError
    if the result cannot be confirmed: then it is not returned.
    """
    p = probabilities(len(f)) if p is None else tuple(p)
    if isinstance(expr, sympy.Sum):
        return expr.func(simplify_softmax(expr.function, f, p, t), *expr.limits)
    if expr.has(sympy.Sum):
        return expr.func(*(simplify_softmax(part, f, p, t) for part in expr.args))
    names = _Names(tuple(f), p, tuple(t))
    powers = names.powers_for(expr)
    simple = powers.xreplace(names.values_for_powers)
    if t:
        simple = simple.xreplace({Add(*t): S.One})
    simple = sympy.expand(simple)
    for group in (names.targets, names.values):
        simple = _with_unit_sum(simple, group)
    simple = sympy.factor_terms(simple)
    if not names.equal(powers, simple):
        raise ArithmeticError(f"the simplified form {simple} of a derivative could not be confirmed")
    return simple.xreplace({names.total: Add(*(sympy.exp(score) for score in f))})


@dataclass(frozen=True, slots=True)
class Derivation:
    """A derivative before and after its simplification: ``raw`` is what ``sympy.diff(expression, variable)`` gave."""

    expression: Expr
    variable: Expr
    raw: Expr
    simplified: Expr

    @property
    def raw_latex(self) -> str:
        return sympy.latex(self.raw)

    @property
    def simplified_latex(self) -> str:
        return sympy.latex(self.simplified)


def derivation(
    expression: Expr, variable: Expr, f: Sequence[Expr], p: Sequence[Symbol] | None = None, t: Sequence[Expr] = ()
) -> Derivation:
    """Differentiate ``expression`` as it stands and simplify; the arguments are those of simplify_softmax."""
    raw = sympy.diff(expression, variable)
    return Derivation(expression, variable, raw, simplify_softmax(raw, f, p, t))


class _Names:
    """E_k for e^{f_k} and V for their sum, so that rational functions of exponentials are rational functions."""

    def __init__(self, scores: tuple[Expr, ...], values: tuple[Symbol, ...], targets: tuple[Expr, ...]) -> None:
        self.scores, self.values, self.targets = scores, values, targets
        self.powers = tuple(sympy.Dummy(f"E_{k}", positive=True) for k in range(1, len(scores) + 1))
        self.total = sympy.Dummy("V", positive=True)
        self.values_for_powers = {power: value * self.total for power, value in zip(self.powers, values, strict=True)}
        self.pivots = self._find_pivots()

    def _find_pivots(self) -> dict[Expr, int]:
        """A symbol with coefficient 1 that occurs in one score only, for each score."""
        seen: dict[Expr, int] = {}
        for score in self.scores:
            for symbol in score.free_symbols:
                seen[symbol] = seen.get(symbol, 0) + 1
        pivots: dict[Expr, int] = {}
        for k, score in enumerate(self.scores):
            own = [part for part in Add.make_args(score) if part.is_Symbol and seen[part] == 1]
            if not own:
                raise UserError(f"the score {score} has no symbol of its own; give it a bias")
            pivots[min(own, key=sympy.default_sort_key)] = k
        return pivots

    def powers_for(self, expr: Expr) -> Expr:
        """``expr`` with each e^{sum of c_k f_k} as prod E_k^{c_k}, and the sum of all E_k as V."""
        table = {power: self._factors(power.exp) for power in expr.atoms(sympy.exp)}
        return expr.xreplace(table).xreplace({Add(*self.powers): self.total})

    def _factors(self, exponent: Expr) -> Expr:
        exponent = sympy.expand(exponent)
        factors, rest = [], exponent
        for part in Add.make_args(exponent):
            coefficient, symbol = part.as_coeff_Mul()
            if symbol in self.pivots and coefficient.is_Integer:
                k = self.pivots[symbol]
                factors.append(Pow(self.powers[k], coefficient))
                rest -= coefficient * self.scores[k]
        rest = sympy.expand(rest)
        return Mul(*factors, sympy.exp(rest))

    def equal(self, powers: Expr, simple: Expr) -> bool:
        """Whether an expression in E and V equals one in p, for E_k > 0, V = sum E_k and targets with sum 1.

        First with V as an independent variable, which suffices nearly always; then with V written out.
        """
        back = {value: power / self.total for value, power in zip(self.values, self.powers, strict=True)}
        residual = powers - simple.xreplace(back)
        if self.targets:
            residual = residual.xreplace({self.targets[-1]: 1 - Add(*self.targets[:-1])})
        residual = sympy.expand(residual)
        if residual is S.Zero:
            return True
        numerator, _ = sympy.fraction(sympy.together(residual.xreplace({self.total: Add(*self.powers)})))
        return sympy.expand(numerator) is S.Zero


def _with_unit_sum(expr: Expr, group: Sequence[Expr]) -> Expr:
    """Use that the members of ``group`` add up to 1, wherever all of them occur: a (sum group) becomes a.

    ``expr`` is a sum of expanded terms; those linear in the group are sorted by their other factor.
    """
    if not group or not expr.is_Add:
        return expr
    members = set(group)
    rows: dict[Expr, dict[Expr, Expr]] = {}
    rest: list[Expr] = []
    for term in expr.args:
        coefficient, factors = term.as_coeff_Mul()
        own = [factor for factor in Mul.make_args(factors) if factor.free_symbols & members or factor in members]
        other = Mul(*(factor for factor in Mul.make_args(factors) if factor not in own))
        if not own:
            rows.setdefault(other, {})[S.One] = coefficient
        elif len(own) == 1 and own[0] in members:
            rows.setdefault(other, {})[own[0]] = coefficient
        else:
            rest.append(term)
    for other, row in rows.items():
        constant = row.pop(S.One, S.Zero)
        values = [row.get(member, S.Zero) for member in group]
        common = max(values, key=values.count) if S.Zero not in values else S.Zero
        table = [(value - common) * member for value, member in zip(values, group, strict=True)]
        rest.append(other * Add(constant + common, *table))
    return sympy.expand_mul(Add(*rest))

"""From SymPy to the term language: ``to_term``, and ``claim`` for two SymPy expressions.

The translation is of shapes only: nothing is evaluated, simplified or renamed on the way, and a head that the term
language does not have is refused by name, never passed on. Numbers are exact: floats are refused.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from sympy import Basic, Expr, Integer, S, Symbol
from sympy.core.function import AppliedUndef
from sympy.printing.conventions import split_super_sub
from sympy.printing.latex import translate as latex_name

from symderiv import notation, terms
from symderiv.diagnostics import UserError
from symderiv.sympy_engine.expressions import FUNCTIONS
from symderiv.terms import Assumption, Claim, Context, Head, Index, Range, Term, Var

__all__ = ["claim", "to_term"]

_FUNCTION_NAMES = {function: name for name, function in FUNCTIONS.items()}
_UNHEARD = ("zero", "integer", "negative", "nonpositive", "nonnegative", "nonzero")  # what SymPy may know of a symbol
_RELATIONS = {
    sympy.Eq: "=",
    sympy.Ne: "!=",
    sympy.StrictLessThan: "<",
    sympy.StrictGreaterThan: ">",
    sympy.LessThan: "<=",
    sympy.GreaterThan: ">=",
}


# SymPy to terms


def to_term(expr: Expr, *, labels: Mapping[str, int] | None = None, replace: Mapping[Expr, Term] | None = None) -> Term:
    r"""The term that a SymPy expression says, unevaluated.

    ``Indexed``, ``Sum``, ``Product``, ``KroneckerDelta``, ``Derivative``, ``Piecewise`` over index equalities, powers,
    exp, log and the other functions of the language, undefined functions, symbols (``f_1`` is the member f_1 of the
    family f) and exact numbers are known. ``labels`` gives the number of trailing indices of a base that are labels:
    with ``{'x': 1}``, ``x[j, i]`` is x_j^{(i)}. ``replace`` maps whole subexpressions to terms. Raises UserError,
    naming the head, for anything else.
    """
    return _Reader(labels or {}, replace or {}, _sizes_of([expr]), _indices_of([expr]))(_expression(expr))


def _expression(value: Any) -> Basic:
    """Raises UserError for a text, too: SymPy would run it as a program."""
    try:
        found: Basic = sympy.sympify(value, strict=True)
    except sympy.SympifyError:
        raise UserError(f"{value!r} is not a SymPy expression") from None
    return found


def _symbol(name: Any) -> Any:
    return sympy.Symbol(name) if isinstance(name, str) else name


def _bounds(exprs: Iterable[Basic]) -> Iterable[tuple[Basic, ...]]:
    for expr in exprs:
        for total in expr.atoms(sympy.Sum, sympy.Product):
            yield from total.limits


def _sizes_of(exprs: Iterable[Basic]) -> frozenset[Basic]:
    """The symbols that are upper limits."""
    return frozenset(limit[2] for limit in _bounds(exprs) if len(limit) == 3 and limit[2].is_Symbol)


def _indices_of(exprs: Sequence[Basic]) -> frozenset[Basic]:
    found: set[Basic] = {limit[0] for limit in _bounds(exprs)}
    for expr in exprs:
        for member in expr.atoms(sympy.Indexed):
            found |= {index for index in member.indices if index.is_Symbol}
        for delta in expr.atoms(sympy.KroneckerDelta):
            found |= {index for index in delta.args if index.is_Symbol}
    return frozenset(found)


class _Reader:
    """One translation to terms, with what the whole expression tells about its symbols."""

    def __init__(
        self,
        labels: Mapping[str, int],
        replace: Mapping[Expr, Term],
        sizes: frozenset[Basic],
        indices: frozenset[Basic],
    ) -> None:
        self.labels, self.replace, self.sizes, self.indices = labels, replace, sizes, indices
        self.written: dict[str, Basic] = {}  # the symbol of each name
        self.positive: list[Head] = []

    def __call__(self, expr: Basic) -> Term:
        if expr in self.replace:
            return self.replace[expr]
        match expr:
            case sympy.Rational():
                return terms.num(Fraction(int(expr.p), int(expr.q)))
            case sympy.core.numbers.Exp1():
                return terms.exp(terms.ONE)
            case Symbol():
                return self._symbol(expr)
            case sympy.Indexed():
                return self._member(expr)
            case sympy.Add():
                return terms.add(*(self(part) for part in expr.as_ordered_terms()))
            case sympy.Mul():
                return self._product(expr)
            case sympy.Pow():
                return terms.power(self(expr.base), self(expr.exp))
            case sympy.Sum() | sympy.Product():
                return self._sum(expr)
            case sympy.KroneckerDelta():
                return terms.Delta(*(self.index(part) for part in expr.args[:2]))
            case sympy.Derivative():
                return self._derivative(expr)
            case sympy.Piecewise():
                return self._cases(expr)
            case AppliedUndef():
                args = tuple(self(part) for part in expr.args)
                return terms.Opaque(latex_name(expr.func.__name__), args, (0,) * len(args))
        if expr.func in _FUNCTION_NAMES and len(expr.args) == 1:
            return terms.Fn(_FUNCTION_NAMES[expr.func], self(expr.args[0]))
        if isinstance(expr, sympy.Float):
            raise UserError(f"{expr} is a floating-point number; write an exact one, such as Rational(1, 2)")
        raise UserError(f"SymPy's {expr.func.__name__} has no counterpart here (in {expr})")

    def _symbol(self, symbol: Symbol) -> Term:
        self._known(symbol)
        if symbol in self.sizes:
            return terms.SizeOf(latex_name(symbol.name))
        if symbol in self.indices:
            raise UserError(f"the index {symbol} is used as a number")
        heard = ("nonnegative", "nonzero") if symbol.is_positive else ()
        for said in _UNHEARD:
            if said not in heard and getattr(symbol, f"is_{said}"):
                raise UserError(f"{symbol} is declared {said}, which is not understood here: leave it out")
        found = self._number(symbol)
        if symbol.is_positive and isinstance(found, Var):
            self.positive.append(found.head)
        return found

    def _known(self, symbol: Symbol) -> None:
        """Raises UserError for what is no real number, and for two symbols of one name."""
        if symbol.is_commutative is False:
            raise UserError(f"{symbol} does not commute: the symbols here are numbers")
        if symbol.is_extended_real is False or (symbol.is_complex and symbol.is_extended_real is None):
            raise UserError(f"{symbol} is declared complex: the symbols here are real numbers")
        if self.written.setdefault(symbol.name, symbol) != symbol:
            raise UserError(f"two different symbols have the name {symbol.name}: give one of them another")

    def _number(self, symbol: Symbol) -> Term:
        name, sups, subs = split_super_sub(symbol.name)
        sups = [label.strip("()") for label in sups]
        if not all(text.isdecimal() for text in (*subs, *sups)):
            if any(len(text) == 1 and text.isalpha() for text in (*subs, *sups)):
                raise UserError(
                    f"{symbol} is one symbol to SymPy, not a family with an index: write IndexedBase('{name}')[...]"
                )
            return terms.var(sympy.latex(symbol))
        return Var(latex_name(name), tuple(map(int, subs)), tuple(map(int, sups)))

    def _member(self, expr: sympy.Indexed) -> Var:
        name = str(expr.base.label)
        indices = tuple(self.index(index) for index in expr.indices)
        cut = len(indices) - self.labels.get(name, 0)
        return Var(latex_name(name), indices[:cut], indices[cut:])

    def index(self, expr: Basic) -> Index:
        if isinstance(expr, Integer):
            return int(expr)
        if isinstance(expr, Symbol):
            self._known(expr)
            return latex_name(expr.name)
        raise UserError(f"the index {expr} is neither a number nor a letter; arithmetic on indices is not understood")

    def range(self, low: Basic, high: Basic) -> Range:
        if not isinstance(low, Integer):
            raise UserError(f"the lower limit {low} of a sum is not a number")
        return Range(int(low), self.index(high))

    def _product(self, expr: sympy.Mul) -> Term:
        """Numerators before denominators, so that a quotient is printed as one."""
        coefficient, rest = expr.as_coeff_Mul()
        parts = rest.as_ordered_factors() if coefficient is S.One else [coefficient, *rest.as_ordered_factors()]
        factors = [self(part) for part in parts]
        above = [factor for factor in factors if not _is_divisor(factor)]
        below = [factor for factor in factors if _is_divisor(factor)]
        return terms.mul(*above, *below)

    def _sum(self, expr: sympy.Sum | sympy.Product) -> Term:
        kind = terms.Prod if isinstance(expr, sympy.Product) else terms.Sum
        body = self(expr.function)
        for limit in expr.limits:  # SymPy's first limit is the innermost
            index, low, high = limit
            body = kind(latex_name(index.name), self.range(low, high), body)
        return body

    def _derivative(self, expr: sympy.Derivative) -> Term:
        body = self(expr.expr)
        for variable, count in expr.variable_count:
            var = self(variable)
            if not isinstance(var, Var) or not isinstance(count, Integer):
                raise UserError(f"a derivative in {variable} (order {count}) is not understood")
            for _ in range(int(count)):
                body = terms.Deriv(body, var)
        return body

    def _cases(self, expr: sympy.Piecewise) -> Term:
        *rows, (value, condition) = expr.args
        if condition != S.true:
            raise UserError(f"the last case of {expr} is not (value, True)")
        result = self(value)
        for row_value, row_condition in reversed(rows):
            result = terms.Cases(self.condition(row_condition), self(row_value), result)
        return result

    def condition(self, condition: Basic) -> Term:
        """A condition on indices as a term with the values 0 and 1."""
        match condition:
            case sympy.Eq():
                return terms.Delta(*(self.index(part) for part in condition.args))
            case sympy.Ne() | sympy.Not():
                inner = (
                    sympy.Eq(*condition.args, evaluate=False) if isinstance(condition, sympy.Ne) else condition.args[0]
                )
                return terms.ONE - self.condition(inner)
            case sympy.And():
                return terms.mul(*(self.condition(part) for part in condition.args))
            case sympy.Or():
                return terms.ONE - terms.mul(*(terms.ONE - self.condition(part) for part in condition.args))
        raise UserError(f"the condition {condition} is not an equality of indices")


def _is_divisor(term: Term) -> bool:
    return isinstance(term, terms.Pow) and isinstance(term.exponent, terms.Num) and term.exponent.value < 0


# Claims


def claim(
    left: Expr,
    right: Expr,
    relation: str = "=",
    *,
    assume: Iterable[Basic | Assumption] = (),
    ranges: Mapping[Symbol | str, tuple[int, Symbol | str | int]] | None = None,
    labels: Mapping[str, int] | None = None,
) -> Claim:
    """The claim ``left relation right`` about two SymPy expressions, for the kernel.

    Free indices are universally quantified over ``ranges`` (``{k: (1, K)}``); one that is missing there takes the range
    over which the same slot of the same family is summed. ``assume`` are ``Eq(Sum(t[j], (j, 1, K)), 1)``, ``Ne(i, j)``,
    ``Eq(i, j)``, ``t[j] > 0``, or Assumption objects. Raises UserError for what cannot be said.

    >>> i, j, k, K = sympy.symbols('i j k K', integer=True)
    >>> f = sympy.IndexedBase('f')
    >>> claim(sympy.Sum(f[i], (i, 1, K)), sympy.Sum(f[j], (j, 1, K))).relation
    '='
    """
    if relation not in _RELATIONS.values():
        raise UserError(f"{relation!r} is not a relation; use one of {' '.join(_RELATIONS.values())}")
    _require_counts(labels or {})
    left, right = _expression(left), _expression(right)
    assume = _several(assume)
    everything = [left, right, *(part for part in assume if isinstance(part, Basic))]
    given = _given(ranges or {})
    sizes = _sizes_of(everything) | {high for _, high in given.values() if high.is_Symbol}
    reader = _Reader(labels or {}, {}, sizes, _indices_of(everything) | frozenset(given))
    left_term, right_term = reader(left), reader(right)
    named = {str(reader.index(k)): Range(low, reader.index(high)) for k, (low, high) in given.items()}
    assumptions = tuple(_assumption(part, reader) for part in assume)
    assumed = {a.data for a in assumptions if a.kind == "positive"}
    declared = (Assumption("positive", (h,), "", "as declared") for h in dict.fromkeys(reader.positive))
    assumptions += tuple(a for a in declared if a.data not in assumed)
    stated = [part for a in assumptions if a.kind == "equation" for part in a.data]
    families = _families([left_term, right_term, *stated])
    return Claim(
        left_term,
        relation,
        right_term,
        Context(
            ranges=_ranges([left_term, right_term, *stated], named, families),
            assumptions=assumptions,
            families={head: ranges for head, ranges in families.items() if any(ranges)},
        ),
    )


def _require_counts(labels: object) -> None:
    if not isinstance(labels, Mapping) or not all(isinstance(count, int) for count in labels.values()):
        raise UserError(f"labels takes the number of labels of each base, as {{'x': 1}}, not {labels!r}")


def _given(ranges: object) -> dict[Symbol, tuple[int, Basic]]:
    """The first and the last value of each index. Raises UserError for what gives no such, or leaves no value."""
    found: dict[Symbol, tuple[int, Basic]] = {}
    try:
        for index, (low, high) in dict(ranges).items():  # type: ignore[call-overload]
            index, low, high = _symbol(index), operator.index(low), _expression(_symbol(high))
            if not isinstance(index, Symbol) or not isinstance(high, Symbol | Integer):
                raise TypeError("neither a letter nor a number")
            found[index] = low, high
    except (TypeError, ValueError, UserError):
        shape = "the first and the last value of each index, as {k: (1, K)}"
        raise UserError(f"ranges takes {shape}, not {ranges!r}") from None
    for index, (low, high) in found.items():
        if isinstance(high, Integer) and high < low:
            raise UserError(f"there is no number from {low} to {high} for the index {index}")
    return found


def _several(assume: object) -> tuple[Basic | Assumption, ...]:
    """Raises UserError for one assumption instead of several, and for a text."""
    if isinstance(assume, str | Basic | Assumption) or not isinstance(assume, Iterable):
        raise UserError(f"assume takes a list of assumptions, as [Eq(x, 1)], not {assume!r}")
    return tuple(part if isinstance(part, Assumption) else _expression(part) for part in assume)


def _assumption(given: Basic | Assumption, reader: _Reader) -> Assumption:
    if isinstance(given, Assumption):
        return given
    relation = _RELATIONS.get(given.func)
    if relation in ("=", "!=") and all(part in reader.indices for part in given.args):
        found = Assumption("equal" if relation == "=" else "distinct", tuple(reader.index(part) for part in given.args))
    elif relation == "=":
        found = Assumption("equation", tuple(reader(part) for part in given.args))
    elif relation == ">" and given.args[1] is S.Zero and isinstance(member := reader(given.args[0]), Var):
        found = Assumption("positive", (member.head,))
    else:
        raise UserError(f"{given} cannot be assumed: give an equation, Ne(i, j) for indices, x > 0, or an Assumption")
    return Assumption(found.kind, found.data, notation.latex_assumption(found), str(given))


def _families(all_terms: Iterable[Term]) -> dict[Head, tuple[Range | None, ...]]:
    """The ranges over which each slot of each family is summed; None where it never is, or in two different ways."""
    found: dict[Head, list[set[Range]]] = {}

    def walk(term: Term, bound: Mapping[str, Range]) -> None:
        if isinstance(term, terms.Sum):
            bound = {**bound, term.index: term.range}
        if isinstance(term, Var):
            slots = found.setdefault(term.head, [set() for _ in term.indices])
            for slot, index in zip(slots, term.indices, strict=True):
                if isinstance(index, str) and index in bound:
                    slot.add(bound[index])
        for part in term.parts:
            walk(part, bound)

    for term in all_terms:
        walk(term, {})
    return {head: tuple(min(s) if len(s) == 1 else None for s in slots) for head, slots in found.items()}


def _ranges(
    all_terms: Sequence[Term], given: Mapping[str, Range], families: Mapping[Head, tuple[Range | None, ...]]
) -> dict[str, Range]:
    free = sorted(frozenset().union(*(term.free for term in all_terms)))
    ranges: dict[str, Range] = {index: given[index] for index in free if index in given}
    sizes = {term.range.high for whole in all_terms for term in terms.subterms(whole) if isinstance(term, terms.Sum)}
    for whole in all_terms:
        for term in terms.subterms(whole):
            if isinstance(term, Var):
                for index, found in zip(term.indices, families[term.head], strict=True):
                    if isinstance(index, str) and index in free and found is not None and index not in sizes:
                        ranges.setdefault(index, found)
    return ranges

"""A second opinion on a claim: SymPy's algebra for concrete sizes, and the values of both sides at one exact point.

A claim is written out for concrete sizes, its derivatives are taken by SymPy, and both sides are evaluated to 30
digits, which SymPy leaves to mpmath, at a rational point that satisfies the assumptions. Agreement is evidence, never a
proof, and disagreement is never a refutation: verdicts are the kernel's.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import sympy
from sympy import Expr, Integer, Rational, S

from symderiv import terms
from symderiv.diagnostics import UserError
from symderiv.kernel.verdict import Condition, Witness
from symderiv.sympy_engine.expressions import from_term
from symderiv.terms import Claim, Context, Range

__all__ = ["SecondOpinion", "opinion_at", "second_opinion"]

DIGITS = 30
ASSIGNMENTS = 64  # at most so many choices of the free indices are looked at
LONGEST = 300  # operations in what SymPy is asked to bring to one fraction


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """Whether ``left relation right`` held wherever it was evaluated; the record is of the first place where it did
    not, or else of the last one. ``left`` and ``right`` are None where a side is undefined at the point. ``showed``:
    ``left - right`` has the numerator 0 in SymPy's algebra, for all the indices that were looked at."""

    agrees: bool
    sizes: tuple[tuple[str, int], ...]
    indices: tuple[tuple[str, int], ...]
    left: Expr | None
    right: Expr | None
    evaluated: int
    showed: bool = False


def second_opinion(
    claim: Claim, sizes: int | Mapping[str, int] = 2, conditions: Sequence[Condition] = (), choices: int = ASSIGNMENTS
) -> SecondOpinion:
    """Evaluate both sides of ``claim`` for all free indices (at most ``choices`` of them) at one rational point.

    ``sizes`` is the number for every symbolic size, or a number for each by name. A point at which one of the
    ``conditions`` fails is passed over. Raises UserError when a side has no value (an unknown function, a free index
    without a range) or no point satisfies the assumptions.
    """
    context = claim.context
    names = size_names(claim)
    numbers = dict.fromkeys(names, sizes) if isinstance(sizes, int) else dict(sizes)
    missing = sorted(names - set(numbers) - set(context.sizes))
    if missing:
        raise UserError(f"a second opinion needs a number for {', '.join(missing)}")
    numbers = {name: numbers.get(name, context.sizes.get(name, 0)) for name in sorted(names)}
    evaluated, verdict, showed = 0, None, claim.relation == "="
    reached = terms.reached((claim.left, claim.right), context.definitions)
    free = sorted((claim.left.free | claim.right.free | terms.unbound(reached, context.definitions)) - names)
    for indices in itertools.islice(_assignments(free, context, numbers), choices):
        sides = [from_term(side, numbers, indices, context) for side in (claim.left, claim.right)]
        needed = [
            (from_term(c.term, numbers, indices, context), c.relation)
            for c in conditions
            if c.term.free <= indices.keys() | names
        ]
        point, solved = _point([*sides, *(need for need, _ in needed)], context, numbers)
        if not all(_met(_value(need, point), relation) for need, relation in needed):
            continue
        left, right = (_value(side, point) for side in sides)
        record = tuple(numbers.items()), tuple(indices.items()), left, right
        if left is None or right is None:
            verdict = verdict or SecondOpinion(True, *record, evaluated)
            continue
        evaluated += 1
        verdict = SecondOpinion(_holds(left, claim.relation, right), *record, evaluated)
        if not verdict.agrees:
            return verdict
        showed = showed and _vanishes((sides[0] - sides[1]).xreplace(solved))
    if verdict is None:
        raise UserError("no choice of the indices satisfies the assumptions at this size")
    return replace(verdict, showed=showed and evaluated > 0)


def opinion_at(claim: Claim, witness: Witness) -> SecondOpinion:
    """Evaluate both sides of ``claim`` at the sizes, indices and values of ``witness``.

    Raises UserError when a side has no value there, for want of a value for a variable or a counterpart in SymPy.
    """
    context = claim.context
    sizes, indices = {**context.sizes, **dict(witness.sizes)}, dict(witness.indices)
    for pair in (a.data for a in context.assumptions if a.kind == "equal"):  # one of two equal indices is not named
        for one, other in (pair, pair[::-1]):
            if isinstance(other, str) and (isinstance(one, int) or one in indices):
                indices.setdefault(other, one if isinstance(one, int) else indices[one])
    numbers = {name: sizes[name] for name in size_names(claim) if name in sizes}
    bare = replace(context, definitions={})
    point = {from_term(v, numbers, {}, bare): Rational(x.numerator, x.denominator) for v, x in witness.values}
    made = [(v, x) for v, x in witness.values if v.head in context.definitions]  # A = A° + ..., as spelled out
    for v, x in made * 2:  # once more, where one is made of another
        constant = from_term(terms.Var(f"{v.name}°", v.subs, v.sups), numbers, {}, bare)
        rest = from_term(v, numbers, {}, context).xreplace({**point, constant: S.Zero})
        point[constant] = Rational(x.numerator, x.denominator) - rest
    left, right = (_value(from_term(side, numbers, indices, context), point) for side in (claim.left, claim.right))
    if left is None or right is None:
        raise UserError("a side has no value at the counterexample")
    agrees = _holds(left, claim.relation, right)
    return SecondOpinion(agrees, tuple(sorted(numbers.items())), tuple(sorted(indices.items())), left, right, 1)


def size_names(claim: Claim) -> frozenset[str]:
    """The symbolic sizes that occur in the claim, its definitions, assumptions and ranges."""
    context = claim.context
    bodies = [definition.body for found in context.definitions.values() for definition in found]
    bodies += [part for a in context.assumptions if a.kind == "equation" for part in a.data]
    names = {r.high for r in context.ranges.values()}
    for whole in (claim.left, claim.right, *bodies):
        for term in terms.subterms(whole):
            if isinstance(term, terms.Sum):
                names.add(term.range.high)
            elif isinstance(term, terms.SizeOf):
                names.add(term.name)
    return frozenset(name for name in names if isinstance(name, str))


def _values(range_: Range, sizes: Mapping[str, int]) -> range:
    high = range_.high if isinstance(range_.high, int) else sizes[range_.high]
    return range(range_.low, high + 1)


def _assignments(free: list[str], context: Context, sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    for index in free:
        if index not in context.ranges:
            raise UserError(f"the free index {index} has no range")
    for values in itertools.product(*(_values(context.ranges[index], sizes) for index in free)):
        chosen = dict(zip(free, values, strict=True))
        conditions = [(a.kind == "equal", [chosen.get(i, i) for i in a.data])
                      for a in context.assumptions if a.kind in ("equal", "distinct")]  # fmt: skip
        if all((left == right) is equal for equal, (left, right) in conditions):
            yield chosen


def _point(sides: list[Expr], context: Context, sizes: Mapping[str, int]) -> tuple[dict[Expr, Expr], dict[Expr, Expr]]:
    """Exact values for all variables, small positive rationals bent to satisfy the assumptions; and what is bent in
    terms of the other variables. Raises UserError if no such values are found."""
    equations = [equation for a in context.assumptions if a.kind == "equation"
                 for equation in _equations(a.data, context, sizes)]  # fmt: skip
    variables: set[Expr] = set()
    for expr in (*sides, *equations):
        members = expr.atoms(sympy.Indexed)
        bases = {symbol for member in members for symbol in member.base.free_symbols}
        variables |= members | (expr.atoms(sympy.Symbol) - bases)
    ordered = sorted(variables, key=sympy.default_sort_key)
    point: dict[Expr, Expr] = {variable: Rational((7 * n + 3) % 13 + 1, 5) for n, variable in enumerate(ordered)}
    settled: set[Expr] = set()
    for assumption in context.assumptions:
        if assumption.kind not in ("onehot", "binary"):
            continue
        head = terms.Head(*assumption.data[0])
        for variable in ordered:
            if assumption.kind == "binary" and not isinstance(variable, sympy.Indexed) and _is_number(variable, head):
                point[variable] = Integer(sum(sizes.values()) % 2)  # the one value for size 2, the other for size 3
                settled.add(variable)
            elif isinstance(variable, sympy.Indexed) and _is_member(variable, head):
                indices = [int(i) for i in variable.indices]
                if assumption.kind == "onehot":
                    slot = assumption.data[1]
                    highest = max(int(v.indices[slot]) for v in ordered
                                  if isinstance(v, sympy.Indexed) and _is_member(v, head))  # fmt: skip
                    others = sum(indices) - indices[slot]
                    point[variable] = Integer(indices[slot] == 1 + others % highest)
                else:
                    point[variable] = Integer(sum(indices) % 2)
                settled.add(variable)
    solved: dict[Expr, Expr] = {}
    for equation in equations:
        equation = equation.xreplace(solved)
        if equation.count_ops() > LONGEST:
            continue
        for variable in reversed(ordered):
            if variable in settled or variable in solved or not equation.has(variable):
                continue
            slope = sympy.diff(equation, variable)
            if not slope.has(variable) and abs(_value(slope, point) or 0) > sympy.Float(10) ** (5 - DIGITS):
                found = {variable: -equation.xreplace({variable: S.Zero}) / slope}
                solved = {v: value.xreplace(found) for v, value in solved.items()} | found
                break
    point |= {variable: value.xreplace(point) for variable, value in solved.items()}
    for equation in equations:
        left = _value(equation, point)
        if left is None or not _holds(left, "=", S.Zero):
            raise UserError("no point was found that satisfies the assumptions")
    return point, solved


def _is_number(variable: Expr, head: terms.Head) -> bool:
    from symderiv.sympy_engine.expressions import sympy_name

    return str(variable) == sympy_name(head.name) and head.subs == head.sups == 0


def _is_member(variable: sympy.Indexed, head: terms.Head) -> bool:
    from symderiv.sympy_engine.expressions import sympy_name

    return str(variable.base.label) == sympy_name(head.name) and len(variable.indices) == head.subs + head.sups


def _equations(data: tuple[terms.Term, terms.Term], context: Context, sizes: Mapping[str, int]) -> Iterator[Expr]:
    free = sorted((data[0].free | data[1].free) - set(sizes))
    ranges = [
        _values(context.ranges[i], sizes) if i in context.ranges else range(1, max(sizes.values()) + 1) for i in free
    ]
    for values in itertools.product(*ranges):
        indices = dict(zip(free, values, strict=True))
        yield from_term(data[0], sizes, indices, context) - from_term(data[1], sizes, indices, context)


def _met(value: Expr | None, relation: str) -> bool:
    return value is not None and bool({"!=": value != 0, ">": value > 0, ">=": value >= 0}[relation])


def _vanishes(difference: Expr) -> bool:
    """Whether the numerator of ``difference``, or of e^difference - 1, expands to 0.

    What is too long for that is not tried.
    """
    if difference.count_ops() > LONGEST:
        return difference is S.Zero
    difference = sympy.expand_log(difference.rewrite(sympy.exp))
    forms = [difference, sympy.exp(difference) - 1] if difference.has(sympy.log) else [difference]
    fractions = (sympy.fraction(sympy.together(sympy.expand_power_exp(form))) for form in forms)
    return any(sympy.expand(numerator) is S.Zero for numerator, _ in fractions)


def _value(expr: Expr, point: Mapping[Expr, Rational]) -> Expr | None:
    value = expr.xreplace(dict(point)).evalf(DIGITS)
    if value.is_number and value.is_finite and value.is_extended_real:
        return value
    if value.is_number:
        return None
    raise UserError(f"{value} has no numerical value")


def _holds(left: Expr, relation: str, right: Expr) -> bool:
    close = abs(left - right) <= sympy.Float(10, DIGITS) ** (5 - DIGITS) * (1 + abs(left))
    match relation:
        case "=":
            return bool(close)
        case "!=":
            return not close
        case "<=" | ">=":
            return bool(close) or bool(left < right if relation == "<=" else left > right)
    return not close and bool(left < right if relation == "<" else left > right)

r"""Normal forms put to the test: a random term, its normal form in the kernel, and the value of both at random points.

A claim tests a normal form only as far as a wrong one makes two different things equal. Here a form that has not the
value of its term is caught by itself, whatever it would be compared with. The polynomial is evaluated from the format
that the kernel's ``polynomial`` module documents, by the reference's arithmetic; the kernel's own evaluation plays no
part. This is the only module of the record that looks inside the kernel.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symderiv.kernel.case import Case
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.polynomial import CALL, EXP, LOG, POLY, PROD, SIZE, SUM, VAR
from symderiv.kernel.proof import Prover
from symderiv.notation import latex
from symderiv.terms import ZERO, Claim, Term
from tests.soundness.expressions import Site, Writer
from tests.soundness.judge import OutOfTime, allotted, meets, names_of
from tests.soundness.points import MODES, Point, instances
from tests.soundness.reference import DIGITS, FLOATS, MORE_DIGITS, Evaluation, NotDefined, Unknown
from tests.soundness.worlds import WORLDS


class Valuation:
    """The value of a polynomial of the kernel at the point of ``evaluation``."""

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.number = evaluation.field.number
        self.peak: Any = 0

    def index(self, index: str, env: dict[str, int]) -> int:
        if index in env:
            return env[index]
        return int(index) if index.lstrip("-").isdigit() else self.evaluation.size(index)

    def high(self, high: str) -> int:
        return int(high) if high.isdigit() else self.evaluation.size(high)

    def __call__(self, poly: Any, env: dict[str, int]) -> Any:
        result: Any = self.number(Fraction(0))
        for monomial, coefficient in poly.items() if isinstance(poly, dict) else poly:
            result += self.monomial(monomial, env) * self.number(Fraction(coefficient))
        return result

    def monomial(self, monomial: Any, env: dict[str, int]) -> Any:
        deltas, factors = monomial
        if any(self.index(a, env) != self.index(b, env) for a, b in deltas):
            return self.number(Fraction(0))
        result: Any = self.number(Fraction(1))
        for atom, exponent in factors:
            value, e = self.atom(atom, env), Fraction(exponent)
            power = self.evaluation._whole_power if e.denominator == 1 else self.evaluation._real_power
            result *= power(value, e if e.denominator > 1 else int(e))  # type: ignore[arg-type]
        self.peak = max(self.peak, abs(result))
        return result

    def atom(self, atom: tuple, env: dict[str, int]) -> Any:
        evaluation = self.evaluation
        kind = atom[0]
        if kind == VAR:
            indices = [self.index(i, env) for i in atom[3]]
            return self.number(evaluation.values((atom[1], tuple(indices[: atom[2]]), tuple(indices[atom[2] :]))))
        if kind == EXP:
            return evaluation._function("exp", self.monomial(atom[1], env))
        if kind == SUM:
            return sum((self.monomial(atom[2], inner) for inner in self._over(atom[1], env)), self.number(Fraction(0)))
        if kind == POLY:
            return self(atom[1], env)
        if kind == LOG:
            return evaluation._function("log", self(atom[1], env))
        if kind == SIZE:
            return evaluation.size(atom[1])
        if kind == PROD:
            result: Any = self.number(Fraction(1))
            for inner in self._over(atom[1], env):
                result *= self(atom[2], inner)
            return result
        assert kind == CALL
        args = [self(p, env) for p in atom[2]]
        if atom[1] == "power":
            return evaluation._whole_power(args[0], round(float(args[1])))
        if "|" in atom[1]:
            name, orders = atom[1].split("|")
            assert evaluation.opaque is not None
            return self.number(evaluation.opaque(name, tuple(args), tuple(map(int, orders.split(",")))))
        return evaluation._function(atom[1], args[0])

    def _over(self, bound: tuple, env: dict[str, int]) -> Iterator[dict[str, int]]:
        if not bound:
            yield env
            return
        (name, high), *rest = bound
        for value in range(1, self.high(high) + 1):
            yield from self._over(tuple(rest), {**env, name: value})


@dataclass
class FormTally:
    forms: int = 0
    points: int = 0
    passed_over: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: FormTally) -> FormTally:
        self.forms += other.forms
        self.points += other.points
        self.passed_over += other.passed_over
        self.wrong += other.wrong
        return self


def judge_form(seed: int, tally: FormTally) -> None:
    """One random term: its forms under some of the assumptions, written out or not, against its value."""
    rng = random.Random(seed)
    world = rng.choice(WORLDS)(rng)
    writer = Writer(world, rng)
    term = writer.any(rng.choice((1, 2, 2, 3)), Site(dict(world.names)))
    claim = Claim(term, "=", ZERO, world.context())
    found: list[tuple[Term, dict, list, Any]] = []
    try:
        with allotted(1.5):
            case = Case(claim)
            prover = Prover(case)
            if case.fault:
                return
            expand = rng.choice((0, 0, 3, 6))
            chosen = [a for a in case.assumptions if rng.random() < 0.7]
            for instance in prover.instances(expand, chosen):
                left, _, highs, extra = instance
                found.append((left, highs, [*chosen, *extra], prover.form(instance, chosen, expand).difference))
                if chosen and not expand and rng.random() < 0.5:
                    form = prover.form(instance, (), 0).under(chosen)
                    found.append((left, highs, [*chosen, *extra], form.difference))
                if len(found) >= 4:
                    break
    except (Unsupported, OutOfTime, RecursionError):
        tally.passed_over += 1
        return
    equal = [a for a in claim.context.assumptions if a.kind == "equal"]
    names, sizes = names_of(claim)
    for left, highs, assumed, poly in found:
        tally.forms += 1
        free = [n for n in names if n in highs]
        for n, (at, root) in enumerate(instances(claim.context, sizes, free, rng, case.minimum, 8)):
            if any(value < 1 for value in root.values()) or not meets([*assumed, *equal], root):
                continue
            point = Point(
                claim.context, at, [a for a in assumed if a.kind not in ("equal", "distinct")], rng, MODES[n % 4]
            )
            try:
                evaluation = Evaluation(claim.context, at, point, FLOATS, root, point.opaque)
                a, b = evaluation(left), Valuation(evaluation)(poly, dict(root))
                tally.points += 1
                if FLOATS.differ(a, b) and (apart := _apart(claim, left, poly, point, root)):
                    tally.wrong.append(f"seed {seed}, sizes {at}, indices {root}: {apart} for {latex(left)}")
            except (NotDefined, Unknown, OverflowError, KeyError):
                continue


def _apart(claim: Claim, left: Term, poly: Any, point: Point, root: dict[str, int]) -> str:
    """The two values, if they certainly differ."""
    values = []
    for field_ in (DIGITS, MORE_DIGITS):
        evaluation = Evaluation(claim.context, point.sizes, point, field_, root, point.opaque)
        valuation = Valuation(evaluation)
        values.append((evaluation(left), valuation(poly, dict(root))))
        if max(evaluation.peak, valuation.peak) > MORE_DIGITS.peak:
            return ""
    (a, b), (c, d) = values
    if abs(a - c) > 1e-25 * (1 + abs(c)) or abs(b - d) > 1e-25 * (1 + abs(d)):
        return ""
    if not MORE_DIGITS.differ(c, d) or not point.hold(root):
        return ""
    return f"the term is {float(c):.12g}, its normal form {float(d):.12g}"

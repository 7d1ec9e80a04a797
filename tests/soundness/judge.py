"""The judge of the judge: is a verdict borne out by the reference?

``survey`` evaluates a claim at many points and says whether it fails at one. A difference seen in floats counts only
once exact rationals or mpmath confirm it. ``trial`` poses the claim to the kernel and names what is wrong, if anything.
"""

from __future__ import annotations

import gc
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from types import FrameType
from typing import Any

from symderiv.judge import prove
from symderiv.kernel import Condition, Proved, Refuted, Verdict
from symderiv.terms import Assumption, Claim, Deriv, Fn, Num, Opaque, Pow, Sum, Term, Var, subterms
from tests.soundness.points import ALIKE, MODES, Point, instances
from tests.soundness.reference import (
    DIGITS,
    FLOATS,
    MORE_DIGITS,
    RATIONALS,
    TIERS,
    Evaluation,
    Key,
    NotDefined,
    Unknown,
    fails,
)

COMPLETIONS = 30  # ways to find values for what a witness leaves out
SLOW = 2.0  # seconds for one claim
AGAIN = 0.5  # seconds after which the alarm rings again


class OutOfTime(BaseException):
    """Not an Exception, so that nothing swallows it."""


def _ring(number: int, frame: FrameType | None) -> None:
    """Raise OutOfTime, unless a callback of the garbage collector runs, where it would be lost; it rings again then."""
    if frame is None or not any(frame.f_code is getattr(callback, "__code__", None) for callback in gc.callbacks):
        raise OutOfTime


@contextmanager
def allotted(seconds: float) -> Iterator[None]:
    """Raises OutOfTime in the block after ``seconds`` of processor time."""
    old = signal.signal(signal.SIGVTALRM, _ring)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, old)


def timed(claim: Claim, seconds: float = SLOW) -> Verdict | None:
    """The kernel's verdict, or None if it takes longer than ``seconds`` of processor time."""
    try:
        with allotted(seconds):
            return prove(claim)
    except OutOfTime:
        return None


@dataclass
class Failure:
    """Where a claim fails: sizes, indices, values, and the two sides there."""

    sizes: Mapping[str, int]
    root: Mapping[str, int]
    values: Mapping[Key, Fraction]
    left: str
    right: str

    def __str__(self) -> str:
        values = ", ".join(f"{n}{list(a)}{list(b) or ''}={v}" for (n, a, b), v in self.values.items())
        return f"sizes {dict(self.sizes)} indices {dict(self.root)} values {values}: {self.left} vs {self.right}"


@dataclass
class Outcome:
    verdict: Verdict | None
    seconds: float
    problem: str = ""
    detail: str = ""
    false: bool = False
    points: int = 0


def rational(claim: Claim) -> bool:
    """Whether both sides stay within the rational functions."""
    seen: set[Term] = set()
    queue = [claim.left, claim.right]
    while queue:
        for term in subterms(queue.pop()):
            if term in seen:
                continue
            seen.add(term)
            if isinstance(term, Fn | Opaque) or (
                isinstance(term, Pow) and not (isinstance(term.exponent, Num) and term.exponent.value.denominator == 1)
            ):
                return False
            if isinstance(term, Var):
                queue += [d.body for d in claim.context.definitions.get(term.head, ())]
    return True


def names_of(claim: Claim) -> tuple[list[str], list[str]]:
    """Free indices (of the sides and, where not bound, of the definitions they reach) and the sizes in sight."""
    context = claim.context
    names: set[str] = set(claim.left.free | claim.right.free)
    sizes: set[str] = set()
    queue = [claim.left, claim.right]
    for a in context.assumptions:
        queue += [part for part in a.data if isinstance(part, Term)]
        if a.kind in ("equal", "distinct"):
            names |= {i for i in a.data if isinstance(i, str)}
    seen: set[Term] = set()
    while queue:
        for term in subterms(queue.pop()):
            if term in seen:
                continue
            seen.add(term)
            if isinstance(term, Sum) and isinstance(term.range.high, str):
                sizes.add(term.range.high)
            elif isinstance(term, Var):
                for d in context.definitions.get(term.head, ()):
                    queue.append(d.body)
                    names |= {i for i in d.body.free if i not in d.params}
            elif type(term).__name__ == "SizeOf":
                sizes.add(term.key[0])
    names &= context.ranges.keys()
    for ranges in (*[(r,) for r in context.ranges.values()], *context.families.values()):
        sizes |= {r.high for r in ranges if r is not None and isinstance(r.high, str)}
    sizes |= {i for t in seen if isinstance(t, Var) for i in t.free if i not in context.ranges and i in sizes}
    return sorted(names), sorted(sizes)


def survey(
    claim: Claim,
    rng: random.Random,
    points: int,
    assumptions: Sequence[Assumption],
    minimum: Mapping[str, int],
    conditions: Sequence[Condition] = (),
) -> tuple[Failure | None, int]:
    """(a failure under ``assumptions`` and ``conditions``, or None; at how many points the claim was evaluated)."""
    names, sizes = names_of(claim)
    exact = rational(claim)
    agreed = 0
    for n, (at, root) in enumerate(instances(claim.context, sizes, names, rng, minimum, points)):
        point = Point(claim.context, at, assumptions, rng, MODES[n % 4])
        try:
            if not meets(assumptions, root):
                continue
            left, right = _sides(claim, at, point, root, RATIONALS if exact else FLOATS)
            agreed += 1
            if exact and not fails(left, claim.relation, right, RATIONALS):
                continue
            if (
                not exact
                and not fails(left, claim.relation, right, FLOATS)
                and (claim.relation == "=" or FLOATS.differ(left, right))
            ):
                continue
            if not point.hold(root):
                continue
            if not exact:
                left, right = precisely(claim, at, point, root)
                if not fails(left, claim.relation, right, MORE_DIGITS):
                    continue
            if not all(_met(c, Evaluation(claim.context, at, point, DIGITS, root, point.opaque)) for c in conditions):
                continue
            return Failure(at, root, dict(point.values), _short(left), _short(right)), agreed
        except (NotDefined, Unknown):
            continue
    return None, agreed


def precisely(
    claim: Claim, sizes: Mapping[str, int], point: Point, root: Mapping[str, int], tiers: Sequence = TIERS
) -> tuple:
    """Both sides with 130 digits, or more; Unknown where they still depend on how many digits are carried."""
    for fewer, more in tiers:
        try:
            rough = _sides(claim, sizes, point, root, fewer)
            evaluation = Evaluation(claim.context, sizes, point, more, root, point.opaque)
            sides = evaluation(claim.left), evaluation(claim.right)
        except Unknown:
            if more is tiers[-1][1]:
                raise
            continue
        settled = all(abs(a - b) <= fewer.close * (1 + abs(b)) for a, b in zip(rough, sides, strict=True))
        if settled and evaluation.peak < more.peak:
            return tuple(MORE_DIGITS.mp.mpf(side) for side in sides)
    raise Unknown("ill-conditioned")


def _short(value: Any) -> str:
    return str(value) if isinstance(value, int | Fraction) else format(float(value), ".12g")


def _sides(claim: Claim, sizes: Mapping[str, int], point: Point, root: Mapping[str, int], field: object) -> tuple:
    evaluation = Evaluation(claim.context, sizes, point, field, root, point.opaque)
    return evaluation(claim.left), evaluation(claim.right)


def _completed(claim: Claim, at: Callable[[int], Point], root: Mapping[str, int]) -> tuple[Point, Any, Any] | str:
    """A point with the values of a witness where both sides are defined and what is assumed holds, and the sides there;
    or what is wrong with the first one. ``at(n)`` draws what the witness leaves out: its sides may do without, but here
    a derivative needs the values of all that it passes."""
    wrong, exact = "", rational(claim)
    for n in range(COMPLETIONS):
        point = at(n)
        try:
            sides = _sides(claim, point.sizes, point, root, RATIONALS) if exact else None
            left, right = sides or precisely(claim, point.sizes, point, root)
            if point.hold(root):
                return point, left, right
            wrong = wrong or "an assumption does not hold"
        except NotDefined as error:
            wrong = wrong or f"not defined: {error}"
    return wrong


def _rounding(printed: str) -> float:
    """Half a unit of the last digit of a number that is printed with a point, and a little: it is a rounded one.

    >>> [round(_rounding(number), 4) for number in ("37.086", "-1.5e3", "2", "1/3")]
    [0.0005, 50.0, 0.0, 0.0]
    """
    digits, _, exponent = printed.partition("e")
    places = len(digits.partition(".")[2])
    return float(f"0.5000001e{int(exponent or 0) - places}") if places else 0.0


def meets(assumptions: Sequence[Assumption], root: Mapping[str, int]) -> bool:
    for a in assumptions:
        if a.kind in ("equal", "distinct"):
            left, right = (root.get(i, i) if isinstance(i, str) else i for i in a.data)
            if (left == right) != (a.kind == "equal"):
                return False
    return True


def trial(claim: Claim, seed: int, points: int = 8) -> Outcome:
    """Pose ``claim`` to the kernel and hold the verdict against the reference."""
    rng = random.Random(seed)
    start = time.perf_counter()
    try:
        verdict = timed(claim)
    except Exception as error:  # the kernel promises never to raise: whatever comes is a finding
        return Outcome(None, time.perf_counter() - start, "crash", f"{type(error).__name__}: {error}")
    outcome = Outcome(verdict, time.perf_counter() - start)
    if verdict is None:
        outcome.problem, outcome.detail = "slow", f"more than {SLOW:g} s"
        return outcome
    if isinstance(verdict, Proved):
        failure, outcome.points = survey(
            claim, rng, points, verdict.given, dict(verdict.scope.minimum), verdict.conditions
        )
        if failure is not None:
            outcome.problem, outcome.detail = "false Proved", str(failure)
        else:
            missing = _missing_condition(claim, verdict, rng)
            if missing:
                outcome.problem, outcome.detail = "missing condition", missing
    elif isinstance(verdict, Refuted):
        outcome.false = True
        complaint = unfounded(claim, verdict)
        if complaint.startswith("unconfirmed"):
            outcome.problem, outcome.detail = "unconfirmed Refuted", complaint
        elif complaint:
            outcome.problem, outcome.detail = "false Refuted", complaint
    else:
        failure, outcome.points = survey(claim, rng, points, claim.context.assumptions, claim.context.minimum)
        outcome.false = failure is not None
    return outcome


def _met(condition: Condition, evaluation: Evaluation) -> bool:
    """Whether a condition may hold; one on an index that the claim binds may."""
    if condition.term.free - evaluation.root.keys() - evaluation.sizes.keys():
        return True
    value = evaluation(condition.term)
    return bool({"!=": abs(value) > 1e-30, ">": value > 1e-30, ">=": value >= 0}[condition.relation])


def _missing_condition(claim: Claim, verdict: Proved, rng: random.Random) -> str:
    """A point where the reported conditions hold and one side is not defined for want of another one."""
    names, sizes = names_of(claim)
    if any(type(t).__name__ == "Cases" for side in (claim.left, claim.right) for t in subterms(side)):
        return ""  # nothing is read off inside cases
    if any(
        isinstance(t, Deriv | Fn) and getattr(t, "name", "") in ("", "abs", "relu", "step")
        for s in (claim.left, claim.right)
        for t in subterms(s)
    ):
        return ""  # kinks are not conditions
    for at, root in instances(claim.context, sizes, names, rng, dict(verdict.scope.minimum), 3):
        point = Point(claim.context, at, verdict.given, rng, 2)
        if not meets(verdict.given, root):
            continue
        try:
            _sides(claim, at, point, root, FLOATS)
            continue
        except (NotDefined, Unknown):
            evaluation = Evaluation(claim.context, at, point, DIGITS, root, point.opaque)
        try:
            for condition in verdict.conditions:
                if condition.term.free - claim.left.free - claim.right.free:
                    return ""  # holds for all values of an index bound in the claim
                if not _met(condition, evaluation):
                    break
            else:
                try:
                    evaluation(claim.left)
                    evaluation(claim.right)
                except NotDefined as error:
                    if point.hold(root) and not _defined(claim, at, point, root):
                        return f"{error} at sizes {at} indices {root} values {point.values}, conditions {verdict.conditions}"
        except (Unknown, NotDefined):
            continue
    return ""


def _defined(claim: Claim, sizes: Mapping[str, int], point: Point, root: Mapping[str, int]) -> bool:
    """Whether both sides have a value after all when more digits are carried: 10^{-64} + 1 - 1 is not 0."""
    try:
        _sides(claim, sizes, point, root, MORE_DIGITS)
    except (NotDefined, Unknown):
        return False
    return True


def unfounded(claim: Claim, verdict: Refuted) -> str:
    """What is wrong with a witness, or nothing."""
    witness = verdict.witness
    context = claim.context
    sizes, root = {**dict(context.sizes), **dict(witness.sizes)}, dict(witness.indices)
    preset: dict[Key, Fraction] = {v.key: x for v, x in witness.values}
    for _ in range(3):  # an index that equals another need not be named
        for a, b in (pair for x in context.assumptions if x.kind == "equal" for pair in (x.data, x.data[::-1])):
            if a in root and b not in root and isinstance(b, str):
                root[b] = root[a]
    for name, value in root.items():
        low, high = context.ranges.get(name, (value, value))
        if not low <= value <= (high if isinstance(high, int) else sizes[high]):
            return f"the index {name} = {value} is out of range"
    if not meets([a for a in context.assumptions if {i for i in a.data if isinstance(i, str)} <= root.keys()], root):
        return "an index condition does not hold"
    for name, least in context.minimum.items():
        if sizes.get(name, least) < least:
            return f"the size {name} is too small"
    said = [
        a
        for a in context.assumptions
        if a.kind not in ("equal", "distinct") or {i for i in a.data if isinstance(i, str)} <= root.keys()
    ]
    rng = random.Random(1)
    try:
        found = _completed(claim, lambda n: Point(context, sizes, said, rng, (*MODES, ALIKE)[n % 5], preset), root)
    except Unknown as error:
        return f"unconfirmed: {error}"
    if isinstance(found, str):
        return f"{found} at {witness}"
    point, left, right = found
    exact = rational(claim)
    field = RATIONALS if exact else MORE_DIGITS
    strict = (
        not exact and claim.relation in ("<", ">", "!=") and not field.differ(left, right)
    )  # equal, as far as digits go
    if not strict and not exact and not fails(left, claim.relation, right, field):  # e^{-600} and e^{-900}
        try:
            left, right = precisely(claim, sizes, point, root, TIERS[-1:])
        except Unknown as error:
            return f"unconfirmed: {error}"
        field = TIERS[-1][1]
    if not strict and not fails(left, claim.relation, right, field):
        return f"both sides agree: {_short(left)} and {_short(right)} at {witness}"
    for mine, printed in ((left, witness.left), (right, witness.right)):
        if abs(float(mine) - float(printed)) > max(1e-6 * (1 + abs(float(mine))), _rounding(printed)):
            return f"the side is {mine}, not {printed} at {witness}"
    return ""

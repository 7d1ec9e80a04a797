r"""Values for the variables of a trial point, so that every assumption holds if it can be seen how.

Chosen deterministically, simple numbers first: whole families along an assumed sum, the last variable of a linear
equation, 0/1 and one-hot families in turn. Nothing here is trusted: the kernel checks that the assumptions hold. This
module must never draw from anything but the claim and the number of the trial.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import isqrt

from flint import fmpq, fmpq_mat

from symderiv.kernel.derivative import definition_of
from symderiv.kernel.evaluate import WORK_LIMIT, NoValue, Point, valued
from symderiv.terms import Assumption, Context, Delta, Fn, Head, Num, Prod, Range, Sum, Term, Var, subterms

SIMPLE = [Fraction(n) for n in (0, 1, -1, 2, -2, 3)]
POSITIVE = [Fraction(1), Fraction(2), Fraction(1, 2), Fraction(3), Fraction(1, 3), Fraction(3, 2)]
SMALL = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 4), Fraction(2, 3), Fraction(1, 5), Fraction(3, 4)]

NOWHERE = Range(1, 0)


def trial_point(
    context: Context,
    sizes: Mapping[str, int],
    root: Mapping[str, int],
    assumptions: Sequence[Assumption],
    trial: int,
    derivatives: dict[Term, Term] | None = None,
) -> Point:
    """The ``trial``-th point at these sizes and indices; its variables get their values when they are needed."""
    return Point(context, sizes, root, Choice(context, assumptions, trial), derivatives)


class Choice:
    """The rule by which the variables of one point get their values, for ``assumptions``."""

    def __init__(self, context: Context, assumptions: Sequence[Assumption], trial: int) -> None:
        self.context = context
        self.trial = trial
        equations = [a.data for a in assumptions if a.kind == "equation" and valued(a.data[0], context)]
        self.exact = _exact(equations)
        self.systems: dict[Head, tuple[Term, Term]] = {}
        self.equations = [e for e in equations if not self._is_system(*e)]
        self.onehot = {tuple(a.data[0]): a.data[1] for a in assumptions if a.kind == "onehot"}
        self.binary = {tuple(a.data[0]) for a in assumptions if a.kind == "binary"}
        self.positive = {tuple(a.data[0]) for a in assumptions if a.kind == "positive"}
        self.open: set[tuple] = set()
        self.members: dict[tuple, list[tuple]] = {}
        self._state = 12345 + 7919 * trial

    def _random(self) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return self._state >> 33

    def __call__(self, point: Point, var: Var) -> None:
        head = var.head
        if head in self.onehot:
            slot = self.onehot[head]
            classes = self._classes(point, head, slot)
            others = sum(int(i) for n, i in enumerate(var.indices) if n != slot)
            turn = others if self.trial < 2 else others * (others + 1) // 2  # all classes in turn, then less regularly
            point.give(var, Fraction(var.indices[slot] == classes[(self.trial + turn) % len(classes)]))
        elif head in self.binary:
            point.give(var, Fraction((self._random() + self.trial) % 2))
        else:
            if var.key not in self.open:
                self.open.add(var.key)
                if var.head in self.systems:
                    self._solve_all(point, var.head)
                    return
                for left, right in self.equations:
                    if self._from_equation(point, var, left, right) or self._solved(point, var, left, right):
                        return
                    if var.key in point.values:  # chosen on the way, to meet another equation
                        return
            point.give(var, self._plain(head, len(point.values)))

    def _plain(self, head: Head, count: int) -> Fraction:
        if head in self.exact:
            return self.exact[head]
        if self.trial == 0 and head not in self.positive:
            return SIMPLE[count % len(SIMPLE)]
        if self.trial == 1:
            return POSITIVE[count % len(POSITIVE)]
        if self.trial == 2 or head in self.positive:
            return SMALL[(count + self.trial) % len(SMALL)]
        numerator = self._random() % 13 - 6
        return Fraction(numerator or 1, 1 + self._random() % 3)

    def _classes(self, point: Point, head: Head, slot: int) -> range:
        ranges = self.context.families.get(head)
        range_ = ranges[slot] if ranges else None
        classes = range(range_.low, point.size(range_.high) + 1) if range_ is not None else range(0)
        if not classes:
            raise NoValue("the length of a family is not known")
        return classes

    def _is_system(self, left: Term, right: Term) -> bool:
        r"""Whether left = right has as many equations as a family in it has members, as \sum_k B_ik A_kj = \delta_ij.

        The first such family is then chosen by it, as a whole, or was by an equation of the same families before.
        """
        along = isinstance(left, Sum) and isinstance(left.body, Var)
        if isinstance(left, Var) or isinstance(right, Var) or (isinstance(right, Num) and (right.value or along)):
            return False
        heads = [t.head for t in subterms(left) if isinstance(t, Var) and t.head not in self.exact]
        if any(t.head in self.systems for t in (*subterms(left), *subterms(right)) if isinstance(t, Var)):
            return isinstance(right, Delta)
        rows = sorted((self.context.ranges.get(name, NOWHERE) for name in left.free | right.free), key=str)
        for head in heads:
            slots = sorted((r or NOWHERE for r in self.context.families.get(head, ())), key=str)
            elsewhere = {t.head for t in subterms(right) if isinstance(t, Var)}
            if slots and slots == rows and NOWHERE not in rows and head not in elsewhere:
                self.systems[head] = left, right
                return True
        return False

    def _solve_all(self, point: Point, head: Head) -> None:
        """Choose all members of a family so that as many equations, linear in them, hold."""
        left, right = self.systems[head]

        def numbers(ranges: Sequence[Range | None]) -> list[tuple[int, ...]]:
            return [*product(*(range(r.low, point.size(r.high) + 1) for r in ranges if r is not None))]

        names = sorted(left.free | right.free)
        rows = [dict(zip(names, at, strict=True)) for at in numbers([self.context.ranges.get(name) for name in names])]
        members = [Var(head.name, at[: head.subs], at[head.subs :]) for at in numbers(self.context.families[head])]
        for row in rows:
            for key in (*self._variables(point, left, row), *self._variables(point, right, row)):
                if Head(key[0], len(key[1]), len(key[2])) != head:
                    point.value(*key)

        def missing(values: Sequence[int]) -> list[fmpq]:
            trial = Point(self.context, point.sizes, point.root, self)
            chosen = zip(members, values, strict=True)
            trial.values = {**point.values, **{member.key: (member, Fraction(value)) for member, value in chosen}}
            found = [trial.exact(left, row) - trial.exact(right, row) for row in rows]
            point.spend(WORK_LIMIT - trial.work)
            return [fmpq(*each.as_integer_ratio()) for each in found]

        order = range(len(members))
        start = missing([0 for _ in order])
        columns = [[a - b for a, b in zip(missing([int(n == m) for m in order]), start, strict=True)] for n in order]
        try:
            found = fmpq_mat(columns).transpose().solve(fmpq_mat([[-each] for each in start]))
        except ZeroDivisionError:
            raise NoValue("equations that are assumed have no solution here") from None
        for n, member in enumerate(members):
            point.give(member, Fraction(int(found[n, 0].p), int(found[n, 0].q)))

    def _from_equation(self, point: Point, var: Var, left: Term, right: Term) -> bool:
        """Choose ``var`` (and its whole family along a sum) so that left = right holds, for the usual shapes."""
        match left:
            case Var() if left.head == var.head:
                env = self._bind(point, left, var)
                if env is not None and not isinstance(right, Var):
                    point.give(var, point.exact(right, env))
                    return True
            case Sum(index=index, range=range_, body=Var() as member) if member.head == var.head:
                slots = [n for n, i in enumerate(member.indices) if i == index]
                if len(slots) == 1 and not isinstance(left, Prod):
                    slot = slots[0]
                    env = self._bind(point, member, var)
                    if env is None:
                        return False
                    env.pop(index, None)
                    total = point.exact(right, env)
                    family = []
                    members = range(range_.low, point.size(range_.high) + 1)
                    point.spend(len(members))
                    for n in members:
                        at = [*var.indices[:slot], n, *var.indices[slot + 1 :]]
                        family.append(Var(var.name, tuple(at[: var.head.subs]), tuple(at[var.head.subs :])))
                    unset = [each for each in family if each.key not in point.values]
                    if var not in unset:
                        return False
                    rest = total - sum(point.values[each.key][1] for each in family if each.key in point.values)
                    weights = [1 + self._random() % 4 if self.trial else n + 1 for n, _ in enumerate(unset)]
                    share = rest / sum(weights)
                    for each, weight in zip(unset, weights, strict=True):
                        point.give(each, share * weight)
                    return True
        return False

    def _bind(self, point: Point, pattern: Var, var: Var) -> dict[str, int] | None:
        """The values of the pattern's indices at ``var``, or None if it is not an instance."""
        env: dict[str, int] = {}
        for p, i in zip(pattern.indices, var.indices, strict=True):
            if isinstance(p, str) and p not in point.sizes:
                if env.setdefault(p, int(i)) != i:
                    return None
            elif (p if isinstance(p, int) else point.sizes[p]) != i:
                return None
        return env

    def _solved(self, point: Point, var: Var, left: Term, right: Term) -> bool:
        """Choose ``var`` so that left = right holds, if it is the variable there that is chosen last."""
        names = left.free | right.free
        for part in (*subterms(left), *subterms(right)):
            env = self._bind(point, part, var) if isinstance(part, Var) and part.head == var.head else None
            ranges = self.context.ranges
            if env is None or not names <= env.keys() | point.sizes.keys() | ranges.keys():
                continue
            env = {name: env[name] if name in env else ranges[name].low for name in names if name not in point.sizes}
            key = (left, right, *sorted(env.items()))
            if key not in self.members:
                self.members[key] = self._solved_last(point, left, right, env)
            if self.members[key][-1:] != [var.key]:
                continue
            *others, _ = self.members[key]
            for other in others:
                point.value(*other)
            if var.key in point.values:
                return True
            values = {at: value for at, (_, value) in point.values.items()}
            found = _roots([self._missing(point, left, right, env, {**values, var.key: t}) for t in TRIED])
            if found:
                point.give(var, found[self.trial % len(found)])
                return True
        return False

    def _solved_last(self, point: Point, left: Term, right: Term, env: Mapping[str, int]) -> list[tuple]:
        """The variables of an equation; the last is one in which it is linear, or has a root that can be found."""
        keys = list(dict.fromkeys((*self._variables(point, left, env), *self._variables(point, right, env))))
        taken = {found[-1] for found in self.members.values() if found}
        if not keys:
            return keys
        best, least = keys[-1], 4
        late = list(reversed(keys))
        for last in sorted(late, key=taken.__contains__):
            values = {key: self.exact.get(Var(*key).head, Fraction(n, 1 + n % 3)) for n, key in enumerate(keys, 2)}
            try:
                shape = _shape([self._missing(point, left, right, env, values | {last: t}) for t in TRIED])
            except NoValue:
                continue
            rank = least if shape is None else shape[0] + (len(shape[1]) > 2) * 3
            if shape is not None and any(shape[1][1:]) and rank < least:
                best, least = last, rank
            if not least:
                break
        return [*(key for key in keys if key != best), best]

    def _missing(
        self, point: Point, left: Term, right: Term, env: Mapping[str, int], values: Mapping[tuple, Fraction]
    ) -> Fraction:
        """left - right where the variables have these values. Raises NoValue."""
        trial = Point(self.context, point.sizes, point.root, self)
        trial.values = {key: (Var(*key), value) for key, value in values.items()}
        found = trial.exact(left, env) - trial.exact(right, env)
        point.spend(WORK_LIMIT - trial.work)
        return found

    def _variables(self, point: Point, term: Term, env: Mapping[str, int]) -> Iterator[tuple]:
        """The variables that ``term`` is made of, sums written out; 0/1 families are chosen otherwise."""
        match term:
            case Var():
                at = Var(term.name, point.at(term.subs, env), point.at(term.sups, env))
                body = definition_of(at, self.context.definitions)
                if body is not None:
                    yield from self._variables(point, body, point.root)
                elif at.head not in self.onehot and at.head not in self.binary:
                    yield at.key
            case Sum(index=index, range=range_, body=body):
                for value in range(range_.low, point.size(range_.high) + 1):
                    point.spend(1)
                    yield from self._variables(point, body, {**env, index: value})
            case _:
                for part in term.parts:
                    yield from self._variables(point, part, env)


def _exact(equations: Sequence[tuple[Term, Term]]) -> dict[Head, Fraction]:
    """Values at which the functions in equations are rational: log 1 = 0, e^0 = 1 and what is made of that.

    In e^{w^T x} it is w that is 0, if x stands outside of such functions, too.
    """
    calls = [t for e in equations for side in e for t in subterms(side) if isinstance(t, Fn)]
    outside = {t.head for e in equations for side in e for t in _outside(side) if isinstance(t, Var)}
    found = {}
    for call in calls:
        if isinstance(call.arg, Var):
            found[call.arg.head] = Fraction(call.name == "log")
        elif call.name != "log":
            inside = {t.head for t in subterms(call.arg) if isinstance(t, Var)}
            found.update(dict.fromkeys(inside - outside, Fraction(0)))
    return found


def _outside(term: Term) -> Iterator[Term]:
    """The parts of a term that are not inside of a function."""
    yield term
    if not isinstance(term, Fn):
        for part in term.parts:
            yield from _outside(part)


TRIED = [Fraction(n) for n in range(2, 7)]


def _roots(values: Sequence[Fraction]) -> list[Fraction]:
    """The rational roots of what has these ``values`` at the ``TRIED`` numbers: a linear or quadratic function of t,
    or that divided by a power of t."""
    shape = _shape(values)
    if shape is None:
        return []
    _, (a, b, *more) = shape
    c = more[0] if more else Fraction(0)
    if not c:
        return [-a / b] if b else []
    under = b * b - 4 * a * c
    root = Fraction(isqrt(abs(under.numerator)), isqrt(under.denominator))
    return sorted({(-b + root) / (2 * c), (-b - root) / (2 * c)}) if root * root == under else []


def _shape(values: Sequence[Fraction]) -> tuple[int, tuple[Fraction, ...]] | None:
    """n and a, b (, c) such that a + b t + c t^2 has these ``values``, at the ``TRIED`` t, times t^n; None without."""
    for n in range(4):
        found = [value * t**n for value, t in zip(values, TRIED, strict=True)]
        first = [y - x for x, y in pairwise(found)]
        second = [y - x for x, y in pairwise(first)]
        if len(set(second)) == 1:
            t, c = TRIED[0], second[0] / 2
            b = first[0] - c * (2 * t + 1)
            return n, (found[0] - b * t - c * t * t, b, c)[: 3 if c else 2]
    return None

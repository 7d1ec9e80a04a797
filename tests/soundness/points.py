"""Points: concrete sizes, indices and exact values of all variables at which given assumptions hold.

Values are drawn at random when they are first asked for; a whole slice is drawn at once where an assumption ties its
members together. ``holds`` checks an assumption exactly, so a mistake in drawing is never taken for one of the kernel.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from symderiv.terms import Assumption, Context, Head, Num, Prod, Sum, Term, Var
from tests.soundness.reference import RATIONALS, Evaluation, Key, NotDefined, Unknown

GENERIC, POSITIVE, SPECIAL, TIES = range(4)
MODES = (GENERIC, POSITIVE, SPECIAL, TIES)
ALIKE = 4  # a member that a witness leaves out has the value of one that it names


class Point:
    """Values for the variables of ``context`` at ``sizes``; ``preset`` values are kept (a witness)."""

    def __init__(
        self,
        context: Context,
        sizes: Mapping[str, int],
        assumptions: Sequence[Assumption],
        rng: random.Random,
        mode: int = GENERIC,
        preset: Mapping[Key, Fraction] | None = None,
    ) -> None:
        self.context, self.sizes, self.assumptions = context, dict(sizes), assumptions
        self.rng, self.mode = rng, mode
        self.preset = dict(preset or {})
        self.values: dict[Key, Fraction] = dict(self.preset)
        self.missing = 0
        self.kinds: dict[Head, dict[str, Assumption]] = {}
        # those with a number on one side first: another equation may say what is equal to that number
        equations = [a for a in assumptions if a.kind == "equation"]
        self.equations = sorted(equations, key=lambda a: not any(isinstance(side, Num) for side in a.data))
        for a in assumptions:
            if a.kind in ("onehot", "binary", "positive"):
                self.kinds.setdefault(Head(*a.data[0]), {})[a.kind] = a
        self.functions: dict[tuple, Fraction] = {}
        self.open: set[Key] = set()  # what is being drawn: an equation between two of these sets the second

    def __call__(self, key: Key) -> Fraction:
        if key not in self.values:
            self.missing += 1
            self._draw(key)
        return self.values[key]

    def opaque(self, name: str, bases: tuple, orders: tuple[int, ...]) -> Fraction:
        """A smooth function may have any values and derivatives at distinct points."""
        primes = "'" * orders[0] if len(orders) == 1 else "_{" + ",".join(map(str, orders)) + "}"
        for (known, subs, sups), value in self.values.items():
            if not subs and not sups and known.startswith(f"{name}{primes}(") and _close(known, bases):
                return value
        place = (name, tuple(round(float(b), 9) for b in bases), orders)
        if place not in self.functions:
            self.functions[place] = self._number(False)
        return self.functions[place]

    def _number(self, positive: bool) -> Fraction:
        rng = self.rng
        if self.mode == SPECIAL:
            value = Fraction(rng.choice((0, 0, 1, 1, -1, 2)))
        elif self.mode == TIES:
            value = Fraction(rng.choice((1, 1, -1, 2)))
        else:
            value = Fraction(rng.randint(1, 11), rng.randint(1, 4))
            if self.mode == GENERIC and rng.random() < 0.5:
                value = -value
        if positive:
            value = abs(value) or Fraction(1)
        return value

    def _draw(self, key: Key) -> None:
        head = Head(key[0], len(key[1]), len(key[2]))
        kinds = self.kinds.get(head, {})
        if "onehot" in kinds:
            self._one_hot(key, head, kinds["onehot"].data[1])
            return
        named = [x for (name, *at), x in self.preset.items() if Head(name, *map(len, at)) == head]
        if self.mode == ALIKE and named:
            self.values[key] = self.rng.choice(named)
            return
        if key not in self.open:
            self.open.add(key)
            for known in (True, False):  # first what is equal to something that is known
                for equation in self.equations:
                    for left, right in (equation.data, equation.data[::-1]):
                        if self._solve(key, head, left, right, kinds, known):
                            return
        self.values[key] = Fraction(self.rng.randint(0, 1)) if "binary" in kinds else self._number("positive" in kinds)

    def _slice(self, key: Key, slot: int, members: Sequence[int]) -> list[Key]:
        out = []
        for member in members:
            indices = list(key[1] + key[2])
            indices[slot] = member
            out.append((key[0], tuple(indices[: len(key[1])]), tuple(indices[len(key[1]) :])))
        return out

    def _one_hot(self, key: Key, head: Head, slot: int) -> None:
        ranges = self.context.families.get(head)
        range_ = ranges[slot] if ranges else None
        if range_ is None:
            raise Unknown("the length of a one-hot family")
        high = range_.high if isinstance(range_.high, int) else self.sizes[range_.high]
        members = self._slice(key, slot, range(range_.low, high + 1))
        if key not in members:  # out of range: any member of a 0/1 family
            self.values[key] = Fraction(0)
            return
        ones = [m for m in members if self.values.get(m) == 1]
        chosen = ones[0] if ones else self.rng.choice([m for m in members if m not in self.values])
        for member in members:
            self.values.setdefault(member, Fraction(member == chosen))

    def _solve(
        self, key: Key, head: Head, left: Term, right: Term, kinds: Mapping[str, Assumption], known: bool
    ) -> bool:
        match left:
            case Var() if left.head == head:
                env = self._bound(left, key)
                if env is None:
                    return False
                for name in sorted(right.free - env.keys() & self.context.ranges.keys()):  # for all: so for the first
                    env.setdefault(name, self.context.ranges[name].low)
                if isinstance(right, Var) and right.free <= env.keys():
                    subs, sups = (tuple(env.get(str(i), i) for i in at) for at in (right.subs, right.sups))
                    other = (right.name, subs, sups)
                    if other not in self.values and (known or other in self.open):
                        return False  # the other one is being drawn, or may be told by another equation
                self.values[key] = self._exact(right, env)
                return True
            case Sum(index=index, range=range_, body=Var() as member) if member.head == head and not isinstance(
                left, Prod
            ):
                slots = [n for n, i in enumerate(member.indices) if i == index]
                env = self._bound(member, key, index)
                if len(slots) != 1 or env is None:
                    return False
                high = range_.high if isinstance(range_.high, int) else self.sizes[range_.high]
                if not range_.low <= env.pop(index) <= high:
                    return False
                total = self._exact(right, env)
                members = self._slice(key, slots[0], range(range_.low, high + 1))
                open_ = [m for m in members if m not in self.values]
                rest = total - sum((self.values[m] for m in members if m in self.values), Fraction(0))
                if "binary" in kinds:
                    chosen = self.rng.choice(open_)
                    for m in open_:
                        self.values[m] = rest if m == chosen else Fraction(0)
                elif "positive" in kinds:
                    weights = [self._number(True) for _ in open_]
                    for m, w in zip(open_, weights, strict=True):
                        self.values[m] = rest * w / sum(weights)
                else:
                    for m in open_[:-1]:
                        self.values[m] = self._number(False)
                        rest -= self.values[m]
                    self.values[open_[-1]] = rest
                return True
            case Sum(body=Sum(body=Var() as member)) if member.head == head and not left.free:
                spans = {}
                part: Term = left
                while isinstance(part, Sum) and not isinstance(part, Prod):
                    high = part.range.high if isinstance(part.range.high, int) else self.sizes[part.range.high]
                    spans[part.index] = range(part.range.low, high + 1)
                    part = part.body
                choices = [dict(zip(spans, at, strict=True)) for at in product(*spans.values())]
                if part is not member or len(spans) != len(member.indices) or member.free != spans.keys():
                    return False
                places = [tuple(env[str(i)] for i in member.indices) for env in choices]
                keys = [(key[0], at[: len(key[1])], at[len(key[1]) :]) for at in places]
                if key not in keys:
                    return False
                for other in keys[:-1]:
                    self.values.setdefault(other, self._number("positive" in kinds))
                if keys[-1] not in self.values:
                    rest = self._exact(right, {}) - sum((self.values[k] for k in keys[:-1]), Fraction(0))
                    self.values[keys[-1]] = rest
                return True
        return False

    def _bound(self, pattern: Var, key: Key, bound: str = "") -> dict[str, int] | None:
        """The values that the pattern's indices take at ``key``, where they lie in their ranges."""
        env: dict[str, int] = {}
        for p, value in zip(pattern.indices, key[1] + key[2], strict=True):
            if isinstance(p, int) or (p in self.sizes and p != bound):
                if (p if isinstance(p, int) else self.sizes[p]) != value:
                    return None
            elif env.setdefault(p, value) != value:
                return None
        for name, value in env.items():
            range_ = self.context.ranges.get(name)
            if range_ is not None and name != bound:
                high = range_.high if isinstance(range_.high, int) else self.sizes[range_.high]
                if not range_.low <= value <= high:
                    return None
        return env

    def _exact(self, term: Term, env: Mapping[str, int]) -> Fraction:
        return Fraction(Evaluation(self.context, self.sizes, self, RATIONALS, env)(term, env))

    def hold(self, root: Mapping[str, int]) -> bool:
        """Whether every assumption holds here, exactly, for all values of its free indices in their ranges."""
        return all(self._holds(a, root) for a in self.assumptions)

    def _holds(self, assumption: Assumption, root: Mapping[str, int]) -> bool:
        data = assumption.data
        if assumption.kind in ("equal", "distinct"):
            a, b = (i if isinstance(i, int) else root.get(i, self.sizes.get(i)) for i in data)
            return (a == b) == (assumption.kind == "equal")
        if assumption.kind == "equation":
            for env in self._everywhere(data[0].free | data[1].free):
                if self._exact(data[0], env) != self._exact(data[1], env):
                    return False
            return True
        head = Head(*data[0])
        known = {k: v for k, v in self.values.items() if Head(k[0], len(k[1]), len(k[2])) == head}
        if assumption.kind == "positive":
            return all(v > 0 for v in known.values())
        if not all(v in (0, 1) for v in known.values()):
            return False
        if assumption.kind == "onehot":
            for key in known:
                ranges = self.context.families.get(head)
                range_ = ranges[data[1]] if ranges else None
                if range_ is None:
                    return False
                high = range_.high if isinstance(range_.high, int) else self.sizes[range_.high]
                if sum(self(m) for m in self._slice(key, data[1], range(range_.low, high + 1))) != 1:
                    return False
        return True

    def _everywhere(self, names: frozenset[str]) -> Iterator[dict[str, int]]:
        order = sorted(n for n in names if n not in self.sizes or n in self.context.ranges)
        spans = []
        for name in order:
            if name not in self.context.ranges:
                raise Unknown(f"the range of {name}")
            low, high = self.context.ranges[name]
            spans.append(range(low, (high if isinstance(high, int) else self.sizes[high]) + 1))
        for choice in product(*spans):
            yield dict(zip(order, choice, strict=True))


def _close(known: str, bases: tuple) -> bool:
    inside = known[known.index("(") + 1 : -1].split(", ")
    try:
        return len(inside) == len(bases) and all(
            abs(float(Fraction(i) if "." not in i and "e" not in i else i) - float(b)) < 1e-5 * (1 + abs(float(b)))
            for i, b in zip(inside, bases, strict=True)
        )
    except ValueError:
        return False


def instances(
    context: Context,
    sizes: Sequence[str],
    names: Sequence[str],
    rng: random.Random,
    minimum: Mapping[str, int],
    count: int,
) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """``count`` choices of sizes (K up to 5, further ones up to 3) and free indices in their ranges; small ones first."""
    for n in range(count):
        at: dict[str, int] = {}
        for name in sizes:
            low = minimum.get(name, 1)
            at[name] = context.sizes.get(name, low + min(n, rng.randint(0, 4 if name == "K" else 2)))
        root: dict[str, int] = {}
        for name in names:
            low, high = context.ranges[name]
            top = high if isinstance(high, int) else at[high]
            if top < low:
                break
            root[name] = rng.randint(low, top)
        else:
            yield at, root


__all__ = ["ALIKE", "GENERIC", "MODES", "POSITIVE", "SPECIAL", "TIES", "NotDefined", "Point", "instances"]

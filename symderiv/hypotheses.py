r"""Hypotheses that nobody stated: which well-known assumption would make a step provable.

Tried, the weakest first: \sum_j t_j = 1, x_0 = 1, a family with a mean or with mean zero, positivity, t in {0, 1},
one-hot; then two of them together. Only undefined families of the claim are spoken of, so no definition can be
contradicted, and the kernel refuses assumptions that no point satisfies. This module must never add a hypothesis to a
claim by itself: it proposes, with the line that declares it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, combinations, islice

from symderiv.judge import prove_all
from symderiv.kernel import Proved
from symderiv.notation import latex
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Claim,
    Context,
    Deriv,
    Fn,
    Head,
    Index,
    Num,
    Pow,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    fresh,
    mul,
    num,
    power,
    reached,
    subterms,
)
from symderiv.trial import Trial

PROOFS = 10  # sets of hypotheses that are posed to the kernel
CANDIDATES = 24
WEIGHTS = 6  # choices of families that may be weights
WORK = 25_000  # nodes evaluated at trial points


@dataclass(frozen=True, slots=True)
class Hypothesis:
    r"""What a step needs: ``assumptions``, ``latex`` for people, and ``directives``, the lines that declare it.

    ``natural`` says that people leave this out because it goes without saying in the field (a distribution sums to
    one); the others also hold by accident for a line with a plain slip in it.
    """

    assumptions: tuple[Assumption, ...]
    directives: tuple[str, ...]
    natural: bool
    verdict: Proved

    @property
    def latex(self) -> str:
        return r",\; ".join(assumption.text for assumption in self.assumptions)


@dataclass(frozen=True, slots=True)
class _Candidate:
    assumption: Assumption
    directive: str
    natural: bool
    ranges: tuple[tuple[str, Range], ...] = ()

    def added_to(self, context: Context) -> Context:
        ranges = {**dict(self.ranges), **context.ranges}
        return replace(context, ranges=ranges, assumptions=(*context.assumptions, self.assumption))


_IRRELEVANT = _Candidate(Assumption("positive", (Head("?", 0, 0),)), "", False)


def needed(*claims: Claim, natural_only: bool = False) -> Hypothesis | None:
    """The weakest known hypothesis with which the kernel proves all ``claims`` (one step's), or None.

    With ``natural_only``, only what goes without saying is tried: for a step that is false as it stands, look for a
    repair before the rest.
    """
    candidates = list(_candidates(claims))[:CANDIDATES]
    if all(
        _plausible(claim)[0] for claim in claims
    ):  # nothing speaks against it as it stands: only its proof is missing
        bent = _Scene(claims).bent
        candidates = [c for c in candidates if c.assumption.kind == "positive" and c.assumption.data[0] not in bent]
        if not candidates or isinstance(prove_all([_under(claim, (_IRRELEVANT,)) for claim in claims]), Proved):
            return None  # what any assumption brings about needs none of them
    if natural_only:
        candidates = [c for c in candidates if c.natural]
    proofs = 0
    work = 0
    sets: list[tuple[_Candidate, ...]] = [(c,) for c in candidates]
    sets += combinations([c for c in candidates if c.natural], 2)
    for chosen in sets:
        under = [_under(claim, chosen) for claim in claims]
        plausible, spent = _plausible(under[0])
        work += spent
        if work > WORK or proofs >= PROOFS:
            break
        if not plausible:
            continue
        proofs += 1
        verdict = prove_all(under)
        if isinstance(verdict, Proved) and {c.assumption for c in chosen} <= set(verdict.given):
            return Hypothesis(
                tuple(c.assumption for c in chosen),
                tuple(c.directive for c in chosen),
                all(c.natural for c in chosen),
                verdict,
            )
    return None


def as_weights(claims: Sequence[Claim]) -> Iterator[list[Claim]]:
    """The ``claims`` (one step's) where one summed family, or two, are weights: positive numbers that sum to one."""
    scene = _Scene(claims)
    found = []
    for head in scene.families:
        positive = _Candidate(Assumption("positive", (head,), f"{head.name} > 0"), "", True)
        found += [(one, positive) for one in _sums_to_one(scene, head)]
    for chosen in islice(chain(combinations(found, 1), combinations(found, 2)), WEIGHTS):
        yield [_under(claim, [*chain(*chosen)]) for claim in claims]


def with_totals(claims: Sequence[Claim], exponent: int, value: Term, text: str) -> list[Claim]:
    """The ``claims`` (one step's) where the powers in each undefined family sum to ``value``; none without any."""
    scene = _Scene(claims)
    found = []
    for head in scene.families:
        for slot in scene.summed(head)[:1]:
            if (along := _along(scene, head, slot)) is not None:
                index, member, range_, others = along
                total = Sum(index, range_, power(member, exponent))
                found.append(_Candidate(Assumption("equation", (total, value), text, text), "", True, others))
    return [_under(claim, found) for claim in claims] if found else []


def _under(claim: Claim, chosen: Sequence[_Candidate]) -> Claim:
    context = claim.context
    for candidate in chosen:
        context = candidate.added_to(context)
    return replace(claim, context=context)


def _plausible(claim: Claim) -> tuple[bool, int]:
    """Whether trial points speak for the claim and none against it; and the work done to find out."""
    trial = Trial(claim.context, (claim.left, claim.right))
    values = trial.values(claim.left)
    return trial.agrees(claim.right, values, claim.relation), trial.work


# Candidates


@dataclass
class _Scene:
    """What the claims speak of, definitions put in."""

    claims: Sequence[Claim]

    @cached_property
    def context(self) -> Context:
        return self.claims[0].context

    @cached_property
    def terms(self) -> list[Term]:
        sides = [side for claim in self.claims for side in (claim.left, claim.right)]
        return list(reached(sides, self.context.definitions))

    @cached_property
    def families(self) -> list[Head]:
        """The undefined families and scalars, in order."""
        found = dict.fromkeys(part.head for part in self.terms if isinstance(part, Var))
        return [head for head in found if head not in self.context.definitions]

    @cached_property
    def varied(self) -> set[Head]:
        """What is differentiated by, or stands in an exponent or under a fraction bar: no data, so no hypothesis."""
        found = {part.var.head for part in self.terms if isinstance(part, Deriv)}
        for part in self.terms:
            inner: Term | None = None
            if isinstance(part, Fn) and part.name != "log":
                inner = part.arg
            elif isinstance(part, Pow) and isinstance(part.exponent, Num) and part.exponent.value < 0:
                inner = part.base
            elif isinstance(part, Pow) and not isinstance(part.exponent, Num):
                inner = part.exponent
            if inner is not None:
                found |= self._below(inner)
        return found

    @cached_property
    def powered(self) -> set[Head]:
        """What stands under a logarithm or a root."""
        found: set[Head] = set()
        for part in self.terms:
            root = isinstance(part, Pow) and not (
                isinstance(part.exponent, Num) and part.exponent.value.denominator == 1
            )
            if root or (isinstance(part, Fn) and part.name == "log"):
                found |= self._below(part.parts[0])
        return found

    @cached_property
    def bent(self) -> set[Head]:
        """What stands in |x| and max(x, 0): if a proof is missing there, it is that for the other sign."""
        found = (self._below(part.arg) for part in self.terms if isinstance(part, Fn) and part.name in ("abs", "relu"))
        return set().union(*found)

    def _below(self, term: Term) -> set[Head]:
        """The families in ``term``, definitions put in."""
        return {part.head for part in reached([term], self.context.definitions) if isinstance(part, Var)}

    def ranges(self, head: Head) -> tuple[Range | None, ...]:
        known = self.context.families.get(head, ())
        return known if len(known) == head.subs + head.sups else (None,) * (head.subs + head.sups)

    def letters(self, head: Head, slot: int = 0) -> list[str]:
        """Index names for a typical member: the author's own, those of a sum along ``slot`` if there is one."""
        members: list[Var] = []
        for whole in self.terms:
            if isinstance(whole, Sum):
                inside = [v for v in subterms(whole.body) if isinstance(v, Var) and v.head == head]
                members += [v for v in inside if v.indices[slot : slot + 1] == (whole.index,)]
        members += [part for part in self.terms if isinstance(part, Var) and part.head == head]
        for member in members:
            names = [i.rstrip("'") for i in member.indices if isinstance(i, str)]
            if len(set(names)) == len(member.indices):
                return names
        letters: list[str] = []
        for letter in "ijklabcd"[: head.subs + head.sups]:
            letters.append(fresh(letter, letters))
        return letters

    def summed(self, head: Head) -> list[int]:
        """The slots with a known range, those that the claims sum over first, then from the last subscript."""
        slots = [n for n, r in enumerate(self.ranges(head)) if r is not None and r.low <= 1]
        over = set()
        for part in self.terms:
            if isinstance(part, Sum):
                for inner in subterms(part.body):
                    if isinstance(inner, Var) and inner.head == head:
                        over |= {n for n, i in enumerate(inner.indices) if i == part.index}
        return sorted(slots, key=lambda n: (n not in over, n >= head.subs, -n))


def _member(head: Head, indices: Sequence[Index]) -> Var:
    return Var(head.name, tuple(indices[: head.subs]), tuple(indices[head.subs :]))


def _candidates(claims: Sequence[Claim]) -> Iterator[_Candidate]:
    scene = _Scene(claims)
    known = {(a.kind, *a.data[:1]) for a in scene.context.assumptions}
    said = (a for a in scene.context.assumptions if not a.source.startswith("declared"))  # in the author's words
    worded = {a.data[0] for a in said if a.kind == "binary"}
    data = [head for head in scene.families if head not in scene.varied]
    for head in data:
        if ("onehot", head) in known:
            continue
        if ("binary", head) not in known:
            yield from _sums_to_one(scene, head)
        elif head in worded:
            yield from _one_hot(scene, head, natural=True)  # zeros and ones that sum to one
    for head in scene.families:
        yield from _constant_feature(scene, head)
    for head in scene.families:
        yield from _mean(scene, head)
    for head in scene.families:
        if ("positive", head) not in known and (head in scene.powered or any(c.relation != "=" for c in claims)):
            member = latex(_member(head, scene.letters(head)))
            text = f"{member} > 0"
            yield _Candidate(Assumption("positive", (head,), text), f"assume {text}", True)
    for head in data:
        if ("binary", head) not in known and ("onehot", head) not in known:
            member = latex(_member(head, scene.letters(head)))
            text = rf"{member} \in \{{0, 1\}}"
            yield _Candidate(Assumption("binary", (head,), text), f"assume {member} in {{0,1}}", False)
    for head in data:
        if ("onehot", head) not in known and head not in worded:
            yield from _one_hot(scene, head, natural=False)


def _one_hot(scene: _Scene, head: Head, natural: bool) -> Iterator[_Candidate]:
    if head.subs and head.subs - 1 in scene.summed(head):
        member = latex(_member(head, scene.letters(head)))
        assumption = Assumption("onehot", (head, head.subs - 1), rf"{member} \text{{ one-hot}}")
        yield _Candidate(assumption, f"onehot {member}", natural)


def _along(scene: _Scene, head: Head, slot: int) -> tuple[str, Var, Range, tuple[tuple[str, Range], ...]] | None:
    """(index, member, range of the index, ranges of the other indices) for a statement on a sum along ``slot``."""
    letters, ranges = scene.letters(head, slot), scene.ranges(head)
    others = []
    for n, (letter, range_) in enumerate(zip(letters, ranges, strict=True)):
        if n != slot:
            if range_ is None:
                return None
            others.append((letter, range_))
    summed = ranges[slot]
    assert summed is not None
    context = scene.context
    if any(context.ranges.get(letter, range_) != range_ for letter, range_ in others):
        return None
    return letters[slot], _member(head, letters), summed, tuple(others)


def _sum_text(index: str, body: str) -> str:
    return rf"\sum_{index if len(index) == 1 else '{' + index + '}'} {body}"


def _sums_to_one(scene: _Scene, head: Head) -> Iterator[_Candidate]:
    for slot in scene.summed(head):
        found = _along(scene, head, slot)
        if found is not None:
            index, member, range_, others = found
            text = f"{_sum_text(index, latex(member))} = 1"
            equation = Assumption("equation", (Sum(index, range_, member), ONE), text)
            yield _Candidate(equation, f"assume {text}", True, others)


def _constant_feature(scene: _Scene, head: Head) -> Iterator[_Candidate]:
    """x_0 = 1, for a family of which the claims name the member 0 or that runs from 0."""
    ranges = scene.ranges(head)
    for slot, range_ in enumerate(ranges):
        named = any(isinstance(p, Var) and p.head == head and p.indices[slot] == 0 for p in scene.terms)
        if named or (range_ is not None and range_.low == 0):
            letters: list[Index] = [*scene.letters(head, slot)]
            letters[slot] = 0
            others = [(str(i), r) for i, r in zip(letters, ranges, strict=True) if i != 0]
            if all(r is not None for _, r in others):
                member = _member(head, letters)
                text = f"{latex(member)} = 1"
                bounds = tuple((i, r) for i, r in others if r is not None)
                yield _Candidate(Assumption("equation", (member, ONE), text), f"assume {text}", True, bounds)


def _mean(scene: _Scene, head: Head) -> Iterator[_Candidate]:
    r"""\sum_i x_i = m \mu for a family and a scalar mu of the claims, and \sum_i x_i = 0."""
    for slot in scene.summed(head)[:1]:
        found = _along(scene, head, slot)
        if found is None:
            continue
        index, member, range_, others = found
        whole = Sum(index, range_, member)
        size: Term = SizeOf(range_.high) if isinstance(range_.high, str) else num(range_.high)
        if range_.low == 1 and (isinstance(size, Num) or size in scene.terms):
            for mean in scene.families:
                if mean.subs + mean.sups == len(others) and mean != head:
                    right = mul(size, _member(mean, [letter for letter, _ in others]))
                    if scene.ranges(mean) == tuple(r for _, r in others):
                        text = f"{_sum_text(index, latex(member))} = {latex(right)}"
                        yield _Candidate(Assumption("equation", (whole, right), text), f"assume {text}", True, others)
        text = f"{_sum_text(index, latex(member))} = 0"
        if head not in scene.varied:
            yield _Candidate(Assumption("equation", (whole, ZERO), text), f"assume {text}", False, others)


__all__ = ["Hypothesis", "as_weights", "needed", "with_totals"]

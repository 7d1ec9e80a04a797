r"""The judge: a claim goes in, a sealed verdict comes out.

First the general proof, for all sizes and without assumptions; then the search for a counterexample; then the proof
with the assumptions, and last with sums of known length written out and indices put in one by one. The assumptions
reported as *given* are those without which the proof fails. This module must never say Proved or Refuted for any
other reason than these, and never treat agreement at points, or a failed proof, as either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from symderiv.kernel.conditions import Requirement, requirements
from symderiv.kernel.derivative import Unsupported
from symderiv.kernel.evaluate import Search
from symderiv.kernel.normal import Normal
from symderiv.kernel.polynomial import VAR, Poly, add_into, free_indices, scaled, subtract
from symderiv.kernel.verdict import _SEAL, Condition, Proved, Refuted, Scope, Undecided, Verdict
from symderiv.terms import (
    Assumption,
    Claim,
    Delta,
    Range,
    SizeOf,
    Sum,
    Term,
    Var,
    rename,
    subterms,
)

CASE_LIMIT = 4096  # index assignments written out for one claim
SHORT = 6  # a range of so few elements is written out without another thought
QUICK, THOROUGH = 2_000, 25_000  # evaluated nodes in a search for a counterexample


def prove(claim: Claim) -> Verdict:
    r"""Judge one claim.

    Returns ``Proved`` with the scope, the assumptions really used and the side conditions; ``Refuted`` with a witness;
    or ``Undecided`` with the reason. Never raises on a well-formed claim.

    >>> from symderiv.terms import Context, Range, var
    >>> context = Context(ranges={"i": Range(1, "K"), "k": Range(1, "K")})
    >>> prove(Claim(var("f", "i") * Delta("i", "k"), "=", var("f", "k") * Delta("i", "k"), context)).scope
    Scope(minimum=(('K', 1),), fixed=())
    """
    try:
        return _Case(claim).judge()
    except RecursionError:
        return Undecided(claim, "the terms are nested too deeply")
    except (OverflowError, MemoryError) as error:
        return Undecided(claim, f"the numbers grow too large ({type(error).__name__})")


def prove_all(claims: Sequence[Claim]) -> Verdict:
    """Judge the conjunction of ``claims`` (the entries of a vector equation): proved if all are, refuted if one is.

    The scope is what all have in common; assumptions and conditions are collected. Raises ValueError without claims.
    """
    verdicts: list[Proved] = []
    undecided: Undecided | None = None
    for claim in claims:
        verdict = prove(claim)
        if isinstance(verdict, Refuted):
            return verdict
        if isinstance(verdict, Undecided):
            undecided = undecided or verdict
        else:
            verdicts.append(verdict)
    if undecided is not None:
        return undecided
    if not verdicts:
        raise ValueError("nothing to prove")
    if len(verdicts) == 1:
        return verdicts[0]
    least: dict[str, int] = {}
    for verdict in verdicts:
        for name, value in verdict.scope.minimum:
            least[name] = max(least.get(name, 1), value)
    fixed = dict(pair for verdict in verdicts for pair in verdict.scope.fixed)
    given = tuple(dict.fromkeys(a for v in verdicts for a in v.given))
    conditions = tuple(dict.fromkeys(c for v in verdicts for c in v.conditions))
    scope = Scope(tuple(sorted(least.items())), tuple(sorted(fixed.items())))
    return Proved(claims[0], scope, given, conditions, f"{len(verdicts)} entries, each proved", seal=_SEAL)


class _Case:
    """One claim with what is known about its sizes and indices."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        context = claim.context
        equal = {str(a.data[1]): a.data[0] for a in context.assumptions if a.kind == "equal"}
        self.left, self.right = rename(claim.left, equal), rename(claim.right, equal)
        self.equal = [a for a in context.assumptions if a.kind == "equal"]
        self.assumptions = [a for a in context.assumptions if a.kind != "equal"]
        self.terms = self._all_terms()
        free = sorted(self.left.free | self.right.free | self.fixed)
        self.ranges = {name: context.ranges[name] for name in free if name in context.ranges}
        self.homeless = [n for n in free if n not in context.ranges and not self._is_size(n)]
        self.sizes = self._sizes()
        self.minimum = self._minimum()
        self.reason = ""

    def _is_size(self, name: str) -> bool:
        context = self.claim.context
        return name in context.sizes or any(r.high == name for r in context.ranges.values())

    def _all_terms(self) -> list[Term]:
        """Both sides and every definition they reach, and the assumptions."""
        context = self.claim.context
        queue = [self.left, self.right]
        for assumption in self.assumptions:
            queue += [part for part in assumption.data if isinstance(part, Term)]
        seen: dict[Term, None] = {}
        heads = set()
        self.fixed: set[str] = set()  # indices that definitions mention and do not bind
        while queue:
            for term in subterms(queue.pop()):
                if term in seen:
                    continue
                seen[term] = None
                if isinstance(term, Var) and term.head not in heads:
                    heads.add(term.head)
                    for d in context.definitions.get(term.head, ()):
                        queue.append(d.body)
                        self.fixed |= {i for i in d.body.free if i not in d.params}
        return list(seen)

    def _sizes(self) -> list[str]:
        names: dict[str, None] = {}
        for range_ in self.ranges.values():
            if isinstance(range_.high, str):
                names[range_.high] = None
        for term in self.terms:
            if isinstance(term, Sum) and isinstance(term.range.high, str):
                names[term.range.high] = None
            if isinstance(term, SizeOf):
                names[term.name] = None
        return sorted(names)

    def _minimum(self) -> dict[str, int]:
        """A claim that names the third class speaks of K >= 3."""
        context = self.claim.context
        least = {name: context.minimum.get(name, 1) for name in self.sizes}

        def at_least(range_: Range | None, index: object) -> None:
            if range_ is not None and isinstance(index, int) and range_.high in least:
                least[range_.high] = max(least[range_.high], index)

        for term in self.terms:
            if isinstance(term, Var):
                for range_, index in zip(context.families.get(term.head, ()), term.indices, strict=False):
                    at_least(range_, index)
            elif isinstance(term, Delta):
                for one, other in ((term.left, term.right), (term.right, term.left)):
                    if isinstance(other, str):
                        at_least(self.ranges.get(other), one)
            elif isinstance(term, Sum) and isinstance(term.range.high, str) and term.range.low > 1:
                least[term.range.high] = max(least[term.range.high], term.range.low - 1)
                for part in subterms(term.body):
                    if isinstance(part, Delta) and term.index in (part.left, part.right):
                        at_least(term.range, part.right if part.left == term.index else part.left)
            elif isinstance(term, Sum):
                for part in subterms(term.body):
                    if isinstance(part, Delta) and term.index in (part.left, part.right):
                        at_least(term.range, part.right if part.left == term.index else part.left)
        for name, range_ in self.ranges.items():
            if range_.high in least and range_.low > 1:
                least[range_.high] = max(least[range_.high], range_.low)
            for assumption in self.assumptions:
                if assumption.kind == "distinct" and name in assumption.data:
                    for other in assumption.data:
                        at_least(range_, other)
        return least

    # Judging

    def judge(self) -> Verdict:
        claim = self.claim
        if claim.relation not in ("=", "<", ">", "<=", ">=", "!="):
            return Undecided(claim, f"the relation {claim.relation} is not one that can be proved")
        if self.homeless:
            return Undecided(claim, f"the index {self.homeless[0]} has no range")
        if self._contradictory():
            return Undecided(claim, "the assumptions contradict each other, so they prove nothing")
        search = Search(replace(claim, left=self.left, right=self.right), self.sizes, self.minimum, self.ranges)
        for assumptions in ((), self.assumptions) if self.assumptions else ((),):
            proof = self._proof(assumptions, 0)
            if proof is not None:
                return self._proved(assumptions, 0, proof, search)
        witness = search.run(QUICK)
        if witness is None:
            for expand in self._expansions():
                proof = self._proof(self.assumptions, expand)
                if proof is not None:
                    return self._proved(self.assumptions, expand, proof, search)
        witness = witness or search.run(THOROUGH)
        if witness is not None:
            return Refuted(claim, witness, seal=_SEAL)
        tried = ["normal form", "counterexample"]
        reason = self.reason or search.obstacle
        if search.agreed:
            upto = ", ".join(f"{name} = {value}" for name, value in search.largest.items())
            reason = f"agrees at {search.agreed} points" + (f" up to {upto}" if upto else "")
            reason += f", but no proof was found ({self.reason})" if self.reason else ", but no proof was found"
        return Undecided(claim, reason or "no proof and no counterexample was found", tuple(tried))

    def _contradictory(self) -> bool:
        pairs = {frozenset(a.data) for a in self.assumptions if a.kind == "distinct"}
        same = [frozenset(a.data) for a in self.equal]
        return any(pair in pairs for pair in same) or any(len(pair) == 1 for pair in pairs)

    def _expansions(self) -> list[int]:
        """Up to which length ranges are worth writing out: the short ones first, then all."""
        lengths = {r.high for r in self.ranges.values() if isinstance(r.high, int)}
        lengths |= {t.range.high for t in self.terms if isinstance(t, Sum) and isinstance(t.range.high, int)}
        short = max((n for n in lengths if n <= SHORT), default=0)
        return sorted({n for n in (short, max(lengths, default=0)) if n}) or ([1] if self.assumptions else [])

    def _needed(self, assumptions: Sequence[Assumption], expand: int, proof: tuple) -> tuple[list[Assumption], tuple]:
        """Drop every assumption that the proof does without."""
        needed = list(assumptions)
        for assumption in assumptions:
            fewer = [a for a in needed if a is not assumption]
            shorter = self._proof(fewer, expand)
            if shorter is not None:
                needed, proof = fewer, shorter
        return needed, proof

    def _proved(self, assumptions: Sequence[Assumption], expand: int, proof: tuple, search: Search) -> Verdict:
        given, (minimum, conditions, argument) = self._needed(assumptions, expand, proof)
        if given and not search.agreed and not search.satisfiable():
            return Undecided(self.claim, "no point was found at which all the assumptions hold")
        names = self.claim.context.sizes
        used = {t.range.high for t in self.terms if isinstance(t, Sum)} | {r.high for r in self.ranges.values()}
        fixed = tuple((name, value) for name, value in sorted(names.items()) if value in used and name not in minimum)
        unnamed = sorted(v for v in used if isinstance(v, int) and v not in names.values())
        fixed += tuple(("size", value) for value in unnamed)
        scope = Scope(tuple(sorted(minimum.items())), fixed)
        if self._mentions_equal():
            given = [*self.equal, *given]
        return Proved(self.claim, scope, tuple(given), conditions, argument, seal=_SEAL)

    def _mentions_equal(self) -> bool:
        free = self.claim.left.free | self.claim.right.free
        return any(a.data[1] in free for a in self.equal)

    def _proof(self, assumptions: Sequence[Assumption], expand: int) -> tuple[dict, tuple, str] | None:
        """(least sizes, side conditions, argument) if the claim follows from ``assumptions``, else None."""
        minimum = dict(self.minimum)
        conditions: dict[tuple, Condition] = {}
        count = 0
        try:
            for left, right, highs, extra in self._instances(expand):
                count += 1
                normal = Normal(self.claim.context, highs, self.minimum, [*assumptions, *extra], expand)
                needs = self._requirements(normal, left, right, highs)
                least = _holds(normal, left, self.claim.relation, right)
                if least is None:
                    return None
                for name, value in least.items():
                    minimum[name] = max(minimum.get(name, 1), value)
                for condition in needs:
                    conditions[condition.term, condition.relation] = condition
        except Unsupported as error:
            self.reason = str(error)
            return None
        if not count:
            return None
        how = "normal form for all sizes" if not expand else f"normal form with {count} cases written out"
        return minimum, tuple(conditions.values()), how

    def _instances(self, expand: int) -> Iterator[tuple[Term, Term, dict, list[Assumption]]]:
        """The claim for index ranges 1..high: an index that may be 0 is put in, and with ``expand`` all numbers are."""
        spans: list[list[int | str]] = []
        names = sorted(self.ranges)
        extra: list[Assumption] = []
        for name in names:
            low, high = self.ranges[name]
            if isinstance(high, int) and high <= expand:
                spans.append(list(range(low, high + 1)))
                continue
            span: list[int | str] = list(range(low, 1))
            if isinstance(high, str) or high >= 1:
                span.append(name)
            for value in range(1, low):
                extra.append(Assumption("distinct", (name, value)))
            spans.append(span)
        total = 1
        for s in spans:
            total *= len(s)
        if total > CASE_LIMIT:
            raise Unsupported(f"there are {total} cases to write out")
        distinct = [a.data for a in self.assumptions if a.kind == "distinct"]
        for choice in product(*spans):
            mapping = {n: v for n, v in zip(names, choice, strict=True) if n != v}
            if any(_same(mapping.get(a, a), mapping.get(b, b)) for a, b in distinct):
                continue
            highs = {n: self.ranges[n].high for n in names if n not in mapping}
            more = [
                Assumption("distinct", (mapping.get(a, a), mapping.get(b, b))) for a, b in distinct if a in mapping or b in mapping
            ]
            yield rename(self.left, mapping), rename(self.right, mapping), highs, [*extra, *more]

    def _requirements(self, normal: Normal, left: Term, right: Term, highs: Mapping[str, object]) -> list[Condition]:
        """Give the kernel the positivity that both sides need as written; return what is not provable from it."""
        context = self.claim.context
        needs = [r for side in (left, right) for r in requirements(side, context)]
        pending: list[tuple[Requirement, Poly]] = []
        assumed = list(normal.positive_patterns)
        for need in needs:
            for name, high in need.bound:
                normal.algebra.ranges[name] = high
            try:
                poly = normal(need.term)
            except Unsupported:
                if need.in_cases:
                    continue
                raise
            if not poly and not need.in_cases and need.relation != ">=":
                raise Unsupported("a division by zero or the logarithm of zero as written")
            pending.append((need, poly))
            if need.relation == ">" and not need.in_cases and len(poly) == 1:
                (((deltas, factors), coefficient),) = poly.items()
                if not deltas and coefficient > 0 and len(factors) == 1 and factors[0][0][0] == VAR and factors[0][1] == 1:
                    atom = factors[0][0]
                    wild = {name: f"?{name}" for name, high in need.bound if high and name in atom[3]}
                    pattern = (*atom[:3], tuple(wild.get(i, i) for i in atom[3]))
                    ranges = {f"?{name}": high for name, high in need.bound if name in wild}
                    if (pattern, ranges) not in normal.positive_patterns:
                        normal.positive_patterns.append((pattern, ranges))
                        normal.memo.clear()
        # what the two sides themselves demand is a condition, even though the proof may use it
        demanded, normal.positive_patterns = normal.positive_patterns, list(assumed)
        result: dict[tuple, Condition] = {}
        for need, poly in pending:
            if not need.in_cases and not _met(normal, poly, need.relation):
                result.setdefault((_radical(poly), need.relation), Condition(need.term, need.relation))
        normal.positive_patterns = demanded
        return list(result.values())


def _radical(poly: Poly) -> object:
    """The factors of a monomial without their powers: x^2 != 0 says no more than x != 0."""
    if len(poly) == 1:
        ((_, factors),) = poly
        return frozenset(atom for atom, _ in factors)
    return frozenset(poly.items())


def _same(a: object, b: object) -> bool:
    return isinstance(a, int) and a == b


def _met(normal: Normal, poly: Poly, relation: str) -> bool:
    algebra = normal.algebra
    try:
        poly, denominator = algebra.together(poly)
    except Unsupported:
        return False
    if not all(algebra.positive_atom(atom) for atom in denominator):
        return False
    if algebra.positive_poly(poly):
        return True
    if relation == ">=":
        return algebra.nonnegative_poly(poly)
    return relation == "!=" and algebra.positive_poly(scaled(poly, -1))


def _holds(normal: Normal, left: Term, relation: str, right: Term) -> dict[str, int] | None:
    """The least sizes for which the relation is shown ({} where nothing beyond 1 is needed), or None."""
    difference = subtract(normal(left), normal(right))
    if relation == "=":
        return {} if normal.algebra.is_zero(difference) else None
    if relation in ("<", "<="):
        difference = scaled(difference, -1)
    numerator, denominator = normal.algebra.together(difference)
    if not all(normal.algebra.positive_atom(atom) for atom in denominator):
        return None
    numerator = _cleared(normal, numerator)
    if relation in ("<=", ">="):
        if not numerator or normal.algebra.nonnegative_poly(numerator):
            return {}
        return {} if _sign_with_members(normal, numerator) is not None else None
    if relation == "!=":
        least = _positive(normal, numerator)
        return least if least is not None else _positive(normal, scaled(numerator, -1))
    return _positive(normal, numerator)


def _cleared(normal: Normal, poly: Poly) -> Poly:
    """``poly`` times positive atoms, so that none stands in a denominator; the sign stays."""
    lowest: dict[tuple, object] = {}
    for _, factors in poly:
        for atom, e in factors:
            if e < lowest.get(atom, 0) and normal.algebra.positive_atom(atom):
                lowest[atom] = e
    return normal.algebra.multiply(poly, {((), tuple(sorted((a, -e) for a, e in lowest.items()))): 1})


def _positive(normal: Normal, poly: Poly) -> dict[str, int] | None:
    return {} if normal.algebra.positive_poly(poly) else _sign_with_members(normal, poly)


def _sign_with_members(normal: Normal, poly: Poly) -> dict[str, int] | None:
    r"""Sizes for which ``poly`` > 0 by \sum_j m(j) - m(k) = \sum_{j \ne k} m(j) > 0 for positive m and K >= 2.

    For every size it is then >= 0.
    """
    algebra = normal.algebra
    rest = dict(poly)
    sums: list[tuple[tuple, object]] = [
        (m, f) for m in poly for f in m[1] if f[0][0] == 2 and f[1] == 1 and len(f[0][1]) == 1 and poly[m] > 0
    ]
    least: dict[str, int] = {}
    for monomial, factor in sums:
        atom = factor[0]
        ((b, high),) = atom[1]
        outer = (monomial[0], tuple(f for f in monomial[1] if f != factor))
        if outer[0] or not algebra.positive_factors(outer[1]) or not algebra.positive_factors(atom[2][1]):
            continue
        members: list[str] = []
        for k in sorted({i for m in rest for a, _ in m[1] for i in free_indices(a)}):
            try:
                if "#" in k or "@" in k or not algebra.within(k, high):
                    continue
            except Unsupported:
                continue
            member = algebra.multiply({outer: 1}, algebra.substitute_monomial(atom[2], {b: k}))
            c = rest.get(next(iter(member)), 0) if len(member) == 1 else 0
            available = rest.get(monomial, 0)
            if c < 0 and available >= -c / next(iter(member.values())) and all(algebra.differ(k, o) for o in members):
                members.append(k)
                add_into(rest, member, -c / next(iter(member.values())))
        if members:
            # the sum without these members is over high - len(members) terms
            least[high] = max(least.get(high, 1), len(members) + 1)
    if not least:
        return None
    if all(c > 0 for c in rest.values()) and all(algebra.nonnegative_factors(f) for (_, f) in rest):
        for high, value in list(least.items()):
            if high.isdigit():
                if int(high) < value:
                    return None
                del least[high]
        return least if rest and any(algebra.positive_factors(f) and not d for (d, f) in rest) else None
    return None


__all__ = ["prove", "prove_all"]

"""The principle of charity: a counterexample is not held against an author whom a fair reader understands otherwise.

Each doubt below is a meaning that the words leave open, and under which the step holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from symderiv import notation
from symderiv.faults import holds_when
from symderiv.hypotheses import as_weights, with_totals
from symderiv.judge import prove_all, refuted_at
from symderiv.kernel import Proved, Refuted
from symderiv.reader.doubts.witnesses import degenerate
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed import ends
from symderiv.reader.indexed.fixed import of_one_member
from symderiv.reader.known import zero_in_words
from symderiv.reader.known.case_ends import tells_apart
from symderiv.reader.known.facts import BY_NORM, OF_MEAN_ZERO, OF_UNIT_LENGTH
from symderiv.reader.known.true_class import KIND
from symderiv.reader.reading import MENTIONED, Posed
from symderiv.reader.steps.walk import Walk
from symderiv.terms import ONE, ZERO, Assumption, Claim, Deriv, Term, Var, rename, subterms
from symderiv.vacuity import of_derivatives


def doubt(walk: Walk, posed: Posed, claims: Sequence[Claim], verdict: Refuted) -> tuple[str, Refuted]:
    """Why the refutation of a step would not convince its author, or "", and the refutation.

    Its counterexample is moved to weights that sum to one where the words speak of such.
    """
    if said := walk.doubts.doubt(posed, verdict.claim):
        return said, verdict
    if _holds(walk.readings.anew(claims)):
        return "it holds with the meaning that a symbol in it is given further down", verdict
    if walk.weights.weighs(posed, verdict.claim):
        for weighted in as_weights(claims):
            second = prove_all(weighted)
            if not isinstance(second, Refuted):
                return "it may hold for weights that sum to one, of which the words speak", verdict
            verdict = refuted_at(claims[weighted.index(second.claim)], second.witness) or verdict
    for meaning in MEANINGS:
        for other, said in meaning(walk, posed, claims):
            if _holds(other):
                return said, verdict
    if posed.named_case and (when := holds_when(verdict)):
        return f"it {when}, and the words about it speak of a case: '{posed.named_case}'", verdict
    return "", verdict


def _holds(claims: Sequence[Claim] | None) -> bool:
    return isinstance(prove_all(claims), Proved) if claims else False


Readings = Iterator[tuple[Sequence[Claim], str]]


def _mentioned(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """What the words before a step mention beside a symbol, without saying it of the symbol: "p, a probability"."""
    if read := walk.readings.asides(posed, claims, mentioned=True):
        yield read[0], "it holds with what words before it mention, and do not say of a symbol in it"


def _before(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """The meaning of a symbol before it was defined anew."""
    for old in walk.readings.before(claims):
        yield old, "it holds with the meaning that a symbol in it had before it was defined anew"


def _values(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """The cases, values and asides that were said earlier: y = 1 in the sentence before."""
    earlier = () if posed.case or posed.conditions or tells_apart(posed, posed.earlier_case) else posed.earlier_case
    for cases in (earlier, posed.earlier_values, *((aside,) for aside in posed.asides)):
        if cases:
            said = ", ".join(f"{notation.unicode_latex(a.text)} ({a.source})" for a in cases)
            yield walk.claims(replace(posed, case=(*posed.case, *cases))), f"it holds for {said}"


def _one_hot(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """One-hot targets, of which one member is said to be 1."""
    for one in filter(of_one_member, posed.values):
        member = one.data[0]
        hot = Assumption("onehot", (member.head, len(member.indices) - 1), f"{member.name} is one-hot", "supposed")
        special = walk.claims(replace(posed, case=(*posed.case, hot, *posed.values)))
        yield special, f"it holds if {shown(member.name)} is one-hot, which is not said"


def _true_class(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """The true class, or another one, where the words speak of either: "a one is subtracted for the correct class"."""
    heard = any(a.kind == KIND for a in posed.values)
    for holds, name in ((True, "the true class"), (False, "another class")) if posed.named_case and not heard else ():
        case = Assumption(KIND, ("", holds), name, "supposed")
        special = walk.claims(replace(posed, case=(*posed.case, case)))
        yield special, f"it holds for {name}, and the words about it speak of a case: '{posed.named_case}'"


def _of_size(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Two classes, where the words speak of them: "in binary problems this is the logistic function"."""
    if MENTIONED in posed.sizes and (read := walk.readings.of_size(replace(posed, sizes={"": 2}), claims)):
        yield read[0], "it holds for two classes, of which the words speak"


def _true_class_of_targets(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    r"""One-hot targets with their 1 at the true class, of which words speak: -\sum_k t_k \log p_k = -\log p_c."""
    symbols = walk.reading.symbols
    for place in sorted(symbols.true_classes & {i for claim in claims for i in claim.left.free ^ claim.right.free}):
        for head in walk.statements.targets():
            if head.subs == 1 and not head.sups:
                hot = Assumption("onehot", (head, 0), f"{head.name} is one-hot", "supposed")
                one = Assumption(
                    "equation", (Var(head.name, (place,), ()), ONE), f"{head.name}_{place} = 1", "supposed"
                )
                special = walk.claims(replace(posed, case=(*posed.case, hot, one)))
                yield special, f"it holds if {shown(head.name)} is one-hot with its 1 at {place}, which is not said"


def _moments(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    r"""Means and variances of which words speak: "if $X$ has mean $\mu$"."""
    if read := walk.moments.reading_of(posed, claims, sure=False):
        yield read[0], f"it holds if {' and '.join(read[1])}"


def _unnamed(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Vectors of unit length, or centred data, of which words speak without a name: "we normalise all embeddings"."""
    before = walk.reading.document.source.text[: posed.span.start]
    of_unit, centred = "vectors of unit length", "data of mean zero"
    for words, exponent, value, what in ((OF_UNIT_LENGTH, 2, ONE, of_unit), (OF_MEAN_ZERO, 1, ZERO, centred)):
        if (said := words.search(before)) and not (what == of_unit and BY_NORM.search(before)):
            yield with_totals(claims, exponent, value, what), f"it holds for {what}, of which words speak ('{said[0]}')"


def _zero_in_words(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Zero for what words call so without its letter: "the bias is zero"."""
    before = walk.reading.document.source.text[: posed.span.start]
    for other, words in zero_in_words.at_zero(before, claims):
        yield other, f"it holds without a letter that the words may mean: {words}"


def _degenerate(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Free indices that differ: i \\ne j."""
    for pair in degenerate(claims):
        apart = notation.unicode_latex(pair.text)
        special = walk.claims(replace(posed, case=(*posed.case, pair)))
        yield special, f"it holds for {apart}, and whether they may be the same is not said"


def _others(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    r"""The other members, where the same one has been dealt with: dy_o/dx_w below dy_o/dx_o."""
    earlier = {part for p in walk.posed[: posed.at] if p.display == posed.display for part in _rates(p)}
    for part in _rates(posed):
        for i, j in product(part.free, part.var.indices):
            if isinstance(j, str) and i != j and rename(part, {j: i}) in earlier:
                pair = Assumption("distinct", tuple(sorted((i, j))), f"{i} \\ne {j}", "supposed")
                said = f"it holds for {i} \N{NOT EQUAL TO} {j}, and the other case stands before it"
                yield walk.claims(replace(posed, case=(*posed.case, pair))), said


def _rates(posed: Posed) -> list[Deriv]:
    return [
        part
        for side in (posed.left, posed.right)
        if isinstance(side, Term)
        for part in subterms(side)
        if isinstance(part, Deriv)
    ]


def _set_apart(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """A free index that is none of those that a sum runs over."""
    for index, other in walk.set_apart(claims):
        if not of_derivatives(other):
            outside = f"it holds if {index} is none of those that the sum runs over"
            yield other, f"{outside}, and whether it is one is not said"


def _solved(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """The values that letters were solved for."""
    if walk.reading.symbols.solutions and not posed.put_in:
        put_in = walk.claims(replace(posed, put_in=True))
        if put_in != claims:
            yield put_in, "it holds if what was solved for is put in before"


def _symmetric(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Symmetric matrices, if the words speak of any."""
    symmetric, _ = walk.readings.symmetric(posed, claims, "supposed")
    yield symmetric, "it holds for symmetric matrices, of which the words speak"


def _partial(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    """Quantities that are held fixed in a partial derivative."""
    if held := walk.readings.partial(posed, claims, likely=False):
        yield held[0], f"it holds if {held[1][0]}, which is not said"


def _ends_earlier(walk: Walk, posed: Posed, claims: Sequence[Claim]) -> Readings:
    r"""A sum over a letter that is free beside it, ended before its last factors: x_i in (\sum_i c_i) x_i."""
    if posed.relation == "=":
        for ended in ends.earlier(claims):
            said = "it holds if a sum over a letter that is free beside it ends earlier"
            yield ended, said
            if held := walk.readings.partial(posed, ended):
                yield held[0], f"{said}, and {held[1][0]}"


MEANINGS: tuple[Callable[[Walk, Posed, Sequence[Claim]], Readings], ...] = (
    _mentioned,
    _before,
    _values,
    _one_hot,
    _true_class,
    _true_class_of_targets,
    _of_size,
    _moments,
    _unnamed,
    _zero_in_words,
    _degenerate,
    _others,
    _set_apart,
    _solved,
    _symmetric,
    _partial,
    _ends_earlier,
)

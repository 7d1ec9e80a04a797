"""Whoever proposes a proof or a point need not be trusted: what does not hold up is refused for its stated reason."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from symderiv.kernel.case import Case
from symderiv.kernel.convict import Agree, convict, satisfy
from symderiv.kernel.evaluate import NoValue, Point
from symderiv.kernel.generality import instance
from symderiv.kernel.proof import Proof, Prover
from symderiv.kernel.verdict import conjunction
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Claim,
    Context,
    Definition,
    Fn,
    Head,
    Range,
    Term,
    Var,
    exp,
    log,
    num,
    total,
    var,
)
from tests.kernel.claims import ONEHOT, UNIT, K, equation, f, proved, t, x

FAMILIES = {Head("t", 1, 0): (K,)}
RANGES = {"i": K, "k": K}


def point(
    claim: Claim, values: Mapping[Var, int | Fraction], root: Mapping[str, int] | None = None, **sizes: int
) -> Point:
    """A point at which the variables have ``values`` and no other variable has any."""
    given = {v.key: Fraction(value) for v, value in values.items()}

    def choose(where: Point, v: Var) -> None:
        if v.key in given:
            where.give(v, given[v.key])

    return Point(claim.context, sizes, root or {}, choose)


def claim(left: Term, right: Term, *assumptions: Assumption, **more: object) -> Claim:
    return Claim(left, "=", right, Context(RANGES, assumptions=assumptions, families=FAMILIES, **more))  # type: ignore[arg-type]


TOTAL = total("i", K, t("i"))
ZEROS = {t(1): 0, t(2): 0}
APART = Assumption("distinct", ("i", "k"))
ALIKE = Assumption("equal", ("i", "k"))
S = Definition((), total("j", K, f("j")))

REFUSED = {
    "a variable without a value": (claim(x, ONE), {}, {}, {}, "has no value here"),
    "a size too small": (claim(TOTAL * t(2), ONE), {t(1): 0}, {}, {"K": 1}, "does not speak of K = 1"),
    "a size that has another number": (claim(TOTAL, ONE, sizes={"K": 3}), ZEROS, {}, {"K": 2}, "does not speak of"),
    "a size below the least": (claim(TOTAL, ONE, minimum={"K": 3}), ZEROS, {}, {"K": 2}, "does not speak of"),
    "no size at all": (claim(TOTAL, ONE), ZEROS, {}, {}, "size K has no value"),
    "an index out of range": (claim(f("i"), ONE), {f(3): 0}, {"i": 3}, {"K": 2}, "out of its range"),
    "an index without a value": (claim(f("i"), ONE), {f(1): 0}, {}, {"K": 2}, "out of its range"),
    "indices that are apart": (claim(f("i"), f("k"), APART), {f(1): 0}, {"i": 1, "k": 1}, {"K": 2}, "index condition"),
    "not one-hot: two": (claim(TOTAL, ONE, ONEHOT), {t(1): 1, t(2): 1}, {}, {"K": 2}, "assumption"),
    "not one-hot: none": (claim(TOTAL, ONE, ONEHOT), ZEROS, {}, {"K": 2}, "assumption"),
    "not one-hot: halves": (
        claim(t(1), ONE, ONEHOT),
        {t(1): Fraction(1, 2), t(2): Fraction(1, 2)},
        {},
        {"K": 2},
        "assump",
    ),
    "one-hot, but for a member unseen": (claim(t(1), ZERO, ONEHOT), {t(1): 1, t(2): 1}, {}, {"K": 2}, "assumption"),
    "not binary": (claim(t(1), ONE, Assumption("binary", (Head("t", 1, 0),))), {t(1): 2}, {}, {"K": 1}, "assumption"),
    "not positive": (claim(x, ONE, Assumption("positive", (Head("x", 0, 0),))), {x: -1}, {}, {}, "assumption"),
    "not positive: zero": (claim(x, ONE, Assumption("positive", (Head("x", 0, 0),))), {x: 0}, {}, {}, "assumption"),
    "an equation that fails": (claim(t(1), ONE, UNIT), {t(1): 2, t(2): 2}, {}, {"K": 2}, "assumption"),
    "an equation that fails elsewhere": (
        claim(f(1), ONE, equation(f("i"), ZERO)),
        {f(1): 0, f(2): 5},
        {},
        {"K": 2},
        "assumption",
    ),
    "an equation in irrational numbers": (claim(x, ONE, equation(exp(x), exp(x))), {x: 2}, {}, {}, "met exactly"),
    "a defined family that is not positive": (
        claim(var("S"), ONE, Assumption("positive", (Head("S", 0, 0),)), definitions={Head("S", 0, 0): (S,)}),
        {f(1): -1},
        {},
        {"K": 1},
        "assumption",
    ),
    "a division by zero": (claim(x / x, ONE), {x: 0}, {}, {}, "division by zero"),
    "a relation that is none": (Claim(x, "~", ONE), {x: 0}, {}, {}, "is not one that can be proved"),
    "contradictory indices": (
        claim(f("i"), ONE, Assumption("equal", ("i", 1)), Assumption("equal", ("i", 2))),
        {f(1): 0},
        {"i": 1},
        {"K": 2},
        "contradict",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_point_convicts_but_one_that_holds_up(name: str) -> None:
    posed, values, root, sizes, reason = REFUSED[name]
    with pytest.raises(NoValue, match=reason):
        convict(Case(posed), point(posed, values, root, **sizes))


def test_a_point_that_holds_up_convicts() -> None:
    posed = claim(t("i"), ONE, ONEHOT, UNIT)
    witness = convict(Case(posed), point(posed, {t(1): 0, t(2): 1}, {"i": 1}, K=2)).witness
    assert (witness.sizes, witness.indices, witness.left, witness.right) == ((("K", 2),), (("i", 1),), "0", "1")
    with pytest.raises(Agree):
        convict(Case(posed), point(posed, {t(1): 0, t(2): 1}, {"i": 2}, K=2))


def test_one_value_of_exp_log_and_the_sigmoid_is_rational() -> None:
    half = num(Fraction(1, 2))
    for stated, value in (
        (equation(exp(x), ONE), 0),
        (equation(log(x), ZERO), 1),
        (equation(Fn("sigmoid", x), half), 0),
    ):
        posed = claim(x, num(5), stated)
        assert convict(Case(posed), point(posed, {x: value})).witness.left == str(value)
        with pytest.raises(NoValue, match="met exactly"):
            convict(Case(posed), point(posed, {x: 2}))


def test_a_point_of_another_claim_convicts_nobody() -> None:
    posed, other = claim(t(1), ONE, ONEHOT), claim(t(1), ONE)
    with pytest.raises(NoValue, match="another claim"):
        convict(Case(posed), point(other, {t(1): 0}, K=1))


def test_a_value_is_given_once() -> None:
    where = point(claim(x, ONE), {x: 2})
    assert where.value("x", (), ()) == 2
    where.give(x, Fraction(2))
    with pytest.raises(NoValue, match="two values"):
        where.give(x, Fraction(3))


def test_assumptions_that_no_point_was_seen_to_meet_prove_nothing() -> None:
    posed = claim(TOTAL, ONE, UNIT)
    prover = Prover(Case(posed))
    proof = prover.attempt(prover.case.assumptions)
    assert proof is not None
    assert prover.seal(proof) is None and "no point was found" in prover.reason
    with pytest.raises(NoValue):
        satisfy(prover.case, point(posed, ZEROS, K=2))
    assert prover.seal(proof) is None
    satisfy(prover.case, point(posed, {t(1): 0, t(2): 1}, {}, K=2))
    verdict = prover.seal(proof)
    assert verdict is not None and verdict.given == (UNIT,)


def test_a_proof_is_sealed_for_its_own_claim_only() -> None:
    true, false = Prover(Case(claim(ONE, ONE))), Prover(Case(claim(ONE, ZERO)))
    proof = true.attempt(())
    assert proof is not None and false.attempt(()) is None
    with pytest.raises(TypeError, match="prover that made it"):
        false.seal(proof)
    with pytest.raises(TypeError, match="prover that made it"):
        false.seal(Proof((), {}, (), "trust me"))


def test_a_claim_is_proved_from_its_own_assumptions() -> None:
    prover = Prover(Case(claim(TOTAL, ONE)))
    with pytest.raises(ValueError, match="its own assumptions"):
        prover.attempt([UNIT])


def test_an_instance_is_one_of_the_same_claim() -> None:
    with pytest.raises(ValueError, match="not the same claim"):
        instance(claim(ONE, ZERO), proved(ONE, ONE))
    classes = Context(families={Head("f", 1, 0): (Range(1, 50),)})
    with pytest.raises(ValueError, match="not the same claim"):
        instance(Claim(f(7), "=", f(8), classes), proved(f(7), f(7), classes))


def test_a_conjunction_needs_what_each_of_its_claims_needs() -> None:
    first, second = proved(f(7) / f(7), num(1)), proved(x / x, num(1))
    both = conjunction([first, second])
    assert both.conditions == (*first.conditions, *second.conditions)
    with pytest.raises(ValueError, match="nothing to prove"):
        conjunction([])

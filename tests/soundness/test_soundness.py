"""A short run of the soundness record with fixed seeds, and tests of the reference itself."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted, Undecided
from symderiv.terms import (
    ONE,
    Assumption,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Prod,
    Range,
    Sum,
    Term,
    Var,
    exp,
    log,
    num,
    power,
    total,
    var,
)
from tests.soundness import peers, traps
from tests.soundness.claims import make
from tests.soundness.forms import FormTally
from tests.soundness.judge import survey, unfounded
from tests.soundness.mutation import mutants, our_derivations, read
from tests.soundness.mutation import run as mutate
from tests.soundness.points import ALIKE, Point
from tests.soundness.record import code_lines, judge_balls, judge_claims, judge_forms
from tests.soundness.reference import DIGITS, FLOATS, RATIONALS, Digits, Evaluation, NotDefined

K = Range(1, "K")


def value(
    term: Term, field: Any = RATIONALS, context: Context | None = None, root: dict[str, int] | None = None
) -> Any:
    return Evaluation(context or Context(), {"K": 3}, lambda key: Fraction(1 + sum(key[1]) + len(key[0])), field, root)(
        term
    )


# The reference


def test_sums_and_products_are_written_out() -> None:
    assert value(total("j", K, var("f", "j"))) == 3 + 4 + 5
    assert value(Prod("j", Range(2, "K"), var("f", "j"))) == 4 * 5
    assert value(Sum("j", Range(3, 1), var("f", "j"))) == 0
    assert value(total("i", K, total("i", Range(1, 2), var("f", "i")) * var("f", "i"))) == (3 + 4) * 12
    assert value(total("j", K, Delta("j", "k") * var("f", "j")), root={"k": 2}) == 4


def test_derivatives_agree_with_numerical_differentiation() -> None:
    x = var("x")
    bodies = [
        power(x, 3) / (ONE + x * x),
        exp(x * x) * log(x),
        Fn("sigmoid", x) * Fn("tanh", x),
        power(x, Fraction(3, 2)),
        power(x, x),
        Fn("softplus", Fn("sinh", x)),
        Fn("abs", -x) * Fn("relu", x),
        Fn("sin", x) * Fn("cos", x * x),
    ]
    field = _Same(60)
    for body in bodies:
        for order, term in ((1, Deriv(body, x)), (2, Deriv(Deriv(body, x), x))):
            mine = Evaluation(Context(), {}, lambda key: Fraction(3, 2), DIGITS)(term)

            def function(at: Any, body: Term = body) -> Any:
                return Evaluation(Context(), {}, lambda key: at, field)(body)

            theirs = field.mp.diff(function, field.mp.mpf(3) / 2, order)
            assert abs(mine - theirs) < 1e-15 * (1 + abs(theirs))


class _Same(Digits):
    """mpmath numbers as they come."""

    def number(self, value: Any) -> Any:
        return value if not isinstance(value, Fraction) else super().number(value)


def test_an_intermediate_is_varied_alone() -> None:
    p, q = Head("p", 1, 0), Head("L", 0, 0)
    definitions = {
        p: (Definition(("i",), var("f", "i") * total("j", K, var("f", "j"))),),
        q: (Definition((), total("i", K, var("p", "i") * var("f", "i"))),),
    }
    context = Context({"i": K, "k": K}, definitions)
    at: Any = {"context": context, "root": {"k": 2}}
    assert value(Deriv(var("L"), var("p", "k")), **at) == 4
    by_input = value(Deriv(var("L"), var("f", "k")), **at)
    # L = S sum f_i^2: dL/df_2 = sum f_i^2 + S 2 f_2
    assert by_input == (9 + 16 + 25) + 12 * 2 * 4
    assert value(Deriv(Deriv(var("L"), var("f", "k")), var("f", "k")), **at) == 2 * 4 + 2 * 4 + 2 * 12


def test_undefined_is_noticed() -> None:
    zero = var("x") - var("x")
    for term in (
        ONE / zero,
        log(zero),
        log(num(-1)),
        power(num(-1), Fraction(1, 2)),
        Deriv(Fn("abs", zero * var("x")), var("x")),
    ):
        with pytest.raises(NotDefined):
            value(term, FLOATS)
    assert value(power(zero, 0)) == 1


def test_the_reference_sees_a_false_claim_and_a_bad_witness() -> None:
    context = Context({"k": K})
    claim = Claim(total("j", K, var("f", "j")), "=", var("f", "k"), context)
    failure, _ = survey(claim, random.Random(1), 10, (), {})
    assert failure is not None
    verdict = prove(claim)
    assert isinstance(verdict, Refuted)
    assert unfounded(claim, verdict) == ""
    true = Claim(claim.left, "=", total("k", K, var("f", "k")), context)
    assert unfounded(true, verdict).startswith("both sides agree")
    assumed = Claim(
        claim.left, "=", claim.right, Context({"k": K}, assumptions=(Assumption("positive", (Head("f", 1, 0),)),))
    )
    negative = any(v <= 0 for _, v in verdict.witness.values)
    assert unfounded(assumed, verdict).startswith("an assumption") is negative


# The kernel


def test_random_claims() -> None:
    tally = judge_claims(range(2_000_000, 2_001_200))
    assert tally.claims == sum(tally.said.values()) == 1200
    assert not tally.details
    assert tally.said["proved"] > 600 and tally.said["refuted"] > 200
    count = tally.verdicts
    true = sum(count["true", v] for v in ("proved", "refuted", "undecided"))
    false = sum(count["false", v] for v in ("proved", "refuted", "undecided"))
    assert count["true", "proved"] > 0.8 * true > 40
    assert count["false", "refuted"] > 0.7 * false > 10


def test_normal_forms_have_the_value_of_their_terms() -> None:
    tally: FormTally = judge_forms(range(2_000_000, 2_000_600))
    assert tally.points > 2_000
    assert not tally.wrong


def test_balls_contain_the_values_of_their_terms() -> None:
    tally = judge_balls(range(2_000_000, 2_000_600))
    assert tally.values > 1_500
    assert tally.unsettled < 0.01 * tally.values
    assert not tally.wrong


def test_the_reference_sees_a_wrong_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symderiv.kernel.evaluate._power", lambda base, exponent, written: base)
    assert judge_balls(range(2_000_000, 2_000_030)).wrong


def test_mutants_of_our_derivations() -> None:
    documents = our_derivations()
    assert len(documents) >= 2
    for name, text in documents[:1]:
        tally = mutate(name, text, every=120)
        assert tally.total > 10
        assert not tally.false_proved
        assert not tally.false_refuted
        assert tally.kinds["refuted"] > tally.total / 3


def test_mutants_are_single_edits() -> None:
    text = r"p_i (\delta_{ij} - p_j)"
    made = {m.apply(text) for m in mutants(text, 0, len(text))}
    assert r"p_j (\delta_{ij} - p_j)" in made
    assert r"p_i (\delta_{ij} + p_j)" in made
    assert r"p_i (1 - p_j)" in made
    assert r" (\delta_{ij} - p_j)" in made
    assert text not in made


@pytest.mark.parametrize("trap", traps.TRAPS, ids=lambda trap: f"{trap.family}: {trap.title}")
def test_traps(trap: traps.Trap) -> None:
    assert traps.verdict_of(trap)[0] == trap.expected


def test_what_other_programs_say_of_a_trap() -> None:
    def trap(claim: str) -> traps.Trap:
        return traps.Trap("", "", "", claim, "proved", lambda s: (s.x + s.x, 2 * s.x))

    assert peers.sympy_says(trap("x + x = 2 x"), peers.sympy_names()) == ("equal", "equal")
    assert peers.wrong("refuted", peers.EQUAL) and peers.wrong("proved", "equal", "not equal")
    assert not peers.wrong("proved", peers.NOT_SHOWN, peers.EQUAL) and not peers.wrong("refuted", peers.NOT_READ, "")
    pytest.importorskip("math_verify", reason="Math-Verify is not installed")
    assert peers.math_verify_says(trap("x + x = 2 x")) == peers.EQUAL
    assert peers.math_verify_says(trap("x + x = 3 x")) == peers.NOT_SHOWN
    assert peers.math_verify_says(trap(r"\nosuchmacro{x} = x")) == peers.NOT_READ
    assert peers.math_verify_says(trap("x < x + 1")) == ""


def test_there_are_enough_traps() -> None:
    assert len(traps.TRAPS) >= 60
    assert len({t.claim + t.before for t in traps.TRAPS}) == len(traps.TRAPS)


# What the record found, and must stay away

F, G, A, B = (lambda i: var("f", i)), (lambda i: var("g", i)), var("a"), var("b")
HALF = Fraction(1, 2)
LOGS = total("j", Range(1, "m"), log(G("j")))
LATE = total("j", Range(2, "K"), log(G("j")))
X = exp(B) + A
FOUND = {
    "a side condition's bound index gives a free one its range": Claim(LOGS + total("q", Range(1, "m"), Delta("q", "j")), "=", LOGS + ONE, Context({"j": K})),
    "positivity inside a shorter range": Claim(LATE + power(power(G("j"), 2), HALF), "=", LATE + G("j"), Context({"j": K})),
    "positivity from a sum that may be empty": Claim(
        total("j", Range(2, "K"), log(A)) + power(power(A, 2), HALF), "=", total("j", Range(2, "K"), log(A)) + A
    ),
    "one product of sums against two members": Claim(
        total("j", K, exp(F("j"))) * total("j", K, exp(G("j"))), ">",
        total("j", K, exp(G("j"))) * exp(F("k")) + total("j", K, exp(F("j"))) * exp(G("k")), Context({"k": K}),
    ),
    "an equation used outside its range": Claim(
        var("x", "j"), "=", ONE, Context({"i": Range(1, "n"), "j": Range(0, "n")}, assumptions=(Assumption("equation", (var("x", "i"), ONE)),))
    ),
    "the root of an inverse square": Claim(power(power(X, -2), HALF), "=", ONE / X),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_found_by_the_record(name: str) -> None:
    assert not isinstance(prove(FOUND[name]), Proved)


def test_distinct_is_reported_as_given() -> None:
    context = Context({"i": Range(0, "n"), "l": Range(0, 0)}, assumptions=(Assumption("distinct", ("i", "l")),))
    verdict = prove(Claim(Delta("i", "l"), "=", num(0), context))
    assert not isinstance(verdict, Refuted)
    assert isinstance(verdict, Undecided) or verdict.given


def test_a_witness_is_one_point() -> None:
    """The slice v_1..v_4 was drawn anew when v_0, no member of it, was asked for after them."""
    four = Range(1, 4)
    assumption = Assumption("equation", (total("l", four, var("v", "l")), ONE))
    context = Context({"l": four}, assumptions=(assumption,), families={Head("v", 1, 0): (four,)})
    claim = Claim(total("q", four, var("v", "q") * var("A", "q")), "=", var("v", 0), context)
    verdict = prove(claim)
    assert isinstance(verdict, Refuted)
    assert unfounded(claim, verdict) == ""


def test_what_a_witness_leaves_out_is_completed_where_it_is_defined() -> None:
    """The sides need x and dL/dy; the reference needs a too, which has no value where d is negative."""
    text = (
        "$A = \\sqrt{d} B$ and $O = AV$. The gradient is\n"
        "$$-\\frac{\\partial L}{\\partial A} = \\frac{\\partial L}{\\partial O} V^T$$\n"
    )
    steps, _ = read(text, "attention.md")
    claims = [claim for step in steps if step for claim in step.claims]
    verdicts = [prove(claim) for claim in claims]
    refuted = [
        (claim, verdict) for claim, verdict in zip(claims, verdicts, strict=True) if isinstance(verdict, Refuted)
    ]
    assert refuted
    for claim, verdict in refuted:
        assert all(v.name != "d" for v, _ in verdict.witness.values)
        assert unfounded(claim, verdict) == ""


def test_a_member_that_a_witness_leaves_out_is_drawn_equal_to_one_that_it_names() -> None:
    """That u_k is x_k and x_1 makes all x_k one number, which no equation by itself says."""
    two = Range(1, 2)
    u, x = Head("u", 1, 0), Head("x", 1, 0)
    said = [Assumption("equation", (var("u", "k"), other)) for other in (var("x", "k"), var("x", 1))]
    context = Context({"k": two}, assumptions=tuple(said), families={u: (two,), x: (two,)})
    preset = {("x", (2,), ()): Fraction(-1, 3)}
    point = Point(context, {}, said, random.Random(1), ALIKE, preset)
    assert point(("x", (1,), ())) == Fraction(-1, 3)
    assert point.hold({"k": 1})


@pytest.mark.parametrize("seed", [5_233_257, 6_446_658])
def test_a_witness_is_confirmed_whose_side_is_rounded_or_whose_members_are_tied(seed: int) -> None:
    claim = make(seed).claim
    assert isinstance(verdict := prove(claim), Refuted)
    assert unfounded(claim, verdict) == ""


def test_code_lines() -> None:
    assert code_lines('"""Doc\nstring."""\n\nx = 1  # a\n# b\ndef f():\n    """Doc."""\n    return """a\nb"""\n') == 4


def test_a_definition_keeps_its_own_free_index() -> None:
    r"""E mentions i and does not bind it; under \sum_i a derivative by A_i is not a derivative by the i of E."""
    from_zero, one = Range(0, "K"), Range(1, 1)

    def a(i: str) -> Var:
        return var("A", i, "l")

    definitions = {Head("E", 0, 0): (Definition((), total("l", one, a("i")) + var("u", "i")),)}
    context = Context({"i": from_zero, "q": from_zero, "l": one}, definitions)
    picked = total("i", from_zero, Delta("i", "q") * Deriv(var("E"), a("i")))
    claim = Claim(ONE, "=", ONE + Deriv(var("E"), a("q")) - picked, context)
    verdict = prove(claim)
    assert not isinstance(verdict, Refuted) or unfounded(claim, verdict) == ""
    assert survey(claim, random.Random(1), 20, (), {})[0] is None

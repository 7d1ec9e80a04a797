"""Single-place edits: that each known slip is among them, and that an edit of a true line is proved only if it is true."""

from __future__ import annotations

import pytest

from symderiv.edits import LIMIT, Edit, edits
from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted
from symderiv.notation import unicode
from symderiv.terms import (
    ONE,
    ZERO,
    Cases,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Head,
    Opaque,
    Range,
    SizeOf,
    Sum,
    Term,
    exp,
    log,
    neg,
    num,
    power,
    total,
    var,
)
from symderiv.trial import Trial

CLASSES, SAMPLES = Range(1, "K"), Range(1, "m")


def p(i: str) -> Term:
    return var("p", i)


def f(i: str) -> Term:
    return var("f", i)


S = total("c", CLASSES, exp(f("c")))
LOSS = neg(total("c", CLASSES, var("t", "c") * log(p("c"))))
SOFTMAX = Context(
    ranges={"i": CLASSES, "j": CLASSES, "k": CLASSES},
    definitions={Head("p", 1, 0): (Definition(("i",), exp(f("i")) / S),), Head("L", 0, 0): (Definition((), LOSS),)},
    families={Head(name, 1, 0): (CLASSES,) for name in "pft"},
)
PLAIN = Context(
    ranges={"i": SAMPLES, "j": CLASSES, "k": CLASSES},
    families={
        Head("x", 1, 1): (CLASSES, SAMPLES),
        Head("a", 1, 0): (CLASSES,),
        Head("b", 1, 0): (CLASSES,),
        Head("W", 2, 0): (CLASSES, CLASSES),
    },
)
A, B = var("a", "j"), var("b", "j")
C, D = var("c"), var("d")


def found(term: Term, context: Context, other: Term | None = None) -> dict[str, Edit]:
    return {unicode(edit.term): edit for edit in edits(term, context, other)}


SLIPS = [
    # term, the other side, what it should be, the words
    (
        p("i") * (ONE - p("j")),
        Deriv(p("i"), f("j")),
        "p_i(δ_{ij} − p_j)",
        "δ_{ij} is missing: the formula holds for i = j only",
    ),
    (A - B, None, "a_j + b_j", "the sign of b_j is wrong"),
    (A - B, None, "−a_j + b_j", "the sign is wrong"),
    (neg(A * B), None, "a_j b_j", "the sign is wrong"),
    (A * B, C, "Σ_j a_j b_j", "the sum over j is missing"),
    (
        Deriv(var("L"), p("i")) * Deriv(p("i"), f("k")),
        Deriv(var("L"), f("k")),
        "Σ_i (∂L/∂p_i)(∂p_i/∂f_k)",
        "the sum over i is missing: every p_i depends on f_k",
    ),
    (
        Deriv(var("L"), p("k")) * Deriv(p("k"), f("k")),
        Deriv(var("L"), f("k")),
        "Σ_{k′} (∂L/∂p_{k′})(∂p_{k′}/∂f_k)",
        "the sum over k′ is missing: every p_{k′} depends on f_k",
    ),
    (total("k", CLASSES, A), B, "a_j", "there should be no sum over k"),
    (total("k", CLASSES, var("a", "k")), B, "a_j", "there should be no sum over k: only the term with k = j is left"),
    (total("k", CLASSES, var("a", "k")) + var("b", "k"), C, "Σ_k (a_k + b_k)", "the sum over k ends too early"),
    (A * var("b", "k"), None, "a_j b_j", "an index is swapped: k where j is needed in b_k"),
    (var("W", "j", "k"), None, "W_{kj}", "the indices of W_{jk} are interchanged"),
    (A * var("b", "k"), None, "a_k b_j", "the indices j and k are interchanged"),
    (Delta("j", "k") * A, None, "a_j", "there should be no δ_{jk}"),
    (A * B, var("a", "k"), "δ_{jk} a_j b_j", "δ_{jk} is missing"),
    (A / power(C, 1), None, "a_j/c²", "the exponent of c should be 2"),
    (power(C, 3), None, "c²", "the exponent of c should be 2"),
    (A * C, None, "a_j c²", "the exponent of c should be 2"),
    (A * power(C, 2), None, "a_j c", "the exponent of c should be 1"),
    (total("i", SAMPLES, var("x", "j", sups=("i",))), C, "(1/m) Σ_i x_j^{(i)}", "a factor 1/m is missing"),
    (num("1/2") * A * B, None, "a_j b_j", "the factor 1/2 is too much"),
    (A * B, None, "2 a_j b_j", "a factor 2 is missing"),
    (A * C, None, "a_j", "the factor c is too much"),
    (A / C, None, "a_j", "the division by c is too much"),
    (A / C, None, "c/a_j", "numerator and denominator are swapped"),
    (A, B / C, "b_j", "a_j where b_j is needed"),
    (A, log(B), "log a_j", "the logarithm is missing: log a_j is needed"),
    (exp(A), B, "a_j", "the exponential is too much: a_j is needed"),
    (A, B, "e^{a_j}", "the exponential is missing: e^{a_j} is needed"),
    (A, B, "1 − a_j", "a_j where 1 − a_j is needed"),
    (ONE - A, B, "a_j", "1 − a_j where a_j is needed"),
    (A + B, None, "b_j", "the term a_j is too much"),
    (A, C * (A + D), "a_j + d", "the term d is missing"),
    (A, B * C, "c a_j", "the factor c is missing"),
    (A, B * C, "a_j/c", "a division by c is missing"),
    (Cases(Delta("j", "k"), A, ZERO), None, "{0 if j = k; a_j if j ≠ k}", "the two cases are swapped"),
    (Opaque("g", (C,), (0,)), None, "g'(c)", "a derivative of g is missing"),
    (total("k", CLASSES, var("a", "k")), None, "Σ_{k=2}^K a_k", "k should start at 2"),
    (SizeOf("m") * C, total("k", CLASSES, A), "K c", "m where K is needed"),
]


@pytest.mark.parametrize(("term", "other", "meant", "words"), SLIPS, ids=[slip[3] for slip in SLIPS])
def test_every_known_slip_is_among_the_edits(term: Term, other: Term | None, meant: str, words: str) -> None:
    by_text = found(term, SOFTMAX if "p" in unicode(term) and "a_" not in unicode(term) else PLAIN, other)
    assert meant in by_text
    assert by_text[meant].words == words


def test_likeliest_slips_come_first() -> None:
    kinds = [edit.kind for edit in edits(p("i") * (ONE - p("j")), SOFTMAX, Deriv(p("i"), f("j")))]
    order = list(dict.fromkeys(kinds))
    assert order.index("sign") < order.index("delta") < order.index("index") < order.index("missing factor")
    assert kinds == sorted(kinds, key=order.index)


LINES = [(term, context, other) for (term, other, *_), context in zip(SLIPS, [PLAIN] * len(SLIPS), strict=True)]


@pytest.mark.parametrize(("term", "context", "other"), LINES)
def test_edits_are_distinct_bounded_in_scope_and_always_the_same(
    term: Term, context: Context, other: Term | None
) -> None:
    first, second = list(edits(term, context, other)), list(edits(term, context, other))
    assert first == second
    terms = [edit.term for edit in first]
    assert len(set(terms)) == len(terms) <= LIMIT
    assert term not in terms and other not in terms
    scope = set(context.ranges) | term.free | (other.free if other is not None else frozenset())
    for edit in first:
        assert edit.term.free <= scope, edit
        assert edit.words


def test_the_limit_holds() -> None:
    assert len(list(edits(A * B + C * D, PLAIN, None, 7))) == 7


def test_the_index_of_a_sum_never_leaves_it() -> None:
    for edit in edits(Sum("k", CLASSES, var("a", "k") * B), PLAIN, A):
        assert edit.term.free <= {"j"}, unicode(edit.term)


TRUE = [
    Claim(Deriv(p("i"), f("j")), "=", p("i") * (Delta("i", "j") - p("j")), SOFTMAX),
    Claim(Deriv(var("L"), f("k")), "=", total("i", CLASSES, Deriv(var("L"), p("i")) * Deriv(p("i"), f("k"))), SOFTMAX),
    Claim(Deriv(var("L"), f("k")), "=", p("k") * total("i", CLASSES, var("t", "i")) - var("t", "k"), SOFTMAX),
    Claim(Deriv(exp(f("i")) / S, f("i")), "=", exp(f("i")) * (S - exp(f("i"))) / power(S, 2), SOFTMAX),
]


@pytest.mark.parametrize("claim", TRUE, ids=[unicode(claim.right) for claim in TRUE])
def test_a_mutant_that_differs_is_never_proved_and_nearly_always_refuted(claim: Claim) -> None:
    assert isinstance(prove(claim), Proved)
    trial = Trial(claim.context, (claim.left, claim.right))
    values = trial.values(claim.left)
    differing = refuted = 0
    for edit in edits(claim.right, claim.context, claim.left, 150):
        has_value = any(value is not None for value in trial.values(edit.term))  # unlike dt_i/df_k
        if has_value and not trial.agrees(edit.term, values):
            verdict = prove(Claim(claim.left, "=", edit.term, claim.context))
            assert not isinstance(verdict, Proved), unicode(edit.term)
            differing += 1
            refuted += isinstance(verdict, Refuted)
    assert differing > 20
    assert refuted >= 0.95 * differing

"""Repairs: the slips that were found in published derivations, each with the line that was meant and what to say."""

from __future__ import annotations

import pytest

from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted
from symderiv.reader.containers import read_text
from symderiv.reader.steps.walk import Walk
from symderiv.repair import Repair, holds_when, repair
from symderiv.terms import Claim, Context, Head, Range, var

SOFTMAX = r"""
% symderiv: index i, j, k : 1..K
% symderiv: define S = \sum_{c=1}^{K} e^{f_c}
% symderiv: define p_i = e^{f_i} / S
"""
LOSS = SOFTMAX + r"% symderiv: define L = -\sum_{c=1}^{K} t_c \log p_c" + "\n"


def claims(latex: str, preamble: str = "") -> list[Claim]:
    walk = Walk(read_text(f"{preamble}\n\\[ {latex} \\]\n", "slip.tex", "tex"))
    walk.run()
    assert not [problem for problem in walk.diagnostics if problem.code.startswith("E")]
    return [claim for posed in walk.posed if posed.kind == "claim" for claim in walk.claims(posed)]


def false(latex: str, preamble: str = "") -> Claim:
    (claim,) = claims(latex, preamble)
    assert isinstance(prove(claim), Refuted)
    return claim


def mended(claim: Claim) -> Repair:
    found = repair(claim)
    assert found is not None
    right, left = (found.term, claim.left) if found.side == "right" else (claim.right, found.term)
    assert isinstance(prove(Claim(left, "=", right, claim.context)), Proved)
    return found


SLIPS = [
    (
        r"\frac{\partial p_i}{\partial f_j} = p_i (1 - p_j)",
        SOFTMAX,
        r"p_i (\delta_{ij} - p_j)",
        "δ_{ij} is missing: the formula holds for i = j only",
    ),
    (r"\frac{\partial p_i}{\partial f_j} = p_i (p_j - \delta_{ij})", SOFTMAX, None, "the sign"),
    (
        r"\frac{\partial p_i}{\partial f_j} = -p_i p_j",
        SOFTMAX,
        r"\delta_{ij} p_i - p_i p_j",
        "the term δ_{ij} p_i is missing: the formula holds for i ≠ j only",
    ),
    (
        r"\frac{\partial \log p_i}{\partial f_j} = -p_j",
        SOFTMAX,
        r"\delta_{ij} - p_j",
        "the term δ_{ij} is missing: the formula holds for i ≠ j only",
    ),
    (
        r"\frac{\partial p_i}{\partial f_j} = p_i (\delta_{ij} + p_j)",
        SOFTMAX,
        r"p_i (\delta_{ij} - p_j)",
        "the sign of p_j is wrong",
    ),
    (
        r"\frac{\partial L}{\partial f_k} = \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial f_k}",
        LOSS,
        r"\sum_{i=1}^{K} \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial f_k}",
        "the sum over i is missing: every p_i depends on f_k",
    ),
    (
        r"\frac{\partial L}{\partial f_k} = \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial f_k}",
        LOSS,
        None,
        "is missing: every p_{k′} depends on f_k",
    ),
    (r"\frac{\partial L}{\partial p_k} = \frac{t_k}{p_k}", LOSS, r"-\frac{t_k}{p_k}", "the sign is wrong"),
    (
        r"\frac{\partial L}{\partial p_k} = -\frac{p_k}{t_k}",
        LOSS,
        r"-\frac{t_k}{p_k}",
        "numerator and denominator are swapped",
    ),
    (
        r"\frac{\partial L}{\partial p_k} = -\frac{t_j}{p_k}",
        LOSS,
        r"-\frac{t_k}{p_k}",
        "an index is swapped: j where k is needed in t_j",
    ),
    (
        r"\frac{\partial p_i}{\partial f_i} = \frac{e^{f_i} (S - e^{f_i})}{S}",
        SOFTMAX,
        r"\frac{e^{f_i} (S - e^{f_i})}{S^2}",
        "the exponent of S should be 2",
    ),
    (
        r"\frac{\partial p_i}{\partial f_i} = \frac{e^{f_i} - (e^{f_i})^2}{S^2}",
        SOFTMAX,
        r"\frac{S e^{f_i} - (e^{f_i})^2}{S^2}",
        "the factor S is missing in e^{f_i}",
    ),
    (
        r"\frac{\partial}{\partial x} \sigma(x) = 1 - \sigma(x)",
        "",
        r"\sigma(x) (1 - \sigma(x))",
        "the factor σ(x) is missing",
    ),
    (r"\frac{e^x - e^{-x}}{e^x + e^{-x}} = 2\sigma(x) - 1", "", r"2 \sigma(2 x) - 1", "a factor 2 is missing in x"),
    (r"\frac{\partial}{\partial x} \frac{1}{2} (x - y)^2 = 2 (x - y)", "", "x - y", "the factor 2 is too much"),
    (
        r"\frac{\partial}{\partial w_j} \frac{1}{2m} \sum_{i=1}^{m} (\sum_{c=1}^{n} w_c x_c^{(i)} - y^{(i)})^2 = \sum_{i=1}^{m} (\sum_{c=1}^{n} w_c x_c^{(i)} - y^{(i)}) x_j^{(i)}",
        "% symderiv: index j : 1..n\n",
        None,
        "a factor 1/m is missing",
    ),
    (
        r"\frac{\partial}{\partial v} \frac{x - \mu}{\sqrt{v}} = -\frac{1}{2} \frac{z - \mu}{v^{3/2}}",
        "% symderiv: define z = \\frac{x - \\mu}{\\sqrt{v}}\n",
        r"-\frac{1}{2} \frac{x - \mu}{v^{\frac{3}{2}}}",
        "z where x is needed",
    ),
    (r"\frac{\partial}{\partial x} x^3 = 3 x", "", "3 x^2", "the exponent of x should be 2"),
]


@pytest.mark.parametrize(("latex", "preamble", "meant", "words"), SLIPS, ids=[slip[3] for slip in SLIPS])
def test_published_slips_are_mended_and_named(latex: str, preamble: str, meant: str | None, words: str) -> None:
    found = mended(false(latex, preamble))
    assert words in found.words
    assert meant is None or found.latex == meant
    assert found.side == "right"


def test_the_left_side_is_mended_where_the_chain_asks_for_it() -> None:
    """Written under "if i != j", the left side must be dp_j/df_i: the line after it goes on from the right side."""
    chain = r"\frac{\partial p_i}{\partial f_i} = p_j (\delta_{ij} - p_i) = \delta_{ij} p_j - p_i p_j"
    first, second = claims(chain, SOFTMAX)
    assert isinstance(prove(first), Refuted) and isinstance(prove(second), Proved)
    found = repair(first, None, second.right)
    assert found is not None
    assert (found.side, found.mends_chain) == ("left", True)
    assert found.latex == r"\frac{\partial p_j}{\partial f_i}"


def test_an_edit_of_the_left_side_must_not_break_the_step_before_it() -> None:
    before, step = claims(r"e^{2x} = (e^x)^2 = e^x", "")
    assert isinstance(prove(before), Proved)
    found = repair(step, before.left, None)
    assert found is not None and found.side == "right"


def test_a_line_that_no_single_edit_mends_has_no_repair() -> None:
    assert repair(false(r"\frac{\partial}{\partial x} (x^5 + \sin(x)) = 3 x + e^{x} - 7")) is None


def test_the_other_side_itself_is_no_repair() -> None:
    """x = y is false, and "x = x" mends nothing."""
    found = repair(Claim(var("x"), "=", var("y"), Context()))
    assert found is None


def test_the_same_claim_gets_the_same_repair() -> None:
    claim = false(SLIPS[0][0], SOFTMAX)
    first, second = mended(claim), mended(claim)
    assert (first.term, first.words) == (second.term, second.words)


@pytest.mark.parametrize(
    ("latex", "when"),
    [
        (r"\frac{\partial p_i}{\partial f_j} = p_i (1 - p_j)", ["i = j"]),
        (r"\frac{\partial p_i}{\partial f_j} = -p_i p_j", ["i ≠ j"]),
        (r"\frac{\partial p_i}{\partial f_1} = -p_i p_1", ["i ≠ 1"]),
        (r"p_i = 2 p_i", []),
        (r"p_i \delta_{ij} = 2 p_i \delta_{ij}", []),  # for i != j it says 0 = 0
    ],
)
def test_conditions_under_which_a_false_line_holds(latex: str, when: list[str]) -> None:
    assert holds_when(false(latex, SOFTMAX)) == when


def test_a_condition_on_an_index_that_only_a_definition_mentions() -> None:
    """Miranda: L_i = -log p_{y_i}, and dL_i/dp_k = -1/p_k for k = y_i only."""
    preamble = SOFTMAX + "% symderiv: index c : 1..K\n% symderiv: define L = -\\log p_c\n"
    assert holds_when(false(r"\frac{\partial L}{\partial p_k} = -\frac{1}{p_k}", preamble)) == ["c = k"]


def test_inequalities_have_no_repair() -> None:
    size = Range(1, "K")
    context = Context(ranges={"i": size}, families={Head("x", 1, 0): (size,)})
    claim = Claim(var("x", "i"), "<", var("x", "i"), context)
    assert isinstance(prove(claim), Refuted)
    assert repair(claim) is None


def test_a_slip_that_was_made_twice_in_one_line() -> None:
    found = mended(false(r"\frac{\partial p_i}{\partial f_i} = f_i (1 - f_i)", SOFTMAX))
    assert found.latex == "p_i (1 - p_i)"
    assert found.words == "f_i where p_i is needed, in both places"

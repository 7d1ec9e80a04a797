"""Hypotheses that nobody stated: found where they are needed, the weakest first, and declared by the line proposed."""

from __future__ import annotations

import pytest

from symderiv.hypotheses import Hypothesis, needed
from symderiv.judge import prove, prove_all
from symderiv.kernel import Proved
from symderiv.reader.containers import read_text
from symderiv.reader.steps.walk import Walk
from symderiv.terms import Claim

SOFTMAX = r"""
% symderiv: index i, j, k : 1..K
% symderiv: define p_i = \frac{e^{z_i}}{\sum_{c=1}^{K} e^{z_c}}
% symderiv: define L = -\sum_{j=1}^{K} t_j \log p_j
"""
LINEAR = r"""
% symderiv: index j : 0..n
% symderiv: define h^{(i)} = \sum_{j=0}^{n} w_j x_j^{(i)}
"""


def posed(latex: str, preamble: str) -> list[Claim]:
    walk = Walk(read_text(f"{preamble}\n\\[ {latex} \\]\n", "hypothesis.tex", "tex"))
    walk.run()
    assert not [problem for problem in walk.diagnostics if problem.code.startswith("E")]
    return [claim for step in walk.posed if step.kind == "claim" for claim in walk.claims(step)]


def missing(latex: str, preamble: str, natural_only: bool = False) -> Hypothesis | None:
    claims = posed(latex, preamble)
    assert not isinstance(prove_all(claims), Proved)
    return needed(*claims, natural_only=natural_only)


GRADIENT = r"\frac{\partial L}{\partial z_k} = p_k - t_k"
NEEDED = [
    (GRADIENT, SOFTMAX, r"\sum_j t_j = 1"),
    (r"t_i t_j = \delta_{ij} t_i", SOFTMAX + "% symderiv: define s = \\sum_{c=1}^{K} t_c\n", r"t_i \text{ one-hot}"),
    (r"t_i t_i = t_i", SOFTMAX + "% symderiv: define s = \\sum_{c=1}^{K} t_c\n", r"t_i \in \{0, 1\}"),
    (r"\frac{\partial}{\partial w_0} h^{(i)} = 1", LINEAR, r"x_0^{(i)} = 1"),
    (r"\sqrt{a^2} = a", "", r"a > 0"),
    (r"\sum_{i=1}^{m} (x_i - \mu)^2 = \sum_{i=1}^{m} x_i^2 - m \mu^2", "", r"\sum_i x_i = m \mu"),
]


@pytest.mark.parametrize(("latex", "preamble", "text"), NEEDED, ids=[case[2] for case in NEEDED])
def test_the_hypothesis_is_found_and_its_directive_declares_it(latex: str, preamble: str, text: str) -> None:
    found = missing(latex, preamble)
    assert found is not None
    assert text in [assumption.text for assumption in found.assumptions]
    assert {a.text for a in found.verdict.given} == {a.text for a in found.assumptions}
    declared = "".join(f"% symderiv: {line}\n" for line in found.directives)
    verdict = prove_all(posed(latex, preamble + declared))
    assert isinstance(verdict, Proved)
    assert len(verdict.given) == len(found.assumptions)


def test_the_weakest_is_proposed() -> None:
    """One-hot implies that the sum is one; the gradient needs no more than that."""
    found = missing(GRADIENT, SOFTMAX)
    assert found is not None
    assert [a.kind for a in found.assumptions] == ["equation"]
    assert found.natural
    assert found.directives == (r"assume \sum_j t_j = 1",)


def test_two_together() -> None:
    preamble = SOFTMAX + "% symderiv: define M = -\\sum_{j=1}^{K} u_j \\log p_j\n"
    latex = r"\frac{\partial L}{\partial z_k} + \frac{\partial M}{\partial z_k} = 2 p_k - t_k - u_k"
    found = missing(latex, preamble)
    assert found is not None
    assert sorted(a.text for a in found.assumptions) == [r"\sum_j t_j = 1", r"\sum_j u_j = 1"]


def test_rows_of_a_table_each_sum_to_one() -> None:
    preamble = r"""
% symderiv: index i : 1..m
% symderiv: index j, k : 1..K
% symderiv: define p_{ik} = \frac{e^{z_{ik}}}{\sum_{c=1}^{K} e^{z_{ic}}}
% symderiv: define L = -\frac{1}{m} \sum_{i=1}^{m} \sum_{k=1}^{K} y_{ik} \log p_{ik}
"""
    found = missing(r"\frac{\partial L}{\partial z_{ij}} = \frac{1}{m} (p_{ij} - y_{ij})", preamble)
    assert found is not None
    assert found.directives == (r"assume \sum_k y_{ik} = 1",)


def test_one_hot_is_asked_at_every_class() -> None:
    """-log p_k is the loss at the true class only: at the others even one-hot targets do not save the line."""
    assert missing(r"2 L = -2 \log p_k", SOFTMAX) is None


def test_logits_and_what_is_differentiated_by_are_never_spoken_of() -> None:
    """e/S^2 = e/S holds where S = 1, but no reader would assume that."""
    preamble = "% symderiv: index i : 1..K\n"
    assert missing(r"\frac{z_i}{(\sum_{c=1}^{K} z_c)^2} = \frac{z_i}{\sum_{c=1}^{K} z_c}", preamble) is None
    assert missing(r"\frac{\partial}{\partial z_i} (\sum_{c=1}^{K} z_c)^2 = 2", preamble) is None


def test_what_holds_only_by_accident_is_not_natural() -> None:
    """x_j^2 for x_j is a slip in the exponent more often than a claim about binary features."""
    preamble = "% symderiv: index j : 1..n\n"
    latex = r"\frac{\partial^2}{\partial w_j^2} \frac{1}{2} (\sum_{c=1}^{n} w_c x_c - y)^2 = x_j"
    found = missing(latex, preamble)
    assert found is not None and not found.natural
    assert missing(latex, preamble, natural_only=True) is None


def test_a_plainly_false_line_needs_nothing() -> None:
    assert missing(r"\frac{\partial L}{\partial z_k} = p_k + t_k", SOFTMAX) is None
    assert missing(r"p_k = 2 p_k", SOFTMAX) is None


def test_a_hypothesis_that_is_known_already_is_not_proposed_again() -> None:
    declared = SOFTMAX + "% symderiv: assume \\sum_j t_j = 1\n"
    (claim,) = posed(GRADIENT, declared)
    assert isinstance(prove(claim), Proved)
    assert missing(r"\frac{\partial L}{\partial z_k} = p_k", declared) is None

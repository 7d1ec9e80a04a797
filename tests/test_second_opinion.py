"""``check --second-opinion``: what SymPy and mpmath say of the verdicts, and that a disagreement is an error."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from symderiv.check import check_text
from symderiv.checked import Checked, Opinions
from symderiv.diagnostics import UserError
from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted, Scope, Witness, verdict
from symderiv.kernel.derivative import unknown_derivative
from symderiv.sympy_engine import rechecked
from symderiv.sympy_engine.unstated import spelled_out
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Claim,
    Context,
    Definition,
    Deriv,
    Head,
    Range,
    Term,
    num,
    total,
    var,
)
from symderiv.writers.findings import Examined
from tests.conftest import Outcome

DOCUMENTS = Path(__file__).parent / "documents"
SOFTMAX = r"""
The logits are $f_1, \dots, f_K$ and the targets $t$ are one-hot.
$$ p_i = \frac{e^{f_i}}{\sum_{j=1}^K e^{f_j}}, \qquad L = -\sum_{i=1}^K t_i \log p_i $$
$$ \frac{\partial p_i}{\partial f_k} = p_i (\delta_{ik} - p_k) $$
$$ \frac{\partial L}{\partial f_k} = p_k - t_k $$
$$ \frac{\partial L}{\partial f_k} = t_k - p_k $$
"""
x = var("x")


def posed_as(verdict: Proved | Refuted) -> Checked:
    """A document whose only step has this verdict."""
    checked = check_text("$$ x = x $$\n", "notes.md")
    return replace(checked, steps=(replace(checked.steps[0], verdict=verdict),))


def proof(*claims: Claim) -> Proved:
    return Proved(claims[0], Scope(), (), (), "trust me", claims[1:], seal=verdict._SEAL)


def refutation(claim: Claim, value: int, left: str, right: str) -> Refuted:
    return Refuted(claim, Witness((), (), ((x, Fraction(value)),), left, right), seal=verdict._SEAL)


def test_a_derivation_is_borne_out(run: Callable[..., Outcome], tmp_path: Path) -> None:
    path = tmp_path / "softmax.md"
    path.write_text(SOFTMAX, encoding="utf-8")
    done = run("check", str(path), "--second-opinion")
    assert done.status == 1  # the last line is false
    assert "second opinion: SymPy agrees with 3 verdicts (3 of them shown)" in done.out
    record = json.loads(run("check", str(path), "--second-opinion", "--format", "json").out)
    assert record[0]["second_opinion"] == {"agree": 3, "showed": 3, "differ": 0, "none": 0}
    assert "SymPy agrees with 3 verdicts" in run("check", str(path), "--second-opinion", "--format", "markdown").out
    assert "second opinion" not in run("check", str(path)).out
    path.write_text("$$ \\int p_i = q_i $$\n", encoding="utf-8")
    assert "second opinion: there is no verdict to ask about\n" in run("check", str(path), "--second-opinion").out


@pytest.mark.parametrize(
    "false",
    [
        proof(Claim(x * x, "=", x)),
        proof(Claim(ONE, "=", ONE), Claim(x, "=", ZERO)),  # the second entry of a vector
        proof(Claim(x * x, "<", ZERO)),
    ],
)
def test_a_false_proof_is_an_error(false: Proved) -> None:
    checked = rechecked(posed_as(false))
    assert checked.opinions == Opinions(differ=1)
    (diagnostic,) = checked.diagnostics
    assert diagnostic.code == "E901" and diagnostic.severity == "error" and "SymPy says" in diagnostic.notes[0]
    assert checked.steps[0].verdict is false
    assert Examined("notes.md", checked).status == 1


@pytest.mark.parametrize(
    "false",
    [
        refutation(Claim(x * x, "=", x), 1, "1", "2"),  # both sides are 1
        refutation(Claim(x * x, "=", x), 2, "4", "3"),  # they differ, but not so
    ],
)
def test_a_false_counterexample_is_an_error(false: Refuted) -> None:
    checked = rechecked(posed_as(false))
    assert checked.opinions == Opinions(differ=1)
    assert [d.code for d in checked.diagnostics] == ["E902"]


def test_true_verdicts_are_borne_out() -> None:
    assert rechecked(posed_as(proof(Claim(x + x, "=", num(2) * x)))).opinions == Opinions(agree=1, showed=1)
    assert rechecked(posed_as(refutation(Claim(x * x, "=", x), 2, "4", "2"))).opinions == Opinions(agree=1, showed=1)


@pytest.mark.parametrize(
    "text",
    [
        "<!-- symderiv: opaque g -->\n$$ g(x) + g(x) = 2 g(x) $$\n",  # a function of which nothing is known
        r"$$ \sum_{i=1}^{1000000} x = 1000000 x $$",  # too long to be written out
    ],
)
def test_what_sympy_cannot_say_is_no_opinion(text: str) -> None:
    checked = check_text(text, "notes.md")
    assert all(isinstance(step.verdict, Proved) for step in checked.claims)
    assert rechecked(checked).opinions == Opinions(none=len(checked.claims))


UNSTATED = r"""
$$ y_j = \sum_{i=1}^n w_{ji} x_i $$
$$ \frac{\partial E}{\partial x_i} = \sum_{j=1}^m \frac{\partial E}{\partial y_j} w_{ji} $$
$$ \frac{\partial E}{\partial w_{ji}} = \frac{\partial E}{\partial y_j} x_j $$
"""


def test_a_dependence_that_nobody_stated_is_spelled_out() -> None:
    checked = check_text(UNSTATED, "notes.md")
    assert [type(step.verdict) for step in checked.claims] == [Proved, Refuted]
    assert rechecked(checked).opinions == Opinions(agree=2, showed=2)


def layers(left: Term, right: Term, **more: object) -> Claim:
    """A claim in which E depends on all through y_j = w_j x, and h on x."""
    one = (Range(1, "m"),)
    y, w, h = Head("y", 1, 0), Head("w", 1, 0), Head("h", 0, 0)
    context = Context(
        {"j": one[0], "k": one[0]},
        {y: (Definition(("j",), var("w", "j") * x),)},
        families={y: one, w: one},
        dependent=frozenset({(h, x.head)}),
        through={Head("E", 0, 0): ((y, one),)},
    )
    return Claim(left, "=", right, replace(context, **more))  # type: ignore[arg-type]


E, h = var("E"), var("h")


def test_an_unknown_rate_is_that_of_the_kernel() -> None:
    rate = unknown_derivative(E, var("y", "k"))
    along = total("k", (1, "m"), rate * var("w", "k"))
    true = layers(Deriv(E * h, x), E * unknown_derivative(h, x) + h * along)
    assert isinstance(prove(true), Proved)
    assert rechecked(posed_as(proof(true))).opinions == Opinions(agree=1, showed=1)
    for wrong in (ZERO, along, E * unknown_derivative(h, x), E * Deriv(h, x) - h * along):
        assert rechecked(posed_as(proof(layers(Deriv(E * h, x), wrong)))).opinions == Opinions(differ=1)
    false = layers(Deriv(E, var("w", "j")), rate * x)
    found = prove(false)
    assert isinstance(found, Refuted)
    assert rechecked(posed_as(found)).opinions == Opinions(agree=1, showed=1)
    assert rechecked(posed_as(refutation(layers(E, E + E), 0, "1", "2"))).opinions == Opinions(none=1)


@pytest.mark.parametrize(
    "claim",
    [
        layers(Deriv(Deriv(E, x), x), ZERO),  # it is not linear
        layers(Deriv(E, x), ZERO, held=frozenset({Head("E", 0, 0)})),
        layers(Deriv(h, x), ZERO, assumptions=(Assumption("binary", (Head("h", 0, 0),)),)),
        # h depends on y, and y on x, but h not on x: no function does
        layers(Deriv(h, x) + Deriv(h, var("y", "j")), ZERO, dependent=frozenset({(Head("h", 0, 0), Head("y", 1, 0))})),
        layers(Deriv(h, var("z", "j")), ZERO, dependent=frozenset({(Head("h", 0, 0), Head("z", 1, 0))})),  # how many z?
    ],
)
def test_a_linear_function_does_not_always_stand_for_all(claim: Claim) -> None:
    with pytest.raises(UserError):
        spelled_out(claim)
    assert rechecked(posed_as(proof(claim))).opinions == Opinions(none=1)


@pytest.mark.parametrize(
    "name", ["softmax-jacobian.md", "batch-matrix.md", "layer-norm.md", "kl-divergence.md", "cases.md", "two-valued.md"]
)
def test_test_documents_are_borne_out(name: str) -> None:
    checked = rechecked(check_text((DOCUMENTS / name).read_text(encoding="utf-8"), name))
    assert checked.opinions is not None and checked.opinions.differ == 0 and checked.opinions.agree > 0

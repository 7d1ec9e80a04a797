r"""Functions of values: letters in brackets that sums run over, and functions with the same letter but other arguments."""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted
from symderiv.terms import var

ENTROPY = r"$$H = -\sum_y p(y) \log p(y)$$"
NORMAL = r"$$\sum_y p(y) = 1, \qquad H = -\sum_y p(y) \log p(y)$$"
PARTITION = r"$$Z(x) = \sum_y q(y|x) e^{r(x,y)}, \qquad p(y|x) = \frac{q(y|x) e^{r(x,y)}}{Z(x)}$$"
POLICY = r"$$J = \sum_{a \in A} \pi_\theta(a|s) Q(s,a)$$"


def last(*blocks: str) -> type | str:
    steps = check_text("\n\n".join((*blocks[:-1], f"$${blocks[-1]}$$")), "values.md").steps
    return steps[-1].kind if steps[-1].kind == "definition" else type(steps[-1].verdict)


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (ENTROPY, r"\sum_y p(y) \log p(y) = \sum_{y'} p(y') \log p(y')", r"\sum_y p(y) \log p(y) = \sum_{y'} p(y')"),
        (ENTROPY, r"\sum_y \sum_{y'} p(y) p(y') = \left( \sum_y p(y) \right)^2", r"\sum_y \sum_{y'} p(y) p(y') = \sum_y p(y)^2"),
        (ENTROPY, r"\sum_y p(y) f(y) + \sum_y p(y) g(y) = \sum_y p(y) (f(y) + g(y))", r"\sum_y p(y) f(y) g(y) = \sum_y p(y) f(y) \sum_y p(y) g(y)"),
        (ENTROPY, r"\sum_y y p(y) + c \sum_y p(y) = \sum_y (y + c) p(y)", r"\sum_y y p(y) + c \sum_y p(y) = \sum_y (y - c) p(y)"),
        (PARTITION, r"\sum_y p(y|x) f(y) = \frac{\sum_y q(y|x) e^{r(x,y)} f(y)}{Z(x)}", r"\sum_y p(y|x) f(y) = \sum_y q(y|x) e^{r(x,y)} f(y)"),
        (PARTITION, r"\frac{p(y_a|x)}{p(y_b|x)} = \frac{q(y_a|x)}{q(y_b|x)} e^{r(x,y_a) - r(x,y_b)}", r"\frac{p(y_a|x)}{p(y_b|x)} = \frac{q(y_a|x)}{q(y_b|x)} e^{r(x,y_b) - r(x,y_a)}"),
        (POLICY, r"\sum_a \pi_\theta(a|s) Q(s,a) - \sum_a \pi_\theta(a|s) V(s) = \sum_a \pi_\theta(a|s) (Q(s,a) - V(s))", r"\sum_a \pi_\theta(a|s) Q(s,a) - V(s) = \sum_a \pi_\theta(a|s) (V(s) - Q(s,a))"),
        (r"$z$ is a logit.", r"\sum_{v=0}^{2} e^{vz} = 1 + e^z + e^{2z}", r"\sum_{v=0}^{2} e^{vz} = 1 + e^{2z}"),
    ],
)  # fmt: skip
def test_a_letter_in_brackets_is_an_index(before: str, right: str, wrong: str) -> None:
    assert last(before, right) is Proved
    assert last(before, wrong) not in (Proved, "definition")


@pytest.mark.parametrize(
    ("line", "proved"),
    [
        (r"\sum_{k=1}^{3} k^2 = 14", True),
        (r"\sum_{k=1}^{3} k x_k = x_1 + 2 x_2 + 3 x_3", True),
        (r"\sum_{k=0}^{1} k P(y = k | x) = P(y = 1 | x)", True),
        (r"\sum_{k=0}^{1} k P(y = k | x) = P(y = 0 | x)", False),
        (r"\sum_{k=0}^{1} k p(k) + a = 2 p(1) + a", False),
        (r"\sum_{l=1}^{3} W^l + a = 3 W^l + a", False),
        (r"\sum_{t=0}^{2} \gamma^t r_t + h_t = \gamma^t (r_0 + r_1 + r_2) + h_t", False),
    ],
)
def test_a_sum_over_a_few_numbers_is_written_out(line: str, proved: bool) -> None:
    assert (last(line) is Proved) == proved


def test_the_gradient_of_a_sum_over_actions() -> None:
    right = r"\nabla_\theta \sum_a \pi_\theta(a|s) Q(s,a) = \sum_a Q(s,a) \pi_\theta(a|s) \nabla_\theta \log \pi_\theta(a|s)"
    assert last(POLICY, right) is Proved
    assert last(POLICY, right.replace(r" \pi_\theta(a|s) \nabla", r" \nabla")) is not Proved
    assert last(POLICY, right.replace(r"\log ", "")) is not Proved


@pytest.mark.parametrize(
    "line",
    [
        r"\sum_y p(y) (f(y) - b) = \sum_y p(y) f(y) - b",  # of a distribution only
        r"\sum_y p(y|x) = \sum_y p(y)",
        r"p(y|x) + H = p(y) + H",
        r"p(x) + H = p(y) + H",
        r"p(y_a) + H = p(y_b) + H",
        r"\sum_y c = c",
    ],
)
def test_what_is_not_said_of_functions_is_not_proved(line: str) -> None:
    assert last(ENTROPY, line) is not Proved


def test_a_stated_normalisation_is_used() -> None:
    said = r"where $\sum_y p(y) = 1$."
    step = check_text(f"{ENTROPY}\n\n{said}\n\n$$\\sum_y p(y) (f(y) - b) = \\sum_y p(y) f(y) - b$$", "values.md").steps[
        -1
    ]
    assert isinstance(step.verdict, Proved)
    assert [a.text for a in step.verdict.given] == [r"\sum_y p(y) = 1"]


def test_a_variable_is_no_letter_for_values() -> None:
    """What anything is differentiated by is a number: d/dy of a sum over the values of y means nothing."""
    assert last(ENTROPY, r"\frac{\partial}{\partial y} \sum_y p(y) = 0") is not Proved
    assert last(r"$$s = \sum_t \pi(a_t|s_t)$$", r"\sum_t \pi(a_t|s_t) = \pi(a_1|s_1)") is not Proved


def test_gradients_without_a_variable_are_by_the_one_that_others_name() -> None:
    before = r"$f = \theta^2$ and $$\nabla_\theta f = 2 \theta$$"
    assert last(before, r"\nabla f = 2 \theta") is Proved
    assert last(before, r"\nabla f = \theta") is Refuted
    assert last(before + "\n\n$$\\nabla_w w = 1$$", r"\nabla f = 2 \theta") is not Proved


@pytest.mark.parametrize("body", [r"\sum_y q(y|x)", "p(y|x) + 1", r"\log p(y=1|x)", r"\sum_y r(x,y) q(y)"])
def test_a_function_called_with_another_argument_is_another_number(body: str) -> None:
    assert last(f"$$f(x) = {body}$$", "f(u) - f(x) = 0") not in (Proved, Refuted)
    assert last(f"$$f(x) = {body}$$", f"f(x) - 2 = {body} - 2") is Proved


def test_marked_values_of_one_letter() -> None:
    """y_w and y_l are two values of y, wherever p(y_w|x) says so."""
    reward = r"$$p(y|x) = \exp(r(y,x) - \beta \log q(y|x))$$"
    right = r"r(y_w,x) - r(y_l,x) = \log \frac{p(y_w|x)}{p(y_l|x)} + \beta \log \frac{q(y_w|x)}{q(y_l|x)}"
    said = "<!-- symderiv: assume q(y|x) > 0 -->"
    assert last(said, reward, right) is Proved
    assert last(said, reward, right.replace(r"+ \beta", r"- \beta")) is Refuted
    assert last(said, reward, f"$${right}$$", r"r(y,x) = \log p(y|x) + \beta \log q(y|x)") is Proved
    assert last(said, reward, f"$${right}$$", r"r(y,x) = \log p(y|x) - \beta \log q(y|x)") is not Proved


def test_a_call_that_cannot_be_read_is_said_in_its_place() -> None:
    checked = check_text(f"{PARTITION}\n\n$$ Z(x) = \\sum_y q(y|x) e^{{r(x,y)}}, \\qquad p(-y|x) = 1 $$\n", "values.md")
    assert [step.diagnostic.code for step in checked.steps if step.diagnostic] == ["E151"]


def test_a_counterexample_keeps_to_the_labels_that_are_said() -> None:
    """y = 0 would be simpler, but the labels are 1 and -1."""
    checked = check_text("Labels are $y \\in \\{-1, 1\\}$.\n\n$$ (y - f)^2 = 1 - y f + f^2 $$\n", "notes.md")
    (step,) = checked.claims
    assert isinstance(step.verdict, Refuted)
    assert abs(dict(step.verdict.witness.values)[var("y")]) == 1

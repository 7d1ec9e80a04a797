r"""Sums over training examples: what belongs to an example, what is the same for all, and what is not said.

A proof must hold however the examples differ, a refutation even where they are all alike.
"""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted

NEURON = r"$a = \sigma(z)$, $z = \sum_j w_j x_j + b$ and"
COST = NEURON + r" $$C = -\frac{1}{n} \sum_x [y \ln a + (1-y) \ln(1-a)]$$"
LINE = r"$$L = \frac{1}{N} \sum_{(x,y) \in D} (y - u)^2, \qquad u = m x + c$$"
LATE = r"$$C = \frac{1}{2n} \sum_{x \in X} (y - a)^2$$ with $a = \sigma(z)$ and $z = w x + b$."
VECTORS = r"$$J(\mathbf{w}) = \frac{1}{N} \sum_{\mathbf{x}} (\mathbf{w}^T \mathbf{x} - y)^2$$"
ENTROPY = r"$p_k = e^{z_k} / \sum_j e^{z_j}$, $y$ is one-hot, and $$L = -\frac{1}{N} \sum_x \sum_k y_k \log p_k$$"
NAMELESS = r"Over all samples, with $u = m x + c$, $$E = \frac{1}{n} \sum (y - u)^2$$"
COUNTED = r"$u = m x + c$ and $$E = \frac{1}{n} \sum_i (y - u)^2$$"


def last(*blocks: str, form: str = "$${}$$") -> type:
    steps = check_text("\n\n".join((*blocks[:-1], form.format(blocks[-1]))), "samples.md").steps
    return type(steps[-1].verdict)


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (COST, r"\frac{\partial C}{\partial w_j} = \frac{1}{n} \sum_x x_j (a - y)", r"\frac{\partial C}{\partial w_j} = \frac{1}{n} \sum_x x_j (a + y)"),
        (COST, r"\frac{\partial C}{\partial b} = \frac{1}{n} \sum_x (a - y)", r"\frac{\partial C}{\partial b} = \sum_x (a - y)"),
        (COST, r"\frac{1}{n} \sum_x 3 = 3", r"\frac{1}{n} \sum_x 3 = 3 n"),
        (COST, r"\frac{1}{n} \sum_x \lambda = \lambda", r"\sum_x \lambda = \lambda"),
        (COST, r"\frac{\partial}{\partial b} \sum_x a = \sum_x \frac{\partial a}{\partial b}", r"\frac{\partial}{\partial b} \sum_x a = \sum_x a"),
        (LINE, r"\frac{\partial L}{\partial m} = \frac{2}{N} \sum_{(x,y) \in D} x (u - y)", r"\frac{\partial L}{\partial m} = \frac{1}{N} \sum_{(x,y) \in D} x (u - y)"),
        (LATE, r"\frac{\partial C}{\partial w} = \frac{1}{n} \sum_{x \in X} (a - y) \sigma'(z) x", r"\frac{\partial C}{\partial w} = \frac{1}{n} \sum_{x \in X} (a - y) \sigma'(z)"),
        (VECTORS, r"\nabla_{\mathbf{w}} J = \frac{2}{N} \sum_{\mathbf{x}} (\mathbf{w}^T \mathbf{x} - y) \mathbf{x}", r"\nabla_{\mathbf{w}} J = \frac{1}{N} \sum_{\mathbf{x}} (\mathbf{w}^T \mathbf{x} - y) \mathbf{x}"),
        (ENTROPY + r" with $z_k = \sum_i W_{ki} x_i$", r"\frac{\partial L}{\partial W_{ki}} = \frac{1}{N} \sum_x (p_k - y_k) x_i", r"\frac{\partial L}{\partial W_{ki}} = \frac{1}{N} \sum_x (p_k - y_i) x_k"),
        (NAMELESS, r"\frac{\partial E}{\partial m} = -\frac{2}{n} \sum x (y - u)", r"\frac{\partial E}{\partial m} = -\frac{2}{n} \sum (y - u)"),
        (COUNTED, r"\frac{\partial E}{\partial c} = -\frac{2}{n} \sum_i (y - u)", r"\frac{\partial E}{\partial c} = \frac{2}{n} \sum_i (y - u)"),
    ],
)  # fmt: skip
def test_examples_have_values_of_their_own(before: str, right: str, wrong: str) -> None:
    assert last(before, right) is Proved
    assert last(before, wrong) is Refuted


@pytest.mark.parametrize(
    "line",
    [
        r"\frac{\partial C}{\partial b} = a - y",  # of which example?
        r"\frac{1}{n} \sum_x y = y",
        r"\frac{1}{n} \sum_x \kappa = \kappa",  # a constant, perhaps
        r"\frac{1}{n} \sum_x x_j a = \frac{1}{n} \sum_x x_j \frac{1}{n} \sum_x a",  # the mean of a product
        r"\frac{1}{n} \sum_x a^2 = \left( \frac{1}{n} \sum_x a \right)^2",
        r"\sum_{x \in A} a = \sum_{x \in B} a",
        r"\frac{1}{m} \sum_x 1 = 1",
        r"\frac{\partial}{\partial a} \sum_x (y - a)^2 = 0",
    ],
)
def test_what_hangs_on_more_than_is_said_is_left_open(line: str) -> None:
    assert last(COST, line) not in (Proved, Refuted)


def test_an_output_that_is_differentiated_by_is_not_the_same_for_all() -> None:
    """The gradient by one number a would be a sum; the chain rule through it would be wrong."""
    cost = r"$$C = \frac{1}{n} \sum_x (y - a)^2$$"
    assert last(cost, r"\frac{\partial C}{\partial a} = 0") is not Proved
    assert last(cost, r"\frac{\partial C}{\partial a} = \frac{2}{n} \sum_x (a - y)") not in (Proved, Refuted)
    chain = r"\frac{\partial C}{\partial w} = \frac{\partial C}{\partial a} \frac{\partial a}{\partial w}"
    assert last(cost, chain) not in (Proved, Refuted)
    inside = r"\frac{\partial C}{\partial w} = \frac{2}{n} \sum_x (a - y) \frac{\partial a}{\partial w}"
    assert last(cost, inside) is Proved


def test_an_index_is_no_quantity_of_an_example() -> None:
    assert last(r"$$s = \sum_k e^{z_k}$$", r"\sum_k s = s") is not Proved
    assert last(r"$$L = \frac{\lambda}{2} \sum_w w^2$$", r"\frac{\partial L}{\partial w} = \lambda w") not in (
        Proved,
        Refuted,
    )


def test_it_is_said_what_is_read_so() -> None:
    steps = check_text(COST + "\n\n$$\\sum_x (a - y) = \\sum_x a - \\sum_x y$$", "samples.md").steps
    assert steps[-1].notes[0] == "the sum over x is read as one over the examples, each with its own a, y"


def test_a_function_named_alone_has_its_only_argument() -> None:
    assert (
        last(r"$a = \sigma(z)$, $z = w x$", r"\frac{\partial \sigma}{\partial w} = \sigma(z) (1 - \sigma(z)) x")
        is Proved
    )
    assert (
        last(r"$a = \sigma(z)$, $z = w x$", r"\frac{\partial \sigma}{\partial w} = \sigma(z) (1 - \sigma(z))")
        is Refuted
    )
    other = r"$a = \sigma(z)$, $c = \sigma(v)$, $z = w x$, $v = w u$"
    assert last(other, r"\frac{\partial \sigma}{\partial w} = \sigma(z) (1 - \sigma(z)) x") not in (Proved, Refuted)

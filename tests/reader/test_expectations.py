r"""Expectations, integrals and divergences: what holds by the rules of sums, with what is used of distributions said.

Nothing that may be said of infinitely many values is refuted by a finite sum.
"""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted, Undecided

POLICY = r"We maximise $$J(\theta) = \mathbb{E}_{y \sim \pi_\theta}[R(y)]$$ by its gradient $\nabla_\theta J$."
LATENT = r"$$F = \mathbb{E}_{z \sim q(z)}\left[\log p(x, z) - \log q(z)\right]$$"
KL = r"D_{KL}(q(z) \| p(z|x))"


def step(*blocks: str):
    return check_text("\n\n".join((*blocks[:-1], f"$${blocks[-1]}$$")), "expectations.md").steps[-1]


def verdict(*blocks: str) -> type | str:
    found = step(*blocks)
    return found.kind if found.kind == "definition" else type(found.verdict)


@pytest.mark.parametrize(
    ("before", "right", "wrong"),
    [
        (POLICY, r"\nabla_\theta \mathbb{E}_{y \sim \pi_\theta}[R(y)] = \mathbb{E}_{y \sim \pi_\theta}[R(y) \nabla_\theta \log \pi_\theta(y)]",
            r"\nabla_\theta \mathbb{E}_{y \sim \pi_\theta}[R(y)] = \mathbb{E}_{y \sim \pi_\theta}[\nabla_\theta R(y)]"),
        (POLICY, r"\mathbb{E}_{y \sim \pi_\theta}[\nabla_\theta \log \pi_\theta(y)] = 0", r"\mathbb{E}_{y \sim \pi_\theta}[\log \pi_\theta(y)] = 0"),
        (POLICY, r"\mathbb{E}_{y \sim \pi_\theta}[(R(y) - b) \nabla \log \pi_\theta(y)] = \mathbb{E}_{y \sim \pi_\theta}[R \nabla \log \pi_\theta]",
            r"\mathbb{E}_{y \sim \pi_\theta}[(R(y) - b(y)) \nabla \log \pi_\theta(y)] = \mathbb{E}_{y \sim \pi_\theta}[R \nabla \log \pi_\theta]"),
        (POLICY, r"\mathbb{E}_{y \sim \pi_\theta}[a R(y) + b] = a \mathbb{E}_{y \sim \pi_\theta}[R(y)] + b",
            r"\mathbb{E}_{y \sim \pi_\theta}[a R(y) + b] = a \mathbb{E}_{y \sim \pi_\theta}[R(y)] + a b"),
        (POLICY, r"\mathbb{E}_{y \sim \pi_\theta}[R(y)] = \sum_y \pi_\theta(y) R(y)", r"\mathbb{E}_{y \sim \pi_\theta}[R(y)] = \sum_y R(y)"),
        (POLICY, r"E_{y \sim \pi_\theta}[R(y)^2] - J(\theta)^2 = E_{y \sim \pi_\theta}[(R(y) - J(\theta))^2]",
            r"E_{y \sim \pi_\theta}[R(y)^2] - J(\theta)^2 = E_{y \sim \pi_\theta}[(R(y) + J(\theta))^2]"),
        (LATENT, rf"\log p(x) = F + {KL}", rf"\log p(x) = F - {KL}"),
        (LATENT, rf"{KL} = D_{{KL}}(q(z) \| p(z)) + \log p(x) - \mathbb{{E}}_{{q(z)}}[\log p(x|z)]",
            rf"{KL} = D_{{KL}}(q(z) \| p(z)) - \log p(x) - \mathbb{{E}}_{{q(z)}}[\log p(x|z)]"),
        (LATENT, rf"{KL} = \int q(z) \log \frac{{q(z)}}{{p(z|x)}} dz", rf"{KL} = \int p(z|x) \log \frac{{q(z)}}{{p(z|x)}} dz"),
        (LATENT, r"\int_z p(x,z) \, dz = \int q(z) \frac{p(x,z)}{q(z)} \, dz = \mathbb{E}_{q}\left[\frac{p(x,z)}{q(z)}\right]",
            r"\int_z p(x,z) \, dz = \mathbb{E}_{q}[p(x,z)]"),
    ],
)  # fmt: skip
def test_an_expectation_is_a_weighted_sum(before: str, right: str, wrong: str) -> None:
    assert verdict(before, right) is Proved
    assert verdict(before, wrong) not in (Proved, "definition")
    assert before is POLICY or verdict(before, wrong) is not Refuted


def test_what_is_used_of_distributions_is_said() -> None:
    found = step(LATENT, rf"\log p(x) = F + {KL}")
    assert isinstance(found.verdict, Proved)
    texts = [(a.text, a.source) for a in found.verdict.given]
    assert (r"\sum_{z} q(z) = 1", "line 1: it is a distribution") in texts
    assert ("p(x,z) = p(z|x) p(x)", "the product rule of probability") in texts
    assert "read as an expectation over finitely many values" in found.notes


def test_strictly_nothing_is_taken_from_the_notation() -> None:
    line = r"\mathbb{E}_{y \sim \pi_\theta}[R(y) - b] = \mathbb{E}_{y \sim \pi_\theta}[R(y)] - b"
    assert not isinstance(check_text(f"{POLICY}\n\n$${line}$$", "e.md", strict=True).steps[-1].verdict, Proved)


@pytest.mark.parametrize(
    "line",
    [
        r"\sum_z p(x, z) = 1",  # a joint distribution sums to one over both
        r"D_{KL}(q(z) \| p(x,z)) + \int p(x,z) dz = D_{KL}(q(z) \| p(x,z)) + 1",
        r"\int f(z) dz = 1",
        r"\mathbb{E}_{z \sim q(z)}[f(z)] = \mathbb{E}_{z \sim p(z)}[f(z)]",
        r"\mathbb{E}_{z \sim q(z)}[f(z) g(z)] = \mathbb{E}_{z \sim q(z)}[f(z)] \mathbb{E}_{z \sim q(z)}[g(z)]",
        r"\mathbb{E}[f(w)] = f(w)",
        r"\mathbb{E}_{z}[z^2] = \mathbb{E}_{z}[z]^2",
        r"\mathbb{E}_{z \sim \mathcal{N}(0, 1)}[z] = 1",
        r"r(x) + s = \int r(x, z) dz + s",
    ],
)
def test_what_is_not_so_of_every_distribution_is_not_proved(line: str) -> None:
    assert verdict(LATENT, line) not in (Proved, Refuted)


def test_an_author_may_mean_something_else_by_the_same_signs() -> None:
    assert verdict(r"$$E_k = \frac{1}{2} e_k^2$$", r"\frac{\partial E_k}{\partial e_k} = e_k") is Proved
    assert (
        verdict(r"$E_{\text{train}}(w) = (y - w)^2$", r"\frac{\partial E_{\text{train}}}{\partial w} = -2 (y - w)")
        is Proved
    )
    assert verdict(r"$E = (y - u)^2$", r"\frac{\partial E}{\partial u} = -2 (y - u)") is Proved


SQUARE = "\n\n$$\\mathbb{E}[X^2] = \\mathbb{E}[X]$$\n"


def test_a_square_has_another_mean_where_nothing_is_said():
    assert isinstance(check_text(f"For a random variable $X$:{SQUARE}").steps[0].verdict, Refuted)


@pytest.mark.parametrize(
    "said",
    ["Let $X$ be the indicator of an event.", "The random variable $X$ is either 0 or 1.", "$X$ takes the values zero and one.",
     "Let $X$ be a Rademacher variable.", "A coin is thrown, and $X$ counts heads."],
)  # fmt: skip
def test_it_may_have_the_same_where_the_values_are_few(said):
    assert isinstance(check_text(said + SQUARE).steps[0].verdict, Undecided)


def test_a_chain_of_definitions_is_walked_once():
    chain = "\n\n".join(f"$$b_{{{k}}} = b_{{{k - 1}}}^2 + \\sin b_{{{k - 1}}}$$" for k in range(2, 60))
    checked = check_text(
        f"{chain}\n\n$$\\mathbb{{E}}[X + Y] = \\mathbb{{E}}[X] + \\mathbb{{E}}[Y] + b_{{59}} - b_{{59}}$$\n"
    )
    assert isinstance(checked.claims[-1].verdict, Undecided)  # within its budget


@pytest.mark.parametrize("strict", [False, True])
def test_what_depends_on_x_is_not_free_of_it(strict):
    text = "The quantity $h$ depends on $x$.\n\n$$\\frac{\\partial}{\\partial x} (h x) = h$$\n"
    assert isinstance(check_text(text, strict=strict).steps[0].verdict, Undecided)

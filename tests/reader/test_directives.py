"""Directives: what is not understood is said at its place, and declares nothing."""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved

NOT_UNDERSTOOD = {
    "opaque 3": "E191", "opaque": "E191", "opaque (": "E191", "opaque f g": "E191",
    "name x": "E191", "name ^": "E191", "name ^{": "E191",
    "shape W : 0 x 3": "E193", "shape W : -1": "E193", "shape 3 : m": "E193", "shape W : m x n x p": "E193",
    "index 3 : 1..K": "E193", "index i : 1..0": "E193", "index i : 1..K..m": "E193", "index i : K..1": "E193",
    "size K = 0": "E193", r"size \ = 3": "E193", "einstein maybe": "E191", "end": "E194", "case i": "E194",
    "assume onehot 3": "E191", "assume x = 1; y = 2": "E191", "assume x_i = 1, i = 1": "E191",
    r"assume x_i = 1 \text{ if } i = 1": "E191", "define x_i = 1, i = 1": "E191", "define p = 1, q = 2": "E191",
    "define q =": "E191", "define q = {}": "E191", r"define q + 1 = \text{}": "E191", "define q^2 = 4": "E191", "let q =": "E191", r"define q \ne 1": "E191", "define q < 1": "E191",
    "define q = 1 = 2": "E191", "case i = j, k = l": "E191", "frobnicate": "E190", "": "E190",
    "define + = -": "E191", "define q = -": "E191", r"define \sin = 3": "E191", "assume + = -": "E191", "new +": "E191",
    r"opaque \sin": "E191", r"opaque \log(x)": "E191", r"opaque \sum": "E191", r"opaque \frac": "E105",
    'skip ""': "E191",
}  # fmt: skip


@pytest.mark.parametrize("directive", NOT_UNDERSTOOD)
def test_what_is_not_understood_is_said_and_declares_nothing(directive: str) -> None:
    text = f"<!-- symderiv: {directive} -->\n\n$$ x_2 + y = 1 + y $$\n\n$$ a b = b a $$\n"
    checked = check_text(text, "directives.md")
    (found,) = checked.diagnostics
    assert found.code == NOT_UNDERSTOOD[directive]
    assert (
        text.index("symderiv") - 5 * (not directive)
        <= found.span.start
        <= found.span.end
        <= text.index(" -->") + 4 * (not directive)
    )
    first, second = checked.claims
    assert not isinstance(first.verdict, Proved)
    assert isinstance(second.verdict, Proved)


@pytest.mark.parametrize(
    "directive",
    [
        "opaque f", "opaque L(y_j)", "opaque P(y, x)", r"opaque \phi", "name ^{(l)}", "name ^L", r"name ^{\text{new}}",
        "shape W : m x n", "shape b : m", "shape W^{(l)} : m x n", "shape A, B : 3 × n", r"shape \mathbf{x} : n",
        "index i, j : 1..K", "index i : 0..3; j : 1..n_1", r"index i : 1, \ldots, K", "size K >= 2", "einstein on",
        "einstein", "einstein off", r"assume t \in \{0, 1\}", "onehot t", "assume x > 0",
    ],
)  # fmt: skip
def test_what_is_understood(directive: str) -> None:
    assert check_text(f"<!-- symderiv: {directive} -->\n\n$$ a b = b a $$\n", "directives.md").diagnostics == ()


REWRITTEN = {  # a definition that needs what is rewritten in formulas, and a step that holds given it
    "members that are called": (
        r"\pi(a) = e^{h_a} / \sum_b e^{h_b}",
        r"\frac{\partial \log \pi(a)}{\partial h_b} = \delta_{ab} - \pi(b)",
    ),
    "names of capitals": (r"FL(p) = -(1-p)^2 \log p", r"\frac{d FL}{d p} = 2 (1-p) \log p - \frac{(1-p)^2}{p}"),
    "names with primes": (r"k(x, x') = e^{x x'}", r"\frac{\partial k(x, x')}{\partial x'} = x e^{x x'}"),
    "vectors beside labels": (
        r"f = \vec{y} \cdot \vec{y}",
        r"\log P(y = 1 \mid x) + f = \log P(y = 1 \mid x) + \sum_{i=1}^K y_i^2",
    ),
}


@pytest.mark.parametrize("kind", REWRITTEN)
@pytest.mark.parametrize("outside", [False, True])
def test_directives_are_rewritten_as_formulas_are(kind: str, outside: bool) -> None:
    definition, step = REWRITTEN[kind]
    said = f"define {definition}"
    text = f"$$ {step} $$\n" if outside else f"<!-- symderiv: {said} -->\n\n$$ {step} $$\n"
    checked = check_text(text, "directives.md", directives=[(said, "the test")] if outside else [])
    assert checked.diagnostics == ()
    assert [type(claim.verdict) for claim in checked.claims if claim.kind == "claim"] == [Proved]


SUM = "$$\\sum_{i=1}^K a_i = \\sum_{j=1}^K a_j$$\n"


@pytest.mark.parametrize("asked", ["size K = 3", "size K >= 3"])
def test_a_size_is_asked_for_once(asked):
    outside = check_text(SUM, sizes={"K": 2}, directives=[(asked, "--size")])
    inside = check_text(f"<!-- symderiv: {asked} -->\n\n" + SUM, "a.md", sizes={"K": 2})
    for checked in (outside, inside):
        (found,) = checked.diagnostics
        assert found.code == "E193" and "K = 2 was asked for already" in found.message
        assert dict(checked.steps[0].verdict.scope.fixed) == {"K": 2}


def test_sizes_that_agree_may_be_asked_for_twice():
    checked = check_text(SUM, sizes={"K": 4}, directives=[("size K >= 2", "--size"), ("size K = 4", "--size")])
    assert not checked.diagnostics
    (found,) = check_text(SUM, directives=[("size K >= 3", "--size"), ("size K = 2", "--size")]).diagnostics
    assert "K >= 3 was declared" in found.message


MARKED = {  # whether the mark does something, beside x + x = 3x
    "$$ x + x = 3x $$ <!-- symderiv: false -->\n": True,
    "$$ x + x = 3x % symderiv: false\n$$\n": True,
    "$$\nx + x = 3x % symderiv: false, as many write\n$$\n": True,
    "$$\nx + x = 3x\n% symderiv: false\n$$\n": False,
    "<!-- symderiv: false -->\n$$ x + x = 3x $$\n": False,
    "$$ x + x = 3x $$\n\nSo it is. <!-- symderiv: false -->\n": False,
}


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_that_marks_nothing_is_said(text: str) -> None:
    checked = check_text(text, "marks.md")
    (claim,) = checked.claims
    assert claim.expected_false == MARKED[text]
    assert [found.code for found in checked.diagnostics] == ([] if MARKED[text] else ["W441"])


@pytest.mark.parametrize("directive", ["skip", "false"])
def test_what_has_nothing_to_act_on_is_said(directive: str) -> None:
    inside = check_text(f"$$ a b = b a $$\n\n<!-- symderiv: {directive} -->\n", "a.md")
    outside = check_text("$$ a b = b a $$\n", "a.md", directives=[(directive, "a.symderiv line 1")])
    assert [found.code for found in inside.diagnostics] == ["W440" if directive == "skip" else "W441"]
    assert [found.code for found in outside.diagnostics] == ["E191"]


@pytest.mark.parametrize("heading", ["# One <!-- symderiv: size K = 2 -->", "One <!-- symderiv: size K = 2 -->\n==="])
def test_a_directive_beside_a_heading_is_heeded(heading: str) -> None:
    (step,) = check_text(f"{heading}\n\n{SUM}", "a.md", "markdown").steps
    assert dict(step.verdict.scope.fixed) == {"K": 2}

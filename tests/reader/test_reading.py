r"""What is read into formulas beyond their letters: each rule with a line that it decides, and a wrong one beside it.

A wrong variant must never be proved; whether it is refuted or left open depends on what the author declared.
"""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted, Undecided

SOFTMAX = r"$$p_i = \frac{e^{z_i}}{\sum_k e^{z_k}}$$"
LAYERS = r"$$z^{(l+1)}_k = \sum_j w^{(l+1)}_{kj} a^{(l)}_j$$"
LOSS_BY_CASES = r"$$C = \begin{cases} -\log p & \text{if } y = 1 \\ -\log(1-p) & \text{if } y = 0 \end{cases}$$"
MATRIX = r"$$h_{ic} = \sum_j x_{ij} w_{jc}, \qquad L = \sum_i \sum_c (h_{ic} - y_{ic})^2$$"


def verdicts(*blocks: str) -> list[type | str]:
    """What came of each step of a Markdown text: the kind of verdict, or ``definition``."""
    steps = check_text("\n\n".join(blocks), "reading.md").steps
    return [step.kind if step.kind == "definition" else type(step.verdict) for step in steps]


RIGHT_AND_WRONG = [
    # an unknown command is the name of something unknown: it cancels, and never tells anything else
    ((), r"\Attn(x) + a_1 = a_1 + \Attn(x)", r"\Attn(x) + a_1 = a_1 + \Attn(y)"),
    ((), r"\Vx + \Vx = 2 \Vx", r"\Vx^\top \Vy = \Vy^\top \Vx"),
    ((), r"\sum_{i=1}^n \cS_i - \sum_{i=1}^n \cS_i = 0", r"\sum_{i=1}^n \cS(x_i) = n \cS(x_i)"),
    # conditions in words
    (
        (SOFTMAX,),
        r"\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i(1-p_j) & \text {i = j} \\ -p_i p_j & \text{otherwise} \end{cases}",
        r"\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i(1-p_j) & \text {i = j} \\ p_i p_j & \text{otherwise} \end{cases}",
    ),
    (
        (SOFTMAX,),
        r"\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i(1-p_j) & when\: i = j \\ -p_i p_j & when\: i \ne j \end{cases}",
        r"\frac{\partial p_i}{\partial z_j} = \begin{cases} p_i(1-p_j) & when\: i \ne j \\ -p_i p_j & when\: i = j \end{cases}",
    ),
    # a number that is 0 or 1 by a case distinction
    (
        (LOSS_BY_CASES,),
        r"\frac{\partial C}{\partial p} = \frac{p-y}{p(1-p)}",
        r"\frac{\partial C}{\partial p} = \frac{y-p}{p(1-p)}",
    ),
    ((LOSS_BY_CASES,), r"y^2 C = y C", r"\frac{\partial C}{\partial y} = \log(1-p) - \log p"),
    # dots with a first term outside the family; layers counted in labels
    (
        (r"$$g = \theta_0 + \theta_1 x_1 + \dots + \theta_D x_D$$",),
        r"\frac{\partial g}{\partial x_1} = \theta_1",
        r"\frac{\partial g}{\partial x_1} = \theta_0",
    ),
    (
        (LAYERS,),
        r"\frac{\partial z^{(l+1)}_k}{\partial a^{(l)}_j} = w^{(l+1)}_{kj}",
        r"\frac{\partial z^{(l+1)}_k}{\partial a^{(l)}_j} = w^{(l)}_{kj}",
    ),
    ((LAYERS,), r"z^{(l+1)}_k + b_k = b_k + z^{(l+1)}_k", r"z^{(l+1)}_k = z^{(l-1)}_k"),
    # bold capitals are the matrices of their entries
    ((MATRIX,), r"\mathbf{H} = \mathbf{X}\mathbf{W}", r"\mathbf{H} = \mathbf{W}\mathbf{X}"),
    (
        (MATRIX,),
        r"\frac{\partial L}{\partial \mathbf{W}} = 2 \mathbf{X}^\top (\mathbf{H} - \mathbf{Y})",
        r"\frac{\partial L}{\partial \mathbf{W}} = 2 (\mathbf{H} - \mathbf{Y}) \mathbf{X}^\top",
    ),
    ((MATRIX,), r"[\mathbf{1} \mathbf{H}]_{1c} = \sum_i h_{ic}", r"[\mathbf{1} \mathbf{H}]_{1c} = \sum_i h_{ci}"),
    # capital letters may be matrices
    ((), "A B + C = A B + C", "A B = B A"),
    ((), "a (B + C) = a B + a C", "A (B + C) = B A + C A"),
    ((r"$$f(x) = x^2$$",), r"f(2 x) = 4 x^2", "f(x, y) = f(y, x)"),
]


@pytest.mark.parametrize(("before", "right", "wrong"), RIGHT_AND_WRONG, ids=[case[2] for case in RIGHT_AND_WRONG])
def test_the_right_line_is_proved_and_the_wrong_one_is_not(before: tuple[str, ...], right: str, wrong: str) -> None:
    assert verdicts(*before, f"$${right}$$")[-1] is Proved
    assert verdicts(*before, f"$${wrong}$$")[-1] is not Proved


def test_what_is_unknown_never_convicts() -> None:
    assert Refuted not in verdicts(r"$$\Attn + x = x + \cS$$", "$$f(x, y) = f(y, x)$$", r"$$\Vx \Vy = 2 \Vy \Vx$$")


def test_a_function_with_an_unknown_command_is_not_called_elsewhere() -> None:
    assert Proved not in verdicts(r"$$g(x) = \Attn(x)$$", "$$g(2) = g(3)$$")


def test_a_range_in_a_display_is_no_claim() -> None:
    assert verdicts(SOFTMAX, r"$$i = 1, \dots, K$$") == ["definition"]


def test_layers_are_not_summed_over() -> None:
    assert Proved not in verdicts(r"$$\sum_l z^{(l+1)}_k = \sum_l z^{(l)}_k$$")


def test_a_member_defined_only_for_single_values_is_not_called_with_another_argument() -> None:
    defined = ("$$h_1(x) = e^x$$", "$$h_2(x) = 2 e^x$$", "$$p = x^2$$")
    assert verdicts(*defined, "$$h_2(p) = 2 h_1(p)$$")[-1] is Proved
    assert Proved not in verdicts(*defined, "$$h_k(p) + h_1(p) = h_k(p)$$")


def codes(*blocks: str) -> list[str]:
    return [found.code for found in check_text("\n\n".join(blocks), "reading.md").diagnostics]


SINGLE = r"$$h_1 = e^{x_1}$$", r"$$h_2 = e^{x_2}$$"


def test_a_formula_for_all_members_is_a_claim_where_all_are_defined() -> None:
    index = "<!-- symderiv: index k : 1..2 -->"
    assert verdicts(index, *SINGLE, r"$$h_k = e^{x_k}$$") == ["definition", "definition", Proved]
    assert verdicts(index, *SINGLE, r"$$h_k = e^{-x_k}$$") == ["definition", "definition", Refuted]


def test_a_formula_for_all_members_that_contradicts_a_single_one_does_so_with_a_warning() -> None:
    index = "<!-- symderiv: index k : 1..K -->"
    assert codes(index, *SINGLE, r"$$h_k = e^{x_k}$$") == []
    assert codes(index, *SINGLE, r"$$h_k = e^{-x_k}$$") == ["W420"]
    assert codes(index, "<!-- symderiv: new h_k -->", r"$$h_k = e^{-x_k}$$") == []
    assert codes(index, *SINGLE, "<!-- symderiv: new h_k -->", r"$$h_k = e^{-x_k}$$") == []
    assert codes("<!-- symderiv: index k : 1..K -->", r"$$a_0 = e^{b}$$", r"$$a_k = b_k e^{b}$$") == []


@pytest.mark.parametrize(
    ("latex", "code"),
    [
        (r"\[ x = \left 3 \]", "E103"),
        (r"\[ x = \frac{1}{2 \]", "E104"),
        (r"\[ \begin{pmatri} a = b \end{pmatri} \]", "E108"),
        (r"\begin{equaton} a + a = 3a \end{equaton}", "E108"),
        (r"\begin{algn*} a + a &= 3a \end{algn*}", "E108"),
    ],
)
def test_no_display_with_a_relation_vanishes(latex: str, code: str) -> None:
    checked = check_text(latex, "reading.tex", "tex")
    found = [*checked.diagnostics, *(step.diagnostic for step in checked.steps if step.diagnostic)]
    assert [each.code for each in found] == [code]


def test_displays_without_a_relation_need_not_be_read() -> None:
    text = r"\[ \begin{pmatri} a \end{pmatri} \] \begin{subequations} \[ a + a = 2a \] \end{subequations} \begin{proof} Yes. \end{proof}"
    assert check_text(text, "reading.tex", "tex").diagnostics == ()


def test_a_display_that_is_skipped_is_named() -> None:
    """By a line before it, or by what stands in it; never in silence."""
    for skip in ("skip", 'skip "x = 3"'):
        text = "\n\n".join((f"<!-- symderiv: {skip} -->", "$$x + x = 3x$$", "$$= 4x$$", "$$y + y = 2y$$"))
        checked = check_text(text, "reading.md")
        assert [found.message for found in checked.diagnostics] == ["this display is skipped, as declared"]
        assert [step.in_order for step in checked.steps] == [False, True]  # nothing to go on from; and the next is read


def test_what_is_to_be_skipped_must_be_there() -> None:
    assert codes('<!-- symderiv: skip "x = 4" -->', "$$x + x = 2x$$") == ["W440"]
    outside = check_text("$$x + x = 2x$$", "reading.md", directives=[("skip", "--skip")])
    assert [found.code for found in outside.diagnostics] == ["E191"]
    outside = check_text("$$x + x = 3x$$", "reading.md", directives=[('skip "x + x"', "side file")])
    assert ([found.code for found in outside.diagnostics], outside.steps) == (["W440"], ())


def test_the_coordinates_of_a_point_in_running_text_are_no_definition() -> None:
    gradient = r"$$q = e^{f_1} + e^{f_2}, \qquad \frac{\partial q}{\partial f_1} = e^{f_1}$$"
    point = "It has the value 2 at $f = (0, 0)$."
    assert verdicts(gradient, point, r"$$\frac{\partial q}{\partial f_2} = e^{f_2}$$") == ["definition", Proved, Proved]


@pytest.mark.parametrize(
    "line",
    [
        "p^2(y|x) + a = p(y|x) + a",
        r"\pi^*(y|x) + a = \pi(y|x) + a",
        r"\pi(y_w|x) + a = \pi(y|x) + a",
        "p(y'|x) + a = p(y|x) + a",
        "p'(y|x) + a = p(y|x) + a",
        "p(y|x^2) + a = p(y|x_2) + a",
        "p(y|x^{old}) + a = p(y|x) + a",
    ],
)
def test_conditional_probabilities_of_different_things_are_different(line: str) -> None:
    assert verdicts(f"$${line}$$") != [Proved]
    left, _ = line.split(" = ")
    assert verdicts(f"$${left} = a + {left.removesuffix(' + a')}$$") == [Proved]


@pytest.mark.parametrize("line", ["x < x", "x^2 > x^2", "2 > 3", "2 = 3", "2 \\ne 2", "x \\ne x"])
def test_what_is_false_of_any_numbers_is_false(line: str) -> None:
    """There is no number, and no size, that such a line could say something of."""
    (step,) = check_text(f"$$ {line} $$\n", "a.md").claims
    assert isinstance(step.verdict, Refuted)


@pytest.mark.parametrize("line", ["n > 3", "K = 2", "K < n"])
def test_what_a_line_may_say_of_numbers_or_sizes_is_not_false(line: str) -> None:
    for step in check_text(f"$$ {line} $$\n", "a.md").claims:
        assert isinstance(step.verdict, Undecided)

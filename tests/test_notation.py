"""The printer: what each shape looks like, which brackets it needs, and that printing shared terms is cheap."""

from __future__ import annotations

import pytest

from symderiv.kernel.verdict import Condition, Scope
from symderiv.notation import (
    latex,
    latex_assumption,
    latex_condition,
    latex_scope,
    latex_var,
    unicode,
    unicode_assumption,
    unicode_condition,
    unicode_latex,
    unicode_scope,
)
from symderiv.terms import (
    MINUS_ONE,
    ONE,
    Add,
    Assumption,
    Cases,
    Delta,
    Deriv,
    Fn,
    Mul,
    Opaque,
    Pow,
    Range,
    SizeOf,
    Sum,
    add,
    exp,
    log,
    mul,
    neg,
    num,
    power,
    product,
    total,
    var,
)

a, b, c, x = (var(name) for name in "abcx")
p_i, p_j, p_k, f_k, L = var("p", "i"), var("p", "j"), var("p", "k"), var("f", "k"), var("L")
S = total("j", (1, "K"), exp(var("f", "j")))


@pytest.mark.parametrize(
    ("term", "tex", "plain"),
    [
        # sums and signs
        (a - b + c, "a - b + c", "a − b + c"),
        (a - (b + c), "a - (b + c)", "a − (b + c)"),
        (neg(a) - b, "-a - b", "−a − b"),
        (a + num(-2), "a - 2", "a − 2"),
        (neg(a + b), "-(a + b)", "−(a + b)"),
        (neg(neg(a)), "-(-a)", "−(−a)"),
        # products
        (p_i * (Delta("i", "j") - p_j), r"p_i (\delta_{ij} - p_j)", "p_i(δ_{ij} − p_j)"),
        (Mul((MINUS_ONE, var("p", 3), var("p", 1))), "-p_3 p_1", "−p_3 p_1"),
        (Mul((a, MINUS_ONE)), "a (-1)", "a(−1)"),
        (Mul((num(2), num(3), x)), r"2 \cdot 3 x", "2 · 3 x"),
        (Mul((x, num(2))), r"x \cdot 2", "x · 2"),
        (Mul((num(2), num("1/2"))), r"2 \cdot \frac{1}{2}", "2(1/2)"),
        (Mul((log(a), b)), r"(\log a) b", "(log a) b"),
        (Mul((b, log(a))), r"b \log a", "b log a"),
        (Mul((S, a)), r"\left(\sum_{j=1}^{K} e^{f_j}\right) a", "(Σ_j e^{f_j}) a"),
        # quotients
        (exp(f_k) / S, r"\frac{e^{f_k}}{\sum_{j=1}^{K} e^{f_j}}", "e^{f_k}/(Σ_j e^{f_j})"),
        (neg(power(p_k, -1)), r"-\frac{1}{p_k}", "−1/p_k"),
        (power(x, -2), r"\frac{1}{x^2}", "1/x²"),
        ((a / b) * c, r"\frac{a}{b} c", "(a/b) c"),
        (mul(a, c, power(b, -1)), r"\frac{a c}{b}", "a c/b"),
        (a / (b / c), r"\frac{a}{\frac{b}{c}}", "a/(b/c)"),
        (mul(power(SizeOf("m"), -1), total("i", (1, "m"), a)), r"\frac{1}{m} \sum_{i=1}^{m} a", "(1/m) Σ_i a"),
        (num("-3/2"), r"-\frac{3}{2}", "−3/2"),
        # powers
        (power(a + b, 2), "(a + b)^2", "(a + b)²"),
        (power(a / b, 2), r"\left(\frac{a}{b}\right)^2", "(a/b)²"),
        (power(var("x", 1, sups=(2,)), 2), "(x_1^{(2)})^2", "(x_1^{(2)})²"),
        (power(power(a, 2), 3), "(a^2)^3", "(a²)³"),
        (power(exp(a), 2), "(e^a)^2", "(e^a)²"),
        (power(x, num("1/2")), r"\sqrt{x}", "√x"),
        (power(a, 10), "a^{10}", "a¹⁰"),
        (power(num(-1), 2), "(-1)^2", "(−1)²"),
        (power(a, neg(b)), "a^{-b}", "a^{−b}"),
        # functions
        (log(p_i / S), r"\log \frac{p_i}{\sum_{j=1}^{K} e^{f_j}}", "log(p_i/(Σ_j e^{f_j}))"),
        (log(a * b), "\\log(a b)", "log(a b)"),
        (log(S), r"\log \sum_{j=1}^{K} e^{f_j}", "log(Σ_j e^{f_j})"),
        (Fn("sigmoid", x), r"\sigma(x)", "σ(x)"),
        (Fn("relu", x), r"\operatorname{ReLU}(x)", "ReLU(x)"),
        (Fn("abs", a - b), "|a - b|", "|a − b|"),
        (Opaque("f", (x,), (0,)), "f(x)", "f(x)"),
        (Opaque("f", (x,), (2,)), "f''(x)", "f''(x)"),
        (Opaque("f", (x, a), (1, 2)), r"\partial_1 \partial_2^2 f(x, a)", "∂_1 ∂_2² f(x, a)"),
        # sums and products over an index
        (total("j", (0, "n"), a - b), r"\sum_{j=0}^{n} (a - b)", "Σ_{j=0}^n (a − b)"),
        (total("j", (1, 4), neg(a)), r"\sum_{j=1}^{4} (-a)", "Σ_{j=1}^4 (−a)"),
        (
            product("j", (1, "K"), Pow(p_j, var("t", "j"))),
            "\\prod_{j=1}^{K} p_j^{t_j}",
            "Π_j p_j^{t_j}",
        ),
        # derivatives
        (Deriv(L, f_k), r"\frac{\partial L}{\partial f_k}", "∂L/∂f_k"),
        (Deriv(Deriv(L, f_k), f_k), r"\frac{\partial^2 L}{\partial f_k^2}", "∂²L/∂f_k²"),
        (
            Deriv(Deriv(L, f_k), var("f", "l")),
            r"\frac{\partial^2 L}{\partial f_l \, \partial f_k}",
            "∂²L/(∂f_l ∂f_k)",
        ),
        (Deriv(log(p_i), f_k), r"\frac{\partial}{\partial f_k} \log p_i", "(∂/∂f_k) log p_i"),
        (Deriv(a * b, f_k), r"\frac{\partial}{\partial f_k} (a b)", "(∂/∂f_k) (a b)"),
        (
            total("i", (1, "K"), Mul((Deriv(L, p_i), Deriv(p_i, f_k)))),
            r"\sum_{i=1}^{K} \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial f_k}",
            "Σ_i (∂L/∂p_i)(∂p_i/∂f_k)",
        ),
        # indices and names
        (Delta("i", 3), r"\delta_{i,3}", "δ_{i,3}"),
        (var(r"\Theta", 1, 0), r"\Theta_{1,0}", "Θ_{1,0}"),
        (var(r"\theta", "k", "j"), r"\theta_{kj}", "θ_{kj}"),
        (var("w", r"\ell", "j"), r"w_{\ell j}", "w_{ℓj}"),
        (var(r"\hat{y}", "k", sups=("i",)), r"\hat{y}_k^{(i)}", "ŷ_k^{(i)}"),
        (var("S_{max}", 1), "{S_{max}}_1", "(S_{max})_1"),
        # cases
        (
            Cases(Delta("i", "k"), a, b),
            r"\begin{cases} a & \text{if } i = k \\ b & \text{if } i \ne k \end{cases}",
            "{a if i = k; b if i ≠ k}",
        ),
        (
            Cases(Mul((Delta("i", "j"), ONE - Delta("i", "k"))), a, Cases(Delta("i", 1), b, c)),
            r"\begin{cases} a & \text{if } i = j, i \ne k \\ b & \text{if } i = 1 \\ c & \text{otherwise} \end{cases}",
            "{a if i = j, i ≠ k; b if i = 1; c otherwise}",
        ),
    ],
)
def test_shapes(term, tex, plain):
    assert latex(term) == tex
    assert unicode(term) == plain


def test_variables_keep_their_braces():
    names = [var("z", 1), var("x", 1, sups=(2,)), var(r"\theta", 2, 1), var(r"\theta", "k", "j"), var("c")]
    assert [latex_var(v) for v in names] == ["z_{1}", "x_{1}^{(2)}", r"\theta_{2,1}", r"\theta_{kj}", "c"]


def test_nested_sums_and_additions_stay_as_built():
    inner = Add((b, c))
    assert latex(Add((a, inner))) == "a + b + c"
    assert latex(Mul((a, inner))) == "a (b + c)"
    assert latex(Mul((Mul((a, b)), c))) == "a b c"
    assert latex(Mul((Mul((MINUS_ONE, a)), c))) == "(-a) c"


def test_verdict_data():
    assert latex_condition(Condition(x, "!=")) == r"x \ne 0"
    assert unicode_condition(Condition(S, ">=")) == "Σ_j e^{f_j} ≥ 0"
    scope = Scope(minimum=(("K", 2), ("m", 1)), fixed=(("n", 3),))
    assert unicode_scope(scope) == "n = 3, K ≥ 2 and all m"
    assert latex_scope(scope) == r"$n = 3$, $K \ge 2$ and all $m$"
    assert latex_scope(Scope()) == "no sizes involved"
    assert latex_scope(Scope(fixed=(("size", 3),))) == "the ranges as written"
    assert unicode_scope(Scope(minimum=(("K", 1),), fixed=(("size", 3),))) == "all K"
    unit = Assumption("equation", (total("j", (1, "K"), var("t", "j")), ONE))
    assert latex_assumption(unit) == r"\sum_{j=1}^{K} t_j = 1"
    assert unicode_assumption(unit) == "Σ_{j=1}^K t_j = 1"
    assert latex_assumption(Assumption("distinct", ("i", "k"))) == r"i \ne k"
    assert latex_assumption(Assumption("binary", (var("y", "k", sups=("i",)).head,))) == r"y_j^{(i)} \in \{0, 1\}"


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"\frac{\partial L}{\partial f_k} = p_{k} - \hat{y}_{k}", "∂L/∂f_k = p_k − ŷ_k"),
        (r"\sum_{j=1}^{4} e^{f_j}", "Σ_{j=1}^4 e^{f_j}"),
        (r"\left(\frac{a+b}{c}\right)^2", "((a+b)/c)²"),
        (r"h_k(x^{(i)})", "h_k(x^{(i)})"),
        (r"\mathcal{L} \le \infty", "ℒ ≤ ∞"),
        (r"-\log p_3", "− log p_3"),
        (r"i \ne k", "i ≠ k"),
        (r"\text{all } K \geq 2", "all K ≥ 2"),
        (r"\mathbf{x}^\top", "x^⊤"),
        (r"w^{\intercal} + {1 + n \over n}", "w^⊺ + (1 + n)/n"),
        (r"\left\{ \begin{array}{ll} s_i & i = y \\ 0 & \text{else} \end{array} \right.", "{ s_i if i = y; 0, else }"),
        (r"\begin{array}{ll} x & y \end{array}", "x y"),
        (r"\sqrt{x} \sqrt[2]{x}", "√x √x"),
        (r"\sqrt[3]{x^3} = \sqrt[4]{a+b}", "∛x³ = ∜(a+b)"),
        (r"\sqrt[n+1]{x}", "√[n+1]x"),
        (
            r"\begin{pmatrix} a & b \\ 3 & 4 \end{pmatrix} \begin{bmatrix} x \\ y+z \end{bmatrix}",
            "[a, b; 3, 4] [x; y+z]",
        ),
        (r"\sin^2 x + \max_i x_i", "sin² x + max_i x_i"),
        (r"\int_0^1 x\,dx", "∫_0^1 x dx"),
        (r"\frac{d}{dx} f + \frac{\partial}{\partial x} f", "d/dx f + ∂/∂x f"),
        (r"\frac{\partial^2 L}{\partial x^2} = \frac{d u}{d x}", "∂²L/∂x² = du/dx"),
        (r"\frac{\partial^2 L}{\partial x \partial y} + \frac{dL(x)}{cd}", "∂²L/(∂x ∂y) + (dL(x))/(cd)"),
        (r"\hat{y_i} + \widehat{p_{ij}} + \bar{x^{(i)}} + \hat{AB}", "ŷ_i + p̂_{ij} + x̄^{(i)} + hat(AB)"),
        (r"\bar{x^2} - \bar{x}^2 + \hat{\sigma^2}", "x̅²̅ − x̄² + hat(σ²)"),
        (r"\binom{n}{k} = \dbinom{n+1}{k}", "(n choose k) = (n+1 choose k)"),
    ],
)
def test_latex_for_terminals(tex, plain):
    assert unicode_latex(tex) == plain


BROKEN = [
    "",
    "\\",
    "{",
    "}{",
    r"\frac{a",
    "^",
    "_",
    r"\frac",
    r"\left",
    r"\hat{",
    "a^{b",
    r"\sqrt[3",
    r"\sqrt[]",
    r"\binom{n}",
    "\\\n",
    "{" * 5000,
]


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_latex_is_shown_somehow(broken):
    assert isinstance(unicode_latex(broken), str)


def test_shared_terms_are_printed_once():
    K = 200
    f = [var("f", k) for k in range(1, K + 1)]
    S = add(*map(exp, f))
    gradient = [exp(f_k) / S - var("t", k) for k, f_k in enumerate(f, start=1)]
    texts = [latex(term) for term in gradient]
    assert texts[0].startswith(r"\frac{e^{f_1}}{e^{f_1} + e^{f_2} + ") and texts[-1].endswith(" - t_{200}")
    assert len(set(texts)) == K


def test_bound_index_with_prime_prints():
    assert latex(Sum("i'", Range(1, "K"), var("f", "i'", "j"))) == "\\sum_{i'=1}^{K} f_{i'j}"


def test_a_square_that_is_a_symbol_is_raised_in_brackets():
    variance = var(r"\sigma^{2}")
    assert unicode_condition(Condition(power(variance, 2), "!=")) == "(σ²)² ≠ 0"
    assert unicode_condition(Condition(variance, ">")) == "σ² > 0"


def test_the_fraction_after_a_function_has_brackets_and_colours_are_not_shown():
    assert unicode_latex(r"\log\frac{a}{b}") == "log(a/b)"
    assert unicode_latex(r"\log_2 \frac{a}{b} - \log a") == "log_2(a/b) − log a"
    assert unicode_latex(r"\color{red}{x} + \textcolor[rgb]{1,0,0}{y}") == "x + y"
    assert unicode_latex(r"\colorbox{yellow}{$x$} + {\color{blue} z}") == "x + z"

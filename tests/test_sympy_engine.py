"""The SymPy engine: it derives what textbooks say, confirms it, translates both ways, and agrees with the kernel.

The two engines share no code: SymPy's results are posed to the kernel as claims, for several numbers of classes.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
import sympy
from sympy import Eq, IndexedBase, KroneckerDelta, Ne, Rational, Symbol, exp, log, symbols

import symderiv
from symderiv import sympy_engine as engine
from symderiv import terms
from symderiv.diagnostics import UserError
from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted
from symderiv.terms import Context, Definition, Head, Range, var

i, j, k, q = symbols("i j k q", integer=True)
K, m, n = symbols("K m n", integer=True, positive=True)
f, t, p, x, y = (IndexedBase(name) for name in "ftpxy")


# What SymPy finds


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 12])
def test_gradient_is_p_minus_t(count):
    f, t, p = engine.logits(count), engine.targets(count), engine.probabilities(count)
    raw = engine.gradient(engine.cross_entropy(engine.softmax(f), t), f)
    assert [engine.simplify_softmax(g, f, p, t) for g in raw] == [a - b for a, b in zip(p, t, strict=True)]
    assert sympy.expand(engine.simplify_softmax(raw[0], f, p) - p[0] * sympy.Add(*t) + t[0]) == 0  # without sum t = 1


@pytest.mark.parametrize("count", [2, 3, 5])
def test_jacobian_and_hessian(count):
    f, t, p = engine.logits(count), engine.targets(count), engine.probabilities(count)
    expected = sympy.Matrix(count, count, lambda a, b: p[a] * (1 - p[a]) if a == b else -p[a] * p[b])
    jacobian = engine.jacobian(engine.softmax(f), f)
    hessian = engine.hessian(engine.cross_entropy(engine.softmax(f), t), f)
    assert jacobian.applyfunc(lambda e: engine.simplify_softmax(e, f, p)) == expected
    assert hessian.applyfunc(lambda e: engine.simplify_softmax(e, f, p, t)) == expected


def test_unsplit_logarithm_gives_the_same():
    f, t = engine.logits(3), engine.targets(3)
    loss = engine.cross_entropy(engine.softmax(f), t)
    found = engine.derivation(loss, f[0], f, t=t)
    assert found.raw == sympy.diff(loss, f[0]) and found.raw.has(exp(2 * f[0]))
    assert found.simplified == engine.probabilities(3)[0] - t[0]
    assert found.simplified_latex == "p_{1} - t_{1}" and r"\frac" in found.raw_latex
    difference = sympy.diff(engine.split_log(loss), f[0]) - found.raw
    assert sympy.expand(sympy.fraction(sympy.together(difference))[0]) == 0


def test_one_true_class_and_likelihood():
    f, p = engine.logits(4), engine.probabilities(4)
    loss = engine.negative_log_likelihood(engine.softmax(f), 3)
    found = [engine.simplify_softmax(g, f, p) for g in engine.gradient(loss, f)]
    assert found == [p[0], p[1], p[2] - 1, p[3]]
    assert engine.likelihood(p, (0, 0, 1, 0)) == p[2]


def test_fifty_classes():
    f, t, p = engine.logits(50), engine.targets(50), engine.probabilities(50)
    raw = engine.gradient(engine.cross_entropy(engine.softmax(f), t), f)
    found = [engine.simplify_softmax(g, f, p, t) for g in raw]
    assert found == [a - b for a, b in zip(p, t, strict=True)]


def test_partial_sums_and_foreign_factors_survive():
    f = engine.logits(3)
    p = engine.probabilities(3)
    c = Symbol("c", real=True)
    total = sympy.Add(*map(exp, f))
    assert engine.simplify_softmax((exp(f[0]) + exp(f[1])) / total, f) == p[0] + p[1]
    assert engine.simplify_softmax(c * exp(2 * f[0] - f[1]), f) == c * p[0] ** 2 * total / p[1]
    assert engine.simplify_softmax(exp(f[0] + c) / total, f) == p[0] * exp(c)


def test_bad_requests_are_explained():
    for count in (0, -3, 2.5, True):
        with pytest.raises(UserError, match="number of classes"):
            engine.logits(count)
    with pytest.raises(UserError, match="true class"):
        engine.softmax_values(4, 9)
    with pytest.raises(UserError, match="symbol of its own"):
        engine.simplify_softmax(exp(i), [Symbol("a") + Symbol("b"), Symbol("a") - Symbol("b")])


# What the templates print


def test_values_of_the_lecture_notes():
    values = engine.softmax_values(4, 3)
    assert [values["dL_df"][c] for c in (1, 2, 3, 4)] == ["p_1", "p_2", "p_3 - 1", "p_4"]
    assert values["dp_df"][3, 3] == "p_3 (1 - p_3)" and values["dp_df"][3, 1] == "-p_3 p_1"
    assert values["dL_dp"][3] == r"-\frac{1}{p_3}" and values["dL_dp"][1] == "0"
    assert values["dL_df_t"][2] == "p_2 - t_2" and values["dL_dp_t"][1] == r"-\frac{t_1}{p_1}"
    assert engine.softmax_values(2, 2)["dL_df"] == {1: "p_1", 2: "p_2 - 1"}
    assert engine.softmax_values(4, 3, {3: "c", 1: "k"})["dp_df"][3, 1] == "-p_c p_k"
    assert engine.softmax_values(100, 40)["classes"] == (1, 2, 40, 100)


def test_values_of_the_weights():
    values = engine.weights_values(3, 2)
    assert values["summand"][1, 0] == "h_1(x^{(i)}) - y_1^{(i)}"
    assert values["dJ"][2, 1] == r"\sum_{i=1}^{m} (h_2(x^{(i)}) - y_2^{(i)}) x_1^{(i)}"
    assert values["dh"][2, 1, 0] == "-h_2(x^{(i)}) h_1(x^{(i)})"
    assert values["part"][1, 1, 0] == "-y_1^{(i)} (1 - h_1(x^{(i)}))"
    lettered = engine.weights_values(3, 2, letters={1: "k"}, inputs_as={1: "j"})
    assert lettered["summand"][1, 1] == "(h_k(x^{(i)}) - y_k^{(i)}) x_j^{(i)}"


# Translation


@pytest.mark.parametrize(
    ("expr", "term"),
    [
        (f[k], var("f", "k")),
        (f[3], var("f", 3)),
        (Symbol("f_3"), var("f", 3)),
        (Symbol("Theta_1_0"), var(r"\Theta", 1, 0)),
        (Symbol("yhat"), var(r"\hat{y}")),
        (sympy.Sum(exp(f[j]), (j, 1, K)), terms.total("j", (1, "K"), terms.exp(var("f", "j")))),
        (sympy.Product(f[j], (j, 1, K)), terms.product("j", (1, "K"), var("f", "j"))),
        (KroneckerDelta(i, j), terms.Delta("i", "j")),
        (Rational(-1, 2) * f[k], terms.num("-1/2") * var("f", "k")),
        (f[i] / f[j], var("f", "i") / var("f", "j")),
        (log(f[i]), terms.log(var("f", "i"))),
        (sympy.Derivative(f[i], f[k]), terms.Deriv(var("f", "i"), var("f", "k"))),
        (
            sympy.Piecewise((f[i], Eq(i, j)), (f[j], True)),
            terms.Cases(terms.Delta("i", "j"), var("f", "i"), var("f", "j")),
        ),
        (sympy.Function("g")(f[i]), terms.Opaque("g", (var("f", "i"),), (0,))),
        (
            sympy.Sum(f[i] * x[j], (i, 1, m), (j, 1, n)),
            terms.total("j", (1, "n"), terms.total("i", (1, "m"), var("f", "i") * var("x", "j"))),
        ),
    ],
)
def test_to_term(expr, term):
    assert engine.to_term(expr) is term
    if not expr.free_symbols & {Symbol("f_3"), Symbol("Theta_1_0")}:
        assert engine.to_term(engine.from_term(term)) is term


def test_labels_become_superscripts():
    assert engine.to_term(x[j, i], labels={"x": 1}) is var("x", "j", sups=("i",))


@pytest.mark.parametrize(
    ("expr", "head"),
    [
        (sympy.besselj(0, f[i]), "besselj"),
        (sympy.Integral(f[i], (Symbol("u"), 0, 1)), "Integral"),
        (sympy.Float(0.5) * f[i], "floating-point"),
        (f[i + 1], "arithmetic on indices"),
        (sympy.Sum(i * f[i], (i, 1, K)), "used as a number"),
        (Symbol("p_i"), "IndexedBase"),
    ],
)
def test_what_has_no_counterpart_is_named(expr, head):
    with pytest.raises(UserError, match=head):
        engine.to_term(expr)


def test_from_term_writes_concrete_sizes_out():
    total = terms.total("j", (1, "K"), terms.exp(var("f", "j")))
    assert engine.from_term(total).has(sympy.Sum)
    written = engine.from_term(total, {"K": 3})
    assert not written.has(sympy.Sum) and len(written.args) == 3
    derivative = engine.from_term(terms.Deriv(total, var("f", "k")), {"K": 3}, {"k": 2})
    assert derivative == exp(IndexedBase("f", real=True)[2])
    assert engine.from_term(terms.Sum("j", Range(1, 0), var("f", "j"))) == 0


def test_intermediates_are_varied_alone():
    total = terms.total("j", (1, "K"), terms.exp(var("f", "j")))
    context = Context(definitions={
        Head("p", 1, 0): (Definition(("i",), terms.exp(var("f", "i")) / total),),
        Head("L", 0, 0): (Definition((), terms.neg(terms.log(var("p", 2)))),),
    })  # fmt: skip
    found = engine.from_term(terms.Deriv(var("L"), var("p", 2)), {"K": 2}, context=context)
    f1, f2 = (IndexedBase("f", real=True)[c] for c in (1, 2))
    assert sympy.simplify(found + (exp(f1) + exp(f2)) / exp(f2)) == 0
    assert engine.from_term(terms.Deriv(var("L"), var("p", 1)), {"K": 2}, context=context) == 0


# The kernel's verdict on claims made of SymPy expressions


S = sympy.Sum(exp(f[j]), (j, 1, K))
softmax_i, softmax_k = exp(f[i]) / S, exp(f[k]) / S
cross_entropy = -sympy.Sum(t[i] * log(exp(f[i]) / S), (i, 1, K))
unit_sum = Eq(sympy.Sum(t[j], (j, 1, K)), 1)
everywhere = {i: (1, K), k: (1, K)}


def test_symbolic_claims_are_proved():
    gradient = engine.claim(sympy.Derivative(cross_entropy, f[k]), softmax_k - t[k], assume=[unit_sum])
    verdict = prove(gradient)
    assert isinstance(verdict, Proved) and [a.kind for a in verdict.given] == ["equation"]
    jacobian = engine.claim(
        sympy.Derivative(softmax_i, f[k]), softmax_i * (KroneckerDelta(i, k) - softmax_k), ranges=everywhere
    )
    assert isinstance(prove(jacobian), Proved)


def test_without_the_assumption_it_is_refuted():
    assert isinstance(prove(engine.claim(sympy.Derivative(cross_entropy, f[k]), softmax_k - t[k])), Refuted)


@pytest.mark.parametrize(
    ("left", "right", "truth"),
    [
        # SymPy's own diff and simplification go wrong on each of these
        (sympy.Derivative(S, f[k]), S, Refuted),
        (sympy.Derivative(S, f[k]), exp(f[k]), Proved),
        (sympy.Derivative(S, f[j]), exp(f[j]), Proved),
        (sympy.Derivative(sympy.Sum(f[i], (i, 1, K)), f[i]), sympy.Integer(1), Proved),
        (KroneckerDelta(i, j) * f[i] - KroneckerDelta(i, j) * f[j], sympy.Integer(0), Proved),
        (sympy.Sum(f[i], (i, 1, K)), sympy.Sum(f[j], (j, 1, K)), Proved),
        (sympy.Sum(f[i], (i, 1, -3)), sympy.Integer(0), Proved),
    ],
)
def test_traps_of_a_general_system(left, right, truth):
    ranges = {i: (1, K), j: (1, K), k: (1, K)}
    assert isinstance(prove(engine.claim(left, right, ranges=ranges)), truth)


def test_ranges_of_free_indices_are_found():
    found = engine.claim(sympy.Sum(f[j], (j, 1, K)), f[k] + t[q], ranges={q: (1, 3)})
    assert found.context.ranges == {"k": Range(1, "K"), "q": Range(1, 3)}
    assert found.context.families[Head("f", 1, 0)] == (Range(1, "K"),)


def test_assumptions_are_translated():
    found = engine.claim(f[i], f[j], "!=", assume=[Ne(i, j), t[i] > 0, unit_sum], ranges={i: (1, K), j: (1, K)})
    assert [a.kind for a in found.context.assumptions] == ["distinct", "positive", "equation"]
    assert found.context.assumptions[2].text == r"\sum_{j=1}^{K} t_j = 1"
    with pytest.raises(UserError, match="cannot be assumed"):
        engine.claim(f[i], f[i], assume=[t[i] < 0])
    with pytest.raises(UserError, match="not a relation"):
        engine.claim(f[i], f[i], "~")


# Two engines that must agree


@pytest.mark.parametrize("count", [2, 3, 4, 5, 6, 12])
def test_kernel_proves_what_sympy_found(count):
    """SymPy's simplified derivatives for K classes, against the kernel's own differentiation of the definition."""
    f, t, p = engine.logits(count), engine.targets(count), engine.probabilities(count)
    softmax = engine.softmax(f)
    definitions = {
        Head("p", 1, 0): (
            Definition(("i",), terms.exp(var("f", "i")) / terms.total("j", (1, count), terms.exp(var("f", "j")))),
        )
    }
    unit = terms.Assumption("equation", (terms.total("j", (1, count), var("t", "j")), terms.ONE))
    context = Context(definitions=definitions, assumptions=(unit,))
    loss = terms.neg(terms.total("i", (1, count), var("t", "i") * terms.log(var("p", "i"))))
    raw = engine.gradient(engine.cross_entropy(softmax, t), f)
    classes = sorted({1, 2, count})
    for c in classes:
        simple = engine.to_term(engine.simplify_softmax(raw[c - 1], f, p, t))
        left = terms.Deriv(loss, var("f", c))
        assert isinstance(prove(terms.Claim(left, "=", simple, context)), Proved)
        assert isinstance(prove(terms.Claim(left, "=", terms.neg(simple), context)), Refuted)
        for d in classes:
            entry = engine.simplify_softmax(sympy.diff(softmax[c - 1], f[d - 1]), f, p)
            left = terms.Deriv(var("p", c), var("f", d))
            assert isinstance(prove(terms.Claim(left, "=", engine.to_term(entry), context)), Proved)


@pytest.mark.parametrize("count", [2, 3, 6])
def test_kernel_proves_the_raw_derivative_equal(count):
    """What ``diff`` returned before simplification equals the simplified form, by the kernel's own algebra."""
    f, t = engine.logits(count), engine.targets(count)
    found = engine.derivation(engine.cross_entropy(engine.softmax(f), t), f[0], f, t=t)
    back = dict(zip(engine.probabilities(count), engine.softmax(f), strict=True))
    unit = terms.Assumption("equation", (terms.total("j", (1, count), var("t", "j")), terms.ONE))
    claim = engine.claim(found.raw, found.simplified.xreplace(back), assume=[unit])
    assert isinstance(prove(claim), Proved)


# Second opinion


def test_second_opinion_agrees_with_proofs_and_refutations():
    true = engine.claim(sympy.Derivative(cross_entropy, f[k]), softmax_k - t[k], assume=[unit_sum])
    false = engine.claim(sympy.Derivative(cross_entropy, f[k]), t[k] - softmax_k, assume=[unit_sum])
    for size in (1, 2, 3):
        assert engine.second_opinion(true, size).agrees
        assert size == 1 or not engine.second_opinion(false, size).agrees
    record = engine.second_opinion(false, {"K": 2})
    assert record.sizes == (("K", 2),) and record.indices == (("k", 1),) and record.left == pytest.approx(-record.right)


def test_second_opinion_respects_assumptions():
    onehot = terms.Assumption("onehot", (Head("t", 1, 0), 0))
    left, right = t[i] * t[k], KroneckerDelta(i, k) * t[i]
    assert engine.second_opinion(engine.claim(left, right, assume=[onehot], ranges=everywhere), 3).agrees
    assert not engine.second_opinion(engine.claim(left, right, ranges=everywhere), 3).agrees
    distinct = engine.claim(KroneckerDelta(i, k), sympy.Integer(0), assume=[Ne(i, k)], ranges=everywhere)
    assert engine.second_opinion(distinct, 3).agrees
    with pytest.raises(UserError, match="no choice"):
        engine.second_opinion(distinct, 1)
    assert engine.second_opinion(engine.claim(exp(f[i]), sympy.Integer(0), ">", ranges={i: (1, K)}), 2).agrees


def test_second_opinion_says_when_it_has_none():
    with pytest.raises(UserError, match="no numerical value"):
        engine.second_opinion(engine.claim(sympy.Function("g")(f[i]), f[i], ranges={i: (1, 2)}), 2)
    with pytest.raises(UserError, match="no range"):
        engine.second_opinion(engine.claim(f[i], f[i]), 2)


def test_importing_the_package_does_not_import_sympy():
    code = "import symderiv, symderiv.notation, symderiv.kernel, sys; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


REFUSED = {
    "does not commute": lambda: symderiv.prove(
        sympy.Symbol("A", commutative=False), sympy.Symbol("A", commutative=False)
    ),
    "have the name x": lambda: symderiv.prove(sympy.Dummy("x"), sympy.Dummy("x")),
    "declared complex": lambda: symderiv.prove(sympy.Symbol("z", complex=True) ** 2, 1),
    "is declared zero": lambda: symderiv.prove(sympy.Symbol("o", zero=True), 0),
    "is declared integer": lambda: symderiv.prove(sympy.Symbol("n", integer=True) ** 2, 1, relation=">="),
    "assume takes a list": lambda: symderiv.prove(sympy.Symbol("x"), 1, assume="x=1"),
    "is not a SymPy expression": lambda: symderiv.prove(sympy.Symbol("x"), 1, assume=["x = 1"]),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_sympy_knows_of_a_symbol_is_heard_or_refused(words):
    with pytest.raises(UserError, match=words):
        REFUSED[words]()


def test_a_positive_symbol_is_positive():
    q = sympy.Symbol("q", positive=True)
    verdict = symderiv.prove(sympy.log(q**2), 2 * sympy.log(q), relation="=")
    assert isinstance(symderiv.prove(q, 0, relation=">"), Proved) and isinstance(verdict, Proved)
    assert [a.kind for a in symderiv.prove(q, 0, relation=">").given] == ["positive"]

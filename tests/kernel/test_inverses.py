"""Inverses of matrices, as families B of which A B = I = B A is assumed: sums that are known among other factors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from symderiv.judge import prove
from symderiv.kernel import Refuted
from symderiv.terms import Claim, Context, Definition, Delta, Head, Index, Range, SizeOf, Term, Var, num, total, var
from tests.kernel.claims import equation, proved, refuted

Entries = Callable[[Index, Index], Term]

D, ROWS = Range(1, "d"), Range(1, "n")


def matrix(name: str) -> Callable[[Index, Index], Var]:
    return lambda i, j: var(name, i, j)


def times(left: Entries, right: Entries, k: str, high: Range = D) -> Entries:
    return lambda i, j: total(k, high, left(i, k) * right(k, j))


A, B, X = matrix("A"), matrix("B"), matrix("X")
GRAM = times(lambda i, n: X(n, i), X, "n", ROWS)  # X^T X
SQUARE = {Head("A", 2, 0): (D, D), Head("B", 2, 0): (D, D), Head("x", 1, 0): (D,), Head("X", 2, 0): (ROWS, D)}


def inverse(of: Entries) -> Context:
    """B is the inverse of a matrix."""
    both = (times(B, of, "k")("i", "j"), times(of, B, "k")("i", "j"))
    assumed = tuple(equation(product, Delta("i", "j")) for product in both)
    return Context({"i": D, "j": D}, families=SQUARE, assumptions=assumed)


@pytest.mark.parametrize("of", [A, GRAM, lambda i, j: GRAM(i, j) + var("l") * Delta(i, j)])
def test_a_matrix_times_its_inverse_is_one(of: Entries) -> None:
    r"""\sum_{k,l} B_ik A_kl x_l = x_i: a known sum is put in among other factors, whatever it is a sum of."""
    context = inverse(of)
    for first, second in ((B, of), (of, B)):
        proved(total("a", D, times(first, second, "k")("i", "a") * var("x", "a")), var("x", "i"), context)
        proved(total("k", D, first("i", "k") * total("a", D, second("k", "a") * var("x", "a"))), var("x", "i"), context)
        refuted(total("a", D, times(first, second, "k")("i", "a") * var("x", "a")), var("x", "j"), context)
        refuted(total("a", D, times(first, first, "k")("i", "a") * var("x", "a")), var("x", "i"), context)
    proved(times(times(of, of, "k"), B, "m")("i", "j"), of("i", "j"), context)
    proved(times(times(B, of, "k"), B, "m")("i", "j"), B("i", "j"), context)


def test_an_inverse_stands_on_its_own_side() -> None:
    context = inverse(A)
    refuted(total("k", D, A("i", "k") * B("j", "k")), Delta("i", "j"), context)
    refuted(times(times(B, matrix("C"), "k"), A, "m")("i", "j"), var("C", "i", "j"), context)
    refuted(B("i", "j"), B("j", "i"), context)
    refuted(total("k", D, A("k", "k") * B("k", "k")), SizeOf("d"), context)
    refuted(total("k", Range(2, "d"), B("i", "k") * A("k", "j")), Delta("i", "j"), context)
    refuted(total("k", D, B("i", "k") * A("k", "j") * var("x", "k")), Delta("i", "j") * var("x", "i"), context)
    proved(total("k", D, total("m", D, A("m", "k") * B("k", "m"))), SizeOf("d"), context)


def test_matrices_that_commute_do_not_go_on_for_ever() -> None:
    commuting = equation(times(A, B, "k")("i", "j"), times(B, A, "k")("i", "j"))
    context = Context({"i": D, "j": D}, families=SQUARE, assumptions=(commuting,))
    proved(times(times(A, B, "k"), A, "m")("i", "j"), times(B, times(A, A, "k"), "m")("i", "j"), context)
    prove(Claim(total("m", D, times(A, B, "k")("m", "m")), "=", total("m", D, times(A, A, "k")("m", "m")), context))


def test_a_solution_by_an_inverse() -> None:
    r"""X^T X w = X^T y gives w = (X^T X)^{-1} X^T y."""
    context = inverse(GRAM)

    def both(y: str) -> Term:
        return total("n", ROWS, X("n", "i") * var(y, "n"))

    normal = equation(total("k", D, GRAM("i", "k") * var("w", "k")), both("y"))
    context = replace(
        context,
        assumptions=(*context.assumptions, normal),
        families={**SQUARE, Head("w", 1, 0): (D,), Head("y", 1, 0): (ROWS,)},
    )
    solution = total("k", D, B("i", "k") * total("n", ROWS, X("n", "k") * var("y", "n")))
    proved(var("w", "i"), solution, context)
    refuted(var("w", "i"), num(2) * solution, context)


def test_the_derivative_of_an_inverse_is_not_what_a_line_says_but_what_it_is() -> None:
    r"""With b = 1/a, db/da = -b^2: where a line before says db/da = 1, no point meets it, and nothing is false there."""
    a, b = var("a"), var("b")
    rate = Var(r"\partial b/\partial a", (), ())
    context = Context(
        {},
        {rate.head: (Definition((), -b * b),)},
        assumptions=(equation(rate, num(1)), equation(a * b, num(1))),
    )
    claim = Claim(rate, "=", b * b, context)
    assert not isinstance(prove(claim), Refuted)
    assert isinstance(prove(replace(claim, context=replace(context, assumptions=context.assumptions[1:]))), Refuted)

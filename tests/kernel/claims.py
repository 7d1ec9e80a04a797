"""Symbols, contexts and a few lines of help for tests that pose claims by hand."""

from __future__ import annotations

from symderiv.judge import prove
from symderiv.kernel import Proved, Refuted, Undecided
from symderiv.terms import (
    ONE,
    Assumption,
    Claim,
    Context,
    Definition,
    Head,
    Index,
    Range,
    Size,
    Term,
    Var,
    exp,
    log,
    neg,
    total,
    var,
)

K, M, N = Range(1, "K"), Range(1, "m"), Range(1, "n")


def f(i: Index) -> Var:
    return var("f", i)


def g(i: Index) -> Var:
    return var("g", i)


def t(i: Index) -> Var:
    return var("t", i)


def p(i: Index) -> Var:
    return var("p", i)


L, x, y = var("L"), var("x"), var("y")


def partition(size: Size = "K") -> Term:
    return total("j", Range(1, size), exp(f("j")))


def equation(left: Term, right: Term) -> Assumption:
    return Assumption("equation", (left, right))


ONEHOT = Assumption("onehot", (Head("t", 1, 0), 0))
UNIT = equation(total("j", K, t("j")), ONE)  # sum_j t_j = 1


def softmax(*assumptions: Assumption, size: Size = "K") -> Context:
    """p_i = e^{f_i}/sum_j e^{f_j}, L = -sum_i t_i log p_i, and the free indices i, k, l."""
    classes = Range(1, size)
    return Context(
        ranges=dict.fromkeys("ikl", classes),
        definitions={
            Head("p", 1, 0): (Definition(("i",), exp(f("i")) / partition(size)),),
            Head("L", 0, 0): (Definition((), neg(total("i", classes, t("i") * log(p("i"))))),),
        },
        assumptions=assumptions,
        families={Head(name, 1, 0): (classes,) for name in "fgtp"},
    )


def plain(*assumptions: Assumption, **ranges: Range) -> Context:
    """A context without definitions."""
    return Context(ranges=ranges, assumptions=assumptions)


def proved(left: Term, right: Term, context: Context | None = None, relation: str = "=") -> Proved:
    verdict = prove(Claim(left, relation, right, context or Context()))
    assert isinstance(verdict, Proved), verdict
    return verdict


def refuted(left: Term, right: Term, context: Context | None = None, relation: str = "=") -> Refuted:
    verdict = prove(Claim(left, relation, right, context or Context()))
    assert isinstance(verdict, Refuted), verdict
    return verdict


def undecided(left: Term, right: Term, context: Context | None = None, relation: str = "=") -> Undecided:
    verdict = prove(Claim(left, relation, right, context or Context()))
    assert isinstance(verdict, Undecided), verdict
    return verdict


def never_proved(left: Term, right: Term, context: Context | None = None, relation: str = "=") -> None:
    verdict = prove(Claim(left, relation, right, context or Context()))
    assert not isinstance(verdict, Proved), verdict


def never_refuted(left: Term, right: Term, context: Context | None = None, relation: str = "=") -> None:
    verdict = prove(Claim(left, relation, right, context or Context()))
    assert not isinstance(verdict, Refuted), verdict

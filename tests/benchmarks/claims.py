"""The claims that are timed, built from the term language alone.

``mark`` goes into the names of the variables: claims with different marks share no term, so that a second timing
cannot live on what the first one left behind.
"""

from __future__ import annotations

from dataclasses import replace

from symderiv.terms import (
    ONE,
    Add,
    Assumption,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Head,
    Index,
    Mul,
    Range,
    Size,
    Sum,
    Term,
    Var,
    exp,
    log,
    neg,
    total,
    var,
)


def softmax_context(size: Size, mark: str = "") -> Context:
    """p_i = e^{f_i}/sum_j e^{f_j}, L = -sum_i t_i log p_i, sum_j t_j = 1, and the free indices i, k, l."""
    f, t, p = (lambda i: var(f"f{mark}", i)), (lambda i: var(f"t{mark}", i)), (lambda i: var(f"p{mark}", i))
    classes = Range(1, size)
    return Context(
        ranges=dict.fromkeys("ikl", classes),
        definitions={
            Head(f"p{mark}", 1, 0): (Definition(("i",), exp(f("i")) / total("j", classes, exp(f("j")))),),
            Head(f"L{mark}", 0, 0): (Definition((), neg(total("i", classes, t("i") * log(p("i"))))),),
        },
        assumptions=(Assumption("equation", (total("j", classes, t("j")), ONE)),),
        families={Head(f"{name}{mark}", 1, 0): (classes,) for name in "ftp"},
    )


def gradient(size: Size = "K", k: Index = "k", mark: str = "", context: Context | None = None) -> Claim:
    """dL/df_k = p_k - t_k."""
    right = var(f"p{mark}", k) - var(f"t{mark}", k)
    return Claim(Deriv(var(f"L{mark}"), var(f"f{mark}", k)), "=", right, context or softmax_context(size, mark))


def jacobian(size: Size = "K", mark: str = "") -> Claim:
    """dp_i/df_k = p_i (delta_ik - p_k)."""
    left = Deriv(var(f"p{mark}", "i"), var(f"f{mark}", "k"))
    right = var(f"p{mark}", "i") * (Delta("i", "k") - var(f"p{mark}", "k"))
    return Claim(left, "=", right, softmax_context(size, mark))


def hessian(size: Size = "K", mark: str = "") -> Claim:
    """d^2 L/(df_k df_l) = p_k (delta_kl - p_l)."""
    left = Deriv(Deriv(var(f"L{mark}"), var(f"f{mark}", "k")), var(f"f{mark}", "l"))
    right = var(f"p{mark}", "k") * (Delta("k", "l") - var(f"p{mark}", "l"))
    return Claim(left, "=", right, softmax_context(size, mark))


def without_assumption(claim: Claim) -> Claim:
    """The same derivative with sum_j t_j written out in the place of 1, as a peer that knows no assumptions proves it.

    p_k - t_k becomes p_k sum_j t_j - t_k, and p_k (delta_kl - p_l) becomes the same times sum_j t_j.
    """
    context = claim.context
    ((ones, _),) = [a.data for a in context.assumptions]
    right = claim.right

    def written_out(term: Term) -> Term:
        if isinstance(term, Var) and term.name[0] in "ph":
            return term * ones
        if isinstance(term, Add):
            return Add((written_out(term.parts[0]), *term.parts[1:]))
        if isinstance(term, Sum):
            return Sum(term.index, term.range, written_out(term.body))
        return Mul((written_out(term.parts[0]), *term.parts[1:]))

    return Claim(claim.left, "=", written_out(right), replace(context, assumptions=()))


def weight_gradient(mark: str = "") -> Claim:
    """dJ/dtheta_kj = sum_i (h_k^(i) - y_k^(i)) x_j^(i), for m samples, n features and K classes."""
    classes, features, samples = Range(1, "K"), Range(1, "n"), Range(1, "m")

    def member(name: str, sub: Index, label: Index) -> Var:
        return var(f"{name}{mark}", sub, sups=(label,))

    def power(k: Index) -> Term:
        return exp(total("r", features, var(f"\\theta{mark}", k, "r") * member("x", "r", "i")))

    inner = total("k", classes, member("y", "k", "i") * log(member("h", "k", "i")))
    definitions = {
        Head(f"h{mark}", 1, 1): (Definition(("k", "i"), power("k") / total("s", classes, power("s"))),),
        Head(f"J{mark}", 0, 0): (Definition((), neg(total("i", samples, inner))),),
    }
    unit = Assumption("equation", (total("q", classes, member("y", "q", "i")), ONE))
    right = total("i", samples, (member("h", "k", "i") - member("y", "k", "i")) * member("x", "j", "i"))
    context = Context(
        ranges={"k": classes, "j": features, "i": samples},
        definitions=definitions,
        assumptions=(unit,),
        families={
            Head(f"x{mark}", 1, 1): (features, samples),
            Head(f"y{mark}", 1, 1): (classes, samples),
            Head(f"\\theta{mark}", 2, 0): (classes, features),
        },
    )
    return Claim(Deriv(var(f"J{mark}"), var(f"\\theta{mark}", "k", "j")), "=", right, context)

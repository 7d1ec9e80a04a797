r"""Traps: claims on which programs (and people) go wrong, each a small document with the verdict it must get.

Beside each stands the same claim in SymPy's terms, and the page says what ``simplify(left - right)`` and
``equals`` make of it. The tables are data; ``judge_all`` runs them. A trap with no SymPy form cannot be said there, or
is about reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symderiv.check import check_text
from symderiv.diagnostics import UserError
from symderiv.kernel import Proved, Refuted

Sides = Callable[[Any], tuple[Any, Any]]

SOFTMAX = r"""
$$ p_i = \frac{e^{f_i}}{\sum_{j=1}^K e^{f_j}} $$
$$ L = -\sum_{i=1}^K t_i \log p_i $$
"""
IJK = "<!-- symderiv: index i,j,k,l : 1..K -->\n"


@dataclass(frozen=True)
class Trap:
    """``claim`` is the last formula of ``document``; ``expected`` its verdict: proved, refuted, needs (it
    holds under an assumption that nobody stated), undecided or unread."""

    family: str
    title: str
    before: str
    claim: str
    expected: str
    sympy: Sides | None = None

    @property
    def document(self) -> str:
        return f"{self.before}\n$$ {self.claim} $$\n"


def declared(*lines: str) -> str:
    return "".join(f"<!-- symderiv: {line} -->\n" for line in lines)


TRAPS: tuple[Trap, ...] = (
    # Capture and reuse of bound indices
    Trap("capture", "a factor with the name of the bound index", IJK, r"t_j \sum_{i=1}^K f_i = \sum_{i=1}^K f_i t_i", "refuted", lambda s: (s.t[s.j] * s.Sum(s.f[s.i], (s.i, 1, s.K)), s.Sum(s.f[s.i] * s.t[s.i], (s.i, 1, s.K)))),
    Trap("capture", "renaming the free index into the bound one", IJK, r"\sum_{i=1}^K f_i t_k = \sum_{k=1}^K f_k t_k", "refuted", lambda s: (s.Sum(s.f[s.i] * s.t[s.k], (s.i, 1, s.K)), s.Sum(s.f[s.i] * s.t[s.k], (s.i, 1, s.K)).subs(s.k, s.i))),
    Trap("capture", "a double sum is a product of sums", IJK, r"\sum_{i=1}^K \sum_{j=1}^K f_i t_j = \left(\sum_{i=1}^K f_i\right) \left(\sum_{i=1}^K t_i\right)", "proved", lambda s: (s.Sum(s.f[s.i] * s.t[s.j], (s.i, 1, s.K), (s.j, 1, s.K)), s.Sum(s.f[s.i], (s.i, 1, s.K)) * s.Sum(s.t[s.i], (s.i, 1, s.K)))),
    Trap("capture", "the square of a sum is not a sum of squares", IJK, r"\left(\sum_{i=1}^K f_i\right)^2 = \sum_{i=1}^K f_i^2", "refuted", lambda s: (s.Sum(s.f[s.i], (s.i, 1, s.K)) ** 2, s.Sum(s.f[s.i] ** 2, (s.i, 1, s.K)))),
    Trap("capture", "the sum's own derivative: one member is left", IJK, r"\frac{\partial}{\partial f_k} \sum_{j=1}^K e^{f_j} = e^{f_k}", "proved", lambda s: (s.diff(s.Sum(s.exp(s.f[s.j]), (s.j, 1, s.K)), s.f[s.k]), s.exp(s.f[s.k]))),
    Trap("capture", "differentiating by the member that is summed", IJK, r"\frac{\partial}{\partial f_j} \sum_{j=1}^K e^{f_j} = e^{f_j}", "proved", lambda s: (s.diff(s.Sum(s.exp(s.f[s.j]), (s.j, 1, s.K)), s.f[s.j]), s.exp(s.f[s.j]))),
    Trap("capture", "the derivative of a sum in one member is 1, not K", IJK, r"\frac{\partial}{\partial f_i} \sum_{i=1}^K f_i t_j = K t_j", "refuted", lambda s: (s.diff(s.Sum(s.f[s.i] * s.t[s.j], (s.i, 1, s.K)), s.f[s.i]), s.K * s.t[s.j])),
    Trap("capture", "nested sums over one name", IJK, r"\sum_{i=1}^K f_i \sum_{i=1}^K t_i = \sum_{i=1}^K f_i t_i", "refuted", lambda s: (s.Sum(s.f[s.i] * s.Sum(s.t[s.i], (s.i, 1, s.K)), (s.i, 1, s.K)), s.Sum(s.f[s.i] * s.t[s.i], (s.i, 1, s.K)))),
    Trap("capture", "a definition whose bound index is free in the claim", IJK + r"$$ S = \sum_{j=1}^K e^{f_j} $$", r"\sum_{j=1}^K t_j S = \sum_{j=1}^K t_j e^{f_j}", "refuted", lambda s: (s.Sum(s.t[s.j] * s.Sum(s.exp(s.f[s.j]), (s.j, 1, s.K)), (s.j, 1, s.K)), s.Sum(s.t[s.j] * s.exp(s.f[s.j]), (s.j, 1, s.K)))),
    # Kronecker's delta
    Trap("delta", "under a delta the indices may be exchanged", IJK, r"\delta_{ij} f_i - \delta_{ij} f_j = 0", "proved", lambda s: (s.KroneckerDelta(s.i, s.j) * s.f[s.i] - s.KroneckerDelta(s.i, s.j) * s.f[s.j], 0)),
    Trap("delta", "a delta is its own square", IJK, r"f_k \delta_{ij} \delta_{ij} = f_k \delta_{ij}", "proved", lambda s: (s.f[s.k] * s.KroneckerDelta(s.i, s.j) ** 2, s.f[s.k] * s.KroneckerDelta(s.i, s.j))),
    Trap("delta", "a sum over a delta picks one member", IJK, r"\sum_{j=1}^K \delta_{jk} f_j = f_k", "proved", lambda s: (s.Sum(s.KroneckerDelta(s.j, s.k) * s.f[s.j], (s.j, 1, s.K)), s.f[s.k])),
    Trap("delta", "... but not where the range leaves it out", declared("index k : 1..K", "size K >= 2"), r"\sum_{j=2}^K \delta_{jk} f_j = f_k", "refuted", lambda s: (s.Sum(s.KroneckerDelta(s.j, s.k) * s.f[s.j], (s.j, 2, s.K)), s.f[s.k])),
    Trap("delta", "an index that may be 0 outside of the sum's range", declared("index k : 0..n"), r"\sum_{j=1}^n \delta_{jk} f_j = f_k", "refuted", lambda s: (s.Sum(s.KroneckerDelta(s.j, s.k) * s.f[s.j], (s.j, 1, s.n)), s.f[s.k])),
    Trap("delta", "the trace of the delta is K, not 1", IJK, r"\sum_{i=1}^K \delta_{ii} = 1", "refuted", lambda s: (s.Sum(s.KroneckerDelta(s.i, s.i), (s.i, 1, s.K)), 1)),
    Trap("delta", "a double delta counts the diagonal", IJK, r"\sum_{i=1}^K \sum_{j=1}^K \delta_{ij} = K", "proved", lambda s: (s.Sum(s.KroneckerDelta(s.i, s.j), (s.i, 1, s.K), (s.j, 1, s.K)), s.K)),
    Trap("delta", "a chain of deltas", IJK, r"\delta_{ij} \delta_{jk} = \delta_{ik}", "refuted", lambda s: (s.KroneckerDelta(s.i, s.j) * s.KroneckerDelta(s.j, s.k), s.KroneckerDelta(s.i, s.k))),
    Trap("delta", "a term lost in front of a sum", IJK, r"-\sum_{j=1}^K \delta_{jk} \sum_{j=1}^K t_j - \sum_{j=1}^K t_k = -\sum_{j=1}^K t_j - K t_k", "proved", lambda s: (-s.Sum(s.KroneckerDelta(s.j, s.k), (s.j, 1, s.K)) * s.Sum(s.t[s.j], (s.j, 1, s.K)) - s.Sum(s.t[s.k], (s.j, 1, s.K)), -s.Sum(s.t[s.j], (s.j, 1, s.K)) - s.K * s.t[s.k])),
    # Ranges
    Trap("ranges", "an empty concrete sum is 0", "", r"\sum_{j=1}^0 f_j = 0", "proved", lambda s: (s.Sum(s.f[s.j], (s.j, 1, 0)), 0)),
    Trap("ranges", "a reversed range is empty, not negative", "", r"\sum_{j=3}^1 f_j = -f_2", "refuted", lambda s: (s.Sum(s.f[s.j], (s.j, 3, 1)).doit(), -s.f[2])),
    Trap("ranges", "an empty product is 1", "", r"f_1 + \prod_{j=2}^1 f_j = f_1", "refuted", lambda s: (s.f[1] + s.Product(s.f[s.j], (s.j, 2, 1)), s.f[1])),
    Trap("ranges", "a sum from 0 has one more term", declared("index i : 0..n"), r"\sum_{j=0}^n 1 = n", "refuted", lambda s: (s.Sum(1, (s.j, 0, s.n)), s.n)),
    Trap("ranges", "the first term split off", declared("size n >= 2"), r"\sum_{j=1}^n f_j = f_1 + \sum_{j=2}^n f_j", "proved", lambda s: (s.Sum(s.f[s.j], (s.j, 1, s.n)), s.f[1] + s.Sum(s.f[s.j], (s.j, 2, s.n)))),
    Trap("ranges", "the first term split off twice", declared("size n >= 2"), r"\sum_{j=1}^n f_j = f_1 + \sum_{j=1}^n f_j", "refuted", lambda s: (s.Sum(s.f[s.j], (s.j, 1, s.n)), s.f[1] + s.Sum(s.f[s.j], (s.j, 1, s.n)))),
    Trap("ranges", "true for K = 1 and 2 is not a proof", "", r"\sum_{i=1}^K \sum_{j=1}^K \sum_{k=1}^K f_i f_j f_k + 2 \sum_{i=1}^K f_i^3 = 3 \sum_{i=1}^K \sum_{j=1}^K f_i^2 f_j", "refuted", lambda s: (s.Sum(s.f[s.i], (s.i, 1, s.K)) ** 3 - 3 * s.Sum(s.f[s.i], (s.i, 1, s.K)) * s.Sum(s.f[s.i] ** 2, (s.i, 1, s.K)) + 2 * s.Sum(s.f[s.i] ** 3, (s.i, 1, s.K)), 0)),
    Trap("ranges", "K is not k", IJK, r"\sum_{k=1}^K f_k = K f_k", "refuted", lambda s: (s.Sum(s.f[s.k], (s.k, 1, s.K)), s.K * s.f[s.k])),
    Trap("ranges", "a million million terms are not written out", "", r"\sum_{i=1}^{1000000000000} 1 = 1000000000000", "proved", lambda s: (s.Sum(1, (s.i, 1, 10**12)), 10**12)),
    # Domains
    Trap("domains", "x²/x = x where x is not 0", "", r"\frac{x^2}{x} = x", "proved", lambda s: (s.x**2 / s.x, s.x)),
    Trap("domains", "the root of a square", "", r"\sqrt{x^2} = x", "needs", lambda s: (s.sqrt(s.x**2), s.x)),
    Trap("domains", "the square of a root", "", r"\left(\sqrt{x}\right)^2 = x", "proved", lambda s: (s.sqrt(s.x) ** 2, s.x)),
    Trap("domains", "the root of the inverse square", "", r"\sqrt{\frac{1}{(e^b + a)^2}} = \frac{1}{e^b + a}", "refuted", lambda s: (s.sqrt(1 / (s.exp(s.b) + s.a) ** 2), 1 / (s.exp(s.b) + s.a))),
    Trap("domains", "the logarithm of a square", "", r"\log x^2 = 2 \log(-x)", "undecided", lambda s: (s.log(s.x**2), 2 * s.log(-s.x))),
    Trap("domains", "the logarithm of a product, both negative", "", r"\log(a b) = \log(-a) + \log(-b)", "undecided", lambda s: (s.log(s.a * s.b), s.log(-s.a) + s.log(-s.b))),
    Trap("domains", "the logarithm of a sum", declared("assume a > 0", "assume b > 0"), r"\log(a + b) = \log a + \log b", "refuted", lambda s: (s.log(s.a + s.b), s.log(s.a) + s.log(s.b))),
    Trap("domains", "0 · log 0: never 0, it is not defined", declared("assume x = 0"), r"x \log x = 0", "undecided", lambda s: (s.x * s.log(s.x), 0)),
    Trap("domains", "1/0 = 1/0", "", r"\frac{1}{x - x} = \frac{2}{x - x}", "undecided", lambda s: (1 / (s.x - s.x), 2 / (s.x - s.x))),
    Trap("domains", "division by a sum that can vanish", "", r"\frac{\sum_{j=1}^K f_j}{\sum_{j=1}^K f_j} = 1", "proved", lambda s: (s.Sum(s.f[s.j], (s.j, 1, s.K)) / s.Sum(s.f[s.j], (s.j, 1, s.K)), 1)),
    Trap("domains", "a sum of quotients", "", r"\sum_{j=1}^K \frac{f_j}{g_j} = \frac{\sum_{j=1}^K f_j}{\sum_{j=1}^K g_j}", "refuted", lambda s: (s.Sum(s.f[s.j] / s.g[s.j], (s.j, 1, s.K)), s.Sum(s.f[s.j], (s.j, 1, s.K)) / s.Sum(s.g[s.j], (s.j, 1, s.K)))),
    Trap("domains", "positivity does not leave its sum", declared("index j : 1..K", "size K >= 2"), r"\sum_{i=2}^K \log g_i + \sqrt{g_j^2} = \sum_{i=2}^K \log g_i + g_j", "needs", None),
    Trap("domains", "a sum that may be empty says nothing", "", r"\sum_{i=2}^K \log a + \sqrt{a^2} = \sum_{i=2}^K \log a + a", "needs", lambda s: (s.Sum(s.log(s.a), (s.i, 2, s.K)) + s.sqrt(s.a**2), s.Sum(s.log(s.a), (s.i, 2, s.K)) + s.a)),
    Trap("domains", "e to the log", "", r"e^{\log x} = x", "proved", lambda s: (s.exp(s.log(s.x)), s.x)),
    Trap("domains", "e to half the log of a square", "", r"e^{\frac{1}{2} \log x^2} = x", "needs", lambda s: (s.exp(s.log(s.x**2) / 2), s.x)),
    Trap("domains", "huge exponents", "", r"9^{9^{9^9}} = 9^{9^{9^9}} + 1", "undecided", None),
    Trap("domains", "a cube root of a cube of a negative number", "", r"\left(x^3\right)^{\frac{1}{3}} = -x", "refuted", lambda s: ((s.x**3) ** s.Rational(1, 3), -s.x)),
    # Derivatives
    Trap("derivatives", "the derivative of the absolute value is not defined at 0", "", r"\frac{d}{dx} |x| = \frac{x}{|x|}", "proved", lambda s: (s.diff(s.Abs(s.xr), s.xr), s.xr / s.Abs(s.xr))),
    Trap("derivatives", "the derivative of |x| is not 1", "", r"\frac{d}{dx} |x| = 1", "refuted", lambda s: (s.diff(s.Abs(s.xr), s.xr), 1)),
    Trap("derivatives", "log of a square is even", "", r"\frac{d}{dx} \log x^2 = \frac{2}{x}", "proved", lambda s: (s.diff(s.log(s.x**2), s.x), 2 / s.x)),
    Trap("derivatives", "x^x", "", r"\frac{d}{dx} x^x = x \cdot x^{x-1}", "refuted", lambda s: (s.diff(s.x**s.x, s.x), s.x * s.x ** (s.x - 1))),
    Trap("derivatives", "the product rule misread", "", r"\frac{d}{dx} \left( e^x \sin x \right) = e^x \cos x", "refuted", lambda s: (s.diff(s.exp(s.x) * s.sin(s.x), s.x), s.exp(s.x) * s.cos(s.x))),
    Trap("derivatives", "the Jacobian of softmax without the delta", SOFTMAX, r"\frac{\partial p_i}{\partial f_k} = p_i (1 - p_k)", "refuted", lambda s: (s.diff(s.p(s.i), s.f[s.k]), s.p(s.i) * (1 - s.p(s.k)))),
    Trap("derivatives", "the Jacobian of softmax", SOFTMAX, r"\frac{\partial p_i}{\partial f_k} = p_i (\delta_{ik} - p_k)", "proved", lambda s: (s.diff(s.p(s.i), s.f[s.k]), s.p(s.i) * (s.KroneckerDelta(s.i, s.k) - s.p(s.k)))),
    Trap("derivatives", "the chain rule along one path", SOFTMAX, r"\frac{\partial L}{\partial f_k} = \frac{\partial L}{\partial p_k} \frac{\partial p_k}{\partial f_k}", "refuted", None),
    Trap("derivatives", "the chain rule along all paths", SOFTMAX, r"\frac{\partial L}{\partial f_k} = \sum_{i=1}^K \frac{\partial L}{\partial p_i} \frac{\partial p_i}{\partial f_k}", "proved", None),
    Trap("derivatives", "an intermediate is varied alone", SOFTMAX, r"\frac{\partial L}{\partial p_k} = -\frac{t_k}{p_k} (1 - p_k)", "refuted", lambda s: (s.diff(s.L, s.p(s.k)), -s.t[s.k] / s.p(s.k) * (1 - s.p(s.k)))),
    Trap("derivatives", "the right derivative in an intermediate", SOFTMAX, r"\frac{\partial L}{\partial p_k} = -\frac{t_k}{p_k}", "proved", lambda s: (s.diff(s.L, s.p(s.k)), -s.t[s.k] / s.p(s.k))),
    Trap("derivatives", "the gradient with one-hot targets forgotten", SOFTMAX, r"\frac{\partial L}{\partial f_k} = p_k - t_k", "needs", lambda s: (s.diff(s.L, s.f[s.k]), s.p(s.k) - s.t[s.k])),
    Trap("derivatives", "the gradient, nothing assumed", SOFTMAX, r"\frac{\partial L}{\partial f_k} = p_k \sum_{j=1}^K t_j - t_k", "proved", lambda s: (s.diff(s.L, s.f[s.k]), s.p(s.k) * s.Sum(s.t[s.j], (s.j, 1, s.K)) - s.t[s.k])),
    Trap("derivatives", "the Hessian with its indices crossed", SOFTMAX + declared(r"assume \sum_{j=1}^K t_j = 1"), r"\frac{\partial^2 L}{\partial f_k \partial f_l} = p_k (\delta_{kl} - p_k)", "refuted", None),
    Trap("derivatives", "the sigmoid's derivative with a sign lost", "", r"\frac{d}{dx} \frac{1}{1 + e^{-x}} = -\frac{e^{-x}}{(1 + e^{-x})^2}", "refuted", lambda s: (s.diff(1 / (1 + s.exp(-s.x)), s.x), -s.exp(-s.x) / (1 + s.exp(-s.x)) ** 2)),
    # Assumptions
    Trap("assumptions", "one-hot squares", IJK + declared("onehot t"), r"\sum_{i=1}^K t_i^2 f_i = \sum_{i=1}^K t_i f_i", "proved", None),
    Trap("assumptions", "without one-hot the squares stay", IJK, r"\sum_{i=1}^K t_i^2 f_i = \sum_{i=1}^K t_i f_i", "refuted", lambda s: (s.Sum(s.t[s.i] ** 2 * s.f[s.i], (s.i, 1, s.K)), s.Sum(s.t[s.i] * s.f[s.i], (s.i, 1, s.K)))),
    Trap("assumptions", "one-hot in the class, not in the sample", declared("index i,j : 1..m", "index k : 1..K", "onehot y_k^{(i)}"), r"y_k^{(i)} y_k^{(j)} = \delta_{ij} y_k^{(i)}", "refuted", None),
    Trap("assumptions", "binary is not one-hot", IJK + declared(r"assume t_i in {0,1}"), r"\left(\sum_{i=1}^K t_i f_i\right)^2 = \sum_{i=1}^K t_i f_i^2", "refuted", None),
    Trap("assumptions", "contradictory equations prove nothing", declared("assume x = 1", "assume x = 2"), r"x y = 3 y", "undecided", None),
    Trap("assumptions", "contradictory: one-hot and all zero", IJK + declared("onehot t", r"assume \sum_{j=1}^K t_j = 0"), r"f_k = 0", "undecided", None),
    Trap("assumptions", "contradictory: no such indices", IJK + declared(r"case i = j", r"case i \ne j"), r"f_k = 0", "undecided", None),
    Trap("assumptions", "an equation for i in 1..n does not hold at 0", declared("index i : 1..n", "index j : 0..n", "assume x_i = 1"), r"x_j = 1", "undecided", None),
    Trap("assumptions", "x_0 = 1 is not x_1 = 1", declared("index j : 0..n", "assume x_0 = 1"), r"x_j w_j = w_j", "undecided", None),
    Trap("assumptions", "the case i ≠ j is needed", IJK, r"f_i + \delta_{ij} f_k = f_i", "refuted", lambda s: (s.f[s.i] + s.KroneckerDelta(s.i, s.j) * s.f[s.k], s.f[s.i])),
    Trap("assumptions", "an indicator of an impossible condition", declared("index k : 1..K"), r"f_k + \delta_{k,0} f_k = f_k", "proved", lambda s: (s.f[s.k] + s.KroneckerDelta(s.k, 0) * s.f[s.k], s.f[s.k])),
    # Definitions
    Trap("definitions", "a definition that refers to itself", declared("define u = u + 1"), r"u = u + 1", "unread", None),
    Trap("definitions", "two that refer to each other", declared("define u = w + 1", "define w = u"), r"w = u + 1", "unread", None),
    Trap("definitions", "redefined: the old meaning is gone", "$$ u = e^{x} $$\n$$ u = e^{-x} $$\n<!-- symderiv: new u -->\n$$ u = x^2 $$", r"\frac{du}{dx} = u", "refuted", lambda s: (s.diff(s.x**2, s.x), s.x**2)),
    Trap("definitions", "an index that a definition does not bind", declared("index i,j : 1..K", r"define u = f_i"), r"u g_k = f_j g_k", "refuted", lambda s: (s.f[s.i] * s.g[s.k], s.f[s.j] * s.g[s.k])),
    # Inequalities
    Trap("inequalities", "a probability below 1: not for K = 1", SOFTMAX, r"p_k < 1", "proved", None),
    Trap("inequalities", "... and with one class", declared("size K = 1", "index k : 1..K") + SOFTMAX, r"p_k < 1", "refuted", None),
    Trap("inequalities", "the product of two sums against their members", IJK, r"\sum_{j=1}^K e^{f_j} \sum_{j=1}^K e^{g_j} > e^{f_k} \sum_{j=1}^K e^{g_j} + e^{g_k} \sum_{j=1}^K e^{f_j}", "refuted", None),
    Trap("inequalities", "a square may be 0", "", r"x^2 e^y > 0", "undecided", lambda s: (s.Gt(s.xr**2 * s.exp(s.yr), 0), s.true)),
    Trap("inequalities", "never equal to itself", "", r"x + y \ne y + x", "refuted", None),
    # Look-alikes and notation
    Trap("reading", "sin² is not sin of a square", "", r"\sin^2 x = \sin x^2", "refuted", lambda s: (s.sin(s.x) ** 2, s.sin(s.x**2))),
    Trap("reading", "a Cyrillic а is not a Latin a", "", "\u0430 + 1 = a + 1", "unread", None),
    Trap("reading", "an undefined macro", "", r"\nosuchmacro{x} = x", "unread", None),
    Trap("reading", "a superscript label is not a power", declared("index i : 1..m", "name ^{(i)}"), r"2 x^{(2)} = 2 x^2", "undecided", None),
    Trap("reading", "unbalanced braces", "", r"\frac{x}{y = 1", "unread", None),
)  # fmt: skip


def verdict_of(trap: Trap) -> tuple[str, str]:
    """(the verdict in one word, what was said)."""
    try:
        checked = check_text(trap.document, "trap.md", "markdown")
    except UserError as error:
        return "unread", str(error)
    steps = [step for step in checked.steps if step.kind == "claim"]
    said = "; ".join(d.message for d in checked.diagnostics)
    if not steps:
        return "unread", said or "nothing to check"
    step = steps[-1]
    note = step.diagnostic.message if step.diagnostic else ""
    if isinstance(step.verdict, Proved):
        conditions = f", {len(step.verdict.conditions)} conditions" if step.verdict.conditions else ""
        return "proved", f"{step.verdict.scope}{conditions}"
    if isinstance(step.verdict, Refuted):
        return "refuted", note
    code = step.diagnostic.code if step.diagnostic else ""
    if code == "E310":
        return "needs", note
    if code.startswith("E1"):
        return "unread", note
    return "undecided", "; ".join([note, *(step.diagnostic.notes if step.diagnostic else ())])

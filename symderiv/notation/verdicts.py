"""What a verdict reports (side conditions, scopes, assumptions), for people: in LaTeX and for terminals.

``str`` of a verdict is what ``unicode_verdict`` says: the kernel, which knows no notation, is told so here.
"""

from __future__ import annotations

from collections.abc import Iterable

from symderiv.kernel.verdict import Condition, Proved, Refuted, Scope, Undecided, Verdict, Witness
from symderiv.notation.printer import index_text, latex, unicode
from symderiv.notation.styles import Latex
from symderiv.terms import Assumption, Head, Var
from symderiv.unicode_math import unicode_latex

_RELATIONS = {"=": "=", "<": "<", ">": ">", "<=": r"\le", ">=": r"\ge", "!=": r"\ne"}


def latex_condition(condition: Condition) -> str:
    r"""A side condition: ``x \ne 0``."""
    return f"{latex(condition.term)} {_RELATIONS[condition.relation]} 0"


def unicode_condition(condition: Condition) -> str:
    """A side condition for a terminal: ``x ≠ 0``."""
    return f"{unicode(condition.term)} {unicode_latex(_RELATIONS[condition.relation])} 0"


def latex_scope(scope: Scope) -> str:
    r"""The sizes a proof covers, as text with mathematics in dollars: ``all $K$, $m$``, ``$K = 4$ and all $m$``.

    A length without a name is that of a range which the line itself writes in numbers.
    """
    fixed = [f"${name} = {value}$" for name, value in scope.fixed if name != "size"]
    bounded = [rf"${name} \ge {least}$" for name, least in scope.minimum if least > 1]
    plain = [f"${name}$" for name, least in scope.minimum if least <= 1]
    some, every = ", ".join(fixed + bounded), ", ".join(plain)
    if not every:
        return some or ("the ranges as written" if scope.fixed else "no sizes involved")
    return f"{some} and all {every}" if some else f"all {every}"


def unicode_scope(scope: Scope) -> str:
    """The sizes a proof covers, for a terminal: ``all K, m``, ``K ≥ 2``, ``K = 4 and all m``."""
    return latex_scope(scope).replace("$", "").replace(r"\ge", "≥")


def _letters(count: int, first: str) -> tuple[str, ...]:
    return tuple(chr(ord(first) + offset) for offset in range(count))


def _member(head: Head) -> Var:
    """A typical member of a family, its indices named j, k, ... and its labels i, ..."""
    return Var(head.name, _letters(head.subs, "j"), _letters(head.sups, "i") if head.subs else ("i",) * head.sups)


def latex_assumption(assumption: Assumption) -> str:
    r"""An assumption in mathematics: ``\sum_{j=1}^{K} t_j = 1``, ``x_j > 0``, ``i \ne j``; the author's own text if
    there is one."""
    if assumption.text:
        return assumption.text
    data = assumption.data
    match assumption.kind:
        case "equation":
            return f"{latex(data[0])} = {latex(data[1])}"
        case "onehot":
            return rf"{latex(_member(Head(*data[0])))} \text{{ one-hot}}"
        case "binary":
            return rf"{latex(_member(Head(*data[0])))} \in \{{0, 1\}}"
        case "positive":
            return f"{latex(_member(Head(*data[0])))} > 0"
        case "equal" | "distinct":
            sign = "=" if assumption.kind == "equal" else r"\ne"
            return f"{index_text(Latex, data[:1])} {sign} {index_text(Latex, data[1:2])}"
    return assumption.kind


def unicode_assumption(assumption: Assumption) -> str:
    """An assumption for a terminal: ``Σ_{j=1}^K t_j = 1``."""
    return unicode_latex(latex_assumption(assumption))


def counterexample(witness: Witness) -> str:
    """The witness in one line: ``counterexample: K = 2, i = 1, z_1 = 0: left = ..., right = ...``."""
    places = [f"{name} = {value}" for name, value in (*witness.sizes, *witness.indices)]
    places += [f"{unicode(var)} = {value}" for var, value in witness.values]
    where = ", ".join(places)
    return f"counterexample: {where + ': ' if where else ''}left = {witness.left}, right = {witness.right}"


def unicode_proof(proof: Proved, blank: str = " ") -> str:
    """``proved for all K, given Σ_j t_j = 1, where x ≠ 0``; ``blank`` stands for the blanks in formulas."""

    def listed(formulas: Iterable[str]) -> str:
        return ", ".join(formula.replace(" ", blank) for formula in dict.fromkeys(formulas))

    scope = unicode_scope(proof.scope)
    words = "proved" if scope.startswith("no ") else f"proved for {scope}"
    if proof.given:
        words += f", given {listed(map(unicode_assumption, proof.given))}"
    strict = {condition.term for condition in proof.conditions if condition.relation != ">="}
    if where := [c for c in proof.conditions if c.relation != ">=" or c.term not in strict]:
        words += f", where {listed(map(unicode_condition, where))}"
    return words


def unicode_verdict(verdict: Verdict) -> str:
    """A verdict in a line: ``proved for all K``, ``false; counterexample: K = 2, ...``, ``undecided: ...``."""
    match verdict:
        case Proved():
            return unicode_proof(verdict)
        case Refuted(witness=witness):
            return f"false; {counterexample(witness)}"
    return f"undecided: {verdict.reason}"


for _kind in (Proved, Refuted, Undecided):
    _kind.__str__ = unicode_verdict  # type: ignore[assignment, method-assign]

r"""The one printer: terms, variables, conditions, scopes and assumptions as LaTeX, and as Unicode for terminals.

It prints a term as it was built, with the fewest brackets that keep its meaning: ``Mul((MINUS_ONE, x))`` is ``-x``,
``Mul((a, Pow(b, -1)))`` a fraction, nested derivatives one fraction. It must never simplify, reorder or evaluate, and
it reads nothing back (that is the reader's). Names of variables are LaTeX already.
"""

from symderiv.notation.printer import latex, latex_var, unicode
from symderiv.notation.verdicts import (
    counterexample,
    latex_assumption,
    latex_condition,
    latex_scope,
    unicode_assumption,
    unicode_condition,
    unicode_proof,
    unicode_scope,
    unicode_verdict,
)
from symderiv.unicode_math import unicode_latex, unicode_words

__all__ = [
    "counterexample",
    "latex",
    "latex_assumption",
    "latex_condition",
    "latex_scope",
    "latex_var",
    "unicode",
    "unicode_assumption",
    "unicode_condition",
    "unicode_latex",
    "unicode_proof",
    "unicode_scope",
    "unicode_verdict",
    "unicode_words",
]

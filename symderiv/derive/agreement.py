"""The agreement of the two engines, for the last section of a report: what SymPy found for two classes, as it was
returned and simplified, each line of it proved by the kernel.

What SymPy found is read and checked like any other text. This module must never show a line that was not proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.derive.values import Values
from symderiv.diagnostics import UserError
from symderiv.writers.report import Agreement

_WORDS = (
    "SymPy, which shares no code with the prover, differentiated the same functions; its results are the ones that "
    "are printed above. For two classes{}, its `diff` returned what stands {}, and simplified, that is {}; the prover "
    "confirms both:"
)


def agreement(values: Values) -> tuple[Agreement, ...]:
    """What to show for the derivatives that a template has used. Raises UserError if the engines do not agree."""
    return (*_softmax(values), *_weights(values))


def _softmax(values: Values) -> Iterator[Agreement]:
    if "softmax" not in vars(values):  # no template has asked for it
        return
    from symderiv.sympy_engine import softmax_values

    found = softmax_values(2, 2, keys=("raw", "dL_df"))
    rows = [rf"\frac{{\partial L}}{{\partial f_{k}}} &= {found['raw'][k]} = {found['dL_df'][k]}" for k in (1, 2)]
    directives = ("size K = 2", "index i,j : 1..2", r"define p_i = \frac{e^{f_i}}{\sum_{j=1}^{2} e^{f_j}}",
                  r"define L = -\log p_2")  # fmt: skip
    words = _WORDS.format(", of which the second is the true one", "in the middle", "the right-hand side")
    yield _confirmed(Agreement(words, directives, " \\\\\n".join(rows)), 4)


def _weights(values: Values) -> Iterator[Agreement]:
    if "weights" not in vars(values):
        return
    from symderiv.sympy_engine import weights_values

    found = weights_values(2, keys=("raw", "summand"))
    below = " + ".join(_exponential(k, values.separator) for k in (1, 2))
    directives = ("size K = 2", "size n = 1", "index i : 1..m", "index k : 1..2", "assume y_1^{(i)} + y_2^{(i)} = 1",
                  rf"define h_k(x^{{(i)}}) = \frac{{{_exponential('k', values.separator)}}}{{{below}}}",
                  r"define J = -\sum_{i=1}^{m} \sum_{k=1}^{2} y_k^{(i)} \log h_k(x^{(i)})")  # fmt: skip
    raw = re.sub(r"\\Theta_\{(\d),(\d)\}", rf"\\Theta_{{\1{values.separator}\2}}", found["raw"][1, 0])
    total = r"\sum_{i=1}^{m} \left("
    chain = rf"&= {total} {raw} \right) \\ &= {total} {found['summand'][1, 0]} \right)"
    words = _WORDS.format(" and one feature", "in the first line", "the second")
    yield _confirmed(
        Agreement(words, directives, rf"\frac{{\partial J}}{{\partial \Theta_{{1{values.separator}0}}}} {chain}"), 2
    )


def _exponential(k: int | str, separator: str) -> str:
    return rf"e^{{\Theta_{{{k}{separator}0}} + \Theta_{{{k}{separator}1}} x_1^{{(i)}}}}"


def _confirmed(found: Agreement, steps: int) -> Agreement:
    from symderiv.check import check_document
    from symderiv.reader.containers import read_text

    lines = (*(f"% symderiv: {line}" for line in found.directives), r"\begin{align*}", found.latex, r"\end{align*}")
    claims = check_document(read_text("\n".join(lines), "agreement.tex", "tex"), strict=True).claims
    if len(claims) != steps or not all(step.in_order for step in claims):
        raise UserError("the two engines do not agree on what SymPy found, so no report was written", 2)
    return found

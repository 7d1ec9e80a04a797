"""The agreement of the two engines, for the last section of a report: what SymPy found for two classes, as it was
returned and simplified, each line of it proved by the kernel.

What SymPy found is read and checked like any other text. This module must never show a line that was not proved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.derive.values import Values
from symderiv.diagnostics import UserError

_WORDS = (
    "SymPy, which shares no code with the prover, differentiated the same functions; its results are the ones that "
    "are printed above. For two classes{}, its `diff` returned what stands {}, and simplified, that is {}; the prover "
    "confirms both:"
)


def agreement(values: Values) -> tuple[tuple[str, str], ...]:
    """Pairs (what it is, LaTeX of a display) for the derivatives that a template has used.

    Raises UserError if the engines do not agree.
    """
    return tuple(_confirmed(*found) for found in (*_softmax(values), *_weights(values)))


def _softmax(values: Values) -> Iterator[tuple[str, str, list[str]]]:
    """What to say, a text with the definitions, and chains of two steps each."""
    if "softmax" not in vars(values):  # no template has asked for it
        return
    from symderiv.sympy_engine import softmax_values

    found = softmax_values(2, 2)
    text = r"""
        % symderiv: index i,j : 1..2
        \[ p_i = \frac{e^{f_i}}{\sum_{j=1}^{2} e^{f_j}} \]
        \[ L = -\log p_2 \]
        """
    rows = [rf"\frac{{\partial L}}{{\partial f_{k}}} &= {found['raw'][k]} = {found['dL_df'][k]}" for k in (1, 2)]
    yield _WORDS.format(", of which the second is the true one", "in the middle", "the right-hand side"), text, rows


def _weights(values: Values) -> Iterator[tuple[str, str, list[str]]]:
    if "weights" not in vars(values):
        return
    from symderiv.sympy_engine import weights_values

    found = weights_values(2)
    text = r"""
        % symderiv: index i : 1..m
        % symderiv: index k : 1..2
        % symderiv: assume y_1^{(i)} + y_2^{(i)} = 1
        \[ h_k(x^{(i)}) = \frac{e^{\Theta_{k0} + \Theta_{k1} x_1^{(i)}}}
            {e^{\Theta_{10} + \Theta_{11} x_1^{(i)}} + e^{\Theta_{20} + \Theta_{21} x_1^{(i)}}} \]
        \[ J = -\sum_{i=1}^{m} (y_1^{(i)} \log h_1(x^{(i)}) + y_2^{(i)} \log h_2(x^{(i)})) \]
        """
    raw = re.sub(r"\\Theta_\{(\d),(\d)\}", r"\\Theta_{\1\2}", found["raw"][1, 0])
    total = r"\sum_{i=1}^{m}"
    rows = [
        rf"\frac{{\partial J}}{{\partial \Theta_{{10}}}} &= {total} \left( {raw} \right) \\"
        rf" &= {total} \left( {found['summand'][1, 0]} \right)"
    ]
    yield _WORDS.format(" and one feature", "in the first line", "the second"), text, rows


def _confirmed(words: str, text: str, rows: list[str]) -> tuple[str, str]:
    from symderiv.check import check_document
    from symderiv.reader.containers import read_text

    display = " \\\\\n".join(rows)
    document = read_text(f"{text}\n\\begin{{align*}}\n{display}\n\\end{{align*}}\n", "agreement.tex", "tex")
    claims = check_document(document, strict=True).claims
    if len(claims) != 2 * len(rows) or not all(step.in_order for step in claims):
        raise UserError("the two engines do not agree on what SymPy found, so no report was written", 2)
    return words, display

r"""The base of ``\log``, by the words of the whole document: e, unless they say that it is 2 or 10.

Where they speak of a base without saying that it is that of this document, "others write $\log$ for the logarithm to
base 2", log x is u \ln x with an unknown u: what holds for every u is proved. This module must never choose one then.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.indexed.arrays import inverse
from symderiv.reader.words.assertions import supposed
from symderiv.reader.words.prose import LOG_BASE, LOG_FOR, NATURAL_LOG, NEGATED, WRITTEN_BASE
from symderiv.terms import Term, Var, log, num

UNIT = r"\log e"  # the name of the unknown u
_IS_NATURAL = re.compile(r"\\log\b[^$\n]{0,20}=\s*\\ln\b|\bbase\s*\$?e\b")


def base(sentences: Sequence[str], source: str) -> int | None:
    r"""2 or 10; 0 for the natural logarithm; None if that is not clear.

    >>> [base([words], "") for words in ("$ is the logarithm to base 2.", "Others write $ for log to base 2.")]
    [2, None]
    """
    if said := LOG_FOR.search(source):
        return 10 if said["base"] == "10" else 2
    natural = WRITTEN_BASE.search(source) or _IS_NATURAL.search(source) or any(map(NATURAL_LOG.search, sentences))
    bases = set()
    for sentence in () if natural else sentences:
        said = LOG_BASE.search(sentence)
        if said is not None and not NEGATED.search(sentence, 0, said.start()):
            doubt = supposed(sentence, *said.span())
            bases.add(None if doubt else 10 if {"10", "ten"} & set(said.groups()) else 2)
    return 0 if not bases else bases.pop() if len(bases) == 1 else None


def unit(of: int | None) -> Term:
    """What the natural logarithm is multiplied by."""
    return Var(UNIT, (), ()) if of is None else inverse(log(num(of)))

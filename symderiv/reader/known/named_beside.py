r"""Names that words beside a formula give: ``(\text{let } \frac{1}{\sqrt v} = t)``, ``\text{where } q = s + 1``.

The formula beside which they stand is written with them. This module must never take up a condition, nor a letter that
stands for something already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import is_numeral, names_in, parts_of
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose

NAMES = prose.Words(  # at the end of the words before what is named
    r"(?:\b(?:let(?:ting|\s+us\s+write)?|where|set(?:ting)?|with|writ(?:e|ing)|denot(?:e|ing)|defin(?:e|ing)|call(?:ing)?|put(?:ting)?"
    r"|substitut(?:e|ing)|wobei|mit|sei(?:en)?|setzen?(?:\s+wir)?|soit|où|avec|(?:en\s+pos|not)ant|on\s+(?:pose|note)|sean?|donde|con|siendo"
    r"|llamando)|令|设|設|记|記|其中|ここで|ただし|여기서|단)[\s,:，：]*$",
    re.IGNORECASE,
)


def named(row: syntax.Row, reading: Reading) -> Iterator[syntax.Row]:
    """The definitions beside a row, as rows of their own."""
    for words, remark in pairwise(row.remarks):
        if not isinstance(words.content, syntax.Text) or not NAMES.search(words.content.text):
            continue
        match remark.content:
            case syntax.Relation(left=left, rest=(("=", right),)):
                for name, meaning in ((left, right), (right, left)):
                    if _is_new(name, meaning, reading) and not is_numeral(meaning):
                        first = syntax.Segment(None, None, name, name.span)
                        yield syntax.Row(remark.span, (first, syntax.Segment("=", None, meaning, meaning.span)), ())
                        break


def _is_new(node: syntax.Node, meaning: syntax.Node, reading: Reading) -> bool:
    """Whether a side is a letter, or a member of a family, that stands nowhere before."""
    base, sub, sup, primes = parts_of(node)
    if not isinstance(base, syntax.Symbol) or sup is not None or primes:
        return False
    new = base.name not in reading.seen and base.name not in names_in(meaning)
    return new and (sub is None or isinstance(sub, syntax.Symbol))

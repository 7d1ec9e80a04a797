r"""Names that words beside a formula give: ``(\text{let } \frac{1}{\sqrt v} = t)``, ``\text{where } q = s + 1``.

The formula beside which they stand is written with them. This module must never take up a condition, nor a letter that
stands for something already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.document import Span
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
AND = prose.Words(r"\s*,?\s*(?:and|und|et|y|e|和|及|且)?\s*", re.IGNORECASE)


def named(row: syntax.Row, reading: Reading) -> Iterator[syntax.Row]:
    """The definitions beside a row, as rows of their own: each of a list, ``(\\text{where } a = s(z), z = w x)``."""
    defines = False
    for remark in row.remarks:
        match remark.content:
            case syntax.Text(text=words):
                defines = NAMES.search(words) is not None or (defines and AND.fullmatch(words) is not None)
            case syntax.Relation(left=left, rest=(("=", right),)) if defines:
                for name, meaning in ((left, right), (right, left)):
                    if _is_new(name, (meaning,), reading) and not is_numeral(meaning):
                        yield _row(remark.span, name, (meaning,))
                        break
            case syntax.Relation(left=left, rest=rest) if defines and all(relation == "=" for relation, _ in rest):
                sides = tuple(side for _, side in rest)
                if _is_new(left, sides, reading):
                    yield _row(remark.span, left, sides)


def _row(span: Span, name: syntax.Node, sides: Sequence[syntax.Node]) -> syntax.Row:
    equal = (syntax.Segment("=", None, side, side.span) for side in sides)
    return syntax.Row(span, (syntax.Segment(None, None, name, name.span), *equal), ())


def _is_new(node: syntax.Node, meanings: Sequence[syntax.Node], reading: Reading) -> bool:
    """Whether a side is a letter, or a member of a family, that stands nowhere before."""
    base, sub, sup, primes = parts_of(node)
    if not isinstance(base, syntax.Symbol) or sup is not None or primes:
        return False
    new = base.name not in {*reading.seen, *(name for meaning in meanings for name in names_in(meaning))}
    return new and (sub is None or isinstance(sub, syntax.Symbol))

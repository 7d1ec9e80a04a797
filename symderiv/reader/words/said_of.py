r"""Of which matrices a word is said: $W$ alone in "$A \in R^{n x n}$, and $W$ is symmetric", both in "$A$, $W$ are".

The number of the verb and of the noun tell, and how the names are listed. This module must never take a word for one
that is said of a matrix because that one stands in the same list: where it is unclear, the word is only supposed of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from symderiv.document import InlineMath
from symderiv.reader.grammar import syntax
from symderiv.reader.words.prose import Sentence, Words

_OF_MATRICES = (
    r"(?:matri(?:x|ces|ce|z)|matrizen|positive?|(?:semi-?)?definite|p\.?s?\.?d\.?|(?:non-?)?singular|invertible|real|réelles?|square|weights?"
    r"|sample|empirical|noise|known|given|fixed|constant|full(?:-rank)?|symmetric|diagonal|(?:co)?variance|precision)\b"
)
MATRIX_NAMED = Words(
    rf"(?:[\s()]*+,?\s*+(?:and\s+)?{_OF_MATRICES}[\s)]*+|(?:of|for)\s+(?:class|component|cluster|group)\s+[a-z]\b\s*+|[\s,]*+(?:矩阵|矩陣|阵|행렬|行列|матриц\w*|-?Matrix)|\s*\$\s*(?=matri))*+"
    r"\s*(?=\$)",
    re.IGNORECASE,
)
NAMED_MATRIX = Words(
    r"\$[\s,(—–-]*(?:is|are|be|being|both|been|assumed|taken|to|that|which|denotes?|represents?|ist|sind|sei|seien|est|sont|es|son|é|è|sia|будет|jest|będzie|là)?"
    rf"(?:\s*\b(?:an?|the|any|arbitrary|all|both|each|assumed|taken|to|be|is|are|and|une?|una|uma|il|la|le|der|die|das|eine?|ma\s+trận|macierz\w*|матриц\w*"
    rf"|{_OF_MATRICES}))*[\s,(]*$"
    r"|\$\s*(?:(?:是|为|為|は|が|는|은|가|이)?\s*(?:一个|一個|その|실수)?|(?:是|为|為|は|が)\s*[^\W\d_]{1,12}[的の])\s*$",
    re.IGNORECASE,
)
LISTED = Words(r"\s*(?:,|,?\s*(?:and|or|und|et|y|e|和|与|및|と))\s*", re.IGNORECASE)
_OTHERWISE = Words(r"\s*(?:arbitrary|general|any|not|need\b|(?:is|ist|est|es|denotes|has|was|lies)\b)", re.IGNORECASE)
_ONE = Words(  # a verb or an article for one matrix
    r"\b(?:is|ist|est|es|é|è|sia|sei|jest|będzie|будет|là|denotes|represents|an?|une?|una|uma|eine?)\b", re.IGNORECASE
)
_MANY = Words(r"\b(?:are|be|being|both|all|each|sind|seien|sont|soient|son|są)\b", re.IGNORECASE)
_VERB = Words(
    r"\b(?:is|are|be|being|been|assumed|taken|which|that|denotes?|represents?|ist|sind|sei|seien|est|sont|es|son|é|è|sia|будет|jest|będzie|là)\b|[是为為はが는은가이]",
    re.IGNORECASE,
)
_MATRIX = Words(r"\b(?:matrix|matrice(?=\s+(?:de|di|diag))|matriz|Matrix)\b|\w(?:matrix)\b", re.IGNORECASE)
_MATRICES = Words(r"\b(?:matrices|matrizen|matrici)\b", re.IGNORECASE)
_NOUN = Words(r"^[\s)]*(?:[^\W\d_][\w-]*[\s)]+){0,3}?(?:matri\w+)", re.IGNORECASE)
_IN_TURN = Words(r"\b(?:respectively|resp\.|jeweils|respectivement|respectivamente)\b|分别|分別|それぞれ|각각", re.I)
NEAR = 1_600  # characters in which words speak of a matrix


class Item(NamedTuple):
    """A name in a formula beside words, and how it stands there."""

    node: syntax.Node
    formula: InlineMath
    form: str  # "name"; "member" of a space; the left side of an "equation"


def matrices(
    sentence: Sentence, said: re.Match[str], items: Callable[[InlineMath], Sequence[Item]]
) -> Iterator[tuple[Item, bool]]:
    """The names that a word of the sentence is said of, and whether it is so without doubt."""
    begin, end = said.span()
    before, after = sentence.words[max(0, begin - NEAR) : begin], sentence.words[end : end + NEAR]
    number = sentence.words.count("$", 0, begin)
    pieces = sentence.words.split("$")
    link, named = NAMED_MATRIX.search(before), MATRIX_NAMED.match(after)
    goes_on = named and (  # "$x$ and symmetric $A$", "$J = x^T A x$, the symmetric matrix $A$"
        not link or not _VERB.search(link[0]) or not _are_names(items(sentence.formulas[number - 1]))
    )
    if link and not goes_on:
        first = number - 1
        while first > 0 and LISTED.fullmatch(pieces[first]):
            first -= 1
        run = [item for formula in sentence.formulas[first:number] for item in items(formula)][::-1]
        noun = _NOUN.match(after)
        yield from _said_of(run, _how_many(link[0], noun[0] if noun else "", after))
    elif named:
        first = last = number + named[0].count("$")
        while last < len(pieces) - 2 and LISTED.fullmatch(pieces[last + 1]):
            last += 1
        if last > first and _OTHERWISE.match(pieces[last + 1]):  # "with symmetric $A$, $B$ arbitrary"
            last -= 1
        run = [item for formula in sentence.formulas[first : last + 1] for item in items(formula)]
        yield from _said_of(run, _how_many("", named[0], after))


def _are_names(items: Sequence[Item]) -> bool:
    """Whether nothing but symbols stands in a formula, of which words may say that they are matrices."""
    return bool(items) and all(item.form != "equation" for item in items)


def _how_many(link: str, noun: str, after: str) -> str:
    """Whether words are said of "one" matrix or "many"; "" if they do not tell, "unclear" if they say both."""
    one = bool(_ONE.search(link) or _MATRIX.search(link + noun))
    many = bool(_MATRICES.search(link + noun) or (_MANY.search(link) and not one))
    if _IN_TURN.search(after) or (one and _MANY.search(link)) or (one and many):
        return "unclear"
    return "one" if one else "many" if many else ""


def _said_of(run: Sequence[Item], number: str) -> Iterator[tuple[Item, bool]]:
    """The items of a list, the nearest first, of which something is said in this number."""
    for item in run:
        nearest = run[0]
        if item is nearest:
            yield item, number != "unclear" or len(run) == 1
        elif item.form == "equation" or (
            number == "one" and item.form == "member" and item.formula is not nearest.formula
        ):
            continue
        else:
            alike = item.form == nearest.form
            together = item.form == "name" or item.formula is nearest.formula
            yield item, alike and (number == "many" or (number == "" and together))


_SIZE = Words(
    r"(?:,?\s*(?:of|with)\s+(?:the\s+)?(?:size|dimensions?|shape|order)\s+)?\(?¤(?:-dimensional|[维維阶階次元])?\)?"
)


def without_sizes(sentence: Sentence, is_size: Callable[[InlineMath], bool]) -> Sentence:
    r"""The sentence without the sizes that stand between its words: "an $m \times m$ symmetric matrix"."""
    kept = [not is_size(formula) for formula in sentence.formulas]
    if all(kept):
        return sentence
    pieces = sentence.words.split("$")
    words = pieces[0] + "".join(("$" if keep else "¤") + piece for keep, piece in zip(kept, pieces[1:], strict=False))
    words = _SIZE.sub(" ", words)
    return Sentence(words, tuple(f for f, keep in zip(sentence.formulas, kept, strict=False) if keep))

r"""Indices that are told apart in one breath: ``k \ne i, j``, ``i \ne j \ne k``, "for pairwise distinct $i, j, k$".

Each two of a list are apart, and each of a list from what the list is not equal to. This module must never tell two
indices apart that the words do not name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise, product

from symderiv.reader.grammar import syntax
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import Sentence, Words

_AND = r"(?:\s*,\s*(?:(?:and|or|und|et|y)\s+)?|\s+(?:and|or|und|oder|et|ou|y|o)\s+|[、，和与]\s*)"
_LIST = rf"\$(?:{_AND}\$)*"
_APART = (
    r"(?:distinct|different|unequal|verschieden\w*|distincte?s?|différente?s?|distint[oa]s?"
    r"|互不相同的?|两两不同的?|互不相等的?)"
)
FROM = Words(  # "for all $k$ different from $i$ and $j$", "for all $j$ except $i$"
    r"(?P<one>\$)\s*(?:(?:is|are|be|ist|est|es)\s+|,\s*)?(?:(?:different|distinct)\s+from|other\s+than|except(?:\s+for)?|unequal\s+to"
    r"|verschieden\s+von|ungleich|außer|(?:distincte?s?|différente?s?)\s+de|sauf|distint[oa]s?\s+de|salvo|excepto)"
    rf"\s*(?P<others>{_LIST})",
    re.IGNORECASE,
)
ALL = Words(  # "for distinct $i$ and $j$", "where $i, j, k$ are pairwise different"
    rf"\b{_APART}\s*(?:(?:indices|classes|labels|Indizes|Klassen|índices|clases)\s+)?(?P<before>{_LIST})"
    rf"|(?P<after>{_LIST})\s*(?:(?:are|be|all|pairwise|mutually|sind|paarweise|alle|sont|tous|son)\s+)*"
    rf"{_APART}(?!\s+(?:from|von|de)\b)",
    re.IGNORECASE,
)
Pair = tuple[syntax.Node, syntax.Node]


def pairs(row: syntax.Row) -> list[Pair]:
    r"""What a row of more than two indices tells apart: ``k \ne i, j``, ``j, k \ne i``, ``i \ne j \ne k``.

    Nothing if the row says anything else.
    """
    lists: list[list[syntax.Node]] = [[]]
    parts = [(segment.relation, segment.side) for segment in row.segments]
    for remark in row.remarks:
        match remark.content:
            case syntax.Relation(left=left, rest=rest) if len(row.segments) == 1 and len(lists) == 1:
                parts += [(None, left), *rest]
            case content:
                parts.append((None, content))
    for relation, side in parts:
        if relation == "!=":
            lists.append([])
        if relation not in (None, "!="):
            return []
        match side:
            case syntax.Symbol():
                lists[-1].append(side)
            case syntax.Tuple(items=items) if all(isinstance(item, syntax.Symbol) for item in items):
                lists[-1] += items
            case _:
                return []
    if len(lists) < 2 or sum(map(len, lists)) < 3:
        return []
    near = combinations(lists, 2) if all(len(each) == 1 for each in lists) else pairwise(lists)
    return [pair for one, other in near for pair in product(one, other)]


def places(sentence: Sentence) -> Iterator[tuple[list[int], list[int]]]:
    """The formulas that a sentence tells apart in words, by their numbers: those of one list from those of another.

    The two lists are the same where each two of one are told apart.
    """
    for said in FROM.finditer(sentence.words):
        if not _denied(sentence.words, said):
            yield _numbers(sentence, said, "one"), _numbers(sentence, said, "others")
    for said in ALL.finditer(sentence.words):
        if not _denied(sentence.words, said):
            found = _numbers(sentence, said, "before" if said["before"] else "after")
            yield found, found


def _numbers(sentence: Sentence, said: re.Match[str], group: str) -> list[int]:
    first = sentence.words.count("$", 0, said.start(group))
    return list(range(first, first + said[group].count("$")))


def _denied(words: str, said: re.Match[str]) -> bool:
    pieces = (words[: said.start()], words[said.end() :])
    return assertions.denied(pieces, 0) or assertions.mentioned(words)

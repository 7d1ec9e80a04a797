r"""Sums over sets that have names: whether anything else of a step may lie outside the set.

In ``\partial / \partial x_k \sum_{i \in S} x_i`` the k may be no member of S, and ``\sum_i x_i`` may have more terms.
They are members where a formula says ``k \in S``, or S is all that there is: a vocabulary, the data. This module must
never take a set for the whole that the words call a part, a batch or a neighbourhood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from symderiv.reader.arrays import Array
from symderiv.reader.assertions import DENIED_BEFORE
from symderiv.reader.prose import Words
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.symbols import Symbols
from symderiv.terms import Claim, Sum, Term, Var, reached

ALL = re.compile(r"V|D|[Vv]oc(?:ab\w*)?|[Dd]ata|[Tt]rain\w*|[Cc]orpus|[Aa]ll|[Cc]lasses|[Ll]abels|[Ww]ords|[Tt]okens")
WHOLE = Words(
    r"\b(?:vocabular\w*|vocab|alphabet|dictionary|data\s*set|data|training\s+set|corpus|(?:index\s+)?set\s+of\s+(?:all|the)\b"
    r"|whole|classes|Klassen|clases|Vokabular|vocabulaire|vocabulario|Datensatz)|词汇表|词表|数据集|类别|어휘|語彙",
    re.IGNORECASE,
)
PART = Words(
    r"\b(?:sub-?sets?|(?:mini-?)?batch\w*|parts?|neighbo\w*|active|support\w*|some|select\w*|sampl\w*|drawn|chosen|subsampl\w*"
    r"|Teilmenge|sous-ensemble|subconjunto|Nachbar\w*|voisin\w*|vecin\w*)\b|子集|批|邻|鄰|부분집합|部分集合",
    re.IGNORECASE,
)
NEAR = 60  # characters in which words speak of a symbol


def beside(posed: Posed, claim: Claim, reading: Reading) -> str:
    """What of a step, in words, may lie outside a set that it sums over; or ""."""
    symbols, ranges, text = reading.symbols, reading.symbols.ranges, reading.document.source.text
    if not symbols.sets:
        return ""
    sides = [_entry(side) for side in (posed.left, posed.right) if side is not None]
    inside = list(reached(sides, symbols.definitions))
    sums = [part for part in inside if isinstance(part, Sum) and isinstance(part.range.high, str)]
    for size in dict.fromkeys(str(part.range.high) for part in sums if part.range.high in symbols.sets):
        name = symbols.sets[size]
        if _is_whole(name, text):
            continue
        runs = ranges.alias(size)
        for part in sums:
            high = str(part.range.high)
            if high.startswith("?") and _end(ranges.high(high), reading) == runs:
                return f"whether the sum over {part.index} is one over {name} alone is not said"
        for index in sorted(claim.left.free | claim.right.free):
            range_ = claim.context.ranges.get(index)
            if range_ is not None and _end(range_.high, reading) == runs and not _is_in(index, name, posed, text):
                return f"whether {index} is in {name} is not said"
        families = ranges.families()
        for member in (part for part in inside if isinstance(part, Var)):
            for place, range_ in zip(member.indices, families.get(member.head, ()), strict=False):
                if isinstance(place, int) and range_ is not None and _end(range_.high, reading) == runs:
                    return f"whether {place} is in {name} is not said"
    return ""


def differ(old: Iterable[Term], new: Term, symbols: Symbols) -> bool:
    r"""Whether a sum over a set that has a name is said to be what another sum is: ``Z = \sum_{w \in C} e^{s_w}``."""
    before, now = ({p.range.high for p in reached(terms, {}) if isinstance(p, Sum)} for terms in (old, (new,)))
    return bool(before and now and before != now and not symbols.sets.keys().isdisjoint(before | now))


def _entry(side: Term | Array) -> Term:
    return side.entry(tuple("?" for _ in side.axes)) if isinstance(side, Array) else side


def _end(high: object, reading: Reading) -> object:
    return reading.symbols.ranges.alias(high) if isinstance(high, str) else high


def _is_whole(name: str, text: str) -> bool:
    """Whether a set is all that there is, by its name or by the words beside it, and no words call it a part."""
    said = list(_around(name, text))
    if any(PART.search(words) for words in said) or re.search(rf"{_written(name)}\s*\\(?:sub|sup)set", text):
        return False
    return ALL.fullmatch(re.sub(r"[\\{}]|math\w+|text\w*", "", name)) is not None or any(map(WHOLE.search, said))


def _around(name: str, text: str) -> Iterator[str]:
    """The words beside each ``$S$`` that stands alone, up to the next formula or the end of the sentence."""
    for found in re.finditer(rf"\$\s*{_written(name)}\s*\$", text):
        before = re.split(r"[$.;:]", text[max(0, found.start() - NEAR) : found.start()])[-1]
        yield f"{before} {re.split(r'[$.;:]', text[found.end() : found.end() + NEAR])[0]}"


def _written(name: str) -> str:
    """A pattern for the name of a set, in whatever font it is written."""
    letter = re.sub(r"^\\(?:math|text)\w+\s*\{?\s*([^{}]*)\}?$", r"\1", name)
    return rf"(?:\\[a-zA-Z]+\s*)?\{{?\s*{re.escape(letter)}\s*\}}?"


def _is_in(index: str, name: str, posed: Posed, text: str) -> bool:
    r"""Whether ``k \in S`` is said beside the formula, or in the paragraph before it, and no ``k \notin S``."""
    end = text.find("\n\n", posed.span.end)
    *before, here = text[: end if end >= 0 else len(text)].rsplit("\n\n", 2)
    words = here if not before or "$$" in before[-1] else f"{before[-1]} {here}"
    member = rf"(?<![\\A-Za-z_{{^]){re.escape(index)}(?:\s*,\s*\w)*\s*(?:\\in\b|∈)\s*{_written(name)}(?![A-Za-z])"
    said = re.search(member, words)
    apart = re.search(r"\\(?:notin|not\s*\\in)\b|∉|\\setminus|\\backslash", words)
    return said is not None and apart is None and DENIED_BEFORE.search(words[: said.start()]) is None


__all__ = ["beside", "differ"]

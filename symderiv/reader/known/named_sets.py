r"""Sums over sets that have names: whether anything else of a step may lie outside the set.

In ``\partial / \partial x_k \sum_{i \in S} x_i`` the k may be no member of S, and ``\sum_i x_i`` may have more terms.
They are members where a formula says ``k \in S``, or S is all that there is: a vocabulary, the data. This module must
never take a set for the whole that the words call a part, a batch or a neighbourhood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symderiv.kernel import Witness
from symderiv.reader.elaboration import picked
from symderiv.reader.grammar.names import is_whole, shown
from symderiv.reader.indexed.arrays import one_entry
from symderiv.reader.indexed.families import spoken_of
from symderiv.reader.indexed.sized import at_sizes
from symderiv.reader.letters.symbols import Symbols
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.assertions import DENIED_BEFORE
from symderiv.reader.words.prose import Words
from symderiv.terms import Assumption, Claim, Head, Index, SizeOf, Sum, Term, Var, reached, subterms

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
BY_VALUES = Words(  # of a set whose members are those with certain values
    r"\b(?:supports?|supported|active|neighbo\w*|nearest|select\w*|chosen|violat\w*|misclassified|positives?|negatives?|margin|Träger|Nachbar\w*"
    r"|aktive\w*|voisin\w*|acti[fv]\w*|soporte|vecin\w*|seleccion\w*)\b|支撑|支持|近邻|邻居|选中|サポート|近傍",
    re.IGNORECASE,
)
NEAR = 60  # characters in which words speak of a symbol


def beside(posed: Posed, claim: Claim, reading: Reading) -> str:
    """What of a step, in words, may lie outside a set that it sums over; or ""."""
    symbols, ranges, text = reading.symbols, reading.symbols.ranges, reading.document.source.text
    if not symbols.sets:
        return ""
    sides = [entry for side in (posed.left, posed.right) if (entry := one_entry(side)) is not None]
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


def picked_by_values(claim: Claim, reading: Reading) -> str:
    """The set of a claim, in words, whose members are chosen by their values: it fails perhaps for others only."""
    symbols, text = reading.symbols, reading.document.source.text
    inside = reached((claim.left, claim.right), claim.context.definitions) if symbols.sets else ()
    sizes = {
        part.range.high if isinstance(part, Sum) else part.name for part in inside if isinstance(part, Sum | SizeOf)
    }
    for name in (symbols.sets[size] for size in sorted(symbols.sets.keys() & sizes)):
        if any(map(BY_VALUES.search, _around(name, text))):
            return f"what is in {name} depends on its values, by the words"
    return ""


def differ(old: Iterable[Term], new: Term, symbols: Symbols) -> bool:
    r"""Whether a sum over a set that has a name is said to be what another sum is: ``Z = \sum_{w \in C} e^{s_w}``."""
    before, now = ({p.range.high for p in reached(terms, {}) if isinstance(p, Sum)} for terms in (old, (new,)))
    return bool(before and now and before != now and not symbols.sets.keys().isdisjoint(before | now))


def parted(posed: Posed, claims: Sequence[Claim], symbols: Symbols) -> tuple[list[Claim], str]:
    r"""The claims for sets I_j of which each member is in one, none if no such sets stand in them; and an objection.

    Classes, clusters and leaves are such sets, and where a claim fails for these, it is false. Of sets that a formula
    describes, and of those that stand for each of the members themselves, as neighbours do, it is not known.
    """
    heads = sorted(symbols.member_families.keys() & spoken_of(claims, symbols.definitions))
    for head in heads:
        name = shown(picked.set_of(head.name))
        ranges = {range_ for claim in claims for range_ in claim.context.families.get(head, ())}
        if symbols.member_families[head] or len(ranges) < 2:
            return list(claims), f"what is in the sets {name} is not known here"
        if outside := next((i for claim in claims for i in _singled_out(claim, head)), None):
            return list(claims), f"whether {outside} is in the set {name} is not said"
        if index := next(_unsaid_range(posed, head, symbols), ""):
            return list(claims), f"whether the sum over {index} is one over {name} alone is not said"
    hot = tuple(Assumption("onehot", (head, 1), f"{head.name} \\text{{ one-hot}}", "tried") for head in heads)
    return [_assuming(claim, heads, hot) for claim in claims if heads], ""


def _assuming(claim: Claim, heads: Sequence[Head], hot: tuple[Assumption, ...]) -> Claim:
    kept = tuple(a for a in claim.context.assumptions if a.data[0] not in heads)
    return replace(claim, context=replace(claim.context, assumptions=(*kept, *hot)))


def _unsaid_range(posed: Posed, head: Head, symbols: Symbols) -> Iterator[str]:
    r"""The indices of sums of which it is not said how far they run, \sum_i, over what sets have for members."""
    ranges = symbols.ranges
    sides = [entry for side in (posed.left, posed.right) if (entry := one_entry(side)) is not None]
    for part in reached(sides, symbols.definitions):
        if isinstance(part, Sum) and isinstance(part.range.high, str) and part.range.high.startswith("?"):
            picks = any(isinstance(t, Var) and t.head == head and part.index in t.indices for t in subterms(part.body))
            if not picks and ranges.same(part.range.high, ranges.slot(head, 0)):
                yield part.index


def _singled_out(claim: Claim, head: Head) -> Iterator[Index]:
    """The members that a claim names: they may be those of one of the sets."""
    families = claim.context.families
    runs = families[head][0] if head in families else None
    yield from (i for i in sorted(claim.left.free | claim.right.free) if claim.context.ranges.get(i) == runs)
    for part in (t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Var)):
        for place, range_ in zip(part.indices, families.get(part.head, ()), strict=False):
            if isinstance(place, int) and range_ == runs:
                yield place


def of_one_size(claims: Sequence[Claim], symbols: Symbols) -> Iterator[tuple[str, list[Claim]]]:
    r"""The claims where as many are in a set S as a sum has terms, for each number |S| and sum of which nobody says so.

    Whoever divides the sum over i = 1, ..., m by |B| means that.
    """
    of_sets = {f"|{name}|" for name in symbols.counted_sets} - symbols.ranges.aliases.keys()
    inside = [part for c in claims for part in reached((c.left, c.right), c.context.definitions)] if of_sets else []
    numbers = {part.name for part in inside if isinstance(part, SizeOf)} & of_sets
    ends = {part.range.high for part in inside if isinstance(part, Sum) and isinstance(part.range.high, str)}
    ends |= {part.name for part in inside if isinstance(part, SizeOf)}
    for size, end in ((one, other) for one in sorted(numbers) for other in sorted(ends - {one})):
        yield f"whether {size} is {end} is not said", [at_sizes(claim, {size: 2, end: 2}) for claim in claims]


def is_parted(witness: Witness, symbols: Symbols, relation: str) -> bool:
    """Whether the sets in a counterexample are such, and, where it is one to an inequality, none of them is empty."""
    sizes = dict(witness.sizes)
    for head in symbols.member_families:
        bits = {var.subs: value for var, value in witness.values if var.head == head}
        members, sets = {i for i, _ in bits}, {j for _, j in bits}
        runs = symbols.ranges.range_of(symbols.ranges.slot(head, 1))
        high = sizes.get(runs.high, 0) if isinstance(runs.high, str) else runs.high
        for i in members:
            of_one = [bits[i, j] for j in sets if (i, j) in bits]  # values on which nothing hinges are left out
            if sum(of_one) > 1 or (sum(of_one) == 0 and len(of_one) > high - runs.low):
                return False
        if relation != "=" and not all(any(bits.get((i, j), 0) for i in members) for j in sets):
            return False
    return True


def _end(high: object, reading: Reading) -> object:
    return reading.symbols.ranges.alias(high) if isinstance(high, str) else high


def _is_whole(name: str, text: str) -> bool:
    """Whether a set is all that there is, by its name or by the words beside it, and no words call it a part."""
    said = list(_around(name, text))
    if any(PART.search(words) for words in said) or re.search(rf"{_written(name)}\s*\\(?:sub|sup)set", text):
        return False
    return is_whole(name) or any(map(WHOLE.search, said))


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


__all__ = ["beside", "differ", "is_parted", "of_one_size", "parted", "picked_by_values"]

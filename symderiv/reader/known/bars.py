r"""What the bars of a letter are by the words: "$|B| = m$ examples", "$|A|$ is the matrix of absolute values".

Those of a set are how many are in it, a size. Where the words, or a sum over $i \in B$, say neither that nor what the
bars of any matrix and number are, a determinant and an absolute value, nothing is known of them. This module must never
go by the letter alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.document import Block, Heading, InlineMath, Paragraph, all_blocks
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import every, on_sides
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose
from symderiv.reader.words.prose import Sentence, Words

_COUNT = (
    r"(?:cardinality|(?:(?:mini-?)?batch|sample|data\s*set|set)?[\s-]*size|(?:total\s+)?(?:number|count|amount)|how\s+many|Anzahl|Größe"
    r"|Mächtigkeit|Kardinalität|cardinal(?:ité|idad)?|taille|nombre|número|tamaño)(?!\w)|(?:样本|樣本|元素|训练|批次?|サンプル|샘플)*的?"
    r"(?:个数|個数|数量|大小|元素数|基数|势|要素数|数|サイズ|개수|크기)"
)
_ZERO = r"non-?\s?zero|nonvanishing|distinct|nicht\s?verschwindend\w*|non\s+nul\w*|no\s+nul[oa]s?|非零"
_OTHER = (
    r"absolute\s+values|(?:entry|element|component)-?\s?wise|absolute\s+value\s+of\s+(?:each|every)|(?:\w+\s+)?norm\b|sum\b|magnitudes?|moduli"
    rf"|length\b|volume|area|rank\b|spectral|largest|{_ZERO}|absolute[nr]?\s+Beträge|Beträge|komponentenweise|elementweise|Norm\b|Summe|Rang\b"
    r"|valeurs\s+absolues|norme|somme|rang\b|valores\s+absolutos|norma|suma\b|rango|绝对值|范数|范數|逐元素|絶対値|ノルム|절댓값"
)
_IS = (
    r"[\s,(]*(?:is|are|be|being|denotes?|means?|stands\s+for|represents?|as|for|here|the|an?|its|their|total|matrix|of|ist|sei|bezeichnet|die|der"
    r"|das|est|désigne|soit|la|le|les|es|sea|denota|el|是|为|為|表示|は|는|은|의|的|の|(?<=\))|\s|,)*"
)
SAYS_COUNT = Words(rf"{_IS}(?:{_COUNT})", re.IGNORECASE)
IS_COUNT = Words(rf"{_IS}(?:{_COUNT})(?:\s+(?:of|von|de|d['’])\s*(?:the\s+)?\w+)?[\s,(=]*", re.IGNORECASE)
SAYS_OTHER = Words(rf"{_IS}(?:\b\w+\s+(?:of\s+)?){{0,3}}(?:{_OTHER})", re.IGNORECASE)
SAYS_MEMBERS = Words(  # behind "$|B| = m$"
    r"\s*(?:\w+\s+)?(?:examples?|elements?|members?|samples?|(?:data\s*)?points|instances|words|tokens|states|items|observations|images"
    r"|pairs|Beispielen?|Elementen?|exemples|éléments|ejemplos|elementos)\b|个(?:样本|元素)",
    re.IGNORECASE,
)
CALLED_COUNT = Words(rf"(?:{_COUNT})(?:\s+(?:of|von|de)(?:\s+(?:examples|elements|samples))?)?[\s,(]*$", re.IGNORECASE)
CALLED_OTHER = Words(rf"(?:{_OTHER})(?:\s+\w+)?[\s,(]*$", re.IGNORECASE)
_SET = (
    r"(?:(?:mini-?)?batch(?:es)?|(?:sub-?|data|index|training|test|support|active)?[\s-]*set|subset|collection|vocabulary|alphabet|neighbou?rhood"
    r"|Menge|Teilmenge|Stapel|Datensatz|ensemble|sous-ensemble|lot|conjunto|subconjunto|lote)"
)
_KIND_OF = r"(?:\s+(?:of|von|de|d['’])\s*(?:\w+\s+){0,2}?\w+)?"
SET_NAMED = Words(rf"(?:\b{_SET}{_KIND_OF}|集合|子集|批次?|小批量|バッチ|집합|배치)[\s,(]*$", re.IGNORECASE)
IS_SET = Words(  # and "Sei $S$ eine Menge von"
    r"[\s,(]*(?:(?:is|are|be|being|denotes?|represents?|as|ist|sei|bezeichnet|est|soit|désigne|es|sea|denota)\b|是|为|為|は|는|은|(?=(?:eine?|une?|un)\s))"
    r"[\s,]*(?:(?:the|an?|our|some|random|sampled|finite|current|small|eine?|die|une?|le|la|un|el)\s+)*"
    rf"(?:\b{_SET}(?=\s+(?:of|with|that|which|from|and|in|containing|consisting|von|aus|de|con|des)\b|\s*(?:[,.;:()]|$))|集合|子集|小批量|バッチ|집합|배치)",
    re.IGNORECASE,
)
_WITH = r"[\s,(]*(?:of|with|has|contains|containing|consists\s+of|consisting\s+of|mit|der|von|de|con|avec)\s+"
OF_SIZE = Words(rf"{_WITH}(?:(?:the|an?|la|le)\s+)?(?:{_COUNT})[\s,]*(?:of\s+)?", re.IGNORECASE)
HAS = Words(_WITH, re.IGNORECASE)
BARS = ("|", r"\lvert")
_CAPITAL = re.compile(r"[A-Z]|\\(?:mathcal|mathscr|mathfrak|mathbb)\{[A-Z]\}|\\(?:Omega|Gamma|Lambda|Theta|Delta|Pi)")


class Bars:
    """What the words of a document and its sums say of the bars of letters, and notes it in ``reading.symbols``."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.sets: set[str] = set()  # letters of sets
        self.others: set[str] = set()  # letters of whose bars the words say something else
        self.sizes: list[tuple[str, str]] = []  # B and m, of $|B| = m$

    def find(self, blocks: Sequence[Block], rows: Sequence[syntax.Row], varied: set[str]) -> None:
        """Of what is differentiated by, ``varied``, and of matrices, the bars are no size."""
        nodes = list(on_sides(rows))
        if not any(map(_inside, nodes)):
            return
        for node in nodes:
            match node:
                case syntax.BigOp(sub=syntax.Relation(rest=(("in", members),))):
                    self.sets.add(index_word(members))
                case syntax.BigOp(sup=syntax.Group() as top) if letter := _inside(top):
                    self.sets.add(letter)
        spoken = [block for block in all_blocks(blocks) if isinstance(block, Paragraph | Heading)]
        for sentence in (sentence for block in spoken for sentence in prose.sentences(block.inlines)):
            self._sentence(sentence)
        for row in rows:
            self._equation(row)
        self._settle(varied)

    def _sentence(self, sentence: Sentence) -> None:
        pieces = sentence.words.split("$")
        letters = list(map(self._letter, sentence.formulas))
        for n, formula in enumerate(sentence.formulas):
            before, after = pieces[n], pieces[n + 1]
            further = letters[n + 1] if n + 1 < len(letters) else ""
            barred, more = self._barred(formula), pieces[n + 2] if further else ""
            for letter in barred:
                if SAYS_OTHER.match(after) or CALLED_OTHER.search(before):
                    self.others.add(letter)
                elif SAYS_COUNT.match(after) or SAYS_MEMBERS.match(after) or CALLED_COUNT.search(before):
                    self.sets.add(letter)
                    if further and IS_COUNT.fullmatch(after):  # "where $|B|$ is the batch size $m$"
                        self.sizes.append((letter, further))
            called = IS_SET.match(after)
            if _CAPITAL.fullmatch(letters[n]) and (called or SET_NAMED.search(before)):
                self.sets.add(letters[n])
                rest = after[called.end() :] if called else after
                if further and (OF_SIZE.fullmatch(rest) or (HAS.fullmatch(rest) and SAYS_MEMBERS.match(more))):
                    self.sizes.append((letters[n], further))

    def _letter(self, formula: InlineMath) -> str:
        match [s.side for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments]:
            case [syntax.Symbol() as symbol]:
                return plain(symbol.name)
        return ""

    def _barred(self, formula: InlineMath) -> list[str]:
        """The letters of ``$|A|$`` and ``$a = |A|$``."""
        sides = [s.side for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments]
        return [letter for side in sides if (letter := _inside(side))]

    def _equation(self, row: syntax.Row) -> None:
        r"""$|B| = m$ and $m = |B|$ say how many there are, $|W| = \sum_{ij} |W_{ij}|$ that bars are no determinant."""
        match [(s.relation, s.side) for s in row.segments]:
            case [(None, one), ("=" | ":=", other)]:
                for letter, value in ((_inside(one), other), (_inside(other), one)):
                    if letter and isinstance(value, syntax.Symbol) and len(value.name) == 1:
                        self.sizes.append((letter, plain(value.name)))
                    elif letter and isinstance(value, syntax.BigOp) and any(_barred(part) for part in every(value)):
                        self.others.add(letter)

    def _settle(self, varied: set[str]) -> None:
        symbols, ranges = self.reading.symbols, self.reading.symbols.ranges
        arrays = symbols.matrices | symbols.matrices_by_word | symbols.vectors | symbols.shapes.keys()
        others = {letter for letter in self.others if letter in arrays or _CAPITAL.fullmatch(letter)}
        symbols.other_bars = others | (self.sets & (arrays | varied))
        symbols.counted_sets = self.sets - symbols.other_bars
        taken = symbols.index_names | symbols.bound_names | symbols.heads.keys() | arrays | varied
        for letter, size in self.sizes if not self.reading.strict else ():
            if letter in symbols.counted_sets and size not in taken and f"|{letter}|" not in ranges.aliases:
                symbols.size_names.add(size)
                ranges.taken.add(size)
                ranges.aliases[f"|{letter}|"] = size


def _inside(node: object) -> str:
    """The letter between bars, or ""."""
    match node:
        case syntax.Group(open=bar, body=syntax.Symbol() as body) if bar in BARS:
            return index_word(body)
        case syntax.Group(open=bar, body=syntax.Scripted(sup=None, primes=0) as body) if bar in BARS:
            return index_word(body)
    return ""


def _barred(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Group) and node.open in BARS


__all__ = ["Bars"]

r"""What words take back: ``in general $t$ is any vector``, ``drop the symmetry of $A$``, ``$t_i$ do not sum to one``.

What was said of a symbol before holds for no step after that, until it is said again. This module must never end what
is said in the same sentence: ``let $A$ be any symmetric matrix``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from symderiv.document import InlineMath
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import names_in, parts_of
from symderiv.reader.reading import Reading
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import Sentence, Words

_ANY = (
    r"(?:any|arbitrary|free|unrestricted|unconstrained|generic|unnormali[sz]ed|no\s+longer|(?:non|un|a)[\s-]?symmetric|nicht[\s-]?symmetrisch\w*|beliebig\w*|quelconques?|cualquiera?|arbitrari[oa]s?"
    r"|qualsiasi|произвольн\w*|dowoln\w*)\b|任意|임의"
)
_LIST = r"(?:\$(?:\s{0,3}(?:,\s{0,3})?(?:(?:and|or|und|et|y|和)\s{0,3})?(?:the\s)?(?=\$))?){1,4}"
ANY = Words(_ANY, re.IGNORECASE)
FREED = Words(  # "$a$ and $b$ be any numbers", "$h$ is now an arbitrary function"
    rf"(?P<named>{_LIST})\s*(?:(?:is|are|be|being|may|can|now|here|again|denotes?|stands?\s+for|ist|sei|sind|seien|est|soit|sont|soient|es|sea|son"
    rf"|для|是|为|は|가|는)\s*){{1,3}}(?:an?\s+|all\s+|eine?n?\s+|une?\s+|una?\s+)?(?:{_ANY})",
    re.IGNORECASE,
)
ANY_OF = Words(  # "for arbitrary $t$", "for all real $x$", "for general weights $t_i$"
    rf"(?:\b|(?=[任임]))(?:{_ANY}|(?:real-valued|all\s+real|general|not\s+necessarily\s+\w+|reelle|réels?)\b)(?:\s*\([^()$]{{1,60}}\))?[\s),]*(?:\s*\w+){{0,2}}\s{{0,3}}的?\s{{0,3}}(?P<named>{_LIST})",
    re.IGNORECASE,
)
_OBJECT = (
    r"(?:matri(?:x|ces)|vectors?|functions?|distributions?|numbers?|scalars?|Matri(?:x|zen)|Vektor(?:en)?|Funktion(?:en)?|Zahl(?:en)?"
    r"|matrices?|vecteurs?|fonctions?|nombres?|matri(?:z|ces)|vectores|funci(?:ón|ones)|números?)\b"
)
GENERIC = Words(  # "for any matrix $A$", "for a general (not necessarily symmetric) matrix $A$"
    rf"\b(?:for|of|with|für|pour|para)\s+(?:any|all|every|each|arbitrary|general|alle|jede\w*|beliebige\w*|tout\w*|cualquier|tod[oa]s?"
    rf"|(?:an?|eine?\w?|une?|una?)\s+(?:arbitrary|general|generic|allgemeine\w*|beliebige\w*))\b[^$.;:]{{0,60}}?{_OBJECT}"
    rf"(?:\s+\w+){{0,1}}\s*(?P<named>{_LIST})|(?:对|對)?(?:任意|所有)[^$。；]{{0,10}}(?:矩阵|矩陣|向量|函数|函數)\s*(?P<eastern>\$)",
    re.IGNORECASE,
)
OF_ANY_SIGN = Words(r"(?P<named>\$)\s+(?:may|can)\s+(?:now\s+)?(?:have|be\s+of|take)\s+any\b", re.IGNORECASE)
REAL = Words(  # "$y$ is a real number", "the $t_k$ are now real-valued"
    rf"(?P<named>{_LIST})\s*(?:(?:is|are|be|may|can|now|here|then|takes?|any|an?|all|ist|sind|sei|eine?|est|sont|soit|une?|es|son|sea|una?)\s+){{1,4}}"
    r"(?:(?:real-valued|continuous|reell|kontinuierlich|stetig|continue?s?|continu[oa]s?)\b|real\s+(?:numbers?|valued?s?|scalars?|quantit\w+|vectors?|variables?)\b"
    r"|reelle\s+Zahl\w*|nombres?\s+réels?\b|números?\s+real(?:es)?\b)|(?P<eastern>\$)\s*(?:是|为|為|は|가|는)\s*(?:任意)?(?:实数|實數|実数|실수|连续)",
    re.IGNORECASE,
)
DENIED = Words(  # "the $t_i$ do not sum to one", "$A$ need not be symmetric"
    rf"(?P<named>{_LIST})[^$.;]{{0,40}}?\b(?:(?:do|does|is|are|need|must)\s*(?:not|n['’]t)|no\s+longer)\s+(?:\w+\s+){{0,3}}?"
    r"(?:sums?|add|symmetric|one[\s-]hot|normali[sz]ed|positive|binary|constant|fixed|restricted|constrained|necessarily|assumed)\b",
    re.IGNORECASE,
)
DROPPED = Words(
    r"\b(?:drop(?:s|ped|ping)?|relax(?:es|ed|ing)?|abandon\w*|lift(?:s|ed|ing)?|giv(?:e|ing)\s+up|remov(?:e|es|ed|ing)|no\s+longer)\b[^$.;]{0,60}"
    r"(?P<named>\$)|\blet\s+(?:now\s+)?(?P<varied>\$)\s+(?:now\s+)?var(?:y|ies)\b|\b(?:lassen|lasse)\b[^$.;]{0,40}(?P<fallen>\$)[^$.;]{0,20}\bfallen\b",
    re.IGNORECASE,
)


THIS = Words(  # "we no longer assume that", "this assumption is now lifted", "or rather, let us not"
    r"\blet(?:\s+us|['’]s)\s+not\b(?=\s*(?:[.!]|$|(?:assume|suppose|do)\b))|"
    r"\b(?:no\s+longer\s+(?:assum\w+|suppos\w+|need|requir\w+|impos\w+)|drop(?:ping)?|lift(?:ing)?|relax(?:ing)?|abandon(?:ing)?|forget)"
    r"\s+(?:this|that|it|(?:the(?:se)?|this|our)\s+(?:\w+\s+){0,2}(?:assumption|constraint|restriction|condition|requirement)s?"
    r"|(?:the\s+)?(?:assumption\s+of\s+|requirement\s+of\s+)?symmetry)\b"
    r"|\b(?:this|that|the|these)\s+(?:assumption|constraint|restriction|condition)s?\s+(?:is|are|will\s+be)\s+(?:now\s+)?"
    r"(?:lifted|dropped|relaxed|abandoned|removed)\b",
    re.IGNORECASE,
)


_TARGETS = (
    r"(?:targets?|labels?|target\s+(?:vectors?|values)|Ziel(?:e|werte|vektoren)?n?|Labels|cibles?|étiquettes?|objetivos?|etiquetas?)\b"
    r"|目标|標的|标签|標籤|ターゲット|ラベル|正解|타깃|레이블"
)
_FREE = (
    r"(?:(?:word\s+|raw\s+)?counts?|unnormali[sz]ed|not\s+normali[sz]ed|arbitrary|any\b|frequencies|real(?:-valued|\s+numbers)|multi-?hot|integers"
    r"|Zählungen|Häufigkeiten|unnormiert\w*|nicht\s+normiert|beliebig\w*|comptages?|effectifs|quelconques?|non\s+normalisée?s|recuentos?"
    r"|conteos?|cualesquiera|arbitrari[oa]s?|no\s+normalizad[oa]s)\b|计数|任意|未归一化|個数|カウント|正規化されていない|임의|개수"
)
TARGETS_FREED = Words(  # "for labels that do not sum to one", "suppose the targets are counts"
    rf"(?:\b|(?<=\W)|(?=[^\x00-\xff]))(?:{_TARGETS})[^$.;]{{0,30}}?(?:\b(?:(?:do|does|is|are|need|must)\s*(?:not|n['’]t)|no\s+longer|cannot)\s+(?:\w+\s+)?"
    r"(?:sum|add|normali[sz]ed)|nicht\s+(?:zu|auf)\s+(?:1|eins)|ne\s+(?:somment|se\s+somment)|no\s+suman|和不[为為是等]|和が\s*1\s*で(?:は)?ない"
    r"|\s+(?:beliebig\w*|quelconques|cualesquiera|arbitrari[oa]s|arbitrary|any)\b"
    rf"|\b(?:are|be|is|being|as|to\s+be|now|may\s+be|can\s+be|sind|seien|sont|soient|son|sean)\s+(?:\w+\s+)?{_FREE}|(?:是|为|為|が|は|를|이|가)\s*(?:{_FREE}))"
    r"|\b(?:unnormali[sz]ed|arbitrary|count(?:-valued)?|real-valued|multi-?hot)\s+(?:soft\s+)?(?:targets?|labels?)\b|unnormierte\s+(?:Ziel|Label)"
    r"|(?:任意|未归一化)的(?:目标|标签)",
    re.IGNORECASE,
)


_NOW = (  # before what a letter means from there on
    r"(?:now|here(?:after)?|henceforth|instead|next|again|from\s+(?:now|here)\s+on(?:wards?)?|this\s+time|in\s+(?:this|what\s+follows)(?:\s+(?:section|part|chapter))?"
    r"|nun|jetzt|hier|ab\s+(?:jetzt|hier)|maintenant|désormais|ici|ahora|aquí|en\s+adelante)"
)
_LET = r"(?:let(?:ting)?|sei(?:en)?|bezeichne\w*|soit|soient|sea|sean)"
_SAME = (  # what a vector of targets is called, or a part of it: nothing new is meant
    r"(?:targets?|labels?|class(?:es)?|categor\w+|ground|entr(?:y|ies)|components?|elements?|coordinates?|members?|one[\s-]?hot|indicators?|same|true"
    r"|desired|observed|encod\w+|Ziel\w*|Label\w*|cibles?|étiquettes?|objetivos?|etiquetas?)"
)
REDEFINED = Words(  # "now let $t_i$ be the number of times that", "from now on $t_k$ denotes the count of"
    rf"(?:\b(?P<now>{_NOW})[\s,]*(?:we\s+)?(?:(?:{_LET}|take|suppose|assume)\s+)?|\b{_LET}\s+)(?:that\s+)?(?P<named>{_LIST})\s*(?:now\s+|instead\s+|again\s+)?"
    r"(?:(?:counts?|denotes?|represents?|stands?\s+for|bezeichne[nt]?|désignent?|denotan?)\b(?=\s)|(?:(?:is|are|be|means?|ist|sei|sind|seien|est|sont"
    r"|soit|soient|es|son|sea|sean)\s+)?(?=(?:the|an?|any|how|some|der|die|das|eine?|le|la|les|une?|el|los|las|una?)\b|l['’]))"
    rf"(?!\s*(?:(?:the|an?|any|our|der|die|das|eine?|le|la|les|une?|el|los|las|una?)\s+)?(?:(?!(?:of|per|von|de)\b)[\w-]+\s+){{0,2}}{_SAME}\b)"
    rf"|(?:令|设|設|记|記)?\s*(?:现在|現在|如今|这里|這裡)[，,]?\s*(?:令|设|設|记|記)?\s*(?P<eastern>\$)\s*(?:表示|代表|是|为|為)",
    re.IGNORECASE,
)
SEVERAL = Words(  # "several $t_i$ may be one at the same time"
    r"\b(?:several|multiple|many|both|more\s+than\s+one|any\s+number|two\s+or\s+more|mehrere|plusieurs|vari[oa]s)\s+"
    r"(?:(?:of|the|in|entries|components?|elements?|members?|der|des|de|los|las|les)\s+)*(?P<named>\$)\s*"
    r"(?:may|can|could|might|are|is|be|equal|können|sind|peuvent|sont|pueden|son)\b",
    re.IGNORECASE,
)
SOFT = Words(  # what is said of targets that need not be one-hot, and may add up to one all the same
    rf"\b(?:soft(?:ened)?|smooth(?:ed)?|fractional|non-?one-?hot|weiche\w*|geglättete\w*|suaves?|suavizad[oa]s)\s+(?:{_TARGETS})"
    rf"|(?:{_TARGETS})\s+(?:\$\s+)?(?:(?:are|be|is|become|may|can|now|being|sind|seien|sont|son)\s+)+(?:soft|smooth(?:ed)?|fractional|not\s+one-?hot|weich|doux|suaves)\b"
    r"|\b(?:cibles|étiquettes)\s+(?:douces|souples)|\blabel\s+smoothing\b|\b(?:in|for)\s+the\s+general\s+case\b|软(?:标签|目标)|軟(?:標籤|目標)|标签平滑"
    r"|ソフト(?:ラベル|ターゲット)",
    re.IGNORECASE,
)


class Withdrawals:
    """Takes up what sentences withdraw, each with its number among the sentences."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def sentence(self, sentence: Sentence) -> frozenset[str]:
        """The names of which a sentence says that they are arbitrary, or that something holds no longer."""
        found = set(self.freed(sentence))
        for pattern in (ANY_OF, OF_ANY_SIGN, REAL, DENIED, DROPPED, SEVERAL):
            for said in pattern.finditer(sentence.words):
                group = said.lastgroup or "named"
                for formula in sentence.formulas_in(said, group):
                    found.update(self._names(formula, alone=pattern is not DROPPED))
        return frozenset(found)

    @staticmethod
    def of_targets(sentence: Sentence) -> bool:
        """Whether a sentence says of the targets, by that word only, that they need not be one-hot or sum to one."""
        return TARGETS_FREED.search(sentence.words) is not None and not assertions.passing(sentence.words)

    @staticmethod
    def softens(sentence: Sentence) -> bool:
        """Whether a sentence says of the targets that they need not be one-hot, though they may add up to one."""
        return SOFT.search(sentence.words) is not None and not assertions.passing(sentence.words)

    def freed(self, sentence: Sentence) -> Iterator[str]:
        """The names that a sentence calls arbitrary: whatever they were, they are that no longer."""
        for said in FREED.finditer(sentence.words) if ANY.search(sentence.words) else ():
            for formula in sentence.formulas_in(said, "named"):
                yield from self._names(formula, alone=True)

    def generic(self, sentence: Sentence) -> Iterator[str]:
        """The bare letters of which a sentence says that what follows holds for all that they may be."""
        for said in GENERIC.finditer(sentence.words):
            for formula in sentence.formulas_in(said, said.lastgroup or "named"):
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    match [s.side for s in row.segments]:
                        case [syntax.Symbol(name=name), *_]:
                            yield plain(name)

    def redefined(self, sentence: Sentence, here: Set[str]) -> frozenset[str]:
        """The names that mean something else from a sentence on; "let" alone does not say so of those said ``here``."""
        found: set[str] = set()
        for said in () if assertions.passing(sentence.words) else REDEFINED.finditer(sentence.words):
            group = "eastern" if said["eastern"] else "named"
            names = {name for f in sentence.formulas_in(said, group) for name in self._names(f, alone=True)}
            found |= names if said["now"] or said["eastern"] else names - here
        return frozenset(found)

    def _names(self, formula: InlineMath, alone: bool) -> Iterator[str]:
        """The base of a symbol or member, as in ``t_k \\ge 0``; of any formula, if it need not stand ``alone``."""
        for row in self.reading.rows(formula.latex, formula.span).rows:
            side = row.segments[0].side if row.segments else None
            base = parts_of(side)[0] if isinstance(side, syntax.Node) else None
            named = len(row.segments) == 1 or (len(row.segments) == 2 and row.segments[1].relation not in ("=", ":="))
            if named and isinstance(base, syntax.Symbol):
                yield plain(base.name)
            elif not alone and isinstance(side, syntax.Node):
                yield from names_in(side)

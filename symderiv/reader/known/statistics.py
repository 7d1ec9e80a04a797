r"""Quantities that only words define: "the batch mean $m$", "$S$ is the sum of all $e^{z_j}$", "$g$ depends on $x$".

What they are stands in no formula, so that they look like constants where something is differentiated by the data that
they are computed from. Means and variances of distributions are parameters, and none of these. This module must never
take such words for a definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.diagnostics import ReadError
from symderiv.document import InlineMath, Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, plain
from symderiv.reader.grammar.nodes import names_in, parts_of
from symderiv.reader.letters.symbols import Statistic
from symderiv.reader.reading import Reading
from symderiv.reader.words.prose import HELD, Sentence, Words

_MOMENT = (
    r"(?:means?|averages?|variances?|covariances?|(?:standard\s+)?deviations?|std\.?(?:\s*dev\.?)?|RMS|root\s+mean\s+square|medians?"
    r"|(?:\w{0,20}Mittel)?wert\w{0,20}|\w{0,20}mittel(?:wert)?s?|Durchschnitt\w{0,20}|\w{0,20}varianz|\w{0,20}abweichung|moyennes?|écarts?[\s-]type|medias?|promedio"
    r"|varianzas?|desviaci[óo]n\w{0,20}(?:\s+(?:est[áa]ndar|típica))?|均值|平均值?|方差|标准差|分散|標準偏差|평균|분산|표준\s*편차)"
)
_TOTAL = (
    r"(?:sums?(?!\s+(?:(?:up\s+)?to|up|both|these|this|each|the)\b)|totals?(?!\s+numbers?\b)"
    r"|(?:maxim(?:um|a|al)|minim(?:um|a|al))(?!\s+(?:likelihood|entropy|margin|a\s+posteriori|description)\b)|max|min|largest|smallest|biggest|greatest|norm|statistics?|denominator"
    r"|expected|normali[sz]ers?|(?:normali[sz]\w+|partition)\s+(?:constant|factor|term|function|sum)|logsumexp|log-sum-exp|functions?(?=\s+of\b)"
    r"|(?:\w{0,20}Summe|Nenner|Gesamt\w{0,20}|größte\w{0,20}|kleinste\w{0,20}|Funktion)|sommes?|dénominateur|fonction(?=\s+d)|suma|"
    r"denominador|máximo|mínimo|función(?=\s+de)|(?<=[之的总總の])和|最大值|最小值|分母|归一化(?:因子|常数)|総和|合計|最大値|最小値|正規化定数|합계?|최댓값|분모)"
)
_SAMPLE = (
    r"(?:(?:mini-?)?batch|samples?|empirical|layer|layer-?wise|channel|feature|group|instance|weighted|total|overall|leave-one-out"
    r"|empirisch\w{0,20}|Stichproben\w{0,20}|empiriques?|muestral(?:es)?|empírica?|批(?:量|次)?|样本|標本|표본|배치)"
)
_OF = (
    r"(?:of|over|across|under|among|within|taken|computed|along|their|its|aller?|der|des|über|von|d['’]?|de|del|sur|sobre"
    r"|los?|las?|所有|的|の|의)"
)
_STOP = (
    r"(?:the|an?|whose|which|that|where|with|if|and|or|is|are|has|have|over|from|by|in|on|to|at|under|around|about|for|per|as"
    rf"|minus|plus|times|um|werden|wird|für|und|mit|oder|et|avec|ou|y|con|{_OF})\b"
)
_WORD = rf"(?!{_STOP})[^\W\d_][\w'’-]{{0,30}}"
_WORDS = rf"(?:{_WORD}[\s-]+){{0,4}}?"
_LIST = r"\$(?:[\s,]*(?:and|und|et|y|和|と)?[\s,]*\$){0,3}"
_IS = (
    r"[\s,(:=]*(?:(?:is|are|be|being|denotes?|equals?|represents?|means?|stands?\s+for|as|for|ist|sei|bezeichnet|est|soit|désigne|es|sea"
    r"|denota|是|为|為|表示|は|を|가|는|은)[\s,]*)?(?:(?:computed|calculated|estimated|taken|defined|given|obtained)\s+(?:as|by|to\s+be)\s+)?"
)
_THE = r"(?:(?:the|an?|their|its|der|die|das|den|dem|ihre?|la|le|les|leur|el|su)\s+|l['’]\s*)?"
_KIND = rf"(?P<kind>(?:\b|(?<=\W)|(?<=[^\x00-\x7f]))(?:(?P<moment>{_MOMENT})|{_TOTAL})(?![a-z]))"
_KINDS = rf"{_KIND}(?:[\s,]*(?:and|und|et|y|和|と)\s*{_THE}{_WORDS}{_MOMENT}(?![a-z])){{0,3}}"
_DATA = rf"(?P<of>[\s,]*\b{_OF}(?![a-z])[^$.;,]{{0,60}}(?P<data>{_LIST})?)"
BEFORE = Words(  # "the batch mean $m$ (of the $x_i$)"
    rf"{_KINDS}(?:\s+of\s+(?:{_WORD}\s+|the\s+){{0,3}}{_WORD},(?=\s*\$,))?[\s-]*(?P<more>(?:{_WORD}\s+){{0,2}})(?P<named>{_LIST}){_DATA}?",
    re.IGNORECASE,
)
BEHIND = Words(  # "$m$ is the batch mean (of the $x_i$)"
    rf"(?P<named>{_LIST}){_IS}{_THE}(?P<words>{_WORDS})[^\x00-\xff$。，]{{0,8}}?{_KINDS}(?:(?P<more>(?:\s+{_WORD}){{0,2}}?)(?:{_DATA}|\s*(?P<whole>\$)))?",
    re.IGNORECASE,
)
DATA_FIRST = Words(  # "$S$ 是所有 $e^{z_j}$ 的和", "$x_i$ の平均を $m$ とする"
    rf"(?P<named>\$)\s*(?:是|为|為|表示|は|를|을|는|은)(?P<words>)\s*(?:所有|すべての|全ての|모든)?\s*(?P<data>{_LIST})\s*(?P<of>的|の|의)?"
    rf"(?P<more>[^$。，、]{{0,8}}?){_KIND}"
    rf"|(?P<data2>{_LIST})\s*(?P<of2>的|の|의)(?P<more2>[^$。，、]{{0,8}}?)(?P<kind2>(?P<moment2>{_MOMENT})|{_TOTAL})"
    r"\s*(?:を|为|為|记为|是|를|을)?\s*(?P<named2>\$)"
)
SUMS_UP = Words(  # "$D$ sums over all positions", "$a$ depends on $x$", "$x_1, …$ have total $T$"
    rf"(?P<named>\$)\s*(?:itself\s+)?(?P<kind>(?:sum(?:s|ming)|add(?:s|ing)|averag(?:es|ing)|totals|aggregates|depends|hängt|dépend|depende)\b|依赖)(?P<of>[^$.;]{{0,40}})(?P<data>{_LIST})?"
    rf"|(?P<data2>{_LIST})\s*(?:have|has|with)\s+(?:(?:the|an?)\s+)?(?P<kind2>(?P<moment2>{_MOMENT})|{_TOTAL})\s*(?P<named2>\$)",
    re.IGNORECASE,
)
OF_SAMPLE = Words(rf"\b{_SAMPLE}(?![a-z])|批|样本|標本|표본|배치", re.IGNORECASE)
POSSESSIVE = Words(r"\b(?:their|its|ihre\w*|deren|leurs?|sus?)\b", re.IGNORECASE)
PARAMETER = Words(  # of distributions, or what is said not to be computed from the data here
    r"gauß|gauss\w*|\bnormal\b|distribut\w*|densit\w*|\bpriors?\b|\bposteriors?\b|\bnoise\b|\blikelihood|random\s+variable|bernoulli|poisson"
    r"|exponential|\bcomponents?\b|clusters?\b|\bpopulation\b|\bknown\b|\bfixed\b|\brunning\b|\bmoving\b|precomputed|\bconstant|Verteilung|bekannt"
    r"|\blois?\b|connue|distribuci|conocida|ruido|bruit|Rauschen|分布|已知|高斯|正态|正規|既知|정규|분포|가우시안|\bprocess\b|\bmodels?\b",
    re.IGNORECASE,
)
STANDARDISES = Words(
    r"\b(?:batch|layer|instance|group|weight|rms)[\s-]*norm\w*|standardi[sz]\w*|z-?scores?|normali[sz]ation\s+layer|批(?:量)?归一化|层归一化",
    re.IGNORECASE,
)
LEARNT = Words(
    r"(?:\b(?:gains?|bias(?:es)?|scales?|shifts?|offset|(?:learn\w*|train\w+)\s+(?:\w+\s+)?\w+|parameters?|Parametern?|paramètres?|parámetros?)\b"
    rf"|参数|パラメータ)\s*(?:vectors?\s*)?(?P<named>{_LIST})",
    re.IGNORECASE,
)
_DATUM = (
    r"(?:data(?:sets?)?|samples?|observations?|inputs?|features?|images?|points?|examples?|Daten\w*|Stichproben?|données|datos|dados|данны\w+"
    r"|数据|样本|データ|標本|데이터|표본)"
)
OF_DATA = Words(rf"{_DATUM}[^$]*$", re.IGNORECASE)
IS_DATA = Words(  # "the data points $u_n$", "$u$ is an input"
    rf"{_DATUM}(?:[\s,]+\w+)?[\s,:(]*(?P<named>{_LIST})|(?P<named2>{_LIST}){_IS}{_THE}(?:{_WORD}\s+){{0,2}}{_DATUM}",
    re.IGNORECASE,
)
COVARIANCE = Words(r"covarian|kovarian|共分散|协方差|協方差|공분산|ковариа", re.IGNORECASE)
DIRECTIONS = frozenset({"u", "v", "w", "a"})  # what data are projected on
SCALES = frozenset({r"\gamma", r"\beta", r"\mu", r"\sigma", r"\lambda"})  # no data, if nothing else is said


class Statistics:
    """The quantities of a document that are defined by words only."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.found = reading.symbols.statistics
        self.learnt: set[str] = set(SCALES)
        self.data: set[str] = set()

    def find(self, sentences: Sequence[Sentence]) -> None:
        """Look through the document's sentences."""
        standardises = any(STANDARDISES.search(sentence.words) for sentence in sentences)
        for sentence in sentences:
            for said in LEARNT.finditer(sentence.words):
                for formula in sentence.formulas_in(said, "named"):
                    self.learnt.update(name for name, _ in self._symbols(formula))
        for sentence in sentences:
            for said in IS_DATA.finditer(sentence.words):
                for formula in sentence.formulas_in(said, "named" if said["named"] else "named2"):
                    self.data.update(self._names(formula))
        for sentence in sentences:
            for pattern in (BEHIND, BEFORE, DATA_FIRST, SUMS_UP):
                at = 0
                while (found := pattern.search(sentence.words, at)) is not None:
                    self._take(sentence, found, standardises)
                    at = found.start() + 1
        for sentence in sentences:
            if HELD.search(sentence.words):
                for formula in sentence.formulas:
                    for name, _ in self._symbols(formula):
                        self.found.pop(name, None)

    def _take(self, sentence: Sentence, found: re.Match[str], standardises: bool) -> None:
        groups = found.groupdict()
        key = "named2" if groups.get("named2") else "named"
        moment = bool(groups.get("moment") or groups.get("moment2"))
        data = next((k for k in ("whole", "data", "data2") if groups.get(k)), "")
        of = bool(
            data
            or groups.get("of")
            or groups.get("of2")
            or POSSESSIVE.search(sentence.words, max(0, found.start() - 8), found.end())
        )
        if moment:
            near = sentence.words[max(0, found.start() - 60) : found.end() + 60]
            sample = OF_SAMPLE.search(sentence.words, max(0, found.start() - 16), found.end() + 12)
            average = found[0].lower().count("average")
            if not sample and (PARAMETER.search(near) or not (of or standardises or average)):
                return
        names = {name for formula in sentence.formulas_in(found, data) for name in self._names(formula)} if data else ()
        for formula in sentence.formulas_in(found, key):
            for name, place in self._symbols(formula):
                kind = groups.get("kind") or groups.get("kind2") or "sum"
                apart = frozenset(self.learnt) if moment else frozenset()
                if COVARIANCE.search(kind) and not data and OF_DATA.search(groups.get("of") or ""):
                    apart |= DIRECTIONS - self.data
                self.found.setdefault(name, Statistic(kind, place, frozenset(names) - {name}, apart))

    def _symbols(self, formula: InlineMath) -> Iterator[tuple[str, Span]]:
        r"""The symbols that a formula consists of, with words below them in their names: ``\sigma_B^2``."""
        for row in self.reading.rows(formula.latex, formula.span).rows:
            side = row.segments[0].side if len(row.segments) == 1 else None
            for node in side.items if isinstance(side, syntax.Tuple) else (side,):
                base, sub, sup, primes = parts_of(node) if isinstance(node, syntax.Node) else (None, None, None, 0)
                if not isinstance(base, syntax.Symbol) or primes or not (sup is None or _is_square(sup)):
                    continue
                name = plain(base.name)
                try:
                    indices = self.reading.elaborator.indices(sub, name)
                except ReadError:
                    continue
                yield (f"{name}_{{{index_word(sub)}}}" if indices is None and sub is not None else name), formula.span

    def _names(self, formula: InlineMath) -> Iterator[str]:
        """The names in a formula that may be data: families, vectors and what is differentiated by."""
        symbols = self.reading.symbols
        for row in self.reading.rows(formula.latex, formula.span).rows:
            for segment in row.segments:
                for name in names_in(segment.side) if isinstance(segment.side, syntax.Node) else ():
                    if name in symbols.index_names | symbols.sub_letters | symbols.size_names:
                        continue
                    heads = symbols.heads.get(name, ())
                    family = any(head.subs + head.sups for head in heads) or name in symbols.shapes
                    if family or name in symbols.vectors or any(name == head.name for head in symbols.variables):
                        yield name


def _is_square(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Number) and node.text == "2"

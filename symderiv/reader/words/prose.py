r"""What the author says in words: cases ("if i = j"), assumptions ("one-hot", "sum to one", "binary"), ranges.

Words near a symbol are read in the languages that derivations are written in; what is found always carries the line
and the words, so that a verdict which uses it can say so. This module must never find an assumption that is not
stated.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from symderiv.document import Code, Emph, InlineMath, Link, Reference, Text
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain


class Words:
    """A regular expression that is compiled when it is first asked: a document without words needs none of them."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern, self.flags = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self.flags)

    def search(self, text: str, begin: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return self._compiled.search(text, begin, end) if text else None  # no words, and none to be found

    def match(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        return self._compiled.fullmatch(text)

    def sub(self, new: str, text: str) -> str:
        return self._compiled.sub(new, text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        return self._compiled.finditer(text)


_AND = r"\s*,?\s*(?:and|und|et|y|e|和|与|と|와|과)\s*"
ARE = (
    r"(?:(?:is|are|be|being|both|all|each|either|ist|sind|seien|sei|est|sont|soient|soit|es|son|sean|sea|是|都是|均为|为|は|が|は共に|는|은)"
    r"[\s,]*){1,3}(?:an?\s+|eine?\s+|une?\s+|una?\s+)?"
)

OF_ONE = Words(r"\$\s*(?:is|has|ist|hat|est|a|es|tiene)\s", re.IGNORECASE)  # a verb for one of the names before it


def named(group: str) -> str:
    """A pattern for "$x$ and $y$" or one name, as ``group`` or ``group_one``; "given $x$, $y$ is" has one name."""
    alone = "".join(rf"(?<!\b{word} )" for word in ("given", "Given", "for", "For", "with", "With", "from", "From"))
    return rf"(?:{alone}(?P<{group}>\$(?:\s*,\s*\$)*{_AND}\$)|(?P<{group}_one>\$))"


_TRUE = (
    r"(?:(?:true|correct|right|actual|observed|target|gold|ground[\s-]truth|richtigen|wahren|korrekten|vraie|bonne"
    r"|correcta|verdadera)\s+)"
)
ONE_HOT = Words(
    r"one[\s-]?hot|1-of-[KCNM]\b|独热|獨熱|원[\s-]?핫|ワンホット|un\s+seul\s+1|a single (?:one|1)\b"
    r"|(?:exactly|only)\s+one\s+(?:of\s+(?:them|(?:the(?:se|ir|m)?\s+)?(?:\$|labels|targets|entries|components|elements))\s+"
    r"|(?:entry|component|element|coordinate|label|target)\s+)?(?:(?:is|being)(?:\s+equal\s+to)?|equals?|equal\s+to)\s+(?:1|one)\b"
    r"|(?:exactly|only)\s+one\s+(?:entry|component|element|coordinate)\s+(?:which\s+is\s+|that\s+is\s+)?equal\s+to\s+(?:1|one)\b"
    r"|1-of-\$\s+(?:coding|coded|encod\w+|vectors?)|(?:zero|0)\s+(?:everywhere\s+)?except\s+(?:at|for)\s+(?:the\s+)?"
    rf"{_TRUE}class,?\s+where\s+it\s+is\s+(?:1|one)\b"
    r"|(?:a\s+)?(?:1|one)\s+(?:for|at)\s+the\s+(?:right|correct|true)\s+class\s+and\s+(?:a\s+)?(?:0|zeros?)\s+(?:elsewhere"
    r"|otherwise|everywhere\s+else|for\s+(?:all|the)\s+others)"
    r"|genau\s+ein(?:e[rs]?)?\s+(?:der\s+\$|Eintrag|Komponente|Element)\s+(?:von\s+\$\s+)?(?:ist|gleich)\s+(?:gleich\s+)?(?:1|eins)\b"
    r"|une?\s+seule?\s+(?:des\s+\$|composante|élément|coordonnée)\s+(?:de\s+\$\s+)?(?:vaut|est\s+égale?\s+à)\s+(?:1|un)\b"
    r"|s[oó]lo\s+un[oa]?\s+(?:de\s+los\s+\$|elemento|componente|entrada)\s+(?:de\s+\$\s+)?(?:es|vale)(?:\s+igual\s+a)?\s+(?:1|uno)\b"
    r"|(?:只|仅|僅)有一[个個]\s*\$\s*(?:等于|等於|为|為|是)\s*1"
    r"|(?:只|仅|僅)有一[个個](?:元素|分量|标签|類別|类别)?(?:为|為|是)\s*1|[1一]つだけが?\s*1|하나만\s*1"
    rf"|{_TRUE}(?:class\s+)?(?:label|indicator|target|value)\s*\((?:either\s+)?(?:0\s*(?:or|/)\s*1|1\s*(?:or|/)\s*0|binary)\)\s+(?:for|of)"
    r"\s+(?:the\s+|each\s+|every\s+)?(?:class|category)\b",
    re.IGNORECASE,
)
BEFORE_ONE_HOT = Words(
    r"\$\s*(?:is|are|be|being|denotes?|ist|est|es|是|为|為|は|가|는)?(?:\s*\b(?:an?|the|its|encoded\s+as|eine?|une?|der|le|vecteur|vector))*\s*$",
    re.IGNORECASE,
)
AFTER_ONE_HOT = Words(
    r"[\s-]*(?:(?:encod\w+|column|row|vectors?|labels?|targets?|codes?|indicators?|Vektor|向量)\s*)*(?=\$)",
    re.IGNORECASE,
)
_CLASS = r"(?:class|label|category|Klasse|classe|clase)"
ONE_HOT_AT = Words(
    r"(?:[\s-]*(?:(?:encod\w+|representation|column|row|vectors?|Vektor)\s*|\$\s*)*"
    r"|[^$.;]*?\bwith\s+(?:an?|its|the)\s+(?:single\s+)?(?:1|one)\s+)"
    r"(?:(?:at|in|on)\s+(?:(?:the\s+)?(?:position|entry|index|place|slot|coordinate|component|row)s?\s+)?"
    rf"|(?:of|for|der|de\s+la)\s+(?:the\s+)?{_TRUE}?{_CLASS}(?:\s+{_TRUE}?)?\s*)(?=\$)",
    re.IGNORECASE,
)
ONE_HOT_INDEX = Words(  # "target $t$ (index $y$)"; what an index is that runs is the reader's to see
    r"(?:[\s-]*(?:encod\w+|vectors?|labels?|targets?|\$))*[\s,(]*(?:with\s+|whose\s+)?(?:(?:the|an?|its)\s+)?"
    rf"(?:{_TRUE}?(?:{_CLASS}\s+)?index|{_TRUE}{_CLASS})\s+(?:is\s+)?(?=\$)",
    re.IGNORECASE,
)
TRUE_CLASS = Words(
    rf"\b{_TRUE}{_CLASS}(?:\s+(?:index\s+)?(?:is|be|=))?[\s(]*(?P<after>\$)"
    rf"|(?P<before>\$)\s*(?:is|be|being|denotes?|the|of|index|[\s,])*\b{_TRUE}{_CLASS}\b"
    r"|(?:正确|正確|真实|真實)的?(?:类别|類別|标签|標籤)(?:是|为|為)?\s*(?P<chinese>\$)|正解クラス(?:を|は|が)?\s*(?P<japanese>\$)",
    re.IGNORECASE,
)
ONE_FOR_TRUE = Words(
    rf"\$\s*for\s+the\s+{_TRUE}(?:class|label|category)\b[^.$]*\b(?:0|zero)\b",
    re.IGNORECASE,
)
ANEW = Words(r"\b(let|now|set|put|instead|redefine)\b|设|令|今度は|이제", re.IGNORECASE)
SUM_TO_ONE = Words(
    r"sums?\s+(?:up\s+)?to\s+(?:one|1|unity)\b|add(?:s|ing)?\s+up\s+to\s+(?:one|1)\b|和为\s*1|和為\s*1|之和为\s*(?:1|一)"
    r"|합[은이]?\s*1|suman?\s+(?:1|uno)\b|somme(?:nt)?\s+(?:à|vaut|égale à)\s+(?:1|un)\b"
    r"|summieren\s+sich\s+zu\s+(?:1|eins)"
    r"|probability\s+(?:distribution|vector)|(?:概率|確率|확률\s*)(?:分布|分佈|向量|ベクトル|분포|벡터)|Wahrscheinlichkeits(?:verteilung|vektor)"
    r"|(?:vecteur|distribution)\s+de\s+probabilité|(?:vector|distribución)\s+de\s+probabilidad",
    re.IGNORECASE,
)
THESE_SUM = Words(  # "the weights $w_k$ sum to one"
    r"\$\s*(?:(?:all|always|themselves|together|must|should|that|which|will|also)\s+)*(?:sums?|add)\s+(?:up\s+)?to\s|\$\s*(?:之)?(?:和|合)"
    r"|\$\s+(?:summieren\s+sich|suman|somment)\b",
    re.IGNORECASE,
)
LINES = Words(  # of a matrix, of which a word says something
    r"(?P<rows>\b(?:each\s+|every\s+)?rows?\s+of\s+(?:the\s+matrix\s+)?\$|\$\s*(?:的)?(?:每一?)?行|\bZeilen\s+von\s+\$|\blignes\s+de\s+\$)"
    r"|(?P<columns>\b(?:each\s+|every\s+)?columns?\s+of\s+(?:the\s+matrix\s+)?\$|\$\s*(?:的)?(?:每一?)?列|\bSpalten\s+von\s+\$"
    r"|\bcolonnes\s+de\s+\$)",
    re.IGNORECASE,
)
BINARY = Words(
    r"\bbinary\b(?!\s+(?:classif|logistic|cross|regress|case|problem|entropy|image|tree))|either\s+(?:0\s+or\s+1|1\s+or\s+0|zero\s+or\s+one)|0\s+or\s+1\b|二元|取\s*0\s*或\s*1|binario|binaire|binär",
    re.IGNORECASE,
)
NEGATED = Words(
    r"\b(?:not|never|no|without|unless|instead|neither|nor|if|whether|for\s+example|e\.g|nicht|kein\w*|pas|sans|sin"
    r"|rather\s+than|unlike|generali[sz]\w*|as\s+opposed\s+to|arbitrary|(?:next|later)\s+section)\b|n't\b|不|非|没|無|아니|않",
    re.IGNORECASE,
)
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
NUMBERS = {word: n for n, word in enumerate(_NUMBERS, 2)}
CLASSES = Words(
    rf"(?P<count>\$|\b(?:[0-9]+|{'|'.join(_NUMBERS)}))[\s-]+(?:\w+\s+)?"
    r"(?:classes|categories|outcomes|outputs|output\s+(?:units|neurons|nodes)|logits|Klassen|Ausgänge|catégories|sorties|clases|categorías|salidas)\b",
    re.IGNORECASE,
)
NOT_ALL = Words(  # before a number of classes that are not all that there are, or no more than compared
    r"(?:\b(?:than|least|most|into|between|among|amongst|any|other|further|first|last|these|those|take|pick|choose|compar\w*"
    r"|merg\w*|(?:ratio|difference|odds|pair|average)s?\s+(?:of|for)|mehr\s+als|mindestens|höchstens|plus\s+de|au\s+moins"
    r"|más\s+de|al\s+menos|unlike|like|as\s+(?:in|for|with))|[<>≤≥]|至少|超过|多于)[\s,]*(?:the\s+)?$",
    re.IGNORECASE,
)
SOME_CLASSES = Words(  # after a number of classes that are some of those that there are, or of which something is said
    r"[\s,]*(?:\$|(?:of|out\s+of|from|among|with|without|that|which|whose|at\s+a\s+time|at\s+most|in\s+(?:our|the|this|a)|overlap\w*|alone|only|merge|coincide|share|have"
    r"|(?!need)\w+ed|left|chosen|held|taken|being)\b)",
    re.IGNORECASE,
)
OR_MORE = Words(r"\b(?:than|least|plus\s+de|mehr\s+als|más\s+de)\b|多于|超过|至少|より多", re.IGNORECASE)
_TWO_CLASSES = (
    r"(?:\b(?:two|2)[\s-]class\b|\bbinary\s+(?:case|classif\w+|problems?|setting|softmax|logistic)\b|\b(?:zwei|deux|dos|due)\s+(?:Klassen|classes|clases|classi)\b"
    r"|\b(?:cas|classification)\s+binaire\b|\b(?:caso|clasificación)\s+binari[oa]\b|\bbinären?\s+(?:Fall|Klassifi\w+)|二分类|二分類|二元分类|两类|两个类别"
    r"|[2２二]\s*クラス|二値分類|二値の場合|이진\s*분류|[2두]\s*(?:개의\s*)?클래스)"
)
_WORKED = r"(?:concrete|specific|simple|small|tiny|toy|numerical|worked|minimal|illustrative|easy)"
EXAMPLE = Words(  # something is worked out for sizes of one's own, and not for one sample of the data
    rf"\bfor\s+(?:example|instance)\b|\be\.\s?g\.|\bas\s+an?\s+example\b"
    rf"|(?<!\bof\s)(?:\ban?|\bthe\s+following|\bfollowing|\b{_WORKED})\s+example\b(?!\s*[($])|\b{_WORKED}\s+(?:\w+\s+)?(?:network|net|case|model|problem)\b"
    r"|\bBeispiel\b|\bz\.\s?B\.|\bpar\s+exemple\b|\bexemple\s+(?:concret|simple)|\bpor\s+(?:ejemplo|exemplo)\b|\bejemplo\s+(?:concreto|sencillo|simple)"
    r"|\bexemplo\s+(?:concreto|simples)|\b(?:per|ad)\s+esempio\b|\bví\s+dụ\b|\bнапример\b|\bna\s+przykład\b|\börneğin\b"
    r"|例如|比如|举例|舉例|举个例子|舉個例子|(?:具体|具體|简单|簡單)的?例子|为例|為例|例えば|たとえば|具体例|예를\s*들|예시로",
    re.IGNORECASE,
)
TWO_CLASSES = Words(_TWO_CLASSES, re.IGNORECASE)
OF_TWO_CLASSES = Words(  # as a case of what follows
    rf"(?<!\bas\s)(?:\b(?:in|for|with|at|im|in|für|bei|pour|dans|en|para|con)\s+(?:(?:the|a|an|der|den|le|la|el|case|of|special|simple|simplest|usual|common"
    rf"|fall|einer|spezialfall|cas|caso|de)\s+)*|(?:对于?|對於?|在|当|當|^)[^a-zA-Z$，。、]{{0,4}}|^\W*){_TWO_CLASSES}",
    re.IGNORECASE,
)
PLAIN_CASE = Words(
    r"(?<![A-Za-z\\_^])([a-z])\s*(==?|≠|!=|\\neq?|(?:is\s+)?(?:not\s+)?equal\s+to|equals|does\s+not\s+equal)\s*([a-z])"
    r"(?![A-Za-z(_^'’])"
)
_SUPPOSE = (
    r"\b(?:for|if|when|whenever|cases?|with|assum\w*|suppos\w*|consider\w*|set(?:ting)?|let|choos(?:e|ing)|fix|given"
    r"|tak(?:e|ing)|at|für|wenn|falls|mit|sei(?:en)?|pour|si|avec|soi(?:t|ent)|para|cuando|con|sean?)"
)
_NOUN = (  # what a number may be in a worked example
    r"(?:inputs?|outputs?|weights?|bias(?:es)?|targets?|labels?|learning\s+rate|step\s+size|values?|parameters?|features?"
    r"|rate|data|numbers?|points?|(?:true|initial|current|desired|first|second|training|hidden|a|an|the|its|one|we|have|us|that))"
)
SUPPOSED = Words(
    _SUPPOSE
    + r"(?:\s+(?:that|the|an?|case|of|where|class(?:es)?|labels?|target|(?:example|sample|instance|pair|point)s?"
    r"|special|positive|negative|true|correct|wrong|others?|is|only|\d+|i\.e\.,?|that is,?|(?:fore|back)ground))*"
    r"[\s,:(]*$"
    r"|" + _SUPPOSE + r"\b[^.;:$]{1,60},?\s(?:i\.e\.,?|that is,?|namely|so)\s*$"
    rf"|{_SUPPOSE}(?:[\s,:]+{_NOUN}){{1,6}}\s*$|^\W*(?:{_NOUN}|set-?up|given|settings?|example)(?:\s+{_NOUN})?\W*:\W*(?:{_NOUN}\s+)*$"
    r"|(?:当|當|若|如果|令|取|설|때)\s*$",
    re.IGNORECASE,
)
AND = Words(rf"[\s,;，、]*(?:and|und|et|y|e|且|和|并且)?[\s,]*(?:{_NOUN}\s+)*", re.IGNORECASE)
PLAIN_VALUE = Words(
    rf"(?:{_SUPPOSE}\s+|^\W*(?=\w\s*=\s*-?\d+\W*$))([a-zA-Z]|[α-ω])\s*=\s*(-?)(\d+)(?![\w.^/*])", re.IGNORECASE
)
BOTH = Words(
    r"\b(combin\w*|both cases|(?:in|the) general|general (?:case|form)|altogether|together|summari\w*|unif\w*)\b"
    r"|\b(?:any|all|every|each|arbitrary)\s+(?:\w+\s+)?\$"
    r"|综合|综上|합치면|종합|en résumé",
    re.IGNORECASE,
)
SOUGHT_SO_THAT = Words(  # right before a bound that is required of what is sought
    r"(?:\b(?:find|finds|finding|seek|seeks|seeking|look(?:s|ing)?\s+for|search(?:es|ing)?\s+for)\b[^.;:]{0,80}?\bsuch\s+that"
    r"|\b(?:choose|choosing|pick|determine|want|wants)\b[^.;:]{0,80}?\b(?:such|so)\s+that"
    r"|\b(?:gesucht|suchen|finde\w*|bestimme\w*)\b[^.;:]{0,80}?\b(?:so\s?dass|sodass|so\s?daß|derart,?\s+dass)"
    r"|\b(?:trouver|trouvons|cherch\w+|déterminer)\b[^.;:]{0,80}?\btel(?:le)?s?\s+qu(?:e|['’])"
    r"|\b(?:encontrar|encontramos|hallar|busca\w*|determinar)\b[^.;:]{0,80}?\b(?:tal(?:es)?\s+que|de\s+(?:modo|manera)\s+que)"
    r"|(?:找到|找出|寻找|尋找|求解?|选择|選擇|选取|確定|确定)[^。；：]{0,40}?使得?|(?:满足|滿足)(?:以下|下列|如下)?(?:的)?(?:约束|約束)(?:条件|條件)?)[\s:：,，~\\!$]*$",
    re.IGNORECASE,
)
SUBJECT_TO = Words(  # right before what is required
    r"(?:\bsubject\s+to(?:\s+the)?(?:\s+constraints?)?|\bs\.?\s?t\.|\bs\.t\b|\bunder\s+(?:the|these)\s+constraints?(?:\s+that)?|\bsuch\s+that\s+the\s+constraints?\s+hold"
    r"|\bunter\s+(?:der|den)\s+Nebenbedingung(?:en)?|\bsous\s+(?:la|les)\s+contraintes?(?:\s+que)?|\bsujet[oa]s?\s+a\b|约束条件|約束條件)[\s:{}&,~\\!$.;]*(?:quad|qquad)?[\s{}&]*$",
    re.IGNORECASE,
)
MULTIPLIERS = Words(  # beside a bound that holds of them always: no case of what they stand in
    r"\b(?:multipliers?|dual\s+variables?|introduc\w*|\w*multiplikator\w*|einführ\w*|multiplicateurs?|introduis\w*|multiplicadore?s?"
    r"|introduci\w*|moltiplicator\w*)\b(?:(?!\b(?:for|if|when|where|für|wenn|pour|si|para)\b)[^.;:])*$"
    r"|(?:乘子|乘数|乘數|对偶变量|引入|乗数|双対変数|승수)[^。；：]*$",
    re.IGNORECASE,
)
CONSTRAINT = Words(
    r"\bsubject\s+to\b|\bconstrain\w*|\bs\.t\.|\bunit[\s-](?:norm|length|vector)|\bnormali[sz]ed\b|Nebenbedingung"
    r"|\bsous\s+(?:la\s+)?contrainte|\bsujet[oa]\s+a\b|restricci[óo]n|约束|約束|제약|制約",
    re.IGNORECASE,
)
MISTAKE = (  # of people who derive, and not of a perceptron that makes one on an example
    r"mistaken(?:ly)?|by\s+mistake|mistakes?\s+(?:to\b|that\b|is\b|are\b|was\b|would\b|here\b|often\b|(?:of|by)\s+(?:\w+\s+)?(?:students|beginners"
    r"|authors|people|many|some)\b|in\s+(?:the|this|that|these|many|some|our|my)\s+(?:deriv|proof|argu|text|book|lit|calc|formula|line|paper|note)\w*)"
    r"|(?:common|typical|frequent|usual|easy|classic(?:al)?|beginner['’]?s?|popular|subtle|serious|careless|silly|fatal|sign|similar|same|another"
    r"|tempting|notational|real|grave|little|old|well-known|avoid|make\s+the|beware\s+of|against)\s+(?:(?:a|an|the|this|that)\s+)?(?:\w+\s+)?mistakes?"
    r"|(?:is|be|was|been|being|as)\s+an?\s+(?:\w+\s+)?mistake(?!\s+(?:on|at|made|of\s+the)\b)"
)
TO_SHOW = Words(
    rf"\b(?:show\w*|prov(?:e|es|ing)|verif\w+|check\w*|wish|want|claim\w*|goal|whether|false|wrong|{MISTAKE}|zeig\w*|montr\w*"
    r"|demostr\w*|mostr\w*)\b|证明|證明|示す|示せ|(?:証明|증명)(?!\s*[:：])|보이",
    re.IGNORECASE,
)
AIM = Words(  # right before a formula that is to come out at the end
    r"\b(?:want|wish|need|ha(?:ve|s)|going|aim|goal\s+is|remains|is|try|have\s+yet)\s+to\s+(?:show|prove|demonstrate|verify)\s+that\b[^.;:$]*$",
    re.IGNORECASE,
)
GROUNDS = Words(  # at the end of the words before a formula that others follow from
    r"(?:\b(?:since|because|given|suppose|assum\w+|know|constraints?|conditions?|(?:normal\s+)?equations?|require\w*"
    r"|satisf\w+|weil|da|wegen|puisque|comme|porque)|由于|因为|因為|约束|満たす|なので)[\s,:]*$",
    re.IGNORECASE,
)
PREMISE = Words(  # at the end of the words before a formula that is assumed
    r"(?:\b(?:where|with|satisf(?:y|ies)|such\s+that|subject\s+to|s\.t\.|(?:we|let\s+us)\s+assume(?:\s+that)?|suppose(?:\s+that)?"
    r"|constraint|wobei|mit|erfüllen|où|avec|vérifient|donde|con|cumplen|satisfacen)|其中|满足|滿足|ただし|満たす|만족한다|단)[\s,:，：]*$",
    re.IGNORECASE,
)
CONSTANT = Words(r"\bconstants?\b|常量|常数|常數|상수|constante|konstante", re.IGNORECASE)
HELD = Words(
    r"\b(?:hold(?:s|ing)?|held|keep(?:s|ing)?|kept|treat\w*|regard\w*)\b.{0,60}?\b(?:fixed|as\s+(?:an?\s+)?constants?)"
    r"|\bwith\s+\$\s*(?:held\s+|kept\s+)?fixed\b|\bstop[\s-]?grad\w*|\bdetach\w*|固定|看作常数|视为常数|고정",
    re.IGNORECASE | re.DOTALL,
)
OTHERS = Words(r"\b(?:others?|rest|remaining|else)\b", re.IGNORECASE)  # fixed in any partial derivative
UNIT = Words(
    r"\bunit[\s-](?:vectors?|norm|length|sphere|circle)|\borthonormal|\borthogonal|Einheitsvektor|vecteur unitaire"
    r"|vector unitario|单位向量",
    re.IGNORECASE,
)
EM = Words(r"\bEM\b|\b[Ee]xpectation[\s-][Mm]aximi[sz]ation\b|\b[EM][\s-]step\b|EM\s*算法")
LABEL = Words(
    r"\$\s*(?:is|are|be|being|denotes?|represents?|now)\s+(?:now\s+)?(?:the\s+|our\s+|an?\s+)?(?:(?:true|actual|correct|binary|desired|known"
    r"|one[\s-]hot|class|training|observed)\s+)*(?:labels?|targets?|ground[\s-]truth)\b",
    re.IGNORECASE,
)
LOG_BASE = Words(
    r"\blog\w*[^.]{0,40}?\b(?:base|basis)[\s-]*(?:\$\s*)?(?P<base>2|10|two|ten)\b|\b(?:base|basis)[\s-]*(?P<before>2|10|two|ten)\s*log"
    r"|\bentrop\w*[^.]{0,40}\bin\s+(?P<bits>bits)\b|以\s*(?P<chinese>2|10)\s*为底",
    re.IGNORECASE,
)
NATURAL_LOG = Words(
    r"\bnatural\s+log|\bnats?\b|natürlich\w*\s+Log|logarithme\s+n[aé]p?\w*|logaritmo\s+(?:natural|neperiano)|自然[对對]数",
    re.IGNORECASE,
)
BRACKET_MEAN = Words(  # "the expectation $\\langle X \\rangle$", in the source
    r"(?:\bexpect(?:ations?|ed\s+values?)\b|\baverages?\b|\bmeans?\b|Erwartungswert\w*|Mittelwert\w*|espérances?|moyennes?"
    r"|valor\s+esperado|\besperanza|valor\s+medio|期望|均值|平均|期待値|기댓값|평균)[^.$]{0,80}\$\$?[^$,]{0,80}?\\langle[^$,]{1,60}?\\rangle",
    re.IGNORECASE,
)
INDICATOR = Words(r"\bindicator\b|\bindicatrice|\bIndikator|\bindicador|指示函数|示性", re.IGNORECASE)
SIGNS_BY_WORD = {  # signs that are no products where the words speak of this
    r"\circ": Words(r"\bcompositions?\b|\bcompos(?:e|ed|ing)\b|\bKomposition\b|\bcomposée?\b|复合", re.IGNORECASE),
    "*": Words(r"\bconvolutions?\b|\bconvolved?\b|\bFaltung\b|卷积", re.IGNORECASE),
    r"\times": Words(r"\bcross[\s-]products?\b|\bKreuzprodukt|\bproduit vectoriel|叉积|外积", re.IGNORECASE),
}
ELEMENTWISE = Words(
    r"hadamard|element[\s-]?wise|entry[\s-]?wise|component[\s-]?wise|逐元素|elementweise", re.IGNORECASE
)
COMPLEX = Words(
    r"\bcomplex\b|\bimaginary\b|\bconjugates?\b|\bcharacteristic\s+function|\bfourier\b|\beuler's\s+(?:formula|identity)"
    r"|\bi\^\{?2\}?\s*=\s*-\s*1\b|\broots?\s+of\s+unity|\bphases?\b|komplex|imaginär|复数|虚数",
    re.IGNORECASE,
)
WRITTEN_BASE = Words(r"\\log\s*_\s*\{?\s*(?:2|10)\b|\\l[bg]\b")
LOG_FOR = Words(r"\$\\log\$\s+(?:for|means|denotes|is|stands\s+for)\s+\$\\log_\{?(?P<base>2|10)\}?\$")
NAMES = Words(
    r"\b(?:let|where|with|denot\w*|defin\w*|set(?:ting)?|put(?:ting)?|call\w*|writ\w*|abbreviat\w*|nam\w*|short(?:hand)?|sei|où|avec|donde)"
    r"\b[^.;]{0,30}$|(?:令|设|記|记|其中)\s*$",
    re.IGNORECASE,
)
DEPENDS = Words(
    r"\bdepends?\s+(?:\w+\s+){0,3}(?:on|upon)\s*(?:\w+\s+){0,3}$|\bfunctions?\s+of\s+(?:\w+\s+){0,3}$|\bhängt\s+von\s*$|依赖于?\s*$",
    re.IGNORECASE,
)
EINSTEIN = Words(
    r"einstein\s+(?:summation|sum|notation|convention)|summation\s+convention|爱因斯坦|아인슈타인"
    r"|\brepeated\s+ind(?:ex|ices)\b[^.]*\bsum|\bsum\w*\s+(?:over|on)\s+(?:\w+\s+)?repeated\b",
    re.IGNORECASE,
)


SYMMETRIC = Words(  # by the word, or by what a matrix is called that is symmetric
    r"\bsymmetric\b(?!\s+(?:about|around)\b)|对称|對稱|対称|대칭|\bsymétriques?\b|\bsimétric[ao]s?\b|\bsymmetrische?[mnrs]?\b"
    r"|\bsimmetric[aohe]+\b|\bсимметричн\w*|\bsymetryczn\w+|đối\s+xứng"
    r"|\bpositive[\s-](?:semi-?)?definite\b|\bpositiv\s+(?:semi)?definit\w*|\b(?:PSD|SPD)\b|\b(?:semi-?)?d[ée]finie?\s+positive\b"
    r"|\b(?:semi)?definida\s+positiva\b|(?:半)?正定|(?:半)?正定値|양의\s*(?:준)?정부호|\bположительно\s+\w*определ[её]нн\w+"
    r"|\bcovariance(?=\s+matrix)|\bcovariance(?=\s+of\b)|协方差(?=矩阵)|協方差(?=矩陣)|(?:分散)?共分散(?=行列)|공분산(?=\s*행렬)|Kovarianz(?=matrix)"
    r"|\bmatrice\s+de\s+covariance\b|\bmatriz\s+de\s+covari(?:anza|[âa]ncia)s?\b|\bmatrice\s+di\s+covarianza\b|\bковариационн\w+(?=\s+матриц)"
    r"|\bматриц\w+\s+ковариаци\w+|\bma\s+trận\s+hiệp\s+phương\s+sai\b|\bmacierz\w*\s+kowariancji\b|\bmatriks\s+kovarians\b"
    r"|\bkovaryans(?=\s+matris)|(?<=sample )covariance\b|(?<=empirical )covariance\b"
    r"|\b(?:precision|Gram|kernel|scatter)(?=\s+matrix)|(?:Gram|Kern|Streu)(?=-?matrix)|\bmatrice\s+de\s+Gram\b|\bmatriz\s+de\s+Gram\b"
    r"|(?:核|散布|格拉姆)(?=矩阵)|(?:カーネル|グラム|散布)(?=行列)|\bHessian\b|\bHesse(?=-?[Mm]atrix)|\bhessienne\b|\bhessiana\b|海森(?=矩阵)"
    r"|ヘッセ(?=行列)|헤세(?=\s*행렬)|헤시안|\bdiagonal\b(?=\s+matrix|\s*[.,;:)]|\s*$)|\bDiagonal(?=matrix)|\bmatrice\s+diagonale\b"
    r"|\bmatriz\s+diagonal\b|对角(?=矩阵)|对角阵|対角(?=行列)|대각(?=\s*행렬)",
    re.IGNORECASE,
)
SETS_TO_ZERO = Words(
    r"\b(?:set(?:s|ting)?|equat\w+|put(?:s|ting)?|let(?:s|ting)?)\b.{0,120}?(?:\b(?:zero|to\s+0|each\s+other)|=\s*0\b)"
    r"|\b(?:is|are|equals?)\s+(?:zero|0)\s+at\b"
    r"|\b(?:solv(?:e|es|ing)|stationary|first[- ]order\s+condition|normal\s+equations?|vanish\w*)\b"
    r"|(?:令|设|設|使).{0,60}?(?:0|零)|(?:等于|等於|为|為)\s*(?:0|零)|求解|ゼロ|0\s*と(?:おく|置く|する)|0으로"
    r"|null\s*(?:zu\s+)?(?:setz\w*|gesetzt)|gleich\s+(?:null|0)|(?:igual\w*|égal\w*)\s+(?:a|à)\s+(?:cero|zéro|zero|0)|annul\w+",
    re.IGNORECASE | re.DOTALL,
)

SETS_EQUAL = Words(  # an expression to something else than zero; not "setting a to one", which gives a a value
    r"\b(?:set(?:s|ting)?|equat\w+)\s+(?:(?:the|its|this|that|both|these|two)\s+){0,3}(?:derivatives?|gradients?|slopes?"
    r"|expressions?|sides?|probabilit\w+|densit\w+|ratios?|odds|them|both|two)\b|\bequating\b"
    r"|gleich\s*(?:zu\s*)?(?:setz\w+|gesetzt)|en\s+égalant|igualando|uguagliando",
    re.IGNORECASE,
)
SETS_THAT = Words(  # what stands before, to zero
    r"\b(?:set(?:ting)?|equat\w+|put(?:ting)?)\s+(?:(?:it|this|these|them|both|which|each)|(?:(?:the|this|that)\s+)?(?:expression|latter|former"
    r"|result|first|second|last)(?:\s+(?:one|expression|equation))?)\s+(?:equal\s+)?to\s+(?:zero|0)\b"
    r"|\b(?:setzen\s+wir\s+(?:dies\w*|sie|das)|igualando(?:la|lo)|en\s+l['’]annulant|令其|令它|令之)",
    re.IGNORECASE,
)
IS_ZERO = Words(r"=\s*(?:0|\\(?:mathbf|boldsymbol|bm|vec)\s*\{?\s*0\s*\}?)\s*[.,;]?\s*$")
ZERO = Words(
    r"\bzero\b|\bto\s+0\b|=\s*0|\bvanish|\bsolv(?:e|ing)\b|\bstationary|\bfirst[- ]order\s+condition|\beach\s+other"
    r"|零|求解|ゼロ|0\s*と|0으로|\bnull\b|\bcero\b|zéro|annul",
    re.IGNORECASE,
)


_EXTREME = r"(?:optim(?:um|al\s+\w+)|minim(?:um|i[sz]er)|maxim(?:um|i[sz]er)|extremum|(?:stationary|critical)\s+point)"
_TO_OPTIMIZE = r"(?:minimi[sz]|maximi[sz]|optimi[sz])"
CONDITION = Words(  # what comes is what holds where a function is least or greatest
    r"\b(?:first[- ]order|optimality|stationarity|necessary|KKT|Karush\S*)\s+(?:\w+\s+){0,2}conditions?\b"
    r"|\b(?:normal|likelihood|score|estimating|stationarity)\s+equations?\b"
    r"|\boptimality\s+(?:requires?|demands?|means|implies|gives|amounts)\b"
    rf"|\bat\s+(?:the|an?|its|this|any|each|every)\s+{_EXTREME}\b"
    rf"|\b(?:{_EXTREME}|estimat\w+|MLE)\b[^.;]{{0,40}}?\b(?:satisf\w+|solves?|obeys?|fulfil\w*)\b"
    rf"|\b(?:{_TO_OPTIMIZE}ed|(?:its|the|an?)\s+{_EXTREME})\s+(?:\w+\s+)?(?:when|where|if|iff)\b"
    rf"|\bto\s+{_TO_OPTIMIZE}e\b[^.;]{{0,60}}\b(?:need|must|require\w*|have\s+to)\b"
    rf"|\b{_TO_OPTIMIZE}ing\b[^.;]{{0,60}}\b(?:gives?|yields?|leads?|requires?|amounts|we\s+(?:get|obtain|find))\b"
    r"|\bnotwendige\w*\s+Bedingung|\bOptimalitätsbedingung|\b(?:Normal|Likelihood-?)gleichung|\bim\s+(?:Optimum|Minimum|Maximum)\b"
    r"|\bconditions?\s+(?:nécessaires?|d['’]optimalité|de\s+stationnarité|du\s+premier\s+ordre)\b|\béquations?\s+normales?\b"
    r"|\b(?:à\s+l['’]optimum|au\s+(?:minimum|maximum))\b"
    r"|\bcondici(?:ón|ones)\s+(?:necesarias?|de\s+(?:optimalidad|estacionariedad|primer\s+orden))\b|\becuaci(?:ón|ones)\s+normal"
    r"|\ben\s+el\s+(?:óptimo|mínimo|máximo)\b|(?:最优性?|最優性?|必要|一阶|一階|驻点|KKT)条件|正规方程|正規方程|似然方程|最適性条件|尤度方程式",
    re.IGNORECASE,
)
ZERO_SAYS = Words(  # what comes is what a formula that ends with "= 0" says
    r"=\s*0\s*,?\s*(?:if\s+and\s+only\s+if|iff|exactly|precisely|reads?|means|implies|requires?|becomes|amounts|is\s+equivalent"
    r"|gives?|yields?|genau\s+dann|bedeutet|ergibt|signifie|équivaut|donne|significa|equivale|da\b|等价于|即|得)"
    r"|\b(?:condition|equation|Bedingung|Gleichung|équation|condición|ecuación)\s+=\s*0",
    re.IGNORECASE,
)


DERIVATIVES = Words(
    r"\b(?:derivatives?|gradients?|differentiat\w*|deriving|first[- ]order\s+conditions?|stationary|ableit\w*"
    r"|abgeleitet|partielle?n?|gradienten|dériv\w*|deriv(?:ad[ao]s?|ando|amos|iamo|ata|ando)|gradientes?|differenzier\w*|diferenci\w*)\b"
    r"|导数|導數|求导|求導|偏导|梯度|微分|미분|勾配|производн\w+",
    re.IGNORECASE,
)
EQUATED = Words(
    r"\b(?:set(?:ting)?|equat(?:e|ing)|put(?:ting)?)\b.{0,80}?(?:\bzero\b|\bto\s+0|=\s*0\b)"
    r"|\b(?:is|are)\s+set\s+(?:equal\s+)?to\s+(?:zero|0)\b|\bfirst[- ]order\s+conditions?\b|\bvanish(?:es)?\b"
    r"|令.{0,40}?(?:0|零)|null\s*(?:zu\s+)?(?:setz\w*|gesetzt)|(?:igual\w*|égal\w*)\s+(?:a|à)\s+(?:cero|zéro|zero|0)|annul\w+",
    re.IGNORECASE | re.DOTALL,
)
BY = Words(
    r"\b(?:respect\s+to|w\.?\s?r\.?\s?t\.?|nach|bezüglich|par\s+rapport\s+à|respecto\s+[ad]e?l?|rispetto\s+a|em\s+relação\s+a)"
    r"\s*(?:\bthe\s+)?(?:parameters?|weights?|variables?|mean|variance|vector)?\s*(?:\$(?:,|\s*(?:and|or|und|et|y)\s)\s*)*$"
    r"|\bdifferentiat\w*\s+(?:[\w$]+\s+){0,5}?by\s*$|(?:关于|對|对|について|에\s*대해)\s*$",
    re.IGNORECASE,
)
WITH_MORE = Words(  # something else is done in the same breath, or it is the derivative of something else
    r"\b(?:sum(?:s|med|ming)?|add(?:s|ed|ing)?|subtract\w*|combin\w*|substitut\w*|insert\w*|plug\w*|eliminat\w*|multipl\w*"
    r"|divid\w*|constraints?|constrained|Lagrang\w*|regulari[sz]\w*|penal\w*|prior|posterior|approximat\w*|expand\w*|second"
    r"|neglect\w*|ignor\w*|drop\w*|assum\w*|suppos\w*|if|when|where|unless|at(?!\s+(?:the|a|an)\s+(?:min|max|opt|stat|extrem|crit))|mistake\w*|wrong\w*|not|never|instead|both)\b"
    r"|代入|约束|正则|联立|相加|求和|Nebenbedingung|eins(?:etzen|gesetzt)|sustitu\w*|substitu\w*|contraint\w*|restricci\w*",
    re.IGNORECASE,
)


HIGHER = Words(
    r"\b(?:second|third|fourth|higher|mixed|2nd|3rd|n-?th)(?:[\s-]order)?\s+(?:partial\s+)?derivatives?\b|\bHessian\b|\bcurvature\b"
    r"|\b(?:zweite|dritte)n?\s+(?:partielle\s+)?Ableitung|dérivées?\s+(?:seconde|troisième)s?|derivadas?\s+segundas?|segunda\s+derivada|[二三]阶",
    re.IGNORECASE,
)
SOLVED = Words(
    r"\b(?:solv\w+|so|hence|thus|thence|therefore|gives?|giving|yields?|obtain\w*|get|implies|follows|leads?|results?|also|daher|somit"
    r"|folgt|ergibt|donc|d'où|luego|entonces|portanto|quindi)\b|解得|得到|得|故|因此|所以|よって|따라서",
    re.IGNORECASE,
)


def leads_to_value(words: str) -> bool:
    """Whether the words before a formula in running text say that it is where something is zero, or least."""
    last = _last_sentence(words)
    said = SETS_TO_ZERO.search(last) or OPTIMAL.search(last) or CONDITION.search(last) or concludes(words)
    return bool(said) and not INTRODUCED.search(last)


FOUND = Words(
    r"\b(?:find|finds|finding|found|arrive|conclude|deduce|that\s+is|i\.e|finden|trouvons?|trouve|encontramos|hallamos)\b|求得|可得",
    re.IGNORECASE,
)
INTRODUCED = Words(  # what comes, whatever follows from what
    r"\b(?:where|with|let|define\w*|defining|denot\w+|call\w*|writ\w+|put(?:ting)?|introduc\w*|abbreviat\w*|wobei|mit|sei|où|avec"
    r"|soit|donde|con|sea)\b[^$.;]{0,25}$|(?:其中|设|令|记)[^$。；]{0,8}$",
    re.IGNORECASE,
)
SUBSTITUTES = Words(
    r"\b(?:substitut\w*|insert\w*|plug\w*|put(?:ting)?\s+(?:[\w$]+\s+){0,4}(?:in(?:to)?|back)|eliminat\w*|einsetz\w*|eingesetzt|sustitu\w*|remplaç\w*|insér\w*)\b"
    r"|代入|대입",
    re.IGNORECASE,
)
UPDATED = Words(
    r"\b(?:updat\w*|iterat\w*|descent|learning|step|rule|closed|unbiased|however|cannot|can't|fixed[- ]point"
    r"|numerical\w*|for|in\s+(?:the|this|our)\s+case|special|particular|limit\w*|large|small|fail\w*|Newton\w*)\b",
    re.IGNORECASE,
)


def solves(words: str) -> bool:
    """Whether the last sentence of ``words`` says that what comes is what an equation before it gives, for all cases.

    "Solving for $w$ gives", "so"; not: "so, for small $\\lambda$,", "hence the update".
    """
    last = _last_sentence(words)
    last = re.sub(r"\b(?:solv\w+|solutions?|equations?)\s+for\b", "solving", last, flags=re.IGNORECASE)
    return bool(SOLVED.search(last)) and not WITH_MORE.search(last) and not UPDATED.search(last)


def equates_derivative(words: str) -> bool:
    """Whether the last sentence of ``words``, which speak of a derivative, says no more than that it is set to zero.

    "Setting the gradient to zero, we get"; not: "setting it to zero and summing over i".
    """
    last = _last_sentence(words)
    said = EQUATED.search(last) or CONDITION.search(last) or ZERO_SAYS.search(last)
    return said is not None and not WITH_MORE.search(last)


def states_condition(words: str) -> bool:
    """Whether the last sentence of ``words``, which goes on, says that what comes holds where a function is least."""
    last = _last_sentence(words)
    return bool(CONDITION.search(last)) and not re.search(r"\bnot\b|n't\b|[.!?。]$", last)


def concludes(words: str) -> bool:
    """Whether the last sentence of ``words`` says that what comes follows, and does not introduce it.

    "so that", "solving for $b$ we find"; not: "so, with".
    """
    last = _last_sentence(words)
    return bool(SOLVED.search(last) or FOUND.search(last)) and not INTRODUCED.search(last)


def _last_sentence(words: str) -> str:
    return re.split(r"[.!?。！？]\s*(?=\S)", words.strip())[-1]


OPTIMAL = Words(
    r"\b(?:minimi[sz]\w*|maximi[sz]\w*|minim(?:um|a|al)|maxim(?:um|a|al)|optimi[sz]\w*|optim(?:um|al)|MLE|estimat\w+"
    r"|least[- ]squares|stationary|critical points?|normal equations?|Lagrang\w*|closed[- ]form|m[ai][nx]imier\w*)\b"
    r"|最小|最大|极值|極値|최소|최대",
    re.IGNORECASE,
)
OPTIMUM_IS = Words(  # right before a formula: it is where a function is least or greatest
    r"\b(?:minimi[sz]ed|maximi[sz]ed|optimi[sz]ed|attained|reached|achieved|minimal|maximal)\s+(?:\w+\s+)?(?:at|by|for|when)"
    r"\s*\$?[\s:,]*$"
    r"|\b(?:optimal|best|optimum|(?:m(?:in|ax)imi[sz]|optimi[sz])(?:ing|ers?)|MLE)\b(?:(?!\bof\s+[^$\s])[^.;]){0,60}?"
    r"\b(?:is|are|becomes?|equals?)"
    r"(?:\s+(?:then|thus|therefore|given\s+by))?[\s:,]*$"
    r"|\b(?:optimale|beste)\w*\b[^.;]{0,60}?\b(?:ist|lautet|sind)[\s:,]*$|\b(?:optima\w+|meilleur\w*)\b[^.;]{0,60}?\b(?:est|sont)[\s:,]*$"
    r"|\b(?:óptim\w+|mejor\w*)\b[^.;]{0,60}?\b(?:es|son)[\s:,]*$|(?:最优|最優|最佳|最適)[^。；]{0,30}(?:为|為|是|は)[\s:：,，]*$",
    re.IGNORECASE,
)
CONDITIONAL = Words(
    r"\b(?:if|when\w*|for|in case|case|assum\w*|suppos\w*|at|limit\w*|approx\w*|so|thus|hence|therefore|then|gives?"
    r"|becomes?|notes?|recall|observe|know\w*|remember|since|because|unless|otherwise|only|simplif\w*|reduces?|i\.e|wenn|falls|für|si|pour|para|cuando|entonces|donc|also)\b"
    r"|当|若|如果|对于|因此|所以|경우|따라서",
    re.IGNORECASE,
)
WHERE = Words(
    r"[\s,]*(?:if(?: and only if)?|when(?:ever)?|iff|for|where|at|wenn|falls|für|si|para|pour|cuando|当|若)\s*",
    re.IGNORECASE,
)
POINT = Words(
    r"\b(?:when|whenever|if|iff|at|wenn|falls|bei|quand|lorsque|si|cuando|en)(?:\s+(?:and\s+only\s+(?:if|when)|the\s+point|exactly|we\s+have))*\s*$"
    r"|\b(?:attained|reached|achieved|maximal|minimal|maximi[sz]ed|minimi[sz]ed|vanishes|zero|maximum|minimum|optimum)\s+(?:at|by|for|in|is)\s*$"
    r"|当\s*$",
    re.IGNORECASE,
)
ELSEWHERE = Words(
    r"\b(?:otherwise|else|elsewhere|zero|0|sonst|sinon|ailleurs|caso contrario)\b|否则|其他|其余", re.IGNORECASE
)
EVERY = Words(r"\b(?:all|each|every|any)\b|所有|每个|すべて|모든|\balle\b|\btous\b|\btout\b|\btodos\b", re.IGNORECASE)
IF = Words(r"\b(?:if|when|whenever|case|wenn|falls|si|cuando)\b|若|如果|경우", re.IGNORECASE)
ELSE = Words(r"^[\s,;]*(?:if|when|whenever|otherwise|else|unless|wenn|falls|sonst|si|sinon|cuando)\b", re.IGNORECASE)
SHORT = Words(
    r"\$\s*(?:denotes?|means?|(?:is )?short for|stands? for|represents?|for|表示|代表)\s*(?:the\s+)?(?:partial\s+)?"
    r"(?:derivative|gradient)?\s*(?=\$)",
    re.IGNORECASE,
)

REWRITTEN = Words(
    r"\b(?:expan[ds]\w*|rewrit\w*|rearrang\w*|simplif\w*|equivalent\w*|compact\w*|multiply(?:ing)? out|in other words"
    r"|(?:can|may) be (?:re)?written|write this as|this (?:gives|becomes|yields|means)|becomes|algebra"
    r"|so|thus|hence|therefore|it follows|we (?:get|obtain|arrive)|i\.e\.|that is"
    r"|satisf(?:y|ies)|fulfils?)\b"
    r"|展开|展開|化简|化簡|整理|改写|写成|因此|所以|于是|得到|정리|전개|따라서|\bausmultipli\w*|\bumform\w*|\bvereinfach\w*"
    r"|\balso\s+ist\b|\bdéveloppant|\bsimplifi\w*|\bdonc\b|\bon obtient\b|\bdesarroll\w*|\bsimplific\w*|\bse obtiene\b",
    re.IGNORECASE,
)
THEN = Words(  # what comes follows from what was said before
    r"\W*(?:and\s+)?(?:then|so\s+then|accordingly|consequently|as\s+a\s+result|dann|folglich|alors|par\s+conséquent|entonces|luego)\b"
    r"|\W*(?:那么|则|故|よって|그러면|그러므로)",
    re.IGNORECASE,
)
SINCE = Words(  # a sentence that begins with a reason says what follows from it
    r"\W*(?:since|because|da|weil|puisque|comme|dado\s+que|puesto\s+que|como|poiché|由于|因为|因為)\b|\W*(?:由于|因为|因為)",
    re.IGNORECASE,
)
SPECIAL = Words(
    r"\b(?:when\w*|if|for|using|us(?:e|ed)|with|without|assum\w*|suppos\w*|cases?|instead|let|set(?:ting)?|defin\w*|consider"
    r"|special|single|only|approximat\w*|regulari\w*|penal\w*|add(?:ing|ed)?|replac\w*|substitut\w*|where|plug\w*|minim\w*"
    r"|new|modif\w*|chang\w*|wenn|falls|für|mit|si|pour|avec|cuando|para|con)\b|当|若|如果|设|設|令|对于|假设|代入|경우|加",
    re.IGNORECASE,
)


BOUNDED = Words(
    r"\b(?:positive|negative|non-?zero|active|inactive|margin|violated|greater|larger|less|smaller|above|below|exceeds?)\b"
    r"|大于|小于|大於|小於|正数|负数|양수|음수|正の|負の|\bpositi[fv]|\bnegati[fv]|\bmayor|\bmenor|größer|kleiner|supérieur|inférieur",
    re.IGNORECASE,
)


_OF_VALUES = (
    r"(?:is|are|be|takes?|on|the|only|either|equals?|values?|的|只|能|取值?|值|均|为|為|是|は|が|の?値は?|ist|sind|entweder|vaut|est|soit|es|vale"
    r"|o|é|값[은이]|[은는이가]|равно?|может|быть|либо)"
)
TWO_VALUES = Words(
    rf"\$[\s,]*(?:{_OF_VALUES}[\s,]*)*(?P<one>[-−+]?\s?[01])\s*(?:or|and|或者?|oder|ou|or|e|o|u|または|か|또는|이나|или|либо)\s*"
    r"(?P<other>[-−+]?\s?[01])(?!\d|\.\d)",
    re.IGNORECASE,
)


class Sentence(NamedTuple):
    """A stretch of prose with its formulas: ``words`` (a formula is ``$``) and the ``formulas`` in it, in order."""

    words: str
    formulas: tuple[InlineMath, ...]

    def formulas_in(self, found: re.Match[str], *groups: str) -> tuple[InlineMath, ...]:
        """The formulas that stand where these groups of a match in its words have them."""
        spans = [found.span(group) for group in groups if found[group]]
        ends = [(self.words.count("$", 0, start), self.words.count("$", 0, end)) for start, end in spans]
        return tuple(formula for first, last in ends for formula in self.formulas[first:last])

    def written(self, found: re.Match[str]) -> str:
        """What a match in its words is in the document, with its formulas."""
        words, *more = found[0].split("$")
        formulas = self.formulas[self.words.count("$", 0, found.start()) :]
        return words + "".join(
            f"{formula.latex.strip()}{after}" for formula, after in zip(formulas, more, strict=False)
        )


def sentences(inlines: Sequence[object]) -> Iterator[Sentence]:
    """Cut running text at sentence ends."""
    words: list[str] = []
    formulas: list[InlineMath] = []
    for piece in _flat(inlines):
        if isinstance(piece, InlineMath):
            words.append("$")
            formulas.append(piece)
            continue
        for n, part in enumerate(_cut(piece)):
            if n and words:
                yield Sentence("".join(words), tuple(formulas))
                words, formulas = [], []
            words.append(part)
    if words:
        yield Sentence("".join(words), tuple(formulas))


def _cut(text: str) -> list[str]:
    """Cut at sentence ends, of which the last one in "i.i.d. with" is none."""
    parts: list[str] = []
    for part in re.split(r"((?<=[.!?。！？])\s+|(?<=[。！？]))", text):
        goes_on = len(parts) > 1 and ABBREVIATION.search(parts[-2]) and re.match(r"[a-z(]|$", part)
        parts[-2:] = ["".join([*parts[-2:], part])] if goes_on else [*parts[-2:], part]
    return parts[::2]


def last_said(every: Sequence[Sentence]) -> Sequence[Sentence]:
    """The sentences that may set a case for what follows: before the first of them, the words go on to other things."""
    goes_on = [n for n, said in enumerate(every) if len(said.words.split()) > 4 or BOTH.search(said.words)]
    return every[max(goes_on, default=0) :]


def one_hot(sentence: Sentence) -> tuple[InlineMath, InlineMath | None] | None:
    """The formula that stands beside the words "one-hot", and the place of its 1 if the words say it."""
    said = ONE_HOT.search(sentence.words)
    if said is None:
        return None
    before, after = sentence.words[: said.start()], sentence.words[said.end() :]
    number = before.count("$")
    if not BEFORE_ONE_HOT.search(before):
        if not AFTER_ONE_HOT.match(after):
            return None
        number += 1
    at = ONE_HOT_AT.match(after) or ONE_HOT_INDEX.match(after)
    place = before.count("$") + at[0].count("$") if at else len(sentence.formulas)
    return sentence.formulas[number - 1], sentence.formulas[place] if place < len(sentence.formulas) else None


def true_class(sentence: Sentence) -> InlineMath | None:
    """The formula for the true class in a sentence that names it."""
    found = TRUE_CLASS.search(sentence.words)
    named = sentence.formulas_in(found, "after", "before", "chinese", "japanese") if found is not None else ()
    return named[0] if named else None


def _flat(inlines: Sequence[object]) -> Iterator[str | InlineMath]:
    for inline in inlines:
        match inline:
            case Text(text=text):
                yield closed_up(text.replace("$", "\N{FULLWIDTH DOLLAR SIGN}"))  # a price: no formula is meant
            case InlineMath():
                yield inline
            case Emph(inlines=inner) | Link(inlines=inner):
                yield from _flat(inner)
            case Code() | Reference():
                yield " "


def closed_up(text: str) -> str:
    """The text without runs of blanks, which say nothing, and which patterns would divide in every way they can."""
    return _BLANKS.sub(lambda run: "\n\n" if run[0].count("\n") > 1 else "\n" if "\n" in run[0] else " ", text)


ABBREVIATION = re.compile(r"\bi\.\s?i\.\s?d\.$", re.IGNORECASE)
_BLANKS = re.compile(r"\s{2,}")


def words(inlines: Sequence[object]) -> str:
    return "".join("$" if isinstance(piece, InlineMath) else piece for piece in _flat(inlines))


def sought(inlines: Sequence[object]) -> str:
    """The words, with " = 0 " for a formula that ends so: "setting $L' = 0$" tells more than "let $x$ be"."""
    return "".join(
        piece if isinstance(piece, str) else " = 0 " if IS_ZERO.search(piece.latex) else "$" for piece in _flat(inlines)
    )


def index_relation(node: syntax.Node | None) -> tuple[str, syntax.Node, syntax.Node] | None:
    """(relation, left, right) if ``node`` is ``i = j``, ``i \\ne j`` or ``i < j`` between what looks like indices."""
    if isinstance(node, syntax.Relation) and len(node.rest) == 1:
        op, right = node.rest[0]
        if op in ("=", "!=", "<", ">") and index_like(node.left) and index_like(right):
            return op, node.left, right
    return None


def index_like(node: syntax.Node) -> bool:
    """Whether a node looks like an index: ``i``, or the label ``y_i``."""
    match node:
        case syntax.Symbol():
            return len(plain(node.name)) == 1 and plain(node.name).islower()
        case syntax.Scripted(base=syntax.Symbol() as base, sub=syntax.Symbol(), sup=None, primes=0):
            return plain(base.name) in ("y", "c", "t")  # the label y_i as an index
    return False


def plain_cases(text: str) -> list[tuple[str, str, str]]:
    """Cases written in plain text: ``i = j``, ``i≠j``, ``i is not equal to j``."""
    return [(m[1], "!=" if "not" in m[2] or m[2][0] in "≠!\\" else "=", m[3]) for m in PLAIN_CASE.finditer(text)]


def plain_values(text: str) -> list[tuple[str, str, str]]:
    """Values given in plain text: ``For β=1:``, as (letter, sign, digits)."""
    return [(m[1], m[2], m[3]) for m in PLAIN_VALUE.finditer(text)]


_MANY = (
    r"(?:logits?|scores?|inputs?|outputs?|weights?|biases|activations?|features?|entries|components|parameters?"
    r"|probabilities|variances|members)"
)
ALL_EQUAL = Words(  # what the words say of the values of many quantities, which no formula says
    rf"\b(?:all|both|every|each)\s+(?:of\s+)?(?:\w+\s+){{0,3}}{_MANY}\b[^.]{{0,20}}?\s(?:are|is|be|being|start)\s+(?:all\s+|set\s+to\s+|at\s+)?"
    rf"(?:equal(?!\s+in)|zero|0|the\s+same|identical|uniform|constant)\b|\b(?:identical|equal)\s+{_MANY}\b"
    r"|(?:所有|全部)[^，。]{0,20}(?:相等|相同|为零|为0)|\balle\s+\w+\s+sind\s+(?:gleich|null)\b|\btous\s+les\s+\w+\s+sont\s+(?:égaux|nuls)\b",
    re.IGNORECASE,
)


def supposes(text: str) -> str:
    """The words by which a text supposes, or denies, that something is one-hot, binary or symmetric, or sums to one."""
    if (equal := ALL_EQUAL.search(text)) is not None:
        return equal[0]
    for pattern, doubt in ((ONE_HOT, NEGATED), (SUM_TO_ONE, NEGATED), (BINARY, NEGATED), (SYMMETRIC, IF)):
        for sentence in re.split(r"(?<=[.!?。！？])\s+", text):
            said = pattern.search(sentence)
            if said and doubt.search(sentence[: said.start()]):
                return said[0].replace("$", "…")
    return ""


def range_of(row: syntax.Row) -> tuple[str, int, syntax.Node] | None:
    """(index, low, high) of ``i = 1, \\ldots, K`` or ``i \\in \\{1, \\ldots, K\\}``."""
    if len(row.segments) != 2 or row.segments[1].relation not in ("=", ":=", "in"):
        return None
    left, right = row.segments[0].side, row.segments[1].side
    if not isinstance(left, syntax.Symbol):
        return None
    if isinstance(right, syntax.Group):
        right = right.body
    if not isinstance(right, syntax.Tuple) or len(right.items) < 3:
        return None
    first, last = right.items[0], right.items[-1]
    if not isinstance(first, syntax.Number) or not first.text.isdigit():
        return None
    if not any(isinstance(item, syntax.Ellipsis) for item in right.items):
        return None
    return plain(left.name), int(first.text), last

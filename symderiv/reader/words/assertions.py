r"""What words deny, ask, only suppose or mention in passing: none of that is assumed, and no case of what follows.

The words beside a formula, in its sentence, decide. This module must never take a sentence for an assertion because of
words in another one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.words.prose import BOTH, IF, MISTAKE, NEGATED, TO_SHOW, Words

DENIED_BEFORE = Words(
    r"(?:\b(?:not|never|no|nor|neither|without|unless|whether|except|apart\s+from|including|excluding|even\s+(?:if|for|when)"
    r"|regardless|irrespective|drop\w*|abandon\w*|violat\w*|relax\w*|lift\w*|remov\w*|forget\w*|neglect\w*|before"
    r"|prior\s+to|false|untrue|nobody|unlike|instead|rather\s+than|were|had|only\s+if|distinguish\w*|already|showed|shown|seen|saw"
    r"|covered|treated|nicht|kein\w*|ohne|pas|sans|sin)\b|n['’]t\b)"
    r"(?:[^,;:.]|,\s*(?:that|dass|daß|que)\b)*$",
    re.IGNORECASE,
)
DENIED_AFTER = Words(
    r"[\s),]*(?:or\s+not\b|(?:do|does|did|is|are|was|were|need|must|may|can|would|will)\s*(?:not\b|n['’]t\b)"
    r"|fails?\b|(?:is|are)\s+(?:false|wrong|violated|unnecessary|special|trivial|excluded|no\s+longer)\b|only\s+(?:in|if|when)\b"
    r"|no\s+longer\b|nicht\b|n['’]est\b|aside\b|apart\b)",
    re.IGNORECASE,
)
SUPPOSED_BEFORE = Words(
    r"\b(?:many|most|some)\s+\w+\s+(?:assum|us|tak|consider|requir)\w*|\b(?:had|were|would|could|might|sometimes|usually|often|hardly|almost"
    r"|nearly|fails?|failed|false|nobody|drop\w*|relax\w*|previous(?:ly)?|earlier|test\s+time|inference|contrast|contrary|compare[ds]?|differs?|once|only\s+for"
    r"|provided|assuming\s+for)\b|\b(?:averages?|norms?|squares?|fractions?)\s+of\s+(?:the\s+)?\$[\s\w]*$|\b(?:non|skew|anti)[\s-]*$|\b(?:when|if)\s+the\s[\w\s]*$"
    r"|\bthere\s+(?:exists?|are)\s+(?:some\s+|an?\s+)?$",
    re.IGNORECASE,
)
SUPPOSED_AFTER = Words(
    r"^[.,]\d|^\s*(?:hundred|thousand|half|third|quarter|percent|%)|\b(?:would|could|too\s+(?:restrictive|strong)|need\s+not|counts?)\b"
    r"|\bor\s+(?:not\b|a\s+vector)|\bonly\s+in\b|\bsee\b|\belsewhere\b|\bnow\s+we\s+(?:do\s*n.t|drop)\b",
    re.IGNORECASE,
)
_OUTPUTS = r"\b(?:outputs?|predict\w*|soft-?max|models?|network|polic(?:y|ies)|scores?|logits?|weights?|estimat\w*)\b"
OF_OTHERS = {  # what words without a formula beside them say of something else than the targets
    "sum": Words(_OUTPUTS, re.IGNORECASE),
    "binary": Words(_OUTPUTS, re.IGNORECASE),
    "onehot": Words(r"\b(?:inputs?|features?|words?|tokens?|categorical|covariates?|nodes?)\b", re.IGNORECASE),
}
_OF_OTHERS = (  # whose words these are, if not the author's
    r"(?-i:Wikipedia|PyTorch|TensorFlow|NumPy|SciPy|MATLAB|Keras|JAX|the\s+(?:original\s+)?(?:paper|book|textbook|documentation|docs))\s+(?:\w+\s+)?"
    r"(?:ha(?:s|ve)|writes?|uses?|defines?|gives?|states?|says?|calls?|takes?)\b|common\s+(?:simplification|practice|choice|trick)\b|"
    r"(?:some|many|most|several|certain|few|other)\s+(?:\w+\s+)?(?:authors?|people|texts?|textbooks?|books?|papers?|references"
    r"|sources?|writers?|libraries|courses|practitioners|conventions)\b|others\s+(?:\w+\s+)?(?:write|define|use|take|call|say|prefer"
    r"|denote|assume|set|put)\b|(?:in|unlike|by)\s+(?-i:[A-Z])\w+,?\s+(?:where|who|which)\b|in\s+the\s+literature|et\s+al\b|(?:manche|einige|viele|andere)\s+Autoren|(?:certains|d['’]autres)\s+auteurs"
    r"|(?:algunos|otros)\s+autores|alcuni\s+autori|некоторые\s+авторы"
)
_SECTION = (
    r"(?:sub)?(?:sections?|chapters?|parts?|lectures?|posts?|notes?|papers?|appendi(?:x|ces)|examples?|exercises?)\b"
)
_ELSEWHERE = (  # of another place
    rf"(?:in|see)\s+(?:(?:the|our|an?|this)\s+)?(?:next|later|previous|preceding|last|earlier|other|another|following)\s+{_SECTION}"
    r"|in\s+(?:the\s+|our\s+)?(?:appendix|(?:sub)?(?:section|chapter|lecture|part)\s+[\dIVX$])|elsewhere|formerly|previously"
    r"|only\s+later|later\s+(?:on\s+)?(?:we\s+)?(?:shall|will)|from\s+(?:section|chapter|part|lecture)\s+[\dIVX$]"
    r"|(?:im|in\s+der)\s+(?:anhang|nächsten|letzten)|in\s+eine[rm]\s+anderen|(?:en|dans\s+l['’])\s*annexe|en\s+el\s+apéndice"
)
_MISTAKES = (  # what the author says to be wrong
    rf"{MISTAKE}|(?<!or\s)wrong(?:ly)?(?!\s+(?:class|label|categor|answer|one)\w*)|incorrect\w*|erroneous\w*|misconceptions?|fallac\w*|mislead\w*"
    r"|tempting|tempted|na[iï]ve(?:ly)?|contrary|contradict\w*|falsely|fälschlich\w*|irrtümlich\w*|falsch|à\s+tort|par\s+erreur"
    r"|erróneamente|por\s+error|ошибочно"
)
_EXERCISES = r"exercises?|homework|left\s+(?:to|as|for)|Übung\w*|exercices?|ejercicios?|упражнени\w*"
_FOR_NOW = (  # what is only imagined
    r"for\s+(?:a|the|one)\s+(?:moment|minute|second|while)|hypothetical\w*|imagine\w*|pretend\w*|temporarily|would\s+(?:be|get|have|give|become|sum)"
    r"|compar\w+\s+(?:this\s+|it\s+)?(?:with|to)|some(?:one|body)|alternative(?:ly|s)?|used\s+to\s+be|later(?:\s+on)?,?\s+we|prefer\s+not|(?:re)?turning\s+to\s+the\s+original"
)
_EAST = {  # the same in languages that are written without spaces
    "mistakes": r"错误|錯誤|误以为|誤解|誤って|間違|잘못",
    "others": r"有人|有些|一些作者|某些",
    "exercises": r"练习|練習|习题|習題|연습",
}
_ANY = Words(r"\b(?:any|arbitrary)\s*$", re.IGNORECASE)
_IMAGINED = Words(rf"\b(?:{_FOR_NOW})", re.IGNORECASE)
EXERCISES = Words(
    r"^\W*(?:exercises|problems|homework|übungen|aufgaben|exercices|ejercicios|练习|習題|习题)\W*$", re.IGNORECASE
)
MISTAKEN = Words(rf"\b(?:{_MISTAKES})\b|{_EAST['mistakes']}", re.IGNORECASE)
SAID_ASIDE = Words(  # anywhere in a sentence: it tells what others say, or say elsewhere, or what is to be imagined
    rf"\b(?:{_OF_OTHERS}|{_ELSEWHERE}|{_EXERCISES}|{_FOR_NOW})|{_EAST['others']}|{_EAST['exercises']}", re.IGNORECASE
)
_AGAIN = Words(  # what was said elsewhere, and is said here once more
    rf"\b(?:as|like|recall\w*|again|same|from)\b[^.$]{{0,40}}(?:{_ELSEWHERE})|(?:{_ELSEWHERE})[^.$]{{0,40}}\b(?:we\s+(?:saw|showed|have)|introduced)\b",
    re.IGNORECASE,
)
_WEAK = (  # not always, not quite, or not yet
    r"approximately|roughly|nearly|almost|about|rarely|seldom|hardly|barely|occasionally|sometimes|usually|often|typically|in\s+expectation"
    r"|on\s+average|in\s+the\s+limit|asymptotically|need(?:s|ed)?\s+to|(?<!is\s)(?<!are\s)used\s+to(?=(?:\s+be)?\s*$)|special\s+case|particular\s+case"
    r"|exceptions?|beyond|ignor\w+|apart\s+from|un-?normali[sz]ed|improper|quasi|pseudo|ne\s+\w+(?:\s+\w+){0,3}\s+que|cas\s+particulier|caso\s+particular"
    r"|Spezialfall|ungefähr|fast|presque|environ|casi"
)
_WITHDRAWN = (  # after it has been said
    r"(?:are|is)\s+(?:called|known\s+as)\b|(?:dropped|violated|relaxed|abandoned|lifted|removed|excluded|broken|waived|ignored)\b|left\s+(?:to|as|for)\b|does\s+not\s+hold"
    r"|\b(?:which|this|that)\s+we\s+(?:drop|relax|ignore|do\s+not|don['’]t)|(?<!and\s)only\s+(?:in|if|when|for|where)\b"
    r"|\bbut\b[^.]{0,60}?\b(?:here|now|arbitrary|any|general|prefer|not|real-valued|relax\w*|drop\w*|allow\w*)\b|;\s*(?:ours|here|it)\b[^.]{0,30}\b(?:not|n['’]t|general|arbitrary|any)\b"
    r"|[;,]\s*(?:now|here|jetzt|nun|hier|ici|ahora|aquí)\b[^.]{0,40}\b(?:any|arbitrary|free|beliebig\w*|quelconques?|cualquiera?)\b"
    r"|;\s*(?:for|with)\b|\band\s+any\b|不成立|以外|之外|でない|아닌"
)
WEAKENED = Words(rf"\b(?:{_WEAK}|except\w*|excluding|other\s+than)\b|特例|特殊情况", re.IGNORECASE)
WEAKENED_AFTER = Words(rf"\b(?:{_WEAK})\b|{_WITHDRAWN}", re.IGNORECASE)
_OR = Words(r"^\s*(?:or|oder|ou|o)\s+(?!1|one\b|indicator)\w", re.IGNORECASE)  # right behind words that name a kind
_NUMBER_GOES_ON = Words(r"^\s*(?:[-+−–*×^±%/\\]|(?:minus|plus|times|less|more|along)\b)", re.IGNORECASE)
_NUMBER = Words(r"(?:1|one|unity|eins|uno?|一)$", re.IGNORECASE)
CONDITION = Words(  # before what holds only then
    r"\b(?:if|when|whenever|whether|once|until|in\s+case|(?:as|so)\s+long\s+as|provided|providing|should|wenn|falls|sofern|sobald|solange"
    r"|si|s['’]il|lorsque?|quand|se|quando|qualora|cuando|siempre\s+que|если|когда|jeśli|gdy|nếu|khi)\b"
    r"|如果|若|当|當|假如|假若|倘若|要是|もし|만약|만일",
    re.IGNORECASE,
)
_CONDITION_AFTER = Words(r"^[^$。，,.]{0,12}(?:なら|れば|とき|時|时|이면|일\s*때|인\s*경우)")
_ALTERED = (  # what a vector is that was a one-hot vector before: of the adjectives, those that follow and precede it
    r"(?:(?:re)?weighted|(?:re-?|up-?|down-?)?scaled|multiplied|divided|smoothed|softened|soft|noisy|noised|perturbed|corrupted|flipped|shifted|cent(?:e?red|ralized)"
    r"|averaged|mixed|masked|relaxed|modified|altered|distilled|blurred|generali[sz]ed|raised|summed|annealed|gewichtete\w*|gewichtet|skaliert\w*"
    r"|multipliziert\w*|geglättet\w*|verrauscht\w*|pondérée?s?|multipliée?s?|lissée?s?|bruitée?s?|ponderad[oa]s?|multiplicad[oa]s?|escalad[oa]s?"
    r"|suavizad[oa]s?)"
)
ALTERED_BEFORE = Words(
    rf"(?:\b(?:{_ALTERED}|twice|thrice|half|times|double|triple|plus|minus)(?:[\s-]+(?:the|an?|by|of|its|copy|versions?|variants?|form))*"
    r"|\b(?:multiples?|combinations?|mixtures?|blends?|sums?|averages?|means?|differences?|superpositions?|concatenations?|versions?"
    r"|variants?|analogues?|generali[sz]ations?|Vielfaches|Summe|Mittel|somme|moyenne|combinaison|suma|media)\s+(?:of|von|de|der|des|du|del|l['’])"
    r"(?:\s*(?:the|an?|its|several|many|two|three|such|\$|les|la|los|las))*)[\s-]*$|(?:加权|加權|平滑|加噪|带噪|缩放)的?\s*$",
    re.IGNORECASE,
)
ALTERED_AFTER = Words(
    r"^[\s-]*(?:(?:encod\w+|representations?|column|row|vectors?|vecteurs?|vectores|labels?|targets?|codes?|indicators?|Vektor\w*|向量)[\s,]*)*"
    rf"(?:(?:that|which|then|and|first|later|is|are|was|were|has|have|been|wird|werden|est|sont|es|son|always|each)\s+)*(?:{_ALTERED}\b"
    r"|(?:times|plus|minus)\b|with\s+(?:\w+\s+){0,2}(?:noise|ones?\b[^.$]{0,20}?\b(?:replaced|changed|scaled|weighted|set|multiplied))|乘以|加上|加噪"
    r"|or\s+(?:(?:an?|the|all|is|are|else|identically)\s+)*(?:zeros?|0|null|uniform|soft|empty)\b|mit\s+Rauschen|avec\s+(?:du\s+)?bruit|con\s+ruido"
    r"|(?:for|on|in|at|when|if)\b[^.;$]{1,60}\b(?:and|but|or)\s+(?:(?:is|are|all|the|an?)\s+)*(?:zeros?|0|uniform|soft)\b)"
    r"|^[^.]*\bcall(?:s|ed)?\s+(?:the|this|that)\s+(?:result|sum|product|average)\b",
    re.IGNORECASE,
)
_FUNCTIONS_OF = Words(
    r"\b(?!(?:entries|elements|components?|coordinates|members|weights|probabilit\w+|values|targets|labels|coefficients|rows?|columns?"
    r"|vectors?|parts|terms|all|each|both|any|some|none|those|sums?)\b)\w+\s+of\s+(?:the\s+)?\$[^$]*$",
    re.IGNORECASE,
)
_JOINTLY = Words(
    r"\b(?:together|jointly|combined|pairs?|along\s+with|as\s+well\s+as)\b"
    r"|^(?!.*\b(?:each|both|all|every)\b).*\$[\s,]*(?:and|und|et|y)\s[^$.]*\$[^$]*$",
    re.IGNORECASE,
)
_IN_CASE = (
    r"(?:in\s+the\s+(?:\w+\s+)?case\s+(?:of|where|that)|im\s+fall(?:e)?|dans\s+le\s+cas|en\s+el\s+caso)\b"
    r"|在(?=[^，。]{0,12}情况)"
)
_CASE_OF = Words(
    rf"^\W*(?:{_IN_CASE}|for\b|with\b|für\b|mit\b|pour\b|avec\b|para\b|con\b)"
    r"(?!\s+(?:each|every|all|any|jede\w*|alle|chaque|tou[ts]\w*|cada|todos?)\b)",
    re.IGNORECASE,
)
_CLAUSE = Words(  # "with a one-hot $ this is simpler", and not "$, with symmetric $."
    r"[,，]\s*\w|\b(?:is|are|was|were|has|have|becomes?|gives?|yields?|holds?|simplif\w+|reduc\w+|can|we|it|they|this|that|ist|sind"
    r"|wird|gilt|est|sont|devient|son|queda)\b",
    re.IGNORECASE,
)
REACH = 400  # characters in which words speak of what stands beside them
ONLY_WHEN = Words(
    r"(?:\b(?:(?:exactly|only|just|precisely)\s+(?:when|if|where)|iff|if\s+and\s+only\s+if|would\s+(?:mean|be)(?:\s+that)?|ideally"
    r"|meet\s+(?:where|when)|(?:one|you|we)\s+might\s+(?:think|write)(?:\s+that)?|(?:subject|respect)\s+to|such\s+that"
    r"|constraints?(?:\s+(?:is|are|that|of))?|exact|perfect)|s\.\s?t\.)[\s,:]*$",
    re.IGNORECASE,
)
SETS_CASE = Words(
    r"\b(?:suppos(?:e|ing)|assum(?:e|ing|ed)|consider(?:ing)?|tak(?:e|ing)|treat|let|set(?:ting)?|fix|focus|restrict|derive|compute"
    r"|differentiate|calculate|turn|look|start|begin|cases?|handle|examine|study|check|prove|show|fall|cas|caso|soit|sei|seien"
    r"|choose|given|betracht\w+|considérons|supposons|supongamos|consideremos|angenommen)\b|^\W*[\w\s-]{2,25}:\s*\$",
    re.IGNORECASE,
)
_NO_SPACES = Words("[\u1100-\u11ff\u3040-\u9fff\uac00-\ud7af]")  # scripts of which the words are not known
_SAVE = (  # for all but this case
    r"unless|(?:if|when)\s+not|not\s+(?:if|when|for)|(?:except|excluding|save|but\s+not|other(?:wise)?\s+than|all\s+but|apart\s+from|different\s+from"
    r"|sauf|hormis|excepté|außer|ausgenommen|salvo|excepto|menos|tranne|eccetto|кроме)(?:\s+(?:for|if|when|where|in|the|case|si|pour|que|cuando"
    r"|para|quand|für|wenn|im|Fall|se|per|случая))*|(?:wenn|falls)\s+nicht|es\s+sei\s+denn|a\s+menos\s+que|à\s+moins\s+que|a\s+meno\s+che|если\s+не"
)
SAVE = Words(
    rf"(?:^|[\s,(])(?:{_SAVE})(?:\s+(?:that|the\s+case|case|for|all))*[\s,(:]*$|除非\s*$|除了?\s*$", re.IGNORECASE
)
FAILS_AFTER = Words(
    r"^[\s),]*(?:does\s+not\s+hold|doesn['’]t\s+hold|fails|(?:is\s+)?(?:false|excluded)|nicht\s+gilt|ausgenommen|exclue?|excluido|不成立|以外|之外|外(?=\W|$))",
    re.IGNORECASE,
)
_DOUBTS_CASE = Words(
    r"\b(?:not|never|no|without|whether|even|including|except\w*|exclud\w*|save|but|otherwise\s+than|other\s+than|apart|unless|until|fails?|false|wrong"
    r"|violated|(?:in|the)\s+general|always|nicht|kein\w*|außer|ausgenommen|pas|sauf|hormis|excepté|salvo|excepto|sin|кроме|не)\b|n['’]t\b|除|非|不|外",
    re.IGNORECASE,
)
_OTHER_CASE = {  # what follows a case and names the other one
    "equal": Words(
        r"\b(?:otherwise|distinct|different|differs?|unequal|off[\s-]?diagonals?|other\s+(?:one|cases?)|remaining|elsewhere|sonst|verschieden\w*"
        r"|sinon|autrement|distintos?)\b|否则|其他情况|それ以外|그\s*외|иначе|exercise|homework",
        re.IGNORECASE,
    ),
    "distinct": Words(
        r"\b(?:same|coincide|equal\s+indices|otherwise|sonst|sinon|other\s+(?:one|cases?))\b|否则|それ以外|иначе",
        re.IGNORECASE,
    ),
}
_DONE = Words(
    r"\b(?:after|beyond|besides?|nach|après|después\s+de|dopo|после)\s+(?:(?:the|our|dem|le|el)\s+)?(?:special\s+)?(?:case|fall|cas|caso)?\s*$",
    re.IGNORECASE,
)
NAMES_CASE = Words(
    r"\b(?:otherwise|distinct|different|differs?|unequal|(?:off[\s-]?)?diagonals?|other\s+(?:than|case|one|class\w*)|remaining|elsewhere"
    r"|(?:correct|true|right|wrong|same)\s+class(?:es)?|indices\s+(?:are\s+)?(?:the\s+same|equal|coincide|agree)|sonst|verschieden\w*"
    r"|diagonale\w*|sinon|autrement|distintos?)\b|不同|不等|不相等|相等|相同|否则|其他情况|異なる|等しい|それ以外|同じ"
    r"|다를|다른|같을|같은|그\s*외|различн|иначе|совпада|różn|khác\s+nhau",
    re.IGNORECASE,
)
TAGGED_CASE = Words(r"\\tag\*?\s*\{[^{}\n]*?(?:[a-z]\s*(?:=|\\neq?\b|≠)\s*[a-z])[^{}\n]*\}")
_OPENS_CASE = Words(
    r"\W*(?:(?:and|or|but|then|now|next|finally|similarly|likewise|und|et|y)\W+)*(?:(?:when(?:ever)?|if|in\s+(?:\w+\s+){1,3}cases?|in\s+case|wenn|falls|sofern"
    r"|im\s+(?:\w+\s+)?Fall\w*|si|quand|lorsque?|dans\s+(?:\w+\s+){1,3}cas|cuando|en\s+(?:\w+\s+){1,3}caso|se|quando|если|когда)\b|如果|当|當|若|もし|만약"
    r"|(?:for|at|on|für|bei|pour|à|para|en|per|для|对于|對於)(?=[^.:$]{0,60}(?:\b(?:ind(?:ex|ices)|class(?:es)?|diagonal|entr(?:y|ies)|same|equal|other|different"
    r"|distinct|remaining|rest|such|initiali[sz]ation|Ind(?:ex|izes)|Klassen?|gleich\w*|verschieden\w*|indices?|classes?|clases?|égaux|mêmes?|iguales|mism[oa]s?)\b"
    r"|相同|相等|不同)))[^:,$.，。]{0,60}",
    re.IGNORECASE,
)
_CASE_WORDS = Words(
    r"\b(?:for|if|when|whenever|where|with|and|or|the|an?|of|any|all|every|each|class|label|target|positive|negative|example|now|then"
    r"|first|next|für|wenn|pour|si|quand|para|cuando)\b",
    re.IGNORECASE,
)

_VALUE_ALONE = Words(
    r"[\W\d]*(?:(?:case|step|part|fall|cas|caso|the|a|an|true|correct|positive|negative|wrong|other|right|class|classes|label|labels"
    r"|target|examples?|samples?|instances?|pairs?|points?|[ivx]{1,4})\b[\W\d]*)*",
    re.IGNORECASE,
)


def names_value(pieces: Sequence[str], number: int) -> bool:
    """Whether a formula stands alone in its sentence, or with no more than the name of a case before it.

    >>> [names_value(words.split("$"), 0) for words in ("1. $:", "Positive class ($):", "Here $ is the label.")]
    [True, True, False]
    """
    alone = _VALUE_ALONE.fullmatch(pieces[number]) is not None
    return alone and len(pieces) == 2 and re.search(r"\w", pieces[1]) is None


def condition(before: str, after: str = "") -> bool | None:
    """Whether words set the case in the relation that they stand around, or (False) its opposite; None if neither.

    >>> [condition(*words) for words in (("if ",), ("unless ",), ("for ", " does not hold"), ("even for ",))]
    [True, False, False, None]
    """
    save, fails = SAVE.search(before), FAILS_AFTER.search(after)
    rest = _DOUBTS_CASE.search(before[: save.start()] if save else before)
    rest = rest or _DOUBTS_CASE.search(after[fails.end() :] if fails else after)
    twice = save and fails and not save[0].startswith("除")  # 除 ... 外 is said around it
    return None if rest or twice else not (save or fails)


def around(pieces: Sequence[str], number: int) -> tuple[str, str]:
    """The words of a sentence before and after the formula with this number, as far as anybody would look.

    >>> around(("If ", " and ", ", then ", "."), 1)
    ('If $ and ', ', then $.')
    """
    before, after = pieces[max(0, number + 1 - REACH) : number + 1], pieces[number + 1 : number + 1 + REACH]
    return "$".join(before)[-4 * REACH :], "$".join(after)[: 4 * REACH]


def set_aside(pieces: Sequence[str], number: int, kind: str) -> bool:
    """Whether a sentence speaks of a case, ``equal`` or ``distinct`` indices, to go on to the other one."""
    before, after = around(pieces, number)
    return bool(_OTHER_CASE[kind].search(after) or _DONE.search(before) or SAID_ASIDE.search(after))


_SETS = Words(r"\b(?:set|tak(?:e|ing)|put|consider)\s*$", re.IGNORECASE)
_STANDS_FOR = Words(
    r"[\s)]*(?:if|iff|when\w*|for|as|in|aside|apart|unless|or|wenn|falls|für|si|pour|para)\b", re.IGNORECASE
)
_TOGETHER = Words(
    r"[^.:;$]{0,40}\b(?:as\s+well\s+as|alike)\b|[\s)]*and\s+(?:for\s+)?(?:negative|positive|the\s+others?)\b",
    re.IGNORECASE,
)


def codes(pieces: Sequence[str], number: int) -> bool:
    """Whether words say what a value stands for, or speak of all values together, and suppose none for what follows.

    >>> [codes(words.split("$"), 0) for words in ("Set $ if the example is positive.", "Set $ and", "For $ we get")]
    [True, False, False]
    """
    stands_for = _SETS.search(pieces[number]) and _STANDS_FOR.match(pieces[number + 1])
    return bool(stands_for or _TOGETHER.match(pieces[number + 1]))


def names_case(text: str) -> str:
    """The words by which a text speaks of a case, without saying it in a formula, if it does not take all together."""
    said = NAMES_CASE.search(text)
    return said[0] if said and not BOTH.search(text) else ""


def opens_case(text: str) -> str:
    """The words with which the last sentence of ``text`` begins a case that it does not say in a formula.

    >>> [opens_case(words) for words in ("When they are equal:", "For such indices we get", "For softmax we get")]
    ['When they are equal', 'For such indices we get', '']
    """
    sentences = re.split(r"(?<=[.!?。！？;])\s*", text.strip())
    last = next((sentence for sentence in reversed(sentences) if sentence.strip(" $.,;:")), "")
    said = _OPENS_CASE.match(last)
    return said[0].strip() if said and not BOTH.search(last) else ""


def tagged_case(text: str) -> str:
    r"""``\tag{i \ne j}``: the case of a formula where its number would stand."""
    said = TAGGED_CASE.search(text)
    return said[0] if said else ""


def denied(pieces: Sequence[str], number: int) -> bool:
    """Whether a sentence denies, or leaves open, what the formula with this number says; ``pieces`` are the words
    between its formulas."""
    before, after = "$".join(pieces[max(0, number - 4) : number + 1]), "$".join(pieces[number + 1 : number + 3])
    before, after = before[-REACH:], after[:REACH]
    said = (
        DENIED_BEFORE.search(before) or DENIED_AFTER.match(after) or MISTAKEN.search(before) or MISTAKEN.search(after)
    )
    return bool(said) or pieces[-1].rstrip().endswith("?")


def mentioned(sentence: str) -> bool:
    """Whether a sentence only tells what others say, what is said elsewhere, or what is to be imagined.

    >>> [mentioned(words) for words in ("Some authors define $.", "In the appendix, $", "As in Section 2, let $.")]
    [True, True, False]
    """
    return bool(SAID_ASIDE.search(sentence)) and not _AGAIN.search(sentence)


def weakened(pieces: Sequence[str], number: int) -> bool:
    """Whether what the formula with this number says is no hypothesis: nearly so, said elsewhere, or taken back."""
    before, after = around(pieces, number)
    sentence, before, after = f"{before}${after}", before[-REACH:], after[:REACH]
    case = CONDITION.search(before) and aside(sentence)
    return bool(case or WEAKENED.search(before) or WEAKENED_AFTER.search(after) or mentioned(sentence))


def claims(before: str, after: str) -> bool:
    """Whether a sentence says that a formula in it holds, in every case.

    >>> [claims(words, "") for words in ("The gradient is ", "If $ then ", "Show that ", "A function such as ")]
    [True, False, False, False]
    """
    sentence = f"{before}${after}"
    words = (IF, CONDITION, NEGATED, TO_SHOW, MISTAKEN, _IMAGINED, SAID_ASIDE)
    return not any(said.search(sentence) for said in words) and not _OPEN.search(before) and not _CASE.search(after)


_OPEN = Words(  # before a formula that is sought, chosen, an example, or said of one case
    r"\b(?:such\s+as|e\.g|called|unless|let|suppose|assum\w*|defin\w*|denot\w*|such\s+that|subject|consider|find|solv\w+"
    r"|minimi\w+|maximi\w+|set\w*|put\w*|requir\w*|need\w*|exercise|model|update|constraint|choos\w+|take|say|approx\w*|like"
    r"|case|only|would|could|should|might|may|expect|hope|try|suggest\w*|equat\w+|satisf\w+|conditions?|boundary|initial"
    r"|for|at|für|bei|pour|para|per|sei(?:en)?|soit|sea|sia)\b|对于|對於|设|設|令|とき|場合|경우",
    re.IGNORECASE,
)
_CASE = Words(
    r"^[\s,]*(?:for|unless|where|otherwise|at|only|in\s+(?:the|this)\s+case|für|bei|pour|para|per|\?)", re.IGNORECASE
)


def altered(sentence: str, start: int, end: int) -> bool:
    """Whether what a sentence calls one-hot, from ``start`` to ``end``, is that no more: weighted, smoothed, or zero.

    >>> [altered(words, words.find("one-hot"), words.find("one-hot") + 7) for words in (
    ...     "$ is a one-hot vector.", "$ is twice a one-hot vector.", "$ is one-hot or zero.", "one-hot $ scaled by $")]
    [False, True, True, False]
    """
    return bool(ALTERED_BEFORE.search(sentence[:start]) or ALTERED_AFTER.search(sentence[end:]))


def hypothetical(sentence: str) -> bool:
    """Whether a sentence supposes for what follows right away, and not for good: "if instead $", "$ for a moment"."""
    return bool((IF.search(sentence) or _IMAGINED.search(sentence)) and not aside(sentence))


def constrains(pieces: Sequence[str], number: int) -> bool:
    """Whether a sentence assumes for good what the formula with this number says, and not for one case, or nearly."""
    before = around(pieces, number)[0][-REACH:]
    doubt = CONDITION.search(before) or SUPPOSED_BEFORE.search(before) or denied(pieces, number)
    return not (doubt or weakened(pieces, number))


def names_number(words: str) -> bool:
    """Whether words end with the number one: "sum to one", and not "is a probability distribution"."""
    return _NUMBER.search(words) is not None


def totals(words: str) -> bool:
    """Whether what sums to one after these words are the members of one family themselves.

    >>> [totals(words) for words in ("The $ ", "The entries of $ ", "The logarithms of $ ", "The $ and the weight $ ")]
    [True, True, False, False]
    """
    return not (_FUNCTIONS_OF.search(words) or _JOINTLY.search(words))


def supposed(sentence: str, start: int, end: int) -> bool:
    """Whether a sentence denies, or only supposes, what its words from ``start`` to ``end`` say."""
    before, after = sentence[max(0, start - REACH) : start], sentence[end : end + REACH]
    before = _ANY.sub("", before)  # "an arbitrary symmetric matrix"
    return bool(
        NEGATED.search(before)
        or SUPPOSED_BEFORE.search(before)
        or SUPPOSED_AFTER.search(after)
        or CONDITION.search(before)
        or _CONDITION_AFTER.search(after)
        or WEAKENED.search(before)
        or WEAKENED_AFTER.search(after)
        or _OR.search(after)
        or (_NUMBER_GOES_ON.search(after) and _NUMBER.search(sentence[start:end]))
        or MISTAKEN.search(before)
        or MISTAKEN.search(after)
        or mentioned(sentence[max(0, start - 4 * REACH) : end + 4 * REACH])
        or (_CASE_OF.match(sentence) and _CLAUSE.search(after) and aside(_case_named(sentence)))
        or sentence.rstrip().endswith("?")
    )


def _case_named(sentence: str) -> str:
    """A sentence without the words "in the case of" at its beginning, which set no case by themselves."""
    return re.sub(rf"^\W*(?:{_IN_CASE})", "", sentence, flags=re.IGNORECASE)


def passing(sentence: str) -> bool:
    """Whether a sentence speaks of a case only to go on without it, or tells what others say.

    >>> [passing(words) for words in ("For labels $ it is harder.", "For labels $, we get", "The labels are free.")]
    [True, False, False]
    """
    of_case = CONDITION.search(sentence) or _CASE_OF.match(sentence)
    return mentioned(sentence) or bool(of_case and aside(_case_named(sentence)))


def said(pattern: Words, sentence: str) -> re.Match[str] | None:
    """The words of a sentence that ``pattern`` finds, if it does not deny or only suppose them."""
    found = pattern.search(sentence)
    return found if found and not supposed(sentence, *found.span()) else None


def aside(sentence: str) -> bool:
    """Whether a sentence says all that it has to say of a case, so that what follows is not said of it.

    >>> [aside(words) for words in ("For $ it is the SiLU.", "For $ we get", "For $.", "Consider the case $.")]
    [True, False, False, False]
    """
    if not sentence.rstrip().endswith((".", "!")) or SETS_CASE.search(sentence) or _NO_SPACES.search(sentence):
        return False
    return re.search(r"[^\W\d_]{2,}", _CASE_WORDS.sub("", sentence)) is not None

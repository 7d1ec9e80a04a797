r"""What is said of a quantity for one case only: ``for positive $x$, $r = x$``, where r has a formula already.

The formula that it has goes on to hold; the other one is a reading of what follows right away, as far as the words do
not turn to another case, or to all of them. This module must never look at what a formula says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.reader.letters.symbols import InCase
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import BOTH, BOUNDED, ONE_HOT, Words

CASE = Words(
    r"\b(?:if|when(?:ever)?|unless|otherwise|provided|assum(?:e|es|ing)|cases?|in\s+the\s+(?:regime|region|limit)|on\s+the\s+\w+\s+(?:side|branch|half)"
    r"|branch|wenn|falls|sofern|andernfalls|Fall(?:s|es|e|en)?|si|sinon|lorsque|quand|cas|caso|cuando|quando)\b"
    r"|当|當|若|如果|情况|情況|情形|否则|とき|場合|경우",
    re.IGNORECASE,
)
FOR = Words(
    r"\b(?:for|at|on|where|while|with|given|suppos(?:e|ing)|consider(?:ing)?|für|bei|pour|para|per)\b|对|對|对于",
    re.IGNORECASE,
)
FOR_WHICH = Words(  # "for $m < 1$", "where now $m < 1$"
    r"\b(?:for|at|on|where|while|suppos(?:e|ing)|consider(?:ing)?|für|bei|pour|para|per)\s+(?:[\w-]+\s+){0,2}\$|(?:对|對|对于)\s*\$",
    re.IGNORECASE,
)
HEADS = Words(  # "Case 1: positive", "The negative case", "When $x > 0$"
    r"\W*(?:\d[\d.]*\W*)?(?:\w+\s+){0,2}(?:case|Fall|cas|caso)\b|\W*(?:\d[\d.]*\W*)?(?:if|when|for|wenn|falls|si|quand|cuando)\b|情况|情況|場合|경우",
    re.IGNORECASE,
)
ANNOUNCED = Words(
    r"\b(?:let|re-?define[ds]?|define[ds]?|denot(?:e|es|ed|ing)|introduc\w+|instead|from\s+now\s+on|henceforth|redefin\w+"
    r"|definier\w+|statt\w*|sei|définiss\w+|soit|posons|definimos|sea)\b|定义|定義|设|設|令",
    re.IGNORECASE,
)
CONNECTED = Words(
    r"\W*(?:and\s+)?(?:so|then|thus|hence|therefore|which|whose|and|it|its|this|that|these|there|here|in\s+this\s+case|we\s+(?:get|have|find|obtain)"
    r"|because|since|as|with|by|also|dann|daher|somit|und|dessen|deren|donc|alors|et|dont|entonces|luego|así|y|cuya)\b|\W*(?:所以|因此|于是|则|故|其|よって|따라서)",
    re.IGNORECASE,
)
THIS_CASE = Words(
    r"\bin\s+(?:this|that|such\s+a|the\s+same)\s+case\b|\bin\s+diesem\s+Fall\b|\bdans\s+ce\s+cas\b|\ben\s+(?:este|ese)\s+caso\b|在这种情况下|此时|このとき",
    re.IGNORECASE,
)
HEADING = re.compile(r"^\s{0,3}#{1,6}\s|\\(?:sub)*(?:section|paragraph)\b|<h\d", re.MULTILINE)
_DISPLAYED = re.compile(r"<!--.*?-->|\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{([^}]*)\}.*?\\end\{\1\}|\\[A-Za-z]+", re.DOTALL)
_ENDED = re.compile(r"^[\s.,;:!]*(?:\$+|\\\]|\\\)|\\end\{[^}]*\})")  # of the formula before
_OPENED = re.compile(r"(?:\$+|\\\[|\\\(|\\begin\{[^}]*\})[\s&]*$")  # of the formula that comes
_BREAK = re.compile(r"\n\s*\n|\$\$|\\\[|\\\]|\\(?:begin|end)\{|[.!?]\s")
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*")
REACH = 160  # characters before and behind a formula in which words say that it holds for all


def words(reading: Reading) -> str:
    """The words that set a case for the formula that comes now; "" if there are none, or they announce a definition."""
    if reading.bounds_beside:
        return "the condition beside it"
    last = last_said(reading.prose)
    if ANNOUNCED.search(last):
        last = ""
    elif not last and (said := HEADS.match(reading.title)):
        return said[0]
    for text in (reading.remarks, last):
        if said := CASE.search(text):
            return said[0]
        if (said := FOR.search(text)) and (bound := BOUNDED.search(text) or ONE_HOT.search(text)):
            return f"{said[0]} {bound[0]}"
    said = FOR_WHICH.search(last) if reading.bounds else None
    return said[0] if said else ""


def last_said(prose: str) -> str:
    """The last sentence, and those before it to which it is connected: "Suppose $. Then"."""
    said = ""
    for sentence in reversed(_SENTENCE.split(prose.strip())):
        said = f"{sentence} {said}"
        if sentence.strip() and not CONNECTED.match(sentence):
            break
    return said.strip()


def holding(cases: Sequence[InCase], posed: Posed, text: str) -> InCase | None:
    """The last of the ``cases`` that the words between its formula and a step have not left."""
    found = next((case for case in reversed(cases) if case.at <= posed.at), None)
    if found is None or general(posed, text):
        return None
    return found if _goes_on(text[found.span.end : posed.left_span.start]) else None


def general(posed: Posed, text: str) -> bool:
    """Whether the words beside a step say that it holds in general: ``holds for every $x$``."""
    start, end = posed.left_span.start, posed.span.end
    before = _BREAK.split(_OPENED.sub("", text[max(0, start - REACH) : start]).rstrip())[-1]
    behind = text[end : end + REACH]
    ended = re.match(r"[\s&]*[.!。]", behind)
    behind = "" if ended else _BREAK.split(_ENDED.sub("", behind, count=1).lstrip())[0]
    return bool(BOTH.search(before) or BOTH.search(behind))


def _goes_on(between: str) -> bool:
    """Whether the text between two formulas leads from one to the other, and speaks of no other case."""
    if HEADING.search(between):
        return False
    said = _DISPLAYED.sub(" ", _OPENED.sub("", _ENDED.sub("", between, count=1)))
    if not re.search(r"[^\W\d_]", said):
        return True
    said = THIS_CASE.sub("so", said)
    bounded = FOR.search(said) and BOUNDED.search(said)
    turned = CASE.search(said) or FOR_WHICH.search(said) or BOTH.search(said) or bounded
    return bool(CONNECTED.match(said)) and not turned

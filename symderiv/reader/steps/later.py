r"""Definitions below a line: whether "where $p = e^z / s$" further down says what the p of a line above meant.

So readers take what an author says of a letter next. This module must never let the special case of a rule, "now put
$A = I$", or what another section says, prove the rule: $(A B)^T = A B$.
"""

from __future__ import annotations

import re

from symderiv.document import Span
from symderiv.reader.known.in_a_case import HEADING
from symderiv.reader.steps.introduced import AND, WHERE, follows_one_of_many, says_one_of_many
from symderiv.reader.words.prose import Words

GENERAL = Words(  # what a rule holds of, in the words before it
    r"\b(?:for\s+(?:all|any|every|each|arbitrary)|general\w*|arbitrary|always|rules?|identit\w+|propert\w+|lemma|theorem"
    r"|matri(?:x|ces)\s+calculus|für\s+(?:alle|jede\w*|beliebige\w*)|allgemein\w*|beliebig\w*|Regeln?|pour\s+(?:tout\w*|chaque)"
    r"|en\s+général|règles?|para\s+tod[oa]s?|en\s+general|reglas?)\b|一般|任意|对所有|對所有|規則|规则|すべての",
    re.IGNORECASE,
)
SPECIAL = Words(  # what begins with a definition that these words introduce
    r"\b(?:now|later|next|our\s+case|this\s+case|appl(?:y|ies|ying|ication)|put(?:ting)?|set(?:ting)?|let(?:ting)?|consider\w*"
    r"|nun|jetzt|später|unser\w*\s+Fall|setze\w*|sei(?:en)?|maintenant|posons|soit|notre\s+cas|ahora|sea|nuestro\s+caso)\b"
    r"|现在|現在|令|设|設|我们的情况",
    re.IGNORECASE,
)
DIRECT = Words(r"\b(?:where|with|wobei|mit|où|avec|donde|con)\b[^.;$]{0,60}$|其中[^.;$。；]{0,60}$")
AFTER = re.compile(r"[\s}$]*([^$.;。\n]*)")
REACH = 600  # characters that are looked at
OPENED = re.compile(r"\$\$?|\\\[|\\\(|\\begin\{[a-z]+\*?\}|```math")
DISPLAYED = re.compile(r"\\\[|\\begin\{|```math")
FORMULA = re.compile(r"\$[^$]+\$|\\\(.+?\\\)")
SENTENCE = re.compile(r"[.!?。！？]\s|\n\s*\n|\$\$|\\\]|\\end\{")


def speaks_of(text: str, line: Span, definition: Span, needed: bool) -> bool:
    """Whether a definition says what its letter meant in a line above it, which needs one, or any line."""
    told, behind = _before(text, definition), AFTER.match(text, definition.end)
    doubted = says_one_of_many(told) or (behind is not None and follows_one_of_many(behind[1]))
    if doubted or _is_quoted(text, definition) > _is_quoted(text, line):
        return False
    if HEADING.search(text, line.end, definition.start):
        return needed and not SPECIAL.search(told)
    return DIRECT.search(told) is not None or not (GENERAL.search(_before(text, line)) or SPECIAL.search(told))


def _is_quoted(text: str, span: Span) -> bool:
    """Whether what somebody else says stands at a place."""
    return text[text.rfind("\n", 0, span.start) + 1 :].lstrip().startswith(">")


def is_told_below(text: str, line: Span, definition: Span) -> bool:
    """Whether words right below a display, "where $z = w^T x$ and $p = e^z$", say what a letter in it means."""
    told = _before(text, definition)
    skipped, found, _ = text[line.end : definition.start].rpartition(told)
    if not told or not found or DISPLAYED.search(skipped) or skipped.count("$$") > 1:
        return False
    first, *others = FORMULA.split(told)
    said = WHERE.search(first) is not None and all(AND.fullmatch(words) for words in others)
    return said and speaks_of(text, line, definition, needed=True)


def _before(text: str, span: Span) -> str:
    """The words of its sentence before the formula that a span begins in."""
    words = text[max(0, span.start - REACH) : span.start]
    opened = max((found.start() for found in OPENED.finditer(words)), default=len(words))
    return SENTENCE.split(re.sub(rf"(?:{OPENED.pattern}|\s)+$", "", words[:opened]))[-1]

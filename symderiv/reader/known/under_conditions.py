r"""Definitions that words make under a condition: "If $X$ and $Y$ are independent, $p(x, y) = p(x) p(y)$. In general".

They hold until the words leave the case, and a proof that rests on them says so. So does what a condition
says itself, "if $L = x^2$". This module must never take an equation for one that holds beyond its condition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from symderiv.document import Span
from symderiv.reader.known.in_a_case import HEADING
from symderiv.reader.letters.symbols import Conditional
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.assertions import CONDITION
from symderiv.reader.words.prose import Words
from symderiv.terms import Claim, Head

_THEN = Words(
    r"[,，、:]\s*(?!(?:as|say|e\.g|i\.e|for)\b)|\b(?:then|dann|so|alors|entonces|allora|então|то)\b|则|則|那么|那麼|有|なら|とき|이면",
    re.IGNORECASE,
)
_CHOICE = Words(  # "if we let $z = w x$, then", "if you encode it as a vector": what the author does is no condition
    r"^\W*(?:(?:now|further|instead)\s+)?(?:(?:one|we|you|wir|man|nous|on)\s+(?:(?:now|then|can|may|also|further|instead|simply)\s+)*"
    r"(?!(?:assum|suppos|ha[dvs]|know|are\b|were\b|restrict|ignor|neglect|drop|imagin|pretend|only|annehm|haben|wissen|supposons|avons|savons)\w*)\w+"
    r"|(?:let|definier\w*|setz\w*|schreib\w*|posons|notons|définit|defin\w+|llamamos|escribimos)\b)|^[\s我们們令设設记記]*[令设設记記]",
    re.IGNORECASE,
)
_CASE = Words(
    r"\bin\s+(?:the|an?)\s+(?!general\b|above\b|usual\b|present\b|current\b)(?:special\s+|particular\s+)?(?:[\w-]+\s+){0,2}case\b(?:\s+(?:of|where|when|that)\b[^.;]*)?[\s,:]*$"
    r"|\bim\s+(?!allgemeinen\b)(?:[\w-]+\s+){0,2}(?:Fall|Spezialfall)\w*\b[^.;]*$|\bdans\s+le\s+cas\s+(?!général)[^.;]*$|\ben\s+el\s+caso\s+(?!general)[^.;]*$"
    r"|[在对對][^，。]{1,12}(?:情况|情況|情形)下?[，,\s]*$|[^\s、。]{1,12}の場合[はに、\s]*$",
    re.IGNORECASE,
)
_IMAGINED = Words(
    r"\bfor\s+(?:a|the|one)\s+(?:moment|minute|second|while)\b|\bfor\s+now\b|\btemporarily\b|\b(?:imagine|pretend)\b|\bhypothetical\w*"
    r"|\bfür\s+einen\s+Moment\b|\bvorübergehend\b|\bpour\s+(?:un|l['’])\s*(?:moment|instant)\b|\bpor\s+(?:un\s+momento|ahora)\b|暂时|暫時|暂且|一旦",
    re.IGNORECASE,
)
_LEAVES = Words(
    r"\b(?:in\s+general|(?:more\s+)?generally|general\s+(?:case|setting|situation)|(?:for|with|when|if|let)\s+(?:an?\s+|the\s+)?(?:general|arbitrary|other|non)\b|otherwise|else|however"
    r"|instead|(?:if|when|where|wenn|falls|si)\b[^.;]{0,60}\b(?:not|no|nicht|kein\w*|pas)|in\s+contrast|by\s+contrast|unless|conversely|on\s+the\s+other\s+hand|if\s+not|whereas|not\s+(?:necessarily\s+)?independent|dependent|(?:without|drop\w*|relax\w*|back\s+to)"
    r"\s+(?:this|the|that)|im\s+allgemeinen|allgemein|andernfalls|sonst|jedoch|dagegen|en\s+général|sinon|autrement|cependant|toutefois|en\s+general|de\s+lo\s+contrario|sin\s+embargo"
    r"|en\s+caso\s+contrario|in\s+generale|altrimenti|em\s+geral|caso\s+contrário|в\s+общем|иначе|однако)\b|一般(?:地|来说|來說|情况|情況|的|に)|否则|否則|然而|但是|不独立|そうでなければ|しかし|일반적|그렇지",
    re.IGNORECASE,
)
_OTHER_CASE = re.compile(
    r"(?:^|[.!?:;]\s+|\n)\W*(?:for|with|when|if|under|given|suppose|assume|consider|in|für|mit|bei|wenn|pour|avec|si|para|con)\b([^.:;$]*)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{4,}")
_OFTEN = frozenset(
    {"with", "when", "that", "this", "there", "then", "have", "case", "only", "some", "each", "from", "they", "where"}
)
_TO = r"\b(?:for|with|when|if|in|für|mit|bei|wenn|pour|avec|si|para|con)\b[^.$]{0,40}\$+\s*"
_SENTENCE = re.compile(r"[.!?。！？]\s*(?=\S)")
_TOKEN = re.compile(r"\\[A-Za-z]+|[A-Za-z]")


def words(before: str) -> str:
    """The words right before a formula that make it hold in one case only; "" if there are none.

    >>> [words(said) for said in ("If $ and $ are independent, ", "If ", "If we let $, then ", "In the linear case ")]
    ['If $ and $ are independent', 'If', '', 'In the linear case']
    """
    before = _SENTENCE.split(before.strip())[-1]
    if found := _IMAGINED.search(before) or _CASE.search(before):
        return found[0].strip(" ,:")
    last = next(iter(reversed([*CONDITION.finditer(before)])), None)
    if last is None or _CHOICE.match(before[last.end() :]):
        return ""
    then = _THEN.search(before, last.end())
    return before[last.start() : then.start() if then else len(before)].strip()


def note(reading: Reading, left: Span, new: frozenset[Head], said: str) -> None:
    """Note that a formula beginning with ``left`` has been made the definition of ``new`` under a condition.

    What is put in wherever it is called, a function or a matrix, is known by its name alone.
    """
    if (name := _TOKEN.search(reading.document.source.text, left.start, left.end)) is not None:
        symbols = reading.symbols
        put_in = {each for each, _ in symbols.functions} | symbols.arrays.keys()
        heads = frozenset() if name[0] in put_in else new
        symbols.conditional.append(Conditional(heads, name[0], left, said))


def rests_on(reading: Reading, posed: Posed, claim: Claim) -> Iterator[tuple[str, bool, frozenset[Head]]]:
    """What a claim rests on that was said under a condition, whether the words have left it since, and of what it was
    said, if that is known."""
    if not (before := [said for said in reading.symbols.conditional if said.span.end <= posed.left_span.start]):
        return
    heads = reading.symbols.reached(claim.left, claim.right)
    names = _names(reading, posed)
    text = reading.document.source.text
    for said in before:
        if not said.heads.isdisjoint(heads) if said.heads else said.name in names:
            line = reading.document.source.position(said.span.start).line
            yield (
                f"line {line} says it in one case: '{said.words}'",
                _left(said, text[said.span.end : posed.left_span.start]),
                said.heads,
            )


def _names(reading: Reading, posed: Posed) -> set[str]:
    """The names in a step, and in what defines them."""
    text = reading.document.source.text
    names = set(_TOKEN.findall(text[posed.left_span.start : posed.span.end]))
    for step in reversed(reading.posed):
        before = step.kind == "definition" and step.span.end <= posed.left_span.start
        if before and not names.isdisjoint(_TOKEN.findall(text[step.left_span.start : step.left_span.end])[:1]):
            names.update(_TOKEN.findall(text[step.span.start : step.span.end]))
    return names


def _left(said: Conditional, between: str) -> bool:
    """Whether the text between the definition and a step leaves its case: "In general", "for the sigmoid $f$"."""
    if HEADING.search(between) or _LEAVES.search(between):
        return True
    of = set(_WORD.findall(said.words.lower())) - _OFTEN  # "when the noise is Gaussian", "for Laplacian noise"
    if any(not of.isdisjoint(_WORD.findall(other[1].lower())) for other in _OTHER_CASE.finditer(between)):
        return True
    return re.search(_TO + re.escape(said.name) + r"(?![A-Za-z])", between, re.IGNORECASE) is not None


@contextmanager
def defining(reading: Reading, words: str) -> Iterator[None]:
    """What is defined within holds under the condition that ``words`` set, if they do."""
    known, begun = set(reading.symbols.definitions), len(reading.posed)
    yield
    for posed in reading.posed[begun:] if words else ():
        if posed.kind == "definition":
            new = frozenset(reading.symbols.definitions.keys() - known)
            note(reading, posed.left_span, new, words)

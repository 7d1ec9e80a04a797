r"""Words under which "=" is no equality: "to first order in $\eta$", "neglecting terms of order $\epsilon^2$".

A counterexample to such a line convicts nobody. This module must never keep anything from being proved.
"""

from __future__ import annotations

import re

from symderiv.reader.words.prose import NEGATED, Words

_ORDER = r"(?:zeroth|first|second|third|leading|lowest|linear|quadratic|next|\$)"
_LEFT_OUT = (
    r"(?:terms?|constants?|(?:pre)?factors?|orders?|powers?|contributions?|parts?|everything|all|normali[sz]\w*|remainders?|corrections?"
    r"|what|whatever|\$)"
)
APPROXIMATES = Words(
    rf"\b(?:to|at|in)\s+(?:the\s+)?{_ORDER}[\s-]*order\b|\b{_ORDER}[\s-]order\s+(?:Taylor|accura|approx|expan)\w*|\bTaylor\b"
    rf"|\b(?:neglect|ignor|dropp?|discard|omit|disregard|suppress|leav(?:e|ing)\s+out)\w*\s+(?:[\w-]+\s+){{0,4}}?{_LEFT_OUT}"
    rf"|\b{_LEFT_OUT}\s+(?:[\w$-]+\s+){{0,6}}?(?:are|is|can\s+be|may\s+be)\s+(?:neglect|ignor|dropp|discard|omit|disregard|left\s+out)\w*"
    r"|\blineari[sz]\w*|\bapprox(?:\.|imat\w*)|\basymptotic\w*|\broughly\b|\bhigher[\s-]order\s+terms\b|\bin\s+the\s+limit\b"
    r"|\bfor\s+(?:a\s+)?(?:(?:very|sufficiently|infinitely)\s+)?(?:small|tiny|large|infinitesimal)\b|\bnear\s+(?:the\s+)?(?:origin|zero|\$)"
    r"|\bup\s+to\s+(?:an?\s+|the\s+|some\s+)?(?:[\w-]+\s+){0,2}(?:constants?|factors?|terms?|signs?|scal\w+|normali[sz]\w+|order)\b|\bmodulo\b"
    r"|\b(?:in|bis\s+zur)\s+(?:erster|zweiter|führender|niedrigster|linearer)\s+Ordnung|\bvernachlässig\w*|\blinearisier\w*|\bnäherungsweise\b"
    r"|\b\w*[Nn]äherung\w*|\bTaylor\w*|\bfür\s+(?:hinreichend\s+)?kleine[nrs]?\b|\bbis\s+auf\s+(?:eine?n?\s+)?(?:\w+\s+)?(?:Konstante|Term|Faktor)\w*"
    r"|\bweg(?:ge)?l(?:a|ä)ss\w*|\b(?:au|à\s+l['’])\s*(?:premier|second|deuxième)?\s*ordre\b|\bnégli[gc]\w*|\blinéaris\w*|\bdéveloppement\s+limité"
    r"|\bpour\s+(?:de\s+|un\s+)?petits?\b|\bpour\s+\$\s+(?:assez\s+)?petit\w*|\bà\s+(?:une?|des)\s+(?:\w+\s+){1,2}près\b"
    r"|\b(?:a|al|en)\s+primer\s+orden|\bdespreci\w*|\blinealiz\w*|\baproxim\w*|\bpara\s+\$\s+pequeñ\w*|\bsalvo\s+(?:una?\s+)?(?:constante|factor|término)"
    r"|近似|忽略|略去|泰勒|线性化|一[阶階](?:展开|精度|项)|(?:很|充分|足够)小|テイラー|線形化|無視|十分(?:に)?小さ|근사|무시|테일러|선형화|충분히\s*작",
    re.IGNORECASE,
)
_BEHIND = Words(
    r"^[\s$\\\])}.,;:(]*(?:\\end\{[^}]*\}[\s$.,]*)*(?:(?:up\s+)?to\s+(?:first|second|leading)[\s-]order\b|up\s+to\b|approximately\b"
    r"|in\s+(?:erster|zweiter)\s+Ordnung|au\s+(?:premier|second)\s+ordre|for\s+(?:small|large)\b)",
    re.IGNORECASE,
)


FEW = 5  # words in a sentence that goes on with the one before: "This gives"


def said(before: str, beside: str, behind: str, inline: bool = False) -> str:
    """The words before a formula, beside or right behind it, by which it holds approximately, or up to something.

    Of the words before only those that lead to it, unless it stands ``inline`` among them.

    >>> [said(words, "", "") for words in ("To first order, ", "This is no approximation: ", "A limit. The sum is ")]
    ['To first order', '', '']
    """
    sentences = re.split(r"(?<=[.!?。！？])\s+", before.strip())
    first = len(sentences) - 1
    while first > 0 and len(sentences[first].split()) < FEW:
        first -= 1
    for sentence in (*(sentences if inline else sentences[first:]), beside):
        found = APPROXIMATES.search(sentence)
        if found and not NEGATED.search(sentence[: found.start()]):
            return found[0]
    found = _BEHIND.match(behind)
    return found[0].strip(" $.,;:()\\\n") if found else ""

r"""Words that surely set no case: "recall that", "setting the derivative to zero gives".

A line is false in general where it holds in a case only that words around it set, and these have no end: so a line that
rests on the words around it is called false only where each of them is known to set none. This module must never take
an unknown word for a harmless one.
"""

from __future__ import annotations

import re

from symderiv.reader.words.prose import Words

_PLAIN = frozenset(
    (
        "a an the its this that these it which we you one s recall note notice observe remember see know say"
        " write let be is are was denote denotes define by with where and or so thus hence therefore then now also"
        " as since because using use from of to in have get gets obtain obtains compute computed find gives give"
        " giving yields yield becomes equals equal first second next finally derivative derivatives"
        " differentiation gradient gradients jacobian hessian partial respect wrt chain rule product quotient sum"
        " loss losses cost function functions quantity expression term terms identity result results desired"
        " required holds hold follows simply just easily indeed i e w r t check easy do done proof lemma claim our"
        " following both sides"
    ).split()
)
_EQUATED = frozenset(
    (
        "set setting sets put putting equate equating zero take taking equal equals condition conditions"
        " order vanish vanishes minimum maximum optimum normal equation equations log likelihood objective"
        " solve solving solved leads minimise minimize maximise maximize optimality at symmetric must"
        " mle estimate estimator minimizer minimiser maximizer maximiser solution optimal value best"
        " reads require requires satisfy satisfies necessary need minimised minimized maximised maximized minimising"
        " minimizing maximising maximizing stationarity stationary point error squared squares least where find"
        " differentiate differentiating"
    ).split()
)
_OTHER_SIGNS = re.compile(r"[^\w\s.,;:()$'’–—-]")
CASE_SIGN = re.compile(  # in a formula that sets a case for those beside it
    r"\\(?:to|infty|ne|neq|in|notin|approx|sim|simeq|Rightarrow|implies|lim|le|leq|ge|geq|lt|gt|ll|gg)(?![A-Za-z])|[<>≠]"
    r"|^[^=]*=\s*-?\d+\s*$"
)
HEADS_ASIDE = Words(  # of a section in which a line may be meant for a case, or be no claim
    r"mistake|error|wrong|pitfall|quiz|true\s+or\s+false|exercise|problem|question|origin|zero|case|diagonal|special|limit|approx"
    r"|myth|conjecture|quote|guess|attempt|fehler|erreur|\$|=",
    re.IGNORECASE,
)
HEADS_CASES = Words(  # of a section, or a list, of lines that are wrong, or hold off the diagonal only
    r"\b(?:common|typical|frequent|popular)\s+errors?\b|\b(?:mistakes?|pitfalls?|misconceptions?|myths?|quiz|true\s+or\s+false)\b"
    r"|\bwhich\s+of\s+(?:these|the\s+following)\b|\bfind\s+the\s+(?:error|bug)\b|\boff-?diagonal\b|\bdiagonal\s+(?:entries|elements)\b"
    r"|\bcross\s+(?:terms|derivatives)\b|häufige\s+Fehler|erreurs?\s+(?:fréquent|courant)\w*|errores\s+comunes|常见错误|よくある間違い",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->|(?<!\\)%[^\n]*", re.DOTALL)
_END = re.compile(r"^[\s.,;:]*(?:\$+|\\\]|\\\)|\\end\{[^}]*\})")  # of the formula before
_DISPLAYED = re.compile(r"\$\$.*?\$\$|\\\[.*?\\\]|\\begin\{([^}]*)\}.*?\\end\{\1\}", re.DOTALL)
_INLINE = re.compile(r"(?<!\$)\$[^$]+\$|\\\(.*?\\\)", re.DOTALL)
_OPENED = re.compile(r"(\$\$|\\\[|\\begin\{[^}]*\}|\$)")
_TEXT = re.compile(r"\\(?:text|mbox|mathrm)\s*\{([^}]*)\}")
_SYMBOL = re.compile(r"[\s$\\()\[\]]*[A-Za-z]+(?:\{?[A-Za-z]\}?)?(?:[_^]\{?\w+\}?)?[\s$\\()\[\]]*")
_DERIVED = re.compile(r"\\(?:part(?:ial)?\b|nabla)|'|\\prime|\\[dt]?frac\s*\{?\s*d|\\in\s*\\mathbb")
_CASE_BEHIND = re.compile(
    r"[\s$.,;]*(?:\\\]|\\\))?[\s.,;]*(?:if|when|where|for|provided|only|unless|this\s+is|because|since|but)\b",
    re.IGNORECASE,
)


def plainly(*texts: str, also: frozenset[str] = frozenset()) -> bool:
    """Whether texts are made of words that set no case and speak of nothing else, or of those in ``also``.

    >>> [plainly(words) for words in ("Recall that $.", "Let $. The gradient is $.", "At the origin, $.")]
    [True, True, False]
    """
    words = (word.lower() for text in texts for word in re.findall(r"[^\W\d_]+", text))
    return not any(map(_OTHER_SIGNS.search, texts)) and all(word in _PLAIN or word in also for word in words)


def plainly_equated(source: str, since: int, begin: int, end: int) -> bool:
    """Whether nothing from ``since`` to a formula from ``begin`` to ``end``, nor right behind it, sets a case.

    Only displays, derivatives, single symbols, and words that set something to zero and solve it may stand there.
    """
    between = _END.sub(" ", _COMMENT.sub(" ", source[since:begin]))
    words = _DISPLAYED.sub(" ", between)
    if not all(_DERIVED.search(formula[0]) or _SYMBOL.fullmatch(formula[0]) for formula in _INLINE.finditer(words)):
        return False
    words = _INLINE.sub(" ", words)
    words, opened, inside = _OPENED.split(words, maxsplit=1) if _OPENED.search(words) else (words, "", "")
    if not opened and not re.search(r"[\n$]", between):
        words, inside = "", between  # both stand in one display
    plain = plainly(words, *_TEXT.findall(inside), also=_EQUATED)
    return plain and not _CASE_BEHIND.match(source, end)

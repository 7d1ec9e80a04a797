r"""Which functions letters are by the words: "where $\sigma$ is the hyperbolic tangent", "any smooth $\sigma$".

Only words right beside a letter count. This module must never look at what a formula says of a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.document import Block, Heading, Paragraph, all_blocks
from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.letters.numbers_beside_functions import NUMBER as DEVIATION
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose
from symderiv.reader.words.prose import Words

KINDS = {
    "tanh": r"hyperbolic\s+tangent|tanh|tangens\s+hyperbolicus|tangente\s+hyperbolique|tangente\s+hiperbólica|双曲正切"
    r"|双曲線正接",
    "sigmoid": r"sigmo[iï]d\w*|logísti\w+|logisti(?:que|sche)\w*|logistic(?!\s+(?:loss|regression|cost))|シグモイド"
    r"|시그모이드",
    "softplus": r"soft-?plus",
    "relu": r"relu\b|rectif\w+|整流",
    "identity": r"(?:identity|Identität|identité|identidad)(?!\s+matri)|linear\s+activation|恒等",
    "number": DEVIATION,
    "step": r"heaviside|(?:unit\s+)?step\s+function",
    "": r"(?:arbitrary|any|some|unknown|generic|general)\b(?=[^.$]{0,40}\b(?:function|activation|non-?linear))"
    r"|non-?linear\w*|activation|differentiable|smooth",
}
_KIND = "|".join(f"(?P<{kind or 'unknown'}>{words})" for kind, words in KINDS.items())
_OF_FUNCTIONS = r"(?:[\s-]+(?:activations?|functions?|non-?linearit\w+|units?|transfer|maps?))*"
AFTER = Words(
    r"\s*,?\s*(?:is|will\s+be|be|being|denotes?|stands\s+for|represents|as|for|ist|sei|bezeichnet|est|soit|désigne|es|sea|denota"
    rf"|是|为|為|表示|は)?\s*(?:here\s+|now\s+)?(?:the|an?|our|der|die|das|eine?|la|le|l'|une?|el|un)?\s*(?:(?:fonction|función)\s+)?(?:{_KIND})",
    re.IGNORECASE,
)
NAMED = Words(r"\s*(?:(?:activations?|functions?|non-?linearit\w+)\s*)+,?\s*\(?", re.IGNORECASE)
IS = Words(r"\s*(?:is|will\s+be|be|being|denotes|stands\s+for|ist|sei|est|soit|es|sea|是|为|為|は)\s*", re.IGNORECASE)
NUMBER = "number"
BEFORE = Words(rf"(?:{_KIND}){_OF_FUNCTIONS}\s*,?\s*\(?$", re.IGNORECASE)
UNLIKE = Words(
    r"\b(?:not|no|without|instead|neither|nor|rather\s+than|unlike|as\s+opposed\s+to|avoid\w*)\b", re.IGNORECASE
)
_CALLED = (
    r"(?:functions?|maps?|mappings?|kernels?|transformations?|(?:\w+)?funktion|Abbildung|fonction|application|noyau|función|aplicación|núcleo"
    r"|函数|函數|映射|关数|関数|写像|함수|사상)"
)
CALLED_FUNCTION = Words(rf"{_CALLED}(?:\s+(?:vector|matrix))?\s*,?\s*\(?$", re.IGNORECASE)
IS_FUNCTION = Words(  # "$g$ is the inverse link function", but not "$w$ as a function of $t$"
    r"\s*,?\s*(?:is|are|be|being|denotes?|stands\s+for|represents?|as|ist|sei|bezeichne[nt]?|est|soit|désigne|es|sea|denota|是|为|為|は|表示)\s*"
    r"(?:(?:here|now|the|an?|our|some|its|die|eine?|der|la|le|une?|el)\s+)*(?:(?!(?:of|in|to|for|on|by|with|and|des?|du|von)\b)[\w-]+\s+){0,3}?"
    rf"{_CALLED}(?!\s+(?:of|von|des?|du)\s*(?:$|\$))",
    re.IGNORECASE,
)
_NAME = re.compile(  # $g$, $g^{-1}$, $g(x)$, $g : A \to B$
    r"\s*(?P<name>\\?[A-Za-z]+)\s*(?:\^\s*\{?\s*-\s*1\s*\}?)?\s*(?:\([^()]*\))?\s*"
    r"(?P<maps>(?::|\\colon).*\\(?:right)?(?:arrow|to)\b.*)?"
)
SIGMOID = Words(KINDS["sigmoid"] + r"|e\^\{\s*-|\\exp\s*(?:\\left)?[\s({]*-|sigm\b|soft-?max", re.IGNORECASE)


def said(reading: Reading, blocks: Sequence[Block], rows: Sequence[syntax.Row]) -> dict[str, str]:
    r"""The functions that letters are said to be, "" where one is said to be any: ``{"\sigma": "tanh"}``.

    A letter that is said to be a number, the standard deviation, is a "number".
    """
    found: dict[str, set[str]] = {}
    for block in all_blocks(blocks):
        if isinstance(block, Paragraph | Heading):
            for sentence in prose.sentences(block.inlines):
                for name, kind in _in(reading, sentence):
                    found.setdefault(name, set()).add(kind)
    for row in rows:
        for name, kind in named(row):
            found.setdefault(name, set()).add(kind)
    known = found and SIGMOID.search(reading.document.source.text)  # \sigma may be a sigmoid or a softmax after all
    kinds = {name: of - {"", "number"} or (of if not known else set()) for name, of in found.items()}
    found = {name: of if len(of) < 2 or "sigmoid" in of else {""} for name, of in kinds.items()}  # one of several
    return {name: min(of) for name, of in found.items() if len(of) == 1}


def named(row: syntax.Row) -> Iterator[tuple[str, str]]:
    r"""The function that a letter is by an equation, ``\sigma = \tanh`` or ``\sigma(z) = \tanh(z)``."""
    match [segment.side for segment in row.segments]:
        case [syntax.Symbol() as letter, syntax.Symbol() as function]:
            name, kind = plain(letter.name), plain(function.name).lstrip("\\")
        case [
            syntax.Product(factors=(syntax.Symbol(name=r"\sigma" as name), syntax.Group(open="(", body=point))),
            syntax.Apply(name=kind, sub=None, argument=argument),
        ] if syntax.sexpr(point) == syntax.sexpr(argument.body if isinstance(argument, syntax.Group) else argument):
            pass
        case _:
            return
    if (
        row.segments[1].relation in ("=", ":=")
        and len(kind) > 1
        and kind in FUNCTIONS
        and name.lstrip("\\") not in FUNCTIONS
    ):
        yield name, FUNCTIONS[kind]


def functions(blocks: Sequence[Block]) -> set[str]:
    r"""The letters that words call functions, "the link function $g$", and those of $g : \mathbb{R} \to \mathbb{R}$."""
    spoken = [block for block in all_blocks(blocks) if isinstance(block, Paragraph | Heading)]
    return {name for block in spoken for sentence in prose.sentences(block.inlines) for name in _functions(sentence)}


def _functions(sentence: prose.Sentence) -> Iterator[str]:
    words = sentence.words.split("$")
    for n, formula in enumerate(sentence.formulas):
        found = _NAME.fullmatch(formula.latex)
        if found and (found["maps"] or CALLED_FUNCTION.search(words[n]) or IS_FUNCTION.match(words[n + 1])):
            yield found["name"]


def _in(reading: Reading, sentence: prose.Sentence) -> Iterator[tuple[str, str]]:
    words = sentence.words.split("$")
    for n, formula in enumerate(sentence.formulas):
        rows = reading.rows(formula.latex, formula.span).rows
        match [segment.side for row in rows for segment in row.segments]:
            case [syntax.Symbol() as letter] | [syntax.Product(factors=(syntax.Symbol() as letter, syntax.Group()))]:
                name = plain(letter.name)
            case [syntax.Apply(name="sigma", sub=None)]:
                name = r"\sigma"
            case _:
                continue
        beside = [sentence.formulas[n - 1]] if n and NAMED.fullmatch(words[n]) else []
        beside += sentence.formulas[n + 1 : n + 2] if IS.fullmatch(words[n + 1]) else []
        for other in beside:
            match reading.rows(other.latex, other.span).rows:
                case [syntax.Row(segments=(syntax.Segment(side=syntax.Symbol(name=function)),))]:
                    if (function := plain(function).lstrip("\\")) in FUNCTIONS and len(function) > 1:
                        yield name, FUNCTIONS[function]
        for match in (AFTER.match(words[n + 1]), BEFORE.search(words[n])):
            if match is None or match.lastgroup is None:
                continue
            if not UNLIKE.search(words[n], 0, match.start() if match.string is words[n] else 0):
                yield name, match.lastgroup.replace("unknown", "")

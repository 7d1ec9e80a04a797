r"""Quantities that words call zero, or leave out, by what they are and not by their letter: "the bias is zero".

This module must never put in a zero where something is proved: such words do not say which letter they mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.reader.indexed.sized import changed
from symderiv.reader.letters.symbols import base_name
from symderiv.reader.words.prose import Words
from symderiv.terms import ZERO, Claim, Deriv, Head, Var, reached

_KINDS = {  # by what words call it: the letters that it may have
    r"bias(?:es)?|biais|sesgo|intercepts?|offsets?|偏置|截距|バイアス|편향": ("b", "c", r"\beta", "w", r"\theta"),
    r"noise|Rauschen|bruit|ruido|噪声|ノイズ": (r"\epsilon", r"\varepsilon", r"\xi", r"\eta", "n", "e"),
    r"regulari[sz]\w*|penalt(?:y|ies)|weight\s+decay|正则化?": (r"\lambda", r"\alpha"),
    "momentum": (r"\beta", r"\mu", r"\gamma"),
}
_ZERO = r"(?:zero|null|nulle?s?|cero)\b|0(?!\w|\.\d)|零|ゼロ"
_LEAVE = r"(?:ignor|neglect|omit|drop|disregard|leav(?:e|ing)\s+out|without|no\b|vernachlässig|ohne|sans|sin\b|忽略)"
_BE = r"(?:is|are|be|being|equals?|ist|sind|sei|est|sont|es|son|为|是|を|は)"
_NOUNS = [(re.compile(kind, re.IGNORECASE), letters) for kind, letters in _KINDS.items()]
_ANY = "|".join(_KINDS)
SAID = Words(
    rf"(?:{_ANY})(?:\s+(?:terms?|vectors?|strength|coefficients?|parameters?))?\s*(?:\$[^$]*\$\s*)?(?:{_BE}\s*)?(?:(?:set|assumed|taken|chosen)\s+)?"
    rf"(?:to\s+(?:be\s+)?)?(?:{_ZERO}|vanish\w*|omitted|dropped|ignored|neglected)|{_LEAVE}\w*\s+(?:(?:the|a|any|all|die|das|den|le|la|el)\s+)?(?:{_ANY})",
    re.IGNORECASE,
)


def at_zero(text: str, claims: Sequence[Claim]) -> Iterator[tuple[list[Claim], str]]:
    """The claims with zero for a letter that ``text`` may call so, and what to say of it."""
    for said in SAID.finditer(text):
        letters = {letter for kind, names in _NOUNS if kind.search(said[0]) for letter in names}
        sides = [side for claim in claims for side in (claim.left, claim.right)]
        parts = set(reached(sides, claims[0].context.definitions)) if claims else set()
        varied = {part.var.head for part in parts if isinstance(part, Deriv)}
        heads = {part.head for part in parts if isinstance(part, Var)} - varied - claims[0].context.definitions.keys()
        for head in sorted(h for h in heads if base_name(h.name) in letters):
            yield [_without(claim, head) for claim in claims], f"'{said[0]}'"


def _without(claim: Claim, head: Head) -> Claim:
    """A claim with zero for the members of a family."""
    return changed(claim, lambda term: ZERO if isinstance(term, Var) and term.head == head else None)

r"""Ties between the symbols of a claim that were not found, so that its two sides may be equal after all.

This module must never assume such a tie.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.reader.doubts.suspect import Suspect
from symderiv.reader.doubts.understood import Understood
from symderiv.reader.elaboration.probability import together
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.layers import STEP
from symderiv.reader.letters.symbols import of_one
from symderiv.reader.reading import Reading
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    Add,
    Claim,
    Definition,
    Delta,
    Deriv,
    Head,
    Mul,
    Num,
    Opaque,
    SizeOf,
    Sum,
    Term,
    Var,
    subterms,
)

NEAR = 80  # characters beside a formula that say what it is

_PARAMETER = (
    r"(?:(?:global|overall|total|general)\s+(?:mean|average|bias|offset)(?:\s+(?:rating|parameter))?|(?:\w+\s+)?parameters?|offset"
    r"|intercept|bias(?:\s+(?:term|parameter))?|globale[rns]?\s+(?:Mittel\w*|Bias\w*)|\w*[Pp]arameter|(?:moyenne|biais)\s+globale?"
    r"|paramètre|media\s+global|sesgo\s+global|parámetro|全局(?:平均\w*|均值|偏置)|参数|偏置|全体平均|パラメータ|バイアス)"
)
PARAMETER_BEFORE = Words(rf"{_PARAMETER}\s*(?:is|of|ist|est|es|为|は)?\s*$", re.IGNORECASE)
PARAMETER_AFTER = Words(
    rf"\s*,?\s*(?:is|are|be|denotes?|being|ist|bezeichnet|est|désigne|es|denota|是|为|は|が)?\s*"
    rf"(?:(?:the|an?|our|der|die|das|ein|la|le|l'|une?|el|un)\s*)?{_PARAMETER}",
    re.IGNORECASE,
)


def unrelated(suspect: Suspect) -> tuple[Head, Head] | None:
    """Two families, each on its own side, of which nothing says how one follows from the other."""
    left, right = suspect.unknown
    return (min(left - right), min(right - left)) if left - right and right - left else None


class Ties:
    """How the symbols of a claim may hang together."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.understood = Understood(reading)

    def between(self, suspect: Suspect) -> Iterator[str]:
        """What stands on one side only, or with different indices, may be tied to the rest."""
        posed, claim = suspect.posed, suspect.claim
        left, right = suspect.unknown
        if forms := together(left | right):
            yield f"{forms} may belong together in a way that was not found"
        if any(head.name in self.reading.constants for head in left ^ right):
            yield "a constant is spoken of that may be any number"
        if posed.constant:
            yield "a constant is spoken of that may be any number"
        if posed.guessed:
            yield "the shapes of the vectors and matrices here are not declared"
        if unknown := self.understood.normaliser(claim):
            yield unknown
        counts: dict[str, set[int]] = {}
        for head in left | right:
            counts.setdefault(head.name, set()).add(head.subs)
        for name in sorted(name for name, several in counts.items() if len(several) > 1):
            yield f"{shown(name)} has different numbers of indices here, and its members may belong together"
        spoken = self.symbols.reached(claim.left, claim.right)
        now = {STEP.sub("", head.name): head.name for head in spoken if STEP.search(head.name)}
        for head in sorted(head for head in spoken if head.subs == 1 and head.name in now):
            yield f"{shown(now[head.name])} may be one of the {shown(head.name)}, which was not seen"
        if any(isinstance(t, Deriv) for side in (claim.left, claim.right) for t in subterms(side)):
            differentiated = {h.name for h in self.symbols.variables}
            arguments = self._arguments(claim)
            for name in sorted({h.name for h in left | right if h not in arguments} - differentiated):
                if re.match(r"\\(?:mu|sigma|hat|bar|tilde|overline|widehat)\b", name) and not self._is_parameter(name):
                    yield f"{shown(name)} may depend on what is differentiated by, but its definition was not found"
        for here, there, side in ((right, left, claim.right), (left, right, claim.left)):
            number = not isinstance(side, Num) and not any(isinstance(t, Delta | SizeOf) for t in subterms(side))
            if there and not here and number:
                yield "one side is a numerical example"
        only_left, only_right = left - right, right - left
        if (pair := unrelated(suspect)) is not None and not posed.derived:
            a, b = pair
            yield f"how {shown(a.name)} on the left and {shown(b.name)} on the right are related was not found"
        if (
            isinstance(claim.left, Var)
            and any(isinstance(i, int) for i in claim.left.indices)
            and isinstance(claim.right, Var | Num)
        ):
            yield "this may be a special case that is set here"
        in_definitions = set().union(*self.symbols.call_texts.values())  # f(x) says what f is a function of
        for definitions in suspect.known.values():
            for definition in definitions:
                in_definitions |= _heads(definition.body)
        for head in sorted(only_left | only_right) if not posed.derived else ():
            if head.name not in in_definitions and head.name not in {h.name for h in self.symbols.variables}:
                yield f"nothing is known about {shown(head.name)}"

    def dependences(self, suspect: Suspect) -> Iterator[str]:
        """What is differentiated may depend on more than it shows."""
        claim = suspect.claim
        mentioned = self.symbols.reached(claim.left, claim.right)
        for a, b in sorted(self.symbols.rates):
            if a in mentioned and b in mentioned and a in self.symbols.definitions and a != b:
                tops = {top for top, _ in claim.context.dependent} | claim.context.through.keys()
                below = self.symbols.reached(*(d.body for d in (*self.symbols.definitions[a], *suspect.known[a])))
                if b not in below | set(map(of_one, below)) and not tops & (below | {a}):
                    yield f"as read, {shown(a.name)} does not depend on {shown(b.name)}"
        for families in claim.context.through.values():
            for head, _ in families:
                if head in self._hiding():  # the sum of the chain rule would run over that, too
                    yield f"{shown(head.name)} depends on an index that it does not show"
        for head in mentioned:
            for definition in self.symbols.definitions.get(head, ()):
                hidden = definition.params[len(self._shown_params(head)) :] if head in self._hiding() else ()
                if any(
                    isinstance(i, str) and i in self.symbols.bound_names and not self._is_label(i, definition)
                    for i in hidden
                ):
                    yield f"{shown(head.name)} depends on an index that it does not show"

    def sums(self, suspect: Suspect) -> Iterator[str]:
        """Which members a sum runs over may be another than was read."""
        claim, parts = suspect.claim, suspect.parts
        told = {i for t in parts if isinstance(t, Sum) for i in _told_apart_and_used(t)}
        for name in sorted((claim.left.free ^ claim.right.free) | (claim.left.free & claim.right.free & told)):
            if _only_told_apart(claim.left, name) and _only_told_apart(claim.right, name):
                yield f"whether the sum runs over {name}, too, is not said"
        if self.symbols.einstein and (claim.left.free ^ claim.right.free):
            yield "an index stands on one side only, and repeated indices may be summed here"

    def _arguments(self, claim: Claim) -> set[Head]:
        """The families that stand beside the variables of all derivatives of a claim as arguments of the same function.

        Those of l(mu, v) are held fixed in turn.
        """
        rates = [t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)]
        beside = []
        for rate in rates:
            called = self.symbols.functions.get((rate.body.name, 0)) if isinstance(rate.body, Var) else None
            heads = set(called.heads) if called is not None else set[Head]()
            beside.append(heads if rate.var.head in heads else set())
        return set.intersection(*beside) if beside else set()

    def _is_parameter(self, name: str) -> bool:
        """Whether the words right beside a name call it a parameter, or a global mean."""
        text, formula = self.reading.document.source.text, rf"\$\s*{re.escape(shown(name))}\s*\$"
        return any(
            PARAMETER_BEFORE.search(text[max(0, found.start() - NEAR) : found.start()])
            or PARAMETER_AFTER.match(text[found.end() : found.end() + NEAR])
            for found in re.finditer(formula, text)
        )

    def _hiding(self) -> dict[Head, Head]:
        """The heads with hidden indices, and how they are written."""
        return {head: shown for shown, (_, head) in self.symbols.hidden.items()}

    def _shown_params(self, head: Head) -> range:
        shown = self._hiding()[head]
        return range(shown.subs + shown.sups)

    @staticmethod
    def _is_label(index: str, definition: Definition) -> bool:
        """Whether an index stands only in labels ``^{(i)}`` of a definition's body: then it numbers the samples."""
        variables = [t for t in subterms(definition.body) if isinstance(t, Var) and index in t.indices]
        return all(index in t.sups and index not in t.subs for t in variables)


def _heads(term: Term) -> set[str]:
    return {t.name for t in subterms(term) if isinstance(t, Var | Opaque)}


def _only_told_apart(term: Term, index: str) -> bool:
    r"""Whether an index stands only below sums that tell theirs apart from it: ``\sum_{i \ne j} a_i a_j``."""
    if index not in term.free:
        return True
    if isinstance(term, Sum) and any(
        isinstance(t, Delta) and set(t.key) == {term.index, index} for t in subterms(term)
    ):
        return True
    return bool(term.parts) and not isinstance(term, Var) and all(_only_told_apart(p, index) for p in term.parts)


def _told_apart_and_used(term: Sum) -> Iterator[str]:
    r"""The indices that a sum excludes, and of which it has members: the j of ``\sum_{i \ne j} (x_i - x_j)``."""
    used = {i for t in subterms(term.body) if isinstance(t, Var) for i in t.indices}
    for part in subterms(term.body):
        match part:
            case Add(parts=(Num(value=1), Mul(parts=(Num(value=-1), Delta() as same)))):
                yield from (same.free & used) - {term.index}

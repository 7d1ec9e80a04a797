r"""Signs of which it is not clear what they stand for: a letter, a command, the base of a logarithm.

This module must never guess what they stand for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv import notation
from symderiv.reader.doubts.suspect import Suspect
from symderiv.reader.elaboration.probability import two_ways
from symderiv.reader.grammar.names import letter_of, shown
from symderiv.reader.indexed.means import is_mean
from symderiv.reader.letters import logarithms
from symderiv.reader.letters.bounds import NUMBER_PI
from symderiv.reader.letters.symbols import base_name
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import COMPLEX
from symderiv.terms import (
    Claim,
    Delta,
    Deriv,
    Fn,
    Sum,
    Term,
    Var,
    reached,
    subterms,
)

PI = Var(r"\pi", (), ())
TURNS = frozenset({"sin", "cos"})


class Signs:
    """What a sign in a claim may stand for, other than it was read."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def letters(self, suspect: Suspect) -> Iterator[str]:
        """Letters that may be something else, or of which the words say more than was put in."""
        claim, parts, inside = suspect.claim, suspect.parts, suspect.inside
        if ways := two_ways({t.name for t in inside if isinstance(t, Var)}):
            yield "whether {} and {} are one function is not said".format(*map(shown, ways))
        if any(isinstance(t, Var) and t.name == logarithms.UNIT for t in inside):
            yield "which base the logarithm has is not clear from the words"
        units = {t.name for t in inside if isinstance(t, Var) and not t.indices and t.name in ("i", "j", r"\mathrm{i}")}
        exponents = [t for t in inside if isinstance(t, Fn) and t.name == "exp"]
        raised = any(isinstance(v, Var) and v.name in units for t in exponents for v in subterms(t))
        if r"\mathrm{i}" in units or (units and (raised or COMPLEX.search(self.reading.document.source.text))):
            yield f"{min(units)} may be the imaginary unit"
        for name in sorted(self.symbols.two_conventions & {t.name for t in inside if isinstance(t, Var)}):
            yield f"{shown(name)} is said to be 0 or 1 in one place, and 1 or -1 in another"
        if unsaid := self._where_hot(claim):
            yield unsaid
        endless = self.symbols.endless
        if endless and any(isinstance(t, Sum) and letter_of(t.index) in endless for t in inside):
            yield "the values here may be infinitely many"
        given = [t for a in claim.context.assumptions for t in a.data if isinstance(t, Term)]
        said = {v.name for t in given for v in subterms(t) if isinstance(v, Var)}
        for name in sorted({base_name(t.name) for t in inside if isinstance(t, Var)} - said):
            if what := self.symbols.not_put_in.get(name):
                yield f"{shown(name)} {what}, which was not put in"
        for part in parts:
            if isinstance(part, Var) and any((base_name(part.name), str(i)) in self.symbols.hot for i in part.indices):
                yield f"whether {shown(part.name)} has its 1 at {part.indices[0]} was not understood"
        if any(map(is_mean, inside)):
            yield "this may say how something is distributed"
        if unsaid := self._by_other_case(claim) or self._as_a_call(suspect.posed, claim):
            yield unsaid

    def members(self, suspect: Suspect) -> Iterator[str]:
        r"""Commands that are not known, a \pi that is a number, and members that may be defined otherwise."""
        claim, parts = suspect.claim, suspect.parts
        for part in parts:
            if isinstance(part, Var) and part.name.startswith("\\operatorname{"):
                yield "a command in it is not known"
            if isinstance(part, Var) and re.match(r"\\delta_\{[a-z],?[a-z]\}$", part.name):
                yield f"whether {shown(part.name)} is Kronecker's delta is not said"
        turned = (t for t in parts if isinstance(t, Fn) and t.name in TURNS and PI in subterms(t))
        if PI.name in self.reading.limits and any(turned):
            yield "\N{GREEK SMALL LETTER PI} is a number here, and no value of it in a counterexample is that exactly"
        for part in parts:
            if (
                part is PI
                and PI.name in self.symbols.call_texts
                and NUMBER_PI.search(self.reading.document.source.text)
            ):
                yield "\N{GREEK SMALL LETTER PI} is a number in one place here, and something else in another"
            if isinstance(part, Var) and (step := self._at_step(part)):
                yield f"whether {step} says what {notation.unicode(part)} is was not understood"
            if isinstance(part, Var) and 0 in part.indices:
                spans = claim.context.families.get(part.head, ())
                if any(
                    i == 0 and span is not None and span.low > 0 for i, span in zip(part.indices, spans, strict=False)
                ):
                    yield f"whether {shown(part.name)} has an entry 0 beside those from 1 on is not said"

    @staticmethod
    def _where_hot(claim: Claim) -> str:
        r"""What to say of a class that one side tells apart, \delta_{ic}: the t of the other may have its 1 there."""
        hot = {a.data[0] for a in claim.context.assumptions if a.kind == "onehot"}
        for side, other in ((claim.left, claim.right), (claim.right, claim.left)) if hot else ():
            here, there = (reached((each,), claim.context.definitions) for each in (side, other))
            found = sorted(hot & {t.head for t in here if isinstance(t, Var)})
            found = [] if hot & {t.head for t in there if isinstance(t, Var)} else found
            told = {i for t in subterms(other) if isinstance(t, Delta) for i in (t.left, t.right)}
            if found and (places := sorted(told & other.free - side.free)):
                return f"whether {places[0]} is where {shown(found[0].name)} is 1 is not said"
        return ""

    def _at_step(self, var: Var) -> str:
        """What is defined for every step t, as a_t, where ``var`` is a_3; else ""."""
        if len(var.indices) != 1 or not isinstance(var.indices[0], int):
            return ""
        names = {f"{base_name(var.name)}_{{{letter}}}" for letter in self.symbols.steps}
        return next((shown(h.name) for h in self.symbols.definitions if shown(h.name) in names), "")

    def _as_a_call(self, posed: Posed, claim: Claim) -> str:
        """A number before a bracket that is called like a function elsewhere: z(y - t) beside z'(y), with z = y - t."""
        text = self.reading.document.source.text[posed.left_span.start : posed.span.end]
        known = {shown(head.name) for head in claim.context.definitions} & self.symbols.called
        for name in sorted(known - {name for name, _ in self.symbols.functions}):
            if re.search(rf"(?<![A-Za-z\\]){re.escape(name)}\s*(?:\\(?:left|[bB]igg?l?)\s*)?\(", text):
                return f"whether {name} is called there, or stands before a bracket as a factor, is not said"
        return ""

    @staticmethod
    def _by_other_case(claim: Claim) -> str:
        r"""A letter that something is differentiated by, where only its capital stands in definitions: w^l for W^l."""
        sides = [t for side in (claim.left, claim.right) for t in subterms(side)]
        made = [t for ds in claim.context.definitions.values() for d in ds for t in subterms(d.body)]
        inside = {t.name for t in made if isinstance(t, Var)}
        for name in sorted({t.var.name for t in sides if isinstance(t, Deriv)} - inside):
            capital = name[:1].upper() + name[1:]
            if name[:1].islower() and capital in inside:
                return f"{shown(name)} may be {shown(capital)}, which stands where it should"
        return ""

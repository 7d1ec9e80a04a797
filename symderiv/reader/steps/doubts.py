r"""Doubts: why a counterexample would not convict the author, and why a proof would be empty.

A symbol of which nothing is known may stand for anything; a derivative of what does not contain its variable proves
nothing. This module must never make a verdict better than the kernel's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import combinations

from symderiv import notation
from symderiv.document import Span
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted, Witness
from symderiv.kernel.derivative import Unsupported, definition_of
from symderiv.reader.elaboration import determinants, factorials
from symderiv.reader.elaboration.probability import together, two_ways
from symderiv.reader.elaboration.samples import alike
from symderiv.reader.grammar.names import GREEK_CAPITALS, letter_of, one_capital, shown
from symderiv.reader.indexed import orders
from symderiv.reader.indexed.families import differences, families_in
from symderiv.reader.indexed.means import is_mean
from symderiv.reader.known import in_a_case, named_sets, under_conditions
from symderiv.reader.letters import logarithms
from symderiv.reader.letters.bounds import NUMBER_PI
from symderiv.reader.letters.symbols import PROBABILITIES, base_name, of_one
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words.prose import COMPLEX, Words
from symderiv.terms import (
    Add,
    Assumption,
    Claim,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Mul,
    Num,
    Opaque,
    Pow,
    SizeOf,
    Sum,
    Term,
    Var,
    num,
    reached,
    subterms,
)

COSTS = ("L", "J", r"\mathcal{L}", r"\mathcal{J}")  # L_0 depends on all that is learnt, where nobody says otherwise
BEHIND = 400  # characters after a formula in which words explain it
PI = Var(r"\pi", (), ())
TURNS = frozenset({"sin", "cos"})
SIZES = ("K", "N", "M", "n")  # letters that hardly ever stand for anything but how many there are
NORMALISERS = ("Z", r"\mathcal{Z}")  # what weights are divided by to be probabilities
WEIGHTS = frozenset("pqtywrzdPQTYWRlk") | {
    r"\pi",
    r"\alpha",
    r"\gamma",
    r"\lambda",
    r"\theta",
    r"\rho",
    r"\tau",
    r"\omega",
    r"\phi",
}
_DRESSED = re.compile(r"\\(?:hat|bar|tilde|widehat|widetilde|vec|mathbf|boldsymbol|bm|mathrm)\{(.*)\}")
NORMALISING = re.compile(r"normali|partition", re.IGNORECASE)

SPECIAL = Words(
    r"\b(?:anti-?symmetric|skew[\s-]*symmetric|orthogonal|orthonormal|unitary|eigendecomposition|singular\s+value"
    r"|idempotent|projections?\s+matri\w*|nilpotent|orthonormiert|orthogonale?n?)\b|正交|反对称|直交",
    re.IGNORECASE,
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
WEIGHTED = Words(
    r"\b(?:distributions?|probabilit\w+|densit\w+|weight(?:s|ed|ing)|coefficients?|mixing|mixtures?|convex\w*|concav\w*|jensen\w*"
    r"|simplex|averages?|expectations?|sums?\s+to\s+(?:one|1|unity)|divergence|evidence\s+lower\s+bound|ELBO"
    r"|\w*verteilung\w*|wahrscheinlich\w*|gewicht\w*|koeffizient\w*|\w*konvex\w*|konkav\w*|mischung\w*"
    r"|poids|pond[ée]r\w*|m[ée]langes?|distribuci[oó]n\w*|pesos?|coeficientes?|c[oó]ncav\w*|mezclas?)\b"
    r"|分布|概率|確率|权重|權重|加权|系数|凸|凹|重み|係数|イ[ェエ]ンセン|琴生|詹森",
    re.IGNORECASE,
)


class Doubts:
    """What speaks against taking a verdict at its word."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def doubt(self, posed: Posed, claim: Claim) -> str:
        """Why a counterexample to ``claim`` would not convict its author; empty if it does.

        A symbol of which nothing is known may stand for anything, and what stands on both sides under different names
        may be tied together by words that were not understood.
        """
        one = claim
        if posed.unsaid:
            return posed.unsaid
        if claim.relation == "!=":
            same = replace(claim, relation="=")
            if not isinstance(prove_all([same]), Proved):
                return "its sides differ, if not everywhere"
            return self.empty([same])
        if unclear := self._unclear(posed, claim):
            return unclear
        if unknown := self._unknown([claim], False):
            return unknown
        claim, unsaid = alike(claim, self.symbols)
        if unsaid:
            return unsaid
        parts = {t for side in (claim.left, claim.right) for t in subterms(side)}
        inside = list(reached((claim.left, claim.right), claim.context.definitions))
        if ways := two_ways({t.name for t in inside if isinstance(t, Var)}):
            return "whether {} and {} are one function is not said".format(*map(shown, ways))
        if any(isinstance(t, Var) and t.name == logarithms.UNIT for t in inside):
            return "which base the logarithm has is not clear from the words"
        units = {t.name for t in inside if isinstance(t, Var) and not t.indices and t.name in ("i", "j", r"\mathrm{i}")}
        exponents = [t for t in inside if isinstance(t, Fn) and t.name == "exp"]
        raised = any(isinstance(v, Var) and v.name in units for t in exponents for v in subterms(t))
        if r"\mathrm{i}" in units or (units and (raised or COMPLEX.search(self.reading.document.source.text))):
            return f"{min(units)} may be the imaginary unit"
        for name in sorted(self.symbols.two_conventions & {t.name for t in inside if isinstance(t, Var)}):
            return f"{shown(name)} is said to be 0 or 1 in one place, and 1 or -1 in another"
        if unsaid := self._where_hot(claim):
            return unsaid
        endless = self.symbols.endless
        if endless and any(isinstance(t, Sum) and letter_of(t.index) in endless for t in inside):
            return "the values here may be infinitely many"
        given = [t for a in claim.context.assumptions for t in a.data if isinstance(t, Term)]
        said = {v.name for t in given for v in subterms(t) if isinstance(v, Var)}
        for name in sorted({base_name(t.name) for t in inside if isinstance(t, Var)} - said):
            if what := self.symbols.not_put_in.get(name):
                return f"{shown(name)} {what}, which was not put in"
        for part in parts:
            if isinstance(part, Var) and any((base_name(part.name), str(i)) in self.symbols.hot for i in part.indices):
                return f"whether {shown(part.name)} has its 1 at {part.indices[0]} was not understood"
        if any(map(is_mean, inside)):
            return "this may say how something is distributed"
        derived = any(isinstance(t, Deriv) for t in parts)
        if unsaid := self._by_other_case(claim) or self._as_a_call(posed, claim):
            return unsaid
        unknowns = [t for t in parts if isinstance(t, Opaque)]
        if unknowns and not derived and not any(any(t.orders) for t in unknowns):
            return "this may say what an unknown function is like"
        if factorials.tied(inside):
            return "factorials are tied to one another, of which nothing is known here"
        if determinants.tied(claim, self.symbols):
            return "this may say what a determinant is, of which nothing is known here but its name"
        if peculiar := self._peculiar(claim):
            return f"this may say what the derivative of the unknown function {shown(peculiar)} is like"
        for part in parts:
            if isinstance(part, Var) and part.name.startswith("\\operatorname{"):
                return "a command in it is not known"
            if isinstance(part, Var) and re.match(r"\\delta_\{[a-z],?[a-z]\}$", part.name):
                return f"whether {shown(part.name)} is Kronecker's delta is not said"
        turned = (t for t in parts if isinstance(t, Fn) and t.name in TURNS and PI in subterms(t))
        if PI.name in self.reading.limits and any(turned):
            return "\N{GREEK SMALL LETTER PI} is a number here, and no value of it in a counterexample is that exactly"
        for part in parts:
            if (
                part is PI
                and PI.name in self.symbols.call_texts
                and NUMBER_PI.search(self.reading.document.source.text)
            ):
                return "\N{GREEK SMALL LETTER PI} is a number in one place here, and something else in another"
            if isinstance(part, Var) and (step := self._at_step(part)):
                return f"whether {step} says what {notation.unicode(part)} is was not understood"
            if isinstance(part, Var) and 0 in part.indices:
                spans = claim.context.families.get(part.head, ())
                if any(
                    i == 0 and span is not None and span.low > 0 for i, span in zip(part.indices, spans, strict=False)
                ):
                    return f"whether {shown(part.name)} has an entry 0 beside those from 1 on is not said"
        if posed.bounded and any(isinstance(t, Fn) and t.name in ("relu", "abs", "step", "sign") for t in inside):
            return "it may be meant under a condition that the words or the line beside it set"
        if posed.supposed:
            return f"the words before it speak of a case, '{posed.supposed}', that was not understood"
        derives = any(isinstance(t, Deriv) for side in (claim.left, claim.right) for t in subterms(side))
        if posed.grounds and not derives:
            return "the words before it say that something follows from it, so it may be what is given"
        if not derives and (special := self._special(posed, claim)):
            return f"by the words a matrix is special ('{special}'), which was not put in"
        bars = {t.head for t in inside if isinstance(t, Var) and _is_bar(t)}
        if (free := bars - claim.context.definitions.keys()) and bars & claim.context.definitions.keys():
            return f"what {shown(min(free).name)} is was not found, beside another bar that is defined"
        if posed.roughly:
            return f"by the words it need not hold exactly ('{posed.roughly}')"
        if posed.rounded:
            return "numbers in this line may be rounded"
        for zero, other in ((claim.right, claim.left), (claim.left, claim.right)):
            if (
                isinstance(zero, Num)
                and not zero.value
                and posed.relation == "="
                and not posed.derived
                and any(isinstance(t, Var) for t in subterms(other))
            ):
                return "this may be an equation to be solved, not one that holds always"
        if posed.solving and not derived:
            return "this may follow from an equation that is being solved"
        if posed.equated and not posed.derived and self._may_be_sought(claim):
            return "this may be an equation to be solved, not one that holds always"
        sides = (claim.left, claim.right)
        if all(isinstance(t, SizeOf | Num) for t in sides) and any(isinstance(t, SizeOf) for t in sides):
            return "this is a relation between sizes"
        known = {**self.symbols.definitions, **claim.context.definitions}
        left, right = self._unknowns(claim.left, known), self._unknowns(claim.right, known)
        found = differences(claim.left, claim.right)
        if found and all(
            any(
                isinstance(x, Num) and isinstance(y, Var) and self._unknown_at(posed, y.head)
                for x, y in ((a, b), (b, a))
            )
            for a, b in found
        ):
            return "this may say what numbers stand there"
        for side, other in ((claim.left, claim.right), (claim.right, claim.left)):
            root = side.base if isinstance(side, Pow) and side.exponent == num(2) else None
            mentioned = families_in((other,), claim.context.definitions)
            if isinstance(root, Var) and root.head not in mentioned | claim.context.definitions.keys():
                return f"this may say what the square of {shown(root.name)} is"
        if forms := together(left | right):
            return f"{forms} may belong together in a way that was not found"
        if any(head.name in self.reading.constants for head in left ^ right):
            return "a constant is spoken of that may be any number"
        if posed.constant:
            return "a constant is spoken of that may be any number"
        if posed.guessed:
            return "the shapes of the vectors and matrices here are not declared"
        if unknown := self._normaliser(claim):
            return unknown
        counts: dict[str, set[int]] = {}
        for head in left | right:
            counts.setdefault(head.name, set()).add(head.subs)
        for name in sorted(name for name, several in counts.items() if len(several) > 1):
            return f"{shown(name)} has different numbers of indices here, and its members may belong together"
        if any(isinstance(t, Deriv) for side in (claim.left, claim.right) for t in subterms(side)):
            differentiated = {h.name for h in self.symbols.variables}
            arguments = self._arguments(claim)
            for name in sorted({h.name for h in left | right if h not in arguments} - differentiated):
                if re.match(r"\\(?:mu|sigma|hat|bar|tilde|overline|widehat)\b", name) and not self._is_parameter(name):
                    return f"{shown(name)} may depend on what is differentiated by, but its definition was not found"
        for here, there, side in ((right, left, claim.right), (left, right, claim.left)):
            number = not isinstance(side, Num) and not any(isinstance(t, Delta | SizeOf) for t in subterms(side))
            if there and not here and number:
                return "one side is a numerical example"
        only_left, only_right = left - right, right - left
        if (pair := self.unrelated(claim)) is not None and not posed.derived:
            a, b = pair
            return f"how {shown(a.name)} on the left and {shown(b.name)} on the right are related was not found"
        if (
            isinstance(claim.left, Var)
            and any(isinstance(i, int) for i in claim.left.indices)
            and isinstance(claim.right, Var | Num)
        ):
            return "this may be a special case that is set here"
        in_definitions = set().union(*self.symbols.call_texts.values())  # f(x) says what f is a function of
        for definitions in known.values():
            for definition in definitions:
                in_definitions |= _heads(definition.body)
        for head in sorted(only_left | only_right) if not posed.derived else ():
            if head.name not in in_definitions and head.name not in {h.name for h in self.symbols.variables}:
                return f"nothing is known about {shown(head.name)}"
        mentioned = self.symbols.reached(claim.left, claim.right)
        for a, b in sorted(self.symbols.rates):
            if a in mentioned and b in mentioned and a in self.symbols.definitions and a != b:
                tops = {top for top, _ in claim.context.dependent} | claim.context.through.keys()
                below = self.symbols.reached(*(d.body for d in (*self.symbols.definitions[a], *known[a])))
                if b not in below | set(map(of_one, below)) and not tops & (below | {a}):
                    return f"as read, {shown(a.name)} does not depend on {shown(b.name)}"
        for families in claim.context.through.values():
            for head, _ in families:
                if head in self._hiding():  # the sum of the chain rule would run over that, too
                    return f"{shown(head.name)} depends on an index that it does not show"
        for head in mentioned:
            for definition in self.symbols.definitions.get(head, ()):
                hidden = definition.params[len(self._shown_params(head)) :] if head in self._hiding() else ()
                if any(
                    isinstance(i, str) and i in self.symbols.bound_names and not self._is_label(i, definition)
                    for i in hidden
                ):
                    return f"{shown(head.name)} depends on an index that it does not show"
        if one is not claim and not isinstance(prove_all([claim]), Refuted):
            return "it may hold where all examples are alike"
        told = {i for t in parts if isinstance(t, Sum) for i in _told_apart_and_used(t)}
        for name in sorted((claim.left.free ^ claim.right.free) | (claim.left.free & claim.right.free & told)):
            if _only_told_apart(claim.left, name) and _only_told_apart(claim.right, name):
                return f"whether the sum runs over {name}, too, is not said"
        if self.symbols.einstein and (claim.left.free ^ claim.right.free):
            return "an index stands on one side only, and repeated indices may be summed here"
        return ""

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

    def _may_be_sought(self, claim: Claim) -> bool:
        """Whether two expressions are set equal, neither of them a derivative or a defined quantity."""
        sides = (claim.left, claim.right)
        return not any(isinstance(t, Deriv) for side in sides for t in subterms(side)) and not any(
            isinstance(side, Var) and side.head in self.symbols.definitions for side in sides
        )

    @staticmethod
    def _peculiar(claim: Claim) -> str:
        """The unknown function of which a claim says something that holds for some functions only: f' = f (1 - f).

        So it does where a derivative of it stands on one side only, and no other unknown function is spoken of; a rule
        for products or quotients is about any two.
        """
        definitions, through = claim.context.definitions, claim.context.through
        names: list[set[str]] = []
        derived: list[set[str]] = []
        for side in (claim.left, claim.right):
            parts = set(reached((side,), definitions))
            names.append({t.name for t in parts if isinstance(t, Opaque)})
            derived.append({t.name for t in parts if isinstance(t, Opaque) and any(t.orders)})
            for part in parts:
                if isinstance(part, Deriv):
                    inner = set(reached((part.body,), definitions))
                    middles = {h for t in inner if isinstance(t, Var) for h, _ in through.get(t.head, ())}
                    bodies = [d.body for h in middles - {part.var.head} for d in definitions.get(h, ())]
                    for t in {*inner, *reached(bodies, definitions)}:
                        if isinstance(t, Opaque) and any(
                            isinstance(x, Var) and x.head == part.var.head for x in reached((t,), definitions)
                        ):
                            derived[-1].add(t.name)
        every = names[0] | names[1]
        return min(every) if len(every) == 1 and derived[0] != derived[1] else ""

    def elsewhere(self, posed: Posed, claim: Claim, proved: bool = False) -> str:
        """What in a claim, proved or not, was said of something else, or may have been.

        So it was of L for y = 1 only, or of members of a set.
        """
        if said := self._in_a_case(posed, claim, proved):
            return said
        for said, left, heads in under_conditions.rests_on(self.reading, posed, claim):
            if proved and heads and _holds_without(claim, heads):
                continue
            if left:
                return said
            posed.note(said)
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.hot_since.keys()):
            since = max((n for n in self.symbols.hot_since[head] if n <= posed.sentence), default=posed.sentence)
            if self.symbols.is_softened(head, since, posed.sentence):
                return f"{shown(head.name)} is one-hot where the words define it, and that is said no longer"
        given = posed.values or posed.earlier_values
        holds = {a.data for a in given}
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.partial.keys()):
            other = [a for a in self.symbols.partial[head] if a.data not in holds]
            if other:
                return f"what {shown(head.name)} is was said for {notation.unicode_latex(other[0].text)} only"
        for head in sorted(self.symbols.reached(claim.left, claim.right) & self.symbols.instead.keys()):
            line = self.reading.document.source.position(self.symbols.instead[head].start).line
            return f"what {shown(head.name)} is was not understood where it is said first (line {line})"
        for head in sorted(self.symbols.reached(claim.left, claim.right)):
            for at, told, _, manner in self.symbols.asides.get(head.name, ()):
                if manner == "supposed" and told == posed.paragraph and at <= posed.at:
                    return f"the words before it suppose that {shown(head.name)} is something else"
        if said := named_sets.beside(posed, claim, self.reading):
            return said
        return "" if proved else self._retold(posed, claim) or named_sets.picked_by_values(claim, self.reading)

    def _retold(self, posed: Posed, claim: Claim) -> str:
        """The letter that words right behind a false line give another meaning than it was judged by."""
        names = {base_name(shown(head.name)) for head in self.symbols.reached(claim.left, claim.right)}
        retold = sorted(posed.again & names) if posed.again else []
        return f"right behind it the words say what {retold[0]} means, and that is something else" if retold else ""

    def _in_a_case(self, posed: Posed, claim: Claim, proved: bool) -> str:
        """What a quantity in a claim was said to be for one case, after the formula that it has.

        What is proved of it holds in the case, too; what is false may be meant for it. Beyond the case, the line may
        have been a new meaning after all.
        """
        text = self.reading.document.source.text
        for head in sorted(self.symbols.reached(claim.left, claim.right)):
            cases = [case for case in self.symbols.cased.get(head.name, ()) if case.at <= posed.at]
            if not cases or in_a_case.general(posed, text):
                continue
            if not proved or in_a_case.holding(cases, posed, text) is None:
                line = self.reading.document.source.position(cases[-1].span.start).line
                return f"line {line} says what {shown(head.name)} is in one case ('{cases[-1].words}')"
        return ""

    def _unclear(self, posed: Posed, claim: Claim) -> str:
        """How far a sign reaches may not be clear in the line, or in one that defines what stands in it."""
        inside = reached((claim.left, claim.right), claim.context.definitions) if self.reading.unclear else ()
        spans = {self.symbols.defined_at.get(t.head) for t in inside if isinstance(t, Var)}
        spans.add(Span(posed.left_span.start, posed.span.end))
        for start in self.reading.unclear:
            if any(span is not None and span.start <= start < span.end for span in spans):
                line = self.reading.document.source.position(start).line
                return f"how far a sign in line {line} reaches is not clear"
        return ""

    def _unknown(self, claims: Sequence[Claim], proved: bool) -> str:
        """What in the claims, proved or not, is said to be something that was not understood."""
        for claim in claims:
            inside = list(reached((claim.left, claim.right), claim.context.definitions))
            names = {base_name(t.name) for t in inside if isinstance(t, Var)}
            unsaid = names & self.symbols.unsaid_numbers
            if not proved:
                unsaid |= {by for what, by in self.symbols.function_divisors if {what, by} <= names}
            if unsaid:
                return f"whether {shown(min(unsaid))} alone is a value of the function is not said"
            if said := self._unread(claim, inside, proved) or self._shapeless(claim, inside):
                return said
            if proved and (said := self._in_words(claim, inside)):
                return said
        return ""

    def _unknown_at(self, posed: Posed, head: Head) -> bool:
        """Whether nothing says what a family is up to a step."""
        made = self.symbols.definitions.get(head, ())
        return all(self.symbols.order.get((head, d.params), 0) > posed.at for d in made)

    def unrelated(self, claim: Claim) -> tuple[Head, Head] | None:
        """Two families, each on its own side, of which nothing says how one follows from the other."""
        known = {**self.symbols.definitions, **claim.context.definitions}
        left, right = self._unknowns(claim.left, known), self._unknowns(claim.right, known)
        return (min(left - right), min(right - left)) if left - right and right - left else None

    def _unread(self, claim: Claim, inside: Sequence[Term], proved: bool) -> str:
        """What is said to be something that could not be read, on which more hinges than is known.

        An equation without derivatives holds of whatever it is; a derivative by what it does not speak of, too.
        """
        varied = {t.var.head for t in inside if isinstance(t, Deriv)}
        named = {head.name for head in claim.context.definitions}
        for var in (t for t in inside if isinstance(t, Var) and t.head not in claim.context.definitions):
            found = self.symbols.unread.get(shown(var.name))
            letter, script, _ = var.name.partition("_{")
            known = var.head in claim.context.through  # by way of what it depends on x
            free = {h for h in varied if (var.head, h) not in claim.context.dependent and not known}
            if proved and free and script and letter in COSTS:
                return f"on what {shown(var.name)} depends is not said"
            if proved and var.head not in varied and var.name in named and self._speaks(shown(var.name), free):
                return f"{shown(var.name)} has other indices where it is defined"
            if not proved and Head(var.name, len(var.subs), 0) in claim.context.definitions:  # \gamma_{jk}^{(t)}
                return f"{shown(var.name)} has no such superscript where it is defined"
            if found is None or (var.head in varied and not found.of_one):
                continue
            depends = found.names is None or any(self._speaks(name, free) for name in found.names)
            if (free and (depends or found.of_one)) or not proved:
                line = self.reading.document.source.position(found.span.start).line
                return f"what {shown(var.name)} is was not understood (line {line})"
        return ""

    def _in_words(self, claim: Claim, inside: Sequence[Term]) -> str:
        """What is differentiated as a constant, and said to be computed from data that it is differentiated by."""
        symbols = self.symbols
        drawn = {
            p.var for (name, _), f in symbols.functions.items() if name in PROBABILITIES for p in f.parameters if p.var
        }
        for rate in (t for t in inside if isinstance(t, Deriv)):
            part, found = symbols.in_words(rate.body, rate.var.head, claim.context) or (None, None)
            if part is None or found is None or (rate.var in drawn and NORMALISING.match(found.kind)):
                continue  # what a density is divided by is the same for all that is drawn
            line = self.reading.document.source.position(found.span.start).line
            said = f"what {shown(part.name)} is was said in words only ('{found.kind}' in line {line})"
            return f"{said}, and it may depend on {shown(rate.var.name)}"
        return ""

    def _speaks(self, name: str, heads: set[Head]) -> bool:
        """Whether the formulas that say what ``name`` is speak of one of ``heads``, or what they mention does."""
        return not self.symbols.speaks_of([name]).isdisjoint(shown(head.name) for head in heads)

    def _special(self, posed: Posed, claim: Claim) -> str:
        """A word of the section that says more of a matrix in the claim than was put in: "orthogonal"; or ""."""
        text, at = self.reading.document.source.text, posed.span.start
        begins = max(0, *(text.rfind(mark, 0, at) for mark in ("\n#", "\\section", "\\subsection")))
        inside = reached((claim.left, claim.right), claim.context.definitions)
        matrices = {
            t.head for t in inside if isinstance(t, Var) and len(t.subs) == 2
        } - claim.context.definitions.keys()
        said = SPECIAL.search(text[begins:at]) if matrices else None
        return said[0] if said else ""

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

    def weighs(self, posed: Posed, claim: Claim) -> bool:
        """Whether a claim is an inequality, and words of its section, or right behind it, speak of weights."""
        if claim.relation not in ("<", ">", "<=", ">="):
            return False
        text, at = self.reading.document.source.text, posed.span.start
        begins = max(0, *(text.rfind(mark, 0, at) for mark in ("\n#", "\\section", "\\subsection")))
        ends = at + len(re.split(r"\n#|\\(?:sub)?section", text[at : at + BEHIND])[0])
        return bisect_left(self._weighted, begins) < bisect_left(self._weighted, ends)

    @cached_property
    def _weighted(self) -> list[int]:
        """Where words of the document speak of weights."""
        return [said.start() for said in WEIGHTED.finditer(self.reading.document.source.text)]

    def may_be_weights(self, claims: Sequence[Claim], assumption: Assumption) -> bool:
        r"""Whether what would have to sum to one may be meant to: by its letter, its words, or beside logarithms.

        Of the x in (\sum_i x_i)^2 = \sum_i x_i nobody says so; what else than a sum is assumed, may be.
        """
        total = assumption.data[0]
        if assumption.kind != "equation" or not isinstance(total, Sum) or assumption.data[1] != num(1):
            return True
        letters = {_letter(t.name) for t in subterms(total.body) if isinstance(t, Var)}
        if letters & WEIGHTS or WEIGHTED.search(self.reading.document.source.text):
            return True
        parts = (t for claim in claims for t in reached((claim.left, claim.right), claim.context.definitions))
        return any(isinstance(t, Fn) and t.name in ("log", "exp") for t in parts)

    def _shapeless(self, claim: Claim, inside: Sequence[Term]) -> str:
        """A letter that stands for a number, and is a matrix by the words, the identity beside one, or a set.

        So is a Kronecker delta that some line defines otherwise, as the error ``\\delta_{nk} = y_{nk} - t_{nk}``.
        """
        if self.symbols.own_delta and any(isinstance(t, Delta) for t in inside):
            return "what \N{GREEK SMALL LETTER DELTA} is was defined in a way that was not understood"
        sizes = [t.parts[0] for t in inside if isinstance(t, Fn) and t.name == "abs" and isinstance(t.parts[0], Var)]
        for size in sizes if claim.left.free or claim.right.free else ():  # whether i lies in S, nobody knows
            if re.search(rf"\\in\s*{re.escape(size.name)}(?![A-Za-z])", self.reading.document.source.text):
                return f"{shown(size.name)} is a set, of which nothing more is known"
        names = {t.name for t in inside if isinstance(t, Var) and not t.indices and not self.symbols.defines(t.name, 0)}
        names |= {t.name for t in inside if isinstance(t, Opaque)}
        unknown = sorted(names & self.symbols.matrices_by_word)
        if not unknown and "I" in names and (others := self._capitals(claim.left) | self._capitals(claim.right)):
            unknown = sorted(others)
        return (
            f"{' and '.join(map(shown, unknown))} may be matrices, of which the shapes are not declared"
            if unknown
            else ""
        )

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

    def unsaid(self, posed: Posed, witness: Witness) -> str:
        """Whether the counterexample needs what nobody has said: an index that is 0, a value for one more member."""
        zero = [name for name, value in witness.indices if value == 0 and name not in posed.declared]
        if zero:
            return f"whether {zero[0]} may be 0 is not said"
        singly = {h for h, made in self.symbols.definitions.items() if all(map(_of_one, made))}
        inputs = {t for h in singly for d in self.symbols.definitions[h] for t in subterms(d.body)}  # h_0, below h_1
        more = [var for var, _ in witness.values if var.head in singly and var not in inputs]
        if more:
            return f"what {notation.unicode(more[0])} is is not said"
        symbols = self.symbols
        if not named_sets.is_parted(witness, symbols, posed.relation):
            return "whether the sets may be empty, or have members in common, is not said"
        lone = [v for v, _ in witness.values if v.name in SIZES and not v.indices and v.head not in symbols.variables]
        if witness.sizes and lone:
            return f"whether {lone[0].name} is the number of terms in a sum is not said"
        return ""

    def degenerate(self, claims: Sequence[Claim]) -> Iterator[Assumption]:
        r"""Pairs of indices that an author of pairs does not think of as the same.

        So it is with the i and j of a P_{ij} that is differentiated by something with one of them, x_i; and with the i
        and k of d_{ik}, where the definitions sum over k \ne i only; and the u and i of b_u + b_i beside r_{ui}.
        """
        for claim in claims:
            definitions = claim.context.definitions
            free = sorted((claim.left.free | claim.right.free) & claim.context.ranges.keys())
            for part in {t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)}:
                inside = set(reached((part.body,), definitions))
                by = part.var.indices
                for i, j in combinations(free, 2):
                    members = [t for t in subterms(part.body) if isinstance(t, Var) and {i, j} <= set(t.indices)]
                    once = len({i, j} & set(by)) == 1 and len(by) == 1
                    guarded = {i, j} <= set(by) and any(
                        isinstance(t, Sum) and any(isinstance(g, Delta) and {t.index} < set(g.key) for g in subterms(t))
                        for t in inside
                    )
                    beside = {t.indices for t in inside if isinstance(t, Var) and t.head == part.var.head}
                    paired = any(isinstance(t, Var) and {i, j} <= set(t.indices) for t in inside)
                    if (members and once) or guarded or (paired and once and beside >= {(i,), (j,)}):
                        yield Assumption("distinct", (i, j), f"{i} \\ne {j}", "not said")

    def empty(self, claims: Sequence[Claim]) -> str:
        """Why a proof of ``claims`` would be empty or hasty.

        Something defined is differentiated by what it does not contain, or capital letters of which nothing is known
        change places in products, with each other or with the names of layers: they may be matrices.
        """
        if unknown := self._unknown(claims, True):
            return unknown
        for claim in claims:
            pairs = self._orders(claim.left) | self._orders(claim.right)
            changed = sorted(a for a, b in pairs if (b, a) in pairs and a[0].islower() != b[0].islower())
            if changed:
                letters = " and ".join(dict.fromkeys(changed))
                return f"{letters} may be matrices, which do not commute: their shapes are not declared"
            if unordered := self._unordered(claim):
                return unordered
            if unknown := self._normaliser(claim):
                return unknown
            for side in (claim.left, claim.right):
                for part in subterms(side):
                    if isinstance(part, Deriv) and part.var.head in self.symbols.two_valued:
                        return f"{shown(part.var.name)} has two values only, so nothing can be differentiated by it"
                    if isinstance(part, Deriv) and self._differs(part.var.head, part.body):
                        return f"{shown(part.var.name)} may differ between the examples that are summed over"
                    if not isinstance(part, Deriv) or not isinstance(part.body, Var):
                        continue
                    if part.body.head not in self.symbols.definitions:
                        continue
                    below = self.symbols.reached(part.body)
                    below |= families_in((part.body,), claim.context.definitions)
                    free = part.var.head not in below and not claim.context.through.keys() & below
                    if free and not any((h, part.var.head) in claim.context.dependent for h in below):
                        return f"as read, {shown(part.body.name)} does not depend on {shown(part.var.name)}"
        return ""

    def _normaliser(self, claim: Claim) -> str:
        """Whether a Z stands in what is differentiated of which nothing is said, and which is no matrix."""
        rates = [t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)]
        drawn = {
            p.var for (name, _), f in self.symbols.functions.items() if name in PROBABILITIES for p in f.parameters
        }
        rates = [rate for rate in rates if rate.var not in drawn]  # the Z of p(x) is the same for all x
        known = claim.context.definitions.keys() | {rate.var.head for rate in rates}
        for part in reached([rate.body for rate in rates], claim.context.definitions):
            if isinstance(part, Var) and part.name in NORMALISERS and part.head not in known and len(part.subs) < 2:
                return f"what {shown(part.name)} is was not found, and it may depend on what is differentiated by"
        return ""

    def _differs(self, head: Head, term: Term) -> bool:
        """Whether ``head`` is one for each example in ``term``."""
        return head in self.symbols.lifted and head in {of_one(h) for h in self.symbols.reached(term) if h != head}

    def _orders(self, term: Term) -> set[tuple[str, str]]:
        """Which unexplained capital letters stand before which others, or layers' names, in products of ``term``."""
        pairs: set[tuple[str, str]] = set()
        drawn = {inner for mean in subterms(term) if is_mean(mean) for inner in subterms(mean)}
        for part in subterms(term):
            match part:
                case Pow(base=Add() | Mul() as base, exponent=Num(value=value)) if value > 1:  # (A B)^2, (A + B)^2
                    pairs |= {(a, b) for a in self._capitals(base) for b in self._capitals(base) if a != b}
            if isinstance(part, Mul) and part not in drawn:
                before: set[str] = set()
                for factor in part.parts:
                    here = self._capitals(factor)
                    pairs |= {(a, b) for a in before for b in here if a != b and (a[0] + b[0]).lower() != a[0] + b[0]}
                    before |= here
        return pairs

    def _capitals(self, term: Term) -> set[str]:
        if isinstance(term, Var):
            unknown = not term.indices and term.head not in self.symbols.definitions
            unknown = unknown and term.name not in self.symbols.divisors
            letter, _, layer = term.name.partition("^{")
            capital = letter.isupper() or letter in GREEK_CAPITALS
            unknown = unknown and (len(letter) == 1 or letter in GREEK_CAPITALS)
            return {term.name} if unknown and (layer or capital) else set()
        if isinstance(term, Fn) or is_mean(term):
            return set()  # the logarithm of a matrix is not in the language, and X is a random number in E[X]
        return set().union(*map(self._capitals, term.parts))

    def _unordered(self, claim: Claim) -> str:
        """Why a proof of ``claim`` for numbers would not hold for matrices; "" if it keeps the order of factors."""
        try:
            found = orders.apart(claim, self._may_be_matrix)
        except (orders.TooLong, Unsupported):
            return "capital letters in it may be matrices, and whether their order is kept was not found"
        if found is None:
            return ""
        if not isinstance(prove_all([found.claim]), Proved):
            letters = " and ".join(map(notation.unicode, found.met))
            return f"{letters} may be matrices, which do not commute: their shapes are not declared"
        if found.turned:
            letters = " and ".join(map(notation.unicode, found.turned))
            return f"{letters} may be matrices, of which the transposes stand in a derivative: no shapes are declared"
        return ""

    def _may_be_matrix(self, var: Var) -> bool:
        """Whether ``var`` is a capital of which nothing is known: W, W^{2}, W_1, W_{hh}."""
        letter = base_name(var.name)
        capital = all(one_capital(letter))
        single = not var.sups and len(var.subs) < 2 and all(isinstance(i, int) for i in var.subs)
        return capital and single and var.head not in self.symbols.definitions and letter not in self.symbols.divisors

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

    @staticmethod
    def _unknowns(term: Term, definitions: Mapping[Head, tuple[Definition, ...]]) -> set[Head]:
        """The undefined families and functions that a term reaches."""
        found: set[Head] = set()
        seen: set[Head] = set()
        queue = [term]
        while queue:
            for part in subterms(queue.pop()):
                if isinstance(part, Opaque):
                    found.add(Head(part.name, 0, 0))
                elif isinstance(part, Var) and part.head not in seen:
                    seen.add(part.head)
                    try:
                        body = definition_of(part, definitions)
                        bodies = [d.body for d in definitions[part.head]] if body is not None else []
                    except Unsupported:
                        bodies = [d.body for d in definitions[part.head]]
                    queue += bodies
                    if not bodies:
                        found.add(part.head)
        return found


def _letter(name: str) -> str:
    r"""The letter y of ``\hat{y}``, ``\mathbf{y}`` and ``y(x)``."""
    while (found := _DRESSED.fullmatch(shown(name))) is not None:
        name = found[1]
    return re.split(r"[_(^]", name)[0]


def _heads(term: Term) -> set[str]:
    return {t.name for t in subterms(term) if isinstance(t, Var | Opaque)}


def _of_one(definition: Definition) -> bool:
    """Whether a definition is that of some members only: p_1, or p(y_i|x_i)."""
    return any(isinstance(p, int) for p in definition.params) or len(set(definition.params)) < len(definition.params)


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


def _holds_without(claim: Claim, heads: frozenset[Head]) -> bool:
    """Whether ``claim`` is proved whatever ``heads`` are, and however they depend on what it differentiates by."""
    context = claim.context
    parts = reached((claim.left, claim.right), context.definitions)
    varied = {part.var.head for part in parts if isinstance(part, Deriv)}
    without = replace(
        context,
        definitions={head: made for head, made in context.definitions.items() if head not in heads},
        dependent=context.dependent | {(head, by) for head in heads for by in varied},
    )
    return isinstance(prove_all([replace(claim, context=without)]), Proved)


def _is_bar(term: Var) -> bool:
    return not term.indices and re.fullmatch(r"\\(?:bar|overline)\{\\?[A-Za-z]+\}", term.name) is not None

r"""Second readings of a step that a fair reader would try: later meanings, and intermediates held fixed.

This module must never choose between readings: it only offers them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from symderiv.kernel import Witness
from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader.grammar.names import of_members, shown
from symderiv.reader.indexed.families import families_in, spoken_of
from symderiv.reader.indexed.fixed import signs_in, with_signs
from symderiv.reader.indexed.means import at_two_points, is_mean
from symderiv.reader.indexed.sized import at_sizes, sizes_of
from symderiv.reader.known import in_a_case
from symderiv.reader.letters.symbols import base_name
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.later import is_told_below
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    Claim,
    Definition,
    Deriv,
    Head,
    SizeOf,
    Sum,
    Term,
    Var,
    add,
    mul,
    num,
    power,
    reached,
    rewritten,
    subterms,
)

MEAN = Words(
    r"\b(?:means?|averag\w*|sample|cent(?:er|re)\w*|mittel\w*|durchschnitt\w*|moyenn\w*|medi[ao]s?|promedi\w*)\b|平均|均值|평균|средн",
    re.IGNORECASE,
)
CENTRED = Words(r"zero[\s-]*mean|mean\s+(?:of\s+)?(?:zero|0)|cent(?:e?red|ralis|raliz)|noise|unbiased", re.IGNORECASE)
PARTIAL = Words(r"\\part(?:ial)?\b|\\nabla|[∂∇]|\\pd|\\pdv")
DISTRIBUTED = Words(
    r"\bdistribut|bernoulli|rademacher|indicator|success|\beither\b|\bcoins?\b|\bdi[ce]e?\b|\b(?:takes?|with)\s+(?:\w+\s+)?values?\b"
    r"|with\s+(?:equal\s+)?probabilit|standardi[sz]|whitened|\bunit[\s-]|binomial|gauss|\bnormal\b|poisson|uniform|exponential|binary|independen|\bi\.?i\.?d\b|verteil|unabh"
    r"|indépend|独立|分布|독립|\\sim\b|~|\\in\s*\\\{|\bconstants?\b|deterministic",
    re.IGNORECASE,
)
IS_ZERO = Words(r"E\}?\s*(?:\\left|\\[bB]igl?)?\s*[\[({][^=]{1,60}=\s*0(?![.\d])")
MEDIAN = Words(r"\bmedian|\b(?:weighted|running|moving|exponential)\s+(?:\w+\s+)?(?:mean|average)", re.IGNORECASE)
OF_ANY_MATRIX = Words(
    r"\b(?:not|nicht|non|no|pas)\s+(?:\w+\s+)?s[iy]m[mé]?[eé]?tri|\b(?:a|un|non|anti|skew)[\s-]*symmetri"
    r"|\b(?:any|arbitrary|general|every|beliebig\w*)\s+(?:\w+\s+){0,2}matri",
    re.IGNORECASE,
)
COVARIANCES = frozenset({"S", r"\Sigma", r"\Lambda"})  # of these names symmetric matrices are, by convention
_BAR = re.compile(r"\\(?:bar|overline)\{((?:[^{}]|\{[^{}]*\})+)\}$")
_CALLED = re.compile(r"\(([^()]*)\)$")
_LETTER = re.compile(r"(\\[A-Za-z]+|[A-Za-z])(?:\^\{?([23])\}?)?\s*")


def _is_covariance(name: str) -> bool:
    r"""Whether a matrix is named like a covariance, a scatter or a precision matrix: ``S_W``, ``\hat{\Sigma}``."""
    stem = name.partition("_{")[0].partition("^{")[0]
    while stem.endswith("}"):
        stem = stem.partition("{")[2][:-1]
    return stem in COVARIANCES


def _under_bar(head: Head) -> list[str]:
    r"""The letters of ``\bar{x}``, ``\overline{x^2}``, ``\overline{x y}``; none if it is something else."""
    barred = _BAR.match(head.name) if not head.subs and not head.sups else None
    if barred is None:
        return []
    found = _LETTER.findall(barred[1])
    whole = "".join(match[0] for match in _LETTER.finditer(barred[1]))
    return [letter for letter, count in found for _ in range(int(count or 1))] if whole == barred[1] else [barred[1]]


class Readings:
    """Other claims that a step may make."""

    def __init__(self, reading: Reading) -> None:
        self.symbols = reading.symbols
        self.reading = reading

    def two_points(self, claims: Sequence[Claim]) -> tuple[list[Claim], str]:
        """What the claims say of random variables with two values, where they speak of expectations, and a note."""
        text = self.reading.document.source.text
        sides = [side for claim in claims for side in (claim.left, claim.right)]
        if not any(map(is_mean, (t for side in sides for t in subterms(side)))) or DISTRIBUTED.search(text):
            return [], ""
        centred = bool(CENTRED.search(text) or IS_ZERO.search(text))
        found = []
        for claim in claims:
            with suppress(Unsupported):
                found += [drawn] if (drawn := at_two_points(claim, centred)) is not None else []
        values = "its value and minus that" if centred else "the value without a prime and that with one"
        return found, f"the random variables are independent here; each has {values} with probability 1/2"

    @staticmethod
    def of_size(posed: Posed, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims for the sizes that the words before them suppose; None if they suppose none of theirs."""
        names = sorted(set().union(*map(sizes_of, claims)))
        said = {name: posed.sizes[name] for name in names if name in posed.sizes}
        if not said and len(names) == 1 and "" in posed.sizes:
            said = {names[0]: posed.sizes[""]}
        if not said:
            return None
        words = " and ".join(f"{name} = {number}" for name, number in said.items())
        return [at_sizes(claim, said) for claim in claims], (f"for {words}, as the words before say",)

    def later(self, posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether a definition that comes later says something about what the claims mention."""
        heads = self.symbols.reached(*(side for claim in claims for side in (claim.left, claim.right)))
        return any(
            self.symbols.order[head, d.params] > posed.at
            for head in heads
            if head not in self.symbols.variables or self.symbols.is_intermediate(head)
            for d in self.symbols.definitions.get(head, ())
        )

    def told_below(self, posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether words right below the display introduce all definitions that come later and are needed."""
        heads = self.symbols.reached(*(side for claim in claims for side in (claim.left, claim.right)))
        text, late = (
            self.reading.document.source.text,
            [
                head
                for head in heads
                if any(self.symbols.order[head, d.params] > posed.at for d in self.symbols.definitions.get(head, ()))
            ],
        )
        spans = [self.symbols.defined_at.get(head) for head in late]
        return all(span is not None and is_told_below(text, posed.span, span) for span in spans)

    def anew(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims with the meanings that their symbols are given later; empty if none is."""
        later: dict[str, str] = {}
        for head, name in self.symbols.versions.items():
            number = int(name.partition("#")[2])
            for n in range(1, number):
                later[head.name if n == 1 else f"{head.name}#{n}"] = f"{head.name}#{n + 1}"
        return self._moved(claims, later)

    def _moved(self, claims: Sequence[Claim], names: Mapping[str, str]) -> list[Claim]:
        """The claims with other meanings of their symbols; empty if that changes nothing."""
        if not names:
            return []

        def moved_on(term: Term) -> Term | None:
            return Var(names.get(term.name, term.name), term.subs, term.sups) if isinstance(term, Var) else None

        def read(term: Term) -> Term:
            return rewritten(term, moved_on, known)

        known: dict[Term, Term] = {}
        memo: dict[Term, Term] = {}
        every = {
            head: tuple(Definition(d.params, self.symbols.ranges.resolve(d.body, memo)) for d in ds)
            for head, ds in self.symbols.definitions.items()
        }
        moved = [
            replace(c, left=read(c.left), right=read(c.right), context=replace(c.context, definitions=every))
            for c in claims
        ]
        return [] if all(a.left is b.left and a.right is b.right for a, b in zip(moved, claims, strict=True)) else moved

    def before(self, claims: Sequence[Claim]) -> Iterator[list[Claim]]:
        """The claims with the meanings that their symbols had before they were defined anew, the last one first.

        Only where no words stand between the two, or none that speak of a definition: there the author may have meant
        a consequence.
        """
        earlier, told = dict[str, str](), self.symbols.told
        partial = {head.name for head in self.symbols.partial}  # said for other values, and with words
        for name in self.symbols.versions.values():
            base, _, number = name.partition("#")
            for n in range(2, int(number) + 1):
                new, old = f"{base}#{n}", base if n == 2 else f"{base}#{n - 1}"
                restated = told.get(new, 0) == told.get(old, -1) or new in self.symbols.restated
                if restated and old not in partial:
                    earlier[new] = old
        names = dict(earlier)
        while names:
            if moved := self._moved(claims, names):
                yield moved
            names = {new: earlier[old] for new, old in names.items() if old in earlier}

    def followed(self, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where what was defined through a name follows it to its last meaning; None if nothing does."""
        names = {head.name for head in claims[0].context.definitions}
        last: dict[str, str] = {}
        for head, name in self.symbols.versions.items():
            older = [head.name, *(f"{head.name}#{n}" for n in range(2, int(name.partition("#")[2]) + 1))]
            known = [one for one in older if one in names]
            for one in known[:-1]:
                last[one] = known[-1]

        def followed(term: Term, own: str) -> Term:
            def follow(part: Term) -> Term | None:
                new = last.get(part.name, own) if isinstance(part, Var) else own
                return Var(new, part.subs, part.sups) if isinstance(part, Var) and new != own else None

            return rewritten(term, follow, {})

        moved, notes = [], dict[str, None]()
        for claim in claims:
            made = {}
            for head in self.symbols.reached(claim.left, claim.right) & claim.context.definitions.keys():
                if head.name in last:
                    continue
                ds = claim.context.definitions[head]
                made[head] = tuple(Definition(d.params, followed(d.body, head.name)) for d in ds)
                if made[head] != ds:
                    notes[f"{shown(head.name)} goes on with the new meaning of what it is defined by"] = None
            definitions = {**claim.context.definitions, **made}
            moved.append(replace(claim, context=replace(claim.context, definitions=definitions)))
        return (moved, tuple(notes)) if notes else None

    def asides(
        self, posed: Posed, claims: Sequence[Claim], just: bool = False, mentioned: bool = False
    ) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where a quantity is what running text before them says in passing; None if it says nothing.

        With ``just``, only what the words right before them say; with ``mentioned``, also what they do not assert.
        """
        symbols, notes = self.symbols, dict[str, None]()

        def moved(part: Term) -> Term | None:
            said = symbols.asides.get(part.name, ()) if isinstance(part, Var) and not part.indices else ()
            manners = ("said", "mentioned", "supposed") if mentioned else ("said",)
            new = next(
                (
                    name
                    for at, told, name, manner in reversed(said)
                    if at <= posed.at
                    and (told >= posed.paragraph if just else told <= posed.paragraph)
                    and (manner in manners or (manner == "supposed" and not just and told == posed.paragraph))
                ),
                "",
            )
            if not new and not just and isinstance(part, Var):
                case = in_a_case.holding(symbols.cased.get(part.name, ()), posed, self.reading.document.source.text)
                new = case.name if case is not None else ""
            if not new:
                return None
            notes[f"{shown(new)} is read as the words before the formula say"] = None
            return Var(new, (), ())

        memo: dict[Term, Term] = {}
        read = [replace(c, left=rewritten(c.left, moved, memo), right=rewritten(c.right, moved, memo)) for c in claims]
        return (read, tuple(notes)) if notes else None

    def apart(self, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where an undefined quantity depends on nothing but what the document differentiates it by.

        With da/dz and dz/dw written somewhere, a depends on z and w, and not on the x that stands beside it.
        """
        tops = {a for a, _ in self.symbols.rates}
        sides = [side for claim in claims for side in (claim.left, claim.right)]
        heads = self.symbols.reached(*sides)
        rates = (part for side in sides for part in subterms(side) if isinstance(part, Deriv))
        here = {(rate.body.head, rate.var.head) for rate in rates if isinstance(rate.body, Var)}
        away = sorted(
            (a, b)
            for a, b in claims[0].context.dependent
            if heads.issuperset((a, b)) and a in tops and (a, b) not in here and b not in self.symbols.below(a)
        )
        if not away:
            return None
        dependent = claims[0].context.dependent.difference(away)
        notes = tuple(f"{shown(a.name)} is taken not to depend on {shown(b.name)}" for a, b in away)
        return [replace(claim, context=replace(claim.context, dependent=dependent)) for claim in claims], notes

    def _is_no_mean(self, letters: Sequence[str]) -> bool:
        r"""Whether a sentence says what ``$\bar{x}$`` is, and not that it is a mean."""
        text, letter = self.reading.document.source.text, re.escape(letters[0])
        named = re.compile(rf"\$\s*\\(?:bar|overline)\s*\{{?\s*{letter}\s*\}}?\s*\$") if len(letters) == 1 else None
        for found in named.finditer(text) if named is not None else ():
            before = re.split(r"[.!?。]\s|\n\s*\n", text[max(0, found.start() - 120) : found.start()])[-1]
            after = re.split(r"[.!?。]\s|\n\s*\n", text[found.end() : found.end() + 120])[0]
            if not MEAN.search(before + after):
                return True
        return False

    @staticmethod
    def _member(letter: str, claim: Claim) -> str:
        r"""Of what a mean is taken: ``\bar{X}`` is that of the x_i where no X_i are."""
        families = claim.context.families
        small = letter.lower()
        return small if Head(letter, 1, 0) not in families and Head(small, 1, 0) in families else letter

    def means(self, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        r"""The claims with an undefined ``\bar{x}`` as the mean of the x_i; None if there is none."""
        found, notes = [], []
        for claim in claims:
            made = {}
            known = claim.context.definitions
            spoken = self.symbols.reached(claim.left, claim.right) | spoken_of([claim], known)
            for head in sorted(spoken - known.keys()):
                letters = [self._member(letter, claim) for letter in _under_bar(head)]
                spans = [claim.context.families.get(Head(letter, 1, 0), (None,))[0] for letter in letters]
                span = spans[0] if letters and not self._is_no_mean(letters) else None
                if span is not None and span.low == 1 and set(spans) == {span}:
                    count = num(span.high) if isinstance(span.high, int) else SizeOf(span.high)
                    members = mul(*(Var(letter, ("i",), ()) for letter in letters))
                    made[head] = (Definition((), mul(power(count, -1), Sum("i", span, members))),)
                    powers = {letter: letters.count(letter) for letter in letters}
                    product = " ".join(f"{shown(a)}_i" + (f"^{n}" if n > 1 else "") for a, n in powers.items())
                    notes.append(f"{shown(head.name)} is read as the mean of the {product}")
            found.append(
                replace(claim, context=replace(claim.context, definitions={**claim.context.definitions, **made}))
            )
        if not notes or MEDIAN.search(self.reading.document.source.text):
            return None
        return found, tuple(dict.fromkeys(notes))

    @staticmethod
    def outside(claims: Sequence[Claim], sizes: Collection[str]) -> Iterator[tuple[str, list[Claim]]]:
        """The claims where members with a free index, which is named, are none of those that sums run over.

        With negative samples k beside the word o, u_o is then a family of its own beside the u_k. The index runs to
        one of ``sizes``.
        """
        letters, bound = set[str](), set[str]()
        for claim in claims:
            families = claim.context.families
            for part in reached((claim.left, claim.right), claim.context.definitions):
                if isinstance(part, Sum):
                    bound.add(part.index)
                elif isinstance(part, Var):
                    spans = zip(part.indices, families.get(part.head, ()), strict=False)
                    letters |= {i for i, span in spans if isinstance(i, str) and span and span.high in sizes}
        for letter in sorted(letters - bound):
            yield letter, [_apart(claim, letter) for claim in claims]

    def _inverted(self, claim: Claim) -> list[Term]:
        """The matrices whose inverses stand in a claim, by an entry."""
        heads = families_in((claim.left, claim.right), claim.context.definitions)
        return [entry for head, (_, entry) in self.symbols.inverses.items() if head in heads]

    def _like_a_covariance(self, head: Head) -> bool:
        """Whether a matrix has the name of a covariance, and no words say in which space it lies."""
        return _is_covariance(head.name) and not any(self.symbols.shapes.get(head.name, ()))

    def says_symmetric(self, posed: Posed) -> bool:
        """Whether ``posed`` is the line by which a matrix equals its transpose."""
        line = self.reading.document.source.position(posed.span.start).line
        own = f"line {line}: 'it equals its transpose'"
        names = [name for name, said in self.symbols.symmetric.items() if said == own]
        return any(not self.symbols.defines(name, 0) and not self.symbols.defines(name, 2) for name in names)

    def symmetric(
        self,
        posed: Posed,
        claims: Sequence[Claim],
        which: Literal["called", "still called", "supposed", "by name", "every"] = "called",
    ) -> tuple[list[Claim], str]:
        """The claims for matrices that are called symmetric, and what to say of it; empty if there are none.

        Or for those of which that is said still, or only supposed; that are named like a covariance; or for all that
        are square. A symmetric S equals (S + S^T)/2, so a claim about that is one about every symmetric S.
        """
        heads = {
            part.head
            for claim in claims
            for part in reached((claim.left, claim.right, *self._inverted(claim)), claim.context.definitions)
            if isinstance(part, Var)
        }
        if which in ("every", "by name"):
            heads = {h for h in heads if h.subs == 2 and not h.sups}
            heads = heads if which == "every" else {*filter(self._like_a_covariance, heads)}
        else:
            called = self.symbols.supposed_symmetric if which == "supposed" else self.symbols.symmetric
            heads &= self.symbols.entries_of(called)
        heads &= {h for c in claims for h, r in c.context.families.items() if h.subs > 1 and r[-2] == r[-1]}  # square
        heads -= {h for claim in claims for h in claim.context.definitions}  # what defines it may be right or wrong
        if which == "still called":
            since = self.symbols.symmetric_since
            heads -= self.symbols.entries_of(
                n
                for n in self.symbols.symmetric
                if all(self.symbols.is_withdrawn({of_members(n) or n}, s, posed.sentence) for s in since.get(n, [0]))
            )
        if not heads or (which == "by name" and OF_ANY_MATRIX.search(self.reading.document.source.text)):
            return [], ""

        def halved(term: Term) -> Term | None:
            if isinstance(term, Var) and term.head in heads:
                return mul(num(Fraction(1, 2)), add(term, _across(term)))
            if isinstance(term, Deriv):
                return Deriv(read(term.body), term.var)
            return None

        def read(term: Term) -> Term:
            return rewritten(term, halved, memo)

        memo: dict[Term, Term] = {}
        read_claims = []
        for claim in claims:
            definitions = {
                head: tuple(Definition(d.params, read(d.body)) for d in ds) if head not in heads else ds
                for head, ds in claim.context.definitions.items()
            }
            moved = replace(claim.context, definitions=definitions)
            read_claims.append(replace(claim, left=read(claim.left), right=read(claim.right), context=moved))
        if which == "by name":
            return read_claims, ",\\; ".join(rf"{name} = {name}^\top" for name in sorted(h.name for h in heads))
        said = "; ".join(
            f"{f'each {base}' if (base := of_members(name)) else name} is symmetric, {how}"
            for name, how in self.symbols.symmetric.items()
            if self.symbols.entries_of([name]) <= heads
        )
        return read_claims, said

    def signed(self, posed: Posed, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where the families that are said to be 1 or -1 are so."""
        signs = self.symbols.signs
        heads = {h for claim in claims for h in self.symbols.reached(claim.left, claim.right)} & signs.keys()
        heads -= {*self.symbols.variables, *(h for claim in claims for h in claim.context.definitions)}
        since, at = self.symbols.signs_since, posed.sentence
        heads = {h for h in heads if not self.symbols.is_withdrawn({base_name(h.name)}, since.get(h, 0), at)}
        if not heads:
            return None
        said = tuple(f"{shown(h.name)} is 1 or -1, {signs[h]}" for h in sorted(heads))
        return [replace(c, context=with_signs(c.context, sorted(heads))) for c in claims], said

    def placed(self, claims: Sequence[Claim]) -> list[str]:
        """What is to be said of the one-hot vectors in claims that are defined by the place of their 1."""
        heads = {h for claim in claims for h in self.symbols.reached(claim.left, claim.right)}
        return [said for head, said in sorted(self.symbols.placed.items()) if head in heads]

    def in_signs(self, witness: Witness) -> Witness | None:
        """A witness to a claim of ``signed`` as one to the claim itself; None if no sign stands in it."""
        return signs_in(witness, self.symbols.signs)

    def is_symmetric(self, witness: Witness) -> bool:
        """Whether the matrices that are called symmetric are so in a counterexample."""
        values = dict(witness.values)
        heads = self.symbols.entries_of(self.symbols.symmetric)
        return all(values.get(_across(var), value) == value for var, value in values.items() if var.head in heads)

    def fixed(self, posed: Posed, claims: Sequence[Claim]) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where derivatives hold fixed what the words say is held fixed."""
        if posed.held is None:
            return None
        heads = self.symbols.reached(*(side for claim in claims for side in (claim.left, claim.right)))
        held = frozenset(
            h for h in heads & claims[0].context.definitions.keys() if not posed.held or h.name in posed.held
        )
        read = [self._explicit(claim, held) for claim in claims]
        if None in read:
            return None
        names = ", ".join(sorted(shown(name) for name in posed.held)) or "what stands in it"
        return [found[0] for found in read if found is not None], (f"{names} is held fixed here, as the words say",)

    def partial(
        self, posed: Posed, claims: Sequence[Claim], likely: bool = True
    ) -> tuple[list[Claim], tuple[str, ...]] | None:
        r"""The claims with the explicit partial derivatives of what is differentiated by intermediates, too.

        With x' = (x - m)/s, that of x' by x may hold m and s fixed, and so may that of L(x, y) by x hold y; that of a
        loss is always the total one, and so is any written with d. It is ``likely`` where a loss is differentiated by
        m and s, too, as the chain rule by way of them does.
        """
        source = self.reading.document.source.text
        if not PARTIAL.search(source, posed.left_span.start, posed.span.end):
            return None
        symbols = self.symbols
        read = []
        for claim in claims:
            defined = claim.context.definitions
            derived = [t for side in (claim.left, claim.right) for t in subterms(side) if isinstance(t, Deriv)]
            tops = {t.body.head for t in derived if isinstance(t.body, Var)} & defined.keys()
            by_others = {by for top, by in symbols.rates if top not in tops}
            by_others |= {t.var.head for t in derived if isinstance(t.body, Deriv)}  # that by a of that by y
            held = {head for head in symbols.variables if head in defined and (head in by_others or not likely)}
            for part in subterms(claim.left) if isinstance(claim.left, Deriv) else ():
                function = symbols.functions.get((part.name.partition("#")[0], 0)) if isinstance(part, Var) else None
                given = [p.var for p in function.parameters if p.var is not None] if function is not None else []
                held |= {var.head for var in given if var.head in defined}
                named = _CALLED.search(part.name) if isinstance(part, Var) else None  # the x of \log p(x)
                held |= {h for h in defined if named is not None and h.name in re.split(r"[,;|]", named[1])}
            read.append(self._explicit(claim, frozenset(held)))
        if None in read:
            return None
        names = sorted({shown(head.name) for found in read if found is not None for head in found[1]})
        said = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} held fixed in the partial derivative"
        said += ": by way of it, the total one is another"
        return [found[0] for found in read if found is not None], (said,)

    @staticmethod
    def _explicit(claim: Claim, held: frozenset[Head]) -> tuple[Claim, set[Head]] | None:
        """The claim with derivatives that hold ``held`` fixed, and what was; None if that changes nothing."""
        fixed: set[Head] = set()

        def opened(term: Term) -> Term | None:
            is_known = isinstance(term, Var) and term.head not in held
            return definition_of(term, claim.context.definitions) if isinstance(term, Var) and is_known else None

        def partial(term: Term) -> Term | None:
            if isinstance(term, Deriv) and isinstance(term.body, Var) and term.body.head not in claim.context.through:
                body = definition_of(term.body, claim.context.definitions)
            elif isinstance(term, Deriv) and not isinstance(term.body, Deriv):
                body = term.body
            else:
                body = None
            if isinstance(term, Deriv) and body is not None:
                if term.var.head not in families_in((body,), {}):
                    body = rewritten(body, opened)
                direct = {t.head for t in subterms(body) if isinstance(t, Var)}
                if term.var.head in direct and (kept := (direct & held) - {term.var.head}):
                    fixed.update(kept)
                    return differentiate(body, term.var, replace(claim.context, held=held))
            return None

        memo: dict[Term, Term] = {}
        try:
            left, right = rewritten(claim.left, partial, memo), rewritten(claim.right, partial, memo)
        except Unsupported:
            return None
        return (replace(claim, left=left, right=right), fixed) if fixed else None


def _across(entry: Var) -> Var:
    """The entry of the transposed matrix."""
    return Var(entry.name, (*entry.subs[:-2], entry.subs[-1], entry.subs[-2]), ())


def _apart(claim: Claim, letter: str) -> Claim:
    """``claim`` with the members that have the index ``letter`` as a family of their own."""
    families = dict(claim.context.families)

    def moved(term: Term) -> Term | None:
        if not isinstance(term, Var) or letter not in term.indices:
            return None
        kept = [n for n, index in enumerate(term.indices) if index != letter]
        subs = tuple(i for i in term.subs if i != letter)
        own = Var(f"{term.name}~{letter}", subs, tuple(i for i in term.sups if i != letter))
        if spans := families.get(term.head):
            families[own.head] = tuple(spans[n] for n in kept)
        return own

    memo: dict[Term, Term] = {}
    definitions = {
        head: tuple(d if letter in d.params else Definition(d.params, rewritten(d.body, moved, memo)) for d in ds)
        for head, ds in claim.context.definitions.items()
    }
    left, right = rewritten(claim.left, moved, memo), rewritten(claim.right, moved, memo)
    return replace(
        claim, left=left, right=right, context=replace(claim.context, definitions=definitions, families=families)
    )

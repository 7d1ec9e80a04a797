r"""Means and variances that words name: "$X$ has mean $\mu$ and variance $\sigma^2$", "$\mu$ denotes the mean of $X$".

With them E[X] is \mu, and E[X^2] is \mu^2 + \sigma^2; ``X \sim \mathcal{N}(\mu, \sigma^2)`` tells more of them.
This module must never take a mean of samples for an expectation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from symderiv.document import InlineMath
from symderiv.reader.elaboration import distributions, probability
from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.indexed.families import families_in
from symderiv.reader.indexed.means import MEAN, is_mean, linear
from symderiv.reader.known import independence, random_letters
from symderiv.reader.known.densities import moments_under
from symderiv.reader.known.in_a_case import HEADING
from symderiv.reader.known.independence import Independence, Said
from symderiv.reader.letters.symbols import base_name
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words import assertions
from symderiv.reader.words.prose import IF, NEGATED, Sentence, Words
from symderiv.terms import (
    ZERO,
    Claim,
    Deriv,
    Head,
    Mul,
    Opaque,
    Term,
    Var,
    add,
    power,
    reached,
    rewritten,
    subterms,
)

_MEAN = (
    r"(?:means?|expectations?|expected\s+values?|first\s+moments?|Erwartungswert\w*|Mittelwert\w*|espérances?|moyennes?|esperanza|media"
    r"|valor\s+esperado|均值|期望值?|平均|期待値|평균|기댓값)"
)
_VARIANCE = r"(?:variances?|Varianz\w*|varianzas?|方差|分散|분산)"
_ADJECTIVES = (
    r"(?:(?:an?|the|its|finite|population|unknown|known|true|common|same|der|die|dem|endliche[rmn]?|la|l['’]|una?|une?)"
    r"\s+){0,4}"
)
_IS = r"\s*(?:,|=|is|are|be|being|equals?|equal\s+to|given\s+by|sei|ist|est|soit|es|sea|是|为|為|は|が|[은는이가])?\s*"
_OF = (
    r"\s*(?:of|von|de|du|d['’])\s*(?:the\s+|a\s+)?"
    r"(?:random\s+variable\s+|Zufallsvariablen?\s+|variable\s+(?:aléatoire|aleatoria)\s+)?"
)
HAS = Words(  # "$X$ has mean $\mu$ and variance $\sigma^2$", "$X$ be a random variable with mean $\mu$"
    rf"(?P<of>\$)(?:[^$.;]|i\.i\.d\.){{0,60}}?(?:\b(?:with|has|have|having|of|mit|hat|habe|avec|a|con|tiene)\b|[的のはがの]|,)\s*{_ADJECTIVES}"
    rf"(?:{_MEAN}{_IS}(?P<mean>\$|0|zero\b)(?:[\s,，]*(?:and|with|und|mit|et|y|con|和|且)*\s*{_ADJECTIVES}{_VARIANCE}{_IS}(?P<variance>\$))?"
    rf"|(?P<zero>zero[\s-]+mean\b)|{_VARIANCE}{_IS}(?P<alone>\$))",
    re.IGNORECASE,
)
NAMED = Words(  # "$\mu$ denotes the mean of $X$", "the mean of $X$ is $\mu$", "the mean $\mu$ of $X$"
    rf"(?P<name>\$)\s*(?:denotes?|is|be|are|for|stands\s+for|bezeichne\w*|ist|sei|est|soit|désigne|es|sea|denota|表示|是|为|を)\s*{_ADJECTIVES}"
    rf"{_MEAN}{_OF}(?P<of>\$)"
    rf"|{_ADJECTIVES}{_MEAN}{_OF}(?P<of2>\$){_IS}(?:by\s*)?(?P<name2>\$)|{_ADJECTIVES}{_MEAN}\s*(?P<name3>\$){_OF}(?P<of3>\$)",
    re.IGNORECASE,
)
Known = dict[
    tuple[str, bool], tuple[Term, str]
]  # of what it is the mean, or the variance: how it is written, and where
SAMPLED = Words(
    r"\b(?:sample|empirical|batch|arithmetic|running|weighted|moving)\s+(?:means?|averages?|variances?|expect\w+)|样本|標本|표본",
    re.IGNORECASE,
)


ANOTHER_LAW = Words(  # "now let $X$ be uniform": what was known of it before holds no longer
    r"\b(?:uniform|normal|gau(?:ss|ß)|exponential|poisson|bernoulli|binomial|beta|gamma|laplac|cauchy|student|geometric"
    r"|multinomial|categorical|rademacher|logistic|chi-?squared?|distribut|verteil|distribu)\w*|均匀|均勻|正态|指数|泊松|服从|一様|分布|분포",
    re.IGNORECASE,
)
HEADING_LINE = re.compile(rf"(?:{HEADING.pattern}).*", re.MULTILINE)
DENSITIES = ("p", "q", "f", "P")  # letters of densities
DATA = frozenset("xyzthuXYZTHU")  # letters of what is observed, or hidden, and of no parameter
PARAMETERS = frozenset(
    Head(name, 0, 0) for name in (r"\mu", r"\sigma", r"\alpha", r"\beta", r"\lambda", r"\tau", "a", "b", "c")
)


class Moment(NamedTuple):
    """``name``, or "" for zero, is the mean of ``of``; ``squared``: its square is the variance. ``sure``: asserted."""

    name: str
    of: str
    variance: bool
    squared: bool
    source: str
    section: int
    sentence: int
    sure: bool


class Law(NamedTuple):
    """The moments of what is drawn, and where that is said: the offset, the section, and after how many sentences."""

    of: str
    moments: Sequence[Term]
    start: int
    section: int
    sentence: int


class Moments:
    """The moments that a document names in words, and the claims that speak of them."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.said: list[Moment] = []
        self.drawn: list[tuple[distributions.Drawn, int, int, int]] = []
        self.densities: dict[Term, list[Term]] = {}  # their moments, as far as they have been looked at
        self.changes: list[tuple[str, int]] = []  # the letters of which sentences name a distribution, and which do
        self.laws: list[tuple[str, int]] = []  # and those of which they say any law
        self.independence = Independence(reading)

    def sentence(self, sentence: Sentence, number: int) -> None:
        """Take up what a sentence says, which has this number."""
        self.independence.sentence(sentence, number)
        if ANOTHER_LAW.search(sentence.words):
            self.changes += ((name, number) for f in sentence.formulas for name, _, _ in self._names(f))
        if random_letters.OF_A_LAW.search(sentence.words):
            self.laws += ((name, number) for f in sentence.formulas for name, _, _ in self._names(f))
        for formula in random_letters.called(sentence):
            self.reading.random.update(name for name, _, _ in self._names(formula))
        words = sentence.words.split("$")
        for k, formula in enumerate(sentence.formulas):
            if not NEGATED.search(words[k]) and not assertions.weakened(words, k):
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    self.row(row, number)
        for found in HAS.finditer(sentence.words):
            self._take(sentence, found, "of", "mean", False, number)
            self._take(sentence, found, "of", "variance", True, number)
            self._take(sentence, found, "of", "alone", True, number)
            if found["zero"] or found["mean"] in ("0", "zero"):
                self._take(sentence, found, "of", "", False, number)
        for found in NAMED.finditer(sentence.words):
            for n in ("", "2", "3"):
                self._take(sentence, found, f"of{n}", f"name{n}", False, number)

    def row(self, row: syntax.Row, number: int) -> None:
        """Take up what a formula says to be drawn, in the sentence with this number or after it."""
        names, found = distributions.drawn(row)
        self.drawn += ((drawn, row.cells_span.start, self.reading.section, number) for drawn in found)
        self.independence.drawn(names, row, number)

    def _take(self, sentence: Sentence, found: re.Match[str], of: str, name: str, variance: bool, number: int) -> None:
        words = sentence.words
        if not found[of] or (name and found[name] != "$") or NEGATED.search(IF.sub("", words[: found.start()])):
            return
        if SAMPLED.search(words, max(0, found.start() - 24), found.end()):
            return
        drawn = [said for formula in sentence.formulas_in(found, of) for said in self._names(formula)]
        formulas = sentence.formulas_in(found, name) if name else ()
        zero = not name or any(formula.latex.strip() == "0" for formula in formulas)
        named = [said for formula in formulas for said in self._names(formula)]
        if not drawn or (len(named) != 1 and not zero) or (named and named[0][1] and not variance):
            return
        letter, squared, _ = named[0] if named else ("", False, False)
        written = f"{shown(letter)}{'^2' if squared else ''}" if letter else "0"
        line = self.reading.document.source.position(sentence.formulas[0].span.start).line
        sure = not assertions.supposed(words, *found.span()) and not any(one for _, _, one in drawn)
        what = "variance" if variance else "mean"
        for x, _, _ in drawn:
            source = f"{written} is the {what} of {shown(x)}, line {line}"
            self.said.append(Moment(letter, x, variance, squared, source, self.reading.section, number, sure))

    def _names(self, formula: InlineMath) -> Iterator[tuple[str, bool, bool]]:
        r"""The names in a formula, whether each is squared, \sigma^2, and whether it is a member by number, X_1."""
        for row in self.reading.rows(formula.latex, formula.span).rows:
            nodes = listed.names(row)
            every = any(isinstance(node, syntax.Ellipsis) for node in nodes)
            for node in nodes:
                base, sub, sup, _ = parts_of(node)
                square = isinstance(sup, syntax.Number) and sup.text == "2"
                if isinstance(base, syntax.Symbol) and (sup is None or square):
                    yield plain(base.name), square, isinstance(sub, syntax.Number) and not every

    def reading_of(
        self, posed: Posed, claims: Sequence[Claim], sure: bool = True
    ) -> tuple[list[Claim], tuple[str, ...]] | None:
        """The claims where expectations are the moments that words name, and what to say; None if they name none."""
        if not any(is_mean(part) for c in claims for part in reached((c.left, c.right), c.context.definitions)):
            return None
        found, notes = [], dict[str, None]()
        apart = self.independence.holding(posed)
        for claim in claims:
            known = self._known(posed, claim, sure)
            laws = self._laws(posed, claim)
            found.append(
                _with(claim, known, laws, apart, self.reading.random, notes) if known or laws or apart else claim
            )
        return (found, tuple(notes)) if notes else None

    def put_in(self, posed: Posed, claims: Sequence[Claim]) -> list[Claim]:
        """The claims with expectations for the means that words name; none where they speak of other moments."""
        found = []
        for claim in claims:
            known = self._known(posed, claim, sure=True)
            made: dict[Term, Term] = {}
            for (of, variance), (value, _) in known.items():
                if variance or not isinstance(value, Var):
                    return []
                made[value] = Opaque(MEAN, (Var(of, (), ()),), (0,))
            left, right = (
                (rewritten(side, made.get) for side in (claim.left, claim.right)) if made else (claim.left, claim.right)
            )
            found.append(linear(replace(claim, left=left, right=right))[0])
        return found

    def _laws(self, posed: Posed, claim: Claim) -> dict[str, tuple[list[Term], str]]:
        """The moments of what is said to be drawn from a distribution, the last one that was said before the step.

        A moment that holds a letter that is defined, or by which the claim differentiates, is left out.
        """
        drawn, taken = _spoken_of(claim)
        said = sorted([*self._said_to_be_drawn(), *self._written_out(posed)], key=lambda law: law.start)
        before = (law for law in said if law.section <= posed.section and law.sentence <= posed.sentence)
        last = {law.of: law for law in before}
        source = self.reading.document.source
        found: dict[str, tuple[list[Term], str]] = {}
        for of, law in last.items():
            between = source.text[law.start : posed.left_span.start]
            another = any(ANOTHER_LAW.search(heading[0]) for heading in HEADING_LINE.finditer(between))
            if of in drawn and not another and not self._ends({of}, law.sentence, posed.sentence):
                moments = []
                for moment in law.moments:
                    if not taken.isdisjoint(t.head for t in subterms(moment) if isinstance(t, Var)):
                        break
                    moments.append(moment)
                if len(moments) > 1:
                    found[of] = moments, f"how {shown(of)} is distributed, line {source.position(law.start).line}"
        return found

    def _said_to_be_drawn(self) -> Iterator[Law]:
        for drawn, start, section, sentence in self.drawn:
            yield Law(drawn.of, drawn.moments(self.reading.symbols), start, section, sentence)

    def _written_out(self, posed: Posed) -> Iterator[Law]:
        """The densities that the section defines before a step, where nothing else says how x and X are drawn."""
        symbols, found = self.reading.symbols, dict[str, dict[str, Law]]()
        for head, at, body in self._densities():
            step, of = self.reading.posed[at], self._density_of(head)
            if at > posed.at or step.section != posed.section or of is None or not self._is_density(head, step):
                continue
            density = symbols.ranges.resolve(body, {})
            if density not in self.densities:
                self.densities[density] = moments_under(density, of)
            known = self.densities[density] if self._of_parameters(head, density, of) else []
            law = Law(of.name, known, step.left_span.start, step.section, step.sentence)
            found.setdefault(of.name, {})[head.name.partition("#")[0]] = law
        drawn = {name.lower() for name in self._drawn()}  # perhaps the density is a model of it only
        for letter, laws in found.items():
            if len(laws) == 1 and letter.lower() not in drawn:
                for law in laws.values():
                    names = {letter, letter.upper()}
                    if not self._said_since(names, law.sentence, posed.sentence):
                        yield from (law._replace(of=name) for name in names)

    def _densities(self) -> Iterator[tuple[Head, int, Term]]:
        """What may be a density by its letter, where it is defined, and as what."""
        symbols = self.reading.symbols
        for head, definitions in symbols.definitions.items():
            if base_name(head.name).startswith(DENSITIES) and not head.subs and not head.sups:
                yield from ((head, symbols.order[head, d.params], d.body) for d in definitions)

    def _is_density(self, head: Head, step: Posed) -> bool:
        """Whether notation or words of the section before say so of a function: any letter but p and q needs words."""
        text, at = self.reading.document.source.text, step.left_span.start
        begins = max((found.start() for found in HEADING_LINE.finditer(text, 0, at)), default=0)
        end = text.find("\n\n", at)
        if random_letters.OF_ANOTHER_USE.search(text, text.rfind("\n\n", 0, at) + 1, end if end >= 0 else len(text)):
            return False
        by_letter = not base_name(head.name).startswith("f")
        return by_letter or bool(random_letters.OF_A_DENSITY.search(text, begins, end if end >= 0 else len(text)))

    def _of_parameters(self, head: Head, density: Term, of: Var) -> bool:
        """Whether the other letters of a density are parameters, and none that is drawn itself.

        Letters for data behind the bar of p(y|x) are none: E[y] may be a mean over these, too.
        """
        named = probability.NAMED.fullmatch(head.name.partition("#")[0])
        behind = set((named["right"] or "").split(",")) if named is not None else set()
        others = {base_name(h.name) for h in families_in((density,), {})} - {of.name}
        own = {v.name for other, _, _ in self._densities() if (v := self._density_of(other)) is not None}
        random = self._drawn() | self.reading.random | {moment.of for moment in self.said} | own
        return others.isdisjoint(random | {name.lower() for name in random}) and behind.isdisjoint(DATA)

    def _drawn(self) -> set[str]:
        """What is said to be drawn."""
        return {said.of for said, _, _, _ in self.drawn}

    def _said_since(self, names: set[str], said: int, at: int) -> bool:
        """Whether a sentence since ``said`` says of ``names`` by which law they are drawn, or what their mean is."""
        spoken = [*self.laws, *((moment.of, moment.sentence) for moment in self.said)]
        return any(name in names and said < number <= at for name, number in spoken)

    def _density_of(self, head: Head) -> Var | None:
        r"""The letter x of ``p(x; \mu)`` or ``p(x | \mu)``."""
        function = self.reading.symbols.functions.get((head.name.partition("#")[0], 0))
        if function is not None:
            return function.parameters[0].var if function.parameters else None
        named = probability.NAMED.fullmatch(head.name.partition("#")[0])
        plainly = named is not None and re.fullmatch(r"\\?[a-zA-Z]+", named["left"])
        return Var(named["left"], (), ()) if named is not None and plainly else None

    def _ends(self, names: set[str], said: int, at: int) -> bool:
        """Whether what sentence ``said`` says of ``names`` holds no longer after sentence ``at``."""
        changed = any(name in names and said < number <= at for name, number in self.changes)
        return changed or self.reading.symbols.is_withdrawn(names, said, at)

    def _known(self, posed: Posed, claim: Claim, sure: bool) -> Known:
        """The moments in a claim that are named in words before it."""
        drawn, taken = _spoken_of(claim)
        symbols, known = self.reading.symbols, Known()
        for moment in self.said:
            name = Var(symbols.name(moment.name), (), ()) if moment.name else None
            reaches = moment.of in drawn and moment.section <= posed.section and (moment.sure or not sure)
            withdrawn = self._ends({moment.name, moment.of}, moment.sentence, posed.sentence)
            if reaches and not withdrawn and (name is None or name.head not in taken):
                value = ZERO if name is None else power(name, 2) if moment.squared else name
                known[moment.of, moment.variance] = value, moment.source
        return known


def _letters(part: Term) -> Iterator[Var]:
    """The letters in an expectation."""
    return (t for t in subterms(part) if isinstance(t, Var)) if is_mean(part) else iter(())


def _spoken_of(claim: Claim) -> tuple[set[str], set[Head]]:
    """The names in the expectations of a claim, and what it defines, or differentiates by: no parameters of a law."""
    parts = set(reached((claim.left, claim.right), claim.context.definitions))
    drawn = {t.name for mean in filter(is_mean, parts) for t in subterms(mean) if isinstance(t, Var)}
    return drawn, {t.var.head for t in parts if isinstance(t, Deriv)} | claim.context.definitions.keys()


def _with(
    claim: Claim,
    known: Known,
    laws: dict[str, tuple[list[Term], str]],
    independent: Sequence[Said],
    random: Collection[str],
    notes: dict[str, None],
) -> Claim:
    """``claim`` with the ``known`` moments for E[X] and E[X^2], and what is to be said of them in ``notes``."""
    values = [value for value, _ in known.values()] + [value for moments, _ in laws.values() for value in moments]
    constants = {t.head for value in values for t in subterms(value) if isinstance(t, Var)}
    inside = {t.head for part in reached((claim.left, claim.right), claim.context.definitions) for t in _letters(part)}
    parameters = inside & PARAMETERS if laws else set()  # of z = \mu + \sigma\epsilon, where \epsilon is what is drawn
    claim, used = linear(claim, constants | parameters, random)
    notes |= {f"{shown(head.name)} is read as a constant in the expectations": None for head in used}

    def moment(var: Var, variance: bool) -> Term:
        if (var.name, variance) not in known:
            return Opaque(MEAN, (var,), (0,))
        value, source = known[var.name, variance]
        notes[source] = None
        return value

    def put_in(part: Term) -> Term | None:
        match part.parts if is_mean(part) else ():
            case (Var() as var,) if (var.name, False) in known:
                return moment(var, False)
            case (Mul(parts=(Var() as var, Var() as other)),) if var == other and (var.name, True) in known:
                return add(moment(var, True), power(moment(var, False), 2))
        return _of_law(part.parts[0], laws, notes) if is_mean(part) else None

    def apart(part: Term) -> Term | None:
        return independence.apart(part.parts[0], independent, notes) if is_mean(part) else None

    left, right = (rewritten(rewritten(side, apart), put_in) for side in (claim.left, claim.right))
    return replace(claim, left=left, right=right)


def _of_law(body: Term, laws: dict[str, tuple[list[Term], str]], notes: dict[str, None]) -> Term | None:
    """E[X^k], where the distribution of X is known."""
    factors = set(body.parts) if isinstance(body, Mul) else {body}
    times = len(body.parts) if isinstance(body, Mul) else 1
    one = factors.pop() if len(factors) == 1 else None
    if not isinstance(one, Var) or one.name not in laws or times >= len(laws[one.name][0]):
        return None
    moments, source = laws[one.name]
    notes[source] = None
    return moments[times]

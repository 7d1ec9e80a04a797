r"""Events and their probabilities: ``p(y=1|x) = p(x|y=1) p(y=1) / p(x)``, and p(x) as a sum over all classes.

With each p(A|B) as p(A,B)/p(B), and p(A,B) as p(B,A), Bayes' rule is seen in a quotient, in a logarithm, in a sum. That
an event is one of several, of which exactly one happens, is an assumption with its line. This module must never take
two events for one: p(X) is not p(x), and p(x;w) is no probability of w.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from symderiv.reader.elaboration.probability import NAMED, WRITTEN
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import arguments, before_bar, parts_of
from symderiv.reader.letters.symbols import PROBABILITIES, Symbols
from symderiv.reader.reading import Reading
from symderiv.reader.words import prose
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    ONE,
    Assumption,
    Claim,
    Definition,
    Deriv,
    Head,
    Index,
    Opaque,
    Range,
    Sum,
    Term,
    Var,
    add,
    mul,
    power,
    reached,
    rewritten,
    subterms,
)

EACH = "\N{MIDDLE DOT}"  # in P(Y=k), the k
TOTAL = "the law of total probability"
_BINARY = r"(?:\bbinary|\bbinär\w*|\bbinaires?|二分类|二値|이진)"
_LABELLED = (  # what may stand between the word and the letter: "binary labels $y$"
    r"(?:[\s-]*(?:class|random|output|target|response|valued|variables?|labels?|targets?|classes|outputs?|outcomes?|responses?"
    r"|Labels?|Klassen|Variablen?|étiquettes?|etiquetas?|标签|变量|ラベル|레이블))*"
)
_NOT = r"(?<!\bnot\s)(?<!\bno\s)(?<!\bnon-)(?<!\bnon)(?<!nicht\s)(?<!pas\s)(?<!不是)"
LABELS = ("y", "t")  # the letters of labels of which words speak without a letter
TWO_CLASSES_ONLY = Words(
    rf"{_NOT}{prose.TWO_CLASSES.pattern}|{_NOT}{_BINARY}\s+(?:labels?|targets?|class(?:es)?\b)", re.IGNORECASE
)
Event = tuple[str, tuple[Index, ...]]  # its letter, or "y=1", and the indices of the letter
Ranges = dict[Head, tuple[Range | None, ...]]


@dataclass
class _Joint:
    """The claims of a step in terms of p(A,B) instead of p(A|B)."""

    symbols: Symbols
    claim: Claim
    families: Ranges = field(default_factory=dict)
    counts: dict[Head, list[int]] = field(default_factory=dict)  # how many indices each event of p(A,B) has
    conditional: set[str] = field(default_factory=set)  # what stood with a bar

    def read(self, term: Term) -> Term:
        return rewritten(term, self._changed)

    def _changed(self, part: Term) -> Term | None:
        match part:
            case Var():
                defined = any(_fits(d.params, part) for d in self.claim.context.definitions.get(part.head, ()))
                found = None if defined else self._events(part)
                if found is None:
                    return None
                function, before, behind = found
                whole = self._together(function, [*before, *behind])
                condition = self._together(function, behind) if behind else ONE
                if whole is None or condition is None:
                    return None
                if behind:
                    self.conditional.add(part.name)
                return mul(whole, power(condition, -1)) if behind else whole
            case Opaque(name=name, parts=args) if self._is_of_events(name) and not any(part.orders):
                if not all(isinstance(arg, Var) and not arg.sups for arg in args):
                    return None
                letters = [arg for arg in args if isinstance(arg, Var)]
                spans = chain.from_iterable(self._spans(arg) for arg in letters)
                return self._together(name, [(arg.name, arg.subs) for arg in letters], tuple(spans))
        return None

    def _events(self, var: Var) -> tuple[str, list[Event], list[Event]] | None:
        """The function of a probability, its events, and those behind the bar; None if it is none, or not clear."""
        named = NAMED.fullmatch(var.name)
        if named is None or "{" in named["left"] + (named["right"] or "") or var.sups:
            return None
        function = named["function"]
        texts = [named["left"].split(","), (named["right"] or "").split(",") if named["right"] else []]
        counts = self._counts(function, texts, len(var.subs))
        if counts is None or not self._is_of_events(function):
            return None
        indices, spans = iter(var.subs), iter(self._spans(var))
        sides: list[list[Event]] = []
        for side in texts:
            events = []
            for text in side:
                count = counts.pop(0)
                events.append((text, tuple(next(indices) for _ in range(count))))
                self.families.setdefault(
                    Head(f"{function}({text})", count, 0), tuple(next(spans) for _ in range(count))
                )
            sides.append(events)
        return function, sides[0], sides[1]

    def _is_of_events(self, function: str) -> bool:
        """Whether a function is a probability, of nothing but events."""
        bodies = self.symbols.forms.get(function, {}).values()
        items = chain.from_iterable(
            (body.left, body.right) if isinstance(body, syntax.Given) else (body,) for body in bodies
        )
        parted = any(isinstance(item, syntax.Tuple) and {*item.separators} != {","} for item in items)
        return function.partition("_{")[0] in PROBABILITIES and not parted

    def _counts(self, function: str, texts: Sequence[Sequence[str]], total: int) -> list[int] | None:
        """How many indices each event of a probability has, as it is written everywhere; None if that differs."""
        every = [text for side in texts for text in side]
        if not total or sum(EACH in text for text in every) == total:
            return [int(EACH in text) for text in every]
        found = set()
        for body in self.symbols.forms.get(function, {}).values():
            written = _sides(body)
            if [len(side) for side in written] == [len(side) for side in texts]:
                items = [parts_of(item) for side in written for item in side]
                named = [plain(base.name) if isinstance(base, syntax.Symbol) else "" for base, _, _, _ in items]
                if named == every:
                    found.add(tuple(int(sub is not None) for _, sub, _, _ in items))
        fitting = [counts for counts in found if sum(counts) == total]
        return [*fitting[0]] if len(fitting) == 1 else None

    def _spans(self, var: Var) -> tuple[Range | None, ...]:
        return tuple(self.claim.context.families.get(var.head, ())) or (None,) * len(var.indices)

    def _together(
        self, function: str, events: Sequence[Event], spans: tuple[Range | None, ...] | None = None
    ) -> Var | None:
        """``p(A,B)``, whatever the order of its events; None where one stands in it twice."""
        places = sorted(range(len(events)), key=lambda n: events[n][0])
        texts = [events[n][0] for n in places]
        if len({*texts}) < len(texts):
            return None
        if spans is None:
            spans = tuple(
                span
                for text, indices in events
                for span in self.families.get(Head(f"{function}({text})", len(indices), 0), (None,) * len(indices))
            )
        starts = [sum(len(indices) for _, indices in events[:n]) for n in range(len(events))]
        ordered = [span for n in places for span in spans[starts[n] : starts[n] + len(events[n][1])]]
        var = Var(f"{function}({','.join(texts)})", tuple(i for n in places for i in events[n][1]), ())
        self.families[var.head] = tuple(ordered)
        self.counts[var.head] = [len(events[n][1]) for n in places]
        return var


def _sides(body: syntax.Node) -> list[list[syntax.Node]]:
    """What stands before the bar, and what behind it."""
    return [[*arguments(before_bar(body))], [*arguments(body.right)] if isinstance(body, syntax.Given) else []]


def _fits(params: Sequence[Index], var: Var) -> bool:
    """Whether a definition for ``params`` is one of this member."""
    return all(isinstance(p, str) or p == i for p, i in zip(params, var.indices, strict=True))


class Events:
    """What the laws of probability say of a step."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols

    def reading_of(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims with p(A,B)/p(B) for p(A|B); none where no two probabilities are tied by that."""
        found = [self._of(claim) for claim in claims]
        return [claim for claim in found if claim is not None] if None not in found else []

    def _of(self, claim: Claim) -> Claim | None:
        parts = set(reached((claim.left, claim.right), claim.context.definitions))
        if any(isinstance(part, Deriv) for part in parts):
            return None
        joint = _Joint(self.symbols, claim)
        definitions = {
            head: tuple(Definition(d.params, joint.read(d.body)) for d in made)
            for head, made in claim.context.definitions.items()
        }
        left, right = joint.read(claim.left), joint.read(claim.right)
        if not joint.conditional:
            return None
        heads = sorted(
            {v.head for v in reached((left, right), definitions) if isinstance(v, Var)} & joint.families.keys()
        )
        laws = [*self._total((left, right), definitions, joint), *self._two(heads)]
        likely = [Assumption("positive", (head,), f"{head.name} > 0", WRITTEN) for head in heads]
        ranges = {
            name: span
            for head in joint.counts
            for name, span in zip(_names(head), joint.families[head], strict=True)
            if span is not None
        }
        context = replace(
            claim.context,
            ranges={**claim.context.ranges, **ranges},
            definitions=definitions,
            families={**claim.context.families, **joint.families},
            assumptions=(*claim.context.assumptions, *laws, *likely),
        )
        return replace(claim, left=left, right=right, context=context)

    def _total(
        self, sides: Sequence[Term], definitions: dict[Head, tuple[Definition, ...]], joint: _Joint
    ) -> Iterator[Assumption]:
        r"""``p(x) = \sum_j p(x, C_j)``, where such a sum over all j stands in a step."""
        seen = set()
        for whole in reached(sides, definitions):
            if not isinstance(whole, Sum) or type(whole) is not Sum:
                continue
            for part in subterms(whole.body):
                if not isinstance(part, Var) or part.head not in joint.counts or part.subs.count(whole.index) != 1:
                    continue
                place = part.subs.index(whole.index)
                if joint.families[part.head][place] == whole.range and (part.head, place) not in seen:
                    seen.add((part.head, place))
                    yield _summed(part.head, joint.counts[part.head], place, whole.range)

    def _two(self, heads: Sequence[Head]) -> Iterator[Assumption]:
        """``p(x) = p(x, y=0) + p(x, y=1)``, where these are the only values of y that are spoken of, and the words say
        that there are two.
        """
        for head in heads:
            function, _, inside = head.name[:-1].partition("(")
            for event in inside.split(","):
                letter, equals, value = event.partition("=")
                if equals and value == "1" and self._values(function, letter) == {"0", "1"} and not head.subs:
                    said = _said_of(letter, self.reading.document.source.text)
                    if said is None:
                        continue
                    line = f"line {self.reading.document.source.position(said.start()).line}: '{said[0]}'"
                    rest = [e for e in inside.split(",") if e != event]
                    other = ",".join(sorted([*rest, f"{letter}=0"]))
                    both = add(Var(head.name, (), ()), Var(f"{function}({other})", (), ()))
                    total = Var(f"{function}({','.join(rest)})", (), ()) if rest else ONE
                    written = f"{head.name} + {function}({other})"
                    name = f"{function}({','.join(rest)})" if rest else "1"
                    sides = (total, both) if rest else (both, total)
                    yield Assumption("equation", sides, f"{written} = {name}", line)

    def _values(self, function: str, letter: str) -> set[str]:
        """The values of a letter of whose probability a document speaks."""
        forms = self.symbols.forms.get(function, {}).values()
        events = chain.from_iterable(side for body in forms for side in _sides(body))
        found = set()
        for event in events:
            match event:
                case syntax.Relation(left=syntax.Symbol(name=name), rest=(("=", value),)) if plain(name) == letter:
                    found.add(value.text if isinstance(value, syntax.Number) else syntax.sexpr(value))
        return found


def _said_of(letter: str, text: str) -> re.Match[str] | None:
    r"""Where a document says of a letter that it has two values, if no other words give it more of them."""
    name = rf"(?<![A-Za-z\\]){re.escape(letter)}(?:_(?:\w|\{{[^}}]*\}}))?(?:\^\{{?\([^)]*\)\}}?)?"
    two = r"(?:\\\{|\\lbrace)\s*(?:0\s*,\s*1|1\s*,\s*0)\s*(?:\\\}|\\rbrace)"
    sets = re.finditer(rf"{name}\s*\\in\s*(?P<set>[^$]{{0,40}})", text)
    if any(re.match(rf"(?!{two})", found["set"]) for found in sets):
        return None
    if re.search(
        rf"{name}\$[^.$]{{0,30}}\b(?:one\s+of\s+(?:many|several)|(?:many|several|three|four|five|ten)\b|not\s+binary)",
        text,
    ):
        return None
    if re.search(rf"\b(?:not|non|nicht|pas)[\s-]+{_BINARY}[^.$]{{0,20}}\${name}\$", text, re.IGNORECASE):
        return None
    said = re.search(rf"{name}\s*\\in\s*{two}", text)
    said = said or re.search(rf"{_NOT}{_BINARY}{_LABELLED}\s*\${name}\$", text, re.IGNORECASE)
    said = said or re.search(
        rf"\${name}\$\s*(?:is|are|be|being|ist|sind|est|sont|es|son|是)\s+(?:an?\s+)?{_BINARY}", text, re.IGNORECASE
    )
    return said or (TWO_CLASSES_ONLY.search(text) if letter in LABELS else None)


def _summed(head: Head, counts: Sequence[int], place: int, range_: Range) -> Assumption:
    """The sum of ``p(x, C_j)`` over the index at ``place``."""
    function, _, inside = head.name[:-1].partition("(")
    owner = next(n for n in range(len(counts)) if sum(counts[: n + 1]) > place)
    rest = [event for n, event in enumerate(inside.split(",")) if n != owner]
    names = _names(head)
    total = Sum(names[place], range_, Var(head.name, tuple(names), ()))
    kept = tuple(name for n, name in enumerate(names) if n != place)
    if not rest:
        return Assumption("equation", (total, ONE), rf"\sum {head.name} = 1", TOTAL)
    name = f"{function}({','.join(rest)})"
    return Assumption("equation", (Var(name, kept, ()), total), rf"{name} = \sum {head.name}", TOTAL)


def _names(head: Head) -> list[str]:
    return [f"{n}\N{PRIME}{head.name}" for n in range(head.subs)]

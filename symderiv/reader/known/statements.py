r"""What the author says in words about symbols and indices: cases, assumptions, ranges, constants.

An assumption carries the line and the words that state it. This module must never find one that is not stated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations, pairwise, product

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import InlineMath, Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import is_numeral, is_transposition, lists, names_in, parts_of
from symderiv.reader.grammar.vocabulary import LOSSES, UNICODE
from symderiv.reader.indexed.arrays import Array, one_entry
from symderiv.reader.known.indicators import Indicators
from symderiv.reader.known.layouts import chosen
from symderiv.reader.known.spaces import dims
from symderiv.reader.known.true_class import TrueClass
from symderiv.reader.known.two_numbers import TwoNumbers
from symderiv.reader.known.withdrawals import THIS, Withdrawals
from symderiv.reader.letters import distinct
from symderiv.reader.letters.symbols import MARK, Said, base_name
from symderiv.reader.reading import MENTIONED, Reading
from symderiv.reader.words import assertions, prose
from symderiv.reader.words.prose import CONSTANT
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Delta,
    Head,
    Index,
    Opaque,
    Pow,
    Range,
    Sum,
    Term,
    Var,
    num,
    power,
    subterms,
)

WORDS = re.compile(r"\\text\{([^{}]*)\}")
NEGATION = re.compile(r"\\neg\b|\\lnot\b|¬")


class Statements:
    """Takes up what sentences, and words beside formulas, state."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.elaborator = reading.elaborator
        self.said: list[tuple[str, tuple[str, ...], str, Said]] = []  # kind, names beside the words, source, place
        self.called: set[str] = set()  # names that the words beside them say it of
        self.counts: set[str] = set()  # how many classes there are, by the words
        self.asides: dict[tuple, Assumption] = {}  # cases of which the last words speak, and that they do not set
        self.withdrawals = Withdrawals(reading)
        self.freed: list[int] = []  # the sentences that say of the targets, whatever their name, that they are any
        self.indicators = Indicators(reading, self.value_said)
        self.true_class = TrueClass(reading)
        self.two_numbers = TwoNumbers(reading, self._two_numbers)
        self.members: dict[tuple[str, str], set[int] | None] = {}  # of which members of a name that is said, or of all

    def cases(self, sentences: Sequence[prose.Sentence]) -> tuple[Assumption, ...]:
        """The case that the words set: one condition, or several in a row, as in "$a = b$, $c \\ne d$"."""
        found: dict[tuple, Assumption] = {}
        places: list[tuple[prose.Sentence, int]] = []
        said = 0  # how many conditions stand in these places
        for sentence in sentences:
            given = [condition for _, _, condition in self.indicators.said(sentence)]
            pieces = sentence.words.split("$")
            for number, formula in enumerate(sentence.formulas):
                if formula in given:
                    continue
                told_of = list(self._cases_in(formula))
                said += len(told_of)
                places += [(sentence, number)] if told_of else []
                for assumption in told_of:
                    opposite = _opposite(assumption)
                    if assertions.condition(pieces[number], pieces[number + 1]) is False:
                        assumption, opposite, told = opposite, assumption, assertions.aside(sentence.words)
                    else:
                        told = assertions.denied(pieces, number) or assertions.aside(sentence.words)
                        told = told or assertions.set_aside(pieces, number, assumption.kind)
                    if told:
                        self.asides.setdefault((opposite.kind, opposite.data), opposite)
                    (self.asides if told else found).setdefault((assumption.kind, assumption.data), assumption)
            for number, told_apart in self._told_apart(sentence):
                if (sentence, number) not in places:
                    said += len(told_apart)
                    places.append((sentence, number))
                passing = assertions.aside(sentence.words)
                for assumption in told_apart:
                    (self.asides if passing else found).setdefault((assumption.kind, assumption.data), assumption)
        for a, op, b in (case for sentence in sentences for case in prose.plain_cases(sentence.words)):
            names = self.symbols.index_names | self.symbols.sub_letters
            if a in names and b in names:
                kind = "equal" if op == "=" else "distinct"
                text = f"{a} {'=' if op == '=' else chr(92) + 'ne'} {b}"
                found.setdefault((kind, (a, b)), Assumption(kind, (a, b), text, "said before the formula"))
        apart = len({frozenset(a.data) for a in found.values()}) == len(found) == said  # on one pair they are two cases
        row = apart and all(
            one is other and n == m + 1 and prose.AND.fullmatch(one.words.split("$")[n])
            for (one, m), (other, n) in pairwise(places)
        )
        return tuple(found.values()) if len(found) == 1 or row else ()

    def _told_apart(self, sentence: prose.Sentence) -> Iterator[tuple[int, list[Assumption]]]:
        """Indices that words tell apart, ``for distinct $i$ and $j$``, with the number of a formula there."""
        for one, other in distinct.places(sentence):
            sides = [
                [symbol for n in numbers for symbol in self._listed(sentence.formulas[n])] for numbers in (one, other)
            ]
            pairs = combinations(sides[0], 2) if one == other else product(*sides)
            found = [a for pair in pairs for a in self._apart(*pair)]
            if found:
                yield one[0], found

    def _apart(self, a: syntax.Node, b: syntax.Node) -> list[Assumption]:
        """``a \\ne b``, if both are indices."""
        relation = syntax.Relation(a, (("!=", b),), a.span)
        known = self.symbols.index_names | self.symbols.sub_letters
        surely = prose.index_relation(relation) is not None and known.issuperset(names_in(relation))
        return [replace(c, text=rf"{c.data[0]} \ne {c.data[1]}") for c in self._condition(relation, surely)]

    def _listed(self, formula: InlineMath) -> list[syntax.Node]:
        """The symbols of ``$i$`` or ``$i, j, k$``."""
        match [s.side for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments]:
            case [syntax.Symbol() as symbol]:
                return [symbol]
            case [syntax.Tuple(items=items)]:
                return list(items)
        return []

    def _cases_in(self, formula: InlineMath) -> Iterator[Assumption]:
        for row in self.reading.rows(formula.latex, formula.span).rows:
            if several := distinct.pairs(row):
                yield from (assumption for pair in several for assumption in self._apart(*pair))
            elif len(row.segments) == 2 and isinstance(row.segments[0].side, syntax.Node):
                left, segment = row.segments[0].side, row.segments[1]
                if isinstance(segment.side, syntax.Node) and segment.relation in ("=", "!=", "<", ">"):
                    relation = syntax.Relation(left, ((segment.relation, segment.side),), formula.span)
                    yield from self._condition(relation, prose.index_relation(relation) is not None)

    def held(self, sentences: Sequence[prose.Sentence]) -> frozenset[str] | None:
        """What the words hold fixed: the symbols in that sentence; empty if it names none, None if nothing is."""
        found: set[str] = set()
        said = False
        for sentence in sentences:
            match = assertions.said(prose.HELD, sentence.words)
            if match and not prose.NEGATED.search(match[0]):
                named = dict(self._symbols(sentence.formulas))
                found.update(name for name, defined in named.items() if defined)
                said = said or any(named.values()) or not (named or prose.OTHERS.search(match[0]))
        return frozenset(found) if said else None

    def relabelled(self, sentences: Sequence[prose.Sentence]) -> None:
        """``where $y$ is the label``, ``let $y$ be any number``: an earlier meaning of y as something else ends."""
        for sentence in sentences:
            for name in self.withdrawals.freed(sentence):
                if known := [subs for subs in range(3) if self.symbols.defines(name, subs, 0)]:
                    for subs in {0, *known}:
                        self.symbols.new_version(name, subs, 0)
                    message = f"{shown(name)} is arbitrary from here on; its earlier meaning ends"
                    self.reading.diagnostics.append(Diagnostic("W420", message, sentence.formulas[0].span))
            for found in prose.LABEL.finditer(sentence.words):
                formula = sentence.formulas[sentence.words.count("$", 0, found.start())]
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    match [s.side for s in row.segments]:
                        case [syntax.Symbol() as symbol] if self.symbols.defines(plain(symbol.name), 0, 0):
                            self.symbols.new_version(plain(symbol.name))
                            message = f"{shown(plain(symbol.name))} is a label from here on; its earlier meaning ends"
                            self.reading.diagnostics.append(Diagnostic("W420", message, formula.span))

    def _symbols(self, found: Sequence[InlineMath]) -> Iterator[tuple[str, bool]]:
        """The lone symbols and members among formulas, and whether they are defined."""
        defined = {head.name for head in self.symbols.definitions}
        for formula in found:
            for row in self.reading.rows(formula.latex, formula.span).rows:
                side = row.segments[0].side if len(row.segments) == 1 else None
                base = parts_of(side)[0] if isinstance(side, syntax.Node) else None
                if isinstance(base, syntax.Symbol):
                    yield plain(base.name), plain(base.name) in defined

    def values(self, every: Sequence[prose.Sentence]) -> tuple[Assumption, ...]:
        r"""The values that the words give to symbols for what follows: ``for $\beta = 1$``, ``when $y = 0$``."""
        if self.reading.strict:
            return ()
        found: dict[Var, Assumption] = {}
        passing: dict[Var, list[Assumption]] = {}  # values that are spoken of, and not said to hold
        lasting = prose.last_said(every)
        before = () if any(prose.BOTH.search(s.words) for s in lasting) else every[: len(every) - len(lasting)]
        for said in self._set_before(before):
            self.asides[said.kind, said.data] = said
        for sentence in lasting:
            words = sentence.words.split("$")
            of_every = prose.EVERY.search(sentence.words) is not None
            surely, aside = prose.ONE_HOT.search(sentence.words), assertions.aside(sentence.words)
            for k, row, supposed in self._suppositions(sentence, alone=True):
                given = self.value_said(row)
                if given is None:
                    continue
                given = self._of_every(given) if of_every else given
                fact = 0 in given.data[0].indices or surely
                told = assertions.denied(words, k) or (not fact and aside)
                if supposed and (told or assertions.weakened(words, k)):
                    self.asides[given.kind, given.data] = given
                elif not supposed:
                    passing.setdefault(given.data[0], []).append(given)
                elif found.setdefault(given.data[0], given).data != given.data:
                    return ()  # "if $y = 1$ ... and if $y = 0$": both are spoken of
        for symbol, values in passing.items():
            if any(value.data != found[symbol].data for value in values if symbol in found):
                values.append(found.pop(symbol))  # "suppose $y = 1$ for spam and $y = 0$ for ham"
            elif len(values) == 1:  # not "$y$ is $y = 1$ or $y = -1$"
                self.asides[values[0].kind, values[0].data] = values[0]
        last = every[-1].words if every and not assertions.aside(every[-1].words) else ""
        for name, sign, digits in prose.plain_values(last):
            letter = UNICODE.get(name, name)
            symbol = Var(self.symbols.name(letter), (), ())
            if letter in self.symbols.bare and letter not in self.symbols.index_names | self.symbols.size_names:
                value = num(Fraction(sign + digits))
                text = f"{letter} = {sign}{digits}"
                given = Assumption("equation", (symbol, value), text, "said before the formula")
                if found.setdefault(symbol, given).data != given.data:
                    return ()
        return tuple(found.values())

    def _set_before(self, sentences: Sequence[prose.Sentence]) -> list[Assumption]:
        """The values that sentences suppose of which the words go on to other things: what follows may mean them still.

        Of a symbol that is given several, as in "if $y = 1$ ..., and if $y = 0$ ...", none.
        """
        found: dict[Var, dict[Term, Assumption]] = {}
        for sentence in sentences:
            for _, row, supposed in self._suppositions(sentence, alone=False):
                if supposed and (said := self.value_said(row)) is not None:
                    found.setdefault(said.data[0], {})[said.data[1]] = said
        return [said for values in found.values() for said in values.values() if len(values) == 1]

    def _suppositions(self, sentence: prose.Sentence, alone: bool) -> Iterator[tuple[int, syntax.Row, bool]]:
        """The rows in a sentence, the numbers of their formulas, and whether words suppose what they say.

        With ``alone``, a formula that stands alone in its sentence is supposed, too.
        """
        words, supposed = sentence.words.split("$"), False
        for k, formula in enumerate(sentence.formulas):
            joined = supposed and prose.AND.fullmatch(words[k])  # "when $x = 1$ and $y = 0$"
            supposed = bool(joined or prose.SUPPOSED.search(words[k]) or (alone and assertions.names_value(words, k)))
            supposed = supposed and not assertions.codes(words, k)
            for row in self.reading.rows(formula.latex, formula.span).rows:
                yield k, row, supposed

    def sizes(self, sentences: Sequence[prose.Sentence]) -> dict[str, int]:
        """The sizes that the words suppose: ``for $K = 2$``, and under "" how many classes they speak of.

        Under ``MENTIONED``: two classes, if the words speak of some, but do not say that there are no others.
        """
        found: dict[str, int] = {}
        for number, sentence in enumerate(sentences, 1):
            past = number < len(sentences) and assertions.aside(sentence.words)  # and the words go on to other things
            pieces = sentence.words.split("$")
            for n, formula in enumerate(sentence.formulas):
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    match [(s.relation, s.side) for s in row.segments]:
                        case [(None, syntax.Symbol(name=name)), ("=", syntax.Number(text=text))] if (
                            plain(name) in self.symbols.size_names
                            and text.isdigit()
                            and not assertions.denied(pieces, n)
                            and not (past and prose.SUPPOSED.search(pieces[n]))
                        ):
                            found[plain(name)] = int(text)
            counts = {count for count in self._classes(sentence) if count.isdigit()}
            counts |= {"2"} if _binary(sentence.words) else set()
            if len(counts) == 1 and not assertions.aside(sentence.words):
                found[""] = int(counts.pop())
            elif number == len(sentences) and self._mentions_two(sentence):
                found[MENTIONED] = 2
        return found

    def _mentions_two(self, sentence: prose.Sentence) -> bool:
        """Whether a sentence speaks of two classes, and not of more than two."""
        two = prose.TWO_CLASSES.search(sentence.words) or "2" in self._classes(sentence, surely=False)
        return bool(two) and not prose.OR_MORE.search(sentence.words)

    def values_said(self, rows: Sequence[syntax.Row]) -> tuple[Assumption, ...]:
        """The values that rows give to symbols."""
        return tuple(given for row in rows if (given := self.value_said(row)) is not None)

    def _of_every(self, given: Assumption) -> Assumption:
        """``$y_i = 1$ for all $i$``."""
        member, value = given.data
        letters: list[Index] = [
            self._letter_of_every(self.symbols.ranges.slot(member.head, n)) if isinstance(index, str) else index
            for n, index in enumerate(member.indices)
        ]
        every = Var(member.name, tuple(letters[: len(member.subs)]), tuple(letters[len(member.subs) :]))
        return replace(given, data=(every, value))

    def values_beside(self, row: syntax.Row) -> tuple[Assumption, ...]:
        r"""The value that words beside a formula give to a symbol: ``L = -\log p \quad \text{if } y = 1``."""
        if self.reading.strict:
            return ()
        said = [r.content.body if isinstance(r.content, syntax.Group) else r.content for r in row.remarks]
        found = [self._value(node.left, *node.rest) for node in said if isinstance(node, syntax.Relation)]
        return tuple(a for a in found if a is not None)

    def values_at(self, row: syntax.Row) -> tuple[Assumption, ...]:
        """The value at which a row is evaluated. Raises ReadError where it is put in for something that is defined."""
        if not isinstance(row.at, syntax.Relation):
            return ()
        given = self._value(row.at.left, *row.at.rest)
        if given is None:
            raise ReadError("E114", "a value is put in here for what is no variable of its own", row.at.span)
        return (given,)

    def led_by(self, case: syntax.Relation) -> tuple[Assumption, ...]:
        """What the case that leads a row says: the value of a symbol, or how two indices compare."""
        given = None if self.reading.strict else self._value(case.left, *case.rest)
        return (given,) if given is not None else tuple(self._condition(case))

    def value_said(self, row: syntax.Row) -> Assumption | None:
        """The value that a row gives to a symbol, if it does nothing else."""
        match [(s.relation, s.side) for s in row.segments]:
            case [(None, left), ("=", right)] if isinstance(left, syntax.Node) and isinstance(right, syntax.Node):
                return None if self.reading.strict or lists(row) else self._value(left, ("=", right))
        return None

    def _value(self, left: syntax.Node, *rest: tuple[str, syntax.Node]) -> Assumption | None:
        """``left = number``, said of a symbol that is defined nowhere."""
        match left, rest:
            case ((syntax.Symbol() | syntax.Scripted()), (("=", right),)) if is_numeral(right):
                self.elaborator.start_chain()
                self.elaborator.as_scalars = True
                try:
                    value = self.elaborator.scalar(right)
                    entry = self._entry_of(left) if value == ZERO else None
                    symbol = entry or self.elaborator.scalar(left)
                except ReadError:
                    return None
                finally:
                    self.elaborator.as_scalars = False
                if not isinstance(symbol, Var) or symbol.head in self.symbols.definitions:
                    return None
                source = self.reading.document.source
                text = source.text[left.span.start : right.span.end].strip()
                return Assumption("equation", (symbol, value), text, f"line {source.position(left.span.start).line}")
        return None

    def _entry_of(self, left: syntax.Node) -> Var | None:
        r"""Any entry of a vector or a matrix that is said to be 0 as a whole: of m in ``\mathbf{m}_0 = \mathbf 0``."""
        self.elaborator.as_scalars = False
        try:
            entry = one_entry(self.elaborator.value(left))
        except ReadError:
            return None
        finally:
            self.elaborator.as_scalars = True
        whole = isinstance(entry, Var) and "?" in entry.indices
        return self._of_every(Assumption("equation", (entry, ZERO))).data[0] if whole else None

    def said_beside(self, row: syntax.Row) -> None:
        r"""``... \quad \text{with } \sum_k t_k = 1``."""
        words = ""
        for content in (remark.content for remark in row.remarks if not self.reading.strict):
            match content:
                case syntax.Text(text=words):
                    pass
                case syntax.Relation(
                    left=syntax.BigOp(kind=r"\sum") as left, rest=(("=", syntax.Number(text="1") as right),)
                ) if prose.PREMISE.search(words):
                    self._assume_nodes(left, right, content.span, free=True)

    def beside(self, row: syntax.Row) -> list[Assumption]:
        """Conditions between indices beside the formulas of a row; alone in its display, one holds for all."""
        return [
            a if said else _opposite(a)
            for content, said in _conditions(row)
            if said is not None
            for a in self._condition(content)
        ]

    def doubted(self, row: syntax.Row) -> str:
        r"""A condition beside a row that is denied and not understood: ``\text{whether or not } i = j``."""
        text = self.reading.document.source.text
        for content, said in _conditions(row):
            match content:
                case syntax.Relation(left=left, rest=((op, right),)) if said is not None:
                    if op not in ("<", ">", "<=", ">=") or not all(map(prose.index_like, (left, right))):
                        continue
            return text[content.span.start : content.span.end]
        return ""

    def _condition(self, node: syntax.Node, surely: bool = True) -> list[Assumption]:
        match node:
            case syntax.Group(body=body):
                return self._condition(body)
            case syntax.Relation(left=left, rest=((op, right),)) if op in ("=", "!=", "<", ">") and surely:
                indices = self.symbols.index_names | self.symbols.sub_letters
                if op in ("<", ">") and not (prose.index_relation(node) and indices.issuperset(names_in(node))):
                    return []  # of indices it says that they are distinct
                text = self.reading.document.source.text[node.span.start : node.span.end]
                try:
                    a, b = self.elaborator.operand(left), self.elaborator.operand(right)
                except ReadError:
                    return []
                if a == b:
                    return []
                if not isinstance(a, str):
                    a, b = b, a
                if not isinstance(a, str) or a in self.symbols.size_names:
                    return []
                line = self.reading.document.source.position(node.span.start).line
                kind = "equal" if op == "=" else "distinct"
                return [Assumption(kind, (a, b), text, f"said in line {line}")]
        return []

    def row(self, row: syntax.Row) -> bool:
        """A row of words inside a display: it may set the case for the rows below."""
        found = self.beside(row)
        text = " ".join(r.content.text for r in row.remarks if isinstance(r.content, syntax.Text))
        for a, op, b in prose.plain_cases(text.replace("$", "")):
            kind = "equal" if op == "=" else "distinct"
            line = self.reading.document.source.position(row.cells_span.start).line
            found.append(
                Assumption(kind, (a, b), f"{a} {'=' if op == '=' else chr(92) + 'ne'} {b}", f"said in line {line}")
            )
        if found:
            self.reading.turn_to(tuple(found[:1]))
        return bool(found)

    def _assumed(self, section: int | None = None) -> frozenset[str]:
        """The names of which something has been assumed so far, in this ``section`` only if one is given."""
        here = [a for a, said in self.symbols.stated.items() if section in (None, said.section)]
        terms = [part for a in here for part in a.data if isinstance(part, Term)]
        heads = [part for a in here for part in a.data if isinstance(part, Head)]
        found = {base_name(head.name) for head in (*heads, *self.symbols.reached(*terms))}
        told = (names for _, names, _, said in self.said if section in (None, said.section))
        return frozenset(found.union(() if section is not None else self.symbols.symmetric, *told))

    def sentence(self, sentence: prose.Sentence) -> None:
        """Assumptions and ranges that a sentence states, and what it says to depend on what."""
        self.reading.sentences += 1
        self._dependences(sentence)
        if layout := chosen(sentence.words):
            self.reading.layouts.append((self.reading.sentences, layout))
        names = self.withdrawals.sentence(sentence)
        names |= self.withdrawals.redefined(sentence, self._assumed(self.reading.section)) & self._assumed()
        if THIS.search(sentence.words):
            names |= self._assumed()
        if self.withdrawals.of_targets(sentence):
            self.freed.append(self.reading.sentences)
        if self.withdrawals.softens(sentence):
            self.symbols.softened.append(self.reading.sentences)
        if names:
            self.symbols.withdrawn.append((self.reading.sentences, names))
            if self.reading.held and self.reading.held & names:
                self.reading.held = (self.reading.held - names) or None
        if self.reading.strict:
            return
        self.counts.update(self._classes(sentence))
        constrained = bool(prose.CONSTRAINT.search(sentence.words))
        for member, place, _ in self.indicators.said(sentence):
            self.indicators.define(member, place, sentence.formulas[0].span)
        self._units(sentence)
        pieces = sentence.words.split("$")
        self.two_numbers.sentence(sentence, pieces)
        for number, formula in enumerate(sentence.formulas):
            rows = self.reading.rows(formula.latex, formula.span).rows
            related = any(len(row.segments) > 1 for row in rows)
            denied = related and not assertions.constrains(pieces, number)
            for row in rows:
                if not self.range(row) and not denied:
                    self._stated_equation(row, formula, constrained)
                    self._orthonormal(row, formula)
                if not denied:
                    self.two_numbers.formula(row, formula)
        if CONSTANT.search(sentence.words):
            for formula in sentence.formulas:
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    if len(row.segments) == 1 and isinstance(row.segments[0].side, syntax.Symbol):
                        self.reading.constants.add(plain(row.segments[0].side.name))
        for found in prose.SHORT.finditer(sentence.words):
            at = sentence.words.count("$", 0, found.start())
            self._short(sentence.formulas[at], sentence.formulas[at + 1])
        for kind, pattern in (("onehot", prose.ONE_HOT), ("sum", prose.SUM_TO_ONE), ("binary", prose.BINARY)):
            match = assertions.said(pattern, sentence.words)
            if match and not sentence.formulas and assertions.OF_OTHERS[kind].search(sentence.words):
                continue
            if match and kind == "sum" and not self._sums_itself(sentence, match):
                continue
            if match and kind == "onehot" and assertions.altered(sentence.words, *match.span()):
                self.symbols.withdrawn.append((self.reading.sentences, frozenset(self._beside(sentence.formulas))))
                continue
            if match and (kind != "binary" or sentence.formulas):
                self._stated(kind, sentence.written(match), sentence)
        self._one_for_true(sentence)
        self.true_class.sentence(sentence)

    def _sums_itself(self, sentence: prose.Sentence, said: re.Match[str]) -> bool:
        r"""Whether words speak of the sum of a family, and not of ``$t_i^2$``, ``the logarithms of $t_i$``."""
        before = sentence.words[: said.start()]
        if not before.count("$") or not assertions.names_number(said[0]):
            return True
        formula = sentence.formulas[before.count("$") - 1]
        for row in self.reading.rows(formula.latex, formula.span).rows:
            side = row.segments[0].side if row.segments else None
            base, _, sup, _ = parts_of(side) if isinstance(side, syntax.Node) else (None, None, None, 0)
            if not isinstance(base, syntax.Symbol) or isinstance(sup, syntax.Number):
                return False
        return assertions.totals(before[-assertions.REACH :])

    def _classes(self, sentence: prose.Sentence, surely: bool = True) -> Iterator[str]:
        """How many classes a sentence says that there are: ``over the $K$ classes``, ``three classes``.

        Or, if not ``surely``, of how many it speaks: ``the two classes $i$ and $j$``.
        """
        for found in prose.CLASSES.finditer(sentence.words):
            count = found["count"].lower()
            start = found.start("count")
            before = sentence.words[:start]
            if surely and count != "$" and prose.SOME_CLASSES.match(sentence.words[found.end() :]):
                continue
            denied = prose.NOT_ALL.search(before) or assertions.DENIED_BEFORE.search(before[-assertions.REACH :])
            if surely and denied:
                continue
            if count != "$":
                yield str(prose.NUMBERS.get(count, count))
                continue
            formula = sentence.formulas[sentence.words.count("$", 0, found.start("count"))]
            match [
                segment.side for row in self.reading.rows(formula.latex, formula.span).rows for segment in row.segments
            ]:
                case [syntax.Symbol() | syntax.Number() as side] if not self.reading.is_index(side):
                    yield from dims(side)

    def _units(self, sentence: prose.Sentence) -> None:
        """``$u$ is a unit vector``, ``an orthogonal matrix $Q$``: what is not understood of that is not put in."""
        if (found := prose.UNIT.search(sentence.words)) is None:
            return
        ortho = "orth" in found[0].lower()
        what = f"stands beside '{found[0]}'" if ortho else "has unit length by the words"
        for formula in sentence.formulas:
            for row in self.reading.rows(formula.latex, formula.span).rows:
                match [segment.side for segment in row.segments]:
                    case [syntax.Symbol() | syntax.Scripted() as side]:
                        names = names_in(parts_of(side)[0])
                        self.symbols.not_put_in.update(dict.fromkeys(names, what))

    def _dependences(self, sentence: prose.Sentence) -> None:
        """``$h$ depends on $x$``: how, nobody knows, so that nothing may rest on h being free of x."""
        words = sentence.words.split("$")
        for n in range(1, len(sentence.formulas)):
            if prose.DEPENDS.search(words[n]) and not prose.NEGATED.search(words[n]):
                what, by = (self.reading.rows(f.latex, f.span) for f in sentence.formulas[n - 1 : n + 1])
                for side in (row.segments[0].side for row in what.rows if len(row.segments) == 1):
                    for other in by.rows:
                        self.reading.not_understood(side, other.segments[0].side)

    def _orthonormal(self, row: syntax.Row, formula: InlineMath) -> None:
        r"""``$Q^\top Q = I$`` of a matrix that is defined nowhere: \sum_k Q_{ki} Q_{kj} = \delta_{ij}."""
        match [segment.side for segment in row.segments]:
            case [syntax.Product(factors=(one, other)) as left, syntax.Symbol() | syntax.Scripted() as unit] if (
                row.segments[1].relation == "="
                and (is_transposition(one, other) or is_transposition(other, one))
                and isinstance(base := parts_of(unit)[0], syntax.Symbol)
                and plain(base.name) == "I"
            ):
                self.elaborator.start_chain()
                try:
                    value = self.elaborator.value(left)
                except ReadError:
                    return
                if isinstance(value, Array) and len(value.axes) == 2 and all(isinstance(a, str) for a in value.axes):
                    i, j = (self._letter_of_every(axis) for axis in value.axes if isinstance(axis, str))
                    line = self.reading.document.source.position(formula.span.start).line
                    text = formula.latex.strip()
                    said = Assumption("equation", (value.entry((i, j)), Delta(i, j)), text, f"line {line}: '{text}'")
                    self.symbols.stated.setdefault(said, Said(self.reading.section, self.reading.sentences))

    def _one_for_true(self, sentence: prose.Sentence) -> None:
        """``$t_k = 1$ for the true class and 0 otherwise`` says that t is one-hot."""
        if (found := assertions.said(prose.ONE_FOR_TRUE, sentence.words)) is not None:
            formula = sentence.formulas[sentence.words.count("$", 0, found.start())]
            rows = self.reading.rows(formula.latex, formula.span).rows
            if len(rows) == 1 and (given := self.indicators.bit(rows[0])) is not None and given.data[1] == ONE:
                name = given.data[0].name
                line = self.reading.document.source.position(formula.span.start).line
                self.called.add(name)
                self.said.append(
                    (
                        "onehot",
                        (name,),
                        f"line {line}: '{found[0]}'",
                        Said(self.reading.section, self.reading.sentences),
                    )
                )

    def _two_numbers(
        self, kind: str, name: str, members: set[int] | None, text: str, span: Span | None, sure: bool
    ) -> None:
        where = f"line {self.reading.document.source.position(span.start).line}: " if span is not None else ""
        so_far = self.members.get((kind, name), set())
        self.members[kind, name] = None if so_far is None or members is None else so_far | members
        self.called.add(name)
        self.symbols.two_numbers.setdefault(name, set()).update({kind} if sure else ())
        place = Said(self.reading.section, self.reading.sentences)
        self.said.append((kind, (name,), f"{where}'{text}'", place))

    def _letter_of_every(self, range_class: str) -> str:
        """A letter for any index of ``range_class``, which no author writes."""
        letter = f"i{len(self.symbols.hinted_classes)}"
        self.symbols.hinted_classes[letter] = range_class
        return letter

    def _short(self, name: InlineMath, meaning: InlineMath) -> None:
        """``$dz$ denotes $\\partial L/\\partial z$``: such names are short for derivatives of L."""
        sides = [
            [s.side for row in self.reading.rows(f.latex, f.span).rows for s in row.segments] for f in (name, meaning)
        ]
        match sides:
            case [
                [syntax.Product() as short],
                [syntax.DerivativeOp(body=syntax.Symbol() as loss, variables=((by, 1),))],
            ]:
                joined, _ = self.elaborator.words(list(short.factors), ["", *short.operators])
                base, variable = parts_of(joined[0])[0], parts_of(by)[0]
                if len(joined) > 1 or not isinstance(base, syntax.Symbol) or not isinstance(variable, syntax.Symbol):
                    return
                if plain(base.name) == f"d {plain(variable.name)}" and plain(loss.name) in LOSSES:
                    self.reading.symbols.short.add(Head(plain(loss.name), 0, 0))

    def range(self, row: syntax.Row) -> bool:
        r"""Take up ``i = 1, \ldots, K`` if the row says that; whether it does."""
        known = prose.range_of(row)
        if known is None:
            return False
        name, low, high = known
        try:
            top = self.elaborator.upper(high)
        except ReadError:
            return True
        self.symbols.index_names.add(name)
        if top is not None:
            self.symbols.hinted.setdefault(name, Range(low, top))
        return True

    def _stated_equation(self, row: syntax.Row, formula: InlineMath, constraint: bool) -> None:
        r"""``$\sum_k y_k = 1$`` or ``$x_0 = 1$`` in running text is an assumption, if the family is not defined.

        So is any expression with a number for its value, if the words call it a constraint: ``subject to $w^T w = 1$``.
        """
        if len(row.segments) != 2 or row.segments[1].relation != "=":
            return
        left, right = row.segments[0].side, row.segments[1].side
        if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Number):
            return
        bias = isinstance(left, syntax.Scripted) and isinstance(left.sub, syntax.Number) and left.sub.text == "0"
        sums = isinstance(left, syntax.BigOp) and left.kind == r"\sum"
        if not bias and not sums and (not constraint or isinstance(parts_of(left)[0], syntax.Symbol)):
            return
        self._assume_nodes(left, right, formula.span)

    def normalises(self, row: syntax.Row, display: int, words: str) -> bool:
        r"""Take up a displayed ``\sum_k t_k = 1`` of a family that is defined nowhere, where it is said as a premise.

        So it is beside definitions, or where words announce it: "where", "the targets satisfy".
        """
        match [(s.relation, s.side) for s in row.segments]:
            case [(None, syntax.BigOp(kind=r"\sum") as left), ("=", syntax.Number(text="1") as right)]:
                pass
            case _:
                return False
        beside = " ".join(r.content.text for r in row.remarks if isinstance(r.content, syntax.Text))
        announced = prose.PREMISE.search(words) and not prose.NEGATED.search(words)
        along = [posed.kind for posed in self.reading.posed if posed.display == display]
        if self.reading.strict or not (announced or prose.PREMISE.search(beside) or "definition" in along):
            return False
        span = Span(left.span.start, right.span.end)
        return self._assume_nodes(left, right, span, free=True)

    def constraint(self, row: syntax.Row) -> None:
        r"""Take up ``w^T w = 1`` of what is defined nowhere, where it is required: "subject to"."""
        match [(s.relation, s.side) for s in row.segments]:
            case [(None, left), ("=", syntax.Number() as right)] if isinstance(left, syntax.Node):
                self._assume_nodes(left, right, Span(left.span.start, right.span.end), free=True)

    def _assume_nodes(self, left: syntax.Node, right: syntax.Node, span: Span, free: bool = False) -> bool:
        """Take up ``left = right``, with ``free`` only if nothing in it is defined or differentiated by."""
        self.elaborator.start_chain()
        try:
            terms = self.elaborator.scalar(left), self.elaborator.scalar(right)
        except ReadError:
            return False
        known = self.symbols.definitions.keys() | self.symbols.variables
        if free and any(t.head in known for side in terms for t in subterms(side) if isinstance(t, Var)):
            return False
        if isinstance(terms[0], Pow) and terms[0].exponent == num(Fraction(1, 2)):  # a norm: u^T u = 1
            terms = terms[0].base, power(terms[1], 2)
        text = self.reading.document.source.text[span.start : span.end].strip()
        line = self.reading.document.source.position(span.start).line
        said = Assumption("equation", terms, text, f"line {line}: '{text}'")
        self.symbols.stated.setdefault(said, Said(self.reading.section, self.reading.sentences))
        return True

    def _stated(self, kind: str, said: str, sentence: prose.Sentence) -> None:
        """Tie "one-hot" and the like to the symbol in the same sentence, or to the only candidate."""
        found = prose.one_hot(sentence) if kind == "onehot" else None
        beside = (found[0],) if found else sentence.formulas
        names = self._beside(beside)
        if kind == "binary" and not self._are_whole(beside):
            return
        span = sentence.formulas[0].span if sentence.formulas else None
        line = self.reading.document.source.position(span.start).line if span else 0
        source = f"line {line}: '{said}'" if line else f"'{said}'"
        if kind == "sum" and len(set(names)) == 1 and prose.THESE_SUM.search(sentence.words):
            self.called.update(names)
        if (lines := prose.LINES.search(sentence.words)) is not None and kind != "binary":
            kind += f" {lines.lastgroup}"
            self.called.update(names)
        self.said.append(
            (kind, tuple(dict.fromkeys(names)), source, Said(self.reading.section, self.reading.sentences))
        )
        if found and len(names) == 1:
            self.called.add(names[0])
            self.indicators.at(*found)
            said_of = [s.side for row in self.reading.rows(found[0].latex, found[0].span).rows for s in row.segments]
            own = {
                n for side in said_of if isinstance(side, syntax.Node) for n in names_in(side)
            }  # "y_i ... for class i"
            for formula in sentence.formulas:
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    side = row.segments[0].side if len(row.segments) == 1 else None
                    if isinstance(side, syntax.Symbol) and side.name not in own and self.reading.is_index(side):
                        self.symbols.hot.add((names[0], plain(side.name)))
                    given = self.indicators.bit(row)
                    if given is not None and given.data[0].name == names[0] and given.data[1] == ONE:
                        member = given.data[0]  # "one-hot with $y_c = 1$"
                        if len(member.indices) == 1:
                            self.indicators.define(member, member.indices[0], formula.span)

    def _are_whole(self, formulas: Sequence[InlineMath]) -> bool:
        """Whether formulas name families, not members by their numbers, unless all: ``y`` with its y_1, y_2, y_3."""
        numbers: dict[str, set[int]] = {}
        whole: set[str] = set()
        for row in (row for formula in formulas for row in self.reading.rows(formula.latex, formula.span).rows):
            side = row.segments[0].side if row.segments else None
            base, sub, _, _ = parts_of(side) if isinstance(side, syntax.Node) else 4 * (None,)
            if isinstance(base, syntax.Symbol) and isinstance(sub, syntax.Number):
                numbers.setdefault(base.name, set()).add(int(sub.text) if sub.text.isdigit() else 0)
            elif isinstance(base, syntax.Symbol):
                whole.add(base.name)
        return all(
            name in whole and len(found) > 1 and found == set(range(1, len(found) + 1))
            for name, found in numbers.items()
        )

    def _beside(self, formulas: Sequence[InlineMath]) -> list[str]:
        """The names with which formulas begin that are no indices."""
        names: list[str] = []
        for row in (row for formula in formulas for row in self.reading.rows(formula.latex, formula.span).rows):
            for segment in row.segments[:1]:
                base = parts_of(segment.side)[0] if isinstance(segment.side, syntax.Node) else None
                if isinstance(base, syntax.Symbol) and plain(base.name) not in self.symbols.index_names:
                    names.append(plain(base.name))
        return names

    def settle(self) -> None:
        """Assumptions in words become assumptions on families, once all definitions are known."""
        symbols = self.symbols
        targets = frozenset(head.name for head in self.targets()) if self.freed else frozenset()
        symbols.withdrawn += ((sentence, targets) for sentence in self.freed)
        for kind, names, source, place in self.said:
            candidates = [h for h in self.targets() if not names or h.name in names]
            if len({h.name for h in candidates}) != 1:
                continue
            for head in candidates:
                if kind in ("sign", "binary") and symbols.two_numbers.get(head.name, set()) - {kind}:
                    if len(symbols.two_numbers[head.name]) > 1:
                        symbols.two_conventions.add(head.name)
                    continue  # "binary labels $y \in \{-1, 1\}$", or now the one convention, now the other
                if not self._of_all(kind, head):
                    symbols.not_put_in[head.name] = "has members with two values by the words"
                    continue
                if kind == "sign":
                    symbols.signs[head] = source
                    symbols.signs_since[head] = place.sentence
                    continue
                if kind == "binary":
                    found = Assumption("binary", (head,), f"{head.name} \\in \\{{0, 1\\}}", source)
                    symbols.stated.setdefault(found, place)
                    continue
                if not head.subs:
                    continue
                kind, _, lines = kind.partition(" ")
                if lines and head.subs != 2:
                    continue
                slot = 0 if lines == "columns" else head.subs - 1
                range_class = symbols.ranges.slot(head, slot)
                source += self._entries(range_class)
                indices = tuple(
                    "j" if n == slot else self._letter_of_every(symbols.ranges.slot(head, n))
                    for n in range(head.subs + head.sups)
                )
                member = Var(head.name, indices[: head.subs], indices[head.subs :])
                at = "ji" if lines == "columns" else "j" if slot == 0 else "ij"
                text = f"\\sum_j {head.name}_{{{at}}} = 1"
                total = Sum("j", Range(1, range_class), member)
                symbols.stated.setdefault(Assumption("equation", (total, ONE), text, source), place)
                if kind == "onehot":
                    found = Assumption("onehot", (head, slot), f"{head.name} \\text{{ one-hot}}", source)
                    symbols.stated.setdefault(found, place)

    def _of_all(self, kind: str, head: Head) -> bool:
        """Whether it is said of all members of a family that the document speaks of, and not of ``x_1`` alone."""
        members = self.members.get((kind, head.name))
        if members is None:
            return True
        bodies = [d.body for made in self.symbols.definitions.values() for d in made]
        sides = [side for posed in self.reading.posed for side in (posed.left, posed.right)]
        terms = (*bodies, *(entry for side in sides if (entry := one_entry(side)) is not None))
        written = {t.indices for term in terms for t in subterms(term) if isinstance(t, Var) and t.head == head}
        return written <= {(number,) for number in members}

    def _entries(self, range_class: str) -> str:
        """What is to be said of a length that only numbers of entries tell, unless the words tell it."""
        ranges = self.symbols.ranges
        numbers = ranges.numbers.get(ranges.find(range_class), set())
        if ranges.explicit.get(ranges.find(range_class)) or len(numbers) < 2:
            return ""
        low = min(1, *numbers)
        for count in self.counts if len(self.counts) == 1 else ():
            if not count.isdigit() or int(count) > max(numbers) - low:
                high = self.symbols.size_of(count)
                ranges.declare(range_class, Range(low, low + high - 1 if isinstance(high, int) else high))
                return ""
        return f", which has the entries {low} to {max(numbers)} as read"

    def targets(self) -> list[Head]:
        """Families that are never defined and never differentiated by: data such as targets."""
        symbols = self.symbols
        used: set[Head] = set()
        for definitions in symbols.definitions.values():
            for definition in definitions:
                used |= _told(definition.body)
        for posed in self.reading.posed:
            for side in (posed.left, posed.right):
                if isinstance(side, Term):
                    used |= _told(side)
        of_examples = {h for h, keys in symbols.lifted.items() if keys}
        used = {h for h in used if MARK not in h.name} | of_examples
        fresh_heads = [h for h in used if h not in symbols.definitions and h not in symbols.variables]
        return sorted(
            h
            for h in fresh_heads
            if (h.subs or h.sups or h in of_examples or h.name in self.called)
            and h not in symbols.numerators
            and h.name in self.called.union(("y", "t", "q", "d", "T", "Y", r"\mathbf{y}", r"\hat{p}", "p", "r", "l"))
        )


def _binary(words: str) -> bool:
    """Whether the case of two classes is set: ``in the binary case``."""
    said = prose.OF_TWO_CLASSES.search(words)
    return said is not None and not assertions.denied((words[: said.start()], words[said.end() :]), 0)


def _opposite(case: Assumption) -> Assumption:
    """``i \\ne j`` of ``i = j``, and the other way round."""
    kind, relation = ("distinct", "\\ne") if case.kind == "equal" else ("equal", "=")
    return replace(case, kind=kind, text=f"{case.data[0]} {relation} {case.data[1]}")


def _conditions(row: syntax.Row) -> Iterator[tuple[syntax.Node, bool | None]]:
    """The relations beside a row, each with whether the words around it set it, or its opposite; None if neither."""
    before = ""
    behind = [remark.content.text if isinstance(remark.content, syntax.Text) else "" for remark in row.remarks[1:]]
    for remark, beyond in zip(row.remarks, (*behind, ""), strict=False):
        content = remark.content.body if isinstance(remark.content, syntax.Group) else remark.content
        match content:
            case syntax.Relation(left=left, rest=((op, right),)):
                value, after = _without_words(right)
                relation = syntax.Relation(left, ((op, value),), Span(content.span.start, value.span.end))
                yield relation, None if prose.BOTH.search(beyond) else assertions.condition(before, after)
            case syntax.Relation():
                yield content, assertions.condition(before)
            case syntax.Text(text=text) if NEGATION.search(text):
                yield content, None
        before = content.text if isinstance(content, syntax.Text) else ""


def _without_words(node: syntax.Node) -> tuple[syntax.Node, str]:
    r"""The j of ``j \text{ excluded}``, and the words behind it."""
    if not isinstance(node, syntax.Product):
        return node, ""
    first, *others = node.factors
    words = [WORDS.fullmatch(f.name) if isinstance(f, syntax.Symbol) else None for f in others]
    said = " ".join(found[1] for found in words if found is not None)
    return (first, said) if None not in words else (node, "")


def _told(term: Term) -> set[Head]:
    """The families of a term, but for what stands in the brackets of an unknown function, which says nothing of it."""
    if isinstance(term, Var):
        return {term.head}
    return set() if isinstance(term, Opaque) else set().union(*map(_told, term.parts))

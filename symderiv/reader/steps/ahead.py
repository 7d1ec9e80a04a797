r"""Functions that are defined behind their first use: ``J = -\log h(x)``, "where $h(x) = g(\theta^T x)$".

Such a definition is taken up where the function is first called, as readers take it. It must be the author's: words say
"where" or "here", or it is the first equation that says what the function is. This module must never take up what
follows from the lines before it, what is only an example, or what speaks of itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from symderiv.document import Block, Span
from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.nodes import call_name, every, names_in, parts_of
from symderiv.reader.grammar.vocabulary import MOMENTS
from symderiv.reader.letters.symbols import PROBABILITIES, base_name
from symderiv.reader.reading import Reading
from symderiv.reader.steps.introduced import Line, lines
from symderiv.reader.words import prose

IS = prose.Words(  # that what comes says what something is
    r"\b(?:is|are|reads|defin\w+|denot\w+|functions?|model|hypothesis|network|activations?|ist|lautet|Funktion|est"
    r"|fonction|es|función)\b|是|为|為|定义|定義|函数|函數|関数|함수",
    re.IGNORECASE,
)
GOES_ON = prose.Words(  # the sentence of the display before; "Here" begins another one
    r"[\s,]*(?:(?:and|und|et|y)\s+)?(?:(?:[Ww]here|with|[Ww]obei|mit|[Oo]ù|avec|[Dd]onde|con)\b|其中|ここで|ただし|여기서)"
)
LET = prose.Words(
    r"\b(?:let(?:ting)?|set(?:ting)?|put|consider\w*|sei|soit|posons|sea)\b|设|設|令|考虑|考慮", re.IGNORECASE
)


def calls(side: object) -> Iterator[str]:
    """The names right before a bracket, with their subscripts."""
    for node in every(side) if isinstance(side, syntax.Node) else ():
        if isinstance(node, syntax.Product):
            for (called, group), operator in zip(pairwise(node.factors), node.operators, strict=True):
                base, sub, _, _ = parts_of(called)
                if operator == "" and isinstance(base, syntax.Symbol) and isinstance(parts_of(group)[0], syntax.Group):
                    yield call_name(base, sub)


def _names(side: object) -> Iterator[str]:
    return names_in(side) if isinstance(side, syntax.Node) else iter(())


def function(left: syntax.Node) -> tuple[str, tuple[syntax.Node, ...]] | None:
    r"""The function that a left side names, ``h_\theta(x)``, and its arguments."""
    match left:
        case syntax.Product(factors=(head, follower), operators=("",)):
            (base, sub, sup, primes), (group, _, gsup, gprimes) = parts_of(head), parts_of(follower)
            if isinstance(base, syntax.Symbol) and isinstance(group, syntax.Group) and group.open in ("(", "["):
                items = group.body.items if isinstance(group.body, syntax.Tuple) else (group.body,)
                named = all(isinstance(item, syntax.Symbol | syntax.Scripted) for item in items)
                return (call_name(base, sub), items) if named and not (sup or gsup or primes or gprimes) else None
    return None


class Ahead:
    """Finds the definitions, and for each the block before which it is taken up."""

    def __init__(self, reading: Reading, blocks: Sequence[Block]) -> None:
        self.lines = list(lines(reading, blocks))
        self.calls = [{name for s in line.row.segments for name in calls(s.side)} for line in self.lines]
        self.told = [set(calls(line.row.segments[0].side)) for line in self.lines]
        self.names = [{name for s in line.row.segments for name in _names(s.side)} for line in self.lines]
        self.letters: dict[str, list[int]] = {}
        self.chosen: dict[int, int] = {}  # for the line of a definition that of its first use
        for n, line in enumerate(self.lines):
            self.letters.setdefault(line.letter(), []).append(n)

    def find(self) -> dict[Span, list[syntax.Row]]:
        """The rows to take up before each block, each behind those that it is made of."""
        for n in range(len(self.lines)):
            use = self._first_use(n)
            if use is not None and self._is_meant(n, use):
                self.chosen[n] = use
        while any(self._changes(n) for n in sorted(self.chosen)):
            pass
        found: dict[Span, list[syntax.Row]] = {}
        for n in self._in_order():
            found.setdefault(self.lines[self.chosen[n]].place.block, []).append(self.lines[n].row)
        return found

    def anew(self) -> dict[Span, frozenset[str]]:
        """For each display the letters that words right behind it give another meaning than an earlier section did."""
        return self._retold(lambda known, line: known.place.section != line.place.section)

    def again(self) -> dict[Span, frozenset[str]]:
        """The same of letters that have another meaning in that section, where the words go on with "where"."""
        return self._retold(
            lambda known, line: known.place.section == line.place.section and bool(GOES_ON.match(line.before))
        )

    def _retold(self, counts: Callable[[Line, Line], bool]) -> dict[Span, frozenset[str]]:
        found: dict[Span, frozenset[str]] = {}
        for n, line in enumerate(self.lines):
            use = self._right_above(n)
            known = [self.lines[m] for m in self.letters[line.letter()] if use is not None and m < use]
            if use is None or line.doubted or not known or not counts(known[-1], line):
                continue
            if self._meant(n) not in {self._meant(m) for m in self.letters[line.letter()] if m < use}:
                block = self.lines[use].place.block
                found[block] = found.get(block, frozenset()) | {line.letter()}
        return found

    def _meant(self, n: int) -> str:
        """What a line says that its letter is."""
        equation = self.lines[n].equation()
        return syntax.sexpr(equation[1]) if equation is not None else ""

    def _first_use(self, n: int) -> int | None:
        """The first line before this one that calls the function which it defines; in its section, but for words."""
        equation = self.lines[n].equation()
        head = function(equation[0]) if equation is not None else None
        if head is None:
            return None
        name, section = head[0], self.lines[n].place.section
        word = len(name.partition("_")[0]) > 1 and name[0] != "\\"
        uses = (m for m in range(n) if name in self.calls[m] and (word or self.lines[m].place.section == section))
        return next(uses, None)

    def _right_above(self, n: int) -> int | None:
        """The first line of the display before this one that speaks of what it says to mean something."""
        line, letter = self.lines[n], self.lines[n].letter()
        if not line.said or not letter:
            return None
        above = (m for m in range(n) if self.lines[m].place.number == line.place.number - 1)
        return next((m for m in above if self.lines[m].displayed and letter in self.names[m]), None)

    def _is_meant(self, n: int, use: int) -> bool:
        """Whether a line says what its author means by a name that stands in line ``use``."""
        line, equation = self.lines[n], self.lines[n].equation()
        letter = line.letter()
        if equation is None or line.doubted or self.letters[letter][0] != n:
            return False
        if letter in FUNCTIONS or letter in MOMENTS or letter == "E" or base_name(letter) in PROBABILITIES:
            return False  # known by name, or called with what tells distributions apart
        head, other = function(equation[0]), function(equation[1])
        if other is not None and (head is None or syntax.sexpr(head[1][0]) == syntax.sexpr(other[1][0])):
            return False  # "where $f(x) = g(x)$" may say for which x this is so
        if line.said:
            return True
        if head is None or any(head[0] in told for told in self.told[:n]) or prose.concludes(line.before):
            return False
        beside = line.place.number <= self.lines[use].place.number + 1
        return beside or bool(IS.search(line.before) and not LET.search(line.before))

    def _made_of(self, n: int) -> list[int]:
        """The lines from the first use on that say what stands in a definition."""
        equation = self.lines[n].equation()
        head = function(equation[0]) if equation is not None else None
        own = {name for item in head[1] for name in names_in(item)} if head is not None else set()
        names = set(names_in(equation[1])) - own if equation is not None else set()
        return [
            self.letters[name][0]
            for name in sorted(names & self.letters.keys())
            if self.letters[name][-1] >= self.chosen[n]
        ]

    def _changes(self, n: int) -> bool:
        """Take up with a definition what it is made of, or leave it out where that cannot be done."""
        changed = False
        for m in self._made_of(n) if n in self.chosen else ():
            if m == n or (m not in self.chosen and (m < self.chosen[n] or not self._is_meant(m, self.chosen[n]))):
                del self.chosen[n]
                return True
            if self.chosen.get(m, len(self.lines)) > self.chosen[n]:
                self.chosen[m], changed = self.chosen[n], True
        return changed

    def _in_order(self) -> Iterator[int]:
        """The definitions behind those that they are made of; none that are made of each other."""
        waiting = {n: {m for m in self._made_of(n) if m in self.chosen} for n in sorted(self.chosen)}
        while ready := [n for n, needed in waiting.items() if not needed & waiting.keys()]:
            yield from ready
            for n in ready:
                del waiting[n]

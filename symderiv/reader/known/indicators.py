r"""One-hot vectors by the place of their 1: "one-hot at $w$", "$y_k = 1$ if $k = c$ and $0$ otherwise".

Such words define the family, y_k = \delta_{kc}. This module must never take a condition for a place that is not said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symderiv.diagnostics import ReadError
from symderiv.document import InlineMath, Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words import prose
from symderiv.terms import ONE, ZERO, Assumption, Delta, Index, Var, fresh, rename


class Indicators:
    """Reads from sentences where vectors are one; ``value`` finds the value that a row gives to a symbol."""

    def __init__(self, reading: Reading, value: Callable[[syntax.Row], Assumption | None]) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.elaborator = reading.elaborator
        self.value = value

    def at(self, vector: InlineMath, place: InlineMath | None) -> None:
        r"""``$o$ is one-hot at $w$`` says what o is: o_j = \delta_{jw}."""
        if (member := self.member(vector, place)) is not None:
            self.define(member, member.indices[0], vector.span)

    def member(self, vector: InlineMath, place: InlineMath | None) -> Var | None:
        """The member o_w of a vector ``o`` at a place ``w``, if it is one by its formula."""
        sides = [
            [s.side for row in self.reading.rows(f.latex, f.span).rows for s in row.segments] if f else []
            for f in (vector, place)
        ]
        match sides:
            case [[syntax.Symbol()], [syntax.Symbol(name=name)]] if plain(name) in self.reading.symbols.bound_names:
                return None  # an index that runs: "a one-hot target $t$ with index $k$"
            case [[syntax.Symbol() as base], [syntax.Symbol() | syntax.Scripted() as index]]:
                self.elaborator.start_chain()
                try:
                    member = self.elaborator.scalar(syntax.Scripted(base, index, None, 0, base.span))
                except ReadError:
                    return None
                return member if isinstance(member, Var) and len(member.indices) == 1 else None
        return None

    def in_sentence(self, sentence: prose.Sentence, steps: Sequence[Posed]) -> None:
        """``For one-hot $t$ with true class $c$ we have $L = ...$``: said of the steps in its sentence, at least."""
        found = prose.one_hot(sentence)
        said = prose.ONE_HOT.search(sentence.words)
        if not steps or found is None or said is None or prose.NEGATED.search(sentence.words[: said.start()]):
            return
        member = self.member(found[0], found[1] or prose.true_class(sentence))
        if member is None or member.head in self.symbols.definitions or not isinstance(member.indices[0], str):
            return
        line = self.reading.document.source.position(found[0].span.start).line
        source = f"line {line}: '{said[0]}'"
        text = f"{member.name}_{member.indices[0]} = 1"
        hot = Assumption("onehot", (member.head, 0), f"{member.name} \\text{{ one-hot}}", source)
        for posed in steps:
            posed.values = (*posed.values, hot, Assumption("equation", (member, ONE), text, source))

    def define(self, member: Var, place: Index, span: Span) -> None:
        r"""Define the family of ``member`` by the place of its 1: y_j = \delta_{jc}."""
        symbols = self.symbols
        symbols.hot_since.setdefault(member.head, []).append(self.reading.sentences)
        if member.head in symbols.definitions or member.head in symbols.variables or len(member.indices) != 1:
            return
        symbols.now = len(self.reading.posed)
        other = fresh("j", (i for i in (place,) if isinstance(i, str)))
        made = symbols.define(member.name, (other,), len(member.subs), Delta(other, place), span)
        symbols.heads.setdefault(member.name, set()).add(made)
        line = self.reading.document.source.position(span.start).line
        symbols.placed[made] = f"{shown(member.name)} is 1 at {place} and 0 elsewhere, line {line}"

    def said(self, sentence: prose.Sentence) -> Iterator[tuple[Var, Index, InlineMath]]:
        """``$y_k = 1$ if $k = c$ and $0$ otherwise``, ``$y_c = 1$ and $y_k = 0$ for $k \\ne c$``: y_k, c, and that."""
        between = sentence.words.split("$")
        rows = [self.reading.rows(f.latex, f.span).rows for f in sentence.formulas]
        said = [self.bit(row[0]) if len(row) == 1 else None for row in rows]
        for n, given in enumerate(said[:-1]):
            if given is None or not prose.WHERE.fullmatch(between[n + 1]):
                continue
            pair, (member, value) = self._pair(rows[n + 1]), given.data
            if pair is None or len(member.indices) != 1 or member.indices[0] not in pair[1:]:
                continue
            place = pair[2] if member.indices[0] == pair[1] else pair[1]
            hot = (rename(member, {str(member.indices[0]): place}), ONE)
            here = any(other is not None and other.data == hot for other in said)
            elsewhere = prose.ELSEWHERE.search(" ".join(between[n + 2 :]))
            if (pair[0] == "=" and value == ONE and elsewhere) or (pair[0] == "!=" and value == ZERO and here):
                yield member, place, sentence.formulas[n + 1]

    def bit(self, row: syntax.Row) -> Assumption | None:
        """``y_k = 1`` or ``y_k = 0``."""
        match [segment.side for segment in row.segments]:
            case [syntax.Scripted(), syntax.Number(text="0" | "1")]:
                return self.value(row)
        return None

    def _pair(self, rows: Sequence[syntax.Row]) -> tuple[str, Index, Index] | None:
        """The two indices that a formula says to be equal or not."""
        match [(s.relation, s.side) for s in rows[0].segments] if len(rows) == 1 else []:
            case [(None, syntax.Node() as left), ("=" | "!=" as op, syntax.Node() as right)]:
                try:
                    return op, self.elaborator.operand(left), self.elaborator.operand(right)
                except ReadError:
                    return None
        return None

r"""Numbers with two values: ``$m_i \in \{0, 1\}$``, "$x$ and $y$ are binary", "the labels are $\pm 1$".

What is said of one member, ``$x_1 \in \{0, 1\}$``, is said of no other one. This module must never take a sentence that
denies it, or speaks of something else that is binary, for a statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from symderiv.document import InlineMath, Span
from symderiv.reader.grammar import listed, syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.reading import Reading
from symderiv.reader.words import assertions, prose
from symderiv.reader.words.prose import ARE, OF_ONE, Sentence, Words, named

OR = re.compile(r"\W*(?:or|and|either|oder|und|ou|et|o|y|或|或者|和|또는|または|か)\W*", re.IGNORECASE)
EITHER = {"sign": {"1", "(- 1)"}, "binary": {"0", "1"}}
TWO_NUMBERS = {
    syntax_of: kind
    for kind, sets in {
        "binary": (r"(\{\} (, 0 1))", r"(\{\} (, 1 0))", r"(\{\} (; 0 1))", r"(\{\} (; 1 0))"),
        "sign": (r"(\{\} (, (- 1) 1))", r"(\{\} (; (- 1) 1))", r"(\{\} (, 1 (- 1)))", r"(\{\} (\pm 1))", r"(\pm 1)"),
    }.items()
    for syntax_of in sets
}
TARGETS = ("y", "t")  # the letters of labels that only words name

_THING = (
    r"(?:variables?|numbers?|labels?|inputs?|features?|bits|vectors?|indicators?|targets?|masks?|Variablen?|Zahlen"
    r"|变量|変数)"
)
_BINARY = r"(?:binary|0[/-]1|\{0,\s*1\}|binär\w*|binaires?|binari[oa]s?|二元的?|二值的?|2値)(?:[\s-]valued)?"
_LABELS = r"(?:labels?|targets?|classes|Labels|Zielwerte|étiquettes?|etiquetas?|标签|標籤|ラベル|레이블)"
_TAKE = (
    r"(?:(?:that|which|both|each|all|only|can|either|now|here)\s+)*(?:takes?|taking|has|have|with|lies?|is|are|be|being|seien|sind"
    r"|liegen|sont|soient|son|sean|toman|prennent|nehmen|取|是|为)\s*(?:(?:only|just|the|their|on|all|either|the\s+form)\s+)*"
    r"(?:values?|valeurs?|valores?|Werte|值)?\s*(?:in|from|out\s+of|equal\s+to|of|aus|dans|en|于|为)?\s*"
)
CALLED = Words(
    rf"{named('named')}\s*{ARE}(?P<word>{_BINARY})(?=\s*(?:random\s+)?{_THING}|\s*(?:[.,;:)]|and\b|for\b|so\b|then\b|$))"
    rf"|\b(?P<before>{_BINARY})\s+(?:random\s+)?(?:{_THING}\s+)?{named('after')}",
    re.IGNORECASE,
)
VALUED = Words(rf"{named('named')}\s*{_TAKE}(?P<set>\$)", re.IGNORECASE)
LABELS = Words(
    rf"(?:\b|(?<=[^\x00-\x7f])){_LABELS}\s*(?:{_TAKE}(?P<set>\$)|{ARE}(?P<word>{_BINARY})(?=\s*(?:[.,;:)]|and\b|$)))",
    re.IGNORECASE,
)

Tell = Callable[[str, str, set[int] | None, str, Span | None, bool], None]


class TwoNumbers:
    """Finds them in sentences; ``tell`` takes up a kind, a name, the numbers of its members if not all are meant, the
    words, with their place if they have a formula, and whether they name the numbers: "binary" labels may be signs."""

    def __init__(self, reading: Reading, tell: Tell) -> None:
        self.reading = reading
        self.tell = tell

    def sentence(self, sentence: Sentence, pieces: Sequence[str]) -> None:
        """Take up what the words of a sentence say."""
        self._either(sentence, pieces)
        self._two_values(sentence)
        for found in _said(CALLED, sentence):
            word = found["word"] or found["before"]
            formulas = sentence.formulas_in(found, "named", "named_one", "after", "after_one")
            formulas = formulas[-1:] if OF_ONE.search(found[0]) else formulas
            self._names(formulas, "binary", word, sure=False)
        for found in _said(VALUED, sentence):
            kind, text = self._set(sentence, found)
            self._names(sentence.formulas_in(found, "named", "named_one"), kind, text)
        for found in _said(LABELS, sentence):
            kind, text = self._set(sentence, found) if found["set"] else ("binary", found["word"])
            self._labels(kind, sentence, text, sure=bool(found["set"]))

    def formula(self, row: syntax.Row, formula: InlineMath) -> None:
        r"""``$m_i \in \{0, 1\}$``, ``$x, y \in \{-1, +1\}$``, ``$y_i^2 = 1$``."""
        match listed.said(row):
            case (nodes, "in", right):
                kind = TWO_NUMBERS.get(syntax.sexpr(parts_of(right)[0]))
            case (
                [syntax.Scripted(sub=syntax.Symbol(), sup=syntax.Number(text="2")) as square],
                "=",
                syntax.Number(text="1"),
            ):
                nodes, kind = [square], "sign"
            case (nodes, "=", syntax.Add(terms=((r"\pm", syntax.Number(text="1")),))):
                kind = "sign"
            case _:
                return
        self._each(nodes, kind, formula.latex.strip(), formula.span)

    def _either(self, sentence: Sentence, pieces: Sequence[str]) -> None:
        """``$y = 1$ or $y = -1$``, ``$t = 0$ or $1$``: a number that has two values."""
        for n, (first, second) in enumerate(pairwise(sentence.formulas), start=1):
            if not OR.fullmatch(pieces[n]):
                continue
            rows = [self.reading.rows(f.latex, f.span).rows for f in (first, second)]
            match [[s.side for row in each for s in row.segments] for each in rows]:
                case [[syntax.Node() as left, one], [syntax.Node() as again, other]] if syntax.sexpr(
                    left
                ) == syntax.sexpr(again):
                    pass
                case [[syntax.Node() as left, one], [other]]:
                    pass
                case _:
                    continue
            values = {syntax.sexpr(side) for side in (one, other) if isinstance(side, syntax.Node)}
            kind = next((kind for kind, numbers in EITHER.items() if values == numbers), None)
            if rows[0][0].segments[-1].relation == "=":
                self._each([left], kind, first.latex.strip(), first.span)

    def _two_values(self, sentence: Sentence) -> None:
        """``$t_k$ is 0 or 1``, ``$t_k$ 取值为 $0$ 或 $1$``."""
        sentence = _spelled(sentence)
        if (found := assertions.said(prose.TWO_VALUES, sentence.words)) is None:
            return
        formula = sentence.formulas[sentence.words.count("$", 0, found.start())]
        values = {found[name].replace("−", "-").replace(" ", "").replace("+", "") for name in ("one", "other")}
        kind = {frozenset({"0", "1"}): "binary", frozenset({"1", "-1"}): "sign"}.get(frozenset(values))
        self._names([formula], kind, "")

    def _set(self, sentence: Sentence, found: re.Match[str]) -> tuple[str | None, str]:
        r"""Of which kind the numbers are in a set that stands alone, ``\{0, 1\}`` or ``\pm 1``; and how it reads."""
        for formula in sentence.formulas_in(found, "set"):
            match [s.side for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments]:
                case [syntax.Node() as side]:
                    return TWO_NUMBERS.get(syntax.sexpr(parts_of(side)[0])), formula.latex.strip()
        return None, ""

    def _labels(self, kind: str | None, sentence: Sentence, text: str, sure: bool) -> None:
        """What is said of labels that are not named there holds of the only letter for such in the document."""
        symbols = self.reading.symbols
        written = [name for name in TARGETS if name in symbols.heads or name in symbols.bare]
        if kind is not None and len(written) == 1:
            span = sentence.formulas[0].span if sentence.formulas else None
            self.tell(kind, written[0], None, text, span, sure)

    def _names(self, formulas: Sequence[InlineMath], kind: str | None, text: str, sure: bool = True) -> None:
        for formula in formulas:
            for row in self.reading.rows(formula.latex, formula.span).rows:
                self._each(listed.names(row), kind, text or formula.latex.strip(), formula.span, sure)

    def _each(self, nodes: Sequence[syntax.Node], kind: str | None, text: str, span: Span, sure: bool = True) -> None:
        every = any(isinstance(node, syntax.Ellipsis) for node in nodes)
        for node in nodes if kind is not None else ():
            base, sub, _, _ = parts_of(node)
            if kind is not None and isinstance(base, syntax.Symbol):
                number = sub.text if isinstance(sub, syntax.Number) and not every else ""
                self.tell(kind, plain(base.name), {int(number)} if number.isdigit() else None, text, span, sure)


def _said(pattern: Words, sentence: Sentence) -> Iterator[re.Match[str]]:
    """What ``pattern`` finds in a sentence that does not deny or only suppose it."""
    for found in pattern.finditer(sentence.words):
        if not assertions.supposed(sentence.words, *found.span()):
            yield found


def _spelled(sentence: Sentence) -> Sentence:
    """The sentence with its numbers among the words, also those that are set as formulas."""
    pieces = sentence.words.split("$")
    words, formulas = pieces[0], []
    for formula, after in zip(sentence.formulas, pieces[1:], strict=True):
        number = formula.latex.strip()
        if re.fullmatch(r"[-+]?\d+", number):
            words += number + after
        else:
            words += "$" + after
            formulas.append(formula)
    return Sentence(words, tuple(formulas))

r"""The walk through a document: definitions taken up in order, chains cut into steps, each step made ready to be judged.

A display that begins with a relation continues the chain before it, though not across a heading. The first ``=`` of a
chain whose left side is a new symbol is a definition; every other one is a claim. Claims are built when the whole
document has been read, because ranges and definitions are often found after their first use. This module must never
judge a claim, except to tell a symbol's new meaning from a repetition of its old one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import (
    Block,
    Callout,
    Directive,
    Display,
    Document,
    Emph,
    Heading,
    InlineMath,
    ItemList,
    Link,
    Paragraph,
    Span,
)
from symderiv.kernel import Proved, prove_all
from symderiv.kernel.derivative import Unsupported, definition_of, differentiate
from symderiv.reader import prose, syntax
from symderiv.reader.arrays import Array, Value, join
from symderiv.reader.directives import Directives
from symderiv.reader.einstein import summed
from symderiv.reader.elaborate import Elaborator
from symderiv.reader.nodes import is_layer, is_transpose, parts_of, syntax_parts
from symderiv.reader.latex import parse_display
from symderiv.reader.names import plain
from symderiv.reader.symbols import Function, Parameter, Symbols
from symderiv.terms import ONE, Assumption, Claim, Context, Definition, Deriv, Head, Index, Num, Opaque, Range, SizeOf, Sum, Term, Var, fresh, rebuild, subterms

CLAIMS = ("=", ":=", "<", ">", "<=", ">=", "!=")
BREAKS = ("implies", "iff", "impliedby", "therefore", "because", "to", "mapsto", "gets")
CUES = re.compile(
    r"\b(let|define[ds]?|defining|denote[ds]?|set(ting)?|put|where|write|call|name[ds]?|introduce|abbreviat\w*|with|again|now|consider|suppose|given)\b"
    r"|设|令|记|定义|其中|정의|라고|sea|definimos|soit|posons|notons",
    re.IGNORECASE,
)
ASIDE = re.compile(r"(?:[&\s{]|\\[,:;! ]|\\(?:text|mathrm|mbox)\{)*(?:when|where|with|since|and|because|whereas|here)\b", re.IGNORECASE)
CONSTANT = re.compile(r"\bconstants?\b|常量|常数|常數|상수|constante|konstante", re.IGNORECASE)
ARRAYS = ("E150", "E161", "E210", "E211", "E213")  # what goes wrong when a number is read as a vector
LOSSES = ("L", "J", "C", "E", "l", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathcal{C}", "loss", "cost", "Loss")
FUNCTION_LETTERS = ("f", "g", "h", "F", "G", r"\phi", r"\psi", r"\varphi")
FALSE_MARK = re.compile(r"%\s*symderiv:\s*false\b")


@dataclass(slots=True)
class Posed:
    """A step as read: what stands on both sides, and what held there."""

    span: Span
    left_span: Span
    relation: str
    kind: str
    display: int
    row: int
    left: Value | None = None
    right: Value | None = None
    free: dict[str, str] = field(default_factory=dict)
    declared: dict[str, Range] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    conditions: list[Assumption] = field(default_factory=list)
    error: Diagnostic | None = None
    expected_false: bool = False
    notes: tuple[str, ...] = ()
    case: tuple[Assumption, ...] = ()
    earlier_case: tuple[Assumption, ...] = ()
    rounded: bool = False
    guessed: bool = False
    constant: bool = False
    solving: bool = False  # an equation "= 0" came before in the section, and this begins a chain
    at: int = 0  # how many steps came before
    later: bool = False  # whether definitions that come later may be used
    kept: frozenset[str] = frozenset()  # the indices of the chain's first side, free under Einstein's convention


@dataclass(slots=True)
class Last:
    """The side that the next relation continues from."""

    value: Value | None
    span: Span
    node: syntax.Node | None
    error: Diagnostic | None = None
    free: dict[str, str] = field(default_factory=dict)
    guessed: bool = False


class Walk:
    """Reads ``document``; afterwards ``posed`` holds its steps and ``diagnostics`` what could not be read."""

    def __init__(
        self,
        document: Document,
        sizes: Mapping[str, int] | None = None,
        outside: Sequence[tuple[str, str]] = (),
        strict: bool = False,
    ) -> None:
        self.document = document
        self.outside = outside
        self.strict = strict
        self.symbols = Symbols()
        self.elaborator = Elaborator(self.symbols)
        self.directives = Directives(self.symbols, self.elaborator, self._parse_text, self.define_row)
        self.posed: list[Posed] = []
        self.displays: list[Span] = []
        self.diagnostics: list[Diagnostic] = list(document.problems)
        self.last: Last | None = None
        self.prose = ""
        self.case: tuple[Assumption, ...] = ()  # what the words directly before a display say
        self.earlier_case: tuple[Assumption, ...] = ()  # what was said last in this section
        self.parsed: dict[Span, syntax.Rows] = {}
        self.ones = self.sums = 0
        self.solving = self.fresh_chain = self.inline = False
        self.constants: set[str] = set()
        self.operator = ""
        self.seen: set[str] = set()  # names of symbols in the formulas so far
        self.used: set[Head] = set()
        self.kept: frozenset[str] = frozenset()
        self.said: list[tuple[str, tuple[str, ...], str]] = []
        self.symbols.sizes.update(sizes or {})
        self.symbols.size_names.update(sizes or {})

    def run(self) -> None:
        self._survey()
        for text, origin in self.outside:
            problem = self.directives.apply(text, 0, origin)
            if problem is not None:
                self.diagnostics.append(replace(problem, message=f"{origin}: {problem.message}", span=Span(0, 0)))
        for block in self.document.blocks:
            self._block(block)
        self._settle_stated()
        for a, b in self.symbols.ranges.settle():
            self.diagnostics.append(
                Diagnostic("W413", f"the same index runs to {a} in one place and to {b} in another; they are read as the same size", Span(0, 0))
            )

    # Parsing

    def _parse_text(self, text: str, offset: int) -> syntax.Rows:
        return parse_display(" " * offset + text, offset, offset + len(text), self.document.macros)

    def _rows(self, latex: str, span: Span) -> syntax.Rows:
        found = self.parsed.get(span)
        if found is None:
            source = self.document.source.text
            if source[span.start : span.end] == latex:
                found = parse_display(source, span.start, span.end, self.document.macros)
            else:  # masked by its container, at the same length
                whole = " " * span.start + latex
                found = parse_display(whole, span.start, span.start + len(latex), self.document.macros)
            self.parsed[span] = found
        return found

    # The survey: sizes, index names and families that the whole document uses

    def _survey(self) -> None:
        singles: dict[str, int] = {}
        for latex, span in _formulas(self.document.blocks):
            for row in self._rows(latex, span).rows:
                first = row.segments[0].side if len(row.segments) > 1 else None
                if isinstance(first, syntax.Scripted):
                    self._survey_square(first)
                for segment in row.segments:
                    if isinstance(segment.side, syntax.Node):
                        self._survey_node(segment.side, singles)
        prose_text = " ".join(_all_words(self.document.blocks))
        if self.operator and re.search(r"\boperators?\b|算子|연산자", prose_text):
            self.symbols.operators.add(self.operator)
            self.symbols.called.update(name for name in self.symbols.call_texts if name in FUNCTION_LETTERS)
        # products with entries 1_j of the vector of ones sum over j without a sign for it
        if self.ones >= 2 and self.sums <= self.ones // 2:
            self.symbols.einstein = True
        for name in list(self.symbols.pairs):
            if singles.get(name, 0):
                self.symbols.pairs.discard(name)

    def _survey_dots(self, last: syntax.Node) -> None:
        r"""``a_1 + \\cdots + a_K``: the K of the last term is a size."""
        if isinstance(last, syntax.Scripted) and isinstance(last.sub, syntax.Symbol):
            name = plain(last.sub.name)
            if len(name) == 1 and (name.isupper() or name in "mn"):
                self.symbols.size_names.add(name)
                self.symbols.ranges.taken.add(name)
        for part in syntax_parts(last):
            self._survey_dots(part)

    def _survey_numbered(self, node: syntax.Node) -> None:
        r"""``\partial/\partial z_0^3``: nobody differentiates by a cube, so the 3 is a label."""
        base, _, sup, _ = parts_of(node)
        if isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Number) and sup.text not in ("2", "1"):
            self.symbols.numbered.add(plain(base.name))

    def _survey_square(self, node: syntax.Node) -> None:
        r"""``\sigma^2 = ...`` and ``\partial/\partial\sigma^2``: the square is a symbol of its own."""
        base, sub, sup, primes = parts_of(node)
        if isinstance(base, syntax.Symbol) and isinstance(sup, syntax.Number) and sup.text == "2" and not primes:
            self.symbols.squares.add(plain(base.name))
            if isinstance(sub, syntax.Symbol):
                self.symbols.squares.add(f"{plain(base.name)}_{{{plain(sub.name)}}}")

    def _survey_node(self, node: syntax.Node, singles: dict[str, int]) -> None:
        symbols = self.symbols
        if isinstance(node, syntax.Scripted) and isinstance(node.sup, syntax.Add) and any(
            isinstance(x, syntax.Symbol) and x.name == "t" for _, x in node.sup.terms
        ):
            symbols.time = True
        if isinstance(node, syntax.DerivativeOp):
            for variable, _ in node.variables:
                self._survey_square(variable)
                self._survey_numbered(variable)
        if isinstance(node, syntax.Symbol):
            if node.name in (r"\mathbf{D}", r"\mathrm{D}", r"\mathcal{D}", r"\boldsymbol{D}"):
                self.operator = "D" if node.name != r"\mathcal{D}" else node.name
            _dressed(node.name, symbols)
        if isinstance(node, syntax.Scripted) and node.primes and node.sub is None and isinstance(node.base, syntax.Symbol):
            symbols.primed.add(plain(node.base.name))
        if isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Symbol) and node.sup is not None and is_transpose(node.sup) and node.sub is None:
            name = plain(node.base.name)
            (symbols.matrices if name[-1:].isupper() or name[-2:-1].isupper() else symbols.vectors).add(name)
        match node:
            case syntax.BigOp(kind=r"\sum" | r"\prod", sub=sub, sup=sup):
                self.sums += 1
                for name in _index_names(sub):
                    symbols.index_names.add(name)
                    symbols.bound_names.add(name)
                if isinstance(sup, syntax.Symbol) and plain(sup.name) != r"\infty":
                    symbols.size_names.add(plain(sup.name))
                    symbols.ranges.taken.add(plain(sup.name))
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=sup, primes=primes) if sub is not None:
                name = plain(base.name)
                if name == r"\delta" and isinstance(sub, syntax.Product | syntax.Tuple):
                    for part in syntax_parts(sub):
                        if isinstance(part, syntax.Symbol) and len(part.name) == 1 and part.name.isupper():
                            symbols.index_names.add(part.name)
                if base.name in (r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}") and isinstance(sub, syntax.Symbol):
                    self.ones += 1
                letters = _letters(sub)
                if letters >= 2:
                    symbols.pairs.add(name)
                elif isinstance(sub, syntax.Number) and len(sub.text) == 2:
                    if singles.get(name, 0) == 0:
                        symbols.pairs.add(name)
                elif letters == 1:
                    singles[name] = singles.get(name, 0) + 1
                if isinstance(sub, syntax.Symbol):
                    symbols.sub_letters.add(plain(sub.name))
                if any(isinstance(x, syntax.Symbol) and x.name == "t" for x in (sub, *syntax_parts(sub))):
                    symbols.time = True
                if letters and not isinstance(sub, syntax.Relation):
                    labels = 1 if isinstance(sup, syntax.Group) and sup.open == "(" else 0
                    symbols.heads.setdefault(name, set()).add(Head(name, letters, labels))
            case syntax.Add(terms=terms) if any(isinstance(t, syntax.Ellipsis) for _, t in terms):
                self._survey_dots(terms[-1][1])
            case syntax.Tuple(items=items) if any(isinstance(t, syntax.Ellipsis) for t in items):
                self._survey_dots(items[-1])
            case syntax.Product(factors=factors, operators=operators):
                for f, g in zip(factors, factors[1:], strict=False):
                    if isinstance(f, syntax.Quotient) and isinstance(f.denominator, syntax.Symbol):
                        self._survey_ones(plain(f.denominator.name), factors)
                    if isinstance(f, syntax.Quotient) and isinstance(f.denominator, syntax.Symbol) and isinstance(g, syntax.BigOp):
                        self._survey_average(plain(f.denominator.name), g)
                for f, g, op in zip(factors, factors[1:], operators, strict=False):
                    base, sub, _, primes = parts_of(f)
                    group = parts_of(g)[0]
                    if op == "" and isinstance(base, syntax.Symbol) and sub is None and isinstance(group, syntax.Group):
                        name = plain(base.name)
                        if group.open == "(":
                            texts = symbols.call_texts.setdefault(name, set())
                            texts.add(syntax.sexpr(group.body))
                            if primes or (len(texts) > 1 and name in FUNCTION_LETTERS):
                                symbols.called.add(name)
        for part in syntax_parts(node):
            self._survey_node(part, singles)

    def _survey_ones(self, size: str, factors: tuple[syntax.Node, ...]) -> None:
        r"""``\frac{1}{H} 1_h x_h``: the average of a sum that Einstein leaves out."""
        for factor in factors:
            if isinstance(factor, syntax.Scripted) and isinstance(factor.base, syntax.Symbol) and isinstance(factor.sub, syntax.Symbol):
                if factor.base.name in (r"\mathbf{1}", r"\mathbb{1}", r"\boldsymbol{1}") and len(size) == 1 and size.isupper():
                    self.symbols.hinted[plain(factor.sub.name)] = Range(1, size)
                    self.symbols.size_names.add(size)
                    self.symbols.ranges.taken.add(size)

    def _survey_average(self, size: str, node: syntax.BigOp) -> None:
        r"""``\frac{1}{N} \sum_p``: an average, so N is the size of what p runs over."""
        if len(size) == 1 and node.sup is None and (size.isupper() or size in "mn"):
            for name in _index_names(node.sub):
                self.symbols.index_sizes[name] = size
                self.symbols.size_names.add(size)
                self.symbols.ranges.taken.add(size)

    # Blocks

    def _block(self, block: Block) -> None:
        match block:
            case Heading(inlines=inlines):
                self.last = None
                self.solving = False
                self.prose = ""
                self.case = self.earlier_case = self._cases(inlines)
            case Paragraph(inlines=inlines):
                self._prose(inlines)
            case Display():
                self._display(block)
                self.prose = ""
            case Directive(text=text, span=span):
                offset = self.document.source.text.find(text, span.start)
                line = self.document.source.position(span.start).line
                problem = self.directives.apply(text, max(offset, span.start), f"declared in line {line}")
                if problem is not None:
                    self.diagnostics.append(problem)
            case ItemList(items=items):
                for item in items:
                    for inner in item:
                        self._block(inner)
            case Callout(blocks=blocks):
                for inner in blocks:
                    self._block(inner)

    def _inline(self, formula: InlineMath) -> None:
        """Definitions in running text; other inline formulas are not claims, unless they are set as displays."""
        alone = not re.sub(r"[\s$.,;:]", "", self.prose)
        if alone and self.document.source.text[max(0, formula.span.start - 2) : formula.span.start] == "$$":
            self._display(Display(formula.latex, formula.span))
            return
        for row in self._rows(formula.latex, formula.span).rows:
            if len(row.segments) < 2 or row.segments[1].relation not in ("=", ":="):
                continue
            left, right = row.segments[0].side, row.segments[1].side
            if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node):
                continue
            if isinstance(right, syntax.Number) or self._is_index(left) or isinstance(right, syntax.Tuple):
                continue
            if isinstance(left, syntax.Symbol) and isinstance(right, syntax.Symbol) and plain(left.name) in self.symbols.sub_letters:
                continue  # "where $i = T$" is a case
            head = self._head_of(left)
            if head is None and isinstance(right, syntax.Symbol) and not self._is_index(right):
                head = self._head_of(right)  # "$\\sum_j e^{f_j} = \\Sigma$"
            if head is not None and (not self._is_defined(head) or prose.ANEW.search(self.prose)):
                self.displays.append(formula.span)
                self.elaborator.start_chain()
                self._segments(row, len(self.displays) - 1, 0, [], inline=True)
        self.last = None if self.last is None else self.last

    def _prose(self, inlines: Sequence[object]) -> None:
        self.prose = prose.words(inlines)
        found = self._cases(inlines)
        if found:
            self.case = self.earlier_case = found
        elif self.prose.strip():
            self.case = ()
            if prose.BOTH.search(self.prose):
                self.earlier_case = ()
        if prose.EINSTEIN.search(self.prose):
            self.symbols.einstein = True
        for formula in _inline_formulas(inlines):
            self._inline(formula)
            for row in self._rows(formula.latex, formula.span).rows:
                self._see(row)
        for sentence in prose.sentences(inlines):
            self._sentence(sentence)

    def _cases(self, inlines: Sequence[object]) -> tuple[Assumption, ...]:
        """The case that the words set, if they set exactly one."""
        found: dict[tuple, Assumption] = {}
        for formula in _inline_formulas(inlines):
            for row in self._rows(formula.latex, formula.span).rows:
                if len(row.segments) == 2 and isinstance(row.segments[0].side, syntax.Node):
                    left, segment = row.segments[0].side, row.segments[1]
                    if isinstance(segment.side, syntax.Node) and segment.relation in ("=", "!="):
                        relation = syntax.Relation(left, ((segment.relation, segment.side),), formula.span)
                        for assumption in self._condition(relation, prose.index_relation(relation) is not None):
                            found.setdefault((assumption.kind, assumption.data), assumption)
        for a, op, b in prose.plain_cases(prose.words(inlines)):
            names = self.symbols.index_names
            if a in names and b in names:
                kind = "equal" if op == "=" else "distinct"
                text = f"{a} {'=' if op == '=' else chr(92) + 'ne'} {b}"
                found.setdefault((kind, (a, b)), Assumption(kind, (a, b), text, "said before the formula"))
        return tuple(found.values()) if len(found) == 1 else ()

    def _sentence(self, sentence: prose.Sentence) -> None:
        """Assumptions and ranges that a sentence states."""
        if self.strict:
            return
        symbols = self.symbols
        for formula in sentence.formulas:
            for row in self._rows(formula.latex, formula.span).rows:
                known = prose.range_of(row)
                if known is not None:
                    name, low, high = known
                    try:
                        top = self.elaborator.upper(high)
                    except ReadError:
                        continue
                    symbols.index_names.add(name)
                    symbols.hinted.setdefault(name, Range(low, top))  # type: ignore[arg-type]
                else:
                    self._stated_equation(row, formula)
        if CONSTANT.search(sentence.words):
            for formula in sentence.formulas:
                for row in self._rows(formula.latex, formula.span).rows:
                    if len(row.segments) == 1 and isinstance(row.segments[0].side, syntax.Symbol):
                        self.constants.add(plain(row.segments[0].side.name))
        for kind, pattern in (("onehot", prose.ONE_HOT), ("sum", prose.SUM_TO_ONE), ("binary", prose.BINARY)):
            match = pattern.search(sentence.words)
            if match and prose.NEGATED.search(sentence.words[: match.start()]):
                continue
            if match and (kind != "binary" or sentence.formulas):
                self._stated(kind, match[0], sentence)

    def _stated_equation(self, row: syntax.Row, formula: InlineMath) -> None:
        r"""``$\sum_k y_k = 1$`` or ``$x_0 = 1$`` in running text is an assumption, if the family is not defined."""
        if len(row.segments) != 2 or row.segments[1].relation != "=":
            return
        left, right = row.segments[0].side, row.segments[1].side
        if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Number):
            return
        bias = isinstance(left, syntax.Scripted) and isinstance(left.sub, syntax.Number) and left.sub.text == "0"
        if not bias and not (isinstance(left, syntax.BigOp) and left.kind == r"\sum"):
            return
        self._assume_nodes(left, right, formula.span)

    def _assume_nodes(self, left: syntax.Node, right: syntax.Node, span: Span) -> bool:
        self.elaborator.start_chain()
        try:
            terms = self.elaborator.scalar(left), self.elaborator.scalar(right)
        except ReadError:
            return False
        text = self.document.source.text[span.start : span.end].strip()
        line = self.document.source.position(span.start).line
        self.symbols.stated.append(Assumption("equation", terms, text, f"line {line}: '{text}'"))
        return True

    def _stated(self, kind: str, said: str, sentence: prose.Sentence) -> None:
        """Tie "one-hot" and the like to the symbol in the same sentence, or to the only candidate."""
        names: list[str] = []
        for formula in sentence.formulas:
            for row in self._rows(formula.latex, formula.span).rows:
                for segment in row.segments[:1]:
                    base = parts_of(segment.side)[0] if isinstance(segment.side, syntax.Node) else None
                    if isinstance(base, syntax.Symbol) and plain(base.name) not in self.symbols.index_names:
                        names.append(plain(base.name))
        span = sentence.formulas[0].span if sentence.formulas else None
        line = self.document.source.position(span.start).line if span else 0
        source = f"line {line}: '{said}'" if line else f"'{said}'"
        self.said.append((kind, tuple(dict.fromkeys(names)), source))

    def _settle_stated(self) -> None:
        """Assumptions in words become assumptions on families, once all definitions are known."""
        symbols = self.symbols
        for kind, names, source in self.said:
            candidates = [h for h in self._targets() if not names or h.name in names]
            if len({h.name for h in candidates}) != 1:
                continue
            for head in candidates:
                if kind == "binary":
                    symbols.stated.append(Assumption("binary", (head,), f"{head.name} \\in \\{{0, 1\\}}", source))
                    continue
                if not head.subs:
                    continue
                slot = head.subs - 1
                range_class = symbols.ranges.slot(head, slot)
                indices = tuple("j" if n == slot else f"i{n}" for n in range(head.subs + head.sups))
                for n in range(head.subs + head.sups):
                    if n != slot:
                        symbols.hinted_classes[f"i{n}"] = symbols.ranges.slot(head, n)
                member = Var(head.name, indices[: head.subs], indices[head.subs :])
                text = f"\\sum_j {head.name}_{{{'' if slot == 0 else 'i'}j}} = 1"
                total = Sum("j", Range(1, range_class), member)
                symbols.stated.append(Assumption("equation", (total, ONE), text, source))
                if kind == "onehot":
                    symbols.stated.append(Assumption("onehot", (head, slot), f"{head.name} \\text{{ one-hot}}", source))

    def _targets(self) -> list[Head]:
        """Families that are never defined and never differentiated by: data such as targets."""
        symbols = self.symbols
        used: set[Head] = set()
        for definitions in symbols.definitions.values():
            for definition in definitions:
                used |= {t.head for t in subterms(definition.body) if isinstance(t, Var)}
        for posed in self.posed:
            for side in (posed.left, posed.right):
                if isinstance(side, Term):
                    used |= {t.head for t in subterms(side) if isinstance(t, Var)}
        fresh_heads = [h for h in used if h not in symbols.definitions and h not in symbols.variables]
        return sorted(h for h in fresh_heads if (h.subs or h.sups) and h not in symbols.numerators and h.name in ("y", "t", "q", "d", "T", "Y", r"\mathbf{y}", r"\hat{p}", "p", "r", "l"))

    def _is_index(self, node: syntax.Node) -> bool:
        return isinstance(node, syntax.Symbol) and (
            plain(node.name) in self.symbols.index_names or plain(node.name) in self.symbols.declared
        )

    def _is_size_or_index(self, node: syntax.Node) -> bool:
        if not isinstance(node, syntax.Symbol):
            return False
        name = plain(node.name)
        symbols = self.symbols
        if symbols.defines(name, 0):
            return False
        return name in symbols.size_names or name in symbols.sub_letters or self._is_index(node)

    def _display(self, block: Display) -> None:
        self.displays.append(block.span)
        number = len(self.displays) - 1
        rows = self._rows(block.latex, block.span)
        self.diagnostics.extend(rows.warnings)
        beside = [self._beside(row) for row in rows.rows]
        kinds = {(a.kind, a.data) for found in beside for a in found}
        whole = [a for found in beside for a in found][:1] if len(kinds) == 1 else []
        inherited: list[Assumption] = []
        aside: int | None = None  # where a row of words beside a formula ended
        for n, row in enumerate(rows.rows):
            if beside[n] or (row.segments and row.segments[0].side is not None):
                inherited = beside[n]
            start, text = row.cells_span.start, self.document.source.text
            goes_on = bool(row.segments) and row.segments[0].side is None
            if n and aside is not None and not goes_on and "\\\\" not in text[aside:start]:
                continue  # still beside the formula: "when g = ..., and h = ..."
            aside = None
            if row.segments and ASIDE.match(text, row.segments[0].span.start, row.cells_span.end):
                aside = row.cells_span.end
            elif row.segments:
                self._segments(row, number, n, whole or inherited)
                self._see(row)
            elif row.remarks:
                self._prose_row(row)

    def _prose_row(self, row: syntax.Row) -> None:
        """A row of words inside a display: it may set the case for the rows below."""
        found = self._beside(row)
        text = " ".join(r.content.text for r in row.remarks if isinstance(r.content, syntax.Text))
        for a, op, b in prose.plain_cases(text.replace("$", "")):
            kind = "equal" if op == "=" else "distinct"
            line = self.document.source.position(row.cells_span.start).line
            found.append(Assumption(kind, (a, b), f"{a} {'=' if op == '=' else chr(92) + 'ne'} {b}", f"said in line {line}"))
        if found:
            self.case = self.earlier_case = tuple(found[:1])
            self.last = None

    def _beside(self, row: syntax.Row) -> list[Assumption]:
        """Conditions between indices that stand beside the formulas of a row; alone in its display, one holds for all."""
        return [a for remark in row.remarks for a in self._condition(remark.content)]

    def _condition(self, node: syntax.Node, surely: bool = True) -> list[Assumption]:
        match node:
            case syntax.Group(body=body):
                return self._condition(body)
            case syntax.Relation(left=left, rest=((op, right),)) if op in ("=", "!=") and surely:
                text = self.document.source.text[node.span.start : node.span.end]
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
                line = self.document.source.position(node.span.start).line
                kind = "equal" if op == "=" else "distinct"
                return [Assumption(kind, (a, b), text, f"said in line {line}")]
        return []

    # Chains

    def _segments(self, row: syntax.Row, display: int, n: int, conditions: list[Assumption], inline: bool = False) -> None:
        self.inline = inline
        for segment in row.segments:
            if segment.relation is None:
                if segment.side is None:
                    continue  # the row goes on with the chain above
                self._start(segment)
            elif isinstance(segment.side, syntax.Node) and ASIDE.match(self.document.source.text, segment.span.start, segment.span.end):
                return  # "... = x when g = ..." goes on with words
            elif segment.relation in CLAIMS:
                self._step(segment, display, n, conditions)
            elif segment.relation in BREAKS:
                self._start(segment)
            else:
                self.last = Last(None, segment.span, None)
        if inline:
            self.last = None

    def _start(self, segment: syntax.Segment) -> None:
        self.elaborator.start_chain()
        self.last = None
        self.fresh_chain = True
        if isinstance(segment.side, ReadError):
            self.last = Last(None, segment.span, None, segment.side.diagnostic)
        elif segment.side is not None:
            self.last = Last(None, segment.side.span, segment.side)

    def _read(self, node: syntax.Node) -> Value:
        return self.elaborator.value(node)

    def _step(self, segment: syntax.Segment, display: int, n: int, conditions: list[Assumption]) -> None:
        last, relation = self.last, segment.relation
        assert relation is not None
        if last is not None:
            self.elaborator.free = {**last.free, **self.elaborator.free}
        posed = Posed(segment.span, last.span if last else segment.span, relation, "claim", display, n)
        source = self.document.source
        line_start = source.text.rfind("\n", 0, segment.span.start) + 1
        line_end = source.text.find("\n", segment.span.start)
        line = source.text[line_start : line_end if line_end >= 0 else len(source.text)]
        posed.expected_false = bool(FALSE_MARK.search(line))
        if last is not None and last.node is not None and isinstance(segment.side, syntax.Node):
            says_delta = isinstance(segment.side, syntax.Number | syntax.Casesdef) and _is_delta(last.node) and not self.symbols.cases
            if says_delta or (self._is_size_or_index(last.node) and self._is_size_or_index(segment.side)):
                self.last = None  # "m = n", "i = j" say where a formula holds
                return
        if isinstance(segment.side, ReadError):
            posed.error = segment.side.diagnostic
            self.posed.append(posed)
            return
        if segment.side is None:
            posed.error = Diagnostic("E110", "nothing stands on the right of this relation", segment.span)
            self.posed.append(posed)
            return
        if last is None:
            posed.error = Diagnostic("E111", "this relation has no left side to continue from", segment.span)
        elif last.node is not None and last.value is None and last.error is None:
            head = self._head_of(last.node) if relation in ("=", ":=") else None
            if head is not None and self._define(head, last.node, segment.side, relation, posed):
                self.posed.append(posed)
                return
            try:
                last.value = self._read(last.node)
                self.kept = last.value.free if isinstance(last.value, Term) else frozenset()
            except ReadError as error:
                pair = self._as_scalars(last.node, segment.side) if error.diagnostic.code in ARRAYS else None
                if pair is None:
                    last.error = error.diagnostic
                else:
                    last.value = pair[0]
        try:
            right = self._read(segment.side)
        except ReadError as error:
            pair = self._as_scalars(last.node, segment.side) if last is not None and error.diagnostic.code in ARRAYS else None
            if pair is None or last is None:
                posed.error = error.diagnostic
                self.posed.append(posed)
                return
            last.value, right = pair
        if last is not None and last.value is not None:
            posed.left, posed.right = last.value, right
            if isinstance(right, Array) != isinstance(last.value, Array) and last.node is not None:
                plain_pair = self._as_scalars(last.node, segment.side)
                if plain_pair is not None:
                    last.value, right = plain_pair
                    posed.left, posed.right = plain_pair
        elif posed.error is None:
            posed.error = (last.error if last else None) or Diagnostic("E111", "the left side could not be read", segment.span)
        if self._names_result(posed, segment.side) or self._reads_off(posed):
            self.last = Last(right, segment.side.span, segment.side, free=dict(self.elaborator.free))
            return
        if self.inline:
            self.last = None
            return
        posed.guessed = last is not None and last.guessed
        posed.rounded = _rounded(segment.side) or (last is not None and last.node is not None and _rounded(last.node))
        self._finish(posed, conditions)
        self.last = Last(right, segment.side.span, segment.side, free=dict(self.elaborator.free), guessed=posed.guessed)

    def _as_scalars(self, left: syntax.Node | None, right: syntax.Node) -> tuple[Term, Term] | None:
        """Both sides with bare symbols as numbers, where nothing in them says vector: ``x`` beside x_1, x_2, ..."""
        if left is None or _says_vector(left) or _says_vector(right):
            return None
        elaborator = self.elaborator
        elaborator.as_scalars = True
        try:
            a, b = self._read(left), self._read(right)
        except ReadError:
            return None
        finally:
            elaborator.as_scalars = False
        return (a, b) if isinstance(a, Term) and isinstance(b, Term) else None

    def _reads_off(self, posed: Posed) -> bool:
        """``(f(x) - y)^2 = (w x - y)^2`` with an unknown f says what f(x) is: the one place where the sides differ."""
        left, right = posed.left, posed.right
        if posed.relation != "=" or not isinstance(left, Term) or not isinstance(right, Term):
            return False
        found: set[tuple[Term, Term]] = set()
        if not _differences(left, right, found) or len(found) != 1:
            return False
        ((unknown, value),) = found
        if unknown is left or not isinstance(unknown, Var) or unknown.head in self.symbols.definitions:
            return False
        indices = unknown.indices
        # dy/dx = d(e^x)/dx is said by somebody for whom y is e^x
        surely = isinstance(left, Deriv) and left.body is unknown
        if not surely and (unknown.head in self.used or unknown.head in self.symbols.variables):
            return False
        if len(set(indices)) != len(indices):
            return False
        if not all(isinstance(i, str) for i in indices) or isinstance(value, Num) or _reaches(value, unknown.head, self.symbols):
            return False
        self.symbols.now = len(self.posed)
        made = self.symbols.define(unknown.name, indices, len(unknown.subs), value, posed.span)
        self.symbols.heads.setdefault(unknown.name, set()).add(made)
        posed.kind = "definition"
        posed.notes = (f"{_shown(unknown.name)} is read off here",)
        self.posed.append(posed)
        return True

    def _see(self, row: syntax.Row) -> None:
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                self.seen.update(_names_in(segment.side))

    def _names_result(self, posed: Posed, side: syntax.Node) -> bool:
        r"""``\sum_j e^{f_j} = \Sigma``: a new symbol on the right names what stands on the left."""
        if posed.relation != "=" or posed.left is None or isinstance(posed.left, Array) or isinstance(posed.right, Array):
            return False
        head = self._head_of(side)
        found = self._indices(head) if head is not None else None
        if head is None or found is None or head[3]:
            return False
        name, subs, labels = found
        versioned = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        used = name in self.seen or isinstance(posed.left, Var) or self._assumed(name, subs, labels)
        used = used or any(isinstance(t, Deriv) for t in subterms(posed.left))
        used = used or any(i in self.symbols.bound_names for i in posed.left.free - {*subs, *labels})
        if used or self.symbols.defines(name, len(subs), len(labels)) or name in self.symbols.size_names or self._is_index(side):
            return False
        if not all(isinstance(i, str) for i in (*subs, *labels)) or _reaches(posed.left, versioned, self.symbols):
            return False
        made = self.symbols.define(name, (*subs, *labels), len(subs), posed.left, posed.span)
        self.symbols.heads.setdefault(name, set()).add(made)
        posed.kind = "definition"
        self.posed.append(posed)
        return True

    def _finish(self, posed: Posed, conditions: list[Assumption]) -> None:
        for side in (posed.left, posed.right):
            if isinstance(side, Term):
                self.used |= {t.head for t in subterms(side) if isinstance(t, Var)}
        posed.case, posed.earlier_case = self.case, self.earlier_case
        posed.kept = self.kept
        posed.solving = self.solving and self.fresh_chain
        self.fresh_chain = False
        if any(isinstance(side, Num) and not side.value for side in (posed.left, posed.right)):
            self.solving = True
        posed.at = len(self.posed)
        posed.constant = bool(CONSTANT.search(self.prose))
        posed.guessed = posed.guessed or self.elaborator.guessed
        self.elaborator.guessed = False
        posed.free = dict(self.elaborator.free)
        posed.declared = dict(self.symbols.declared)
        posed.assumptions = self.symbols.in_force()
        posed.conditions = conditions
        posed.notes = tuple(dict.fromkeys(self.elaborator.notes))
        self.elaborator.notes.clear()
        self.diagnostics += self.elaborator.warnings
        self.elaborator.warnings.clear()
        self.posed.append(posed)

    # Definitions

    def _head_of(self, node: syntax.Node) -> tuple[str, syntax.Node | None, syntax.Node | None, list[syntax.Node]] | None:
        """(name, subscript, label, arguments) if ``node`` is a symbol, a family member or a call; else None."""
        args: list[syntax.Node] = []
        head, trailing = node, None
        if isinstance(node, syntax.Group) and node.open == "[" and not isinstance(node.body, syntax.Tuple | syntax.Relation):
            return self._head_of(node.body)
        if isinstance(node, syntax.Apply) and isinstance(node.argument, syntax.Group) and node.sup is None and not node.primes:
            if node.name not in ("sigmoid", "softmax", "relu", "softplus"):
                return None
            body = node.argument.body
            return node.name, node.sub, None, list(body.items) if isinstance(body, syntax.Tuple) else [body]
        if isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Group) and node.base.open == "[" and node.sup is None:
            inner = self._head_of(node.base.body)
            if inner is not None and inner[1] is None and not node.primes:
                return inner[0], node.sub, inner[2], inner[3]
            return None
        if isinstance(node, syntax.Scripted) and isinstance(node.base, syntax.Apply) and node.sup is None and not node.primes:
            inner = self._head_of(node.base)
            return (inner[0], node.sub, None, inner[3]) if inner is not None and inner[1] is None else None
        if isinstance(node, syntax.Product) and len(node.factors) == 2 and node.operators == ("",):
            head, call = node.factors
            group, gsub, gsup, gprimes = parts_of(call)
            if not isinstance(group, syntax.Group) or group.open not in ("(", "[") or gsup is not None or gprimes:
                return None
            args = list(group.body.items) if isinstance(group.body, syntax.Tuple) else [group.body]
            args = [arg.left if isinstance(arg, syntax.Given) else arg for arg in args]
            if not all(isinstance(arg, syntax.Symbol | syntax.Scripted | syntax.Ellipsis) for arg in args):
                return None
            trailing = gsub
        base, sub, sup, primes = parts_of(head)
        if not isinstance(base, syntax.Symbol) or primes or (sub is not None and trailing is not None):
            return None
        if isinstance(sup, syntax.Number) and sup.text == "2" and plain(base.name) in self.symbols.squares:
            return plain(base.name), sub if sub is not None else trailing, sup, args
        if sup is not None and not (isinstance(sup, syntax.Group) and sup.open in ("(", "[")) and not is_layer(sup):
            known = isinstance(sup, syntax.Symbol) and ("^" + sup.name) in self.symbols.labels
            if not known and not (isinstance(sup, syntax.Symbol) and sup.name in ("*", r"\ast", r"\star")):
                return None
        name = plain(base.name)
        if name in ("e", "d", "1") and not args and sub is None and name != "d":
            return None
        if isinstance(sub, syntax.Relation) or name == r"\delta" and sub is not None and _letters(sub) == 2:
            return None
        return name, sub if sub is not None else trailing, sup, args

    def _indices(self, head: tuple) -> tuple[str, list[Index], list[Index]] | None:
        name, sub, sup, args = head
        elaborator = self.elaborator
        try:
            subs = elaborator.indices(sub, name)
            if subs is None:
                name, subs = f"{name}_{{{_plain_text(sub)}}}", []
            if isinstance(sup, syntax.Number) and sup.text == "2" and name in self.symbols.squares:
                return f"{name}^{{2}}", subs, []
            labels, rest, name = elaborator.label(name, sup)
            for arg in args:  # S(x_i) is a member of the family S_i, h_k(x^{(i)}) of h_k^{(i)}
                base, arg_sub, arg_sup, _ = parts_of(arg)
                if isinstance(base, syntax.Symbol):
                    arg_subs = elaborator.indices(arg_sub, plain(base.name)) or []
                    arg_labels, _, _ = elaborator.label(plain(base.name), arg_sup)
                    if not all(isinstance(i, int) for i in arg_subs):
                        subs = [*subs, *(i for i in arg_subs if i not in subs)]
                    labels = [*labels, *(i for i in arg_labels if i not in labels)]
        except ReadError:
            return None
        return (name, subs, labels) if rest is None else None

    def _is_defined(self, head: tuple) -> bool:
        found = self._indices(head)
        if found is None:
            return True
        name, subs, labels = found
        return self.symbols.defines(name, len(subs), len(labels))

    def _define(self, head: tuple, left: syntax.Node, right: syntax.Node, relation: str, posed: Posed) -> bool:
        """Take ``left = right`` as a definition if the left side is new, or clearly means something new here."""
        symbols = self.symbols
        found = self._indices(head)
        if found is None:
            return False
        name, subs, labels = found
        if name in symbols.size_names or (name in symbols.declared and not subs):
            return False
        if isinstance(right, syntax.Number) and relation != ":=" and not CUES.search(self.prose[-160:]):
            return False  # y = 1 is a case
        if subs and all(isinstance(i, int) for i in subs) and isinstance(right, syntax.Symbol | syntax.Number):
            return False  # z_1 = z is a special case, not what z_1 is
        if any(i in symbols.size_names for i in (*subs, *labels)):
            return False  # y_K = ... is one member, the last
        if self._assumed(name, subs, labels) or (name in symbols.standard and not subs):
            return False
        if symbols.defines(name, len(subs), len(labels)):
            shown = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
            existing = symbols.definitions.get(symbols.hidden[shown][1] if shown in symbols.hidden else shown, ())
            if shown in symbols.auto:
                symbols.new_version(name, len(subs), len(labels))
                existing = ()
            members_only = bool(existing) and all(any(isinstance(p, int) for p in d.params) for d in existing)
            this = (*subs, *labels)
            another_member = members_only and any(isinstance(i, int) for i in this) and all(
                tuple(p for p in d.params[: len(this)]) != this for d in existing
            )
            if not another_member and existing:
                if members_only and all(isinstance(i, str) for i in this):
                    if self._repeats(left, right):
                        return False
                    symbols.new_version(name, len(subs), len(labels))
                elif relation == ":=" or self._means_anew(name, subs, head[3]):
                    if self._repeats(left, right):
                        return False
                    symbols.new_version(name, len(subs), len(labels))
                    self.diagnostics.append(
                        Diagnostic("W420", f"{name} is defined anew here; its earlier meaning ends", posed.left_span)
                    )
                else:
                    return False
        if not any(isinstance(i, int) for i in (*subs, *labels)) and name in set(_names_in(right)) and head[3]:
            return False  # H(y) = H(x) + ... says how H behaves, not what it is
        try:
            self._make(name, subs, labels, head[3], right, posed)
        except ReadError as error:
            posed.error = error.diagnostic
            self.last = Last(None, posed.span, None, error.diagnostic)
        return True

    def _assumed(self, name: str, subs: Sequence[Index], labels: Sequence[Index]) -> bool:
        """Whether an assumption already gives this member its value (x_0 = 1)."""
        for assumption in self.symbols.in_force():
            if assumption.kind == "equation" and isinstance(assumption.data[0], Var):
                var = assumption.data[0]
                if var.name == self.symbols.name(name, len(subs), len(labels)) and len(var.subs) == len(subs) and len(var.sups) == len(labels):
                    if all(isinstance(p, str) or p == i for p, i in zip(var.indices, (*subs, *labels), strict=True)):
                        return True
        return False

    def _means_anew(self, name: str, subs: Sequence[Index], args: Sequence[object]) -> bool:
        return not subs

    def _repeats(self, left: syntax.Node, right: syntax.Node) -> bool:
        """Whether the equation holds under the meaning that the left side already has."""
        try:
            a, b = self._read(left), self._read(right)
        except ReadError:
            return False
        saved = dict(self.symbols.ranges.resolved), set(self.symbols.ranges.taken)
        posed = Posed(right.span, left.span, "=", "claim", 0, 0, a, b, dict(self.elaborator.free), dict(self.symbols.declared), self.symbols.in_force())
        posed.at = len(self.posed)
        try:
            claims = self.claims(posed)
            return bool(claims) and isinstance(prove_all(claims), Proved)
        except ReadError:
            return False
        finally:
            self.symbols.ranges.resolved, self.symbols.ranges.taken = saved

    def later(self, posed: Posed, claims: Sequence[Claim]) -> bool:
        """Whether a definition that comes later says something about what the claims mention."""
        heads = self._reached(*(side for claim in claims for side in (claim.left, claim.right)))
        return any(
            self.symbols.order[head, d.params] > posed.at
            for head in heads - self.symbols.variables
            for d in self.symbols.definitions.get(head, ())
        )

    def anew(self, claims: Sequence[Claim]) -> list[Claim]:
        """The claims with the meanings that their symbols are given later; empty if none is."""
        later: dict[str, str] = {}
        for head, name in self.symbols.versions.items():
            number = int(name.partition("#")[2])
            for n in range(1, number):
                later[head.name if n == 1 else f"{head.name}#{n}"] = f"{head.name}#{n + 1}"
        if not later:
            return []

        def read(term: Term) -> Term:
            if isinstance(term, Var):
                return Var(later.get(term.name, term.name), term.subs, term.sups)
            return rebuild(term, tuple(map(read, term.parts))) if term.parts else term

        memo: dict[Term, Term] = {}
        every = {
            head: tuple(Definition(d.params, self.symbols.ranges.resolve(d.body, memo)) for d in ds)
            for head, ds in self.symbols.definitions.items()
        }
        moved = [
            replace(c, left=read(c.left), right=read(c.right), context=replace(c.context, definitions=every)) for c in claims
        ]
        return [] if all(a.left is b.left and a.right is b.right for a, b in zip(moved, claims, strict=True)) else moved

    def define_row(self, row: syntax.Row) -> None:
        """A definition from a directive. Raises ReadError."""
        left, right = row.segments[0].side, row.segments[1].side
        assert isinstance(left, syntax.Node) and isinstance(right, syntax.Node)
        self._survey_square(left)
        head = self._head_of(left)
        found = self._indices(head) if head is not None else None
        if head is None or found is None:
            raise ReadError("E191", "the left side of a definition is a symbol, a member p_i or a call f(x)", left.span)
        self.elaborator.start_chain()
        posed = Posed(right.span, left.span, "=", "definition", -1, 0)
        name, subs, labels = found
        if self.symbols.defines(name, len(subs), len(labels)):
            self.symbols.new_version(name, len(subs), len(labels))
        self._make(name, subs, labels, head[3], right, posed)

    def _make(self, name: str, subs: list[Index], labels: list[Index], args: list[syntax.Node], right: syntax.Node, posed: Posed) -> None:
        symbols, elaborator = self.symbols, self.elaborator
        if isinstance(right, syntax.Group) and right.open in ("{", r"\{"):
            raise ReadError("E164", "a set or a matrix given by its entry is not in the language", right.span)
        symbols.now = len(self.posed)
        parameters = self._parameters(args)
        try:
            value = elaborator.value(right)
        except ReadError as error:
            if error.diagnostic.code not in ARRAYS or _says_vector(right):
                raise
            value, parameters = self._scalar_definition(right, args)
        if isinstance(value, Array) and (subs or labels or args) and not _says_vector(right):
            value, parameters = self._scalar_definition(right, args)
        if isinstance(value, Array):
            if subs or labels or any(h.sups for h in symbols.heads.get(name, ())):
                raise ReadError("E164", "a family of vectors is not in the language yet", right.span)
            probe = value.entry(tuple("?" for _ in value.axes)) if all(isinstance(a, str) for a in value.axes) else None
            symbols.arrays[name] = value
            posed.kind = "definition"
            posed.left, posed.right = None, value
            self._define_family(name, value, probe)
            self.last = Last(value, right.span, right)
            return
        params = (*subs, *labels)
        self.kept = frozenset(i for i in params if isinstance(i, str))
        if symbols.einstein:
            value = summed(value, self.kept, elaborator.free.get)
        versioned = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        if isinstance(value, Var) and value.head == Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels)):
            raise ReadError("E165", f"{name} stands on both sides, so this does not define it", posed.span)
        numbers = bool(params) and all(isinstance(i, int) for i in params)
        itself = Var(versioned.name, tuple(subs), tuple(labels)) in set(subterms(value)) if numbers else _reaches(value, versioned, symbols)
        if itself:
            raise ReadError("E165", f"{name} stands on both sides, so this does not define it", posed.span)
        head = symbols.define(name, params, len(subs), value, posed.left_span)
        if args:
            written = sum(1 for p in parameters for i in (p.var.subs if p.var else ()) if isinstance(i, str) and i in subs)
            symbols.functions[name, len(subs) - written] = Function(tuple(parameters))
        symbols.heads.setdefault(name, set()).add(head)
        for n, index in enumerate(params):
            elaborator.use(index, symbols.ranges.slot(head, n), right)
        definition = next(d for d in symbols.definitions[head] if d.params[: len(params)] == params)
        member = Var(head.name, definition.params[: head.subs], definition.params[head.subs :])
        for n, index in enumerate(definition.params):
            if n >= len(params):
                elaborator.use(index, symbols.ranges.slot(head, n), right)
        posed.kind = "definition"
        posed.left, posed.right = member, value
        self.last = Last(value, right.span, right)

    def _scalar_definition(self, right: syntax.Node, args: list[syntax.Node]) -> tuple[Value, list[Parameter]]:
        self.elaborator.as_scalars = True
        try:
            return self.elaborator.value(right), self._parameters(args)
        finally:
            self.elaborator.as_scalars = False

    def _parameters(self, args: list[syntax.Node]) -> list[Parameter]:
        """What the arguments of a defined function stand for."""
        symbols, elaborator = self.symbols, self.elaborator
        parameters: list[Parameter] = []
        for arg in args:
            if isinstance(arg, syntax.Ellipsis):
                continue
            base, sub, sup, _ = parts_of(arg)
            if not isinstance(base, syntax.Symbol):
                raise ReadError("E163", "the arguments of a function that is defined are symbols", arg.span)
            argument = plain(base.name)
            label = isinstance(sup, syntax.Group)
            if sub is None and not label:
                array = elaborator.array(argument, arg)
                if array is not None:
                    member = array.entry(tuple("?" for _ in array.axes))
                    if not isinstance(member, Var):
                        raise ReadError("E163", "the arguments of a function that is defined are symbols", arg.span)
                    parameters.append(Parameter(family=member.head))
                else:
                    parameters.append(Parameter(var=Var(symbols.name(argument), (), ())))
                continue
            indices = elaborator.indices(sub, argument)
            labelled, _, _ = elaborator.label(argument, sup)
            if indices is None:
                parameters.append(Parameter(var=Var(f"{argument}_{{{_plain_text(sub)}}}", (), ())))
                continue
            parameters.append(Parameter(var=Var(symbols.name(argument, len(indices), len(labelled)), tuple(indices), tuple(labelled))))
        return parameters

    def _define_family(self, name: str, value: Array, probe: Term | None) -> None:
        """A vector that is defined as a whole also has members: p = softmax(z) gives p_i."""
        symbols = self.symbols
        if probe is None or not 1 <= len(value.axes) <= 2:
            return
        names: list[str] = []
        for _ in value.axes:
            names.append(fresh("i", {*names, *probe.free}))
        body = value.entry(tuple(names))
        if isinstance(body, Var) and body.name == symbols.name(name, len(names)):
            symbols.arrays.pop(name, None)  # z = (z_1, ..., z_K) says nothing new
            return
        if symbols.defines(name, len(names), 0):
            return  # the entries are defined already
        head = symbols.define(name, tuple(names), len(names), body, Span(0, 0))
        symbols.auto.add(head)
        for n, axis in enumerate(value.axes):
            if isinstance(axis, str):
                symbols.ranges.unite(axis, symbols.ranges.slot(head, n))

    # Claims

    def claims(self, posed: Posed) -> list[Claim]:
        """The claims of a step; several for an equation between vectors. Raises ReadError where shapes do not fit."""
        left, right = posed.left, posed.right
        assert left is not None and right is not None
        if isinstance(left, Array) or isinstance(right, Array):
            pairs = list(self._entries(posed))
        else:
            pairs = [(left, right, {})]
        return [self._claim(posed, a, b, extra) for a, b, extra in pairs]

    def _entries(self, posed: Posed) -> Iterator[tuple[Term, Term, dict[str, str]]]:
        left, right, ranges = posed.left, posed.right, self.symbols.ranges
        if isinstance(right, Term) and not isinstance(left, Term) or isinstance(left, Term):
            array = right if isinstance(left, Term) else left
            scalar = left if isinstance(left, Term) else right
            if not (isinstance(scalar, Term) and type(scalar).__name__ == "Num"):
                assert isinstance(array, Array)
                raise ReadError("E211", f"a number on one side and a {array.shape(ranges)} array on the other", posed.span)
            left = left if isinstance(left, Array) else Array(array.axes, lambda at: scalar, array.row)  # type: ignore[union-attr]
            right = right if isinstance(right, Array) else Array(array.axes, lambda at: scalar, array.row)  # type: ignore[union-attr]
        assert isinstance(left, Array) and isinstance(right, Array)
        if len(left.axes) != len(right.axes):
            raise ReadError("E211", f"shapes do not fit: {left.shape(ranges)} on the left, {right.shape(ranges)} on the right", posed.span)
        joined = [join(a, b, ranges) for a, b in zip(left.axes, right.axes, strict=True)]
        if any(axis is None for axis in joined):
            raise ReadError("E211", f"shapes do not fit: {left.shape(ranges)} on the left, {right.shape(ranges)} on the right", posed.span)
        places: list[list[Index]] = []
        classes: dict[str, str] = {}
        taken = set(posed.free)
        for axis in joined:
            if isinstance(axis, int):
                places.append(list(range(1, axis + 1)))
                continue
            assert axis is not None
            name = fresh("i", taken)
            taken.add(name)
            classes[name] = axis
            places.append([name])
        from itertools import product

        for at in product(*places):
            yield left.entry(at), right.entry(at), classes

    def _claim(self, posed: Posed, left: Term, right: Term, classes: dict[str, str]) -> Claim:
        ranges = self.symbols.ranges
        memo: dict[Term, Term] = {}
        if self.symbols.einstein:
            keep = frozenset(posed.kept) | frozenset(posed.declared)
            left, right = summed(left, keep, posed.free.get), summed(right, keep, posed.free.get)
        context = self.context(posed, classes, left, right)
        relation = "=" if posed.relation == ":=" else posed.relation
        return Claim(ranges.resolve(left, memo), relation, ranges.resolve(right, memo), context)

    def doubt(self, posed: Posed, claim: Claim) -> str:
        """Why a counterexample to ``claim`` would not convict its author; empty if it does.

        A symbol of which nothing is known may stand for anything, and what stands on both sides under different names
        may be tied together by words that were not understood.
        """
        if posed.rounded:
            return "numbers in this line may be rounded"
        for zero, other in ((claim.right, claim.left), (claim.left, claim.right)):
            if isinstance(zero, Num) and not zero.value and posed.relation == "=" and any(isinstance(t, Var) for t in subterms(other)):
                return "this may be an equation to be solved, not one that holds always"
        if posed.solving and not any(isinstance(t, Deriv) for side in (claim.left, claim.right) for t in subterms(side)):
            return "this may follow from an equation that is being solved"
        if all(isinstance(t, SizeOf | Num) for t in (claim.left, claim.right)):
            return "this is a relation between sizes"
        left, right = self._unknowns(claim.left), self._unknowns(claim.right)
        found: set[tuple[Term, Term]] = set()
        if _differences(claim.left, claim.right, found) and all(
            any(isinstance(x, Num) and isinstance(y, Var) and y.head not in self.symbols.definitions for x, y in ((a, b), (b, a)))
            for a, b in found
        ):
            return "this may say what numbers stand there"
        if any(head.name in self.constants for head in left ^ right):
            return "a constant is spoken of that may be any number"
        if posed.constant:
            return "a constant is spoken of that may be any number"
        if posed.guessed:
            return "the shapes of the vectors and matrices here are not declared"
        left, right = self._unknowns(claim.left), self._unknowns(claim.right)
        if any(isinstance(t, Deriv) for side in (claim.left, claim.right) for t in subterms(side)):
            differentiated = {h.name for h in self.symbols.variables}
            for name in sorted({h.name for h in left | right} - differentiated):
                if re.match(r"\\(?:mu|sigma|hat|bar|tilde|overline|widehat)\b", name):
                    return f"{_shown(name)} may depend on what is differentiated by, but its definition was not found"
        if (not right and left and not isinstance(claim.right, Num)) or (not left and right and not isinstance(claim.left, Num)):
            return "one side is a numerical example"
        only_left, only_right = left - right, right - left
        if only_left and only_right:
            a, b = min(only_left), min(only_right)
            return f"how {_shown(a.name)} on the left and {_shown(b.name)} on the right are related was not found"
        if isinstance(claim.left, Var) and any(isinstance(i, int) for i in claim.left.indices) and isinstance(claim.right, Var | Num):
            return "this may be a special case that is set here"
        in_definitions = set()
        for definitions in self.symbols.definitions.values():
            for definition in definitions:
                in_definitions |= _heads(definition.body)
        for head in sorted(only_left | only_right):
            if head.name not in in_definitions and head.name not in {h.name for h in self.symbols.variables}:
                return f"nothing is known about {_shown(head.name)}"
        for head in self._reached(claim.left, claim.right):
            for definition in self.symbols.definitions.get(head, ()):
                hidden = definition.params[len(self._shown_params(head)) :] if head in self._hiding() else ()
                if any(isinstance(i, str) and i in self.symbols.bound_names and not self._is_label(i, definition) for i in hidden):
                    return f"{_shown(head.name)} depends on an index that it does not show"
        if self.symbols.einstein and (claim.left.free ^ claim.right.free):
            return "an index stands on one side only, and repeated indices may be summed here"
        return ""

    def empty(self, claims: Sequence[Claim]) -> str:
        """Why a proof of ``claims`` would be empty: something defined is differentiated by what it does not contain."""
        for claim in claims:
            for side in (claim.left, claim.right):
                for part in subterms(side):
                    if isinstance(part, Deriv) and isinstance(part.body, Var) and part.body.head in self.symbols.definitions:
                        if part.var.head not in self._reached(part.body) and not claim.context.through.keys() & self._reached(part.body):
                            return f"as read, {_shown(part.body.name)} does not depend on {_shown(part.var.name)}"
        return ""

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

    def _unknowns(self, term: Term) -> set[Head]:
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
                        body = definition_of(part, self.symbols.definitions)
                        bodies = [d.body for d in self.symbols.definitions[part.head]] if body is not None else []
                    except Unsupported:
                        bodies = [d.body for d in self.symbols.definitions[part.head]]
                    queue += bodies
                    if not bodies:
                        found.add(part.head)
        return found

    def explicit(self, claim: Claim) -> Claim | None:
        """The claim with explicit partial derivatives of intermediates, where the author differentiates by these too.

        With x' = (x - m)/s, the derivative of x' by x may hold m and s fixed; that of a loss is always the total one.
        None if no derivative in the claim allows that reading.
        """
        held = frozenset(h for h in self.symbols.variables if h in claim.context.definitions)
        changed = False

        def read(term: Term) -> Term:
            nonlocal changed
            if isinstance(term, Deriv) and isinstance(term.body, Var) and term.body.head not in claim.context.through:
                body = definition_of(term.body, claim.context.definitions)
            elif isinstance(term, Deriv) and not isinstance(term.body, Deriv):
                body = term.body
            else:
                body = None
            if isinstance(term, Deriv):
                if body is not None:
                    direct = {t.head for t in subterms(body) if isinstance(t, Var)}
                    if term.var.head in direct and (direct & held) - {term.var.head}:
                        changed = True
                        return differentiate(body, term.var, replace(claim.context, held=held))
            if not term.parts:
                return term
            return rebuild(term, tuple(read(part) for part in term.parts))

        try:
            left, right = read(claim.left), read(claim.right)
        except Unsupported:
            return None
        return replace(claim, left=left, right=right) if changed else None

    def _says_depends(self, a: Head, b: Head) -> bool:
        """``p(y|x)``, ``\\pi_\\theta``, ``f(x; \\theta)``: the notation says on what it depends."""
        if "|" in a.name:
            return True
        brace = a.name.find("_{")
        if brace >= 0 and b.name in a.name[brace:]:
            return True
        return any(re.search(rf"(?<![A-Za-z]){re.escape(b.name)}(?![A-Za-z])", text) for text in self.symbols.call_texts.get(a.name, ()))

    def _applicable(self) -> list[Assumption]:
        """What the prose states about families that are not defined."""
        found = []
        for assumption in self.symbols.stated:
            heads = {t.head for part in assumption.data if isinstance(part, Term) for t in subterms(part) if isinstance(t, Var)}
            heads |= {part for part in assumption.data if isinstance(part, Head)}
            if not any(head in self.symbols.definitions for head in heads):
                found.append(assumption)
        return found

    def _relevant(self, assumption: Assumption, heads: set[Head]) -> bool:
        """Whether an assumption speaks of something that occurs in the claim."""
        if assumption.kind in ("equal", "distinct"):
            return True
        mentioned = {part for part in assumption.data if isinstance(part, Head)}
        for part in assumption.data:
            if isinstance(part, Term):
                mentioned |= {t.head for t in subterms(part) if isinstance(t, Var)}
        return bool(mentioned & heads)

    def _reached(self, *terms: Term) -> set[Head]:
        """The families that terms mention, definitions put in."""
        heads: set[Head] = set()
        queue = list(terms)
        while queue:
            for part in subterms(queue.pop()):
                if isinstance(part, Var) and part.head not in heads:
                    heads.add(part.head)
                    queue += [d.body for d in self.symbols.definitions.get(part.head, ())]
        return heads

    def context(self, posed: Posed, classes: dict[str, str], *terms: Term) -> Context:
        """Where a claim lives: the definitions made before it, or, on a second reading, later ones too.

        A later definition never counts for what is differentiated by: that is a solution, not a definition.
        """
        symbols = self.symbols
        heads = self._reached(*terms)
        ranges = symbols.ranges
        memo: dict[Term, Term] = {}
        definitions = {}
        for head, made in symbols.definitions.items():
            known = tuple(
                Definition(d.params, ranges.resolve(d.body, memo))
                for d in made
                if symbols.order[head, d.params] <= posed.at or (posed.later and head not in symbols.variables)
            )
            if known:
                definitions[head] = known
        assumptions = []
        indices: dict[str, Range] = {}
        for name, range_class in {**symbols.hinted_classes, **posed.free, **classes}.items():
            if name in symbols.hinted and not ranges.explicit.get(ranges.find(range_class)):
                ranges.declare(range_class, symbols.hinted[name])
            indices[name] = posed.declared.get(name) or ranges.range_of(range_class)
        for name, range_ in posed.declared.items():
            indices.setdefault(name, range_)
        for name, range_class in symbols.index_classes.items():
            if name not in indices:
                indices[name] = ranges.range_of(range_class)
        stated = () if self.strict else self._applicable()
        strongest = ("onehot", "binary", "positive")  # dropped first where a weaker one will do
        stated = sorted(stated, key=lambda a: strongest.index(a.kind) if a.kind in strongest else len(strongest))
        for assumption in (*posed.assumptions, *posed.conditions, *posed.case, *stated):
            if not self._relevant(assumption, heads):
                continue
            data = tuple(ranges.resolve(part, memo) if isinstance(part, Term) else part for part in assumption.data)
            assumptions.append(Assumption(assumption.kind, data, assumption.text, assumption.source))
        dependent = frozenset(
            (a, b)
            for a in symbols.numerators
            if a not in definitions
            for b in symbols.variables
            if a != b and not any(a in group and b in group for group in symbols.together)
        ) | frozenset((a, b) for a in heads if a not in definitions for b in symbols.variables if a != b and self._says_depends(a, b))
        families = ranges.families()
        through = {}
        for top, middle in self._through().items():
            spans = families.get(middle, ())
            if top in heads and all(r is not None and r.low <= 1 for r in spans):
                through[top] = ((middle, spans),)
                note = f"{_shown(top.name)} is taken to depend on everything through {_shown(middle.name)}"
                if note not in posed.notes:
                    posed.notes = (*posed.notes, note)
        return Context(
            indices,
            definitions,
            tuple(assumptions),
            families,
            dict(symbols.sizes),
            dict(symbols.minimum),
            frozenset(pair for pair in dependent if pair[0] not in through),
            through,  # type: ignore[arg-type]
        )

    def _through(self) -> dict[Head, Head]:
        """An undefined scalar whose derivatives by an intermediate are written depends on the rest through that one.

        Only where the intermediate reaches everything else that the scalar is differentiated by.
        """
        symbols = self.symbols
        result: dict[Head, Head] = {}
        for top in sorted({a for a, _ in symbols.rates}):
            if top in symbols.definitions or top.subs or top.sups or top.name not in LOSSES:
                continue
            by = sorted({b for a, b in symbols.rates if a == top})
            middles = [b for b in by if b in symbols.definitions]
            reach = {b: self._reached(*(d.body for d in symbols.definitions[b])) for b in middles}
            highest = [b for b in middles if not any(b in reach[other] for other in middles if other != b)]
            if len(highest) == 1 and all(b == highest[0] or b in reach[highest[0]] for b in by):
                result[top] = highest[0]
        return result


def _formulas(blocks: Sequence[Block]) -> Iterator[tuple[str, Span]]:
    for block in blocks:
        match block:
            case Display():
                yield block.latex, block.span
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                for formula in _inline_formulas(inlines):
                    yield formula.latex, formula.span
            case ItemList(items=items):
                for item in items:
                    yield from _formulas(item)
            case Callout(blocks=inner):
                yield from _formulas(inner)


def _all_words(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(inlines=inlines) | Heading(inlines=inlines):
                yield prose.words(inlines)
            case ItemList(items=items):
                for item in items:
                    yield from _all_words(item)
            case Callout(blocks=inner):
                yield from _all_words(inner)


def _inline_formulas(inlines: Sequence[object]) -> Iterator[InlineMath]:
    for inline in inlines:
        if isinstance(inline, InlineMath):
            yield inline
        elif isinstance(inline, Emph | Link):
            yield from _inline_formulas(inline.inlines)


def _dressed(name: str, symbols: Symbols) -> None:
    """Bold letters are vectors (small) and matrices (capital)."""
    if name.startswith((r"\mathbf{", r"\boldsymbol{", r"\bm{", r"\pmb{", r"\vec{")):
        letter = plain(name)
        if len(letter) == 1 and letter.isalpha():
            (symbols.matrices if letter.isupper() else symbols.vectors).add(letter)


def _is_delta(node: syntax.Node) -> bool:
    """Kronecker's delta alone: an equation for it says what it is."""
    base, sub, _, _ = parts_of(node)
    return isinstance(base, syntax.Symbol) and plain(base.name) == r"\delta" and sub is not None and _letters(sub) == 2


def _names_in(node: syntax.Node) -> Iterator[str]:
    if isinstance(node, syntax.Symbol):
        yield plain(node.name)
    for part in syntax_parts(node):
        yield from _names_in(part)


def _says_vector(node: syntax.Node) -> bool:
    """Whether something in a formula is written for vectors: a transpose, bold type, a norm, an elementwise product."""
    match node:
        case syntax.Symbol(name=name):
            return name.startswith((r"\mathbf{", r"\boldsymbol{", r"\bm{", r"\vec{", r"\pmb{"))
        case syntax.Scripted(sup=sup) if sup is not None and is_transpose(sup):
            return True
        case syntax.Group(open=r"\|" | r"\langle"):
            return True
        case syntax.Matrix() | syntax.Nabla():
            return True
        case syntax.Product(operators=operators) if any(op in (r"\odot", r"\circ", r"\oslash") for op in operators):
            return True
    return any(_says_vector(part) for part in syntax_parts(node))


def _shown(name: str) -> str:
    return name.split("#")[0]


def _heads(term: Term) -> set[str]:
    return {t.name for t in subterms(term) if isinstance(t, Var | Opaque)}


def _differences(a: Term, b: Term, found: set[tuple[Term, Term]]) -> bool:
    """Collect the places where two terms of the same shape differ; False if their shapes differ at the top."""
    if a is b:
        return True
    if type(a) is type(b) and len(a.parts) == len(b.parts) and a.parts and not isinstance(a, Var):
        if isinstance(a, Sum) and a.key[:2] != b.key[:2]:
            return False
        before = set(found)
        if all(_differences(x, y, found) for x, y in zip(a.parts, b.parts, strict=True)):
            return True
        found.clear()
        found |= before
    found.add((a, b))
    return True


def _rounded(node: syntax.Node) -> bool:
    """Whether a formula has a decimal number in it that may have been rounded."""
    if isinstance(node, syntax.Number):
        return "." in node.text and len(node.text.split(".")[1]) > 1
    return any(_rounded(part) for part in syntax_parts(node))


def _reaches(value: Term, head: Head, symbols: Symbols) -> bool:
    """Whether a term mentions ``head``, definitions put in: then it cannot define it."""
    seen: set[Head] = set()
    queue = [value]
    while queue:
        for part in subterms(queue.pop()):
            if isinstance(part, Var) and part.head not in seen:
                if part.head == head:
                    return True
                seen.add(part.head)
                queue += [d.body for d in symbols.definitions.get(part.head, ())]
    return False


def _index_names(sub: syntax.Node | None) -> Iterator[str]:
    match sub:
        case syntax.Symbol():
            yield plain(sub.name)
        case syntax.Relation(left=left):
            if isinstance(left, syntax.Symbol):
                yield plain(left.name)
        case syntax.Tuple(items=items):
            for item in items:
                yield from _index_names(item)


def _letters(sub: syntax.Node) -> int:
    """How many indices a subscript seems to hold."""
    match sub:
        case syntax.Symbol():
            return 1 if len(plain(sub.name)) == 1 else 0
        case syntax.Number():
            return 1
        case syntax.Product():
            return sum(map(_letters, sub.factors))
        case syntax.Tuple():
            return sum(map(_letters, sub.items))
        case syntax.Scripted():
            return 1
    return 0


def _plain_text(node: syntax.Node) -> str:
    from symderiv.reader.names import index_word

    return index_word(node)

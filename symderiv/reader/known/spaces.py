r"""Shapes that the author states: ``x \in \mathbb{R}^n``, "W is an m × n matrix", "Z of shape (m, k)", "row vectors".

This module must never take a shape from anything but such words and formulas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from symderiv.document import Block, Display, Heading, InlineMath, Paragraph, Span, all_blocks
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import GREEK_CAPITALS, index_word, members, of_members, one_capital, plain
from symderiv.reader.grammar.nodes import everywhere, is_transposition, parts_of
from symderiv.reader.known.matrix_names import matrix_name
from symderiv.reader.reading import Reading
from symderiv.reader.words import assertions, prose, said_of
from symderiv.terms import Head, Range

REALS = frozenset(
    {r"\mathbb{R}", r"\Re", r"\mathbf{R}", "R", r"\mathcal{R}", r"\operatorname{\bR}", r"\operatorname{\R}"}
)
SYMMETRIC_MATRICES = frozenset({r"\mathbb{S}", r"\mathcal{S}", r"\mathbf{S}", r"\text{Sym}", r"\operatorname{Sym}"})
ROWS = prose.Words(r"\brow[\s-]vectors?\b|行向量|행벡터|vecteurs?[\s-]lignes?|Zeilenvektor", re.IGNORECASE)
COLUMNS = prose.Words(r"\bcolumn[\s-]vectors?\b|列向量|열벡터|vecteurs?[\s-]colonnes?|Spaltenvektor", re.IGNORECASE)
SAYS_SHAPE = prose.Words(
    r"\b(matri(?:x|ces)|vectors?|shapes?|sizes?|dimension\w*|dims?|matrice|Matrix|Vektor|forma|taille)\b|矩阵|向量|维|행렬|벡터|차원"
)
BETWEEN = prose.Words(
    r"^[\s,()]*(?:is|are|be|an?|the|has|have|with|of|in|for|holds?|denotes?|matri(?:x|ces)|vectors?|row|column|shapes?|sizes?"
    r"|dimension\w*|input|output|weights?|data|design|symmetric|square|real|[\s,():-]|是|为|一个|的|大小|维度)*$",
    re.IGNORECASE,
)
_IS = (  # "$ is not the sigmoid here but the softmax"
    r"(?:(?:is|as|be|being|means|denotes?|represents?|stands\s+for|not\b[^$.;]{0,40}\bbut|here|now|the|an?|our|usual|standard|ist|sei|bezeichnet?"
    r"|die|est|soit|désigne|dénote|la|fonction|es|sea|denota|función|是|为|為|表示|は)\s*){1,5}"
)
SOFTMAX = prose.Words(
    r"soft-?max(?:[\s-]+(?:map|function|activation|operator|layer|Funktion|函数|関数))?[\s,(]*\$"
    rf"|\$\s*,?\s*(?:{_IS}|the\s+)soft-?max",
    re.I,
)
_LISTS = (
    r"(?P<named>(?:\$[\s,、，]*(?:(?:and|und|et|ed?|y|и|i|和|与|與|及|と|와|과)[\s,]*)?){1,8})"  # "$A$, $B$ and $C$"
)
CALLED_MATRIX = prose.Words(
    r"(?:\bmatri(?:x|ces)|Matrix|Matrizen|matrices?|矩阵|矩陣|行列|행렬)\s*"
    rf"(?:(?:are|be|is|namely|called|sind|sont|son|:|是|为|為)\s*)?{_LISTS}",
    re.IGNORECASE,
)
_ARTICLES = r"(?:(?:an?|the|der|die|das|eine?|une?|des|les?|la|las?|los|una|le|il|uma|as?)\s+)?"
_ADJECTIVES = r"(?:(?!(?:of|in|per|von|der|de|du|di|do|da|del)\b)[^\W\d_][\w-]*\s+){0,3}"  # no "rank of the matrix"
_LATIN = r"[^\W\d_]*matri(?:x|zen|ces?|z|zes|ci)\b"
IS_MATRIX = prose.Words(
    rf"{_LISTS}(?:"
    r"(?:is|are|be|denotes?|ist|sind|sei(?:en)?|bezeichne[nt]|est|sont|désignent?|es|son|denotan?|é|è|são|sono)\s+"
    rf"{_ARTICLES}{_ADJECTIVES}{_LATIN}"
    rf"|{_ARTICLES}{_ADJECTIVES}{_LATIN}\s+(?:ist|sind|bezeichnen?)\b"  # "wobei $W$ eine Matrix ist"
    rf"|(?:the|die|der|eine|une|la|una|uma|a)\s+{_ADJECTIVES}{_LATIN}"  # "$W$ the weight matrix"
    r"|(?:[-–—]|(?:есть|явля\w+|обознача\w+|to|jest|są))\s*(?:[^\W\d_]+\s+){0,3}(?:матриц\w*|macierz\w*)"
    r"|(?:分别|分別|都|均|各)*(?:是|为|為|表示|代表|即)[^\W\d_]{0,16}?(?:矩阵|矩陣)(?!\s*[的中里之])"
    r"|(?:はそれぞれ|は|が)[^\W\d_]{0,16}?行列(?!\s*[のに])|(?:은|는|이|가)\s*(?:[^\W\d_]+\s+){0,3}?[^\W\d_]*행렬(?!\s*의)"
    r")",
    re.IGNORECASE,
)
ANTISYMMETRIC = prose.Words(
    r"\b(?:anti-?|skew[\s-]*|non-?)symmetric|schiefsymm|antisim|antisym|反对称|反対称", re.IGNORECASE
)
OF_A_NORMAL = re.compile(
    r"(?:\\mathcal\s*\{?\s*N\s*\}?|\bN)\s*(?:\\left)?\(\s*[^,()$]{1,40},\s*(\\?[A-Z][A-Za-z]*)(?P<member>_\{?\s*[a-z]\s*\}?)?\s*(?:\\right)?\)"
)
COVARIANCE = prose.Words(  # "the covariance $\\Sigma$", "covariances $\\Sigma_1$"
    r"\b(?:covariances?|precisions?|Kovarianz\w*|Präzision\w*|covarianzas?)\s*(?P<named>(?:\$[\s,]*(?:(?:and|und|et|y)[\s,]*)?){1,4})"
    r"|(?:协方差|精度|共分散|공분산)\s*(?P<eastern>\$)",
    re.IGNORECASE,
)
NORMAL = prose.Words(
    r"\bgauss\w*|\bgauß\w*|\bnormal\s+distribut\w*|Normalverteilung|\bloi\s+normale|distribución\s+normal|高斯|正态|正規分布|정규\s*분포|가우",
    re.IGNORECASE,
)
MULTIVARIATE = prose.Words(
    r"\b(?:multivariate|multi-?dimensional|vector)\s+(?:normal|gaussian)|multivariate\w*\s+(?:Normal|Gauß|Gauss)\w*|(?:normale|gaussienne)\s+multivariée"
    r"|(?:normal|gaussiana)\s+multivaria\w+|多[元维変次]\w{0,2}(?:正态|高斯|正規|ガウス)|다변량\s*(?:정규|가우)",
    re.IGNORECASE,
)
JACOBIANS = prose.Words(r"jacobi|야코비|雅可比", re.IGNORECASE)
IN_COLUMNS = prose.Words(
    r"\bcolumns\b[^.]{0,40}\b(?:are|be|contain|hold)\b|\bare\s+the\s+columns\s+of\b", re.IGNORECASE
)
COMPONENT = prose.Words(r"\b(component|coordinate|entry|element)\b", re.IGNORECASE)
BASIS = prose.Words(r"\b(basis|unit)\s+vectors?\b|基向量|단위벡터", re.IGNORECASE)
ROWWISE = prose.Words(r"\brow[\s-]?wise\b|\b(?:each|every|to the)\s+rows?\b|逐行|按行", re.IGNORECASE)
COLUMNWISE = prose.Words(
    r"\bcolumn[\s-]?wise\b|\b(?:each|every|to the|over(?: the)?|along(?: the)?|of the)\s+columns?\b"
    r"|\bspaltenweise\b|\b(?:par|por)\s+col\w+|逐列|按列",
    re.IGNORECASE,
)
DENIES = prose.Words(r"\b(?:не|nie|não|non|no|không|khác)\s+(?:[^\W\d]+\s+){0,2}$", re.IGNORECASE)
DENIED = prose.Words(r"^(?:行列|矩阵|행렬|\s)*(?:とは限ら|では?な|でな|이\s*아니|이지\s*않|이라는)")


class Spaces:
    """Enters stated shapes into the symbols of ``reading``."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.sentences = 0  # how many came before, headings aside

    def find(self, blocks: Sequence[Block], rows: Sequence[syntax.Row]) -> bool:
        """Look through the document; whether its vectors lie in rows."""
        for row in rows:
            self._row(row)
            if not self.reading.strict:
                self._transposed(row)
        for found in OF_A_NORMAL.finditer(self.reading.document.source.text) if not self.reading.strict else ():
            if one_capital(found[1])[1]:  # \mathcal N(\mu, \Sigma)
                name = members(found[1]) if found["member"] else found[1]
                self._is_symmetric(name, Span(found.start(), found.end()), "the covariance of a normal distribution")
        words = []
        for block in all_blocks(blocks):
            for row in self.reading.rows(block.latex, block.span).rows if isinstance(block, Display) else ():
                self._ordered(row)
            if not isinstance(block, Paragraph | Heading):
                continue
            inlines = block.inlines
            words.append(prose.words(inlines))
            for sentence in prose.sentences(inlines):
                self.sentences += isinstance(block, Paragraph)
                if SOFTMAX.search(sentence.words):
                    self._softmax(sentence)
                self._entries(sentence)
                self._called_matrices(sentence)
                self._covariances(sentence)
                if SAYS_SHAPE.search(sentence.words):
                    self._sentence(sentence)
                if not self.reading.strict:
                    sized = said_of.without_sizes(sentence, self._is_size)
                    for said in prose.SYMMETRIC.finditer(sized.words):
                        self._symmetric(sized, said)
                self._ordered_in_words(sentence)
        return self._whole(" ".join(words), rows) if words else False

    def _whole(self, text: str, rows: Sequence[syntax.Row]) -> bool:
        """What the words of the whole document say of its vectors and matrices; whether its vectors lie in rows."""
        if "softmax" in text.lower() and not re.search(r"sigmoid|logistic", text, re.IGNORECASE):
            self.symbols.softmax = self.symbols.softmax or any(map(_is_entry, everywhere(rows)))
        normal = MULTIVARIATE.search(text) or NORMAL.search(text)
        if normal and MULTIVARIATE.search(text):
            self.symbols.matrices_by_word |= {r"\Sigma"} & self.symbols.bare.keys()
        if normal and not self.reading.strict:
            for name in (r"\Sigma", members(r"\Sigma")):
                self.symbols.symmetric.setdefault(name, f"'{normal[0]}'")
                self.symbols.symmetric_since.setdefault(name, []).append(0)
        self.symbols.jacobians = bool(JACOBIANS.search(text))
        self.symbols.in_columns = bool(IN_COLUMNS.search(text)) and not ROWWISE.search(text)
        self.symbols.rowwise = True if ROWWISE.search(text) else False if COLUMNWISE.search(text) else None
        return bool(ROWS.search(text)) and not COLUMNS.search(text)

    def _entries(self, sentence: prose.Sentence) -> None:
        """``where $x^i$ is the $i$-th component of $x$``, ``$e_i$ is the $i$-th basis vector``."""
        component, basis = COMPONENT.search(sentence.words), BASIS.search(sentence.words)
        if not component and not basis:
            return
        for formula in sentence.formulas:
            for row in self.reading.rows(formula.latex, formula.span).rows:
                side = row.segments[0].side if len(row.segments) == 1 else None
                match side:
                    case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=syntax.Symbol(name=index)) if (
                        component and index in ("i", "j", "k")
                    ):
                        self.symbols.upper.add(plain(base.name))
                    case syntax.Scripted(
                        base=syntax.Symbol(name="e" | r"\mathbf{e}"), sub=syntax.Symbol(), sup=None
                    ) if basis:
                        self.symbols.basis.add("e")
                        self.symbols.kinds["e", 1, 0] = "column"

    def _called_matrices(self, sentence: prose.Sentence) -> None:
        """``for square matrices $A$ and $B$``, ``$P$ is a projection matrix``: no numbers, whatever their shapes."""
        for pattern in (CALLED_MATRIX, IS_MATRIX):
            for said in pattern.finditer(sentence.words):
                first = sentence.words.count("$", 0, said.start("named"))
                for formula in sentence.formulas[first : first + said["named"].count("$")]:
                    for row in self.reading.rows(formula.latex, formula.span).rows:
                        for side in _listed(row):
                            self._called_matrix(side)

    def _called_matrix(self, node: syntax.Node) -> None:
        r"""``$A$``, ``$K(\theta)$``, ``$W_{hh}$``, and ``$W_1$``: then each member of the family is a matrix."""
        if isinstance(node, syntax.Product) and len(node.factors) == 2:
            node = node.factors[0]
        base, sub, sup, primes = parts_of(node)
        if not isinstance(base, syntax.Symbol) or not one_capital(plain(base.name))[1] or sup is not None or primes:
            return
        if isinstance(sub, syntax.Number):
            self.symbols.matrix_families.add(plain(base.name))
        elif name := self._matrix(node):
            self._is_matrix(name)

    def _is_matrix(self, name: str) -> None:
        if base := of_members(name):
            self.symbols.matrix_families.add(base)
        else:
            self.symbols.matrices_by_word.add(name)

    def _covariances(self, sentence: prose.Sentence) -> None:
        r"""``the covariance $\Sigma$``: a Greek capital there is a symmetric matrix."""
        for said in COVARIANCE.finditer(sentence.words):
            group = said.lastgroup or "named"
            first = sentence.words.count("$", 0, said.start(group))
            for formula in sentence.formulas[first : first + said[group].count("$")]:
                for row in self.reading.rows(formula.latex, formula.span).rows:
                    side = row.segments[0].side if row.segments else None
                    name = self._matrix(side) if isinstance(side, syntax.Node) else ""
                    if name.partition("_{")[0] in GREEK_CAPITALS:
                        self._is_matrix(name)
                        if not self.reading.strict:
                            self._is_symmetric(name, formula.span, said[0].partition("$")[0].strip())

    def _symmetric(self, sentence: prose.Sentence, said: re.Match[str]) -> None:
        """``a symmetric matrix $S$``, ``$S$ (is) symmetric``, ``symmetric $A$ and $B$``: what is beside the word."""
        before, after = sentence.words[: said.start()], sentence.words[said.end() :]
        if DENIES.search(before[-said_of.NEAR :]) or DENIED.match(after):
            return
        supposed = assertions.supposed(sentence.words, said.start(), said.end())
        for item, sure in said_of.matrices(sentence, said, self._items):
            if not (name := self._matrix(item.node)):
                continue
            if supposed or not sure:
                self.symbols.supposed_symmetric.add(name)
            else:
                self._is_symmetric(name, item.formula.span, said[0])

    def _items(self, formula: InlineMath) -> list[said_of.Item]:
        r"""The names that a formula lists, ``$A, B \in R^{n x n}$``, or the left side of its equation."""
        items: list[said_of.Item] = []
        for row in self.reading.rows(formula.latex, formula.span).rows:
            relation = row.segments[1].relation if len(row.segments) > 1 else ""
            side = row.segments[0].side if row.segments else None
            form = "equation" if relation not in ("", "in") else "member" if relation else "name"
            nodes: list[object] = [*side.items] if isinstance(side, syntax.Tuple) else [side]
            forms = [form] * len(nodes)
            for remark in row.remarks:  # "$A, B \in R^{n x n}$"
                content: syntax.Node = remark.content
                if isinstance(content, syntax.Relation):
                    if content.rest[0][0] == "in" and not prose.index_like(content.left):  # no "$k = 1, \\dots, K$"
                        forms = ["member" if one == "name" else one for one in forms]
                        nodes.append(content.left)
                        forms.append("member")
                else:
                    nodes.append(content)
                    forms.append("name")
            items += [
                said_of.Item(n, formula, f) for n, f in zip(nodes, forms, strict=True) if isinstance(n, syntax.Node)
            ]
        return items

    def _is_size(self, formula: InlineMath) -> bool:
        r"""Whether a formula is a size: ``$m \times m$``."""
        rows = self.reading.rows(formula.latex, formula.span).rows
        side = rows[0].segments[0].side if len(rows) == 1 and len(rows[0].segments) == 1 else None
        return isinstance(side, syntax.Product | syntax.Group) and len(dims(side)) == 2

    def _ordered_in_words(self, sentence: prose.Sentence) -> None:
        at = -1
        for formula in sentence.formulas:
            at = sentence.words.index("$", at + 1)
            rows = self.reading.rows(formula.latex, formula.span).rows
            if any(len(row.segments) > 1 for row in rows) and not assertions.supposed(sentence.words, at, at + 1):
                for row in rows:
                    self._ordered(row)

    def _ordered(self, row: syntax.Row) -> None:
        r"""``$S \succeq 0$``, ``$S \in \mathbb{S}^n_+$``: such matrices are symmetric."""
        if self.reading.strict:
            return
        chains: list[list[tuple[str | None, object]]] = [[(segment.relation, segment.side) for segment in row.segments]]
        for remark in row.remarks:
            node = remark.content.body if isinstance(remark.content, syntax.Group) else remark.content
            if isinstance(node, syntax.Relation):
                chains.append([(None, node.left), *node.rest])
        for (_, left), (relation, right) in (pair for sides in chains for pair in pairwise(sides)):
            if not isinstance(left, syntax.Node) or not isinstance(right, syntax.Node):
                continue
            space = parts_of(right)[0]
            among = relation == "in" and isinstance(space, syntax.Symbol) and space.name in SYMMETRIC_MATRICES
            if among or (relation in ("succ", "succeq", "prec", "preceq") and syntax.sexpr(right) == "0"):
                for item in left.items if isinstance(left, syntax.Tuple) else (left,):
                    if (name := self._matrix(item)) and (of_members(name) or name)[-1:].isupper():
                        self._is_symmetric(name, left.span, "it is in an order or a space of symmetric matrices")

    def _transposed(self, row: syntax.Row) -> None:
        r"""``$A^\top = A$``: a symmetric matrix, if no definition says what it is, and no word that it is not."""
        match [segment.side for segment in row.segments]:
            case [syntax.Node() as left, syntax.Node() as right] if row.segments[1].relation == "=":
                for one, other in ((left, right), (right, left)):
                    if is_transposition(one, other) and (name := self._matrix(other)):
                        if ANTISYMMETRIC.search(self.reading.document.source.text):
                            return
                        self.symbols.equal_to_transposes.add(name)
                        self._is_symmetric(name, left.span, "it equals its transpose")

    def _matrix(self, node: syntax.Node) -> str:
        return matrix_name(self.reading.elaborator, node)

    def _is_symmetric(self, name: str, span: Span, said: str) -> None:
        line = self.reading.document.source.position(span.start).line
        self.symbols.symmetric.setdefault(name, f"line {line}: '{said}'")
        self.symbols.symmetric_since.setdefault(name, []).append(self.sentences)

    def _softmax(self, sentence: prose.Sentence) -> None:
        r"""``the softmax map \sigma``: the formula right after the word, or right before it, is \sigma."""
        for match in SOFTMAX.finditer(sentence.words):
            number = sentence.words[: match.end()].count("$") - 1
            if 0 <= number < len(sentence.formulas):
                latex = sentence.formulas[number].latex.strip()
                if re.match(r"\\(?:mathbf|boldsymbol|bm)?\{?\\?sigma\b", latex):
                    self.symbols.softmax = True

    def _row(self, row: syntax.Row) -> None:
        r"""``W, b \in \mathbb{R}^{m \times n}`` in a display or beside it."""
        names: list[syntax.Node] = []
        for segment in row.segments:
            if not isinstance(segment.side, syntax.Node):
                continue
            if segment.relation == "in":
                self._member(names, segment.side)
            items = segment.side.items if isinstance(segment.side, syntax.Tuple) else (segment.side,)
            names = [*items]
        listed = names if len(row.segments) == 1 else []  # "$x, y \in R^n$"
        for remark in row.remarks:
            match remark.content:
                case syntax.Relation(left=left, rest=(("in", right),)):
                    self._member([*listed, left], right)
                    listed = []
                case syntax.Symbol() | syntax.Scripted() as item:
                    listed = [*listed, item]
                case _:
                    listed = []

    def _member(self, names: Sequence[syntax.Node], space: syntax.Node) -> None:
        r"""``\mathbb{R}^n``, ``\{0, 1\}^K``, ``[0, 1]^n``: what ``names`` are vectors or matrices of."""
        base, sub, sup, _ = parts_of(space)
        of_numbers = isinstance(base, syntax.Symbol) and base.name in REALS
        if isinstance(base, syntax.Group) and isinstance(base.body, syntax.Tuple):
            items = base.body.items
            of_numbers = base.open in (r"\{", "[") and len(items) == 2 and all(map(_is_number, items))
        if of_numbers and sub is None and sup is not None:
            lengths = dims(sup)
            if lengths:
                for name in names:
                    self._give(name, lengths)

    def _sentence(self, sentence: prose.Sentence) -> None:
        """Each lone symbol takes the next dimensions in its sentence, if only words of shapes stand between."""
        pieces = sentence.words.split("$")
        symbols: list[syntax.Node] = []
        for n, formula in enumerate(sentence.formulas):
            rows = self.reading.rows(formula.latex, formula.span).rows
            sides = [s.side for row in rows for s in row.segments]
            side = sides[0] if len(sides) == 1 else None
            if not isinstance(side, syntax.Node):
                symbols = []
                continue
            between = pieces[n] if n < len(pieces) else ""
            lengths = dims(side) if isinstance(side, syntax.Product | syntax.Group) else []
            if len(lengths) == 2 and symbols and BETWEEN.match(between):
                for symbol in symbols:
                    self._give(symbol, lengths)
                symbols = []
            elif isinstance(parts_of(side)[0], syntax.Symbol):
                joined = re.fullmatch(r"[\s,]*(?:and|und|et|y|和|및)?[\s,]*", between)
                symbols = [*symbols, side] if joined and symbols else [side]
            else:
                symbols = []

    def _give(self, node: syntax.Node, lengths: list[str]) -> None:
        base, sub, sup, primes = parts_of(node)
        if not isinstance(base, syntax.Symbol) or primes or not lengths:
            return
        name = plain(base.name)
        elaborator, symbols = self.reading.elaborator, self.symbols
        subs = elaborator.indices(sub, name) if not isinstance(sub, syntax.Scripted | syntax.Add) else None
        if subs is None and sub is not None:
            name = f"{name}_{{{index_word(sub)}}}"  # W_h, h_t
        labels, rest, name = elaborator.label(name, sup)
        if rest is not None:
            return
        if not subs and not labels:
            if name not in symbols.shapes:
                symbols.give_shape(name, lengths)
            return
        kept = [length for length in lengths if length != "1"]
        key = (name, len(subs or ()), len(labels))
        if not kept or key in symbols.kinds:
            return
        symbols.kinds[key] = ("column", "matrix")[len(kept) - 1] if lengths[0] != "1" else "row"
        head = Head(name, key[1] + len(kept), key[2])
        for n, length in enumerate(kept):
            symbols.ranges.declare(
                symbols.ranges.slot(head, key[1] + n), Range(1, symbols.size_of(length)), surely=True
            )


def _listed(row: syntax.Row) -> Iterator[syntax.Node]:
    """The symbols that a formula lists: ``W_1, W_2``."""
    side = row.segments[0].side if row.segments else None
    if isinstance(side, syntax.Node):
        yield from side.items if isinstance(side, syntax.Tuple) else (side,)
    for remark in row.remarks:
        if isinstance(remark.content, syntax.Symbol | syntax.Scripted):
            yield remark.content


def dims(node: syntax.Node) -> list[str]:
    r"""The lengths in ``m \times n``, ``(m, n)`` or ``n``; empty if it is none of these."""
    match node:
        case syntax.Number() if node.text.isdigit():
            return [node.text]
        case syntax.Symbol():
            return [plain(node.name)]
        case syntax.Scripted(base=syntax.Symbol() as base, sub=syntax.Symbol() | syntax.Number() as sub, sup=None):
            return [f"{plain(base.name)}_{_text(sub)}"]
        case syntax.Scripted(base=syntax.Symbol() as base, sub=None, sup=syntax.Group(body=body)) if not isinstance(
            body, syntax.Tuple | syntax.Relation
        ):
            return [f"{plain(base.name)}^({_text(body)})"]
        case syntax.Product(factors=factors, operators=operators) if all(op == r"\times" for op in operators):
            found = [dims(f) for f in factors]
            return [d[0] for d in found] if len(found) == 2 and all(len(d) == 1 for d in found) else []
        case syntax.Group(open="(" | "[", body=syntax.Tuple(items=items)) if len(items) == 2:
            found = [dims(item) for item in items]
            return [d[0] for d in found] if all(len(d) == 1 for d in found) else []
        case syntax.Group(open="(" | "[", body=syntax.Product() as body):
            return dims(body)
    return []


def _text(node: syntax.Node) -> str:
    match node:
        case syntax.Symbol():
            return plain(node.name)
        case syntax.Number():
            return node.text
        case syntax.Add(terms=terms):
            return "".join(sign + _text(term) for sign, term in terms).removeprefix("+")
    return "?"


def _is_number(node: syntax.Node) -> bool:
    return syntax.sexpr(node) in ("0", "1", "(- 1)", "(+ 1)")


def _is_entry(node: syntax.Node) -> bool:
    r"""``\sigma(z)_i``: the sigma of a text on softmax that has entries is the softmax function."""
    for called, group in pairwise(node.factors) if isinstance(node, syntax.Product) else ():
        if isinstance(called, syntax.Symbol) and plain(called.name) == r"\sigma" and isinstance(group, syntax.Scripted):
            base = parts_of(group)[0]
            if isinstance(base, syntax.Group) and base.open == "(" and group.sub is not None:
                return True
    return False

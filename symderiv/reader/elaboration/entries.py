r"""What is written out entry by entry: cases, matrices and lists, and sums and vectors with dots in them.

Dots stand for the obvious family or are refused. This module must never guess what dots stand for.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symderiv.reader.elaboration.members import Members
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.dotted import grid, middle
from symderiv.reader.indexed.arrays import Array, Value, join
from symderiv.reader.indexed.families import generalise
from symderiv.reader.letters import thresholds
from symderiv.reader.letters.indices import refuse
from symderiv.reader.words.assertions import condition
from symderiv.reader.words.prose import PLAIN_CASE, plain_cases
from symderiv.terms import (
    ONE,
    ZERO,
    Assumption,
    Cases,
    Delta,
    Index,
    Range,
    Sum,
    Term,
    Var,
    add,
    mul,
    neg,
    num,
    rename,
    subterms,
)

OTHERWISE = ("otherwise", "else", "sonst", "sinon", "其他", "否则")


class Entries(Members):
    """Cases, matrices, lists and dots."""

    def cases(self, node: syntax.Casesdef) -> Term:
        two = self.two_values(node)
        if two is not None:
            return two
        if not node.rows:
            raise refuse("E105", "there is no case here", node)
        if len(node.rows) == 1:
            raise refuse("E182", "there is only one case", node)
        by_signs = self.by_signs(node)
        if by_signs is not None:
            return by_signs
        rows: list[tuple[Term | None, Term]] = []
        for value, beside in node.rows:
            nodes, words = _condition(beside)
            guard = self.guard(nodes, words.lower(), node)
            said = _is_set(beside)
            if guard is not None and said is not True:
                guard = None if said is None else add(ONE, neg(guard))
            if guard is None and (nodes or not _otherwise(words)):
                raise refuse("E182", "the condition of this case is not understood", node)
            rows.append((guard, self.scalar(value)))
        last_guard, result = rows[-1]
        if last_guard is not None:
            complement = {add(ONE, neg(guard)) for guard, _ in rows[:-1] if guard is not None}
            complement |= {
                guard.parts[1].parts[1]
                for guard, _ in rows[:-1]
                if guard is not None and guard.parts and guard.parts[0] is ONE
            }
            if len(rows) != 2 or last_guard not in complement:
                raise refuse("E182", "these cases do not cover everything", node, "add an `otherwise`")
        for guarding, held in reversed(rows[:-1]):
            if guarding is None:
                raise refuse("E182", "`otherwise` must come last", node)
            result = Cases(guarding, held, result)
        return result

    def by_signs(self, node: syntax.Casesdef) -> Term | None:
        """The cases x > 0 and x <= 0 of a number: step(x) a + (1 - step(x)) b, which says nothing at x = 0."""
        guards: list[list[thresholds.Literal]] = []
        if not all(map(_is_set, (beside for _, beside in node.rows))):
            return None
        for n, (_, beside) in enumerate(node.rows):
            nodes, words = _condition(beside)
            if not nodes and n and n == len(node.rows) - 1 and _otherwise(words):
                guards.append([])
                continue
            relation = nodes[0] if len(nodes) == 1 else thresholds.said(words, node) if not nodes else None
            found = self.inequalities(relation) if isinstance(relation, syntax.Relation) else None
            if found is None:
                return None
            guards.append(found)
        if not thresholds.cover(guards):
            raise refuse("E182", "these cases are not seen to cover everything", node, "add an `otherwise`")
        result = self.scalar(node.rows[-1][0])
        for (value, _), guard in reversed([*zip(node.rows[:-1], guards[:-1], strict=True)]):
            here = thresholds.indicator(guard)
            result = add(mul(here, self.scalar(value)), mul(add(ONE, neg(here)), result))
        return result

    def two_values(self, node: syntax.Casesdef) -> Term | None:
        r"""The cases of a number y that is one of two, 0 and 1 or -1 and 1: ((b - y) A + (y - a) B) / (b - a)."""
        numbers: list[int | None] = []
        variables: dict[str, syntax.Node] = {}
        for _, beside in node.rows:
            nodes, words = _condition(beside)
            match nodes:
                case [syntax.Relation(left=left, rest=(("=", right),))] if _is_set(beside):
                    numbers += [number] if (number := _digit(right)) is not None else []
                    variables[syntax.sexpr(left)] = left
                case [] if numbers and _otherwise(words):
                    numbers.append(None)
        if len(numbers) != 2 or len(node.rows) != 2 or len(variables) != 1:
            return None
        ((name, variable),) = variables.items()
        y = self.scalar(variable)
        if not isinstance(y, Var) or y.head in self.symbols.definitions:
            return None
        said = self.symbols.two_numbers.get(y.name, set())
        bits, signs = y.head in self.symbols.two_valued or said == {"binary"}, said == {"sign"}
        first, second = numbers
        if first is None:
            return None
        if second is None:
            second = -first if signs and first else 1 - first if bits and first >= 0 else first
        if {first, second} == {0, 1} and not bits:
            self.symbols.two_valued.add(y.head)
            text = f"{y.name} \\in \\{{0, 1\\}}"
            source = f"the cases {name} = 0 and {name} = 1"
            self.symbols.assumptions.append(Assumption("binary", (y.head,), text, source))
        elif {first, second} == {-1, 1}:
            self.symbols.signs.setdefault(y.head, f"the cases {name} = 1 and {name} = -1")
        elif {first, second} != {0, 1}:
            return None
        above, below = (self.scalar(value) for value, _ in node.rows)
        whole = add(mul(add(num(second), neg(y)), above), mul(add(y, num(-first)), below))
        return mul(num(Fraction(1, second - first)), whole)

    def guard(self, nodes: list[syntax.Node], words: str, node: syntax.Node) -> Term | None:
        r"""The condition of a case: a relation, behind a word (``when\: i = j``) or in one (``\text{if i = j}``)."""
        if not nodes:
            said = plain_cases(words.translate({ord(c): None for c in "${}"}))
            return (
                self.comparison("=" if said[0][1] == "=" else "!=", said[0][0], said[0][2], node)
                if len(said) == 1
                else None
            )
        if len(nodes) > 1:
            return None
        (found,) = nodes
        if isinstance(found, syntax.Relation) and isinstance(found.left, syntax.Product):
            factors = found.left.factors
            letters = "".join(f.name if isinstance(f, syntax.Symbol) else "?" for f in factors[:-1])
            if letters in ("if", "when", "for", "where"):
                found = syntax.Relation(factors[-1], found.rest, found.span)
        return self.condition(found, node)

    def matrix(self, node: syntax.Matrix) -> Value:
        """A matrix of entries; dots in a vector stand for the obvious family."""
        cells = [list(row) for row in node.rows if any(c is not None for c in row)]
        flat = [c for row in cells for c in row]
        match flat:
            case [syntax.Product(factors=factors, operators=operators)] if not any(operators) and any(
                isinstance(f, syntax.Ellipsis) for f in factors
            ):
                cells, flat = [[*factors]], [*factors]  # [ y_1 \\ y_2 \\ ... \\ y_n ]
        if any(isinstance(c, syntax.Ellipsis) for c in flat):
            if len(cells) > 1 and any(len(row) > 1 for row in cells):
                return self.dotted_matrix(cells, node)
            lies = len(cells) == 1 and len(flat) > 1
            dots = [n for n, c in enumerate(flat) if isinstance(c, syntax.Ellipsis)]
            values = [self.value(c) for c in flat if c is not None and not isinstance(c, syntax.Ellipsis)]
            if any(isinstance(v, Array) for v in values):
                return self.stacked(values, lies, node)
            terms = [v for v in values if isinstance(v, Term)]
            at = middle(terms, self.symbols.size_names) if dots == [1, 3] else None
            if at is not None:
                return self.with_exception(terms, at, lies, node)
            return self.dotted_vector(terms, lies, node)
        if len(flat) == 1 and isinstance(flat[0], syntax.Tuple):
            return self.listing(flat[0])
        if not flat:
            raise refuse("E105", "there is nothing in this matrix", node)
        if len({len(row) for row in cells}) != 1 or None in flat:
            raise refuse("E184", "the rows of this matrix have different lengths", node)
        entries = [[self.scalar(c) for c in row if c is not None] for row in cells]
        rows, columns = len(entries), len(entries[0])
        if columns == 1:
            return Array((rows,), lambda at: _entry([r[0] for r in entries], at[0]))
        if rows == 1:
            return Array((columns,), lambda at: _entry(entries[0], at[0]), row=True)
        return Array((rows, columns), lambda at: _entry([_entry(r, at[1]) for r in entries], at[0]))

    def dotted_matrix(self, cells: list[list[syntax.Node | None]], node: syntax.Node) -> Array:
        """``a_{11} & \\cdots & a_{1n} \\\\ \\vdots ...``: the family that the corners show."""
        width = max(len(row) for row in cells)
        terms = [
            [None if c is None or isinstance(c, syntax.Ellipsis) else self.scalar(c) for c in row]
            + [None] * (width - len(row))
            for row in cells
        ]
        found = grid(terms, self.symbols.size_names)
        if found is None:
            raise refuse(
                "E183", "the entries of this matrix do not show what its dots stand for", node, "give one: A_{ij} = ..."
            )
        self.notes.append("the dots are read as the obvious family")
        if not found.low:
            self.notes.append("what is numbered from 0 here is read as numbered from 1, as a sum is")
        axes = [self.symbols.ranges.new() for _ in range(2)]
        if found.highs[0] == found.highs[1]:
            axes[1] = axes[0]
        for axis, high in zip(axes, found.highs, strict=True):
            self.symbols.ranges.declare(axis, Range(1, self.symbols.size(high)))
        return Array(tuple(axes), lambda at: rename(found.body, {found.row: at[0], found.column: at[1]}))

    def stacked(self, values: list[Value], lies: bool, node: syntax.Node) -> Array:
        """Vectors above each other are the rows of a matrix, columns beside each other its columns."""
        arrays = [v for v in values if isinstance(v, Array) and len(v.axes) == 1 and not isinstance(v.axes[0], int)]
        if len(arrays) != len(values) or (lies and any(v.row for v in arrays)):
            raise refuse("E213", "vectors beside numbers, or rows in a row", node)
        axis = arrays[0].axes[0]
        for other in arrays[1:]:
            if join(axis, other.axes[0], self.symbols.ranges) is None:
                raise refuse("E210", "these vectors have different lengths", node)
        inner = "\N{PRIME}"
        stack = self.dotted_vector([v.entry((inner,)) for v in arrays], lies, node)

        def entry(at: tuple[Index, ...]) -> Term:
            outer, along = (at[1], at[0]) if lies else at
            return rename(stack.entry((outer,)), {inner: along})

        return Array((axis, stack.axes[0]) if lies else (stack.axes[0], axis), entry)

    def with_exception(self, terms: list[Term], at: str, lies: bool, node: syntax.Node) -> Array:
        """``a_1, ..., b, ..., a_n``: b stands at the index that it names."""
        family = self.dotted_vector([terms[0], terms[2]], lies, node)
        self.notes.append(f"the entry between the dots is read as that of the index {at}")
        (axis,) = family.axes
        if isinstance(axis, str):
            self.use(at, axis, node)

        def entry(index: tuple[Index, ...]) -> Term:
            return terms[1] if index[0] == at else Cases(Delta(index[0], at), terms[1], family.entry(index))

        return Array(family.axes, entry, lies)

    def listing(self, node: syntax.Tuple) -> Value:
        """``(a, b, c)`` as a vector."""
        if not node.items:
            raise refuse("E105", "there is nothing in the brackets", node)
        if any(isinstance(item, syntax.Ellipsis) for item in node.items):
            entries = [self.scalar(item) for item in node.items if not isinstance(item, syntax.Ellipsis)]
            return self.dotted_vector(entries, False, node)
        if not node.items:
            raise refuse("E105", "there is nothing between these brackets", node)
        values = [self.scalar(item) for item in node.items]
        return Array((len(values),), lambda at: _entry(values, at[0]))

    def dotted_vector(self, entries: list[Term], row: bool, node: syntax.Node) -> Array:
        found = generalise(entries, self.symbols.size_names)
        if found is None or found[1] != 1:
            raise refuse("E131", "the entries around the dots do not show what they stand for", node)
        index, _, high, body = found
        self.notes.append("the dots are read as the obvious family")
        if isinstance(high, int):
            return Array((high,), lambda at: rename(body, {index: at[0]}), row)
        axis = self.symbols.ranges.new()
        self.symbols.ranges.declare(axis, Range(1, high))
        return Array((axis,), lambda at: rename(body, {index: at[0]}), row)

    def ellipsis(self, node: syntax.Add) -> Term:
        """``a_1 + a_2 + ... + a_K`` as the sum of the obvious family; any other dots are refused."""
        at = next(n for n, (_, term) in enumerate(node.terms) if isinstance(term, syntax.Ellipsis))
        if at + 4 == len(node.terms) and isinstance(node.terms[at + 2][1], syntax.Ellipsis):
            return self.with_member(node, at)
        if at == len(node.terms) - 1 and at >= 2:
            return self.endless(node)
        if at == 0 or at != len(node.terms) - 2:
            raise refuse("E131", "dots need terms before them and one after them", node)
        signs = {sign for n, (sign, _) in enumerate(node.terms) if n not in (0, at)}
        if len(signs) != 1 or not signs <= {"+", "-"}:
            raise refuse("E131", "the signs around the dots differ", node)
        first_sign = node.terms[0][0]
        terms = [self.scalar(term) for n, (_, term) in enumerate(node.terms) if n != at]
        (sign,) = signs
        lead: Term = ZERO
        family = terms
        if first_sign != sign:  # a - b_1 - ... - b_K: the first term may be outside the family
            lead, family = (terms[0] if first_sign == "+" else neg(terms[0])), terms[1:]
        found = self.generalised(family, node)
        result = neg(found) if sign == "-" else found
        return result if lead is ZERO else add(lead, result)

    def with_member(self, node: syntax.Add, at: int) -> Term:
        """``a_1 + a_2 + ... + a_j + ... + a_K``: the sum of the family of which the term between the dots is one."""
        whole = self.ellipsis(syntax.Add((*node.terms[: at + 1], node.terms[at + 3]), node.span))
        member = self.scalar(node.terms[at + 1][1])
        for part in subterms(whole):
            if isinstance(part, Sum) and any(rename(part.body, {part.index: i}) is member for i in member.free):
                return whole
        raise refuse("E131", "the term between the dots is none of those that they stand for", node)

    def endless(self, node: syntax.Add) -> Term:
        r"""``a_0 + a_1 x_1 + a_2 x_2 + \ldots``: to the end of the family, wherever that is."""
        if any(sign != "+" for sign, _ in node.terms):
            raise refuse("E131", "the signs around the dots differ", node)
        terms = [self.scalar(term) for _, term in node.terms[:-1]]
        found = generalise(terms[-2:], self.symbols.size_names)
        if found is None or found[2] != found[1] + 1:
            raise refuse(
                "E131", "the terms before the dots do not show how they go on", node, "write the sum with \\sum"
            )
        index, low, _, body = found
        range_class = self.symbols.ranges.new()
        for part in subterms(body):
            if isinstance(part, Var):
                for n, i in enumerate(part.indices):
                    if i == index:
                        self.symbols.ranges.unite(range_class, self.symbols.ranges.slot(part.head, n))
        self.notes.append("the dots are read as going on to the end of the family")
        total: Term = Sum(index, Range(low, range_class), body)
        return add(*terms[:-2], total) if len(terms) > 2 else total

    def generalised(self, terms: list[Term], node: syntax.Node, kind: type[Sum] = Sum) -> Term:
        for start in range(max(1, len(terms) - 1)):
            found = generalise(terms[start:], self.symbols.size_names)
            if found is not None:
                index, low, high, body = found
                if isinstance(high, str):
                    self.symbols.ranges.taken.add(high)
                self.notes.append("the dots are read as the obvious family")
                for part in subterms(body):
                    if isinstance(part, Var):
                        for n, i in enumerate(part.indices):
                            if i == index:
                                self.symbols.ranges.declare(self.symbols.ranges.slot(part.head, n), Range(low, high))
                total: Term = kind(index, Range(low, high), body)
                if start:
                    total = (add if kind is Sum else mul)(*terms[:start], total)
                return total
        raise refuse(
            "E131", "the terms around the dots do not show what they stand for", node, "write the sum with \\sum"
        )


def _entry(values: list[Term], index: Index) -> Term:
    """The entry of an explicit list at a number, or by cases at a symbolic index."""
    if isinstance(index, int):
        return values[index - 1]
    result = values[-1]
    for n in range(len(values) - 1, 0, -1):
        result = Cases(Delta(index, n), values[n - 1], result)
    return result


def _condition(parts: Sequence[syntax.Node]) -> tuple[list[syntax.Node], str]:
    """The formulas and the words of a case's condition."""
    nodes = [part for part in parts if not isinstance(part, syntax.Text)]
    return nodes, " ".join(part.text for part in parts if isinstance(part, syntax.Text))


def _is_set(parts: Sequence[syntax.Node]) -> bool | None:
    """Whether a case is that of its condition, or (False) of the opposite, "unless i = j"; None if that is unclear."""
    at = next((n for n, part in enumerate(parts) if not isinstance(part, syntax.Text)), None)
    before, after = (
        " ".join(p.text for p in some if isinstance(p, syntax.Text))
        for some in (parts[:at], parts[at:] if at is not None else ())
    )
    if at is None and (found := PLAIN_CASE.search(before)) is not None:
        before, after = before[: found.start()], before[found.end() :]
    return True if _otherwise(before) and not after else condition(before, after)


def _digit(node: syntax.Node) -> int | None:
    match node:
        case syntax.Number(text="0" | "1" as text):
            return int(text)
        case syntax.Add(terms=(("-" | "+" as sign, syntax.Number(text="1")),)):
            return -1 if sign == "-" else 1
    return None


def _otherwise(words: str) -> bool:
    return any(word in words.lower() for word in OTHERWISE)

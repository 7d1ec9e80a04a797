"""The syntax tree of a formula: what stands on the paper, with the place of every piece, and nothing about meaning.

``Product`` of ``f`` and ``(x)`` may be a call or a product, ``x^{(i)}`` a label or a power: the elaborator decides.
This module holds data only; it must never parse, resolve a name or simplify.

Every node ends with its ``span``, offsets into the author's own text. ``sexpr`` gives the compact form for tests.
"""

from __future__ import annotations

from dataclasses import dataclass

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Span


class Node:
    """Base of all nodes. Nobody changes a node; two are equal only if they are the same."""

    __slots__ = ()
    span: Span

    def __repr__(self) -> str:
        return sexpr(self)


@dataclass(slots=True, eq=False, repr=False)
class Number(Node):
    text: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Symbol(Node):
    r"""A letter or word in canonical LaTeX: ``x``, ``\alpha``, ``\mathbf{z}``, ``\hat{\mathbf{y}}``, ``\text{ReLU}``.

    Also marks that stand alone in a script or a bracket: ``*``, ``+``, ``:``, ``\cdot``.
    """

    name: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Text(Node):
    """Prose inside a formula, as the author wrote it."""

    text: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Ellipsis(Node):
    r"""``kind`` is ``\ldots``, ``\cdots``, ``\vdots``, ``\ddots`` or ``..``."""

    kind: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Scripted(Node):
    base: Node
    sub: Node | None
    sup: Node | None
    primes: int
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Group(Node):
    r"""Brackets that print. ``open`` and ``close`` are one of ``( ) [ ] { } | \| \langle \rangle \lfloor \rceil .``.

    An empty bracket has an empty ``Tuple`` as its body.
    """

    open: str
    close: str
    body: Node
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Tuple(Node):
    r"""Items between ``separators`` (one fewer than items): ``,``, ``;`` or ``\\`` (in ``\substack``)."""

    items: tuple[Node, ...]
    separators: tuple[str, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Given(Node):
    r"""``left | right`` or ``left \mid right`` inside brackets; ``bar`` is ``|`` or ``\|`` (also written ``||``)."""

    left: Node
    right: Node
    bar: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Relation(Node):
    """``left op node op node ...`` in a script, a condition or a bracket; ``op`` is a canonical relation name."""

    left: Node
    rest: tuple[tuple[str, Node], ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Add(Node):
    r"""Signed terms, at least one; the signs are ``+``, ``-``, ``\pm``, ``\mp``. ``-x`` is ``Add((('-', x),))``."""

    terms: tuple[tuple[str, Node], ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Product(Node):
    r"""Two or more factors, ``operators`` between them: ``''`` (nothing written), ``\cdot``, ``*``, ``\odot``, ..."""

    factors: tuple[Node, ...]
    operators: tuple[str, ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Quotient(Node):
    r"""``style`` is ``frac``, ``over`` or ``/``. A slash takes all factors before it and exactly one after it."""

    numerator: Node
    denominator: Node
    style: str
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class DerivativeOp(Node):
    r"""``operator`` is ``d`` or ``\partial``; ``variables`` are (variable, order) pairs, outermost first.

    ``order`` is the written total order or None. ``style`` is ``frac``, ``over``, ``/`` or ``sub`` (``\partial_x``).
    When the operator stands alone, ``body_from_product`` is true and the body is the bracket that follows, or else the
    factors that follow up to the next such operator; None if nothing follows.
    """

    operator: str
    order: Node | None
    body: Node | None
    variables: tuple[tuple[Node, int], ...]
    style: str
    body_from_product: bool
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Nabla(Node):
    r"""``\nabla_{variable}^{order} body``; the body is one factor (with the bracket of its call), or None."""

    variable: Node | None
    order: Node | None
    body: Node | None
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class BigOp(Node):
    r"""``kind`` is the command (``\sum``, ``\prod``, ``\int``, ``\max``, ``\argmax``, ``\lim``, ``\mathbb{E}``, ...).

    The body is the product that follows; ``signed`` says that a sign stood directly after the operator.
    """

    kind: str
    sub: Node | None
    sup: Node | None
    body: Node
    signed: bool
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Apply(Node):
    r"""A function known by name (without backslash); ``\log_2 x``, ``\log^2 x``, ``\tanh'(x)`` have sub, sup, primes.

    ``bare`` says that no bracket encloses the argument: it is then one factor and the symbols and numbers beside it,
    with the bracket right after the last symbol if there is one (``\log p(x)``). A script after the argument's bracket
    belongs to the whole: ``\log(x)^2`` is Scripted(Apply).
    """

    name: str
    sub: Node | None
    sup: Node | None
    primes: int
    argument: Node
    bare: bool
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Sqrt(Node):
    root: Node | None
    body: Node
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Factorial(Node):
    body: Node
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Matrix(Node):
    """``rows`` of cells; an empty cell is None. ``environment`` is ``pmatrix``, ``array``, ..."""

    environment: str
    rows: tuple[tuple[Node | None, ...], ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Casesdef(Node):
    """``rows`` of (value, condition); a condition is Text and nodes in the order written."""

    rows: tuple[tuple[Node, tuple[Node, ...]], ...]
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Decorated(Node):
    r"""``kind`` is ``underbrace``, ``cancel``, ``boxed``, ``overline``, ``hat`` (over several symbols), ...

    ``annotation`` is the author's note (below an underbrace, the target of ``\cancelto``) as text, or None.
    """

    kind: str
    body: Node
    annotation: Text | None
    span: Span


# Rows of a display


@dataclass(slots=True, eq=False, repr=False)
class Remark:
    """What stands beside the formulas of a row: prose, a condition, a range. ``content`` is a Text or a node."""

    content: Node
    span: Span


@dataclass(slots=True, eq=False, repr=False)
class Segment:
    """One side of a row, and the relation before it.

    ``relation`` is a canonical name (``=``, ``:=``, ``<=``, ``implies``...), None for the side that opens the row;
    ``annotation`` what was stacked on it. ``side`` is None where nothing stands (a row that begins with a relation
    opens with an empty side), a ``ReadError`` where it could not be read. A side that ends with a bar of evaluation is
    such an error, and ``evaluated`` is what stands before the bar and what the bar says.
    """

    relation: str | None
    relation_span: Span | None
    side: Node | ReadError | None
    span: Span
    annotation: str = ""
    evaluated: tuple[Node, Node] | None = None


@dataclass(slots=True, eq=False, repr=False)
class Row:
    """One line of a display. A row of prose has no segments; all others begin with a segment without relation.

    ``unread``: it could not even be split into its sides; its one segment says why. ``back``: a row without left side
    goes on from the row that stands so many before it. ``at`` is where all its sides are evaluated, ``x = 2``.
    """

    cells_span: Span
    segments: tuple[Segment, ...]
    remarks: tuple[Remark, ...]
    unread: bool = False
    back: int = 1
    at: Node | None = None


@dataclass(slots=True, eq=False, repr=False)
class Rows:
    """The rows of a display; what follows it goes on from the one that stands ``back`` before its end."""

    rows: tuple[Row, ...]
    warnings: tuple[Diagnostic, ...] = ()
    back: int = 1


def sexpr(node: Node | ReadError | None) -> str:
    r"""The tree in one line: ``\frac{a}{b}_i + 2x`` is ``(+ (_ (/ a b) i) (* 2 x))``."""
    s = sexpr
    match node:
        case None:
            return "~"
        case ReadError():
            return f"!{node.diagnostic.code}"
        case Number() | Text():
            return node.text if isinstance(node, Number) else f'"{node.text}"'
        case Symbol():
            return node.name
        case Ellipsis():
            return "..."
        case Scripted():
            base = s(node.base) + "'" * node.primes
            mark = ("_" if node.sub else "") + ("^" if node.sup else "")
            parts = [s(part) for part in (node.sub, node.sup) if part]
            return f"({mark} {base} {' '.join(parts)})" if mark else base
        case Group():
            return f"({node.open}{node.close} {s(node.body)})"
        case Tuple():
            mark = ";" if ";" in node.separators else ","
            return "(" + " ".join([mark, *map(s, node.items)]) + ")"
        case Given():
            return f"({node.bar} {s(node.left)} {s(node.right)})"
        case Relation():
            if len(node.rest) == 1:
                return f"({node.rest[0][0]} {s(node.left)} {s(node.rest[0][1])})"
            return f"(rel {s(node.left)} {' '.join(f'{op} {s(right)}' for op, right in node.rest)})"
        case Add():
            terms = [s(term) if sign == "+" else f"({sign} {s(term)})" for sign, term in node.terms]
            return terms[0] if len(terms) == 1 else f"(+ {' '.join(terms)})"
        case Product():
            parts = [s(node.factors[0])]
            for operator, factor in zip(node.operators, node.factors[1:], strict=True):
                parts += [operator, s(factor)] if operator else [s(factor)]
            return f"(* {' '.join(parts)})"
        case Quotient():
            return f"({'slash' if node.style == '/' else '/'} {s(node.numerator)} {s(node.denominator)})"
        case DerivativeOp():
            variables = " ".join(s(v) if n == 1 else f"{s(v)}:{n}" for v, n in node.variables)
            mark = ("D" if node.operator == "d" else "∂") + (s(node.order) if node.order else "")
            return f"({mark}{'*' if node.body_from_product else ''} {s(node.body)} {variables})"
        case Nabla():
            return f"(∇{s(node.order) if node.order else ''} {s(node.variable)} {s(node.body)})"
        case BigOp():
            return f"({node.kind[1:]} {s(node.sub)} {s(node.sup)} {s(node.body)})"
        case Apply():
            scripts = "".join(f"{m}{s(x)}" for m, x in (("_", node.sub), ("^", node.sup)) if x)
            name = node.name + "'" * node.primes + scripts
            argument = node.argument
            if not node.bare and isinstance(argument, Group):
                argument = argument.body
            return f"({name}{'~' if node.bare else ''} {s(argument)})"
        case Sqrt():
            return f"(sqrt {s(node.body)})" if node.root is None else f"(root {s(node.root)} {s(node.body)})"
        case Factorial():
            return f"(! {s(node.body)})"
        case Matrix():
            return f"({node.environment} {' '.join('(' + ' '.join(map(s, row)) + ')' for row in node.rows)})"
        case Casesdef():
            rows = (f"({' '.join([s(value), *map(s, condition)])})" for value, condition in node.rows)
            return f"(cases {' '.join(rows)})"
        case Decorated():
            note = f' "{node.annotation.text}"' if node.annotation else ""
            return f"({node.kind} {s(node.body)}{note})"
    raise TypeError(node)


def rows_sexpr(rows: Rows) -> str:
    """All rows in one line each: sides and relations, then ``#`` and the remarks."""
    lines = []
    for row in rows.rows:
        parts = []
        for segment in row.segments:
            if segment.relation is not None:
                parts.append(segment.relation)
            if segment.side is not None:
                parts.append(sexpr(segment.side))
        if row.remarks:
            parts.append("# " + " ".join(sexpr(remark.content) for remark in row.remarks))
        lines.append(" ".join(parts))
    return "\n".join(lines)

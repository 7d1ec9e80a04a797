"""How wide a formula is on the page, and where to break one that is too wide.

Widths are estimates in em, a little on the large side, from the same tables for every format; breaks come at
relations first, then before ``+`` and ``-``, then before a product sign, never inside brackets. Breaking moves whole
pieces of the author's own text; it must never change, drop or reorder one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from symderiv.writers.formula import Command, Delimiter, Fence, Group, Node, Scripts, Sign, Table, Words
from symderiv.writers.signs import ALIGNED, SPACES, STYLES, SYMBOLS

# Small sizes of Computer Modern are wider than scaled ones.
_SCALE = (1.0, 1.0, 0.77, 0.65)
_WIDE = set("mwMWQO")
_NARROW = set("ijlftrI")


def width(node: Node, style: int = 0) -> float:
    """The estimated width in em. ``style`` is 0 for display, 1 for text, 2 for script, 3 for scriptscript style."""
    return _raw(node, style) * 1.03


def _raw(node: Node, style: int) -> float:
    style = min(style, 3)
    scale = _SCALE[style]
    match node:
        case Sign(text=text):
            if text in STYLES:
                return 0.0
            if text in SPACES:
                return SPACES[text] * scale
            if text in SYMBOLS:
                _, kind, size = SYMBOLS[text]
                if kind == "big":
                    size = size if style == 0 else 1.06
                # TeX sets space around binary operators and relations, but not in scripts.
                space = {"bin": 0.444, "rel": 0.556, "punct": 0.167, "op": 0.167, "big": 0.167}.get(kind, 0.0)
                return size * scale + (space if style < 2 else 0.0)
            if text[0].isdigit():
                return 0.5 * len(text) * scale
            return (0.95 if text in _WIDE else 0.4 if text in _NARROW else 0.78 if text.isupper() else 0.56) * scale
        case Group(parts=parts):
            total, current = 0.0, style
            previous = "open"
            for part in parts:
                if isinstance(part, Sign) and part.text in STYLES:
                    current = STYLES[part.text]
                total += _raw(part, current)
                kind = _kind(part)
                if kind == "bin" and previous in ("open", "rel", "bin", "op", "punct") and current < 2:
                    total -= 0.444  # a sign that is no operation takes no space
                previous = kind
            return total
        case Scripts():
            return _scripts(node, style)
        case Command():
            return _command(node, style)
        case Delimiter(factor=factor):
            return (0.3 + 0.12 * factor) * scale
        case Fence(left=left, right=right):
            return _raw(node.body, style) + sum(0.67 * scale for sign in (left, right) if sign != ".") + 0.17
        case Words(name=name, pieces=pieces):
            size = sum(0.47 * len(p) * scale if isinstance(p, str) else _raw(p, max(style, 1)) for p in pieces)
            return size + (0.17 if name == "operatorname" else 0.0)
        case Table(rows=rows):
            inner = 0 if node.name in ALIGNED else 2 if node.name == "substack" else max(style, 1)
            gap = 0.0 if node.name in ALIGNED else 1.0
            columns = max(len(row) for row in rows)
            sizes = [max((_raw(row[k], inner) for row in rows if k < len(row)), default=0.0) for k in range(columns)]
            return sum(sizes) + gap * (columns - 1) + 1.8 * scale
    raise AssertionError(node)


def _scripts(node: Scripts, style: int) -> float:
    base = 0.0 if node.base is None else _raw(node.base, style)
    sub = 0.0 if node.sub is None else _raw(node.sub, max(style + 1, 2))
    sup = 0.0 if node.sup is None else _raw(node.sup, max(style + 1, 2))
    stacked = isinstance(node.base, Sign) and SYMBOLS.get(node.base.text, ("", "", 0))[1] == "big" and style == 0
    if stacked or (isinstance(node.base, Command) and node.base.name in (r"\underbrace", r"\overbrace")):
        return max(base, sub, sup)
    return base + max(sub, sup) + (0.3 * node.primes + 0.05) * _SCALE[style]


def _command(node: Command, style: int) -> float:
    match node.name:
        case r"\frac" | r"\dfrac" | r"\tfrac" | r"\binom":
            inner = 1 if node.name == r"\dfrac" or style == 0 else 2 if style < 2 else 3
            inner = 2 if node.name == r"\tfrac" else inner
            return max(_raw(arg, inner) for arg in node.args) + 0.3 * _SCALE[style]
        case r"\overset" | r"\underset" | r"\stackrel":
            return max(_raw(node.args[0], style + 1 if style > 0 else 2), _raw(node.args[1], style))
        case r"\sqrt":
            return _raw(node.args[0], style) + 0.9 * _SCALE[style]
        case r"\boxed":
            return _raw(node.args[0], 0) + 0.7
    return sum(_raw(arg, style) for arg in node.args)


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row of a display, in alignment cells; ``origin`` is the row of the author's display it comes from,
    ``shrink`` < 1 where nothing but smaller type helps."""

    cells: tuple[Group, ...]
    origin: int
    indent: float = 0.0
    shrink: float = 1.0

    def joined(self) -> Row:
        """The same row in one cell."""
        parts = tuple(part for cell in self.cells for part in cell.parts)
        return replace(self, cells=(_group(parts, self.cells[0].start),))


def _kind(node: Node) -> str:
    if isinstance(node, Sign):
        return SYMBOLS.get(node.text, ("", "", 0))[1]
    return ""


def _group(parts: Sequence[Node], at: int) -> Group:
    return Group(parts[0].start if parts else at, parts[-1].end if parts else at, tuple(parts))


def _cuts(parts: Sequence[Node], kinds: Iterable[str]) -> list[list[Node]]:
    """``parts`` cut before each sign of ``kinds`` that stands outside plain brackets and is not the first."""
    pieces: list[list[Node]] = [[]]
    depth = 0
    for part in parts:
        kind = _kind(part)
        if isinstance(part, Delimiter):
            kind = SYMBOLS[part.sign][1]
        base = part.base if isinstance(part, Scripts) else part
        if isinstance(base, Delimiter):
            kind = SYMBOLS[base.sign][1]
        elif isinstance(part, Scripts) and base is not None:
            kind = _kind(base)
        depth += (kind == "open") - (kind == "close")
        sign = part.text if isinstance(part, Sign) else ""
        wanted = {"rel": kind == "rel", "sum": sign in "+-" and sign != "", "product": kind == "bin"}
        previous = pieces[-1][-1] if pieces[-1] else None
        unary = previous is None or _kind(previous) in ("rel", "bin", "open")
        if depth == 0 and any(wanted[k] for k in kinds) and not unary:
            pieces.append([])
        pieces[-1].append(part)
    return pieces


def _fill(pieces: list[list[Node]], limit: float, later: float) -> list[list[Node]]:
    """Pieces joined greedily into lines of width at most ``limit`` (``later`` after the first)."""
    out: list[list[Node]] = [[]]
    for piece in pieces:
        room = limit if len(out) == 1 else later
        if out[-1] and width(_group([*out[-1], *piece], 0)) > room:
            out.append([])
        out[-1].extend(piece)
    return out


_INDENT = 2.0


def fit(rows: Sequence[tuple[Group, ...]], limit: float) -> tuple[Row, ...]:
    """Rows that fit into ``limit`` em, or that are marked to be shrunk where no break is found."""
    plain = tuple(Row(cells, k) for k, cells in enumerate(rows))
    if _total(plain) <= limit:
        return plain
    if any(len(row.cells) > 2 for row in plain):
        return _shrunk(plain, limit)
    if all(len(row.cells) == 1 for row in plain):
        if len(plain) > 1 and _gathered_fits(plain, limit):
            return plain
        plain = tuple(_opened(row) for row in plain)
    left = max((width(row.cells[0]) for row in plain), default=0.0)
    found = [_laid(plain, limit, left, hanging) for hanging in ((True, False) if left > 0.3 * limit else (False, True))]
    return next((rows for rows in found if _total(rows) <= limit), _shrunk(found[0], limit))


def _laid(plain: Sequence[Row], limit: float, left: float, hanging: bool) -> tuple[Row, ...]:
    """Rows broken to fit beside their left sides or, ``hanging``, indented under them."""
    out: list[Row] = []
    for row in plain:
        head, parts = row.cells[0], [p for cell in row.cells[1:] for p in cell.parts]
        room = limit - (_INDENT if hanging else left)
        if hanging and head.parts:
            for k, line in enumerate(_broken(head.parts, limit)):
                out.append(Row((_group([], head.start), _group(line, head.start)), row.origin, _INDENT * bool(k)))
            head = _group([], head.start)
        lines = _broken(parts, room) if parts else []
        for k, line in enumerate(lines):
            relation = _kind(line[0]) == "rel"
            indent = (_INDENT if hanging else 0.0) + (0.0 if relation or k == 0 else _INDENT)
            cells = (head if k == 0 else _group([], line[0].start), _group(line, line[0].start))
            out.append(Row(cells, row.origin, indent))
        if not lines and head.parts:
            out.append(row)
    return tuple(out)


def _opened(row: Row) -> Row:
    """A row of one cell, aligned at its first relation."""
    cell = row.cells[0]
    pieces = _cuts(cell.parts, ("rel",))
    if len(pieces) == 1:
        return replace(row, cells=(_group([], cell.start), cell))
    rest = [p for piece in pieces[1:] for p in piece]
    return replace(row, cells=(_group(pieces[0], cell.start), _group(rest, rest[0].start)))


def _broken(parts: Sequence[Node], room: float) -> list[list[Node]]:
    if width(_group(parts, 0)) <= room:
        return [list(parts)]
    out: list[list[Node]] = []
    for piece in _fill(_cuts(parts, ("rel",)), room, room):
        if width(_group(piece, 0)) <= room:
            out.append(piece)
            continue
        for sub in _fill(_cuts(piece, ("sum",)), room, room - _INDENT):
            if width(_group(sub, 0)) <= room - _INDENT:
                out.append(sub)
            else:
                out.extend(_fill(_cuts(sub, ("sum", "product")), room, room - _INDENT))
    return [line for line in out if line]


def _total(rows: Sequence[Row]) -> float:
    columns = max(len(row.cells) for row in rows)
    sizes = [
        max((width(row.cells[k]) + row.indent * (k == 1) for row in rows if k < len(row.cells)), default=0.0)
        for k in range(columns)
    ]
    return sum(sizes) + 2.0 * max(0, (columns - 1) // 2)


def _gathered_fits(rows: Sequence[Row], limit: float) -> bool:
    return all(width(row.cells[0]) <= limit for row in rows)


def _shrunk(rows: tuple[Row, ...], limit: float) -> tuple[Row, ...]:
    """All rows of a display in the same smaller type, so that the widest fits."""
    total = _total(rows)
    if total <= limit:
        return rows
    factor = limit / total
    return tuple(replace(row, shrink=factor) for row in rows)

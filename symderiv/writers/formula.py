r"""Formulas as things to be set on a page: rows, cells, and a tree of what stands over, under and beside what.

The tree knows nothing of meaning (that is the reader's and the kernel's business); it serves to set LaTeX mathematics
in other formats, to estimate how wide a formula is, and to break it where a mathematician would. It must never guess:
a command that is not in its tables raises ``UserError``, so that no writer prints wrong mathematics, and no command of
a stranger's document reaches TeX unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from symderiv.diagnostics import UserError
from symderiv.writers.signs import ALIGNED, ARGUMENTS, BIG, DELIMITERS, MATRICES, SPACES, STYLES, SYMBOLS, WORDS

Macros = Mapping[str, tuple[int, str | None, str]]


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that is set; ``start`` and ``end`` are offsets in the formula's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sign(Node):
    """A letter, a number, or a symbol of ``SYMBOLS``, ``SPACES`` or ``STYLES``."""

    text: str


@dataclass(frozen=True, slots=True)
class Group(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Scripts(Node):
    base: Node | None
    sub: Node | None
    sup: Node | None
    primes: int


@dataclass(frozen=True, slots=True)
class Command(Node):
    """A command of ``ARGUMENTS``; ``option`` is what stands in square brackets."""

    name: str
    args: tuple[Node, ...]
    option: Node | None = None


@dataclass(frozen=True, slots=True)
class Delimiter(Node):
    """A delimiter of a given size, such as ``\\bigl(``."""

    sign: str
    factor: float


@dataclass(frozen=True, slots=True)
class Fence(Node):
    r"""``\left( … \right)``; a delimiter is ``.`` where nothing is drawn."""

    left: str
    body: Node
    right: str


@dataclass(frozen=True, slots=True)
class Words(Node):
    r"""Words in a formula, as in ``\text{if $i = k$}``: strings and formulas in turn."""

    name: str
    pieces: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True)
class Table(Node):
    name: str
    rows: tuple[tuple[Group, ...], ...]
    columns: str = ""


@dataclass(frozen=True, slots=True)
class Line(Node):
    r"""A row of a display: its cells, and the author's ``\label``, ``\tag`` and ``\notag`` in it."""

    cells: tuple[Group, ...]
    labels: tuple[str, ...] = ()
    tag: str | None = None
    numbered: bool = True


def lines(latex: str, macros: Macros | None = None) -> tuple[Line, ...]:
    """The rows of a display's body. An ``aligned`` or ``split`` that is all of a display gives its own rows.

    Raises UserError for what cannot be set.
    """
    found = _Parser(latex, macros or {}).display()
    if len(found) == 1 and len(found[0].cells) == 1:
        parts = [
            p for p in found[0].cells[0].parts if not (isinstance(p, Sign) and (p.text in SPACES or p.text in ".,"))
        ]
        inner = parts[0] if len(parts) == 1 else None
        if isinstance(inner, Table) and inner.name in ALIGNED:
            rows = tuple(Line(cells[0].start, cells[-1].end, cells) for cells in inner.rows)
            last = rows[-1]
            rows = (
                *rows[:-1],
                Line(last.start, last.end, last.cells, found[0].labels, found[0].tag, found[0].numbered),
            )
            return rows
    return found


def inline(latex: str, macros: Macros | None = None) -> Group:
    """One formula without rows, as in running text. Raises UserError for what cannot be set."""
    rows = _Parser(latex, macros or {}).display()
    if len(rows) != 1 or len(rows[0].cells) != 1:
        raise UserError(f"a formula in running text cannot have rows or columns: {latex}")
    return rows[0].cells[0]


# Reading

LONGEST = 10_000  # tokens of one formula, macros expanded
DEEPEST = 100  # formulas in one another

_TOKEN = re.compile(r"%[^\n]*(?:\n[ \t]*)?|\s+|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|.", re.S)


class _Parser:
    def __init__(self, text: str, macros: Macros) -> None:
        self.text = text
        self.macros = macros
        self.tokens: list[tuple[str, int, int]] = []
        for match in _TOKEN.finditer(text):
            token = match.group()
            if not (token.isspace() or token.startswith("%")):
                self.tokens.append((token, match.start(), match.end()))
        self.at = 0
        self.depth = 0
        self.expansions = 0
        self._bound()

    def fail(self, what: str) -> UserError:
        return UserError(f"cannot set this formula: {what} in  {' '.join(self.text.split())[:160]}")

    def _bound(self) -> None:
        if len(self.tokens) > LONGEST:
            raise self.fail(f"it is longer than {LONGEST} signs and commands")

    def peek(self) -> str | None:
        """The next token, with the author's macros expanded."""
        while self.at < len(self.tokens) and self.tokens[self.at][0] in self.macros:
            self._expand()
        return self.tokens[self.at][0] if self.at < len(self.tokens) else None

    def take(self, expected: str | None = None) -> tuple[str, int, int]:
        token = self.peek()
        if token is None or (expected is not None and token != expected):
            raise self.fail(f"expected {expected or 'more'}, found {token or 'the end'}")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expand(self) -> None:
        first = self.at
        name, start, end = self.tokens[first]
        count, default, body = self.macros[name]
        self.expansions += 1
        if self.expansions > 1000:
            raise self.fail(f"endless macro {name}")
        self.at += 1
        arguments: list[list[str]] = []
        if default is not None:
            arguments.append(self._bracketed() if self._is("[") else _TOKEN.findall(default))
        while len(arguments) < count:
            arguments.append(self._raw())
        if self.at > first + 1:
            end = self.tokens[self.at - 1][2]
        out: list[str] = []
        pieces = [
            t for t in re.findall(r"#\d|" + _TOKEN.pattern, body, re.S) if not t.isspace() and not t.startswith("%")
        ]
        for piece in pieces:
            if re.fullmatch(r"#\d", piece):
                if int(piece[1]) > len(arguments):
                    raise self.fail(f"macro {name}")
                out.extend(arguments[int(piece[1]) - 1])
            else:
                out.append(piece)
        self.tokens[first : self.at] = [(t, start, end) for t in out]
        self.at = first
        self._bound()

    def _is(self, token: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0] == token

    def _raw(self) -> list[str]:
        """The tokens of one argument, unexpanded."""
        if not self._is("{"):
            self.at += 1
            if self.at > len(self.tokens):
                raise self.fail("a missing argument")
            return [self.tokens[self.at - 1][0]]
        depth = 0
        out: list[str] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at][0]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return out[1:]
            out.append(token)
        raise self.fail("a missing }")

    def _bracketed(self) -> list[str]:
        out: list[str] = []
        self.at += 1
        while not self._is("]"):
            if self.at >= len(self.tokens):
                raise self.fail("a missing ]")
            out.append(self.tokens[self.at][0])
            self.at += 1
        self.at += 1
        return out

    def verbatim(self) -> str:
        """The source text of a braced argument."""
        _, _, start = self.take("{")
        depth = 1
        while self.at < len(self.tokens):
            token, at, _ = self.tokens[self.at]
            self.at += 1
            depth += (token == "{") - (token == "}")
            if depth == 0:
                return self.text[start:at]
        raise self.fail("a missing }")

    # Rows

    def display(self) -> tuple[Line, ...]:
        rows = tuple(self._rows(None))
        if self.peek() is not None:
            raise self.fail(f"an unmatched {self.peek()}")
        return rows

    def _rows(self, closing: str | None) -> Iterator[Line]:
        while True:
            cells: list[Group] = []
            labels: list[str] = []
            tag, numbered = None, True
            start = self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.text)
            while True:
                parts: list[Node] = []
                cell_start = self.tokens[self.at][1] if self.at < len(self.tokens) else len(self.text)
                while (token := self.peek()) not in (None, "&", r"\\", r"\cr", closing):
                    if token == r"\label":
                        self.take()
                        labels.append(self.verbatim())
                    elif token == r"\tag":
                        self.take()
                        if self.peek() == "*":
                            self.take()
                        tag = self.verbatim()
                    elif token in (r"\nonumber", r"\notag"):
                        self.take()
                        numbered = False
                    else:
                        parts.append(self.item())
                cell_end = parts[-1].end if parts else cell_start
                cells.append(Group(parts[0].start if parts else cell_start, cell_end, tuple(parts)))
                if self.peek() != "&":
                    break
                self.take()
            token = self.peek()
            last = token in (None, closing)
            if not last:
                self.take()
                if self.peek() == "*":
                    self.take()
                if token == r"\\" and self._is("["):
                    self._skip_length()
            if not last or labels or tag or any(cell.parts for cell in cells):
                yield Line(start, cells[-1].end, tuple(cells), tuple(labels), tag, numbered)
            if last:
                return

    def _skip_length(self) -> None:
        r"""Steps over ``[4pt]`` after ``\\``."""
        end = next((k for k in range(self.at, len(self.tokens)) if self.tokens[k][0] == "]"), None)
        if end is None or not re.fullmatch(
            r"\[-?[\d.]+(?:pt|em|ex|mm|cm)\]", "".join(t for t, _, _ in self.tokens[self.at : end + 1])
        ):
            return
        self.at = end + 1

    # Items

    def item(self) -> Node:
        """One nucleus with its scripts and primes."""
        token = self.peek()
        base = None if token in ("^", "_", "'") else self.nucleus()
        sub = sup = None
        primes = 0
        start = base.start if base else self.tokens[self.at][1]
        while (token := self.peek()) in ("^", "_", "'", r"\limits", r"\nolimits"):
            self.take()
            if token == "'":
                primes += 1
            elif token == "^":
                if sup is not None:
                    raise self.fail("a double superscript")
                sup = self.argument()
            elif token == "_":
                if sub is not None:
                    raise self.fail("a double subscript")
                sub = self.argument()
        if sub is None and sup is None and not primes:
            if base is None:
                raise self.fail("an empty script")
            return base
        return Scripts(start, self.tokens[self.at - 1][2], base, sub, sup, primes)

    def argument(self) -> Node:
        r"""A braced group or one token (of ``x^10`` only the 1)."""
        token = self.peek()
        if token is not None and token[0].isdigit() and len(token) > 1:
            _, start, end = self.tokens[self.at]
            self.tokens[self.at : self.at + 1] = (
                [(c, start + k, start + k + 1) for k, c in enumerate(token)]
                if end - start == len(token)
                else [(c, start, end) for c in token]
            )
        if token in ("^", "_", "'", "&", r"\\", "}"):
            raise self.fail("an empty script")
        return self.nucleus()

    def nucleus(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.fail(f"more than {DEEPEST} formulas in one another")
        found = self._nucleus()
        self.depth -= 1
        return found

    def _nucleus(self) -> Node:
        token, start, end = self.take()
        if token == "{":
            parts = []
            while self.peek() != "}":
                if self.peek() is None:
                    raise self.fail("a missing }")
                parts.append(self.item())
            return Group(start, self.take("}")[2], tuple(parts))
        if token in SYMBOLS or token in SPACES or token in STYLES or token[0].isdigit():
            return Sign(start, end, token)
        if len(token) == 1 and token.isalpha():
            return Sign(start, end, token)
        if token.startswith("\\") and token[1:] in WORDS:
            raw = self.verbatim()
            return Words(start, self.tokens[self.at - 1][2], token[1:], self._words(raw))
        if token == r"\left":
            return self._fence(start)
        if token in BIG:
            sign = self._delimiter()
            return Delimiter(start, self.tokens[self.at - 1][2], sign, BIG[token])
        if token == r"\begin":
            return self._table(start)
        if token in ARGUMENTS:
            return self._command(token, start)
        sign = token if token.isprintable() else f"the invisible sign U+{ord(token[0]):04X}"
        raise self.fail(f"{sign} is not known")

    def _words(self, raw: str) -> tuple[str | Node, ...]:
        pieces: list[str | Node] = []
        for k, piece in enumerate(re.split(r"(?<!\\)\$", raw)):
            if k % 2:
                pieces.append(inline(piece, self.macros))
                continue
            plain = re.sub(r"\\([&%$#_{}])", r"\1", piece).replace("~", "\u00a0").replace(r"\ ", " ")
            plain = plain.replace("``", "“").replace("''", "”").replace("---", "—").replace("--", "–").replace("`", "‘")
            if re.search(r"\\|(?<!\\)[{}^]", re.sub(r"\\[&%$#_{}]", "", piece.replace(r"\ ", " "))):
                raise self.fail(f"the words {piece!r}")
            if plain:
                pieces.append(re.sub(r"\s+", " ", plain) if "\u00a0" not in plain else plain)
        if len(re.findall(r"(?<!\\)\$", raw)) % 2:
            raise self.fail("an unmatched $")
        return tuple(pieces)

    def _fence(self, start: int) -> Node:
        left = self._delimiter()
        parts: list[Node] = []
        while (token := self.peek()) != r"\right":
            if token is None:
                raise self.fail(r"a \left without \right")
            if token == r"\middle":
                self.take()
                sign, at, end = self.take()
                parts.append(Sign(at, end, sign) if sign in SYMBOLS else Sign(at, end, "|"))
                continue
            parts.append(self.item())
        self.take()
        right = self._delimiter()
        end = self.tokens[self.at - 1][2]
        return Fence(
            start,
            end,
            left,
            Group(parts[0].start if parts else start, parts[-1].end if parts else end, tuple(parts)),
            right,
        )

    def _delimiter(self) -> str:
        sign = self.take()[0]
        if sign not in DELIMITERS:
            raise self.fail(f"{sign} is no delimiter")
        return {"<": r"\langle", ">": r"\rangle"}.get(sign, sign)

    def _table(self, start: int) -> Node:
        name = self.verbatim()
        if name not in MATRICES and name not in ALIGNED and name != "cases":
            raise self.fail(f"the environment {name} is not known")
        columns = ""
        if name in ("array", "alignedat"):
            columns = self.verbatim()
            if not re.fullmatch(r"[lcr|\s\d]+", columns):
                raise self.fail(f"the columns {columns}")
        rows = tuple(line.cells for line in self._rows(r"\end"))
        self.take(r"\end")
        if self.verbatim() != name:
            raise self.fail(f"an unmatched {name}")
        if not rows:
            raise self.fail(f"an empty {name}")
        return Table(start, self.tokens[self.at - 1][2], name, rows, columns)

    def _command(self, token: str, start: int) -> Node:
        option: Node | None = None
        if token == r"\operatorname" and self.peek() == "*":
            self.take()
        if token == r"\sqrt" and self.peek() == "[":
            self.take()
            parts = []
            while self.peek() != "]":
                parts.append(self.item())
            self.take()
            option = Group(start, parts[-1].end if parts else start, tuple(parts))
        if token in (r"\operatorname", r"\textcolor"):
            raw = self.verbatim()
            if not re.fullmatch(r"[A-Za-z]+(?:(?:\s\\?[,;]?|\\[,;]?|[,;])\s?[A-Za-z]+)*", raw):
                raise self.fail(f"{token}{{{raw}}}")
            if token == r"\operatorname":
                return Words(start, self.tokens[self.at - 1][2], "operatorname", (raw,))
            return self.argument()
        if token == r"\substack":
            self.take("{")
            rows = tuple(line.cells for line in self._rows("}"))
            return Table(start, self.take("}")[2], "substack", rows)
        args = tuple(self.argument() for _ in range(ARGUMENTS[token]))
        return Command(start, self.tokens[self.at - 1][2], token, args, option)

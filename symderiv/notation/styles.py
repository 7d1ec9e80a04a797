"""How LaTeX and a terminal write each shape: brackets, fractions, roots, limits, cases.

A style knows nothing of terms and never decides where a bracket is needed; it says what one looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symderiv.terms import Prod, Range, Sum
from symderiv.unicode_math import SUPERSCRIPTS, unicode_latex

# How tightly a printed piece holds together: what may stand in it unbracketed is at its right or above.
SUM, QUOTIENT, PRODUCT, FACTOR, BASE = range(5)


class Piece(NamedTuple):
    """Printed text. ``level`` is how tightly it binds; ``tall`` asks for growing brackets around it; ``open`` means
    that it would take in a factor written after it (``\\sum_j a_j``, ``\\log x``)."""

    text: str
    level: int
    tall: bool = False
    open: bool = False


COMMANDS = frozenset(("log", "sin", "cos", "tan", "sinh", "cosh", "tanh"))  # names that are commands of LaTeX
_NAMES = {"sigmoid": r"\sigma", "relu": r"\operatorname{ReLU}"}


class Latex:
    """How LaTeX writes each shape."""

    minus, minus_sign, dot, comma, not_equal = " - ", "-", r" \cdot ", ", ", r" \ne "
    partial, big = r"\partial", {Sum: r"\sum", Prod: r"\prod"}
    space_before_bracket, after_partial, between_partials = " ", " ", r" \, "
    bare_sums = True  # \log \sum_j a_j without brackets

    @staticmethod
    def name(name: str) -> str:
        return name

    @staticmethod
    def braced(name: str) -> str:
        """A name that has a script of its own already."""
        return f"{{{name}}}"

    @staticmethod
    def function(name: str) -> str:
        return _NAMES.get(name) or (f"\\{name}" if name in COMMANDS else rf"\operatorname{{{name}}}")

    @staticmethod
    def bracket(piece: Piece) -> Piece:
        left, right = (r"\left(", r"\right)") if piece.tall else ("(", ")")
        return Piece(f"{left}{piece.text}{right}", BASE, piece.tall)

    @staticmethod
    def quotient(above: Piece, below: Piece) -> Piece:
        return Piece(rf"\frac{{{above.text}}}{{{below.text}}}", FACTOR, True)

    @staticmethod
    def root(piece: Piece) -> Piece:
        return Piece(rf"\sqrt{{{piece.text}}}", BASE, piece.tall)

    @staticmethod
    def script(mark: str, text: str) -> str:
        return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"

    @staticmethod
    def limits(index: str, range_: Range) -> str:
        return f"_{{{index}={range_.low}}}^{{{range_.high}}}"

    @staticmethod
    def cases(rows: Sequence[tuple[str, str]]) -> Piece:
        lines = r" \\ ".join(f"{value} & {condition}" for value, condition in rows)
        return Piece(rf"\begin{{cases}} {lines} \end{{cases}}", FACTOR, True, True)

    @staticmethod
    def words(words: str) -> str:
        return rf"\text{{{words}}} "


class Unicode(Latex):
    """How a terminal writes each shape, on one line."""

    minus, minus_sign, dot, not_equal = " − ", "−", " · ", " ≠ "
    partial, big = "∂", {Sum: "Σ", Prod: "Π"}
    space_before_bracket, after_partial, between_partials = "", "", " "
    bare_sums = False

    @staticmethod
    def name(name: str) -> str:
        return unicode_latex(name)

    @staticmethod
    def braced(name: str) -> str:
        return f"({name})"

    @staticmethod
    def function(name: str) -> str:
        return unicode_latex(_NAMES.get(name, name))

    @staticmethod
    def bracket(piece: Piece) -> Piece:
        return Piece(f"({piece.text})", BASE)

    @staticmethod
    def quotient(above: Piece, below: Piece) -> Piece:
        if above.level < PRODUCT or above.open:
            above = Unicode.bracket(above)
        if below.level < FACTOR or below.open:
            below = Unicode.bracket(below)
        return Piece(f"{above.text}/{below.text}", QUOTIENT)

    @staticmethod
    def root(piece: Piece) -> Piece:
        return Piece(f"√{piece.text if piece.level == BASE else Unicode.bracket(piece).text}", FACTOR)

    @staticmethod
    def script(mark: str, text: str) -> str:
        return text.translate(SUPERSCRIPTS) if mark == "^" and text.isdecimal() else Latex.script(mark, text)

    @staticmethod
    def limits(index: str, range_: Range) -> str:
        if range_.low == 1 and isinstance(range_.high, str):
            return Latex.script("_", index)
        return f"_{{{index}={range_.low}}}^{Latex.script('', str(range_.high))}"

    @staticmethod
    def cases(rows: Sequence[tuple[str, str]]) -> Piece:
        return Piece("{" + "; ".join(f"{value} {condition}" for value, condition in rows) + "}", BASE)

    @staticmethod
    def words(words: str) -> str:
        return words


Style = type[Latex]

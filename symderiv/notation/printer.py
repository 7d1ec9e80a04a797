"""Terms as text: one walk over the term, in the style of LaTeX or of a terminal.

A term is printed as it was built, with the fewest brackets that keep its meaning. Printing must never simplify,
reorder or evaluate. Terms are hash-consed, so the print of each is remembered and shared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

from symderiv.notation.styles import BASE, COMMANDS, FACTOR, PRODUCT, QUOTIENT, SUM, Latex, Piece, Style, Unicode
from symderiv.terms import (
    MINUS_ONE,
    ONE,
    ZERO,
    Add,
    Cases,
    Delta,
    Deriv,
    Fn,
    Index,
    Mul,
    Num,
    Opaque,
    Pow,
    SizeOf,
    Sum,
    Term,
    Var,
)

# the reader's marks on a symbol whose letter counts another layer, one that is defined anew, one of examples
_VERSION = re.compile(r"~[A-Za-z0-9\\]+|#\d+|@.*")
_NESTED = r"(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})+"  # \tilde{\mathbf{x}}
SLOT = re.compile(rf"(?<=[(,|])\{{({_NESTED})\}}")  # an argument that is an index, in the name of a function of values
_ENDS_IN_NUMBER = re.compile(r"(^|\s)\d+$")


# Indices and variables


def index_text(style: Style, indices: Sequence[Index]) -> str:
    """Single letters stand side by side (``kj``); as soon as one is a number or a word, commas part them (``1,0``)."""
    texts = [style.name(index) if isinstance(index, str) else str(index) for index in indices]
    if len(texts) == 1:
        return texts[0]
    if all(isinstance(index, str) and (len(index.rstrip("'")) == 1 or index[0] == "\\") for index in indices):
        joined = texts[0]
        for text in texts[1:]:
            command = "\\" in joined.rsplit(" ")[-1] and joined[-1].isalpha() and text[0].isalpha()
            joined += f" {text}" if command else text
        return joined
    return ",".join(texts)


def _variable(style: Style, var: Var, short: bool = True) -> Piece:
    subs, sups = var.subs, var.sups
    name = _VERSION.sub("", var.name)
    if name.endswith(")"):  # a function of values: its indices stand among its arguments
        at = iter(subs)
        name, filled = SLOT.subn(lambda letter: _argument(letter[1], next(at, letter[1])), name)
        subs = subs[filled:]
    name = style.name(name)
    if (subs and "_" in name) or (sups and ("^" in name or "'" in name)):
        name = style.braced(name)
    text = name
    if subs:
        inner = index_text(style, subs)
        text += style.script("_", inner) if short else f"_{{{inner}}}"
    if sups:
        text += f"^{{({index_text(style, sups)})}}"
    return Piece(text, FACTOR if sups or "^" in name or "'" in name else BASE)


def _argument(letter: str, index: Index) -> str:
    return index if isinstance(index, str) else f"{letter}={index}"


def latex_var(var: Var) -> str:
    r"""A variable with its indices always in braces: ``z_{1}``, ``x_{1}^{(2)}``, ``\Theta_{1,0}``, ``\theta_{kj}``."""
    return _variable(Latex, var, short=False).text


# Terms


def latex(term: Term) -> str:
    r"""``term`` as LaTeX, for mathematics mode: ``p_i (\delta_{ij} - p_j)``."""
    return _latex(term).text


def unicode(term: Term) -> str:
    """``term`` on one line for a terminal: ``p_i(δ_{ij} − p_j)``, ``∂L/∂f_k``, ``Σ_j e^{f_j}``."""
    return _unicode(term).text


@lru_cache(maxsize=1 << 16)
def _latex(term: Term) -> Piece:
    return _print(Latex, term)


@lru_cache(maxsize=1 << 14)
def _unicode(term: Term) -> Piece:
    return _print(Unicode, term)


def _piece(style: Style, term: Term) -> Piece:
    return _latex(term) if style is Latex else _unicode(term)


def _print(style: Style, term: Term) -> Piece:
    match term:
        case Var():
            return _variable(style, term)
        case Num():
            return _number(style, term.value)
        case Add():
            opposite = _negated(term)
            if isinstance(opposite, Fn) and opposite.name == "step":
                return _indicator(style, opposite.arg, "<")
            return _sum_of_terms(style, term.parts)
        case Mul():
            return _product(style, term.parts)
        case Pow():
            return _power(style, term)
        case Fn():
            return _function(style, term)
        case Sum():
            body = _inside(style, term.body, PRODUCT)
            sign = style.big[type(term)] + style.limits(style.name(term.index), term.range)
            return Piece(f"{sign} {body.text}", PRODUCT, True, True)
        case Delta():
            return Piece(style.name(r"\delta") + style.script("_", index_text(style, term.key)), BASE)
        case SizeOf():
            return Piece(style.name(term.name), BASE)
        case Deriv():
            return _derivative(style, term)
        case Opaque():
            return _opaque(style, term)
        case Cases():
            return style.cases(_rows(style, term))
    raise TypeError(f"notation has no form for {type(term).__name__}")


def _inside(style: Style, term: Term, level: int, last: bool = True) -> Piece:
    """``term`` bracketed unless it binds at least as tightly as ``level`` (and, if not ``last``, is closed)."""
    piece = _piece(style, term)
    if piece.level < level or (piece.open and not last):
        return style.bracket(piece)
    return piece


def _number(style: Style, value: Fraction) -> Piece:
    sign, size = (style.minus_sign, -value) if value < 0 else ("", value)
    if size.denominator == 1:
        return Piece(f"{sign}{size}", SUM if sign else BASE)
    above, below = Piece(str(size.numerator), BASE), Piece(str(size.denominator), BASE)
    quotient = style.quotient(above, below)
    return Piece(sign + quotient.text, SUM if sign else quotient.level, quotient.tall)


def _sum_of_terms(style: Style, parts: Sequence[Term]) -> Piece:
    pieces = [_piece(style, part) for part in parts]
    texts, sign = [], style.minus_sign
    for number, piece in enumerate(pieces):
        text = piece.text
        if number and text.startswith(sign):
            texts.append(style.minus + text[len(sign) :].lstrip())
        else:
            texts.append(" + " + text if number else text)
    return Piece("".join(texts), SUM, any(piece.tall for piece in pieces))


def _divisor(term: Term) -> Term | None:
    """The d of a factor 1/d."""
    if isinstance(term, Pow) and isinstance(term.exponent, Num) and term.exponent.value < 0:
        return term.base if term.exponent is MINUS_ONE else Pow(term.base, Num(-term.exponent.value))
    return None


def _product(style: Style, parts: Sequence[Term]) -> Piece:
    """Factors from left to right; those with a negative power go under what stands before them."""
    sign = ""
    if parts[0] is MINUS_ONE:
        sign, parts = style.minus_sign, parts[1:]
    fractions: list[tuple[list[Term], list[Term]]] = [([], [])]
    for part in parts:
        divisor = _divisor(part)
        if divisor is not None:
            fractions[-1][1].append(divisor)
            continue
        if fractions[-1][1]:
            fractions.append(([], []))
        fractions[-1][0].append(part)
    pieces: list[Piece] = []
    for above, below in fractions:
        last = above is fractions[-1][0]
        if below:
            pieces.append(style.quotient(_tower(style, above), _tower(style, below)))
        elif len(parts) == 1:
            pieces.append(_inside(style, parts[0], QUOTIENT))
        else:
            pieces += [_inside(style, p, PRODUCT, last and n == len(above) - 1) for n, p in enumerate(above)]
    row = pieces[0] if len(pieces) == 1 else _row(style, pieces)
    return Piece(sign + row.text, SUM if sign else row.level, row.tall, row.open)


def _tower(style: Style, factors: Sequence[Term]) -> Piece:
    """A numerator or a denominator."""
    if len(factors) < 2:
        return _piece(style, factors[0]) if factors else Piece("1", BASE)
    return _row(style, [_inside(style, p, PRODUCT, n == len(factors) - 1) for n, p in enumerate(factors)])


def _row(style: Style, pieces: Sequence[Piece]) -> Piece:
    """Factors side by side, with a dot where two would otherwise run together."""
    text = ""
    for number, piece in enumerate(pieces):
        new = style.bracket(piece).text if piece.level == QUOTIENT else piece.text
        if not number:
            text = new
        elif new[0].isdigit() or (new.startswith(r"\frac") and _ENDS_IN_NUMBER.search(text)):
            text += style.dot + new
        elif new.startswith(("(", r"\left(")):
            text += style.space_before_bracket + new
        else:
            text += " " + new
    return Piece(text, PRODUCT, any(piece.tall for piece in pieces), pieces[-1].open)


def _power(style: Style, term: Pow) -> Piece:
    divisor = _divisor(term)
    if divisor is not None:
        return style.quotient(Piece("1", BASE), _piece(style, divisor))
    if isinstance(term.exponent, Num) and term.exponent.value == Fraction(1, 2):
        return style.root(_piece(style, term.base))
    base = _inside(style, term.base, BASE)
    if base.text.endswith(tuple("⁰¹²³⁴⁵⁶⁷⁸⁹")):  # (σ²)², where σ² is the symbol
        base = style.bracket(base)
    return Piece(base.text + style.script("^", _piece(style, term.exponent).text), FACTOR, base.tall)


def _function(style: Style, term: Fn) -> Piece:
    arg = _piece(style, term.arg)
    if term.name == "exp":
        return Piece("e" + style.script("^", arg.text), FACTOR)
    if term.name == "sqrt":
        return style.root(arg)
    if term.name == "abs":
        bar = (r"\left|", r"\right|") if arg.tall else ("|", "|")
        return Piece(bar[0] + arg.text + bar[1], BASE, arg.tall)
    if term.name == "step":
        return _indicator(style, term.arg)
    name = style.function(term.name)
    bare = term.name in COMMANDS and (arg.level >= FACTOR or (isinstance(term.arg, Sum) and style.bare_sums))
    if bare and not isinstance(term.arg, Cases):
        return Piece(f"{name} {arg.text}", FACTOR, arg.tall, True)
    return Piece(name + style.bracket(arg).text, FACTOR, arg.tall)


def _indicator(style: Style, difference: Term, relation: str = ">") -> Piece:
    """``1[a > b]`` for step(a - b), and ``1[a < b]`` for 1 - step(a - b)."""
    left: Term = difference
    right: Term = ZERO
    if isinstance(difference, Add) and len(difference.parts) == 2:
        last = difference.parts[1]
        if isinstance(last, Mul) and last.parts[0] is MINUS_ONE:
            left, right = difference.parts[0], last.parts[1] if len(last.parts) == 2 else Mul(last.parts[1:])
        elif isinstance(last, Num):
            left, right = difference.parts[0], Num(-last.value)
    sides = [_piece(style, side) for side in (left, right)]
    one = style.name(r"\mathbb{1}")
    return Piece(f"{one}[{sides[0].text} {relation} {sides[1].text}]", FACTOR, any(side.tall for side in sides))


def _opaque(style: Style, term: Opaque) -> Piece:
    if term.name == "!" and not any(term.orders):
        return Piece(_inside(style, term.parts[0], BASE).text + "!", FACTOR)
    args = [_piece(style, part) for part in term.parts]
    name, before = style.name(term.name), ""
    if len(args) == 1:
        order = term.orders[0]
        name += "'" * order if order <= 3 else f"^{{({order})}}"
    else:
        for slot, order in enumerate(term.orders, start=1):
            if order:
                before += style.partial + f"_{slot}" + (style.script("^", str(order)) if order > 1 else "") + " "
    inner = Piece(style.comma.join(arg.text for arg in args), SUM, any(arg.tall for arg in args))
    return Piece(before + name + style.bracket(inner).text, FACTOR, inner.tall)


def _derivative(style: Style, term: Deriv) -> Piece:
    """Nested derivatives are one fraction: the variable of the outermost stands first."""
    variables: list[Var] = []
    body: Term = term
    while isinstance(body, Deriv):
        variables.append(body.var)
        body = body.body
    order = len(variables)
    below, position = [], 0
    while position < order:
        same = 1
        while position + same < order and variables[position + same] is variables[position]:
            same += 1
        var = _variable(style, variables[position])
        if same > 1:
            var = Piece((style.bracket(var) if var.level < BASE else var).text + style.script("^", str(same)), FACTOR)
        below.append(style.partial + style.after_partial + var.text)
        position += same
    partial = style.partial + (style.script("^", str(order)) if order > 1 else "")
    bottom = Piece(style.between_partials.join(below), BASE if len(below) == 1 else PRODUCT)
    if isinstance(body, Var):
        top = partial + style.after_partial + _variable(style, body).text
        return style.quotient(Piece(top, BASE), bottom)
    operator = style.quotient(Piece(partial, BASE), bottom)
    if operator.level == QUOTIENT:
        operator = style.bracket(operator)
    inner = _piece(style, body)
    if inner.level < FACTOR and not isinstance(body, Sum):
        inner = style.bracket(inner)
    return Piece(f"{operator.text} {inner.text}", PRODUCT, operator.tall or inner.tall, True)


# Conditions on indices, cases


def _negated(condition: Term) -> Term | None:
    """The c of 1 - c."""
    match condition:
        case Add() if len(condition.parts) == 2 and condition.parts[0] is ONE:
            second = condition.parts[1]
            if isinstance(second, Mul) and second.parts[0] is MINUS_ONE:
                rest = second.parts[1:]
                return rest[0] if len(rest) == 1 else Mul(rest)
    return None


def _condition(style: Style, condition: Term) -> str:
    """A 0/1 term as words: a delta is an equality, a product "and", 1 - c the negation."""
    if isinstance(condition, Delta):
        left, right = (index_text(style, (index,)) for index in condition.key)
        return f"{left} = {right}"
    if isinstance(condition, Mul):
        return style.comma.join(_condition(style, part) for part in condition.parts)
    opposite = _negated(condition)
    if isinstance(opposite, Delta):
        left, right = (index_text(style, (index,)) for index in opposite.key)
        return f"{left}{style.not_equal}{right}"
    if isinstance(opposite, Mul):
        inner = [_negated(part) for part in opposite.parts]
        if all(part is not None for part in inner):
            return style.words(" or ").join(_condition(style, part) for part in inner if part is not None)
    if opposite is not None:
        return style.words("not ") + f"({_condition(style, opposite)})"
    return f"{_piece(style, condition).text} = 1"


def _rows(style: Style, term: Cases) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    otherwise: Term = term
    condition = term.condition
    while isinstance(otherwise, Cases):
        condition, then, otherwise = otherwise.parts
        rows.append((_piece(style, then).text, style.words("if ") + _condition(style, condition)))
    if len(rows) == 1 and isinstance(condition, Delta):
        left, right = (index_text(style, (index,)) for index in condition.key)
        last = style.words("if ") + f"{left}{style.not_equal}{right}"
    else:
        last = style.words("otherwise").rstrip()
    return [*rows, (_piece(style, otherwise).text, last)]

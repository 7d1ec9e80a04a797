r"""Matrices and case distinctions, cell by cell.

This module must never decide what a condition means: it only says which value stands beside which words and formulas.
"""

from __future__ import annotations

import re

from symderiv.reader.grammar import syntax as x
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.expression import Parser
from symderiv.reader.grammar.pieces import Piece, pieces

_LIMITS = re.compile(  # what words in brackets say more of a case than its name
    r"\b(?:not|no|and|or|if|unless|except|only|but|otherwise|else|when|nicht|und|oder|wenn|sonst|sauf|sinon|si|ou|et|y|o|excepto|salvo)\b|[=<>≠≤≥$]|不|且|或|否则",
    re.IGNORECASE,
)


def environment(p: Parser) -> x.Node:
    """A matrix or a case distinction."""
    a = p.i
    name = p.text[a][7:-1]
    if name in v.CASES_ENVIRONMENTS:
        return cases(p)
    if name not in v.MATRIX_ENVIRONMENTS:
        raise p.unexpected("a term")
    end = a + p.jump[a]
    rows: list[tuple[x.Node | None, ...]] = []
    cells: list[x.Node | None] = []
    font, p.font = p.font, ""
    p.inside += 1
    p.i += 1
    while True:
        empty = p.i == end or p.text[p.i] in ("&", r"\\")
        cells.append(None if empty else p.body())
        tok = p.text[p.i]
        if p.i == end or tok == r"\\":
            rows.append(tuple(cells))
            cells = []
        elif tok != "&":
            raise p.unexpected("an operator or the end of the cell")
        p.i += 1
        if p.i > end:
            break
    p.inside -= 1
    p.font = font
    if all(cell is None for cell in rows[-1]):
        rows.pop()
    return x.Matrix(name, tuple(rows), p.span(a, p.i))


def cases(p: Parser) -> x.Node:
    r"""``cases``, or an array behind a single brace: a value and its condition in each row."""
    a = p.i
    end = a + p.jump[a]
    rows: list[tuple[x.Node, tuple[x.Node, ...]]] = []
    first = a + 1
    for k in [*(i for i in p.line.top(a + 1, end) if p.text[i] == r"\\"), end]:
        found = pieces(p.line, first, k, cells=True)
        if found:
            value, *conditions = found
            if value.text:
                raise p.error("E112", "prose where the value of a case should stand", value.a)
            rows.append((_part(p, value), _without_remark([_part(p, piece) for piece in _merged(conditions)])))
        first = k + 1
    p.i = end + 1
    return x.Casesdef(tuple(rows), p.span(a, p.i))


def _without_remark(conditions: list[x.Node]) -> tuple[x.Node, ...]:
    r"""The conditions of a case without words in brackets behind them: ``x > 0 \quad (\text{linear})``."""
    if len(conditions) > 1 and any(not isinstance(part, x.Text) for part in conditions[:-1]):
        match conditions[-1]:
            case x.Text(text=words) | x.Group(open="(", body=x.Symbol(name=words)):
                said = re.fullmatch(r"\s*\(([^()]*)\)\s*[.,;]?\s*|\\text\{([^{}]*)\}", words)
                if said and not _LIMITS.search(said[1] or said[2] or ""):
                    return tuple(conditions[:-1])
    return tuple(conditions)


def _merged(conditions: list[Piece]) -> list[Piece]:
    """Conditions with ``i = 1, \\dots, n`` in one piece."""
    merged: list[Piece] = []
    for piece in conditions:
        if merged and piece.before == "," and not (merged[-1].text or piece.text):
            merged[-1] = Piece(merged[-1].a, piece.b, merged[-1].before, "")
        else:
            merged.append(piece)
    return merged


def _part(p: Parser, piece: Piece) -> x.Node:
    if piece.text:
        return x.Text(piece.text, p.span(piece.a, piece.b))
    return Parser(p.line.cut([(piece.a, piece.b)]), p.warnings, p.depth + 1).side()

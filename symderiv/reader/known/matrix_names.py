r"""What a matrix is called by what is written: ``S``, ``S_B``, the K of ``K_{ij}``; and which one equals its transpose.

This module must never say that something is a matrix: it only names what is written like one.
"""

from __future__ import annotations

from symderiv.diagnostics import ReadError
from symderiv.reader.elaboration.elaborate import Elaborator
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import GREEK_CAPITALS, index_word, members, plain
from symderiv.reader.grammar.nodes import is_transposition, parts_of


def matrix_name(elaborator: Elaborator, node: syntax.Node) -> str:
    """The name of a matrix by itself or by its entries, ``S_B`` and the K of ``K_{ij}``; of all ``A_k``; or ""."""
    base, sub, sup, primes = parts_of(node)
    if not isinstance(base, syntax.Symbol) or primes or sup is not None:
        return ""
    name = plain(base.name)
    try:
        indices = elaborator.indices(sub, name)
    except ReadError:
        return ""
    if indices is None and sub is not None:
        return f"{name}_{{{index_word(sub)}}}"
    if indices is not None and len(indices) == 1 and (isinstance(indices[0], str) or name in GREEK_CAPITALS):
        return members(name)
    return name if indices is not None and len(indices) in (0, 2) else ""


def equal_to_its_transpose(elaborator: Elaborator, left: syntax.Node, right: syntax.Node) -> str:
    r"""The matrix that is symmetric by ``left = right``, ``S^\top = S`` or ``S_{ij} = S_{ji}``; or ""."""
    for one, other in ((left, right), (right, left)):
        if is_transposition(one, other):
            return matrix_name(elaborator, other)
    match left, right:
        case syntax.Scripted(base=a, sub=i, sup=None), syntax.Scripted(base=b, sub=j, sup=None) if syntax.sexpr(
            a
        ) == syntax.sexpr(b) and (name := matrix_name(elaborator, left)):
            at, across = elaborator.indices(i, name), elaborator.indices(j, name)
            if at and across and len(at) == 2 and at[0] != at[1] and at == across[::-1]:
                return name
    return ""


__all__ = ["equal_to_its_transpose", "matrix_name"]

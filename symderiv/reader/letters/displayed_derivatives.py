r"""Derivatives that a document displays: which of them the words mean that set one to zero.

"Setting the first derivative to zero", "setting $\partial J/\partial a = 0$", "setting the derivative of $J$ with
respect to $b$ to zero", "setting (3) to zero". This module must never judge: it says what may be meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from symderiv.document import Inline, Reference, Text
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import names_in, parts_of

LABEL = re.compile(r"\\label\s*\{([^}]*)\}|\\tag\*?\s*\{\(?([^})]*)\)?\}")
ROW_END = re.compile(r"\\\\|\\end\s*\{|\$\$|\\\]")
NUMBER = re.compile(r"\((\d+[a-z]?)\)")


class Derived(NamedTuple):
    """A derivative with which a chain begins: of what, and by what if that is written, as names; and of which order."""

    of: frozenset[str]
    by: frozenset[str]
    order: int


def derived(node: object) -> Derived | None:
    """Of what ``node``, with which a chain begins, is the derivative; None if it is none."""
    match node:
        case syntax.DerivativeOp(body=body, variables=variables):
            by = (name for variable, _ in variables for name in names_in(variable))
            return Derived(_names(body), frozenset(by), sum(order for _, order in variables))
        case syntax.Nabla(variable=variable, body=body, order=order):
            return Derived(_names(body), _names(variable), 1 if order is None else 2)
        case syntax.Node():
            called, *arguments = node.factors if isinstance(node, syntax.Product) else (node,)
            base, _, _, primes = parts_of(called)
            at = _names(arguments[0]) if len(arguments) == 1 else frozenset()
            return Derived(_names(base), at, primes) if primes else None
    return None


def _names(node: object) -> frozenset[str]:
    return frozenset(map(plain, names_in(node))) if isinstance(node, syntax.Node) else frozenset()


def labels(source: str, begin: int, end: int) -> set[str]:
    """The labels and numbers of the row in which a formula stands from ``begin`` to ``end``."""
    stop = ROW_END.search(source, end)
    row = source[begin : stop.start() if stop else len(source)]
    return {found[1] or found[2] for found in LABEL.finditer(row)}


def referred(inlines: Sequence[Inline]) -> Iterator[str]:
    """The labels, and the numbers in brackets, by which running text refers to formulas."""
    for inline in inlines:
        match inline:
            case Reference(label=label):
                yield label
            case Text(text=text):
                yield from (found[1] for found in NUMBER.finditer(text))


def meant(
    displayed: Collection[Derived], by: Collection[str], of: Collection[str], functions: Collection[str]
) -> set[Derived]:
    """Those ``displayed`` that words mean which set one to zero, and name variables ``by`` and, in formulas, ``of``.

    It is one of first order. None is meant if the words name a variable, or one of the ``functions``, of another one.
    """
    found = {each for each in displayed if each.order == 1}
    if by:
        found = {each for each in found if not each.by or not each.by.isdisjoint(by)}
    variables = {name for each in displayed for name in each.by}
    named = set(of).intersection(functions) | {n for each in displayed for n in each.of & set(of) - variables}
    return {each for each in found if not named.isdisjoint(each.of)} if named else found

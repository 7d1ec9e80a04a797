r"""The sign ``^T``: a transposition, or the power T where the document counts with T.

In ``w^T x`` it transposes, in ``\gamma^T`` with ``\sum_{t=0}^T`` and in ``p^T`` with "$T$ trees" it does not. What is
clearly a vector or matrix keeps its transposition. This module must never take a number T for a sign, nor guess which
is meant: where both are likely the sign is marked as unclear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import letter_of, plain
from symderiv.reader.grammar.nodes import Change, every, names_in, parts_of, powers_at, syntax_parts
from symderiv.reader.grammar.vocabulary import BOLD
from symderiv.reader.words.prose import Words

ALONE = re.compile(r"\$\s*T\s*(?:=\s*\d[\d\s,]*)?\$|\\\(\s*T\s*\\\)")
OTHER = Words(r"transpos|\bmatri(?:x|ces|z)|\btensor|\boperator|\bsuperscript", re.IGNORECASE)
TRANSPOSE = Words(r"transpos|转置|轉置|転置|전치", re.IGNORECASE)
VECTORS = Words(
    r"\b(?:vectors?|Vektor\w*|vecteurs?|matri(?:x|ces|z)|columns?|rows?|parameters|weights)\b|向量|矩阵|ベクトル|벡터",
    re.IGNORECASE,
)
SPACE = re.compile(r"(\\?[A-Za-z]+)(?:_\{?\w+\}?)?\s*\\in\s*(?:\\mathbb\{?\s*R\}?|\\R)\s*\^")
SPLIT = re.compile(r"(?<=[.;!?])\s+|\n\s*\n")


def rewriting(rows: Sequence[syntax.Row], source: str) -> tuple[Change | None, Collection[Span]]:
    """What makes a ``^T`` the power T, or None; and where it is not clear which of both is meant."""
    sides = [s.side for row in rows for s in row.segments if isinstance(s.side, syntax.Node)]
    nodes = [node for side in sides for node in every(side)]
    raised = [node for node in nodes if isinstance(node, syntax.Scripted) and _is_t(node.sup)]
    sentences = SPLIT.split(source) if raised else []
    if not raised or any(ALONE.search(sentence) and TRANSPOSE.search(sentence) for sentence in sentences):
        return None, ()
    said = _said(source)
    counts = "T" not in said and (any(map(_counts, sides)) or any(map(_is_number, sentences)))
    known = set(_vectors(nodes)) | said
    members = {name for node in nodes for name in _members(node)}
    beside = {id(factor) for node in nodes for factor in _beside_others(node)}
    if not counts:
        known |= members | {name for node in raised if id(node) in beside for name in names_in(node.base)}
    vectors = known | members  # of what stands beside others
    open_ones = [n for n in raised if known.isdisjoint(names_in(n.base))]
    if counts:
        unclear = [n for n in open_ones if id(n) in beside and vectors.isdisjoint(names_in(n.base))]
        unclear += [n for n in open_ones if id(n) not in beside and not members.isdisjoint(names_in(n.base))]
        powers = [n for n in open_ones if id(n) not in beside and members.isdisjoint(names_in(n.base))]
    else:
        unclear, powers = [n for n in open_ones if _is_lone(n.base)], []
    unclear_at, changed = ({n.sup.span for n in ns if n.sup} for ns in (unclear, [*unclear, *powers]))

    return (powers_at(changed) if changed else None), unclear_at


def _is_t(node: syntax.Node | None) -> bool:
    return isinstance(node, syntax.Symbol) and node.name == "T"


def _counts(node: syntax.Node) -> bool:
    r"""Whether T is a number here: ``\sum_{t=1}^T``, ``t = 1, \dots, T``, ``\gamma^{T-1}``, ``T \log p``."""
    match node:
        case syntax.Symbol(name="T"):
            return True
        case syntax.Scripted(base=base, sub=sub, sup=sup):
            above = sup is not None and not _is_t(sup) and not _is_label(sup) and _counts(sup)
            below = sub is not None and _counts(sub)
            return above or below or (not _is_t(base) and _counts(base))
        case syntax.Product(factors=factors) if any(
            _is_t(f) and isinstance(g, syntax.Group) for f, g in pairwise(factors)
        ):
            return False  # T(x) is called
    return any(map(_counts, syntax_parts(node)))


def _is_label(node: syntax.Node) -> bool:
    first = node.factors[0] if isinstance(node, syntax.Product) else node
    return isinstance(first, syntax.Group)


def _is_number(sentence: str) -> bool:
    """Whether words name a quantity ``$T$`` that is no matrix."""
    return ALONE.search(sentence) is not None and not OTHER.search(sentence)


def _vectors(nodes: Sequence[syntax.Node]) -> Iterator[str]:
    """The names of what is in bold type or a capital, in a norm, varied by nabla, or transposed by another sign."""
    for node in nodes:
        match node:
            case syntax.Symbol(name=name) if name.startswith(BOLD) or letter_of(plain(name)).lstrip("\\")[:1].isupper():
                yield plain(name)
            case syntax.Scripted(base=base, sup=syntax.Symbol(name=r"\top" | r"\intercal" | r"\mathsf{T}")):
                yield from names_in(base)
            case syntax.Group(open=r"\|" | r"\lVert" | r"\langle", body=body):
                yield from names_in(body)
            case syntax.Nabla(variable=variable) if variable is not None:
                yield from names_in(variable)
            case syntax.Product(factors=factors, operators=operators) if r"\odot" in operators:
                yield from (name for factor in factors for name in names_in(factor))


def _members(node: syntax.Node) -> Iterator[str]:
    """The w of ``w_i``, but not that of ``w_t``, which may be what it is at the time t."""
    if isinstance(node, syntax.Scripted) and node.sub is not None and not {"t", "T"} & set(names_in(node.sub)):
        yield from names_in(node.base)


def _said(source: str) -> set[str]:
    r"""What is of a space, ``w \in \mathbb{R}^d``, or called a vector beside its name."""
    found = {match[1] for match in SPACE.finditer(source)}
    for match in re.finditer(r"\$\s*(\\?[A-Za-z]+)\s*(?:,\s*(\\?[A-Za-z]+)\s*)?\$", source):
        around = re.split(r"[.;$]", source[max(0, match.start() - 40) : match.start()])[-1]
        after = re.split(r"[.;$]", source[match.end() : match.end() + 40])[0]
        if VECTORS.search(f"{around} {after}"):
            found |= {name for name in match.groups() if name}
    return found


def _beside_others(node: syntax.Node) -> Iterator[syntax.Node]:
    r"""The factors right before or behind what may be a vector: the ``w^T`` of ``w^T x``, not that of ``2 w^T``."""
    if isinstance(node, syntax.Product):
        for one, other, operator in zip(node.factors, node.factors[1:], node.operators, strict=False):
            if operator == "":
                if _may_be_vector(other):
                    yield one
                if _may_be_vector(one):
                    yield other


def _may_be_vector(node: syntax.Node) -> bool:
    return isinstance(parts_of(node)[0], syntax.Symbol | syntax.Group | syntax.Apply)


def _is_lone(base: syntax.Node) -> bool:
    """Whether a sign stands at a name: ``p^T``, and not at a number or a bracket."""
    base = parts_of(base)[0]
    return isinstance(base, syntax.Symbol) and base.name not in ("e", r"\mathrm{e}", r"\text{e}")


__all__ = ["rewriting"]

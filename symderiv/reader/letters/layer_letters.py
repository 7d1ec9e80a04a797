r"""Letters above a name, ``z^l``, ``W^h``, ``b^o``: labels of layers, or powers as in ``p^h (1 - p)^{n-h}``.

They are labels where the document speaks of layers, or writes them as nobody writes powers: ``w_{jk}^l``, ``a_j^L``, or
``z^l`` beside ``a^{l-1}``. They are powers where a number or a bracket has them, too, or the letter is counted with
above a name. This module must never take a letter for a label where nothing says so; the sign is marked as unclear.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import Change, every, index_count, is_layer, names_in, parts_of, powers_at
from symderiv.reader.grammar.vocabulary import BOLD
from symderiv.reader.words.prose import Words

LETTERS = ("l", "L", r"\ell", "o", "h")
LAYERS = Words(
    r"\b(?:layers?|hidden|output|network|neurons?|units?|gates?|back-?prop\w*|Schicht\w*|couches?|capas?|camadas?|Netz\w*"
    r"|réseau\w*|red\s+neuronal|слой|слоя|сло\w+)\b|层|層|隐藏|隱藏|레이어|은닉",
    re.IGNORECASE,
)


def rewriting(
    rows: Sequence[syntax.Row], words: str, declared: Collection[str] = ()
) -> tuple[Change | None, Collection[Span]]:
    """What makes letters above names powers, but for ``declared`` labels, and where it is not clear that they are."""
    sides = [s.side for row in rows for s in row.segments if isinstance(s.side, syntax.Node)]
    scripted = [node for side in sides for node in every(side) if isinstance(node, syntax.Scripted)]
    above = [(node, _letter(node.sup)) for node in scripted]
    numbers = {letter for node in scripted for letter in _counted(node)}
    counted = {letter for node in scripted if not _is_shift(node.sup) for letter in _counted(node)}
    if any(map(_is_of_layer, scripted)) and not counted:
        return None, ()  # W^h a^{h-1}
    if not numbers and LAYERS.search(words):
        return None, ()
    shifted = {letter for node, letter in above if letter and not isinstance(node.sup, syntax.Symbol)}
    labels = (shifted - numbers).union(declared)
    changed = {node.sup.span: letter for node, letter in above if node.sup and letter and letter not in labels}
    unclear = {span for span, letter in changed.items() if letter not in numbers}

    return (powers_at(changed) if changed else None), unclear


def _letter(sup: syntax.Node | None) -> str:
    """The letter of ``^l`` and ``^{l-1}``, or ""."""
    if not is_layer(sup):
        return ""
    name = plain(sup.name) if isinstance(sup, syntax.Symbol) else next(names_in(sup)) if sup else ""
    return name if name in LETTERS else ""


def _is_shift(sup: syntax.Node | None) -> bool:
    return isinstance(sup, syntax.Add) and len(sup.terms) == 2 and isinstance(sup.terms[1][1], syntax.Number)


def _counted(node: syntax.Scripted) -> set[str]:
    r"""The letters of ``2^h``, ``(1 - p)^l`` and ``q^{n-h}``: numbers."""
    base, _, sup, _ = parts_of(node)
    if _letter(sup) and (isinstance(base, syntax.Number) or (isinstance(base, syntax.Group) and base.open == "(")):
        return {_letter(sup)} - {""}
    of_e = isinstance(base, syntax.Symbol) and plain(base.name) == "e"
    if isinstance(sup, syntax.Add) and not is_layer(sup) and not of_e:
        return set(LETTERS).intersection(plain(t.name) for _, t in sup.terms if isinstance(t, syntax.Symbol))
    return set()


def _is_of_layer(node: syntax.Scripted) -> bool:
    """Whether a letter stands above what is in bold type, W, or has two subscripts, or L above what has one."""
    base, sub, sup, _ = parts_of(node)
    bold = isinstance(base, syntax.Symbol) and (base.name.startswith(BOLD) or base.name == "W")
    least = 1 if _letter(sup) == "L" else 2
    return bool(_letter(sup)) and (bold or (sub is not None and index_count(sub) >= least))


__all__ = ["rewriting"]

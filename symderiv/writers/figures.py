"""Figures as geometry: which discs, lines and labels stand where, in points, with the origin at the upper left.

The geometry is computed once; a format's template only draws it (TikZ, SVG, Typst). This module must never know a
format. A figure kind is one function in ``KINDS``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from symderiv.diagnostics import UserError
from symderiv.document import Figure

RADIUS = 12.0
_PITCH = 37.0
_GAP = 112.0
_MARGIN = 16.0
_CAPTION = 20.0


@dataclass(frozen=True, slots=True)
class Label:
    """A symbol with an optional subscript, both LaTeX; ``words`` for plain words instead."""

    base: str = ""
    sub: str = ""
    words: str = ""

    @property
    def latex(self) -> str:
        return f"{self.base}_{{{self.sub}}}" if self.sub else self.base


@dataclass(frozen=True, slots=True)
class Disc:
    """A node; without a drawn outline it is the vertical ellipsis of a layer (``dots``)."""

    x: float
    y: float
    label: Label = Label()
    dots: bool = False
    layer: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from disc to disc, ends on their outlines."""

    x1: float
    y1: float
    x2: float
    y2: float
    arrow: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """An upright box with words that run upwards, for a map of a whole layer."""

    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class Note:
    """A label that stands free, centred at its point."""

    x: float
    y: float
    label: Label


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    discs: tuple[Disc, ...]
    edges: tuple[Edge, ...]
    blocks: tuple[Block, ...]
    notes: tuple[Note, ...]


def draw(figure: Figure) -> Drawing:
    """The geometry of a figure. Raises UserError for an unknown kind or parameter."""
    if figure.kind not in KINDS:
        raise UserError(f"there is no figure called {figure.kind!r}; there is: {', '.join(KINDS)}")
    return KINDS[figure.kind](dict(figure.parameters))


def _count(parameters: Mapping[str, str], key: str) -> int | str:
    """A number of nodes, or the symbol for one."""
    text = parameters[key].strip().strip("$")
    if text.isdigit() and int(text) >= 1:
        return int(text)
    if re.fullmatch(r"[A-Za-z]", text):
        return text
    raise UserError(f"the figure's {key} must be a number of nodes or a single letter, not {text!r}")


def _members(count: int | str, shown: int) -> list[str | None]:
    """Subscripts of a layer's nodes, None for the ellipsis: all up to six, else the first few and the last."""
    if isinstance(count, int) and count <= 6:
        return [str(k) for k in range(1, count + 1)]
    return [*(str(k) for k in range(1, shown + 1)), None, str(count)]


def _layer(x: float, labels: list[Label | None], height: float, name: str) -> list[Disc]:
    top = (height - _PITCH * (len(labels) - 1)) / 2
    discs = []
    for k, label in enumerate(labels):
        y = top + k * _PITCH
        discs.append(Disc(x, y, label or Label(), label is None, name))
    return discs


def _joined(left: list[Disc], right: list[Disc]) -> list[Edge]:
    """Every node of one layer with every node of the next, from outline to outline."""
    edges = []
    for a in left:
        for b in right:
            if a.dots or b.dots:
                continue
            dx, dy = b.x - a.x, b.y - a.y
            length = (dx * dx + dy * dy) ** 0.5
            ux, uy = RADIUS * dx / length, RADIUS * dy / length
            edges.append(Edge(a.x + ux, a.y + uy, b.x - ux, b.y - uy))
    return edges


def network(parameters: Mapping[str, str]) -> Drawing:
    """A network's last layers.

    ``inputs`` (nodes 1, x_1, …; ``bias=no`` leaves out the 1), ``hidden`` (nodes without labels), ``classes``; the
    letters are ``input`` (x), ``score`` (f), ``output`` (p with a hidden layer, else h) and ``weight`` (Theta). With a
    hidden layer, the scores stand before a softmax block and the probabilities after it; else the inputs lead to the
    outputs directly.
    """
    known = {"inputs", "hidden", "classes", "bias", "input", "score", "output", "weight"}
    if unknown := sorted(set(parameters) - known):
        raise UserError(f"the network figure has no parameter {unknown[0]!r}; it has: {', '.join(sorted(known))}")
    if "classes" not in parameters or not {"inputs", "hidden"} & set(parameters):
        raise UserError("the network figure needs the parameter 'classes', and 'hidden' or 'inputs'")
    classes = _members(_count(parameters, "classes"), 2)
    columns: list[tuple[str, str, list[Label | None]]] = []
    if "inputs" in parameters:
        letter = parameters.get("input", "x")
        members = _members(_count(parameters, "inputs"), 2)
        labels: list[Label | None] = [None if sub is None else Label(letter, sub) for sub in members]
        columns.append(("input", "inputs", [*(() if parameters.get("bias") == "no" else (Label("1"),)), *labels]))
    if "hidden" in parameters:
        hidden = _members(_count(parameters, "hidden"), 3)
        columns.append(("hidden", "hidden layer", [None if sub is None else Label() for sub in hidden]))
        score = parameters.get("score", "f")
        columns.append(("score", "outputs", [None if sub is None else Label(score, sub) for sub in classes]))
    output = parameters.get("output", "p" if "hidden" in parameters else "h")
    name = "probabilities" if "hidden" in parameters else "outputs (softmax)"
    columns.append(("output", name, [None if sub is None else Label(output, sub) for sub in classes]))

    body = (max(len(labels) for _, _, labels in columns) - 1) * _PITCH + 2 * RADIUS
    side = _MARGIN + 24
    discs: list[Disc] = []
    edges: list[Edge] = []
    blocks: list[Block] = []
    notes: list[Note] = []
    previous: list[Disc] = []
    x = side
    for kind, words, labels in columns:
        layer = [Disc(d.x, d.y + 4, d.label, d.dots, d.layer) for d in _layer(x, labels, body, kind)]
        if previous and kind == "output" and "hidden" in parameters:
            middle, tall = x - _GAP / 2, layer[-1].y - layer[0].y + 2 * RADIUS + 8
            blocks.append(Block(middle - 11, layer[0].y - RADIUS - 4, 22, tall, "softmax"))
            for a, b in zip(previous, layer, strict=True):
                if not a.dots:
                    edges.append(Edge(a.x + RADIUS, a.y, middle - 11, a.y, True))
                    edges.append(Edge(middle + 11, b.y, b.x - RADIUS, b.y, True))
        elif previous:
            edges.extend(_joined(previous, layer))
            if "hidden" not in parameters:
                top = min(previous[0].y, layer[0].y)
                notes.append(Note(x - _GAP * 0.65, top - 4, Label(parameters.get("weight", r"\Theta"), "kj")))
        notes.append(Note(x, body + _CAPTION, Label(words=words)))
        discs.extend(layer)
        previous = layer
        x += _GAP if "hidden" in parameters else 1.3 * _GAP
    x -= _GAP if "hidden" in parameters else 1.3 * _GAP
    return Drawing(x + side, body + _CAPTION + 12, tuple(discs), tuple(edges), tuple(blocks), tuple(notes))


KINDS: dict[str, Callable[[Mapping[str, str]], Drawing]] = {"network": network}

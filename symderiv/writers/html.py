r"""HTML reports: one page that needs nothing else, neither scripts nor fonts nor a network.

Formulas become MathML Core by ``math_core``, from LaTeX that is written anew from the tree of
``symderiv.writers.formula``: so only constructs that ``math_core`` sets well reach it, and strokes and boxes, which
MathML Core lacks, are drawn by the style sheet. All text is escaped; only links to the web are followed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from symderiv import notation
from symderiv.diagnostics import UserError
from symderiv.document import Code, Emph, Inline, InlineMath, Link, Reference, Text
from symderiv.writers import fill
from symderiv.writers.breaking import fit, width
from symderiv.writers.figures import Label
from symderiv.writers.formula import Command, Delimiter, Fence, Group, Node, Scripts, Sign, Table, Words, inline
from symderiv.writers.report import Layout, Report, Section, Shown, layout, web_target
from symderiv.writers.signs import SYMBOLS

if TYPE_CHECKING:
    from math_core import LatexToMathML

LINE = 32.0
"""Room for a display in em on a wide screen; a narrower one scrolls the display in its own box."""
PHONE = 19.0
"""Displays wider than this may have to be scrolled, and so can be reached by keyboard."""

_SPELLED = {
    "~": r"\ ", r"\hfill": r"\quad", r"\enspace": r"\;", r"\thinspace": r"\,", r"\>": r"\:", r"\dotsc": r"\ldots",
    r"\dotsb": r"\cdots",
}  # fmt: skip
# Browsers space stretched brackets widely, so the smallest size is that of plain ones.
_SIZES = {1.8: "Big", 2.4: "bigg", 3.0: "Bigg"}
_WORDS = {"text": "text", "textbf": "textbf", "textit": "textit", "operatorname": "operatorname"}
_MARKS = {"proved": ("✓", "proved"), "refuted": ("✗", "false"), "undecided": ("?", "not decided")}


_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def escape(text: str) -> str:
    """Text as HTML, without characters that control, and without those that turn the direction of what follows."""
    return html.escape(_ACTING.sub("", text))


def write(report: Report) -> str:
    """The report as one self-contained page. Raises UserError."""
    laid = layout(report, sets=lambda latex, node, display: mathml(node, display))
    writer = _Writer(laid)
    values = {
        "report": laid,
        "kind": lambda block: type(block).__name__,
        "display": writer.display,
        "words": writer.words,
        "level": writer.level,
        "contents": writer.contents(),
        "title": writer.plain(laid.title),
        "label": svg_label,
        "number": lambda value: Markup(f"{value:.5g}"),
    }
    text = fill("html", "report.html.j2", escape, values)
    return re.sub(r"\n\s*\n+", "\n", text).rstrip() + "\n"


class _Writer:
    def __init__(self, laid: Layout) -> None:
        self.laid = laid
        self.above = 1

    def level(self, block: Section) -> int:
        """The level of a heading in the page; called in the order of the page, it never skips one."""
        self.above = min(block.level + 1, self.above + 1)
        return self.above

    def contents(self) -> tuple[Section, ...]:
        """The sections, where there are enough for a table of contents."""
        found = [b for b in (*self.laid.blocks, *self.laid.closing) if isinstance(b, Section) and b.level == 1]
        return tuple(found) if len(found) > 2 else ()

    def plain(self, inlines: tuple[Inline, ...]) -> str:
        out = []
        for part in inlines:
            match part:
                case Text(text=text) | Code(text=text):
                    out.append(text)
                case Emph(inlines=inner) | Link(inlines=inner):
                    out.append(self.plain(inner))
                case InlineMath(latex=latex):
                    out.append(notation.unicode_latex(latex))
        return "".join(out)

    def words(self, inlines: tuple[Inline, ...]) -> Markup:
        """Text; a full stop or comma after a formula stays on its line."""
        out: list[Markup] = []
        for previous, part in zip((None, *inlines), inlines, strict=False):
            if isinstance(part, Text) and isinstance(previous, InlineMath):
                rest = part.text.lstrip(".,;:!?)")
                if stop := part.text.removesuffix(rest):
                    out[-1] = Markup('<span class="whole">%s%s</span>') % (out[-1], Markup(escape(stop)))
                    part = replace(part, text=rest)
            out.append(self._inline(part))
        return Markup("").join(out)

    def _inline(self, part: Inline) -> Markup:
        match part:
            case Text(text=text):
                return Markup(escape(text))
            case Emph(inlines=inlines, strong=strong):
                tag = Markup("strong" if strong else "em")
                return Markup("<%s>%s</%s>") % (tag, self.words(inlines), tag)
            case Code(text=text):
                return Markup("<code>%s</code>") % Markup(escape(text))
            case Link(inlines=inlines, target=target):
                if not web_target(target):
                    return self.words(inlines)
                return Markup('<a href="%s">%s</a>') % (Markup(escape(target)), self.words(inlines))
            case InlineMath(latex=latex):
                return Markup(f"<math>{mathml(inline(latex, self.laid.macros), display=False)}</math>")
            case Reference(label=label):
                if label not in self.laid.targets:
                    return Markup("??")
                anchor, text = self.laid.targets[label]
                return Markup('<a href="#%s">%s</a>') % (Markup(anchor), Markup(escape(text)))
        raise AssertionError(part)

    def display(self, shown: Shown) -> Markup:
        """A display: its rows as a MathML table that scrolls where it must, marks in its last column, and the number
        at the right margin."""
        rows = fit([line.cells for line in shown.rows], LINE)
        columns = max(len(row.cells) for row in rows)
        if len(rows) == 1 and columns == 2:
            rows, columns = (rows[0].joined(),), 1
        last = {row.origin: k for k, row in enumerate(rows)}
        out = []
        for k, row in enumerate(rows):
            cells = []
            for column in range(columns):
                cell = row.cells[column] if column < len(row.cells) else Group(0, 0, ())
                side = "one" if columns == 1 else "right" if column % 2 == 0 else "left"
                indent = f'<mspace width="{row.indent:g}em"/>' if row.indent and column == 1 else ""
                cells.append(f'<mtd class="{side}">{indent}{mathml(cell, display=True)}</mtd>')
            if any(shown.marks):
                mark = shown.marks[row.origin] if last[row.origin] == k else ""
                cells.append(f'<mtd class="side">{_mark(mark)}</mtd>')
            out.append(f"<mtr>{''.join(cells)}</mtr>")
        widest = max(sum(width(cell) for cell in row.cells) + row.indent for row in rows)
        values = {
            "table": Markup(f'<math display="block"><mtable displaystyle="true">{"".join(out)}</mtable></math>'),
            "shown": shown,
            "label": f"({shown.number})",
            "wide": widest > PHONE,
            "low": len(rows) > 1,
            "tall": any(_is_tall(cell) for cell in rows[-1].cells),
        }
        return Markup(fill("html", "display.html.j2", escape, values).strip())


def _mark(mark: str) -> str:
    if not mark:
        return ""
    sign, words = _MARKS[mark]
    return f'<mtext><span class="mark {mark}" role="img" aria-label="{words}" title="{words}">{sign}</span></mtext>'


def _is_tall(node: Node) -> bool:
    """Whether something in a row stands well above and below its middle line: a fraction, a sum, a table."""
    match node:
        case Group(parts=parts):
            return any(map(_is_tall, parts))
        case Fence(body=body):
            return _is_tall(body)
        case Scripts(base=base):
            return base is not None and _is_tall(base)
        case Sign(text=text):
            return text in SYMBOLS and SYMBOLS[text][1] == "big"
        case Command(name=name):
            return name in (r"\frac", r"\dfrac", r"\binom", r"\underbrace")
    return isinstance(node, Table)


def _needs_room(node: Node, depth: int = 0) -> bool:
    """Whether plain brackets would be too small for a formula: it is tall, or has scripts on its scripts."""
    match node:
        case Group(parts=parts):
            return any(_needs_room(part, depth) for part in parts)
        case Scripts(base=base, sub=sub, sup=sup):
            inner = [(base, depth), (sub, depth + 1), (sup, depth + 1)]
            return depth > 0 or any(_needs_room(part, level) for part, level in inner if part is not None)
        case Command(args=args):
            return _is_tall(node) or any(_needs_room(arg, depth) for arg in args)
    return _is_tall(node)


def svg_label(label: Label) -> Markup:
    """A symbol with its subscript as SVG text."""
    if label.words:
        return Markup("%s") % Markup(escape(label.words))
    base = escape(notation.unicode_latex(label.base))
    base = f'<tspan class="letter">{base}</tspan>' if base.isalpha() and base.isascii() else base
    if not label.sub:
        return Markup(base)
    sub = escape(label.sub)
    style = "sub letter" if sub.isalpha() else "sub"
    return Markup(f'{base}<tspan class="{style}" dy="4">{sub}</tspan>')


# Formulas


@cache
def _converter() -> LatexToMathML:
    from math_core import LatexToMathML

    return LatexToMathML()


@cache
def mathml(node: Node, display: bool) -> str:
    """The formula as MathML, without the outer ``math`` element. Raises UserError for what cannot be set."""
    latex = _latex(node)
    if not latex:
        return ""
    if latex.startswith(("=", "+", "-", "<", ">")) or re.match(r"\\(le|ge|ne|approx|equiv|in|to|cdot|times)\b", latex):
        latex = "{}" + latex if not latex.startswith("-") or display else latex
    try:
        out = _converter().convert_with_local_state(latex, displaystyle=display)
    except Exception as error:
        if type(error).__module__.split(".")[0] not in ("math_core", "_math_core_rust"):
            raise
        reason = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().split("\n")[0]
        raise UserError(f"cannot set this formula as MathML: {latex[:160]} ({reason})") from None
    out = re.sub(r"^<math[^>]*>|</math>$", "", out)
    # The thin space that TeX sets around a stretched bracket would stand between the bracket and its exponent.
    out = re.sub(r'(<mo[^>]*) [lr]space="0\.1667em"(?=[^>]*>[()\[\]{}|‖⟨⟩]</mo>)', r"\1", out)
    out = re.sub(r'<mrow class="menclose-[a-z]+"></mrow>', "", out)
    out = re.sub(r'<menclose notation="([a-z ]+)">', lambda m: f'<mrow class="{_ENCLOSED[m[1]]}">', out)
    return out.replace("</menclose>", "</mrow>").replace("\ufe00", "")


_ENCLOSED = {
    "updiagonalstrike": "cancel", "downdiagonalstrike": "bcancel", "updiagonalstrike downdiagonalstrike": "xcancel",
    "box": "boxed",
}  # fmt: skip


def _latex(node: Node) -> str:
    match node:
        case Sign(text=text):
            return _SPELLED.get(text, text)
        case Group(parts=parts):
            return _run(parts)
        case Scripts(base=base, sub=sub, sup=sup, primes=primes):
            out = ("{}" if base is None else _argument(base)) + "'" * primes
            out += f"_{{{_latex(sub)}}}" if sub is not None else ""
            return out + (f"^{{{_latex(sup)}}}" if sup is not None else "")
        case Command(name=name, args=args, option=option):
            inner = [_latex(arg) for arg in args]
            if name == r"\smash":
                return f"{{{inner[0]}}}"
            if name == r"\phantom":
                return r"\quad"
            if name == r"\textcircled":
                return rf"\text{{{chr(0x2460 + int(inner[0]) - 1) if inner[0] in '123456789' else inner[0]}}}"
            if name == r"\xcancel":
                return rf"\cancel{{\bcancel{{{inner[0]}}}}}"
            head = name + (f"[{_latex(option)}]" if option is not None else "")
            return head + "".join(f"{{{arg}}}" for arg in inner)
        case Delimiter(sign=sign, factor=factor):
            side = {"open": "l", "close": "r"}.get(SYMBOLS[sign][1], "")
            return rf"\{_SIZES[factor]}{side}{sign} " if factor in _SIZES else f"{sign} "
        case Fence(left=left, body=body, right=right):
            if left in "([" and right in ")]" and not _needs_room(body):
                return f"{left} {_latex(body)} {right} "
            return rf"\left{left} {_latex(body)} \right{right} "
        case Words(name=kind, pieces=pieces):
            return " ".join(_spoken(kind, piece) for piece in pieces)
        case Table(name=environment, rows=rows, columns=columns):
            known = {"split": "aligned", "alignedat": "aligned", "substack": "matrix"}.get(environment, environment)
            inside = r" \\ ".join(" & ".join(map(_latex, row)) for row in rows)
            return rf"\begin{{{known}}}{f'{{{columns}}}' if known == 'array' else ''} {inside} \end{{{known}}}"
    raise AssertionError(node)


def _run(parts: Sequence[Node]) -> str:
    out: list[str] = []
    opened: list[int] = []
    previous: Node | None = None
    for part in parts:
        # TeX leaves a little space between fractions; MathML leaves none.
        out.append((r"\, " if _both_fractions(previous, part) else "") + _argument(part))
        previous = part
        base = part.base if isinstance(part, Scripts) else part
        if not isinstance(base, Delimiter):
            continue
        if SYMBOLS[base.sign][1] == "open":
            opened.append(len(out) - 1)
        elif SYMBOLS[base.sign][1] == "close" and opened:
            start = opened.pop()
            if isinstance(part, Scripts):
                # Scripts of the whole bracket, so that both its sides stand at the same height.
                whole = f"{{{' '.join(out[start:-1])} {_latex(base)}}}"
                out[start:] = [whole + _latex(part)[len(_latex(base)) :]]
    return " ".join(out)


def _both_fractions(*nodes: Node | None) -> bool:
    return all(isinstance(node, Command) and node.name in (r"\frac", r"\dfrac", r"\tfrac") for node in nodes)


def _argument(node: Node) -> str:
    return f"{{{_latex(node)}}}" if isinstance(node, Group) else _latex(node)


def _spoken(name: str, piece: str | Node) -> str:
    if not isinstance(piece, str):
        return _latex(piece)
    if name == "operatorname":
        return rf"\operatorname{{{piece}}}"
    escaped = re.sub(r"([&%$#_{}])", r"\\\1", piece.replace("\\", ""))
    return rf"\{_WORDS.get(name, 'text')}{{{escaped}}}"

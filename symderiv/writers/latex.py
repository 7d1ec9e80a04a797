r"""LaTeX reports: an article that a mathematician might have typed, for pdflatex and lualatex.

The author's formulas are printed as they were written; text is escaped. A formula passes only after
``symderiv.writers.formula`` has read it, so no command that it does not know reaches TeX. Equations are numbered by
LaTeX itself, in the order of ``report.layout``. The author's directives stay as comments, so that the report can be
checked again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from jinja2 import Undefined
from markupsafe import Markup

from symderiv.diagnostics import UserError
from symderiv.document import Code, Directive, Emph, Inline, InlineMath, Link, Paragraph, Reference, Span, Text
from symderiv.writers import fill
from symderiv.writers.breaking import Row, fit
from symderiv.writers.formula import Group, Macros, inline
from symderiv.writers.report import Laid, Layout, Report, Section, Shown, layout, web_target
from symderiv.writers.signs import COMMANDS

LINE = 37.0
"""Room for a display in em: 16 cm of 11 pt type, less the equation number and its mark."""
LONGEST_LINE, LONGEST_WORD = 60, 30
"""Characters of a line of code, and of code in a line of text, that are not broken; a list in a list has room for so
many."""

# No sign here may come from the TS1 fonts, which a small TeX has only as bitmaps, if at all.
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\ensuremath{\mathdollar}", "&": r"\&",
    "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"{\char94}", "~": r"{\char126}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", "`": "`", "\u00a0": "~", "“": "``", "”": "''", "‘": "`", "’": "'",
    "–": "--", "—": "---", "…": r"\ldots{}", "\u00ad": r"\-", '"': "''", "\u2009": r"\,", "\u202f": r"\,",
}  # fmt: skip
_SYMBOLS = {
    "Σ": r"\Sigma", "Π": r"\Pi", "Θ": r"\Theta", "Δ": r"\Delta", "Ω": r"\Omega", "Φ": r"\Phi", "Ψ": r"\Psi",
    "Γ": r"\Gamma", "Λ": r"\Lambda", "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta",
    "ε": r"\varepsilon", "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda",
    "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "τ": r"\tau", "φ": r"\varphi",
    "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega", "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "−": "-",
    "×": r"\times", "·": r"\cdot", "≥": r"\ge", "≤": r"\le", "≠": r"\ne", "≈": r"\approx", "→": r"\to",
    "⇒": r"\Rightarrow", "∈": r"\in", "∑": r"\sum", "∏": r"\prod", "√": r"\surd", "±": r"\pm", "✓": r"\checkmark",
    "✗": r"\times", "②": r"\textcircled{2}", "①": r"\textcircled{1}", "③": r"\textcircled{3}", "④": r"\textcircled{4}",
    "§": r"\mathsection", "¶": r"\mathparagraph", "ᵀ": r"^\top", "²": "^2", "³": "^3", "½": r"\tfrac12", "∗": r"\ast",
    "⋆": r"\star", "†": r"\dagger", "‡": r"\ddagger",
}  # fmt: skip


# Grave, acute, circumflex, tilde, macron, breve, dot, diaeresis, ring, double acute, caron, cedilla.
_ACCENTS = "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327"


def escape(text: str) -> str:
    """Text as LaTeX prints it. A character that Computer Modern lacks is printed as its code point."""
    return "".join(map(_character, text))


def _code(text: str) -> str:
    """Code, with straight quotes, and hyphens that do not join into dashes; a long word may be broken anywhere."""
    return re.sub(r"[^ ]+", lambda word: _signs(word[0], len(word[0]) > LONGEST_WORD), text)


def _signs(text: str, breaks: bool) -> str:
    signs = ({'"': r"{\char34}", "-": "-{}"}.get(c) or _character(c) for c in text)
    return (r"\allowbreak{}" if breaks else "").join(signs)


def _character(c: str) -> str:
    if c in _SPECIAL:
        return _SPECIAL[c]
    if c in _SYMBOLS:
        return rf"\ensuremath{{{_SYMBOLS[c]}}}"
    parts = unicodedata.normalize("NFD", c)
    accented = len(parts) == 2 and parts[0].isascii() and parts[0].isalpha() and parts[1] in _ACCENTS
    if c in "\n\t" or 32 <= ord(c) < 127 or accented or c in "ßøØæÆœŒłŁ":
        return c
    return "" if ord(c) < 160 else f"[U+{ord(c):04X}]"


def write(report: Report, line: float = LINE) -> str:
    """The report as one ``.tex`` file. ``line`` is the room for a display in em. Raises UserError."""
    macros = report.checked.document.macros
    laid = layout(report, not report.plain, lambda latex, node, display: _require_known(latex, macros))
    writer = _Writer(laid, report.checked.document.source.text, line)
    values = {
        "report": laid,
        "kind": lambda block: type(block).__name__,
        "display": writer.display,
        "words": writer.words,
    }
    values["verbatim"] = _verbatim
    values["starts_paragraph"] = writer.starts_paragraph
    values["with_directives"] = writer.with_directives
    values["anchor"] = writer.label
    values["point"] = lambda x, y: Markup(f"({x:.4g},{y:.4g})")
    values["share"] = lambda count: Markup(f"{0.98 / count - 0.03:.3f}")
    values["math"] = lambda latex: Markup(f"${latex}$")
    body = Markup(fill("latex", "body.tex.j2", escape, values))
    defined = [Markup(text) for text in _macros(macros, "\n".join(writer.formulas))]
    uses = {name: name in body for name in _PACKAGES}
    text = fill("latex", "report.tex.j2", escape, {**values, "body": body, "macros": defined, "uses": uses})
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


# What in the text of a report calls for which line of the preamble.
_PACKAGES = (
    "cancel{", r"\scalebox", "tikzpicture", "{framed}", r"\toprule", "longtable", "{itemize}", r"\proved", r"\false",
    r"\unsettled", r"\bm", r"\coloneqq", r"\mathbb",
)  # fmt: skip


def _require_known(latex: str, macros: Macros) -> None:
    """TeX is given the author's own text, and so also what the tree leaves out, such as arguments that a macro drops.

    Raises UserError for a command that no writer knows, in the formula or in the macros that it names.
    """
    seen: set[str] = set()
    texts = [latex]
    while texts:
        text = texts.pop()
        commands = set(re.findall(r"\\(?:[A-Za-z]+|.)", text, re.S))
        if (
            bad := "^^"
            if "^^" in text
            else min((c for c in commands if c not in COMMANDS and c not in macros), default="")
        ):
            raise UserError(f"cannot set this formula: {bad} is not known in  {' '.join(latex.split())[:160]}")
        for name in sorted(commands & macros.keys() - seen):
            seen.add(name)
            _, default, meaning = macros[name]
            texts += [meaning, default or ""]


def _macros(macros: Macros, formulas: str) -> Iterable[str]:
    """Definitions of the author's macros that are used in formulas, innermost first."""
    seen: dict[str, str] = {}

    def visit(text: str) -> None:
        for name in dict.fromkeys(re.findall(r"\\[A-Za-z]+", text)):
            if name in macros and name not in seen:
                count, default, meaning = macros[name]
                seen[name] = ""
                visit(meaning)
                arguments = (f"[{count}]" if count else "") + (f"[{default}]" if default is not None else "")
                del seen[name]
                seen[name] = rf"\providecommand{{{name}}}{{}}\renewcommand{{{name}}}{arguments}{{{_tidy(meaning)}}}"

    visit(formulas)
    return seen.values()


def _verbatim(text: str) -> Markup:
    """Lines of code; one that is too wide for the page goes on in the next."""
    lines = (_signs(line, len(line) > LONGEST_LINE).replace(" ", "~") for line in text.rstrip("\n").split("\n"))
    return Markup("\\\\\n{}".join(line or r"\mbox{}" for line in lines))  # {}, as [ or * would belong to \\


class _Writer:
    def __init__(self, laid: Layout, source: str, line: float) -> None:
        self.laid = laid
        self.source = source
        self.line = line
        self.formulas: list[str] = []  # as they are printed
        self.equations = 0  # how many TeX has numbered
        self.shown = {anchor: text for label, (anchor, text) in laid.targets.items() if label.startswith("@")}

    # Text

    def words(self, inlines: tuple[Inline, ...]) -> Markup:
        return Markup("").join(map(self._inline, inlines))

    def _inline(self, part: Inline) -> Markup:
        match part:
            case Text(text=text):
                return Markup(escape(text))
            case Emph(inlines=inlines, strong=strong):
                return Markup(r"\%s{%s}") % (Markup("textbf" if strong else "emph"), self.words(inlines))
            case Code(text=text):
                return Markup(r"\texttt{%s}") % Markup(_code(text))
            case Link(inlines=inlines, target=target):
                if not web_target(target):
                    return self.words(inlines)
                url = re.sub(r"[\\{}\s^~]", lambda m: f"%{ord(m[0]):02X}", target)
                return Markup(r"\href{%s}{%s}") % (Markup(re.sub(r"([%#&])", r"\\\1", url)), self.words(inlines))
            case InlineMath(latex=latex):
                inline(latex, self.laid.macros)
                self.formulas.append(_tidy(latex))
                return Markup(f"${self.formulas[-1]}$")
            case Reference(label=label):
                if label not in self.laid.targets:
                    return Markup("??")
                anchor, text = self.laid.targets[label]
                if text != self.shown.get(anchor, text):  # one of the numbers of a display
                    return Markup(r"\hyperref[%s]{%s}") % (Markup(anchor), Markup(escape(text)))
                return Markup((r"\eqref{%s}" if text.startswith("(") else r"\ref{%s}") % anchor)
        raise AssertionError(part)

    def label(self, anchor: str) -> Markup:
        return Markup(rf"\label{{{anchor}}}")

    def with_directives(self, items: Sequence[Laid]) -> list[tuple[list[Markup], Laid | None]]:
        """Each block with the directives before it, as comments; None where nothing follows the last ones."""
        out: list[tuple[list[Markup], Laid | None]] = []
        comments: list[Markup] = []
        for item in items:
            if isinstance(item, Directive):
                words = "".join(c for c in item.text if c.isprintable())
                comments.append(Markup("% symderiv: ") + Markup(words))
                continue
            out.append((comments, item))
            comments = []
        return out if not comments else [*out, (comments, None)]

    def starts_paragraph(self, item: Laid | None, previous: tuple[object, Laid | None] | Undefined) -> bool:
        """Whether a blank line stands before a block: a display belongs to the paragraph before it."""
        if isinstance(previous, Undefined) or item is None:
            return False
        before = previous[1]
        if isinstance(item, Shown):
            return not isinstance(before, Paragraph | Shown | Section)
        if isinstance(item, Paragraph) and isinstance(before, Shown):
            return item.span == Span(0, 0) or bool(re.search(r"\n[ \t]*\n[ \t%]*$", self.source[: item.span.start]))
        return True

    # Displays

    def display(self, shown: Shown, depth: int = 0) -> Markup:
        rows = fit([line.cells for line in shown.rows], self.line - 3 * depth)
        shrink = min(row.shrink for row in rows)
        columns = max(len(row.cells) for row in rows)
        if len(rows) == 1 and columns == 2:
            rows, columns = (rows[0].joined(),), 1
        texts = [self._row(shown.latex, row) for row in rows]
        single = len(rows) == 1 and columns == 1
        last = {row.origin: k for k, row in enumerate(rows)}
        marks = [shown.marks[row.origin] if last[row.origin] == k else "" for k, row in enumerate(rows)]
        if shrink < 1 and not single:
            inner = "aligned" if columns > 1 else "gathered"
            body = " \\\\\n".join(texts)
            texts = [f"\\begin{{{inner}}}\n{body}\n\\end{{{inner}}}"]
            marks = [_together(marks)]
            single = True
        if shrink < 1:
            texts = [rf"\scalebox{{{shrink:.2f}}}{{$\displaystyle {texts[0]}$}}"]
        lines = []
        for k, (text, mark) in enumerate(zip(texts, marks, strict=True)):
            final = k == len(texts) - 1
            lines.append(f"{text}{self._side(shown, mark, final, single)}")
        name = "equation" if single else "align" if columns > 1 else "gather"
        if not shown.number and not any(marks):
            name += "*"
            lines = [line.removesuffix(r" \notag") for line in lines]
        joints = [r" \\[0.8ex]" if _is_head(rows, k) and not single else r" \\" for k in range(len(lines) - 1)]
        notes = [" % symderiv: false" if row.origin in shown.false and not self.laid.plain else "" for row in rows]
        joints = [
            joint + note for joint, note in zip([*joints, ""], notes if not single else [max(notes)], strict=True)
        ]
        body = "\n".join(_indented(line) + joint for line, joint in zip(lines, joints, strict=True))
        return Markup(f"\\begin{{{name}}}\n{body}\n\\end{{{name}}}")

    def _side(self, shown: Shown, mark: str, final: bool, single: bool) -> str:
        """What stands in the number column of a row."""
        macro = {"proved": r"\proved", "refuted": r"\false", "undecided": r"\unsettled", "": ""}[mark]
        if not (final and shown.number):
            return f" {macro}row" if macro else r" \notag"
        side = f" {macro}" if macro else ""
        if shown.number == str(self.equations + 1) and not shown.anchor.startswith("tag"):
            self.equations += 1
        else:
            side += rf" \tag{{{escape(shown.number)}}}"
        return side + rf" \label{{{shown.anchor}}}"

    def _row(self, latex: str, row: Row) -> str:
        cells = [_source(latex, cell) for cell in row.cells]
        self.formulas += cells
        if row.indent and len(cells) > 1:
            cells[1] = {True: r"\quad ", False: r"\qquad "}[row.indent < 3] + "{}" + cells[1]
        return " ".join(f"&{cell}" if k else cell for k, cell in enumerate(cells)).strip()


def _is_head(rows: Sequence[Row], k: int) -> bool:
    """Whether row ``k`` is a left side that stands alone above its right side, and so needs some room below."""
    return k + 1 < len(rows) and rows[k].origin == rows[k + 1].origin and rows[k].indent == 0 < rows[k + 1].indent


def _together(marks: list[str]) -> str:
    return next((mark for mark in ("refuted", "undecided", "proved") if mark in marks), "")


def _in_formula(c: str) -> str:
    written = _character(c)
    return rf"\text{{{c}}}" if written == c else written


def _indented(text: str) -> str:
    return "\n".join("  " + line for line in text.split("\n"))


def _source(latex: str, cell: Group) -> str:
    text = latex[cell.start : cell.end]
    return _tidy(_without_separators(text) if "&" in text else text)


def _without_separators(text: str) -> str:
    """Without the ``&`` of joined cells; those of tables inside stay."""
    depth, out = 0, []
    for token in re.findall(r"\\begin|\\end|\\.|.", text, re.S):
        depth += (token == r"\begin") - (token == r"\end")
        out.append(" " if token == "&" and depth == 0 else token)
    return "".join(out)


def _tidy(latex: str) -> str:
    """Without comments, labels and number commands, on one line; what TeX's fonts lack is written as in text."""
    latex = re.sub(r"(\\.)|%[^\n]*\n?", lambda found: found[1] or " ", latex, flags=re.S)
    latex = re.sub(r"[^\x00-\x7f]", lambda found: _in_formula(found[0]), latex)
    latex = re.sub(r"\\(lt|gt)(?![A-Za-z])", lambda found: {"lt": "<", "gt": ">"}[found[1]], latex)
    latex = re.sub(r"(?<!\\)#(?![1-9])", r"\#", latex)  # in words; what a macro puts in keeps its number
    latex = re.sub(r"\\(?:label|tag\*?)\s*\{[^{}]*\}|\\(?:notag|nonumber)(?![A-Za-z])", " ", latex)
    return re.sub(r"\s+", " ", latex).strip()

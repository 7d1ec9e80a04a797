r"""Typst reports: the same report for the embedded Typst engine, so that a PDF needs no TeX.

Formulas are set from the tree of ``symderiv.writers.formula``; every sign is written by its name (``paren.l``,
``comma``), so that nothing in a formula can act as Typst syntax, and all text is escaped. This module must never pass
a command that the tree does not know.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markupsafe import Markup

from symderiv.document import Code, Emph, Inline, InlineMath, Link, Reference, Text
from symderiv.writers import fill
from symderiv.writers.breaking import fit
from symderiv.writers.formula import Command, Delimiter, Fence, Group, Node, Scripts, Sign, Table, Words, inline
from symderiv.writers.report import Layout, Report, Shown, layout, web_target
from symderiv.writers.signs import ALIGNED, MATRICES, SPACES, STYLES, SYMBOLS

LINE = 37.0
"""Room for a display in em: 16 cm of 11 pt type, less the equation number and its mark."""

_STYLE = {0: "display", 1: "inline", 2: "script"}
_FONT = {
    r"\mathbf": ("bold(upright(", "))"), r"\mathrm": ("upright(", ")"), r"\mathcal": ("cal(", ")"),
    r"\mathbb": ("bb(", ")"), r"\mathit": ("italic(", ")"), r"\mathsf": ("sans(", ")"),
    r"\mathfrak": ("frak(", ")"), r"\boldsymbol": ("bold(", ")"), r"\bm": ("bold(", ")"),
}  # fmt: skip
_CALL = {
    r"\hat": "hat({})", r"\widehat": "hat({})", r"\bar": "macron({})", r"\tilde": "tilde({})",
    r"\widetilde": "tilde({})", r"\vec": "arrow({})", r"\dot": "dot({})", r"\overline": "overline({})",
    r"\underline": "underline({})", r"\cancel": "cancel({})", r"\bcancel": "cancel(inverted: #true, {})",
    r"\xcancel": "cancel(cross: #true, {})", r"\boxed": "boxed({})", r"\sqrt": "sqrt({})",
    r"\underbrace": "underbrace({})", r"\overbrace": "overbrace({})", r"\smash": "{}", r"\phantom": "#hide(${}$)",
    r"\textcircled": "circled({})", r"\frac": "frac({}, {})", r"\dfrac": "display(frac({}, {}))",
    r"\tfrac": "inline(frac({}, {}))", r"\binom": "binom({}, {})", r"\mathbin": 'class("binary", {})',
    r"\mathrel": 'class("relation", {})',
}  # fmt: skip


def escape(text: str) -> str:
    """Text in Typst markup: every ASCII sign escaped, control characters dropped."""
    text = re.sub(r"\s+", lambda m: "\u00a0" if "\u00a0" in m[0] else " ", text)
    text = re.sub(r"[!-/:-@\[-`{-~]", lambda m: "\\" + m[0], "".join(c for c in text if ord(c) >= 32))
    return text.replace("\u00a0", "~")


def string(text: str) -> str:
    """A Typst string literal."""
    clean = "".join(c if ord(c) >= 32 else " " for c in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write(report: Report) -> str:
    """The report as Typst source. Raises UserError."""
    laid = layout(report)
    writer = _Writer(laid)
    values = {
        "report": laid,
        "kind": lambda block: type(block).__name__,
        "display": writer.display,
        "words": writer.words,
        "anchor": lambda name: Markup(f'#label("{name}")'),
        "length": lambda value: Markup(f"{value:.5g}pt"),
        "math": lambda latex: Markup(f"${formula(inline(latex))}$"),
        "string": lambda text: Markup(string(text)),
        "plain_title": "".join(part.text for part in laid.title if isinstance(part, Text)),
    }
    text = fill("typst", "report.typ.j2", escape, values)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n"


class _Writer:
    def __init__(self, laid: Layout) -> None:
        self.laid = laid

    def words(self, inlines: tuple[Inline, ...]) -> Markup:
        return Markup("").join(map(self._inline, inlines))

    def _inline(self, part: Inline) -> Markup:
        match part:
            case Text(text=text):
                return Markup(escape(text))
            case Emph(inlines=inlines, strong=strong):
                return Markup("#%s[%s]") % (Markup("strong" if strong else "emph"), self.words(inlines))
            case Code(text=text):
                return Markup("#raw(%s);") % Markup(string(text))
            case Link(inlines=inlines, target=target):
                if not web_target(target):
                    return self.words(inlines)
                return Markup("#link(%s)[%s]") % (Markup(string(target)), self.words(inlines))
            case InlineMath(latex=latex):
                return Markup(f"${formula(inline(latex, self.laid.macros))}$")
            case Reference(label=label):
                if label not in self.laid.targets:
                    return Markup(r"\?\?")
                anchor, text = self.laid.targets[label]
                return Markup('#link(label("%s"))[%s]') % (Markup(anchor), Markup(escape(text)))
        raise AssertionError(part)

    def display(self, shown: Shown, depth: int = 0) -> Markup:
        rows = fit([line.cells for line in shown.rows], LINE - 3 * depth)
        if len(rows) == 1 and len(rows[0].cells) == 2:
            rows = (rows[0].joined(),)
        last = {row.origin: k for k, row in enumerate(rows)}
        marks = [shown.marks[row.origin] if last[row.origin] == k else "" for k, row in enumerate(rows)]
        texts = []
        for row in rows:
            cells = [formula(cell) for cell in row.cells]
            if row.indent and len(cells) > 1:
                cells[1] = f"#h({row.indent:g}em) {cells[1]}"
            cells = [f"#h(2em) {cell}" if k and k % 2 == 0 else cell for k, cell in enumerate(cells)]
            texts.append(f"$ {' & '.join(cells)} $")
        values = (
            "".join(f"\n  {text}," for text in texts),
            ", ".join(f'"{mark}"' for mark in marks),
            string(shown.number),
            min(row.shrink for row in rows),
        )
        label = f' #label("{shown.anchor}")' if shown.anchor else ""
        return Markup("#shown(({}\n), ({},), {}, shrink: {:.3f}){}".format(*values, label))


# Formulas


_EMPTY = '""'
# Typst prints the blanks around words in a formula, so none may stand in the source beside this character.
_TIGHT = "\0"


def formula(node: Node) -> str:
    """The formula as Typst mathematics, without dollars."""
    text = _set(node)

    def joined(gap: re.Match[str]) -> str:
        # between two names a blank prints nothing, and keeps them two
        return "" if '"' in (text[gap.start() - 1 : gap.start()], text[gap.end() : gap.end() + 1]) else " "

    return re.sub(rf" *(?:{_TIGHT} *)+", joined, text)


def _filled(node: Node) -> str:
    """An argument, of which Typst wants something in any case."""
    text = _set(node)
    return text if text.strip(f" {_TIGHT}") else _EMPTY


def _set(node: Node) -> str:
    match node:
        case Sign(text=text):
            return _sign(text)
        case Group(parts=parts):
            return _run(parts)
        case Scripts():
            return _scripts(node)
        case Command():
            return _command(node)
        case Delimiter(sign=sign, factor=factor):
            kind = {"open": "opening", "close": "closing"}.get(SYMBOLS[sign][1], "normal")
            return f'class("{kind}", stretch({SYMBOLS[sign][0]}, size: #{factor:g}em))'
        case Fence(left=left, body=body, right=right):
            sides = ["" if sign == "." else SYMBOLS[sign][0] for sign in (left, right)]
            return f"lr({sides[0]} {_set(body)} {sides[1]})"
        case Words(name=name, pieces=pieces):
            return _words(name, pieces)
        case Table():
            return _table(node)
    raise AssertionError(node)


def _run(parts: Sequence[Node]) -> str:
    out: list[str] = []
    for k, part in enumerate(parts):
        if isinstance(part, Sign) and part.text in STYLES:
            rest = _run(parts[k + 1 :])
            return " ".join([*out, f"{_STYLE[STYLES[part.text]]}({rest})" if rest.strip(f" {_TIGHT}") else ""])
        out.append(_set(part))
    return " ".join(out)


def _sign(text: str) -> str:
    if text in SPACES:
        return f"#h({SPACES[text]:g}em)"
    if text in STYLES:
        return ""
    if text in SYMBOLS:
        name, kind, _ = SYMBOLS[text]
        if name.startswith(("bar.v", "slash")) or text in ("|", "/"):
            shape = {"open": "opening", "close": "closing", "rel": "relation"}.get(kind, "normal")
            return f'class("{shape}", {name})'
        if kind in ("open", "close"):
            return name
        return name
    return text


def _scripts(node: Scripts) -> str:
    if isinstance(node.base, Command) and node.base.name in (r"\underbrace", r"\overbrace"):
        note = node.sub if node.base.name == r"\underbrace" else node.sup
        if note is not None:
            return f"{node.base.name[1:]}({_filled(node.base.args[0])}, {_filled(note)})"
    base = '""' if node.base is None else _filled(node.base)
    tops = (" prime" * node.primes).strip()
    if node.sup is not None:
        tops = f"{tops} {_filled(node.sup)}".strip()
    top = f", t: {tops}" if tops else ""
    bottom = f", b: {_filled(node.sub)}" if node.sub is not None else ""
    return f"attach({base}{top}{bottom})"


def _command(node: Command) -> str:
    args = [_filled(arg) for arg in node.args]
    if node.name in _FONT:
        left, right = _FONT[node.name]
        letters = "".join(p.text for p in _signs(node.args[0]))
        word = letters.isalpha() and len(letters) > 1 and node.name not in (r"\mathcal", r"\mathbb", r"\mathfrak")
        return left + (string(letters) if word else args[0]) + right
    if node.name in (r"\overset", r"\stackrel"):
        return f'class("relation", attach(limits({args[1]}), t: {args[0]}))'
    if node.name == r"\underset":
        return f"attach(limits({args[1]}), b: {args[0]})"
    if node.option is not None:
        return f"root({_filled(node.option)}, {args[0]})"
    return _CALL[node.name].format(*args)


def _signs(node: Node) -> list[Sign]:
    """The signs of a plain run; with anything else in it, none."""
    parts = node.parts if isinstance(node, Group) else (node,)
    return list(parts) if all(isinstance(p, Sign) for p in parts) else []  # type: ignore[arg-type]


def _words(name: str, pieces: Sequence[str | Node]) -> str:
    if name == "operatorname":
        return f"op({string(re.sub(r'[^A-Za-z]+', chr(0x2009), str(pieces[0])))})"
    out = _TIGHT + _TIGHT.join(string(p) if isinstance(p, str) else _set(p) for p in pieces) + _TIGHT
    return {"textbf": f"bold({out})", "textit": f"italic({out})"}.get(name, out)


def _table(node: Table) -> str:
    rows = [[_set(cell) for cell in row] for row in node.rows]
    if node.name == "cases":
        # Typst's alignment points alternate right and left; both columns of cases stand left.
        return f"cases(gap: #0.5em, {', '.join('& ' + ' && quad '.join(row) for row in rows)})"
    if node.name in ALIGNED:
        shown = (f"display({' & '.join(map(_filled, row))})" for row in node.rows)
        return f"mat(delim: #none, row-gap: #0.65em, {'; '.join(shown)})"
    if node.name == "substack":
        return f"mat(delim: #none, row-gap: #0.2em, {'; '.join(row[0] for row in rows)})"
    side = MATRICES[node.name]
    delim = f'delim: "{side[0]}"' if side else "delim: #none"
    column = next((c for c in node.columns if c in "lcr"), "c")
    align = {"l": ", align: #left", "r": ", align: #right", "c": ""}[column]
    return f"mat({delim}{align}, {'; '.join(', '.join(cell or '#none' for cell in row) for row in rows)})"

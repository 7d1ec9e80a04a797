"""Containers: from a file to a ``Document``, with every formula and word at its place in the author's own text.

Two invariants hold for every container. ``latex`` of a ``Display`` or ``InlineMath`` has exactly the length of its
span, and character k of it stands at ``span.start + k``; what the container takes out is replaced by spaces. ``text``
of a ``Text`` whose length is that of its span is verbatim (each line end, tab or ``~`` is one blank); otherwise the
node is a single character or two that the author wrote as an escape. A container never fails on the content of a
text: what it cannot read is a diagnostic in ``Document.problems``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from symderiv.diagnostics import Diagnostic, UserError
from symderiv.document import Document, Source
from symderiv.reader.containers.alone import set_apart
from symderiv.reader.containers.files import LARGEST, read_file, with_includes
from symderiv.reader.containers.lookalikes import reported

KINDS = {
    ".tex": "tex", ".latex": "tex", ".ltx": "tex",
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mdx": "markdown", ".rmd": "markdown",
    ".qmd": "markdown", ".txt": "markdown",
    ".ipynb": "notebook",
    ".html": "html", ".htm": "html", ".xhtml": "html",
    ".rst": "rst", ".rest": "rst",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that is read for a document: its text, with what it includes, and what could not be included."""

    source: Source
    kind: str
    problems: tuple[Diagnostic, ...] = ()

    def read(self) -> Document:
        """Raises UserError with status 3 for a notebook that is not one."""
        return set_apart(reported(_read(self.source, self.kind, self.problems)))


def open_path(path: str | Path) -> Opened:
    r"""Open a document; its kind follows from its suffix (the inner one of ``notes.rst.md``), else from its text.

    A LaTeX document's ``\input`` and ``\include`` are followed inside its own folder. Raises UserError with status 3 if
    there is no readable text.
    """
    name, path = str(path), Path(path)
    text = read_file(path, name)
    suffixes = [KINDS[suffix.lower()] for suffix in path.suffixes[-2:] if suffix.lower() in KINDS]
    kind = suffixes[0] if suffixes else sniffed(text)
    source, problems = with_includes(path, name, text) if kind == "tex" else (Source(name, text), ())
    return Opened(source, kind, problems)


def read_path(path: str | Path) -> Document:
    """Read a document, as ``open_path`` opens it. Raises UserError with status 3 if there is no readable text."""
    return open_path(path).read()


def read_text(text: str, name: str, kind: str | None = None) -> Document:
    """Read a text that is already there; ``kind`` is tex, markdown, notebook, html or rst, or None to look at the text.

    Nothing is included from files. Raises UserError with status 3 for a text that is too large, contains zero bytes or
    is not the notebook it claims to be.
    """
    if len(text) > LARGEST:
        raise UserError(f"{name} is larger than {LARGEST // 1_000_000} MB, so it was not read.")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UserError(f"{name} is not text: it contains a zero byte (line {line}).")
    text = text.removeprefix("\ufeff")
    return Opened(Source(name, text), kind or sniffed(text)).read()


def _read(source: Source, kind: str, problems: tuple[Diagnostic, ...]) -> Document:
    match kind:
        case "tex":
            from symderiv.reader.containers import tex

            return tex.read(source, problems)
        case "markdown":
            from symderiv.reader.containers import markdown

            return markdown.read(source)
        case "notebook":
            from symderiv.reader.containers import notebook

            return notebook.read(source.name, source.text)
        case "html":
            from symderiv.reader.containers import html

            return html.read(source)
        case "rst":
            from symderiv.reader.containers import rst

            return rst.read(source)
        case other:
            raise ValueError(f"no container called {other!r}")


def sniffed(text: str) -> str:
    """The kind of a text without a suffix, from its first 20 000 characters."""
    head = text[:20_000]
    if re.match(r"\s*\{", head) and re.search(r'"(?:cells|nbformat)"\s*:', text):
        return "notebook"
    if re.match(r"\s*(?:<!doctype html|<html|<\?xml)", head, re.I):
        return "html"
    if re.search(r"^[ \t]*\.\. math::|:math:`", head, re.M):
        return "rst"
    latex = r"^[^%\n`]*\\(?:documentclass|title|(?:sub)?section\*?|begin\s*\{(?:document|itemize|enumerate|frame)\})"
    return "tex" if re.search(latex, head, re.M) and not re.search(r"^#{1,6} |^```", head, re.M) else "markdown"

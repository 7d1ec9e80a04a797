"""Containers: from a file to a ``Document``, with every formula and word at its place in the author's own text.

Two invariants hold for every container. ``latex`` of a ``Display`` or ``InlineMath`` has exactly the length of its
span, and character k of it stands at ``span.start + k``; what the container takes out is replaced by spaces. ``text``
of a ``Text`` whose length is that of its span is verbatim (each line end, tab or ``~`` is one blank); otherwise the
node is a single character or two that the author wrote as an escape. A container never fails on the content of a
text: what it cannot read is a diagnostic in ``Document.problems``.
"""

from __future__ import annotations

import re
from pathlib import Path

from symderiv.diagnostics import UserError
from symderiv.document import Document, Source
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


def read_path(path: str | Path) -> Document:
    r"""Read a document; its kind follows from its suffix (the inner one of ``notes.rst.md``), else from its text.

    A LaTeX document's ``\input`` and ``\include`` are followed inside its own folder. Raises UserError with status 3 if
    there is no readable text.
    """
    name, path = str(path), Path(path)
    text = read_file(path, name)
    suffixes = [KINDS[suffix.lower()] for suffix in path.suffixes[-2:] if suffix.lower() in KINDS]
    kind = suffixes[0] if suffixes else sniffed(text)
    if kind == "tex":
        from symderiv.reader.containers import tex

        return reported(tex.read(*with_includes(path, name, text)))
    return read_text(text, name, kind)


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
    return reported(_read(text, name, kind or sniffed(text)))


def _read(text: str, name: str, kind: str) -> Document:
    match kind:
        case "tex":
            from symderiv.reader.containers import tex

            return tex.read(Source(name, text))
        case "markdown":
            from symderiv.reader.containers import markdown

            return markdown.read(Source(name, text))
        case "notebook":
            from symderiv.reader.containers import notebook

            return notebook.read(name, text)
        case "html":
            from symderiv.reader.containers import html

            return html.read(Source(name, text))
        case "rst":
            from symderiv.reader.containers import rst

            return rst.read(Source(name, text))
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

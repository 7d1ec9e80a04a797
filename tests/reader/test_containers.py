"""Containers: formulas and words are found where the author wrote them, in every dialect, and nothing makes them fail."""

from __future__ import annotations

import gc
import json
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from symderiv.diagnostics import UserError
from symderiv.document import (
    Callout,
    Code,
    CodeBlock,
    Directive,
    Display,
    Document,
    Emph,
    Figure,
    Heading,
    InlineMath,
    ItemList,
    Link,
    Paragraph,
    Reference,
    Text,
)
from symderiv.reader.containers import read_path, read_text, sniffed

FILES = Path(__file__).parent / "files"
KINDS = ("tex", "markdown", "notebook", "html", "rst")


def nodes(value: object) -> Iterator[object]:
    """Every block and inline below ``value``, in order."""
    if hasattr(value, "span"):
        yield value
        for name in value.__dataclass_fields__:
            if name != "span":
                yield from nodes(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from nodes(item)


def found(document: Document, *kinds: type) -> list:
    return [node for node in nodes(document.blocks) if isinstance(node, kinds)]


def displays(document: Document) -> list[str]:
    return [node.latex for node in found(document, Display)]


def inlines(document: Document) -> list[str]:
    return [node.latex for node in found(document, InlineMath)]


def words(value: object) -> str:
    return " ".join("".join(node.text for node in nodes(value) if isinstance(node, Text)).split())


def holds(document: Document) -> None:
    """The invariants of every container."""
    text = document.source.text
    for node in nodes((document.blocks, document.title)):
        start, end = node.span
        assert 0 <= start <= end <= len(text)
        if isinstance(node, (Display, InlineMath)):
            assert len(node.latex) == end - start > 0
            written = text[start:end]
            for place, character in enumerate(node.latex):
                if not character.isspace() and character != written[place]:
                    # An entity stands for one character; a run of doubled backslashes moves to its right end.
                    assert written[place] == "&" or "\\" in written[: place + 1]
        if isinstance(node, Text) and len(node.text) == end - start > 2:
            assert all(a == b or a in " \u00a0’‘" for a, b in zip(node.text, text[start:end], strict=True))
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


def read(text: str, kind: str) -> Document:
    document = read_text(text, "notes", kind)
    holds(document)
    return document


# LaTeX


def test_latex_formulas_in_all_their_delimiters() -> None:
    document = read(
        r"""Text $a$ and \(b\), $c \text{ if $d$}$.
\[ e \] $$ f $$ \begin{equation*} g \end{equation*}
\begin{align}
  h &= i \label{eq:h}\tag{7} \\ % a comment with \end{align}
    &= j
\end{align}
\begin{alignat}{2} k &= l \end{alignat} \begin{math}m\end{math}
""",
        "tex",
    )
    assert inlines(document) == ["a", "b", r"c \text{ if $d$}", "m"]
    shown = found(document, Display)
    assert [d.environment for d in shown] == ["", "", "equation*", "align", "alignat"]
    assert [d.latex for d in shown if d.environment != "align"] == ["e", "f", "g", "k &= l"]
    assert (shown[3].label, shown[3].tag) == ("eq:h", "7")
    assert document.source.position(shown[3].span.start) == (4, 3, None)


def test_latex_text_prints_as_unicode() -> None:
    document = read(r"``Don't'' --- 50\% of~caf\'e, na\"{\i}ve \c{c}\ss\ldots\ end \textcircled{3} \{x\}", "tex")
    assert words(document.blocks) == "“Don’t” — 50% of café, naïve çß… end ③ {x}"


def test_latex_blocks() -> None:
    document = read(
        r"""\title{The \emph{gradient}}
% symderiv: onehot t
\section*{One $K$}
First \textbf{bold $p_i$} \texttt{a\_b} \verb|$x$| see~\eqref{eq:1},
second line.% symderiv: size K = 4

\begin{itemize}
  \item one
  \item[two] \[ a = b \]
  % symderiv: case i = j
  \begin{enumerate} \item deep \end{enumerate}
\end{itemize}
\begin{warning}[Mind $x$] False: $1 = 2$. \end{warning}
\symderivfigure{network}{hidden=6,classes=4,label=fig:n}{The net, $K$}{Six nodes}
\begin{quote}Said.\end{quote}
\begin{theorem}[Softmax] Sums to one. \end{theorem}
\begin{verbatim}
$not = read$
\end{verbatim}
\href{https://example.org/a\%20b}{a \emph{link}}
""",
        "tex",
    )
    assert words(document.title) == "The gradient"
    kinds = [type(block) for block in document.blocks]
    assert kinds == [
        Directive, Heading, Paragraph, Directive, ItemList, Callout, Figure, Callout, Paragraph, CodeBlock, Paragraph,
    ]  # fmt: skip
    heading, paragraph, figure = document.blocks[1], document.blocks[2], document.blocks[6]
    assert isinstance(heading, Heading) and heading.level == 1 and words(heading) == "One"
    assert [type(node) for node in paragraph.inlines if not isinstance(node, Text)] == [Emph, Code, Code, Reference]
    assert [code.text for code in found(document, Code)] == ["a_b", "$x$"]
    items = document.blocks[4]
    assert isinstance(items, ItemList) and not items.ordered
    assert [[type(block) for block in item] for item in items.items] == [
        [Paragraph],
        [Paragraph, Display, Directive, ItemList],
    ]
    assert [d.text for d in found(document, Directive)] == ["onehot t", "size K = 4", "case i = j"]
    warning = document.blocks[5]
    assert isinstance(warning, Callout) and warning.kind == "warning" and words(warning.title) == "Mind"
    assert isinstance(figure, Figure)
    assert (figure.kind, figure.parameters, figure.label, figure.alt) == (
        "network",
        (("hidden", "6"), ("classes", "4")),
        "fig:n",
        "Six nodes",
    )
    assert found(document, Link)[0].target == "https://example.org/a%20b"
    assert inlines(document) == ["K", "p_i", "x", "1 = 2", "K"]
    assert displays(document) == ["a = b"]


def test_a_directive_inside_a_display_stays_there() -> None:
    document = read("\\[ 1\n = 2 % symderiv: false\n\\]", "tex")
    assert displays(document) == ["1\n = 2 % symderiv: false"]
    assert not found(document, Directive)


def test_latex_macros() -> None:
    document = read(
        r"""\newcommand{\be}{\begin{equation}}\newcommand{\ee}{\end{equation}}
\newcommand*\pd[2]{\frac{\partial #1}{\partial #2}}
\let\eps\varepsilon \providecommand{\eps}{x} \DeclarePairedDelimiter\norm{\lVert}{\rVert}
\be \newcommand{\z}{z_i} a = \z \ee
""",
        "tex",
    )
    assert document.macros["\\pd"] == (2, None, r"\frac{\partial #1}{\partial #2}")
    assert document.macros["\\eps"] == (0, None, r"\varepsilon")
    assert document.macros["\\norm"] == (1, None, r"\lVert #1 \rVert")
    assert document.macros["\\z"] == (0, None, "z_i")
    assert displays(document) == ["a = \\z"]


def test_an_unclosed_formula_does_not_swallow_the_document() -> None:
    document = read("\\[ a = b\n\nThis is a whole sentence of words.\n\n\\[ c = d \\]\n\n\\begin{align} e", "tex")
    assert displays(document) == ["c = d"]
    assert [problem.code for problem in document.problems] == ["E141", "E141"]


def test_included_files_keep_their_own_positions() -> None:
    path = str(FILES / "book" / "main.tex")
    document = read_path(path)
    holds(document)
    source = document.source
    assert words(document.title) == "On"
    assert displays(document) == ["p_1 = e^{f_1} / S"] and inlines(document) == ["p_2 = 1"]
    shown, inline = found(document, Display)[0].span.start, found(document, InlineMath)[0].span.start
    assert source.position(shown) == (3, 3, None) and source.position(inline) == (8, 9, None)
    assert Path(source.name_at(shown)) == FILES / "book" / "parts" / "first.tex"
    assert source.name_at(inline) == path
    assert source.line_at(shown) == "  p_1 = e^{f_1} / S"
    assert set(document.macros) == {"\\soft", "\\argmax", "\\half"}
    assert document.macros["\\soft"] == (2, "f", r"\sigma(#1)_{#2}")
    assert document.macros["\\argmax"] == (0, None, r"\operatorname*{arg\,max}")
    refused = [problem.message for problem in document.problems]
    assert refused == [
        "../outside was not included: only files in the document's own folder are included",
        "parts/missing was not included: there is no such file",
        "main was not included: it includes itself",
    ]
    assert [source.position(problem.span.start)[:2] for problem in document.problems] == [(9, 1), (10, 1), (11, 1)]


def test_nothing_outside_the_folder_is_included(tmp_path: Path) -> None:
    (tmp_path / "secret.tex").write_text("$s = 1$")
    folder = tmp_path / "doc"
    folder.mkdir()
    (folder / "link.tex").symlink_to(tmp_path / "secret.tex")
    main = folder / "main.tex"
    main.write_text(rf"\input{{link}} \input{{{tmp_path}/secret}} \input{{../doc/../secret}} \input{{|ls}} \input{{}}")
    document = read_path(main)
    assert not inlines(document) and len(document.problems) == 5
    main.write_text(r"\input{secret}")
    alone = read_text(r"\input{main} \input{main}", "<stdin>", "tex")
    assert alone.blocks == () and [problem.code for problem in alone.problems] == ["W451"]


# Markdown


MARKDOWN = {
    "blank lines": ("x\n\n$$\na = b\n$$\n\ny", ["a = b"], []),
    "no blank lines": ("so $z$\n$$\na = b\n$$\nand $$c = d$$ end", ["a = b", "c = d"], ["z"]),
    "kramdown inline": ("The $$K$$ classes\nof $$x_i$$, then\n\n$$ a = b $$\n", ["a = b"], ["K", "x_i"]),
    "displays in one line": ("$$a$$ $$b$$\n\n$$\nc\n$$ $$d$$", ["a", "b", "c", "d"], []),
    "one step a line": ("$$a$$\n$$= b$$\n$$= c$$", ["a", "= b", "= c"], []),
    "list": ("1. so\n\n    $$\n    a = b\n    $$\n\n2. $c$", ["a = b"], ["c"]),
    "numbered": ("1. $a$\n2. $b$\n   1. $c$\n3. $$d$$", ["d"], ["a", "b", "c"]),
    "quote": ("> so\n> $$\n> a\n> = b\n> $$\n", ["a\n  = b"], []),
    "brackets": (r"\[ a = b \] and \(c\), not \[1] or \(as seen\)", ["a = b"], ["c"]),
    "doubly escaped": ("\\\\[ a \\\\\\\\ \\\\frac{b}{c} \\_d \\\\] and \\\\(e\\\\)", [r"a   \\  \frac{b}{c}  _d"], ["e"]),
    "doubled rows": ("$$\\begin{aligned} a &= b \\\\\\\\ &= c \\end{aligned}$$", [r"\begin{aligned} a &= b   \\ &= c \end{aligned}"], []),
    "escaped underscore": (r"so $y\_i = \text{a\_b}$", [], [r"y _i = \text{a\_b}"]),
    "shortcodes": ("{{< katex display=true >}}a = b{{< /katex >}} and {{<katex>}}c{{</katex>}}\n\n{{< math >}}\n$$d = e$$\n{{< /math >}}", ["a = b", "d = e"], ["c"]),
    "shortcode in its lines": ("{{< katex >}}\na = b\n{{< /katex >}}\n{{< katex >}} is not closed", ["a = b"], []),
    "alone": ("so\n\n$y_i + x = z$.  (1)\n\nand\n\n$z$\n\n$= x + y_i$", ["y_i + x = z", "z", "= x + y_i"], []),
    "alone in its line": ("so:\n$y = x + z$\nand\n$a = b + c$\nhere", ["y = x + z"], ["a = b + c"]),
    "cases in a list": ("- $y = 1$\n- $i \\ne j$\n- $x$\n- $\\sum_{i=1}^n x_i$", [], ["y = 1", r"i \ne j", "x", r"\sum_{i=1}^n x_i"]),
    "dollars in lines of their own": ("## So $\n a = b \\\\\n = c\n$\nand $d$", ["a = b \\\\\n = c"], ["d"]),
    "fence": ("```math\na = b\n```\n~~~{math}\n:label: eq\nc = d\n~~~\n", ["a = b", "c = d"], []),
    "gitlab": ("then $`a = b`$, `$c$`", [], ["a = b"]),
    "script": ('<script type="math/tex; mode=display">a < b</script> <script type="math/tex">c</script>', ["a < b"], ["c"]),
    "bare environment": ("so\n\\begin{align}\na &= b\n\\end{align}\nend", ["a &= b"], []),
    "environment in dollars": ("$$\\begin{equation} a = b \\end{equation}\\tag{2}\\label{eq}$$", ["a = b"], []),
    "html around": ("<p>$a$</p>\n<p>\n$$b$$\n</p>", ["b"], ["a"]),
    "entities": ("$$a &amp; b &lt; c$$", ["a &     b <    c"], []),
    "code": ("`$a$` ``x `$b$` y``\n\n```python\nx = '$c$'\n```\n\n$d$", [], ["d"]),
    "money": (r"costs $5 and $6, \$7, or $8 or $x_i$", [], ["x_i"]),
    "spaced dollars": ("so $ p_i = q $ holds", [], ["p_i = q"]),
    "emphasis": ("$a_1 * b$ and $c * d_1$", [], ["a_1 * b", "c * d_1"]),
    "front matter": ("---\ntitle: The $x$\n---\n$a$", [], ["a"]),
    "comment": ("<!-- $a$ --> $b$", [], ["b"]),
    "macros": ("$$\\newcommand{\\z}{z_i}$$ \\def\\w{w}\n\n$$\\require{cancel} a = \\z$$", [r"a = \z"], []),
    "lines like markup": ("$$\na\n= b\n- c\n# d\n$$", ["a\n= b\n- c\n# d"], []),
    "stray fence": ("code\n```\n\n$a$\n\n```python\n$b$\n```\n\n$c$", [], ["a", "c"]),
    "nested text": (r"$$ a \quad \text{if $i = j$} $$", [r"a \quad \text{if $i = j$}"], []),
    "unclosed": ("$$ a = b\n\nHere is a sentence of prose words.\n\n$$ c = d $$", ["c = d"], []),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKDOWN)
def test_markdown_formulas(name: str) -> None:
    text, shown, inline = MARKDOWN[name]
    document = read(text, "markdown")
    assert displays(document) == shown
    assert inlines(document) == inline


def test_markdown_blocks() -> None:
    document = read(
        """---
title: "Soft max"
---
# Heading with *emph* and $K$ #

Under
-----

A *word* and __two words__, a [link $x$](https://example.org "t"), `code`,
![picture](a.png) 1 * 2 * 3, snake_case_name, a\\*b &amp; c.
<!-- symderiv: assume \\sum_j t_j = 1 -->

- one
  more
- two

  $$a = b$$
  1. deep

> quoted

> [!WARNING]
> False: $1 = 2$

| a | b |
|---|---|
| $c$ | $d$ |
<!--
symderiv: onehot t
size K = 4
-->
""",
        "markdown",
    )
    assert words(document.title) == "Soft max"
    assert [type(block) for block in document.blocks][:5] == [Heading, Heading, Paragraph, Directive, ItemList]
    assert [(h.level, words(h)) for h in found(document, Heading)] == [(1, "Heading with emph and"), (2, "Under")]
    paragraph = document.blocks[2]
    assert words(paragraph) == "A word and two words, a link , , 1 * 2 * 3, snake_case_name, a*b & c."
    assert [emph.strong for emph in found(document, Emph)] == [False, False, True]
    assert found(document, Link)[0].target == "https://example.org"
    items = document.blocks[4]
    assert isinstance(items, ItemList)
    assert [[type(block) for block in item] for item in items.items] == [[Paragraph], [Paragraph, Display, ItemList]]
    assert [callout.kind for callout in found(document, Callout)] == ["quote", "warning"]
    assert [d.text for d in found(document, Directive)] == ["assume \\sum_j t_j = 1", "onehot t", "size K = 4"]
    assert inlines(document) == ["K", "x", "1 = 2", "c", "d"]


def test_markdown_lists_without_blank_lines() -> None:
    document = read("1. a\n2. b\n   more\n   - c\nlazy\n3. d\n\nend", "markdown")
    items = document.blocks[0]
    assert isinstance(items, ItemList) and items.ordered
    assert [[words(block) for block in item] for item in items.items] == [["a"], ["b more", "c lazy"], ["d"]]
    assert isinstance(document.blocks[1], Paragraph)


def test_words_keep_their_places() -> None:
    text = "> The labels are *one-hot*\n> encoded, so they sum to one."
    document = read(text, "markdown")
    place = next(node for node in found(document, Text) if "sum to one" in node.text)
    assert place.span.start + place.text.index("sum to one") == text.index("sum to one")


# Notebooks


def test_notebook_positions_are_cell_line_and_column() -> None:
    document = read_path(FILES / "lecture.ipynb")
    holds(document)
    assert inlines(document) == [r"S = \sum_k e^{z_k}"] and displays(document) == ["p_i = e^{z_i} / S"]
    inline, shown = found(document, InlineMath)[0].span, found(document, Display)[0].span
    assert document.source.position(inline.start) == (3, 6, 1)
    assert document.source.position(shown.start) == (4, 1, 4)
    assert document.source.line_at(shown.start) == "p_i = e^{z_i} / S"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is not JSON"),
        ("{", "line 1, column 2"),
        ("[]", "it has no list of cells"),
        ('{"cells": 3}', "it has no list of cells"),
        ('{"cells": [3]}', "its cell 1 is not an object"),
        ('{"worksheets": [{"cells": 5}]}', "it has no list of cells"),
        ('{"worksheets": [{"cells": [3]}]}', "its cell 1 is not an object"),
        ('{"cells": [{"cell_type": "markdown", "source": [1]}]}', "the source of its cell 1 is not text"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_is_not_a_notebook(text: str, reason: str) -> None:
    with pytest.raises(UserError, match="is not a notebook") as caught:
        read_text(text, "notes.ipynb", "notebook")
    assert reason in str(caught.value) and caught.value.status == 3


def test_a_notebook_without_markdown_or_with_odd_characters() -> None:
    assert read('{"cells": []}', "notebook").blocks == ()
    cell = json.dumps({"cells": [{"cell_type": "markdown", "source": "a \ud800 \0 $x$"}]})
    assert inlines(read(cell, "notebook")) == ["x"]


# HTML


def test_html() -> None:
    document = read(
        r"""<!doctype html><html><head><title>Soft &amp; max</title>
<style>$a$</style><script>var s = "$$b$$";</script></head><body>
<h2>Heading</h2><p>So \(c\) &eacute; <b>bold</b>, <a href="x?a&amp;b">link</a>
<p>\[ d &lt; e \]</p> <ul><li>one $$f$$<li>two</ul>
<script type="math/tex; mode=display">g < h</script>
<!-- symderiv: onehot t --><pre>$i$</pre><blockquote>said $j$</blockquote>
\begin{align} k &= l \end{align}</body></html>""",
        "html",
    )
    assert words(document.title) == "Soft & max"
    assert inlines(document) == ["c", "j"]
    assert displays(document) == ["d <    e", "f", "g < h", "k &= l"]
    assert [type(block) for block in document.blocks] == [
        Heading, Paragraph, Display, ItemList, Display, Directive, CodeBlock, Callout, Display,
    ]  # fmt: skip
    assert "é bold" in words(document.blocks) and found(document, Link)[0].target == "x?a&b"


def test_single_dollars_in_html_need_a_reason() -> None:
    assert inlines(read("<p>from $a to $b</p>", "html")) == []
    page = "<script>MathJax = {tex: {inlineMath: [['$', '$']]}};</script><p>$a = b$</p>"
    assert inlines(read(page, "html")) == ["a = b"]


# reStructuredText


def test_rst() -> None:
    document = read(
        """=====
Title
=====

Some :math:`a_i = b` and ``$code$``, *emphasis*, :eq:`one`.

.. symderiv: onehot t

.. math::
   :label: one

   c = d

   e = f

.. math:: g = h

Under
-----

.. note::

   .. math::
      :nowrap:

      \\begin{align*}
      i &= j \\\\
      \\end{align*}

.. code-block:: python

   x = "$k$"

- item :math:`l`

.. a comment with :math:`m`
""",
        "rst",
    )
    assert [(h.level, words(h)) for h in found(document, Heading)] == [(1, "Title"), (2, "Under")]
    assert inlines(document) == ["a_i = b", "l"]
    assert displays(document) == ["c = d", "e = f", "g = h", "i &= j \\\\"]
    assert [d.environment for d in found(document, Display)] == ["", "", "", "align*"]
    assert [d.text for d in found(document, Directive)] == ["onehot t"]
    assert found(document, Reference)[0].label == found(document, Display)[0].label == "one"
    assert len(found(document, CodeBlock)) == 1 and len(found(document, ItemList)) == 1


# Files


def test_the_kind_follows_from_the_suffix_or_the_text(tmp_path: Path) -> None:
    path = tmp_path / "page.rst.md"
    path.write_text(".. math:: a = b\n")
    assert displays(read_path(path)) == ["a = b"]
    assert sniffed('{"cells": [], "nbformat": 4}') == "notebook"
    assert sniffed("\n<!DOCTYPE html><p>") == "html"
    assert sniffed("\\section{A}\n$x$") == "tex"
    assert sniffed("Text\n\n.. math::\n\n   a") == "rst"
    assert sniffed("# A\n\n$$\\begin{align}a\\end{align}$$") == "markdown"
    assert sniffed("") == "markdown"


RST = {  # a math directive: its formulas, and its label
    ".. math:: x = 2\n   :label: eq1\n": (["x = 2"], "eq1"),
    ".. math:: x\n   = 2\n   :label: eq1\n   :nowrap:\n": (["x\n   = 2"], "eq1"),
    ".. math:: x = 2\n   :label: eq1\n\n   y = 3\n\n   z = 4\n": (["x = 2", "y = 3", "z = 4"], "eq1"),
    ".. math:: x = 2\n\n   y = 3\n": (["x = 2", "y = 3"], None),
    ".. math::\n   :label: eq1\n\n   x = 2\n\n   y = 3\n": (["x = 2", "y = 3"], "eq1"),
    ".. math::\n\n   \\begin{align}\n   x &= 2 \\\\\n\n   y &= 3\n   \\end{align}\n": (
        ["x &= 2 \\\\\n\n   y &= 3"],
        None,
    ),
}


@pytest.mark.parametrize("text", RST)
def test_a_math_directive_with_options(text: str) -> None:
    document = read_text(text + "\nWords.\n", "a.rst", "rst")
    formulas, label = RST[text]
    assert [display.latex.strip() for display in found(document, Display)] == formulas
    assert {display.label for display in found(document, Display)} == {label}
    assert document.blocks[-1].inlines[0].text == "Words."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text but a picture"),
        (b"%PDF-1.7\n%\x80\x81", "not text but a PDF: give the LaTeX"),
        (b"PK\x03\x04\x14", "not text but an archive or an office document"),
        (b"a\0b", "zero byte"),
        (b"line one\nna\xefve", r"not UTF-8: byte 0xef at offset 11 \(line 2\)"),
        (b"\xff\xfea", "begins as UTF-16"),
        (b"h\0i\0 \0", "zero byte"),
    ],
)
def test_what_is_not_text(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(content)
    with pytest.raises(UserError, match=reason) as caught:
        read_path(path)
    assert caught.value.status == 3


def test_byte_order_marks_and_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    for content in (
        "\ufeffA\r\n\r\n$$\r\na\r\n= b\r\n$$\r\n".encode(),
        "A\r\n\r\n$$\r\na\r\n= b\r\n$$\r\n".encode("utf-16"),
    ):
        path.write_bytes(content)
        document = read_path(path)
        holds(document)
        shown = found(document, Display)[0]
        assert shown.latex == "a\r\n= b" and document.source.position(shown.span.start) == (4, 1, None)
        assert document.source.position(shown.span.end) == (5, 4, None)


def test_paths_that_are_not_documents(tmp_path: Path) -> None:
    for path, reason in ((tmp_path, "is a folder"), (tmp_path / "none.md", "no file"), (Path("a\0b"), "could not")):
        with pytest.raises(UserError, match=reason):
            read_path(path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.md")
        with pytest.raises(UserError, match="not a regular file"):
            read_path(tmp_path / "pipe.md")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "large.md"
    with open(path, "wb") as file:
        file.truncate(60_000_000)
    with pytest.raises(UserError, match="larger than 50 MB"):
        read_path(path)


# Any text at all

SAMPLES = [text for text, *_ in MARKDOWN.values()] + [
    (FILES / "book" / "main.tex").read_text(),
    (FILES / "book" / "parts" / "macros.tex").read_text(),
    r"\begin{itemize}\item $a$ \begin{warning}[x]\[ b \]\end{warning}\end{itemize}\section{c}\emph{d}\footnote{e}",
    "<p>a <b>b</b> \\(c\\)<ul><li>$$d$$</ul><pre>x</pre>",
    ".. math::\n   :label: x\n\n   a\n\n``b`` :math:`c`\n\n.. note:: d\n",
]
BITS = ["$", "$$", "\\[", "\\]", "\\(", "{", "}", "\\begin{align}", "\\end{align}", "`", "```", "\n", "\n\n", "> ", "- ",
        "%", "<p>", "<!--", "-->", "\\", "*", "_", "[", "](", "\ue000", "\r\n", "\u2028", ".. math::\n", "\\item", "\\emph{",
        "\\newcommand{\\a}[2][x]{", "# ", "|", '<script type="math/tex">', "</script>"]  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "notebook"])
@pytest.mark.parametrize("blank", "\t \x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2003\u2028\r")
def test_blanks_of_all_kinds_around_marks(kind: str, blank: str) -> None:
    for mark in ("-", "1.", ">", "#", "```", "---", "|", "$$", "<!--", ".. math::"):
        for text in (mark + blank, blank + mark, f"{mark}{blank}a", f"{blank}{mark} a{blank}"):
            read(f"{text}\n\nb", kind)


@pytest.mark.parametrize("kind", KINDS)
def test_mutated_texts_are_read(kind: str) -> None:
    chance = random.Random(kind)
    for _ in range(1500):
        pieces = list("\n".join(chance.sample(SAMPLES, 2)))
        del pieces[chance.randrange(len(pieces)) :]
        for _ in range(chance.choice((1, 3, 12))):
            place = chance.randrange(len(pieces) + 1)
            if chance.random() < 0.6:
                pieces.insert(place, chance.choice(BITS))
            else:
                del pieces[place : place + chance.choice((1, 5))]
        text = "".join(pieces)
        if kind == "notebook":
            text = json.dumps({"cells": [{"cell_type": "markdown", "source": text}] * 2})
        read(text, kind)


JUNK = ["$", "$$ ", "\\[ ", "\\( ", "{", "\\emph{", "\\begin{align} ", "\\begin{itemize}\\item ", "`", "`a``", "> ",
        "  - a\n", "<p ", "<!--", "[a](", "*a ", "\\\\", "\\newcommand{\\a}{", "\\label{\\label{}", "$a$ ", "```\n",
        ".. math::\n\n   a\n\n", "<ul><li>", "\n", "\\[ a \n\n some words of prose here "]  # fmt: skip


@pytest.mark.parametrize("kind", ["tex", "markdown", "html", "rst"])
def test_junk_is_read_in_linear_time(kind: str) -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        read_text(text, "junk", kind)
        return time.process_time() - start

    gc.disable()  # its cost grows with all that other tests left behind, not with the text
    try:
        for unit in JUNK:
            text = unit * (100_000 // len(unit))
            assert seconds(text) < 24 * seconds(text[: len(text) // 8]) + 0.2, unit
    finally:
        gc.enable()


def test_what_tex_does_not_print_is_not_read():
    text = r"""\documentclass{article}\newif\ifdraft \draftfalse \newcommand{\hide}[1]{}
\begin{document}
\iffalse \[ a = 1 \] \ifx\a\b \[ b = 2 \] \fi \else \[ c = 3 \] \fi
\ifdraft \[ d = 4 \] \fi \hide{\[ e = 5 \]} \ifother \[ f = 6 \] \fi
\end{document}
"""
    document = read_text(text, "a.tex", "tex")
    assert [display.latex.strip() for display in found(document, Display)] == ["c = 3", "f = 6"]


def test_a_percent_sign_in_a_link_begins_no_comment():
    text = "See \\url{https://a.b/c%20d} and \\href{http://a.b/%7Ex}{this}. \\[ x = 1 \\]\n"
    document = read_text(text, "a.tex", "tex")
    assert [display.latex.strip() for display in found(document, Display)] == ["x = 1"]
    assert [link.target for link in found(document, Link)] == ["https://a.b/c%20d", "http://a.b/%7Ex"]

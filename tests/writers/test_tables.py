"""Tables of Markdown in reports: cells stand where their authors put them, and nothing is lost of what is no table."""

from __future__ import annotations

import re

import pytest

from symderiv.check import check_text
from symderiv.writers import html, latex, pdf, typst
from symderiv.writers.report import Report, layout
from symderiv.writers.tables import Grid

STEP = "\n\n$$ x + x = 2x $$\n"

TABLES = {
    "| a | b |\n|---|---|\n| 1 | $|x|$ |\n": [["a", "b"], ["1", "$|x|$"]],
    "a | b\n:-: | --:\n1 | 2\n": [["a", "b"], ["1", "2"]],
    "|a|b|c|\n|-|-|-|\n||`x|y`||\n|1|\n": [["a", "b", "c"], ["", "`x|y`", ""], ["1", "", ""]],
    "| a | b |\n|---|---|\n| x \\| y | [z] |\n| * | $a$ and $b$ |\n": [
        ["a", "b"],
        ["x | y", "[z]"],
        ["*", "$a$ and $b$"],
    ],
    "| a | b |\r\n|---|---|\r\n| 1 | 2 |\r\n": [["a", "b"], ["1", "2"]],
    "> | a | b |\n> |---|---|\n> | 1 | 2 |\n": [["a", "b"], ["1", "2"]],
    "- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n": [["a", "b"], ["1", "2"]],
}
NO_TABLES = [
    "a | b and\nc | d\n",
    "| a | b |\n|---|\n| 1 | 2 |\n",
    "| a | b |\n|---|---|\n| 1 | 2 | 3 |\n",
    "| a |\n|---|\n",
    "| a | b |\n| - | x |\n",
    "|" + " a |" * 13 + "\n|" + "---|" * 13 + "\n",
]


def grids(blocks: tuple) -> list[Grid]:
    inside = [inner for block in blocks for inner in getattr(block, "blocks", ())]
    inside += [inner for block in blocks for item in getattr(block, "items", ()) for inner in item]
    return [block for block in (*blocks, *inside) if isinstance(block, Grid)]


def plain(cell: tuple) -> str:
    shown = {"InlineMath": "${}$", "Code": "`{}`"}
    return "".join(shown.get(type(p).__name__, "{}").format(getattr(p, "latex", getattr(p, "text", ""))) for p in cell)


@pytest.mark.parametrize("text", TABLES)
def test_cells_of_a_table(text: str) -> None:
    report = Report(check_text(text + STEP, "a.md", "markdown"))
    (grid,) = grids(layout(report).blocks)
    assert [[plain(cell) for cell in row] for row in (grid.head, *grid.rows)] == TABLES[text]
    page = html.write(report)
    assert page.count("<tr>") == len(TABLES[text]) + 2  # and those of what was proved
    assert page.count("<td>") == sum(map(len, TABLES[text][1:])) + 1
    assert latex.write(report).count(r" \\" + "\n") >= len(TABLES[text])
    assert pdf.write(report, "typst").startswith(b"%PDF")


@pytest.mark.parametrize("text", NO_TABLES)
def test_what_is_no_table_is_left_as_it_is(text: str) -> None:
    report = Report(check_text(text + STEP, "a.md", "markdown"))
    assert not grids(layout(report).blocks)
    assert " ".join(text.split()) in re.sub(r"<[^>]+>", "", html.write(report))


def test_a_formula_over_two_lines_is_no_table() -> None:
    report = Report(check_text("Here $a +\n- b$ stands alone." + STEP, "a.md", "markdown"))
    assert not grids(layout(report).blocks)
    assert "stands alone" in html.write(report)


def test_rows_and_code_that_begin_with_a_bracket_are_no_options_in_latex() -> None:
    text = "| a | b |\n|---|---|\n| [1cm] | 2 |\n\n```\nx\n[1cm]\n* y\n```\n"
    source = latex.write(Report(check_text(text + STEP, "a.md", "markdown")))
    assert not re.search(r"\\\\\s*[\[*]", source.replace(r"\\[0.8ex]", ""))
    assert "{}[1cm] & 2" in source and "\\\\\n{}[1cm]" in source


def test_the_text_of_a_footnote_is_printed() -> None:
    text = "So it is[^1], as [there].\n\n[^1]: A note with $y$.\n\n[there]: https://example.org\n" + STEP
    for writer in (html, latex, typst):
        page = writer.write(Report(check_text(text, "a.md", "markdown")))
        assert "A note with" in page and "[there]:" not in page

"""The terminal's diagnostics and summary, and the JSON record."""

import json

import pytest

from symderiv.check import check_text
from symderiv.diagnostics import Diagnostic
from symderiv.document import Source, Span
from symderiv.writers import json as json_writer
from symderiv.writers import markdown, terminal
from symderiv.writers.findings import Examined
from tests.writers import sheets

SOURCE = Source("notes/softmax.md", "a\n\\frac{\\partial p_i}{\\partial z_j} &= p_i (1 - p_j)\n")


def culprit(text: str) -> Span:
    at = SOURCE.text.index(text)
    return Span(at, at + len(text))


def test_diagnostic_shows_line_caret_notes_and_help():
    found = Diagnostic(
        "E201", "this step is false", culprit("(1 - p_j)"), ("it holds when i = j",), "p_i (1 - p_j) is not"
    )
    assert terminal.diagnostic(found, SOURCE) == (
        "error[E201]: this step is false\n"
        " --> notes/softmax.md:2:42\n"
        "  |\n"
        r"2 | \frac{\partial p_i}{\partial z_j} &= p_i (1 - p_j)" + "\n"
        "  |                                          ^^^^^^^^^\n"
        "  = it holds when i = j\n"
        "  = help: p_i (1 - p_j) is not\n"
    )
    assert "\x1b[1;31m" in terminal.diagnostic(found, SOURCE, terminal.Look(colours=True))


def test_carets_stand_under_wide_characters_and_long_lines_are_cut():
    source = Source("a", "漢字 = x")
    text = terminal.diagnostic(Diagnostic("E101", "m", Span(5, 6)), source)
    assert text.split("\n")[4] == "  |        ^"
    source = Source("a", "y" * 300 + "CULPRIT" + "z" * 300)
    lines = terminal.diagnostic(Diagnostic("E101", "m", Span(300, 307)), source).split("\n")
    assert len(lines[3]) < 120 and lines[3].index("CULPRIT") == lines[4].index("^^^^^^^")


@pytest.mark.parametrize("width", [60, 72, 80, 100])
@pytest.mark.parametrize("culprit", ["CULPRIT", "C" * 300, "漢" * 90])
@pytest.mark.parametrize("before", [0, 10, 300])
def test_nothing_in_the_frame_is_wider_than_the_terminal(width, culprit, before):
    source = Source("a", "y" * before + culprit + "z" * 300)
    found = Diagnostic("E101", "m", Span(before, before + len(culprit)), ("a word " * 40,), "do this " * 40)
    lines = terminal.diagnostic(found, source, terminal.Look(width=width)).split("\n")
    assert all(terminal.columns(line) <= width for line in lines)
    assert terminal.columns(lines[3].partition(culprit[0])[0]) == lines[4].index("^")


def test_escape_sequences_of_strangers_are_stripped():
    source = Source("a\x1b[2J.md", "x\x1b[31m = \x1b]0;title\x07y\u202e\x08")
    text = terminal.diagnostic(Diagnostic("E201", "m\x1b[1m", Span(0, 1)), source)
    assert "\x1b" not in text and "\u202e" not in text and "\x08" not in text and "title" not in text


def test_summary_counts():
    text = terminal.summary(sheets.notes().checked, ["output/notes-K4.tex"])
    assert text.startswith("✓ 15 lines proved: 9 for K = 4; 3 for all K; 3 for all K, m\n")
    assert "given Σ" in text and "1 line meant to be false, and refuted" in text and "output/notes-K4.tex" in text


def test_json_record():
    checked = sheets.notes().checked
    data = json.loads(json_writer.write(checked, {"classes": 4}, ["output/a.tex"]))
    assert list(data) == ["version", "source", "parameters", "files", "summary", "steps"]
    assert data["summary"] == {"proved": 15, "refuted": 1, "undecided": 0, "definitions": 1}
    (step,) = [s for s in data["steps"] if s["verdict"] == "refuted"]
    assert step["witness"] == {
        "sizes": {"K": 2}, "indices": {"k": 1}, "values": {"f_{1}": "0", "f_{2}": "1/2"},
        "left": "-0.7310585", "right": "0.2689414",
    }  # fmt: skip
    line = checked.document.source.line(step["line"])
    assert line[step["column"] - 2] == "="


READ = r"""Let $z_j = \sum_k w_{jk} a_k$.

$$\frac{\partial \mathcal{L}}{\partial w_{jk}} = \frac{\partial \mathcal{L}}{\partial z_j} a_k$$

$$\frac{\partial \mathcal{L}}{\partial a_k} = \sum_j \frac{\partial \mathcal{L}}{\partial z_j} w_{jk}$$
"""


def test_what_the_reading_of_proved_steps_rests_on_is_said_once_with_its_lines():
    examined = Examined("a.md", check_text(READ, "a.md"))
    note = r"\mathcal{L} is taken to depend on everything through z"
    assert "  read: ℒ is taken to depend on everything through z  lines 3, 5\n" in terminal.report(examined)
    assert [step["notes"] for step in json_writer.record(examined.checked)["steps"]] == [[], [note], [note]]
    assert "(lines 3, 5)" in markdown.section(examined)


def test_an_equation_to_be_solved_is_no_claim():
    text = "Setting it to zero,\n\n$$\\sum_{i=1}^n (a_i - c) = 0$$\n\n$$c = \\frac{1}{n} \\sum_{i=1}^n a_i$$\n"
    examined = Examined("a.md", check_text(text, "a.md"))
    found = json_writer.record(examined.checked)
    assert [(step["kind"], step["equation"], step["verdict"]) for step in found["steps"]] == [
        ("definition", True, None),
        ("claim", False, "proved"),
    ]
    assert "equation to be solved\n" in terminal.report(examined)
    assert terminal.total([examined]).startswith(
        "1 step: ✓ 1 proved, ✗ 0 false, ? 0 could not be checked (1 equation to"
    )


def test_json_gives_the_reasons_beside_what_was_read():
    found = json_writer.record(check_text("$$\\frac{\\partial L}{\\partial w} = g w$$", "a.md"))
    assert found["steps"][0]["reasons"] == [
        "what is differentiated is defined nowhere, so later steps take this line as given",
        "how w enters is not known",
    ]


def test_a_repair_names_a_function_as_the_author_does():
    text = "$$\\begin{aligned}\\sigma(x) &= \\frac{1}{1+e^{-x}} \\\\ 1-\\sigma(x) &= \\sigma(x) e^x\\end{aligned}$$"
    checked = check_text(text, "a.md")
    assert checked.steps[1].diagnostic.help == r"\sigma(x) e^{-x} is proved: the sign of x is wrong"

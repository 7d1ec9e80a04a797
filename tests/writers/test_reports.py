"""The report writers: escaping, numbers and marks, determinism, and that each format is accepted by its engine."""

import itertools
import re
import shutil
from html.parser import HTMLParser

import pytest

from symderiv.check import check_text
from symderiv.diagnostics import UserError
from symderiv.writers import html, latex, pdf, typst
from symderiv.writers.formula import SYMBOLS, inline, lines
from symderiv.writers.report import Boxed, Ledger, Report, Section, Shown, layout
from tests.writers import sheets

HOSTILE = r"<script>alert(1)</script> \write18{id} $(id) `id` #eval(\"x\") ]] ((( 7*7 ))) & % _ ^ ~ \x1b[31m"


def hostile() -> Report:
    s = sheets.Sheet()
    s.blocks.append(
        sheets.Paragraph(
            (
                sheets.Text(HOSTILE + "\x1b[2J\x00", sheets.Span(0, 0)),
                sheets.Code(HOSTILE, sheets.Span(0, 0)),
                sheets.Link((sheets.Text("here", sheets.Span(0, 0)),), "javascript:alert(1)", sheets.Span(0, 0)),
                sheets.Link((sheets.Text("x", sheets.Span(0, 0)),), 'https://a/"><script>}\\end', sheets.Span(0, 0)),
            ),
            sheets.Span(0, 0),
        )
    )
    s.display(r"x = \text{<script> \& \$ \_ \# \%}", "equation")
    return Report(s.checked("ok"), title=HOSTILE)


def test_layout_numbers_claims_and_definitions_once():
    laid = layout(sheets.notes())
    shown = [b for b in laid.blocks if isinstance(b, Shown)]
    assert [b.number for b in shown] == ["1", "2", "3", "4", "6", "7"]
    (box,) = [b for b in laid.blocks if isinstance(b, Boxed)]
    assert [b.marks for b in box.blocks if isinstance(b, Shown)] == [("refuted",)]
    assert shown[1].marks == ("proved", "proved", "proved")
    assert laid.targets["eq:jacobian"] == ("eq-3", "(3)")


NUMBERS = {  # rows -> what stands in the brackets, what is printed for \\eqref{a} and \\eqref{b}, the next number
    r"x &= x \label{a} \\ y &= y \label{b}": ("1, 2", "(1)", "(2)", "3"),
    r"x &= x \label{a} \tag{A} \\ y &= y \\ z &= z \label{b}": ("A, 1", "(A)", "(1)", "2"),
    r"x &= x \tag{A} \label{a} \\ y &= y \tag{*} \label{b}": ("A, *", "(A)", "(*)", "1"),
    r"x &= x \tag{$\ast$} \label{a} \\ y &= y \tag{$\dagger_1$} \label{b}": ("∗, †_1", "(∗)", "(†_1)", "1"),
    r"x &= x \label{a} \label{b} \\ y &= y": ("1", "(1)", "(1)", "2"),
    r"x &= x \\ y &= y \tag{A} \label{a} \label{b}": ("A", "(A)", "(A)", "1"),
}


@pytest.mark.parametrize("rows", NUMBERS)
def test_rows_with_labels_of_their_own_have_numbers_of_their_own(rows):
    number, a, b, following = NUMBERS[rows]
    text = f"\\begin{{align}}{rows}\\end{{align}}\n\nSee \\eqref{{a}} and \\eqref{{b}}.\n\n\\[ u + u = 2u \\label{{c}} \\]\n"
    report = Report(check_text(text, "a.tex", "tex"))
    laid = layout(report)
    assert [block.number for block in laid.blocks if isinstance(block, Shown)] == [number, following]
    assert [laid.targets[label][1] for label in "abc"] == [a, b, f"({following})"]
    page = re.sub(r"<[^>]+>", "", html.write(report))
    assert f"See {a} and {b}." in page and f"({number})" in page
    source = latex.write(report)
    for label, words in (("a", a), ("b", b)):
        anchor = laid.targets[label][0]
        words = words.replace("∗", r"\ensuremath{\ast}").replace("†_", r"\ensuremath{\dagger}\_")
        assert (rf"\hyperref[{anchor}]{{{words}}}" if "," in number else rf"\eqref{{{anchor}}}") in source
    assert (rf"\tag{{{following}}}" in source) == ("," in number and following != "1")


def test_ledger_groups_equations_that_were_proved_alike():
    (ledger,) = [b for b in layout(sheets.notes()).closing if isinstance(b, Ledger)]
    words = [
        "".join(getattr(p, "text", getattr(p, "latex", getattr(p, "label", ""))) for p in row[1]) for row in ledger.rows
    ]
    assert words[0] == "for all K"
    assert r"for all K, m; given \sum_{j=1}^{K} t_j = 1; where V^1 \ne 0" in words


HALF = r"""# Notes on sums

$$\begin{aligned}
\sum_i a_i c_i &= \sum_j a_j c_j \\
&= \sum_i a_i \sum_j c_j
\end{aligned}$$

## A section

Code: `x = "a" --b`.
"""


def test_a_display_of_which_one_line_is_false_says_which():
    report = Report(check_text(HALF, "half.md"))
    laid = layout(report)
    (shown,) = [b for b in laid.blocks if isinstance(b, Shown)]
    assert shown.marks == ("proved", "refuted")
    words = "".join(getattr(part, "text", getattr(part, "label", "")) for part in shown.failures[0])
    assert words.startswith("Line 2 of @1 is false at ")
    (ledger,) = [b for b in laid.closing if isinstance(b, Ledger)]
    assert ledger.rows[0][1][-1].text == "; only the lines with the mark ✓"
    assert "One line is false, with a counterexample beneath." in html.write(report)


def test_a_first_heading_that_stands_above_all_others_is_the_title():
    laid = layout(Report(check_text(HALF, "half.md")))
    assert [part.text for part in laid.title] == ["Notes on sums"]
    assert [(b.level, b.number) for b in laid.blocks if isinstance(b, Section)] == [(1, "1")]
    laid = layout(Report(check_text(HALF.replace("## ", "# "), "half.md")))
    assert [part.text for part in laid.title] == ["half"]
    assert [b.number for b in laid.blocks if isinstance(b, Section)] == ["1", "2"]


def test_code_keeps_its_quotes_and_hyphens_in_latex():
    assert r"\texttt{x = {\char34}a{\char34} -{}-{}b}" in latex.write(Report(check_text(HALF, "half.md")))


def test_wide_code_may_be_broken_in_latex():
    """TeX breaks neither at a sign nor at a tie by itself, and one line that is too wide would cost the whole PDF."""
    words = f"`{'a' * 30} {'b-' * 16}`\n\n```\n{'c ' * 30}\n{'d ' * 31}e\n```\n"
    source = latex.write(Report(check_text(words, "wide.md")))
    assert rf"\texttt{{{'a' * 30} " in source and r"b\allowbreak{}-{}\allowbreak{}b" in source
    assert "c~" * 29 + "c" in source and r"d\allowbreak{}~\allowbreak{}d" in source


def test_a_tilde_is_a_sign_and_a_blank_that_ties_is_none_in_typst():
    assert typst.escape("~a_b\u00a0c  d") == r"\~a\_b~c d"


@pytest.mark.parametrize(
    "heading",
    [r"\section{One}\label{a}", "\\section{One}\n\\label{a}", r"\section{One \label{a}}", r"\section{\label{a} One}"],
)
def test_a_section_is_referred_to_by_its_number(heading):
    report = Report(check_text(f"{heading}\nSee \\ref{{a}}. \\[ x + x = 2x \\]\n\\section{{Two}}\n", "a.tex", "tex"))
    assert layout(report).targets["a"] == ("sec-1", "1")
    assert "a" not in layout(Report(check_text(r"\section{One} $x$ \label{a}", "a.tex", "tex"))).targets


def test_plain_leaves_out_marks_and_closing_section():
    for writer in (latex, typst, html):
        text = writer.write(sheets.notes(plain=True))
        assert "What was proved" not in text.replace(r"\ ", " ")
    assert r"\proved" not in latex.write(sheets.notes(plain=True))
    assert 'class="mark' not in html.write(sheets.notes(plain=True))


@pytest.mark.parametrize("writer", [latex, typst, html])
def test_same_input_same_bytes(writer):
    assert writer.write(sheets.notes()) == writer.write(sheets.notes())


class _Page(HTMLParser):
    VOID = ("meta", "br", "hr", "img", "link", "input")

    def __init__(self):
        super().__init__()
        self.open, self.tags, self.ids, self.links = [], [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attrs = dict(attrs)
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [attrs["href"]] if "href" in attrs else []
        assert not any(name.startswith("on") or name == "src" for name in attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_one_sound_page():
    text = html.write(sheets.notes())
    page = _Page()
    page.feed(text)
    assert not page.open
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert all(link.startswith(("#", "https://example.org/")) for link in page.links)
    assert not re.search(r"url\(|@import|menclose", text)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert 'role="img"' in text and "<desc" in text and 'aria-label="proved"' in text


def test_text_of_a_document_is_data():
    page = html.write(hostile())
    assert "<script" not in page and "javascript" not in page and "\x1b" not in page
    tex = latex.write(hostile())
    assert r"\textbackslash{}write18" in tex and "\\write18" not in tex and "\\end{}" not in tex
    assert "((( 7*7 )))" in tex and "49" not in tex.split(r"\begin{document}")[1]
    typ = typst.write(hostile())
    assert r"\#eval" in typ and typst.escape("#a[b]$") == r"\#a\[b\]\$" and typst.string('"#\\') == r'"\"#\\"'


@pytest.mark.parametrize(
    "bad", [r"\write18{id}", r"\input{/etc/passwd}", r"\href{x}{y}", "^^5cwrite", r"x_1_2", r"\left( x"]
)
def test_unknown_mathematics_is_refused_by_every_writer(bad):
    s = sheets.Sheet()
    s.display(bad, "equation", verdicts=[])
    for writer in (latex, typst, html):
        with pytest.raises(UserError):
            writer.write(Report(s.checked("t")))


def test_macros_are_expanded_to_known_commands_only():
    assert inline(r"\sq{x}", {r"\sq": (1, None, "#1^2")}).parts
    with pytest.raises(UserError):
        inline(r"\bad", {r"\bad": (0, None, r"\write18{x}")})
    with pytest.raises(UserError, match="endless"):
        inline(r"\loop", {r"\loop": (0, None, r"\loop\loop")})


def test_rows_of_an_inner_aligned_are_the_rows_of_the_display():
    rows = lines("\\begin{aligned} a &= b \\\\ &= c \\end{aligned} \\label{x}")
    assert [len(row.cells) for row in rows] == [2, 2]
    assert rows[-1].labels == ("x",)


def test_typst_knows_every_symbol_and_sets_the_report():
    engine = pytest.importorskip("typst")
    source = " ".join(f"${typst.formula(inline(sign))}$" for sign in SYMBOLS if sign not in ("&", "{", "}"))
    assert engine.compile(source.encode(), ignore_system_fonts=True).startswith(b"%PDF")
    assert pdf.write(sheets.notes(), "typst").startswith(b"%PDF")
    assert pdf.write(sheets.notes(), "typst") == pdf.write(sheets.notes(), "typst")
    assert pdf.write(hostile(), "typst").startswith(b"%PDF")


def test_mathml_knows_every_symbol():
    for sign in SYMBOLS:
        assert html.mathml(inline(sign), True)


@pytest.mark.parametrize("program", ["pdflatex", "lualatex"])
def test_tex_sets_the_report_without_overfull_boxes(program):
    path = shutil.which(program) or pytest.skip(f"{program} is not on the PATH")
    assert pdf.compile_tex(latex.write(sheets.notes()), path).startswith(b"%PDF")


def test_tex_sets_hostile_text():
    path = shutil.which("pdflatex") or pytest.skip("pdflatex is not on the PATH")
    assert pdf.compile_tex(latex.write(hostile()), path).startswith(b"%PDF")


def test_tex_error_names_the_line(monkeypatch):
    path = shutil.which("pdflatex") or pytest.skip("pdflatex is not on the PATH")
    text = latex.write(sheets.notes()).replace(r"\maketitle", r"\maketitle \nosuchcommand")
    with pytest.raises(UserError, match="nosuchcommand"):
        pdf.compile_tex(text, path)


def test_tex_that_hangs_is_stopped(monkeypatch):
    path = shutil.which("pdflatex") or pytest.skip("pdflatex is not on the PATH")
    monkeypatch.setattr(pdf, "TIME_LIMIT", 2.0)
    with pytest.raises(UserError, match="2 seconds"):
        pdf.compile_tex(r"\documentclass{article}\begin{document}\def\x{\x}\x\end{document}", path)


def test_missing_and_unknown_engines(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UserError, match="neither pdflatex nor lualatex"):
        pdf.write(sheets.notes(), "latex")
    with pytest.raises(UserError, match="no PDF engine"):
        pdf.write(sheets.notes(), "word")


def test_network_parameters_are_checked():
    s = sheets.Sheet()
    s.figure({"hidden": "many", "classes": "4"}, "c", "a")
    with pytest.raises(UserError, match="hidden"):
        html.write(Report(s.checked("t")))


def test_wide_displays_are_broken_and_nothing_is_lost():
    sum_ = " + ".join(rf"\frac{{\partial L}}{{\partial p_{{{k}}}}}" for k in range(1, 30))
    s = sheets.Sheet()
    s.display(f"G = {sum_} = 0", "equation")
    text = latex.write(Report(s.checked("t"), plain=True))
    for k in range(1, 30):
        assert text.count(f"p_{{{k}}}") == 1
    assert text.count(r"\\") >= 2
    path = shutil.which("pdflatex")
    if path:
        assert pdf.compile_tex(text, path).startswith(b"%PDF")

"""Text of strangers is data in everything that is written: terminal, Markdown, JSON, SARIF, HTML, TeX, templates."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path

import pytest

from tests.conftest import Outcome

Run = Callable[..., Outcome]
ACTING = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
FALSE = "a (b + c) &= a b + c"
ESCAPES = "\x1b]0;title\x07 \x1b[31mred \x9b31m \r over \x08\x08 \u202e turned \u2028"


def hostile_markdown() -> str:
    return (
        f"# <script>alert(1)</script> | `code ``` \n\n{ESCAPES}\n\n"
        '<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](data:text/html,<script>) <b onclick="x">\n\n'
        '[c](JaVaScRiPt:alert(1)) [d](https://example.org/"onmouseover="alert(1)) ![e](javascript:alert(1))\n\n'
        "$$\n\\begin{align}\n" + FALSE + " % <script> ``` | \x1b[2J\n\\end{align}\n$$\n\n"
        "$$\nx + \\text{</math><script>alert(1)</script>} = 3\n$$\n\n"
        "<!-- symderiv: assume \x1b[31m ``` <script>alert(1)</script> -->\n"
        "<!-- symderiv: name \u202e\u2066 -->\n<!-- symderiv: \u200f\x9b31m -->\n"
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.md"
    path.write_text(hostile_markdown(), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("form", ["text", "markdown", "json", "sarif"])
def test_no_control_characters_come_out(run: Run, hostile: Path, form: str) -> None:
    done = run("check", hostile, "--format", form)
    assert done.status in (1, 2, 3)
    for text in (done.out, done.err):
        assert not re.search(ACTING, text), repr(text)


def test_json_and_sarif_are_sound(run: Run, hostile: Path) -> None:
    (record,) = json.loads(run("check", hostile, "--format", "json").out)
    assert any(step["verdict"] == "refuted" for step in record["steps"])
    sarif = json.loads(run("check", hostile, "--format", "sarif").out)
    rules = [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]]
    for result in sarif["runs"][0]["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]


def test_markdown_stays_in_its_fences(run: Run, hostile: Path) -> None:
    from markdown_it import MarkdownIt

    out = run("check", hostile, "--format", "markdown").out
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(out)
    assert "<script" not in html and "<img" not in html and "href" not in html


class Active(HTMLParser):
    """What in a page could run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "img", "base", "form", "meta") and not (
            tag == "meta" and not dict(attributes).get("http-equiv")
        ):
            self.found.append(tag)
        for name, value in attributes:
            value = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if name.startswith("on") or value.startswith(("javascript:", "data:", "vbscript:")):
                self.found.append(f"{tag} {name}={value}")


def active(page: str) -> list[str]:
    parser = Active()
    parser.feed(page)
    return parser.found


LATEX = r"""
\title{<script>alert(1)</script> \input{/etc/passwd} \write18{touch pwned}}
\section{\immediate\write18{touch pwned} <script>alert(1)</script>}
\href{javascript:alert(1)}{x\input{/etc/passwd}} \href{https://example.org/"onmouseover="alert(1)}{q} \openin5=/etc/passwd
\texttt{\input{/etc/passwd}} \verb|\input{/etc/passwd}| \emph{\csname input\endcsname{/etc/passwd}}
\href{https://example.org/\write18{touch pwned}}{z} \url{https://example.org/\input{/etc/passwd}} <img src=x onerror=alert(1)>
\[ a (b + c) = a b + a c \tag{\input{/etc/passwd}} \]
\[ a (b + c) = a b + a c \label{\input{/etc/passwd}} \]
\symderivfigure{network}{hidden=6,classes=4,label=\input{/etc/passwd}}{\input{/etc/passwd}}{\input{/etc/passwd}}
\begin{lstlisting}
\end{verbatim}\input{/etc/passwd}\immediate\write18{touch pwned}
\end{lstlisting}
"""
FORMULAS = [
    r"a (b + c) = a b + a c \write18{touch pwned}",
    r"a (b + c) \underbrace{= a b}_{\text{\input{/etc/passwd}}} + a c",
    r"a (b + c) = a b + a c \text{^^5cinput{/etc/passwd}}",
    r"a (b + c) = a b + a c \text{$\input{/etc/passwd}$}",
    r"a (b + c) = a b + a c \text{} \csname input\endcsname{/etc/passwd}",
    r"\def\x{\input{/etc/passwd}} a (b + c) = a b + a c \x",
    r"a (b + c) = a b + a c \href{javascript:alert(1)}{d}",
    r"a (b + c) = a b + a c \text{</math><script>alert(1)</script>}",
    r"a (b + c) = a b + a c \special{ps: quit} \catcode`\%=12 \directlua{os.execute('touch pwned')}",
]


def secrets() -> list[str]:
    """Lines of the file that the documents try to print."""
    return [line for line in Path("/etc/passwd").read_text(encoding="utf-8").splitlines() if line][:3]


@pytest.mark.parametrize("engine", ["latex", "typst"])
def test_reports_run_nothing_and_open_nothing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    if engine == "latex":
        import shutil

        if not shutil.which("pdflatex"):
            pytest.skip("no LaTeX")
    monkeypatch.chdir(tmp_path)
    Path("all.tex").write_text(LATEX, encoding="utf-8")
    for number, formula in enumerate(FORMULAS):
        Path(f"{number}.tex").write_text(f"\\[ x + y = y + x \\]\n\\[ {formula} \\]\n", encoding="utf-8")
    done = run("check", ".", "--write-report", "--pdf-engine", engine)
    assert "Traceback" not in done.err and "! " not in done.err
    pages = sorted(Path("output").glob("*.html"))
    assert Path("output/all-checked.html") in pages and Path("output/all-checked.pdf").is_file()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert active(text) == [] and not re.search(r"[\ue000-\uf8ff]", text)
        assert "<title></title>" not in text and "<h1></h1>" not in text
    pypdfium2 = pytest.importorskip("pypdfium2")
    for path in [*pages, *Path("output").glob("*.pdf")]:
        text = path.read_text(encoding="utf-8") if path.suffix == ".html" else ""
        if path.suffix == ".pdf":
            pdf = pypdfium2.PdfDocument(path)
            text = "".join(page.get_textpage().get_text_range() for page in pdf)
            assert not re.search(rb"/(?:JavaScript|Launch|OpenAction|EmbeddedFile)\b", path.read_bytes())
        assert not any(line in text for line in secrets())
    assert not list(tmp_path.rglob("pwned"))


TEMPLATES = [
    "((* set x *))" + "a" * 10 + "((* endset *))" + "((* set x *))((( x )))((( x )))((( x )))((* endset *))" * 40,
    "((( (5).to_bytes(100000, 'big') )))",
    "((( ''.__class__.__mro__[1].__subclasses__() )))",
    "((( self.__init__.__globals__ )))",
    "((( number.__class__ )))",
    "((( words.__globals__['__builtins__'] )))",
    "((( words.__func__ )))",
    "((( cycler.__init__.__globals__.os.popen('touch pwned').read() )))",
    "((( ''|attr('__class__')|attr('__mro__') )))",
    "((* include '/etc/passwd' *))",
    "((* import '/etc/passwd' as x *))",
    "((* extends '/etc/passwd' *))",
    "((* for i in range(10**12) *))x((* endfor *))",
    "((* for i in range(99999) *))((* for j in range(99999) *))x((* endfor *))((* endfor *))",
    "((* macro f() *))((( f() )))((* endmacro *))((( f() )))",
    "((( 'x' * 10**11 )))",
    "((( 9**9**9**9 )))",
    "((( '%1000000000d' % 1 )))",
    "((( '{:1000000000}'.format(1) )))",
    "((( [1] * 10**11 )))",
    "((( range(99999)|join('x' ~ listing(range(99999))) )))",
    "((( '-'.join(range(9)) )))",
    "((( 'a'.translate({97: 'b'}) )))",
    "((( [[1], [2]]|sum(start=[]) )))((( [1] )))",
    "".join("((* set a = [1] *))" if n == 0 else "((* set a = [a, a] *))" for n in range(60)) + "((( a )))",
    "((( undefined_name )))",
    "((* if *))",
    "((( 1/0 )))",
]


@pytest.mark.parametrize("text", TEMPLATES)
def test_templates_stay_in_their_sandbox(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.tex.j2").write_text(f"{text}\n\\[ a + b = b + a \\]\n", encoding="utf-8")
    done = run("derive", "mine.tex.j2", "--format", "json")
    assert done.status == 3, done
    assert done.err.startswith("error: ") and "Traceback" not in done.err
    assert not list(tmp_path.rglob("pwned")) and not any(line in done.out + done.err for line in secrets())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.tex.j2"]


def test_a_template_has_so_much_time(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(import_module("symderiv.derive.filling"), "SECONDS", 0.0)
    Path("mine.tex.j2").write_text("((* for i in range(9) *))((* endfor *))\\[ a = a \\]\n", encoding="utf-8")
    done = run("derive", "mine.tex.j2")
    assert done.status == 3 and "takes more than 0 seconds to fill" in done.err


def test_a_page_has_a_title_and_no_masks(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("<b>.md").write_text("[x](HTTPS://e.org/<script>) [y](https://e.org/y)\n\n$$ a b = b a $$\n", encoding="utf-8")
    done = run("check", "<b>.md", "--write-report", "--pdf-engine", "typst")
    assert done.status == 0
    page = Path("output/b-checked.html").read_text(encoding="utf-8")
    assert "<title>&lt;b&gt;</title>" in page and "https://e.org/y" in page
    assert active(page) == [] and not re.search(r"[\ue000-\uf8ff]", page)


def test_templates_are_read_from_files_in_their_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    monkeypatch.chdir(folder)
    os.mkfifo("pipe.tex.j2")
    (tmp_path / "secret.j2").write_text("Secret.", encoding="utf-8")
    Path("link.j2").symlink_to(tmp_path / "secret.j2")
    Path("bytes.tex.j2").write_bytes(b"\xff\xfe\xff")
    assert "not a regular file" in run("derive", "pipe.tex.j2").err
    assert "UTF-16" in run("derive", "bytes.tex.j2").err
    for asked in ("link.j2", "../secret.j2", str(tmp_path / "secret.j2"), "pipe.tex.j2", ".", "nothing.j2"):
        Path("mine.tex.j2").write_text(f"((* include '{asked}' *))\n\\[ a + b = b + a \\]\n", encoding="utf-8")
        done = run("derive", "mine.tex.j2")
        assert done.status == 3 and f"there is no template {asked} in its folder" in done.err, done
    Path("part.j2").write_text("\\[ a + b = b + a \\]\n", encoding="utf-8")
    Path("mine.tex.j2").write_text("((* include 'part.j2' *))\n", encoding="utf-8")
    assert run("derive", "mine.tex.j2", "--no-pdf").status == 0


# What is too much for a page is said, and costs the report only.

TOO_MUCH = {
    "braces": ("x = " + "{" * 1_000 + "y" + "}" * 1_000, "100 formulas in one another"),
    "fractions": ("x = " + r"\frac{1}{" * 1_000 + "y" + "}" * 1_000, "100 formulas in one another"),
    "roots": ("x = " + r"\sqrt" * 3_000 + "y", "100 formulas in one another"),
    "scripts": ("x = " + "x^{" * 1_000 + "y" + "}" * 1_000, "100 formulas in one another"),
    "terms": ("x = y" + " + y" * 20_000, "longer than 10000 signs"),
    "macros": (r"\newcommand{\m}{" + "y" * 5_000 + r"} x = \m \m \m", "longer than 10000 signs"),
    "name": (r"\operatorname{" + "a" * 60 + "1}(x) = y", "operatorname"),
    "unseen": ("x_{\u202e} = y", "U\\+202E is not known"),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_is_too_much_for_a_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    formula, words = TOO_MUCH[name]
    Path("notes.md").write_text(f"$$\n{FALSE.replace('&', '')}\n$$\n\n$$\n{formula}\n$$\n", encoding="utf-8")
    done = run("check", "notes.md", "--write-report", "--pdf-engine", "typst")
    assert done.status == 1 and "error[E201]" in done.out
    named = re.findall(
        rf"warning: notes.md:6:\d+: cannot set this formula: .*{words}.*; its source is shown instead", done.err
    )
    assert len(named) == 1 and "Traceback" not in done.err  # once, for both formats
    page = Path("output/notes-checked.html").read_text(encoding="utf-8")
    assert page.count("<pre") == 1 and "<math" in page and 'class="mark refuted"' in page
    assert Path("output/notes-checked.pdf").read_bytes().startswith(b"%PDF")


def test_a_formula_that_cannot_be_set_keeps_its_verdicts(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "# Of $\\nosuch$\n\n- *Some $x \\nosuch y$*\n\n$$\na (b + c) = a b + c \\hspace{1em}\n$$\n"
    Path("notes.md").write_text(text, encoding="utf-8")
    done = run("check", "notes.md", "--write-report", "--pdf-engine", "typst")
    places = re.findall(r"^warning: (notes\.md:\d+:\d+): cannot set this formula", done.err, re.M)
    assert done.status == 1 and places == ["notes.md:1:7", "notes.md:3:10", "notes.md:6:1"]
    page = Path("output/notes-checked.html").read_text(encoding="utf-8")
    assert "<code>\\nosuch</code>" in page and "Its steps: ✗ 1 refuted." in page and "False at" in page


def test_our_own_report_is_written_whole_or_not_at_all(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.tex.j2").write_text("Some $\\nosuch$.\n\\[ a + b = b + a \\]\n", encoding="utf-8")
    done = run("derive", "mine.tex.j2", "--no-pdf")
    assert done.status == 3 and "mine.tex:1:7: cannot set this formula: \\nosuch is not known" in done.err
    assert not Path("output").exists()


def test_macros_bring_nothing_to_tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    r"""Neither through what a macro drops, nor under the name of a command that a report uses."""
    from symderiv.check import check
    from symderiv.writers import latex
    from symderiv.writers.report import Report

    monkeypatch.chdir(tmp_path)
    text = r"""\newcommand{\section}{\input{/etc/passwd}}
\newcommand{\drop}[1]{x}
\newcommand{\good}[1]{#1^2} % \evil
\begin{document}
\section{One}
Text $\drop{\write18{touch pwned}}$, $\drop{\section}$, $\drop{^^5cinput}$, $\good{x}$.
\[ \good{x} = x^2 \]
\[ \drop{\csname input\endcsname} = x \]
\[ \begin{cases} x & x > 0 \\% evil
 x & x \le 0 \end{cases} = x \]
\[ α + x_{\text{漢}} = x_{\text{漢}} + α \]
\end{document}
"""
    Path("notes.tex").write_text(text, encoding="utf-8")
    refused: list[str] = []
    made = latex.write(Report(check("notes.tex"), refused=lambda span, reason: refused.append(reason)))
    named = [re.findall(r"formula: (\S+) is not known", reason)[0] for reason in refused]
    assert named == [r"\write", r"\input", "^^", r"\csname"]
    assert r"\renewcommand{\good}[1]{#1^2}" in made and r"\renewcommand{\section}" not in made
    assert r"\begin{cases} x & x > 0 \\ x & x \le 0 \end{cases} = x" in made
    assert r"\ensuremath{\alpha} + x_{\text{[U+6F22]}}" in made


def test_the_pdf_engine_is_stopped(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("symderiv.writers.pdf.TIME_LIMIT", 1.0)
    Path("engine.py").write_text("import time; time.sleep(100)", encoding="utf-8")
    monkeypatch.setattr("symderiv.writers.pdf._TYPST", tmp_path / "engine.py")
    Path("notes.md").write_text("$$\na (b + c) = a b + a c\n$$\n", encoding="utf-8")
    done = run("check", "notes.md", "--write-report", "--pdf-engine", "typst")
    assert done.status == 0 and "did not finish within 1 seconds" in done.err
    assert sorted(path.name for path in Path("output").iterdir()) == ["notes-checked.html"]


def test_the_pdf_engine_dies(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("engine.py").write_text("import os; os.abort()", encoding="utf-8")
    monkeypatch.setattr("symderiv.writers.pdf._TYPST", tmp_path / "engine.py")
    Path("notes.md").write_text("$$\na (b + c) = a b + a c\n$$\n", encoding="utf-8")
    done = run("check", "notes.md", "--write-report", "--pdf-engine", "typst")
    assert done.status == 0 and "the PDF could not be set: exit status -6" in done.err


def test_no_signs_that_turn_a_page_around(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("notes.md").write_text(f"# A {ESCAPES}\n\n{ESCAPES}\n\n$$\na (b + c) = a b + a c\n$$\n", encoding="utf-8")
    run("check", "notes.md", "--write-report", "--pdf-engine", "typst")
    assert not re.search(ACTING, Path("output/notes-checked.html").read_text(encoding="utf-8"))

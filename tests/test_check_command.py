"""``symderiv check`` from outside: what it prints for each verdict in each format, its exit status, and what it takes."""

from __future__ import annotations

import fcntl
import importlib
import io
import json
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from symderiv import __version__, diagnostics
from tests.conftest import ROOT, TOLD, Outcome, blessed, command

Run = Callable[..., Outcome]

DOCUMENTS = ROOT / "tests" / "documents"
GOLDEN = ROOT / "tests" / "golden"

SOFTMAX = "Let $p_i = \\frac{e^{z_i}}{\\sum_{k=1}^K e^{z_k}}$.\n\n"
TRUE = SOFTMAX + "$$ \\frac{\\partial p_i}{\\partial z_j} = p_i (\\delta_{ij} - p_j) $$\n"
FALSE = SOFTMAX + "$$ \\frac{\\partial p_i}{\\partial z_j} = p_i (1 - p_j) $$\n"
UNDECIDED = SOFTMAX + "$$ \\int p_i \\, dz_i = p_i $$\n"
LOSS = SOFTMAX + "The loss is $L = -\\sum_i t_i \\log p_i$.\n\n$$ \\frac{\\partial L}{\\partial z_k} = p_k - t_k $$\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with one document for each exit status."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"true": TRUE, "false": FALSE, "undecided": UNDECIDED, "empty": "# Nothing here\n"}.items():
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    return tmp_path


# Exit status


@pytest.mark.parametrize(
    ("paths", "status"),
    [
        (["true.md"], 0),
        (["false.md"], 1),
        (["undecided.md"], 2),
        (["empty.md"], 3),
        (["missing.md"], 3),
        (["true.md", "undecided.md"], 2),
        (["true.md", "undecided.md", "missing.md"], 3),
        (["true.md", "undecided.md", "false.md", "empty.md"], 1),
        (["missing*.md"], 3),
    ],
)
def test_exit_status(run: Run, folder: Path, paths: list[str], status: int) -> None:
    done = run("check", *paths)
    assert done.status == status, done
    assert "Traceback" not in done.err
    assert bool(done.err) == (status == 3 or any("empty" in path or "missing" in path for path in paths))


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_the_format_does_not_change_the_status(run: Run, folder: Path, form: str) -> None:
    for name, status in (("true", 0), ("false", 1), ("undecided", 2), ("empty", 3), ("missing", 3)):
        assert run("check", f"{name}.md", "--format", form).status == status


def test_nothing_checked_is_not_success(run: Run, folder: Path) -> None:
    (folder / "inline.md").write_text("Note that $1 + 1 = 2$.\n", encoding="utf-8")
    (folder / "definition.md").write_text("$$ u = e^x $$\n", encoding="utf-8")
    for name, words in (("empty", "no formulas"), ("inline", "running text"), ("definition", "definitions only")):
        done = run("check", f"{name}.md")
        assert done.status == 3
        assert words in done.err
        assert f"{name}.md" in done.err


# Text


def test_text_says_everything_about_a_false_step(run: Run, folder: Path) -> None:
    out = run("check", "false.md").out
    assert "error[E201]: this step is false" in out
    assert "false.md:3:40" in out
    line = next(line for line in out.splitlines() if line.startswith("3 | "))
    under = out.splitlines()[out.splitlines().index(line) + 1]
    assert line[under.index("^") : under.rindex("^") + 1] == "p_i (1 - p_j)"
    assert re.search(r"counterexample: K = 2, i = 1, j = 2, z = \(\d+, \d+\)\n", out)
    assert re.search(r"left side  +-?\d+\.\d+\n +right side +-?\d+\.\d+\n", out)
    assert "✗ 1 false" in out
    assert "symderiv explain E201" in out


def test_text_says_for_which_sizes_and_given_what(run: Run, folder: Path) -> None:
    (folder / "loss.md").write_text(LOSS, encoding="utf-8")
    out = run("check", "loss.md", "--assume", r"\sum_i t_i = 1").out
    assert re.search(r"✓ 5  ∂L/∂z_k = p_k − t_k +proved for all K, given Σ_i t_i = 1\n", out)
    assert r"given Σ_i t_i = 1  --assume '\sum_i t_i = 1'" in out
    out = run("check", "loss.md", "--assume", r"\sum_i t_i = 1", "--classes", 3).out
    assert "proved for K = 3, given Σ_i t_i = 1" in out


def test_text_says_what_is_missing_in_the_language_of_the_document(run: Run, folder: Path) -> None:
    for name, line in {
        "loss.md": r"<!-- symderiv: assume \sum_i t_i = 1 -->",
        "loss.tex": r"% symderiv: assume \sum_i t_i = 1",
    }.items():
        text = LOSS if name.endswith(".md") else LOSS.replace("$$ ", "\\[ ").replace(" $$", " \\]")
        (folder / name).write_text(text, encoding="utf-8")
        done = run("check", name)
        assert done.status == 2
        assert "undecided[E310]" in done.out
        assert line in done.out
        mended = text.replace("\\[ \\frac{\\partial L", f"{line}\n\\[ \\frac{{\\partial L")
        mended = mended.replace("$$ \\frac{\\partial L", f"{line}\n\n$$ \\frac{{\\partial L")
        (folder / name).write_text(mended, encoding="utf-8")
        assert run("check", name).status == 0


def test_lines_are_at_most_100_columns_wide(run: Run, folder: Path) -> None:
    long = FALSE.replace("p_i (1 - p_j)", " + ".join(["p_i (1 - p_j)"] * 40))
    (folder / "long.md").write_text(long, encoding="utf-8")
    for name in ("long.md", "false.md", str(DOCUMENTS / "batch.tex"), str(DOCUMENTS / "least-squares-matrix.md")):
        for line in run("check", os.path.relpath(name)).out.splitlines():
            assert len(line) <= 100, line


def test_only_problems_and_quiet(run: Run, folder: Path) -> None:
    table, total = "proved for all K", "✓ 1 proved"
    out = run("check", "true.md").out
    assert table in out
    assert total in out
    out = run("check", "true.md", "--only-problems").out
    assert table not in out
    assert total in out
    assert run("check", "true.md", "--quiet") == (0, "", "")
    done = run("check", "true.md", "false.md", "-q")
    assert done.status == 1
    assert done.out.startswith("error[E201]")
    assert "1 proved" not in done.out


def test_what_a_document_says_cannot_act_on_the_terminal(run: Run, folder: Path) -> None:
    nasty = "\x1b[31m\x1b]0;title\x07\u202e\x08"
    (folder / "nasty.md").write_text(FALSE.replace("(1 - p_j)", f"(1 - p_j) \\text{{{nasty}}}"), encoding="utf-8")
    for form in ("text", "markdown"):
        out = run("check", "nasty.md", "--format", form).out
        assert out
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", out)
    assert json.loads(run("check", "nasty.md", "--format", "sarif").out)
    assert "\x1b" not in run("check", "nasty.md", "--write-report", "-q").err
    assert "\x1b" not in run("check", "no\x1b[2Jfile.md").err


@pytest.mark.parametrize(
    "name",
    ["softmax-jacobian-diagonal-only.md", "unreadable-parts.md", "marked-false.tex", "notebook.ipynb", "side-file.md",
     "batch.tex", "least-squares-matrix.md", "needs-sum-one.md"],
)  # fmt: skip
def test_golden(run: Run, name: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The whole output, letter by letter; ``pytest --bless`` writes it anew, to be read before it is committed."""
    monkeypatch.chdir(DOCUMENTS)
    blessed(GOLDEN / f"{name}.txt", run("check", name).out, request.config)


def test_golden_declarations(run: Run, folder: Path, request: pytest.FixtureRequest) -> None:
    """Declarations from outside that are not understood are shown where they come from; the rest goes on."""
    (folder / "true.symderiv").write_text("# for true.md\nassume 3 +\nindx i : 1..K\n", encoding="utf-8")
    done = run("check", "true.md", "--index", "i from 1", "--assume", "x > 0")
    assert done.status == 3
    blessed(GOLDEN / "declarations.txt", done.out, request.config)


# In a terminal


def in_a_terminal(*arguments: str, width: int = 0, **environment: str) -> str:
    """What ``symderiv ARGUMENTS`` writes on a terminal, standard error included; one that does not know its width."""
    terminal, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "symderiv", *arguments],
        stdin=inside,
        stdout=inside,
        stderr=inside,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", **environment},
    )
    os.close(inside)
    out = b""
    try:
        while select.select([terminal], [], [], 60)[0]:
            try:
                part = os.read(terminal, 65536)
            except OSError:  # Linux says so when the other end is closed
                break
            if not part:
                break
            out += part
    finally:
        os.close(terminal)
        process.wait(timeout=60)
    return out.decode()


def test_colours_on_a_terminal_only(run: Run, folder: Path) -> None:
    shown = in_a_terminal("check", "false.md", NO_COLOR="")
    assert "\x1b[1;31merror[E201]\x1b[0m" in shown
    assert "\x1b[" not in run("check", "false.md").out
    plain = in_a_terminal("check", "false.md", NO_COLOR="1")
    assert not re.search(r"\x1b\[[\d;]*m", plain)
    assert "error[E201]: this step is false" in plain


def test_no_line_is_wider_than_the_terminal(run: Run, folder: Path) -> None:
    long = FALSE.replace("p_i (1 - p_j)", " + ".join(["p_i (1 - p_j)"] * 40)) + LOSS
    (folder / "long.md").write_text(long, encoding="utf-8")
    for given, width in ((0, 100), (80, 80), (100, 100), (250, 100)):
        shown = in_a_terminal("check", "long.md", "--assume", "onehot t", width=given, NO_COLOR="1", TERM="dumb")
        assert width - 10 < max(map(len, shown.splitlines())) <= width


def test_progress_on_a_terminal_only(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts on standard error in a long run; nothing on a dumb terminal or in a file."""
    monkeypatch.chdir(DOCUMENTS)
    long = ("check", "--quiet", "d*.md")
    shown = in_a_terminal(*long)
    assert re.search(r"checking the files .*[1-9]\d* of \d\d", shown)
    assert shown.rindex("\x1b[?25h") > shown.rindex("checking the files")  # the cursor is there again
    for silent in (in_a_terminal(*long, TERM="dumb"), run(*long).err):
        assert "checking" not in silent


# What it takes


def test_folders_patterns_and_repeated_names(run: Run, folder: Path) -> None:
    notes = folder / "notes" / "deep"
    notes.mkdir(parents=True)
    (notes / "a.md").write_text(TRUE, encoding="utf-8")
    (notes / "b.rst").write_text("Sums\n====\n\n.. math::\n\n   e^x e^x = e^{2x}\n", encoding="utf-8")
    (notes / "data.csv").write_text("1,2\n", encoding="utf-8")
    (notes / "readme.md").write_text("No formulas.\n", encoding="utf-8")
    (folder / "notes" / ".hidden").mkdir()
    (folder / "notes" / ".hidden" / "c.md").write_text(FALSE, encoding="utf-8")

    def checked(*paths: str) -> list[str]:
        return [entry["path"] for entry in json.loads(run("check", *paths, "--format", "json").out)]

    assert checked("notes") == ["notes/deep/a.md", "notes/deep/b.rst"]
    assert checked("notes/**/*.md") == ["notes/deep/a.md"]
    assert checked("notes/*/*") == ["notes/deep/a.md", "notes/deep/b.rst"]
    assert checked("true.md", "./true.md", "t*.md") == ["true.md"]
    assert checked("notes", "true.md") == ["notes/deep/a.md", "notes/deep/b.rst", "true.md"]
    done = run("check", "notes")
    assert done.status == 0, done
    assert "1 file without steps skipped" in done.out
    (folder / "words").mkdir()
    assert run("check", "words").status == 3
    (folder / "words" / "a.md").write_text("No formulas.\n", encoding="utf-8")
    assert run("check", "words").status == 3
    assert run("check", "words", "--skip-empty").status == 0
    assert run("check", "empty.md", "true.md", "--skip-empty").status == 0


def test_a_folder_without_a_document_does_not_lose_the_others(run: Run, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "one.md").write_text("$$a + b = b + a$$\n")
    found = run("check", "one.md", "empty", "none-*.md")
    assert found.status == 3
    assert "a + b = b + a" in found.out
    assert "empty is a folder, and no document was found in it" in found.err
    assert "There is no file none-*.md" in found.err


def test_an_included_file_is_checked_where_it_is_included(run: Run, folder: Path) -> None:
    book = folder / "book"
    book.mkdir()
    (book / "main.tex").write_text("\\[ u = e^x \\]\n\\input{chapter}\n\\[ u = u \\]\n", encoding="utf-8")
    (book / "chapter.tex").write_text("\\section{Derivative}\n\n\\[ \\frac{du}{dx} = x u \\]\n", encoding="utf-8")
    (entry,) = json.loads(run("check", "book", "--format", "json").out)
    assert entry["path"] == "book/main.tex"
    step, _ = [step for step in entry["steps"] if step["kind"] == "claim"]
    assert (step["path"], step["line"], step["verdict"]) == ("book/chapter.tex", 3, "refuted")
    done = run("check", "book/main.tex")
    assert "book/chapter.tex:3:" in done.out
    assert re.match(r"book/main\.tex\n  · 1  .*\nbook/chapter\.tex\n  ✗ 3  .*\nbook/main\.tex\n  ✓ 3  ", done.out)
    rows = run("check", "book/main.tex", "--format", "markdown").out.splitlines()[4:7]
    assert [row.split(" | ")[1] for row in rows] == ["1", "`book/chapter.tex` 3", "3"]
    (result,) = json.loads(run("check", "book", "--format", "sarif").out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "book/chapter.tex"


def test_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(FALSE.encode())

    monkeypatch.setattr(sys, "stdin", Stdin)
    done = run("check", "-")
    assert done.status == 1
    assert "<stdin>:3:" in done.out
    Stdin.buffer = io.BytesIO(b"\xff\xfe\x00")
    done = run("check", "-")
    assert done.status == 3
    assert done.err.startswith("error: ")
    assert "Traceback" not in done.err


def test_declarations_on_the_command_line(run: Run, folder: Path) -> None:
    (folder / "bare.md").write_text("$$ \\frac{\\partial L}{\\partial z_k} = p_k - t_k $$\n", encoding="utf-8")
    assert run("check", "bare.md").status == 2
    declared = ["--define", r"p_i = e^{z_i} / \sum_{k=1}^N e^{z_k}", "--define", r"L = -\sum_i t_i \log p_i"]
    assert run("check", "bare.md", *declared).status == 2
    done = run("check", "bare.md", *declared, "--assume", "onehot t")
    assert done.status == 0, done
    assert "for all N" in done.out
    done = run("check", "bare.md", *declared, "--assume", "onehot t", "--size", "N = 4")
    assert done.status == 0, done
    assert "for N = 4" in done.out


def test_the_case_index_shape_opaque_name_and_einstein_directives(run: Run, folder: Path) -> None:
    (folder / "case.md").write_text(FALSE.replace("p_i (1 - p_j)", "- p_i p_j"), encoding="utf-8")
    assert run("check", "case.md").status == 1
    assert run("check", "case.md", "--case", r"i \ne j").status == 0
    (folder / "einstein.md").write_text(
        "$$ s = a_i b_i $$\n\n$$ \\frac{\\partial s}{\\partial a_j} = b_j $$\n", encoding="utf-8"
    )
    assert run("check", "einstein.md", "--einstein", "--index", "i,j : 1..n").status == 0
    (folder / "shape.md").write_text("$$ J = b^T x $$\n\n$$ \\nabla_x J = b $$\n", encoding="utf-8")
    assert run("check", "shape.md", "--shape", "b : n", "--shape", "x : n").status == 0
    (folder / "name.md").write_text("$$ a^{L} + a^{L} = 2 a^{L} $$\n", encoding="utf-8")
    assert run("check", "name.md", "--name", "^L").status == 0
    assert run("check", "name.md", "--name", "^{L}").status == 0
    (folder / "opaque.md").write_text("$$ \\frac{d}{dx} f(x)^2 = 2 f(x) f'(x) $$\n", encoding="utf-8")
    assert run("check", "opaque.md", "--opaque", "f").status == 0


def test_a_side_file_next_to_the_document(run: Run, folder: Path) -> None:
    (folder / "loss.md").write_text(LOSS, encoding="utf-8")
    assert run("check", "loss.md").status == 2
    (folder / "loss.symderiv").write_text("# one-hot\n\nassume \\sum_i t_i = 1  # what else\n", encoding="utf-8")
    done = run("check", "loss.md")
    assert done.status == 0, done
    assert "loss.symderiv line 3" in done.out


def test_a_folder_in_the_place_of_a_side_file_is_said(run: Run, folder: Path) -> None:
    (folder / "true.symderiv").mkdir()
    done = run("check", "true.md", "false.md")
    assert done.status == 1
    assert done.err == "error: true.symderiv is a folder, where the directives for true.md would stand.\n"


def test_what_is_assumed_twice_counts_once(run: Run, folder: Path) -> None:
    (folder / "signs.md").write_text("$$\nx > 0\n$$\n", encoding="utf-8")
    (folder / "signs.symderiv").write_text("assume x > 0\n" * 1_000, encoding="utf-8")
    done = run("check", "signs.md")
    assert done.status == 0 and done.out.count("signs.symderiv line") == 1


def test_strict_takes_declarations_only(run: Run, folder: Path) -> None:
    text = LOSS.replace("The loss", "The target $t$ is one-hot. The loss")
    (folder / "said.md").write_text(text, encoding="utf-8")
    done = run("check", "said.md")
    assert done.status == 0, done
    assert "one-hot" in done.out
    assert run("check", "said.md", "--strict").status == 2
    assert run("check", "said.md", "--strict", "--assume", "onehot t").status == 0


def test_classes(run: Run, folder: Path) -> None:
    done = run("check", "true.md", "--classes", 4)
    assert (done.status, done.err) == (0, "")
    assert "proved for K = 4" in done.out
    assert "proved for all K" in run("check", "true.md", "--classes", "K").out
    (folder / "n.md").write_text(TRUE.replace("K", "N"), encoding="utf-8")
    done = run("check", "n.md", "--classes", 4)
    assert done.status == 0
    assert "--size 'N = 4'" in done.err
    for value in ("0", "-3", "2.5", "abc", "10**9", "1000000000"):
        done = run("check", "true.md", "--classes", value)
        assert done.status == 3
        assert "--classes" in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "PATH"),
        (["a.md", "--format", "xml"], "xml"),
        (["a.md", "--asume", "x > 0"], "no option --asume; did you mean --assume? (`symderiv check --help`"),
        (["a.md", "--xyz=3"], "no option --xyz (`symderiv check --help`"),
        (["a.md", "--assume"], "--assume"),
    ],
)
def test_unusable_arguments(run: Run, arguments: list[str], word: str) -> None:
    done = run("check", *arguments)
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("error: ")
    assert word in done.err


def test_a_fault_in_one_file_does_not_lose_the_others(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("symderiv.check")
    sound = module.check_document

    def faulty(document: object, **options: object) -> object:
        if document.source.name == "true.md":  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return sound(document, **options)

    monkeypatch.setattr(module, "check_document", faulty)
    done = run("check", "true.md", "false.md")
    assert done.status == 70
    assert "error[E201]" in done.out
    assert "true.md could not be checked: this is a fault in symderiv" in done.err


@pytest.mark.parametrize("where", ["symderiv.reader.steps.chains.Chains._step", "symderiv.hearing.Hearing.answer"])
def test_a_fault_in_one_step_does_not_lose_the_others(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    r"""Whether it is read or judged: the step \sin^2 x + \cos^2 x = 1 meets a fault, those beside it do not."""
    module, name, method = where.rsplit(".", 2)
    holder = getattr(importlib.import_module(module), name)
    sound = getattr(holder, method)
    turns = iter(range(3))

    def faulty(*arguments: object) -> object:
        if next(turns) == 1:
            raise ZeroDivisionError("by hand")
        return sound(*arguments)

    monkeypatch.setattr(diagnostics, "fault", TOLD)
    monkeypatch.setattr(holder, method, faulty)
    text = "$$a (b + c) = a b + a c$$\n\n$$\\sin^2 x + \\cos^2 x = 1$$\n\n$$a (b + c) = a b + c$$\n"
    (folder / "three.md").write_text(text, encoding="utf-8")
    done = run("check", "three.md")
    assert done.status == 70
    assert "error[E903]: this could not be judged: a fault in symderiv, not in the document" in done.out
    assert "three.md:3:" in done.out and "ZeroDivisionError in test_check_command.py, line" in done.out
    assert "1 proved, ✗ 1 false, ? 1 could not be checked" in done.out


def test_from_python(folder: Path) -> None:
    import symderiv

    (folder / "loss.md").write_text(LOSS, encoding="utf-8")
    assert [step.in_order for step in symderiv.check("loss.md").steps] == [True, True, False]
    checked = symderiv.check("loss.md", classes=3, declare=[r"assume \sum_i t_i = 1"])
    assert all(step.in_order for step in checked.steps)
    (folder / "loss.symderiv").write_text("onehot t\n", encoding="utf-8")
    assert all(step.in_order for step in symderiv.check("loss.md", strict=True).steps)
    with pytest.raises(symderiv.UserError, match=r"missing\.md"):
        symderiv.check("missing.md")


# JSON, SARIF, Markdown


def test_json(run: Run, folder: Path) -> None:
    done = run("check", "true.md", "false.md", "empty.md", "missing.md", "--format", "json")
    assert done.status == 1
    found = {entry["path"]: entry for entry in json.loads(done.out)}
    assert list(found) == ["true.md", "false.md", "empty.md", "missing.md"]
    keys = {"path", "error", "version", "source", "parameters", "files", "summary", "steps", "diagnostics"}
    for entry in found.values():
        assert set(entry) == keys
        assert entry["version"] == __version__
        assert entry["parameters"] == {}
        assert set(entry["summary"]) == {"proved", "refuted", "undecided", "definitions"}
    assert found["true.md"]["summary"] == {"proved": 1, "refuted": 0, "undecided": 0, "definitions": 1}
    definition, claim = found["false.md"]["steps"]
    assert (definition["kind"], definition["line"], definition["verdict"]) == ("definition", 1, None)
    assert (claim["kind"], claim["line"], claim["column"], claim["end_column"]) == ("claim", 3, 40, 53)
    assert (claim["verdict"], claim["code"], claim["source"]) == ("refuted", "E201", "p_i (1 - p_j)")
    assert claim["witness"]["sizes"] == {"K": 2}
    assert {"values", "indices", "left", "right"} <= set(claim["witness"])
    for name in ("empty.md", "missing.md"):
        assert name in found[name]["error"]
        assert found[name]["steps"] == []
    assert found["true.md"]["error"] is None
    (entry,) = json.loads(run("check", "true.md", "--format", "json", "--classes", 2).out)
    assert entry["parameters"] == {"classes": 2}
    assert entry["steps"][1]["scope"] == "K = 2"


def test_json_of_a_notebook_counts_in_its_cells(run: Run) -> None:
    (entry,) = json.loads(run("check", DOCUMENTS / "notebook.ipynb", "--format", "json").out)
    places = [(step["cell"], step["line"]) for step in entry["steps"]]
    assert places == sorted(places)
    assert places[0] == (1, 3)
    assert {cell for cell, _ in places} == {1, 3, 4}


def assert_sarif(text: str) -> list[dict]:
    """The parts of the SARIF 2.1.0 schema that this output uses; the results."""
    log = json.loads(text)
    assert set(log) == {"$schema", "version", "runs"}
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "symderiv"
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", driver["version"])
    ids = [rule["id"] for rule in driver["rules"]]
    assert ids == sorted(set(ids))
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert run["columnKind"] in ("unicodeCodePoints", "utf16CodeUnits")
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for notification in invocation["toolExecutionNotifications"]:
            assert notification["level"] in ("error", "warning", "note")
            assert notification["message"]["text"]
    for result in run["results"]:
        assert set(result) == {"ruleId", "ruleIndex", "level", "message", "locations"}
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        uri = place["artifactLocation"]["uri"]
        assert not uri.startswith(("/", "file:"))
        assert re.fullmatch(r"[\w.~/%-]+", uri), uri
        region = place.get("region")
        if region:
            assert all(isinstance(value, int) and value >= 1 for value in region.values())
            assert (region.get("endLine", region["startLine"]), region.get("endColumn", 10**6)) > (
                region["startLine"], region.get("startColumn", 1))  # fmt: skip
    return run["results"]


def test_sarif(run: Run, folder: Path) -> None:
    (folder / "my notes").mkdir()
    (folder / "my notes" / "überall.md").write_text(FALSE, encoding="utf-8")
    done = run("check", "true.md", "undecided.md", "my notes/überall.md", "empty.md", "--format", "sarif")
    undecided, false = assert_sarif(done.out)
    assert (undecided["level"], false["level"]) == ("warning", "error")
    assert false["ruleId"] == "E201"
    assert "Counterexample: K = 2" in false["message"]["text"]
    place = false["locations"][0]["physicalLocation"]
    assert unquote(place["artifactLocation"]["uri"]) == "my notes/überall.md"
    assert place["region"] == {"startLine": 3, "startColumn": 40, "endLine": 3, "endColumn": 53}
    invocation = json.loads(done.out)["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    assert "empty.md" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_sarif_addresses_are_relative(run: Run, folder: Path) -> None:
    results = assert_sarif(run("check", folder / "false.md", "--format", "sarif").out)
    assert results[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "false.md"


@pytest.mark.parametrize("path", sorted(DOCUMENTS.glob("*[!v]")), ids=lambda path: path.name)
def test_every_document_in_every_format(run: Run, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DOCUMENTS)
    statuses = set()
    for form in ("text", "json", "sarif", "markdown"):
        done = run("check", path.name, "--format", form)
        statuses.add(done.status)
        assert done.err == ""
        if form == "sarif":
            assert_sarif(done.out)
    assert len(statuses) == 1
    assert statuses <= {0, 1, 2}


def test_markdown(run: Run, folder: Path) -> None:
    done = run("check", "true.md", "false.md", "missing.md", "--format", "markdown")
    assert done.out.startswith("## `true.md`\n\n| | line | step | verdict |\n|---|---:|---|---|\n")
    assert "| ✓ | 3 | `∂p_i/∂z_j = p_i (δ_{ij} − p_j)` | proved for all K |" in done.out
    assert "### error\\[E201\\]: this step is false\n\n```text\n" in done.out
    assert "**1 proved, 1 false, 0 could not be checked**" in done.out
    assert "missing.md" in done.out
    assert all(line.count("|") == 5 for line in done.out.splitlines() if line.startswith("| "))


def test_markdown_keeps_strangers_in_their_code_spans(run: Run, folder: Path) -> None:
    text = FALSE.replace("(1 - p_j)", "(1 - p_j) \\text{`| <b> ``` }")
    (folder / "nasty.md").write_text(text, encoding="utf-8")
    out = run("check", "nasty.md", "--format", "markdown").out
    row = next(line for line in out.splitlines() if line.startswith(("| ✗", "| ?")))
    assert row.count("|") == 5
    fences = re.findall("^`{3,}", out, re.M)
    assert len(fences) == 2
    assert len(fences[0]) > 3


# Reports


def test_write_report(run: Run, folder: Path) -> None:
    done = run("check", "false.md", "true.md", "--write-report", "--output", "reports", "--pdf-engine", "typst")
    assert done.status == 1
    names = sorted(path.name for path in (folder / "reports").iterdir())
    assert names == ["false-checked.html", "false-checked.pdf", "true-checked.html", "true-checked.pdf"]
    for name in names:
        assert f"reports/{name}" in done.out
    page = (folder / "reports" / "false-checked.html").read_text(encoding="utf-8")
    assert "✗" in page
    found = json.loads(run("check", "true.md", "--write-report", "--pdf-engine", "typst", "--format", "json").out)
    assert found[0]["files"] == ["output/true-checked.html", "output/true-checked.pdf"]


def test_no_report_takes_the_place_of_one_on_another_document(run: Run, folder: Path) -> None:
    documents = ["x.md", "x.tex", "a/x.md", "b/x.md", "b/ü?/x.md"]
    for name in documents:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(
            "$$ x + x = 2x $$\n" if name[-1] == "d" else "\\[ x + x = 2x \\]\n", encoding="utf-8"
        )

    def written(*paths: object) -> list[str]:
        done = run("check", *paths, "--write-report", "--pdf-engine", "typst", "--format", "json")
        return [entry["files"][0].removeprefix("output/") for entry in json.loads(done.out)]

    names = ["x-checked", "x-checked-2", "a/x-checked", "b/x-checked", "b/ü/x-checked"]
    assert written(*documents) == [f"{name}.html" for name in names]
    before = (folder / "output/a/x-checked.html").read_bytes()
    assert written("b/x.md") == ["b/x-checked.html"] == written("a/../b/x.md") == written(folder / "b" / "x.md")
    assert (folder / "output/a/x-checked.html").read_bytes() == before


def test_letters_that_a_pdf_cannot_show_are_said(run: Run, folder: Path) -> None:
    (folder / "wide.md").write_text("漢字 漢 and é, α.\n\n$$ x + x = 2x $$\n", encoding="utf-8")
    done = run("check", "wide.md", "true.md", "--write-report", "--pdf-engine", "typst")
    assert done.err == "warning: wide.md: the PDF has no letters for 漢字; the HTML page shows them\n"


def test_a_report_that_cannot_be_written_does_not_lose_the_findings(run: Run, folder: Path) -> None:
    (folder / "taken").write_text("a file\n", encoding="utf-8")
    done = run("check", "false.md", "--write-report", "--output", "taken")
    assert done.status == 3
    assert "error[E201]" in done.out
    assert "taken" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "true.md", "--output", "reports"], "--output is for --write-report"),
        (["check", "true.md", "--pdf-engine", "auto"], "--pdf-engine is for --write-report"),
        (["derive", "softmax-notes", "--no-pdf", "--pdf-engine", "typst"], "--pdf-engine makes a PDF"),
    ],
)
def test_an_option_that_would_do_nothing_is_said(run: Run, folder: Path, arguments: list[str], words: str) -> None:
    before = sorted(folder.rglob("*"))
    done = run(*arguments)
    assert (done.status, done.out) == (3, "") and words in done.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize("command", [("check", "true.md", "--write-report"), ("derive", "softmax-notes", "--no-pdf")])
def test_an_empty_name_of_a_folder_is_not_the_current_one(run: Run, folder: Path, command: tuple[str, ...]) -> None:
    before = sorted(folder.rglob("*"))
    done = run(*command, "--output", "")
    assert done.status == 3 and "the name of the folder to write to is empty" in done.err
    assert sorted(folder.rglob("*")) == before


# Start-up


def test_checking_loads_nothing_heavy(folder: Path) -> None:
    program = (
        "import sys; from symderiv.cli import main; main(['check', 'false.md', '--quiet']);"
        "print([m for m in ('sympy', 'jinja2', 'typst', 'rich', 'math_core', 'numpy', 'symderiv.writers.report') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_pre_commit_hook_runs_this_command() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entry = re.search(r"entry: symderiv (.*)", text)
    assert entry
    types = re.search(r"files: (.*)", text)
    assert types
    from symderiv.reader.containers import KINDS

    for suffix in set(KINDS) - {".txt"}:
        assert re.search(types[1], f"notes/a{suffix}"), suffix
    help_text = command("check", "--help").stdout
    for flag in re.findall(r"--[a-z-]+", entry[1]):
        assert flag in help_text

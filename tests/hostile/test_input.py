"""Hostile and broken input: a clear message, the right exit status, no traceback, bounded time and memory."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from symderiv.reader.containers import read_path
from symderiv.reader.containers.files import LARGEST
from tests.conftest import ROOT, Outcome

Run = Callable[..., Outcome]
TRUE = "$$\na (b + c) = a b + a c\n$$\n"
SECONDS = 60  # of processor time; each case takes a few at most
MEMORY = 1 << 30


def checked(*arguments: str, cwd: Path, begin: Sequence[str] = ()) -> subprocess.CompletedProcess[bytes]:
    """``symderiv check`` in a process that may use so much time and memory, and no more."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    return subprocess.run(
        [*begin, sys.executable, "-m", "symderiv", "check", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=3 * SECONDS,
        preexec_fn=limits,
    )


def in_order(done: subprocess.CompletedProcess[bytes], *statuses: int) -> None:
    assert done.returncode in statuses, (done.returncode, done.stderr[-2000:])
    assert b"Traceback" not in done.stderr


def display(formula: str) -> str:
    return f"$$\n{formula}\n$$\n"


def matrix(letter: str, size: int) -> str:
    rows = (" & ".join(f"{letter}_{{{i}{j}}}" for j in range(1, size + 1)) for i in range(1, size + 1))
    return r"\begin{pmatrix}" + r" \\ ".join(rows) + r"\end{pmatrix}"


# What is much too large, each followed by a claim that must be proved all the same.

LARGE = {
    "tower.md": display("9^{9^{9^9}} = 1") + display("x = 9^{9^{9^9}}"),
    "power.md": display("(a+b+c+d)^{200} = (d+c+b+a)^{201}") + display("((a+b+c+d)^{20}+1)^{20} = (a+b+c+d)^{400}"),
    "sum.md": display(r"\sum_{i=1}^{10^{12}} i = 3") + display(r"\sum_{i=1}^{1000000000000} i = 3"),
    "products.md": display(r"\prod_{i=1}^{10^9} 2 = 3") + display(r"\prod_{i=1}^{1000000000} 2 = 3"),
    "assumed.md": "<!-- symderiv: assume x = 9^{1000000000} -->\n" + display("x = 1"),
    "blanks.md": "for $i$" + " " * 400 + "so $x=1$, the vector $t$ is" + "\u3000" * 6_000 + "so $x=1$.\n\n",
    "dots.md": "a $" + ".. " * 13_000 + "$ b\n\n",
    "smaller.md": display("x = " + " < a" * 5_000),
    "braces.md": display("x = " + "{" * 10_000 + "y" + "}" * 10_000),
    "unclosed.md": display("x = " + r"\frac{" * 10_000),
    "brackets.md": display("x = " + "(" * 10_000 + "y" + ")" * 10_000),
    "fractions.md": display("x = " + r"\frac{1}{" * 3_000 + "y" + "}" * 3_000),
    "powers.md": display("x = " + "x^{" * 3_000 + "y" + "}" * 3_000),
    "roots.md": display("x = " + r"\sqrt{" * 3_000 + "y" + "}" * 3_000),
    "digits.md": display("x = " + "9" * 4_000) + display("9" * 4_000 + " = 1"),
    "many-digits.md": display("x = " + "9" * 5_000) + display("a = 0." + "9" * 5_000),
    "many-digits-as-index.md": display("x_{" + "9" * 5_000 + "} = y") + display(r"\delta_{i " + "9" * 5_000 + "} = y"),
    "many-digits-as-size.md": display(r"\sum_{i=1}^{" + "9" * 5_000 + "} x_i = y"),
    "many-digits-as-exponent.md": display("x^{" + "9" * 5_000 + "} = y") + display("x = y" + "⁹" * 5_000),
    "many-digits-as-order.md": display(rf"\frac{{d^{{{'9' * 5_000}}} f}}{{dx^{{{'9' * 5_000}}}}} = 0"),
    "many-digits-as-last.md": display("x_1 + \\cdots + x_{" + "9" * 5_000 + "} = y"),
    "many-digits-declared.md": f"<!-- symderiv: size K = {'9' * 5_000} -->\n<!-- symderiv: index i : 1..{'9' * 5_000} -->\n",
    "product.md": display("x = " + "y " * 20_000),
    "terms.md": display("x = " + "y + " * 20_000 + "1") + display("0 = x" + " - y" * 20_000),
    "signs.md": display("x = " + "-" * 20_000 + "y") + display("x = y" + r" \cdot - a" * 3_000),
    "calls.md": display("f(x) = x^2 + x") + display("f(" * 40 + "x" + ")" * 40 + " = " + "f(" * 40 + "y" + ")" * 40),
    "functions.md": "".join(display(rf"f_{{{i}}}(x) = f_{{{i - 1}}}(f_{{{i - 1}}}(x)) + x") for i in range(1, 25)),
    "vector-calls.md": display(r"s(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}")
    + display("s(" * 20 + "z" + ")" * 20 + "_i = 1"),
    "matrix.md": display("x = " + matrix("y", 100)),
    "matrices.md": display(matrix("x", 8) * 14 + " = " + matrix("x", 8) * 13),
    "matrices-by-name.md": "".join(f"<!-- symderiv: shape {c} : n x n -->\n" for c in "ABCDEFGHIJLMNOPQRSTUVWXYZ")
    + display("A B C D E F G H I J L M N O P Q R S T U V W X Y Z = A B C D E F G H I J L M N O P Q R S T U V W X Z Y"),
    "marks.md": display(r"\begin{align} " + "&" * 50_000 + r" a &= b \end{align}"),
    "cases.md": display(
        r"f = \begin{cases} " + r" \\ ".join(rf"{n} & x > {n}" for n in range(400)) + r" \\ 0 & x < 0 \end{cases}"
    ),
    "conditions.md": display(
        r"g = \begin{cases} "
        + r" \\ ".join(rf"{n} & x_{{{n}}} > {n}" for n in range(30))
        + r" \\ 0 & x_1 > 0 \end{cases}"
    ),
    "sizes.md": display(" ".join(rf"\delta_{{i_{{{n}}} j_{{{n}}}}}" for n in range(20)) + " = 1"),
    "formulas.md": "$x$ " * 20_000 + "\n\n",
    "words.md": "the one-hot vector $t$ sums to one, " * 2_000 + "\n\n",
    "symmetric.md": "symmetric " * 2_000 + "$A$\n\n",
    "recursive.md": r"$\newcommand{\f}{\f\f}$" + display(r"x = \f"),
    "mutual.md": r"$\newcommand{\f}{\g}\newcommand{\g}{\f}$" + display(r"x = \f"),
    "doubling.md": "$"
    + "".join(
        rf"\newcommand{{\m{b}}}{{\m{a}\m{a}}}"
        for a, b in zip("abcdefghijklmnopqrstuvw", "bcdefghijklmnopqrstuvwx", strict=True)
    )
    + r"\newcommand{\ma}{y}$"
    + display(r"x = \mx"),
    "dollars.md": "$" * 100_001 + "\n\n",
    "backslashes.md": "\\" * 1_000_000 + "\n\n",
    "brackets-in-text.md": "[" * 100_000 + "\n\n",
    "quotes.md": "> " * 2_000 + "a\n\n",
    "stars.md": "*a_" * 30_000 + "\n\n",
}


@pytest.mark.parametrize("name", LARGE)
def test_the_rest_is_checked_all_the_same(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LARGE[name] + TRUE, encoding="utf-8")
    done = checked(name, cwd=tmp_path)
    in_order(done, 0, 1, 2)
    assert "✓".encode() in done.stdout


BROKEN = {
    "backslashes.tex": "\\" * 1_000_000,
    "dollars.tex": "$" * 1_000_000,
    "displays.tex": r"\[" * 100_000,
    "environments.tex": r"\begin{align}" * 30_000,
    "unknown.tex": r"\begin{foo}" * 30_000,
    "fonts.tex": r"\textbf{" * 100_000,
    "macros.tex": r"\newcommand{\a}{" * 30_000,
    "tags.html": "<" * 300_000,
    "cells.ipynb": '{"cells":' + "[" * 100_000,
    "numbers.ipynb": '{"cells":[{"cell_type":"markdown","source":["$$x$$"]}],"nbformat":' + "9" * 10_000 + "}",
    "kinds.ipynb": '{"cells":[1,null,{"cell_type":5,"source":{}}],"nbformat":4}',
    "list.ipynb": "[]",
    "empty.md": "",
    "empty.tex": "",
    "empty.ipynb": "",
}


@pytest.mark.parametrize("name", BROKEN)
def test_nothing_to_check_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(BROKEN[name], encoding="utf-8")
    done = checked(name, cwd=tmp_path)
    in_order(done, 3)
    assert done.stderr.startswith(b"error: ") and name.encode() in done.stderr


def test_a_long_align(tmp_path: Path) -> None:
    """20,000 rows; the time is linear in their number."""
    rows = "\n".join([r"a + b &= b + a \\"] * 20_000)
    (tmp_path / "long.tex").write_text(f"\\begin{{align}}\n{rows}\n\\end{{align}}\n", encoding="utf-8")
    done = checked("long.tex", "--only-problems", cwd=tmp_path)
    in_order(done, 0)
    assert b"20000 proved" in done.stdout


def test_an_align_beyond_the_budget_of_a_document(tmp_path: Path) -> None:
    rows = "\n".join([r"a + b &= b + a \\"] * 1_000_000)
    (tmp_path / "longer.tex").write_text(f"\\begin{{align}}\n{rows}\n\\end{{align}}\n", encoding="utf-8")
    done = checked("longer.tex", cwd=tmp_path)
    in_order(done, 3)
    assert b"E109" in done.stdout and b"2,000,000 characters of mathematics" in done.stdout
    assert b"could not be read" in done.stderr


def test_what_comes_before_the_budget_is_spent_is_checked(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text(TRUE + display("x = " + "y + " * 500_000 + "1") + TRUE, encoding="utf-8")
    done = run("check", path)
    assert done.status == 2
    assert done.out.count("proved") == 2 and "5:1" in done.out  # the first step, and the sum; the display in line 5


def test_definitions_beyond_the_budget_of_a_document(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "book.md"
    path.write_text("".join(display(f"a_{{{i}}} = b_{{{i}}}") for i in range(2_002)) + TRUE, encoding="utf-8")
    done = run("check", path, "--only-problems")
    assert done.status == 3 and "more than 2,000 definitions: none is read from here on" in done.out
    line = 2_001 * display("x").count("\n") + 2
    assert f"book.md:{line}:" in done.out


UNREAD = {
    "recursive": r"$\newcommand{\f}{\f\f}$" + display(r"x = \f"),
    "braces": display("x = " + "{" * 10_000 + "y" + "}" * 10_000),
    "unclosed": display(r"x \frac{= 3"),
}


@pytest.mark.parametrize("name", UNREAD)
def test_a_display_that_cannot_be_split_is_a_step_that_is_not_read(run: Run, tmp_path: Path, name: str) -> None:
    path = tmp_path / "unread.md"
    path.write_text(UNREAD[name] + TRUE, encoding="utf-8")
    done = run("check", path)
    assert done.status == 2
    assert "1 proved" in done.out and "1 could not be checked" in done.out and "unread[E10" in done.out
    path.write_text(UNREAD[name], encoding="utf-8")
    assert run("check", path).status == 2


def test_a_display_without_a_relation_that_cannot_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "unread.md").write_text(r"$\newcommand{\f}{\f\f}$" + display(r"\f"), encoding="utf-8")
    for asked in (tmp_path / "unread.md", tmp_path):
        done = run("check", asked)
        assert done.status == 3
        assert "its display could not be read" in done.err and "unread[E109]" in done.out


def test_numbers_of_too_many_digits_are_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "digits.md"
    path.write_text(display("x = 1 + " + "9" * 5_000) + TRUE, encoding="utf-8")
    (tmp_path / "digits.symderiv").write_text(f"index i : 1..{'9' * 5_000}\n", encoding="utf-8")
    done = run("check", path, "--size", f"K = {'9' * 5_000}")
    assert done.status == 3
    assert done.out.count("a number of 5,000 digits") == 3
    assert run("check", path, "--classes", "9" * 5_000).status == 3


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with open(tmp_path / "large.tex", "wb") as file:
        file.truncate(2 * LARGEST)
    done = checked("large.tex", cwd=tmp_path)
    in_order(done, 3)
    assert b"larger than 50 MB" in done.stderr


# Encodings

ENCODED = {
    "crlf": (TRUE.replace("\n", "\r\n").encode(), 0),
    "cr": (TRUE.replace("\n", "\r").encode(), 0),
    "bom": (b"\xef\xbb\xbf" + TRUE.encode(), 0),
    "utf16": (TRUE.encode("utf-16"), 0),
    "utf16-odd": (TRUE.encode("utf-16")[:-1], 3),
    "utf16-no-mark": (TRUE.encode("utf-16-le"), 3),
    "utf32": (TRUE.encode("utf-32"), 3),
    "latin": ("é\n".encode("latin-1") + TRUE.encode(), 3),
    "zero": (TRUE.encode() + b"\0", 3),
    "binary": (bytes(range(256)) * 40, 3),
    "cut": ("é".encode()[:1], 3),
}


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize("suffix", ["md", "tex", "html", "rst"])
def test_encodings(run: Run, tmp_path: Path, name: str, suffix: str) -> None:
    data, status = ENCODED[name]
    if suffix != "md" and status == 0:
        formula = r"\[ a (b + c) = a b + a c \]" if suffix != "rst" else ".. math:: a (b + c) = a b + a c\n"
        data = data.decode("utf-16" if name == "utf16" else "utf-8").replace(TRUE.strip(), formula).encode()
        data = data.replace(TRUE.strip().replace("\n", "\r\n").encode(), formula.encode())
        data = data.replace(TRUE.strip().replace("\n", "\r").encode(), formula.encode())
    path = tmp_path / f"{name}.{suffix}"
    path.write_bytes(data)
    done = run("check", path)
    assert done.status == status, done
    assert "Traceback" not in done.err


def test_letters_that_look_alike(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "letters.md"
    path.write_text("Вот $а$.\n" + display("а + a = 2 a") + display(r"ο + o = \text{если} + 2 o"), encoding="utf-8")
    done = run("check", path)
    assert done.status == 2
    assert done.out.count("W430") == 3  # two warnings, and the line that says how to read more
    assert "this а is a Cyrillic letter, and another symbol than the Latin a" in done.out
    assert "this ο is a Greek letter, and another symbol than the Latin o" in done.out
    path.write_text(display("х + у = у + х") + display(r"a = a \text{ где}"), encoding="utf-8")
    assert "W430" not in run("check", path).out


def test_directions_and_invisible_signs_are_not_read_over(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "turned.md"
    path.write_text(display("x \u202e- y\u202c = y - x"), encoding="utf-8")
    done = run("check", path)
    assert done.status == 2
    assert "an invisible sign (U+202E, right-to-left override) stands where" in done.out


# Files


def test_no_file_outside_is_included(run: Run, tmp_path: Path) -> None:
    secret = tmp_path / "secret.tex"
    secret.write_text("Secret.", encoding="utf-8")
    inside = tmp_path / "notes"
    inside.mkdir()
    (inside / "link.tex").symlink_to(secret)
    (inside / "around.tex").symlink_to(inside / "around.tex")
    os.mkfifo(inside / "pipe.tex")
    asked = ["../secret", str(secret), "link", "around", "pipe", "notes", ".", "", "a" * 5000, "~/x", "|ls", "main"]
    text = "".join(f"\\input{{{name}}}\n" for name in asked) + r"\[ a (b + c) = a b + a c \]"
    (inside / "main.tex").write_text(text, encoding="utf-8")
    document = read_path(inside / "main.tex")
    assert "Secret" not in document.source.text
    assert [problem.code for problem in document.problems] == ["W451"] * len(asked)
    assert run("check", inside / "main.tex").status == 0


def test_files_that_include_each_other_end(tmp_path: Path) -> None:
    (tmp_path / "a.tex").write_text("\\input{b}\\input{b}\n" * 20, encoding="utf-8")
    (tmp_path / "b.tex").write_text("\\input{c}\\input{a}\n" * 20, encoding="utf-8")
    (tmp_path / "c.tex").write_text("x" * 1000, encoding="utf-8")
    (tmp_path / "a.md").write_text(TRUE, encoding="utf-8")
    done = checked("a.tex", "a.md", cwd=tmp_path)
    in_order(done, 3)
    assert b"too many files" in done.stdout or b"nothing was checked" in done.stderr


def test_a_fifo_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    (tmp_path / "true.md").write_text(TRUE, encoding="utf-8")
    for arguments in (["pipe.md"], ["."], ["pipe.md", "--jobs", "2"]):
        done = checked(*arguments, cwd=tmp_path)
        in_order(done, 3)
        assert b"not a regular file" in done.stderr


def test_a_side_file_that_is_a_fifo(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "true.symderiv")
    (tmp_path / "true.md").write_text(TRUE, encoding="utf-8")
    in_order(checked("true.md", cwd=tmp_path), 0, 3)


def test_an_empty_path(run: Run, tmp_path: Path) -> None:
    (tmp_path / "true.md").write_text(TRUE, encoding="utf-8")
    done = run("check", tmp_path / "true.md", "")
    assert (done.status, done.out, done.err) == (3, "", "error: one of the paths is empty\n")


def test_links_in_circles(run: Run, tmp_path: Path) -> None:
    (tmp_path / "true.md").write_text(TRUE, encoding="utf-8")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.md").symlink_to(tmp_path / "self.md")
    (tmp_path / "gone.md").symlink_to(tmp_path / "nothing.md")
    done = run("check", tmp_path)
    assert done.status == 3
    assert "self.md" in done.err and "gone.md" in done.err and "✓" in done.out


def obeying() -> list[str]:
    """What begins a command that must obey permissions: the superuser need not, unless that is taken away."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the superuser may open everything, and there is no setpriv")
    rights = "-dac_override,-dac_read_search"
    return ["setpriv", f"--inh-caps={rights}", f"--bounding-set={rights}"]


@pytest.mark.parametrize(
    ("asked", "problems"),
    [
        (["closed.md"], ["closed.md"]),
        (["folder"], ["folder"]),
        (["folder/true.md"], ["folder/true.md"]),
        (["folder/nothing.md"], ["folder/nothing.md"]),
        (["true.md", "folder/true.md"], ["folder/true.md"]),
        (["."], ["./closed.md", "./folder"]),
        ([".", "--jobs", "2"], ["./closed.md", "./folder"]),
    ],
)
def test_without_permission(tmp_path: Path, asked: list[str], problems: list[str]) -> None:
    begin = obeying()
    folder = tmp_path / "folder"
    folder.mkdir()
    for path in (folder / "true.md", tmp_path / "true.md", tmp_path / "closed.md"):
        path.write_text(TRUE, encoding="utf-8")
    (tmp_path / "closed.md").chmod(0)
    folder.chmod(0)
    try:
        done = checked(*asked, cwd=tmp_path, begin=begin)
    finally:
        folder.chmod(0o700)
    in_order(done, 3)
    said = [f"error: {problem} could not be opened: permission denied." for problem in problems]
    assert sorted(done.stderr.decode().splitlines()) == said
    assert ("✓".encode() in done.stdout) == bool({".", "true.md"} & set(asked))


def test_a_side_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "true.md").write_text(TRUE, encoding="utf-8")
    (tmp_path / "true.symderiv").write_text("size K = 3\n", encoding="utf-8")
    (tmp_path / "true.symderiv").chmod(0)
    done = checked("true.md", cwd=tmp_path, begin=obeying())
    in_order(done, 3)
    assert b"true.symderiv could not be opened: permission denied" in done.stderr


def test_a_file_that_vanishes_after_it_was_listed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import symderiv.batch as batch

    for name in ("a.md", "b.md", "c.md"):
        (tmp_path / name).write_text(TRUE, encoding="utf-8")
    sound = batch.open_path

    def vanishing(path: str) -> object:
        (tmp_path / "b.md").unlink(missing_ok=True)
        return sound(path)

    monkeypatch.setattr(batch, "open_path", vanishing)
    done = run("check", tmp_path)
    assert done.status == 3
    assert "There is no file" in done.err and done.out.count("✓") == 3  # two files, and the sum


NAMES = [
    "line\nerror: end.md",
    "tab\t.md",
    "-lead.md",
    "\u202e\u2066.md",
    "x" * 252 + ".md",
    "漢" * 84 + ".md",
    "\udcff.md",
]


def test_reports_of_files_with_any_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        Path(name).write_text(TRUE.replace("+ a c", "+ c") + "$\\nosuch$\n", encoding="utf-8")
    Path("x" * 251 + "y.md").write_text(TRUE.replace("+ a c", "+ c"), encoding="utf-8")
    done = run("check", ".", "--write-report", "--pdf-engine", "typst")
    assert done.status == 1 and "Traceback" not in done.err
    written = sorted(os.listdir("output"))
    assert len(written) == 2 * (len(NAMES) + 1) and all(len(os.fsencode(name)) < 255 for name in written)
    assert {line.partition(":")[0] for line in done.err.splitlines()} == {"warning"}
    assert run("check", "none\nerror: x.md").err == "error: There is no file none error: x.md.\n"


def test_names_of_files_are_data(run: Run, tmp_path: Path) -> None:
    names = ["-x.md", "a\x1b[31mb.md", "new\nline.md", "<b>.md", "%s.md", "'\";$(touch x).md", "ü𝒙.md", "\udcff.md"]
    for name in names:
        (tmp_path / name).write_text(TRUE.replace("a c\n", "c\n"), encoding="utf-8")
    for form in ("text", "markdown", "json", "sarif"):
        done = run("check", tmp_path, "--format", form)
        assert done.status == 1
        assert "\x1b" not in done.out and "Traceback" not in done.err
        assert form != "sarif" or "%3Cb%3E.md" in done.out
    assert sorted(os.listdir(tmp_path)) == sorted(names)

"""The command line from outside: what it prints where, its exit status, and one clear paragraph for each bad input."""

from __future__ import annotations

import errno
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

import symderiv
from tests.conftest import ROOT, Outcome, command

Run = Callable[..., Outcome]

TRUE_LINE = "\\title{Mine}\n\\[ \\sum_{i=1}^{((( K )))} 1 = ((( K ))) \\]\n"
FALSE_LINE = "\\title{Mine}\n\nThis is not so:\n\\[ \\sum_{i=1}^{((( K )))} 1 = ((( K ))) + 1 \\]\n"


def assert_one_paragraph(outcome: Outcome, *words: str, status: int = 3) -> None:
    """An error as people want it: one paragraph on standard error that names the culprit, nothing else."""
    assert outcome.status == status, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("error: ")
    assert "Traceback" not in outcome.err
    assert "\n\n" not in outcome.err.strip()
    for word in words:
        assert word in outcome.err, outcome.err


def outcome(done: subprocess.CompletedProcess[str]) -> Outcome:
    return Outcome(done.returncode, done.stdout, done.stderr)


def test_version() -> None:
    done = command("--version")
    assert (done.returncode, done.stdout) == (0, f"symderiv {symderiv.__version__}\n")


@pytest.mark.parametrize("arguments", [["--help"], ["derive", "--help"], ["list", "--help"], ["explain", "--help"]])
def test_help(arguments: list[str]) -> None:
    done = command(*arguments)
    assert done.returncode == 0
    assert done.stdout.startswith("usage: symderiv")
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "COMMAND"),
        (["derve"], "derve"),
        (["derive"], "NAME|PATH"),
        (["derive", "softmax-notes", "--clases", "4"], "--clases"),
        (["derive", "softmax-notes", "--class", "4"], "--class"),
        (["derive", "softmax-notes", "--classes"], "--classes"),
        (["derive", "softmax-notes", "--pdf-engine", "word"], "word"),
        (["derive", "softmax-notes", "--format", "xml"], "xml"),
        (["list", "everything"], "everything"),
    ],
)
def test_usage_errors_are_not_taken_for_undecided(run: Run, arguments: list[str], word: str) -> None:
    assert_one_paragraph(run(*arguments), word, "--help")


# derive


def test_derive_writes_the_three_files_and_says_how_it_went(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    done = run("derive", "softmax-notes", "--classes", 3, "--output", folder)
    assert done.status == 0, done
    assert done.err == ""
    files = {f"softmax-notes-K3{ending}" for ending in (".tex", ".pdf", ".html")}
    assert {path.name for path in folder.iterdir()} == files
    for name in files:
        assert name in done.out
    assert "proved" in done.out
    assert "K = 3" in done.out
    assert len(done.out.splitlines()) <= 12


def test_derive_json(run: Run, tmp_path: Path) -> None:
    done = run("derive", "softmax-notes", "--classes", 3, "--no-pdf", "--output", tmp_path, "--format", "json")
    assert done.status == 0, done
    found = json.loads(done.out)
    assert found["version"] == symderiv.__version__
    assert found["parameters"]["classes"] == 3
    assert set(found["summary"]) == {"proved", "refuted", "undecided", "definitions"}
    assert found["summary"]["undecided"] == 0
    assert found["summary"]["proved"] == sum(
        step["kind"] == "claim" and step["verdict"] == "proved" for step in found["steps"]
    )
    assert sorted(Path(name).suffix for name in found["files"]) == [".html", ".tex"]
    for name in found["files"]:
        assert Path(name).is_file()
    keys = {"line", "column", "end_line", "end_column", "source", "kind", "relation", "verdict", "scope", "given"}
    keys |= {"conditions", "witness", "code", "message", "help"}
    for step in found["steps"]:
        assert keys <= set(step)


def test_the_same_input_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("derive", "softmax-notes", "--classes", 3, "--no-pdf", "--output", tmp_path / name).status == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
        assert str(tmp_path).encode() not in path.read_bytes()


def test_plain_has_no_marks(run: Run, tmp_path: Path) -> None:
    assert run("derive", "softmax-notes", "--no-pdf", "--plain", "--output", tmp_path).status == 0
    (tex,) = tmp_path.glob("*.tex")
    assert "What was proved" not in tex.read_text(encoding="utf-8")


def test_a_false_template_writes_nothing(run: Run, tmp_path: Path) -> None:
    template = tmp_path / "mine.tex.j2"
    template.write_text(FALSE_LINE, encoding="utf-8")
    folder = tmp_path / "reports"
    done = run("derive", template, "--classes", 4, "--no-pdf", "--output", folder)
    assert done.status == 1
    assert "false" in done.err
    assert "4 + 1" in done.err
    assert not folder.exists() or not any(folder.iterdir())

    done = run("derive", template, "--classes", 4, "--no-pdf", "--output", folder, "--format", "json")
    assert done.status == 1
    found = json.loads(done.out)
    assert found["summary"]["refuted"] == 1
    assert found["files"] == []
    (step,) = [step for step in found["steps"] if step["verdict"] == "refuted"]
    assert step["line"] == 4
    assert step["source"].strip() == "4 + 1"


def test_an_existing_report_survives_a_false_template(run: Run, tmp_path: Path) -> None:
    template = tmp_path / "mine.tex.j2"
    template.write_text(TRUE_LINE, encoding="utf-8")
    folder = tmp_path / "reports"
    assert run("derive", template, "--classes", 4, "--no-pdf", "--output", folder).status == 0
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert before
    template.write_text(FALSE_LINE, encoding="utf-8")
    assert run("derive", template, "--classes", 4, "--no-pdf", "--output", folder).status == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


# Bad input


@pytest.mark.parametrize(
    "classes", ["1", "0", "-3", "2.5", "abc", "10**9", "1000000000", "9" * 40, "", " ", "k", "1e3", "4;5", "٤"]
)
def test_bad_classes(run: Run, tmp_path: Path, classes: str) -> None:
    done = run("derive", "softmax-notes", "--classes", classes, "--output", tmp_path)
    assert_one_paragraph(done, "classes")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("true_class", ["9", "0", "-1", "abc", "1.5", "K"])
def test_bad_true_class(run: Run, tmp_path: Path, true_class: str) -> None:
    done = run("derive", "softmax-notes", "--classes", 4, "--true-class", true_class, "--output", tmp_path)
    assert_one_paragraph(done, "true")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("option", ["--features", "--samples"])
@pytest.mark.parametrize("value", ["0", "-2", "many", "1000000000"])
def test_bad_features_and_samples(run: Run, tmp_path: Path, option: str, value: str) -> None:
    done = run("derive", "softmax-weights", option, value, "--output", tmp_path)
    assert_one_paragraph(done, option.lstrip("-"))
    assert not any(tmp_path.iterdir())


def test_an_unknown_derivation_suggests_the_nearest(run: Run, tmp_path: Path) -> None:
    assert_one_paragraph(run("derive", "softmax-note", "--output", tmp_path), "softmax-note", "softmax-notes")
    assert_one_paragraph(run("derive", "zebra", "--output", tmp_path), "zebra", "softmax-notes")
    assert_one_paragraph(run("derive", "", "--output", tmp_path))
    assert_one_paragraph(run("derive", tmp_path / "absent.tex.j2", "--output", tmp_path), "absent.tex.j2")
    assert_one_paragraph(run("derive", tmp_path, "--output", tmp_path))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\\title{x}\n((* if *))", ["2"]),
        ("\\title{x}\n\n((* for i in classes *)) no end", []),
        ("((( nobody_knows_this )))", ["nobody_knows_this"]),
        ("((( ''.__class__.__mro__ )))", []),
        ("((* for a in range(90000) *))((* for b in range(90000) *))((* endfor *))((* endfor *))", []),
        ("((* macro m() *))((( m() )))((* endmacro *))((( m() )))", []),
        ("((( 9**(9**9) )))", []),
        ("((* include '/etc/hostname' *))", []),
        ("((( 1 / 0 )))", []),
        ("", []),
        ("\\title{Nothing to check}\n\nOnly words.", []),
    ],
    ids="syntax unclosed undefined sandbox endless recursive huge include zero empty words".split(),
)  # fmt: skip
def test_bad_template(tmp_path: Path, text: str, words: list[str]) -> None:
    template = tmp_path / "mine.tex.j2"
    template.write_text(text, encoding="utf-8")
    done = command("derive", template, "--no-pdf", "--output", tmp_path / "reports", timeout=60)
    assert_one_paragraph(outcome(done), *words)
    assert not (tmp_path / "reports").exists() or not any((tmp_path / "reports").iterdir())


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00bad", b"a\0b", bytes(range(128, 256))], ids=["utf16", "nul", "latin"]
)
def test_a_template_that_is_not_text(run: Run, tmp_path: Path, content: bytes) -> None:
    template = tmp_path / "mine.tex.j2"
    template.write_bytes(content)
    assert_one_paragraph(run("derive", template, "--no-pdf", "--output", tmp_path / "reports"), "mine.tex")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A small template of one's own, quick to prove and write."""
    template = tmp_path / "mine.tex.j2"
    template.write_text(TRUE_LINE, encoding="utf-8")
    return template


def test_output_that_is_a_file(run: Run, tmp_path: Path, mine: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    for folder in (taken, taken / "below"):
        assert_one_paragraph(run("derive", mine, "--no-pdf", "--output", folder), "taken")
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_folder_where_a_report_should_be(run: Run, tmp_path: Path, mine: Path) -> None:
    taken = tmp_path / "reports" / "mine-K4.html"
    taken.mkdir(parents=True)
    assert_one_paragraph(
        run("derive", mine, "--classes", "4", "--no-pdf", "--output", taken.parent), f"cannot write to {taken}: Is a"
    )
    assert all(not path.name.startswith(".") for path in taken.parent.iterdir())


def test_output_that_cannot_be_written(run: Run, tmp_path: Path, mine: Path) -> None:
    folder = tmp_path / "sealed"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        folder = Path("/proc/self")  # for the superuser, who may write to any ordinary folder
        if not folder.is_dir():
            pytest.skip("needs an ordinary user, or a folder that not even root may write to")
    assert_one_paragraph(run("derive", mine, "--no-pdf", "--output", folder), str(folder))


def test_a_full_disk_loses_nothing(tmp_path: Path, mine: Path) -> None:
    """A limit on the size of files stands for a disk that fills up while the report is written."""
    folder = tmp_path / "reports"
    first = command("derive", mine, "--no-pdf", "--output", folder)
    assert first.returncode == 0, first.stderr
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert any(len(content) > 2000 for content in before.values())

    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    options = ["derive", mine, "--plain", "--no-pdf", "--output", folder]
    done = command(*options, preexec_fn=full, env={"PYTHONDONTWRITEBYTECODE": "1"})
    assert_one_paragraph(outcome(done), str(folder))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_no_tex_where_latex_is_asked_for(tmp_path: Path, mine: Path) -> None:
    folder = tmp_path / "reports"
    done = command("derive", mine, "--pdf-engine", "latex", "--output", folder, env={"PATH": str(tmp_path)})
    assert_one_paragraph(outcome(done), "TeX", "--pdf-engine")
    assert not folder.exists()


@pytest.mark.parametrize("does", ["exit 1", "kill -9 $$", "true", "cat >/dev/null; exit 1"])
def test_a_tex_that_fails(tmp_path: Path, mine: Path, does: str) -> None:
    folder = tmp_path / "reports"
    environment = {"PATH": path_with_tex(tmp_path / "bin", does)}
    done = command("derive", mine, "--pdf-engine", "latex", "--output", folder, env=environment)
    assert_one_paragraph(outcome(done))
    assert not folder.exists()


def path_with_tex(programs: Path, does: str) -> str:
    """A PATH on which every TeX is a shell script."""
    programs.mkdir()
    for name in ("pdflatex", "lualatex", "xelatex", "latexmk"):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    return f"{programs}{os.pathsep}{os.environ['PATH']}"


def test_no_room_for_tex(run: Run, tmp_path: Path, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", path_with_tex(tmp_path / "bin", "exit 0"))
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("tempfile.TemporaryDirectory", Mock(side_effect=full))
    done = run("derive", mine, "--pdf-engine", "latex", "--output", tmp_path / "reports")
    assert_one_paragraph(done, "temporary folder", "No space left on device", "TMPDIR", "--pdf-engine typst")
    assert not (tmp_path / "reports").exists()


def test_a_current_folder_that_is_gone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "true.md").write_text("$$ a = a $$\n", encoding="utf-8")
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    for form in ("text", "sarif"):
        done = run("check", tmp_path / "true.md", "--format", form)
        assert_one_paragraph(done, "the current folder is gone")


# Streams and signals


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [(signal.SIGINT, 130, "interrupted\n"), (signal.SIGTERM, 143, ""), (signal.SIGHUP, 129, "")],
)
def test_interrupted(tmp_path: Path, mine: Path, number: int, status: int, words: str) -> None:
    """A signal ends it, and the TeX that it runs, with one line at most; nothing is half-written or left behind."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    started = tmp_path / "started"
    path = path_with_tex(tmp_path / "bin", f"echo $$ > '{started}.new'; mv '{started}.new' '{started}'; exec sleep 60")
    folder = tmp_path / "reports"
    with subprocess.Popen(
        [sys.executable, "-m", "symderiv", "derive", mine, "--pdf-engine", "latex", "--output", folder],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 30
        while not started.exists():
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert process.returncode == status, err
    assert out == ""
    assert err == words
    assert not folder.exists() and not list(temporary.iterdir())
    assert not runs(int(started.read_text(encoding="utf-8")))


@pytest.mark.parametrize("at", ["symderiv.cli", "argparse", "symderiv.commands.check", "symderiv.diagnostics"])
def test_interrupted_while_it_loads(tmp_path: Path, at: str) -> None:
    """Ctrl-C between Python's own start and the first command: one line and status 130, no traceback."""
    hook = f"""
import os, signal, sys
class Hook:
    def find_spec(self, name, path=None, target=None):
        if name == {at!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Hook())
"""
    (tmp_path / "sitecustomize.py").write_text(hook, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "symderiv", "--version"],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "interrupted\n")


def test_interrupted_on_a_terminal(tmp_path: Path, mine: Path) -> None:
    """Ctrl-C takes the progress away, and leaves one line and the cursor as it was."""
    path = path_with_tex(tmp_path / "bin", "exec sleep 60")
    terminal, inside = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "symderiv", "derive", mine, "--pdf-engine", "latex", "--output", tmp_path / "reports"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "PATH": path, "TERM": "xterm"},
        stdout=subprocess.DEVNULL,
        stderr=inside,
    ) as process:
        os.close(inside)
        shown = b""
        while b"writing" not in shown:
            shown += os.read(terminal, 65536)
        process.send_signal(signal.SIGINT)
        while not shown.endswith(b"interrupted\r\n"):  # read on: who writes to a full terminal waits
            shown += os.read(terminal, 65536)
        process.wait(timeout=30)
    os.close(terminal)
    assert process.returncode == 130
    assert b"Traceback" not in shown
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"writing")


def runs(process: int) -> bool:
    """Whether a process is there, and not only as an entry that nobody has collected."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    entry = Path(f"/proc/{process}/stat")
    return not entry.exists() or entry.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


def test_a_reader_that_goes_away() -> None:
    """``symderiv explain | head -0`` is quiet."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = command("explain", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""


def test_standard_output_that_is_full() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = command("explain", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 3
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
@pytest.mark.parametrize(
    ("arguments", "status"),
    [("list", 0), ("check nothing.md", 3), ("check -", 3), ("check true.md", 0), ("check true.md false.md -j 2", 1)],
)
def test_streams_that_are_closed(tmp_path: Path, closed: tuple[int, ...], arguments: str, status: int) -> None:
    (tmp_path / "true.md").write_text("$$\na b = b a\n$$\n", encoding="utf-8")
    (tmp_path / "false.md").write_text("$$\na (b + c) = a b + c\n$$\n", encoding="utf-8")

    def close() -> None:
        for number in closed:
            os.close(number)

    done = command(*arguments.split(), cwd=tmp_path, stdin=subprocess.DEVNULL, preexec_fn=close)
    assert done.returncode == (3 if 1 in closed else status), done
    assert "Traceback" not in done.stderr
    if done.returncode == 3 and 2 not in closed:
        assert done.stderr.startswith("error: ")


def test_standard_error_that_is_full(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "w") as full:
        done = command("check", tmp_path / "nothing.md", capture_output=False, stdout=subprocess.PIPE, stderr=full)
    assert done.returncode == 3


def test_a_terminal_that_knows_only_ascii(tmp_path: Path) -> None:
    ascii_only = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = command("list", env=ascii_only)
    assert done.returncode == 0, done.stderr
    (tmp_path / "false.md").write_text("$$\na (b + c) = a b + c\n$$\n", encoding="utf-8")
    done = command("check", "false.md", cwd=tmp_path, env=ascii_only)
    assert done.returncode == 1
    assert "x 2  a (b + c) = a b + c  false" in done.stdout and "c = -1\n" in done.stdout
    assert "+ 0 proved, x 1 false" in done.stdout
    (tmp_path / "greek.md").write_text(
        r"$$ \alpha + \hat{y} = \sqrt[3]{\mathbb{R}} \to \mathcal{L} $$", encoding="utf-8"
    )
    assert "alpha + y" in (shown := command("check", "greek.md", cwd=tmp_path, env=ascii_only).stdout), shown
    assert "cbrtR" in shown


# list and explain


def test_list(run: Run) -> None:
    done = run("list")
    assert done.status == 0
    assert done.err == ""
    for word in ("softmax-notes", "softmax-weights", "--classes", "--true-class"):
        assert word in done.out


def test_list_json(run: Run) -> None:
    found = json.loads(run("list", "--format", "json").out)
    names = [entry["name"] for entry in found]
    assert names == sorted(names)
    assert {"softmax-notes", "softmax-weights"} <= set(names)
    assert all(entry["description"] and "classes" in entry["parameters"] for entry in found)


def test_explain(run: Run) -> None:
    done = run("explain", "E201")
    assert done.status == 0
    assert done.out.startswith("E201: ")
    assert run("explain", "e201").out == done.out
    assert "E201" in run("explain").out
    assert_one_paragraph(run("explain", "E999"), "E999", "symderiv explain")
    assert_one_paragraph(run("explain", ""), "there is no message ''")
    assert_one_paragraph(run("explain", "E201", "E202"), "'E202' is an argument too many", "symderiv explain --help")
    assert_one_paragraph(run("explain", "nonsense"), "nonsense")

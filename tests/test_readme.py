"""Every command and every example in README.md is run here, so that the README cannot promise what does not work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import ROOT, command

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.M | re.S)


def shell_lines() -> list[str]:
    return [line.removeprefix("$ ") for block in blocks("console") for line in block.splitlines() if line[:2] == "$ "]


COMMANDS = sorted({part for line in shell_lines() for part in line.split(" && ")})


def test_every_console_line_is_a_command() -> None:
    for block in blocks("console"):
        assert all(line.startswith("$ ") for line in block.splitlines())


def test_the_tests_are_run_as_ci_runs_them() -> None:
    """The README's own command for the tests, without the installation, is what ends `.ci/run`."""
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'pip install ".[test]" && pytest -n auto' in shell_lines()
    assert 'pip install --quiet ".[test]"' in ci
    assert re.search(r"^pytest -n auto\b", ci, re.M)


@pytest.mark.parametrize("line", [c for c in COMMANDS if c.split()[0] not in ("pip", "pytest")])
def test_command(line: str, tmp_path: Path) -> None:
    program, *arguments = shlex.split(line)
    assert program == "symderiv"
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
    if arguments[0] == "derive":
        folder = tmp_path / (arguments[arguments.index("--output") + 1] if "--output" in arguments else "output")
        endings = {path.suffix for path in folder.iterdir()}
        assert endings == ({".tex", ".html"} if "--no-pdf" in arguments else {".tex", ".pdf", ".html"})


def test_a_template_of_ones_own(tmp_path: Path) -> None:
    """The template shown, as it stands and with a slip in it."""
    assert "symderiv derive mine.tex.j2 --classes 5" in README
    (text,) = blocks("tex")
    template = tmp_path / "mine.tex.j2"
    template.write_text(text, encoding="utf-8")
    for classes in ("5", "K"):
        done = command("derive", "mine.tex.j2", "--classes", classes, "--no-pdf", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "2 lines proved" in done.stdout

    assert text.count("&= 0.") == 1
    template.write_text(text.replace("&= 0.", "&= 1."), encoding="utf-8")
    done = command("derive", "mine.tex.j2", "--classes", "5", "--no-pdf", "--output", "false", cwd=tmp_path)
    assert done.returncode == 1
    assert not (tmp_path / "false").exists() or not any((tmp_path / "false").iterdir())


def test_the_page_that_is_checked(tmp_path: Path) -> None:
    """The output shown is the output printed."""
    (page,), (shown,) = blocks("markdown"), blocks("text")
    (tmp_path / "softmax.md").write_text(page, encoding="utf-8")
    done = command("check", "softmax.md", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == shown


@pytest.mark.parametrize("line", re.findall(r"^(symderiv check .*?)(?: +#.*)?$", "".join(blocks("sh")), re.M))
def test_a_way_to_check(line: str, tmp_path: Path) -> None:
    """Each command on files that hold what it speaks of."""
    arguments = shlex.split(line)[1:]
    (page,) = blocks("markdown")
    for name in ("softmax.md", "notes/a.md", "slides/b.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(page, encoding="utf-8")
    (tmp_path / "chapter.tex").write_text("\\[ e^x e^x = e^{2x} \\]\n", encoding="utf-8")
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""


@pytest.mark.parametrize("directive", re.findall(r"^\| (`[a-z`, ]+) \| (.*) \|$", README, re.M))
def test_a_directive_is_understood(directive: tuple[str, str], tmp_path: Path) -> None:
    names = [name for name in re.findall(r"`([a-z]+)`", directive[0]) if name != "end"]
    examples = [text for text in re.findall(r"`([^`]+)`", directive[1]) if text != "skip"]  # it speaks of what follows
    assert all(any(text.startswith(name) for text in examples) for name in names)
    (tmp_path / "a.md").write_text("$$ 1 + 1 = 2 $$\n", encoding="utf-8")
    (tmp_path / "a.symderiv").write_text("\n".join(examples) + "\n", encoding="utf-8")
    done = command("check", "a.md", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("example", blocks("python"))
def test_example(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes").mkdir()
    for name in ("a", "b"):
        (tmp_path / "notes" / f"{name}.md").write_text("$$ x + x = 2x $$\n", encoding="utf-8")
    exec(compile(example, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 (the README is ours)
    printed = capsys.readouterr().out
    if "check_many" in example:
        assert printed.count("'proved': 1") == 2
    elif "jacobian" in example:
        first, second = printed.splitlines()
        assert first == "proved for all K"
        assert second.startswith("false; counterexample: K = 2")
    else:
        assert (tmp_path / "output").is_dir()


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", README):
        if not target.startswith("https://"):
            assert (ROOT / target).exists(), target


def test_it_is_for_what_in_three_lines() -> None:
    first = README.split("\n\n")[1]
    assert first.count("\n") <= 2

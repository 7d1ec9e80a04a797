"""The cache: the same bytes as without it, nothing stale, nothing planted, and no harm from whatever happens to it."""

from __future__ import annotations

import json
import os
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from symderiv import batch, cache
from symderiv.batch import check_many
from symderiv.kernel.budget import SECONDS
from tests.conftest import Outcome, command

Run = Callable[..., Outcome]
TRUE = "$$\na (b + c) = a b + a c\n$$\n"
FALSE = "$$\na (b + c) = a b + c\n$$\n"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache; the working folder holds a small course."""
    monkeypatch.setenv("SYMDERIV_CACHE", str(tmp_path / "kept"))
    (tmp_path / "course").mkdir()
    monkeypatch.chdir(tmp_path / "course")
    Path("true.md").write_text(TRUE, encoding="utf-8")
    Path("false.md").write_text("Let $t$ be one-hot.\n\n" + FALSE + "$$\n\\sum_j t_j = 1\n$$\n", encoding="utf-8")
    Path("side.md").write_text("$$\n\\sum_{j=1}^K t_j = 1\n$$\n", encoding="utf-8")
    Path("side.symderiv").write_text("assume \\sum_j t_j = 1\n", encoding="utf-8")
    Path("book.tex").write_text("\\input{part}\n\\[ a + \\frac{b = 3 \\]\n\\input{missing}\n", encoding="utf-8")
    Path("part.tex").write_text("\\[ a (b + c) = a b + c \\]\n", encoding="utf-8")
    Path("empty.md").write_text("Nothing.\n", encoding="utf-8")
    Path("broken.md").write_bytes(b"\xff\xfe\x00")
    return tmp_path / "kept"


def entries(kept: Path) -> list[Path]:
    return sorted(path for path in kept.rglob("*") if path.is_file())


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are checked anew."""
    seen: list[str] = []
    sound = batch.examine

    def examine(task: batch.Task, *rest: object) -> object:
        seen.append(task.path)
        return sound(task, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "examine", examine)
    return seen


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
@pytest.mark.parametrize("options", [(), ("--only-problems",), ("--strict", "--classes", "3")])
def test_the_same_bytes(run: Run, kept: Path, checks: list[str], form: str, options: tuple[str, ...]) -> None:
    arguments = ("check", ".", "--format", form, *options)
    plain = run(*arguments, "--no-cache")
    assert not kept.exists() and len(checks) == 6
    first = run(*arguments)
    assert len(checks) == 12 and len(entries(kept)) == 5  # all but the file that cannot be read
    second = run(*arguments)
    assert checks[12:] == ["./broken.md"]
    assert plain == first == second
    assert plain.status == 1


def test_check_many_and_jobs(run: Run, kept: Path, checks: list[str]) -> None:
    names = ["true.md", "false.md", "book.tex"]
    found = list(check_many(names))
    assert list(check_many(names)) == found == list(check_many(names, cached=False))
    assert len(checks) == 6
    with ThreadPoolExecutor(2) as executor:
        assert list(check_many(names, executor=executor)) == found
    assert len(checks) == 6
    together = run("check", *names, "--jobs", "2")
    assert together == run("check", *names) == run("check", *names, "--jobs", "2") == run("check", *names, "--no-cache")


CHANGES: dict[str, Callable[[], object]] = {
    "text": lambda: Path("book.tex").write_text("\\input{part}\n\\[ a = a \\]\n", encoding="utf-8"),
    "included": lambda: Path("part.tex").write_text("\\[ a (b + c) = a b + a c \\]\n", encoding="utf-8"),
    "included anew": lambda: Path("missing.tex").write_text("\\[ x = x + 1 \\]\n", encoding="utf-8"),
    "included no more": lambda: Path("part.tex").unlink(),
    "side file": lambda: Path("book.symderiv").write_text("assume c = 0\n", encoding="utf-8"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_is_checked_anew(run: Run, kept: Path, change: str) -> None:
    before = run("check", "book.tex")
    CHANGES[change]()
    after = run("check", "book.tex")
    assert after == run("check", "book.tex", "--no-cache") != before


def test_declarations_and_options_count(run: Run, kept: Path, checks: list[str]) -> None:
    for number, options in enumerate(([], ["--assume", "c = 0"], ["--strict"], ["--classes", "2"]), start=1):
        done = run("check", "false.md", *options)
        assert len(checks) == number
        assert done == run("check", "false.md", *options) == run("check", "false.md", *options, "--no-cache")
        checks.pop()


def test_another_version_finds_nothing(kept: Path, checks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    list(check_many(["true.md"]))
    monkeypatch.setattr(cache, "_program", lambda: b"another")
    list(check_many(["true.md"]))
    assert len(checks) == 2


def test_the_program_is_its_files_and_what_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = cache._program.__wrapped__
    before = whole()
    assert before == whole()
    (tmp_path / "another-1.0.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert whole() != before


def test_a_document_cannot_name_its_entry(run: Run, kept: Path) -> None:
    """An entry under another key, or one whose key was changed in it, is not believed."""
    run("check", "true.md")
    (proved,) = entries(kept)
    Path("true.md").write_text(FALSE, encoding="utf-8")
    assert run("check", "true.md").status == 1
    (refuted,) = set(entries(kept)) - {proved}
    refuted.write_bytes(proved.read_bytes())
    assert run("check", "true.md").status == 1


DAMAGED = {
    "empty": b"",
    "text": b"{}",
    "not compressed": json.dumps(["", {}]).encode(),
    "no list": zlib.compress(b"3"),
    "deep": zlib.compress(b"[" * 100_000),
    "binary": os.urandom(300),
    "unpacked without end": zlib.compress(b'["", {' + b" " * 65_000_000 + b"}]"),
}


@pytest.mark.parametrize("name", [*DAMAGED, "cut", "fields", "values", "pipe"])
def test_damaged_entries_count_as_missing(run: Run, kept: Path, checks: list[str], name: str) -> None:
    before = run("check", "false.md")
    (entry,) = entries(kept)
    data = entry.read_bytes()
    if name == "cut":
        entry.write_bytes(data[: len(data) // 2])
    elif name == "pipe":
        entry.unlink()
        os.mkfifo(entry)
    elif name in ("fields", "values"):
        key, value = json.loads(zlib.decompress(data))
        value = {"path": "false.md"} if name == "fields" else dict.fromkeys(value, 3)
        entry.write_bytes(zlib.compress(json.dumps([key, value]).encode()))
    else:
        entry.write_bytes(DAMAGED[name])
    assert run("check", "false.md") == before
    assert len(checks) == 2
    assert run("check", "false.md") == before
    assert len(checks) == 2 and entry.read_bytes() == data


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_an_entry_without_what_to_print_counts_as_missing(run: Run, kept: Path, checks: list[str], form: str) -> None:
    before = run("check", "false.md", "--format", form)
    (entry,) = entries(kept)
    data = entry.read_bytes()
    key, value = json.loads(zlib.decompress(data))
    without = {name: part for name, part in value.items() if name != "piece"}
    for number, damaged in enumerate((without, value | {"piece": None}, value | {"piece": 7}, value | {"piece": {}})):
        entry.write_bytes(zlib.compress(json.dumps([key, damaged]).encode()))
        assert run("check", "false.md", "--format", form) == before
        assert len(checks) == number + 2 and entry.read_bytes() == data


def test_folders_that_cannot_be_used(
    run: Run, kept: Path, checks: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for number, name in enumerate(("file", "pipe", "shared", "file/below"), start=1):
        monkeypatch.setenv("SYMDERIV_CACHE", str(tmp_path / name))
        assert run("check", "true.md").status == run("check", "true.md").status == 0
        assert len(checks) == 2 * number
    assert list(shared.iterdir()) == [] and (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_planted_link_is_not_followed(run: Run, kept: Path, tmp_path: Path) -> None:
    run("check", "true.md")
    (entry,) = entries(kept)
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    entry.unlink()
    entry.symlink_to(tmp_path / "mine")
    assert run("check", "true.md").status == 0
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine" and not entry.is_symlink()


def test_the_size_is_bounded(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LARGEST", 3_000)
    for number in range(60):
        cache.put(str(kept), f"ab{number:062}", os.urandom(100).hex())
        if number % 7 == 0:
            os.utime(kept / "ab" / f"{0:062}.z")  # the first one stays in use
            time.sleep(0.002)
    assert sum(path.stat().st_size for path in entries(kept)) <= 3_000
    assert cache.get(str(kept), f"ab{0:062}") is not None and cache.get(str(kept), f"ab{1:062}") is None
    cache.put(str(kept), "ab" + "f" * 62, os.urandom(10_000).hex())
    assert cache.get(str(kept), "ab" + "f" * 62) is None


def test_what_hung_on_the_clock_is_not_kept(kept: Path, checks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that takes as long as the kernel's clock allows may come out otherwise on a quieter machine."""
    now = [0.0]

    def passing() -> float:
        now[0] += SECONDS
        return now[0]

    monkeypatch.setattr(batch.time, "monotonic", passing)
    list(check_many(["true.md"]))
    assert entries(kept) == []


def test_a_fault_is_not_kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise AssertionError("a fault")

    monkeypatch.setattr(batch.Opened, "read", fails)
    (record,) = check_many(["true.md"])
    assert "fault in symderiv" in record["error"] and entries(kept) == []


def test_two_runs_at_once(kept: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: command("check", ".", env={"SYMDERIV_CACHE": str(kept)}), range(4)))
    assert len({(run.returncode, run.stdout, run.stderr) for run in done}) == 1
    assert len(entries(kept)) == 5


def test_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SYMDERIV_CACHE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", "/mine")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache.folder() == "/elsewhere/symderiv"
    monkeypatch.setenv("XDG_CACHE_HOME", "not/absolute")
    assert cache.folder() == "/mine/.cache/symderiv"
    monkeypatch.setattr("sys.platform", "darwin")
    assert cache.folder() == "/mine/Library/Caches/symderiv"

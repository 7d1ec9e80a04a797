"""The architecture, held by reading the imports: a room imports only from rooms above it, and few rooms touch SymPy."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "symderiv"

# From the trusted core outwards. Rooms in one row may not import each other.
ROOMS = (
    ("terms",),
    ("kernel",),
    ("judge",),
    ("unicode_math",),
    ("notation",),
    ("document",),
    ("diagnostics", "workers"),
    ("checked",),
    ("reader",),
    ("trial",),
    ("edits",),
    ("repair", "hypotheses"),
    ("hindsight",),
    ("faults", "vacuity", "scrutiny"),
    ("charity",),
    ("hearing",),
    ("solution",),
    ("sidefile",),
    ("check",),
    ("sympy_engine",),
    ("writers",),
    ("explanations", "batch"),
    ("derive",),
    ("teach",),
    ("workers", "cache"),
    ("batch",),
    ("",),  # symderiv/__init__.py: the names that users import
    ("commands",),
    ("cli",),
    ("__main__",),
)
DEPTH = {room: depth for depth, row in enumerate(ROOMS) for room in row}

# The reader's own rooms, from what knows least of a document outwards.
READER = ("containers", "indexed", "grammar", "words", "letters", "elaboration", "reading", "known", "doubts", "steps")

# Third-party libraries, each with the only rooms that may import it. The kernel's trust rests on its row.
LIBRARIES = {
    "flint": {"kernel", "judge"},
    "sympy": {"sympy_engine"},
    "jinja2": {"derive", "writers", "teach"},
    "markupsafe": {"derive", "writers", "teach"},
    "typst": {"writers"},
    "math_core": {"writers"},
    "rich": {"commands"},
    "markdown_it": {"reader"},
    "mdit_py_plugins": {"reader"},
    "pylatexenc": {"reader"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module: str) -> str:
    """``symderiv.kernel.verdict`` is in the room ``kernel``; ``symderiv`` itself is the room ``""``."""
    return [*module.split("."), ""][1]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """The modules that a file imports anywhere in it (``from symderiv import terms`` imports ``symderiv.terms``)."""
    submodules = {dotted(module) for module in MODULES}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                inside = inner in submodules or inner == "symderiv.__version__"
                yield (inner if inside else str(node.module)), node.lineno


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_room_imports_only_from_rooms_above_it(path: Path) -> None:
    here = room(dotted(path))
    assert here in DEPTH, f"symderiv/{here} is not in the table of rooms"
    for module, line in imports(path):
        if module.split(".")[0] != "symderiv" or module == "symderiv.__version__":
            continue
        there = room(module)
        assert there == here or DEPTH[there] < DEPTH[here], f"{path}:{line}: {here or 'symderiv'} imports {module}"


@pytest.mark.parametrize("path", [path for path in MODULES if room(dotted(path)) == "reader"], ids=dotted)
def test_a_room_of_the_reader_imports_only_from_those_above_it(path: Path) -> None:
    _, _, *inner = dotted(path).split(".")
    for module, line in imports(path):
        _, outer, *there = [*module.split("."), ""]
        if inner and outer == "reader" and there[0]:
            assert READER.index(there[0]) <= READER.index(inner[0]), f"{path}:{line}: {inner[0]} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_library_is_imported_only_by_its_rooms(path: Path) -> None:
    here = room(dotted(path))
    for module, line in imports(path):
        top = module.split(".")[0]
        if top == "symderiv" or top in sys.stdlib_module_names:
            continue
        assert top in LIBRARIES, f"{path}:{line}: {top} is not in the table of libraries"
        assert here in LIBRARIES[top], f"{path}:{line}: {here} may not import {top}"


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring, f"{path} has no opening docstring"
    assert len(docstring) >= 60, f"{path}: {docstring!r} does not say what the module is for"


def test_no_catch_all_modules() -> None:
    names = {path.stem for path in MODULES}
    assert not names & {"utils", "util", "core", "helpers", "helper", "manager", "common", "misc"}


LOADED = "import sys; {}; print(*sorted(m for m in sys.modules if m.split('.')[0] in {!r}))"
HEAVY = ("sympy", "jinja2", "typst", "rich", "math_core", "flint", "numpy")


@pytest.mark.parametrize(
    ("statement", "forbidden"),
    [
        ("import symderiv", HEAVY),
        ("import symderiv.terms", HEAVY),
        ("import symderiv.cli", HEAVY),
        ("import symderiv.reader", ("sympy", "jinja2", "typst", "rich")),
        ("import symderiv.kernel, symderiv.judge", ("sympy", "jinja2", "typst", "rich", "numpy")),
    ],
)
def test_importing_does_not_load(statement: str, forbidden: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED.format(statement, forbidden)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.split() == []


def text_files() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and path.suffix not in {".pdf", ".png"}:
            yield path


def test_nothing_in_the_project_names_a_machine() -> None:
    """Paths of one machine, and addresses of private hosts, work nowhere else."""
    machine = re.compile(r"/(work|home|root|Users)/\w|\b(?:10|127|192\.168)(?:\.\d+){2,3}\b|\blocalhost:\d")
    for path in text_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            assert path == Path(__file__).resolve() or not machine.search(line), f"{path}:{number}: {line.strip()}"


def test_top_level_holds_only_what_belongs_there() -> None:
    allowed = {"pyproject.toml", "README.md", "CONTRIBUTING.md", "LICENSE", ".gitignore", ".pre-commit-hooks.yaml"}
    folders = {"symderiv", "templates", "tests", "output", ".ci"}
    for path in text_files():
        top = path.relative_to(ROOT).parts[0]
        assert top in (allowed if path.parent == ROOT else folders), top

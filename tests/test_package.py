"""What a user of the installed package relies on: its names, its types, its metadata, the templates in the wheel."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
import types
import zipfile
from pathlib import Path

import pytest

import symderiv
from tests.conftest import ROOT, command

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("name", symderiv.__all__)
def test_every_public_name_can_be_had_and_is_documented(name: str) -> None:
    value = getattr(symderiv, name)
    assert isinstance(value, types.UnionType) or value.__doc__
    assert name in dir(symderiv)


def test_names_for_type_checkers_are_the_names_at_run_time() -> None:
    text = Path(symderiv.__file__).read_text(encoding="utf-8")
    block = text[text.index("if TYPE_CHECKING:") : text.index("__version__")]
    seen = {name for line in re.findall(r"import (.*)", block) for name in line.split(", ")}
    assert seen == set(symderiv._HOME)
    assert seen | {"prove"} == set(symderiv.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'deriv'"):
        symderiv.deriv  # noqa: B018


def test_derive_stays_the_function_when_its_module_is_imported() -> None:
    import symderiv.derive

    assert isinstance(symderiv.derive, types.FunctionType)


def test_prove_takes_a_claim() -> None:
    x = symderiv.terms.var("x")
    square = symderiv.terms.power(x, 2)
    assert isinstance(symderiv.prove(symderiv.Claim(x * x, "=", square)), symderiv.Proved)
    assert isinstance(symderiv.prove(symderiv.Claim(x + x, "=", square)), symderiv.Refuted)


def test_a_verdict_is_printed_for_people() -> None:
    x, t = symderiv.terms.var("x"), symderiv.terms.var("t", "j")
    share = symderiv.terms.mul(x, x, symderiv.terms.power(x, -1))
    total = symderiv.terms.total("j", (1, "K"), t)
    unit = symderiv.Context(assumptions=(symderiv.Assumption("equation", (total, symderiv.terms.ONE)),))
    for claim, words in (
        (symderiv.Claim(x * total, "=", x, unit), "proved for all K, given Σ_{j=1}^K t_j = 1"),
        (symderiv.Claim(share, "=", x), "proved, where x ≠ 0"),
        (symderiv.Claim(x, "=", x + x), "false; counterexample: x = 1: left = 1, right = 2"),
        (symderiv.Undecided(None, "it is too long"), "undecided: it is too long"),
    ):
        verdict = symderiv.prove(claim) if isinstance(claim, symderiv.Claim) else claim
        assert str(verdict) == f"{verdict}" == words
        assert repr(verdict).startswith(type(verdict).__name__ + "(")


def test_prove_takes_sympy_expressions() -> None:
    import sympy

    x, y = sympy.symbols("x y", real=True)
    assert isinstance(symderiv.prove((x + y) ** 2, x**2 + 2 * x * y + y**2), symderiv.Proved)
    assert isinstance(symderiv.prove((x + y) ** 2, x**2 + y**2), symderiv.Refuted)


@pytest.mark.parametrize("sides", [("open('run', 'w')", 1), (1, "open('run', 'w')"), (None,), (3,), (None, 1)])
def test_prove_runs_no_text(sides: tuple[object, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(symderiv.UserError, match="SymPy expression"):
        symderiv.prove(*sides)
    assert list(tmp_path.iterdir()) == []


def test_the_package_is_typed() -> None:
    assert (ROOT / "symderiv" / "py.typed").is_file()


def test_what_is_imported_is_declared() -> None:
    """Each library that the package imports is a dependency, and no other library is."""
    from tests.test_layers import MODULES, imports

    distributions = importlib.metadata.packages_distributions()
    tops = {module.split(".")[0] for path in MODULES for module, _ in imports(path)}
    used = {
        distribution.lower().replace("_", "-")
        for top in tops - set(sys.stdlib_module_names) - {"symderiv"}
        for distribution in distributions[top]
    }
    declared = {re.split(r"[<>=!~ ]", line)[0].lower() for line in PROJECT["dependencies"]}
    transitive = {"markupsafe"}  # with jinja2
    assert used - transitive == declared


def test_the_wheel_holds_the_templates_and_works(tmp_path: Path) -> None:
    """The wheel, unpacked far from the sources, lists and writes derivations."""
    pytest.importorskip("hatchling", reason="building a wheel without a network needs hatchling")
    build = "from hatchling.build import build_wheel; import sys; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(unpacked)
    ours = {str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*") if path.is_file()}
    assert {f"symderiv/{name}" for name in ours} <= names
    assert "symderiv/py.typed" in names
    assert not any(name.startswith(("tests/", "output/")) for name in names)

    listed = command("list", cwd=tmp_path, env={"PYTHONPATH": str(unpacked)})
    assert listed.returncode == 0, listed.stderr
    assert "softmax-notes" in listed.stdout
    written = command("derive", "softmax-notes", "--no-pdf", cwd=tmp_path, env={"PYTHONPATH": str(unpacked)})
    assert written.returncode == 0, written.stderr
    assert (tmp_path / "output" / "softmax-notes-K4.tex").is_file()


def test_what_python_gives_wrongly_is_said(tmp_path: Path) -> None:
    import sympy

    x, i = sympy.Symbol("x"), sympy.Symbol("i", integer=True)
    claim = symderiv.Claim(symderiv.terms.var("x"), "=", symderiv.terms.var("x"))
    for words, call in {
        "ranges takes": [
            lambda ranges=ranges: symderiv.prove(x, x, ranges=ranges)
            for ranges in (
                3,
                {3: (1, 4)},
                {i: 4},
                {i: (1,)},
                {i: "ab"},
                {i: ("a", 4)},
                {i: (1.5, 4)},
                {i: (1, 2.5)},
                {i: (1, i + 1)},
            )
        ],
        "no number from 5 to 2": [lambda: symderiv.prove(x, x, ranges={i: (5, 2)})],
        "labels takes": [lambda: symderiv.prove(x, x, labels=3), lambda: symderiv.prove(x, x, labels={"x": "a"})],
        "assume takes": [lambda: symderiv.prove(x, x, assume=3)],
        "takes nothing else": [lambda: symderiv.prove(claim, x), lambda: symderiv.prove(claim, labels={})],
        "sides of a Claim": [lambda: symderiv.prove(symderiv.Claim(1, "=", 2))],
    }.items():
        for each in call:
            with pytest.raises(symderiv.UserError, match=words):
                each()
    with pytest.raises(TypeError, match=r"derive\(\) got an unexpected keyword argument 'klasses'"):
        symderiv.derive("softmax-notes", klasses=4)
    with pytest.raises(TypeError, match="formats takes a list"):
        symderiv.derive("softmax-notes", classes=3).write(tmp_path, "tex")


def test_whole_numbers_of_other_libraries_are_numbers(tmp_path: Path) -> None:
    import sympy

    from symderiv.batch import check_many

    four = sympy.Integer(4)
    assert symderiv.derive("softmax-notes", classes=four).parameters["classes"] == 4
    (tmp_path / "sum.md").write_text("$$ \\sum_{i=1}^K a_i = \\sum_{j=1}^K a_j $$\n", encoding="utf-8")
    (step,) = symderiv.check(tmp_path / "sum.md", classes=four).steps
    assert str(step.verdict) == "proved for K = 4"
    (record,) = check_many([tmp_path / "sum.md"], classes=four, cached=False)
    assert record["parameters"] == {"classes": 4}

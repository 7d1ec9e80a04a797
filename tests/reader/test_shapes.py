r"""Kinds of symbols: numbers, columns, rows and matrices, found from words, types and use; and families shown by dots."""

from __future__ import annotations

import pytest

from symderiv.check import check_text
from symderiv.kernel import Proved, Refuted, Undecided
from symderiv.reader.containers import read_text
from symderiv.reader.grammar.dotted import grid, middle
from symderiv.reader.steps.walk import Walk
from symderiv.terms import Cases, Delta, Term, Var, mul


def shapes(text: str) -> dict[str, str]:
    """What kind each symbol of a Markdown text without subscripts is, and each family of vectors (``x_``)."""
    walk = Walk(read_text(text, "<text>", "markdown"))
    walk.run()
    symbols = walk.reading.symbols
    plain = {
        name: "matrix" if len(axes) == 2 else "row" if name in symbols.rows else "column"
        for name, axes in symbols.shapes.items()
    }
    return plain | {f"{name}_": kind for (name, subs, sups), kind in symbols.kinds.items() if subs + sups == 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"Let $x \in \mathbb{R}^n$ and $W \in \mathbb{R}^{m \times n}$.", {"x": "column", "W": "matrix"}),
        (r"$W$ is an $m \times n$ matrix.", {"W": "matrix"}),
        (r"$b$ has shape $(1, k)$.", {"b": "row"}),
        (r"Here $z$ is a number of size 3 and $m \times n$ a product.", {}),
        ("$$ J = \\|X w - y\\|^2 $$\n\n$$ G = X^T X $$", {"X": "matrix", "w": "column", "y": "column", "G": "matrix"}),
        (r"$$ \mathbf{z} = \mathbf{W} \mathbf{x} + b $$", {"z": "column", "W": "matrix", "x": "column", "b": "column"}),
        (r"$$ L = \sum_i (y_i - w^\top x_i)^2 $$", {"w": "column", "x_": "column"}),
        (r"$$ z^{(i)} = w^T x^{(i)} + b $$", {"w": "column", "x_": "column"}),
        (r"We use row vectors. $$ \mathbf{z} = \mathbf{x} \mathbf{W} $$", {"z": "row", "x": "row", "W": "matrix"}),
        (r"$$ Z = X W + b $$ with $X \in \mathbb{R}^{m \times n}$, $W \in \mathbb{R}^{n \times k}$",
         {"X": "matrix", "W": "matrix", "Z": "matrix", "b": "row"}),
        (r"$$ \alpha = w x + b $$", {}),
        (r"$$ \sum_{i=1}^n x_i^2 = \|x\|^2 $$", {"x": "column"}),
    ],
)  # fmt: skip
def test_kinds(text: str, found: dict[str, str]) -> None:
    assert shapes(text) == found


def test_a_declaration_is_not_overruled() -> None:
    text = "<!-- symderiv: shape w : 1 x n -->\n\n$$ J = w X $$\n\n$$ K = X^T w^T $$"
    assert shapes(text)["w"] == "row"


def verdicts(text: str) -> list[object]:
    return [step.verdict for step in check_text(text, kind="markdown").claims]


def test_two_lengths_are_not_made_one_by_a_claim() -> None:
    """The transposed gradient is a slip, not a proof for square matrices."""
    given = "$$ z = W x $$\n\n$$ L = \\|z\\|^2 $$\n\n"
    (right,) = verdicts(given + r"$$ \frac{\partial L}{\partial W} = 2 z x^\top $$")
    (wrong,) = verdicts(given + r"$$ \frac{\partial L}{\partial W} = 2 x z^\top $$")
    assert isinstance(right, Proved)
    assert not isinstance(wrong, Proved)


def test_matrices_do_not_commute() -> None:
    given = r"Let $A, B \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$." + "\n\n"
    cyclic, swapped, transposed = verdicts(
        given
        + r"$$ x^\top A B x = \mathrm{tr}(B x x^\top A) $$"
        + "\n\n"
        + r"$$ x^\top A B x = x^\top B A x $$"
        + "\n\n"
        + r"$$ x^\top A x = x^\top A^\top x $$"
    )
    assert isinstance(cyclic, Proved)
    assert not isinstance(swapped, Proved)
    assert isinstance(transposed, Proved)


def test_symmetry_counts_only_when_it_is_said() -> None:
    line = "\n\n$$ \\nabla_x (x^T S x) = 2 S x $$"
    space = r"$x \in \mathbb{R}^n$ and $S \in \mathbb{R}^{n \times n}$."
    (said,) = verdicts("Let $S$ be a symmetric matrix, " + space + line)
    (unsaid,) = verdicts("Let " + space + line)
    (denied,) = verdicts("The matrix is not symmetric: " + space + line)
    assert isinstance(said, Proved)
    assert isinstance(unsaid, Refuted)
    assert not isinstance(denied, Proved)


def test_both_layouts_of_a_jacobian_but_no_third() -> None:
    given = r"Let $S \in \mathbb{R}^{n \times n}$ and $x \in \mathbb{R}^n$." + "\n\n"
    lines = [rf"$$ \frac{{\partial S x}}{{\partial x}} = {side} $$" for side in ("S", "S^T", "2 S")]
    (one,), (other,), (none,) = (verdicts(given + line) for line in lines)
    assert isinstance(one, Proved)
    assert isinstance(other, Proved)
    assert isinstance(none, Refuted)
    first, second, _ = verdicts(given + "\n\n".join(lines))
    assert isinstance(first, Proved)
    assert isinstance(second, Undecided)


def a(i: int | str, j: int | str) -> Term:
    return Var("a", (i, j), ())


def test_the_corners_of_a_matrix_show_its_entries() -> None:
    found = grid([[a(1, 1), None, a(1, "n")], [None, None, None], [a("m", 1), None, a("m", "n")]], {"m", "n"})
    assert found is not None
    assert (found.low, found.highs, found.body) == (1, ("m", "n"), a(found.row, found.column))


def test_the_diagonal_may_differ() -> None:
    def d(i: int | str) -> Term:
        return Var("d", (i,), ())

    cells = [
        [d(1), a(1, 2), None, a(1, "n")],
        [a(2, 1), d(2), None, a(2, "n")],
        [None] * 4,
        [a("n", 1), a("n", 2), None, d("n")],
    ]
    found = grid(cells, {"n"})
    assert found is not None
    assert found.body == Cases(Delta(found.row, found.column), d(found.row), a(found.row, found.column))


@pytest.mark.parametrize("wrong", [a("m", 2), a(1, "n"), mul(a("m", "n"), a("m", "n"))])
def test_an_entry_that_does_not_fit_shows_nothing(wrong: Term) -> None:
    assert grid([[a(1, 1), None, a(1, "n")], [None] * 3, [a("m", 1), None, wrong]], {"m", "n"}) is None


def test_an_exception_in_a_row_names_its_place() -> None:
    def z(*indices: int | str) -> Term:
        return mul(*(Var("z", (i,), ()) for i in indices))

    assert middle([z("q", 1), z("q", "j"), z("q", "n")], {"n"}) == "q"
    assert middle([z(1), z("q"), z("n")], {"n"}) == "q"
    assert middle([z(1), z("q", "j"), z("n")], {"n"}) is None

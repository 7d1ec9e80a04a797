"""Random mutations of our documents: nothing but a diagnostic or a UserError comes out, and every place is in the text.

``SYMDERIV_FUZZ=300 pytest tests/hostile/test_fuzz.py`` fuzzes for 300 seconds instead of a few.
"""

from __future__ import annotations

import os
import random
import time

import pytest

from symderiv.check import check_text
from symderiv.diagnostics import UserError
from symderiv.writers import json, terminal
from symderiv.writers.findings import Examined
from tests.conftest import ROOT

SECONDS = float(os.environ.get("SYMDERIV_FUZZ", "6"))
KINDS = {".tex": "tex", ".md": "markdown", ".ipynb": "notebook", ".html": "html", ".rst": "rst"}
COMMANDS = r"""
$ $$ \[ \] { } ^ _ \frac \sum \sum_{i=1}^{K} \prod_j = & \\ \begin{align} \end{align} \begin{cases} \end{cases} \left(
\right) \text{ % \delta_{ij} \partial \frac{\partial\ L}{\partial\ x_i} \cdots \ldots ! ' | \mid \newcommand{\a}{\a}
\def\x{y} 0 1/0 \infty \log(0) \begin{pmatrix} \end{pmatrix} ^T \nabla \mathbf{x} \operatorname \quad ` ``` > - # <b> &lt;
\ne \forall \in x^{2} e^{ \exp \sqrt[3]{ \underbrace{ }_{ \overset \tag{1} \label{a} \ref{a} < > \le \approx \Rightarrow
\odot \otimes \cdot [ ] ( ) \{ \} , ; if otherwise \over K N i j 1 2 0.5 \mathbb{E} \int \lim \max one-hot 9^{9^{9}}
"""
PIECES = [
    *COMMANDS.split(),
    "% symderiv: ",
    "<!-- symderiv: assume \\sum_j t_j = 1 -->\n",
    "<!-- symderiv: onehot t -->\n",
    "<!-- symderiv: size K = 3 -->\n",
    "<!-- symderiv: define p_i = p_i -->\n",
    "\n\n",
    "\t",
    "\x1b[31m",
    "а",
    "\u202e",
    "\u2028",
    "𝒙",
]


def mutated(text: str, others: list[str], chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 2, 5, 20, 100)))
        other = chance.choice(others)
        at = chance.randrange(len(other) + 1)
        new = chance.choice(
            (
                chance.choice(PIECES),
                chance.choice(PIECES) + text[start:end],
                "",
                text[start:end] * 3,
                other[at : at + chance.choice((3, 10, 40, 150))],
            )
        )
        text = text[:start] + new + text[end:]
    return text


def assert_sound(text: str, kind: str) -> None:
    try:
        checked = check_text(text, "text", kind)
    except UserError:
        return
    length = len(checked.document.source.text)
    spans = [found.span for found in checked.diagnostics] + [step.span for step in checked.steps]
    spans += [step.diagnostic.span for step in checked.steps if step.diagnostic]
    assert all(0 <= start <= end <= length for start, end in spans)
    examined = Examined("text", checked)
    json.write_all([examined])
    assert "\x1b" not in terminal.report(examined)


def test_mutated_documents() -> None:
    paths = sorted(path for path in (ROOT / "tests" / "documents").iterdir() if path.suffix in KINDS)
    documents = [(path.read_text(encoding="utf-8"), KINDS[path.suffix]) for path in paths]
    texts = [text for text, _ in documents]
    seed = random.randrange(10**9) if "SYMDERIV_FUZZ" in os.environ else 0
    begun, number = time.monotonic(), 0
    while time.monotonic() - begun < SECONDS:
        chance = random.Random(seed + number)
        text, kind = chance.choice(documents)
        text = mutated(text, texts, chance)
        try:
            assert_sound(text, kind)
        except Exception as error:
            error.add_note(f"seed {seed + number}, a {kind} document:\n{text}")
            raise
        number += 1
    assert number > 5


@pytest.mark.parametrize("kind", KINDS.values())
@pytest.mark.parametrize(
    "text", ["", "\n", "$", "$$", "\\", "{", "%", "`", "<", "$$=$$", "$$==$$", "\\[ = \\]", "&", "\ufeff"]
)
def test_almost_nothing(text: str, kind: str) -> None:
    assert_sound(text, kind)

"""Coverage-guided fuzzing of the reader, the check and the writers: nothing but a diagnostic or a UserError comes out,
every place is in the text, and nothing in a page could run.

Our documents are mutated; a mutant that makes some line of symderiv call what it never called before is kept, and
mutated further. ``SYMDERIV_FUZZ=300 pytest tests/hostile/test_fuzz.py`` fuzzes for 300 seconds instead of a few.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from symderiv.check import check_text
from symderiv.diagnostics import UserError
from symderiv.explanations import explanations
from symderiv.writers import html, json, latex, markdown, sarif, terminal, typst
from symderiv.writers.findings import Examined
from symderiv.writers.report import Report
from tests.conftest import ROOT
from tests.hostile.test_output import active

SECONDS = float(os.environ.get("SYMDERIV_FUZZ", "6"))
EXCERPT = 800
FEWEST = 6  # on a machine that is busy with something else
LONGEST = 20_000  # characters of a text that is mutated further
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
    "\xa0",
    "\x0c",
    "()",
    r"\{\}",
    r"\begin{cases} \end{cases}",
    "𝒙",
]


def mutated(text: str, others: list[str], chance: random.Random) -> str:
    if len(text) > EXCERPT and chance.random() < 0.5:
        start = chance.randrange(len(text) - EXCERPT)
        text = text[start : start + EXCERPT]
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


FOUND = [
    r"\[ () = () \]",
    r"\[ x \{\} = 3 \]",
    r"\[ \exp() = 1 \]",
    r"\[ x = \begin{pmatrix}\end{pmatrix} \]",
    r"\[ x = \begin{cases}\end{cases} \]",
    r"\[ (x_1, \ldots, x_0) = (y_1, \ldots, y_0) \]",
    "\\[ % nothing\n\\]",
    r"\[ & \]",
]
"""What fuzzing has found."""


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
    sarif.write([examined], explanations())
    assert "\x1b" not in terminal.report(examined) + markdown.write([examined])
    for write in (html.write, latex.write, typst.write):
        try:
            written = write(Report(checked))
        except UserError:
            continue
        assert write is not html.write or not active(written)


Call = tuple[int, int, int]
"""What was called, and from where: the code of two functions, by its address, and the instruction in the second."""


@contextmanager
def calls(seen: set[Call]) -> Iterator[None]:
    """Adds the calls inside symderiv to ``seen``."""
    inside = os.sep + "symderiv" + os.sep

    def called(frame: FrameType, event: str, argument: object) -> None:
        caller = frame.f_back
        if caller is not None and inside in frame.f_code.co_filename:
            seen.add((id(frame.f_code), id(caller.f_code), caller.f_lasti))

    before = sys.gettrace()
    sys.settrace(called)
    try:
        yield
    finally:
        sys.settrace(before)


def fuzzed(seed: int, until: float) -> int:
    """Fuzzes until the clock shows ``until``, but ``FEWEST`` texts at least; how many were tried."""
    paths = sorted(path for path in (ROOT / "tests" / "documents").iterdir() if path.suffix in KINDS)
    pool = [(path.read_text(encoding="utf-8"), KINDS[path.suffix]) for path in paths]
    seen: set[Call] = set()
    number = 0
    while number < FEWEST or time.monotonic() < until:
        chance = random.Random(seed + number)
        # A text joins the pool for its own sake first; of the pool, the young half is mutated as often as the rest.
        text, kind = pool[number] if number < len(paths) else chance.choice(pool[chance.choice((0, len(pool) // 2)) :])
        if number >= len(paths):
            text = mutated(text, [other for other, _ in pool], chance)
        known = len(seen)
        try:
            with calls(seen):
                assert_sound(text, kind)
        except Exception as error:
            error.add_note(f"seed {seed}, text {number}, a {kind} document:\n{text}")
            raise
        if number >= len(paths) and len(seen) > known and len(text) < LONGEST:
            pool.append((text, kind))
        number += 1
    return number


def test_mutated_documents() -> None:
    seed = random.randrange(10**9) if "SYMDERIV_FUZZ" in os.environ else 0
    assert fuzzed(seed, time.monotonic() + SECONDS) >= FEWEST


@pytest.mark.parametrize("formula", FOUND)
def test_what_was_found(formula: str) -> None:
    assert_sound(formula + "\n\n\\[ a b = b a \\]\n", "tex")


@pytest.mark.parametrize("kind", KINDS.values())
@pytest.mark.parametrize(
    "text", ["", "\n", "$", "$$", "\\", "{", "%", "`", "<", "$$=$$", "$$==$$", "\\[ = \\]", "&", "\ufeff"]
)
def test_almost_nothing(text: str, kind: str) -> None:
    assert_sound(text, kind)

"""Checking: every step of a document is posed to the kernel, and what it says is put into words.

This module must never call a step proved or false on any other ground than the kernel's verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from symderiv import scrutiny, sidefile, solution
from symderiv.checked import Checked, Step
from symderiv.diagnostics import FAULT, Diagnostic, ReadError, UserError, guarded, whole
from symderiv.document import Document
from symderiv.hearing import Hearing, left_open
from symderiv.kernel import Proved, Refuted, Undecided, Verdict
from symderiv.kernel.budget import STEP, within
from symderiv.reader.steps.walk import Walk

Progress = Callable[[int, int], None]


def check(
    path: str | Path,
    *,
    classes: int | None = None,
    declare: Sequence[str] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Checked:
    r"""Read a document and prove or refute each of its steps, as ``symderiv check`` does.

    ``classes`` is a number for the size K, or None for every one; ``declare`` are directives such as
    ``assume \sum_j t_j = 1`` or ``define p_i = ...``, beside those of the side file next to it; with ``strict``
    only declared assumptions count. Raises UserError if the file cannot be read, or ``classes`` is no such number.
    """
    directives = [*sidefile.directives(Path(path)), *declared(declare)]
    sizes = {} if classes is None else {"K": classes}
    return check_path(path, sizes=sizes, directives=directives, strict=strict, progress=progress)


def declared(declare: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Directives, each with where it comes from. Raises TypeError for one text instead of several."""
    if isinstance(declare, str) or not all(isinstance(text, str) for text in declare):
        raise TypeError("declare takes a list of directives, as ['onehot t']")
    return tuple((text, f"declared as {text!r}") for text in declare)


def whole_sizes(sizes: Mapping[str, object]) -> dict[str, int]:
    """``sizes`` as whole numbers of Python; those of SymPy and NumPy are taken, too.

    Raises UserError for a size that is none, or less than 1: of no classes at all, anything would be true.
    """
    found = {}
    for name, size in sizes.items():
        number = whole(size)
        if number is None or number < 1:
            raise UserError(f"the size {name} must be a whole number from 1 on, not {size!r}")
        found[name] = number
    return found


def check_document(
    document: Document,
    *,
    sizes: Mapping[str, int] | None = None,
    directives: Sequence[tuple[str, str]] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Check every step of ``document``.

    ``sizes`` gives symbolic sizes a number ({"K": 4}); ``directives`` are declarations from outside the document, as
    (text, where it comes from); with ``strict`` only declared assumptions count, not those that the prose states.
    ``progress(done, of)`` is called after each step. Raises UserError for a size that is none, TypeError for directives
    that are no pairs of texts.
    """
    if any(type(pair) is not tuple or list(map(type, pair)) != [str, str] for pair in directives):
        raise TypeError("directives are pairs of texts, as [('onehot t', 'declared in the form')]")
    walk = Walk(document, whole_sizes(sizes or {}), directives, strict)
    walk.run()
    steps = []
    for number in range(len(walk.posed)):
        with within(STEP):
            step = _judged(walk, number)
        posed = walk.posed[number]
        if not posed.passing or isinstance(step.verdict, Proved if not posed.plain else Proved | Refuted):
            steps.append(step)
        if progress is not None:
            progress(number + 1, len(walk.posed))
    return Checked(document, tuple(walk.displays), tuple(steps), tuple(walk.diagnostics))


def check_path(path: str | Path, **options: Any) -> Checked:
    """Read and check a file; ``options`` as for ``check_document``. Raises UserError if it cannot be read."""
    from symderiv.reader.containers import read_path

    return check_document(read_path(path), **options)


def check_text(text: str, name: str = "<text>", kind: str | None = None, **options: Any) -> Checked:
    """Check a text; ``kind`` is tex, markdown, notebook, html or rst, or None to look at the text."""
    from symderiv.reader.containers import read_text

    return check_document(read_text(text, name, kind), **options)


def _judged(walk: Walk, number: int) -> Step:
    posed = walk.posed[number]
    verdict: Verdict | None = None
    diagnostic = posed.error
    if posed.kind == "claim":
        if diagnostic is None:
            try:
                with guarded(posed.span):
                    verdict, diagnostic = _answered(walk, number)
            except ReadError as error:
                diagnostic = error.diagnostic
        walk.equations.judged(posed, isinstance(verdict, Proved))
        if verdict is None and posed.kind == "claim":
            assert diagnostic is not None
            verdict = Undecided(None, diagnostic.message)
    elif diagnostic is None and posed.kind == "definition":
        try:
            with guarded(posed.span):
                verdict, diagnostic = solution.judged(walk, number)
        except ReadError as error:
            diagnostic = error.diagnostic if error.diagnostic.code == FAULT else None
    return Step(
        posed.span,
        posed.left_span,
        posed.relation,
        posed.kind,
        posed.display,
        posed.row,
        verdict,
        diagnostic,
        posed.expected_false,
        posed.notes,
    )


def _answered(walk: Walk, number: int) -> tuple[Verdict | None, Diagnostic | None]:
    posed = walk.posed[number]
    posed.solving = posed.solving and walk.equations.may_matter(posed)
    verdict, diagnostic = Hearing(walk, number).answer()
    if isinstance(verdict, Refuted | Undecided) and (root := solution.another(walk, number)) is not None:
        verdict, diagnostic = root
    elif verdict is not None and (claimed := solution.claimed_before(walk, number)) is not None:
        verdict, diagnostic = claimed
    if isinstance(verdict, Proved | Refuted) and (said := scrutiny.against(walk, posed, verdict)):
        verdict, diagnostic = left_open(posed, verdict.claim, said)
    if posed.taken and isinstance(verdict, Proved | Refuted):
        walk.rates.drop(posed)
    if isinstance(verdict, Refuted):
        walk.equations.drop(posed)
    return verdict, diagnostic

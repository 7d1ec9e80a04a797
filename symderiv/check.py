"""Checking: every step of a document is posed to the kernel, and what it says is put into words.

This module must never call a step proved or false on any other ground than the kernel's verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from symderiv import notation
from symderiv.checked import Checked, Step
from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Document
from symderiv.kernel import Proved, Refuted, Undecided, Verdict, Witness, prove_all
from symderiv.reader.walk import Posed, Walk

Progress = Callable[[int, int], None]


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
    ``progress(done, of)`` is called after each step.
    """
    walk = Walk(document, sizes or {}, directives, strict)
    walk.run()
    steps = []
    for number, posed in enumerate(walk.posed):
        steps.append(_judged(walk, posed))
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


def _judged(walk: Walk, posed: Posed) -> Step:
    verdict: Verdict | None = None
    diagnostic = posed.error
    if posed.kind == "claim":
        if diagnostic is None:
            try:
                verdict = prove_all(walk.claims(posed))
            except ReadError as error:
                diagnostic = error.diagnostic
        if verdict is None:
            assert diagnostic is not None
            verdict = Undecided(None, diagnostic.message)
        else:
            diagnostic = _diagnostic(posed, verdict)
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


def _diagnostic(posed: Posed, verdict: Verdict) -> Diagnostic | None:
    if isinstance(verdict, Proved):
        if posed.expected_false:
            return Diagnostic("E202", "this step is marked as false, but it is proved", posed.span, posed.notes)
        return None
    if isinstance(verdict, Refuted):
        return Diagnostic("E201", "this step is false", posed.span, (counterexample(verdict.witness), *posed.notes))
    return Diagnostic("E301", "this step could not be decided", posed.span, (verdict.reason, *posed.notes))


def counterexample(witness: Witness) -> str:
    """The witness in one line: ``counterexample: K = 2, i = 1, z_1 = 0: left = ..., right = ...``."""
    places = [f"{name} = {value}" for name, value in (*witness.sizes, *witness.indices)]
    places += [f"{notation.unicode(var)} = {value}" for var, value in witness.values]
    where = ", ".join(places)
    return f"counterexample: {where + ': ' if where else ''}left = {witness.left}, right = {witness.right}"

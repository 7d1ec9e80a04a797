"""What checking a document gives: its steps with their verdicts. Data only, shared by the checker and the writers."""

from __future__ import annotations

from dataclasses import dataclass

from symderiv.diagnostics import Diagnostic
from symderiv.document import Document, Span
from symderiv.kernel.verdict import Proved, Refuted, Verdict


@dataclass(frozen=True, slots=True)
class Step:
    """One relation of a chain.

    ``span`` is the right side in the source, ``left_span`` the left side (which may stand in an earlier row or
    display). ``display`` is the index in ``Checked.displays`` of the display (or inline formula) it stands in; ``row``
    the row in it, from 0. ``kind`` is ``definition``, ``equation`` (one that is being solved) or
    ``claim``; only a claim has a verdict. ``expected_false``
    marks a line that the author declares to be false: it is in order when it is refuted. ``notes`` are remarks of the
    reader ("the bound index was renamed"). ``relation`` is empty for a row that could not be split into its sides.
    """

    span: Span
    left_span: Span
    relation: str
    kind: str
    display: int
    row: int
    verdict: Verdict | None = None
    diagnostic: Diagnostic | None = None
    expected_false: bool = False
    notes: tuple[str, ...] = ()

    @property
    def in_order(self) -> bool:
        """A definition, a proved claim, or a refuted one that the author declares to be false."""
        if self.verdict is None:
            return self.kind != "claim"
        return isinstance(self.verdict, Refuted if self.expected_false else Proved)


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with the verdict on each of its steps. ``displays`` are the spans of its formulas, in order."""

    document: Document
    displays: tuple[Span, ...]
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def claims(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind == "claim")

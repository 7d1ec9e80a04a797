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
class Opinions:
    """What other programs said of the proofs and counterexamples: with how many they ``agree``, of these how many they
    ``showed`` by algebra, from how many they ``differ``, and on how many they have ``none``."""

    agree: int = 0
    showed: int = 0
    differ: int = 0
    none: int = 0

    def __add__(self, other: Opinions) -> Opinions:
        return Opinions(
            self.agree + other.agree, self.showed + other.showed, self.differ + other.differ, self.none + other.none
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """A document with the verdict on each of its steps. ``displays`` are the spans of its formulas, in order.

    ``opinions`` is None where nobody else was asked.
    """

    document: Document
    displays: tuple[Span, ...]
    steps: tuple[Step, ...]
    diagnostics: tuple[Diagnostic, ...] = ()
    opinions: Opinions | None = None

    @property
    def claims(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.kind == "claim")

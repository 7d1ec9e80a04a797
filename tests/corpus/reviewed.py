"""What was judged by hand of the corpus: which refuted steps are really false, and where the known slips stand.

A step is named by its document's number and the line where its right side begins. This module must never list a step
that nobody has read, nor quote one.
"""

from __future__ import annotations

from typing import NamedTuple


class Judged(NamedTuple):
    """A step that is false as its author wrote it. ``known`` says whether the folder's index knows of the slip."""

    line: int
    known: bool
    why: str


FALSE: dict[str, tuple[Judged, ...]] = {
    "001": (Judged(16, True, "the numerator that is differentiated has the wrong index"),),
    "006": (Judged(38, True, "the sum of the chain rule is missing"),),
    "007": (
        Judged(44, True, "a factor is lost, it holds only where the target is 1"),
        Judged(46, True, "the sign turns"),
    ),
    "008": (Judged(6, False, "the hyperbolic tangent is twice the sigmoid of twice the argument, minus one"),),
    "011": (Judged(15, False, "for two classes the free index is silently 1"),),
    "013": (
        Judged(3, True, "the softmax is defined without the exponential"),
        Judged(15, True, "the denominators of a product are both squared; false on both sides of it"),
        Judged(37, True, "the derivative of half a square has a factor 2"),
        Judged(45, True, "follows from the definition before it, whose index stands under the wrong sum"),
    ),
    "023": (
        Judged(120, True, "a bound index is left free outside its sum"),
        Judged(122, True, "the same, turned back"),
    ),
    "024": (
        Judged(30, True, "the chain rule without its sum holds for the true class only"),
        Judged(41, True, "holds for the true class only"),
        Judged(48, True, "the quotient rule lacks the derivative on its left"),
        Judged(76, True, "the chain rule without its sum holds for the true class only"),
        Judged(77, True, "holds for the true class only"),
    ),
    "039": (
        Judged(88, True, "the rows are swapped"),
        Judged(94, True, "an argument lacks its superscript"),
    ),
    "040": (Judged(108, True, "a wrong index in the middle entry"),),
    "044": (Judged(22, True, "the numerator of the derivative has the wrong index"),),
    "045": (
        Judged(4, True, "a factor is missing in the first term of the quotient rule"),
        Judged(6, True, "turns the slip back"),
        Judged(8, False, "the numerator of the derivative has the wrong index"),
    ),
    "049": (Judged(38, True, "the activation stands where its argument is needed; false on both sides of it"),),
    "051": (
        Judged(24, True, "the factors stand in the wrong order, shapes do not fit"),
        Judged(30, True, "differentiates by another variable on the left"),
        Judged(43, True, "the argument of a sigmoid lacks its sign"),
        Judged(46, True, "the argument of a sigmoid lacks its sign"),
    ),
    "061": (
        Judged(39, True, "a sum where one term is needed"),
        Judged(79, True, "a sum where one term is needed"),
        Judged(148, True, "the derivative of a constant is kept in the quotient rule"),
    ),
    "069": (
        Judged(7, True, "a factor is missing in the derivative of the sigmoid"),
        Judged(17, True, "the argument of a derivative is lost"),
        Judged(19, True, "follows from the two slips before"),
    ),
    "074": (
        Judged(54, True, "the two cases are swapped"),
        Judged(66, True, "does not agree with the cases above"),
    ),
    "078": (
        Judged(9, True, "the derivative of a reciprocal has the wrong sign"),
        Judged(15, True, "the sign turns back"),
    ),
    "079": (
        Judged(8, True, "the argument of the sigmoid lacks a factor 2"),
        Judged(47, True, "the argument lacks a factor 1/2"),
    ),
    "081": (
        Judged(62, True, "the normalised value lost its hat"),
        Judged(70, True, "the sum of the chain rule is missing"),
        Judged(72, True, "a sum appears from nowhere"),
        Judged(117, True, "the sum of the chain rule is missing"),
        Judged(120, True, "the sum of the chain rule is missing"),
        Judged(128, True, "the normalised value stands where the value is needed"),
    ),
    "083": (
        Judged(12, True, "the factor 1/m is missing"),
        Judged(23, True, "the numerator of the derivative has the wrong index"),
    ),
    "089": (
        Judged(17, True, "a bound index is left free after its sum is gone"),
        Judged(18, False, "a division is dropped"),
        Judged(19, False, "the division that was dropped comes back"),
        Judged(25, True, "a bound index is left free after its sum is gone"),
    ),
    "090": (
        Judged(14, True, "a division and a Kronecker delta are missing in the derivative of the root"),
        Judged(15, True, "a bound index is left free after its sum is gone"),
    ),
    "098": (
        Judged(3, True, "the sign of the error is wrong for the loss"),
        Judged(4, True, "the wrong layer, shapes do not fit"),
    ),
    "111": (Judged(40, True, "the reward of the step before is not what is put in"),),
    "117": (Judged(5, True, "the chain rule's factor and the parameter are missing"),),
    "118": (Judged(5, True, "a factor 2 too many"),),
    "123": (
        Judged(55, False, "the square is missing in the derivative of the hyperbolic tangent"),
        Judged(61, False, "the argument of the sigmoid stands where its value is needed"),
        Judged(64, False, "the argument of the sigmoid stands where its value is needed"),
    ),
}

REAL: tuple[str, ...] = (
    "001", "006", "007", "013", "023", "024", "039", "040", "044", "045", "049", "051", "061", "069", "074", "078",
    "079", "081", "083", "089", "090", "098", "111", "117", "118",
)  # fmt: skip


def judged_false(document: str) -> set[int]:
    """The lines of a document whose steps are really false."""
    return {judged.line for judged in FALSE.get(document, ())}


def known_lines(document: str) -> set[int]:
    """The lines of a document at which a slip that the folder's index knows may be pinpointed."""
    return {judged.line for judged in FALSE.get(document, ()) if judged.known}

"""Derivations from templates: finds a template, fills it, reads the text back, and has every line of it checked.

The filled text is treated like a stranger's document: what is printed is what is proved. This room must never decide
by itself that a line is right, and never write a report of which a line is not in order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from symderiv.derive.filling import fill
from symderiv.derive.origins import traced
from symderiv.derive.parameters import Derivation, derivations, find, settle
from symderiv.derive.values import Values
from symderiv.diagnostics import Diagnostic, UserError
from symderiv.kernel.verdict import Proved, Refuted

if TYPE_CHECKING:
    from symderiv.checked import Checked, Step
    from symderiv.document import Span
    from symderiv.writers.report import Agreement, Report

__all__ = ["Derivation", "DerivationFailed", "Derived", "Outcome", "derivations", "derive", "fill", "find", "settle"]


class Outcome(StrEnum):
    """How a derivation went as a whole: every line in order, one refuted, or one undecided."""

    PROVED = "proved"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


class DerivationFailed(UserError):
    """A line of a derivation is false (status 1) or undecided (status 2), so no report is written.

    ``derived`` has the verdicts on all the lines.
    """

    def __init__(self, message: str, status: int, derived: Derived) -> None:
        super().__init__(message, status)
        self.derived = derived


@dataclass(frozen=True)
class Derived:
    """A derivation that was filled, read back and checked. ``text`` is the filled text, ``agreement`` what SymPy
    found for two classes."""

    derivation: Derivation
    parameters: Mapping[str, int | str]
    text: str
    checked: Checked
    agreement: tuple[Agreement, ...] = ()
    plain: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.checked.steps

    @property
    def failures(self) -> tuple[Step, ...]:
        """The steps that are not in order, as they come in the text."""
        return tuple(step for step in self.checked.steps if not step.in_order)

    @property
    def doubts(self) -> tuple[Diagnostic, ...]:
        """What could not be read or was skipped, and symbols that get a second meaning without a directive ``new``: a
        slip in a first definition would hide behind a second one."""
        found = self.checked.diagnostics
        return tuple(each for each in found if each.severity == "error" or each.code in ("W420", "W440"))

    @cached_property
    def verdict(self) -> Outcome:
        if any(isinstance(step.verdict, Proved if step.expected_false else Refuted) for step in self.failures):
            return Outcome.REFUTED
        return Outcome.UNDECIDED if self.failures or self.doubts or not self.checked.claims else Outcome.PROVED

    @property
    def stem(self) -> str:
        """The name of the files without suffix: ``softmax-notes-K4``; other parameters only if they were chosen."""
        from symderiv.derive.files import plain

        parts = [plain(self.derivation.name, "derivation")]
        if "classes" in self.parameters:
            classes = self.parameters["classes"]
            parts.append("K" if classes == "K" else f"K{classes}")
        defaults = settle(self.derivation, {"classes": self.parameters.get("classes")})
        for key, letter in (("true_class", "c"), ("features", "n"), ("samples", "m")):
            value = self.parameters.get(key)
            if value != defaults.get(key):
                parts.append(letter if value == letter else f"{letter}{value}")
        return "-".join(parts)

    def report(self) -> Report:
        """What the writers print. Raises DerivationFailed unless every line is in order."""
        from symderiv.writers.report import Report

        self.require()
        return Report(self.checked, parameters=self.parameters, plain=self.plain, agreement=self.agreement)

    def require(self) -> None:
        """Raises DerivationFailed unless every line is in order."""
        if self.verdict is Outcome.PROVED:
            return
        status = 1 if self.verdict is Outcome.REFUTED else 2 if self.failures else 3
        raise DerivationFailed(_failure(self), status, self)

    def write(
        self,
        folder: str | os.PathLike[str] = "output",
        formats: Sequence[str] = ("tex", "pdf", "html"),
        pdf_engine: str = "auto",
    ) -> dict[str, Path]:
        """Write the report and return the path of each format.

        All formats are made before any file is replaced, and each is replaced at once. Raises DerivationFailed if a
        line is not in order, UserError if a format is unknown, cannot be made, or the folder cannot be written to,
        TypeError for one text instead of several formats.
        """
        from symderiv.derive import files

        if isinstance(formats, str):
            raise TypeError("formats takes a list, as ['tex']")
        report = self.report()
        contents = {form: files.made(report, form, pdf_engine) for form in formats}
        return files.saved(folder, self.stem, contents)

    def __str__(self) -> str:
        """What was proved, as ``symderiv derive`` says it."""
        from symderiv.writers import terminal

        return terminal.summary(self.checked).rstrip()

    def _repr_html_(self) -> str:
        import html

        from symderiv.writers import html as writer

        page, name = (html.escape(text) for text in (writer.write(self.report()), self.derivation.name))
        return f'<iframe srcdoc="{page}" title="{name}" style="width:100%;height:40em;border:1px solid #ccc"></iframe>'


def derive(
    name_or_path: str | os.PathLike[str],
    *,
    classes: int | str | None = None,
    true_class: int | str | None = None,
    features: int | str | None = None,
    samples: int | str | None = None,
    plain: bool = False,
    directives: Sequence[tuple[str, str]] = (),
    strict: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Derived:
    """Fill a derivation and have every line of it checked.

    ``classes`` is a number from 2 on or ``"K"``, ``features`` a number or ``"n"``, ``samples`` a number or ``"m"``;
    what is not given is as the derivation declares it. The other options are those of
    ``symderiv.check.check_document``. Raises UserError for an unknown derivation, unusable parameters or a template
    that cannot be filled; a line that is not in order shows in ``verdict`` and ``failures`` of what is returned, and
    nothing can be written from it.
    """
    from symderiv.check import check_document
    from symderiv.derive.agreement import agreement
    from symderiv.reader.containers import read_text

    derivation = find(name_or_path)
    given = {"classes": classes, "true_class": true_class, "features": features, "samples": samples}
    parameters = settle(derivation, given)
    values = Values(parameters)
    text = fill(derivation, parameters, values)
    document = read_text(text, f"{derivation.name}.tex", "tex")
    named = (("K", "classes"), ("n", "features"), ("m", "samples"))
    sizes = {size: value for size, key in named if isinstance(value := parameters.get(key), int)}
    checked = check_document(document, sizes=sizes, directives=directives, strict=strict, progress=progress)
    checked = traced(checked, derivation, parameters, values)
    return Derived(derivation, parameters, text, checked, () if plain else agreement(values), plain)


def _failure(derived: Derived) -> str:
    """What to say of the lines that are not in order, the first ones at length."""
    failures = derived.failures
    name = derived.derivation.path.name
    if not derived.checked.claims:
        return f"{name} contains no line that could be checked, so no report was written"
    if not failures:
        found = derived.doubts[0]
        new = " (if it should, say so: % symderiv: new ...)" if found.code == "W420" else ""
        return f"{name} is not clear, so no report was written: {_placed(derived, found.span, found.message)}{new}"
    parts = []
    for step in failures[:3]:
        diagnostic = step.diagnostic
        if isinstance(step.verdict, Proved):
            words = ["this line is marked as false, but it is true"]
        elif diagnostic is not None:
            advice = [f"help: {diagnostic.help}"] if diagnostic.help else []
            words = [diagnostic.message, *diagnostic.notes, *advice]
        else:
            words = [getattr(step.verdict, "reason", "this line could not be checked")]
        parts.append(_placed(derived, step.span, "\n  ".join(words)))
    more = [f"and {len(failures) - 3} more"] if len(failures) > 3 else []
    count = "one line is" if len(failures) == 1 else f"{len(failures)} lines are"
    return "\n".join([f"{count} not in order in {name}, so no report was written", *parts, *more])


def _placed(derived: Derived, span: Span, words: str) -> str:
    source = derived.checked.document.source
    line, column, _ = source.position(span.start)
    return f"{source.name}:{line}:{column}: {words}\n  {source.line(line).strip()}"

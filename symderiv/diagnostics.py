"""Diagnostics as data: what was found, where, and what to do about it.

A diagnostic never blames the author. This module knows the codes and their long explanations; how a diagnostic looks
is the writers' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import index
from os.path import basename
from typing import SupportsIndex

from symderiv.document import Span


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """``code`` is a key of ``EXPLANATIONS``; ``span`` the culprit; ``notes`` facts; ``help`` what to do."""

    code: str
    message: str
    span: Span
    notes: tuple[str, ...] = ()
    help: str = ""

    @property
    def severity(self) -> str:
        return {"E": "error", "U": "undecided", "W": "warning"}[self.code[0]] if self.code[:2] != "E3" else "undecided"


class ReadError(Exception):
    """Something that could not be read; carries its diagnostic."""

    def __init__(self, code: str, message: str, span: Span, help: str = "") -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(code, message, span, help=help)


FAULT = "E903"  # a fault of symderiv's own


@contextmanager
def guarded(span: Span) -> Iterator[None]:
    """What one step or block brings about is said of it, and the others are judged: raises ReadError for a formula that
    exhausts the stack or the memory, as none does that a person wrote, and for a fault of symderiv's own."""
    try:
        yield
    except (ReadError, UserError, OSError):
        raise
    except (RecursionError, MemoryError):
        raise ReadError("E109", "the formula is nested too deeply, or too long, to be read", span) from None
    except Exception as error:
        raise fault(error, span) from error


def fault(error: Exception, span: Span) -> ReadError:
    """For a fault of symderiv's own, with the place where it happened."""
    from traceback import extract_tb

    place = extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__} in {basename(place.filename)}, line {place.lineno}"
    help = f"report the document ({what}); the other steps are judged without this one"
    return ReadError(FAULT, "this could not be judged: a fault in symderiv, not in the document", span, help)


def whole(value: object) -> int | None:
    """A whole number as Python's own, whichever library made it; None for what is none, as a truth value is."""
    return None if isinstance(value, bool) or not isinstance(value, SupportsIndex) else index(value)


class UserError(Exception):
    """A mistake in a request (an option, a path, a template): one paragraph for the terminal, exit status ``status``.

    Raised anywhere below the command line; printed there without a traceback.
    """

    def __init__(self, message: str, status: int = 3) -> None:
        super().__init__(message)
        self.status = status

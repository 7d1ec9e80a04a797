"""The commands, one module each: ``declare(parser)`` says which arguments it takes, ``run(options)`` does it and
returns the exit status.

This package file has what they share: how to say something, and how to show progress. A command must never load a heavy
library before it needs it, never judge mathematics, and never print on standard output what is not its result.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from symderiv.diagnostics import UserError

if TYPE_CHECKING:
    from rich.progress import Progress

COMMANDS = ("check", "derive", "list", "explain")
"""The modules of this package, in the order in which ``symderiv --help`` shows them."""

PROVED, FALSE, UNDECIDED, UNUSABLE = range(4)
"""The exit statuses."""
FAULT = 70  # EX_SOFTWARE of sysexits.h: a fault of symderiv's own

_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # on a terminal
_PATIENCE = 0.4  # seconds before a run is long enough to show its progress


def say(text: str) -> None:
    """Print on standard output, at once, so that what goes wrong there is known while it can still be reported."""
    if sys.stdout is None:
        raise UserError("standard output is closed, so there is nowhere to print the result")
    try:
        print(text.rstrip("\n"), flush=True)
    except OSError as error:
        # What is still buffered goes nowhere, or the interpreter would try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise UserError(f"standard output cannot be written: {error.strerror}") from None


def complain(text: str, painted: bool = False) -> None:
    """Print on standard error, if one can; what could act on a terminal is left out unless we ``painted`` it."""
    with suppress(OSError):
        if sys.stderr is not None:
            print(text if painted else _ACTING.sub("", text), file=sys.stderr, flush=True)


class Show(Protocol):
    """Says what is being done now, and how far it is: ``done`` of ``of``, if that can be counted."""

    def __call__(self, doing: str, done: float = 0, of: float | None = None) -> None: ...


@contextmanager
def progress() -> Iterator[Show]:
    """A line on standard error with what is being done now, a bar and the time left.

    It shows nothing unless that is a terminal, and nothing in the first moments; at the end the line is gone.
    """
    if sys.stderr is None or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda doing, done=0, of=None: None
        return
    import threading

    latest: tuple[str, float, float | None] = "", 0, None
    bar: Progress | None = None

    def draw() -> None:
        doing, done, of = latest
        if bar is None or not doing:
            return
        (task,) = bar.tasks
        if task.description != doing:
            bar.reset(task.id, description=doing, total=of)
        bar.update(task.id, total=of, completed=done, counted=f"{int(done)} of {of:.0f}" if of else "")

    def show(doing: str, done: float = 0, of: float | None = None) -> None:
        nonlocal latest
        latest = " ".join(_ACTING.sub("", doing).split()), done, of
        draw()

    def begin() -> None:
        nonlocal bar
        bar = _bar()
        draw()
        bar.start()

    later = threading.Timer(_PATIENCE, begin)
    later.daemon = True
    later.start()
    try:
        yield show
    finally:
        later.cancel()
        later.join()
        if bar is not None:
            bar.stop()


def _bar() -> Progress:
    """What draws the progress; loaded late, so that short runs do not pay for it."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.table import Column

    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[counted]}", markup=False),
        TimeRemainingColumn(compact=True),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    bar.add_task("", total=None, counted="")
    return bar


def size(text: str) -> int | str:
    """An integer where ``text`` is one, else the text (``K``, ``m``, or a mistake that the command explains)."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text


def add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    """``--format``, whose first choice is the default."""
    words = f"what to print on standard output: {', '.join(formats[:-1])} or {formats[-1]}"
    parser.add_argument("--format", choices=formats, default=formats[0], metavar="FORMAT", help=words)

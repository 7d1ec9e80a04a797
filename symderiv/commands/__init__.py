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
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from symderiv.diagnostics import UserError

COMMANDS = ("check", "derive", "list", "explain")
"""The modules of this package, in the order in which ``symderiv --help`` shows them."""

PROVED, FALSE, UNDECIDED, UNUSABLE = range(4)
"""The exit statuses."""
FAULT = 70  # EX_SOFTWARE of sysexits.h: a fault of symderiv's own

_ACTING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # on a terminal
_PATIENCE = 0.4  # seconds before a run is long enough to show its progress


def say(text: str) -> None:
    """Print on standard output, at once, so that what goes wrong there is known while it can still be reported."""
    try:
        print(text.rstrip("\n"), flush=True)
    except OSError as error:
        # What is still buffered goes nowhere, or the interpreter would try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise UserError(f"standard output cannot be written: {error.strerror}") from None


def complain(text: str, painted: bool = False) -> None:
    """Print on standard error, if there is one; what could act on a terminal is left out unless we ``painted`` it."""
    if sys.stderr is not None:
        print(text if painted else _ACTING.sub("", text), file=sys.stderr, flush=True)


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows on one line of standard error what is being done now.

    It shows nothing unless that is a terminal, and nothing in the first moments; at the end the line is gone.
    """
    stream = sys.stderr
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda doing: None
        return
    from symderiv.writers.terminal import clean

    begun = shown = time.monotonic()

    def show(doing: str) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - begun > _PATIENCE and now - shown > 0.05:
            shown = now
            stream.write("\r" + clean(doing)[: os.get_terminal_size(stream.fileno()).columns - 1] + "\x1b[K")
            stream.flush()

    try:
        yield show
    finally:
        if shown != begun:
            stream.write("\r\x1b[K")
            stream.flush()


def size(text: str) -> int | str:
    """An integer where ``text`` is one, else the text (``K``, ``m``, or a mistake that the command explains)."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text


def add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    """``--format``, whose first choice is the default."""
    words = f"what to print on standard output: {', '.join(formats[:-1])} or {formats[-1]}"
    parser.add_argument("--format", choices=formats, default=formats[0], metavar="FORMAT", help=words)

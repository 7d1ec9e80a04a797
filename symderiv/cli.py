"""The command line: reads the arguments, calls the room that does the work, says how it went, sets the exit status.

0: every line proved. 1: a line is false. 2: a line is undecided. 3: unusable input or arguments. It must never load a
heavy library before a command needs it, never judge mathematics, and never show a traceback for a user's mistake.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

from symderiv import __version__
from symderiv.diagnostics import UserError

INTERRUPTED = 130  # as shells report SIGINT
BROKEN_PIPE = 141  # as shells report SIGPIPE
FAULT = 70  # EX_SOFTWARE of sysexits.h: a fault of symderiv's own

STATUS = """\
exit status:
  0  every line proved
  1  a line is false
  2  a line is undecided
  3  unusable input or arguments"""


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: object = None) -> None:
        _say(message)

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (`{self.prog} --help` shows what may be given)")


def _size(text: str) -> int | str:
    """An integer where ``text`` is one, else the text (``K``, ``m``, or a mistake that ``derive`` explains)."""
    return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text


def _parser() -> argparse.ArgumentParser:
    def command(name: str, summary: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        parser.set_defaults(run=run)
        return parser

    main = _Parser(
        prog="symderiv",
        description="Prove derivations line by line, and write derivations in which every line was proved.",
        allow_abbrev=False,
    )
    main.add_argument("--version", action="version", version=f"symderiv {__version__}")
    commands = main.add_subparsers(metavar="COMMAND", required=True)

    derive = command("derive", "write a derivation, every line of it proved, as .tex, .pdf and .html", _derive)
    derive.add_argument("derivation", metavar="NAME|PATH", help="a name from `symderiv list`, or your own .tex.j2")
    derive.add_argument("--classes", type=_size, metavar="N|K", help="number of classes, or K for any number")
    derive.add_argument("--true-class", type=_size, metavar="C", help="the class of the training example")
    derive.add_argument("--features", type=_size, metavar="N|n", help="number of features, or n for any number")
    derive.add_argument("--samples", type=_size, metavar="N|m", help="number of samples, or m for any number")
    derive.add_argument("--output", default="output", metavar="DIR", help="where to write (default: output)")
    derive.add_argument("--pdf-engine", choices=("auto", "latex", "typst"), default="auto", metavar="ENGINE",
                        help="auto (default), latex or typst")  # fmt: skip
    derive.add_argument("--no-pdf", action="store_true", help="write .tex and .html only")
    derive.add_argument("--plain", action="store_true", help="leave out the marks and the section 'What was proved'")
    _add_format(derive, ("text", "json"))

    listing = command("list", "show the derivations and their parameters", _list)
    _add_format(listing, ("text", "json"))

    explain = command("explain", "explain a diagnostic code such as E201", _explain)
    explain.add_argument("code", metavar="CODE", nargs="?", help="a code; without one, all codes are listed")
    return main


def _add_format(parser: argparse.ArgumentParser, formats: tuple[str, ...]) -> None:
    parser.add_argument("--format", choices=formats, default="text", metavar="FORMAT",
                        help=f"what to print on standard output: {' or '.join(formats)}")  # fmt: skip


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done now, on standard error if that is a terminal."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda doing: None
        return
    from rich.console import Console

    with Console(stderr=True).status("") as status:
        yield lambda doing: status.update(doing)


def _derive(options: argparse.Namespace) -> int:
    from symderiv.derive import DerivationFailed, derive

    formats = ("tex", "html") if options.no_pdf else ("tex", "pdf", "html")
    with _progress() as show:
        show(f"filling {options.derivation}")
        derived = derive(
            options.derivation,
            classes=options.classes,
            true_class=options.true_class,
            features=options.features,
            samples=options.samples,
            plain=options.plain,
            progress=lambda done, of: show(f"proving: {done} of {of} steps"),
        )
        show(f"writing {', '.join(formats)}")
        failure = None
        files: list[str] = []
        try:
            files = [str(path) for path in derived.write(options.output, formats, options.pdf_engine).values()]
        except DerivationFailed as error:
            failure = error
    from symderiv.writers import json, terminal

    if options.format == "json":
        _say(json.write(derived.checked, derived.parameters, files, derived.derivation.name))
    elif not failure:
        _say(terminal.summary(derived.checked, files, terminal.coloured(sys.stdout)))
    if failure:
        found = terminal.diagnostics(derived.checked, sys.stderr is not None and terminal.coloured(sys.stderr))
        if found:
            _complain(found.rstrip())
            raise UserError(str(failure).partition("\n")[0], failure.status)
        raise failure
    return 0


def _list(options: argparse.Namespace) -> int:
    from symderiv.derive import derivations

    known = derivations()
    if options.format == "json":
        import json

        entries = [{"name": d.name, "description": d.description, "parameters": dict(d.parameters)} for d in known]
        _say(json.dumps(entries, indent=2, ensure_ascii=False))
        return 0
    lines = []
    for derivation in known:
        flags = [f"--{name.replace('_', '-')} {default}" for name, default in derivation.parameters.items()]
        lines += [derivation.name, f"    {derivation.description}", f"    by default: {' '.join(flags)}"]
    _say("\n".join(lines))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from symderiv.explanations import explain, titles

    _say(explain(options.code) if options.code else "\n".join(titles()))
    return 0


def _say(text: str) -> None:
    """Print on standard output, at once, so that what goes wrong there is known while it can still be reported."""
    try:
        print(text.rstrip("\n"), flush=True)
    except OSError as error:
        # What is still buffered goes nowhere, or the interpreter would try once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise
        raise UserError(f"standard output cannot be written: {error.strerror}") from None


def _complain(text: str) -> None:
    if sys.stderr is not None:
        print(text, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; ``arguments`` are those of the process unless given. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without "≤" shows "?" rather than failing
    try:
        options = _parser().parse_args(arguments)
        if getattr(options, "format", "") == "json" and isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8")
        status: int = options.run(options)
    except UserError as error:
        _complain(f"error: {error}")
        return error.status
    except KeyboardInterrupt:
        _complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except Exception:
        # Python's own status for this would be 1, which means that a line is false.
        import traceback

        _complain(traceback.format_exc() + "error: this is a fault in symderiv, not in what you gave it")
        return FAULT
    return status

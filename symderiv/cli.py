"""The command line: reads the arguments, lets the command do its work, sets the exit status.

0: every step proved. 1: a step is false. 2: a step is undecided. 3: unusable input or arguments. What the commands are
stands in ``symderiv/commands``. This module must never load a heavy library, and never show a traceback for a user's
mistake.
"""

from __future__ import annotations

import argparse
import codecs
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from symderiv import __version__
from symderiv.commands import COMMANDS, FAULT, UNUSABLE, complain, say
from symderiv.diagnostics import UserError

INTERRUPTED = 130  # as shells report SIGINT
BROKEN_PIPE = 141  # as shells report SIGPIPE

PLAINER = {
    **dict(zip("−✓✗·…≤≥≠×²³ΣΠ∂", "- + x . ... <= >= != x ^2 ^3 sum prod d".split(), strict=True)),
    **dict(zip("√∛∜∇∞→∈⊙ℓ", "sqrt cbrt root4 nabla inf -> in * l".split(), strict=True)),
}
"""What a terminal shows that cannot show the sign itself: a minus must not get lost."""

STATUS = """\
exit status:
  0  every step proved
  1  a step is false
  2  a step is undecided
  3  unusable input or arguments"""


def _plainer(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_plain, error.object[error.start : error.end])), error.end


def _plain(sign: str) -> str:
    """A Greek letter by its name, one of another font or with an accent as that letter, anything else as a ``?``."""
    import unicodedata

    name = unicodedata.name(sign, "")
    greek = name.rpartition(" LETTER ")[2] if name.startswith("GREEK ") else ""
    letters = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return PLAINER.get(sign) or (greek.lower() if greek.isalpha() else letters) or "?"


codecs.register_error("symderiv", _plainer)


class _Parser(argparse.ArgumentParser):
    def _print_message(self, message: str, file: object = None) -> None:
        say(message)

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (`{self.prog} --help` shows what may be given)")

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """What to say of arguments that this command does not take; by itself, argparse names the help of the whole."""
        given = unknown[0].partition("=")[0]
        if not given.startswith("-"):
            self.error(f"{given!r} is an argument too many")
        from difflib import get_close_matches

        near = get_close_matches(given, self._option_string_actions, 1)
        self.error(f"there is no option {given}{f'; did you mean {near[0]}?' if near else ''}")


def _said(error: OSError) -> str:
    if isinstance(error, FileNotFoundError) and error.filename is None:
        return "the current folder is gone; change to another one"
    return f"{error.strerror or error}{f' ({error.filename})' if error.filename else ''}"


def _parser(asked: str) -> argparse.ArgumentParser:
    """Reads the arguments of every command, or of the one that is ``asked`` for only: the others need no loading."""
    main = _Parser(
        prog="symderiv",
        description="Prove derivations line by line, and write derivations in which every line was proved.",
        allow_abbrev=False,
    )
    main.add_argument("--version", action="version", version=f"symderiv {__version__}")
    commands = main.add_subparsers(metavar="COMMAND", required=True)
    for name in (asked,) if asked in COMMANDS else COMMANDS:
        command = import_module(f"symderiv.commands.{name}")
        parser = commands.add_parser(
            name,
            help=command.SUMMARY,
            description=command.SUMMARY[0].upper() + command.SUMMARY[1:] + ".",
            epilog=STATUS,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        command.declare(parser)
        parser.set_defaults(run=command.run, parser=parser)
    return main


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; ``arguments`` are those of the process unless given. Returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="symderiv")
    try:
        given = sys.argv[1:] if arguments is None else arguments
        options, unknown = _parser(given[0] if given else "").parse_known_args(given)
        if unknown:
            options.parser.refuse(unknown)
        if getattr(options, "format", "text") != "text" and isinstance(sys.stdout, io.TextIOWrapper):
            # A name of a file that is not UTF-8 becomes \udc.., which JSON reads as what Python makes of such a name.
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        os.getcwd()  # paths are read from there, and named so
        status: int = options.run(options)
    except UserError as error:
        complain(f"error: {error}")
        return error.status
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:
        return BROKEN_PIPE
    except OSError as error:
        complain(f"error: the system does not let this be done: {_said(error)}")
        return UNUSABLE
    except MemoryError:
        complain("error: there is not enough memory for this")
        return UNUSABLE
    except Exception:
        # Python's own status for this would be 1, which means that a line is false.
        import traceback

        complain(traceback.format_exc() + "error: this is a fault in symderiv, not in what you gave it")
        return FAULT
    return status

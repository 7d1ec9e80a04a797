"""``symderiv derive``: writes a derivation of ours, or of a user's template, every line of it proved.

It must never write a report of which a line is not in order.
"""

from __future__ import annotations

import argparse
import sys

from symderiv.commands import PROVED, add_format, complain, progress, say, size
from symderiv.diagnostics import UserError

SUMMARY = "write a derivation, every line of it proved, as .tex, .pdf and .html"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("derivation", metavar="NAME|PATH", help="a name from `symderiv list`, or your own .tex.j2")
    parser.add_argument("--classes", type=size, metavar="N|K", help="number of classes, or K for any number")
    parser.add_argument("--true-class", type=size, metavar="C", help="the class of the training example")
    parser.add_argument("--features", type=size, metavar="N|n", help="number of features, or n for any number")
    parser.add_argument("--samples", type=size, metavar="N|m", help="number of samples, or m for any number")
    parser.add_argument("--output", default="output", metavar="DIR", help="where to write (default: output)")
    parser.add_argument("--pdf-engine", choices=("auto", "latex", "typst"), metavar="ENGINE",
                        help="auto (default), latex or typst")  # fmt: skip
    parser.add_argument("--no-pdf", action="store_true", help="write .tex and .html only")
    parser.add_argument("--plain", action="store_true", help="leave out the marks and the section 'What was proved'")
    add_format(parser, ("text", "json"))


def run(options: argparse.Namespace) -> int:
    from symderiv.derive import DerivationFailed, derive

    if options.no_pdf and options.pdf_engine is not None:
        raise UserError("--pdf-engine makes a PDF, and --no-pdf leaves it out: leave out one of the two")
    formats = ("tex", "html") if options.no_pdf else ("tex", "pdf", "html")
    with progress() as show:
        show(f"filling {options.derivation}")
        derived = derive(
            options.derivation,
            classes=options.classes,
            true_class=options.true_class,
            features=options.features,
            samples=options.samples,
            plain=options.plain,
            progress=lambda done, of: show("proving the lines", done, of),
        )
        show(f"writing {', '.join(formats)}")
        failure = None
        files: list[str] = []
        try:
            files = [
                str(path) for path in derived.write(options.output, formats, options.pdf_engine or "auto").values()
            ]
        except DerivationFailed as error:
            failure = error
    from symderiv.writers import json, terminal

    if options.format == "json":
        say(json.write(derived.checked, derived.parameters, files, derived.derivation.name, text=True))
    elif not failure:
        say(terminal.summary(derived.checked, files, terminal.look_on(sys.stdout)))
    if failure:
        found = terminal.diagnostics(derived.checked, terminal.look_on(sys.stderr))
        if found:
            complain(found.rstrip(), painted=True)
            raise UserError(str(failure).partition("\n")[0], failure.status)
        raise failure
    return PROVED

"""``symderiv check``: proves or refutes the steps of documents that other people wrote, and says how each one went.

It must never change a document, and never count a file in which nothing was checked as a success.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symderiv.commands import FALSE, FAULT, PROVED, UNDECIDED, UNUSABLE, add_format, complain, progress, say
from symderiv.diagnostics import UserError

if TYPE_CHECKING:
    from symderiv.writers.findings import Examined
    from symderiv.writers.report import Report

SUMMARY = "prove or refute each step of a document: LaTeX, Markdown, a notebook, HTML or reStructuredText"

LARGEST_SIZE = 1000
STDIN = "-"
INSTALLED = ("node_modules", "site-packages", "__pycache__")  # folders of which the user wrote nothing
DECLARATIONS = (
    ("assume", "EQUATION", r"an assumption: '\sum_j t_j = 1', 't in {0,1}', 'onehot t', 'x > 0'"),
    ("define", "EQUATION", r"a definition: 'p_i = e^{z_i}/\sum_j e^{z_j}'"),
    ("index", "RANGE", "what indices run over: 'i,j : 1..K'"),
    ("size", "SIZE", "a size as a number or a least one: 'm = 3', 'K >= 2'"),
    ("shape", "SHAPE", "the shape of a matrix or vector: 'W : m x n'"),
    ("opaque", "NAME", "an unknown smooth function"),
    ("case", "CONDITION", r"everything is said for this case only: 'i = j', 'i \ne j'"),
    ("name", "SUPERSCRIPT", "a superscript that is a label, not a power: '^{(l)}'"),
)
"""The directives that may be given on the command line, with what they take and what they say."""


class _Declare(argparse.Action):
    """Collects declarations in the order in which they are given."""

    def __call__(self, parser: object, options: argparse.Namespace, value: Any, flag: str | None = None) -> None:
        text = f"{self.dest} {value or 'on'}"
        origin = f"--{self.dest} {shlex.quote(value)}" if value else f"--{self.dest}"
        options.declarations = (*options.declarations, (text, origin))


def declare(parser: argparse.ArgumentParser) -> None:
    paths = "files, folders, patterns such as 'notes/*.md', or - for standard input"
    parser.add_argument("paths", metavar="PATH", nargs="+", help=paths)
    parser.add_argument("--classes", metavar="N", type=_classes, help="check for K = N only, not for every K")
    parser.set_defaults(declarations=(), faults=0)
    for name, takes, words in DECLARATIONS:
        parser.add_argument(f"--{name}", metavar=takes, action=_Declare, default=argparse.SUPPRESS, help=words)
    parser.add_argument("--einstein", nargs=0, action=_Declare, default=argparse.SUPPRESS,
                        help="repeated indices are summed over")  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="count declared assumptions only, not those in the prose")
    parser.add_argument("--only-problems", action="store_true", help="leave out the steps that are in order")
    parser.add_argument("--quiet", "-q", action="store_true", help="problems only, and no summary")
    parser.add_argument("--skip-empty", action="store_true", help="pass over files that hold nothing to check")
    parser.add_argument("--write-report", action="store_true",
                        help="write the document as a page and a PDF, with the verdicts in the margin")  # fmt: skip
    parser.add_argument("--output", default="output", metavar="DIR",
                        help="where --write-report writes (default: output)")  # fmt: skip
    parser.add_argument("--pdf-engine", choices=("auto", "latex", "typst"), default="auto", metavar="ENGINE",
                        help="for --write-report: auto (default), latex or typst")  # fmt: skip
    add_format(parser, ("text", "json", "sarif", "markdown"))


def _classes(text: str) -> int | None:
    if text == "K":
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text) or not 1 <= int(text) <= LARGEST_SIZE:
        raise argparse.ArgumentTypeError(
            f"must be a whole number from 1 to {LARGEST_SIZE}, or K for every one; not {text!r}"
        )
    return int(text)


def run(options: argparse.Namespace) -> int:
    examined: list[Examined] = []
    skipped = 0
    with progress() as show:
        for path, asked in _documents(options.paths):
            found = _examine(path, options, show)
            if found.problem and found.checked is not None and (options.skip_empty or not asked):
                skipped += 1
            else:
                examined.append(found)
    if not examined and not options.skip_empty:
        raise UserError(
            f"nothing to check: {_several(skipped, 'file')} without a single step in {', '.join(options.paths)}"
        )
    failure = None
    if options.write_report:
        try:
            examined = list(_with_reports(examined, options))
        except UserError as error:  # what was found is said all the same
            failure = error
    _print(examined, skipped, options)
    if failure is not None:
        raise failure
    statuses = {found.status for found in examined}
    if options.faults:
        return FAULT
    return next((status for status in (FALSE, UNUSABLE, UNDECIDED) if status in statuses), PROVED)


# What to check


def _documents(paths: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The documents, each once, and whether it was asked for by name (not found in a folder or by a pattern)."""
    seen: set[str] = set()
    for path in paths:
        asked = path == STDIN or not (os.path.isdir(path) or _is_pattern(path))
        found = [path] if asked else _in_folder(path) if os.path.isdir(path) else _matching(path)
        for name in found if asked else _whole(found):
            key = name if name == STDIN else os.path.realpath(name)
            if key not in seen:
                seen.add(key)
                yield name, asked


def _is_pattern(path: str) -> bool:
    return not os.path.lexists(path) and re.search(r"[*?\[]", path) is not None


def _in_folder(folder: str) -> list[str]:
    """The documents below a folder, by their suffixes; hidden folders and what is installed are left out."""
    from symderiv.reader.containers import KINDS

    found = []
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f[0] != "." and f not in INSTALLED)
        found += [os.path.join(here, f) for f in sorted(files) if f[0] != "." and Path(f).suffix.lower() in KINDS]
    if not found:
        raise UserError(
            f"there is no document in {folder}: none of its files has one of the suffixes {', '.join(KINDS)}"
        )
    return found


def _matching(pattern: str) -> list[str]:
    """The files that a pattern names; with ``notes/*``, only those that are documents by their suffix."""
    import glob

    from symderiv.reader.containers import KINDS

    found = sorted(name for name in glob.glob(pattern, recursive=True) if os.path.isfile(name))
    if re.search(r"[*?\]]", Path(pattern).suffix) or not Path(pattern).suffix:
        found = [name for name in found if Path(name).suffix.lower() in KINDS]
    if not found:
        raise UserError(f"no document matches {pattern}")
    return found


def _whole(names: list[str]) -> list[str]:
    r"""Without the LaTeX files that another one of them includes: they are checked where they are included."""
    from symderiv.reader.containers.files import JoinedSource, read_file, with_includes

    included: set[str] = set()
    for name in names:
        if name.lower().endswith((".tex", ".latex", ".ltx")):
            try:
                source, _ = with_includes(Path(name), name, read_file(Path(name), name))
            except UserError:
                continue  # reported when it is checked
            if isinstance(source, JoinedSource):
                included |= {os.path.realpath(part.name) for _, part, _, _ in source.parts} - {os.path.realpath(name)}
    return [name for name in names if os.path.realpath(name) not in included]


# Checking


def _examine(path: str, options: argparse.Namespace, show: Callable[[str], None]) -> Examined:
    from symderiv import sidefile
    from symderiv.check import check_document
    from symderiv.reader.containers import read_path, read_text
    from symderiv.reader.containers.files import LARGEST, decode
    from symderiv.writers.findings import Examined, nothing_to_check

    name = "<stdin>" if path == STDIN else path
    show(f"reading {name}")
    try:
        if path == STDIN:
            document = read_text(decode(sys.stdin.buffer.read(LARGEST + 1), "standard input"), name)
            declarations = list(options.declarations)
        else:
            document = read_path(path)
            declarations = [*sidefile.directives(Path(path)), *options.declarations]
        # A size is a number from the beginning, wherever its declaration stands.
        declarations.sort(key=lambda declaration: not declaration[0].startswith("size"))
    except UserError as error:
        return Examined(name, None, str(error))
    try:
        checked = check_document(
            document,
            sizes={} if options.classes is None else {"K": options.classes},
            directives=declarations,
            strict=options.strict,
            progress=lambda done, of: show(f"checking {name}: {done} of {of} steps"),
        )
    except Exception:
        # The other files are checked all the same; the exit status is that of a fault.
        import traceback

        options.faults += 1
        if options.faults == 1:
            complain(traceback.format_exc())
        return Examined(name, None, f"{name} could not be checked: this is a fault in symderiv, not in the document.")
    reason = nothing_to_check(checked)
    problem = f"nothing was checked in {name}: {reason}." if reason else ""
    return Examined(name, checked, problem, tuple(declarations))


# Saying how it went


def _print(examined: Sequence[Examined], skipped: int, options: argparse.Namespace) -> None:
    if options.format == "json":
        from symderiv.writers import json

        parameters = {"classes": options.classes} if options.classes is not None else {}
        say(json.write_all(examined, parameters))
    elif options.format == "sarif":
        from symderiv.explanations import explanations
        from symderiv.writers import sarif

        say(sarif.write(examined, explanations()))
    elif options.format == "markdown":
        from symderiv.writers import markdown

        say(markdown.write(examined, skipped, options.only_problems or options.quiet))
    else:
        from symderiv.writers import terminal

        colours = terminal.coloured(sys.stdout)
        only = options.only_problems or options.quiet
        text = "".join(terminal.report(found, colours, only) for found in examined)
        text += "" if options.quiet else terminal.total(examined, skipped, colours)
        if text:
            say(text)
    for found in examined:
        if found.problem:
            complain(f"error: {found.problem}")
    if options.classes is not None and not any(_speaks_of_classes(found) for found in examined):
        advice = f"if the classes are counted by another letter, as N, give --size 'N = {options.classes}'"
        complain(f"warning: --classes had no effect, because no formula contains the size K; {advice}")


def _speaks_of_classes(examined: Examined) -> bool:
    """Whether a formula of the document, or a declaration, contains the size K."""
    from symderiv.writers.findings import formulas

    texts = [text for text, _ in examined.declarations]
    texts += [formula.latex for formula in formulas(examined.checked.document.blocks)] if examined.checked else []
    return any(re.search(r"(?<![A-Za-z\\])K(?![A-Za-z])", text) for text in texts)


def _with_reports(examined: Sequence[Examined], options: argparse.Namespace) -> Iterator[Examined]:
    """Each document that was checked written as a page and a PDF with the verdicts in the margin."""
    from symderiv.derive.files import saved
    from symderiv.writers.report import Report

    stems: set[str] = set()
    for found in examined:
        if found.checked is None or found.problem:
            yield found
            continue
        stem = base = (re.sub(r"[^\w.-]+", "-", Path(found.path).stem).strip("-.") or "document") + "-checked"
        number = 1
        while stem in stems:
            number += 1
            stem = f"{base}-{number}"
        stems.add(stem)
        contents: dict[str, bytes] = {}
        for form in ("html", "pdf"):
            try:
                contents[form] = _made(Report(found.checked), form, options.pdf_engine)
            except UserError as error:  # the next document may well be printable
                complain(f"warning: {found.path} was not written as {form.upper()}: {error}")
        files = saved(Path(options.output), stem, contents)
        yield replace(found, files=tuple(map(str, files.values())))


def _made(report: Report, form: str, engine: str) -> bytes:
    """The report in one form; formulas too wide for a page of TeX go to the PDF engine that comes along."""
    from symderiv.derive.files import made

    try:
        return made(report, form, engine)
    except UserError:
        if form != "pdf" or engine != "auto":
            raise
        return made(report, form, "typst")


def _several(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"

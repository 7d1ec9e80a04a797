"""``symderiv check``: proves or refutes the steps of documents that other people wrote, and says how each one went.

It must never change a document, and never count a file in which nothing was checked as a success.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symderiv.commands import FALSE, FAULT, PROVED, UNDECIDED, UNUSABLE, Show, add_format, complain, progress, say
from symderiv.diagnostics import UserError

if TYPE_CHECKING:
    from symderiv.batch import Given, Outcome, Task
    from symderiv.document import Span
    from symderiv.writers.findings import Examined
    from symderiv.writers.report import Report

SUMMARY = "prove or refute each step of a document: LaTeX, Markdown, a notebook, HTML or reStructuredText"

LARGEST_SIZE = 1000
STDIN = "-"
MOST_UNSET = 20  # formulas of one document that are named because a page cannot show them
MOST_MISSING = 12  # characters of one document that are named because a PDF has no font for them
PATIENCE = 600  # seconds for one file, where several are checked at once
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
        said = isinstance(value, str)
        text = f"{self.dest} {value if said else 'on'}"
        origin = f"--{self.dest} {shlex.quote(value)}" if said else f"--{self.dest}"
        options.declarations = (*options.declarations, (text, origin))


def declare(parser: argparse.ArgumentParser) -> None:
    paths = "files, folders, patterns such as 'notes/*.md', or - for standard input"
    parser.add_argument("paths", metavar="PATH", nargs="+", help=paths)
    parser.add_argument("--classes", metavar="N", type=_classes, help="check for K = N only, not for every K")
    parser.set_defaults(declarations=())
    for name, takes, words in DECLARATIONS:
        parser.add_argument(f"--{name}", metavar=takes, action=_Declare, default=argparse.SUPPRESS, help=words)
    parser.add_argument("--einstein", nargs=0, action=_Declare, default=argparse.SUPPRESS,
                        help="repeated indices are summed over")  # fmt: skip
    parser.add_argument("--strict", action="store_true", help="count declared assumptions only, not those in the prose")
    parser.add_argument("--second-opinion", action="store_true",
                        help="ask SymPy about each proof for sizes 2 and 3, mpmath about counterexamples")  # fmt: skip
    parser.add_argument("--only-problems", action="store_true", help="leave out the steps that are in order")
    parser.add_argument("--quiet", "-q", action="store_true", help="problems only, and no summary")
    parser.add_argument("--skip-empty", action="store_true", help="pass over files that hold nothing to check")
    parser.add_argument("--write-report", action="store_true",
                        help="write the document as a page and a PDF, with the verdicts in the margin")  # fmt: skip
    parser.add_argument("--output", metavar="DIR", help="where --write-report writes (default: output)")
    parser.add_argument("--pdf-engine", choices=("auto", "latex", "typst"), metavar="ENGINE",
                        help="for --write-report: auto (default), latex or typst")  # fmt: skip
    parser.add_argument("--jobs", "-j", type=_jobs, default=1, metavar="N",
                        help="check N files at once, each in a process of its own (default: 1)")  # fmt: skip
    parser.add_argument("--no-cache", action="store_true",
                        help="check files anew that have not changed since they were checked")  # fmt: skip
    add_format(parser, ("text", "json", "sarif", "markdown"))


def _classes(text: str) -> int | None:
    if text == "K":
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text) or not 1 <= int(text) <= LARGEST_SIZE:
        raise argparse.ArgumentTypeError(
            f"must be a whole number from 1 to {LARGEST_SIZE}, or K for every one; not {text!r}"
        )
    return int(text)


def _jobs(text: str) -> int:
    from symderiv.workers import MOST

    if not re.fullmatch(r"[0-9]{1,18}", text) or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST}, not {text!r}")
    return int(text)


def run(options: argparse.Namespace) -> int:
    if options.jobs > 1 and options.write_report:
        raise UserError("--write-report checks one file after the other: leave out --jobs")
    for flag, value in (("--output", options.output), ("--pdf-engine", options.pdf_engine)):
        if value is not None and not options.write_report:
            raise UserError(f"{flag} is for --write-report: give that too, or leave out {flag}")
    checked: list[Outcome] = []
    skipped = 0
    reports = _Reports(options)
    with progress() as show:
        for found, asked in _several_at_once(options, show) if options.jobs > 1 else _in_turn(options, show, reports):
            if found.empty and (options.skip_empty or not asked):
                skipped += 1
            else:
                checked.append(found)
    if not checked and not options.skip_empty:
        raise UserError(
            f"nothing to check: {_several(skipped, 'file')} without a single step in {', '.join(options.paths)}"
        )
    _complain(f"warning: {warning}" for warning in reports.warnings)
    _print(checked, skipped, options)
    if reports.failure is not None:
        raise reports.failure
    if any(found.faulty for found in checked):
        return FAULT
    statuses = {found.status for found in checked}
    return next((status for status in (FALSE, UNUSABLE, UNDECIDED) if status in statuses), PROVED)


# What to check


def _documents(paths: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The documents, each once, and whether it was asked for by name (not found in a folder or by a pattern)."""
    seen: set[str] = set()
    for path in paths:
        if not path:
            raise UserError("one of the paths is empty")
        asked = path == STDIN or not (os.path.isdir(path) or _is_pattern(path))
        try:
            found = [path] if asked else _in_folder(path) if os.path.isdir(path) else _matching(path)
        except UserError:
            if len(paths) == 1:
                raise
            found = [path]  # it is reported as what cannot be read, among the others
        for name in found if asked else _whole(found):
            key = name if name == STDIN else os.path.realpath(name)
            if key not in seen:
                seen.add(key)
                yield name, asked


def _is_pattern(path: str) -> bool:
    return not os.path.lexists(path) and re.search(r"[*?\[]", path) is not None


def _in_folder(folder: str) -> list[str]:
    """The documents below a folder, by their suffixes; hidden folders and what is installed are left out.

    A folder that cannot be read stands among them, so that it is reported.
    """
    from symderiv.reader.containers import KINDS

    closed: list[str] = []
    found: list[str] = []
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(error.filename)):
        folders[:] = sorted(f for f in folders if f[0] != "." and f not in INSTALLED)
        found += [os.path.join(here, f) for f in sorted(files) if f[0] != "." and Path(f).suffix.lower() in KINDS]
    found += closed
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


def _task(path: str, options: argparse.Namespace) -> Task:
    from symderiv import cache
    from symderiv.batch import Task
    from symderiv.writers import terminal

    look = terminal.look_on(sys.stdout) if options.format == "text" else terminal.PLAIN
    name = "<stdin>" if path == STDIN else path
    return Task(
        name,
        options.classes,
        tuple(options.declarations),
        options.strict,
        options.format,
        look.colours,
        look.width,
        options.only_problems or options.quiet,
        options.second_opinion,
        "" if options.no_cache else cache.folder(),
    )


def _in_turn(options: argparse.Namespace, show: Show, reports: _Reports) -> Iterator[tuple[Outcome, bool]]:
    from symderiv.batch import check_file, examine, outcome

    documents = list(_documents(options.paths))
    for number, (path, asked) in enumerate(documents):
        task = _task(path, options)

        def checking(done: int, of: int, number: int = number, path: str = task.path) -> None:
            if len(documents) == 1:
                show(f"checking the steps of {path}", done, of)
            else:  # one bar for all the files, so that it can tell the time left
                show("checking the files", number + done / of, len(documents))

        checking(0, 1)
        if path != STDIN and not options.write_report:
            yield check_file(task, checking), asked
            continue
        found, fault = examine(task, _standard_input if path == STDIN else None, checking)
        yield outcome(task, reports.write(found), fault), asked


def _several_at_once(options: argparse.Namespace, show: Show) -> Iterator[tuple[Outcome, bool]]:
    """Each file in a process of its own; all in order."""
    from symderiv.batch import outcomes
    from symderiv.workers import Workers

    documents = list(_documents(options.paths))
    if any(path == STDIN for path, _ in documents):
        raise UserError("--jobs is for files: leave it out to check standard input")
    with Workers(min(options.jobs, len(documents)), PATIENCE) as executor:
        tasks = (_task(path, options) for path, _ in documents)
        found = outcomes(tasks, executor, lambda done: show("checking the files", done, len(documents)))
        yield from zip(found, (asked for _, asked in documents), strict=True)


def _standard_input() -> Given:
    from symderiv.batch import Given
    from symderiv.document import Source
    from symderiv.reader.containers import Opened, sniffed
    from symderiv.reader.containers.files import LARGEST, decode

    if sys.stdin is None:
        raise UserError("standard input is closed, so there is nothing to read")
    text = decode(sys.stdin.buffer.read(LARGEST + 1), "standard input")
    return Given(Opened(Source("<stdin>", text), sniffed(text)))


# Saying how it went


def _print(checked: Sequence[Outcome], skipped: int, options: argparse.Namespace) -> None:
    pieces = [found.piece for found in checked]
    if options.format == "json":
        from symderiv.writers import json

        say(json.write_entries(pieces))
    elif options.format == "sarif":
        from symderiv.explanations import explanations
        from symderiv.writers import sarif

        say(sarif.write_parts(pieces, explanations()))
    elif options.format == "markdown":
        from symderiv.writers import markdown

        say(markdown.write_sections(pieces, checked, skipped))
    else:
        from symderiv.writers import terminal

        text = "".join(pieces) + (
            "" if options.quiet else terminal.total(checked, skipped, terminal.look_on(sys.stdout))
        )
        if text:
            say(text)
    faults = [found.fault for found in checked if found.fault]
    if faults:
        complain(faults[0])
    _complain(f"error: {found.problem}" for found in checked if found.problem)
    if options.classes is not None and not any(found.speaks_of_classes for found in checked):
        advice = f"if the classes are counted by another letter, as N, give --size 'N = {options.classes}'"
        complain(f"warning: --classes had no effect, because no formula contains the size K; {advice}")


def _complain(messages: Iterable[str]) -> None:
    """One line each, whatever the names in it hold."""
    for message in messages:
        from symderiv.writers.terminal import clean

        complain(clean(message))


class _Reports:
    """Each document that was checked, written as a page and a PDF with the verdicts in the margin."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.output = "output" if options.output is None else options.output
        self.taken: set[str] = set()
        self.warnings: list[str] = []
        self.failure: UserError | None = None

    def write(self, found: Examined) -> Examined:
        """``found`` with the files that were written; after a failure no more are."""
        if not self.options.write_report or found.checked is None or found.problem or self.failure is not None:
            return found
        from symderiv.derive.files import plain, saved
        from symderiv.writers.findings import place
        from symderiv.writers.report import Report

        folder = Path(self.output, *(plain(part, "folder") for part in _folders(found.path)))
        stem = base = plain(Path(found.path).stem, "document") + "-checked"
        number = 1
        while (key := os.fspath(folder / stem).casefold()) in self.taken:
            number += 1
            stem = f"{base}-{number}"
        self.taken.add(key)
        contents: dict[str, bytes] = {}
        unset: dict[tuple[Span, str], None] = {}
        report = Report(found.checked, refused=lambda span, reason: unset.setdefault((span, reason)))
        for form in ("html", "pdf"):
            try:
                contents[form] = _made(report, form, self.options.pdf_engine or "auto")
            except UserError as error:  # the next document may well be printable
                self.warnings.append(f"{found.path} was not written as {form.upper()}: {error}")
        source = found.checked.document.source
        if "pdf" in contents and (missing := _without_fonts(source.text)):
            self.warnings.append(f"{found.path}: the PDF has no letters for {missing}; the HTML page shows them")
        for span, reason in sorted(unset)[:MOST_UNSET]:
            self.warnings.append(f"{place(source, span.start).where}: {reason}; its source is shown instead")
        if len(unset) > MOST_UNSET:
            self.warnings.append(f"{found.path}: so it is with {len(unset) - MOST_UNSET} more formulas")
        try:
            files = saved(folder if self.output else "", stem, contents)
        except UserError as error:  # what was found is said all the same
            self.failure = error
            return found
        return replace(found, files=tuple(map(str, files.values())))


def _without_fonts(text: str) -> str:
    """The wide characters in ``text``, the first of them: no font that comes with an engine has any of them."""
    import unicodedata

    wide = "".join(dict.fromkeys(sign for sign in text if unicodedata.east_asian_width(sign) in "WF"))
    return wide if len(wide) <= MOST_MISSING else wide[:MOST_MISSING] + "…"


def _folders(path: str) -> Sequence[str]:
    """The folders from the working folder down to a document: its report stands in such ones, so that no report takes
    the place of that on another ``notes.md``. None for a document outside."""
    try:
        folders = Path(os.path.relpath(path)).parent.parts
    except ValueError:  # on another drive
        return ()
    return () if os.pardir in folders else folders


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

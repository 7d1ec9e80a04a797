"""PDF reports: set by a TeX of the machine if there is one, else by the embedded Typst engine.

TeX runs in a temporary folder, without shell escape, without input, unable to read or write outside the folder, and
with a time limit; a display that runs into the margin is a failure, not a blemish. Both ways are deterministic: no
date goes into the file.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symderiv.diagnostics import UserError
from symderiv.writers import latex, typst
from symderiv.writers.report import Report

ENGINES = ("auto", "latex", "typst")
TIME_LIMIT = 60.0
"""Seconds for one run of TeX."""

_ROOM = (1.0, 0.9, 0.8)  # parts of the line that a display may fill, tried in turn while TeX reports an overfull box
_INSTEAD = "--pdf-engine typst uses the built-in engine instead, --no-pdf leaves the PDF out."
_FLAGS = ("-halt-on-error", "-no-shell-escape", "-interaction=nonstopmode", "-file-line-error")
_SAFE = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1", "openin_any": "p", "openout_any": "p", "TEXMFOUTPUT": ""}


_TYPST = Path(__file__).with_name("typeset.py")


class _Overfull(Exception):
    """TeX set the file, but a line runs into the margin; the argument is TeX's own message."""


def write(report: Report, engine: str = "auto") -> bytes:
    """The report as PDF. ``engine`` is ``auto`` (TeX if there is one), ``latex`` or ``typst``.

    Raises UserError for an unknown engine, a missing one, and for what the engine cannot set.
    """
    if engine not in ENGINES:
        raise UserError(f"there is no PDF engine {engine!r}; there is: {', '.join(ENGINES)}")
    program = None if engine == "typst" else find_tex()
    if program is None and engine == "latex":
        raise UserError(
            "there is no TeX on this machine: neither pdflatex nor lualatex is on the PATH. Install TeX Live "
            "(on Debian: texlive-latex-extra, which brings what a report needs), or leave out --pdf-engine latex to "
            "use the built-in engine."
        )
    return _by_typst(report) if program is None else _by_tex(report, program)


def find_tex() -> str | None:
    """The path of pdflatex or lualatex, or None."""
    return shutil.which("pdflatex") or shutil.which("lualatex")


def _by_typst(report: Report) -> bytes:
    """The engine has a process of its own: one page of text may take it for ever, or more stack than there is."""
    if find_spec("typst") is None:
        raise UserError("the built-in PDF engine is missing; install it with: pip install typst")
    source = typst.write(report).encode()
    try:
        done = _run([sys.executable, "-P", str(_TYPST)], input=source)
    except subprocess.TimeoutExpired:
        raise UserError(
            f"the built-in PDF engine did not finish within {TIME_LIMIT:.0f} seconds and was stopped; no PDF was "
            "written. A paragraph of very many words is what takes it long."
        ) from None
    except subprocess.CalledProcessError as error:
        reason = _one_line(error.stderr.decode("utf-8", "replace")) or f"exit status {error.returncode}"
        raise UserError(f"the PDF could not be set: {reason}") from None
    except OSError as error:
        raise UserError(f"the built-in PDF engine could not be started: {error.strerror}") from None
    return done


def _by_tex(report: Report, program: str) -> bytes:
    message = ""
    for part in _ROOM:
        try:
            return compile_tex(latex.write(report, latex.LINE * part), program)
        except _Overfull as overfull:
            message = str(overfull)
    raise UserError(f"a line of the report is too wide for the page, and no place to break it was found: {message}")


def compile_tex(text: str, program: str) -> bytes:
    """Runs TeX on ``text`` until its references stand (at most four times). Raises UserError if TeX fails."""
    try:
        with tempfile.TemporaryDirectory(prefix="symderiv-") as folder:
            return _compiled(text, program, Path(folder))
    except OSError as error:
        raise UserError(
            f"TeX needs a temporary folder, which could not be used: {error.strerror}; no PDF was written. "
            f"TMPDIR names another one; {_INSTEAD}"
        ) from None


def _compiled(text: str, program: str, place: Path) -> bytes:
    name = Path(program).name
    (place / "report.tex").write_text(text, encoding="utf-8")
    environment = {**os.environ, **_SAFE}
    for run in range(4):
        try:
            _run([program, *_FLAGS, *(() if run else ("-draftmode",)), "report.tex"], cwd=place, env=environment)
        except subprocess.TimeoutExpired:
            raise UserError(
                f"{name} did not finish within {TIME_LIMIT:.0f} seconds and was stopped; no PDF was written. {_INSTEAD}"
            ) from None
        except subprocess.CalledProcessError:
            complaint = _complaint(_log(place), text)
            raise UserError(f"{name} failed; no PDF was written. {complaint} {_INSTEAD}") from None
        except OSError as error:
            raise UserError(f"{name} could not be started: {error.strerror}; no PDF was written.") from None
        log = _log(place)
        if found := re.search(r"^Overfull .*", log, re.M):
            raise _Overfull(found[0])
        if run and not re.search(r"Rerun to get|Label\(s\) may have changed|Table widths have changed", log):
            break
    made = place / "report.pdf"
    if not made.is_file():
        raise UserError(f"{name} ended without making a PDF.")
    return made.read_bytes()


def _run(command: list[str], input: bytes | None = None, **options: Any) -> bytes:
    """Run an engine to its end, and return its output. Raises TimeoutExpired, CalledProcessError, OSError.

    The engine is stopped if its caller is.
    """
    with _uninterrupted():
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=subprocess.PIPE,  # its end is noticed at once, without polling
            stderr=subprocess.PIPE,
            **options,
        )
    with process:
        try:
            out, errors = process.communicate(input, timeout=TIME_LIMIT)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, out, errors)
    return out


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Signals to end wait until the end of the block: a process that was being started would be lost, and run on."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {s: signal.signal(s, lambda number, frame: came.append(number)) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
    for each in came:
        signal.raise_signal(each)


def _log(place: Path) -> str:
    log = place / "report.log"
    return log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""


def _complaint(log: str, text: str) -> str:
    """TeX's first error, with the line of the file that it stumbled over."""
    found = re.search(r"^(?:\./)?report\.tex:(\d+): (.*)$|^! (.*)$", log, re.M)
    if not found:
        return "Its log names no error."
    lines = text.split("\n")
    message = _one_line(found[2] or found[3])
    if found[1] and 0 < int(found[1]) <= len(lines):
        return f"TeX says: {message} At line {found[1]} of the .tex file: {_one_line(lines[int(found[1]) - 1])}"
    return f"TeX says: {message}"


def _one_line(text: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return shown if len(shown) <= 200 else shown[:200] + " …"

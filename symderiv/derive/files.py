"""Files of a report: each made by its writer, all of them before any is replaced, each replaced as a whole.

This module must never leave a half-written file behind, nor lose an existing one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING

from symderiv.diagnostics import UserError
from symderiv.writers import encoded

if TYPE_CHECKING:
    from symderiv.writers.report import Report

LONGEST = 150  # bytes of the name that a document or a template gives; file systems take 255 for the whole


def made(report: Report, form: str, pdf_engine: str) -> bytes:
    if form == "tex":
        from symderiv.writers import latex

        page: str | bytes = latex.write(report)
    elif form == "pdf":
        from symderiv.writers import pdf

        page = pdf.write(report, pdf_engine)
    elif form == "html":
        from symderiv.writers import html

        page = html.write(report)
    else:
        raise UserError(f"there is no output format {form!r}; there is: tex, pdf, html")
    return encoded(page) if isinstance(page, str) else page


def plain(name: str, default: str) -> str:
    """``name`` as the name of a file may begin: letters, digits, ``.``, ``-`` and ``_``, and room left for the rest."""
    found = re.sub(r"[^\w.-]+", "-", name).encode("utf-8", "ignore")[:LONGEST].decode("utf-8", "ignore")
    return found.strip("-.") or default


def saved(folder: str | os.PathLike[str], stem: str, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Write aside, then replace: an existing report is either kept or replaced as a whole file. Raises UserError."""
    if not os.fspath(folder):
        raise UserError("the name of the folder to write to is empty; the current folder is called .")
    try:
        whole = b"\0" not in os.fsencode(folder)
    except UnicodeError:
        whole = False
    if not whole:
        raise UserError(f"{os.fspath(folder)!r} is no name of a folder: a character in it cannot stand in one")
    folder = Path(folder)
    paths = {form: folder / f"{stem}.{form}" for form in contents}
    aside = {form: folder / f".{stem}.{form}.{os.getpid()}-{get_ident()}" for form in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, content in contents.items():
            aside[form].write_bytes(content)
        for form, path in paths.items():
            os.replace(aside[form], path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        reason = "it is a file, not a folder" if isinstance(error, FileExistsError) else reason
        place = getattr(error, "filename2", None) or folder  # the file that was not to be replaced
        raise UserError(f"cannot write to {place}: {reason}. Nothing was half-written") from None
    finally:
        for path in aside.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return paths

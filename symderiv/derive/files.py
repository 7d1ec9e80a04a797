"""Files of a report: each made by its writer, all of them before any is replaced, each replaced as a whole.

This module must never leave a half-written file behind, nor lose an existing one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from symderiv.diagnostics import UserError

if TYPE_CHECKING:
    from symderiv.writers.report import Report


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
    return page.encode("utf-8") if isinstance(page, str) else page


def saved(folder: str | os.PathLike[str], stem: str, contents: Mapping[str, bytes]) -> dict[str, Path]:
    """Write aside, then replace: an existing report is either kept or replaced as a whole file. Raises UserError."""
    if not os.fspath(folder):
        raise UserError("the name of the folder to write to is empty; the current folder is called .")
    folder = Path(folder)
    paths = {form: folder / f"{stem}.{form}" for form in contents}
    aside = {form: folder / f".{stem}.{form}.{os.getpid()}" for form in contents}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for form, content in contents.items():
            aside[form].write_bytes(content)
        for form, path in paths.items():
            os.replace(aside[form], path)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        reason = "it is a file, not a folder" if isinstance(error, FileExistsError) else reason
        raise UserError(f"cannot write to {folder}: {reason}. Nothing was half-written") from None
    finally:
        for path in aside.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return paths

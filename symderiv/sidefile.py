"""Side files: declarations for a document that one cannot edit, in a file of the same name next to it.

``notes/softmax.symderiv`` is read for ``notes/softmax.md``: one directive a line, as after ``symderiv:`` in the
document itself; what follows a ``#`` at the beginning of a line or after a blank is a comment. This module must never
carry out a directive, only find it and say where it stands.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from symderiv.diagnostics import UserError

SUFFIX = ".symderiv"

_COMMENT = re.compile(r"(?:^|\s)#.*")


def beside(document: Path) -> Path:
    """The side file of ``document``, whether it exists or not."""
    return document.with_suffix(SUFFIX)


def directives(document: Path) -> list[tuple[str, str]]:
    """The directives for ``document`` in its side file, with where they stand (``notes/softmax.symderiv line 2``).

    Empty if there is no side file. Raises UserError if there is one that cannot be read.
    """
    from symderiv.reader.containers.files import read_file

    if not document.name:
        return []
    path = beside(document)
    if path == document or not os.path.exists(path):  # which is False, too, where one may not look
        return []
    if os.path.isdir(path):
        raise UserError(f"{path.as_posix()} is a folder, where the directives for {document.as_posix()} would stand.")
    name = path.as_posix()
    lines = (_COMMENT.sub("", line).strip() for line in read_file(path, name).splitlines())
    return [(text, f"{name} line {number}") for number, text in enumerate(lines, start=1) if text]

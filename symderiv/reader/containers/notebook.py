"""Jupyter notebooks: the Markdown cells as one ``Document``, with positions as cell, line and column.

The notebook's JSON is checked by hand (loading a schema validator takes longer than reading the notebook). This module
must never look at code cells or outputs.
"""

from __future__ import annotations

import json
import re

from symderiv.diagnostics import UserError
from symderiv.document import Block, Document, Source
from symderiv.reader.containers.files import JoinedSource
from symderiv.reader.containers.markdown import Blocks
from symderiv.reader.containers.masking import Mask

_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


def read(name: str, text: str) -> Document:
    """The document in the notebook ``text``; its source is the Markdown cells, separated by blank lines.

    Raises UserError with status 3 if ``text`` is not a notebook.
    """
    pieces: list[str] = []
    parts: list[tuple[int, Source, int, int | None]] = []
    begin = 0
    for number, cell in markdown_cells(name, text):
        parts.append((begin, Source(name, cell), 0, number))
        pieces.append(cell)
        begin += len(cell) + 2
    source = JoinedSource(name, "\n\n".join(pieces), parts or [(0, Source(name, ""), 0, None)])
    mask = Mask(source.text)
    ends = [(start, start + len(piece)) for (start, *_), piece in zip(parts, pieces, strict=True)]
    for start, end in ends:
        mask.scan(start, end)
    mask.finish()
    reader = Blocks(mask)
    blocks: list[Block] = [block for start, end in ends for block in reader.read(start, end)]
    return Document(source, tuple(blocks), (), mask.macros, tuple(mask.problems))


def markdown_cells(name: str, text: str) -> list[tuple[int, str]]:
    """The Markdown cells with their numbers among all cells, from 1."""
    try:
        notebook = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise UserError(f"{name} is not a notebook: it is not JSON ({error.msg}, {where}).") from None
    except (RecursionError, ValueError):
        raise UserError(f"{name} is not a notebook: its JSON is nested too deeply or has too large numbers.") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        inside = [sheet.get("cells") or [] for sheet in sheets]
        cells = [cell for each in inside for cell in each] if all(isinstance(each, list) for each in inside) else None
    if not isinstance(cells, list):
        raise UserError(f"{name} is not a notebook: it has no list of cells.")
    found = []
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict):
            raise UserError(f"{name} is not a notebook: its cell {number} is not an object.")
        if cell.get("cell_type") != "markdown":
            continue
        source = cell.get("source", "")
        if isinstance(source, list) and all(isinstance(line, str) for line in source):
            source = "".join(source)
        if not isinstance(source, str):
            raise UserError(f"{name} is not a notebook: the source of its cell {number} is not text.")
        found.append((number, _UNPRINTABLE.sub("\ufffd", source)))
    return found

"""Markdown: what ``check`` found, as a comment on a code host or a page of notes takes it.

Whatever comes from a document stands in code spans and code blocks, which it cannot leave: it must never act as markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symderiv.checked import Checked, Opinions
from symderiv.writers import terminal
from symderiv.writers.findings import Counts, Examined, Finding, Summed


def write(files: Sequence[Examined], skipped: int = 0, only_problems: bool = False) -> str:
    """A section for each file: its steps as a table, then its findings; at the end the summary."""
    return write_sections([section(file, only_problems) for file in files], files, skipped)


def section(file: Examined, only_problems: bool = False) -> str:
    """What there is to say about one file."""
    return "\n\n".join(_file(file, only_problems))


def write_sections(sections: Sequence[str], files: Sequence[Summed], skipped: int = 0) -> str:
    """The ``sections`` of the ``files``, and the summary."""
    return "\n\n".join([*sections, _total(files, skipped)]) + "\n"


def _file(file: Examined, only_problems: bool) -> Iterator[str]:
    yield f"## {_code(file.path)}"
    if file.problem or file.checked is None:
        yield f"Not checked: {_code(file.problem)}"
        return
    if not only_problems:
        yield _table(file.checked)
        given = [_code(assumption) + (f" ({_code(origin)})" if origin else "") for assumption, origin in file.given]
        if given:
            yield f"Given {', '.join(given)}."
        read = [f"- {_escaped(note)} ({where})" for note, where in file.readings]
        if read:
            yield "\n".join(["How it was read:", "", *read])
    for found in file.findings:
        yield _finding(found, file.checked)


def _table(checked: Checked) -> str:
    rows = ["| | line | step | verdict |", "|---|---:|---|---|"]
    for row in terminal.table(checked):
        where = f"{_code(row.path)} {row.place}" if row.path else row.place
        rows.append(f"| {row.mark} | {where} | {_code(row.formula)} | {_escaped(row.words)} |")
    return "\n".join(rows)


def _finding(found: Finding, checked: Checked) -> str:
    title, _, block = terminal.finding(found, checked.document.source).rstrip().partition("\n")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", block)), default=0))
    return f"### {_escaped(title)}\n\n{fence}text\n{block}\n{fence}"


def _total(files: Sequence[Summed], skipped: int) -> str:
    counts = sum((file.counts for file in files), Counts())
    words = f"**{counts.proved} proved, {counts.false} false, {counts.undecided} could not be checked**"
    unread = sum(file.status == 3 for file in files)
    more = [f"{counts.expected} false as marked"] if counts.expected else []
    more += [f"{unread} of {len(files)} files not checked"] if unread else []
    more += [f"{skipped} file{'s' if skipped > 1 else ''} without steps skipped"] if skipped else []
    opinions = [file.opinions for file in files if file.opinions is not None]
    more += [terminal.second_opinion(sum(opinions, Opinions()))] if opinions else []
    return f"{words}{', ' if more else ''}{', '.join(more)}"


def _code(text: str) -> str:
    """A code span; a bar would end the cell of a table even in one."""
    text = terminal.clean(text).replace("|", "∣") or " "
    ticks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    pad = " " if text[0] == "`" or text[-1] == "`" else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _escaped(text: str) -> str:
    """Text in which nothing is markup."""
    return re.sub(r"([\\`*_{}\[\]<>()#+!|~$&^-])", r"\\\1", terminal.clean(text))

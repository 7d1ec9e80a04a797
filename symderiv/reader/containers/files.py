r"""From a path to text: regular files only, bounded, decoded strictly; and the files that a LaTeX document includes.

Included text is spliced into the place of its ``\input``, so that definitions hold across files, and a
``JoinedSource`` knows which line of which file every character came from. This module must never open a file outside
the document's own folder on a document's demand.
"""

from __future__ import annotations

import bisect
import os
import re
import stat
from pathlib import Path

from symderiv.diagnostics import Diagnostic, UserError
from symderiv.document import Position, Source, Span

LARGEST = 50_000_000
_PIECE = 1 << 20  # bytes read at once: to read as many as may come would take the memory for them
DEEPEST_INCLUDE = 10
MOST_INCLUDES = 200

_OTHERS = {b"%PDF-": "a PDF", b"PK\3\4": "an archive or an office document", b"\x89PNG": "a picture",
           b"\xff\xd8\xff": "a picture", b"\x1f\x8b": "a compressed file"}  # fmt: skip

_INCLUDE = re.compile(
    r"\\begin\s*\{(verbatim|Verbatim|lstlisting|minted|comment)\}|\\verb\b\*?([^\sA-Za-z])[^\n]*?\2|(?<!\\)%[^\n]*|\\\\"
    r"|(\\(?:input|include|subfile)(?![A-Za-z@])\s*\{([^{}\n]*)\})"
)


class JoinedSource(Source):
    """A text put together from parts of several sources, or from the cells of a notebook.

    ``parts`` are (where the part begins in ``text``, its source, where it begins there, its cell or None), in order.
    """

    __slots__ = ("parts",)

    def __init__(self, name: str, text: str, parts: list[tuple[int, Source, int, int | None]]) -> None:
        super().__init__(name, text)
        self.parts = parts

    def part(self, offset: int) -> tuple[Source, int, int | None]:
        """The source, the offset in it and the cell of the character at ``offset``."""
        start, source, begin, cell = self.parts[max(0, bisect.bisect_right(self.parts, offset, key=lambda p: p[0]) - 1)]
        return source, min(begin + max(0, offset - start), len(source.text)), cell

    def position(self, offset: int) -> Position:
        source, local, cell = self.part(offset)
        return source.position(local)._replace(cell=cell)

    def name_at(self, offset: int) -> str:
        return self.part(offset)[0].name

    def line_at(self, offset: int) -> str:
        source, local, _ = self.part(offset)
        return source.line(source.position(local).line)


def read_file(path: Path, name: str) -> str:
    """The text of a regular file of at most 50 MB in UTF-8, or UTF-16 with a byte order mark.

    Raises UserError with status 3, naming ``name``, if there is no such text.
    """
    if not name:
        raise UserError("The path of a document is empty.")
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            os.listdir(path)  # says what is wrong with a folder that cannot be read
            raise UserError(f"{name} is a folder, and no document was found in it.")
        if not stat.S_ISREG(mode):
            raise UserError(f"{name} is not a regular file, so it was not opened.")
        with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb") as file:
            pieces = []
            size = 0
            while size <= LARGEST and (piece := file.read(_PIECE)):
                pieces.append(piece)
                size += len(piece)
        data = b"".join(pieces)
    except FileNotFoundError:
        raise UserError(f"There is no file {name}.") from None
    except PermissionError:
        raise UserError(f"{name} could not be opened: permission denied.") from None
    except (OSError, ValueError) as error:
        raise UserError(f"{name} could not be opened: {getattr(error, 'strerror', None) or error}.") from None
    return decode(data, name)


def decode(data: bytes, name: str) -> str:
    """``data`` as text, without a byte order mark. Raises UserError with status 3 if it is not text."""
    if len(data) > LARGEST:
        raise UserError(f"{name} is larger than {LARGEST // 1_000_000} MB, so it was not read.")
    for beginning, kind in _OTHERS.items():
        if data.startswith(beginning):
            raise UserError(f"{name} is not text but {kind}: give the LaTeX, Markdown or HTML that it was made from.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise UserError(f"{name} begins as UTF-16, but is not UTF-16 from byte {error.start} on.") from None
        line = data.count(b"\n", 0, error.start) + 1
        if b"\0" in data[:1000]:
            raise UserError(f"{name} is not text: it contains zero bytes (UTF-16 needs a byte order mark).") from None
        raise UserError(
            f"{name} is not UTF-8: byte {data[error.start]:#04x} at offset {error.start} (line {line}). "
            "Save it as UTF-8 and try again."
        ) from None
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        raise UserError(f"{name} is not text: it contains a zero byte (line {line}).")
    return text.removeprefix("\ufeff")


def with_includes(path: Path, name: str, text: str) -> tuple[Source, tuple[Diagnostic, ...]]:
    """The source of a LaTeX document with the files that it includes spliced in.

    ``path`` is the document. A file that is refused or missing leaves its command in the text and is a diagnostic.
    """
    joiner = _Joiner(path, name)
    joiner.add(Source(name, text), path.resolve(), ())
    if not joiner.included:
        return Source(name, text), tuple(joiner.problems)
    return JoinedSource(name, "".join(joiner.pieces), joiner.parts), tuple(joiner.problems)


class _Joiner:
    def __init__(self, path: Path, name: str) -> None:
        self.folder = path.resolve().parent
        self.shown = Path(name).parent
        self.pieces: list[str] = []
        self.parts: list[tuple[int, Source, int, int | None]] = []
        self.length = 0
        self.included = 0
        self.problems: list[Diagnostic] = []

    def take(self, source: Source, start: int, end: int) -> None:
        if start < end or not self.parts:
            self.parts.append((self.length, source, start, None))
            self.pieces.append(source.text[start:end])
            self.length += end - start

    def add(self, source: Source, path: Path, chain: tuple[Path, ...]) -> None:
        """Append ``source`` with everything that it includes; ``chain`` are the files that led here."""
        text, done, pos = source.text, 0, 0
        while found := _INCLUDE.search(text, pos):
            pos = found.end()
            if found[1]:
                closing = text.find(f"\\end{{{found[1]}}}", pos)
                pos = closing if closing >= 0 else pos
            elif found[3]:
                self.take(source, done, found.start())
                done = found.start()
                if self.include(found[4].strip(), (*chain, path), found[3]):
                    done = found.end()
        self.take(source, done, len(text))

    def include(self, asked: str, chain: tuple[Path, ...], command: str) -> bool:
        if len(self.problems) >= 50:
            return False
        target, reason = self.target(asked, chain)
        text = ""
        if not reason:
            try:
                text = read_file(target, asked)
            except UserError as error:
                reason = str(error).rstrip(".")
            if self.length + len(text) > LARGEST:
                reason = "the document with everything it includes is too large"
        if reason:
            place = Span(self.length, self.length + len(command))
            self.problems.append(Diagnostic("W451", f"{asked or 'a file'} was not included: {reason}", place))
            return False
        self.included += 1
        self.add(Source((self.shown / target.relative_to(self.folder)).as_posix(), text), target, chain)
        return True

    def target(self, asked: str, chain: tuple[Path, ...]) -> tuple[Path, str]:
        """The file that ``asked`` names, and why it is refused ("" if it is not)."""
        if not asked or Path(asked).is_absolute() or "\0" in asked:
            return self.folder, "only files in the document's own folder are included"
        if len(chain) > DEEPEST_INCLUDE or self.included >= MOST_INCLUDES:
            return self.folder, "too many files include one another"
        for candidate in (self.folder / (asked + ".tex"), self.folder / asked):
            try:
                target = candidate.resolve()
                exists = target.is_file()
            except (OSError, RuntimeError, ValueError):
                continue
            if not target.is_relative_to(self.folder):
                return self.folder, "only files in the document's own folder are included"
            if target in chain:
                return self.folder, "it includes itself"
            if exists:
                return target, ""
        return self.folder, "there is no such file"

r"""A row cut at its commas, wide spaces and prose, before it is known what is a formula and what stands beside one.

This module must never parse an expression: it only says where the pieces begin and end, and which hold a relation.
"""

from __future__ import annotations

from dataclasses import dataclass

from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.structure import Line

_MOST_STACKED = 4


@dataclass(slots=True)
class Piece:
    """Tokens ``a`` to ``b``; ``before`` is what divides it from the piece before: ``,`` ``,quad`` ``quad`` ``&`` ``:``
    ``text`` ``aside`` (in brackets that hold a remark) or nothing. ``text`` is the prose, if it is prose."""

    a: int
    b: int
    before: str
    text: str


def is_prose(content: str) -> bool:
    r"""Whether the content of a ``\text`` is prose rather than a name."""
    words = content.split()
    named = len(words) > 1 and content == content.strip() and all(w.isascii() and w.isalpha() for w in words)
    if named and words[0].lower() not in v.PROSE:
        return False  # \text{learning rate} x is a product
    if len(words) == 1 and not words[0].isascii() and words[0] in v.PROSE:
        return True
    if len(words) != 1 or not words[0].isascii():
        return len(words) != 1 or not words[0].isalnum() or len(words[0]) > 1
    name = words[0]
    plain = name.replace("_", "").replace("-", "").replace("\\", "")
    symbol = len(content) == 1 and content.isalpha()  # \text{a} is a symbol, \text{ a } a word
    return not symbol and (name.lower() in v.PROSE or not plain.isalnum())


def relation_at(line: Line, i: int, level: int = 0) -> tuple[str, int, str] | None:
    r"""The relation at ``i``: its canonical name, where it ends, and what is stacked on it.

    Understands ``\stackrel{..}{=}``, ``\overset{..}{=}``, ``\underbrace{=}_{..}``, ``\xrightarrow[..]{..}``, ``{=}``,
    ``=_{..}``, and ``:`` as the relation of ``f : X``.
    """
    text, jump = line.text, line.jump
    tok = text[i]
    name = v.RELATIONS.get(tok)
    if name:
        end = i + 1
        annotation = ""
        while text[end] in ("_", "^"):
            after = end + 2 + jump[end + 1]
            annotation = _words(line, end + 1, after)
            end = after
        return name, end, annotation
    if tok in v.STRETCHED:
        end = i + 1
        annotation = ""
        while text[end] in ("[", "{") and jump[end]:
            after = end + jump[end] + 1
            annotation = annotation or _words(line, end, after)
            end = after
            if text[end - 1] == "}":
                break
        return v.STRETCHED[tok], end, annotation
    if tok == "{" and jump[i] == 2 and text[i + 1] in v.RELATIONS:
        return v.RELATIONS[text[i + 1]], i + 3, ""
    if level < _MOST_STACKED and (tok in v.STACKED or tok in (r"\underbrace", r"\overbrace")):
        stacked = tok in v.STACKED
        first = i + 1
        inner = first + jump[first] + 1 if stacked else first
        found = None
        if inner < line.size:
            end = inner + jump[inner] + 1
            at = inner + 1 if text[inner] == "{" else inner
            found = relation_at(line, at, level + 1)
            if found and found[1] != (end - 1 if text[inner] == "{" else end):
                found = None
        if found is None:
            return None
        if not stacked:
            if text[end] not in ("_", "^"):
                return None
            return found[0], end + 2 + jump[end + 1], _words(line, end + 1, end + 2 + jump[end + 1])
        note = _words(line, first, inner)
        defines = note.replace(".", "").replace(" ", "").lower() in ("def", r"\triangle", r"\delta", r"\vartriangle")
        return ":=" if defines and found[0] == "=" else found[0], end, note
    return None


def _words(line: Line, a: int, b: int) -> str:
    if line.text[a] in ("{", "[") and line.jump[a]:
        a, b = a + 1, b - 1
    return " ".join(t[6:-1].strip() if t.startswith(r"\text{") else t for t in line.text[a:b])


def pieces(line: Line, a: int, b: int, cells: bool = False) -> list[Piece]:
    """The pieces of the tokens ``a`` to ``b``, without trailing punctuation and empty pieces.

    With ``cells`` a mark & before a sign divides two cells, as in the case ``x & -1 < x < 1``.
    """
    found: list[Piece] = []
    text = line.text
    start, before, prose_seen = a, "", False

    def close(end: int, divider: str) -> None:
        nonlocal start, before
        last = end
        while start < end and text[start] == ":" and (found or before):
            start += 1
        while last > start and _is_punctuation(text, last - 1):
            last -= 1
        if last > start:
            found.append(Piece(start, last, before, ""))
            before = divider
        else:
            before = _stronger(before, divider)

    previous = -1
    after = a
    for i in line.top(a, b):
        tok = text[i]
        if tok in (",", ";"):
            close(i, ",")
        elif tok == r"\quad":
            close(i, "quad")
        elif tok == "&":
            after = max(after, i + 1)
            while after < b and text[after] in ("&", r"\quad"):
                after += 1
            if not _aligns(line, previous, after, b, cells):
                close(i, "&")
            elif previous >= start:
                previous = i
                continue
        elif tok == ":" and prose_seen and relation_at(line, i) is None:
            close(i, ":")
        elif tok.startswith(r"\text{") and is_prose(tok[6:-1]) and not _is_term(text, a, i, b):
            close(i, "")
            found.append(Piece(i, i + 1, before, tok[6:-1]))
            before, prose_seen = "text", True
        elif tok in v.QUANTIFIERS:
            close(i, "")
            found.append(Piece(i, i + 1, before, v.QUANTIFIERS[tok]))
            before, prose_seen = "text", True
        elif tok in ("(", "[") and _is_aside(line, i):
            close(i, "")
            end = i + line.jump[i]
            first = i + 1
            if text[first] in (r"\because", r"\therefore"):
                found.append(Piece(first, first + 1, "aside", text[first][1:]))
                first += 1
            found.extend(Piece(inner.a, inner.b, "aside", inner.text) for inner in pieces(line, first, end))
            before, start, previous = "text", end + 1, i
            continue
        else:
            previous = i
            continue
        start = i + 1
        previous = i
    close(b, "")
    return found


_SIGNS = v.SIGNS | v.OPERATORS.keys()


def _is_term(text: list[str], a: int, i: int, b: int) -> bool:
    r"""Whether the words at ``i`` stand where a term does: ``\text{KL(p)} + z``, ``L - \text{const.}``."""
    before = text[i - 1] if i > a else ""
    after = text[i + 1] if i + 1 < b else ""
    if before in _SIGNS or (after in _SIGNS and after != "-") or after in ("/", "^", "_"):
        return True
    content = text[i][6:-1]
    beside = before not in ("", ",", ";", "&", r"\quad", ".", ":") and before not in v.RELATIONS
    name = " " not in content and content[:1].isalpha() and content.lower() not in v.ABBREVIATED
    return beside and name and content.isascii() and (content[-1] == "." or any(c in content for c in "(0123456789"))


def _is_punctuation(text: list[str], i: int) -> bool:
    """Whether the last token of a piece is a full stop, a colon or the mark of a finished proof."""
    if text[i] in (".", ":"):
        return True
    before = text[i - 1] if i else ""
    attached = before in ("_", "^") or before in v.OPERATORS or before in v.SIGNS or before in v.RELATIONS
    return text[i] in v.TOMBSTONES and not attached


def _stronger(one: str, other: str) -> str:
    """The divider that stands for two in a row: a comma and a space divide sentences."""
    if {one, other} & {"quad", "&"} and "," in one + other:
        return ",quad"
    return other if one in ("", "text") and other else one or other


def _aligns(line: Line, previous: int, after: int, b: int, cells: bool) -> bool:
    """Whether an alignment mark stands at a relation or an operator, or at the edge of the row.

    ``previous`` and ``after`` are the tokens beside it that are no such marks themselves.
    """
    if after >= b:
        return True
    if previous < 0:
        return True
    tok, earlier = line.text[after], line.text[previous]
    if cells and tok in v.SIGNS:
        return False
    edge = tok in v.SIGNS or tok in v.OPERATORS or relation_at(line, after) is not None
    return edge or earlier in v.SIGNS or earlier in v.OPERATORS or relation_at(line, previous) is not None


def _is_aside(line: Line, i: int) -> bool:
    r"""Whether brackets hold prose only: ``(\text{because } ...)``, ``(\because x = 1)``."""
    first = line.text[i + 1]
    if not line.jump[i]:
        return False
    if first in (r"\because", r"\therefore"):
        return True
    return first.startswith(r"\text{") and is_prose(first[6:-1])

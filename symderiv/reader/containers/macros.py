r"""The author's own macros: ``\newcommand`` and its relatives, found where they stand and read as data.

Shared by every container, because people define macros in preambles, in Markdown formulas and in HTML alike. This
module must never expand a macro: expansion belongs to the reader of mathematics.
"""

from __future__ import annotations

import re

Macro = tuple[int, str | None, str]

COMMANDS = frozenset({"newcommand", "renewcommand", "providecommand", "DeclareRobustCommand", "DeclareMathOperator",
                         "DeclarePairedDelimiter", "def", "gdef", "edef", "xdef", "let", "require"})  # fmt: skip

_DEFINITION = re.compile(
    r"\\(?:((?:re)?newcommand|providecommand|DeclareRobustCommand|DeclareMathOperator|DeclarePairedDelimiter"
    r"|[gex]?def|let)(\*?)(?![A-Za-z@])|require[ \t]*\{[^{}\n]*\})"
)
_SKIP_TO_DEFINITION = re.compile(r"(?<!\\)%[^\n]*|\\\\|\\%|" + _DEFINITION.pattern)
_NAME = re.compile(r"\s*(?:\{\s*(\\[A-Za-z@]+|\\.)\s*\}|(\\[A-Za-z@]+|\\.))\s*", re.S)
_COUNT = re.compile(r"\s*\[\s*([0-9])\s*\]\s*")
_OPTION = re.compile(r"\s*\[((?:[^\[\]{}]|\{[^{}]*\})*+)\]\s*")
_PARAMETERS = re.compile(r"((?:#[1-9]\s*)*)\s*(?=\{)")
_BRACES = re.compile(r"\\.|%[^\n]*|[{}]", re.S)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*(?:\n[ \t]*)?")
PATIENCE = 50


def group(text: str, start: int, end: int, reach: int = 20_000) -> tuple[int, int] | None:
    """The inside of the braces that open at ``start`` (after blanks), or None if they do not close within ``reach``."""
    while start < end and text[start] in " \t\r\n":
        start += 1
    if start >= end or text[start] != "{":
        return None
    depth = 0
    end = min(end, start + reach)
    if text.find("}", start, end) < 0:
        return None
    for token in _BRACES.finditer(text, start, end):
        if token[0] == "{":
            depth += 1
        elif token[0] == "}":
            depth -= 1
            if depth == 0:
                return start + 1, token.start()
    return None


def definition_at(text: str, start: int, end: int, macros: dict[str, Macro]) -> int | None:
    r"""Read the macro definition (or MathJax ``\require{...}``) at ``start`` into ``macros``.

    Returns where it ends, or None if there is no complete definition.
    """
    found = _DEFINITION.match(text, start, end)
    if found is None:
        return None
    command = found[1]
    if command is None:
        return found.end()
    name = _NAME.match(text, found.end(), end)
    if name is None:
        return None
    key, pos = name[1] or name[2], name.end()
    arguments, default = 0, None
    if command == "let":
        target = re.compile(r"=?\s*(\\[A-Za-z@]+|\\.|[^\\\s{}%])").match(text, pos, end)
        if target is None:
            return None
        macros[key] = (0, None, target[1])
        return target.end()
    if command.endswith("def"):
        parameters = _PARAMETERS.match(text, pos, end)
        if parameters is None:
            return None
        arguments, pos = parameters[1].count("#"), parameters.end()
    elif command.endswith(("command", "Command")):
        count = _COUNT.match(text, pos, end)
        if count:
            arguments, pos = int(count[1]), count.end()
            option = _OPTION.match(text, pos, end)
            if option:
                default, pos = option[1], option.end()
    body = group(text, pos, end)
    if body is None:
        return None
    content = _COMMENT.sub("", text[body[0] : body[1]])
    pos = body[1] + 1
    if command == "DeclareMathOperator":
        content = rf"\operatorname{found[2]}{{{content}}}"
    elif command == "DeclarePairedDelimiter":
        right = group(text, pos, end)
        if right is None:
            return None
        content, arguments, pos = f"{content} #1 {text[right[0] : right[1]]}", 1, right[1] + 1
    if command != "providecommand" or key not in macros:
        macros[key] = (arguments, default, content.strip())
    return pos


def collect(text: str, start: int, end: int, macros: dict[str, Macro]) -> list[tuple[int, int]]:
    """Read all definitions between ``start`` and ``end`` into ``macros``; returns where they stand.

    A text with too many unfinished definitions is not read further.
    """
    places: list[tuple[int, int]] = []
    failures = 0
    while failures < PATIENCE:
        found = _SKIP_TO_DEFINITION.search(text, start, end)
        if found is None:
            break
        start = found.end()
        if _DEFINITION.match(found[0]):
            after = definition_at(text, found.start(), end, macros)
            if after is None:
                failures += 1
            else:
                places.append((found.start(), after))
                start = after
    return places

r"""The rows of a display: braces and environments matched, aligned environments opened, broken lines joined again.

This module must never look at what a row says beyond its brackets, relations and operators.
"""

from __future__ import annotations

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.columns import ARROWS
from symderiv.reader.grammar.pieces import is_prose
from symderiv.reader.grammar.structure import MAX_DEPTH
from symderiv.reader.grammar.tokens import INTERTEXT, Token

_PHANTOMS = frozenset({r"\phantom", r"\hphantom", r"\vphantom"})
_NAMES = frozenset(v.WORDS.values())
_BOXES = frozenset({r"\boxed", r"\fbox", r"\bbox", r"\textcolor", r"\framebox", r"\eqalign", r"\displaylines"})


def nest(tokens: list[Token]) -> tuple[list[Token], list[int]]:
    r"""Match braces and environments; phantoms are dropped. Raises ReadError where they do not match."""
    jump = [0] * len(tokens)
    stack: list[int] = []
    gone: set[int] = set()
    for i, token in enumerate(tokens):
        text = token.text
        if text == "{" or text.startswith(r"\begin{"):
            stack.append(i)
            if len(stack) > MAX_DEPTH:
                raise ReadError("E109", f"more than {MAX_DEPTH} levels of braces", Span(token.start, token.end))
        elif text == "}" or text.startswith(r"\end{"):
            if not stack:
                raise ReadError("E104", f"{text} closes nothing", Span(token.start, token.end))
            k = stack.pop()
            opener = tokens[k]
            expected = "}" if opener.text == "{" else r"\end" + opener.text[6:]
            if text != expected:
                here = Span(opener.start, opener.end)
                raise ReadError("E104", f"{opener.text} is not closed: {text} stands where {expected} should", here)
            jump[k] = i - k
            if text == "}":
                before = tokens[k - 1].text if k else ""
                after = tokens[i + 1].text if i + 1 < len(tokens) else ""
                if before in _PHANTOMS:
                    gone.update(range(k - 1, i + 1))
                elif k == i - 1 and (k - 1 in gone or not _takes(before)) and after not in ("_", "^"):
                    gone.update((k, i))  # {}+ and {}={} only set the space beside an operator
                elif not _takes(before) and after not in ("_", "^") and _is_operator(tokens, jump, k + 1, i):
                    gone.update((k, i))  # \ensuremath{\frac{d}{dx}} and {\rm tr} are meant as without their braces
                elif before == "{" and after == "}":
                    gone.update((k, i))  # the inner of double braces
                elif before in v.FONTS and tokens[k + 1].text == r"\partial":
                    gone.add(k - 1)  # a derivative set in bold is the derivative
                elif before in v.FONTS and tokens[k - 2].text not in ("_", "^") and _relates(tokens, jump, k, i):
                    gone.update((k - 1, k, i))  # a whole equation set in bold is the equation
                elif before in v.FONTS and tokens[k + 1].text in "([" and _is_word(tokens[k + 2].text):
                    gone.update((k - 1, k, i))  # a remark set in bold is a remark
    if stack:
        opener = tokens[stack[-1]]
        raise ReadError("E104", f"{opener.text} is never closed", Span(opener.start, opener.end))
    return nest([token for i, token in enumerate(tokens) if i not in gone]) if gone else (tokens, jump)


def _is_operator(tokens: list[Token], jump: list[int], a: int, b: int) -> bool:
    """Whether the tokens ``a`` to ``b`` are one fraction, or the name of a function."""
    if b == a + 1:
        return tokens[a].text in _NAMES
    if tokens[a].text not in (r"\frac", r"\dfrac", r"\tfrac") or not jump[a + 1]:
        return False
    below = a + 1 + jump[a + 1] + 1
    return tokens[below].text == "{" and below + jump[below] + 1 == b


def _relates(tokens: list[Token], jump: list[int], brace: int, end: int) -> bool:
    """Whether a relation stands in a braced group, and not deeper in it."""
    i = brace + 1
    while i < end and tokens[i].text not in v.RELATIONS:
        i += jump[i] + 1
    return i < end


def _is_word(text: str) -> bool:
    return text.startswith(r"\text{") and is_prose(text[6:-1])


def _takes(before: str) -> bool:
    """Whether braces after ``before`` may be its argument."""
    if before in ("_", "^", "}"):
        return True
    known = ("&", r"\quad", r"\\", r"\partial", *v.RELATIONS, *v.SIGNS, *v.OPERATORS)
    return before[:1] == "\\" and before not in known and not before.startswith(r"\begin{")


def has_relation(tokens: list[Token]) -> bool:
    """Whether a relation stands outside all brackets."""
    depth = 0
    for token in tokens:
        text = token.text
        if text in v.OPENERS or text == "{" or text.startswith(r"\begin{"):
            depth += 1
        elif text in v.CLOSERS or text == "}" or text.startswith(r"\end{"):
            depth = max(0, depth - 1)
        elif depth == 0 and (text in v.RELATIONS or text in v.STRETCHED):
            return True
    return False


def rows(tokens: list[Token]) -> list[list[Token]]:
    r"""The rows of a display: split at ``\\``, aligned environments opened, broken lines joined again."""
    tokens, jump = nest(tokens)
    found: list[list[Token]] = []
    found.append(_rows(tokens, jump, 0, len(tokens), found, []))
    joined: list[list[Token]] = []
    for row in found:
        before = next((other for other in reversed(joined) if other[0].text != INTERTEXT), None)
        if before and row and row[0].text != INTERTEXT and _continues(before, row):
            row = _without_edge(row)
            if before[-1].text == r"\right." and row[0].text == r"\left.":
                before.pop()
                row = row[1:]
            elif row and before[-1].text == row[0].text:  # the operator at a line break is written twice
                row = row[1:]
            before.extend(row)
        elif any(token.text not in ("&", r"\quad") for token in row):
            joined.append(row)
    return joined


def _without_edge(row: list[Token]) -> list[Token]:
    first = 0
    while first < len(row) and row[first].text in ("&", r"\quad"):
        first += 1
    return row[first:]


def _continues(before: list[Token], row: list[Token]) -> bool:
    """Whether ``row`` goes on with the last side of the row before it."""
    while before and before[-1].text in ("&", r"\quad"):
        before.pop()
    row = _without_edge(row)
    if not before or not row:
        return False
    first, last = row[0].text, before[-1].text
    if first == "+" or (first in v.OPERATORS and first != "."):
        return True
    if last == r"\right." and first == r"\left.":
        return True
    if first in ("-", r"\pm", r"\mp"):
        return has_relation(before) and not has_relation(row)
    if last in ("+", "-") or (last in v.OPERATORS and last not in ".*"):
        return True
    opened = sum((t.text in v.OPENERS) - (t.text in v.CLOSERS) for t in before)
    return opened > 0 and not has_relation(row) and any(t.text in v.CLOSERS for t in row)


def _rows(
    tokens: list[Token], jump: list[int], a: int, b: int, found: list[list[Token]], row: list[Token]
) -> list[Token]:
    """Append the rows of ``tokens[a:b]`` to ``found``, the first of them going on from ``row``; return the last."""
    i = a
    dropped: set[int] = set()
    while i < b:
        token = tokens[i]
        text = token.text
        if i in dropped:
            i += 1
        elif text == r"\\":
            found.append(row)
            row = []
            i += 1
        elif text.startswith(r"\begin{"):
            name, end = text[7:-1], i + jump[i]
            prefix = [t.text for t in row if t.text not in ("&", r"\quad")]
            if name in v.ROW_ENVIRONMENTS:
                opens = not prefix or prefix[-1] not in v.OPENERS or len(prefix) == 1
            else:
                led = _led(row) if prefix and not (len(prefix) == 1 and prefix[0] in v.OPENERS) else 0
                ahead, prefix = row[:led], prefix[-1:] if led and prefix[-1] in v.OPENERS else [] if led else prefix
                opens = _is_system(tokens, jump, i, end, name, prefix)
                if opens and led:  # a = b \implies \begin{cases} ... is a row of its own
                    if any(t.text not in ("&", r"\quad") for t in ahead[:-1]):
                        found.append(ahead[:-1])
                    if prefix and end + 1 < b and tokens[end + 1].text in v.CLOSERS:
                        dropped.add(end + 1)
                    row, prefix = ahead[-1:], []
            if opens:
                if len(prefix) == 1 and prefix[0] in v.OPENERS:  # a bracketed system of equations
                    row = []
                    if end + 1 < b and tokens[end + 1].text in v.CLOSERS:
                        dropped.add(end + 1)
                row = _rows(tokens, jump, i + 1, end, found, row)
            else:
                row.extend(tokens[i : end + 1])
            i = end + 1
        elif text == "{" or (text in _BOXES and i + 1 < b and tokens[i + 1].text == "{"):
            brace = i + (text != "{")
            end = brace + jump[brace]
            fresh = all(t.text in ("&", r"\quad") for t in row) or row[-1].text in (r"\quad",)
            if (text != "{" or fresh) and _holds_rows(tokens, jump, brace, end):
                dropped.add(end)
                i = brace + 1
            else:
                row.extend(tokens[i : end + 1])
                i = end + 1
        else:
            row.append(token)
            i += 1
    return row


def _holds_rows(tokens: list[Token], jump: list[int], brace: int, end: int) -> bool:
    """Whether a braced or boxed group holds whole equations."""
    i = brace + 1
    while i < end:
        text = tokens[i].text
        if text in v.RELATIONS or text == r"\\" or (text.startswith(r"\begin{") and text[7:-1] in v.ROW_ENVIRONMENTS):
            return has_relation(tokens[brace + 1 : end]) or text not in v.RELATIONS
        i += jump[i] + 1
    return False


def _led(row: list[Token]) -> int:
    r"""How many tokens of ``row`` its last arrow ends, if at most a bracket follows: ``\Rightarrow \left\{``; or 0."""
    count = len(row)
    seen_bracket = False
    while count:
        text = row[count - 1].text
        if v.RELATIONS.get(text) in ARROWS:
            return count
        if text in v.OPENERS and not seen_bracket:
            seen_bracket = True
        elif text not in ("&", r"\quad"):
            return 0
        count -= 1
    return 0


def _is_system(tokens: list[Token], jump: list[int], begin: int, end: int, name: str, prefix: list[str]) -> bool:
    """Whether an array or cases environment is a list of equations, not a matrix or a case distinction."""
    if name == "array" and not prefix:
        return True
    closed = tokens[end + 1].text if end + 1 < len(tokens) else ""
    listed = name == "matrix" and (not prefix or (prefix[0] in (r"\{", r"\lbrace") and closed == r"\right."))
    if not listed and (
        name not in v.CASES_ENVIRONMENTS | {"array"} or len(prefix) > 1 or (prefix and prefix[0] not in v.OPENERS)
    ):
        return False
    first: list[Token] = []  # of each row, what stands before its relation
    cell = 0
    related = False
    i = begin + 1
    while i <= end:
        text = tokens[i].text
        if text == r"\\" or i == end:
            if first and not related and not all(t.text in v.ELLIPSES for t in first):
                return False
            first, cell, related = [], 0, False
        elif text == "&":
            cell += 1
        elif cell == 0 or (cell == 1 and tokens[i - 1].text == "&"):
            first.append(tokens[i])
            related = related or text in v.RELATIONS
        i += jump[i] + 1
    return True

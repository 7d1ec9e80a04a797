r"""LaTeX mathematics to tokens: spaces and sizes dropped, words joined, author macros expanded, Unicode made LaTeX.

Every token knows where it stands in the author's text; what comes out of a macro stands where the macro was called.
This module must never build a tree, and its work must stay linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.containers.macros import definition_at
from symderiv.reader.grammar import vocabulary as v

Macro = tuple[int, str | None, str]
MAX_EXPANSIONS = 1000
MAX_EXPANDED_TOKENS = 20_000
_MAX_MACRO_ARGUMENT = 20_000


class Token(NamedTuple):
    r"""``text`` is canonical: a character, a number, a command, ``\text{words}``, ``\begin{env}``, ``\quad``.

    ``final`` tokens are no macros, whatever they are called.
    """

    text: str
    start: int
    end: int
    final: bool = False


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=lambda word: (-len(word), word)))


_SKIPPED = """displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits thinspace medspace thickspace
    negthinspace negmedspace enspace enskip notag nonumber hline hfill hfil centering allowbreak nobreak noindent strut
    mathstrut normalsize small large Large LARGE huge tiny footnotesize scriptsize smallskip medskip bigskip mathopen
    mathclose mathbin mathrel mathord mathinner mathpunct mathop relax ensuremath xspace null nobreakspace break
    displaybreak goodbreak unicode par toprule midrule bottomrule boldmath unboldmath""".split()
_SKIPPED_WITH_ARGUMENT = """label tag require vspace color cssId class htmlClass htmlId cline intertextsep
    addtocounter setcounter vphantomx kern hskip vskip mkern mskip rule raisebox arraycolsep
    definecolor""".split()
INTERTEXT = r"\intertext"  # words from here to the end of the row
_TEXT = "text|textrm|textit|textsf|texttt|textup|textnormal|textmd|textsc|mbox|hbox|intertext|shortintertext"
_KNOWN = "|".join(sorted(name for name in v.WORDS if name.isalpha()))
_WORD_FONTS = (  # bold letters in a row are vectors, unless they are the name of a function
    "operatorname|operatornamewithlimits|mathrm|mathsf|mathit|mathtt|mathnormal|rm|sf|it|tt"
    rf"|bf(?=\s+(?:{_KNOWN})(?![A-Za-z]))|mathbf(?=\s*\{{\s*(?:{_KNOWN})\s*\}})"
)
_ARGUMENT = r"\{(?:[^{}]|\{[^{}]*\})*+\}"
_PLAIN_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9 ]|\\[,;:!\ ]|\\(?=m(?:ax|in))|(?<=[a-z]{2})-(?=[A-Za-z]{2}))*?"
_BRACKET = r"(?=\s*(?:\\left\s*|\\[bB]igg?l?\s*)?(?:[(\[{_^]|\\\{))"

_TOKEN = re.compile(
    rf"""
    (?P<skip>(?:\s|%[^\n]*|~|\\[,;:!>/\ \n\t]|\\(?:{_alternatives(_SKIPPED)})(?![A-Za-z])
        |\\textcircled\s*(?:\{{\s*\w{{1,2}}\s*\}}|\d)  # the mark of a step
        |\\(?:{_alternatives(_SKIPPED_WITH_ARGUMENT)})\*?\s*(?:\[[^\[\]]*\]\s*(?=\{{))?(?:{_ARGUMENT}|-?[\d.]+\s*[a-z]{{2}}))+)
  | (?P<letter>
        (?:(?<![A-Za-z\\])|(?<=[_^][A-Za-z]))(?:
            (?:{_alternatives(v.ALWAYS_WORDS)})(?![A-Za-z])
          | (?:{_alternatives(v.BRACKET_WORDS)})(?![A-Za-z]){_BRACKET})
      | (?:(?<![A-Za-z\\])|(?<=(?<![A-Za-z\\])d))(?:{_alternatives(v.QUANTITIES)})(?![A-Za-z])
      | (?<=(?<![A-Za-z\\])[A-Za-z])(?:log|ln|exp|tanh)(?![A-Za-z]){_BRACKET}  # y log(p), without the space
      | [A-Za-z](?![\u0300-\u036f\u20d7]))
  | (?P<plain>\.\.\.|(?<![_^])(?:[-+]=(?!=)|->)|\.\.|:\s*=|==>|==|=>|<=>|<=|>=|!=|=:|[-+=()\[\]{{}}&^_,;:'!*/<>|.])
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<break>\\\\\*?(?:\s*\[\s*-?[\d.]+\s*[a-z]{{2}}\s*\])?|\\(?:newline|cr|tabularnewline)(?![A-Za-z]))
  | (?P<quad>\\q?quad(?![A-Za-z])|\\hspace\*?\s*\{{[^{{}}]*\}}|\\hskip\s*[\d.]+\s*[a-z]{{2}})
  | \\(?P<word>{_WORD_FONTS})(?![A-Za-z])\*?(?:\s*\{{\s*(?P<braced>{_PLAIN_WORD})\s*\}}
        |(?<=\\rm|\\it|\\tt|\\sf|\\bf)\s+(?P<run>[A-Za-z]+)|\s+(?P<single>[A-Za-z])(?![A-Za-z]))
  | \\text(?:rm)?\s+(?P<lone>[A-Za-z])(?![A-Za-z])
  | \\(?P<text>{_TEXT})(?![A-Za-z])\s*(?=\{{)
  | \\(?P<ref>eqref|ref|cite|citep|citet|autoref|cref|footnote)\s*(?:\[[^\[\]]*\])?\s*\{{(?P<target>[^{{}}]*)\}}
  | (?P<environment>\\(?P<side>begin|end)\s*\{{\s*(?P<name>[A-Za-z]+)\*?\s*\}}
        (?:(?<=array\}})(?:\s*\[[tbc]\])?\s*{_ARGUMENT}|(?:(?<=at\}})|(?<=at\*\}}))\s*\{{\d*\}}|\s*\[[tbc]\])?)
  | \\(?P<size>left|right|middle|[bB]igg?[lrm]?)(?![A-Za-z])\s*
        (?P<delimiter>\\[A-Za-z]+|\\[{{}}|]|[^A-Za-z0-9\s\\])?
  | (?P<not>\\not\s*(?P<negated>=|\\in|\\equiv|\\eq)(?![A-Za-z]))
  | (?P<colored>\\(?:(?:textcolor|colorbox)(?:\s*\[[^\[\]]*\](?=\s*\{{))?
        |fcolorbox\s*\{{[^{{}}]*\}}|bbox(?=\s*\[))\s*(?:\{{[^{{}}]*\}}|\[[^\[\]]*\]))
  | (?P<command>\\[A-Za-z]+|\\.)
  | (?P<parameter>\#\d)
  | (?P<raised>[{"".join(v.SUPERSCRIPTS)}]+)
  | (?P<lowered>[{"".join(v.SUBSCRIPTS)}]+)
  | (?P<script>[\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]+)
  | (?P<accented>[A-Za-z\u0370-\u03ff][\u0300-\u036f\u20d7])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"~|\\[,;:> ]")
_EMS = {r"\,": 3 / 18, r"\:": 4 / 18, r"\>": 4 / 18}  # the others have a quarter of an em and more
_TAG = re.compile(r"\(\d{1,3}[a-z]?\)\s*(?:\\\\|$)")  # the number of a row, set by hand
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:\\,\d{3})+(?!\d)")  # 1\,000
_COMMA = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")  # 1,000
_BRACES = re.compile(r"\\.|[{}$]", re.DOTALL)
_MACRO_DEFINITIONS = frozenset(r"\newcommand \renewcommand \providecommand \def \gdef \edef \xdef \let "
                               r"\DeclareMathOperator \DeclarePairedDelimiter".split())  # fmt: skip
_COMBINING = {"\u0302": "hat", "\u0304": "bar", "\u0305": "bar", "\u0303": "tilde", "\u0307": "dot",
              "\u0308": "ddot", "\u20d7": "vec", "\u030c": "check"}  # fmt: skip
_STYLES = (("BOLD", r"\mathbf"), ("DOUBLE-STRUCK", r"\mathbb"), ("SCRIPT", r"\mathcal"), ("FRAKTUR", r"\mathfrak"))


def word(content: str, command: str = "text") -> str:
    """The canonical token of a word set in an upright font."""
    content = re.sub(r"\\[,;:! ]|\\(?=[A-Za-z])", " ", content)
    content = " ".join(content.split())
    if content.replace(" ", "") in ("argmax", "argmin"):
        return "\\" + content.replace(" ", "")
    known = v.WORDS.get(content)
    if known and known[0] == "\\":
        return known
    if content == "e":
        return "e"
    if len(content) == 1 and command in ("mathit", "mathnormal", "it"):
        return content
    return f"\\{'operatorname' if command.startswith('operatorname') else 'text'}{{{content}}}"


def _in_list(tokens: Sequence[Token]) -> bool:
    """Whether a comma may part items here: in brackets, a script, or behind another item."""
    depth = sum((t.text in "([" or t.text == r"\{") - (t.text in ")]" or t.text == r"\}") for t in tokens)
    script = len(tokens) > 1 and tokens[-1].text == "{" and tokens[-2].text in "_^"
    return depth > 0 or script or (bool(tokens) and tokens[-1].text == ",")


def tokenize(source: str, start: int, end: int, macros: Mapping[str, Macro]) -> list[Token]:
    """The tokens of ``source[start:end]``, macros expanded; raises ReadError."""
    macros = dict(macros)
    tokens = _lex(source, start, end, macros)
    if macros and not macros.keys().isdisjoint(token.text for token in tokens):
        tokens = _expand(tokens, macros)
    return tokens


def _is_wide(space: str, source: str, stop: int, end: int) -> bool:
    r"""Whether spaces part two equations, as ``\quad`` does: ``a = b ~~~~~ c = d``; or a formula from its (3)."""
    spaces = _SPACE.findall(space)
    if not spaces:
        return False
    rest = source[stop:end]
    wide = sum(_EMS.get(s, 1 / 4) for s in spaces) >= 1
    return bool(_TAG.match(rest)) or (wide and "=" in rest.partition(r"\\")[0])


def _lex(source: str, start: int, end: int, macros: dict[str, Macro]) -> list[Token]:
    tokens: list[Token] = []
    append = tokens.append
    match = _TOKEN.match
    boxes = False  # the text boxes of LaTeX hold their mathematics between dollars
    at = start
    while at < end:
        found = match(source, at, end)
        assert found is not None
        kind = found.lastgroup
        stop = found.end()
        text = found[0]
        if kind == "skip":
            if _is_wide(text, source, stop, end):
                append(Token(r"\quad", at, stop))
        elif kind == "letter":
            if stop - at > 1:
                known = v.WORDS.get(text, text)
                text = known if known[0] == "\\" else f"\\text{{{text}}}"
            append(Token(text, at, stop))
        elif kind == "plain":
            if text[0] == ":" and stop - at > 1:
                text = ":="
            append(Token(r"\ldots" if text == "..." else text, at, stop))
        elif kind == "number":
            if stop - at > 1 and _takes_one_digit(tokens):
                text, stop = text[0], at + 1
            elif grouped := _THOUSANDS.match(source, at, end):
                text, stop = re.sub(r"\D", "", grouped[0]), grouped.end()
            elif _COMMA.match(source, at, end) and not _in_list(tokens):
                raise ReadError(
                    "E102", "whether this comma parts thousands or decimals is not clear", Span(at, stop + 4)
                )
            append(Token(text, at, stop))
        elif kind == "command" and text in _MACRO_DEFINITIONS:
            stop = definition_at(source, at, end, macros) or stop
        elif kind == "command":
            append(Token(text if text in macros else v.SPELLINGS.get(text, text), at, stop))
            boxes = boxes or text in (r"\fbox", r"\framebox")
        elif kind == "break":
            append(Token(r"\\", at, stop))
        elif kind == "quad":
            append(Token(r"\quad", at, stop))
        elif found["size"]:
            stop = _sized(tokens, found)
        elif found["word"]:
            append(Token(word(found["braced"] or found["run"] or found["single"], found["word"]), at, stop))
        elif kind == "text":
            stop = _text(tokens, source, at, stop, end, macros, found["text"])
        elif kind == "lone":
            append(Token(rf"\text{{{found['lone']}}}", at, stop))
        elif kind == "target":
            append(Token(rf"\text{{({found['target']})}}", at, stop))
        elif found["environment"]:
            append(Token(rf"\{found['side']}{{{found['name']}}}", at, stop))
        elif found["not"]:
            append(Token(v.NOT[found["negated"]], at, stop))
        elif text == "$" and boxes:
            pass
        elif kind == "colored":
            boxes = True
            append(Token(r"\bbox" if "bbox" in text else r"\textcolor", at, stop))
        elif kind in ("raised", "lowered"):
            table = v.SUPERSCRIPTS if kind == "raised" else v.SUBSCRIPTS
            inner = "".join(table[c] for c in text)
            pieces = ["^" if kind == "raised" else "_", "{", *re.findall(r"\d+|.", inner), "}"]
            tokens.extend(Token(piece, at, stop) for piece in pieces)
        elif kind == "script":
            append(Token(rf"\text{{{text}}}", at, stop))
        elif kind == "accented":
            _accented(tokens, text, at, stop)
        elif kind == "parameter":
            append(Token(text, at, stop))
        else:
            _foreign(tokens, text, at, stop)
        at = stop
    return tokens


def _takes_one_digit(tokens: list[Token]) -> bool:
    r"""Whether TeX takes a single digit here as an argument: ``x^10``, ``\frac12``."""
    last = tokens[-1].text if tokens else ""
    if last in ("_", "^") or last in v.FRACTIONS:
        return True
    return len(tokens) > 1 and len(last) == 1 and tokens[-2].text in v.FRACTIONS


def _sized(tokens: list[Token], found: re.Match[str]) -> int:
    r"""``\left(``, ``\bigr|``, ``\right.``: the delimiter alone, with bars and dots made to open or close.

    Returns where it ends; a size before something that is no bracket is dropped.
    """
    size, delimiter = found["size"], found["delimiter"]
    place = Span(found.start(), found.end())
    if delimiter is not None:
        delimiter = v.UNICODE.get(delimiter, delimiter)
    if delimiter not in v.DELIMITERS:
        if size in ("left", "right", "middle"):
            raise ReadError("E103", rf"\{size} is not followed by a bracket", place)
        return found.end("size")
    opens, closes = size == "left" or size.endswith("l"), size == "right" or size.endswith("r")
    bar = v.BARS.get(delimiter)
    if bar and (opens or closes):
        delimiter = ("\\l" if opens else "\\r") + ("vert" if bar == "|" else "Vert")
    elif bar and size == "middle":
        delimiter = r"\mid" if bar == "|" else r"\Mid"
    elif delimiter in "<>" and (opens or closes):
        delimiter = r"\langle" if delimiter == "<" else r"\rangle"
    elif delimiter == "." and size in ("left", "right"):
        delimiter = rf"\{size}."
    tokens.append(Token(delimiter, place.start, place.end))
    return place.end


def _text(
    tokens: list[Token], source: str, at: int, brace: int, end: int, macros: dict[str, Macro], command: str
) -> int:
    r"""``\text{...}`` from its opening brace, with the formulas between dollars inside it; returns where it ends."""
    depth, piece, dollars = 0, brace + 1, False
    if command.endswith("intertext"):
        tokens += (Token(r"\\", at, at + 1), Token(INTERTEXT, at, at + 1))
    for found in _BRACES.finditer(source, brace, end):
        mark, here = found[0], found.start()
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth -= 1
        if mark == "$" or depth == 0:
            if dollars:
                tokens.extend(_lex(source, piece, here, macros))
            elif source[piece:here].strip() or (depth == 0 and piece == brace + 1):
                # the whole command is the place of a text without formulas
                whole = depth == 0 and piece == brace + 1
                token = _text_token(source[piece:here], command)
                tokens.append(Token(token, at, here + 1) if whole else Token(token, piece, here))
            dollars, piece = not dollars, here + 1
        if depth == 0:
            if command.endswith("intertext"):
                tokens.append(Token(r"\\", here, here + 1))
            return here + 1
    raise ReadError("E104", rf"the brace after \{command} is never closed", Span(brace, brace + 1))


def _text_token(content: str, command: str = "text") -> str:
    stripped = content.strip()
    if stripped in v.WORDS or stripped in ("e", "argmax", "argmin"):
        return word(stripped, command)
    return rf"\text{{{content}}}"


def _accented(tokens: list[Token], text: str, at: int, stop: int) -> None:
    letter = v.UNICODE.get(text[0], text[0])
    accent = _COMBINING.get(text[1])
    if accent is None:
        raise ReadError("E101", f"the accent on {text[0]} is not known", Span(at, stop))
    tokens.extend(Token(piece, at, stop) for piece in ("\\" + accent, "{", letter, "}"))


def _foreign(tokens: list[Token], text: str, at: int, stop: int) -> None:
    """A character that is not ASCII, or has no meaning in mathematics."""
    known = v.UNICODE.get(text)
    if known == "''":
        tokens.extend((Token("'", at, stop), Token("'", at, stop)))
    elif known:
        tokens.append(Token(known, at, stop))
    elif text.isspace() or text in "\u200b\u2061\u2062\u2063\u2064\ufeff\u200c\u200d\ufe0e\ufe0f":
        return
    else:
        plain = unicodedata.normalize("NFKC", text)
        decomposed = unicodedata.normalize("NFD", text)
        name = unicodedata.name(text, "")
        if len(plain) == 1 and plain != text and (plain.isalpha() or plain.isdigit()):
            plain = v.UNICODE.get(plain, plain)
            font = next((command for mark, command in _STYLES if mark in name), "")
            pieces = (font, "{", plain, "}") if font else (plain,)
            tokens.extend(Token(piece, at, stop) for piece in pieces)
        elif len(decomposed) == 2 and decomposed[1] in _COMBINING:
            _accented(tokens, decomposed, at, stop)
        elif text.isalpha():
            tokens.append(Token(rf"\text{{{text}}}", at, stop))
        else:
            tokens.append(Token(text, at, stop))


def _expand(tokens: list[Token], macros: Mapping[str, Macro]) -> list[Token]:
    bodies: dict[str, list[Token]] = {}
    pending = tokens[::-1]
    done: list[Token] = []
    expansions = produced = 0
    while pending:
        token = pending.pop()
        if token.final or token.text not in macros:
            done.append(token)
            continue
        count, default, body = macros[token.text]
        place = Span(token.start, token.end)
        expansions += 1
        if expansions > MAX_EXPANSIONS or produced > MAX_EXPANDED_TOKENS:
            raise ReadError("E109", f"the macro {token.text} expands without end, or to too much", place)
        arguments, end = _arguments(pending, token, count, default)
        if token.text not in bodies:
            bodies[token.text] = _lex(body, 0, len(body), {})
        says_itself = re.search(re.escape(token.text) + r"(?![A-Za-z])", body) is not None
        expanded: list[Token] = []
        for piece in bodies[token.text]:
            if piece.text[0] == "#" and len(piece.text) == 2:
                number = int(piece.text[1])
                if not 1 <= number <= len(arguments):
                    raise ReadError("E113", f"the macro {token.text} has no argument {piece.text}", place)
                expanded.extend(arguments[number - 1])
            else:
                text = piece.text
                if "#" in text and text.startswith("\\text{"):
                    text = _text_token(_substitute(text[6:-1], arguments))
                # \newcommand{\argmax}{\operatorname{argmax}} means the known word
                expanded.append(Token(text, token.start, end, text == token.text and not says_itself))
        produced += len(expanded)
        if produced > MAX_EXPANDED_TOKENS:
            raise ReadError("E109", f"the macro {token.text} expands to too much", place)
        pending.extend(reversed(expanded))
    return done


def _substitute(text: str, arguments: list[list[Token]]) -> str:
    def written(token: Token) -> str:
        return token.text[6:-1] if token.text.startswith(r"\text{") else token.text

    def replace(found: re.Match[str]) -> str:
        number = int(found[1])
        return "".join(map(written, arguments[number - 1])) if 1 <= number <= len(arguments) else ""

    return re.sub(r"#(\d)", replace, text)


def _arguments(pending: list[Token], call: Token, count: int, default: str | None) -> tuple[list[list[Token]], int]:
    """Take the arguments of a macro off ``pending`` (a stack, next token last); also returns where the call ends."""
    arguments: list[list[Token]] = []
    end = call.end
    if count and default is not None:
        if pending and pending[-1].text == "[":
            pending.pop()
            argument, end = _until(pending, call, "]")
            arguments.append(argument)
        else:
            arguments.append([Token(t.text, call.start, call.end) for t in _lex(default, 0, len(default), {})])
    while len(arguments) < count:
        if not pending or pending[-1].text in ("}", "&", r"\\"):
            message = f"the macro {call.text} takes {count} argument{'s' if count > 1 else ''}, fewer are here"
            raise ReadError("E113", message, Span(call.start, call.end))
        token = pending.pop()
        if token.text == "{":
            argument, end = _until(pending, call, "}")
            arguments.append(argument)
            continue
        if token.text[0].isdigit() and len(token.text) > 1:
            pending.append(Token(token.text[1:], token.start + 1, token.end))
            token = Token(token.text[0], token.start, token.start + 1)
        arguments.append([token])
        end = token.end
    return arguments, max(call.end, end)


def _until(pending: list[Token], call: Token, closer: str) -> tuple[list[Token], int]:
    taken: list[Token] = []
    depth = 0
    while pending and len(taken) < _MAX_MACRO_ARGUMENT:
        token = pending.pop()
        if depth == 0 and token.text == closer:
            return taken, token.end
        depth += (token.text == "{") - (token.text == "}")
        taken.append(token)
    raise ReadError("E113", f"an argument of the macro {call.text} is never closed", Span(call.start, call.end))

r"""Formulas, code and comments in marked-up text (Markdown, notebooks, HTML), found before the markup is read.

Markup and mathematics use the same characters (``_``, ``*``, ``\\``, ``=`` under a line), so what belongs to a formula
is found first, and a *masked* text of the same length, in which every find is a run of one private character, goes on
to the reader of the markup: it cannot misread mathematics, and every offset stays the author's. This module must never
read markup beyond what hides or delimits a formula.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from dataclasses import dataclass, field

from symderiv.diagnostics import Diagnostic
from symderiv.document import Block, Code, CodeBlock, Directive, Display, Inline, InlineMath, Reference, Span
from symderiv.reader.containers import formulas
from symderiv.reader.containers.alone import states
from symderiv.reader.containers.macros import COMMANDS, PATIENCE, Macro, definition_at

FOUND = "\ue000"
BREAK = "break"
LONGEST_INLINE = 4000
BLOCK_TAGS = frozenset(
    "p div center section article header footer main aside nav ul ol li dl dt dd table tr td th thead tbody br hr "
    "blockquote figure figcaption details summary h1 h2 h3 h4 h5 h6 body html head form".split()
)

_DISPLAYS = formulas.DISPLAY_ENVIRONMENTS | formulas.BARE_ENVIRONMENTS.keys()
_ENVIRONMENTS = "|".join(sorted((re.escape(name) for name in _DISPLAYS), key=len, reverse=True))
_FENCE = r"^[ \t>]*(?:[-*+][ \t]+|\d{1,9}[.)][ \t]+)?(`{3,}|~{3,})([^\n]*)$"
_LIQUID = r"\{%[^%]{0,1000}%\}|\{\{[^{}\n]{0,300}\}\}"
_HTML_TOKENS = (
    r"(?P<comment><!--)|(?P<tag></?[A-Za-z][^<>]{0,1000}>|<[!?][^<>]{0,1000}>)|(?P<double>\$\$)|(?P<dollar>\$)"
    rf"|\\begin\s*\{{(?P<environment>{_ENVIRONMENTS})\}}|\\(?P<definition>(?:{'|'.join(sorted(COMMANDS))})(?![A-Za-z@]))"
    r"|(?P<bracket>\\\[)|(?P<paren>\\\()|\\(?:eq|[cC]|auto)?ref\s*\{(?P<reference>[^{}\n]{1,200})\}|(?P<escape>\\.)"
)
_HTML = re.compile(_HTML_TOKENS, re.M)
_MARKDOWN = re.compile(
    rf"(?P<fence>{_FENCE})|(?P<gitlab>\$`)|(?P<code>`+)|(?P<mdx>\{{/\*)|(?P<liquid>{_LIQUID})|(?P<bracket2>\\\\\[)|(?P<paren2>\\\\\()"
    rf"|{_HTML_TOKENS}",
    re.M,
)
_CLOSERS = {"double": r"(?<!\\)\$\$", "bracket": r"(?<!\\)\\[\[\]]", "bracket2": r"\\\\[\[\]](?!\d)", "gitlab": r"`\$"}
_MATHEMATICAL_SIGN = re.compile(r"[\\^_=<>{}+|]|^[A-Za-z][\w']{0,2}$")
_LOOKS_MATHEMATICAL = re.compile(r"[\\^_=<>{}+/|&]|^\W*\w{1,3}\W*$")
_ENTITY = re.compile(r"&(?:amp|lt|gt|nbsp|quot|apos|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
_TAG_IN_FORMULA = re.compile(r"</?(?:br|p|em|strong|i|b|span|div|sub|sup|li)(?:\s+[a-z-]+=\"[^\"<>]*\")*+\s*/?>", re.I)
_QUOTE_MARKS = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.M)
_ESCAPED = re.compile(r"(?:\\[!-/:-@\[-`{-~])+")
_ESCAPED_SCRIPT = re.compile(r"\\(?:text\w*|mathrm|mathtt|texttt|operatorname)\s*\{[^{}]*\}|\\\\|\\[_*]")
_FOUR = re.compile(r"(?<!\\)\\{4}(?!\\)")
_TWO = re.compile(r"(?<!\\)\\{2}(?![\\A-Za-z])")
_COMMON = r"(?:frac|partial|sum|begin|left|log|exp|text|mathbf|sigma|delta|theta|hat)(?![a-z])"
_TWO_LETTERS = re.compile(r"(?<!\\)\\{2}" + _COMMON)
_ONE = re.compile(r"(?<!\\)\\" + _COMMON)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*(?::[^\s<>]*|@[^\s<>]*)>")
_DOUBLE = re.compile(r"\$\$[^$\n]*+\$\$|<!--[^\n]*?-->")
_BEGINS_ENVIRONMENT = re.compile(rf"\s*\\begin\{{(?:{_ENVIRONMENTS})\}}")
_BY_LINES = re.compile(r"[ \t\r]*\n.*\n[ \t>]*", re.S)  # each sign at the edge of a line of its own
_SHORTCODE = re.compile(r"\{\{<\s*(katex|math|latex)\b([^<>]*)>\}\}")  # Hugo's
_MATH_SCRIPT = re.compile(r"""<script\b[^<>]*\btype\s*=\s*["']?math/tex(\s*;\s*mode\s*=\s*display)?""", re.I)
_ATTRIBUTE_LINE = re.compile(r"\s*^:[a-z]+:[ \t]*([^\n]*)$", re.M)


@dataclass(slots=True)
class Find:
    """``node`` is what was found, ``BREAK`` the end of a paragraph, None nothing to print; ``tag`` an HTML tag."""

    start: int
    end: int
    node: Inline | Block | str | None = None
    tag: str = ""


@dataclass(slots=True)
class _Formula:
    """A formula before it is known how the document writes its formulas; ``start`` to ``end`` with delimiters."""

    kind: str
    start: int
    inside: int
    close: int
    end: int
    label: str | None = None


@dataclass
class Mask:
    """The finds in ``text``, by where they start. Call ``scan`` for each part of the text, then ``finish`` once."""

    text: str
    markdown: bool = True
    dollars: bool = True
    macros: dict[str, Macro] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)
    finds: dict[int, Find] = field(default_factory=dict)
    masked: str = ""
    _formulas: list[_Formula] = field(default_factory=list)
    _unfinished: int = 0
    _ticks: dict[int, list[int]] = field(default_factory=dict)
    _no_more: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if self.markdown:
            for run in re.finditer("`+", self.text):
                self._ticks.setdefault(len(run[0]), []).append(run.start())

    def scan(self, start: int, end: int) -> None:
        """Find what is in this part; nothing reaches beyond its end."""
        tokens = _MARKDOWN if self.markdown else _HTML
        while token := tokens.search(self.text, start, end):
            start = self._take(token, end)

    def finish(self) -> str:
        """The masked text: every find is a run of ``FOUND``."""
        inline = sum(formula.kind in ("dollar", "paren", "gitlab", "paren2") for formula in self._formulas)
        going_on = [formula for formula in self._formulas if self._goes_on(formula)]
        named = any(not states(self.text[formula.inside : formula.close]) for formula in going_on)
        kramdown = named and len(going_on) > inline  # who writes $$x$$ for a symbol in the text
        inside = [self.text[formula.inside : formula.close] for formula in self._formulas]
        doubled = any(map(_FOUR.search, inside)) and not any(map(_TWO.search, inside))
        doubled |= any(map(_TWO_LETTERS.search, inside)) and not any(map(_ONE.search, inside))
        for formula in self._formulas:
            self._settle(formula, kramdown, doubled and self.markdown)
        pieces, done = [], 0
        for start in sorted(self.finds):
            find = self.finds[start]
            pieces += [self.text[done:start], FOUND * (find.end - start)]
            done = find.end
        self.masked = "".join([*pieces, self.text[done:]])
        return self.masked

    def put(self, start: int, end: int, node: Inline | Block | str | None = None, tag: str = "") -> int:
        self.finds[start] = Find(start, end, node, tag)
        return end

    # Tokens

    def _take(self, token: re.Match[str], end: int) -> int:
        start, kind = token.start(), token.lastgroup or ""
        if self.markdown and token["fence"] is not None:
            return self._fence(token, end)
        match kind:
            case "comment":
                return self._comment(start, start + 4, "-->", end)
            case "mdx":
                return self._comment(start, start + 3, "*/}", end)
            case "tag":
                return self._tag(token, end)
            case "code":
                return self._code(token, end)
            case "liquid":
                return self._liquid(token, end)
            case "reference":
                return self.put(start, token.end(), Reference(token["reference"].strip(), Span(*token.span())))
            case "escape":
                return token.end()
            case "definition":
                after = definition_at(self.text, start, end, self.macros) if self._unfinished < PATIENCE else None
                self._unfinished += after is None
                return self.put(start, after) if after else token.end()
            case "environment":
                return self._environment(token, end)
            case "dollar":
                return self._dollar(start, end) if self.dollars else token.end()
            case "paren" | "paren2":
                return self._paren(token, end)
            case _:
                return self._display(token, kind, end)

    def _formula(self, kind: str, start: int, inside: int, close: int, after: int) -> int:
        self._formulas.append(_Formula(kind, start, inside, close, after))
        return after

    def _find(self, pattern: str, start: int, end: int) -> re.Match[str] | None:
        """The next match; one failure is remembered, so that a text full of openers is read once."""
        if (pattern, end) in self._no_more:
            return None
        found = re.compile(pattern).search(self.text, start, end)
        if found is None:
            self._no_more.add((pattern, end))
        return found

    def _problem(self, message: str, start: int, end: int) -> int:
        if len(self.problems) < 200:
            self.problems.append(Diagnostic("E141", message, Span(start, end)))
        return end

    def _display(self, token: re.Match[str], kind: str, end: int) -> int:
        start, inside = token.span()
        found = self._find(_CLOSERS[kind], inside, end)
        if found is None or found[0].endswith("["):
            line = self.text[inside:end].partition("\n")[0]
            reads = kind == "double" or (re.search(r"[\\^_=]", line) and "]" not in line)  # and no bracket in the text
            return (
                self._problem(f"the formula that {token[0]} begins is not closed", start, inside) if reads else inside
            )
        content = self.text[inside : found.start()]
        if formulas.runs_on(content):
            return self._problem(f"the formula that {token[0]} begins is not closed", start, inside)
        if (
            kind != "double"
            and self.markdown
            and (not _LOOKS_MATHEMATICAL.search(content) or formulas.is_prose(content))
        ):
            return inside
        return self._formula(kind, start, inside, found.start(), found.end())

    def _environment(self, token: re.Match[str], end: int) -> int:
        name = token["environment"]
        found = self._find(rf"\\end\s*\{{{re.escape(name)}\}}", token.end(), end)
        if found is None:
            return self._problem(rf"the formula that \begin{{{name}}} begins is not closed", *token.span())
        return self._formula("environment", token.start(), token.start(), found.end(), found.end())

    def _paren(self, token: re.Match[str], end: int) -> int:
        start, inside = token.span()
        pattern = r"\\\)" if token.lastgroup == "paren" else r"\\\\\)"
        found = re.compile(pattern).search(self.text, inside, min(end, inside + LONGEST_INLINE))
        if found is None:
            return inside
        content = self.text[inside : found.start()]
        if formulas.BLANK_LINE.search(content) or not _LOOKS_MATHEMATICAL.search(content.strip()):
            return inside
        return self._formula(token.lastgroup or "", start, inside, found.start(), found.end())

    def _dollar(self, start: int, end: int) -> int:
        """``$...$`` if it is a formula and not money: nothing blank beside the signs, or mathematics between them."""
        inside = start + 1
        limit = min(end, inside + LONGEST_INLINE)
        gap = formulas.BLANK_LINE.search(self.text, inside, limit)
        close = _closing_dollar(self.text, inside, gap.start() if gap else limit)
        if close is None or close == inside:
            return inside
        content = self.text[inside:close]
        tight = not content[0].isspace() and not content[-1].isspace()
        if self.text[close + 1 : close + 2].isdigit() and content[:1].isdigit():
            return inside
        if tight and (_LOOKS_MATHEMATICAL.search(content) or not formulas.is_prose(content)):
            return self._formula("dollar", start, inside, close, close + 1)
        doubled = self.text.startswith("$", close + 1)
        if not tight and not doubled and _MATHEMATICAL_SIGN.search(content.strip()) and not formulas.is_prose(content):
            return self._formula("dollar", start, inside, close, close + 1)
        return inside

    def _comment(self, start: int, inside: int, closer: str, end: int) -> int:
        found = self._find(re.escape(closer), inside, end)
        if found is None:
            return inside
        said = [line.strip() for line in self.text[inside : found.start()].split("\n")]
        if not any(line.startswith("symderiv:") for line in said[:2]):
            return self.put(start, found.end())
        if "".join(said) == "symderiv:":
            return self.put(start, found.end(), Directive("", Span(start, found.end())))
        line = start
        for text in self.text[start : found.end()].split("\n"):
            content = text.strip().removeprefix(self.text[start:inside]).removesuffix(closer).strip()
            content = content.removeprefix("symderiv:").strip()
            at = line + text.find(content)
            if text:
                self.put(line, line + len(text), Directive(content, Span(at, at + len(content))) if content else None)
            line += len(text) + 1
        return found.end()

    def _tag(self, token: re.Match[str], end: int) -> int:
        start, inside = token.span()
        if _AUTOLINK.match(token[0]):
            return inside
        name = re.split(r"[\s/>]", token[0].lstrip("</"), maxsplit=1)[0].lower()
        if name in ("script", "style", "pre", "code", "textarea", "svg", "math") and token[0][1] != "/":
            found = self._find(rf"(?i:</{name}\s*>)", inside, end)
            if (
                found is not None
                and self.markdown
                and self.text[self.text.rfind("\n", 0, start) + 1 : start].strip(" >")
            ):
                gap = formulas.BLANK_LINE.search(self.text, inside, found.start())
                found = None if gap else found  # in the middle of a line it opens no block, and ends with its paragraph
            if found is None:
                return self.put(start, inside)
            content = self.text[inside : found.start()]
            script = _MATH_SCRIPT.match(token[0])
            if script:
                kind = "script display" if script[1] else "script"
                return self._formula(kind, start, inside, found.start(), found.end())
            node: Inline | Block | None = None
            if name == "pre":
                plain = re.sub(r"</?[A-Za-z][^<>]*>", "", content)
                node = CodeBlock(html.unescape(plain).strip("\r\n"), "", Span(start, found.end()))
            elif name == "code":
                node = Code(html.unescape(content), Span(start, found.end()))
            return self.put(start, found.end(), node)
        return self.put(start, inside, BREAK if name in BLOCK_TAGS else None, token[0])

    def _code(self, token: re.Match[str], end: int) -> int:
        length = len(token[0])
        runs = self._ticks.get(length, [])
        following = bisect_left(runs, token.end())
        close = runs[following] if following < len(runs) else end
        if close + length > end or formulas.BLANK_LINE.search(
            self.text, token.end(), min(close, token.end() + LONGEST_INLINE)
        ):
            return token.end()
        text = self.text[token.end() : close].replace("\n", " ")
        return self.put(token.start(), close + length, Code(text.strip() or text, Span(token.start(), close + length)))

    def _fence(self, token: re.Match[str], end: int) -> int:
        marks, language = re.match(_FENCE, token[0], re.M).groups()  # type: ignore[union-attr]
        opening = token.end() - len(language) - len(marks)
        if marks[0] == "`" and "`" in language:
            return self._code(re.compile("`+").match(self.text, opening), end)  # type: ignore[arg-type]
        found = self._find(rf"(?m:^[ \t>]*{marks[0]}{{{len(marks)},}}[ \t\r]*$)", token.end(), end)
        close, after = (found.start(), found.end()) if found else (end, end)
        inside = min(token.end() + 1, close)
        word = language.strip().split(" ")[0].strip("{}.")
        stray = found is None or re.search(rf"(?m:^[ \t>]*{marks}[ \t]*[A-Za-z{{])", self.text[inside:close])
        if not word and stray:
            return self.put(opening, token.end())
        if word == "math":
            formula = _Formula("fence", opening, inside, close, after)
            while attribute := _ATTRIBUTE_LINE.match(self.text, formula.inside, close):
                if self.text[attribute.start() : attribute.start(1)].strip() == ":label:":
                    formula.label = attribute[1].strip()
                formula.inside = attribute.end()
            self._formulas.append(formula)
            return after
        return self.put(opening, after, CodeBlock(self.text[inside:close].rstrip("\r\n"), word, Span(opening, after)))

    def _liquid(self, token: re.Match[str], end: int) -> int:
        """A site generator's tag prints nothing here, but it may begin a formula or a listing."""
        start, inside = token.span()
        found = None
        if shortcode := _SHORTCODE.match(token[0]):
            found = self._find(rf"\{{\{{<\s*/{shortcode[1]}\s*>\}}\}}", inside, end)
            content = self.text[inside : found.start()] if found else "$"
            if found and "$" not in content and r"\[" not in content and r"\(" not in content:
                display = "display" in shortcode[2] or _BY_LINES.fullmatch(content)
                return self._formula("bracket" if display else "paren", start, inside, found.start(), found.end())
            return self.put(start, inside)
        if re.match(r"\{%-?\s*highlight\b", token[0]):
            found = self._find(r"\{%-?\s*endhighlight\s*-?%\}", inside, end)
        if found is None:
            return self.put(start, inside)
        text = self.text[inside : found.start()].strip("\r\n")
        return self.put(start, found.end(), CodeBlock(text, "", Span(start, found.end())))

    # From regions to formulas

    def _around(self, formula: _Formula) -> tuple[str, str]:
        """What stands before and after in the same line, as far as it matters."""
        before = self.text[max(0, formula.start - 200) : formula.start]
        return before.rpartition("\n")[2], self.text[formula.end : formula.end + 200].partition("\n")[0]

    def _in_line(self, formula: _Formula) -> bool:
        """Whether ``$$...$$`` stands in one line with other text, which some dialects use for formulas in the text.

        Another formula or a comment is no text."""
        if formula.kind != "double" or not self.markdown or "\n" in self.text[formula.inside : formula.close]:
            return False
        before, after = (_DOUBLE.sub("", text).replace("$$", "") for text in self._around(formula))
        return bool(before.strip(" \t>*-+0123456789.)") or after.strip(" \t\r.,;:*"))

    def _goes_on(self, formula: _Formula) -> bool:
        """Whether the sentence goes on in its line; what ends a line, or fills a cell of a table, may be displayed."""
        after = _DOUBLE.sub("", self._around(formula)[1]).lstrip(" \t\r.,;:*")
        return self._in_line(formula) and bool(after) and after[0] not in "|<"

    def _settle(self, formula: _Formula, kramdown: bool, doubled: bool) -> None:
        text, start = self.text, formula.inside
        latex = text[start : formula.close]
        if "\n" in latex and self.markdown and _QUOTE_MARKS.match(self._around(formula)[0]):
            head, rest = latex.split("\n", 1)
            latex = head + "\n" + _QUOTE_MARKS.sub(lambda m: formulas.blank(m[0]), rest)
        raw = formula.kind in ("fence", "script", "script display", "gitlab")
        if not raw:
            latex = _ENTITY.sub(lambda m: html.unescape(m[0]).replace("\u00a0", " ").ljust(len(m[0])), latex)
            latex = _TAG_IN_FORMULA.sub(lambda m: formulas.blank(m[0]), latex)
        if (doubled and not raw) or formula.kind in ("paren2", "bracket2"):
            latex = _ESCAPED.sub(lambda m: m[0][1::2].rjust(len(m[0])), latex)
        elif self.markdown and not raw and ("\\_" in latex or "\\*" in latex):
            latex = _ESCAPED_SCRIPT.sub(lambda m: " " + m[0][1] if m[0] in ("\\_", "\\*") else m[0], latex)
        display = formula.kind in ("environment", "bracket", "bracket2", "fence", "script display")
        if formula.kind == "double":
            display = not (kramdown and self._in_line(formula))
        elif formula.kind == "dollar":
            display = bool(_BY_LINES.fullmatch(latex) or _BEGINS_ENVIRONMENT.match(latex))
        node: Display | InlineMath | None = None
        if display:
            node = formulas.display(latex, start, self.macros)
            if node and formula.label:
                node = Display(node.latex, node.span, node.environment, formula.label, node.tag)
        else:
            node = formulas.inline(latex, start, self.macros)
        self.put(formula.start, formula.end, node)


def _closing_dollar(text: str, start: int, end: int) -> int | None:
    r"""The first ``$`` outside braces, as in ``$a \text{ if $b$}$``, or else the first ``$``."""
    depth, first = 0, None
    for mark in re.compile(r"\\.|[${}]", re.S).finditer(text, start, end):
        if mark[0] == "$":
            if depth <= 0:
                return mark.start()
            first = mark.start() if first is None else first
        elif mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
    return first

r"""One expression: a recursive-descent (Pratt) parser from a matched line of tokens to a syntax tree.

Strict: what it does not understand is a ReadError that names the construct and its place, never a guess; abuse that a
reader forgives is forgiven with a warning. This module must never give a symbol a meaning.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax as x
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.structure import MAX_DEPTH, MAX_DIGITS, Line, too_long

STOP = frozenset({"", "}", ",", ";", "&", r"\\", r"\mid", r"\Mid", r"\parallel", r"\over", r"\quad", r"\end", "|",
                   r"\vert", r"\|", r"\Vert"}) | v.SIGNS | v.RELATIONS.keys() | v.CLOSERS.keys()  # fmt: skip
ENDS = frozenset({"", "}", r"\end", r"\mid", r"\Mid", r"\parallel"}) | v.CLOSERS.keys()
_SCRIPTS = frozenset({"_", "^", "'", r"\prime", "!", "{"})
_MARKS = frozenset({"*", "+", "-", r"\pm", r"\ast", r"\star", r"\cdot", r"\circ", r"\bullet", ":", r"\odot", r"\times",
                    r"\otimes", r"\oplus", "<", ">", "/", r"\parallel", "'", r"\mid", "."})  # fmt: skip
_TRANSPOSES = frozenset({r"\intercal", r"\text{T}", r"\top", r"\mathsf{T}", r"\text{Tr}", r"\text{t}"})
DIFFERENTIALS = frozenset({"d", r"\text{d}", r"\operatorname{d}"})

MAX_SLASHES = 10
Construct = Callable[["Parser"], x.Node]
CONSTRUCTS: dict[str, Construct] = {}  # what a token, or a token up to its brace, starts; filled by ``constructs``


class Parser:
    """Parses a line (closed by an empty token); every public method raises ReadError."""

    __slots__ = ("depth", "end", "font", "i", "inside", "jump", "line", "start", "text", "warnings")

    def __init__(self, line: Line, warnings: list[Diagnostic], depth: int = 0) -> None:
        self.line = line
        self.text, self.start, self.end, self.jump = line.text, line.start, line.end, line.jump
        self.warnings = warnings
        self.depth = depth
        self.i = 0
        self.inside = 0
        self.font = ""

    # Entrances

    def side(self) -> x.Node:
        """The whole line as one side of a relation (possibly several items between commas)."""
        if self.line.size == 1 and self.text[0].startswith(r"\text{"):
            return x.Symbol(rf"\text{{{' '.join(self.text[0][6:-1].split())}}}", self.span(0, 1))
        if self.line.size == 1 and (self.text[0] in v.OPERATORS or self.text[0] in v.SIGNS):
            return x.Symbol(self.text[0], self.span(0, 1))  # an operator that is spoken of: $\odot$
        node = self.body()
        if self.text[self.i] == r"\over":
            raise self.error("E114", r"\over outside braces takes the whole line")
        return self._whole(node)

    def _whole(self, node: x.Node) -> x.Node:
        if self.text[self.i]:
            raise self.unexpected("an operator or the end")
        return node

    # Places and errors

    def span(self, a: int, b: int) -> Span:
        start, end = self.start[a], self.end[b - 1]
        if b > a and start <= self.start[b - 1]:
            return Span(start, end)
        return self.line.span(a, b)

    def error(self, code: str, message: str, at: int | None = None, help: str = "") -> ReadError:
        k = self.i if at is None else at
        return ReadError(code, message, Span(self.start[k], self.end[k]), help)

    def warn(self, code: str, message: str, a: int, b: int) -> None:
        self.warnings.append(Diagnostic(code, message, self.span(a, b)))

    def unexpected(self, wanted: str) -> ReadError:
        text = self.text[self.i]
        if not text:
            return self.error("E105", f"the formula ends where {wanted} should stand")
        if text in v.OPENERS:
            return self.error("E103", f"{text} is opened here and never closed")
        if text in v.CLOSERS:
            return self.error("E103", f"{text} closes nothing")
        if text in v.BARS or text in (r"\mid", r"\Mid", r"\parallel"):
            return self.error("E114", f"a single bar {text}: evaluation at a point and conditions outside brackets "
                                       "are not read")  # fmt: skip
        if text in v.REFUSED:
            return self.error("E114", f"{v.REFUSED[text]} ({text}) is not read")
        if text[0] == "\\" and text[1:].isalpha() and text not in CONSTRUCTS.keys() | v.OPERATORS.keys() | STOP:
            help = rf"define it: \newcommand{{{text}}}{{...}}"
            return self.error("E101", f"the command {text} is not known", help=help)
        if text.startswith(r"\begin{"):
            return self.error("E108", f"the environment {text[7:-1]} is not read inside a formula")
        shown = {r"\\": "a line break", "&": "an alignment mark &", r"\end": "the end of the environment"}
        if not text.isprintable():
            named = unicodedata.name(text[0], "a control character").lower()
            shown[text] = f"an invisible sign (U+{ord(text[0]):04X}, {named})"
        return self.error("E102", f"{shown.get(text, text)} stands where {wanted} should")

    # Sums, products, factors

    def body(self) -> x.Node:
        """What brackets, braces and scripts hold: relations, separated by , or ; and divided by one bar."""
        text, a = self.text, self.i
        first = a
        items: list[x.Node] = []
        separators: list[str] = []
        given: tuple[x.Node, str] | None = None
        while True:
            tok = text[self.i]
            if tok in v.RELATIONS:
                item: x.Node = x.Tuple((), (), Span(self.start[self.i], self.start[self.i]))
            else:
                item = self.sum()
                tok = text[self.i]
            if tok in v.RELATIONS:
                item = self._relations(item)
                tok = text[self.i]
            items.append(item)
            if tok in (",", ";"):
                self.i += 1
                if text[self.i] in ENDS:
                    tok = text[self.i]
                else:
                    separators.append(tok)
                    continue
            if tok in (r"\mid", r"\Mid", r"\parallel") and given is None and text[self.i + 1] not in ("_", "^"):
                given = self._pack(items, separators, first), "|" if tok == r"\mid" else r"\|"
                self.i += 1 + (tok == r"\Mid" == text[self.i + 1])
                items, separators, first = [], [], self.i
                continue
            break
        node = self._pack(items, separators, first)
        if given:
            return x.Given(given[0], node, given[1], self.span(a, self.i))
        return node

    def _pack(self, items: list[x.Node], separators: list[str], a: int) -> x.Node:
        return items[0] if len(items) == 1 else x.Tuple(tuple(items), tuple(separators), self.span(a, self.i))

    def _goes_on(self) -> bool:
        """Whether a letter follows without a gap."""
        tok, touching = self.text[self.i], self.start[self.i] == self.end[self.i - 1]
        return touching and (tok in v.SYMBOLS or (len(tok) == 1 and tok.isalpha()))

    def _relations(self, left: x.Node) -> x.Node:
        a, text = self.i, self.text
        rest: list[tuple[str, x.Node]] = []
        while text[self.i] in v.RELATIONS:
            relation = v.RELATIONS[text[self.i]]
            self.i += 1
            if relation == ">" and rest and rest[-1][0] == "<" and text[self.i] in ENDS and type(left) is x.Tuple:
                return x.Group(r"\langle", r"\rangle", rest[-1][1], self.span(a, self.i))  # the label ^{<t>}
            rest.append((relation, self.sum()))
        start = left.span.start if left.span.start <= self.start[a] else self.start[a]
        return x.Relation(left, tuple(rest), Span(start, max(self.span(a, self.i).end, left.span.end)))

    def sum(self) -> x.Node:
        text, a = self.text, self.i
        tok = text[a]
        if tok not in v.SIGNS:
            node = self.product()
            tok = text[self.i]
            if tok not in v.SIGNS and not self._signed_inside():
                return node
            terms = [("+", node)]
        else:
            terms = []
        while tok in v.SIGNS or self._signed_inside():
            self.i += tok in v.SIGNS
            if tok not in v.SIGNS:
                tok, node = "+", self.product()
            elif text[self.i] in v.SIGNS:
                node = self.signed("E105")
            else:
                node = self.product()
                if tok != "+" and _is_bare_sum(node):
                    raise ReadError("E114", "these braces hold a sum and do not print", node.span, "write brackets")
            terms.append((tok, node))
            tok = text[self.i]
        if len(terms) == 1 and terms[0][0] == "+":
            return terms[0][1]
        return x.Add(tuple(terms), self.span(a, self.i))

    def _signed_inside(self) -> bool:
        r"""Whether a term follows that has its sign in a wrapper: the ``\underbrace{- b}_{..}`` after ``a``."""
        text, i = self.text, self.i
        return text[i] in v.DECORATIONS and text[i + 1] == "{" and text[i + 2] in v.SIGNS

    def signed(self, code: str) -> x.Node:
        """A factor with its own sign, as in ``a \\cdot -b``: forgiven with a warning."""
        a = self.i
        sign = self.text[a]
        self.i += 1
        if self.text[self.i] in v.SIGNS:
            raise self.unexpected("a term")
        node = self.product() if code == "E105" else self.factor()
        self.warn("W404", f"a sign directly after an operator: read as ({sign}...)", a, self.i)
        return x.Add(((sign, node),), self.span(a, self.i))

    def product(self, until: str | None = None) -> x.Node:
        r"""Factors, up to ``until`` (``"d"``: up to an operator such as ``\frac{\partial}{\partial x}``)."""
        text, a = self.text, self.i
        node = self.factor()
        tok = text[self.i]
        if tok in STOP or tok == until or self._signed_inside():
            return node
        factors: list[x.Node] = []
        operators: list[str] = []
        slashes = 0
        operator = ""
        while True:
            if type(node) is x.Product and (factors or text[self.i] not in STOP):  # braces do not print
                if factors:
                    operators.append(operator)
                factors.extend(node.factors)
                operators.extend(node.operators)
            else:
                if type(node) is x.Add and not operator and (len(node.terms) > 1 or factors):
                    raise ReadError("E114", "these braces hold a sum and do not print", node.span, "write brackets")
                if factors:
                    operators.append(operator)
                factors.append(node)
            tok = text[self.i]
            while tok == "/":
                self.i += 1
                slashes += 1
                if slashes > MAX_SLASHES:
                    raise self.error("E109", f"more than {MAX_SLASHES} slashes in a row")
                numerator, below = self._product(factors, operators, a), self.i
                denominator = self.signed("") if text[self.i] in v.SIGNS else self.factor()
                if self._below_too(numerator, denominator):
                    factor = self.factor()
                    denominator = x.Product((denominator, factor), ("",), self.span(below, self.i))
                    self.warn("W409", "read as standing below the slash as a whole", below, self.i)
                elif type(denominator) in (x.Symbol, x.Number) and self._goes_on():
                    self.warn("W417", "how far the slash reaches is not clear: read as (a/b) c", below, self.i + 1)
                factors, operators = [x.Quotient(numerator, denominator, "/", self.span(a, self.i))], []
                tok = text[self.i]
            if tok in STOP or tok == until:
                return self._product(factors, operators, a)
            if tok in v.OPERATORS:
                self.i += 1
                operator = v.OPERATORS[tok]
                if self.inside and operator in (r"\cdot", "*") and text[self.i] in ENDS:  # the index in W_{i \cdot}
                    operator = ""
                    node = x.Symbol(tok, self.span(self.i - 1, self.i))
                    continue
                if text[self.i] in v.SIGNS:
                    node = self.signed("")
                    continue
            else:
                operator = ""
                if (until == "d" and self.bodyless(self.i)) or self._signed_inside():
                    return self._product(factors, operators, a)
            node = self.factor()

    def _below_too(self, numerator: x.Node, denominator: x.Node) -> bool:
        r"""Whether what follows stands below the slash, too: the \sigma^2 of ``(x - \mu)^2/2\sigma^2``."""
        tok = self.text[self.i]
        letter = (len(tok) == 1 and tok.isalpha() and tok.isascii() and tok != "d") or tok in v.SYMBOLS
        squared = isinstance(numerator, x.Scripted) and isinstance(numerator.sup, x.Number)
        squared = squared or (self._goes_on() and self.text[self.i + 1] == r"\sum")  # 1/2m \sum_i
        return squared and isinstance(denominator, x.Number) and letter and tok not in STOP

    def _product(self, factors: list[x.Node], operators: list[str], a: int) -> x.Node:
        if len(factors) == 1:
            return factors[0]
        match factors:
            case [x.Number(), x.Ellipsis(), _] if not any(operators):  # 1 ... K, without commas
                return x.Tuple(tuple(factors), (",", ","), self.span(a, self.i))
        return x.Product(tuple(factors), tuple(operators), self.span(a, self.i))

    def factor(self) -> x.Node:
        a = self.i
        tok = self.text[a]
        if len(tok) == 1 and tok.isalpha() and tok.isascii() and tok != "d":
            self.i += 1
            name = f"{self.font}{{{tok}}}" if self.font else tok
            node: x.Node = x.Symbol(name, Span(self.start[a], self.end[a]))
        else:
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise self.error("E109", f"more than {MAX_DEPTH} levels of nesting")
            node = self.primary()
            self.depth -= 1
        if isinstance(node, x.Symbol) and self._is_glued(a):
            number = self.text[self.i]
            self.i += 1
            self.warn("W408", f"read with {number} as its subscript", a, a + 2)
            sub = x.Number(number, self.span(a + 1, a + 2))
            return x.Scripted(node, sub, None, 0, self.span(a, a + 2))
        if self.text[self.i] in _SCRIPTS:
            return self._scripted(node, a)
        return node

    def _is_glued(self, a: int) -> bool:
        """Whether digits follow the symbol at ``a`` without a gap, and none precede it: ``x2``, but not ``2x2``."""
        number = self.text[a + 1]
        return (
            self.i == a + 1
            and not self.inside
            and number.isdigit()
            and len(number) <= 2
            and self.start[a + 1] == self.end[a]
            and not (a > 0 and self.text[a - 1][-1:].isdigit() and self.end[a - 1] == self.start[a])
            and self.text[a + 2] not in _SCRIPTS
        )

    def primary(self) -> x.Node:
        """A factor without its scripts."""
        a = self.i
        tok = self.text[a]
        construct = CONSTRUCTS.get(tok) or (CONSTRUCTS.get(tok[: tok.find("{") + 1]) if len(tok) > 6 else None)
        if construct is not None:
            return construct(self)
        if tok in v.SYMBOLS or (len(tok) == 1 and tok.isalpha()):
            self.i += 1
            name = f"{self.font}{{{tok}}}" if self.font else tok
            return x.Symbol(name, self.span(a, a + 1))
        if tok and tok[0].isdigit():
            self.i += 1
            if self.font and len(tok) == 1:
                return x.Symbol(f"{self.font}{{{tok}}}", self.span(a, a + 1))
            if len(tok) > MAX_DIGITS:
                raise self.error("E109", too_long(tok), a)
            return x.Number(tok, self.span(a, a + 1))
        if self.inside and tok in ("*", r"\cdot", ":", r"\ast", r"\bullet"):
            self.i += 1
            return x.Symbol("*" if tok == r"\ast" else tok, self.span(a, a + 1))
        if self._is_name(tok) and self.text[a + 1] != "{":
            self.i += 1
            self.warn("W407", f"the command {tok} is not known: read as the name of something unknown", a, a + 1)
            return x.Symbol(rf"\operatorname{{{tok}}}", self.span(a, a + 1))
        raise self.unexpected("a term")

    @staticmethod
    def _is_name(tok: str) -> bool:
        r"""Whether an unknown command looks like an author's own name for something: ``\Attn``, ``\cS``, ``\bR``."""
        return len(tok) > 2 and tok[0] == "\\" and tok[1:].isalpha() and not tok.islower() and tok not in v.REFUSED

    # Scripts

    def scripts(self) -> tuple[x.Node | None, x.Node | None, int]:
        """Subscript, superscript and number of primes at the current place."""
        text = self.text
        sub: x.Node | None = None
        sup: x.Node | None = None
        primes = 0
        seen = ""
        while True:
            tok = text[self.i]
            braces = 0
            if tok == "{":  # {}_i and {_i} are ways to set a script, not groups
                following = text[self.i + 1]
                if following == "}" and text[self.i + 2] in ("_", "^"):
                    self.i += 2
                    continue
                if following not in ("_", "^") or not (sub is None or sup is None):
                    break
                braces = 1
                self.i += 1
                tok = following
            if tok == "'" or tok == r"\prime":
                primes += 1
                self.i += 1
                continue
            if tok not in ("_", "^"):
                break
            if tok in seen:
                name = "subscript" if tok == "_" else "superscript"
                raise self.error("E106", f"a second {name} on the same symbol", help="use braces or brackets")
            seen += tok
            self.i += 1
            if tok == "^" and (count := self._prime_group()):
                primes += count
                seen = seen.replace("^", "")
            else:
                script = self.script(tok)
                if tok == "_":
                    sub = script
                else:
                    sup = script
            if braces:
                if text[self.i] != "}":
                    raise self.unexpected("the closing brace of the script")
                self.i += 1
        return sub, sup, primes

    def _prime_group(self) -> int:
        text, k = self.text, self.i
        if text[k] == r"\prime":
            self.i += 1
            return 1
        if text[k] != "{" or not self.jump[k]:
            return 0
        inner = text[k + 1 : k + self.jump[k]] if self.jump[k] < 6 else []
        if inner and all(t in ("'", r"\prime") for t in inner):
            self.i += self.jump[k] + 1
            return len(inner)
        return 0

    def script(self, mark: str) -> x.Node | None:
        """The content of one script, after ``_`` or ``^``; None for empty braces."""
        text, a = self.text, self.i
        tok = text[a]
        font, self.font = self.font, ""
        self.inside += 1
        node: x.Node | None
        if tok == "{":
            size = self.jump[a]
            self.i += 1
            if size == 1:
                node = None
            elif size == 2 and text[a + 1] in _MARKS:
                self.i += 1
                node = x.Symbol("*" if text[a + 1] == r"\ast" else text[a + 1], self.span(a + 1, a + 2))
            elif size == 3 and text[a + 1] in ("+", "-") and text[a + 2] == text[a + 1]:  # S_{++}
                self.i += 2
                node = x.Symbol(2 * text[a + 1], self.span(a + 1, a + 3))
            else:
                node = self.braced(a)
                self.i -= 1
            self.i += 1
        elif tok in ("-", "+", r"\pm") and mark == "^" and self._begins_power(a):
            self.i += 1
            node = x.Add(((tok, self.factor()),), self.span(a, self.i))
            self.warn("W401", f"only the sign {tok} is raised without braces: read as ^{{{tok}...}}", a - 1, self.i)
        elif tok in _MARKS:
            self.i += 1
            node = x.Symbol("*" if tok == r"\ast" else tok, self.span(a, a + 1))
        else:
            node = self.argument(f"what follows {mark}")
        self.inside -= 1
        self.font = font
        if mark == "^" and node is not None and (stage := _spelled(node)) in v.STAGES:
            name = x.Symbol(f"\\text{{{stage}}}", node.span)
            return x.Group("(", ")", name, node.span)  # as in w^{(new)}
        if type(node) is x.Symbol and node.name in _TRANSPOSES:
            node = x.Symbol(r"\top", node.span)
        return node

    def _begins_power(self, a: int) -> bool:
        """Whether the sign at ``a`` is that of an exponent without braces: ``x^-1``, ``e^-x``, and not ``P^- H``."""
        base, behind = self.text[a - 2], self.text[a + 1]
        number = base[:1].isdigit() and self.text[a - 3] != "_"
        return behind[:1].isdigit() or ((base == "e" or number) and behind not in STOP and behind not in v.OPERATORS)

    def _scripted(self, base: x.Node, a: int) -> x.Node:
        if self.text[self.i] != "!":
            sub, sup, primes = self.scripts()
            if sub is not None or sup is not None or primes:
                base = self._attach(base, sub, sup, primes, a)
        if self.text[self.i] == "!":
            self.i += 1
            base = x.Factorial(base, self.span(a, self.i))
            if self.text[self.i] == "!":
                raise self.error("E114", "a double factorial is not read")
        return base

    def _attach(self, base: x.Node, sub: x.Node | None, sup: x.Node | None, primes: int, a: int) -> x.Node:
        """Scripts on a base; braces around the base do not print, so they stand at the last symbol inside."""
        place = self.span(a, self.i)
        if isinstance(base, x.Product) and len(base.factors) == 2 and isinstance(base.factors[1], x.Group):
            last = x.Scripted(base.factors[1], sub, sup, primes, place)  # {g(x)}^2 is g(x)^2
            return x.Product((base.factors[0], last), base.operators, place)
        if isinstance(base, (x.Product, x.Add, x.Relation)):
            raise ReadError("E106", "a script on braces that do not print", base.span, "write brackets")
        if isinstance(base, x.Scripted) and not (base.primes or primes or (base.sub and sub) or (base.sup and sup)):
            return x.Scripted(base.base, base.sub or sub, base.sup or sup, 0, place)
        return x.Scripted(base, sub, sup, primes, place)

    # Arguments of commands

    def argument(self, wanted: str) -> x.Node:
        """A group in braces, or the single token that TeX would take."""
        a = self.i
        tok = self.text[a]
        if tok == "{":
            if self.jump[a] == 1:
                raise self.error("E105", f"the braces are empty where {wanted} should stand", a)
            self.i += 1
            return self.braced(a)
        if tok[:1].isdigit():
            if len(tok) > 1:
                raise self.error("E106", "several digits without braces", help="write braces")
            if self.text[a - 1] in ("_", "^") and self.text[a + 1][:1].isdigit() and self.start[a + 1] == self.end[a]:
                self.warn("W402", f"without braces only the digit {tok} is taken", a, a + 2)
            self.i += 1
            return x.Number(tok, self.span(a, a + 1))
        if tok in STOP or tok in v.OPERATORS or tok in ("_", "^", "/"):
            raise self.unexpected(wanted)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error("E109", f"more than {MAX_DEPTH} levels of nesting")
        node = self.primary()
        self.depth -= 1
        return node

    def braced(self, a: int) -> x.Node:
        """The content of the braces that open at ``a``, through the closing one."""
        font = self.font
        node = self.body()
        if self.text[self.i] == r"\over":
            self.i += 1
            node = x.Quotient(node, self.body(), "over", self.span(a + 1, self.i))
        if self.i != a + self.jump[a]:
            raise self.unexpected("an operator or the closing brace")
        self.i += 1
        self.font = font
        return node

    def bodyless(self, k: int) -> bool:
        r"""Whether an operator like ``\frac{\partial}{\partial x}`` or ``\partial_x`` starts at ``k``."""
        text = self.text
        if text[k] == r"\partial":
            return text[k + 1] == "_"
        if text[k] not in v.FRACTIONS or text[k + 1] != "{":
            return False
        last = k + 1 + self.jump[k + 1]
        lead = text[k + 2]
        if lead not in DIFFERENTIALS and lead != r"\partial":
            return False
        alone = last == k + 3 or (text[k + 3] == "^" and last <= k + 5 + self.jump[k + 4])
        return alone and text[last + 1] == "{" and text[last + 2] == lead and self.jump[last + 1] > 2


def _is_bare_sum(node: x.Node) -> bool:
    r"""Whether this is a sum without brackets that print: ``{a - b}``, ``\underbrace{a - b}_{c}``."""
    node = node.body if type(node) is x.Decorated and "brace" in node.kind else node
    return type(node) is x.Add and len(node.terms) > 1


def _spelled(node: x.Node) -> str:
    r"""The word that a script is: letters side by side, ``new``, or set upright, ``\text{new}``."""
    letters = node.factors if type(node) is x.Product and not any(node.operators) else (node,)
    names = [part.name if type(part) is x.Symbol else "?" for part in letters]
    return "".join(names) if len(names) > 1 else names[0].partition("{")[2].removesuffix("}")

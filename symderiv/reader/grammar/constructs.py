r"""The constructs that a command, a bracket or a letter opens: fonts, fractions, derivatives, sums, functions, tables.

Each is one function from a parser at its first token to a node, entered in ``CONSTRUCTS`` under that token. A new one
is a function and its entry at the end of this module, which must never look at a symbol's meaning.
"""

from __future__ import annotations

import re

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax as x
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.derivatives import (
    derivative_command,
    derivative_fraction,
    derivative_slash,
    differential_slash,
    is_derivative,
)
from symderiv.reader.grammar.expression import CONSTRUCTS, DIFFERENTIALS, ENDS, STOP, Parser
from symderiv.reader.grammar.nodes import binds, index_names, mentions
from symderiv.reader.grammar.pieces import is_prose
from symderiv.reader.grammar.tables import cases, environment

RANGES = frozenset({"=", "!=", "in", "<", ">", "<=", ">="})
MARK = re.compile(r"\S|\\[A-Za-z]+|\( ?\w ?\)")  # what makes another letter of the one that it is set over or under


def group(p: Parser) -> x.Node:
    """Brackets that print, and what they hold."""
    a = p.i
    opener = p.text[a]
    close = a + p.jump[a]
    if close == a:
        raise p.unexpected("a term")
    p.i += 1
    closer = v.CLOSERS[p.text[close]]
    table = p.text[p.i].startswith(r"\begin{") and p.i + p.jump[p.i] == close - 1
    if table and v.OPENERS[opener] == r"\{" and closer == ".":
        node: x.Node = cases(p)
        p.i += 1
        return node
    p.inside += 1
    font = p.font
    if p.i == close:
        node = x.Tuple((), (), p.span(a, close + 1))
    else:
        node = p.body()
        if p.text[p.i] == r"\over":
            p.i += 1
            node = x.Quotient(node, p.body(), "over", p.span(a + 1, p.i))
    if p.i != close:
        raise p.unexpected(f"an operator or the closing {p.text[close]}")
    p.i += 1
    p.inside -= 1
    p.font = font
    kind = v.OPENERS[opener]
    if v.PARTNER[kind] != closer and "." not in (kind, closer):
        interval = type(node) is x.Tuple and node.separators == (",",)
        if not interval:
            raise p.error("E103", f"{opener} is closed by {p.text[close]}", a)
    place = p.span(a, p.i)
    double = kind == closer == "|" and node.span == (place.start + 1, place.end - 1)
    if double and isinstance(node, x.Group) and node.open == node.close == "|":  # ||x|| is a norm
        return x.Group(r"\|", r"\|", node.body, place)
    return x.Group(kind, closer, node, place)


def braces(p: Parser) -> x.Node:
    """Braces: they do not print, so what they hold stands as if they were not there."""
    while p.text[p.i] == "{" and p.jump[p.i] == 1:
        p.i += 2
        if p.text[p.i] in ("_", "^"):
            raise p.error("E106", "a script before its symbol", help="scripts before a symbol are not read")
    if p.text[p.i] != "{":
        return p.primary()
    a = p.i
    p.i += 1
    if p.text[p.i] in ("_", "^"):
        raise p.error("E106", "a script without a symbol")
    return p.braced(a)


def bars(p: Parser) -> x.Node:
    r"""``\abs{x}`` and ``\norm{x}``, as many packages have them."""
    a = p.i
    bar = "|" if p.text[a] == r"\abs" else r"\|"
    p.i += 1
    return x.Group(bar, bar, p.argument(f"what {p.text[a]} holds"), p.span(a, p.i))


def misplaced_script(p: Parser) -> x.Node:
    raise p.error("E106", f"{p.text[p.i]} has no symbol before it")


def font(p: Parser) -> x.Node:
    r"""``\mathbf{W x}``, ``\mathcal L``, ``{\bf x}``: the font goes into the names of the symbols."""
    a = p.i
    command = p.text[a]
    name = v.FONTS[command]
    p.i += 1
    if p.text[p.i] != "{" and command in v.SWITCHES:
        p.font = name
        return p.primary()
    if name == r"\mathbb" and (p.text[p.i] == "E" or p.text[p.i : p.i + 3] == ["{", "E", "}"]):
        p.i += 1 if p.text[p.i] == "E" else 3
        return big(p, a, r"\mathbb{E}")
    outer, p.font = p.font, name
    node = p.argument(f"what {command} sets")
    p.font = outer
    if type(node) is x.Number and node.text == "1" and f"{name}{{" in (*v.BOLD, r"\mathbb{", r"\mathds{", r"\mathbbm{"):
        return x.Symbol(f"{name}{{1}}", p.span(a, p.i))  # the vector of ones
    if type(node) is x.Symbol and name and node.span.start > p.start[a]:
        node = x.Symbol(node.name, p.span(a, p.i))
    return node


def accent(p: Parser) -> x.Node:
    r"""``\hat{x_i}`` is ``\hat{x}`` with the script i; over more than one symbol an accent is a decoration."""
    a = p.i
    command = v.ACCENTS[p.text[a]]
    p.i += 1
    node = p.argument(f"what {command} stands over")
    place = p.span(a, p.i)
    if type(node) is x.Symbol:
        return x.Symbol(f"{command}{{{node.name}}}", place)
    if type(node) is x.Number and len(node.text) == 1:
        return x.Symbol(f"{command}{{{node.text}}}", place)
    if type(node) is x.Scripted and type(node.base) is x.Symbol:
        if type(node.sup) is x.Number and not node.primes:  # the mean of the squares is not the square of the mean
            power = x.Symbol(f"{command}{{{node.base.name}^{{{node.sup.text}}}}}", place)
            return power if node.sub is None else x.Scripted(power, node.sub, None, 0, place)
        base = x.Symbol(f"{command}{{{node.base.name}}}", node.base.span)
        return x.Scripted(base, node.sub, node.sup, node.primes, place)
    return x.Decorated(command[1:], node, None, place)


def fraction(p: Parser) -> x.Node:
    a = p.i
    if is_derivative(p, a):
        return derivative_fraction(p)
    p.i += 1
    outer = p.inside
    numerator = p.argument("the numerator")
    denominator = p.argument("the denominator")
    p.inside = outer
    return x.Quotient(numerator, denominator, v.FRACTIONS[p.text[a]], p.span(a, p.i))


def binomial(p: Parser) -> x.Node:
    r"""``\binom{n}{k}`` is n! / (k! (n - k)!)."""
    a = p.i
    p.i += 1
    above, below = p.argument("the upper number"), p.argument("the lower number")
    place = p.span(a, p.i)
    rest: x.Node = x.Group("(", ")", x.Add((("+", above), ("-", below)), place), place)
    match above, below:
        case x.Number(text=n), x.Number(text=k) if n.isdigit() and k.isdigit() and int(n) >= int(k):
            rest = x.Number(str(int(n) - int(k)), place)
    return x.Quotient(
        x.Factorial(above, place),
        x.Product((x.Factorial(below, place), x.Factorial(rest, place)), ("",), place),
        "frac",
        place,
    )


def root(p: Parser) -> x.Node:
    a = p.i
    p.i += 1
    degree = None
    if p.text[p.i] == "[":
        close = p.i + p.jump[p.i]
        p.i += 1
        degree = p.body()
        if p.i != close:
            raise p.unexpected("the closing ] of the root's degree")
        p.i += 1
    body = p.argument("what stands under the root")
    if type(body) is x.Group and body.open == "(" and p.text[a + 1] != "{":
        body = body.body
    return x.Sqrt(degree, body, p.span(a, p.i))


def big_operator(p: Parser) -> x.Node:
    a = p.i
    kind = v.BIG[p.text[a]]
    p.i += 1
    if kind in v.APPLIED_WITH_BRACKET and p.text[p.i] in v.OPENERS:
        return x.Apply(kind[1:], None, None, 0, group(p), False, p.span(a, p.i))
    return big(p, a, kind)


def big(p: Parser, a: int, kind: str, under: x.Node | None = None) -> x.Node:
    r"""A large operator after its name: its limits, then the product it extends over, if there is one."""
    text = p.text
    sub, sup, primes = p.scripts()
    sub = sub or under
    tok = text[p.i]
    signed = tok in ("-", r"\pm") and (sub is not None or sup is not None) and text[p.i + 1] not in STOP
    if kind == r"\mathbb{E}" and tok in v.OPENERS:
        body = p.primary()
    elif signed:
        at = p.i
        p.i += 1
        body = x.Add(((tok, p.product()),), p.span(at, p.i))
    elif tok in STOP or tok in v.OPERATORS or tok == "/" or primes:
        name = x.Symbol(kind, p.span(a, a + 1))
        return x.Scripted(name, sub, sup, primes, p.span(a, p.i)) if sub or sup or primes else name
    else:
        body = p.product()
        if type(body) is x.Add and len(body.terms) > 1:
            p.warn("W403", f"the braces after {kind} do not print: read as brackets", p.i - 1, p.i)
    beyond: list[x.Node] = []
    if kind == r"\prod" and type(body) is x.Product:
        body, beyond, clear = _within(body, set(index_names(sub)))
        if not clear:
            p.warn("W417", "how far the product reaches is not clear: read as one of the last factor, too", a, p.i)
    whole = x.BigOp(kind, sub, sup, body, signed, p.span(a, p.i))
    return x.Product((whole, *beyond), ("",) * len(beyond), whole.span) if beyond else whole


def capital(p: Parser) -> x.Node:
    r"""``\Sigma`` and ``\Pi``: large operators where a range stands below them, as in ``\Sigma_{i=1}^n x_i``."""
    a = p.i
    p.i += 1
    if _runs(p, a):
        return big(p, a, v.CAPITALS[p.text[a]])
    name = p.text[a]
    return x.Symbol(f"{p.font}{{{name}}}" if p.font else name, p.span(a, a + 1))


def _runs(p: Parser, a: int) -> bool:
    r"""Whether a range stands below the capital at ``a``, and its letter in what follows, or a size above it.

    The ``\Sigma_{y=1}`` of a class 1, and its inverse, have neither.
    """
    text, below, above = p.text, 0, 0
    k = a + 1
    while text[k] in ("_", "^") and text[k + 1] and not (below if text[k] == "_" else above):
        below, above = (k + 1, above) if text[k] == "_" else (below, k + 1)
        k += 2 + p.jump[k + 1]
    letter, relation = (text[below + 1], text[below + 2]) if below and p.jump[below] > 3 else ("", "")
    if v.RELATIONS.get(relation) not in RANGES or not (len(letter) == 1 and letter.isalpha()):
        return False
    inside = above + (text[above] == "{") if above else 0
    if text[inside] in v.SIGNS if above else False:
        return False
    size = above > 0 and not text[inside].isdigit() and text[inside] not in ("T", r"\top")
    start = k
    while text[k] and text[k] not in STOP:
        k += 1 + p.jump[k]
    return letter in text[start:k] or (size and relation == "=" and k > start)


def _within(body: x.Product, names: set[str]) -> tuple[x.Node, list[x.Node], bool]:
    r"""The factors that a product extends over, and those after them: the \prod_j b_j of ``\prod_i a_i \prod_j b_j``.

    It is not clear where a factor without its index comes last: ``\prod_i q^{x_i} p``, but \prod_i x_i c, too.
    """

    def counted(factor: x.Node) -> bool:
        return any(mentions(factor, name) and not binds(factor, name) for name in names)

    factors = list(body.factors)
    places = [n for n, factor in enumerate(factors) if counted(factor)] or [len(factors) - 1]
    own = [n for n, f in enumerate(factors) if n > places[0] and type(f) is x.BigOp and n not in places]
    end = own[0] if own else len(factors)
    clear = max(n for n in places if n < end) == end - 1
    within = factors[0] if end == 1 else x.Product(tuple(factors[:end]), body.operators[: end - 1], body.span)
    return within, factors[end:], clear


def arg(p: Parser) -> x.Node:
    r"""``\arg\max``."""
    a = p.i
    p.i += 1
    if p.text[p.i] not in (r"\max", r"\min"):
        raise p.unexpected(r"\max or \min")
    kind = r"\arg" + p.text[p.i][1:]
    p.i += 1
    return big(p, a, kind)


def substack(p: Parser) -> x.Node:
    a = p.i + 1
    p.i += 2
    items = [p.body()]
    while p.text[p.i] == r"\\":
        p.i += 1
        items.append(p.body())
    if p.i != a + p.jump[a]:
        raise p.unexpected(r"the closing brace of \substack")
    p.i += 1
    if len(items) == 1:
        return items[0]
    return x.Tuple(tuple(items), (r"\\",) * (len(items) - 1), p.span(a - 1, p.i))


def known_function(p: Parser) -> x.Node:
    a = p.i
    p.i += 1
    return function(p, a, v.FUNCTIONS[p.text[a]])


COEFFICIENTS = frozenset((*v.FRACTIONS, *v.BINOMIALS, r"\sqrt"))  # what stands before a density's exponential
LOGARITHMS = frozenset(("log", "ln", "lg"))
SUMS = frozenset((r"\sum", r"\int"))
OF_ONE = ("sin", "cos", "tan", "tanh", "exp")
BARS = frozenset(("|", r"\|", r"\lvert", r"\lVert", r"\vert", r"\Vert"))


def function(p: Parser, a: int, name: str, bracket: bool = False) -> x.Node:
    """A function after its name; with ``bracket``, it is only applied when its argument stands in brackets."""
    text = p.text
    sub, sup, primes = p.scripts()
    tok = text[p.i]
    bare = False
    if tok in v.OPENERS:
        start = p.i
        argument = group(p)
        if isinstance(argument, x.Group) and argument.open in BARS:  # \log \|w\|^2 is that of the square
            below, above, dashes = p.scripts()
            if below or above or dashes:
                argument = x.Scripted(argument, below, above, dashes, p.span(start, p.i))
    elif tok == "{" and p.jump[p.i] > 1:
        argument = p.argument(f"the argument of {name}")
        if type(argument) is x.Add:
            p.warn("W403", f"the braces after {name} do not print: read as brackets", p.i - 1, p.i)
        bare = type(argument) is not x.Group
    elif bracket or tok in STOP - {"-"} or tok in v.OPERATORS or tok == "/" or (tok == "-" and text[p.i + 1] in STOP):
        word = text[a]
        symbol = x.Symbol(word, p.span(a, a + 1))
        return x.Scripted(symbol, sub, sup, primes, p.span(a, p.i)) if sub or sup or primes else symbol
    elif tok == "-":
        return x.Apply(name, sub, sup, primes, p.signed(""), True, p.span(a, p.i))
    else:
        argument, bare = _bare_argument(p, name), True
    pair = isinstance(argument, x.Group) and isinstance(argument.body, x.Tuple) and len(argument.body.items) > 1
    if pair and name in OF_ONE and not (sub or sup or primes):
        called = x.Symbol(text[a], p.span(a, a + 1))
        return x.Product((called, argument), ("",), p.span(a, p.i))  # \cos(a, b), the cosine between two vectors
    return x.Apply(name, sub, sup, primes, argument, bare, p.span(a, p.i))


def _bare_argument(p: Parser, name: str) -> x.Node:
    r"""One factor and the symbols and numbers beside it, with the bracket right after the last symbol if any.

    Fractions beside a fraction belong to it, too: ``\log \frac{p}{q} \frac{q}{r}``; and so do, to the logarithm of one,
    an exponential, and the other power of a probability: ``\log \sigma(z)^y (1 - \sigma(z))^{1-y}``.
    """
    a = p.i
    coefficient = name in LOGARITHMS and p.text[a] in COEFFICIENTS
    fraction = p.text[a] in v.FRACTIONS
    factors = [p.factor()]
    while fraction and p.text[p.i] in v.FRACTIONS and not is_derivative(p, p.i) and p.text[p.i + 1] == "{":
        factors.append(p.factor())
    if len(factors) > 1:
        p.warn("W416", "how far the function reaches is not clear: read as one of both fractions", a, p.i)
    if coefficient:
        factors += _exponential_factors(p, a, all(map(_is_reciprocal, factors)))
    while _is_simple(factors[-1]):
        tok = p.text[p.i]
        if tok in ("(", "[") and type(factors[-1]) is not x.Number:
            gap, at = p.start[p.i] > p.end[p.i - 1], p.i
            factors.append(p.factor())
            if gap and type(factors[-1]) is x.Group and type(factors[-1].body) is x.Add:
                p.warn("W417", "how far the function reaches is not clear: read as one of the bracket, too", at, p.i)
            break
        plain = (len(tok) == 1 and tok.isalnum()) or tok in v.SYMBOLS or tok in v.FONTS or tok in v.ACCENTS
        if not (plain or tok[:1].isdigit()) or (tok == r"\mathbb" and "E" in p.text[p.i + 1 : p.i + 3]):
            break
        factors.append(p.factor())
    if name in LOGARITHMS and _other_power_follows(p):
        at = p.i
        factors.append(p.factor())
        p.warn("W417", "how far the logarithm reaches is not clear: read as one of both powers", at, p.i)
    if len(factors) == 1:
        return factors[0]
    return x.Product(tuple(factors), ("",) * (len(factors) - 1), p.span(a, p.i))


def _exponential_factors(p: Parser, a: int, reciprocal: bool) -> list[x.Node]:
    r"""What stands right behind 1/Z, if it is a density's: ``\log \frac{1}{Z} \exp(-E)``, ``\frac{1}{Z} x^k e^{-x}``.

    Nobody means \log(1/Z) times \exp(-E): that were -\log Z. It is not as clear of other fractions than the
    ``reciprocal`` ones, nor where more stands beside the exponential, nor of the sum in \log \frac{1}{n} \sum_i x_i.
    """
    text, at = p.text, p.i
    k, last = at, -1
    while text[k] not in STOP and text[k] not in v.OPERATORS and text[k] != "/":
        large = reciprocal and (text[k] in SUMS or text[k] == r"\prod")
        if large or text[k] == r"\exp" or text[k : k + 2] == ["e", "^"]:
            last = k
        elif text[k] in v.FUNCTIONS or text[k] in v.BIG or is_derivative(p, k) or p.bodyless(k):
            break
        if large:
            break
        k += 1 + p.jump[k]
    factors = []
    while p.i <= last:
        factors.append(p.factor())
    if factors:
        clear = reciprocal and last == at and text[at] not in SUMS and (text[p.i] in STOP or text[p.i] in v.OPERATORS)
        reached = "how far the logarithm reaches is not clear: read as one of what stands beside it, too"
        p.warn("W416" if clear else "W417", reached, a, p.i)
    return factors


def _is_reciprocal(node: x.Node) -> bool:
    return type(node) is x.Quotient and type(node.numerator) is x.Number


def _other_power_follows(p: Parser) -> bool:
    r"""Whether ``(1 - q)^{1-y}`` stands right after ``q^y``."""
    text, at = p.text, p.i
    if text[at] not in ("(", "[") or not p.jump[at]:
        return False
    close = at + p.jump[at]
    if text[close + 1 : close + 5] != ["^", "{", "1", "-"]:
        return False
    exponent = text[close + 5 : close + 2 + p.jump[close + 2]]
    braced = ["^", "{", *exponent, "}"]
    return text[max(0, at - len(braced)) : at] == braced or text[at - 2 : at] == ["^", *exponent]


def _is_simple(node: x.Node) -> bool:
    return type(node) in (x.Symbol, x.Number) or (type(node) is x.Scripted and type(node.base) in (x.Symbol, x.Number))


def word(p: Parser) -> x.Node:
    r"""``\text{...}`` or ``\operatorname{...}``: a symbol, a function, a differential, or prose."""
    a = p.i
    command, _, content = p.text[a][:-1].partition("{")
    p.i += 1
    if command == r"\text" and is_prose(content):
        return x.Text(content, p.span(a, a + 1))
    name = " ".join(content.split())
    if not name:
        raise ReadError("E105", "there is nothing in the braces", p.span(a, a + 1))
    if name in v.WORDS:
        return function(p, a, v.WORDS[name], bracket=True)
    if p.text[a] in DIFFERENTIALS and differential_slash(p, a):
        p.i = a
        return derivative_slash(p)
    return x.Symbol(f"{command}{{{name}}}", p.span(a, a + 1))


def letter_d(p: Parser) -> x.Node:
    a = p.i
    if differential_slash(p, a):
        return derivative_slash(p)
    p.i += 1
    return x.Symbol(f"{p.font}{{d}}" if p.font else "d", p.span(a, a + 1))


def ellipsis(p: Parser) -> x.Node:
    p.i += 1
    return x.Ellipsis(v.ELLIPSES[p.text[p.i - 1]], p.span(p.i - 1, p.i))


def decorated(p: Parser) -> x.Node:
    r"""``\underbrace{..}_{note}``, ``\cancel{..}``, ``\cancelto{0}{..}``, ``\boxed{..}``, ``\textcolor{c}{..}``."""
    a = p.i
    command = p.text[a]
    p.i += 1
    note = _note(p) if command == r"\cancelto" else None
    body = p.argument(f"what {command} holds")
    if "brace" in command and p.text[p.i] in ("_", "^"):
        p.i += 1
        note = _note(p)
    return x.Decorated(command[1:], body, note, p.span(a, p.i))


def stacked(p: Parser) -> x.Node:
    r"""``\overset{a}{b}``, ``\underset{a}{b}``: b with a note, or a large operator with what stands below it."""
    a = p.i
    command = p.text[a]
    p.i += 1
    at = p.i
    k = at + p.jump[at] + 1
    inner = k + (p.text[k] == "{")
    if p.text[inner] in v.BIG and (p.jump[k] == 2 or inner == k) and command == r"\underset":
        under = p.script("_")
        p.i = k + p.jump[k] + 1
        return big(p, a, v.BIG[p.text[inner]], under)
    note = _note(p)
    body = p.argument(f"what {command} holds")
    if isinstance(body, x.Symbol) and MARK.fullmatch(note.text):  # another symbol than x, as \hat{x} is
        return x.Symbol(f"{command}{{{note.text}}}{{{body.name}}}", p.span(a, p.i))
    return x.Decorated(command[1:], body, note, p.span(a, p.i))


def _note(p: Parser) -> x.Text:
    """An author's note as written, without reading it."""
    a = p.i
    if p.text[a] in ENDS:
        raise p.unexpected("a note")
    braced = p.text[a] == "{"
    p.i += p.jump[a] + 1
    words = p.text[a + 1 : p.i - 1] if braced else p.text[a : p.i]
    place = p.span(a + 1, p.i - 1) if braced and p.i > a + 2 else p.span(a, p.i)
    return x.Text(" ".join(w[6:-1] if w.startswith(r"\text{") else w for w in words), place)


def partial(p: Parser) -> x.Node:
    return derivative_slash(p)


def nabla(p: Parser) -> x.Node:
    r"""``\nabla_\theta J(\theta)``: applies to the next factor, with the bracket of its call."""
    a = p.i
    p.i += 1
    variable, order, _ = p.scripts()
    tok = p.text[p.i]
    body = None
    if tok in v.OPENERS:
        body = p.factor()
    elif tok not in STOP and tok not in v.OPERATORS and tok != "/":
        body = p.factor()
        if _is_simple(body) and p.text[p.i] == "(":
            call = p.factor()
            span = Span(body.span.start, max(body.span.end, call.span.end))
            body = x.Product((body, call), ("",), span)
    return x.Nabla(variable, order, body, p.span(a, p.i))


CONSTRUCTS.update(
    {
        **dict.fromkeys(v.OPENERS, group),
        **dict.fromkeys(v.FONTS, font),
        **dict.fromkeys(v.ACCENTS, accent),
        **dict.fromkeys(v.FRACTIONS, fraction),
        **dict.fromkeys(v.BINOMIALS, binomial),
        **dict.fromkeys(v.BIG, big_operator),
        **dict.fromkeys(v.CAPITALS, capital),
        **dict.fromkeys(v.FUNCTIONS, known_function),
        **dict.fromkeys(v.ELLIPSES, ellipsis),
        **dict.fromkeys(v.DECORATIONS, decorated),
        **dict.fromkeys(v.STACKED, stacked),
        "{": braces,
        "_": misplaced_script,
        "^": misplaced_script,
        "'": misplaced_script,
        r"\prime": misplaced_script,
        "d": letter_d,
        r"\text{": word,
        r"\operatorname{": word,
        r"\begin{": environment,
        r"\sqrt": root,
        r"\arg": arg,
        r"\substack": substack,
        r"\cancelto": decorated,
        r"\partial": partial,
        r"\nabla": nabla,
        r"\abs": bars,
        r"\norm": bars,
        r"\pdv": derivative_command,
        r"\dv": derivative_command,
    }
)

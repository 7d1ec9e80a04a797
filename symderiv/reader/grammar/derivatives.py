r"""Derivatives in all their spellings: fractions of ``\partial`` or ``d``, slashes, ``\over``, ``\partial_x``.

This module must never differentiate, and never decide what a variable is: it only says which operator stands where,
over what, and with respect to which expressions.
"""

from __future__ import annotations

from dataclasses import replace

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.grammar import syntax as x
from symderiv.reader.grammar import vocabulary as v
from symderiv.reader.grammar.expression import DIFFERENTIALS, STOP, Parser
from symderiv.reader.grammar.nodes import every, is_transpose, names_in, parts_of

_LONGEST_SLASH = 16  # tokens outside brackets that are looked at between d and its slash


def is_derivative(p: Parser, a: int) -> bool:
    r"""Whether the fraction at ``a`` is one of ``\partial`` or ``d`` over the same."""
    text = p.text
    numerator = a + 1
    denominator = numerator + p.jump[numerator] + 1
    if text[denominator] != "{" or p.jump[denominator] < 3:
        return False
    top = text[numerator + (text[numerator] == "{")]
    bottom, following = text[denominator + 1], text[denominator + 2]
    if top == r"\partial":
        return bottom == r"\partial"
    if top not in DIFFERENTIALS or bottom not in DIFFERENTIALS:
        return False
    return text[numerator + 2] != "_" and following not in STOP and following not in v.OPERATORS and following != "_"


def derivative_fraction(p: Parser) -> x.Node:
    a = p.i
    numerator = a + 1
    braced = p.text[numerator] == "{"
    end = numerator + p.jump[numerator]
    denominator = end + 1
    p.i = numerator + braced
    lead = p.text[p.i]
    operator = r"\partial" if lead == r"\partial" else "d"
    p.i += 1
    order = _order(p)
    body = None
    stop = end if braced else numerator + 1
    if p.i < stop:
        at = p.i
        body = p.body()
        if p.i != stop:
            raise p.unexpected("the end of the numerator")
        if type(body) is x.Add and len(body.terms) > 1 and p.text[at] != "{":
            p.warn("W405", f"{operator} of a sum without brackets: read as the derivative of the whole sum", at, p.i)
    p.i = denominator + 1
    variables = _variables(p, operator, order, denominator + p.jump[denominator])
    p.i += 1
    return _with_body(p, a, operator, order, body, variables, v.FRACTIONS[p.text[a]])


def derivative_command(p: Parser) -> x.Node:
    r"""``\pdv{f}{x}``, ``\pdv[2]{f}{x}``, ``\dv{x}``: the commands of the physics package."""
    a = p.i
    operator = r"\partial" if p.text[a] == r"\pdv" else "d"
    p.i += 1
    order = None
    times = 1
    if p.text[p.i] == "[":
        close = p.i + p.jump[p.i]
        p.i += 1
        order = p.body()
        if p.i != close:
            raise p.unexpected("the closing ] of the order")
        p.i += 1
        times = int(order.text) if isinstance(order, x.Number) and len(order.text) < 4 and order.text.isdigit() else 1
    body: x.Node | None = p.argument(f"what {p.text[a]} differentiates")
    variables: list[tuple[x.Node, int]] = []
    while p.text[p.i] == "{" and p.jump[p.i] > 1:
        variables.append((p.argument("a variable"), times))
    if not variables and body is not None:
        variables, body = [(body, times)], None
    if order is None and len(variables) > 1:
        order = x.Number(str(len(variables)), p.span(a, a + 1))
    return _with_body(p, a, operator, order, body, tuple(variables), "frac")


def _order(p: Parser) -> x.Node | None:
    if p.text[p.i] != "^":
        return None
    p.i += 1
    return p.script("^")


def _variables(p: Parser, operator: str, order: x.Node | None, end: int) -> tuple[tuple[x.Node, int], ...]:
    r"""The variables from here up to ``end``: ``\partial x_i \partial x_j``, ``dx^2``."""
    total = int(order.text) if type(order) is x.Number and order.text.isdigit() and len(order.text) < 4 else None
    first = p.i
    variables: list[tuple[x.Node, int]] = []
    whole: list[tuple[x.Node, int]] = []
    while p.i < end:
        tok = p.text[p.i]
        if tok != r"\partial" and tok not in DIFFERENTIALS:
            raise p.unexpected(rf"{operator} and its variable")
        p.i += 1
        inner = _order(p)
        until = tok if operator == r"\partial" or (total or 0) > 1 else None
        node = p.product(until)
        times = 1
        whole.append((node, 1))
        if inner is not None:  # \partial^2 x for \partial x^2
            p.warn("W406", "the order stands before the variable: read as its order", first, p.i)
            times = int(inner.text) if type(inner) is x.Number and inner.text.isdigit() else 1
        elif (total or 0) > 1 or (order is not None and total is None):
            node, times = _multiplicity(node)
        variables.append((node, times))
        if p.text[p.i] == operator == r"\partial" or p.i == end or (p.text[p.i] in DIFFERENTIALS and until):
            continue
        raise p.unexpected("the end of the denominator")
    written = sum(times for _, times in variables)
    if order is None and written > 1:
        raise ReadError("E107", "several variables below, but no order above", p.span(first, p.i), "write the order")
    if total is not None and total != written and total == len(whole):
        return tuple(whole)  # \partial^2 l/\partial m \partial s^2, by m and the variance
    if total is not None and total != written:
        raise ReadError("E107", f"order {total} above, but {written} below", p.span(first, p.i))
    return tuple(variables)


def _multiplicity(node: x.Node) -> tuple[x.Node, int]:
    """``x^2`` as the variable x, twice."""
    if type(node) is x.Scripted and type(node.sup) is x.Number and node.sup.text.isdigit() and not node.primes:
        base = x.Scripted(node.base, node.sub, None, 0, node.span) if node.sub else node.base
        return base, min(int(node.sup.text), 1000)
    return node, 1


def differential_slash(p: Parser, a: int) -> bool:
    """Whether ``d`` at ``a`` begins a quotient of differentials, ``dL/dz`` or ``{d y \\over d x}``."""
    text = p.text
    if text[a + 1] in STOP or text[a + 1] in v.OPERATORS or text[a + 1] in ("_", "'"):
        return False
    for count, i in enumerate(p.line.top(a + 1, p.line.size)):
        tok = text[i]
        if tok in ("/", r"\over"):
            return text[i + 1] in DIFFERENTIALS and text[i + 2] not in STOP and text[i + 2] not in ("_", "/")
        if tok in STOP or (tok in v.OPERATORS) or count > _LONGEST_SLASH:
            return False
    return False


def derivative_slash(p: Parser) -> x.Node:
    r"""``\partial a/\partial b``, ``dL/dz``, ``{\partial a \over \partial b}`` and ``\partial_{x} f``."""
    a = p.i
    operator = r"\partial" if p.text[a] == r"\partial" else "d"
    p.i += 1
    if p.text[p.i] == "_":
        return _indexed(p, a)
    order = _order(p)
    body = None
    if p.text[p.i] not in ("/", r"\over"):
        if p.text[p.i] in STOP:
            raise p.error("E107", f"{operator} outside a derivative", a)
        body = _factors_before_slash(p)
    slash = p.text[p.i]
    if slash not in ("/", r"\over") or (p.text[p.i + 1] != r"\partial" and p.text[p.i + 1] not in DIFFERENTIALS):
        raise p.error("E107", f"{operator} outside a derivative", a, "write it as a fraction of differentials")
    p.i += 1
    if slash == r"\over":
        end = next((i for i in p.line.top(p.i, p.line.size) if p.text[i] in STOP), p.line.size)
        variables = _variables(p, operator, order, end)
        return _with_body(p, a, operator, order, body, variables, "over")
    total = int(order.text) if type(order) is x.Number and order.text.isdigit() and len(order.text) < 4 else 1
    found: list[tuple[x.Node, int]] = []
    while not found or (sum(n for _, n in found) < total and p.text[p.i] == operator):
        p.i += 1
        node = p.factor()
        found.append(_multiplicity(node) if total > 1 else (node, 1))
    return _with_body(p, a, operator, order, body, tuple(found), "/")


def _factors_before_slash(p: Parser) -> x.Node:
    a = p.i
    factors = [p.factor()]
    while p.text[p.i] not in ("/", r"\over") and p.text[p.i] not in STOP and p.text[p.i] not in v.OPERATORS:
        factors.append(p.factor())
    if len(factors) == 1:
        return factors[0]
    return x.Product(tuple(factors), ("",) * (len(factors) - 1), p.span(a, p.i))


def _indexed(p: Parser, a: int) -> x.Node:
    r"""``\partial_{x_i} f`` or ``\partial_x^2 f``."""
    variable, order, _ = p.scripts()
    if variable is None:
        raise p.error("E107", r"\partial with an empty subscript", a)
    times = int(order.text) if type(order) is x.Number and order.text.isdigit() and len(order.text) < 4 else 1
    return _with_body(p, a, r"\partial", order, None, ((variable, times),), "sub")


def _with_body(
    p: Parser,
    a: int,
    operator: str,
    order: x.Node | None,
    body: x.Node | None,
    variables: tuple[tuple[x.Node, int], ...],
    style: str,
) -> x.Node:
    alone = body is None
    if alone:
        tok = p.text[p.i]
        if tok in v.OPENERS or p.bodyless(p.i):
            begun = p.i
            body = p.factor()
            after = p.text[p.i]
            goes_on = after not in STOP and after not in v.OPERATORS and after not in ("/", "_", "^")
            if goes_on and isinstance(body, x.Scripted) and body.sup is not None and is_transpose(body.sup):
                p.i = begun  # of (x - m)^T A (x - m), the whole
                body = p.product("d")
        elif tok not in STOP and tok not in v.OPERATORS and tok not in ("/", "_", "^"):
            body = p.product("d")
    return x.DerivativeOp(operator, order, body, variables, style, alone, p.span(a, p.i))


def of_whole(node: x.Node) -> x.Node:
    r"""``\frac{d}{dx} (x - a)(x - b)`` as the derivative of the whole product, where that is all that a side is.

    In a sum it may be a step of the product rule, and a sign between the brackets says that the first is meant.
    """
    match node:
        case x.Add(terms=((sign, term),)):
            return x.Add(((sign, of_whole(term)),), node.span)
        case x.Product(factors=factors, operators=operators):
            at = next((n for n, factor in enumerate(factors) if isinstance(factor, x.DerivativeOp)), len(factors))
            numbers = all(isinstance(factor, x.Number | x.Quotient) for factor in factors[:at])
            if at >= len(factors) - 1 or not numbers or any(operators[at:]):
                return node
            first, rest = factors[at], factors[at + 1 :]
            assert isinstance(first, x.DerivativeOp)
            by = {name for variable, _ in first.variables for name in names_in(variable)}
            derives = any(isinstance(part, x.DerivativeOp | x.Nabla) for factor in rest for part in every(factor))
            inside = {name for factor in rest for name in names_in(factor)}
            if first.body is None or not first.body_from_product or derives or by.isdisjoint(inside):
                return node
            if not isinstance(parts_of(first.body)[0], x.Group):
                return node
            body = x.Product((first.body, *rest), ("",) * len(rest), node.span)
            whole = replace(first, body=body, span=Span(first.span.start, node.span.end))
            return whole if not at else x.Product((*factors[:at], whole), operators[:at], node.span)
    return node

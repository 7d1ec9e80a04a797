r"""Questions about the shape of a formula's syntax: its parts, which letters it mentions, what its scripts look like.

This module must never look at what a symbol means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from symderiv.document import Span
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, letter, plain
from symderiv.reader.grammar.vocabulary import BOLD, INDEX_LETTERS

TRANSPOSES = frozenset(
    {"T", r"\top", r"\intercal", r"\mathsf{T}", r"\mathrm{T}", r"\text{T}", r"\mathbf{T}", "t", r"\prime"}
)

Change = Callable[[syntax.Node], syntax.Node]  # what becomes of a part of a formula


def parts_of(node: syntax.Node) -> tuple[syntax.Node, syntax.Node | None, syntax.Node | None, int]:
    """(base, subscript, superscript, primes), with stacked scripts merged where they do not collide."""
    if isinstance(node, syntax.Scripted):
        base, sub, sup, primes = node.base, node.sub, node.sup, node.primes
        if (
            isinstance(base, syntax.Scripted)
            and (sub is None or base.sub is None)
            and (sup is None or base.sup is None)
        ):
            return base.base, sub or base.sub, sup or base.sup, primes + base.primes
        return base, sub, sup, primes
    return node, None, None, 0


def letter_below(node: syntax.Node) -> str:
    """The letter of a symbol without its scripts: y for ``y`` and ``y^{(i)}``; "" for anything else."""
    base = parts_of(node)[0]
    return plain(base.name) if isinstance(base, syntax.Symbol) else ""


def syntax_parts(node: syntax.Node) -> Iterator[syntax.Node]:
    """The immediate children of a syntax node."""
    name: str
    for name in type(node).__slots__:
        value = getattr(node, name)
        if isinstance(value, syntax.Node):
            yield value
        elif type(value) is tuple:
            yield from _nodes(value)


def _nodes(values: tuple) -> Iterator[syntax.Node]:
    """The nodes in tuples of nodes and tuples, which are two deep at most."""
    for value in values:
        if isinstance(value, syntax.Node):
            yield value
        elif type(value) is tuple:
            yield from _nodes(value)


def is_layer(node: syntax.Node | None) -> bool:
    """A superscript that names a layer: ``l``, ``L``, ``l+1``, ``L-1``, ``o``, ``h``; nobody takes such powers."""
    match node:
        case syntax.Symbol():
            return plain(node.name) in ("l", "L", r"\ell", "o", "h", "out", "in", "hid")
        case syntax.Add(terms=((_, syntax.Symbol() as first), (_, syntax.Number()))):
            return plain(first.name) in ("l", "L", r"\ell")
    return False


def is_time(node: syntax.Node | None) -> bool:
    """``^t``, ``^{t-1}``: a time step, where t is an index of the document."""
    match node:
        case syntax.Symbol(name="t"):
            return True
        case syntax.Add(terms=((_, syntax.Symbol(name="t")), (_, syntax.Number()))):
            return True
    return False


def word_before(factors: Sequence[syntax.Node], operators: Sequence[str], end: int) -> str:
    """The word of four or more letters, written without a gap, that ends before factor ``end``; or ""."""
    word = ""
    while end > 0 and operators[end - 1] == "" and factors[end - 1].span.end == factors[end].span.start:
        end -= 1
        letter = factors[end]
        if not isinstance(letter, syntax.Symbol) or len(letter.name) != 1 or not letter.name.isalpha():
            break
        word = letter.name + word
    return word if len(word) >= 4 else ""


def words_in(node: syntax.Product) -> Iterator[tuple[int, str]]:
    """The words of letters without a gap in a product, and where they begin: Precision, and the xy of 2xy."""
    begun, word = 0, ""
    for n, factor in enumerate(node.factors):
        letter = factor.name if isinstance(factor, syntax.Symbol) and len(factor.name) == 1 else ""
        goes_on = n and node.operators[n - 1] == "" and node.factors[n - 1].span.end == factor.span.start
        if word and not (letter and goes_on):
            yield begun, word
            word = ""
        begun, word = begun if word else n, word + letter
    if word:
        yield begun, word


def is_transpose(node: syntax.Node) -> bool:
    return isinstance(node, syntax.Symbol) and node.name in TRANSPOSES


def is_transposition(node: syntax.Node, of: syntax.Node) -> bool:
    r"""Whether ``node`` is ``of`` with a transposition, ``A^\top`` of ``A``."""
    base, sub, sup, primes = parts_of(node)
    other, other_sub, other_sup, other_primes = parts_of(of)
    if sup is None or other_sup is not None or primes or other_primes or not is_transpose(sup):
        return False
    return (syntax.sexpr(base), syntax.sexpr(sub)) == (syntax.sexpr(other), syntax.sexpr(other_sub))


def is_label(node: syntax.Node) -> bool:
    r"""A superscript in brackets, ``^{(i)}``, or one with a transposition, ``^{(i)\top}``."""
    if isinstance(node, syntax.Product) and len(node.factors) == 2 and is_transpose(node.factors[1]):
        node = node.factors[0]
    return isinstance(node, syntax.Group)


def subscripts(node: syntax.Node) -> Iterator[str]:
    """Letters that stand as lone subscripts, or labels ``^{(i)}``, in a node, in order."""
    if isinstance(node, syntax.Scripted):
        label = node.sup.body if isinstance(node.sup, syntax.Group) and node.sup.open == "(" else None
        for script in (node.sub, label):
            if isinstance(script, syntax.Symbol) and letter(script) in INDEX_LETTERS:
                yield letter(script)
    for part in syntax_parts(node):
        yield from subscripts(part)


def binds(node: syntax.Node, name: str) -> bool:
    """Whether a sum inside ``node`` has its own index ``name``."""
    if isinstance(node, syntax.BigOp) and name in index_names(node.sub):
        return True
    return any(binds(part, name) for part in syntax_parts(node))


def stands_as_value(node: syntax.Node, name: str) -> bool:
    """Whether ``name`` stands in ``node`` as a number or symbol, not only in subscripts, labels and conditions."""
    match node:
        case syntax.Symbol():
            return plain(node.name) == name
        case syntax.Relation():
            return False
        case syntax.Scripted(base=base, sup=sup, primes=primes):
            if primes and isinstance(base, syntax.Symbol) and plain(base.name) + "'" * primes == name:
                return True
            exponent = sup if sup is not None and not is_label(sup) else None
            return stands_as_value(base, name) or (exponent is not None and stands_as_value(exponent, name))
        case syntax.BigOp(body=body) | syntax.Apply(name="softmax", argument=body):
            return stands_as_value(body, name)
    return any(stands_as_value(part, name) for part in syntax_parts(node))


def mentions(node: syntax.Node, name: str) -> bool:
    if isinstance(node, syntax.Symbol):
        return plain(node.name) == name
    return any(mentions(part, name) for part in syntax_parts(node))


def call_name(base: syntax.Symbol, sub: syntax.Node | None) -> str:
    r"""``\pi_{\theta}``: what is called, with its subscript."""
    return plain(base.name) if sub is None else f"{plain(base.name)}_{{{index_word(sub)}}}"


def letters_called(node: syntax.Node) -> set[str]:
    """The letters that stand as arguments themselves, dressed with primes and subscripts or not."""
    match node:
        case syntax.Given(left=left, right=right):
            return letters_called(left) | letters_called(right)
        case syntax.Tuple(items=items):
            return set().union(*map(letters_called, items))
        case syntax.Scripted(base=syntax.Symbol(name=name), sup=None) | syntax.Symbol(name=name):
            return {plain(name)}
    return set()


def drawn_together(sub: syntax.Node | None) -> tuple[list[syntax.Node], syntax.Node | None] | None:
    r"""What ``(x, y) \sim D`` or ``x, y \sim D`` draws as one, and the name D; ``(x, y)`` alone names none."""
    distribution: syntax.Node | None = None
    drawn = sub
    match sub:
        case syntax.Relation(left=syntax.Group() as drawn, rest=(("sim", distribution),)):
            pass
        case syntax.Tuple(items=(*first, syntax.Relation(left=last, rest=(("sim", distribution),)))) if first:
            drawn = syntax.Group("(", ")", syntax.Tuple((*first, last), sub.separators, sub.span), sub.span)
    match drawn:
        case syntax.Group(open="(", body=syntax.Tuple(items=items)) if all(map(value_name, items)):
            named = distribution is None or isinstance(parts_of(distribution)[0], syntax.Symbol)
            return ([*items], distribution) if named else None
    return None


def value_name(node: syntax.Node) -> str:
    """The index that y, ``y'`` or ``y_w`` is if y is a letter for values; or ""."""
    base, sub, sup, primes = parts_of(node)
    if not isinstance(base, syntax.Symbol) or sup is not None:
        return ""
    return plain(base.name) + "'" * primes + (f"_{{{index_word(sub)}}}" if sub is not None else "")


def drawn_names(items: Sequence[syntax.Node]) -> str:
    """The key of what is drawn as one."""
    return "(" + ",".join(map(syntax.sexpr, items)) + ")"


def before_bar(body: syntax.Node) -> syntax.Node:
    """What stands before the bar of ``y | x``, or all where there is none."""
    return body.left if isinstance(body, syntax.Given) else body


def arguments(body: syntax.Node) -> Iterator[syntax.Node]:
    """The arguments of ``p(y | x; w)`` on both sides of the bar, and those of ``f(x, y)``."""
    for side in (body.left, body.right) if isinstance(body, syntax.Given) else (body,):
        yield from side.items if isinstance(side, syntax.Tuple) else (side,)


def prefers(body: syntax.Node) -> bool:
    r"""Whether brackets hold that one thing is preferred to another: ``y_1 \succ y_2``, or ``y_1 \succ y_2 | x``."""
    relation = body.left if isinstance(body, syntax.Given) else body
    return isinstance(relation, syntax.Relation) and [op for op, _ in relation.rest] in (["succ"], ["prec"])


def divergence(node: syntax.Node, group: syntax.Node) -> tuple[syntax.Node, syntax.Node] | None:
    r"""Both sides of ``D_{KL}(q \| p)``."""
    base, sub, sup, primes = parts_of(node)
    if not isinstance(base, syntax.Symbol) or sup is not None or primes:
        return None
    letter, kind = plain(base.name), index_word(sub) if sub is not None else ""
    named = kind == "KL" and letter in ("D", r"\mathcal{D}", r"\mathbb{D}")
    if not (named or (not kind and letter == "KL")) or not isinstance(group, syntax.Group):
        return None
    return (group.body.left, group.body.right) if isinstance(group.body, syntax.Given) else None


def differential(node: syntax.Node) -> tuple[syntax.Node, str] | None:
    """``f(z) dz`` as f(z) and z."""
    match node:
        case syntax.Product(factors=(*rest, syntax.Symbol(name=d), syntax.Symbol(name=name)), operators=operators) if (
            rest and plain(d) == "d" and operators[-1] == ""
        ):
            body = rest[0] if len(rest) == 1 else syntax.Product(tuple(rest), operators[:-2], node.span)
            return body, plain(name)
    return None


def is_data(node: syntax.Node) -> bool:
    r"""A set among the arguments, ``L(\beta; \{x_n, y_n\}_{n=1}^N)``: the data, on which nothing hinges."""
    base = parts_of(node)[0]
    return isinstance(base, syntax.Group) and base.open in ("{", r"\{")


def is_delta(node: syntax.Node) -> bool:
    """Kronecker's delta alone: an equation for it says what it is."""
    base, sub, _, _ = parts_of(node)
    return (
        isinstance(base, syntax.Symbol) and plain(base.name) == r"\delta" and sub is not None and index_count(sub) == 2
    )


def defines_delta(row: syntax.Row) -> bool:
    r"""``\delta_{nk} = y_{nk} - t_{nk}``, ``\delta_{nk} = \frac{\partial E}{\partial y_{nk}}``: an error."""
    sides = [segment.side for segment in row.segments[:2]]
    if len(sides) < 2 or not isinstance(sides[0], syntax.Node) or not is_delta(sides[0]):
        return False
    right = sides[1]
    return isinstance(right, syntax.Add) or (
        isinstance(right, syntax.DerivativeOp) and isinstance(right.body, syntax.Symbol)
    )


def names_in(node: syntax.Node) -> Iterator[str]:
    if isinstance(node, syntax.Symbol):
        yield plain(node.name)
    for part in syntax_parts(node):
        yield from names_in(part)


def says_vector(node: syntax.Node) -> bool:
    """Whether something in a formula is written for vectors: a transpose, bold type, a norm, softmax(z), diag(z)."""
    match node:
        case syntax.Symbol(name=name):
            return name.startswith(BOLD)
        case syntax.Scripted(sup=sup) if sup is not None and is_transpose(sup):
            return True
        case syntax.Group(open=r"\|" | r"\langle"):
            return True
        case syntax.Matrix() | syntax.Nabla():
            return True
        case syntax.Apply(name="diag"):
            return True
        case syntax.Apply(name="softmax", sub=None, argument=syntax.Group(body=syntax.Symbol())):
            return True
        case syntax.Product(operators=operators) if any(op in (r"\odot", r"\circ", r"\oslash") for op in operators):
            return True
    return any(says_vector(part) for part in syntax_parts(node))


def lists(row: syntax.Row) -> bool:
    r"""Whether a row goes on with other values: ``T = 1, 2, \dots``."""
    return any(
        is_numeral(r.content.items[0] if isinstance(r.content, syntax.Tuple) and r.content.items else r.content)
        for r in row.remarks
    )


def is_numeral(node: syntax.Node) -> bool:
    r"""Whether a formula is made of numbers alone: ``-1``, ``\frac12``, ``10^{-3}``."""
    match node:
        case syntax.Number():
            return True
        case syntax.Add() | syntax.Product() | syntax.Quotient() | syntax.Sqrt() | syntax.Scripted():
            return all(map(is_numeral, syntax_parts(node)))
        case syntax.Group(open="(" | "[" | ".", body=body):
            return is_numeral(body)
    return False


def rounded(node: syntax.Node) -> bool:
    """Whether a formula has a decimal number in it that may have been rounded."""
    if isinstance(node, syntax.Number):
        return "." in node.text and len(node.text.split(".")[1]) > 1
    return any(rounded(part) for part in syntax_parts(node))


def stands_bare(node: syntax.Node, name: str) -> bool:
    """Whether ``name`` stands in ``node`` without a bracket after it, with or without scripts."""
    if isinstance(node, syntax.Symbol | syntax.Scripted):
        base = parts_of(node)[0]
        return isinstance(base, syntax.Symbol) and plain(base.name) == name
    if isinstance(node, syntax.Product):
        for n, factor in enumerate(node.factors):
            after = node.factors[n + 1] if n + 1 < len(node.factors) and node.operators[n] == "" else None
            called = after is not None and isinstance(parts_of(after)[0], syntax.Group)
            if not (called and isinstance(factor, syntax.Symbol | syntax.Scripted)) and stands_bare(factor, name):
                return True
        return False
    return any(stands_bare(part, name) for part in syntax_parts(node))


def powers_at(places: Collection[Span]) -> Change:
    """What makes the superscripts at ``places`` powers, whatever else they could be: ``^{+h}``."""

    def change(node: syntax.Node) -> syntax.Node:
        if isinstance(node, syntax.Scripted) and node.sup is not None and node.sup.span in places:
            node.sup = syntax.Add((("+", node.sup),), node.sup.span)
        return node

    return change


def stands_whole(node: syntax.Node, name: str) -> bool:
    """Whether ``name`` stands in ``node`` without a subscript, called or not: not the g of ``g_p(w)``."""
    if isinstance(node, syntax.Scripted) and node.sub is not None and isinstance(node.base, syntax.Symbol):
        return any(stands_whole(part, name) for part in (node.sub, node.sup) if part is not None)
    if isinstance(node, syntax.Symbol):
        return plain(node.name) == name
    return any(stands_whole(part, name) for part in syntax_parts(node))


def connects(node: syntax.Node, here: str, there: str) -> bool:
    r"""Whether ``node`` sums over ``there`` something with weights w_{here, there} or w_{there, here}."""
    return any(
        index == there and sorted(names_in(part.sub)) == sorted((here, there))
        for index, body in sums(node)
        for part in every(body)
        if isinstance(part, syntax.Scripted) and part.sub is not None
    )


def sums(node: syntax.Node) -> Iterator[tuple[str, syntax.Node]]:
    """The indices of the sums in ``node``, each with what it is summed over."""
    for part in every(node):
        if isinstance(part, syntax.BigOp):
            for index in index_names(part.sub):
                yield index, part.body


def every(node: syntax.Node) -> Iterator[syntax.Node]:
    """A node and all that stands in it."""
    yield node
    for part in syntax_parts(node):
        yield from every(part)


def on_sides(rows: Iterable[syntax.Row]) -> Iterator[syntax.Node]:
    """Every node of the sides of ``rows``."""
    for row in rows:
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                yield from every(segment.side)


def everywhere(rows: Iterable[syntax.Row]) -> Iterator[syntax.Node]:
    """Every node of the sides of ``rows``, and of the remarks beside them."""
    for row in rows:
        for content in (*(segment.side for segment in row.segments), *(remark.content for remark in row.remarks)):
            if isinstance(content, syntax.Node):
                yield from every(content)


def index_names(sub: syntax.Node | None) -> Iterator[str]:
    r"""The indices that a sum with this below it has: ``i``, ``i = 1``, ``i, j``, ``ij``, ``(i, j) \in S``."""
    match sub:
        case syntax.Symbol():
            yield plain(sub.name)
        case syntax.Relation(left=left):
            if isinstance(left, syntax.Symbol):
                yield plain(left.name)
            elif isinstance(left, syntax.Group):
                yield from index_names(left)
        case syntax.Tuple(items=items) | syntax.Product(factors=items):
            for item in items:
                yield from index_names(item)
        case syntax.Group(open="(", body=body):
            yield from index_names(body)


def index_count(sub: syntax.Node, known: Collection[str] = ()) -> int:
    """How many indices a subscript seems to hold: single letters, and the ``known`` names."""
    match sub:
        case syntax.Symbol():
            return 1 if len(plain(sub.name)) == 1 or plain(sub.name) in known else 0
        case syntax.Number():
            return 1
        case syntax.Product(factors=factors):
            if all(isinstance(part, syntax.Symbol) and _is_capital(plain(part.name), known) for part in factors):
                return 0  # w_{ML}
            return sum(index_count(part, known) for part in factors)
        case syntax.Tuple():
            return sum(index_count(part, known) for part in sub.items)
        case syntax.Scripted():
            return 1
    return 0


def _is_capital(name: str, known: Collection[str]) -> bool:
    return len(name) == 1 and name.isupper() and name not in known


def commands(node: syntax.Node) -> Iterator[str]:
    r"""The names of unknown commands (``\\Attn``) inside a node."""
    if isinstance(node, syntax.Symbol):
        if node.name.startswith("\\operatorname{\\"):
            yield plain(node.name)
        return
    for part in syntax_parts(node):
        yield from commands(part)


def replaced(node: syntax.Node, change: Change) -> syntax.Node:
    """``node`` with every part of it, and then itself, put through ``change``; the parts are changed in place."""

    def each(value: object) -> object:
        if isinstance(value, syntax.Node):
            return replaced(value, change)
        return tuple(map(each, value)) if type(value) is tuple else value

    slot: str
    for slot in type(node).__slots__:
        setattr(node, slot, each(getattr(node, slot)))
    return change(node)


def replace(rows: Sequence[syntax.Row], change: Change) -> None:
    """Put every part of the sides of ``rows``, and of the remarks beside them, through ``change``."""
    for row in rows:
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                segment.side = replaced(segment.side, change)
        for remark in row.remarks:
            remark.content = replaced(remark.content, change)

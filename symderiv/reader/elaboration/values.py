r"""Functions of values: ``\sum_y \pi(y) \log \pi(y)``, where y stands in the brackets of functions, not in subscripts.

Such a letter is read as an index over finitely many values: ``r(x, y)`` is a family with one member for each y, and y
itself, where it stands as a number, is the value that it has. ``p(x)`` and ``p(z)`` are different functions, ``\pi(y)``
and ``\pi(y')`` the same one. This module must never take a letter for an index that anything is differentiated by.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from symderiv.diagnostics import ReadError
from symderiv.reader.elaboration.applications import Applications
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, letter_of, plain
from symderiv.reader.grammar.nodes import (
    arguments,
    call_name,
    is_transpose,
    letter_below,
    letters_called,
    names_in,
    parts_of,
    prefers,
    value_name,
)
from symderiv.reader.indexed.arrays import Array, Value, one_entry
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import STANDARD
from symderiv.terms import Head, Index, Range, Sum, Term, Var, fresh, num, rename


class Values(Applications):
    """Calls at letters that stand for values, conditional probabilities, and sums over such letters."""

    def value_index(self, node: syntax.Node) -> str:
        r"""The index that y, ``y'`` or ``y_w`` is, if y is a letter for values; or ""."""
        base, sub, sup, _ = parts_of(node)
        if not isinstance(base, syntax.Symbol) or sup is not None or plain(base.name) not in self.symbols.valued:
            return ""
        if sub is not None and not self.symbols.index_names.union(self.bound, self.free).isdisjoint(names_in(sub)):
            return ""  # a_t changes with t
        return value_name(node)

    def value_class(self, letter: str) -> str:
        """What the values of a letter run over."""
        if letter not in self.symbols.valued_classes:
            self.symbols.valued_classes[letter] = self.symbols.ranges.new()
        return self.symbols.valued_classes[letter]

    def quantity_of(self, node: syntax.Node) -> Term | None:
        """The letter itself as a number: the value that it has."""
        index = self.value_index(node)
        if not index:
            return None
        letter = letter_of(index)
        if index in self.counted or letter in self.symbols.vectors:
            raise refuse("E154", f"this sum runs over the values of {letter}, which stands for itself here", node)
        return self.member_at(letter, [index], node)

    def member_at(self, name: str, indices: list[Index], node: syntax.Node) -> Term:
        """The member of a family of values, with what its indices run over."""
        slots = [self.symbols.ranges.slot(Var(name, tuple(indices), ()).head, n) for n in range(len(indices))]
        for index, slot in zip(indices, slots, strict=True):
            letter = letter_of(str(index))
            if letter in self.symbols.valued:
                self.symbols.ranges.unite(self.value_class(letter), slot)
            self.use(index, slot, node)
        return Var(self.symbols.name(name, len(indices)), tuple(indices), ())

    def for_values(self, node: syntax.Symbol | syntax.Scripted) -> Value | None:
        """A number of a numeric range, a letter as the value that it has, a function without its brackets."""
        base, sub, _, primes = parts_of(node)
        if isinstance(base, syntax.Symbol) and sub is None and plain(base.name) + "'" * primes in self.fixed:
            return num(self.fixed[plain(base.name) + "'" * primes])
        if not self.symbols.valued or not isinstance(base, syntax.Symbol):
            return None
        bare = syntax.Scripted(base, sub, None, primes, node.span) if sub is not None or primes else base
        found = self.quantity_of(bare)
        return found if found is not None else self.bare_call(bare)

    def bare_call(self, node: syntax.Node) -> Value | None:
        r"""``\pi`` where the document calls it ``\pi(y)`` and nothing else, with a letter that stands for values."""
        base, sub, _, primes = parts_of(node)
        if not self.symbols.valued or not isinstance(base, syntax.Symbol) or primes:
            return None
        forms = self.symbols.forms.get(call_name(base, sub), {})
        if len(forms) != 1:
            return None
        (body,) = forms.values()
        if not letters_called(body) & self.symbols.valued:
            return None
        return self.conditional(node, body)

    def of_values(self, base: syntax.Symbol, sub: syntax.Node | None, body: syntax.Node) -> bool:
        """Whether a call is one of a function of values: p(x), too, where p(z) is one for each z."""
        letters, valued = letters_called(body), self.symbols.valued
        if not valued or not letters or plain(base.name) in STANDARD:
            return False
        forms = self.symbols.forms.get(call_name(base, sub), {})
        return bool(letters & valued) or any(letters_called(form) & valued for form in forms.values())

    def template(self, node: syntax.Node, body: syntax.Node) -> tuple[str, list[Index], syntax.Node | None] | None:
        r"""The name ``r(x,y)``, its indices and the exponent of a call at letters for values; None if it is none."""
        base, sub, sup, primes = parts_of(node)
        assert isinstance(base, syntax.Symbol)
        if not self.of_values(base, sub, body):
            return None
        found: list[Index] = []
        labels, exponent, name = self.label(call_name(base, sub) + "'" * primes, sup)
        if labels:
            raise refuse("E151", "a label on a function of values", node)
        return f"{name}({self.shape(body, found)})", found, exponent

    def conditional(self, node: syntax.Node, body: syntax.Node) -> Value:
        """``p(y | x)`` as one symbol: the same letters are the same number; its indices stay indices."""
        base, sub, sup, primes = parts_of(node)
        assert isinstance(base, syntax.Symbol)
        if (of_values := self.template(node, body)) is not None:
            name, indices, exponent = of_values
            return self.scripts(self.member_at(name, indices, node), exponent, 0, node)
        found: list[Index] = []
        labels, exponent, name = self.label(call_name(base, sub) + "'" * primes, sup)
        shape = self.shape(body, found)
        defined = self.instance_of(name, f"{name}({shape})", body, node) if not labels else None
        if defined is not None:
            return self.scripts(defined, exponent, 0, node)
        head = Head(f"{name}({shape})", len(found), len(labels))
        for n, index in enumerate((*found, *labels)):
            self.use(index, self.symbols.ranges.slot(head, n), node)
        return self.scripts(Var(head.name, tuple(found), tuple(labels)), exponent, 0, node)

    def vector_at(self, node: syntax.Node, body: syntax.Node) -> Value:
        r"""``\phi(s, a)``, a vector for each of its arguments as they are written, or its entry ``\phi_j(s, a)``."""
        base, sub, _, _ = parts_of(node)
        assert isinstance(base, syntax.Symbol)
        callee = plain(base.name)
        if any(isinstance(item, syntax.Symbol) and item.name == r"\cdot" for item in arguments(body)):
            raise refuse("E151", f"at which arguments {callee} stands here is not said", node)
        found: list[Index] = []
        name = f"{callee}({self.shape(body, found)})"
        entries = Head(name, len(found) + 1, 0)
        for n, index in enumerate(found):
            slot = self.symbols.ranges.slot(entries, n)
            if letter_of(str(index)) in self.symbols.valued:
                self.symbols.ranges.unite(self.value_class(letter_of(str(index))), slot)
            self.use(index, slot, node)
        axis = self.symbols.ranges.slot(Head(callee, 1, 0), 0)
        self.symbols.ranges.unite(axis, self.symbols.ranges.slot(entries, len(found)))
        known = self.symbols.name(name, len(found) + 1)
        vector = Array((axis,), lambda at: Var(known, (*found, *at), ()))
        return self.pick(vector, sub, node) if sub is not None else vector

    def conditional_name(self, node: syntax.Node, body: syntax.Given) -> tuple[str, list[Index]] | None:
        """The symbol that ``p(y | x; w)`` is, at letters alone, or ``p(y_i | x_i; w)`` with its indices."""
        base, sub, sup, primes = parts_of(node)
        if not isinstance(base, syntax.Symbol) or primes:
            return None
        found: list[Index] = []
        try:
            labels, exponent, called = self.label(call_name(base, sub), sup)
            name = f"{called}({self.shape(body, found)})"
        except ReadError:  # said when the step is read
            return None
        if labels or exponent is not None:
            return None
        members = bool(found) and all(map(self._is_member, arguments(body)))
        return (name, found) if members or (not found and all(map(self._is_name, arguments(body)))) else None

    @staticmethod
    def _is_member(node: syntax.Node) -> bool:
        """Whether this is a letter, with indices or not."""
        return isinstance(parts_of(node)[0], syntax.Symbol)

    def preference(self, node: syntax.Node, body: syntax.Node) -> tuple[str, list[Index]] | None:
        r"""The symbol that ``p(y_1 \succ y_2 | x)`` is, and its indices; None if it is no preference."""
        base, sub, sup, primes = parts_of(node)
        if not isinstance(base, syntax.Symbol) or not prefers(body):
            return None
        found: list[Index] = []
        labels, exponent, name = self.label(call_name(base, sub) + "'" * primes, sup)
        shape = self.shape(body, found)
        return (f"{name}({shape})", found) if not labels and exponent is None else None

    def _is_name(self, node: syntax.Node) -> bool:
        r"""Whether this is a letter, or a square that is a symbol of its own, as the variance ``\sigma^2``."""
        return isinstance(node, syntax.Symbol) or self._is_square(node)

    def _is_square(self, node: syntax.Node) -> bool:
        _, sub, sup, primes = parts_of(node)
        return sub is None and not primes and self.symbols.is_square(letter_below(node), sup)

    def instance_of(self, callee: str, name: str, body: syntax.Node, node: syntax.Node) -> Value | None:
        """``p(y_i | x_i)``, or ``p(y = 1 | x)``, where the author defined ``p(y | x)`` by a formula."""
        symbols = self.symbols
        if not isinstance(body, syntax.Given):
            return None
        if all(map(self._is_name, arguments(body))) and symbols.defines(name, 0):
            return self.var(name, [], [], node)
        count = len(list(arguments(body)))
        known = [
            other
            for (other, subs), function in symbols.functions.items()
            if not subs and other.startswith(f"{callee}(") and "|" in other and len(function.parameters) == count
        ]
        if len(known) != 1:
            return None
        items: list[syntax.Node] = []
        for item, parameter in zip(arguments(body), re.split(r"[,|]", known[0][len(callee) + 1 : -1]), strict=True):
            match item:
                case syntax.Relation(left=syntax.Symbol() as left, rest=(("=", syntax.Number() as value),)) if (
                    plain(left.name) == parameter
                ):
                    items.append(value)
                case syntax.Number():  # p(1 | x)
                    items.append(item)
                case syntax.Symbol() | syntax.Scripted() if letter_below(item) == parameter:
                    items.append(item)
                case syntax.Scripted() if self._is_square(item) and f"{letter_below(item)}^{{2}}" == parameter:
                    items.append(item)
                case _:
                    return None  # p(x) and p(z) are different functions
        return self.applied(known[0], [], [], symbols.functions[known[0], 0], items, node)

    def shape(self, node: syntax.Node, found: list[Index]) -> str:
        """The text of a node with its indices taken out into ``found``; letters for values stand in braces."""
        index = self.value_index(node)
        if index:
            found.append(index)
            return f"{{{letter_of(index)}}}"
        match node:
            case syntax.Given(left=left, right=right):
                return f"{self.shape(left, found)}|{self.shape(right, found)}"
            case syntax.Tuple(items=items):
                return ",".join(self.shape(item, found) for item in items)
            case syntax.Scripted(base=syntax.Symbol() as base, sub=sub, sup=sup, primes=primes):
                text = plain(base.name) + "'" * primes
                for part, mark in ((sub, "_"), (sup, "^")):
                    inner = part.body if isinstance(part, syntax.Group) else part
                    if inner is None or part is None:
                        continue
                    try:
                        indices = self.indices(inner)
                    except ReadError as error:
                        raise refuse("E151", "this conditional probability is not understood", node) from error
                    power = mark == "^" and part is inner and not is_transpose(inner)
                    if indices is None or (power and not all(isinstance(i, str) for i in indices)):
                        text += f"{mark}{{{index_word(inner)}}}"
                    else:
                        found += indices
                return text
            case syntax.Symbol():
                return str(self.fixed.get(plain(node.name), plain(node.name)))
            case syntax.Relation(left=left, rest=(("=", syntax.Symbol(name=index)),)) if self._is_index(plain(index)):
                text = self._spoken_of(left, found)
                found.append(plain(index))  # P(y = i | x) is another number for each i
                return f"{text}=\N{MIDDLE DOT}"
            case syntax.Relation(left=left, rest=(("succ" | "prec" as op, right),)):
                return f"{self._compared(left, found)}{op}{self._compared(right, found)}"
            case syntax.Relation(left=left, rest=((op, right),)):
                return f"{self._spoken_of(left, found)}{op}{self.shape(right, found)}"
            case syntax.Add(terms=((sign, syntax.Number(text=text)),)):
                return text if sign == "+" else f"-{text}"
            case syntax.Number():
                return node.text
        raise refuse("E151", "this conditional probability is not understood", node)

    def _spoken_of(self, node: syntax.Node, found: list[Index]) -> str:
        """``P(y = 1)`` speaks of y, and not of each of its values."""
        return plain(node.name) if isinstance(node, syntax.Symbol) else self.shape(node, found)

    def _compared(self, node: syntax.Node, found: list[Index]) -> str:
        r"""``P(i \succ j)`` is another number for each i and j."""
        if isinstance(node, syntax.Symbol) and self._is_index(plain(node.name)):
            found.append(plain(node.name))
            return "\N{MIDDLE DOT}"
        return self.shape(node, found)

    def _is_index(self, name: str) -> bool:
        symbols = self.symbols
        known = name in symbols.index_names | symbols.bound_names | symbols.sub_letters
        if name in self.fixed:
            return False
        return name in self.bound or (known and name not in symbols.size_names and not symbols.defines(name, 0))

    # Sums

    def values_below(self, node: syntax.BigOp) -> list[str]:
        r"""The indices of ``\sum_y``, ``\sum_{y \in Y}``, ``\sum_{x,y}`` over values; empty if it is no such sum."""
        sub = node.sub
        if sub is None or node.sup is not None:
            return []
        said = ""
        match sub:
            case syntax.Relation(left=left, rest=(("in", members),)):
                sub, said = left, syntax.sexpr(members)
        items = sub.items if isinstance(sub, syntax.Tuple) else (sub,)
        found = [self.value_index(item) for item in items]
        if not all(found):
            return []
        for index in found:
            if said and self.symbols.value_sets.setdefault(letter_of(index), said) != said:
                raise refuse("E156", f"the values of {index} are those of another set elsewhere", sub)
        return found

    def over_values(self, indices: list[str], node: syntax.BigOp) -> Value:
        """The sum over the values of letters."""
        return self.summed_over(indices, lambda: self.value(node.body), node)

    def summed_over(self, indices: list[str], body: Callable[[], Value], node: syntax.Node) -> Value:
        """The sum of ``body`` over the indices, which stand for values."""
        if not indices:
            return body()
        index, *rest = indices
        range_class = self.value_class(letter_of(index))
        if index in self.bound:
            self.warn("W410", f"{index} is bound twice; the inner sum has its own {index}", node)
        with self.binding(index, range_class):
            inner = self.summed_over(rest, body, node)
        one = one_entry(inner)
        if one is None or index not in one.free:
            raise refuse("E154", f"nothing in this sum depends on {index}, as far as is known", node)
        return self.under_binder(inner, lambda part: Sum(index, Range(1, range_class), part[0]), index, node)

    def under_binder(self, body: Value, build: Callable[[list[Term]], Term], index: str, node: syntax.Node) -> Value:
        """What ``build``, which binds ``index``, makes of a number, or of each entry."""
        if not isinstance(body, Array):
            return build([body])

        def entry(at: tuple[Index, ...]) -> Term:
            if index in at:  # the entry's own index must not be captured
                other = fresh(index, {i for i in at if isinstance(i, str)} | body.entry(at).free)
                renamed = tuple(other if i == index else i for i in at)
                return rename(build([body.entry(renamed)]), {other: index})
            return build([body.entry(at)])

        return Array(body.axes, entry, body.row)

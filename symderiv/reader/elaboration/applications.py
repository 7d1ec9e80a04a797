r"""Functions that the author defined, at other arguments: ``f(2 x)``, ``h(x_i)``, ``L(a_j)``, ``s(-x)``.

The definition stands for its parameters; here others are put in for them. This module must never apply a function that
nobody defined.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from symderiv.reader.elaboration.entries import Entries
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import parts_of
from symderiv.reader.indexed.arrays import Array, Value, elementwise
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import Function
from symderiv.terms import Head, Index, Num, Term, Var


class Applications(Entries):
    """The value of a defined function where its parameters are something else."""

    def applied(
        self,
        name: str,
        subs: list[Index],
        labels: list[Index],
        function: Function,
        items: list[syntax.Node],
        node: syntax.Node,
    ) -> Value | None:
        """A call of a function that the author defined; None if it is a product after all."""
        symbols = self.symbols
        if len(items) != len(function.parameters):
            if self.only_names(items) and all(p.family is not None for p in function.parameters):
                return self.var(name, subs, labels, node)
            raise refuse("E160", f"{name} was defined with {len(function.parameters)} arguments", node)
        replaced: dict[Var, Term] = {}
        families: dict[Head, Callable[[tuple[Index, ...]], Term]] = {}
        extra: list[Index] = []
        shared: dict[Index, Index] = {}  # the parameters' indices, and those that stand for them here
        lifted: Array | None = None
        for parameter, item in zip(function.parameters, items, strict=True):
            family = parameter.family
            named = plain(item.name) if isinstance(item, syntax.Symbol) else ""
            if family is not None and named and symbols.name(named, family.subs, family.sups) == family.name:
                continue  # h(x), as it was defined
            value = self._row(family, item) or self._same_shape(parameter.var, item) or self.value(item)
            if family is not None:
                if not isinstance(value, Array):
                    if isinstance(item, syntax.Symbol | syntax.Scripted) or symbols.bare[name] <= 0:
                        raise refuse("E161", f"{name} was defined for a vector, and this is read as a number", item)
                    return None  # V (a + b) is a product
                for axis, n in zip(value.axes, range(family.subs), strict=False):
                    if isinstance(axis, str):
                        symbols.ranges.unite(axis, symbols.ranges.slot(family, n))
                probe = value.entry(tuple("?" for _ in value.axes))
                if not (isinstance(probe, Var) and probe.head == family):
                    families[family] = value.entry
                continue
            pattern = parameter.var
            assert pattern is not None
            if isinstance(value, Array):
                if (
                    not pattern.indices
                    and isinstance(item, syntax.Symbol)
                    and symbols.name(plain(item.name)) == pattern.name
                    and pattern.head not in symbols.reached(self._member(name, subs, labels, node))
                ):
                    continue  # h(x), as it was defined, without a word of x
                if pattern.indices:
                    if isinstance(item, syntax.Symbol | syntax.Scripted) and len(value.axes) == len(pattern.indices):
                        lifted = value
                        families[pattern.head] = value.entry
                        continue
                    raise refuse("E161", f"{name} was defined for single entries", item)
                lifted = value
                continue
            if pattern.indices:
                if isinstance(value, Var) and len(value.indices) == len(pattern.indices):
                    for own, index in zip(pattern.indices, value.indices, strict=True):
                        if own not in shared:
                            shared[own] = index
                            extra.append(index)
                        elif shared[own] != index:  # L(a_i, y_j), where L(a_i, y_i) was defined
                            raise refuse("E161", f"{name} was defined for members with the same index", item)
                    if value.head != pattern.head:
                        families[pattern.head] = (
                            lambda at, v=value: Var(  # type: ignore[misc]
                                v.name, at[: len(v.subs)], at[len(v.subs) :]
                            )
                        )
                else:
                    raise refuse("E161", f"{name} was defined for members of the family {pattern.name}", item)
            elif value is not pattern:
                replaced[pattern] = value
        if lifted is not None:
            array = lifted
            if function.parameters[0].var is not None and function.parameters[0].var.indices:
                probe = array.entry(tuple("?" for _ in array.axes))
                if isinstance(probe, Var) and probe.head == function.parameters[0].var.head:
                    return Array(array.axes, lambda at: self.var(name, [*subs, *at], labels, node), array.row)
                return Array(
                    array.axes,
                    lambda at: self.with_arguments(self._member(name, [*subs, *at], labels, node), {}, families, node),
                    array.row,
                )
            scalar = function.parameters[0].var
            if len(function.parameters) != 1 or scalar is None:
                raise refuse("E161", f"{name} of a vector with other arguments", node)
            member = self._member(name, subs, labels, node)
            return elementwise(
                [array], lambda p: self.with_arguments(member, {scalar: p[0]}, {}, node), symbols.ranges, node.span
            )
        sups = [*labels]
        if extra:
            total = len(subs) + len(labels) + len(extra)
            found = next(
                (
                    h
                    for h in symbols.definitions
                    if h.subs + h.sups == total and h.name == symbols.name(name, h.subs, h.sups)
                ),
                None,
            )
            whole = (
                [*subs, *extra, *labels] if found is not None and found.subs > len(subs) else [*subs, *labels, *extra]
            )
            count = found.subs if found is not None else len(subs)
            subs, sups = whole[:count], whole[count:]
        key = (name, len(subs))
        if not replaced and not families:
            symbols.calls.pop(key, None)
            return self._whole(name, subs, sups, node)
        parameters = {p.var.head for p in function.parameters if p.var is not None}
        at_point = any(isinstance(v, Var) and p.name in v.name for p, v in replaced.items())
        met = parameters & symbols.reached(*replaced.values())
        number = any(isinstance(value, Num) for value in replaced.values())
        if not at_point and not met and not number:  # neither s(-x) nor l(\hat{\mu}) nor f(2)
            symbols.calls[key] = (replaced, families)
        return self.with_arguments(self._member(name, subs, sups, node), replaced, families, node)

    def _row(self, family: Head | None, item: syntax.Node) -> Array | None:
        """``h(x_i)``, where h(x) takes all of x and the entries x_{ij} are written somewhere: the i-th sample."""
        base, sub, sup, primes = parts_of(item)
        if (
            family is None
            or family[1:] != (1, 0)
            or not isinstance(base, syntax.Symbol)
            or sub is None
            or sup
            or primes
        ):
            return None
        name = plain(base.name)
        subs = self.indices(sub, name)
        head = Head(self.symbols.name(name, 2), 2, 0)
        if subs is None or len(subs) != 1 or not any(h[1:] == (2, 0) for h in self.symbols.heads.get(name, ())):
            return None
        self.use(subs[0], self.symbols.ranges.slot(head, 0), item)
        return Array((self.symbols.ranges.slot(head, 1),), lambda at: Var(head.name, (subs[0], *at), ()))

    def _same_shape(self, pattern: Var | None, item: syntax.Node) -> Var | None:
        """The argument as a member like the parameter: ``x^{(2)}`` for ``x^{(i)}``, whatever x itself is."""
        base, sub, sup, primes = parts_of(item)
        if pattern is None or not pattern.indices or not isinstance(base, syntax.Symbol) or primes:
            return None
        name = plain(base.name)
        subs = self.indices(sub, name)
        if subs is None:
            return None
        labels, rest, name = self.label(name, sup)
        if rest is not None or (len(subs), len(labels)) != (len(pattern.subs), len(pattern.sups)):
            return None
        return Var(self.symbols.name(name, len(subs), len(labels)), tuple(subs), tuple(labels))

    def _whole(self, name: str, subs: list[Index], sups: list[Index], node: syntax.Node) -> Value:
        head = Head(self.symbols.name(name, len(subs), len(sups)), len(subs), len(sups))
        if head not in self.symbols.definitions and head not in self.symbols.hidden:
            array = self.array(name, node)
            if array is not None and not subs:
                return array
        return self.var(name, subs, sups, node)

    def _member(self, name: str, subs: Sequence[Index], sups: Sequence[Index], node: syntax.Node) -> Term:
        self.calling = True
        try:
            return self.var(name, subs, sups, node)
        finally:
            self.calling = False

    def only_names(self, items: list[syntax.Node]) -> bool:
        """Whether the arguments just say on what the symbol depends: ``L(f)``, ``p_3(f_1, ..., f_4)``."""
        return all(isinstance(item, syntax.Symbol | syntax.Scripted | syntax.Ellipsis) for item in items)

r"""Expectations, integrals and divergences: ``\mathbb{E}_{y \sim \pi}[f(y)]`` is the sum of ``\pi(y) f(y)``.

What is proved of a sum over finitely many values by rules that hold for integrals too is said to be proved so. That a
distribution sums to one is an assumption with its line. This module must never let such a sum refute anything that may
be said of infinitely many values.
"""

from __future__ import annotations

from collections.abc import Callable

from symderiv.reader.elaboration.values import Values
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import letter_of, plain, shown
from symderiv.reader.grammar.nodes import (
    before_bar,
    call_name,
    differential,
    divergence,
    drawn_names,
    drawn_together,
    letters_called,
    parts_of,
)
from symderiv.reader.grammar.vocabulary import MOMENTS
from symderiv.reader.indexed.arrays import Array, Value, elementwise, inverse, one_entry
from symderiv.reader.indexed.means import MEAN
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.symbols import PROBABILITIES, base_name
from symderiv.terms import ONE, Index, Opaque, Term, Var, add, log, mul, neg, subterms

Drawn = tuple[str, Callable[[], Term]]  # an index for values, and the weight of each, to be read where it is bound
FINITE = "read as {} over finitely many values"


class Expectations(Values):
    """Sums that a distribution weighs."""

    def expectation(self, sub: syntax.Node | None, body: syntax.Node, node: syntax.Node) -> Value:
        """``E_{y ~ p}[body]``."""
        if sub is None and not self.symbols.draws and isinstance(body, syntax.Group):
            return self.mean(body.body)
        drawn = self.drawn(sub, node)
        self.notes.append(FINITE.format("an expectation"))

        def weighed() -> Value:
            value = self.value(body)
            if (one := one_entry(value)) is None:
                raise refuse("E213", "this cannot be read entry by entry", body)
            if sub is None and not one.free.issuperset(index for index, _ in drawn):
                raise refuse("E153", "an expectation over what is not said", node)
            constant = one.free.isdisjoint(index for index, _ in drawn)
            if constant and any(isinstance(part, Var) and "(" not in part.name for part in subterms(one)):
                raise refuse("E153", "how this depends on what is drawn is not said", node)  # X is no x, f may be f(x)
            weights = [weight() for _, weight in drawn]
            return elementwise([value], lambda p: mul(*weights, p[0]), self.symbols.ranges, body.span)

        return self.summed_over([index for index, _ in drawn], weighed, node)

    def mean(self, body: syntax.Node) -> Value:
        """``E[X]`` of what nobody says a distribution; of a vector, entry by entry."""
        value = self.value(body)
        return elementwise([value], lambda p: _mean(p[0]), self.symbols.ranges, body.span)

    def moment(self, name: str, items: list[syntax.Node], node: syntax.Node) -> Value | None:
        """``Var(X)`` and ``Cov(X, Y)``, unless the author defines them or it is something else."""
        if name not in MOMENTS or (name, 0) in self.symbols.functions or len(items) != MOMENTS[name]:
            return None
        values = [self.value(item) for item in items]
        if len(values) == 1 and isinstance(values[0], Array):
            self.warn("W415", "the variance of a vector: read as those of its entries", node)
        elif not all(isinstance(value, Term) for value in values):
            return None
        self.notes.append(f"{name} is read as the {'variance' if len(items) == 1 else 'covariance'}")

        def product(p: list[Term]) -> Term:
            first, last = (add(value, neg(_mean(value))) for value in (p[0], p[-1]))
            return _mean(mul(first, last))

        return elementwise(values, product, self.symbols.ranges, node.span)

    def drawn(self, sub: syntax.Node | None, node: syntax.Node) -> list[Drawn]:
        """What is drawn, and from which distribution."""
        match sub:
            case None if len(self.symbols.draws) == 1:
                ((sub, _),) = self.symbols.draws.values()
                self.notes.append("an expectation that names no distribution is one over the only one that is named")
                return self.drawn(sub, node)
            case _ if (found := drawn_together(sub)) is not None:
                return self.jointly(*found, node)
            case syntax.Tuple(items=items):
                return [drawing for item in items for drawing in self.drawn(item, node)]
            case syntax.Relation(left=left, rest=(("sim", distribution),)):
                index = self.value_index(left)
                if index:
                    return [(index, lambda: self.weight(distribution, index, left, node))]
            case syntax.Product(factors=(_, syntax.Group(body=body))):
                index = self.value_index(before_bar(body))
                if index:
                    return [(index, lambda: self.distribution(self.value(sub), index, node))]
            case syntax.Symbol() | syntax.Scripted():
                index = self.value_index(sub)
                if index and (alone := self.alone(letter_of(index))) is not None:
                    self.notes.append(rf"\mathbb{{E}}_{index} is read as over {call_name(*alone)}({index})")
                    return [(index, lambda: self.weight(_named(*alone, node), index, sub, node))]
                if index:
                    name = rf"\mathbb{{P}}({{{letter_of(index)}}})"
                    return [(index, lambda: self.distribution(self.member_at(name, [index], node), index, node))]
                letter = self.form_of(sub)
                if letter is not None:
                    return [(letter, lambda: self.weight(sub, letter, syntax.Symbol(letter, node.span), node))]
        raise refuse("E153", "an expectation, and what is drawn from which distribution is not understood", node)

    def jointly(self, items: list[syntax.Node], distribution: syntax.Node | None, node: syntax.Node) -> list[Drawn]:
        r"""What ``(x, y_w, y_l) \sim D`` draws; where no D is named, that of the same elsewhere, if there is one."""
        if distribution is None and (same := self.symbols.draws.get(drawn_names(items))) is not None:
            _, distribution = drawn_together(same[0]) or (items, None)
        indices = [self.value_index(item) for item in items]
        base, sub, sup, primes = parts_of(distribution) if distribution is not None else (None, None, None, 0)
        if not all(indices) or len({*indices}) < len(indices) or sup is not None or primes:
            raise refuse("E153", "an expectation, and what is drawn from which distribution is not understood", node)
        name = call_name(base, sub) if isinstance(base, syntax.Symbol) else r"\mathbb{P}"
        slots = ",".join(f"{{{letter_of(index)}}}" for index in indices)

        def weight() -> Term:
            value = self.member_at(f"{name}({slots})", [*indices], node)
            assert isinstance(value, Var)
            self.symbols.joint.setdefault(value.head, node.span)
            return value

        first, *others = indices
        return [(first, weight), *((index, lambda: ONE) for index in others)]

    def alone(self, letter: str) -> tuple[syntax.Symbol, syntax.Node | None] | None:
        """The only probability in the document that is one of ``letter`` alone."""
        forms = self.symbols.forms.items()
        found = [name for name, bodies in forms if letter in bodies and base_name(name) in PROBABILITIES]
        return self.symbols.callees[found[0]] if len(found) == 1 else None

    def form_of(self, node: syntax.Node) -> str | None:
        """The letter that a distribution is one of, where it is only named: z for ``q`` if ``q(z)`` is written."""
        base, sub, _, _ = parts_of(node)
        if not isinstance(base, syntax.Symbol):
            return None
        bodies = self.symbols.forms.get(call_name(base, sub), {}).values()
        before = [letters_called(before_bar(b)) & self.symbols.valued for b in bodies]
        letters = set().union(*before)
        return letters.pop() if len(letters) == 1 and all(len(found) == 1 for found in before) else None

    def weight(self, distribution: syntax.Node, index: str, drawn: syntax.Node, node: syntax.Node) -> Term:
        r"""How likely each value of ``index`` is under ``\pi``, ``\pi(\cdot|x)`` or ``\pi(y|x)``."""
        match distribution:
            case syntax.Product(factors=(name, syntax.Group(open="(", body=body))):
                return self.distribution(self.conditional(name, _at(body, drawn)), index, node)
            case syntax.Symbol() | syntax.Scripted():
                base, sub, sup, _ = parts_of(distribution)
                if not isinstance(base, syntax.Symbol) or (sup is not None and not isinstance(sup, syntax.Symbol)):
                    raise refuse("E153", "this distribution is not understood", distribution)
                letter = syntax.Symbol(letter_of(index), node.span)
                forms = self.symbols.forms.get(call_name(base, sub), {})
                with_letter = [b for b in forms.values() if letter.name in letters_called(before_bar(b))]
                if syntax.sexpr(letter) in forms or not with_letter:
                    body = drawn
                elif len(with_letter) == 1:
                    body = with_letter[0]
                else:
                    raise refuse(
                        "E153", f"of what {plain(base.name)} is the distribution here is not said", distribution
                    )
                return self.distribution(self.conditional(distribution, body), index, node)
        raise refuse("E153", "this distribution is not understood", distribution)

    def distribution(self, value: Value, index: Index, node: syntax.Node) -> Term:
        """Note that ``value`` is a distribution of ``index``."""
        if not isinstance(value, Var) or index not in value.subs:
            raise refuse("E153", "this distribution is not understood", node)
        of_one = value.name.partition("(")[2].rstrip(")").split("|")[0] == f"{{{letter_of(str(index))}}}"
        if of_one:  # p(x, z) is no distribution of z
            self.symbols.distributions.setdefault((value.head, value.subs.index(index)), node.span)
        return value

    def integral(self, node: syntax.BigOp) -> Value:
        r"""``\int_z f(z) dz`` over all values of z."""
        found = differential(node.body)
        sub = node.sub
        if node.sup is None and sub is not None and (index := self.value_index(sub)):
            body = found[0] if found is not None and found[1] == letter_of(index) else node.body
        elif node.sup is None and sub is None and found is not None and found[1] in self.symbols.valued:
            body, index = found
        else:
            raise refuse("E153", r"this \int is not in the language", node)
        self.notes.append(FINITE.format("an integral"))
        return self.summed_over([index], lambda: self.scalar(body), node)

    def divergence(self, node: syntax.Node, group: syntax.Node) -> Value | None:
        r"""``D_{KL}(q(z) \| p(z))``, unless the author defines it."""
        sides = divergence(node, group)
        if sides is None or not self.symbols.valued:
            return None
        base, sub, _, _ = parts_of(node)
        assert isinstance(base, syntax.Symbol)
        letter = ""
        match sides[0]:
            case syntax.Product(factors=(_, syntax.Group(body=body))):
                found = letters_called(before_bar(body)) & self.symbols.valued
                letter = found.pop() if len(found) == 1 else ""
            case named:
                letter = self.form_of(named) or ""
        defined = any(name == call_name(base, sub) for name, _ in self.symbols.functions)
        if not letter or defined:
            return None
        drawn = syntax.Symbol(letter, node.span)
        self.notes.append(f"{shown(call_name(base, sub))} is read as the Kullback-Leibler divergence")
        self.notes.append(FINITE.format("an expectation"))

        def summed() -> Term:
            p, q = (self.weight(side, letter, drawn, node) for side in sides)
            return mul(p, log(mul(p, inverse(q))))

        return self.summed_over([letter], summed, node)


def _mean(value: Term) -> Term:
    return Opaque(MEAN, (value,), (0,))


def _named(base: syntax.Symbol, sub: syntax.Node | None, node: syntax.Node) -> syntax.Node:
    return base if sub is None else syntax.Scripted(base, sub, None, 0, node.span)


def _at(body: syntax.Node, drawn: syntax.Node) -> syntax.Node:
    r"""The arguments with what is drawn in the place of a dot."""
    match body:
        case syntax.Symbol(name=r"\cdot"):
            return drawn
        case syntax.Given(left=left, right=right):
            return syntax.Given(_at(left, drawn), right, body.bar, body.span)
    return body

"""What a symbol means already: whether a line repeats that, goes against it, or begins a new meaning.

This module must never make a definition, and judges a claim for no other purpose than to tell a repetition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.judge import prove_all
from symderiv.kernel import Proved, Refuted, Undecided, Verdict
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import connects, every, names_in, parts_of, sums, syntax_parts
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.einstein import summed
from symderiv.reader.indexed.layers import any_layer
from symderiv.reader.known.wholes import Wholes
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.reader.words import prose
from symderiv.terms import Definition, Deriv, Head, Index, Opaque, Range, Term, Var, rename, subterms

BOXED = re.compile(r"\\(?:boxed|fbox|framebox|bbox)\s*\{\s*(?:\\displaystyle\s*)?$")


class Meanings(Wholes):
    """Compares what a line says with what its left side means."""

    def __init__(self, reading: Reading, claims: Claims) -> None:
        super().__init__(reading)
        self.claims = claims

    def assumed(self, name: str, subs: Sequence[Index], labels: Sequence[Index]) -> bool:
        """Whether an assumption already gives this member its value (x_0 = 1)."""
        for assumption in self.symbols.in_force():
            if assumption.kind == "equation" and isinstance(assumption.data[0], Var):
                var = assumption.data[0]
                if (
                    var.name == self.symbols.name(name, len(subs), len(labels))
                    and len(var.subs) == len(subs)
                    and len(var.sups) == len(labels)
                ) and all(isinstance(p, str) or p == i for p, i in zip(var.indices, (*subs, *labels), strict=True)):
                    return True
        return False

    def _is_derivative(self, name: str, subs: Sequence[Index], labels: Sequence[Index]) -> bool:
        """Whether the name was defined as a derivative, or that for any layer if it is one of the last layer."""
        if general := any_layer(name):
            return any(self._is_derivative(each, subs, labels) for each in general)
        head = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        made = list(self.symbols.definitions.get(head, ()))
        whole = self.symbols.arrays.get(name) if not subs and not labels else None
        bodies = [d.body for d in made]
        if isinstance(whole, Array) and all(isinstance(axis, str) for axis in whole.axes):
            bodies.append(whole.entry(tuple("?" for _ in whole.axes)))
        return any(isinstance(body, Deriv) for body in bodies)

    def _is_special(self, existing: Sequence[Definition]) -> bool:
        """Whether the words give a value to something that the meaning so far depends on."""
        given = {a.data[0].head for a in self.reading.values if isinstance(a.data[0], Var)}
        return bool(given) and not given.isdisjoint(self.symbols.reached(*(d.body for d in existing)))

    def _in_part(self, name: str, arguments: set[str]) -> bool:
        """Whether the words set bounds to an argument of a function of which more than one line says what it is."""
        return bool(self.reading.bounds & arguments) and self.symbols.pieces[name] > 1

    def _counts_elsewhere(self, name: str, subs: Sequence[Index], left: syntax.Node, right: syntax.Node) -> bool:
        r"""Whether ``a_k = \sum_j w_{kj} z_j`` is about other units than the a_j that have been defined.

        The j of the earlier meaning is summed over then, with weights from these units to those; or the line speaks of
        quantities whose letters tell such units apart already.
        """
        symbols = self.symbols
        made = symbols.definitions.get(Head(symbols.name(name, 1), 1, 0), ()) if len(subs) == 1 else ()
        if len(made) != 1 or not isinstance(subs[0], str) or not isinstance(made[0].params[0], str):
            return False
        here, there = subs[0], made[0].params[0]
        if here == there or not (connects(right, here, there) or self._tells_apart(right, here, there)):
            return False
        return isinstance(self._verdict(left, right), Refuted | Undecided)

    def _tell_weights_apart(self, here: str, node: syntax.Node) -> None:
        r"""In ``y_k = \sum_j w_{kj} z_j`` the w are other weights than those w_{ji} that the z_j have come from."""
        symbols = self.symbols
        for there, body in sums(node):
            below: set[Head] = set()
            weights: list[tuple[str, tuple[str, ...]]] = []
            for part in every(body):
                base, sub, sup, _ = parts_of(part)
                letters = tuple(names_in(sub)) if sub is not None and sup is None else ()
                if isinstance(base, syntax.Symbol) and letters == (there,):
                    name = symbols.lettered.get((plain(base.name), letters), plain(base.name))
                    made = symbols.definitions.get(Head(symbols.name(name, 1), 1, 0), ())
                    below |= symbols.reached(*(d.body for d in made))
                elif isinstance(base, syntax.Symbol) and sorted(letters) == sorted((here, there)):
                    weights.append((plain(base.name), letters))
            for name, letters in weights:
                if here != there and Head(name, 2, 0) in below:
                    symbols.lettered.setdefault((name, letters), f"{name}~{''.join(letters)}")

    def _tells_apart(self, node: syntax.Node, here: str, there: str) -> bool:
        base, sub, _, _ = parts_of(node)
        if isinstance(base, syntax.Symbol) and isinstance(sub, syntax.Symbol) and plain(sub.name) == here:
            families = {self.symbols.lettered.get((plain(base.name), (letter,))) for letter in (here, there)}
            return len(families) > 1
        return any(self._tells_apart(part, here, there) for part in syntax_parts(node))

    def _said(self, index: Index) -> Range | None:
        """What an index is said to run over, sizes with numbers put in."""
        symbols = self.symbols
        said = symbols.declared.get(str(index)) or symbols.hinted.get(str(index))
        return said._replace(high=symbols.sizes.get(str(said.high), said.high)) if said is not None else None

    def _complete(self, existing: Sequence[Definition], this: Sequence[Index]) -> bool:
        """Whether the members that are defined singly are all that there are."""
        slots = {n for d in existing for n, p in enumerate(d.params) if isinstance(p, int)}
        if len(slots) != 1 or (slot := slots.pop()) >= len(this):
            return False
        said = self._said(this[slot])
        if said is None or isinstance(said.high, str):
            return False
        return {d.params[slot] for d in existing}.issuperset(range(said.low, said.high + 1))

    def _differs(
        self, existing: Sequence[Definition], this: Sequence[Index], left: syntax.Node, right: syntax.Node, posed: Posed
    ) -> bool:
        """Whether a formula for all members ends what was said of single ones; not where it says the same of them."""
        beyond = False
        for definition in existing:
            at = {i: p for i, p in zip(this, definition.params, strict=False) if isinstance(i, str) and i != p}
            numbers = {i: p for i, p in at.items() if isinstance(p, int)}
            if any((said := self._said(i)) is not None and p < said.low for i, p in numbers.items()):
                beyond = True  # x_0, where the formula begins at 1
            elif not self._repeats(left, right, at):
                member = ", ".join(f"{i} = {p}" for i, p in numbers.items())
                message = f"this gives a new meaning to what was defined before for {member}"
                self.reading.diagnostics.append(Diagnostic("W420", message, posed.left_span))
                return True
        return beyond

    def _repeats(self, left: syntax.Node, right: syntax.Node, at: Mapping[str, Index] | None = None) -> bool:
        """Whether the equation holds under the meaning that the left side already has, for these indices."""
        return isinstance(self._verdict(left, right, at), Proved)

    def _rewrites(self) -> bool:
        """Whether the words before say that what comes follows, or is only written in another way, on no condition."""
        words = re.split(r"[.!?。]\s", self.reading.prose)[-1]
        follows = prose.REWRITTEN.search(words) or prose.THEN.match(words) or prose.SINCE.match(words)
        return bool(follows) and not prose.SPECIAL.search(words)

    def _is_boxed(self, left: syntax.Node) -> bool:
        r"""Whether a box begins with a line that goes on from a display: ``\boxed{f = x^2}`` is a result."""
        before = self.reading.document.source.text[max(0, left.span.start - 40) : left.span.start]
        return bool(BOXED.search(before)) and not prose.SPECIAL.search(self.reading.prose)

    def _is_about_the_same(self, left: syntax.Node, right: syntax.Node) -> bool:
        """Whether ``right`` speaks of nothing that ``left`` does not depend on already."""
        try:
            a, b = (_entry(self.elaborator.value(side)) for side in (left, right))
        except ReadError:
            return False
        if a is None or b is None or any(isinstance(part, Opaque) for part in subterms(b)):
            return False  # what an unknown function is, was not said before
        return self._underlying(b) <= self.symbols.reached(a) | self._underlying(a)

    def _underlying(self, term: Term) -> set[Head]:
        """What a term depends on that has no definition; an inverse that solves no equation, on what is inverted."""
        heads, inverses = self.symbols.reached(term), {} if self.reading.solving else self.symbols.inverses
        inverted = self.symbols.reached(*(inverses[head][1] for head in heads & inverses.keys()))
        return (heads | inverted) - inverses.keys() - self.symbols.definitions.keys()

    def contracted(self, value: Term, indices: Iterable[Index]) -> Term:
        """``value`` with the sums that Einstein's convention leaves out, if it holds here; ``indices`` stay free."""
        if not self.symbols.einstein:
            return value
        return summed(value, frozenset(i for i in indices if isinstance(i, str)), self.elaborator.free.get)

    def _verdict(self, left: syntax.Node, right: syntax.Node, at: Mapping[str, Index] | None = None) -> Verdict | None:
        """The kernel's verdict on the equation under the meaning that its left side has; None if it has none."""
        try:
            a, b = self.elaborator.value(left), self.elaborator.value(right)
        except ReadError:
            return None
        if at and isinstance(a, Term) and isinstance(b, Term):
            a, b = rename(a, at), rename(b, at)
        saved = dict(self.symbols.ranges.resolved), set(self.symbols.ranges.taken)
        posed = Posed(
            right.span,
            left.span,
            "=",
            "claim",
            0,
            0,
            a,
            b,
            dict(self.elaborator.free),
            dict(self.symbols.declared),
            self.symbols.in_force(),
        )
        posed.at = len(self.reading.posed)
        try:
            claims = self.claims.of(posed)
            return prove_all(claims) if claims else None
        except ReadError:
            return None
        finally:
            self.symbols.ranges.resolved, self.symbols.ranges.taken = saved


def _entry(value: Value) -> Term | None:
    """A number itself, or any entry of an array whose length is not written out."""
    if isinstance(value, Term):
        return value
    return value.entry(tuple("?" for _ in value.axes)) if all(isinstance(a, str) for a in value.axes) else None

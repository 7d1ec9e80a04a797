r"""New names in the middle of a chain: ``\hat y = a = \sigma(z)``, ``\sum_j e^{f_j} = \Sigma``, ``s = g/h = .../...``.

A chain does not only begin with a definition: a new symbol further on is named by it, too. This module must never take
what has been spoken of for a new name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from symderiv.diagnostics import Diagnostic
from symderiv.document import Span
from symderiv.notation.printer import SLOT
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain, shown
from symderiv.reader.grammar.nodes import every, names_in, parts_of
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.families import differences
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.definitions import Definitions
from symderiv.terms import Add, Deriv, Fn, Head, Num, Opaque, Term, Var, neg, subterms

VECTOR = re.compile(r"[a-z]|\\[a-z]+|(?:\\(?:mathbf|boldsymbol|hat|tilde|bar|vec)\{)+(?:[a-z]|\\[a-z]+)\}+")


@dataclass(slots=True, eq=False, repr=False)
class Last:
    """The side that the next relation continues from."""

    value: Value | None
    span: Span
    node: syntax.Node | None
    error: Diagnostic | None = None
    free: dict[str, str] = field(default_factory=dict)
    guessed: bool = False
    vector_rate: bool = False  # whether a derivative of a vector by a vector stands in it
    names: syntax.Node | None = None  # what the chain has just defined as this side
    first: syntax.Node | None = None  # the first side of the chain
    of_numbers: bool = False  # whether the step to this side was read as one of numbers, beside vectors


class Namings:
    """Takes up names that a chain gives after its beginning.

    ``last`` is the side that the next relation continues from; ``used`` are the families in the steps so far.
    """

    def __init__(self, reading: Reading, definitions: Definitions) -> None:
        self.reading = reading
        self.definitions = definitions
        self.symbols = reading.symbols
        self.elaborator = reading.elaborator
        self.last: Last | None = None
        self.used: set[Head] = set()
        self.summands: set[Head] = set()

    def see(self, row: syntax.Row) -> None:
        for segment in row.segments:
            if isinstance(segment.side, syntax.Node):
                self.reading.seen.update(names_in(segment.side))

    def names_on(self, last: Last, side: syntax.Node, posed: Posed) -> bool:
        r"""``\hat y = a = \sigma(z)``, ``p = P(y = 1 | x) = \sigma(z)``: the middle is another new name, no claim.

        So it is where a chain begins with a definition, and its right side is unknown itself. In s_i = s(z_i) = ...
        that is the same name with its argument, and only what comes next says what it is.
        """
        if last.names is None or last.node is None or posed.relation not in ("=", ":="):
            return False
        value, definitions = last.value, self.definitions
        if isinstance(last.node, syntax.Quotient) and isinstance(side, syntax.Quotient):
            return self._names_parts(last.node, side, posed)
        if isinstance(value, Array):
            value = value.entry(tuple("?" for _ in value.axes))
        if isinstance(value, Fn) and value.name == "log" and isinstance(value.arg, Var | Opaque):
            return self._is_new(value.arg) and self.names_by_logarithm(last, side, posed)
        if not isinstance(value, Var | Opaque) or not self._is_new(value):
            return False
        before, head = definitions.head_of(last.names), definitions.head_of(last.node)
        if head is None:
            return False
        if before is not None and definitions.indices(before) == definitions.indices(head):
            definitions.forget(before)
        if not definitions.define(head, last.node, side, "=", posed):
            return False
        self.last = Last(posed.right, side.span, side, posed.error, names=last.node)
        self.reading.posed.append(posed)
        return True

    def names_by_logarithm(self, last: Last, side: syntax.Node, posed: Posed) -> bool:
        r"""``\log p(x) = ...`` and ``-\log L = ...`` say what p and L are, of which nothing has been said yet."""
        node = last.node
        if posed.relation not in ("=", ":=") or node is None:
            return False
        negative = isinstance(node, syntax.Add) and len(node.terms) == 1 and node.terms[0][0] == "-"
        called = node.terms[0][1] if isinstance(node, syntax.Add) and negative else node
        match called:
            case syntax.Apply(name="log" | "ln", sub=None, sup=None, primes=0, argument=argument):
                argument = argument.body if isinstance(argument, syntax.Group) else argument
            case _:
                return False
        letter = next(names_in(argument), "")
        if letter in names_in(side) or len(self.symbols.call_texts.get(letter, ())) > 1:
            return False  # p(x) beside p(x, z): the laws of probability say what it is
        if letter in self.symbols.unread:
            return False  # a formula before says something of it
        head = self.definitions.head_of(argument)
        found = self.definitions.indices(head) if head is not None else None
        if head is None or found is None or not self._is_new(Var(found[0], tuple(found[1]), tuple(found[2]))):
            return False
        if any(letter == shown(h.name) for function in self.symbols.functions.values() for h in function.heads):
            return False  # an argument of a function: "setting its derivative to zero, $\log p_i = ...$"
        bracket = syntax.Group("(", ")", side, side.span)
        inner: syntax.Node = syntax.Add((("-", bracket),), side.span) if negative else bracket
        if not self.definitions.define(
            head, argument, syntax.Apply("exp", None, None, 0, inner, False, side.span), "=", posed
        ):
            return False
        value = posed.right.arg if isinstance(posed.right, Fn) and posed.right.name == "exp" else None
        if value is not None and negative:
            value = neg(value)
        self.last = Last(value, side.span, side, posed.error, names=argument)
        posed.section, posed.sentence = self.reading.section, self.reading.sentences
        self.reading.posed.append(posed)
        return True

    def _is_new(self, value: Var | Opaque) -> bool:
        """Whether nothing has been said of a quantity yet."""
        symbols = self.symbols
        head = value.head if isinstance(value, Var) else Head(symbols.name(value.name), 0, 0)
        return head not in symbols.definitions and head not in self.used and head not in symbols.variables

    def says_prime(self, last: Last, side: syntax.Node, posed: Posed) -> bool:
        r"""``E' = \frac{dE}{d\theta} = ...`` says what the prime stands for; what comes next is judged."""
        left = last.node
        if not isinstance(left, syntax.Scripted) or left.primes != 1 or not isinstance(side, syntax.DerivativeOp):
            return False
        base, body = left.base, side.body
        if (
            left.sub is not None
            or left.sup is not None
            or posed.relation not in ("=", ":=")
            or len(side.variables) != 1
        ):
            return False
        if not isinstance(base, syntax.Symbol) or not isinstance(body, syntax.Symbol) or base.name != body.name:
            return False
        posed.kind = "definition"
        self.last = Last(None, side.span, side)
        self.reading.posed.append(posed)
        return True

    def is_model(self, left: Value | None, right: Value) -> bool:
        r"""``P(y = k | x) = e^{z_k}/\sum_j e^{z_j}`` says what is modelled; Bayes' rule does not.

        So does ``P(y = 0 | x) = 1 - P(y = 1 | x)``, where the right one has been said.
        """
        if not isinstance(left, Var) or "|" not in left.name or not isinstance(right, Term) or not self._is_new(left):
            return False
        made = self.symbols.definitions
        unsaid = (isinstance(t, Var) and "(" in t.name and t.head not in made for t in subterms(right))
        return not any(unsaid) and not any(isinstance(t, Opaque) for t in subterms(right))

    def _names_parts(self, names: syntax.Quotient, side: syntax.Quotient, posed: Posed) -> bool:
        r"""``s_i = \frac{g}{h} = \frac{e^{z_i}}{\sum_k e^{z_k}}`` names the numerator and the denominator."""
        pairs = ((names.numerator, side.numerator), (names.denominator, side.denominator))
        for name, _ in pairs:
            value = self.elaborator.value(name) if isinstance(name, syntax.Symbol) else None
            if not isinstance(value, Var) or value.indices or not self._is_new(value):
                return False
        made: list[tuple] = []
        for name, part in pairs:
            head = self.definitions.head_of(name)
            here = Posed(part.span, name.span, "=", "claim", posed.display, posed.row)
            if head is None or not self.definitions.define(head, name, part, "=", here) or here.error is not None:
                for done in made:
                    self.definitions.forget(done)
                return False
            made.append(head)
        posed.kind = "definition"
        self.last = Last(self.elaborator.side(side), side.span, side)
        self.reading.posed.append(posed)
        return True

    def names_result(self, posed: Posed, side: syntax.Node) -> bool:
        r"""``\sum_j e^{f_j} = \Sigma``: a new symbol on the right names what stands on the left."""
        if (
            posed.relation != "="
            or posed.left is None
            or isinstance(posed.left, Array)
            or isinstance(posed.right, Array)
        ):
            return False
        head = self.definitions.head_of(side)
        found = self.definitions.indices(head) if head is not None else None
        if head is None or found is None or head[3]:
            return False
        name, subs, labels = found
        if name == "e" and not subs and not labels:
            return False  # Euler's number
        versioned = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        used = bool({name, name.removesuffix("^{2}")} & self.reading.seen)
        used = used or isinstance(posed.left, Var) or self.definitions.assumed(name, subs, labels)
        used = used or any(isinstance(t, Deriv) for t in subterms(posed.left))
        used = used or any(i in self.symbols.bound_names for i in posed.left.free - {*subs, *labels})
        if (
            used
            or self.symbols.defines(name, len(subs), len(labels))
            or name in self.symbols.size_names
            or self.reading.is_index(side)
        ):
            return False
        if not all(isinstance(i, str) for i in (*subs, *labels)) or versioned in self.symbols.reached(posed.left):
            return False
        value = self.definitions.contracted(posed.left, (*subs, *labels))
        made = self.symbols.define(name, (*subs, *labels), len(subs), value, posed.span)
        self.symbols.heads.setdefault(name, set()).add(made)
        posed.kind = "definition"
        self.reading.posed.append(posed)
        return True

    def names_whole_result(self, posed: Posed, last: Last | None, side: syntax.Node) -> bool:
        r"""``\nabla F = \mathrm{softmax}(z) = p``: a new letter at the end names the vector that the chain has led to.

        ``A x = b`` names nothing, nor does what follows a derivative: what comes next says what that is.
        """
        vector = isinstance(posed.left, Array) and len(posed.left.axes) == 1
        left = last.node if last is not None else None
        if not vector or posed.relation != "=" or left is None or self.reading.sought or self.reading.solving:
            return False
        if not isinstance(side, syntax.Symbol) or self.reading.is_index(side) or not VECTOR.fullmatch(side.name):
            return False
        if any(isinstance(part, syntax.DerivativeOp | syntax.Nabla) for part in every(left)):
            return False
        name = plain(side.name)
        known = name in self.reading.seen or any(self.symbols.defines(name, n) for n in (0, 1, 2))
        if known or name in {*names_in(left), *self.symbols.size_names} or self.definitions.assumed(name, [], []):
            return False
        if not self.definitions.define((name, None, None, []), side, left, ":=", posed) or posed.error is not None:
            return False
        self.reading.posed.append(posed)
        return True

    def names_by_number(self, posed: Posed, side: syntax.Node) -> bool:
        r"""``B^T G = \zeta_1``: a member with a number, first met here, of a family that has no others is a name.

        What it names is put in for it where that is a number, and no derivative.
        """
        base, sub, sup, primes = parts_of(side)
        if not isinstance(base, syntax.Symbol) or not isinstance(sub, syntax.Number) or sup is not None or primes:
            return False
        text = self.reading.document.source.text
        first = text.find(text[side.span.start : side.span.end]) == side.span.start
        lettered = re.search(rf"{re.escape(text[base.span.start : base.span.end])}\s*_\s*\{{?\s*\\?[A-Za-z]", text)
        left, right = posed.left, posed.right
        if posed.relation != "=" or left is None or isinstance(left, Var) or not first or lettered is not None:
            return False
        name, symbols = plain(base.name), self.symbols
        if name == "e":
            return False  # a basis vector
        made = (d for head, ds in symbols.definitions.items() if shown(head.name) == name for d in ds)
        if name in symbols.arrays or not all(d.params and isinstance(d.params[0], int) for d in made):
            return False  # the p_1 of p = softmax(z)
        if isinstance(right, Var) and isinstance(left, Term) and not any(isinstance(t, Deriv) for t in subterms(left)):
            if right.head in symbols.variables or not right.indices or left.free:
                return False
            head = symbols.define(right.name, right.indices, len(right.subs), left, posed.span)
            symbols.heads.setdefault(right.name, set()).add(head)
        posed.kind = "definition"
        self.reading.posed.append(posed)
        return True

    def names_summands(self, posed: Posed) -> bool:
        """``... = (A) + (B)`` with new names for the summands before it: no value, until they are given one."""
        right = posed.right
        if posed.relation != "=" or not isinstance(right, Add) or not all(isinstance(t, Var) for t in right.parts):
            return False
        heads = {t.head for t in right.parts if isinstance(t, Var) and not t.indices}
        new = {h for h in heads if h in self.summands or (h.name not in self.reading.seen and h not in self.used)}
        if len(heads) < len(right.parts) or new != heads or heads & self.symbols.definitions.keys():
            return False
        if not isinstance(posed.left, Term) or heads & self.symbols.reached(posed.left):
            return False
        self.summands |= heads
        posed.summands = frozenset(heads)
        return True

    def reads_off(self, posed: Posed, naming: bool = False) -> bool:
        """``(f(x) - y)^2 = (w x - y)^2`` with an unknown f says what f(x) is: the one place where the sides differ.

        ``naming``: the left side has just been given a name, so that it may be the unknown itself.
        """
        left, right = posed.left, posed.right
        if posed.relation != "=" or not isinstance(left, Term) or not isinstance(right, Term):
            return False
        joined = self.symbols.ranges.joined
        found = differences(joined(left), joined(right))
        if found is None or len(found) != 1:
            return False
        ((unknown, value),) = found
        if not isinstance(unknown, Var) or unknown.head in self.symbols.definitions or (unknown is left and not naming):
            return False
        if (unknown.name, len(unknown.subs), len(unknown.sups)) in self.symbols.refused:
            return False  # it has been said to be something else
        indices = unknown.indices
        if SLOT.search(unknown.name):
            return False  # p(z) under a sum is a function of its own, and not another one by a slip of the pen
        # dy/dx = d(e^x)/dx is said by somebody for whom y is e^x
        surely = isinstance(left, Deriv) and left.body is unknown
        if not surely and (unknown.head in self.used or unknown.head in self.symbols.variables):
            return False
        if len(set(indices)) != len(indices):
            return False
        if (
            not all(isinstance(i, str) for i in indices)
            or isinstance(value, Num)
            or unknown.head in self.symbols.reached(value)
        ):
            return False
        self.symbols.now = len(self.reading.posed)
        value = self.definitions.contracted(value, indices)
        made = self.symbols.define(unknown.name, indices, len(unknown.subs), value, posed.span)
        self.symbols.heads.setdefault(unknown.name, set()).add(made)
        if unknown.head in self.symbols.hidden and not surely:
            self.symbols.spread(unknown.head, left)
        posed.kind = "definition"
        posed.notes = (f"{shown(unknown.name)} is read off here",)
        self.reading.posed.append(posed)
        return True

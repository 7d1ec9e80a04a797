r"""Symbols: members of families, vectors named by a bare letter, labels, primes and exponents.

``x^{(i)}`` is a label and ``x^2`` a power; ``p`` is the vector of all p_i. This module must never make a definition.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from symderiv.kernel.derivative import Unsupported, definition_of
from symderiv.reader.elaboration.inverses import inverse, raised, turned
from symderiv.reader.elaboration.vectors import Vectors
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, one_capital, plain, says, shown
from symderiv.reader.grammar.nodes import commands, is_layer, is_transpose, names_in, parts_of, says_vector, subscripts
from symderiv.reader.grammar.vocabulary import IDENTITY, LOSSES
from symderiv.reader.indexed.arrays import Array, Value, elementwise
from symderiv.reader.indexed.families import substitute
from symderiv.reader.letters.indices import INDICATORS, MOST_CALLS, refuse
from symderiv.terms import (
    ONE,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Num,
    Opaque,
    SizeOf,
    Term,
    Var,
    exp,
    mul,
    num,
    power,
    rename,
    rewritten,
    subterms,
)

DIVERGENCE = re.compile(r"D|KL|.*KL.*")


class Members(Vectors):
    """What a symbol with its scripts stands for."""

    def symbol(self, node: syntax.Symbol | syntax.Scripted) -> Value:
        base, sub, sup, primes = parts_of(node)
        if self.unknown(base):
            return self.quantity(node)
        if isinstance(base, syntax.Symbol) and plain(base.name) == "E" and self.symbols.mean:
            raise refuse("E153", "an expectation without brackets around what it is taken of", node)
        if isinstance(base, syntax.Symbol):
            if (found := self.for_values(node)) is not None:
                return self.scripts(found, sup, 0, node)
            special = self.special(base, sub, sup, node)
            if special is None and sub is None and sup is None and not primes:
                special = self.standing_for_value(plain(base.name), node)
            if special is not None:
                return special
            value, rest = self.member(base, sub, sup, node)
            return self.scripts(value, rest, primes, node)
        if isinstance(base, syntax.Group) and base.open in (r"\|", r"\lVert"):
            return self.normed(base, sub, sup, primes, node)
        if isinstance(base, syntax.Group) and base.open == r"\langle" and sub is not None:
            return self.scripts(self.value(base), sup, primes, node)  # <A, B>_F
        if isinstance(base, syntax.Group) and sub is not None:
            if (name := self._one_name(base.body)) is not None:  # (dP)_{ij}
                return self.value(syntax.Scripted(name, sub, sup, primes, node.span))
            value = self.value(base)
            value = (self.listed(value, sub) if base.open == "[" else None) or self.pick(value, sub, node)
            return self.scripts(value, sup, primes, node)
        if isinstance(base, syntax.Number) and base.text == "1" and self._is_length(sub):
            return self.scripts(self.ones(sub), sup, primes, node)
        if isinstance(base, syntax.Number) and sub is not None and base.text == "1":
            condition = self.condition(sub, node)
            return self.scripts(condition, sup, primes, node)
        if isinstance(base, syntax.Number) and base.text == "1" and sup is not None and is_transpose(sup):
            return Array((self.symbols.ranges.new(),), lambda at: ONE, row=True)  # 1^T: the row of ones
        value = self.pick(self.value(base), sub, node) if sub is not None else self.value(base)
        return self.scripts(value, sup, primes, node)

    def _one_name(self, node: syntax.Node | None) -> syntax.Symbol | None:
        """The symbol that factors without a gap make up, if they do: the dP in brackets."""
        if not isinstance(node, syntax.Product):
            return None
        joined, _ = self.words(list(node.factors), ["", *node.operators])
        return joined[0] if len(joined) == 1 and isinstance(joined[0], syntax.Symbol) else None

    def unknown(self, node: syntax.Node) -> bool:
        """Whether an author's command without a meaning stands in a node."""
        return any(not any(h.name == name for h in self.symbols.definitions) for name in commands(node))

    def quantity(self, node: syntax.Node) -> Term:
        """Something with an unknown command in it: one unknown quantity, the same wherever the same is written."""
        letters = [i for i in dict.fromkeys(names_in(node)) if i in self.bound or i in self.symbols.index_names]
        indices = tuple(dict.fromkeys([*letters, *subscripts(node)]))
        versions = [name for head, name in self.symbols.versions.items() if head.name in set(names_in(node))]
        text = syntax.sexpr(node).replace("\\operatorname{\\", "{")
        return self.var(f"\\operatorname{{{text}}}" + "".join(f"#{name}" for name in versions), indices, (), node)

    def special(
        self, base: syntax.Symbol, sub: syntax.Node | None, sup: syntax.Node | None, node: syntax.Node
    ) -> Value | None:
        """Euler's number, Kronecker's delta, indicators by subscript; None for everything else."""
        name, symbols = base.name, self.symbols
        if (
            name in ("e", r"\mathrm{e}", r"\text{e}")
            and sub is None
            and (not (symbols.own_e or symbols.defines("e", 0)) or self._is_power(sup))
            and ("e" not in symbols.shapes or self._is_power(sup))
            and "e" not in self.bound
        ):
            if sup is None:
                return exp(ONE)
            if is_transpose(sup) and not self._is_exponent(sup):
                raise refuse("E214", "whether e is a vector here, or Euler's number to a power, is not said", node)
            return elementwise([self.value(sup)], lambda p: exp(p[0]), symbols.ranges, node.span)
        if sub is not None and not symbols.defines(plain(name), 2):
            relation = isinstance(sub.body if isinstance(sub, syntax.Group) else sub, syntax.Relation)
            if relation and (name in INDICATORS or plain(name) in INDICATORS):
                return self.scripts(self.condition(sub, node), sup, 0, node)
            if plain(name) == r"\delta" and plain(name) not in symbols.labels:
                pair = self.indices(sub, plain(name))
                layered = is_layer(sup) or (isinstance(sup, syntax.Group) and self.layer(sup.body) is not None)
                if pair is not None and sup is not None and len(pair) == 1 and not layered:
                    upper = self.indices(sup, plain(name))
                    if upper is not None and len(upper) == 1:
                        pair, sup = [*pair, *upper], None
                if pair is not None and len(pair) == 2:
                    return self.scripts(self.delta(pair[0], pair[1], node), sup, 0, node)
        return None

    def _scripted_size(self, name: str, sub: syntax.Node) -> Term | None:
        r"""The n_{\text{in}} of ``n_{\text{in}} \sigma^2``, where sums run to it; N_k has a value for each index k."""
        symbols, word = self.symbols, f"{name}_{index_word(sub)}"
        if (
            word not in symbols.scripted_sizes
            or symbols.defines(name, 1)
            or symbols.defines(f"{name}_{{{index_word(sub)}}}", 0)
        ):
            return None
        if not (symbols.index_names | symbols.bound_names).isdisjoint(names_in(sub)):
            return None
        size = symbols.size(word)
        return num(size) if isinstance(size, int) else SizeOf(size)

    def member(
        self, base: syntax.Symbol, sub: syntax.Node | None, sup: syntax.Node | None, node: syntax.Node
    ) -> tuple[Value, syntax.Node | None]:
        """The family member that a symbol with its scripts names, and the part of ``sup`` that is an exponent."""
        name = plain(base.name)
        if name in self.symbols.upper and sub is None and isinstance(sup, syntax.Symbol | syntax.Number):
            sub, sup = sup, None  # x^i, the i-th entry of x
        if isinstance(sub, syntax.Tuple | syntax.Product) and (found := self.slice(name, sub, node)) is not None:
            return found, sup
        if name in IDENTITY and isinstance(sub, syntax.Product) and sub.operators == (r"\times",):
            sub = sub.factors[0]  # I_{n \times n}
        if sub is not None and (size := self._scripted_size(name, sub)) is not None:
            return size, sup
        subs = self.indices(sub, name)
        if subs is None:
            assert sub is not None
            if name == "J" and self.symbols.jacobians and index_word(sub) in self.symbols.shapes:
                raise refuse("E173", "the Jacobian of what follows: write it with a bracket", node)
            name, subs = f"{name}_{{{index_word(sub)}}}", []
        if name.startswith((r"\delta ", "d ")) and not any(h.name == name for h in self.symbols.definitions):
            short = self.sensitivity(name, sub, sup, node)
            if short is not None:
                return short
        sups, sup, name = self.label(name, sup)
        symbols = self.symbols
        if subs and not sups:
            name = symbols.lettered.get((name, tuple(subs)), name)
        if (
            len(subs) == 2
            and sup is not None
            and is_transpose(sup)
            and isinstance(sup, syntax.Symbol)
            and sup.name not in ("t", r"\prime")
        ):
            subs, sup = subs[::-1], None  # an entry of the transpose
        if name in symbols.squares:  # sigma^2 is the symbol, sigma its root
            square = self.var(f"{name}^{{2}}", subs, sups, node)
            if isinstance(sup, syntax.Number) and sup.text.isdigit():
                return (square if sup.text == "2" else power(square, Fraction(int(sup.text), 2))), None
            return power(square, Fraction(1, 2)), sup
        if plain(base.name) in ("1", r"\mathbb{1}"):
            if self._is_length(sub):
                return self.ones(sub), sup
            if base.name.startswith(r"\mathbb") and len(subs) == 2:
                return self.delta(subs[0], subs[1], node), sup
            if symbols.indicators and len(subs) == 1:
                raise refuse("E151", "what this is the indicator of was not understood", node)
            if len(symbols.shapes.get("1", ())) == 1 and not subs:
                return Array((symbols.ranges.slot(Head("1", 1, 0), 0),), lambda at: ONE), sup
            for index in subs:
                self.use(index, symbols.ranges.new(), node)
            # an entry of the vector of ones keeps its index, because a sum over it counts
            return (mul(*(Delta(i, i) for i in subs)) if subs else Array((symbols.ranges.new(),), lambda at: ONE)), sup
        identity = name in IDENTITY and not sups and not symbols.defines(name, len(subs))
        if identity and (self._is_length(sub) if subs else name in symbols.shapes):
            return self.identity(sub), sup
        kind = symbols.kinds.get((name, len(subs), len(sups)))
        if kind is not None and not symbols.defines(name, len(subs), len(sups)):
            return self.inner_family(name, subs, sups, kind, node), sup
        if not subs and not sups:
            if name in self.bound or (name in symbols.declared and not symbols.defines(name, 0)):
                raise refuse("E124", f"the index {name} is used as a number", node)
            if name in symbols.sizes:
                return num(symbols.sizes[name]), sup
            if name in symbols.size_names and not symbols.defines(name, 0):
                return SizeOf(name), sup
            if name == r"\pi":
                return Var(name, (), ()), sup
            own = self.own_member(name)
            if own is not None:
                return self.var(name, own, [], node), sup
            array = self.array(name, node)
            if array is not None:
                return array, sup
        if sups and not subs and not symbols.defines(name, 0, len(sups)):
            counts = {h.subs for h in symbols.heads.get(name, ()) if h.subs and h.sups == len(sups)}
            if not counts and name in symbols.vectors:
                counts = {1}
            if len(counts) == 1 and Head(name, 0, len(sups)) not in symbols.heads.get(name, set()):
                (count,) = counts
                head = Head(symbols.name(name, count, len(sups)), count, len(sups))
                for n, index in enumerate(sups):
                    self.use(index, symbols.ranges.slot(head, count + n), node)
                return self.family(head, node, tuple(sups)), sup
        return self.var(name, subs, sups, node), sup

    def normed(
        self, base: syntax.Group, sub: syntax.Node | None, sup: syntax.Node | None, primes: int, node: syntax.Node
    ) -> Value:
        r"""``\|x\|_2^2``, ``\|A\|_F`` and ``\|w\|_1``: a squared norm is a sum of squares, defined everywhere."""
        kind = index_word(sub) if sub is not None else "2"
        if kind == "1":
            return self.scripts(self.sum_of_entries(base, lambda t: Fn("abs", t)), sup, primes, node)
        if kind not in ("2", "F"):
            raise refuse("E150", f"the norm with the index {kind} is not in the language", node)
        squares = self.sum_of_entries(base, lambda t: power(t, 2))
        if isinstance(sup, syntax.Number) and sup.text == "2" and not primes:
            return squares
        return self.scripts(power(squares, Fraction(1, 2)), sup, primes, node)

    def sum_of_entries(self, node: syntax.Group, change: Callable[[Term], Term]) -> Term:
        """The sum of the entries of what the bars hold, each put through ``change``."""
        raise NotImplementedError

    def for_values(self, node: syntax.Symbol | syntax.Scripted) -> Value | None:
        """What a symbol is that stands for values, or for a function of some."""
        raise NotImplementedError

    def words(self, factors: list[syntax.Node], operators: list[str]) -> tuple[list[syntax.Node], list[str]]:
        """Factors and the operators before them, letters of a word joined."""
        raise NotImplementedError

    def standing_for_value(self, name: str, node: syntax.Node) -> Value | None:
        """The value of a function that is named without its argument."""
        raise NotImplementedError

    def own_member(self, name: str) -> list[Index] | None:
        """The indices of ``g`` where g_i is defined and g' is written: then g is g_i, at the definition's own index."""
        symbols = self.symbols
        if name not in symbols.primed or symbols.defines(name, 0):
            return None
        definitions = symbols.definitions.get(Head(symbols.name(name, 1), 1, 0), ())
        return list(definitions[-1].params) if definitions else None

    def var(self, name: str, subs: Sequence[Index], sups: Sequence[Index], node: syntax.Node) -> Term:
        """``name_{subs}^{(sups)}`` with its slots' ranges noted, and hidden indices put in."""
        symbols = self.symbols
        written, name = name, symbols.name(name, len(subs), len(sups))
        head = Head(name, len(subs), len(sups))
        if not subs and not sups and head not in symbols.definitions:
            called = [h for h in symbols.definitions if "|" in h.name and h.name.startswith(f"{written}(")]
            known = DIVERGENCE.fullmatch(plain(written)) or (written in LOSSES and written != "E")
            if len(called) == 1 and not called[0].subs + called[0].sups and known:
                return Var(called[0].name, (), ())  # D_{KL} after D_{KL}(q \| p) = ..., \ell after \ell(\mu | x) = ...
        if head not in symbols.definitions:
            if head in symbols.hidden:
                names, head = symbols.hidden[head]
                sups = [*sups, *names]
            else:
                wider = [
                    h
                    for h in symbols.definitions
                    if h.subs == head.subs and h.sups > head.sups and h.name == symbols.name(written, h.subs, h.sups)
                ]
                if len(wider) == 1 and not sups and symbols.functions.get((written, len(subs))):
                    params = symbols.definitions[wider[0]][-1].params[wider[0].subs :]
                    if all(isinstance(p, str) for p in params):
                        self.notes.append(f"{written} is read at the sample {', '.join(map(str, params))}")
                        sups, head = list(params), wider[0]
        for n, index in enumerate([*subs, *sups]):
            self.use(index, symbols.ranges.slot(head, n), node)
        symbols.heads.setdefault(written, set()).add(head)
        member = Var(head.name, tuple(subs), tuple(sups))
        last = symbols.calls.get((written, len(subs))) if not self.calling else None
        if last is not None and head in symbols.definitions:
            self.notes.append(f"{written} is read with the arguments of its last call")
            return self.with_arguments(member, last[0], last[1], node)
        return member

    def listed(self, value: Value, sub: syntax.Node) -> Array | None:
        r"""``[a_{ij}]_{ij}``: the array of all these entries, the last index along a row."""
        names = self.indices(sub) if isinstance(value, Term) else None
        if not names or not isinstance(value, Term) or len(set(names)) < len(names) or not value.free.issuperset(names):
            return None
        axes = tuple(self.free[name] for name in names if isinstance(name, str) and name in self.free)
        if len(axes) < len(names):
            return None
        return Array(axes, lambda at: rename(value, {str(n): i for n, i in zip(names, at, strict=True)}))

    def sensitivity(
        self, name: str, sub: syntax.Node | None, sup: syntax.Node | None, node: syntax.Node
    ) -> tuple[Value, syntax.Node | None] | None:
        r"""``\delta y_j`` is short for the derivative of the loss by y_j where such a derivative is written, too.

        ``dw`` is where another such name was defined as that: dz = dL/dz.
        """
        symbols = self.symbols
        short, _, name = name.partition(" ")
        if short == "d":
            tops = symbols.short
        else:
            tops = {a for a, b in symbols.rates if b.name == symbols.name(name, b.subs, b.sups) and a.name in LOSSES}
        if len(tops) != 1 or not symbols.knows(name):
            return None
        (top,) = tops
        value, rest = self.member(syntax.Symbol(name, node.span), sub, sup, node)
        if isinstance(value, Array) and symbols.defines(name, len(value.axes)):  # by its members, not by what they are
            value = self.family(Head(symbols.name(name, len(value.axes)), len(value.axes), 0), node)
        if top.subs or top.sups or not isinstance(value, Var | Array):
            return None
        note = rf"{short} {name} is read as the derivative of {top.name} by {name}"
        self.notes.append(note)
        return self.differentiated(Var(top.name, (), ()), value, node), rest

    def pick(self, value: Value, sub: syntax.Node, node: syntax.Node) -> Term:
        if not isinstance(value, Array):
            raise refuse("E125", "a subscript on something that is not a vector", node)
        at = self.indices(sub)
        if at is not None and len(value.axes) == 1 and len(at) == 2 and at[0 if value.row else 1] == 1:
            at = at[1:] if value.row else at[:1]  # an entry of a matrix with one row or column
        if at is None or len(at) != len(value.axes):
            raise refuse("E125", "this subscript does not fit the number of axes", node)
        for index, axis in zip(at, value.axes, strict=True):
            if isinstance(axis, str):
                self.use(index, axis, node)
        return value.entry(tuple(at))

    def scripts(self, value: Value, sup: syntax.Node | None, primes: int, node: syntax.Node) -> Value:
        """Primes and exponent on a value."""
        if primes and not self.symbols.doubtful_primes.isdisjoint(names_in(node)):
            raise refuse("E126", "whether this prime is a derivative or a transposition is not said", node)
        own = self._own_variable(value) or self._only_variable(value, node) if primes else None
        for _ in range(primes):
            if isinstance(value, Opaque) and len(value.parts) == 1:
                value = Opaque(value.name, value.parts, (value.orders[0] + 1,))
                continue
            variable = self.variable or own
            if variable is None:
                raise refuse(
                    "E126",
                    "a prime, but no variable that it differentiates by is in sight",
                    node,
                    "write the derivative as \\frac{\\partial ...}{\\partial ...}",
                )
            value = elementwise(
                [value],
                lambda p, by=variable: Deriv(p[0], by),  # type: ignore[misc]
                self.symbols.ranges,
                node.span,
            )
        if sup is None:
            return value
        if sup.span in self.symbols.unclear_signs:
            raise refuse("E214", "whether this is a power or a sign above a name is not clear", node)
        number = isinstance(sup, syntax.Symbol) and sup.name in self.symbols.exponents
        if (
            is_transpose(sup)
            and not number
            and (isinstance(value, Array) or not isinstance(sup, syntax.Symbol) or sup.name != "t")
        ):
            if isinstance(value, Array):
                return value.transposed
            if isinstance(sup, syntax.Symbol) and (sup.name != "T" or not self.symbols.defines("T", 0)):
                if self._may_be_matrix(value) or (sup.name == "T" and not self._of_vectors(node)):
                    raise refuse(
                        "E214",
                        "the transpose of something whose shape is not known",
                        node,
                        "declare it: `shape W : m x n`",
                    )
                return value  # the transpose of a number
        timed = isinstance(sup, syntax.Symbol) and sup.name == "t" and not number
        if timed and (self.symbols.vectors or self.symbols.matrices):
            raise refuse(
                "E214", "the transpose of something whose shape is not known", node, "declare it: `shape W : m x n`"
            )
        across = turned(sup)
        if isinstance(value, Array) and len(value.axes) == 2 and across is not None:
            found = inverse(value, self.symbols, node)
            return found.transposed if across else found
        if isinstance(sup, syntax.Group) and isinstance(value, Array) is False and sup.open == "(":
            exponent = self.scalar(sup.body)
        else:
            exponent = self.scalar(sup)
        if isinstance(value, Array):
            if exponent is num(2) and len(value.axes) == 1:
                self.warn("W415", "the square of a vector: read as the squares of its entries", node)
                self.guessed = True
                return elementwise([value], lambda p: power(p[0], 2), self.symbols.ranges, node.span)
            if isinstance(exponent, Num) and len(value.axes) == 2:
                product = raised(value, exponent, self.symbols, node)
                if product is not None:
                    return product
            raise refuse("E150", "a power of a matrix is not in the language", node)
        return power(value, exponent)

    def _may_be_matrix(self, value: Term) -> bool:
        """Whether a number is transposed that may be a matrix: a letter, or what capital letters stand in."""
        letters = [t for t in subterms(value) if isinstance(t, Var) and not t.indices]
        return isinstance(value, Var) or any(
            all(one_capital(t.name)) and t.head not in self.symbols.definitions for t in letters
        )

    def _own_variable(self, value: Value) -> Var | None:
        """The one variable of a function that was defined with it, as s(x), and stands alone: ``s' = s(1 - s)``."""
        function = None
        if isinstance(value, Var) and not value.indices:
            written = value.name.partition("#")[0]
            function = self.symbols.functions.get((written, 0)) if self.symbols.name(written) == value.name else None
        if function is None or len(function.parameters) != 1:
            return None
        variable = function.parameters[0].var
        return variable if variable is not None and not variable.indices else None

    def _only_variable(self, value: Value, node: syntax.Node) -> Var | None:
        """The only letter in a bracket, as in ``(x^2)'``, where nothing in the document may be transposed."""
        symbols = self.symbols
        vectors = symbols.vectors or symbols.matrices or symbols.shapes or symbols.kinds
        if vectors or not isinstance(parts_of(node)[0], syntax.Group) or not isinstance(value, Term):
            return None
        inside = {part for part in subterms(value) if isinstance(part, Var)}
        only = inside.pop() if len(inside) == 1 else None
        return only if only is not None and not only.indices and only.head not in symbols.definitions else None

    def _is_power(self, sup: syntax.Node | None) -> bool:
        """Whether e with this superscript is Euler's number, though an e is defined: ``e^{-x}``, ``e^z``."""
        return self._is_formula(sup) or (isinstance(sup, syntax.Symbol) and not is_transpose(sup))

    @staticmethod
    def _is_formula(sup: syntax.Node | None) -> bool:
        """Whether a superscript can be neither a label nor a sign of transposition: ``e^{e_{ti}}``."""
        return sup is not None and not isinstance(sup, syntax.Symbol | syntax.Number | syntax.Group | syntax.Text)

    def _is_exponent(self, sup: syntax.Node) -> bool:
        """Whether what may be a sign of transposition is a number: t, or a T that is defined."""
        return isinstance(sup, syntax.Symbol) and (
            sup.name == "t" or (sup.name == "T" and self.symbols.defines("T", 0))
        )

    def _of_vectors(self, node: syntax.Node) -> bool:
        """Whether vectors are written below an exponent: ``(w^T x)^T`` is the transpose of a number."""
        base = node.base if isinstance(node, syntax.Scripted) else node
        symbols = self.symbols
        known = symbols.vectors | symbols.matrices | symbols.arrays.keys() | symbols.shapes.keys()
        return says_vector(base) or not known.isdisjoint(names_in(base))

    def with_arguments(self, member: Term, scalars: dict, families: dict, node: syntax.Node) -> Term:
        """The value of a function's member with other arguments put in the places of its parameters."""
        heads = {v.head for v in scalars} | set(families)
        self.calls_left -= 1
        if self.calls_left < 0:
            raise refuse("E109", f"more than {MOST_CALLS:,} calls of functions are needed to write this out", node)
        try:
            body = definition_of(member, self.symbols.definitions) if isinstance(member, Var) else None
            if body is None:
                raise refuse("E162", "this is called with other arguments than it was defined for", node)
            whole = self.unfolded(body, heads)
            inside = {
                h.name for h in heads if any(isinstance(t, Var) and says(t.name, h.name) for t in subterms(whole))
            }
            absent = {h.name for h in heads if all(not isinstance(t, Var) or t.head != h for t in subterms(whole))}
            if absent:
                message = (
                    f"its definition does not show how it depends on {shown(min(absent))}, which is another one here"
                )
                raise refuse("E162", message, node)
            if inside:
                raise refuse("E162", f"what is called may depend on {min(inside)}, which is another one here", node)
            return substitute(whole, scalars, families)
        except Unsupported as error:  # defined only for some values of its indices
            raise refuse("E162", str(error), node) from error

    def unfolded(self, term: Term, heads: set[Head]) -> Term:
        """``term`` with the definitions put in through which it depends on the parameters ``heads``."""

        def unfolded(part: Term) -> Term | None:
            if isinstance(part, Deriv):
                return Deriv(read(part.body), part.var)
            if not isinstance(part, Var) or part.head in heads or not heads & self.symbols.reached(part):
                return None
            body = definition_of(part, self.symbols.definitions)
            return None if body is None else read(body)

        def read(part: Term) -> Term:
            return rewritten(part, unfolded, memo)

        memo: dict[Term, Term] = {}
        return read(term)

r"""Definitions: whether a line gives a new symbol its meaning, and taking it up if it does.

A symbol that has a meaning keeps it, unless a line clearly gives it another one. This module must never judge a claim,
except to tell a new meaning from a repetition of the old one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.document import Span
from symderiv.kernel import Proved, Refuted
from symderiv.notation import counterexample
from symderiv.reader.elaboration import laws_of_probability, models, recursions
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import index_word, letter_of, plain, shown
from symderiv.reader.grammar.nodes import (
    arguments,
    divergence,
    index_count,
    is_data,
    is_layer,
    is_numeral,
    is_time,
    is_transposition,
    names_in,
    parts_of,
    says_vector,
    stands_whole,
    sums,
)
from symderiv.reader.grammar.vocabulary import LOSSES, MOMENTS
from symderiv.reader.indexed.arrays import Array, Value
from symderiv.reader.indexed.layers import further, place
from symderiv.reader.known import in_a_case, on_the_way
from symderiv.reader.known.named_sets import differ
from symderiv.reader.letters.indices import refuse
from symderiv.reader.letters.rests import NOTE, define_all, first_members
from symderiv.reader.letters.survey import POSITIVE, Survey
from symderiv.reader.letters.symbols import PROBABILITIES, Function, InCase, Parameter, shape
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps.claims import Claims
from symderiv.reader.steps.introduced import says_one_of_many
from symderiv.reader.steps.meanings import Meanings
from symderiv.reader.words import prose
from symderiv.reader.words.prose import Words
from symderiv.terms import Definition, Deriv, Head, Index, Num, Term, Var, reached, subterms

DOTTED = re.compile(r"\\(?:d{1,3}ot)\s*\{?\s*(.+?)\s*\}?")
CUES = re.compile(
    r"\b(let|define[ds]?|defining|denote[ds]?|set(ting)?|put|where|write|call|name[ds]?|introduce|abbreviat\w*|with|again|now|consider|suppose|given)\b"
    r"|设|令|记|定义|其中|정의|라고|sea|definimos|soit|posons|notons",
    re.IGNORECASE,
)
READ_OFF = Words(  # "comparing with the general form", which another section compares with something else
    r"\b(?:compar\w+|match\w*|identif\w+|vergl\w+)\b[^.;$]{0,60}\b(?:forms?|famil(?:y|ies)|definition|Form|Familie|forme|famille|forma"
    r"|familia)\b|\bread(?:ing)?\s+off\b|(?:对比|對比|比较|比較|对照|對照)|비교",
    re.IGNORECASE,
)
ARRAYS = ("E150", "E161", "E210", "E211", "E213")  # what goes wrong when a number is read as a vector
NOT_SAID = ("E124", "E154", "E156", "E214")  # what is defined was understood, but for what a sign in it means


class Definitions(Meanings):
    """Finds the head that a left side names, and makes its definition."""

    def __init__(self, reading: Reading, claims: Claims) -> None:
        super().__init__(reading, claims)
        self.ahead: dict[Span, Posed] = {}  # what was defined before its line was reached, by its left side

    def head_of(
        self, node: syntax.Node
    ) -> tuple[str, syntax.Node | None, syntax.Node | None, list[syntax.Node]] | None:
        """(name, subscript, label, arguments) if ``node`` is a symbol, a family member or a call; else None."""
        args: list[syntax.Node] = []
        head, trailing = node, None
        if (
            isinstance(node, syntax.Group)
            and node.open == "["
            and not isinstance(node.body, syntax.Tuple | syntax.Relation)
        ):
            return self.head_of(node.body)
        if (
            isinstance(node, syntax.Apply)
            and isinstance(node.argument, syntax.Group)
            and node.sup is None
            and not node.primes
        ):
            if node.name not in ("sigmoid", "softmax", "relu", "softplus"):
                return None
            body = node.argument.body
            return node.name, node.sub, None, list(body.items) if isinstance(body, syntax.Tuple) else [body]
        if (
            isinstance(node, syntax.Scripted)
            and isinstance(node.base, syntax.Group)
            and node.base.open == "["
            and node.sup is None
        ):
            inner = self.head_of(node.base.body)
            if inner is not None and inner[1] is None and not node.primes:
                return inner[0], node.sub, inner[2], inner[3]
            return None
        if (
            isinstance(node, syntax.Scripted)
            and isinstance(node.base, syntax.Apply)
            and node.sup is None
            and not node.primes
        ):
            inner = self.head_of(node.base)
            return (inner[0], node.sub, None, inner[3]) if inner is not None and inner[1] is None else None
        joined, gaps = [node], [""]
        if isinstance(node, syntax.Product):
            joined, gaps = self.elaborator.words(list(node.factors), ["", *node.operators])
            if len(joined) == 1:
                return self.head_of(joined[0])  # dW
        if len(joined) == 2 and gaps[1] == "":
            head, call = joined
            if self.elaborator.is_jacobian(head, call):
                return None
            group, gsub, gsup, gprimes = parts_of(call)
            if not isinstance(group, syntax.Group) or group.open not in ("(", "[") or gsup is not None or gprimes:
                return None
            if divergence(head, call) is not None and self.symbols.valued:
                return None
            if isinstance(parts_of(head)[0], syntax.Symbol) and gsub is None:
                try:
                    found = self.elaborator.template(head, group.body)
                except ReadError:  # said when the step is read
                    return None
                if found is not None:  # r(x, y) is a member of a family for each y
                    return None if found[2] is not None else (found[0], _listed(found[1], call.span), None, [])
            if gsub is None and (preference := self.elaborator.preference(head, group.body)) is not None:
                return preference[0], _listed(preference[1], call.span) if preference[1] else None, None, []
            if isinstance(group.body, syntax.Given) and gsub is None:
                named = self.elaborator.conditional_name(head, group.body)
                if named is not None and not named[1]:
                    return named[0], None, None, list(arguments(group.body))
                if named is not None:  # p(y_i | x_i) is a member of a family
                    return named[0], _listed(named[1], call.span), None, []
            args = list(group.body.items) if isinstance(group.body, syntax.Tuple) else [group.body]
            args = [arg.left if isinstance(arg, syntax.Given) else arg for arg in args if not is_data(arg)]
            if not all(map(self._names_argument, args)):
                # Cost(h(x), y) defines Cost at these arguments
                if isinstance(head, syntax.Symbol) and self.elaborator.is_word(head) and trailing is None:
                    return plain(head.name), None, None, []
                return None
            trailing = gsub
        base, sub, sup, primes = parts_of(head)
        if not isinstance(base, syntax.Symbol) or primes or (sub is not None and trailing is not None):
            return None
        if self.symbols.is_square(plain(base.name), sup):
            return plain(base.name), sub if sub is not None else trailing, sup, args
        numbered = isinstance(sup, syntax.Number) and plain(base.name) in self.symbols.numbered
        bracketed = isinstance(sup, syntax.Group) and sup.open in ("(", "[")
        if sup is not None and not bracketed and not is_layer(sup) and not numbered:
            known = isinstance(sup, syntax.Symbol) and ("^" + sup.name) in self.symbols.labels
            known = known or (self.symbols.time and is_time(sup))
            if not known and not (isinstance(sup, syntax.Symbol) and sup.name in ("*", r"\ast", r"\star")):
                return None
        name = plain(base.name)
        known = name == "1" or (name == "e" and sup is not None)  # e = y - h is an error, e^x a power of Euler's number
        if known and not args and sub is None and name not in self.symbols.shapes:
            return None
        if isinstance(sub, syntax.Relation) or (name == r"\delta" and sub is not None and index_count(sub) == 2):
            return None
        return name, sub if sub is not None else trailing, sup, args

    def _names_argument(self, node: syntax.Node) -> bool:
        """Whether ``node`` names what a function depends on: the square of a number does so if it has a name."""
        base, _, sup, _ = parts_of(node)
        if isinstance(sup, syntax.Number) and isinstance(base, syntax.Symbol):
            return plain(base.name) in self.symbols.numbered or self.symbols.is_square(plain(base.name), sup)
        return isinstance(node, syntax.Symbol | syntax.Scripted | syntax.Ellipsis)

    def indices(self, head: tuple) -> tuple[str, list[Index], list[Index]] | None:
        name, sub, sup, args = head
        elaborator = self.elaborator
        try:
            subs = elaborator.indices(sub, name)
            if subs is None:
                name, subs = f"{name}_{{{index_word(sub)}}}", []
            if self.symbols.is_square(name, sup):
                return f"{name}^{{2}}", subs, []
            labels, rest, name = elaborator.label(name, sup)
            # S(x_i) is a member of the family S_i, h_k(x^{(i)}) of h_k^{(i)}, but J(v_c, o) hides its indices
            shown = not any(
                isinstance(arg, syntax.Symbol) and plain(arg.name) in self.symbols.sub_letters for arg in args
            )
            for arg in args if shown else ():
                base, arg_sub, arg_sup, _ = parts_of(arg)
                if isinstance(base, syntax.Symbol):
                    arg_subs = elaborator.indices(arg_sub, plain(base.name)) or []
                    arg_labels, _, _ = elaborator.label(plain(base.name), arg_sup)
                    if not all(isinstance(i, int) for i in arg_subs):
                        subs = [*subs, *(i for i in arg_subs if i not in subs)]
                    labels = [*labels, *(i for i in arg_labels if i not in labels)]
        except ReadError:
            return None
        if subs and not labels:
            name = self.symbols.lettered.get((name, tuple(subs)), name)
        return (name, subs, labels) if rest is None else None

    def is_defined(self, head: tuple) -> bool:
        found = self.indices(head)
        if found is None:
            return True
        name, subs, labels = found
        this = (*subs, *labels)
        made = self.symbols.definitions.get(
            Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels)), ()
        )
        if made and this and all(isinstance(i, int) for i in this) and all(self._of_one(d.params) for d in made):
            return any(d.params == this for d in made)  # h_2 = ... says nothing anew of h_1
        return self.symbols.defines(name, len(subs), len(labels))

    def _are_told(self, head: tuple, right: syntax.Node) -> bool:
        """Whether both sides of an equation have been defined, and the left one with no words since."""
        other = self.head_of(right)
        if not self.is_defined(head) or other is None or other[3] or not self.is_defined(other):
            return False
        found, known = self.indices(head), self.indices(other)
        if found is None or known is None or found[1:] != ([], []):
            return False
        return self.symbols.told.get(self.symbols.name(found[0])) == self.reading.paragraphs

    def _is_place(self, name: str, subs: Sequence[Index], args: Sequence[syntax.Node]) -> bool:
        """Whether a function is called at a quantity that has been defined, and was not defined for that."""
        own = {p.var.name for p in self.symbols.functions[name, len(subs)].parameters if p.var is not None}
        if any(self._is_value(arg) for arg in args):
            return True
        named = [plain(arg.name) for arg in args if isinstance(arg, syntax.Symbol)]
        return any(self.symbols.defines(letter, 0) and self.symbols.name(letter) not in own for letter in named)

    def _is_value(self, arg: syntax.Node) -> bool:
        """Whether an argument is a starred letter of which a line says what it is: the w^* of f(w^*)."""
        if not isinstance(arg, syntax.Scripted) or not isinstance(arg.sup, syntax.Symbol):
            return False
        head = self.head_of(arg) if arg.sup.name in ("*", r"\ast", r"\star") else None
        found = self.indices(head) if head is not None else None
        return found is not None and (found[0] in self.symbols.arrays or self.is_defined(head or ()))

    def _is_read_off(self, name: str, subs: Sequence[Index], labels: Sequence[Index]) -> bool:
        """Whether words compare with a general form in another section than that of a definition before."""
        head = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        made = [self.symbols.order[head, d.params] for d in self.symbols.definitions.get(head, ())]
        known = [self.reading.posed[n].section for n in made if n < len(self.reading.posed)]
        return bool(known) and max(known) < self.reading.section and bool(READ_OFF.search(self.reading.prose[-160:]))

    def is_partial(self, head: tuple) -> bool:
        """Whether what ``head`` has been said to be holds for certain values only."""
        found = self.indices(head)
        if found is None:
            return False
        name, subs, labels = found
        return Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels)) in self.symbols.partial

    @staticmethod
    def _of_one(params: Sequence[Index]) -> bool:
        return bool(params) and all(isinstance(p, int) for p in params)

    def define(self, head: tuple, left: syntax.Node, right: syntax.Node, relation: str, posed: Posed) -> bool:
        """Take ``left = right`` as a definition if the left side is new, or clearly means something new here."""
        symbols = self.symbols
        found = self.indices(head)
        if found is None:
            return False
        if (made := self.ahead.get(left.span)) is not None:
            posed.kind, posed.left, posed.right, posed.kept = "definition", made.left, made.right, made.kept
            return True
        name, subs, labels = found
        if unsaid := self._is_rate(left):
            posed.error = refuse("E150", unsaid, left).diagnostic
            return False
        if (recursion := recursions.of_product(left, right, symbols.steps, symbols.earlier)) is not None:
            right = recursion
        model = models.noise(left, right, symbols.differentiated, symbols.regression) if relation == "=" else None
        if model is not None and not symbols.defines(name, len(subs)):
            turned = self.head_of(model[0])
            return turned is not None and self.define(turned, *model, ":=", posed)
        counted = any(isinstance(i, str) for i in subs)  # N_k, how many there are of the class k, is no size
        if (name in symbols.size_names and not counted) or (name in symbols.declared and not subs):
            return False
        if not labels and not head[3] and relation == "=" and self._counts_elsewhere(name, subs, left, right):
            name = symbols.lettered.setdefault((name, tuple(subs)), f"{name}~{subs[0]}")
        if len(subs) == 1 and not labels:
            self._tell_weights_apart(str(subs[0]), right)
        if name == "e" and not subs and not labels and "e" in names_in(right):
            return False  # Euler's number
        told = self.reading.inline or CUES.search(self.reading.prose[-160:]) or relation == ":="
        if (name, len(subs), len(labels)) in symbols.refused and not told:
            return False  # it has been said to be something else
        small = _entries(right)
        if small is not None and not subs and not labels and name.lower() == small != name:
            symbols.entry_families[name] = small  # W = [w_{ij}] names the matrix of these entries
            posed.kind = "definition"
            return True
        if name.startswith((r"\overline{", r"\bar{")) and name in self.reading.seen and "^" in name:
            return False  # \overline{x^2} = \bar x^2 says nothing new of the mean of the squares
        if is_transposition(right, left) or is_transposition(
            left, right
        ):  # A = A^T says that it is symmetric, rightly or wrongly if it is defined
            posed.kind = posed.kind if symbols.defines(name, 0) or symbols.defines(name, 2) else "definition"
            return posed.kind == "definition"
        written = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        computed = any(not isinstance(made.body, Num) for made in symbols.definitions.get(written, ()))
        words = self.reading.prose.rpartition("$")[2] if computed else self.reading.prose[-160:]
        said = CUES.search(words) or self._is_read_off(name, subs, labels)
        if is_numeral(right) and relation != ":=" and not said:
            return False  # y = 1 is a case
        if subs and all(isinstance(i, int) for i in subs) and (is_numeral(right) or isinstance(right, syntax.Symbol)):
            return False  # z_1 = z is a special case, not what z_1 is
        if any(i in symbols.size_names for i in (*subs, *labels)):
            return self._last_member(name, subs, labels, right, posed)  # y_K = ... is one member, the last
        if head[3] and self._in_part(name, {n for arg in head[3] for n in names_in(arg)}):
            if not symbols.defines(name, len(subs), len(labels)):
                posed.unsaid = f"it may say what {shown(name)} is within bounds, and nothing else says what it is"
            return False  # "for $x > 0$, $f(x) = x$" is one piece of f
        entries = self.elaborator.entries_of(name)
        if entries is not None and not subs and symbols.defines(entries.name, 2):
            return False  # the entries are defined already
        if self.assumed(name, subs, labels) or (name in symbols.standard and not subs):
            return False
        if laws_of_probability.contradicts(left, right):
            return False  # p(x|y) = p(y|x) p(y) / p(x) is Bayes' rule gone wrong, and not what p(x|y) is
        if relation == "=" and not head[3] and on_the_way.is_one(self.reading, written, right):
            return False  # k = np, where p is sought
        again = name in set(names_in(right)) if subs else stands_whole(right, name)
        if not any(isinstance(i, int) for i in (*subs, *labels)) and again and head[3]:
            return False  # H(y) = H(x) + ... says how H behaves, not what it is; g(w) = \sum_p g_p(w) what g is
        if relation == "=" and (name, len(subs)) in symbols.functions and self._is_place(name, subs, head[3]):
            return False  # l(\hat\lambda) = ... says what the value of l is there
        if (symbols.mean and name == "E") or name in MOMENTS:
            return False  # E[c] = c and Var(X) = s^2 say something of c and X
        if relation == "=" and isinstance(right, syntax.Symbol | syntax.Scripted) and self._are_told(head, right):
            return False  # s = t, where both have just been defined
        short = name.startswith("d ") and symbols.short and symbols.knows(name[2:])
        if short and not isinstance(right, syntax.DerivativeOp):
            return False  # dw = x dz, where dz has been defined as dL/dz
        if self._is_derivative(name, subs, labels):
            return False  # \delta = \partial C/\partial z: what comes next says what that is, rightly or wrongly
        if name in symbols.arrays and not (subs or labels or head[3] or symbols.defines(name, 0, 0)):
            if self._repeats(left, right) or (relation == "=" and self._says_no_more(head, left, right, posed)):
                return False
            self.reading.diagnostics.append(
                Diagnostic("W420", f"{shown(name)} is defined anew here; its earlier meaning ends", posed.left_span)
            )
        if place(name) and not symbols.defines(name, len(subs), len(labels)):
            moved = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
            if moved in further([moved], symbols.definitions, symbols.ranges):
                return False  # a_n = n^2 says what a_{n+1} is
        if symbols.defines(name, len(subs), len(labels)):
            known = symbols.hidden[written][1] if written in symbols.hidden else written
            existing = symbols.definitions.get(known, ())
            # what an equation of an earlier section was solved for, is sought anew in this one
            before = all(symbols.order[known, d.params] < self.reading.begins for d in existing)
            if written in symbols.auto or (before and self.reading.solving and relation == "="):
                symbols.new_version(name, len(subs), len(labels))
                existing = ()
            if relation == "=" and self._is_special(existing):
                return False  # "for $y = 1$, $L = -\log p$" says what L is there
            this = (*subs, *labels)
            members = symbols.members.get(known, {})
            members_only = bool(existing) and ("",) * (known.subs + known.sups) not in members
            same = members.get((*shape(this), *[""] * (known.subs + known.sups - len(this))))
            another_member = (
                members_only
                and any(isinstance(i, int) for i in this)
                and (same is None or same.params[: len(this)] != this)
            )
            if not another_member and existing:
                if members_only and all(isinstance(i, str) for i in this):
                    if self._complete(existing, this):
                        return False  # a formula for all of them says what is known, rightly or wrongly
                    if self._differs(existing, this, left, right, posed):
                        symbols.new_version(name, len(subs), len(labels))
                elif isinstance(left, syntax.Product) and isinstance(left.factors[-1], syntax.Group) and not head[3]:
                    return False  # Cost(h(x), y) has its value at these arguments
                elif (
                    relation == ":=" or not subs or (name not in set(names_in(right)) and self._brings_in(this, right))
                ):
                    verdict = self._verdict(left, right)
                    if isinstance(verdict, Proved):
                        return False
                    if relation == "=" and self._says_no_more(head, left, right, posed):
                        return False
                    if relation == "=" and not self.reading.inline and self._is_of_another_set(existing, right):
                        return False
                    if self._is_another(name, len(subs), head[3]):
                        symbols.overloaded.add(name)
                    symbols.new_version(name, len(subs), len(labels))
                    message = f"{shown(name)} is defined anew here; its earlier meaning ends"
                    notes: tuple[str, ...] = ()
                    help = ""
                    if relation == "=" and isinstance(verdict, Refuted):
                        help = "another quantity is better given another name"
                        if not self.reading.inline and not CUES.search(self.reading.prose):
                            says = "if it should follow from its earlier meaning, it does not"
                            notes = (f"{says}, {counterexample(verdict.witness)}",)
                            symbols.restated.add(symbols.name(name, len(subs), len(labels)))
                    self.reading.diagnostics.append(Diagnostic("W420", message, posed.left_span, notes, help))
                else:
                    return False
        symbols.ranges.defining, heads = True, set(symbols.definitions)
        try:
            self._make(name, subs, labels, head[3], right, posed)
            if says_one_of_many(self.reading.before if self.reading.inline else self.reading.prose[-160:]):
                symbols.instances |= symbols.definitions.keys() - heads
        except ReadError as error:
            if error.diagnostic.code == "E165" and not isinstance(self._verdict(left, right), Refuted | None):
                return False  # what was defined through it is turned round, and not by way of an equation to be solved
            posed.error = error.diagnostic
            self.not_made(left, right)
            if error.diagnostic.code in NOT_SAID:
                symbols.refused.add((name, len(subs), len(labels)))
        finally:
            symbols.ranges.defining = False
        self._settle(name, posed.right)
        return True

    def take_up(self, row: syntax.Row) -> None:
        """Define a function before it is called, as a row further down says."""
        left, right = row.segments[0].side, row.segments[1].side
        assert isinstance(left, syntax.Node) and isinstance(right, syntax.Node)
        head = self.head_of(left)
        found = self.indices(head) if head is not None else None
        if head is None or found is None or self.is_defined(head):
            return
        name, subs, labels = found
        posed = Posed(right.span, left.span, "=", "claim", -1, 0)
        values, self.reading.values = self.reading.values, ()
        self.elaborator.start_chain()
        self.symbols.ranges.defining = True
        try:
            self._make(name, subs, labels, head[3], right, posed)
        except ReadError:
            return  # said where it stands
        finally:
            self.symbols.ranges.defining = False
            self.reading.values = values
        self._settle(name, posed.right)
        self.ahead[left.span] = posed

    def is_taken_up(self, left: syntax.Node) -> bool:
        """Whether this left side of a definition was defined before."""
        return left.span in self.ahead

    def _settle(self, name: str, value: Value | None) -> None:
        """Draw the conclusions from what ``name`` has been defined to be."""
        symbols = self.symbols
        if self.elaborator.guessed:
            symbols.doubtful.add(name)
        self._shorten(name, value)
        axes = value.axes if isinstance(value, Array) else ()
        symbols.ranges.settled.update(axis for axis in axes if isinstance(axis, str))
        term = value.entry(tuple("?" for _ in axes)) if isinstance(value, Array) and not _fixed(value) else value
        if isinstance(term, Term):
            heads = {t.head for t in subterms(term) if isinstance(t, Var)}
            symbols.ranges.settled.update(c for (head, _), c in symbols.ranges.slots.items() if head in heads)

    def _says_no_more(self, head: tuple, left: syntax.Node, right: syntax.Node, posed: Posed) -> bool:
        """Whether a line says what the meaning of its left side comes to, in general or in one case; it is a claim."""
        if self.reading.inline or not self._is_about_the_same(left, right):
            return False
        if said := in_a_case.words(self.reading) or self._puts_in():
            posed.supposed = said
            self._note_case(head, left, right, said)
        if said or self._rewrites() or self._is_boxed(left):
            return True
        posed.restates = self._goes_on(left, right)
        return posed.restates

    def _puts_in(self) -> str:
        """The words by which a solution is put into what was known: "substituting back", while something is solved."""
        said = prose.SUBSTITUTES.search(in_a_case.last_said(self.reading.prose)) if self.reading.solving else None
        return said[0] if said else ""

    def _goes_on(self, left: syntax.Node, right: syntax.Node) -> bool:
        """Whether the line before is a claim on ``left``, too, no word stands between the two, and this is no value."""
        if self.reading.prose.strip() or not self.reading.posed or not set(names_in(right)):
            return False
        text, last = self.reading.document.source.text, self.reading.posed[-1]
        first = next(p for p in self.reading.posed if p.display == last.display)
        same = "".join(text[first.left_span.start : first.left_span.end].split()) == "".join(
            text[left.span.start : left.span.end].split()
        )
        return same and all(posed.kind == "claim" and posed.relation == "=" for posed in (first, last))

    def _note_case(self, head: tuple, left: syntax.Node, right: syntax.Node, said: str) -> None:
        """Note what a quantity is said to be in one case: another reading of the lines that follow."""
        found = self.indices(head)
        assert found is not None  # or nothing would be said of it anew
        name = self.symbols.name(found[0], len(found[1]), len(found[2]))
        new = self._beside(found[0], right) if isinstance(left, syntax.Symbol) else ""
        case = InCase(len(self.reading.posed) + 1, Span(left.span.start, right.span.end), new, said)
        self.symbols.cased.setdefault(name, []).append(case)

    def _beside(self, name: str, right: syntax.Node) -> str:
        """A version of ``name`` that means ``right``, beside that in force; "" if that cannot be read."""
        symbols = self.symbols
        old = Head(symbols.name(name), 0, 0)
        saved, functions, arrays = dict(symbols.versions), dict(symbols.functions), dict(symbols.arrays)
        symbols.versions[Head(name, 0, 0)] = new = f"{old.name}~{len(self.reading.posed)}"
        try:
            value = self.elaborator.value(right)
            if not isinstance(value, Term) or not symbols.reached(value) - {old}:
                return ""
            self._make(name, [], [], [], right, Posed(right.span, right.span, "=", "definition", -1, 0))
            return new
        except ReadError:
            return ""
        finally:
            symbols.versions, symbols.functions, symbols.arrays = saved, functions, arrays

    def _is_rate(self, left: syntax.Node) -> str:
        r"""Why ``\dot E`` says nothing new of an E that is defined, nor ``f_x`` of the function ``f(x)``; or ""."""
        base, sub, sup, _ = parts_of(left)
        if not isinstance(base, syntax.Symbol):
            return ""
        inner = DOTTED.fullmatch(base.name)
        if inner and self.symbols.defines(plain(inner[1]), 0):
            return "the derivative in time of what is defined is not in the language"
        function = self.symbols.functions.get((plain(base.name), 0))
        if function is None or sub is None or sup is not None:
            return ""
        of = {parameter.var.name for parameter in function.parameters if parameter.var is not None}
        return "whether this is a derivative is not said" if of.issuperset(names_in(sub)) and {*names_in(sub)} else ""

    def _is_another(self, name: str, subs: int, arguments: Sequence[syntax.Node]) -> bool:
        """Whether the function of this name was one of other arguments: H(p) and H(p, q), or p(x) and p(y)."""
        called = self.symbols.functions.get((name, subs))
        if called is None or not arguments:
            return False
        own = {p.var.name for p in called.parameters if p.var is not None}
        density = name in PROBABILITIES and own.isdisjoint(n for arg in arguments for n in names_in(arg))
        return len(arguments) != len(called.parameters) or (density and bool(own))

    def _shorten(self, name: str, value: object) -> None:
        """``dz = dL/dz``: from here on, ``dw`` is short for the derivative of L by w."""
        if isinstance(value, Array):
            value = value.entry(tuple("?" for _ in value.axes))
        if not isinstance(value, Deriv) or not isinstance(value.body, Var) or value.body.indices:
            return
        if name == f"d {value.var.name}" and value.body.name in LOSSES:
            self.symbols.short.add(value.body.head)

    def _last_member(
        self, name: str, subs: Sequence[Index], labels: Sequence[Index], right: syntax.Node, posed: Posed
    ) -> bool:
        """Take ``p_K = ...`` as what all members are, if it continues p_1 = ..., p_2 = ..."""
        symbols = self.symbols
        head = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        if not first_members(symbols, head):
            return False
        try:
            value = self.elaborator.value(right)
        except ReadError:
            return False
        symbols.now = len(self.reading.posed)
        made = define_all(symbols, head, subs[0], value, posed.left_span) if isinstance(value, Term) else None
        if made is None:
            return False
        posed.kind, posed.notes = "definition", (NOTE,)
        posed.left, posed.right = Var(head.name, made.params, ()), made.body
        return True

    def _is_of_another_set(self, existing: Sequence[Definition], right: syntax.Node) -> bool:
        try:
            value = self.elaborator.value(right)
        except ReadError:
            return False
        return isinstance(value, Term) and differ([made.body for made in existing], value, self.symbols)

    def _brings_in(self, this: Sequence[Index], right: syntax.Node) -> bool:
        """Whether names stand in a formula that nothing has been said of before, so that it follows from nothing."""
        symbols = self.symbols
        said = self.reading.seen | symbols.bound_names | symbols.index_names | symbols.size_names | {"e", r"\pi"}
        if all(name in said or name in this or symbols.knows(name) for name in names_in(right)):
            return False
        try:
            self.elaborator.value(right)
        except ReadError:
            return False
        return all(isinstance(i, str) for i in this)

    def not_made(self, left: syntax.Node, right: object) -> None:
        """Note that what ``left`` is said to be could not be read; another formula of it may be no definition.

        A function of which nothing more is known says nothing, ``y = BN(x)``: what comes next says what it is.
        """
        if _is_of_a_word(right):
            return
        head = self.head_of(left)
        found = self.indices(head) if head is not None else None
        if found is not None:
            name, subs, labels = found
            written = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
            if written not in self.symbols.definitions:
                self.symbols.failed.setdefault(written, (self.reading.section, left.span))

    def forget(self, head: tuple) -> None:
        """Take back the definition that has just been made for ``head``."""
        found = self.indices(head)
        if found is not None:
            name, subs, labels = found
            shown = Head(self.symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
            self.symbols.definitions.pop(self.symbols.hidden.pop(shown, ((), shown))[1], None)

    def aside(self, head: tuple, left: syntax.Node, right: syntax.Node, manner: str) -> None:
        """Note what running text says a quantity is that means something else so far: "for squares $L = (p - y)^2$".

        Whether it holds from there on is not sure, so that it is only another reading of the lines that follow. By its
        ``manner`` it is "said", "supposed" for what follows right away, or only "mentioned".
        """
        symbols = self.symbols
        found = self.indices(head)
        if found is None or found[1] or found[2] or head[3] or not isinstance(left, syntax.Symbol):
            return
        name = found[0]
        old = Head(symbols.name(name), 0, 0)
        if old not in symbols.definitions or self._is_special(symbols.definitions[old]):
            return
        self.elaborator.start_chain()
        said = self._verdict(left, right)
        if said is None or isinstance(said, Proved):
            return
        if new := self._beside(name, right):
            symbols.asides.setdefault(old.name, []).append(
                (len(self.reading.posed), self.reading.paragraphs, new, manner)
            )

    def define_row(self, row: syntax.Row) -> None:
        """A definition from a directive. Raises ReadError."""
        left, right = row.segments[0].side, row.segments[1].side
        assert isinstance(left, syntax.Node) and isinstance(right, syntax.Node)
        survey = Survey(self.symbols)
        match parts_of(left):
            case (syntax.Symbol(name=name), _, syntax.Number(text="2"), _) if not POSITIVE.search(plain(name)):
                raise ReadError("E191", "two numbers have this square: define the number, or assume this", left.span)
        survey.square(left)
        survey.cube(left)
        head = self.head_of(left)
        found = self.indices(head) if head is not None else None
        if head is None or found is None:
            raise ReadError("E191", "the left side of a definition is a symbol, a member p_i or a call f(x)", left.span)
        self.elaborator.start_chain()
        posed = Posed(right.span, left.span, "=", "definition", -1, 0)
        name, subs, labels = found
        if self.symbols.defines(name, len(subs), len(labels)):
            self.symbols.new_version(name, len(subs), len(labels))
        self._make(name, subs, labels, head[3], right, posed)

    def _make(
        self,
        name: str,
        subs: list[Index],
        labels: list[Index],
        args: list[syntax.Node],
        right: syntax.Node,
        posed: Posed,
    ) -> None:
        symbols, elaborator = self.symbols, self.elaborator
        if isinstance(right, syntax.Group) and right.open in ("{", r"\{"):
            if isinstance(right.body, syntax.Tuple | syntax.Given) and not (subs or labels or args):
                posed.kind = "definition"  # a set says what its elements are, and nothing is computed with it
                return
            raise ReadError("E164", "a set or a matrix given by its entry is not in the language", right.span)
        named = {name for arg in args for name in names_in(arg)}
        if not named.isdisjoint(names_in(right)) and elaborator.unknown(right):
            raise ReadError("E151", "a command in it is not known, so its value elsewhere is not", right.span)
        symbols.now = len(self.reading.posed)
        parameters = self._parameters(args)
        running = [*(i for i in (*subs, *labels) if isinstance(i, str)), *(index for index, _ in sums(right))]
        running = [index for index in running if letter_of(index) not in symbols.valued]
        try:
            value = elaborator.value(right)
        except ReadError as error:
            if error.diagnostic.code not in ARRAYS or says_vector(right):
                raise
            value, parameters = self._scalar_definition(right, args)
        rate = isinstance(right, syntax.DerivativeOp)  # s(b) = dl/db is a vector where b is
        if isinstance(value, Array) and (subs or labels or args) and not says_vector(right) and not rate:
            value, parameters = self._scalar_definition(right, args)
        if isinstance(value, Array):
            if subs or labels:
                elaborator.not_numbers(running, value.entry(tuple("?" for _ in value.axes)), right)
                self._define_vectors(name, subs, labels, value, posed)
                return
            if any(h.sups for h in symbols.heads.get(name, ())):
                raise ReadError("E164", "a family of vectors is not in the language yet", right.span)
            probe = value.entry(tuple("?" for _ in value.axes)) if all(isinstance(a, str) for a in value.axes) else None
            if probe is not None and name not in symbols.arrays:
                whole = Head(symbols.name(name, len(value.axes)), len(value.axes), 0)
                beside = {part.head for part in subterms(probe) if isinstance(part, Var)}
                if whole in beside and whole not in symbols.definitions and not isinstance(probe, Var):
                    posed.kind, posed.right = "definition", value  # w := w - \alpha dJ/dw says what the next w is
                    return
                if whole in symbols.reached(probe) - beside:
                    raise ReadError("E165", f"{shown(name)} is what this is defined through", posed.span)
            symbols.arrays[name] = value
            if not args:
                self._define_beside(name, right, posed)
            posed.kind = "definition"
            posed.left, posed.right = None, value
            entries = elaborator.entries_of(name)
            family = entries.name if entries is not None else name
            self._define_family(family, value, probe, Span(posed.left_span.start, posed.span.end))
            head = Head(symbols.name(family, len(value.axes)), len(value.axes), 0)
            if head in symbols.definitions:
                posed.left = elaborator.family(head, right)
            return
        params = (*subs, *labels)
        posed.kept = frozenset(i for i in params if isinstance(i, str))
        value = self.contracted(value, params)
        versioned = Head(symbols.name(name, len(subs), len(labels)), len(subs), len(labels))
        if isinstance(value, Var) and value.head == Head(
            symbols.name(name, len(subs), len(labels)), len(subs), len(labels)
        ):
            raise ReadError("E165", f"{shown(name)} stands on both sides, so this does not define it", posed.span)
        elaborator.not_numbers(running, value, right)
        own = (
            part for part in reached((value,), symbols.definitions) if isinstance(part, Var) and part.head == versioned
        )
        # a^{(2)} may be defined through a^{(1)}
        itself = any(
            all(a == b for a, b in zip(params, part.indices, strict=False) if isinstance(a, int) and isinstance(b, int))
            for part in own
        )
        if itself:
            raise ReadError("E165", f"{shown(name)} stands on both sides, so this does not define it", posed.span)
        head = symbols.define(name, params, len(subs), value, Span(posed.left_span.start, posed.span.end))
        symbols.told[head.name] = self.reading.paragraphs
        if self.reading.inline or CUES.search(self.reading.prose[-160:]):
            symbols.announced.add(head)
        failed = symbols.failed.get(versioned)
        anew = self.reading.inline or posed.relation != "=" or CUES.search(self.reading.prose.rpartition("$")[2])
        if failed is not None and not anew and failed[0] == self.reading.section:
            symbols.instead[head] = failed[1]  # it may say what the first formula is worth, rightly or wrongly
        if self.reading.values and symbols.pieces[name] > 1:
            symbols.partial[head] = self.reading.values
        if args:
            parameters = [self._whole_family(parameter, value) for parameter in parameters]
            written = {i for p in parameters for i in (p.var.subs if p.var else ()) if isinstance(i, str) and i in subs}
            symbols.functions[name, len(subs) - len(written)] = Function(tuple(parameters))
        symbols.heads.setdefault(name, set()).add(head)
        for n, index in enumerate(params):
            elaborator.use(index, symbols.ranges.slot(head, n), right)
        definition = symbols.definitions[head][-1]
        member = Var(head.name, definition.params[: head.subs], definition.params[head.subs :])
        for n, index in enumerate(definition.params):
            if n >= len(params):
                elaborator.use(index, symbols.ranges.slot(head, n), right)
        posed.kind = "definition"
        posed.left, posed.right = member, value

    def _define_beside(self, name: str, right: syntax.Node, posed: Posed) -> None:
        r"""Define the number ``s`` beside the vector, where ``s = \sigma(z)`` may be said of numbers as well."""
        names = {name, *names_in(right)}
        if self.symbols.shapes or says_vector(right) or not all(map(self.elaborator.is_small, names)):
            return
        try:
            value, _ = self._scalar_definition(right, [])
        except ReadError:
            return
        head = Head(self.symbols.name(name), 0, 0)
        if isinstance(value, Term) and head not in self.symbols.reached(value):
            self.symbols.define(name, (), 0, value, Span(posed.left_span.start, posed.span.end))

    def _scalar_definition(self, right: syntax.Node, args: list[syntax.Node]) -> tuple[Value, list[Parameter]]:
        self.elaborator.as_scalars = True
        try:
            return self.elaborator.value(right), self._parameters(args)
        finally:
            self.elaborator.as_scalars = False

    @staticmethod
    def _whole_family(parameter: Parameter, body: Term) -> Parameter:
        r"""The x of ``h(x) = \sum_j \theta_j x_j`` is all of the x_j, whatever else has that name elsewhere."""
        var = parameter.var
        if var is None or var.indices:
            return parameter
        heads = {t.head for t in subterms(body) if isinstance(t, Var) and t.name == var.name}
        return Parameter(family=heads.pop()) if len(heads) == 1 and var.head not in heads else parameter

    def _parameters(self, args: list[syntax.Node]) -> list[Parameter]:
        """What the arguments of a defined function stand for."""
        symbols, elaborator = self.symbols, self.elaborator
        parameters: list[Parameter] = []
        for arg in args:
            if isinstance(arg, syntax.Ellipsis):
                continue
            base, sub, sup, _ = parts_of(arg)
            if not isinstance(base, syntax.Symbol):
                raise ReadError("E163", "the arguments of a function that is defined are symbols", arg.span)
            argument = plain(base.name)
            if symbols.is_square(argument, sup):
                argument, sup = f"{argument}^{{2}}", None  # L(\mu, \sigma^2)
            label = isinstance(sup, syntax.Group)
            if sub is None and not label:
                array = elaborator.array(argument, arg)
                if array is not None:
                    member = array.entry(tuple("?" for _ in array.axes))
                    if not isinstance(member, Var):
                        raise ReadError("E163", "the arguments of a function that is defined are symbols", arg.span)
                    parameters.append(Parameter(family=member.head))
                else:
                    parameters.append(Parameter(var=Var(symbols.name(argument), (), ())))
                continue
            indices = elaborator.indices(sub, argument)
            labelled, _, _ = elaborator.label(argument, sup)
            if indices is None:
                assert sub is not None  # without a subscript there are no indices, and it is no part of the name
                parameters.append(Parameter(var=Var(f"{argument}_{{{index_word(sub)}}}", (), ())))
                continue
            parameters.append(
                Parameter(var=Var(symbols.name(argument, len(indices), len(labelled)), tuple(indices), tuple(labelled)))
            )
        return parameters


def _is_of_a_word(node: object) -> bool:
    r"""Whether a side is a function with a word for its name at some argument, ``\text{BN}_\gamma(x)``."""
    match node:
        case syntax.Product(factors=(name, syntax.Group(open="("))):
            base = parts_of(name)[0]
            return isinstance(base, syntax.Symbol) and base.name.startswith((r"\text{", r"\operatorname{"))
    return False


def _fixed(value: Array) -> bool:
    return any(isinstance(axis, int) for axis in value.axes)


def _entries(node: syntax.Node) -> str | None:
    """The family w of a matrix given by its entry: ``[w_{ij}]``, ``\\{ w_{ij} \\}``."""
    if not isinstance(node, syntax.Group) or node.open not in ("[", "(", "{", r"\{"):
        return None
    base, sub, sup, _ = parts_of(node.body)
    if isinstance(base, syntax.Symbol) and sub is not None and sup is None and index_count(sub) == 2:
        return plain(base.name)
    return None


def _listed(indices: Sequence[Index], span: Span) -> syntax.Tuple:
    """A subscript with these indices."""
    members = (syntax.Number(str(i), span) if isinstance(i, int) else syntax.Symbol(str(i), span) for i in indices)
    return syntax.Tuple(tuple(members), (), span)

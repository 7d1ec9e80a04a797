r"""From a step to what the kernel judges: its claims, one for each entry of a vector, and the context they live in.

Claims are built when the whole document has been read, because ranges and definitions are often found after their first
use. This module must never judge.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from symderiv.diagnostics import ReadError
from symderiv.document import Span
from symderiv.reader.elaboration.dependence import Dependence
from symderiv.reader.elaboration.determinants import dependent as dependent_on_entries
from symderiv.reader.elaboration.inverses import granted
from symderiv.reader.elaboration.probability import normalised, positive, product_rule
from symderiv.reader.elaboration.samples import for_examples
from symderiv.reader.grammar.names import shown
from symderiv.reader.grammar.vocabulary import LOSSES
from symderiv.reader.indexed.arrays import Array, join, shapes
from symderiv.reader.indexed.assumed import SOLVED_FOR, given
from symderiv.reader.indexed.captured import spelled_out
from symderiv.reader.indexed.einstein import summed
from symderiv.reader.indexed.families import families_in
from symderiv.reader.indexed.fixed import of_one_member, with_members
from symderiv.reader.indexed.folded import folded, stands_in
from symderiv.reader.indexed.inverted import inverted
from symderiv.reader.indexed.layers import LAYER, further, of_last
from symderiv.reader.indexed.means import linear
from symderiv.reader.known.rates import Rates
from symderiv.reader.known.true_class import KIND, placed
from symderiv.reader.letters.chosen import fixed_classes, summed_over_classes
from symderiv.reader.letters.indices import MOST_CALLS
from symderiv.reader.letters.symbols import MARK, base_name, of_one
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.steps import later
from symderiv.reader.words.prose import Words
from symderiv.terms import (
    Assumption,
    Claim,
    Context,
    Definition,
    Delta,
    Deriv,
    Fn,
    Head,
    Index,
    Num,
    Range,
    Term,
    Var,
    fresh,
    reached,
    subterms,
    written_out,
)

MOST_PARTS = 200_000  # in one claim
OWN_LAST = Words(  # words by which the last layer may be another than those before it
    r"(?<!\\)\b(?:outputs?|last|final|top|hidden|letzte[rns]?|Ausgabe\w*|dernière|sortie|última|salida)\b"
    r"|softmax|输出|輸出|最后|隐藏|出力",
    re.IGNORECASE,
)


class Claims:
    """Makes the claims of a step."""

    def __init__(self, reading: Reading, rates: Rates) -> None:
        self.reading = reading
        self.symbols = reading.symbols
        self.rates = rates
        self.dependence = Dependence(reading.symbols)
        self._differentiated: dict[Head, bool] = {}

    def of(self, posed: Posed) -> list[Claim]:
        """The claims of a step; several for an equation between vectors. Raises ReadError where shapes do not fit."""
        left, right = posed.left, posed.right
        assert left is not None and right is not None
        self.reading.elaborator.calls_left = MOST_CALLS
        if isinstance(left, Array) or isinstance(right, Array):
            pairs = list(self._entries(posed))
            if not pairs:
                raise ReadError("E211", "there is not a single entry on either side", posed.span)
        else:
            pairs = [(left, right, {})]
        united = self.symbols.ranges.united
        claims = [self._claim(posed, a, b, extra) for a, b, extra in pairs]
        if self.symbols.ranges.united != united:  # what was resolved before that has lengths that are another's now
            claims = [self._claim(posed, a, b, extra) for a, b, extra in pairs]
        return claims

    def _entries(self, posed: Posed) -> Iterator[tuple[Term, Term, dict[str, str]]]:
        left, right, ranges = posed.left, posed.right, self.symbols.ranges
        if isinstance(left, Term) or isinstance(right, Term):
            scalar, array = (left, right) if isinstance(left, Term) else (right, left)
            assert isinstance(scalar, Term) and isinstance(array, Array)
            if not isinstance(scalar, Num):
                raise ReadError(
                    "E211", f"a number on one side and a {array.shape(ranges)} array on the other", posed.span
                )
            constant = Array(array.axes, lambda at: scalar, array.row)
            left, right = (constant, array) if isinstance(left, Term) else (array, constant)
        assert isinstance(left, Array) and isinstance(right, Array)
        if len(left.axes) != len(right.axes):
            raise ReadError(
                "E211",
                "shapes do not fit: {} on the left, {} on the right".format(*shapes(left, right, ranges)),
                posed.span,
            )
        self._not_transposed(left, right, posed)
        joined = [join(a, b, ranges) for a, b in zip(left.axes, right.axes, strict=True)]
        if any(axis is None for axis in joined):
            raise ReadError(
                "E211",
                "shapes do not fit: {} on the left, {} on the right".format(*shapes(left, right, ranges)),
                posed.span,
            )
        places: list[list[Index]] = []
        classes: dict[str, str] = {}
        taken = set(posed.free).union(*(part.free for a in posed.case for part in a.data if isinstance(part, Term)))
        for axis in joined:
            if isinstance(axis, int):
                places.append(list(range(1, axis + 1)))
                continue
            assert axis is not None
            name = fresh("i", taken)
            taken.add(name)
            classes[name] = axis
            places.append([name])
        for at in product(*places):
            yield left.entry(at), right.entry(at), classes

    def _not_transposed(self, left: Array, right: Array, posed: Posed) -> None:
        """Two lengths that nobody has called equal are not made equal where a transpose would fit without that."""
        ranges = self.symbols.ranges
        if len(left.axes) != 2 or not all(isinstance(axis, str) for axis in (*left.axes, *right.axes)):
            return
        here, there = ([ranges.find(axis) for axis in a.axes if isinstance(axis, str)] for a in (left, right))
        if here == there[::-1] != there and not ranges.same(*here):
            lengths = [ranges.range_of(axis).high for axis in here]
            m, n = (str(length) for length in lengths)
            raise ReadError(
                "E211",
                f"shapes do not fit: {m}×{n} on the left, {n}×{m} on the right",
                posed.span,
                help="the transpose of one side fits",
            )

    def _claim(self, posed: Posed, left: Term, right: Term, classes: dict[str, str]) -> Claim:
        memo: dict[Term, Term] = {}
        said = {i for a in (*posed.case, *posed.conditions) for i in a.data if isinstance(i, str)}
        kept = said & self.symbols.chosen.keys()
        left, right = (summed_over_classes(side, self.symbols, kept=kept) for side in (left, right))
        left, right = self._inverted(posed, left, right)
        if written_out(left, right) > MOST_PARTS:
            message = f"this step has more than {MOST_PARTS:,} parts when its products and functions are written out"
            raise ReadError("E109", message, posed.span)
        if self.symbols.einstein:
            keep = frozenset(posed.kept) | frozenset(posed.declared)
            sides = left, right
            left, right = summed(left, keep, posed.free.get), summed(right, keep, posed.free.get)
            if (left, right) != sides:
                posed.note("repeated indices are summed over")
        context = self._of_chosen(posed, kept, self.context(posed, classes, left, right), left, right)
        relation = "=" if posed.relation == ":=" else posed.relation
        resolve = self.symbols.ranges.resolve
        claim = Claim(resolve(left, memo), relation, resolve(right, memo), context)
        claim, constants = linear(claim, random=self.reading.random)
        for head in constants:
            posed.note(f"{shown(head.name)} is read as a constant in the expectations")
        return self._at_solutions(posed, claim)

    def _at_solutions(self, posed: Posed, claim: Claim) -> Claim:
        """The claim at the values that were found for its variables before it, in its section."""
        symbols, reading = self.symbols, self.reading
        sides = claim.left, claim.right
        differentiated = {t.var.head for side in sides for t in subterms(side) if isinstance(t, Deriv)}
        solved = {head: symbols.definitions.get(head, ()) for head, _ in symbols.solved_for}
        for head in sorted(solved.keys() & symbols.reached(*sides)):
            for d in solved[head]:
                number = symbols.order[head, d.params]
                step = reading.posed[number]
                freed = symbols.is_withdrawn({base_name(head.name)}, step.sentence, posed.sentence)
                if number > posed.at or step is posed or step.section != posed.section or freed:
                    continue
                if self._is_value(posed, head, d) and not self._is_variable(posed, head, d, differentiated):
                    claim = self._at_value(claim, head, d, step)
        return claim

    def _at_value(self, claim: Claim, head: Head, made: Definition, step: Posed) -> Claim:
        """The claim given that a family has the value for which ``step`` solves."""
        source = self.reading.document.source
        spans = zip(made.params, claim.context.families.get(head, ()), strict=False)
        ranges = {name: range_ for name, range_ in spans if isinstance(name, str) and range_ is not None}
        var = Var(head.name, made.params[: head.subs], made.params[head.subs :])
        context = replace(claim.context, ranges={**claim.context.ranges, **ranges})
        stated = Claim(var, "=", self.symbols.ranges.resolve(made.body, {}), context)
        text = " ".join(source.text[step.left_span.start : step.span.end].replace("&", " ").split())
        return given(claim, [stated], text, f"line {source.position(step.span.start).line}, {SOLVED_FOR}")

    def _inverted(self, posed: Posed, *sides: Term) -> tuple[Term, ...]:
        """The sides with derivatives by what is defined through the variable that they are written in."""
        symbols, found = self.symbols, set[tuple[Head, Head]]()
        if not any(isinstance(part, Deriv) for side in sides for part in subterms(side)):
            return sides
        known = {
            head: tuple(d for d in made if symbols.order[head, d.params] <= posed.at)
            for head, made in symbols.definitions.items()
        }
        read = tuple(inverted(side, known, found) for side in sides)
        for by, variable in sorted(found):
            v, x = shown(by.name), shown(variable.name)
            posed.note(f"a derivative by {v} is read as the one by {x}, divided by the derivative of {v} by {x}")
            if stands_in(sides, by, known):
                posed.unsaid = f"{x} stands beside {v} here, and whether it is held fixed is not said"
        return read

    def _of_chosen(self, posed: Posed, kept: Collection[str], context: Context, *terms: Term) -> Context:
        """The context of a step that holds under conditions on the classes ``kept`` of examples."""
        parts = set(reached(terms, context.definitions))
        chosen, ranges = self.symbols.chosen, self.symbols.ranges
        made = {h: (d,) for h, d in fixed_classes(self.symbols, kept, parts, posed.span).items()}
        for head, example in chosen.values():
            if ranges.range_of(ranges.slot(head, 0)).low != 1 and any(
                isinstance(t, Var) and t.head == head for t in parts
            ):
                raise ReadError("E123", f"the classes of the examples {example} are not numbered from 1", posed.span)
        indices = {index: ranges.range_of(ranges.slot(chosen[index][0], 0)) for index in kept}
        assumptions = tuple(
            replace(a, data=a.data[::-1]) if a.kind == "equal" and a.data[1] in kept else a  # k becomes y_i
            for a in context.assumptions
            if a.kind != "onehot" or a.data[0] not in made
        )
        return replace(
            context,
            ranges={**context.ranges, **indices},
            definitions={**context.definitions, **made},
            assumptions=assumptions,
        )

    def context(self, posed: Posed, classes: dict[str, str], *terms: Term) -> Context:
        """Where a claim lives: the definitions made before it, or, on a second reading, later ones too.

        A later definition never counts for what is only differentiated by, nor one that follows from the lines before
        it: that is a solution, not a definition.
        """
        symbols = self.symbols
        heads = self.symbols.reached(*terms)
        matrices = (*symbols.inverses.items(), *symbols.determinants.items())
        heads |= symbols.reached(*(entry for head, (_, entry) in matrices if head in heads))
        ranges = symbols.ranges
        derivatives = [t for side in terms for t in subterms(side) if isinstance(t, Deriv)]
        differentiated = {t.var.head for t in derivatives}
        asked = differentiated.union(t.body.head for t in derivatives if isinstance(t.body, Var))
        told_later = {
            h
            for h in symbols.definitions
            if posed.later
            and h not in symbols.instances
            and self._speaks_of(h, posed, needed=h in asked)
            and (h not in symbols.variables or symbols.is_intermediate(h))
            and (
                not (posed.solving or posed.stationary) or differentiated or h in symbols.announced
            )  # else it may be what the line leads to
        }
        memo: dict[Term, Term] = {}
        definitions = {}
        for head, made in symbols.definitions.items():
            if base_name(head.name) in posed.generic:
                continue
            known = tuple(
                Definition(d.params, self.symbols.ranges.resolve(d.body, memo))
                for d in made
                if (
                    symbols.order[head, d.params] <= posed.at
                    or (head in told_later and not self._concludes(head, d, differentiated))
                )
                and not self._is_variable(posed, head, d, differentiated)
                and not self._is_value(posed, head, d)
            )
            if known:
                definitions[head] = known
        layers = further(heads, definitions, ranges)
        last = of_last(heads, definitions, ranges)
        layers |= last
        definitions |= layers
        unknown = self._known_of_last_layer(terms, definitions)
        for head in unknown:
            del definitions[head]
            posed.note(f"{shown(head.name)} is taken as unknown between the layers")
        activated = {h for h, made in last.items() for d in made if any(isinstance(t, Fn) for t in subterms(d.body))}
        if activated & families_in(terms, definitions) and OWN_LAST.search(self.reading.document.source.text):
            posed.unsaid = "whether what is said of layer l holds for the last layer, too, is not said"
        heads |= symbols.reached(*(d.body for made in layers.values() for d in made))
        differentiated = {part.var.head for part in reached(terms, definitions) if isinstance(part, Deriv)}
        definitions = spelled_out(definitions, differentiated)
        for head, by, anew in folded(terms, definitions):
            definitions[head] = anew
            posed.note(f"{shown(head.name)} is read as depending on {shown(by.name)}, whose formula stands in it")
        said: dict[tuple[str, tuple], Assumption] = {}  # what is said again counts once, where it was said last
        laws = [] if self.reading.strict else self._laws(heads)
        indices: dict[str, Range] = {}
        for name, range_class in {**symbols.hinted_classes, **posed.free, **classes}.items():
            if name in symbols.hinted and not ranges.explicit.get(ranges.find(range_class)):
                ranges.declare(range_class, symbols.hinted[name])
            indices[name] = posed.declared.get(name) or ranges.range_of(range_class)
        for name, range_ in posed.declared.items():
            indices.setdefault(name, range_)
        for name, range_class in symbols.index_classes.items():
            if name not in indices:
                indices[name] = ranges.range_of(range_class)
        stated = () if self.reading.strict else self._applicable(posed)
        strongest = ("onehot", "binary", "positive")  # dropped first where a weaker one will do
        stated = sorted(stated, key=lambda a: strongest.index(a.kind) if a.kind in strongest else len(strongest))
        families = ranges.families()
        through = {}
        sides = [
            {
                (part.body.head, part.var.head)
                for part in reached((side,), definitions)
                if isinstance(part, Deriv) and isinstance(part.body, Var)
            }
            for side in terms
        ]
        both = set.intersection(*({top for top, _ in side} for side in sides)) if sides else set()
        # a step that differentiates a loss on one side only says nothing of what the loss goes through
        ways = self._through(symbols.rates, layers)
        here = self._through({pair for side in sides for pair in side}, layers, unknown, at_hand=True)
        ways |= {top: middle for top, middle in here.items() if top in both or top not in ways}
        for top, middle in ways.items():
            spans = families.get(middle, ())
            if top in heads and all(r is not None and r.low <= 1 for r in spans):
                through[top] = ((middle, spans),)
                posed.note(f"{shown(top.name)} is taken to depend on everything through {shown(middle.name)}")
        given = [] if self.reading.strict else self.rates.known(posed, heads | {m for ((m, _),) in through.values()})
        heads |= set(map(of_one, heads))
        fixed = [a for a in posed.case if of_one_member(a) and a.data[0].head not in symbols.variables]
        every = (*posed.assumptions, *posed.conditions, *(a for a in posed.case if not of_one_member(a)), *stated)
        every = tuple(a for a in every if a.kind != KIND)
        if symbols.lifted:
            for assumption in every:
                for found, index, range_class in for_examples(assumption, symbols):
                    every = (*every, found)
                    indices.setdefault(index, ranges.range_of(range_class))
        for assumption in (*(a for a in every if self._relevant(a, heads)), *given, *laws):
            data = tuple(ranges.resolve(part, memo) if isinstance(part, Term) else part for part in assumption.data)
            said.pop((assumption.kind, data), None)
            said[assumption.kind, data] = Assumption(assumption.kind, data, assumption.text, assumption.source)
        dependent = frozenset(
            (a, b)
            for a in symbols.numerators
            if a not in definitions
            for b in symbols.variables
            if a != b and not any(a in group and b in group for group in symbols.together)
        ) | frozenset(
            (a, b)
            for a in heads
            if a not in definitions
            for b in symbols.variables
            if a != b and self.dependence.says(a, b)
        )
        varied = {part.var.head for part in reached(terms, definitions) if isinstance(part, Deriv)}
        for a, b in sorted((a, b) for a in heads for b in varied if self.dependence.set_apart(a, b)):
            posed.note(f"{shown(a.name)} is taken not to depend on {shown(b.name)}")
        of_examples: dict[Head, set[Head]] = {}  # and the same for what belongs to an example
        for head, keys in symbols.lifted.items():
            of_examples[head] = {Head(f"{head.name}{MARK}{key}", head.subs, head.sups + 1) for key in keys}
        dependent |= {
            (a, b)
            for top, bottom in (dependent if of_examples else ())
            for a in {top} | of_examples.get(top, set())
            for b in {bottom} | of_examples.get(bottom, set())
        }
        context = Context(
            indices,
            definitions,
            tuple(said.values()),
            families,
            dict(symbols.sizes),
            dict(symbols.minimum),
            frozenset(pair for pair in dependent if pair[0] not in through),
            through,  # type: ignore[arg-type]
        )
        if symbols.inverses:  # not those in what was solved for, and is a variable here
            assumed = (part for a in said.values() for part in a.data if isinstance(part, Term))
            context = granted(context, symbols, families_in((*terms, *assumed), definitions))
        if symbols.determinants:
            context = dependent_on_entries(context, symbols, families_in(terms, definitions))
        context = with_members(context, [a for a in fixed if self._relevant(a, heads)])
        written = set().union(*(term.free for term in terms))
        context, _ = placed(context, [a for a in posed.case if a.kind == KIND], written)
        context, notes = placed(context, posed.true_class, written)
        posed.note(*notes)
        return context

    def _speaks_of(self, head: Head, posed: Posed, needed: bool) -> bool:
        """Whether a later definition speaks of a step; "t is one-hot at y" does so from any section."""
        indicator = all(isinstance(d.body, Delta) for d in self.symbols.definitions[head])
        text, at = self.reading.document.source.text, self.symbols.defined_at[head]
        return later.speaks_of(text, posed.left_span, at, needed or indicator)

    def _concludes(self, head: Head, made: Definition, differentiated: Collection[Head]) -> bool:
        """Whether a definition says what follows from an equation before it, or what an argument of a function is."""
        number, steps = self.symbols.order[head, made.params], self.reading.posed
        if number < len(steps) and steps[number].concluded and not differentiated:
            return True
        called = any(head in function.heads for function in self.symbols.functions.values())
        return called and head not in self.symbols.announced

    def _is_variable(self, posed: Posed, head: Head, made: Definition, differentiated: set[Head]) -> bool:
        """Whether what an equation was solved for is held fixed here, where the solution depends on what is varied."""
        symbols = self.symbols
        if posed.put_in or (head, symbols.order[head, made.params]) not in symbols.solutions:
            return False
        return bool(symbols.reached(made.body) & differentiated - {head})

    def _is_value(self, posed: Posed, head: Head, made: Definition) -> bool:
        """Whether a definition is a value of what is a variable elsewhere: what an equation was solved for, or what is
        called arbitrary since."""
        symbols, steps = self.symbols, self.reading.posed
        number = symbols.order[head, made.params]
        if posed.put_in or posed.solved:
            return False
        if (head, number) in symbols.solved_for:
            return True
        said = steps[number].sentence if number < len(steps) else posed.sentence
        if not symbols.is_withdrawn({base_name(head.name)}, said, posed.sentence):  # "for an arbitrary w"
            return False
        return head in symbols.variables or any(head in function.heads for function in symbols.functions.values())

    def _laws(self, heads: set[Head]) -> list[Assumption]:
        """What holds of the distributions among the families."""

        def depends(a: Head, b: Head) -> bool:
            return a != b and (a in self.symbols.numerators or self.dependence.says(a, b))

        def line(span: Span) -> int:
            return self.reading.document.source.position(span.start).line

        rule = list(product_rule(self.symbols, heads))
        heads = heads.union(t.head for a in rule for side in a.data for t in subterms(side) if isinstance(t, Var))
        follows = {a.data[0].head for a in rule}  # what sums to one by the rule alone
        sums = normalised(self.symbols, heads - follows, depends, line)
        return [*sums, *rule, *positive(self.symbols, heads, line)]

    def _through(
        self,
        rates: set[tuple[Head, Head]],
        layers: Mapping[Head, tuple[Definition, ...]],
        unknown: Collection[Head] = (),
        at_hand: bool = False,
    ) -> dict[Head, Head]:
        """An undefined scalar whose derivatives by an intermediate are written depends on the rest through that one.

        Only where the intermediate reaches everything else that the scalar is differentiated by; one that is not
        defined counts in the step ``at_hand``, which shows that it does. ``layers`` are definitions of further layers.
        """
        symbols = self.symbols
        result: dict[Head, Head] = {}
        for top in sorted({a for a, _ in rates}):
            defined = top in symbols.definitions and top not in unknown
            loss = top.name in LOSSES
            if defined or top.subs or top.sups or not (loss or self.only_differentiated(top)):
                continue
            by = sorted({b for a, b in rates if a == top})
            tops = {a for a, b in rates if a != b}
            middles = [b for b in by if b in symbols.definitions or b in layers or (loss and at_hand and b in tops)]
            reach = {b: symbols.below(b, layers) for b in middles}
            highest = [b for b in middles if not any(b in reach[other] for other in middles if other != b)]
            whole = len(highest) == 1 and all(b == highest[0] or b in reach[highest[0]] for b in by)
            if whole and not self._passed_by(highest[0], set(by) - {highest[0]}):
                result[top] = highest[0]
        return result

    def only_differentiated(self, top: Head) -> bool:
        """Whether a name is nothing but what is differentiated in the whole document: a loss, whatever its letter."""
        if top not in self._differentiated:
            sides = (side for posed in self.reading.posed for side in (posed.left, posed.right))
            terms = [s.entry(("i", "j")[: len(s.axes)]) if isinstance(s, Array) else s for s in sides if s is not None]
            called = top.name in self.symbols.call_texts
            var = Var(top.name, (), ())
            self._differentiated[top] = not called and not any(_stands(term, var) for term in terms)
        return self._differentiated[top]

    def _passed_by(self, middle: Head, by: set[Head]) -> bool:
        """Whether something defined by way of ``middle`` depends on one of ``by`` past it, as y = x + u does on x."""
        above: dict[Head, set[Head]] = {}  # the families whose definitions mention each
        derived: set[Head] = set()  # \delta = \partial L/\partial z is nothing that the loss goes through
        for head, made in self.symbols.definitions.items():
            for part in (t for d in made for t in subterms(d.body)):
                if isinstance(part, Var):
                    above.setdefault(part.head, set()).add(head)
                elif isinstance(part, Deriv):
                    derived.add(head)

        def upwards(heads: set[Head], past: Collection[Head] = ()) -> set[Head]:
            found, queue = set(heads), list(heads)
            while queue:
                new = above.get(queue.pop(), set()) - found - {*past}
                found |= new
                queue += new
            return found

        by_middle = upwards(above.get(middle, set()) | {a for a, b in self.symbols.rates if b == middle})
        past = (by_middle & upwards(by, {middle}) & self.symbols.definitions.keys()) - upwards(derived) - {middle}
        return bool(past)

    def _known_of_last_layer(
        self, terms: Sequence[Term], definitions: Mapping[Head, tuple[Definition, ...]]
    ) -> set[Head]:
        """A cost that is defined by the last layer L, where the terms differentiate it by something of a layer l."""
        found: set[Head] = set()
        for part in reached(terms, definitions):
            if not isinstance(part, Deriv) or not isinstance(part.body, Var) or part.body.indices:
                continue
            cost, layer = part.body.head, LAYER.search(part.var.name)
            if layer is None or layer["letter"] in ("L", "t") or cost not in definitions:
                continue
            letters = {m["letter"] for h in self.symbols.reached(part.body) if (m := LAYER.search(h.name))}
            bare = any(_stands(term, part.body) for term in terms)
            if letters == {"L"} and not bare:
                found.add(cost)
        return found

    def _applicable(self, posed: Posed) -> list[Assumption]:
        """What the prose states, up to the end of this section, about families that are not defined."""
        found = []
        for assumption, said in self.symbols.stated.items():
            if said.section > posed.section:
                continue
            heads = {
                t.head
                for part in assumption.data
                if isinstance(part, Term)
                for t in subterms(part)
                if isinstance(t, Var)
            }
            heads |= {part for part in assumption.data if isinstance(part, Head)}
            withdrawn = self.symbols.is_withdrawn(
                {base_name(head.name) for head in heads}, said.sentence, posed.sentence
            )
            withdrawn |= assumption.kind == "onehot" and self.symbols.is_softened(
                assumption.data[0], said.sentence, posed.sentence
            )
            if not withdrawn and not any(head in self.symbols.definitions for head in heads):
                found.append(assumption)
        return found

    def _relevant(self, assumption: Assumption, heads: set[Head]) -> bool:
        """Whether an assumption speaks of something that occurs in the claim."""
        if assumption.kind in ("equal", "distinct"):
            return True
        mentioned = {part for part in assumption.data if isinstance(part, Head)}
        for part in assumption.data:
            if isinstance(part, Term):
                mentioned |= {t.head for t in subterms(part) if isinstance(t, Var)}
        return bool(mentioned & heads)


def _stands(term: Term, var: Var) -> bool:
    """Whether a term mentions ``var`` other than as what is differentiated."""
    if isinstance(term, Deriv):
        return term.body is not var and _stands(term.body, var)
    return term is var or any(_stands(part, var) for part in term.parts)

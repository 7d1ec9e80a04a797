"""The hearing of a step: the stages through which the kernel's verdict on it goes, one after another.

A stage answers, or leaves the step to the next one. None calls a step proved or false on any other ground than a
verdict of the kernel; a stage may leave open what the kernel refutes, where the words may mean something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from symderiv import hindsight, notation
from symderiv.diagnostics import Diagnostic, ReadError
from symderiv.judge import prove_all, refuted_at
from symderiv.kernel import Proved, Refuted, Undecided, Verdict
from symderiv.reader.doubts.suspect import Suspect
from symderiv.reader.doubts.ties import unrelated
from symderiv.reader.doubts.witnesses import counted, unsaid_in
from symderiv.reader.elaboration import regions
from symderiv.reader.elaboration.elaborate import LAYOUTS
from symderiv.reader.elaboration.probability import RULE
from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.assumed import is_value
from symderiv.reader.indexed.families import derives, spoken_of
from symderiv.reader.indexed.fixed import of_one_member
from symderiv.reader.indexed.sized import sizes_of
from symderiv.reader.known import named_sets, orthonormal
from symderiv.reader.known.case_ends import tells_apart
from symderiv.reader.known.true_class import KIND
from symderiv.reader.letters import bounds, counted_from_zero
from symderiv.reader.reading import Posed
from symderiv.reader.steps import equations
from symderiv.reader.steps.stationary import Compared
from symderiv.reader.steps.walk import Walk
from symderiv.terms import Assumption, Claim, Var, subterms
from symderiv.vacuity import empty

TAKEN = "what is differentiated is defined nowhere, so later steps take this line as given"
LATER = "a definition further down is put in"
NUMBERS = "letters that may stand for vectors are read as numbers"
Answer = tuple[Verdict | None, Diagnostic | None]
STATEMENT: Answer = (None, None)  # what is no claim after all, but a definition or an equation


class Hearing:
    """A step with the claims that it makes, and the kernel's verdict on them so far."""

    def __init__(self, walk: Walk, number: int) -> None:
        self.walk = walk
        self.number = number
        self.posed = walk.posed[number]
        self.claims = claims_of(walk, self.posed)
        self.verdict: Verdict = prove_all(self.claims)
        named = () if isinstance(self.verdict, Proved) else walk.statements.true_class.at(self.posed)
        if named:
            self.posed.true_class = named
            self.claims = claims_of(walk, self.posed)
            self.verdict = prove_all(self.claims)
        self.drawn: tuple[Verdict, str] = (self.verdict, "")  # how its random variables are distributed, if any

    def answer(self) -> Answer:
        """The verdict under the readings that the words around the step allow, and what to say about it."""
        answers = (stage(self) for stage in STAGES)
        answer = next((answer for answer in answers if answer is not None), (self.verdict, None))
        if isinstance(answer[0], Proved):
            self.posed.note(*self.walk.readings.placed(self.claims))
        return answer

    def is_proved(self) -> Answer | None:
        """A proof under the reading that comes first, if it says something."""
        if isinstance(self.verdict, Proved) and self.posed.case:
            wider = self.walk.claims(replace(self.posed, case=()))
            whole = prove_all(wider)
            if isinstance(whole, Proved):
                self.claims, self.verdict = wider, whole
        if not isinstance(self.verdict, Proved):
            return None
        one = self.posed.leads and self.walk.equations.is_one(self.posed, self.claims)
        if one and any(map(is_value, self.verdict.given)):  # f'(w) = 0 leads to another root than w = 1
            self.walk.equations.take(self.posed, self.claims, first=True)
            self.posed.kind = "equation"
            return STATEMENT
        if (hollow := empty(self.walk, self.claims)) and not self._for_any_value():
            return self.left_open(hollow)
        if self._repeats_a_solution(self.verdict):
            return self.left_open("it repeats what an equation before was solved for, and a derivative stands between")
        just = self.walk.readings.asides(self.posed, self.claims, just=True)
        if just is not None and not isinstance(prove_all(just[0]), Proved):
            return self.left_open("it holds with an earlier meaning only, not with that in the words before it")
        if self.posed.expected_false:
            said = "this step is marked as false, but it is proved"
            return self.verdict, Diagnostic("E202", said, self.posed.span, self.posed.notes)
        return self.verdict, None

    def _repeats_a_solution(self, verdict: Proved) -> bool:
        """Whether all that proves x = v is that x was solved for before, and a line since speaks of another derivative.

        For x < 0, the derivative is another one than for x > 0, and so is its root.
        """
        left, solutions = self.posed.left, self.walk.reading.symbols.solutions
        if not isinstance(left, Var) or not any(is_value(a) and a.data[0].head == left.head for a in verdict.given):
            return False
        steps = [step for head, step in solutions if head == left.head and step < self.number]
        between = self.walk.posed[max(steps, default=self.number) + 1 : self.number]
        return any(posed.rate is not None for posed in between)

    def _for_any_value(self) -> bool:
        """Whether the step is proved, and says something, for any value of what was given one in hindsight."""
        claims = hindsight.at_any_value(self.walk, self.claims)
        if claims == self.claims or not isinstance(verdict := prove_all(claims), Proved) or empty(self.walk, claims):
            return False
        self.claims, self.verdict = claims, verdict
        return True

    def at_two_points(self) -> Answer | None:
        """A counterexample for expectations: random variables with two values."""
        at_two, said = self.walk.readings.two_points(self.walk.moments.put_in(self.posed, self.claims))
        if at_two and isinstance(drawn := prove_all(at_two), Refuted):
            self.verdict, self.drawn = drawn, (drawn, said)
        return self.convicted() if self.posed.expected_false and isinstance(self.verdict, Refuted) else None

    def by_moments(self) -> Answer | None:
        """A proof with the means and variances that words name."""
        if (read := self.walk.moments.reading_of(self.posed, self.claims)) is None:
            return None
        second = prove_all(read[0])
        if isinstance(second, Proved) and not empty(self.walk, read[0]):
            self.posed.note(*read[1])
            return second, None
        if self.verdict is not self.drawn[0] and isinstance(self.verdict, Refuted):
            self.verdict = Undecided(self.claims[0], "it is not seen to fail with what words name", ("normal form",))
        return None

    def by_events(self) -> Answer | None:
        """A proof by the laws of probability, of events."""
        if isinstance(self.verdict, Proved) or not (read := self.walk.events.reading_of(self.claims)):
            return None
        second = prove_all(read)
        if not isinstance(second, Proved) or empty(self.walk, read):
            return None
        self.posed.note(RULE)
        return second, None

    def by_signs(self) -> Answer | None:
        """A proof for each sign of a number: of |x| = max(x, -x)."""
        signs, name = regions.of_each_sign(self.claims) if isinstance(self.verdict, Undecided) else ([], "")
        second = prove_all(signs) if signs else None
        if not isinstance(second, Proved) or second.conditions or empty(self.walk, signs):
            return None
        self.posed.note(f"{name} is taken to be positive, negative and 0, in turn")
        return second, None

    def in_region(self) -> Answer | None:
        """A proof for the numbers that the words right before it bound, or that it is false for those."""
        if self.posed.relation != "=":
            return None  # an inequality may be the bound itself
        here = self.posed.limits
        all_of_them = {**self.walk.reading.declared_for(self.posed), **here}
        for limits in (here, all_of_them) if all_of_them != here else (here,):
            inside = regions.within(self.claims, limits) if limits else None
            if inside is None:
                continue
            second = prove_all(inside.claims)
            if isinstance(second, Proved) and not second.conditions and not empty(self.walk, inside.claims):
                self.posed.note(*(f"for {notation.unicode_latex(said)}, as the words say" for said in inside.said))
                return second, None
            if isinstance(second, Refuted) and inside.names >= here.keys():
                self.posed.bounded = False  # these bounds are understood
        return None

    def in_example(self) -> Answer | None:
        """What fails in general is judged for the sizes of the example in which it stands."""
        found = self.walk.examples.reading_of(self.posed, self.claims) if isinstance(self.verdict, Refuted) else None
        if found is None:
            return None
        self.claims, said = found
        self.verdict = prove_all(self.claims)
        self.posed.note(*said)
        if not isinstance(self.verdict, Proved):
            return None
        hollow = empty(self.walk, self.claims)
        return self.left_open(hollow) if hollow else (self.verdict, None)

    def read_otherwise(self) -> Answer | None:
        """A proof under another reading; a counterexample has to be one under each of them."""
        for other, note in _readings(self.walk, self.posed, self.claims):
            second = prove_all(other)
            if isinstance(second, Proved) and not empty(self.walk, other):
                self.posed.note(*note)
                return second, None
            if isinstance(self.verdict, Refuted) and isinstance(second, Refuted):
                witness = self.walk.readings.in_signs(second.witness) or second.witness
                moved = refuted_at(self.claims[other.index(second.claim)], witness)  # where the words speak of it
                self.verdict = moved or self.verdict
            elif isinstance(self.verdict, Refuted):
                hollow = "another reading of it holds, but only because both sides vanish in it"
                undecided = Undecided(other[0], hollow, ("normal form",))
                self.verdict = second if isinstance(second, Undecided) else undecided
        return None

    def told_below(self) -> Answer | None:
        """A counterexample with what words right below the display say that its letters mean."""
        walk, posed = self.walk, self.posed
        if walk.readings.later(posed, self.claims) and walk.readings.told_below(posed, self.claims):
            claims = walk.claims(replace(posed, later=True))
            if isinstance(second := prove_all(claims), Refuted):
                self.claims, self.verdict, posed.later = claims, second, True
                posed.note(LATER)
        return None

    def defines_summands(self) -> Answer | None:
        """What names the parts of a sum is a definition: ``L = \\sum_i L_i``."""
        if not self.posed.summands or self.posed.summands & self.walk.reading.symbols.definitions.keys():
            return None
        self.posed.kind = "definition"
        return STATEMENT

    def symmetric(self) -> Answer | None:
        """A proof for the matrices that are said to be symmetric, and no counterexample with others."""
        readings = self.walk.readings
        symmetric, said = readings.symmetric(self.posed, self.claims)
        if not symmetric:
            return None
        proved = isinstance(second := prove_all(symmetric), Proved)
        if proved and readings.symmetric(self.posed, self.claims, "still called")[0] != symmetric:
            return self.left_open(f"it holds if {said}, and that is said no longer")
        if proved and readings.says_symmetric(self.posed):
            self.posed.kind = "definition"  # what rests on nothing but itself is a statement
            return STATEMENT
        hollow = proved and empty(self.walk, symmetric)
        if proved and not hollow:
            self.posed.note(said)
            return second, None
        if isinstance(self.verdict, Refuted) and not readings.is_symmetric(self.verdict.witness):
            if hollow:
                return self.left_open(hollow)
            return self.left_open(f"{said}, and it is not proved for such matrices")
        self.posed.note(said)
        return None

    def orthonormal(self) -> Answer | None:
        """What says that an unknown matrix is orthogonal says what it is like, where it comes in."""
        of = {orthonormal.said_of(claim) for claim in self.claims} if isinstance(self.verdict, Refuted) else {None}
        head = of.pop() if len(of) == 1 else None
        if head is None:
            return None
        posed, reading = self.posed, self.walk.reading
        before = reading.document.source.text[: self.walk.displays[posed.display].start]
        follows = posed.implied or posed.concluded or orthonormal.to_show(before) or reading.strict
        if follows or not orthonormal.is_new(head, posed, self.walk.posed[: self.number]):
            return self.left_open(f"it may say what {shown(head.name)} is like")
        posed.kind = "definition"
        self.walk.premises.displayed(posed, head)
        return STATEMENT

    def follows(self) -> Answer | None:
        """A proof from the equations that are being solved, or that it is such an equation itself."""
        if not self.walk.equations.may_follow(self.posed, self.claims):
            return None
        found = _from_equations(self.walk, self.posed, self.claims)
        if isinstance(found, Proved):
            return found, None
        if isinstance(found, tuple):
            return found
        if found and (against := self.walk.consequences.against(self.posed, self.claims)):
            second = prove_all(against)
            if isinstance(second, Refuted):
                self.claims, self.verdict, self.posed.solving, self.posed.derived = against, second, False, True
                return None
        if found:
            return self.left_open(found)
        if self.posed.kind == "equation":
            return STATEMENT
        if self.posed.implied and (alone := self.walk.equations.alone(self.posed, self.claims)):
            self.claims, self.posed.solving, self.posed.derived = alone, False, True
            self.verdict = prove_all(alone)
            if isinstance(self.verdict, Proved):
                return self.verdict, None
        return None

    def meets_premises(self) -> Answer | None:
        """A counterexample has to meet what the words assume, and to lie within what they bound."""
        if not isinstance(self.verdict, Refuted):
            return None
        met = self.walk.premises.meeting(self.posed, self.claims, self.verdict)
        why = met.why or (empty(self.walk, met.claims) if isinstance(met.verdict, Proved) else "")
        if why:
            return self.left_open(why)
        self.verdict = met.verdict
        if isinstance(self.verdict, Proved):
            return self.verdict, None
        if isinstance(self.verdict, Refuted):
            beyond = _within_limits(self.walk, self.posed, self.verdict, self.verdict.claim)
            if isinstance(beyond, str):
                return self.left_open(beyond)
            self.verdict = beyond
        return None

    def of_sets(self) -> Answer | None:
        """A counterexample for sets that have no member in common, where what is in sets is not said."""
        if not isinstance(self.verdict, Refuted):
            return None
        for unsaid, alike in named_sets.of_one_size(self.claims, self.walk.reading.symbols):
            if not isinstance(prove_all(alike), Refuted):
                return self.left_open(unsaid)
        parted, objection = named_sets.parted(self.posed, self.claims, self.walk.reading.symbols)
        if objection:
            return self.left_open(objection)
        second = prove_all(parted) if parted else None
        if isinstance(second, Refuted):
            self.verdict = refuted_at(self.claims[parted.index(second.claim)], second.witness) or self.verdict
        elif second is not None:
            return self.left_open("it is not seen to fail where each member is in one of the sets")
        return None

    def of_counts(self) -> Answer | None:
        """A counterexample in which n is the number of terms of a sum, where it is one for any other n, too."""
        if not isinstance(self.verdict, Refuted):
            return None
        found = None
        for alike in counted(self.claims, self.walk.reading.symbols):
            if not isinstance(second := prove_all(alike), Refuted):
                return self.left_open(
                    "it is not seen to fail where a number that it divides by is how many terms a sum has"
                )
            found = found or (alike, second)
        if found is not None:
            self.claims, self.verdict = found
        return None

    def is_doubted(self) -> Answer | None:
        """What a fair reader would understand, under which a refuted step holds, or states an equation."""
        if not isinstance(self.verdict, Refuted):
            return None
        from symderiv import charity  # only for a step that is false, as the search for repairs

        walk, posed = self.walk, self.posed
        doubt, verdict = charity.doubt(walk, posed, self.claims, self.verdict)
        self.verdict = verdict
        if posed.grounds and doubt:
            walk.equations.take(posed, self.claims, first=True)
        if not doubt and (given := walk.equations.on_grounds(posed, self.claims)):
            second = prove_all(given)
            if isinstance(second, Proved):
                return second, None
            if isinstance(second, Undecided):
                doubt = "a line before it may be what is given, and it is not seen to fail where that holds"
        constraint = posed.solving and not posed.concluded and walk.equations.constrains(posed)
        if doubt and constraint and not _is_defined(self.claims):
            posed.kind = "equation"
            return STATEMENT
        suspect = Suspect(posed, verdict.claim, walk.reading.symbols)
        stated = bool(doubt) and walk.equations.states(posed, unrelated(suspect))
        if stated or _is_solved_next(walk, self.number, self.claims, verdict.claim):
            walk.equations.take(posed, self.claims, first=True)
            posed.kind = "equation"
            return STATEMENT
        return left_open(posed, verdict.claim, doubt, tried="counterexample") if doubt else None

    def needs(self) -> Answer | None:
        """The hypotheses without which a step is not proved."""
        from symderiv.hypotheses import needed

        refuted = self.verdict if isinstance(self.verdict, Refuted) else None
        hypothesis = needed(*self.claims, natural_only=refuted is not None)
        if hypothesis is None:
            return self._needs_symmetry()
        weights = (self.walk.weights.may_be(self.claims, each) for each in hypothesis.assumptions)
        if refuted is not None and not all(weights):
            return None
        return self._lacking(hypothesis.latex, hypothesis.directives)

    def _needs_symmetry(self) -> Answer | None:
        """Of a false step that a matrix is symmetric, where one is named like a covariance and the step needs it."""
        if not isinstance(self.verdict, Refuted):
            return None
        symmetric, said = self.walk.readings.symmetric(self.posed, self.claims, "by name")
        if not symmetric or not isinstance(prove_all(symmetric), Proved) or empty(self.walk, symmetric):
            return None
        return self._lacking(said, [f"assume {each}" for each in said.split(r",\; ")])

    def _lacking(self, latex: str, directives: Sequence[str]) -> Answer:
        """What is said of a step that is proved under hypotheses that nobody stated."""
        said = f"this step needs {notation.unicode_latex(latex)}"
        refuted = self.verdict.witness if isinstance(self.verdict, Refuted) else None
        without = (f"{notation.counterexample(refuted)} (without it)",) if refuted is not None else ()
        help = "\n".join(f"symderiv: {line}" for line in directives)
        verdict = Undecided(self.claims[0], said, ("hypotheses",))
        return verdict, Diagnostic("E310", said, self.posed.span, without + self.posed.notes, help)

    def convicted(self) -> Answer | None:
        """A false step, with what is said of it."""
        if not isinstance(self.verdict, Refuted):
            return None
        from symderiv import faults

        witness, symbols = self.verdict.witness, self.walk.reading.symbols
        unsaid = "" if self.posed.expected_false else unsaid_in(witness, self.posed, symbols)
        if unsaid:
            example = notation.counterexample(self.verdict.witness)
            return left_open(self.posed, self.verdict.claim, unsaid, example, tried="counterexample")
        if self.walk.reading.from_zero & sizes_of(self.verdict.claim):
            self.posed.note(counted_from_zero.NOTE)
        drawn = self.drawn[1] if self.verdict is self.drawn[0] else ""
        fault = faults.of_step(self.walk, self.number, self.verdict, drawn)
        if self.posed.restates and not fault.help:
            return self.left_open("it may be another quantity of the same name: it is not seen to be one slip away")
        return self.verdict, fault

    def undecided(self) -> Answer | None:
        """What nothing is known of."""
        assert isinstance(self.verdict, Undecided)
        code, taken = ("E303", (TAKEN,)) if self.posed.taken else ("E301", ())
        notes = (*taken, self.verdict.reason, *self.posed.notes)
        return self.verdict, Diagnostic(code, "this step could not be decided", self.posed.span, notes)

    def left_open(self, why: str) -> Answer:
        return left_open(self.posed, self.claims[0], why)


STAGES: tuple[Callable[[Hearing], Answer | None], ...] = (
    Hearing.is_proved,
    Hearing.at_two_points,
    Hearing.by_moments,
    Hearing.by_events,
    Hearing.by_signs,
    Hearing.in_region,
    Hearing.in_example,
    Hearing.read_otherwise,
    Hearing.told_below,
    Hearing.defines_summands,
    Hearing.symmetric,
    Hearing.orthonormal,
    Hearing.follows,
    Hearing.meets_premises,
    Hearing.of_sets,
    Hearing.of_counts,
    Hearing.is_doubted,
    Hearing.needs,
    Hearing.convicted,
    Hearing.undecided,
)


def left_open(
    posed: Posed, claim: Claim | None, why: str, *facts: str, tried: str = "normal form"
) -> tuple[Undecided, Diagnostic]:
    """What is said of a step whose proof, or counterexample, would not convince: ``why``, and further ``facts``."""
    notes = (why, *facts, *posed.notes)
    return Undecided(claim, why, (tried,)), Diagnostic("E302", "this step could not be decided", posed.span, notes)


def claims_of(walk: Walk, posed: Posed) -> list[Claim]:
    """The claims of a step under the first reading in which its shapes fit. Raises ReadError if they never do."""
    others = [(posed.transposed, LAYOUTS["transposed"]), (posed.numbers, NUMBERS)]
    try:
        return walk.claims(posed)
    except ReadError as error:
        for sides, note in others:
            if sides is None:
                continue
            with suppress(ReadError):
                claims = walk.claims(replace(posed, left=sides[0], right=sides[1]))
                posed.left, posed.right = sides
                posed.transposed = None
                posed.note(note)
                return claims
        raise error


def _of_entries(given: Assumption, claims: Sequence[Claim]) -> Assumption:
    """b = 0 is said of every entry where the b of ``claims`` has entries b_i."""
    match given.data:
        case (Var(name=name, indices=()), value):
            bare = {t for claim in claims for side in (claim.left, claim.right) for t in subterms(side)}
            entries = [t for t in bare if isinstance(t, Var) and t.name == name]
            if len(entries) == 1:
                return replace(given, data=(entries[0], value))
    return given


def _readings(walk: Walk, posed: Posed, claims: list[Claim]) -> Iterator[tuple[list[Claim], tuple[str, ...]]]:
    """Other readings of a step that a reader would try, with a note: the case said before, intermediates held fixed."""
    if posed.carried and not (posed.case or posed.conditions or tells_apart(posed, posed.carried)):
        yield walk.claims(replace(posed, case=posed.carried)), ()
    if posed.sizes and (of_size := walk.readings.of_size(posed, claims)):
        yield of_size
    if posed.values:
        said = tuple(
            f"{notation.unicode_latex(a.text)}, {a.source}" for a in posed.values if of_one_member(a) or a.kind == KIND
        )
        yield walk.claims(replace(posed, case=(*posed.case, *(_of_entries(a, claims) for a in posed.values)))), said
    if (signed := walk.readings.signed(posed, claims)) is not None:
        yield signed
    zeroed = posed.sought or (posed.differentiates and not derives(*claims))  # a derivative is, or something else
    sought = zeroed and walk.equations.is_one(posed, claims)  # a later value for its unknown is its solution
    if not sought and walk.readings.later(posed, claims):
        later = walk.claims(replace(posed, later=True))
        yield later, (LATER,)
        if (followed := walk.readings.followed(later)) is not None:
            yield followed
    if posed.transposed is not None:
        with suppress(ReadError):
            left, right = posed.transposed
            yield walk.claims(replace(posed, left=left, right=right)), (LAYOUTS["transposed"],)
    if posed.numbers is not None and posed.left is not posed.numbers[0]:
        with suppress(ReadError):
            left, right = posed.numbers
            yield walk.claims(replace(posed, left=left, right=right)), (NUMBERS,)
    if apart := walk.readings.apart(claims):
        yield apart
    for other in (walk.readings.means(claims), walk.readings.followed(claims)):
        if other is not None:
            yield other
    if asides := walk.readings.asides(posed, claims):
        yield asides
    if fixed := walk.readings.fixed(posed, claims):
        yield fixed
    if partial := walk.readings.partial(posed, claims):
        yield partial


def _from_equations(walk: Walk, posed: Posed, claims: list[Claim]) -> Proved | tuple[Refuted, Diagnostic] | str:
    """A proof of a step from the equations that are being solved; without one, the step may be such an equation.

    It is proved, or refuted, if it should set a derivative to zero. Else the words say why it is none that anything
    follows from, if it is not; "" otherwise.
    """
    means = walk.readings.means(claims)
    ways = [(claims, ()), *([means] if means is not None else [])]
    if walk.reading.symbols.solved_for and posed.substitutes:
        put_in = walk.claims(replace(posed, solved=True))
        put_in, said = walk.readings.means(put_in) or (put_in, ())
        ways.append((put_in, (*said, "what was solved for is put in")))
    for read, said in ways:
        for other, note in walk.equations.following(posed, read):
            verdict = prove_all(other)
            if isinstance(verdict, Proved) and not empty(walk, other):
                posed.note(*said, *note)
                walk.equations.take(posed, claims, first=False)
                return verdict
    one = walk.equations.is_one(posed, claims)
    if one or posed.stationary:
        why = walk.stationary.unfounded(posed, claims)
        found = walk.stationary.compared(posed, claims) if not why else Compared()
        if isinstance(found.verdict, Proved):
            walk.equations.take(posed, claims, first=True)
            posed.note(found.said)
            return found.verdict
        why = why or found.said
        if not why and (source := walk.consequences.source(posed, claims)) is not None:
            why = f"it is not seen to follow from {source.name}"
        if not one and not isinstance(found.verdict, Refuted):
            return ""
        holds = not why and not walk.equations.is_false(posed, claims)
        walk.equations.take(posed, claims, first=True, holds=holds)
        if isinstance(found.verdict, Refuted):
            doubt = doubted(walk, posed, found.verdict, found.instead[0][0]) if found.instead else found.said
            from symderiv import faults

            return doubt or (found.verdict, faults.of_condition(posed, found))
        if posed.sought and holds:
            posed.kind = "equation"
        return why
    return ""


def _within_limits(walk: Walk, posed: Posed, verdict: Refuted, claim: Claim) -> Refuted | str:
    """The refutation within what the words, and the thresholds in ``claim``, bound; or that none was found there."""
    limits = bounds.narrowed(bounds.together(walk.reading.limits, bounds.thresholds(claim)), posed.limits)
    beyond = bounds.within(verdict, limits)
    return f"no counterexample was found within {notation.unicode_latex(beyond)}" if isinstance(beyond, str) else beyond


def doubted(walk: Walk, posed: Posed, verdict: Refuted, claim: Claim) -> str:
    """Why a refutation of what is no equation of the line itself would not convict; ``claim`` says the same."""
    if isinstance(within := _within_limits(walk, posed, verdict, claim), str):
        return within
    met = walk.premises.meeting(posed, [verdict.claim], verdict)
    if met.why or not isinstance(met.verdict, Refuted):
        return met.why or "it holds with what the words assume"
    alone = replace(posed, solving=False, equated=False, grounds=False)
    said = walk.doubts.doubt(alone, claim) or walk.elsewhere.said(posed, claim)
    return said or unsaid_in(verdict.witness, posed, walk.reading.symbols)


def _is_solved_next(walk: Walk, number: int, claims: list[Claim], claim: Claim) -> bool:
    r"""Whether an arrow, or words, lead from a step to what its unknown is: ``X^T X w = X^T y \Rightarrow w = ...``.

    Where only words do, what comes next has to solve it.
    """
    posed = walk.posed[number]
    if posed.implied or walk.equations.before(posed) or number + 1 == len(walk.posed):
        return False
    following = walk.posed[number + 1]
    if following.kind != "definition" or spoken_of([claim]).isdisjoint(equations.solved_for(following)):
        return False
    compared = posed.stationary or posed.rate is not None or _is_defined(claims)
    if posed.leads or compared or not following.concluded:
        return posed.leads
    walk.equations.take(posed, claims, first=True)
    solved = walk.equations.solved(following, number + 1)
    walk.equations.known.pop()
    return any(isinstance(prove_all(each.claims), Proved) for each in solved)


def _is_defined(claims: Sequence[Claim]) -> bool:
    """Whether something on the left of the claims has a definition."""
    return any(isinstance(t, Var) and t.head in c.context.definitions for c in claims for t in subterms(c.left))

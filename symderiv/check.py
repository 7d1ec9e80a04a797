"""Checking: every step of a document is posed to the kernel, and what it says is put into words.

This module must never call a step proved or false on any other ground than the kernel's verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from symderiv import notation, sidefile
from symderiv.checked import Checked, Step
from symderiv.diagnostics import Diagnostic, ReadError, UserError, beyond, whole
from symderiv.document import Document
from symderiv.judge import provable, prove_all, refuted_at
from symderiv.kernel import Proved, Refuted, Undecided, Verdict
from symderiv.kernel.budget import STEP, within
from symderiv.kernel.derivative import is_unknown
from symderiv.reader import bounds, equations
from symderiv.reader.elaborate import LAYOUTS
from symderiv.reader.equations import Solved
from symderiv.reader.families import spoken_of
from symderiv.reader.fixed import of_one_member
from symderiv.reader.layouts import DENOMINATOR, NUMERATOR
from symderiv.reader.names import shown
from symderiv.reader.reading import Posed
from symderiv.reader.stationary import Compared
from symderiv.reader.walk import Walk
from symderiv.terms import ZERO, Assumption, Claim, Deriv, Sum, Term, Var, subterms

TAKEN = "what is differentiated is defined nowhere, so later steps take this line as given"
LATER = "a definition further down is put in"
NUMBERS = "letters that may stand for vectors are read as numbers"
Progress = Callable[[int, int], None]


def check(
    path: str | Path,
    *,
    classes: int | None = None,
    declare: Sequence[str] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Checked:
    r"""Read a document and prove or refute each of its steps, as ``symderiv check`` does.

    ``classes`` is a number for the size K, or None for every one; ``declare`` are directives such as
    ``assume \sum_j t_j = 1`` or ``define p_i = ...``, beside those of the side file next to it; with ``strict``
    only declared assumptions count. Raises UserError if the file cannot be read, or ``classes`` is no such number.
    """
    directives = [*sidefile.directives(Path(path)), *declared(declare)]
    sizes = {} if classes is None else {"K": classes}
    return check_path(path, sizes=sizes, directives=directives, strict=strict, progress=progress)


def declared(declare: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Directives, each with where it comes from. Raises TypeError for one text instead of several."""
    if isinstance(declare, str) or not all(isinstance(text, str) for text in declare):
        raise TypeError("declare takes a list of directives, as ['onehot t']")
    return tuple((text, f"declared as {text!r}") for text in declare)


def whole_sizes(sizes: Mapping[str, object]) -> dict[str, int]:
    """``sizes`` as whole numbers of Python; those of SymPy and NumPy are taken, too.

    Raises UserError for a size that is none, or less than 1: of no classes at all, anything would be true.
    """
    found = {}
    for name, size in sizes.items():
        number = whole(size)
        if number is None or number < 1:
            raise UserError(f"the size {name} must be a whole number from 1 on, not {size!r}")
        found[name] = number
    return found


def check_document(
    document: Document,
    *,
    sizes: Mapping[str, int] | None = None,
    directives: Sequence[tuple[str, str]] = (),
    strict: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Check every step of ``document``.

    ``sizes`` gives symbolic sizes a number ({"K": 4}); ``directives`` are declarations from outside the document, as
    (text, where it comes from); with ``strict`` only declared assumptions count, not those that the prose states.
    ``progress(done, of)`` is called after each step. Raises UserError for a size that is none.
    """
    walk = Walk(document, whole_sizes(sizes or {}), directives, strict)
    walk.run()
    steps = []
    for number in range(len(walk.posed)):
        with within(STEP):
            step = _judged(walk, number)
        posed = walk.posed[number]
        if not posed.passing or isinstance(step.verdict, Proved if not posed.plain else Proved | Refuted):
            steps.append(step)
        if progress is not None:
            progress(number + 1, len(walk.posed))
    return Checked(document, tuple(walk.displays), tuple(steps), tuple(walk.diagnostics))


def check_path(path: str | Path, **options: Any) -> Checked:
    """Read and check a file; ``options`` as for ``check_document``. Raises UserError if it cannot be read."""
    from symderiv.reader.containers import read_path

    return check_document(read_path(path), **options)


def check_text(text: str, name: str = "<text>", kind: str | None = None, **options: Any) -> Checked:
    """Check a text; ``kind`` is tex, markdown, notebook, html or rst, or None to look at the text."""
    from symderiv.reader.containers import read_text

    return check_document(read_text(text, name, kind), **options)


def _judged(walk: Walk, number: int) -> Step:
    posed = walk.posed[number]
    verdict: Verdict | None = None
    diagnostic = posed.error
    if posed.kind == "claim":
        if diagnostic is None:
            try:
                posed.solving = posed.solving and walk.equations.may_matter(posed)
                verdict, diagnostic = _verdict(walk, number)
                if isinstance(verdict, Proved | Refuted) and (said := walk.doubts.elsewhere(posed, verdict.claim)):
                    verdict, diagnostic = _open(posed, verdict.claim, said)
                if isinstance(verdict, Proved):
                    apart, said = walk.apart(posed)
                    if apart and not any(isinstance(prove_all(claims), Proved) for claims in apart):
                        verdict, diagnostic = _open(posed, verdict.claim, said)
                if isinstance(verdict, Proved) and (said := walk.layouts.clash(posed, _layout(walk, posed))):
                    verdict, diagnostic = _open(posed, verdict.claim, said)
                if isinstance(verdict, Proved) and _of_few(walk, posed):
                    verdict, diagnostic = _open(posed, verdict.claim, "how many members there are is not said")
                if posed.taken and isinstance(verdict, Proved | Refuted):
                    walk.rates.drop(posed)
                if isinstance(verdict, Refuted):
                    walk.equations.drop(posed)
            except ReadError as error:
                diagnostic = error.diagnostic
            except (RecursionError, MemoryError):
                diagnostic = beyond(posed.span)
        walk.equations.judged(posed, isinstance(verdict, Proved))
        if verdict is None and posed.kind == "claim":
            assert diagnostic is not None
            verdict = Undecided(None, diagnostic.message)
    elif diagnostic is None and posed.kind == "definition":
        with suppress(ReadError, RecursionError, MemoryError):
            verdict, diagnostic = _solution(walk, number)
    return Step(
        posed.span,
        posed.left_span,
        posed.relation,
        posed.kind,
        posed.display,
        posed.row,
        verdict,
        diagnostic,
        posed.expected_false,
        posed.notes,
    )


def _of_few(walk: Walk, posed: Posed) -> bool:
    """Whether a step is proved only since the numbers in it are taken for all that there are."""
    further = walk.further(posed)
    if not further or isinstance(prove_all(further), Proved):
        return False
    return isinstance(prove_all(walk.claims(posed)), Proved)


def _layout(walk: Walk, posed: Posed) -> str:
    r"""The layout of derivatives of vectors by vectors in which alone a step is proved; "" if in both.

    With a transpose, as in \partial y/\partial x^T, writers say how such a derivative lies.
    """
    if posed.turned:
        return ""
    if LAYOUTS["transposed"] in posed.notes:
        return DENOMINATOR
    if LAYOUTS["columns"] in posed.notes:
        return NUMERATOR
    if not posed.by_vectors:
        return ""
    if posed.transposed is not None:
        left, right = posed.transposed
        with suppress(ReadError):
            if isinstance(prove_all(walk.claims(replace(posed, left=left, right=right))), Proved):
                return ""
    return NUMERATOR


def _verdict(walk: Walk, number: int) -> tuple[Verdict | None, Diagnostic | None]:
    """The kernel's verdict under the readings that the words around a step allow, and what to say about it."""
    posed = walk.posed[number]
    claims = _claims(walk, posed)
    verdict = prove_all(claims)
    if isinstance(verdict, Proved) and posed.case:
        wider = walk.claims(replace(posed, case=()))
        whole = prove_all(wider)
        claims, verdict = (wider, whole) if isinstance(whole, Proved) else (claims, verdict)
    if isinstance(verdict, Proved) and (empty := _empty(walk, claims)):
        return _open(posed, claims[0], empty)
    just = walk.readings.asides(posed, claims, just=True) if isinstance(verdict, Proved) else None
    if just is not None and not isinstance(prove_all(just[0]), Proved):
        return _open(posed, claims[0], "it holds with an earlier meaning only, not with that in the words before it")
    if isinstance(verdict, Proved):
        if posed.expected_false:
            return verdict, Diagnostic(
                "E202", "this step is marked as false, but it is proved", posed.span, posed.notes
            )
        return verdict, None
    at_two, said_of_two = walk.readings.two_points(claims)
    drawn = prove_all(at_two) if at_two else None
    verdict = drawn if isinstance(drawn, Refuted) else verdict
    if posed.expected_false and isinstance(verdict, Refuted):
        return verdict, _false(walk, number, verdict, said_of_two if verdict is drawn else "")
    signs, name = walk.readings.by_sign(claims) if isinstance(verdict, Undecided) else ([], "")
    if signs and isinstance(second := prove_all(signs), Proved) and not second.conditions and not _empty(walk, signs):
        posed.note(f"{name} is taken to be positive, negative and 0, in turn")
        return second, None
    for other, note in _readings(walk, posed, claims):
        second = prove_all(other)
        if isinstance(second, Proved) and not _empty(walk, other):
            posed.note(*note)
            return second, None
        if isinstance(verdict, Refuted) and isinstance(second, Refuted):
            if (witness := walk.readings.in_signs(second.witness)) is not None:
                verdict = refuted_at(claims[other.index(second.claim)], witness) or verdict
        elif isinstance(verdict, Refuted):
            empty = "another reading of it holds, but only because both sides vanish in it"
            verdict = second if isinstance(second, Undecided) else Undecided(other[0], empty, ("normal form",))
    if posed.summands and not posed.summands & walk.reading.symbols.definitions.keys():
        posed.kind = "definition"
        return None, None
    symmetric, said = walk.readings.symmetric(posed, claims)
    if symmetric:
        second = prove_all(symmetric)
        if isinstance(second, Proved) and walk.readings.symmetric(posed, claims, withdrawn=True)[0] != symmetric:
            return _open(posed, claims[0], f"it holds if {said}, and that is said no longer")
        posed.note(said)
        if isinstance(second, Proved) and walk.readings.says_symmetric(posed):
            posed.kind = "definition"  # what rests on nothing but itself is a statement
            return None, None
        if isinstance(second, Proved) and not _empty(walk, symmetric):
            return second, None
        if isinstance(verdict, Refuted) and not walk.readings.is_symmetric(verdict.witness):
            verdict = Undecided(claims[0], f"{said}, and it is not proved for such matrices", ("normal form",))
            return verdict, Diagnostic("E302", "this step could not be decided", posed.span, (verdict.reason,))
    if walk.equations.may_follow(posed, claims):
        found = _from_equations(walk, posed, claims)
        if isinstance(found, Proved):
            return found, None
        if isinstance(found, tuple):
            return found
        if found:
            return _open(posed, claims[0], found)
        if posed.kind == "equation":
            return None, None
        if posed.implied and (alone := walk.equations.alone(posed, claims)):
            claims, posed.solving, posed.derived = alone, False, True
            verdict = prove_all(claims)
            if isinstance(verdict, Proved):
                return verdict, None
    if isinstance(verdict, Refuted):
        met = walk.premises.meeting(posed, claims, verdict)
        why = met.why or (_empty(walk, met.claims) if isinstance(met.verdict, Proved) else "")
        if why:
            return _open(posed, claims[0], why)
        if isinstance(met.verdict, Proved):
            return met.verdict, None
        verdict = met.verdict
    if isinstance(verdict, Refuted):
        beyond = _within_limits(walk, posed, verdict, verdict.claim)
        if isinstance(beyond, str):
            return _open(posed, claims[0], beyond)
        verdict = beyond
    refuted = isinstance(verdict, Refuted)
    doubt = walk.doubts.doubt(posed, verdict.claim) if isinstance(verdict, Refuted) else ""
    if refuted and not doubt and (moved := walk.readings.anew(claims)) and isinstance(prove_all(moved), Proved):
        doubt = "it holds with the meaning that a symbol in it is given further down"
    if isinstance(verdict, Refuted) and not doubt and walk.doubts.weighs(posed, verdict.claim):
        from symderiv.hypotheses import as_weights

        for weighted in as_weights(claims):
            second = prove_all(weighted)
            if not isinstance(second, Refuted):
                doubt = "it may hold for weights that sum to one, of which the words speak"
                break
            verdict = refuted_at(claims[weighted.index(second.claim)], second.witness) or verdict
    read = walk.readings.asides(posed, claims, mentioned=True) if refuted and not doubt else None
    if read is not None and isinstance(prove_all(read[0]), Proved):
        doubt = "it holds with what words before it mention, and do not say of a symbol in it"
    if refuted and not doubt and any(isinstance(prove_all(old), Proved) for old in walk.readings.before(claims)):
        doubt = "it holds with the meaning that a symbol in it had before it was defined anew"
    for cases in (posed.earlier_values, *((aside,) for aside in posed.asides)) if refuted and not doubt else ():
        special = walk.claims(replace(posed, case=(*posed.case, *cases))) if cases else []
        if special and isinstance(prove_all(special), Proved):
            said = ", ".join(f"{notation.unicode_latex(a.text)} ({a.source})" for a in cases)
            doubt = f"it holds for {said}"
    for one in filter(of_one_member, posed.values) if refuted and not doubt else ():
        member = one.data[0]
        hot = Assumption("onehot", (member.head, len(member.indices) - 1), f"{member.name} is one-hot", "supposed")
        if isinstance(prove_all(walk.claims(replace(posed, case=(*posed.case, hot, *posed.values)))), Proved):
            doubt = f"it holds if {shown(member.name)} is one-hot, which is not said"
    if refuted and not doubt:
        for pair in walk.doubts.degenerate(claims):
            if isinstance(prove_all(walk.claims(replace(posed, case=(*posed.case, pair)))), Proved):
                apart = notation.unicode_latex(pair.text)
                doubt = f"it holds for {apart}, and whether they may be the same is not said"
                break
    for index, other in walk.set_apart(claims) if refuted and not doubt else ():
        if isinstance(prove_all(other), Proved) and not _vacuous(other):
            doubt = f"it holds if {index} is none of those that the sum runs over, and whether it is one is not said"
            break
    if refuted and not doubt and walk.reading.symbols.solutions and not posed.put_in:
        put_in = walk.claims(replace(posed, put_in=True))
        if put_in != claims and isinstance(prove_all(put_in), Proved):
            doubt = "it holds if what was solved for is put in before"
    if refuted and not doubt and (symmetric := walk.readings.symmetric(posed, claims, supposed=True)[0]):
        holds = isinstance(prove_all(symmetric), Proved)
        doubt = "it holds for symmetric matrices, of which the words speak" if holds else ""
    held = walk.readings.partial(posed, claims, likely=False) if refuted and not doubt else None
    if held is not None and isinstance(prove_all(held[0]), Proved):
        doubt = f"it holds if {held[1][0]}, which is not said"
    if isinstance(verdict, Refuted) and not doubt and posed.named_case and (when := _holds_when(verdict)):
        doubt = f"it {when}, and the words about it speak of a case: '{posed.named_case}'"
    if refuted and posed.grounds and doubt:
        walk.equations.take(posed, claims, first=True)
    if refuted and not doubt and (given := walk.equations.on_grounds(posed, claims)):
        second = prove_all(given)
        if isinstance(second, Proved):
            return second, None
        if isinstance(second, Undecided):
            doubt = "a line before it may be what is given, and it is not seen to fail where that holds"
    constraint = posed.solving and not posed.concluded and walk.equations.constrains(posed)
    if refuted and doubt and constraint and not _is_defined(claims):
        posed.kind = "equation"
        return None, None
    if isinstance(verdict, Refuted) and (
        (doubt and walk.equations.states(posed, walk.doubts.unrelated(verdict.claim)))
        or _is_solved_next(walk, number, verdict.claim)
    ):
        walk.equations.take(posed, claims, first=True)
        posed.kind = "equation"
        return None, None
    if isinstance(verdict, Refuted) and doubt:
        return _open(posed, verdict.claim, doubt, tried="counterexample")
    from symderiv.hypotheses import needed  # only for a step that is not proved, as the search for repairs

    hypothesis = needed(*claims, natural_only=refuted)
    if hypothesis is not None:
        message = f"this step needs {notation.unicode_latex(hypothesis.latex)}"
        notes = (
            (notation.counterexample(verdict.witness) + " (without it)",) if isinstance(verdict, Refuted) else ()
        ) + posed.notes
        help = "\n".join(f"symderiv: {line}" for line in hypothesis.directives)
        return Undecided(claims[0], message, ("hypotheses",)), Diagnostic("E310", message, posed.span, notes, help)
    if isinstance(verdict, Refuted):
        unsaid = walk.doubts.unsaid(posed, verdict.witness)
        if unsaid:
            return _open(posed, verdict.claim, unsaid, notation.counterexample(verdict.witness), tried="counterexample")
        return verdict, _false(walk, number, verdict, said_of_two if verdict is drawn else "")
    notes = (verdict.reason, *posed.notes)
    if posed.taken:
        return verdict, Diagnostic("E303", "this step could not be decided", posed.span, (TAKEN, *notes))
    return verdict, Diagnostic("E301", "this step could not be decided", posed.span, notes)


def _is_solved_next(walk: Walk, number: int, claim: Claim) -> bool:
    r"""Whether an arrow leads from a step to what its unknown is: ``X^T X w = X^T y \Rightarrow w = ...``."""
    posed = walk.posed[number]
    if not posed.leads or posed.implied or walk.equations.before(posed) or number + 1 == len(walk.posed):
        return False
    following = walk.posed[number + 1]
    return following.kind == "definition" and not spoken_of([claim]).isdisjoint(equations.solved_for(following))


def _is_defined(claims: Sequence[Claim]) -> bool:
    """Whether something on the left of the claims has a definition."""
    return any(isinstance(t, Var) and t.head in c.context.definitions for c in claims for t in subterms(c.left))


def _open(
    posed: Posed, claim: Claim | None, why: str, *facts: str, tried: str = "normal form"
) -> tuple[Undecided, Diagnostic]:
    """What is said of a step whose proof, or counterexample, would not convince: ``why``, and further ``facts``."""
    notes = (why, *facts, *posed.notes)
    return Undecided(claim, why, (tried,)), Diagnostic("E302", "this step could not be decided", posed.span, notes)


def _claims(walk: Walk, posed: Posed) -> list[Claim]:
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
            if isinstance(verdict, Proved) and not _empty(walk, other):
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
        if not one and not isinstance(found.verdict, Refuted):
            return ""
        holds = not why and not walk.equations.is_false(posed, claims)
        walk.equations.take(posed, claims, first=True, holds=holds)
        if isinstance(found.verdict, Refuted):
            doubt = _doubted(walk, posed, found.verdict, found.instead[0][0]) if found.instead else found.said
            return doubt or (found.verdict, _not_stationary(posed, found))
        if posed.sought and holds:
            posed.kind = "equation"
        return why
    return ""


def _within_limits(walk: Walk, posed: Posed, verdict: Refuted, claim: Claim) -> Refuted | str:
    """The refutation within what the words, and the thresholds in ``claim``, bound; or that none was found there."""
    limits = bounds.together(walk.reading.limits, posed.limits, bounds.thresholds(claim))
    beyond = bounds.within(verdict, limits)
    return f"no counterexample was found within {notation.unicode_latex(beyond)}" if isinstance(beyond, str) else beyond


def _doubted(walk: Walk, posed: Posed, verdict: Refuted, claim: Claim) -> str:
    """Why a refutation of what is no equation of the line itself would not convict; ``claim`` says the same."""
    if isinstance(within := _within_limits(walk, posed, verdict, claim), str):
        return within
    met = walk.premises.meeting(posed, [verdict.claim], verdict)
    if met.why or not isinstance(met.verdict, Refuted):
        return met.why or "it holds with what the words assume"
    alone = replace(posed, solving=False, equated=False, grounds=False)
    doubts = walk.doubts
    return doubts.doubt(alone, claim) or doubts.elsewhere(posed, claim) or doubts.unsaid(posed, verdict.witness)


def _not_stationary(posed: Posed, found: Compared) -> Diagnostic:
    """What to say of an equation that is not the derivative set to zero that it should be."""
    from symderiv.repair import repair

    assert isinstance(found.verdict, Refuted)
    why = f"{found.said}: the left side is that derivative, where this equation holds"
    notes = (notation.counterexample(found.verdict.witness), why, *posed.notes)
    repairs = [(repair(claim), written) for claim, written in found.instead]
    mended = [(one, written) for one, written in repairs if one is not None and one.side == "right"]
    best = min(mended, key=lambda pair: len(pair[0].latex), default=None)
    help = f"{best[1].format(best[0].latex)} is proved: {best[0].words}" if best is not None else ""
    return Diagnostic("E201", "this step is false", posed.span, notes, help)


def _solution(walk: Walk, number: int) -> tuple[Verdict | None, Diagnostic | None]:
    """What to say of a definition that stands where an equation is being solved for its left side."""
    posed = walk.posed[number]

    def judged(at: int) -> Iterator[tuple[Solved, Verdict]]:
        zeros = walk.stationary.set_to_zero(posed, number, at)
        for solved in walk.equations.solved(posed, at, zeros):
            put_in, without = (
                means[0] if (means := walk.readings.means(claims)) is not None else claims
                for claims in (solved.claims, solved.without)
            )
            if not all(provable(claim) for claim in without):  # else it is solved already
                yield solved, prove_all(put_in)

    found = list(judged(number))
    for solved, verdict in chain(found, judged(len(walk.posed))):  # "where N_k = ..." comes after it
        if isinstance(verdict, Proved):
            posed.kind = "claim"
            if not solved.holds:
                walk.equations.reject(posed, number)
                return _open(posed, verdict.claim, f"it solves {solved.name}, which is not shown to hold")
            walk.equations.accept(posed, number)
            posed.note(f"it solves {solved.name}")
            return verdict, None
    match found:
        case [(solved, Refuted() as verdict), *_] if all(
            s.only and s.holds and isinstance(v, Refuted) for s, v in found
        ):
            if posed.extreme and not posed.stationary and walk.stationary.may_be_constrained(posed):
                return None, None
            posed.kind = "claim"
            walk.equations.reject(posed, number)
            message = f"as read, this does not solve {solved.name}"
            notes = (notation.counterexample(verdict.witness), *posed.notes)
            stated = equations.apart(verdict.claim)
            plain = posed.solves and solved.explicit and walk.stationary.is_plain(posed, solved.since)
            if plain and not _doubted(walk, posed, verdict, stated):
                why = f"it does not solve {solved.name}"
                return verdict, Diagnostic("E201", "this step is false", posed.span, (notes[0], why, *posed.notes))
            return Undecided(verdict.claim, message), Diagnostic("E304", message, posed.span, notes)
    return None, None


def _empty(walk: Walk, claims: list[Claim]) -> str:
    """Why a proof of ``claims`` would say nothing; empty if it says something."""
    return walk.doubts.empty(claims) or _vacuous(claims) or _vanishing(claims)


def _vanishing(claims: list[Claim]) -> str:
    """The equation under which both sides are zero, and only under it: 1 - u^T u = u^T u - 1 on u^T u = 1."""
    for claim in claims:
        sides, context = (claim.left, claim.right), claim.context
        equations = [a for a in context.assumptions if a.kind == "equation"]
        if not equations or claim.relation != "=" or ZERO in sides:
            continue
        bare = replace(context, assumptions=tuple(a for a in context.assumptions if a.kind != "equation"))
        zero = [Claim(side, "=", ZERO, context) for side in sides]
        if any(provable(c) is None for c in zero) or provable(replace(claim, context=bare)) is not None:
            continue
        if all(provable(replace(c, context=bare)) is None for c in zero):
            return f"both sides vanish under {', '.join(notation.unicode_latex(a.text) for a in equations)}"
    return ""


def _vacuous(claims: list[Claim]) -> str:
    """Why a proof would be empty: both sides vanish as read, because a derivative on them does, and nobody wrote 0."""
    for claim in claims:
        sides = (claim.left, claim.right)
        parts = {t for side in sides for t in subterms(side)}
        derivatives = [t for t in parts if isinstance(t, Deriv)]
        if ZERO in sides or not derivatives:
            continue
        stated = tuple(a for a in claim.context.assumptions if a.kind == "equation" and is_unknown(a.data[0]))
        free = replace(claim.context, assumptions=stated)
        if all(provable(Claim(side, "=", ZERO, free)) is not None for side in sides):
            bound = {t.index: t.range for t in parts if isinstance(t, Sum)}
            inside = replace(free, ranges={**bound, **free.ranges})
            if any(provable(Claim(t, "=", ZERO, inside)) is not None for t in derivatives):
                return "both sides vanish as they were read"
    return ""


def _readings(walk: Walk, posed: Posed, claims: list[Claim]) -> Iterator[tuple[list[Claim], tuple[str, ...]]]:
    """Other readings of a step that a reader would try, with a note: the case said before, intermediates held fixed."""
    if posed.earlier_case and not posed.case and not posed.conditions:
        yield walk.claims(replace(posed, case=posed.earlier_case)), ()
    if posed.sizes and (of_size := walk.readings.of_size(posed, claims)):
        yield of_size
    if posed.values:
        said = tuple(f"{notation.unicode_latex(a.text)}, {a.source}" for a in posed.values if of_one_member(a))
        yield walk.claims(replace(posed, case=(*posed.case, *posed.values))), said
    if (signed := walk.readings.signed(claims)) is not None:
        yield signed
    sought = posed.sought and walk.equations.is_one(posed, claims)  # a later value for its unknown is its solution
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


def _false(walk: Walk, number: int, verdict: Refuted, drawn: str) -> Diagnostic:
    """What to say of a false step: the counterexample, when it does hold, and a repair that is proved.

    ``drawn`` says how random variables are distributed in the counterexample, or is empty.
    """
    from symderiv.repair import repair

    posed = walk.posed[number]
    notes = [notation.counterexample(verdict.witness), *([drawn] if drawn else [])]
    help = ""
    if not posed.expected_false and not drawn:
        if when := _holds_when(verdict):
            notes.append(f"it {when}")
        mended = repair(verdict.claim, _neighbour(walk, number, -1), _neighbour(walk, number, 1))
        derives = any(isinstance(t, Deriv) for t in subterms(verdict.claim.left))
        if (
            mended is not None
            and mended.side == "left"
            and derives
            and not any(isinstance(t, Deriv) for t in subterms(mended.term))
        ):
            mended = None  # nobody would mend a derivative by writing out another one
        side = verdict.claim.left if mended is not None and mended.side == "left" else verdict.claim.right
        if mended is not None and mended.latex == notation.latex(side):
            mended = None  # an earlier meaning of the same letter
        if mended is not None:
            sizes = mended.verdict.scope.minimum or mended.verdict.scope.fixed
            proved = f"proved for {notation.unicode_scope(mended.verdict.scope)}" if sizes else "proved"
            where = "" if mended.side == "right" else " on the left"
            written = notation.latex(walk.reading.symbols.as_called(mended.term))
            help = f"{written}{where} is {proved}: {mended.words}"
    return Diagnostic("E201", "this step is false", posed.span, (*notes, *posed.notes), help)


def _holds_when(verdict: Refuted) -> str:
    """In which cases a false step does hold, in words, or ""."""
    from symderiv.repair import holds_when

    when = [f"when {notation.unicode_latex(text)}" for text in holds_when(verdict.claim)]
    return f"holds {' or '.join(when)}" if when else ""


def _neighbour(walk: Walk, number: int, way: int) -> Term | None:
    """The side beyond this step's left (way -1) or right (way 1) in the same chain."""
    other = number + way
    if not 0 <= other < len(walk.posed):
        return None
    here, there = walk.posed[number], walk.posed[other]
    joined = there.right is here.left if way < 0 else there.left is here.right
    if there.left is None or there.right is None or there.kind != "claim" or not joined:
        return None
    try:
        claims = walk.claims(there)
    except ReadError:
        return None
    return (claims[0].left if way < 0 else claims[0].right) if len(claims) == 1 else None

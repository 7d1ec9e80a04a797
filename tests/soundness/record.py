"""The record: everything counted, and the page that says so."""

from __future__ import annotations

import hashlib
import io
import platform
import re
import sys
import time
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import symderiv
import symderiv.kernel
import symderiv.terms
from symderiv.kernel import Proved, Refuted
from tests.soundness.claims import constructs, make
from tests.soundness.forms import FormTally, judge_form
from tests.soundness.judge import trial
from tests.soundness.mutation import Tally, our_derivations, our_documents
from tests.soundness.mutation import run as mutate
from tests.soundness.peers import NOT_READ, math_verify_says, sympy_names, sympy_says, wrong
from tests.soundness.traps import TRAPS, verdict_of
from tests.soundness.values import ValueTally, judge_values

JUDGE, CASE = import_module("symderiv.judge"), import_module("symderiv.kernel.case")
WHOLE = 10  # one random claim in so many is posed with the whole effort
SHORT = {"QUICK": 500, "THOROUGH": 0}, 5_000  # the search and the units of work for the others
BATCH = 200
TRUSTED = {
    "for a Proved": ("proof",),
    "for a Refuted": ("convict",),
    "the whole kernel": tuple(path.stem for path in sorted(Path(symderiv.kernel.__file__).parent.glob("*.py"))),
}
GRAVE = ("false Proved", "false Refuted", "missing condition", "crash")
SHOWN = 20


@dataclass
class ClaimTally:
    """Counts over random claims. ``said``: of all, by verdict; of those posed with the whole effort, ``verdicts``:
    (true | false | open, verdict), and ``by``: (construct, truth, verdict)."""

    claims: int = 0
    said: Counter = field(default_factory=Counter)
    verdicts: Counter = field(default_factory=Counter)
    by: Counter = field(default_factory=Counter)
    problems: Counter = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    kernel: float = 0.0

    def __iadd__(self, other: ClaimTally) -> ClaimTally:
        self.claims += other.claims
        self.said += other.said
        self.verdicts += other.verdicts
        self.by += other.by
        self.problems += other.problems
        self.details += other.details
        self.kernel += other.kernel
        return self


@contextmanager
def short_effort() -> Iterator[None]:
    """Claims are judged with a short search for counterexamples and a small budget."""
    searches, units = SHORT
    usual = {name: getattr(JUDGE, name) for name in searches}
    budget = CASE.Budget
    vars(JUDGE).update(searches)
    CASE.Budget = partial(budget, units)
    try:
        yield
    finally:
        vars(JUDGE).update(usual)
        CASE.Budget = budget


def judge_claims(seeds: range) -> ClaimTally:
    """Pose the claims of ``seeds`` and hold the verdicts against the reference.

    All but one in ``WHOLE`` are judged with a tenth of the effort, which finds nine refutations in ten and nearly every
    proof: a proof is a proof and a witness a witness however much was tried. Only the others say what share is decided.
    """
    tally = ClaimTally()
    for seed in seeds:
        made = make(seed)
        with nullcontext() if seed % WHOLE == 0 else short_effort():
            outcome = trial(made.claim, seed)
        tally.claims += 1
        tally.kernel += outcome.seconds
        if outcome.problem:
            tally.problems[outcome.problem] += 1
            if outcome.problem in GRAVE:
                tally.details.append(
                    f"seed {seed} ({made.world}; {', '.join(made.rules)}): {outcome.problem}: {outcome.detail}"
                )
        verdict = (
            "proved"
            if isinstance(outcome.verdict, Proved)
            else "refuted"
            if isinstance(outcome.verdict, Refuted)
            else "undecided"
        )
        tally.said[verdict] += 1
        if seed % WHOLE:
            continue
        if outcome.false:
            truth = "false"
        elif made.meant == "true" or verdict == "proved":
            truth = "true"
        else:
            truth = "open"  # no difference was found, and none was ruled out
        tally.verdicts[truth, verdict] += 1
        for construct in constructs(made.claim):
            tally.by[construct, truth, verdict] += 1
    return tally


def judge_forms(seeds: range) -> FormTally:
    tally = FormTally()
    for seed in seeds:
        judge_form(seed, tally)
    return tally


def judge_balls(seeds: range) -> ValueTally:
    tally = ValueTally()
    for seed in seeds:
        judge_values(seed, tally)
    return tally


def batches(first: int, count: int, size: int = BATCH) -> Iterator[range]:
    for start in range(first, first + count, size):
        yield range(start, min(start + size, first + count))


def gather(
    function: Callable, first: int, count: int, jobs: int, into: Any, limit: float, said: str
) -> tuple[Any, float]:
    """Sum ``function`` over batches of seeds, in ``jobs`` processes, for at most ``limit`` seconds."""
    start = time.monotonic()
    work = list(batches(first, count))
    done = 0

    def note(number: int) -> None:
        if sys.stderr.isatty():
            print(
                f"\r{said}: {number * BATCH} of {count}, {time.monotonic() - start:.0f} s",
                end="",
                file=sys.stderr,
                flush=True,
            )

    if jobs == 1:
        for batch in work:
            if time.monotonic() - start > limit:
                break
            into += function(batch)
            done += 1
            note(done)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for result in pool.map(function, work):
                into += result
                done += 1
                note(done)
                if time.monotonic() - start > limit:
                    pool.shutdown(cancel_futures=True)
                    break
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return into, time.monotonic() - start


KERNEL = Path(symderiv.kernel.__file__).parent


def kernel_lines(*modules: str) -> dict[str, int]:
    """Lines without comments, blank lines and docstrings of the kernel's ``modules`` and of those that they import."""
    found: dict[str, int] = {}
    queue = list(modules)
    while queue:
        name = queue.pop(0)
        if name not in found:
            source = (KERNEL / f"{name}.py").read_text(encoding="utf-8")
            found[name] = code_lines(source)
            queue += re.findall(r"^ *from symderiv\.kernel\.(\w+) import", source, re.MULTILINE)
    return dict(sorted(found.items()))


def code_lines(source: str) -> int:
    used: set[int] = set()
    quiet = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.STRING and begins:
            continue  # a string that is a statement
        if token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            begins = True
        elif token.type not in quiet:
            begins = False
        if token.type not in quiet:
            used.update(range(token.start[0], token.end[0] + 1))
    return len(used)


# The page


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A Markdown table that reads well on a terminal."""
    rows = [[cell.replace("|", r"\|") for cell in row] for row in rows]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for n, row in enumerate(rows):
        yield "| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |"
        if n == 0:
            yield "|" + "|".join("-" * (w + 2) for w in widths) + "|"


def claims_page(tally: ClaimTally, seconds: float) -> Iterator[str]:
    count = tally.verdicts
    yield "## 1. Random claims"
    yield ""
    yield f"{tally.claims:,} claims in {seconds:.0f} s (kernel: {tally.kernel:.0f} s of one processor)."
    yield "Of all, " + ", ".join(f"{tally.said[v]:,} {v}" for v in ("proved", "refuted", "undecided")) + "."
    yield ""
    yield f"- false Proved: {tally.problems['false Proved']}"
    yield f"- false Refuted: {tally.problems['false Refuted']}"
    yield f"- crashes: {tally.problems['crash']}"
    yield f"- Proved with a side condition left out: {tally.problems['missing condition']}"
    yield f"- longer than two seconds: {tally.problems['slow']}"
    yield f"- Refuted, but beyond the digits of the reference: {tally.problems['unconfirmed Refuted']}"
    for detail in tally.details[:SHOWN]:
        yield f"  - {detail}"
    yield ""
    yield f"One claim in {WHOLE} was judged with the whole effort, the others with a tenth of it; the shares are those of the former."
    yield "True: made by valid rewriting and nowhere found to fail, or Proved. False: the reference knows a point where they fail."
    yield "Open: changed, but no difference was found. A claim that is nowhere defined may be in any row."
    yield ""
    rows = [["", "claims", "proved", "refuted", "undecided"]]
    for truth in ("true", "false", "open"):
        cells = [count[truth, verdict] for verdict in ("proved", "refuted", "undecided")]
        rows.append([truth, f"{sum(cells):,}", *(share(c, sum(cells)) for c in cells)])
    yield from table(rows)
    yield ""
    rows = [["construct", "true claims", "proved", "false claims", "refuted"]]
    for construct in sorted({key[0] for key in tally.by}):
        true = sum(tally.by[construct, "true", v] for v in ("proved", "refuted", "undecided"))
        false = sum(tally.by[construct, "false", v] for v in ("proved", "refuted", "undecided"))
        proved, refuted = tally.by[construct, "true", "proved"], tally.by[construct, "false", "refuted"]
        rows.append([construct, f"{true:,}", share(proved, true), f"{false:,}", share(refuted, false)])
    yield from table(rows)
    yield ""


def forms_page(tally: FormTally, seconds: float) -> Iterator[str]:
    yield "### Normal forms"
    yield ""
    yield f"{tally.forms:,} normal forms of random terms evaluated at {tally.points:,} points in {seconds:.0f} s: {len(tally.wrong)} with another value than their term."
    for line in tally.wrong[:SHOWN]:
        yield f"- {line}"
    yield ""


def values_page(tally: ValueTally, seconds: float) -> Iterator[str]:
    yield "### Enclosures"
    yield ""
    yield f"{tally.terms:,} terms evaluated by the kernel's ball arithmetic, {tally.values:,} balls in {seconds:.0f} s: {len(tally.wrong)} without the value of their term, or for one that has none"
    yield f"({tally.unsettled} beyond the digits of the reference)."
    for line in tally.wrong[:SHOWN]:
        yield f"- {line}"
    yield ""


def mutation_page(tallies: Sequence[Tally], seconds: float, every: int) -> Iterator[str]:
    yield "## 2. Mutation of our own derivations and test documents"
    yield ""
    yield f"{'Every' if every == 1 else f'One in {every}'} single-place edit{'' if every == 1 else 's'} of the LaTeX, {seconds:.0f} s."
    yield ""
    kinds = (
        "refuted",
        "survived",
        "a new symbol",
        "not read",
        "reads the same",
        "still true",
        "undecided, no difference found",
        "crash",
    )
    rows = [["document", "mutants", *kinds, "false Proved", "false Refuted"]]
    for t in tallies:
        counts = (t.total, *(t.kinds[k] for k in kinds), len(t.false_proved), len(t.false_refuted))
        if t.total:
            rows.append([t.name, *map(str, counts)])
    rows.append([f"all {len(tallies)}", *(str(sum(int(row[n]) for row in rows[1:])) for n in range(1, len(rows[0])))])
    yield from table(rows)
    yield ""
    refuted = sum(t.kinds["refuted"] for t in tallies)
    survived = sum(t.kinds["survived"] for t in tallies)
    new = sum(t.kinds["a new symbol"] for t in tallies)
    yield f"Of the mutants that differ, {share(refuted, refuted + survived)} are Refuted ({share(refuted, refuted + survived + new)} with those that"
    yield "differentiate by or of a symbol that nobody defined, of which the kernel says that it does not know how it enters)."
    for t in tallies:
        for line in [*t.false_proved, *t.false_refuted, *t.crashes]:
            yield f"- {line}"
        for what, why in t.survivors:
            if "enters is not known" not in why:
                yield f"- survivor, {t.name}, {what}: {why}"
    yield ""


def traps_page(seconds: int) -> tuple[list[str], int]:
    names = sympy_names()
    rows = [["trap", "claim", "expected", "symderiv", "SymPy simplify", "SymPy equals", "Math-Verify"]]
    missed = 0
    told, opposite = Counter[str](), Counter[str]()
    for trap in TRAPS:
        verdict, _ = verdict_of(trap)
        simplified, equals = sympy_says(trap, names, seconds)
        verified = math_verify_says(trap)
        bad = {"SymPy": wrong(trap.expected, simplified, equals), "Math-Verify": wrong(trap.expected, verified)}
        told.update({"SymPy": bool(simplified), "Math-Verify": verified not in ("", NOT_READ)})
        opposite.update(bad)
        missed += verdict != trap.expected
        rows.append(
            [
                f"{trap.family}: {trap.title}",
                f"`{trap.claim}`",
                trap.expected,
                verdict + ("" if verdict == trap.expected else " (!)"),
                simplified,
                equals + (" (wrong)" if bad["SymPy"] else ""),
                verified + (" (wrong)" if bad["Math-Verify"] else ""),
            ]
        )
    lines = ["## 3. Traps", "", *table(rows), ""]
    lines.append(f"{len(TRAPS)} traps, {missed} with another verdict than expected.")
    for peer in told:
        asked = f"{peer} could be asked about {told[peer]}" if told[peer] else f"{peer} is not installed"
        lines.append(
            f"{asked}; {opposite[peer]} times it says the opposite of the truth." if told[peer] else f"{asked}."
        )
    lines.append(
        "A reversed range is empty here; SymPy keeps Karr's convention, by which it is not.\n"
        "SymPy has the sides in its own terms, Math-Verify reads them as printed; neither has definitions or assumptions beside"
    )
    lines.append(
        "what stands there, and neither tells false from not shown: `not simplified to 0` and `not shown equal` are silence."
    )
    return [*lines, ""], missed


def size_page() -> Iterator[str]:
    yield "## Size of the kernel"
    yield ""
    yield "Lines of code, without comments, blank lines and docstrings. Who believes a verdict believes these and the terms"
    yield f"(`symderiv/terms.py`, {code_lines(Path(symderiv.terms.__file__).read_text(encoding='utf-8'))}); what is tried, and at which points, is not trusted."
    yield ""
    for what, modules in TRUSTED.items():
        lines = kernel_lines(*modules)
        yield f"- {what}: {sum(lines.values()):,} ({', '.join(f'{n} {c}' for n, c in lines.items())})"


def summary(
    claims: ClaimTally, forms: FormTally, values: ValueTally, mutants: Sequence[Tally], missed: int, first: int
) -> Iterator[str]:
    """What was attacked, how often, and what went wrong; of a rate of which n trials show nothing, 3/n bounds 95 %."""
    differ = sum(t.kinds["refuted"] + t.kinds["survived"] + t.kinds["a new symbol"] for t in mutants)
    bad = claims.problems
    rows = [
        ["attack", "tried", "wrong", "so the rate is below (95 %)"],
        ["random claims, Proved", claims.said["proved"], bad["false Proved"] + bad["missing condition"]],
        ["random claims, Refuted", claims.said["refuted"], bad["false Refuted"]],
        ["random claims, crashes", claims.claims, bad["crash"]],
        ["normal forms against their terms, points", forms.points, len(forms.wrong)],
        ["enclosures against their terms, balls", values.values, len(values.wrong)],
        ["mutants that differ, Proved", differ, sum(len(t.false_proved) for t in mutants)],
        [
            "mutants that do not, Refuted",
            sum(t.total for t in mutants) - differ,
            sum(len(t.false_refuted) for t in mutants),
        ],
        ["traps with another verdict", len(TRAPS), missed],
    ]
    for row in rows[1:]:
        tried, wrong = int(str(row[1])), int(str(row[2]))
        chosen = "trap" in str(row[0]) or "mutant" in str(row[0])  # by hand or exhaustively: no sample
        row.append("-" if wrong or chosen or not tried else f"{3 / tried:.1e}")
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(KERNEL.glob("*.py")))).hexdigest()
    yield "# Soundness record"
    yield ""
    yield f"symderiv {symderiv.__version__}, kernel {digest[:16]} (SHA-256 of its files in order), Python {platform.python_version()}, seeds from {first:,}."
    yield "What its verdicts are held against shares no code with it. The same seeds give the same claims on any machine."
    yield ""
    yield from table([[str(cell) if isinstance(cell, str) else f"{cell:,}" for cell in row] for row in rows])
    yield ""


def record(
    claims: int, forms: int, values: int, every: int, jobs: int, first: int, limit: float, sympy_seconds: int
) -> tuple[str, bool]:
    """The whole page, and whether nothing unsound was found."""
    tally, seconds = gather(judge_claims, first, claims, jobs, ClaimTally(), limit, "claims")
    lines = list(claims_page(tally, seconds))
    form_tally, seconds = gather(judge_forms, first, forms, jobs, FormTally(), limit, "normal forms")
    lines += forms_page(form_tally, seconds)
    value_tally, seconds = gather(judge_balls, first, values, jobs, ValueTally(), limit, "enclosures")
    lines += values_page(value_tally, seconds)
    start = time.monotonic()
    tallies = []
    if every:
        documents = [*our_derivations(), *our_documents()]
        work = [(name, text, every, 17 * n) for n, (name, text) in enumerate(documents)]  # short ones get their turn
        if jobs > 1:
            with ProcessPoolExecutor(jobs) as pool:
                tallies = list(pool.map(mutate, *zip(*work, strict=True)))
        else:
            tallies = [mutate(*arguments) for arguments in work]
        lines += mutation_page(tallies, time.monotonic() - start, every)
    page, missed = traps_page(sympy_seconds)
    lines += [*page, *size_page()]
    sound = not any(tally.problems[p] for p in GRAVE) and not form_tally.wrong and not value_tally.wrong and not missed
    sound = sound and not any(t.false_proved or t.false_refuted or t.crashes for t in tallies)
    lines = [*summary(tally, form_tally, value_tally, tallies, missed, first), *lines]
    return "\n".join(lines) + "\n", sound

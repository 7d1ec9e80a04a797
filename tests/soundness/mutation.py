r"""Mutation: every single-place edit of every line of our own derivations and test documents, posed to the kernel.

The edits are made in the LaTeX, as a slip of the pen would: a sign, an index, a class, an exponent, a factor, a sum, a
\delta, numerator for denominator. The edited document is read from the start, and every step that is no longer the
step it was is posed again; the reference says which of them are now false. A false one that is Proved is a failure of
ours; a mutant with a false step of which none is Refuted is a survivor, and listed.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from symderiv.derive import fill, find, settle
from symderiv.diagnostics import FAULT, ReadError, UserError
from symderiv.kernel import Proved, Refuted
from symderiv.reader.containers import read_text
from symderiv.reader.steps.walk import Walk
from symderiv.terms import Claim, Head, Term, Var, subterms
from tests.conftest import ROOT
from tests.soundness.judge import survey, timed, unfounded

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+|[A-Za-z]|\S")
SYMBOLS = ("f", "p", "t", "V", "L", "x", "y", "h", "J", r"\theta", "z", "u")
STRUCTURE = {
    r"\left",
    r"\right",
    r"\bigl",
    r"\bigr",
    r"\Bigl",
    r"\Bigr",
    r"\begin",
    r"\end",
    "&",
    r"\\",
    r"\quad",
    r"\qquad",
    ",",
    ".",
    "{",
    "}",
    r"\,",
    r"\text",
    r"\boxed",
}


@dataclass(frozen=True)
class Mutant:
    start: int
    end: int
    new: str
    kind: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]


def mutants(text: str, start: int, end: int) -> Iterator[Mutant]:
    """Every edit of one place of the formula ``text[start:end]``."""
    tokens = [(m.group(), start + m.start(), start + m.end()) for m in TOKEN.finditer(text[start:end])]
    if not tokens:
        return
    letters = sorted({t for t, _, _ in tokens if len(t) == 1 and t.isalpha()} & set("ijklmnqrs"))
    close = _brackets(tokens)
    depth = 0
    scripts: list[bool] = []
    script = False
    first = True
    for n, (token, a, b) in enumerate(tokens):
        before = tokens[n - 1][0] if n else ""
        if token == "{":
            scripts.append(script)
            script = script or before in ("_", "^")
            depth += 1
        elif token == "}":
            depth -= 1
            script = scripts.pop() if scripts else False
        here = script or before in ("_", "^")
        if token in ("+", "-") and not here:
            yield Mutant(a, b, "-" if token == "+" else "+", "sign")
            if token == "-":
                yield Mutant(a, b, "", "sign")
        elif token.isdigit():
            yield Mutant(a, b, str(int(token) + 1), "class or number" if here else "number")
            if int(token) > 0:
                yield Mutant(a, b, str(int(token) - 1), "class or number" if here else "number")
        elif here and token in letters:
            for other in letters:
                if other != token:
                    yield Mutant(a, b, other, "index")
        elif token == r"\frac" and n + 1 < len(tokens) and tokens[n + 1][0] == "{":
            one = close[n + 1]
            two = close.get(one + 1)
            if two is not None:  # a denominator in braces
                top, bottom = text[tokens[n + 1][1] : tokens[one][2]], text[tokens[one + 1][1] : tokens[two][2]]
                yield Mutant(tokens[n + 1][1], tokens[two][2], bottom + top, "numerator and denominator")
                yield Mutant(a, tokens[two][2], top, "denominator dropped")
        elif token in (r"\sum", r"\prod"):
            yield Mutant(a, b, r"\prod" if token == r"\sum" else r"\sum", "sum for product")
            last = _scripts(tokens, close, n)
            yield Mutant(a, tokens[last][2], "", "sum dropped")
        elif token in (r"\log", r"\exp"):
            yield Mutant(a, b, r"\exp" if token == r"\log" else r"\log", "function")
            yield Mutant(a, b, "", "function")
        elif token == "^" and n + 1 < len(tokens):
            last = close.get(n + 1, n + 1)
            yield Mutant(a, tokens[last][2], "", "exponent")
        if (
            (first or before in ("=", "&", "(", "{"))
            and not here
            and token not in STRUCTURE | {"-", "+", "=", "<", ">"}
        ):
            yield Mutant(a, a, "-", "sign")
        first = False
        if (
            not here
            and token not in STRUCTURE
            and (token.isalpha() or token.startswith("\\") or token == "(")
            and token not in (r"\partial", r"\cdot", r"\times", r"\ne", r"\sum", r"\prod")
        ):
            end_ = _atom(tokens, close, n)
            if end_ is not None:
                yield Mutant(a, tokens[end_][2], "", r"\delta dropped" if token == r"\delta" else "factor dropped")
                if token == r"\delta":
                    yield Mutant(a, tokens[end_][2], "1", r"\delta dropped")
            if token in SYMBOLS:
                for other in SYMBOLS[:4]:
                    if other != token:
                        yield Mutant(a, b, other, "symbol")


def _brackets(tokens: list[tuple[str, int, int]]) -> dict[int, int]:
    stack: list[int] = []
    close: dict[int, int] = {}
    for n, (token, _, _) in enumerate(tokens):
        if token in "({":
            stack.append(n)
        elif token in ")}" and stack:
            close[stack.pop()] = n
    return close


def _scripts(tokens: list[tuple[str, int, int]], close: Mapping[int, int], n: int) -> int:
    while n + 2 < len(tokens) and tokens[n + 1][0] in ("_", "^"):
        n = close.get(n + 2, n + 2)
    return n


def _atom(tokens: list[tuple[str, int, int]], close: Mapping[int, int], n: int) -> int | None:
    """The last token of the factor that begins here: its arguments and scripts come along."""
    last = n
    if tokens[n][0] == "(":
        if n not in close:
            return None
        last = close[n]
    while last + 1 < len(tokens) and tokens[last + 1][0] == "{" and tokens[n][0].startswith("\\") and last + 1 in close:
        last = close[last + 1]
    return _scripts(tokens, close, last)


@dataclass
class Step:
    """A step as read: its claims, and what they say whichever way the context is written."""

    claims: list[Claim]
    signature: tuple


@dataclass
class Tally:
    """What became of the mutants of one document."""

    name: str
    total: int = 0
    kinds: Counter = field(default_factory=Counter)
    false_proved: list[str] = field(default_factory=list)
    false_refuted: list[str] = field(default_factory=list)
    survivors: list[tuple[str, str]] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)

    def count(self, what: str, kind: str) -> None:
        self.kinds[what] += 1
        self.kinds[what, kind] += 1


def _signature(claim: Claim) -> tuple:
    context = claim.context
    heads: dict[Head, None] = {}
    names: set[str] = set()
    queue: list[Term] = [
        claim.left,
        claim.right,
        *(p for a in context.assumptions for p in a.data if isinstance(p, Term)),
    ]
    names |= claim.left.free | claim.right.free
    while queue:
        for term in subterms(queue.pop()):
            if isinstance(term, Var) and term.head not in heads:
                heads[term.head] = None
                for d in context.definitions.get(term.head, ()):
                    queue.append(d.body)
                    names |= d.body.free
    definitions = tuple(
        (h, tuple((d.params, d.body) for d in context.definitions[h])) for h in heads if h in context.definitions
    )
    ranges = tuple((n, context.ranges[n]) for n in sorted(names) if n in context.ranges)
    assumptions = tuple((a.kind, a.data) for a in context.assumptions)
    return (
        claim.left,
        claim.relation,
        claim.right,
        definitions,
        ranges,
        assumptions,
        tuple(sorted(context.minimum.items())),
    )


def read(text: str, name: str) -> tuple[list[Step | None], Walk]:
    """The steps of a document, None for those that could not be read. Raises UserError."""
    walk = Walk(read_text(text, name, "tex" if name.endswith(".tex") else "markdown"))
    walk.run()
    steps: list[Step | None] = []
    for posed in walk.posed:
        if posed.kind != "claim":
            continue
        try:
            claims = [] if posed.error else walk.claims(posed)
        except ReadError:
            claims = []
        steps.append(Step(claims, tuple(_signature(c) for c in claims)) if claims else None)
    return steps, walk


@lru_cache(maxsize=100_000)
def _decided(signature: tuple, seed: int) -> tuple[str, str]:
    """(what the kernel says and whether it is so, detail); the claim is looked up by its signature."""
    claim = _CLAIMS[signature]
    verdict = timed(claim)
    rng = random.Random(seed)
    if verdict is None:
        return "slow", ""
    if isinstance(verdict, Refuted):
        complaint = unfounded(claim, verdict)
        return (
            ("false Refuted", complaint) if complaint and not complaint.startswith("unconfirmed") else ("refuted", "")
        )
    assumptions = verdict.given if isinstance(verdict, Proved) else claim.context.assumptions
    minimum = dict(verdict.scope.minimum) if isinstance(verdict, Proved) else dict(claim.context.minimum)
    failure, points = survey(claim, rng, 16, assumptions, minimum)
    if isinstance(verdict, Proved):
        return ("false Proved", str(failure)) if failure else ("proved", "")
    reason = verdict.reason
    return (
        ("undecided, false", reason)
        if failure
        else ("undecided, no difference found" if points else "undecided, nowhere defined", reason)
    )


_CLAIMS: dict[tuple, Claim] = {}


def run(name: str, text: str, every: int = 1, offset: int = 0) -> Tally:
    """Judge every ``every``-th mutant of a document."""
    tally = Tally(name)
    original, walk = read(text, name)
    known = {s for step in original if step for s in step.signature}
    spans = sorted({(s.start, s.end) for p in walk.posed for s in (p.left_span, p.span)})
    seen: set[str] = set()
    number = 0
    for start, end in spans:
        for mutant in mutants(text, start, end):
            changed = mutant.apply(text)
            if changed in seen:
                continue
            seen.add(changed)
            number += 1
            if (number + offset) % every:
                continue
            tally.total += 1
            _one(tally, text, mutant, changed, known, len(original))
    return tally


def _one(tally: Tally, text: str, mutant: Mutant, changed: str, known: set, count: int) -> None:
    line = text.count("\n", 0, mutant.start) + 1
    a, b = max(text.rfind("\n", 0, mutant.start) + 1, mutant.start - 40), min(mutant.end + 40, len(text))
    what = f"line {line}: {mutant.kind}: ...{text[a : mutant.start]}[{text[mutant.start : mutant.end]} -> {mutant.new}]{text[mutant.end : b].splitlines()[0] if text[mutant.end : b] else ''}..."
    try:
        steps, walk = read(changed, tally.name)
        diagnostics = [*walk.diagnostics, *(posed.error for posed in walk.posed if posed.error)]
        if faults := [found.help for found in diagnostics if found.code == FAULT]:
            raise AssertionError(faults[0])
    except UserError:
        tally.count("not read", mutant.kind)
        return
    except Exception as error:  # the reader promises a diagnostic: whatever else comes is a finding
        tally.count("crash", mutant.kind)
        tally.crashes.append(f"{what}: {type(error).__name__}: {error}")
        return
    results: list[tuple[str, str]] = []
    unread = any(step is None for step in steps) or len(steps) != count
    for step in steps:
        if step is None:
            continue
        for claim, signature in zip(step.claims, step.signature, strict=True):
            if signature not in known:
                _CLAIMS[signature] = claim
                results.append(_decided(signature, 7))
    kinds = {kind for kind, _ in results}
    for kind, detail in results:
        if kind == "false Proved":
            tally.false_proved.append(f"{what}: {detail}")
        elif kind == "false Refuted":
            tally.false_refuted.append(f"{what}: {detail}")
    if "refuted" in kinds:
        tally.count("refuted", mutant.kind)
    elif "undecided, false" in kinds or "slow" in kinds:
        reasons = [d for k, d in results if k == "undecided, false"] or ["out of time"]
        unsaid = all("enters is not known" in reason for reason in reasons)  # a new symbol may depend on anything
        tally.count("a new symbol" if unsaid else "survived", mutant.kind)
        tally.survivors.append((what, reasons[0]))
    elif unread:
        tally.count("not read", mutant.kind)
    elif not results:
        tally.count("reads the same", mutant.kind)
    elif "undecided, no difference found" in kinds or "undecided, nowhere defined" in kinds:
        tally.count("undecided, no difference found", mutant.kind)
    else:
        tally.count("still true", mutant.kind)


def our_documents() -> list[tuple[str, str]]:
    """The test documents whose text is what the reader sees: LaTeX and Markdown."""
    paths = sorted(p for p in (ROOT / "tests" / "documents").iterdir() if p.suffix in (".md", ".tex"))
    return [(path.name, path.read_text(encoding="utf-8")) for path in paths]


def our_derivations() -> list[tuple[str, str]]:
    """The filled text of each built-in derivation: with numbers for the sizes and without."""
    out = []
    for name in ("softmax-notes", "softmax-weights"):
        derivation = find(name)
        for given in ({}, {"classes": "K"}):
            try:
                said = " for every K" if given else ""
                out.append((f"{name}.tex{said}", fill(derivation, settle(derivation, given))))
            except UserError:
                continue
    return list(dict.fromkeys(out))

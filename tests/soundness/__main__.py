"""``python -m tests.soundness`` prints the soundness record; the exit status is 1 if anything unsound was found."""

from __future__ import annotations

import argparse
import sys

from tests.soundness.claims import make
from tests.soundness.judge import trial
from tests.soundness.record import record


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soundness", description=__doc__)
    parser.add_argument("--claims", type=int, default=100_000, help="random claims (default: 100000)")
    parser.add_argument("--forms", type=int, default=30_000, help="random normal forms (default: 30000)")
    parser.add_argument("--values", type=int, default=30_000, help="random enclosures (default: 30000)")
    parser.add_argument("--every", type=int, default=1, help="judge one mutant in so many; 0 for none (default: 1)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--first", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument(
        "--limit", type=float, default=1e9, help="seconds for each of claims, forms and values (default: none)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the short record, as CI prints it: 100,000 claims or five minutes of them, little of the rest",
    )
    parser.add_argument("--claim", type=int, help="show one claim and what became of it")
    options = parser.parse_args()
    if options.claim is not None:
        return show(options.claim)
    if options.quick:
        options.claims, options.limit = min(options.claims, 100_000), min(options.limit, 300)
        options.forms, options.values = min(options.forms, 10_000), min(options.values, 10_000)
        options.every = max(options.every, 200) if options.every else 0
    page, sound = record(
        options.claims,
        options.forms,
        options.values,
        options.every,
        options.jobs,
        options.first,
        options.limit,
        3 if options.quick else 10,
    )
    sys.stdout.write(page)
    return 0 if sound else 1


def show(seed: int) -> int:
    from symderiv.notation import latex

    made = make(seed)
    claim = made.claim
    print(f"{latex(claim.left)}\n  {claim.relation}\n{latex(claim.right)}\n")
    print(f"world {made.world}, meant {made.meant}, by {', '.join(made.rules) or 'nothing'}")
    for name, range_ in claim.context.ranges.items():
        print(f"  {name} in {range_.low}..{range_.high}")
    for head, definitions in claim.context.definitions.items():
        for d in definitions:
            print(f"  {head.name} {d.params} := {latex(d.body)}")
    for a in claim.context.assumptions:
        print(f"  assume {a.kind} {a.data}")
    outcome = trial(claim, seed)
    print(outcome.verdict)
    print(outcome.problem or "no problem", outcome.detail)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

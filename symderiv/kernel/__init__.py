"""The kernel: the only code that must be trusted. It judges claims, and only it makes verdicts.

It imports the terms, the standard library and python-flint, and nothing else. ``derivative`` holds the differentiation
table; ``atoms`` and ``polynomial`` the normal form; ``normal`` brings terms into it; ``conditions`` reads off side
conditions; ``forms`` and ``signs`` decide on normal forms; ``evaluate`` and ``search`` find certified counterexamples;
``generality`` turns one class into every class; ``prove`` judges; ``verdict`` seals. Why this is sound, and for what it
is complete, stands in ``SOUNDNESS.md`` beside this file.
"""

from symderiv.kernel.derivative import differentiate
from symderiv.kernel.prove import provable, prove, prove_all
from symderiv.kernel.verdict import Condition, Proved, Refuted, Scope, Undecided, Verdict, Witness

__all__ = [
    "Condition",
    "Proved",
    "Refuted",
    "Scope",
    "Undecided",
    "Verdict",
    "Witness",
    "differentiate",
    "provable",
    "prove",
    "prove_all",
]

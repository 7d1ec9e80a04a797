"""The kernel: the only code that must be trusted. Only it makes verdicts.

It imports the terms, the standard library and python-flint, and nothing else. ``derivative`` holds the differentiation
table; ``atoms`` and ``polynomial`` the normal form; ``normal`` brings terms into it; ``conditions`` reads off side
conditions; ``forms`` and ``signs`` decide on normal forms; ``case`` proves; ``generality`` turns one class into every
class; ``evaluate`` encloses values and ``convict`` refutes at a point that somebody proposes; ``verdict`` seals. What
to try, and at which points, is not its business but that of ``symderiv/judge``. Why this is sound, and for what it is
complete, stands in ``SOUNDNESS.md`` beside this file.
"""

from symderiv.kernel.derivative import differentiate
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
]

"""What other programs say of a trap: SymPy of the two sides in its own terms, Math-Verify of the two sides as printed.

Math-Verify reads LaTeX and is optional. Neither can say "false": silence counts against nobody, only the opposite of the
truth does. This module must never make an answer of its own.
"""

from __future__ import annotations

import logging
import signal
from types import SimpleNamespace

from tests.soundness.traps import Trap

EQUAL, NOT_SHOWN, NOT_READ = "equal", "not shown equal", "not read"


def sympy_names() -> SimpleNamespace:
    """The names that the SymPy forms use: families f, g, t; p(i) and L of softmax; symbols as an author would make them."""
    import sympy

    names = SimpleNamespace(
        **{
            n: getattr(sympy, n)
            for n in (
                "Sum",
                "Product",
                "exp",
                "log",
                "sqrt",
                "diff",
                "KroneckerDelta",
                "Abs",
                "Rational",
                "Gt",
                "true",
                "sin",
                "cos",
            )
        }
    )
    names.i, names.j, names.k, names.l, names.K, names.n = sympy.symbols("i j k l K n", integer=True, positive=True)
    names.x, names.a, names.b = sympy.symbols("x a b")
    names.xr, names.yr = sympy.symbols("x y", real=True)
    for family in "fgt":
        setattr(names, family, sympy.IndexedBase(family))
    total = sympy.Sum(sympy.exp(names.f[names.j]), (names.j, 1, names.K))
    names.p = lambda i: sympy.exp(names.f[i]) / total
    names.L = -sympy.Sum(names.t[names.i] * sympy.log(names.p(names.i)), (names.i, 1, names.K))
    return names


class _TooLong(Exception):
    pass


def _ring(number: int, frame: object) -> None:
    raise _TooLong


def sympy_says(trap: Trap, names: SimpleNamespace, seconds: int = 10) -> tuple[str, str]:
    """What ``simplify(left - right) == 0`` and ``left.equals(right)`` say: equal, not equal, no answer or an error."""
    import sympy

    if trap.sympy is None:
        return "", ""
    answers = []
    old = signal.signal(signal.SIGALRM, _ring)
    for method in ("simplify", "equals"):
        signal.alarm(seconds)
        try:
            left, right = (sympy.sympify(side) for side in trap.sympy(names))
            if isinstance(left, sympy.logic.boolalg.Boolean):
                answer = sympy.simplify(left)
                answers.append("equal" if answer == right else "no answer")
            elif method == "simplify":
                difference = sympy.simplify(left - right)
                answers.append("equal" if difference == 0 else "not simplified to 0")
            else:
                found = left.equals(right)
                answers.append({True: "equal", False: "not equal", None: "no answer"}[found])
        except _TooLong:
            answers.append(f"nothing in {seconds} s")
        except Exception as error:  # whatever SymPy raises is what it says
            answers.append(type(error).__name__)
        finally:
            signal.alarm(0)
    signal.signal(signal.SIGALRM, old)
    return answers[0], answers[1]


def math_verify_says(trap: Trap, seconds: int = 5) -> str:
    """Whether ``verify(parse(left), parse(right))``; "" without Math-Verify, and for a claim that is no equation."""
    try:
        from math_verify import LatexExtractionConfig, parse, verify  # type: ignore[import-not-found]
    except ImportError:
        return ""
    left, equals, right = trap.claim.partition(" = ")
    if not equals:
        return ""
    logging.getLogger("math_verify").setLevel(logging.CRITICAL)
    read = []
    for side in (left, right):
        found = parse(f"${side}$", [LatexExtractionConfig()], parsing_timeout=seconds)
        if not found or isinstance(found[0], str):  # what it cannot read it hands back as a string
            return NOT_READ
        read.append(found)
    return EQUAL if verify(*read, timeout_seconds=seconds) else NOT_SHOWN


def wrong(expected: str, *answers: str) -> bool:
    """Whether one of the answers is the opposite of the truth; silence is not wrong."""
    return ("not equal" if expected == "proved" else EQUAL) in answers

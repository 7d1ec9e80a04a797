"""symderiv proves derivations line by line, and writes derivations in which every line was proved.

>>> import symderiv
>>> from symderiv import terms
>>> x = terms.var("x")
>>> symderiv.prove(symderiv.Claim(x + x, "=", terms.num(2) * x)).scope
Scope(minimum=(), fixed=())

Names are loaded when they are first used: importing symderiv must never import SymPy, Jinja2 or anything else heavy.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symderiv.check import check
    from symderiv.derive import Derived, derive
    from symderiv.diagnostics import UserError
    from symderiv.kernel.verdict import Proved, Refuted, Undecided, Verdict
    from symderiv.terms import Assumption, Claim, Context, Definition, Range

__version__ = "0.1.0"

__all__ = [
    "Assumption",
    "Claim",
    "Context",
    "Definition",
    "Derived",
    "Proved",
    "Range",
    "Refuted",
    "Undecided",
    "UserError",
    "Verdict",
    "check",
    "derive",
    "prove",
]

_HOMES = {
    "symderiv.check": ("check",),
    "symderiv.derive": ("Derived", "derive"),
    "symderiv.diagnostics": ("UserError",),
    "symderiv.kernel.verdict": ("Proved", "Refuted", "Undecided", "Verdict"),
    "symderiv.terms": ("Assumption", "Claim", "Context", "Definition", "Range"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def prove(claim: Any, right: Any = None, **options: Any) -> Verdict:
    """Prove or refute one claim.

    ``prove(claim)`` takes a ``Claim``; ``prove(left, right, ...)`` takes two SymPy expressions (``Indexed``, ``Sum``,
    ``KroneckerDelta``, ``Derivative`` may occur) and the options of ``symderiv.sympy_engine.claim``. The verdict is
    ``Proved``, ``Refuted`` or ``Undecided``, and says so in a line if it is printed; nothing is raised for a claim that
    the kernel cannot decide. Raises UserError for what is no claim; a text is not one, because SymPy would run it as a
    program.
    """
    from symderiv import notation  # noqa: F401 (gives verdicts their words)
    from symderiv.diagnostics import UserError
    from symderiv.judge import prove as judge
    from symderiv.terms import Claim, Term

    if isinstance(claim, Claim):
        if right is not None or options:
            raise UserError("a Claim has both sides and all that it is said under: prove(claim) takes nothing else")
        sides: tuple[object, ...] = claim.left, claim.right
        if not all(isinstance(side, Term) for side in sides):
            raise UserError("the sides of a Claim are terms; prove(left, right) takes two SymPy expressions")
    else:
        if right is None:
            raise UserError("prove takes a Claim, or the two sides of one as SymPy expressions")
        from symderiv import sympy_engine

        claim = sympy_engine.claim(claim, right, **options)
    return judge(claim)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'symderiv' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Keeps ``symderiv.derive`` and ``symderiv.check`` the functions: importing the modules of these names would
    otherwise rebind them."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

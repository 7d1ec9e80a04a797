"""Verdicts, and the seal on them.

Only the kernel makes ``Proved`` and ``Refuted``: construction without the kernel's seal, ``dataclasses.replace``,
assignment, copying, pickling and subclassing all raise ``TypeError`` (or ``AttributeError``). Python cannot seal
against an attacker (``object.__new__`` and ``gc`` see everything); this seals against accidents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from symderiv.terms import Assumption, Claim, Term, Var

_SEAL = object()


@dataclass(frozen=True, slots=True)
class Scope:
    """The sizes for which a claim was proved.

    ``minimum`` are the symbolic sizes with the least value each may take; ``fixed`` the sizes that are numbers here.
    """

    minimum: tuple[tuple[str, int], ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        fixed = [f"{name} = {value}" for name, value in self.fixed]
        plain = [name for name, least in self.minimum if least <= 1]
        bounded = [f"{name} ≥ {least}" for name, least in self.minimum if least > 1]
        words = (["all " + ", ".join(plain)] if plain else []) + bounded + fixed
        return ", ".join(words) if words else "no sizes involved"


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold for both sides to be defined: ``term relation 0`` with ``relation`` ``!=``, ``>`` or ``>=``."""

    term: Term
    relation: str


@dataclass(frozen=True, slots=True)
class Witness:
    """A point at which a claim fails.

    ``sizes`` and ``indices`` map names to integers, ``values`` maps the variables (with concrete indices) to exact
    rationals; ``left`` and ``right`` are the two sides there, as decimals that are right to the last digit printed.
    """

    sizes: tuple[tuple[str, int], ...]
    indices: tuple[tuple[str, int], ...]
    values: tuple[tuple[Var, Fraction], ...]
    left: str
    right: str


class _Sealed:
    __slots__ = ()
    __match_args__: tuple[str, ...] = ()

    def __init__(self, *values: object, seal: object = None, **named: object) -> None:
        if seal is not _SEAL:  # before anything is written, so that a verdict cannot be made over either
            raise TypeError("only the kernel makes verdicts: call symderiv.prove(claim)")
        for name, value in zip(type(self).__match_args__, values, strict=True):
            object.__setattr__(self, name, value)

    def __init_subclass__(cls, *, kernel: object = None, **options: object) -> None:
        if kernel is not _SEAL:
            raise TypeError("verdicts cannot be subclassed")
        super().__init_subclass__(**options)

    def __copy__(self) -> NoReturn:
        raise TypeError("verdicts cannot be copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("verdicts cannot be copied")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("verdicts cannot be pickled: prove the claim again")

    def __getstate__(self) -> NoReturn:
        raise TypeError("verdicts cannot be pickled: prove the claim again")

    def __setstate__(self, state: object) -> NoReturn:
        raise TypeError("verdicts cannot be pickled: prove the claim again")


@dataclass(frozen=True, init=False)
class Proved(_Sealed, kernel=_SEAL):
    """``claim`` holds for every size in ``scope``, every index in range and every real value of the variables that
    satisfies ``given`` and the ``conditions``. ``argument`` says in a few words how it was shown. All this holds of the
    other claims of a conjunction, ``also``."""

    __slots__ = ("also", "argument", "claim", "conditions", "given", "scope")
    claim: Claim
    scope: Scope
    given: tuple[Assumption, ...]
    conditions: tuple[Condition, ...]
    argument: str
    also: tuple[Claim, ...]


def conjunction(proofs: Sequence[Proved]) -> Proved:
    """The verdict on the conjunction of several claims (the entries of a vector equation), each of them proved.

    Its claim is the first; the scope is what all have in common. Raises ValueError if there are none.
    """
    if not proofs:
        raise ValueError("nothing to prove")
    if len(proofs) == 1:
        return proofs[0]
    least: dict[str, int] = {}
    for proof in proofs:
        for name, value in proof.scope.minimum:
            least[name] = max(least.get(name, 1), value)
    fixed = dict(pair for proof in proofs for pair in proof.scope.fixed)
    given = tuple(dict.fromkeys(a for proof in proofs for a in proof.given))
    conditions = tuple(dict.fromkeys(c for proof in proofs for c in proof.conditions))
    scope = Scope(tuple(sorted(least.items())), tuple(sorted(fixed.items())))
    also = tuple(proof.claim for proof in proofs[1:])
    return Proved(proofs[0].claim, scope, given, conditions, f"{len(proofs)} entries, each proved", also, seal=_SEAL)


@dataclass(frozen=True, init=False)
class Refuted(_Sealed, kernel=_SEAL):
    """``claim`` fails at ``witness``, where every assumption holds and both sides are defined."""

    __slots__ = ("claim", "witness")
    claim: Claim
    witness: Witness


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither proved nor refuted; ``reason`` says why, ``tried`` what was tried. Anyone may say this."""

    claim: Claim | None
    reason: str
    tried: tuple[str, ...] = ()


Verdict = Proved | Refuted | Undecided

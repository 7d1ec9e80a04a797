"""Verdicts are made by the kernel or not at all: every way to come by another fails, for the reason it states."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable

import pytest

from symderiv.kernel import Proved, Refuted, Scope
from symderiv.terms import ONE, ZERO, Claim
from tests.kernel.claims import proved, refuted

FALSE = Claim(ONE, "=", ZERO)
SEALED = "only the kernel makes verdicts"


def true() -> Proved:
    return proved(ONE, ONE)


def false() -> Refuted:
    return refuted(ONE, ZERO)


FORGERIES: list[tuple[Callable[[], object], type[Exception], str]] = [
    (lambda: Proved(FALSE, Scope(), (), (), "trust me"), TypeError, SEALED),
    (lambda: Proved(claim=FALSE, scope=Scope(), given=(), conditions=(), argument=""), TypeError, SEALED),
    (lambda: Proved(FALSE, Scope(), (), (), "", seal=object()), TypeError, SEALED),
    (lambda: Proved(), TypeError, SEALED),
    (lambda: Refuted(FALSE, false().witness), TypeError, SEALED),
    (lambda: dataclasses.replace(true(), claim=FALSE), TypeError, SEALED),
    (lambda: true().__init__(FALSE, Scope(), (), (), ""), TypeError, SEALED),  # type: ignore[misc]
    (lambda: false().__init__(FALSE, false().witness), TypeError, SEALED),  # type: ignore[misc]
    (lambda: setattr(true(), "claim", FALSE), AttributeError, "cannot assign"),
    (lambda: setattr(true(), "remark", "new"), AttributeError, "cannot assign"),
    (lambda: setattr(true(), "__class__", Refuted), AttributeError, "cannot assign"),
    (lambda: delattr(true(), "conditions"), AttributeError, "cannot delete"),
    (lambda: vars(true()).update(claim=FALSE), TypeError, "__dict__"),
    (lambda: copy.copy(true()), TypeError, "cannot be copied"),
    (lambda: copy.deepcopy(false()), TypeError, "cannot be copied"),
    (lambda: pickle.dumps(true()), TypeError, "cannot be pickled"),
    (lambda: pickle.dumps(false(), protocol=0), TypeError, "cannot be pickled"),
    (lambda: true().__setstate__({"claim": FALSE}), TypeError, "cannot be pickled"),
    (lambda: type("Sure", (Proved,), {}), TypeError, "cannot be subclassed"),
    (lambda: type("Sure", (Refuted,), {}, kernel=True), TypeError, "cannot be subclassed"),
]


@pytest.mark.parametrize("number", range(len(FORGERIES)))
def test_forgery_fails(number: int) -> None:
    forge, error, reason = FORGERIES[number]
    with pytest.raises(error, match=reason):
        forge()


def test_a_failed_forgery_leaves_the_verdict_as_it_was() -> None:
    verdict = true()
    with pytest.raises(TypeError):
        verdict.__init__(FALSE, Scope(), (), (), "")  # type: ignore[misc]
    assert verdict.claim == Claim(ONE, "=", ONE)

"""Terms: equal ones are the same object for as long as one of them lives, and no longer."""

from __future__ import annotations

import gc
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from symderiv import terms
from symderiv.batch import check_many
from symderiv.judge import prove
from symderiv.kernel import Proved
from symderiv.terms import Claim, Term, add, exp, mul, var


def known() -> int:
    gc.collect()
    return len(terms._terms)


def test_a_term_that_nobody_holds_is_forgotten() -> None:
    before = known()
    term = add(*(mul(var("only-here", n), exp(var("only-here", n))) for n in range(100)))
    assert known() >= before + 200
    kept = term.parts[7]
    del term
    assert known() == before + 3  # the product and its two factors
    assert kept is mul(var("only-here", 7), exp(var("only-here", 7)))
    del kept
    assert known() == before


def test_a_deep_term_is_forgotten() -> None:
    before = known()
    term: Term = var("deep")
    for _ in range(200_000):
        term = add(term, var("deep"))
    del term
    assert known() == before


def test_equal_terms_are_the_same_object_however_they_come_about() -> None:
    term = exp(var("z", 2)) / var("S")
    assert pickle.loads(pickle.dumps(term)) is term
    name = repr(term)
    del term
    again = exp(var("z", 2)) / var("S")
    assert repr(again) == name and again is exp(var("z", 2)) / var("S")
    assert isinstance(prove(Claim(again, "=", again)), Proved)


def test_threads_make_the_same_terms() -> None:
    def made(_: int) -> list[Term]:
        return [exp(var("thread", n)) for n in range(2_000)]

    with ThreadPoolExecutor(8) as pool:
        first, *others = pool.map(made, range(8))
    assert all(a is b for other in others for a, b in zip(first, other, strict=True))


def test_nothing_of_a_document_stays_behind(tmp_path: Path) -> None:
    paths = []
    for n in range(30):
        paths.append(tmp_path / f"{n}.md")
        paths[-1].write_text(f"$$\nx_{{{n + 5}}} (a + b) = x_{{{n + 5}}} a + b x_{{{n + 5}}}\n$$\n", encoding="utf-8")
    assert all(record["steps"][0]["verdict"] == "proved" for record in check_many(paths[:5]))
    before = known()
    assert all(record["steps"][0]["verdict"] == "proved" for record in check_many(paths[5:]))
    assert known() <= before + 20

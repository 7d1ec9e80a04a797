"""The written argument, ``symderiv/kernel/SOUNDNESS.md``: its tests exist, and its claim of completeness is attacked."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from itertools import combinations, product

import pytest

from symderiv.judge import provable, prove
from symderiv.kernel import Proved, Refuted
from symderiv.terms import Claim, Context, Head, Range, Sum, Term, add, mul, var
from tests.conftest import ROOT

TEXT = (ROOT / "symderiv" / "kernel" / "SOUNDNESS.md").read_text(encoding="utf-8")
NAMED = re.findall(r"^\[(tests/[\w/]+\.py)::(\w+)\]$", TEXT, re.M)
K = Range(1, "K")


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_a_test_that_the_argument_names_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_lemma_names_a_test() -> None:
    parts = re.split(r"^(?=\*\*(?:Lemma|Theorem)|## )", TEXT, flags=re.M)
    for part in parts:
        if part.startswith("**"):
            assert re.search(r"^\[tests/", part, re.M), part[:60]
    assert len(NAMED) == len(re.findall(r"\btests/[\w/]+\.py::", TEXT)) >= 30


# Completeness: sums over connected multigraphs, an edge from a to b being f_ab (colour 0) or g_ab (colour 1)

Edges = tuple[tuple[int, int, int], ...]
FAMILIES = {Head(name, 2, 0): (K, K) for name in "fg"}
CONTEXT = Context({"i": K}, families=FAMILIES)


def graph(chance: random.Random) -> tuple[int, Edges]:
    """A number of bound indices, and edges between them and the free index 0."""
    bound = chance.randint(1, 3)
    edges = [(chance.randrange(2), *chance.sample((v, chance.randrange(v)), 2)) for v in range(1, bound + 1)]
    for _ in range(chance.randint(0, 2)):
        edges.append((chance.randrange(2), chance.randrange(bound + 1), chance.randrange(bound + 1)))
    return bound, tuple(edges)


def term(bound: int, edges: Edges, names: list[str]) -> Term:
    """The sum over all bound indices of the product of the edges; ``names`` begins with the free index."""
    body: Term = mul(*(var("fg"[colour], names[a], names[b]) for colour, a, b in edges))
    for name in names[1 : bound + 1]:
        body = Sum(name, K, body)
    return body


def values(bound: int, edges: Edges) -> Iterator[int]:
    """The sum for K = 1..4 and every free index, at integers of our own."""
    for size in range(1, 5):
        chance = random.Random(size)
        entries = {at: chance.randrange(1, 10**6) for at in product(range(2), range(size), range(size))}
        for free in range(size):
            total = 0
            for at in product(range(size), repeat=bound):
                place, piece = (free, *at), 1
                for colour, a, b in edges:
                    piece *= entries[colour, place[a], place[b]]
                total += piece
            yield total


@pytest.mark.parametrize("seed", range(40))
def test_complete_for_polynomials(seed: int) -> None:
    """The same sum with its indices renamed, its edges and sums in another order, is proved to be the same."""
    chance = random.Random(seed)
    parts, others = [], []
    for _ in range(chance.randint(1, 3)):
        bound, edges = graph(chance)
        parts.append(term(bound, edges, ["i", "j", "k", "l"]))
        order = chance.sample(range(1, bound + 1), bound)
        moved = {0: 0, **{v: n for n, v in enumerate(order, start=1)}}
        shuffled = [(c, moved[a], moved[b]) for c, a, b in edges]
        chance.shuffle(shuffled)
        others.append(term(bound, tuple(shuffled), ["i", *chance.sample(["j", "k", "l", "a", "b"], bound)]))
    left, right = mul(*parts, add(*parts)), add(*(mul(*others, other) for other in chance.sample(others, len(others))))
    verdict = prove(Claim(left, "=", right, CONTEXT))
    assert isinstance(verdict, Proved) and dict(verdict.scope.minimum) == {"K": 1} and not verdict.conditions


def test_different_sums_are_not_identified() -> None:
    """Of many pairs of sums, exactly those with the same values for K = 1..4 are proved equal; the others are refuted."""
    chance = random.Random(7)
    graphs = [graph(chance) for _ in range(150)]
    terms = [term(bound, edges, ["i", "j", "k", "l"]) for bound, edges in graphs]
    tables = [tuple(values(bound, edges)) for bound, edges in graphs]
    equal = refuted = 0
    for n, m in combinations(range(len(graphs)), 2):
        claim = Claim(terms[n], "=", terms[m], CONTEXT)
        if tables[n] == tables[m]:
            assert provable(claim) is not None, (graphs[n], graphs[m])
            equal += 1
        elif n % 7 == 0:
            assert provable(claim) is None, (graphs[n], graphs[m])
            if m % 50 == 0:
                assert isinstance(prove(claim), Refuted), (graphs[n], graphs[m])
                refuted += 1
    assert equal >= 20 and refuted >= 20

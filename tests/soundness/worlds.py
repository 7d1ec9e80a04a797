"""Worlds: the contexts in which random claims live, each with its families, definitions, assumptions and traps.

A world says which families there are and over what their indices run, which of them may be differentiated by, which
are defined, and what is assumed. Names of bound indices are drawn from the names of free ones on purpose, definitions
are written with indices named like those of the claim, and some mention an index that they do not bind.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from symderiv.terms import (
    ONE,
    Assumption,
    Context,
    Definition,
    Fn,
    Head,
    Range,
    Term,
    Var,
    exp,
    log,
    neg,
    num,
    total,
    var,
)

Definitions = dict[Head, tuple[Definition, ...]]


@dataclass
class World:
    """``families``: the ranges of the slots of each family; ``inputs``: what may be differentiated by;
    ``intermediates``: defined families that may be, too; ``positive``: families whose members are > 0 where the
    context says so; ``names``: free indices with their ranges; ``sizes``: the symbolic sizes."""

    name: str
    families: dict[Head, tuple[Range, ...]]
    names: dict[str, Range]
    sizes: tuple[str, ...]
    inputs: tuple[Head, ...] = ()
    intermediates: tuple[Head, ...] = ()
    positive: tuple[Head, ...] = ()
    definitions: dict[Head, tuple[Definition, ...]] = field(default_factory=dict)
    assumptions: tuple[Assumption, ...] = ()
    functions: tuple[str, ...] = ("exp", "log")
    opaque: bool = False
    minimum: Mapping[str, int] = field(default_factory=dict)
    held: frozenset[Head] = frozenset()
    dependent: frozenset[tuple[Head, Head]] = frozenset()
    through: Mapping[Head, tuple] = field(default_factory=dict)

    def context(self) -> Context:
        families = {head: ranges for head, ranges in self.families.items() if ranges}
        return Context(
            self.names,
            self.definitions,
            self.assumptions,
            families,
            minimum=self.minimum,
            dependent=self.dependent,
            through=self.through,
            held=self.held,
        )


def _size(rng: random.Random, name: str, small: int = 4) -> str | int:
    return name if rng.random() < 0.75 else rng.randint(1, small)


def _symbols(*ranges: Range) -> tuple[str, ...]:
    return tuple(sorted({r.high for r in ranges if isinstance(r.high, str)}))


def _pick(rng: random.Random, names: str, *but: str) -> str:
    return rng.choice([n for n in names if n not in but])


def softmax(rng: random.Random) -> World:
    r"""p_i = e^{f_i}/\sum_j e^{f_j}, L = -\sum_i t_i log p_i."""
    classes = Range(1, _size(rng, "K") if rng.random() < 0.92 else rng.randint(7, 8))
    names = dict.fromkeys("ijkl", classes)
    a = _pick(rng, "ijkl")
    b = _pick(rng, "ijkl", a)
    f, t, p, s, loss = Head("f", 1, 0), Head("t", 1, 0), Head("p", 1, 0), Head("S", 0, 0), Head("L", 0, 0)
    g = Head("g", 1, 0)
    partition: Term = total(b, classes, exp(var("f", b)))
    definitions: Definitions = {s: (Definition((), partition),)}
    body = exp(var("f", a)) / (var("S") if rng.random() < 0.5 else partition)
    definitions[p] = (Definition((a,), body),)
    c = _pick(rng, "ijkl")
    definitions[loss] = (Definition((), neg(total(c, classes, var("t", c) * log(var("p", c))))),)
    assumptions = []
    d = _pick(rng, "ijkl")
    choice = rng.random()
    if choice < 0.25:
        assumptions.append(Assumption("equation", (total(d, classes, var("t", d)), ONE), r"\sum t = 1"))
    elif choice < 0.45:
        assumptions.append(Assumption("onehot", (t, 0), "t one-hot"))
    elif choice < 0.6:
        assumptions.append(Assumption("binary", (t,), "t binary"))
        if rng.random() < 0.5:
            assumptions.append(Assumption("equation", (total(d, classes, var("t", d)), ONE), r"\sum t = 1"))
    if rng.random() < 0.5:
        assumptions.append(Assumption("positive", (g,), "g > 0"))
    choice = rng.random()
    if choice < 0.15:
        assumptions.append(Assumption("distinct", tuple(rng.sample("ijkl", 2)), "distinct"))
    elif choice < 0.3:
        assumptions.append(Assumption("equal", tuple(rng.sample("ijkl", 2)), "equal"))
    families = {f: (classes,), t: (classes,), p: (classes,), g: (classes,), s: (), loss: (), Head("c", 0, 0): ()}
    positive = (p, s) + ((g,) if any(a.kind == "positive" for a in assumptions) else ())
    minimum = {"K": rng.randint(2, 3)} if classes.high == "K" and rng.random() < 0.15 else {}
    held = frozenset({p}) if rng.random() < 0.04 else frozenset()
    return World(
        "softmax", families, names, _symbols(classes), (f, t, Head("c", 0, 0), g), (p, s), positive, definitions, tuple(assumptions),
        minimum=minimum, held=held,
    )  # fmt: skip


def weights(rng: random.Random) -> World:
    r"""z_k^{(i)} = \sum_q \theta_kq x_q^{(i)}, h_k^{(i)} = e^{z_k}/\sum_r e^{z_r}, J = -\sum_i \sum_k y_k^{(i)} log h_k^{(i)}."""
    classes, features, samples = (
        Range(1, _size(rng, "K", 3)),
        Range(rng.randint(0, 1), _size(rng, "n", 2)),
        Range(1, _size(rng, "m", 2)),
    )
    names = dict.fromkeys("kl", classes) | dict.fromkeys("qs", features) | dict.fromkeys("ir", samples)
    theta, x, y = Head(r"\theta", 2, 0), Head("x", 1, 1), Head("y", 1, 1)
    z, h, cost = Head("z", 1, 1), Head("h", 1, 1), Head("J", 0, 0)
    q = rng.choice("qsj")
    k, i = rng.choice("kl"), rng.choice("ir")
    definitions: Definitions = {
        z: (Definition((k, i), total(q, features, var(r"\theta", k, q) * var("x", q, sups=(i,)))),)
    }
    r = _pick(rng, "klqsu", k)
    definitions[h] = (Definition((k, i), exp(var("z", k, sups=(i,))) / total(r, classes, exp(var("z", r, sups=(i,))))),)
    a, b = rng.choice("ir"), rng.choice("kl")
    body = var("y", b, sups=(a,)) * log(var("h", b, sups=(a,)))
    definitions[cost] = (Definition((), neg(total(a, samples, total(b, classes, body)))),)
    assumptions = []
    if rng.random() < 0.5:
        free, bound = rng.choice("ir"), rng.choice("klqs")
        assumptions.append(
            Assumption("equation", (total(bound, classes, var("y", bound, sups=(free,))), ONE), r"\sum y = 1")
        )
    elif rng.random() < 0.5:
        assumptions.append(Assumption("onehot", (y, 0), "y one-hot"))
    if features.low == 0 and rng.random() < 0.5:
        assumptions.append(Assumption("equation", (var("x", 0, sups=(rng.choice("ir"),)), ONE), "x_0 = 1"))
    if rng.random() < 0.15:
        assumptions.append(
            Assumption(rng.choice(("distinct", "equal")), rng.choice((("k", "l"), ("q", "s"), ("i", "r"))), "case")
        )
    families = {
        theta: (classes, features),
        x: (features, samples),
        y: (classes, samples),
        z: (classes, samples),
        h: (classes, samples),
        cost: (),
    }
    return World(
        "weights",
        families,
        names,
        _symbols(classes, features, samples),
        (theta, x),
        (h, z),
        (h,),
        definitions,
        tuple(assumptions),
    )


def logistic(rng: random.Random) -> World:
    r"""s^{(i)} = \sigma(\sum_q w_q x_q^{(i)}), L = -\sum_i y^{(i)} log s^{(i)} + (1 - y^{(i)}) log(1 - s^{(i)})."""
    features, samples = Range(rng.randint(0, 1), _size(rng, "n", 2)), Range(1, _size(rng, "m", 2))
    names = dict.fromkeys("jqs", features) | dict.fromkeys("ir", samples)
    i, q = rng.choice("ir"), rng.choice("jqs")
    w, x, y, s, loss = Head("w", 1, 0), Head("x", 1, 1), Head("y", 0, 1), Head("s", 0, 1), Head("L", 0, 0)
    z = total(q, features, var("w", q) * var("x", q, sups=(i,)))
    definitions: Definitions = {s: (Definition((i,), Fn("sigmoid", z)),)}
    a = rng.choice("irjq")
    y_a, s_a = var("y", sups=(a,)), var("s", sups=(a,))
    definitions[loss] = (Definition((), neg(total(a, samples, y_a * log(s_a) + (ONE - y_a) * log(ONE - s_a)))),)
    assumptions = [Assumption("binary", (y,), "y binary")] if rng.random() < 0.5 else []
    families = {w: (features,), x: (features, samples), y: (samples,), s: (samples,), loss: ()}
    return World(
        "logistic",
        families,
        names,
        _symbols(features, samples),
        (w, x),
        (s,),
        (s,),
        definitions,
        tuple(assumptions),
        ("exp", "log", "sigmoid", "tanh"),
    )


def scalars(rng: random.Random) -> World:
    """Scalars, unknown functions, roots and kinks."""
    heads = [Head(n, 0, 0) for n in "abxyz"]
    definitions: Definitions = {}
    intermediates: tuple[Head, ...] = ()
    if rng.random() < 0.5:
        u = Head("u", 0, 0)
        body = rng.choice(
            (
                var("x") * var("y"),
                exp(var("x")) + var("a"),
                Fn("sigmoid", var("x")),
                var("x") / (ONE + var("y") * var("y")),
            )
        )
        definitions[u] = (Definition((), body),)
        heads.append(u)
        intermediates = (u,)
    assumptions = [Assumption("positive", (Head("a", 0, 0),), "a > 0")] if rng.random() < 0.5 else []
    positive = (Head("a", 0, 0),) if assumptions else ()
    if rng.random() < 0.2:
        assumptions.append(Assumption("binary", (Head("b", 0, 0),), "b binary"))
    if rng.random() < 0.2:
        assumptions.append(Assumption("equation", (var("z"), num(rng.choice((0, 1, 2)))), "z"))
    functions = ("exp", "log", "sigmoid", "tanh", "abs", "relu", "softplus", "sinh", "cosh", "sin", "cos")
    return World(
        "scalars", dict.fromkeys(heads, ()), {}, (), tuple(h for h in heads if h.name in "xyab"), intermediates, positive, definitions,
        tuple(assumptions), functions, rng.random() < 0.3,
    )  # fmt: skip


RANGES = [
    Range(1, "K"),
    Range(0, "K"),
    Range(2, "K"),
    Range(1, "m"),
    Range(0, "n"),
    Range(1, 3),
    Range(0, 2),
    Range(1, 1),
    Range(2, 3),
    Range(3, "K"),
    Range(1, 4),
    Range(0, 0),
]


def mixed(rng: random.Random) -> World:
    """Ranges of all kinds side by side, indices that wander between them, definitions that mention free indices."""
    one, two = rng.choice(RANGES), rng.choice(RANGES)
    three = rng.choice((one, two, *RANGES))
    names = dict.fromkeys("ij", one) | dict.fromkeys("kl", two) | dict.fromkeys("pq", three)
    u, v, a, g = Head("u", 1, 0), Head("v", 1, 0), Head("A", 2, 0), Head("g", 1, 0)
    families = {u: (one,), v: (two,), a: (one, two), g: (three,)}
    definitions: Definitions = {}
    w, e = Head("w", 1, 0), Head("E", 0, 0)
    bound = rng.choice("ijklpq")
    param = _pick(rng, "ijklpq", bound)
    definitions[w] = (
        Definition((param,), var("u", param) * total(bound, two, var("v", bound) * var("A", param, bound))),
    )
    families[w] = (one,)
    hidden = rng.choice("ij")
    other = _pick(rng, "ijklpq", hidden)
    definitions[e] = (Definition((), total(other, two, var("A", hidden, other)) + var("u", hidden)),)
    families[e] = ()
    if rng.random() < 0.1 and isinstance(one.high, int):
        definitions[u] = (Definition((max(one.low, 1),), num(rng.randint(1, 3))),)
    assumptions = []
    if rng.random() < 0.3:
        f = rng.choice("klpq")
        assumptions.append(Assumption("equation", (total(f, two, var("v", f)), ONE), r"\sum v = 1"))
    elif rng.random() < 0.2:
        f, h = rng.sample("ijklpq", 2)
        every = total(f, one, total(h, two, var("A", f, h)))
        assumptions.append(Assumption("equation", (every, ONE), r"\sum \sum A = 1"))
    if rng.random() < 0.25:
        f = rng.choice("ijklpq")
        assumptions.append(Assumption("equation", (var("g", f), num(rng.choice((0, 1)))), "g is constant"))
    elif rng.random() < 0.4:
        assumptions.append(Assumption("positive", (g,), "g > 0"))
    if rng.random() < 0.3:
        kind, names_ = rng.choice(("distinct", "equal")), rng.choice(("ij", "kl", "pq", "ijklpq"))
        assumptions.append(Assumption(kind, tuple(rng.sample(names_, 2)), "case"))
    if rng.random() < 0.2:
        assumptions.append(Assumption("binary", (v,), "v binary"))
    positive = (g,) if any(a.kind == "positive" for a in assumptions) else ()
    inputs = tuple(h for h in (u, v, a, g) if h not in definitions)
    return World(
        "mixed", families, names, _symbols(one, two, three), inputs, (w,), positive, definitions, tuple(assumptions)
    )


def layers(rng: random.Random) -> World:
    r"""Layers of which not everything is said: E depends on all through y, h on x in a way that nobody stated.

    Sometimes a rate is given, \partial h_j/\partial x_i = ..., or two of them that may contradict each other.
    """
    inputs, units = Range(1, _size(rng, "n", 2)), Range(1, _size(rng, "m", 2))
    if rng.random() < 0.3:
        units = inputs
    names = dict.fromkeys("ik", inputs) | dict.fromkeys("jl", units)
    w, x, y, e = Head("w", 2, 0), Head("x", 1, 0), Head("y", 1, 0), Head("E", rng.choice((0, 0, 1)), 0)
    h = Head("h", *rng.choice(((1, 0), (0, 1), (0, 0))))
    j = rng.choice("jlik")
    i = _pick(rng, "jlik", j)
    z = total(i, inputs, var("w", j, i) * var("x", i))
    body = rng.choice((z, exp(z), Fn("sigmoid", z), z * z, exp(var("x", 1)) * z))
    definitions: Definitions = {y: (Definition((j,), body),)}
    assumptions = []
    a, b = rng.choice("jlik"), rng.choice("jlik")
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        top = (a,) if h.subs + h.sups else ()
        version = "#1" + f"{h.subs:02}{h.sups:02}0100" if top else ""
        given = Var(f"\\partial h/\\partial x{version}", (*top, b), ())
        said = rng.choice((ONE, num(2), var("x", b), var("w", a, b) if top else var("x", 1)))
        assumptions.append(Assumption("equation", (given, said), r"\partial h/\partial x"))
    families = {w: (units, inputs), x: (inputs,), y: (units,), e: (units,) * e.subs, h: (units,) * (h.subs + h.sups)}
    return World(
        "layers",
        families,
        names,
        _symbols(inputs, units),
        (x, w, x),
        (y,),
        (y,) if isinstance(body, Fn) else (),
        definitions,
        tuple(assumptions),
        dependent=frozenset({(h, x)} | ({(h, y)} if rng.random() < 0.3 else set())),
        through={e: ((y, (units,)),)},
    )


WORLDS: tuple[Callable[[random.Random], World], ...] = (
    softmax,
    softmax,
    weights,
    logistic,
    scalars,
    scalars,
    mixed,
    mixed,
    mixed,
    layers,
    layers,
)


def member(head: Head, indices: tuple) -> Var:
    return Var(head.name, tuple(indices[: head.subs]), tuple(indices[head.subs :]))

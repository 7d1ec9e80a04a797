"""The same work done by others: SymPy with the logarithm split by hand, and tensorgrad if it is installed.

tensorgrad is under the AGPL and needs torch, so it is no dependency, not even for development. Run as a script, this
module prints tensorgrad's timings as JSON; that happens in a process of its own.
"""

from __future__ import annotations

import gc
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any


def median_seconds(work: Callable[[], Any], repeat: int) -> float:
    """The median time of a call, without garbage collection in between, as ``timeit`` measures.

    There are ``repeat`` calls at least, and more of short work, until a quarter of a second is full.
    """
    times: list[float] = []
    gc.collect()
    gc.disable()
    try:
        while len(times) < repeat or sum(times) < 0.25:
            start = time.perf_counter()
            work()
            times.append(time.perf_counter() - start)
    finally:
        gc.enable()
    return statistics.median(times)


def sympy_gradient(K: int) -> float:
    """Seconds for SymPy to prove all K entries p_k - t_k, by a user who knows how: E_k for e^{f_k}, t_K eliminated, and
    L = -sum t_k f_k + log S written down with its logarithm already split."""
    import sympy

    f = sympy.symbols(f"f1:{K + 1}", positive=True)
    powers = sympy.symbols(f"E1:{K + 1}", positive=True)
    free = sympy.symbols(f"t1:{K}", positive=True)
    targets = [*free, 1 - sympy.Add(*free)]
    start = time.perf_counter()
    total = sympy.Add(*powers)
    loss = -sympy.Add(*(t * x for t, x in zip(targets, f, strict=True))) + sympy.Add(*targets) * sympy.log(total)
    for power, score, target in zip(powers, f, targets, strict=True):
        slope = power * sympy.diff(loss, power) + sympy.diff(loss, score)
        residual = sympy.together(slope - (power / total - target))
        if sympy.expand(sympy.fraction(residual)[0]) != 0:
            raise AssertionError("the peer did not reach zero: this is no fair comparison")
    return time.perf_counter() - start


def sympy_latex(K: int) -> float:
    """Seconds for ``sympy.latex`` to print e^{f_k}/(e^{f_1} + ... + e^{f_K}) - t_k for all k."""
    import sympy

    f, t = sympy.symbols(f"f_1:{K + 1}", real=True), sympy.symbols(f"t_1:{K + 1}", real=True)
    total = sympy.Add(*map(sympy.exp, f))
    entries = [sympy.exp(score) / total - target for score, target in zip(f, t, strict=True)]
    start = time.perf_counter()
    for entry in entries:
        sympy.latex(entry)
    return time.perf_counter() - start


def import_sympy() -> tuple[float, float]:
    """Seconds for ``python -c "import sympy"``: of the whole process, and of the import inside it (medians of 5)."""
    code = "import time; start = time.perf_counter(); import sympy; print(time.perf_counter() - start)"
    inside = []

    def run() -> None:
        inside.append(float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout))

    whole = median_seconds(run, 5)
    return whole, statistics.median(inside)


def tensorgrad() -> dict[str, float] | None:
    """Seconds for tensorgrad on the four identities, or None if it is not installed."""
    if importlib.util.find_spec("tensorgrad") is None:
        return None
    result = subprocess.run([sys.executable, __file__], capture_output=True, check=True, timeout=600)
    found: dict[str, float] = json.loads(result.stdout.splitlines()[-1])
    return found


def _time_tensorgrad() -> dict[str, float]:
    import sympy
    import tensorgrad.functions as functions
    from tensorgrad import Derivative, Variable

    i, samples, inputs, outputs = sympy.symbols("i b x y")
    f, t = Variable("f", i=i), Variable("t", i=i)
    powers = functions.exp(f)
    softmax = powers / functions.sum(powers)
    loss = -functions.sum(t * functions.log(softmax))

    def gradient() -> Any:
        slope = Derivative(loss, f)
        edge = next(iter(slope.edges))
        renamed = softmax.rename(i=edge) * functions.sum(t) - t.rename(i=edge)
        return (slope - renamed).full_simplify()

    def jacobian() -> Any:
        slope = Derivative(softmax, f)
        edge = next(name for name in slope.edges if name != "i")
        right = functions.diag(softmax, ["i", edge]) - softmax * softmax.rename(i=edge)
        return (slope - right).full_simplify()

    def hessian() -> Any:
        second = Derivative(Derivative(loss, f), f)
        a, b = second.edges
        row = softmax.rename(i=a)
        right = functions.sum(t) * (functions.diag(softmax, [a, b]) - row * softmax.rename(i=b))
        return (second - right).full_simplify()

    def weights() -> Any:
        X, W = Variable("X", b=samples, x=inputs), Variable("W", x=inputs, y=outputs)
        Y = Variable("Y", b=samples, y=outputs)
        slope = Derivative(functions.sum(functions.cross_entropy(X @ W, Y, dim="y")), W)
        x, y = sorted(slope.edges)
        error = functions.softmax(X @ W, dim="y") * functions.sum(Y, dim="y") - Y
        return (slope - functions.sum(X * error, dim="b").rename(x=x, y=y)).full_simplify()

    return {work.__name__: median_seconds(work, 3) for work in (gradient, jacobian, hessian, weights)}


if __name__ == "__main__":
    print(json.dumps(_time_tensorgrad()))

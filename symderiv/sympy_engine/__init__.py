"""The SymPy engine: builds, differentiates and simplifies for a concrete number of classes, and speaks both languages.

The only room that imports SymPy. Its public functions take and return SymPy expressions; ``to_term``, ``from_term``
and ``claim`` translate between SymPy and the term language, ``second_opinion`` evaluates a claim at a point,
``rechecked`` asks for one on each verdict of a document, and ``softmax_values`` and ``weights_values`` are what the
derivation templates print. It must never be imported where nothing of SymPy is needed (``check``, the reader), and
never judge: that is the kernel's.
"""

from symderiv.sympy_engine.claims import claim, to_term
from symderiv.sympy_engine.derivatives import (
    Derivation,
    cross_entropy,
    derivation,
    gradient,
    hessian,
    jacobian,
    likelihood,
    logits,
    negative_log_likelihood,
    probabilities,
    simplify_softmax,
    softmax,
    split_log,
    targets,
)
from symderiv.sympy_engine.expressions import from_term
from symderiv.sympy_engine.opinion import SecondOpinion, second_opinion
from symderiv.sympy_engine.recheck import rechecked
from symderiv.sympy_engine.values import softmax_values, weights_values

__all__ = [
    "Derivation",
    "SecondOpinion",
    "claim",
    "cross_entropy",
    "derivation",
    "from_term",
    "gradient",
    "hessian",
    "jacobian",
    "likelihood",
    "logits",
    "negative_log_likelihood",
    "probabilities",
    "rechecked",
    "second_opinion",
    "simplify_softmax",
    "softmax",
    "softmax_values",
    "split_log",
    "targets",
    "to_term",
    "weights_values",
]

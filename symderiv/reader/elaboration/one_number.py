r"""Rules for functions of one number: ``\frac{d\sigma(z)}{dz} = \sigma(z)(1 - \sigma(z))`` beside a vector z.

Only where such a formula cannot be one of vectors is it one of numbers. This module must never take a letter for a
number in a formula that has another vector in it, nor where words say that a vector or a matrix comes.
"""

from __future__ import annotations

import re

from symderiv.reader.elaboration.calls import FUNCTIONS
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.grammar.nodes import names_in, says_vector
from symderiv.reader.letters.symbols import Symbols
from symderiv.reader.words.prose import Words

OF_VECTORS = Words(  # before a line: what comes is no number
    r"\bjacobi|\bhessian\b|\bhesse|\bmatri(?:x|ces|zen|z|zes)\b|\bgradient[\s-]+vectors?\b|\bGradient(?:en)?-?vektor|\bvecteur\s+gradient"
    r"|\bvector\s+gradiente|\b(?:vectors?|Vektor|vecteur|vector)\s+(?:of|der|des|de)\s+(?:(?:all|its|the|las|les)\s+)?(?:partial\w*\s+)?(?:deriv|dériv|Ableit)"
    r"|雅可比|ヤコビ|야코비|矩阵|矩陣|行列|행렬|梯度向量|勾配ベクトル",
    re.IGNORECASE,
)


def is_rule(left: syntax.Node, right: syntax.Node, symbols: Symbols) -> bool:
    """Whether a formula differentiates an expression in one letter, and names nothing else that has a meaning.

    Nothing in it is written for vectors, what is called is a known function, and other letters are constants.
    """
    functions = {*FUNCTIONS, *(name for name, subs in symbols.functions if not subs)}
    functions |= {name for name, kind in symbols.activations.items() if kind}
    match left:
        case syntax.DerivativeOp(body=syntax.Node() as body, variables=((syntax.Symbol(name=variable), _),)):
            pass
        case syntax.Product(
            factors=(
                syntax.Scripted(base=syntax.Symbol(name=name), sub=None, sup=None, primes=1 | 2),
                syntax.Group(open="(", body=syntax.Symbol(name=variable) as body),
            )
        ) if plain(name) in functions:
            body = left
        case _:
            return False
    others = {*names_in(left), *names_in(right)} - {plain(variable)}
    if symbols.softmax and r"\sigma" in others:
        return False
    meant = symbols.shapes.keys() | symbols.call_texts.keys() | symbols.arrays.keys()
    meant |= {name for name in others if symbols.defines(name, 0, 0)}
    if not symbols.defines("e", 0):
        meant.discard("e")  # e^x (e^x + 1) is no call
    written = plain(variable) in names_in(body) and not (says_vector(left) or says_vector(right))
    return written and not isinstance(body, syntax.Symbol) and not (others & meant) - functions

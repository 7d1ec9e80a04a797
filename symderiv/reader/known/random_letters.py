r"""Letters that words call random, and what words say of the law of a letter: "random inputs $a$", "$x$ is a state".

A random letter is no constant in an expectation, and no parameter of the law of another. This module must never go by
the letter alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from symderiv.document import InlineMath
from symderiv.reader.words.prose import ARE, Sentence, Words, named

_THINGS = (
    r"(?:(?:(?:real|scalar|input|output|latent|hidden|noise|design|data)\s+)?(?:variables?|inputs?|outputs?|vectors?|numbers?|features?|noise"
    r"|weights?|effects?|targets?|labels?|parameters?|regressors?|covariates?|quantit(?:y|ies)|Eingaben?|Eingänge|Größen?|Zahlen?)\s+)?"
)
CALLED_RANDOM = Words(
    rf"\b(?:random|stochastic|zufällige[nrs]?|Zufalls(?:variablen?|größen?))\s+{_THINGS}{named('after')}"
    rf"|\b(?:variables?\s+aléatoires?|variables?\s+aleatorias?|entrées\s+aléatoires)\s+{named('french')}"
    rf"|随机(?:变量|变數|输入)?\s*{named('chinese')}"
    rf"|{named('before')}\s*(?:(?:itself|themselves|here|selbst)\s+)?{ARE}"
    r"(?:(?:itself|themselves|also|now|here|then|again|assumed|taken|to\s+be|selbst|auch)\s+){0,4}"
    r"(?:random|stochastic|zufällig|aléatoires?|aleatori[ao]s?|随机)",
    re.IGNORECASE,
)
OF_A_LAW = Words(  # "$x$ is the state of a Markov chain with the stationary law $\pi$", "let $X$ have the density $g$"
    r"\b(?:laws?|states?|process(?:es)?|(?:Markov|the|a)\s+chains?|(?<!\bunder\s)(?<!\bunder\sthe\s)(?<!\bunder\sthis\s)densit(?:y|ies)"
    r"|mixtures?|Gesetz\w*|Zust[aä]nd\w*|Prozess\w*|\w*ketten?|\w*dichten?|Mischung\w*|lois?|états?|processus|chaînes?|densités?"
    r"|mélanges?|ley(?:es)?|estados?|procesos?|cadenas?|densidad(?:es)?|mezclas?)\b|状态|狀態|过程|過程|链|密度|定律|混合",
    re.IGNORECASE,
)
OF_A_DENSITY = Words(  # of a function that is one
    r"\b(?:densit|distribut|pdf\b|pmf\b|p\.d\.f|p\.m\.f|probabilit|likelihood|gaussian|normal\b|bernoulli|poisson"
    r"|\w*dichte|verteil|wahrscheinlich|densidad|distribuci|verosimil|vraisemblance|loi\s)|密度|分布|分佈|概率|確率|확률|밀도|분포",
    re.IGNORECASE,
)
OF_ANOTHER_USE = Words(  # of a function that is none
    r"\b(?:activation|activations|kernels?|loss|cost|objective|basis|feature|window|weight(?:ing)?|transfer|error|energy|test"
    r"|radial|bump|target|nonlinearity)\s+(?:functions?|maps?)\b|\b(?:activations?|kernels?|nonlinearity)\b"
    r"|\b(?:Aktivierungs|Kern|Verlust|Kosten|Basis)funktion\w*|\bfonctions?\s+d['’]activation|\bfunción(?:es)?\s+de\s+(?:activación|pérdida)"
    r"|激活函数|激活函數|核函数|损失函数",
    re.IGNORECASE,
)


def called(sentence: Sentence) -> Iterator[InlineMath]:
    """The formulas of a sentence that it calls random."""
    groups = [f"{place}{one}" for place in ("after", "french", "chinese", "before") for one in ("", "_one")]
    for found in CALLED_RANDOM.finditer(sentence.words):
        yield from sentence.formulas_in(found, *groups)


__all__ = ["OF_ANOTHER_USE", "OF_A_DENSITY", "OF_A_LAW", "called"]

r"""On what a quantity that is defined nowhere depends, as its notation says: ``p(y|x)``, ``\pi_\theta``, ``f(x; w)``.

This module must never call anything independent: it only knows what is written. So ``\pi_{\text{ref}}(y|x)`` beside
``\pi_\theta(y|x)`` is not said to depend on theta.
"""

from __future__ import annotations

import re

from symderiv.reader.grammar.names import shown
from symderiv.reader.indexed.layers import place
from symderiv.reader.letters.symbols import Symbols
from symderiv.terms import Head

OF_ITS_OWN = re.compile(  # what has parameters of its own, or none
    r"_\{(?:\\[a-z]+\{)?(?:ref\w*|sft|base|init\w*|data|prior|teacher|behaviou?r|true|expert|emp\w*|human|target)\}+\(",
    re.IGNORECASE,
)
NAME = re.compile(r"\\[A-Za-z]+(?:\{[^{}]*\})?|[A-Za-z]")


class Dependence:
    """What the notation of the whole document says."""

    def __init__(self, symbols: Symbols) -> None:
        self.symbols = symbols
        self._spoken_of: dict[str, set[str]] = {}

    def says(self, a: Head, b: Head) -> bool:
        """Whether the notation says that ``a`` depends on ``b``."""
        if self.set_apart(a, b):
            return False
        if "|" in a.name or a.name.startswith("\\operatorname{"):
            return True
        brace = a.name.find("_{")
        if brace >= 0 and b.name in a.name[brace:]:
            return True
        if a.name not in self._spoken_of:
            self._spoken_of[a.name] = self._speaks_of(a.name)
        return shown(b.name) in self._spoken_of[a.name]

    def set_apart(self, a: Head, b: Head) -> bool:
        r"""Whether ``a`` is the \pi_{ref}(y|x) beside a \pi_\theta(y|x), and ``b`` is theta."""
        named = OF_ITS_OWN.search(a.name)
        return named is not None and f"{a.name[: named.start()]}_{{{b.name}}}" in self.symbols.forms

    def _speaks_of(self, name: str) -> set[str]:
        """The names in the brackets after ``name``, or in the formula of another step, and what these depend on."""
        texts = () if name in self.symbols.shapes else self.symbols.call_texts.get(name, ())
        called = (text for text in texts if not text.startswith(("(+", "(*", "(-")))  # W (x + b) is a product
        names = {found for text in called for found in NAME.findall(text)}
        names.update(NAME.findall(name.partition("(")[2]))  # \phi(x)
        step = place(name)
        if step is not None and step["offset"]:
            names.add(name[: step.start()])  # h_{t-2} depends on what h_t depends on
        return self.symbols.speaks_of(names)

r"""Whether a name right before a bracket that holds one name is a function of it, or a factor before it.

``h_j(x)`` says on what h_j depends, ``y_k (p_k)`` is a product, and the rest of the document tells them apart. This
module must never look at what a name means.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from symderiv.reader.grammar.vocabulary import LOSSES, PARAMETERS

ALWAYS_FUNCTIONS = frozenset((*"fghFGZT", r"\phi", r"\psi", r"\varphi", r"\Phi", r"\Psi", r"\hat{f}", *LOSSES))
DISTRIBUTIONS = frozenset(("p", "q", "P", "Q", r"\pi", r"\rho"))
NEVER_FUNCTIONS = PARAMETERS | {"W", "x", "X", r"\delta"}
STEPS = frozenset("tsnkuC") | {r"\tau", r"\alpha", r"\lambda", r"\eta", r"\epsilon", r"\theta"}  # w(t), w(\lambda)
OUTPUTS = frozenset("pyqoa") | {r"\hat{y}", r"\hat{p}", r"\sigma"}  # what nothing but losses is a function of


@dataclass(slots=True)
class Uses:
    """How names stand in a document; a name and whether it has a subscript are one key.

    ``bare`` are those that stand without a bracket somewhere, ``calls`` those that are functions of a name by where
    they stand, and ``arguments`` what stands in the brackets after a name, with any index as any other.
    """

    bare: set[tuple[str, bool]] = field(default_factory=set)
    calls: set[tuple[str, str]] = field(default_factory=set)
    arguments: dict[tuple[str, bool], set[str]] = field(default_factory=dict)

    def tells(self, name: str, below: bool, of: str, known: bool) -> bool | None:
        """Whether ``name`` is a function of ``of`` (True), or a factor before it; None: that is in doubt.

        ``known``: what it is was said.
        """
        letter = name.partition("_{")[0]
        if of == name:
            return False
        is_word = letter.isalpha() and len(letter) > 1
        if letter in ALWAYS_FUNCTIONS or is_word or (name, below) not in self.bare or (name, of) in self.calls:
            return True
        if letter in DISTRIBUTIONS and not known and of not in OUTPUTS:
            return True
        if of in OUTPUTS or (letter in NEVER_FUNCTIONS and of not in STEPS):
            return False
        return None

    def always_alike(self, name: str, below: bool) -> bool:
        """Whether the brackets after ``name`` hold the same everywhere, but for the letters of indices."""
        return len(self.arguments.get((name, below), ())) <= 1

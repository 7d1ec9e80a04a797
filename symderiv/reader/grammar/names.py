r"""Names of symbols: fonts stripped where they only dress a letter, words of subscripts, Greek words.

``\mathbf{z}``, ``\vec z`` and ``z`` name the same family in nearly all texts; ``\mathcal{L}`` and ``\hat{y}`` are
symbols of their own. This module must never look anything up.
"""

from __future__ import annotations

import re

from symderiv.notation.printer import SLOT
from symderiv.reader.grammar import syntax

DRESS = tuple(
    f"\\{font}{{"
    for font in (
        "mathbf",
        "boldsymbol",
        "bm",
        "pmb",
        "vec",
        "mathrm",
        "mathit",
        "mathsf",
        "bf",
        "text",
        "textbf",
        "operatorname",
        "rm",
    )
)
GREEK_NAMES = frozenset({"sigma"})
_WHOLE = re.compile(
    r"V|D|[Vv]oc(?:ab\w*)?|[Dd]ata|[Tt]rain\w*|[Cc]orpus|[Aa]ll|[Cc]lasses|[Ll]abels|[Ww]ords|[Tt]okens"
)
GREEK_CAPITALS = frozenset(rf"\{name}" for name in "Gamma Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega".split())


def plain(name: str) -> str:
    r"""``\mathbf{z}`` -> ``z``, ``\hat{\mathbf{y}}`` -> ``\hat{y}``, ``\text{softmax}`` -> ``softmax``."""
    if not name.startswith("\\"):
        return name
    for prefix in DRESS:
        if name.startswith(prefix) and name.endswith("}"):
            return plain(name[len(prefix) : -1])
    brace = name.find("{")
    if brace > 0 and name.endswith("}") and name[:brace] not in (r"\mathcal", r"\mathbb", r"\mathfrak", r"\mathscr"):
        return f"{name[:brace]}{{{plain(name[brace + 1 : -1])}}}"
    return name


def letter(node: syntax.Symbol) -> str:
    return plain(node.name)


def index_word(node: syntax.Node) -> str:
    """A subscript that is part of a name, as text."""
    match node:
        case syntax.Symbol():
            return plain(node.name)
        case syntax.Number() | syntax.Text():
            return node.text
        case syntax.Product():
            return "".join(map(index_word, node.factors))
        case syntax.Tuple():
            return ",".join(map(index_word, node.items))
        case syntax.Scripted():
            inner = index_word(node.base)
            if node.sub is not None:
                inner += f"_{index_word(node.sub)}"
            return inner
        case syntax.Group():
            return f"{node.open}{index_word(node.body)}{node.close}"
        case syntax.Add():
            text = "".join(sign + index_word(term) for sign, term in node.terms)
            return text.removeprefix("+")
    return "?"


def shown(name: str) -> str:
    """A symbol's name as its author wrote it, without the version and the examples that it is read for."""
    return SLOT.sub(r"\1", re.split("[@#~]", name)[0])


def members(name: str) -> str:
    """The name of all members of a family, the A_k, where ``name`` by itself is something else."""
    return f"{name}_{{}}"


def of_members(name: str) -> str:
    """The family whose members are named so; "" if ``name`` is no such name."""
    return name.removesuffix("_{}") if name.endswith("_{}") else ""


def letter_of(index: str) -> str:
    """The letter of an index that stands for values: y for ``y'`` and ``y_w``."""
    return index.rstrip("'").partition("_")[0].rstrip("'")


def says(name: str, letter: str) -> bool:
    """Whether a name such as ``p(y|x)`` has ``letter`` among its arguments."""
    arguments = name.partition("(")[2]
    return bool(arguments) and letter in re.split(r"[(),|{}='_^]+", arguments)


def one_capital(name: str) -> tuple[bool, bool]:
    r"""Whether a name is one letter under its hats, with a label or none, and whether it is a capital."""
    stem = name.partition("^{")[0].partition("_{")[0].removeprefix("d ")
    while stem.startswith(("\\hat{", "\\tilde{", "\\bar{", "\\mathring{", "\\dot{")):
        stem = stem.partition("{")[2].removesuffix("}")
    capital = stem[:1].isupper() or (stem[:1] == "\\" and stem[1:2].isupper())
    return len(stem) == 1 or stem[:1] == "\\", capital


def is_whole(name: str) -> bool:
    """Whether a set is all that there is by its name: a vocabulary, the data."""
    return _WHOLE.fullmatch(re.sub(r"[\\{}]|math\w+|text\w*", "", name)) is not None

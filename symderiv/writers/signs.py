"""The signs and commands that the writers can set: how Typst calls each, how it takes space, and how wide it is.

Adding a sign is adding a row here (and, if MathML spells it differently, one in ``html``). Nothing that is not in
these tables is ever printed.
"""

from __future__ import annotations

# LaTeX symbol -> (Typst name, class, width in em). Classes as in TeX: ord, bin, rel, open, close, punct, op, big.
_GREEK = (
    "alpha beta gamma delta zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
)
_FUNCTIONS = "log exp ln sin cos tan sinh cosh tanh max min det dim arg"
SYMBOLS: dict[str, tuple[str, str, float]] = {
    **{rf"\{name}": (name, "ord", 0.78 if name[0].isupper() else 0.6) for name in _GREEK.split()},
    **{rf"\{name}": (name, "op", 0.5 * len(name) + 0.2) for name in _FUNCTIONS.split()},
    r"\epsilon": ("epsilon.alt", "ord", 0.5), r"\varepsilon": ("epsilon", "ord", 0.5),
    r"\phi": ("phi.alt", "ord", 0.6), r"\varphi": ("phi", "ord", 0.6), r"\vartheta": ("theta.alt", "ord", 0.6),
    r"\partial": ("partial", "ord", 0.56), r"\nabla": ("nabla", "ord", 0.8), r"\infty": ("infinity", "ord", 1.0),
    r"\ell": ("ell", "ord", 0.45), r"\top": ("top", "ord", 0.6), r"\prime": ("prime", "ord", 0.3),
    r"\odot": ("dot.o", "bin", 0.8), r"\otimes": ("times.o", "bin", 0.8), r"\circ": ("compose", "bin", 0.5),
    r"\cdot": ("dot.op", "bin", 0.3), r"\times": ("times", "bin", 0.8), r"\pm": ("plus.minus", "bin", 0.8),
    r"\ast": ("ast.op", "bin", 0.5), r"\div": ("div", "bin", 0.8),
    r"\ne": ("eq.not", "rel", 0.8), r"\neq": ("eq.not", "rel", 0.8), r"\le": ("lt.eq", "rel", 0.8),
    r"\leq": ("lt.eq", "rel", 0.8), r"\ge": ("gt.eq", "rel", 0.8), r"\geq": ("gt.eq", "rel", 0.8),
    r"\lt": ("lt", "rel", 0.8), r"\gt": ("gt", "rel", 0.8), r"\leqslant": ("lt.eq.slant", "rel", 0.8),
    r"\geqslant": ("gt.eq.slant", "rel", 0.8), r"\approx": ("approx", "rel", 0.8), r"\equiv": ("equiv", "rel", 0.8),
    r"\propto": ("prop", "rel", 0.8), r"\coloneqq": ("colon.eq", "rel", 1.0), r"\in": ("in", "rel", 0.7),
    r"\notin": ("in.not", "rel", 0.7), r"\to": ("arrow.r", "rel", 1.0), r"\mapsto": ("arrow.r.bar", "rel", 1.0),
    r"\rightarrow": ("arrow.r", "rel", 1.0), r"\Rightarrow": ("arrow.r.double", "rel", 1.0),
    r"\implies": ("arrow.r.double.long", "rel", 1.6), r"\iff": ("arrow.l.r.double.long", "rel", 1.8),
    r"\Longrightarrow": ("arrow.r.double.long", "rel", 1.6), r"\ll": ("lt.double", "rel", 1.0),
    r"\gg": ("gt.double", "rel", 1.0), r"\therefore": ("therefore", "rel", 0.7), r"\because": ("because", "rel", 0.7),
    r"\mid": ("divides", "rel", 0.3), r"\sim": ("tilde.op", "rel", 0.8), r"\subset": ("subset", "rel", 0.8),
    r"\forall": ("forall", "ord", 0.6), r"\exists": ("exists", "ord", 0.6), r"\setminus": ("without", "bin", 0.5),
    r"\cup": ("union", "bin", 0.7), r"\cap": ("inter", "bin", 0.7), r"\land": ("and", "bin", 0.7),
    r"\ldots": ("dots.h", "ord", 1.2), r"\dots": ("dots.h", "ord", 1.2), r"\dotsc": ("dots.h", "ord", 1.2),
    r"\cdots": ("dots.c", "ord", 1.2), r"\dotsb": ("dots.c", "ord", 1.2), r"\vdots": ("dots.v", "ord", 0.3),
    r"\ddots": ("dots.down", "ord", 1.2),
    r"\sum": ("sum", "big", 1.44), r"\prod": ("product", "big", 1.28), r"\int": ("integral", "ord", 0.7),
    r"\{": ("brace.l", "open", 0.5), r"\}": ("brace.r", "close", 0.5), r"\lbrace": ("brace.l", "open", 0.5),
    r"\rbrace": ("brace.r", "close", 0.5), r"\lvert": ("bar.v", "open", 0.3), r"\rvert": ("bar.v", "close", 0.3),
    r"\lVert": ("bar.v.double", "open", 0.5), r"\rVert": ("bar.v.double", "close", 0.5),
    r"\|": ("bar.v.double", "ord", 0.5), r"\vert": ("bar.v", "ord", 0.3), r"\langle": (r"\u{27e8}", "open", 0.4),
    r"\rangle": (r"\u{27e9}", "close", 0.4),
    r"\lbrack": ("bracket.l", "open", 0.3), r"\rbrack": ("bracket.r", "close", 0.3),
    r"\colon": ("colon", "punct", 0.3), r"\checkmark": ("checkmark", "ord", 0.8), r"\%": ("percent", "ord", 0.8),
    r"\square": ("square.stroked", "ord", 0.8), r"\#": ("hash", "ord", 0.8), r"\&": ("amp", "ord", 0.8),
    "+": ("plus", "bin", 0.78), "-": ("minus", "bin", 0.78), "*": ("ast.op", "bin", 0.5), "/": ("slash", "ord", 0.5),
    "=": ("eq", "rel", 0.78), "<": ("lt", "rel", 0.78), ">": ("gt", "rel", 0.78), ":": ("colon", "rel", 0.28),
    "(": ("paren.l", "open", 0.39), ")": ("paren.r", "close", 0.39), "[": ("bracket.l", "open", 0.28),
    "]": ("bracket.r", "close", 0.28), "|": ("bar.v", "ord", 0.28), ",": ("comma", "punct", 0.28),
    ";": ("semi", "punct", 0.28), ".": ("dot.basic", "ord", 0.28), "!": ("excl", "ord", 0.28),
    "?": ("quest", "ord", 0.5),
}  # fmt: skip
SPACES = {
    r"\,": 0.167, r"\:": 0.222, r"\>": 0.222, r"\;": 0.278, r"\!": -0.167, r"\ ": 0.33, r"\quad": 1.0, r"\qquad": 2.0,
    "~": 0.33, r"\hfill": 1.0, r"\enspace": 0.5, r"\thinspace": 0.167,
}  # fmt: skip
STYLES = {r"\displaystyle": 0, r"\textstyle": 1, r"\scriptstyle": 2}
ACCENTS = ("hat", "bar", "tilde", "vec", "dot", "widehat", "widetilde", "overline", "underline")
FONTS = ("mathbf", "mathrm", "mathcal", "mathbb", "mathit", "mathsf", "mathfrak", "boldsymbol", "bm")
STRIKES = ("cancel", "bcancel", "xcancel")
WORDS = ("text", "textrm", "textnormal", "mbox", "textit", "textbf", "intertext")
# command -> number of arguments
ARGUMENTS: dict[str, int] = {
    **{rf"\{name}": 1 for name in (*ACCENTS, *FONTS, *STRIKES, "boxed", "sqrt", "underbrace", "overbrace", "smash")},
    **{rf"\{name}": 2 for name in ("frac", "dfrac", "tfrac", "binom", "textcolor", "overset", "underset", "stackrel")},
    r"\operatorname": 1, r"\substack": 1, r"\phantom": 1, r"\textcircled": 1, r"\mathbin": 1, r"\mathrel": 1,
}  # fmt: skip
BIG = {
    rf"\{size}{side}": factor
    for size, factor in (("big", 1.2), ("Big", 1.8), ("bigg", 2.4), ("Bigg", 3.0))
    for side in ("l", "r", "", "m")
}
MATRICES = {
    "pmatrix": "()",
    "bmatrix": "[]",
    "vmatrix": "||",
    "Bmatrix": "{}",
    "matrix": "",
    "smallmatrix": "",
    "array": "",
}
ALIGNED = ("aligned", "split", "gathered", "alignedat")
COMMANDS = frozenset(
    (
        *(name for table in (SYMBOLS, SPACES, STYLES, ARGUMENTS, BIG) for name in table if name.startswith("\\")),
        *(rf"\{name}" for name in (*WORDS, "left", "middle", "right", "limits", "nolimits", "begin", "end", "cr")),
        *(rf"\{name}" for name in ("label", "tag", "notag", "nonumber", "\\", "$", "_", "\n")),
    )
)
"""Every command that a formula may hold, as it is written."""

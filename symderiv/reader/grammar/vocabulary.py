r"""The words of LaTeX mathematics that the parser knows: one table a kind of word.

A new symbol, relation, operator or function name is one entry here. This module holds data only.
"""

from __future__ import annotations

_GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa lambda mu nu xi
    omicron pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi
    Sigma Upsilon Phi Psi Omega digamma"""
_LETTERLIKE = """ell infty hbar imath jmath Re Im aleph emptyset varnothing top bot dagger ddagger star ast square Box
    blacksquare wp mho flat sharp natural angle triangle diamond checkmark complement intercal surd"""

SYMBOLS = frozenset("\\" + name for name in (_GREEK + " " + _LETTERLIKE).split()) - {r"\star", r"\ast"}

# Canonical names of relations; the elaborator knows these and no other spelling.
RELATIONS: dict[str, str] = {
    "=": "=", "==": "=", r"\equiv": "=", r"\eq": "=", "=:": "=",
    ":=": ":=", r"\coloneqq": ":=", r"\coloneq": ":=", r"\triangleq": ":=", r"\doteq": ":=", r"\eqdef": ":=",
    r"\defeq": ":=", r"\eqqcolon": "=", r"\doteqdot": ":=",
    "<": "<", r"\lt": "<", ">": ">", r"\gt": ">",
    "<=": "<=", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\leqq": "<=",
    ">=": ">=", r"\ge": ">=", r"\geq": ">=", r"\geqslant": ">=", r"\geqq": ">=",
    "!=": "!=", r"\ne": "!=", r"\neq": "!=",
    r"\ll": "<<", r"\gg": ">>",
    r"\approx": "approx", r"\simeq": "approx", r"\cong": "approx", r"\approxeq": "approx",
    r"\propto": "propto", r"\varpropto": "propto", r"\sim": "sim", r"\thicksim": "sim",
    r"\in": "in", r"\notin": "notin", r"\ni": "ni",
    r"\subset": "subset", r"\subseteq": "subset", r"\supset": "supset", r"\supseteq": "supset",
    r"\to": "to", r"\rightarrow": "to", r"\longrightarrow": "to", "->": "to", r"\mapsto": "mapsto",
    r"\longmapsto": "mapsto", r"\leftarrow": "gets", r"\longleftarrow": "gets", r"\gets": "gets",
    r"\Rightarrow": "implies", r"\Longrightarrow": "implies", r"\implies": "implies", "=>": "implies",
    "==>": "implies", r"\Leftarrow": "impliedby", r"\impliedby": "impliedby", r"\Longleftarrow": "impliedby",
    r"\iff": "iff", r"\Leftrightarrow": "iff", r"\Longleftrightarrow": "iff", "<=>": "iff",
    r"\leftrightarrow": "iff", r"\longleftrightarrow": "iff", r"\leadsto": "to", r"\rightsquigarrow": "to",
    r"\therefore": "therefore", r"\because": "because",
    "+=": "+=", "-=": "-=", r"\rightleftharpoons": "to", r"\leftrightharpoons": "to", r"\hookrightarrow": "to",
    r"\rightharpoonup": "to", r"\nearrow": "to", r"\searrow": "to", r"\uparrow": "to", r"\downarrow": "to",
    r"\succ": "succ", r"\prec": "prec", r"\succeq": "succeq", r"\preceq": "preceq", r"\perp": "perp",
}  # fmt: skip
NOT = {"=": r"\ne", r"\equiv": r"\ne", r"\in": r"\notin", r"\eq": r"\ne"}
STACKED = {r"\stackrel", r"\overset", r"\underset"}
STRETCHED = {r"\xlongequal": "=", r"\xrightarrow": "to", r"\xRightarrow": "implies", r"\xleftarrow": "gets",
             r"\xlongrightarrow": "to", r"\xLongrightarrow": "implies", r"\xmapsto": "mapsto",
             r"\xLeftrightarrow": "iff"}  # fmt: skip

SIGNS = frozenset({"+", "-", r"\pm", r"\mp"})
OPERATORS: dict[str, str] = {
    name: name
    for name in r"* \times \odot \circ \otimes \oslash \bullet \div \star \oplus \ominus \cup \cap \setminus \wedge "
    r"\vee . \cdot \bmod \circledast \boxtimes \rtimes \ltimes \amalg \uplus".split()
} | {r"\ast": "*", r"\cdotp": r"\cdot", r"\land": r"\wedge", r"\lor": r"\vee", r"\centerdot": r"\cdot",
     r"\smallsetminus": r"\setminus", r"\boldsymbol\cdot": r"\cdot", r"\backslash": r"\setminus",
     r"\bigodot": r"\odot"}  # fmt: skip

OPENERS: dict[str, str] = {  # as written -> (as in Group.open)
    "(": "(", "[": "[", r"\{": r"\{", r"\lbrace": r"\{", r"\langle": r"\langle", r"\lfloor": r"\lfloor",
    r"\lceil": r"\lceil", r"\lvert": "|", r"\lVert": r"\|", r"\left.": ".", r"\lparen": "(", r"\lbrack": "[",
}  # fmt: skip
CLOSERS: dict[str, str] = {
    ")": ")", "]": "]", r"\}": r"\}", r"\rbrace": r"\}", r"\rangle": r"\rangle", r"\rfloor": r"\rfloor",
    r"\rceil": r"\rceil", r"\rvert": "|", r"\rVert": r"\|", r"\right.": ".", r"\rparen": ")", r"\rbrack": "]",
}  # fmt: skip
PARTNER = {"(": ")", "[": "]", r"\{": r"\}", r"\langle": r"\rangle", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil",
           "|": "|", r"\|": r"\|", ".": "."}  # fmt: skip
BARS = {"|": "|", r"\vert": "|", r"\|": r"\|", r"\Vert": r"\|"}
DELIMITERS = frozenset({*OPENERS, *CLOSERS, *BARS, "<", ">", ".", "/"})

FONTS: dict[str, str] = {
    r"\mathbf": r"\mathbf", r"\bf": r"\mathbf", r"\bold": r"\mathbf", r"\textbf": r"\mathbf", r"\mathbfit": r"\mathbf",
    r"\boldsymbol": r"\boldsymbol", r"\bm": r"\boldsymbol", r"\pmb": r"\boldsymbol", r"\symbf": r"\mathbf",
    r"\mathcal": r"\mathcal", r"\cal": r"\mathcal", r"\mathscr": r"\mathscr", r"\mathfrak": r"\mathfrak",
    r"\frak": r"\mathfrak", r"\mathbb": r"\mathbb", r"\mathbbm": r"\mathbb", r"\Bbb": r"\mathbb",
    r"\mathds": r"\mathbb",
    # Upright fonts over anything but a plain word (which the tokenizer has already joined) change nothing.
    r"\mathrm": "", r"\mathsf": "", r"\mathit": "", r"\mathtt": "", r"\mathnormal": "", r"\rm": "", r"\it": "",
    r"\sf": "", r"\tt": "", r"\ensuremath": "", r"\operatorname": "", r"\textsf": "",
}  # fmt: skip
SWITCHES = frozenset({r"\bf", r"\rm", r"\cal", r"\it", r"\sf", r"\tt", r"\frak"})
ACCENTS: dict[str, str] = {
    "\\" + name: "\\" + canonical
    for canonical, names in {
        "hat": "hat widehat", "bar": "bar", "tilde": "tilde widetilde", "vec": "vec overrightarrow", "dot": "dot",
        "ddot": "ddot", "check": "check widecheck", "breve": "breve", "acute": "acute", "grave": "grave",
        "mathring": "mathring", "overline": "overline", "underline": "underline", "utilde": "utilde",
    }.items()
    for name in names.split()
}  # fmt: skip

BIG = {"\\" + name: "\\" + name for name in """sum prod coprod int iint iiint oint bigcup bigcap bigoplus bigotimes
    bigvee bigwedge max min sup inf lim limsup liminf argmax argmin""".split()}  # fmt: skip
CAPITALS = {r"\Sigma": r"\sum", r"\Pi": r"\prod"}  # letters that some authors take for these operators
APPLIED_WITH_BRACKET = frozenset({r"\max", r"\min", r"\sup", r"\inf"})  # \max(0, x); \max_i x_i is a BigOp

# Functions known by command; the name in the tree has no backslash.
FUNCTIONS: dict[str, str] = {"\\" + name: name for name in """log ln lg exp sin cos tan cot sec csc sinh cosh tanh coth
    arcsin arccos arctan det dim ker deg gcd Pr tr rank diag softmax sigmoid softplus relu""".split()}  # fmt: skip
# Commands that no package has, but many authors: read as what they are called.
FUNCTIONS |= {r"\Exp": "exp", r"\Log": "log", r"\Tr": "tr", r"\trace": "tr", r"\Diag": "diag", r"\ReLU": "relu"}

# Words that name a function, spelled as letters or in \text, \mathrm, \operatorname; canonical command or name.
WORDS: dict[str, str] = {
    **{name: "\\" + name for name in "log ln exp sin cos tan sinh cosh tanh max min argmax argmin det tr".split()},
    **{name: "\\" + name.lower() for name in "Log Ln Exp Tanh Tr Det Max Min".split()},
    "softplus": "softplus", "logistic": "logistic", "sigm": "sigm", "softmax": "softmax", "Softmax": "softmax",
    "SoftMax": "softmax", "sigmoid": "sigmoid", "Sigmoid": "sigmoid",
    "relu": "relu", "ReLU": "relu", "ReLu": "relu", "Relu": "relu", "RELU": "relu", "diag": "diag", "Diag": "diag",
    "sqrt": "sqrt", "trace": "tr", "Trace": "tr", "arg max": r"\argmax", "arg min": r"\argmin", "lim": r"\lim",
    "inf": r"\inf",
}  # fmt: skip
# Commands that the web renderers of LaTeX know, beside those of LaTeX itself.
SPELLINGS: dict[str, str] = {
    r"\part": r"\partial", r"\infin": r"\infty", r"\lang": r"\langle", r"\rang": r"\rangle", r"\isin": r"\in",
    r"\sdot": r"\cdot", r"\exist": r"\exists", r"\plusmn": r"\pm", r"\rarr": r"\to", r"\thetasym": r"\vartheta",
    r"\^": "^",  # as some renderers of Markdown want it
}  # fmt: skip
# Among these, the letters alone are a word wherever they stand; the others only before a bracket or a script.
ALWAYS_WORDS = frozenset({"log", "ln", "exp", "tanh", "softmax", "Softmax", "sigmoid", "Sigmoid", "ReLU", "relu",
                          "Log", "Exp", "SoftMax", "softplus", "cosh", "sinh"})  # fmt: skip
BRACKET_WORDS = frozenset({"max", "min", "diag", "sqrt", "tr", "Tr", "det", "argmax", "argmin", "sin", "cos", "Relu",
                           "RELU", "trace", "Diag"})  # fmt: skip

# Quantities that people call by a word, wherever its letters stand without a gap: net_{h1}, out_{o1}, KL.
QUANTITIES = frozenset("net out err error loss cost Loss Cost KL MSE BCE NLL RSS SSE ELBO".split())

ELLIPSES = {r"\ldots": r"\ldots", r"\dots": r"\ldots", r"\cdots": r"\cdots", r"\vdots": r"\vdots",
            r"\ddots": r"\ddots", r"\dotsc": r"\ldots", r"\dotsb": r"\cdots", r"\dotsm": r"\cdots",
            r"\dotsi": r"\cdots", r"\dotso": r"\ldots", r"\iddots": r"\ddots", "..": "..", r"\hdots": r"\ldots",
            r"\mathellipsis": r"\ldots"}  # fmt: skip

DECORATIONS = {"\\" + name: name for name in """underbrace overbrace cancel bcancel xcancel boxed fbox bbox textcolor
    colorbox overparen underparen underbracket overbracket sout enclose framebox smash""".split()}  # fmt: skip
FRACTIONS = {r"\frac": "frac", r"\dfrac": "frac", r"\tfrac": "frac", r"\cfrac": "frac", r"\nicefrac": "/",
             r"\sfrac": "/", r"\flatfrac": "/"}  # fmt: skip
BINOMIALS = frozenset({r"\binom", r"\dbinom", r"\tbinom"})
REFUSED = {r"\choose": "a binomial", r"\atop": r"\atop", r"\pmod": r"\pmod", r"\mod": r"\mod",
           r"\forall": "a quantifier", r"\exists": "a quantifier", r"\sideset": r"\sideset",
           r"\includegraphics": "a picture", r"\href": "a link", r"\genfrac": r"\genfrac"}  # fmt: skip

ROW_ENVIRONMENTS = frozenset("""aligned align alignedat alignat split gathered gather multline multlined eqnarray
    equation flalign displaymath math IEEEeqnarray dmath""".split())  # fmt: skip
CASES_ENVIRONMENTS = frozenset({"cases", "dcases", "rcases", "drcases", "numcases", "subnumcases"})
MATRIX_ENVIRONMENTS = frozenset("matrix pmatrix bmatrix vmatrix Vmatrix Bmatrix smallmatrix array".split())

QUANTIFIERS = {r"\forall": "for all", r"\exists": "exists"}
TOMBSTONES = frozenset({r"\square", r"\blacksquare", r"\Box", r"\qed", r"\qedsymbol", r"\qedhere", r"\blacktriangle"})

# First words of prose, so that \text{for } is a remark and \text{softmax} a symbol.
PROSE = frozenset("""if when for where with and or otherwise else then since as because so thus hence therefore let by
    from using note given case cases iff such that both any all each every is are the a an of on we now also whenever
    while to in since, si sinon pour où donc avec et cuando para donde si y con wenn falls sonst und mit für except
    unless but not via subject assume assuming suppose supposing provided
    当 若 故 即 则 且 设 令 和 或 如果 对于 其中 если при где для
    jeśli gdy dla nếu khi với もし 만약""".split())  # fmt: skip
ABBREVIATED = frozenset("i.e. e.g. s.t. w.r.t. etc. resp. a.s. a.e. q.e.d. i.i.d. cf. viz. bzw. z.b. d.h.".split())
STAGES = frozenset("new old prev next before after opt true train test".split())
"""Words raised above a symbol that tell several of its kind apart: ``w^{new} = w^{old} - ...``."""

CONDITIONAL = frozenset("""if when for whenever case where with si pour cuando para wenn falls für while unless given
    any all each every 当 若 如果 对于 если при для jeśli gdy dla nếu khi もし 만약""".split())  # fmt: skip

_UNICODE = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon", "ϵ": r"\epsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ϑ": r"\vartheta", "ι": r"\iota", "κ": r"\kappa", "λ": r"\lambda",
    "μ": r"\mu", "µ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "π": r"\pi", "ρ": r"\rho", "σ": r"\sigma", "ς": r"\varsigma",
    "τ": r"\tau", "υ": r"\upsilon", "φ": r"\varphi", "ϕ": r"\phi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
    "Γ": r"\Gamma", "Δ": r"\Delta", "∆": r"\Delta", "Θ": r"\Theta", "Λ": r"\Lambda", "Ξ": r"\Xi", "Π": r"\Pi",
    "Σ": r"\Sigma", "Υ": r"\Upsilon", "Φ": r"\Phi", "Ψ": r"\Psi", "Ω": r"\Omega", "ℓ": r"\ell", "∞": r"\infty",
    "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "∏": r"\prod", "∫": r"\int", "√": r"\sqrt",
    "≠": r"\ne", "≤": r"\le", "≥": r"\ge", "⩽": r"\le", "⩾": r"\ge", "≈": r"\approx", "∼": r"\sim", "∝": r"\propto",
    "∈": r"\in", "∉": r"\notin", "≡": r"\equiv", "≔": ":=", "≜": r"\triangleq", "⊂": r"\subset", "⊆": r"\subseteq",
    "→": r"\to", "⟶": r"\to", "↦": r"\mapsto", "←": r"\gets", "⇒": r"\Rightarrow", "⟹": r"\Rightarrow",
    "⇔": r"\iff", "⟺": r"\iff", "∴": r"\therefore", "∵": r"\because", "≪": r"\ll", "≫": r"\gg", "≃": r"\simeq",
    "·": r"\cdot", "⋅": r"\cdot", "∙": r"\cdot", "•": r"\bullet", "×": r"\times", "÷": r"\div", "−": "-", "–": "-",
    "∗": "*", "⊙": r"\odot", "⊗": r"\otimes", "⊘": r"\oslash", "⊕": r"\oplus", "∘": r"\circ", "±": r"\pm",
    "∓": r"\mp", "∪": r"\cup", "∩": r"\cap", "∖": r"\setminus", "∕": "/", "⁄": "/", "′": "'", "″": "''", "…": r"\ldots",
    "⋯": r"\cdots", "⋮": r"\vdots", "⋱": r"\ddots", "⟨": r"\langle", "⟩": r"\rangle", "⌊": r"\lfloor",
    "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "∣": "|", "‖": r"\|", "∥": r"\|", "∀": r"\forall",
    "∃": r"\exists", "∅": r"\emptyset", "⊤": r"\top", "⊥": r"\bot", "†": r"\dagger", "□": r"\square",
    "■": r"\blacksquare", "∎": r"\blacksquare", "，": ",", "。": ".", "；": ";", "：": ":", "（": "(", "）": ")",
    "＝": "=", "＋": "+", "－": "-", "、": ",", "’": "'", "‘": "'", "‐": "-", "𝟙": r"\mathbb{1}", "ⅇ": "e",
}  # fmt: skip
UNICODE: dict[str, str] = _UNICODE
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁱⁿᵀᵗᵏʲᵐ", "0123456789+-()inTtkjm", strict=True))
SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼₖₗₘₙₜᵣₐₑₓ", "0123456789+-()ijklmntraex", strict=True))

MOMENTS = {"Var": 1, r"\mathbb{V}": 1, "Cov": 2}
"""The variance and the covariance, and of how many random variables they are."""

PARAMETERS = frozenset(("w", r"\theta", r"\beta"))
"""Letters for what losses are minimised by."""

INDEX_LETTERS = frozenset("ijklmnpqrstcdabuvgh")  # that may run over a range
IDENTITY = frozenset({"I", r"\mathbb{I}"})  # the letters of the identity matrix
LOSSES = ("L", "J", "C", "E", "l", r"\ell", r"\mathcal{L}", r"\mathcal{J}", r"\mathcal{C}", "loss", "cost", "Loss")
"""Letters for what is minimised."""

BOLD = (r"\mathbf{", r"\boldsymbol{", r"\bm{", r"\pmb{", r"\vec{")
"""Fonts and accents that tell vectors and matrices from numbers."""

ELEMENTWISE = (r"\odot", r"\circ", r"\oslash", r"\bullet")
"""Operators of products and quotients entry by entry."""

r"""LaTeX snippets as readable Unicode on one line, for messages in a terminal.

``\frac{\partial L}{\partial f_k}`` becomes ``∂L/∂f_k``. It is a rough picture for people, made without understanding
the mathematics: it must never fail, whatever the snippet, and nothing may be decided or read back from what it gives.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Upsilon": "Υ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
_SYMBOLS = _GREEK | {
    "partial": "∂", "part": "∂", "nabla": "∇", "sum": "Σ", "prod": "Π", "int": "∫", "infty": "∞", "ell": "ℓ",
    "cdot": "·", "bigodot": "⨀",
    "times": "×", "odot": "⊙", "otimes": "⊗", "circ": "∘", "pm": "±", "mp": "∓", "ne": "≠", "neq": "≠", "le": "≤",
    "leq": "≤", "ge": "≥", "geq": "≥", "ll": "≪", "gg": "≫", "approx": "≈", "sim": "∼", "equiv": "≡", "propto": "∝",
    "in": "∈", "notin": "∉", "subset": "⊂", "to": "→", "rightarrow": "→", "Rightarrow": "⇒", "implies": "⇒",
    "iff": "⇔", "mapsto": "↦", "ldots": "…", "cdots": "⋯", "dots": "…", "vdots": "⋮", "ddots": "⋱", "prime": "′",
    "top": "⊤", "intercal": "⊺", "mid": "|", "vert": "|", "Vert": "‖", "|": "‖", "lVert": "‖", "rVert": "‖",
    "lvert": "|", "rvert": "|", "langle": "⟨", "rangle": "⟩", "forall": "∀", "exists": "∃", "{": "{", "}": "}",
    "%": "%", "&": "&", "_": "_", "#": "#", "$": "$", "mathbb{R}": "ℝ",
    "lbrack": "[", "rbrack": "]", "ast": "∗", "star": "⋆", "dagger": "†", "ddagger": "‡",
    "parallel": "∥", "lt": "<", "gt": ">", "infin": "∞", "^": "^",
}  # fmt: skip
_BRACED = {"underbrace", "overbrace", "underbracket", "overbracket"}  # what stands at their braces is a note
_SPACES = {",", ";", ":", " ", "quad", "qquad", "\\", "\n", "enspace", "thinspace"}
_SILENT = {
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "displaystyle",
    "textstyle", "limits", "nolimits", "!", "nonumber", "notag", "middle", "/",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304", "overline": "\u0304", "tilde": "\u0303",
            "widetilde": "\u0303", "dot": "\u0307", "ddot": "\u0308", "vec": "\u20d7"}  # fmt: skip
_LETTERS = {"mathbb": "double-struck", "mathcal": "script", "mathscr": "script", "cal": "script"}
_FONTS = {"mathbf", "boldsymbol", "bm", "mathrm", "mathsf", "mathit", "mathtt", "pmb", "mathds", "mathbbm",
          "bf", "rm", "it", "sf", "tt"}  # fmt: skip
_DROPPED = {"label", "tag", "begin", "end"}  # commands whose argument is not shown
_WORDS = {"text", "textrm", "textbf", "textit", "textnormal", "mbox", "hbox"}  # their argument is not mathematics
_SPACED = {"=", "<", ">", "≠", "≤", "≥", "≈", "∈", "→", "⇒", "·", "×"}
_FUNCTIONS = {"log", "ln", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "arg", "lim", "det"}
_FRACTIONS = {r"\frac", r"\dfrac", r"\tfrac", r"\cfrac"}
_COLOURS = {"color": 1, "textcolor": 1, "colorbox": 1, "fcolorbox": 2, "definecolor": 3, "bbox": 0}
"""Commands that set colours, and how many of their arguments are not shown."""

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_ROOTS = {"": "√", "2": "√", "3": "∛", "4": "∜"}
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_BIG_LIMIT = re.compile(r"([ΣΠ∫](?:_\{[^{}]*\}|_\w)?)([⁰¹²³⁴-⁹]+)")  # the 4 of \sum_{j=1}^4 is no power
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|\s+|[^\\]|\\", re.DOTALL)
_CASES = re.compile(
    r"\\begin\{d?cases\}(.*?)\\end\{d?cases\}"
    r"|\\left\s*\\\{\s*\\begin\{array\}\s*\{[^{}]*\}(.*?)\\end\{array\}\s*\\right\s*\.",
    re.DOTALL,
)
_WITH_COLUMNS = {"array", "tabular", "alignedat", "alignat"}  # environments that say how their columns are set
_MATRIX = re.compile(r"\\begin\{[pbBvV]?(?:small)?matrix\}((?:(?!\\begin).)*?)\\end\{[a-zA-Z]*matrix\}", re.DOTALL)
_DIFFERENTIAL = re.compile(r"[∂d][⁰¹²³⁴-⁹]*")
_SCRIPTED = re.compile(r"(\w)((?:_(?:\w|\{[^{}]*\})|\^\{\([^{}]*\)\})+)")  # a letter with indices and labels, no power
_CLOSED = re.compile(
    r"[\w∂∇][\u0300-\u036f⁰¹²³⁴-⁹]*(?:[_^](?:\w|\{[^{}]*\}))*[⁰¹²³⁴-⁹]*|\d+|(?:exp|log|ln|tanh)?\([^()]*\)"
)


@lru_cache(maxsize=4096)
def unicode_latex(latex: str) -> str:
    r"""A rough, readable Unicode form of a short LaTeX snippet; never raises.

    >>> unicode_latex(r"\frac{\partial L}{\partial f_k} = p_{k} - \hat{y}_{k}")
    '∂L/∂f_k = p_k − ŷ_k'
    """
    try:
        text, _ = _walk(_TOKEN.findall(_CASES.sub(_cases, _MATRIX.sub(_matrix, latex))), 0, "")
    except RecursionError:  # hundreds of nested groups are no snippet
        return latex
    text = re.sub(r"\s+", " ", text)
    text = _BIG_LIMIT.sub(lambda found: found[1] + "^" + found[2].translate(_DIGITS), text)
    text = re.sub(
        r"(?<=[∂∇(\[]) | (?=[)\],.;])|(?<=exp|log|tan|sin|cos) (?=\()|(?<=ln) (?=\()|(?<=[a-z]) (?=[_^⁰¹²³⁴-⁹])",
        "",
        text,
    )
    return unicodedata.normalize("NFC", text).strip()


def _matrix(found: re.Match[str]) -> str:
    """The rows on one line, divided by semicolons, their entries by commas."""
    rows = [row.split("&") for row in re.split(r"\\\\(?:\[[^\]]*\])?", found[1]) if row.strip()]
    return rf"\lbrack {'; '.join(', '.join(map(str.strip, row)) for row in rows)}\rbrack "


def _cases(found: re.Match[str]) -> str:
    """The cases on one line, divided by semicolons."""
    rows = [row.partition("&") for row in re.split(r"\\\\(?:\[[^\]]*\])?", found[1] or found[2] or "") if row.strip()]
    said = []
    for value, _, when in rows:
        if re.match(r"\s*(?:\\(?:text|mathrm|mbox)\b|if|when|for|$)", when):
            said.append(f"{value}{',' * bool(when)} {when}")
        else:
            said.append(rf"{value} \text{{ if }} {when}")
    return r"\{ " + "; ".join(said) + r" \}"


def unicode_words(text: str) -> str:
    r"""Words with names in LaTeX among them, each of these names as ``unicode_latex`` shows it.

    >>> unicode_words(r"\ell is taken to depend on everything through \hat{y}")
    'ℓ is taken to depend on everything through ŷ'
    >>> unicode_words(r"line 2: 'y \in \{0, 1\}', which y ∈ {2} is not")
    "line 2: 'y ∈ {0, 1}', which y ∈ {2} is not"
    """
    pieces = _QUOTED.split(text)  # a quotation mark is no prime
    return "'".join(_NAME.sub(lambda found: unicode_latex(found[0]), piece) for piece in pieces)


_NAME = re.compile(r"[^\s\"`]*(?:\\|(?<=[\w^}]){)[^\s\"`]*")
_QUOTED = re.compile(r"(?<![^\s(])'([^']*)'(?![\w'(])")


def _walk(tokens: list[str], position: int, until: str) -> tuple[str, int]:
    """The text of ``tokens`` from ``position`` up to the token ``until``, and the position after it."""
    out: list[str] = []
    while position < len(tokens):
        token = tokens[position]
        if token == until:
            return "".join(out), position + 1
        if token == r"\over":
            below, position = _walk(tokens, position + 1, until)
            return f"{_closed(''.join(out))}/{_closed(below)}", position
        text, position = _one(tokens, position)
        if text in _SPACED or (text == "−" and out and re.search(r"[\w)\]}′]\s*$", "".join(out))):
            text = f" {text} "
        out.append(text)
    return "".join(out), position


def _argument(tokens: list[str], position: int) -> tuple[str, int]:
    """The argument that stands at ``position``: a group or a single token."""
    while position < len(tokens) and tokens[position].isspace():
        position += 1
    if position >= len(tokens):
        return "", position
    return _one(tokens, position)


def _option(tokens: list[str], position: int) -> tuple[str, int]:
    """The optional argument that stands at ``position``, or ""."""
    if position < len(tokens) and tokens[position] == "[" and "]" in tokens[position:]:
        return _walk(tokens, position + 1, "]")
    return "", position


def _one(tokens: list[str], position: int) -> tuple[str, int]:
    token = tokens[position]
    position += 1
    if token == "{":
        return _walk(tokens, position, "}")
    if token in "^_" or (token in (r"\^", r"\_") and position < len(tokens)):  # escaped for Markdown
        token = token[-1]
        inner, position = _argument(tokens, position)
        inner = re.sub(r"\s*([=≠<>≤≥])\s*|(?<=^\w) ([−+]) (?=\d+$)", r"\1\2", inner.strip())  # l−1 is one place
        if token == "^" and inner and set(inner) <= {"′", "'"}:
            return inner.replace("'", "′"), position
        if token == "^" and inner.isdecimal() and inner.isascii():
            return inner.translate(SUPERSCRIPTS), position
        return token + (inner if len(inner) == 1 else f"{{{inner}}}"), position
    if token[0] != "\\" or token == "\\":
        return {"-": "−", "~": " ", "&": " ", "'": "′", "}": ""}.get(token, token), position
    return _command(token[1:].rstrip("*"), tokens, position)


def _command(name: str, tokens: list[str], position: int) -> tuple[str, int]:
    if f"\\{name}" in _FRACTIONS:
        above, position = _argument(tokens, position)
        below, position = _argument(tokens, position)
        return f"{_closed(above)}/{_closed(below)}", position
    if name == "sqrt":
        degree, position = _option(tokens, position)
        inner, position = _argument(tokens, position)
        root = _ROOTS.get(degree.strip(), f"√[{degree.strip()}]")
        return f"{root}{_closed(inner)}", position
    if name in ("binom", "dbinom", "tbinom"):
        above, position = _argument(tokens, position)
        below, position = _argument(tokens, position)
        return f"({above.strip()} choose {below.strip()})", position
    if name in _BRACED:
        inner, position = _argument(tokens, position)
        note = position
        while note < len(tokens) and tokens[note].isspace():
            note += 1
        if note < len(tokens) and tokens[note] in "^_":
            _, position = _argument(tokens, note + 1)
        return inner, position
    if name in _ACCENTS:
        inner, position = _argument(tokens, position)
        inner = inner.strip()
        if (one := _SCRIPTED.fullmatch(inner)) is not None:  # \hat{y_i}
            return f"{one[1]}{_ACCENTS[name]}{one[2]}", position
        if len(inner) > 1 and name in ("bar", "overline"):  # the mean of a product is not the product of the means
            return "".join(c if c.isspace() else f"{c}\u0305" for c in inner), position
        return (inner + _ACCENTS[name] if len(inner) == 1 else f"{name}({inner})" if inner else ""), position
    if name in _LETTERS:
        inner, position = _argument(tokens, position)
        return "".join(_styled(letter, _LETTERS[name]) for letter in inner.strip()), position
    if name in _FONTS:
        return _argument(tokens, position)
    if name in _DROPPED:
        inner, position = _argument(tokens, position)
        if name == "begin" and inner.rstrip("*") in _WITH_COLUMNS:
            _, position = _argument(tokens, position)
        return " ", position
    if name in _WORDS and position < len(tokens) and tokens[position] == "{":
        return _words(tokens, position + 1)
    if name in _SYMBOLS:
        after = " " if position < len(tokens) and tokens[position].isspace() and name not in _GREEK else ""
        return _SYMBOLS[name] + after, position
    if name in _SPACES:
        return " ", position
    if name in _SILENT:
        if name in ("left", "right", "middle") and position < len(tokens) and tokens[position] == ".":
            position += 1
        return "", position
    if name in _FUNCTIONS:
        return _function(name, tokens, position)
    if name in _COLOURS:
        _, position = _option(tokens, position)
        for _ in range(_COLOURS[name]):
            _, position = _argument(tokens, position)
        if name.endswith("box") and position < len(tokens) and tokens[position] == "{":
            inner, position = _argument(tokens, position)
            return inner.replace("$", ""), position
        return "", position
    if position < len(tokens) and tokens[position] == "{":
        return _argument(tokens, position)
    return name, position


def _function(name: str, tokens: list[str], position: int) -> tuple[str, int]:
    r"""The name of a function, and a fraction right after it in brackets: ``\log\frac{a}{b}`` is log(a/b)."""
    text, after = name, position
    while after < len(tokens) and (tokens[after].isspace() or tokens[after] in "^_"):
        script, after = _one(tokens, after)
        text += script.strip()
    if after < len(tokens) and tokens[after] in _FRACTIONS:
        fraction, after = _one(tokens, after)
        return f" {text}({fraction}) ", after
    return f" {name} ", position


def _words(tokens: list[str], position: int) -> tuple[str, int]:
    """The words up to the end of their group, and the position after it."""
    out: list[str] = []
    depth = 1
    while position < len(tokens):
        token = tokens[position]
        position += 1
        depth += (token == "{") - (token == "}")
        if not depth:
            break
        if token not in "{}$":
            out.append(_one([token], 0)[0] if token[0] == "\\" else token)
    return "".join(out), position


def _closed(text: str) -> str:
    """``text`` in brackets unless it is one thing."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"∂ ", "∂", text)
    of = _DIFFERENTIAL.match(text)
    inner = text[of.end() :].lstrip() if of else text
    if of and (not inner or _CLOSED.fullmatch(inner)):
        return of[0] + inner
    return text if _CLOSED.fullmatch(text) else f"({text})"


def _styled(letter: str, style: str) -> str:
    case = "CAPITAL" if letter.isupper() else "SMALL"
    for name in (f"{style.upper()} {case} {letter.upper()}", f"MATHEMATICAL {style.upper()} {case} {letter.upper()}"):
        try:
            return unicodedata.lookup(name)
        except KeyError:
            continue
    return letter

r"""What LaTeX's text commands and environments mean: accents and symbols as Unicode, and which commands are headings,
emphasis, lists, or print nothing. Tables, and no mathematics."""

from __future__ import annotations

import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328",
    "b": "\u0331", "t": "\u0361",
}  # fmt: skip
ACCENTS = frozenset(_ACCENTS)
SYMBOLS = {
    "%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "{": "{", "}": "}", " ": " ", "\n": " ", "\t": " ", ",": "\u2009",
    ";": " ", ":": " ", "!": "", "/": "", "-": "\u00ad", "@": "", "\\": " ", "newline": " ", "linebreak": " ",
    "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "aa": "å", "AA": "Å", "l": "ł",
    "L": "Ł", "i": "ı", "j": "ȷ", "S": "§", "P": "¶", "dag": "†", "ddag": "‡", "copyright": "©", "pounds": "£",
    "euro": "€", "texteuro": "€", "ldots": "…", "dots": "…", "textellipsis": "…", "textendash": "–",
    "textemdash": "—", "textquoteleft": "‘", "textquoteright": "’", "textquotedblleft": "“", "textquotedblright": "”",
    "textquotesingle": "'", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textbar": "|",
    "textless": "<", "textgreater": ">", "textbraceleft": "{", "textbraceright": "}", "textunderscore": "_",
    "textdegree": "°", "textregistered": "®", "texttrademark": "™", "textbullet": "•", "slash": "/", "quad": "\u2003",
    "qquad": "\u2003\u2003", "enspace": "\u2002", "thinspace": "\u2009", "nobreakspace": "\u00a0", "space": " ",
    "LaTeX": "LaTeX", "TeX": "TeX", "LaTeXe": "LaTeX2e", "guillemotleft": "«", "guillemotright": "»",
}  # fmt: skip
PLAIN = str.maketrans({"\n": " ", "\r": " ", "\t": " ", "~": "\u00a0", "'": "’", "`": "‘"})
MARKS = {"``": "“", "''": "”", "--": "–", "---": "—", "&": " "}

HEADINGS = {"part": 1, "chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4,
            "subparagraph": 5, "frametitle": 2}  # fmt: skip
EMPHASIS = {"emph": False, "textit": False, "textsl": False, "underline": False, "textsc": False, "textbf": True,
            "alert": True}  # fmt: skip
CODE = frozenset({"texttt", "code", "path", "lstinline", "mintinline"})
REFERENCES = frozenset({"ref", "eqref", "cref", "Cref", "autoref", "vref"})
CALLOUTS = {"warning": "warning", "note": "note", "quote": "quote", "quotation": "quote", "verse": "quote"}
LISTS = {"itemize": False, "enumerate": True, "description": False}
CODE_ENVIRONMENTS = {"verbatim": "", "Verbatim": "", "lstlisting": "", "minted": "", "alltt": "", "tabular": "latex",
                     "tabular*": "latex", "tabularx": "latex", "longtable": "latex", "tikzpicture": "latex",
                     "algorithm": "latex", "algorithmic": "latex", "filecontents": "latex"}  # fmt: skip
DROPPED_ENVIRONMENTS = frozenset({"comment", "thebibliography", "filecontents*"})
THEOREMS = {name: name.capitalize() for name in (
    "theorem", "lemma", "proposition", "corollary", "definition", "proof", "remark", "example", "exercise", "claim",
    "solution", "assumption", "fact", "conjecture", "problem")}  # fmt: skip
DROPPED = {"label": 1, "cite": 1, "citep": 1, "citet": 1, "vspace": 1, "hspace": 1, "includegraphics": 1,
           "bibliography": 1, "bibliographystyle": 1, "usepackage": 1, "documentclass": 1, "pagestyle": 1,
           "thispagestyle": 1, "setcounter": 2, "addtocounter": 2, "setlength": 2, "addtolength": 2, "index": 1,
           "color": 1, "textcolor": 1, "colorbox": 1, "hypersetup": 1, "input": 1, "include": 1, "subfile": 1,
           "author": 1, "date": 1, "institute": 1, "thanks": 1, "newenvironment": 3, "renewenvironment": 3,
           "pagenumbering": 1, "geometry": 1, "addbibresource": 1, "graphicspath": 1, "hypertarget": 1, "phantom": 1,
           "vphantom": 1, "hphantom": 1, "rule": 2, "definecolor": 3, "raisebox": 1, "resizebox": 2, "scalebox": 1,
           "fontsize": 2, "theoremstyle": 1, "numberwithin": 2, "usetheme": 1, "tag": 1, "hyperref": 0, "parbox": 1,
           "pageref": 1, "bookmarksetup": 1, "captionsetup": 1, "newcounter": 1, "allowdisplaybreaks": 0}  # fmt: skip
DROPPED_ARGUMENTS = {"minipage": 1, "multicols": 1, "column": 1, "wrapfigure": 2, "adjustwidth": 2,
                     "spacing": 1}  # fmt: skip


def accented(accent: str, letter: str) -> str:
    """The letter (``\\i`` and ``\\j`` may stand for i and j) under an accent."""
    return unicodedata.normalize("NFC", {"\\i": "i", "\\j": "j", "": " "}.get(letter, letter) + _ACCENTS[accent])


def circled(content: str) -> str:
    """What textcircled prints, where Unicode has it: 1 to 20 and single letters."""
    if content.isascii() and content.isdigit() and 1 <= int(content) <= 20:
        return chr(0x2460 + int(content) - 1)
    if len(content) == 1 and content.isascii() and content.isalpha():
        return chr((0x24D0 if content.islower() else 0x24B6) + ord(content.lower()) - ord("a"))
    return f"({content})"

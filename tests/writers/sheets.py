"""Checked documents made by hand, for the tests of the writers: what the reader and the kernel would give for them."""

from __future__ import annotations

import re
from fractions import Fraction

from symderiv.checked import Checked, Step
from symderiv.document import (
    Callout,
    Code,
    Display,
    Document,
    Emph,
    Figure,
    Heading,
    InlineMath,
    ItemList,
    Link,
    Paragraph,
    Reference,
    Source,
    Span,
    Text,
)
from symderiv.kernel import verdict
from symderiv.terms import Assumption, Claim, num, power, total, var
from symderiv.writers.report import Agreement, Report

CLAIM = Claim(num(1), "=", num(1))
ONE_HOT = Assumption("equation", (total("j", (1, "K"), var("t", "j")), num(1)), r"\sum_{j=1}^{K} t_j = 1")
WITNESS = verdict.Witness(
    (("K", 2),), (("k", 1),), ((var("f", 1), Fraction(0)), (var("f", 2), Fraction(1, 2))), "-0.7310585…", "0.2689414…"
)


def proved(minimum=(("K", 1),), fixed=(), given=(), conditions=()):
    scope = verdict.Scope(tuple(minimum), tuple(fixed))
    return verdict.Proved(CLAIM, scope, tuple(given), tuple(conditions), "normal form", (), seal=verdict._SEAL)


def refuted():
    return verdict.Refuted(CLAIM, WITNESS, seal=verdict._SEAL)


NONZERO = verdict.Condition(power(var("V"), num(1)), "!=")


class Sheet:
    """Builds a document block by block, keeping true spans into its source."""

    def __init__(self) -> None:
        self.text = ""
        self.blocks: list = []
        self.displays: list[Span] = []
        self.steps: list[Step] = []
        self.macros: dict = {}

    def add(self, text: str) -> Span:
        start = len(self.text)
        self.text += text
        span = Span(start, len(self.text))
        self.text += "\n\n"
        return span

    def words(self, text: str) -> tuple:
        """Inlines of a small notation: $math$, *emphasis*, `code`, [text](target), {label}."""
        base = len(self.text)
        out = []
        for m in re.finditer(
            r"\$([^$]*)\$|\*([^*]+)\*|`([^`]+)`|\[([^]]+)\]\(([^)]*)\)|\{([\w:-]+)\}|([^$*`\[{]+|.)", text
        ):
            span = Span(base + m.start(), base + m.end())
            if m[1] is not None:
                inner = Span(base + m.start() + 1, base + m.end() - 1)
                out.append(InlineMath(m[1], inner))
            elif m[2]:
                out.append(Emph((Text(m[2], span),), span))
            elif m[3]:
                out.append(Code(m[3], span))
            elif m[4]:
                out.append(Link((Text(m[4], span),), m[5], span))
            elif m[6]:
                out.append(Reference(m[6], span))
            else:
                out.append(Text(m[7], span))
        self.add(text)
        return tuple(out)

    def heading(self, level: int, text: str) -> None:
        self.blocks.append(Heading(level, self.words(text), Span(0, 0)))

    def paragraph(self, text: str) -> Paragraph:
        block = Paragraph(self.words(text), Span(0, 0))
        self.blocks.append(block)
        return block

    def display(
        self, latex: str, environment: str = "align*", label: str | None = None, verdicts=None, definition=False
    ):
        """A display whose every top-level relation is a step; ``verdicts`` is one for all, or a list."""
        span = self.add(latex)
        block = Display(latex, span, environment, label)
        self.blocks.append(block)
        self.displays.append(span)
        depth = 0
        relations = []
        for m in re.finditer(r"\\begin|\\end|\\[A-Za-z]+|\\.|%[^\n]*|.", latex, re.S):
            depth += (m[0] in ("{", r"\begin")) - (m[0] in ("}", r"\end"))
            if m[0] in ("=", "<", ">", r"\ne") and depth == 0:
                relations.append((m[0], m.end()))
        for k, (relation, at) in enumerate(relations):
            value = verdicts[k] if isinstance(verdicts, list) else verdicts or proved()
            here = Span(span.start + at, span.start + at + 1)
            kind = "definition" if definition and k == 0 else "claim"
            value = None if kind == "definition" else value
            false = isinstance(value, verdict.Refuted)
            row = latex[:at].count("\\\\")
            self.steps.append(
                Step(here, here, relation, kind, len(self.displays) - 1, row, value, expected_false=false)
            )
        return block

    def figure(self, parameters: dict, caption: str, alt: str, label: str | None = None) -> None:
        pairs = tuple(parameters.items())
        self.blocks.append(Figure("network", pairs, self.words(caption), alt, Span(0, 0), label))

    def inside(self, count: int, kind: str, title: str) -> None:
        """The last ``count`` blocks become a callout."""
        inner = tuple(self.blocks[-count:])
        self.blocks[-count:] = [Callout(kind, self.words(title), inner, Span(0, 0))]

    def items(self, *texts: str, ordered: bool = False) -> None:
        items = tuple((Paragraph(self.words(text), Span(0, 0)),) for text in texts)
        self.blocks.append(ItemList(ordered, items, Span(0, 0)))

    def checked(self, title: str) -> Checked:
        inlines = self.words(title)
        document = Document(Source("sheet.tex", self.text), tuple(self.blocks), inlines, self.macros)
        return Checked(document, tuple(self.displays), tuple(self.steps))


RAW = (
    r"- \frac{\left(e^{f_{1}} + e^{f_{2}} + e^{f_{3}}\right) \left(\frac{e^{f_{3}}}{e^{f_{1}} + e^{f_{2}} + "
    r"e^{f_{3}}} - \frac{e^{2 f_{3}}}{\left(e^{f_{1}} + e^{f_{2}} + e^{f_{3}}\right)^{2}}\right) e^{- f_{3}}}{1} + "
    r"\frac{t_{1} e^{f_{1}}}{e^{f_{1}} + e^{f_{2}} + e^{f_{3}}} + \frac{t_{2} e^{f_{2}}}{e^{f_{1}} + e^{f_{2}} + "
    r"e^{f_{3}}}"
)


def notes(**options) -> Report:
    """A short report with everything that the writers must print."""
    s = Sheet()
    four: dict = {"minimum": (), "fixed": (("K", 4),)}
    s.heading(1, "The network")
    s.paragraph(
        "The last hidden layer has 6 nodes and there are 4 classes; Figure {fig:network} shows both. Its scores "
        "$f_1, f_2, f_3, f_4$ become *probabilities* $p_i$ by the softmax function, where “&” and <b> & 100 % are text."
    )
    s.figure(
        {"hidden": "6", "classes": "4"},
        "The network of this example.",
        "Six hidden nodes, four scores, softmax.",
        "fig:network",
    )
    s.display(
        r"p_i &= \frac{e^{f_i}}{\sum_{j=1}^{4} e^{f_j}} = \frac{e^{f_i}}{V(f)}", "align", "eq:softmax", definition=True
    )
    s.paragraph(
        "Here $V(f) = \\sum_{j=1}^{4} e^{f_j}$. As in {eq:softmax}, see [a page](https://example.org/a?b=1&c=2)."
    )
    s.heading(2, "The derivative of the loss")
    s.display(
        "\\frac{\\partial L}{\\partial f_1}\n  &= \\sum_{i=1}^{4} \\frac{\\partial L}{\\partial p_i} "
        "\\frac{\\partial p_i}{\\partial f_1} \\\\ % the chain rule\n  &= \\frac{\\partial L}{\\partial p_3} "
        "\\frac{\\partial p_3}{\\partial f_1} \\\\\n  &= -\\frac{1}{\\cancel{p_3}} \\cdot (-\\cancel{p_3}\\, p_1) = p_1",
        "align",
        verdicts=proved(**four),
    )
    s.display(
        r"\frac{\partial p_i}{\partial f_k} = \begin{cases} p_i (1 - p_i) & \text{if } i = k \\ -p_i\, p_k & "
        r"\text{if $i \ne k$} \end{cases}",
        "",
        "eq:jacobian",
        verdicts=proved(),
    )
    s.display(
        r"\nabla_f L = \begin{pmatrix} p_1 \\ p_2 \\ p_3 - 1 \\ p_4 \end{pmatrix} = \mathbf{p} - \mathbf{t}, \qquad "
        r"h_1 \underbrace{(y_1 + \cdots + y_K)}_{\text{equals } 1} = \boxed{h_1}",
        "equation",
        verdicts=proved(given=(ONE_HOT,), **four),
    )
    s.paragraph("It is tempting to skip the sum in the chain rule:")
    s.display(
        r"\frac{\partial L}{\partial f_k} = -\frac{1}{p_k} \cdot p_k (1 - p_k) = p_k - 1",
        "",
        verdicts=[refuted(), proved()],
    )
    s.inside(2, "warning", "A false chain rule")
    s.display(
        r"\frac{\partial J}{\partial \Theta_{10}} = -\sum_{i=1}^{m} y_1^{(i)} \bigl(1 - h_1(x^{(i)})\bigr) + "
        r"\sum_{i=1}^{m} y_2^{(i)} h_1(x^{(i)}) + \sum_{i=1}^{m} y_3^{(i)} h_1(x^{(i)}) + \sum_{i=1}^m y_4^{(i)} h_1(x^{(i)}) "
        r"= \sum_{i=1}^{m} \left( h_1(x^{(i)}) \left(y_1^{(i)} + y_2^{(i)} + y_3^{(i)} + y_4^{(i)}\right) - y_1^{(i)} \right) = \sum_{i=1}^{m} \bigl(h_1(x^{(i)}) - y_1^{(i)}\bigr)",
        "equation*",
        verdicts=proved((("K", 1), ("m", 1)), given=(ONE_HOT,), conditions=(NONZERO,)),
    )
    s.items(
        "likelihoods multiply, $\\mathcal{L} = \\prod_{i=1}^{m} \\mathcal{L}^{(i)}$;",
        "log-likelihoods add;",
        "derivatives add.",
    )
    s.display(r"V &= u + v \\ u' &= 0", "gather*", verdicts=proved(**four))
    agreement = (
        Agreement("For K = 3, the derivative with respect to the third score, as `diff` returned it:", (), RAW),
        Agreement("and simplified:", ("size K = 3",), r"\frac{t_{1} e^{f_{1}}}{e^{f_{1}} + e^{f_{2}} + e^{f_{3}}} - 1"),
    )
    return Report(s.checked("Softmax and the negative log-likelihood"), agreement=agreement, **options)

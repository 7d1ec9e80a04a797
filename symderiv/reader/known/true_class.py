r"""The class that an example belongs to: "let $c$ be the true class", "for the correct class $j$", "for all others".

A name for it stands until its letter is said to be any class; with "for" it is a case of what follows. Where targets
are one-hot, they have their 1 there, t_c = 1. This module must never take a letter for the true class where it runs
over all classes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from symderiv.notation import latex, unicode
from symderiv.reader.grammar import syntax
from symderiv.reader.grammar.names import plain
from symderiv.reader.indexed.fixed import with_members
from symderiv.reader.letters.classes import COUNTING
from symderiv.reader.reading import Posed, Reading
from symderiv.reader.words import assertions, prose
from symderiv.reader.words.prose import Sentence, Words
from symderiv.terms import ONE, Assumption, Context, Term, Var, fresh

KIND = "class"  # of an assumption about a letter: that it is, or is not, the true class; the kernel never sees it
_CLASS = r"(?:class(?:es)?|labels?|categor(?:y|ies)|index|Klassen?|classes?|clases?|catégories?|categorías?)"
_TRUE = (
    r"(?:true|correct|right|actual|observed|target|gold|ground[\s-]truth|richtigen?|wahren?|korrekten?|vraie|bonne|correcta"
    r"|verdadera)"
)
_OTHER = (
    r"(?:wrong|incorrect|false|other|remaining|rest\s+of\s+the|non-?target|falschen?|anderen?|übrigen|fausses?|mauvaises?|autres?"
    r"|otras?|demás|incorrectas?)"
)
_FOR = (
    r"(?:for|if|when(?:ever)?|at|in\s+the\s+case\s+(?:of|where|that)|für|wenn|falls|bei|im\s+Falle?"
    r"|pour|si|quand|para|cuando)"
)
_AT = r"(?:for|at|in\s+the\s+case\s+of|für|bei|pour|para)"
_EVERY = (
    r"(?:(?:only|just|an?|the|all|any|each|every|of|der|die|das|alle|jede|la|les|le|una?|une|las|toutes|todas)\s+){0,3}"
)
_IS = r"\$\s*(?:is|be|are|ist|est|es)"
_NOT = r"\s+(?:not|nicht|n['’]est\s+pas|no)"
TRUE_CASE = Words(
    rf"\b{_AT}\s+{_EVERY}(?P<said>{_TRUE}\s+{_CLASS}|{_CLASS}\s+{_TRUE})(?:\s+index)?\b[\s,(]*(?P<after>\$)?"
    rf"|\b{_FOR}\s+(?:class\s+|index\s+)?(?P<before>{_IS})\s+{_EVERY}(?P<alone>{_TRUE})\b(?:\s+{_CLASS}\b)?"
    r"|(?:对于|对|对於|對於|對|当|當|若|如果)\s*(?P<eastern>(?:正确|正確|真实|真實|目标|目標)的?(?:类别|類別|标签|標籤|类|類))\s*(?P<behind>\$)?",
    re.IGNORECASE,
)
OTHER_CASE = Words(
    rf"\b{_FOR}\s+{_EVERY}(?P<others>others?|anderen|autres|otr[oa]s|demás)[\s,:.]*$|"
    rf"\b{_AT}\s+{_EVERY}(?P<said>{_OTHER}\s+{_CLASS}|{_CLASS}\s+(?:incorrectas?|fausses?))\b[\s,(]*(?P<after>\$)?"
    rf"|\b{_FOR}\s+(?:class\s+|index\s+)?(?P<before>{_IS})(?P<alone>{_NOT}\s+{_EVERY}{_TRUE}|\s+{_EVERY}(?:wrong|incorrect)\b"
    rf"|\s+{_EVERY}(?:other|different)\s+{_CLASS})"
    rf"|\b{_FOR}\s+{_EVERY}{_CLASS}\s+(?P<such>\$)?[\s,]*(?:that|which)\s+(?:is|are){_NOT}\s+{_EVERY}{_TRUE}\b"
    rf"|\b{_FOR}\s+{_EVERY}(?:(?:other\s+)?{_CLASS}\s+)?(?P<than>\$)?[\s,]*"
    rf"(?:other\s+than|different\s+from|except|besides|but|apart\s+from)\s+{_EVERY}{_TRUE}\b"
    r"|(?:对于|对|对於|對於|對|当|當|若|如果)?\s*(?P<eastern>(?:错误|錯誤|其他|其它|其餘|其余|不正确|不正確|非正确|非目标)的?(?:类别|類別|标签|標籤|类|類))\s*(?P<behind>\$)?",
    re.IGNORECASE,
)
EVERY_LETTER = "*"  # said to be any class: whatever letter runs over the classes
LETTERS = ("after", "before", "such", "than", "behind")  # groups at which the letter stands
ANY_CLASS = Words(  # "for any class $j$", "now for every $i$"
    r"(?:\b(?:any|every|each|all|arbitrary|general|generic|jede\w*|alle|beliebige\w*|chaque|tou[ts]\w*|cada|todas?|cualquier)\b"
    r"|任意|所有|每个|每個|すべての|任意の|모든)(?:\s+\w+){0,2}\s*(?:的?(?:类别|類別|类|類))?\s*(?P<letter>\$)",
    re.IGNORECASE,
)
ALL_CLASSES = Words(  # without a letter: "the gradient for all classes", "another example"
    rf"\b(?:any|every|each|all|jede\w*|alle|chaque|toutes\s+les|cada|todas\s+las)\s+(?:\w+\s+)?{_CLASS}\b(?!\s*(?:\$|but|except|other|different|save))"
    r"|\b(?:another|(?:an)?other|second|next|different)\s+(?:training\s+)?(?:examples?|samples?)\b|所有类|每个类|所有類",
    re.IGNORECASE,
)
_AND_OTHERS = Words(
    r"^[^.;:]{0,20}\b(?:and|or|und|et|y)\b[^.;:$]{0,30}\b(?:every|all|others?|true|correct|right|wrong|incorrect|alle|anderen|autres|otras)\b",
    re.IGNORECASE,
)
_FOR_IT = Words(rf"\b{_FOR}\s+{_EVERY}$", re.IGNORECASE)
_NAMING = Words(  # at the end of the words before a name, and in those that join it to what it names
    r"\b(?:let|call(?:ing|ed)?|denot\w+(?:\s+by)?|where|with|having|has|whose|given|mit|avec|con)\s+(?:(?:the|an?|its|der|die|la)\s+)*$"
    r"|\b(?:is|be|being|denotes?|ist|sei|est|es)\b|[=,是为為をはが]",
    re.IGNORECASE,
)
_BACKWARDS = Words(r"^\W*(?:where|here|with|wobei|dabei|où|donde)\b|^其中", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A letter for the true class, and where the words give it; ``backwards`` if they explain what stands before."""

    given: Assumption
    sentence: int
    section: int
    paragraph: int
    backwards: bool

    @property
    def letter(self) -> str:
        letter: str = self.given.data[0]
        return letter


class TrueClass:
    """Hears of the true class, and of the others."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.names: list[Name] = []
        self.freed: list[tuple[int, str]] = []  # the sentences that say of a letter that it is any class

    def cases(self, every: Sequence[Sentence]) -> tuple[Assumption, ...]:
        """The case of the true class, or of another one, that the last words set for what follows."""
        found: list[Assumption] = []
        for sentence in prose.last_said(every) if not self.reading.strict else ():
            for pattern, holds in ((TRUE_CASE, True), (OTHER_CASE, False)):
                if (said := pattern.search(sentence.words)) is not None:
                    if _denied(sentence.words, said):
                        return ()
                    found.append(self._case(sentence, said, holds))
        return tuple(found) if len(found) == 1 else ()

    def sentence(self, sentence: Sentence) -> None:
        """Take up the letter that a sentence gives to the true class, or says to be any class."""
        number = self.reading.sentences
        for said in ANY_CLASS.finditer(sentence.words):
            self.freed.append((number, self._letter(sentence, said.start("letter"))))
        if ALL_CLASSES.search(sentence.words):
            self.freed.append((number, EVERY_LETTER))
        if (other := OTHER_CASE.search(sentence.words)) is not None:
            self.freed.append((number, self._case(sentence, other, False).data[0]))
        found = assertions.said(prose.TRUE_CLASS, sentence.words)
        if found is None:
            return
        before = sentence.words[: found.start()]
        if _FOR_IT.search(before):
            return
        at = next(found.start(name) for name in ("after", "before", "chinese", "japanese") if found[name])
        letter = self._letter(sentence, at)
        self.reading.symbols.true_classes.update({letter} - {""})
        if letter and (letter not in COUNTING or _NAMING.search(before) or _NAMING.search(found[0])):
            reading, backwards = self.reading, _BACKWARDS.search(sentence.words) is not None
            given = self._said(letter, True, found[0], sentence)
            self.names.append(Name(given, number, reading.section, reading.paragraphs, backwards))

    def at(self, posed: Posed) -> tuple[Assumption, ...]:
        """The name of the true class at a step, unless a case speaks of its letter."""
        spoken = {a.data[0] for a in (*posed.case, *posed.values) if a.kind == KIND}
        names = [name for name in self.names if name.letter not in spoken and self._stands(name, posed)]
        return (names[-1].given,) if names else ()

    def _stands(self, name: Name, posed: Posed) -> bool:
        """Whether a name stands at a step: after it is given, or where it explains the step, and as long as it does.

        The letters that run over all classes elsewhere name one no longer than their section.
        """
        spoken = posed.left.free if isinstance(posed.left, Term) else frozenset()
        runs = {name.letter, EVERY_LETTER} if name.letter in COUNTING and name.letter in spoken else {name.letter}
        if any(letter in runs and name.sentence < n <= posed.sentence for n, letter in self.freed):
            return False
        if name.letter not in COUNTING:
            return True
        explains = name.backwards and name.paragraph <= posed.paragraph + 1
        said = name.sentence <= posed.sentence or name.paragraph == posed.paragraph or explains
        return said and name.section == posed.section

    def _case(self, sentence: Sentence, said: re.Match[str], holds: bool) -> Assumption:
        places = (said.start(group) for group in LETTERS if said.re.groupindex.get(group) and said[group])
        letters = (self._letter(sentence, at) for at in places)
        return self._said(next(filter(None, letters), ""), holds, said[0], sentence)

    def _said(self, letter: str, holds: bool, words: str, sentence: Sentence) -> Assumption:
        line = self.reading.document.source.position(sentence.formulas[0].span.start).line if sentence.formulas else 0
        quoted = f"'{' '.join(words.replace('$', letter).split())}'"
        text = f"\\text{{{'the true class' if holds else 'another class than the true one'}}} {letter}".rstrip()
        return Assumption(KIND, (letter, holds), text, f"line {line}: {quoted}" if line else quoted)

    def _letter(self, sentence: Sentence, at: int) -> str:
        """The letter that stands at a place of a sentence; "" for any other formula."""
        formula = sentence.formulas[sentence.words.count("$", 0, at)]
        match [s.side for row in self.reading.rows(formula.latex, formula.span).rows for s in row.segments]:
            case [syntax.Symbol(name=name)]:
                return plain(name)
        return ""


def _denied(words: str, said: re.Match[str]) -> bool:
    """Whether a sentence denies its case, leaves it at once, or takes it together with others."""
    pieces = (f"{words[: said.start()]}for ", words[said.end() :])
    rest = "".join(pieces)
    denied = assertions.denied(pieces, 0) or assertions.codes(pieces, 0) or assertions.aside(rest)
    together = _AND_OTHERS.search(pieces[1]) or prose.BOTH.search(rest)
    return bool(denied or together or assertions.mentioned(words))


def placed(context: Context, said: Sequence[Assumption], written: Set[str]) -> tuple[Context, tuple[str, ...]]:
    r"""``context`` where the one-hot vector has its 1 at the true class, or not at another one, and a note of each.

    t_j = \delta_{jc}; for another class j, with j \ne c. Without a letter the class is the only index that is
    ``written`` free. Nothing is placed where several vectors are one-hot: whose class is meant is not said.
    """
    notes: list[str] = []
    for assumption in said:
        hot = {a.data[0] for a in context.assumptions if a.kind == "onehot"} - context.definitions.keys()
        spans = {context.families.get(head, (None,))[0] for head in hot if head.subs + head.sups == 1}
        span = next(iter(spans)) if len(hot) == len(spans) == 1 else None
        letter, holds = assumption.data
        free = [name for name in sorted(written) if span is not None and context.ranges.get(name) == span]
        if span is None or (context.ranges.get(letter) != span if letter else len(free) != 1):
            continue
        (head,), place = hot, letter or free[0]
        member = Var(head.name, (place,)[: head.subs], (place,)[: head.sups])
        notes.append(f"{unicode(member)} = {int(holds)}, {assumption.source}")
        if not holds:
            other = fresh("c", {*context.ranges})
            apart = Assumption("distinct", (other, place), f"{latex(member)} = 0", assumption.source)
            ranges = {**context.ranges, other: span}
            context = replace(context, ranges=ranges, assumptions=(*context.assumptions, apart))
            member = Var(head.name, (other,)[: head.subs], (other,)[: head.sups])
        context = with_members(context, [Assumption("equation", (member, ONE), assumption.text, assumption.source)])
    return context, tuple(notes)

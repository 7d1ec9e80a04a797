r"""Which chain a display goes on with that begins with a relation, where words came between.

``A = B``, "If $i = j$," ``= C``, "If $i \ne j$," ``= D``: the second case goes on from where the first did, from B.
"Since" ``X = Y`` "we get" ``= E``: what is said in passing is not what the sentence goes on with. This module must
never set a case: it only hears that one is set.
"""

from __future__ import annotations

import re

from symderiv.reader.reading import Reading
from symderiv.reader.steps.chains import Chains, Place
from symderiv.reader.words.assertions import names_case
from symderiv.reader.words.prose import BOTH, Words

_IN_PASSING = Words(  # a clause that the display ends: a comma before it ends it, too ("since $x > 0$, [display]")
    r"(?:^|[.,;:!?。，；])\s*(?:(?:and|now|but|so|then|here|und|et|y)\s+)*"
    r"(?:(?:since|because(?!\s+of)|recall(?:ing)?|noting|where|weil|wobei|puisque|comme|où|como|porque|donde)\b[^.,;:!?]*"
    r"|(?:as|using|with|by|da|car|con|avec|mit)(?:\s+the)?(?:\s+(?:identity|fact|relation))?(?:\s+that)?\s*:?\s*"
    r"|(?:由于|因为|因為|利用|注意到|其中)[^。，]*)$",
    re.IGNORECASE,
)
_MAIN_CLAUSE = Words(
    r"^\W*(?:(?:so|then|thus|hence|therefore|and)\W+)*(?:we|you|one|it|this|I|erhält|folgt|ergibt|on|nous|obtenemos|se)\b"
    r"|^\W*(?:所以|因此|于是|则|可得|得|有|我们|可以)",
    re.IGNORECASE,
)


class Resumed:
    """Called before and after each display; ``chains`` goes on from the place that the words mean."""

    def __init__(self, reading: Reading, chains: Chains) -> None:
        self.reading, self.chains = reading, chains
        self.trunk: Place | None = None  # where the chain stood before any case
        self.case: tuple[object, ...] = ()  # the case under which it stands now
        self.interrupted: Place | None = None  # where it stood when something was said in passing
        self.begun: Place | None = None

    def section(self) -> None:
        """A heading ends all chains."""
        self.trunk = self.interrupted = None
        self.case = ()

    def before(self, goes_on: bool) -> None:
        words = self.reading.prose
        case: tuple[object, ...] = (*self.reading.case, *self.reading.values)
        if not case and (named := names_case(words)):
            case = (named,)
        self.begun = self.chains.begun
        if not goes_on:
            passing = self.chains.last is not None and bool(_IN_PASSING.search(words))
            self.interrupted = self.chains.place() if passing else None
        elif words.strip():
            if self.case and self.trunk is not None and case != self.case and (case or BOTH.search(words)):
                self.chains.resume(self.trunk)
                self.case = ()
            elif self.interrupted is not None and _MAIN_CLAUSE.search(words):
                self.chains.resume(self.interrupted)
            self.interrupted = None
        if case:
            self.case = case
        elif not goes_on:
            self.case = ()

    def after(self) -> None:
        if not self.case:
            self.trunk = self.chains.place()
        elif self.chains.begun is not self.begun:
            self.trunk = self.chains.begun

"""The embedded Typst engine as a program of its own: source on standard input, the PDF on standard output.

``pdf`` runs this file in a process with a time limit. It must never import anything of symderiv, beside which it lies.
"""

from __future__ import annotations

import sys

import typst

if __name__ == "__main__":
    try:
        made = typst.compile(sys.stdin.buffer.read(), ignore_system_fonts=True)
    except typst.TypstError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(made)

"""``python -m symderiv``: the command line. Nothing else may live here."""

from __future__ import annotations

import sys

from symderiv.cli import main

sys.exit(main())

"""``python -m symderiv`` and the ``symderiv`` script: the command line, loaded only here.

So Ctrl-C ends it with one line while it is still loading, too. Nothing else may live here.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line with the arguments of the process. Returns the exit status."""
    try:
        from symderiv.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130  # as shells report SIGINT


if __name__ == "__main__":
    sys.exit(main())

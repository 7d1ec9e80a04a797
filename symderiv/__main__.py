"""``python -m symderiv`` and the ``symderiv`` script: the command line, loaded only here.

So Ctrl-C ends it with one line while it is still loading, too. A request to end (SIGTERM, a terminal that is closed) is
heeded as tidily: engines and workers are stopped, what was written aside is taken away. Nothing else may live here.
"""

from __future__ import annotations

import signal
import sys


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)  # as shells report it


def main() -> int:
    """Run the command line with the arguments of the process. Returns the exit status."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) is signal.SIG_DFL:
            signal.signal(getattr(signal, name), _end)
    try:
        from symderiv.cli import main as run

        return run()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130  # as shells report SIGINT


if __name__ == "__main__":
    sys.exit(main())

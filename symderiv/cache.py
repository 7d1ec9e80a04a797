"""What was found before, in the user's own cache folder, so that unchanged documents are not checked twice.

An entry belongs to one file, not to one claim: what there is to say about a file follows from everything that was read
for it, so its key is a digest of all of that together with the program itself (its source files, the installed
distributions, Python). Nothing that goes into a verdict can change without changing the key, no rule about what makes
an old entry invalid is needed, and what no longer occurs is simply never asked for again. An entry is plain JSON,
compressed: reading one runs nothing, a document cannot name one, and a folder that others may write to is not used.
Entries are written aside and renamed; a damaged one counts as missing. The folder is divided by the first two digits of
the key, and each part is kept below its share of the size. This module must never raise: without a folder that works,
everything is found anew.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

VARIABLE = "SYMDERIV_CACHE"  # a folder, or empty for none
LARGEST = 1_000_000  # bytes in one of the 256 parts of the folder
LONGEST = 64 * LARGEST  # bytes in one entry, unpacked
_ENTRY = ".z"


def folder() -> str:
    """The user's cache folder for symderiv, or "" if there is none; the environment's SYMDERIV_CACHE comes first."""
    if VARIABLE in os.environ:
        return os.path.expanduser(os.environ[VARIABLE])
    home = os.path.expanduser("~")
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = os.path.join(home, "Library", "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
        base = base if os.path.isabs(base) else os.path.join(home, ".cache")
    return os.path.join(base, "symderiv") if os.path.isabs(base) else ""


def key(*parts: object) -> str:
    """The name of what follows from ``parts`` with this version of the program; they are told apart by their repr."""
    import hashlib

    digest = hashlib.sha256(_program())
    for part in parts:
        text = repr(part).encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(text) + text)
    return digest.hexdigest()


@cache
def _program() -> bytes:
    """A digest of everything that takes part in a verdict beside what is read."""
    import hashlib

    digest = hashlib.sha256(sys.version.encode())
    for place in sys.path:
        with contextlib.suppress(OSError):
            installed = sorted(name for name in os.listdir(place or ".") if name.endswith((".dist-info", ".egg-info")))
            digest.update(repr(installed).encode())
    package = Path(__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.digest()


def get(folder: str, key: str) -> Any:
    """The entry, or None."""
    import json
    import zlib

    if not _safe(folder):
        return None
    path = _path(folder, key)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe would be waited for
        with open(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                return None
            text = zlib.decompressobj().decompress(file.read(LARGEST + 1), LONGEST)
        name, value = json.loads(text)  # what is cut off at LONGEST is no JSON
        os.utime(path)  # it was of use: others go first
    except (OSError, ValueError, TypeError, zlib.error, RecursionError, MemoryError):
        return None
    return value if name == key else None


def put(folder: str, key: str, value: Any) -> None:
    """Keep an entry, and let go of the oldest ones beside it if there are too many."""
    import json
    import zlib

    data = zlib.compress(json.dumps([key, value]).encode(), 1)
    path = _path(folder, key)
    if len(data) > LARGEST:
        return
    with contextlib.suppress(OSError):
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _safe(folder):
            return
        path.parent.mkdir(mode=0o700, exist_ok=True)
        aside = f"{path}.{os.getpid()}.{time.monotonic_ns()}"
        try:
            with open(aside, "xb") as file:
                file.write(data)
            os.replace(aside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(aside)
            raise
        _tidy(path.parent)


def _tidy(part: Path) -> None:
    found = []
    for entry in os.scandir(part):
        with contextlib.suppress(OSError):
            about = entry.stat(follow_symlinks=False)
            found.append((about.st_mtime_ns, entry.path, about.st_size))
    left = sum(size for _, _, size in found)
    for _, path, size in sorted(found):
        if left <= LARGEST:
            return
        with contextlib.suppress(OSError):
            os.unlink(path)
        left -= size


def _path(folder: str, key: str) -> Path:
    return Path(folder, key[:2], key[2:] + _ENTRY)


def _safe(folder: str) -> bool:
    """Whether a folder is the user's own, and nobody else may write to it."""
    try:
        about = os.stat(folder)
    except OSError:
        return False
    if not stat.S_ISDIR(about.st_mode):
        return False
    return os.name != "posix" or (about.st_uid == os.getuid() and not about.st_mode & 0o022)

"""Many documents: each is checked by itself, here or in other processes, and what was found comes back as plain data.

Verdicts cannot leave the process in which the kernel made them, so a worker also writes what there is to say about its
file; this is also what the cache keeps, which holds no verdicts either. Whatever happens to one file (it cannot be
read, its worker dies or hangs), the others are checked all the same. This module must never judge, and never print.
"""

from __future__ import annotations

import os
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symderiv import cache, sidefile
from symderiv.checked import Opinions
from symderiv.diagnostics import FAULT, Diagnostic, UserError
from symderiv.document import Span
from symderiv.kernel.budget import SECONDS
from symderiv.reader.containers import Opened, open_path
from symderiv.reader.containers.files import JoinedSource
from symderiv.writers.findings import Counts, Examined, Finding, nothing_to_check, speaks_of_classes, unread_displays

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

AHEAD = 64  # tasks handed over before the first of them is done
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A file to check, how, and in which ``form`` (text, json, sarif or markdown) to write what was found.

    ``colours`` and ``width``, in columns, are for text. With ``second_opinion``, SymPy is asked about each verdict.
    ``cache`` is the folder of the cache, or "".
    """

    path: str
    classes: int | None = None
    declarations: tuple[tuple[str, str], ...] = ()
    strict: bool = False
    form: str = "json"
    colours: bool = False
    width: int = 100
    only_problems: bool = False
    second_opinion: bool = False
    cache: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """All that is read for one file: the document, and the directives of its side file."""

    document: Opened
    directives: tuple[tuple[str, str], ...] = ()


Read = Callable[[], Given]


def given(path: str) -> Given:
    """Raises UserError for what cannot be read."""
    directives = tuple(sidefile.directives(Path(path)))
    return Given(open_path(path), directives)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What checking one file came to, without its verdicts: as ``Examined``, and ``piece``, what to print about it.

    ``empty``: it was read, and holds nothing to check. ``fault``: the traceback of a fault in symderiv, or "".
    """

    path: str
    status: int
    problem: str = ""
    empty: bool = False
    counts: Counts = Counts()  # noqa: RUF009 (immutable)
    findings: tuple[Finding, ...] = ()
    files: tuple[str, ...] = ()
    speaks_of_classes: bool = False
    fault: str = ""
    piece: Any = None
    opinions: Opinions | None = None

    @property
    def faulty(self) -> bool:
        """Whether symderiv failed on the file, or on one of its steps."""
        return bool(self.fault) or any(found.diagnostic.code == FAULT for found in self.findings)


def examine(task: Task, read: Read | None = None, progress: Progress | None = None) -> tuple[Examined, str]:
    """Check one file; with the traceback if symderiv failed on it. ``read`` gives what is read, if it is no file."""
    from symderiv.check import check_document

    try:
        found = given(task.path) if read is None else read()
        declarations = [*found.directives, *task.declarations]
        document = found.document.read()
    except UserError as error:
        return Examined(task.path, None, str(error)), ""
    except MemoryError:
        return Examined(task.path, None, _no_memory(task)), ""
    except OSError as error:
        return Examined(task.path, None, f"{task.path} could not be checked: {error.strerror or error}."), ""
    except Exception:
        return Examined(task.path, None, _fault(task)), traceback.format_exc()
    # A size is a number from the beginning, wherever its declaration stands.
    declarations.sort(key=lambda declaration: not declaration[0].startswith("size"))
    try:
        checked = check_document(
            document,
            sizes={} if task.classes is None else {"K": task.classes},
            directives=declarations,
            strict=task.strict,
            progress=progress,
        )
        if task.second_opinion:
            from symderiv.sympy_engine import rechecked

            checked = rechecked(checked, progress)
    except MemoryError:
        return Examined(task.path, None, _no_memory(task)), ""
    except OSError as error:
        return Examined(task.path, None, f"{task.path} could not be checked: {error.strerror or error}."), ""
    except Exception:
        return Examined(task.path, None, _fault(task)), traceback.format_exc()
    reason = nothing_to_check(checked)
    problem = f"nothing was checked in {task.path}: {reason}." if reason else ""
    return Examined(task.path, checked, problem, tuple(declarations)), ""


def _no_memory(task: Task) -> str:
    return f"{task.path} could not be checked: there is not enough memory for it."


def _fault(task: Task) -> str:
    return f"{task.path} could not be checked: this is a fault in symderiv, not in the document."


def outcome(task: Task, found: Examined, fault: str = "") -> Outcome:
    """``found`` as plain data."""
    return Outcome(
        found.path,
        found.status,
        found.problem,
        bool(found.problem) and found.checked is not None and not unread_displays(found.checked),
        found.counts,
        tuple(replace(finding, step=None) for finding in found.findings),
        tuple(found.files),
        speaks_of_classes(found),
        fault,
        _piece(task, found),
        found.opinions,
    )


def _piece(task: Task, found: Examined) -> Any:
    if task.form == "json":
        from symderiv.writers import json

        return json.entry(found, {} if task.classes is None else {"classes": task.classes})
    if task.form == "sarif":
        from symderiv.writers import sarif

        return sarif.part(found)
    if task.form == "markdown":
        from symderiv.writers import markdown

        return markdown.section(found, task.only_problems)
    from symderiv.writers import terminal

    return terminal.report(found, terminal.Look(task.colours, task.width), task.only_problems)


def check_file(task: Task, progress: Progress | None = None) -> Outcome:
    """Check one file, in whichever process this runs, or remember what was found."""
    read, key, found = _remembered(task)
    if found is not None:
        return found
    clock = _Clock(progress)
    made = outcome(task, *examine(task, None if read is None else lambda: read, clock))
    if key and not made.faulty and not clock.late:
        cache.put(task.cache, key, asdict(made))
    return made


class _Clock:
    """Sees whether a step took so long that it may have met the kernel's clock, and come out otherwise another time."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress = progress
        self.last = time.monotonic()
        self.late = False

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        self.late = self.late or now - self.last >= SECONDS
        self.last = now
        if self.progress is not None:
            self.progress(done, of)


def _remembered(task: Task) -> tuple[Given | None, str, Outcome | None]:
    """What was read for the file, its key in the cache, and what the cache holds; None and "" where there is none."""
    if not task.cache:
        return None, "", None
    try:
        read = given(task.path)
    except Exception:  # said when it is checked
        return None, "", None
    source = read.document.source
    parts = (
        [(at, part.name, part.text, begin) for at, part, begin, _ in source.parts]
        if isinstance(source, JoinedSource)
        else []
    )
    key = cache.key(replace(task, cache=""), os.getcwd(), source.text, parts, read.document.problems, read.directives)
    try:
        return read, key, _outcome(cache.get(task.cache, key), task.form)
    except (KeyError, TypeError, ValueError, AttributeError):
        return read, key, None


_FIELDS = {field.name for field in fields(Outcome)}
_PARTS = {"json": {"path", "error", "summary", "steps", "diagnostics"}, "sarif": {"results", "notifications"}}


def _outcome(entry: Any, form: str) -> Outcome | None:
    """An outcome as the cache keeps it. Raises KeyError, TypeError, ValueError or AttributeError if it is none."""
    if entry is None:
        return None
    piece = entry["piece"]
    if entry.keys() != _FIELDS or not (isinstance(piece, str) if form not in _PARTS else piece.keys() >= _PARTS[form]):
        raise ValueError("something is missing")
    findings = []
    for finding in entry["findings"]:
        shown = finding["diagnostic"]
        shown = Diagnostic(shown["code"], shown["message"], Span(*shown["span"]), tuple(shown["notes"]), shown["help"])
        findings.append(Finding(shown, None, finding["origin"], finding["declaration"]))
    made = {"counts": Counts(**entry["counts"]), "findings": tuple(findings), "files": tuple(entry["files"])}
    made["opinions"] = Opinions(**entry["opinions"]) if entry["opinions"] else None
    return Outcome(**{**entry, **made})


def outcomes(
    tasks: Iterable[Task], executor: Executor, waiting: Callable[[int], None] | None = None
) -> Iterator[Outcome]:
    """What became of each task, in order, each as soon as it and those before it are done.

    ``waiting(done)`` is called now and then with the number of tasks that are done.
    """
    ahead: deque[tuple[Task, Future[Outcome]]] = deque()
    given = 0
    remaining = iter(tasks)
    try:
        for task in remaining:
            ahead.append((task, _submitted(task, executor)))
            if len(ahead) >= AHEAD:
                yield _awaited(*ahead.popleft(), waiting, given, ahead)
                given += 1
        while ahead:
            yield _awaited(*ahead.popleft(), waiting, given, ahead)
            given += 1
    finally:
        for _, future in ahead:
            future.cancel()


def _submitted(task: Task, executor: Executor) -> Future[Outcome]:
    """What the cache here remembers needs no worker."""
    _, _, found = _remembered(task)
    from concurrent.futures import Future

    done: Future[Outcome] = Future()
    if found is not None:
        done.set_result(found)
        return done
    try:
        return executor.submit(check_file, task)
    except Exception as error:  # a pool that broke with an earlier task takes no more
        done.set_exception(error)
        return done


def _awaited(
    task: Task,
    future: Future[Outcome],
    waiting: Callable[[int], None] | None,
    given: int,
    ahead: Sequence[tuple[Task, Future[Outcome]]],
) -> Outcome:
    from symderiv.workers import Lost

    while waiting is not None:
        waiting(given + sum(other.done() for _, other in ahead) + future.done())
        try:
            return future.result(0.2)
        except TimeoutError:
            if future.done():  # the work's own TimeoutError
                break
        except Exception:
            break
    try:
        return future.result()
    except Lost as lost:
        words, fault = f"{task.path} could not be checked: {lost}.", ""
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".rstrip(": .")
        words, fault = f"{task.path} could not be checked: its worker failed ({reason}).", traceback.format_exc()
    return outcome(task, Examined(task.path, None, words), fault)


def check_many(
    paths: Iterable[str | Path],
    *,
    executor: Executor | None = None,
    classes: int | None = None,
    declare: Sequence[str] = (),
    strict: bool = False,
    cached: bool = True,
) -> Iterator[dict[str, Any]]:
    """Check documents, and yield for each, in order, the record that ``symderiv check --format json`` prints.

    ``executor`` is any ``concurrent.futures.Executor`` (of processes, of a cluster); without one, the documents are
    checked here, one after the other. The other options are those of ``check``; with
    ``cached``, files that have not changed since are not checked again. What cannot be read or checked has its
    ``error`` in its record; nothing is raised for it. What ``paths`` raises is raised here. Raises UserError if
    ``classes`` is no number of classes, TypeError for what is no list of paths or of directives.
    """
    from symderiv.check import declared, whole_sizes

    if isinstance(paths, str | bytes | os.PathLike):
        raise TypeError("check_many takes a list of paths; symderiv.check takes one")
    classes = None if classes is None else whole_sizes({"K": classes})["K"]
    declarations = declared(declare)
    folder = cache.folder() if cached else ""
    tasks = (Task(os.fsdecode(path), classes, declarations, strict, cache=folder) for path in paths)
    found = map(check_file, tasks) if executor is None else outcomes(tasks, executor)
    for each in found:
        yield each.piece

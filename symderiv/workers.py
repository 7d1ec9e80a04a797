"""Processes that work for this one, behind the interface of ``concurrent.futures``.

The standard library's pool fails as a whole when one of its processes dies, cannot say which task killed it, and waits
for ever for one that hangs. Here a thread looks after each process: a task that kills its process or outlasts its time
fails alone, with ``Lost``, and a new process takes over. This module must never know what the work is.
"""

from __future__ import annotations

import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from operator import index
from typing import Any

_MASKS = hasattr(signal, "pthread_sigmask")
MOST = 256  # processes
RENEWED = 200  # tasks after which a process is replaced, so that what it remembers does not pile up


class Lost(Exception):
    """The process that worked on a task died, or was stopped because it took too long."""


class Workers(Executor):
    """``processes`` processes, each with one task at a time; ``seconds`` is the time for one task, or None.

    Raises ValueError for less than one process, or more than MOST, and for no time at all; TypeError for no number.
    """

    def __init__(self, processes: int, seconds: float | None = None) -> None:
        if not 1 <= index(processes) <= MOST:
            raise ValueError(f"processes must be a whole number from 1 to {MOST}, not {processes!r}")
        if seconds is not None and not float(seconds) > 0:
            raise ValueError(f"seconds must be a number above 0, or None, not {seconds!r}")
        self._context = multiprocessing.get_context("spawn")
        self._seconds = seconds
        self._tasks: queue.SimpleQueue[tuple[Future[Any], tuple] | None] = queue.SimpleQueue()
        self._closed = threading.Event()
        if _MASKS:
            from multiprocessing import resource_tracker

            resource_tracker.ensure_running()  # it lifts the mask of the thread that starts it
        self._threads = [threading.Thread(target=self._look_after, daemon=True) for _ in range(index(processes))]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        """Run ``function(*args, **options)`` in a process; all of it, and the result, must be picklable."""
        if self._closed.is_set():
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[Any] = Future()
        self._tasks.put((future, (function, args, options)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Stop when all is done; with ``cancel_futures`` now, and what is being worked on is given up."""
        if cancel_futures:
            self._closed.set()
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()
        self._closed.set()

    def __exit__(self, kind: object, *rest: object) -> None:
        self.shutdown(cancel_futures=kind is not None)

    def _look_after(self) -> None:
        if _MASKS:  # a new process begins as the thread that starts it: an interrupt is not for it
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        process: BaseProcess | None = None
        done = 0
        while (task := self._tasks.get()) is not None:
            future, work = task
            if self._closed.is_set():
                future.cancel()
            if not future.set_running_or_notify_cancel():
                continue
            if process is None:
                try:
                    process, connection = self._started()
                except OSError as error:  # no more files, processes or memory: it may be otherwise for the next task
                    future.set_exception(Lost(f"no process could be started for it: {error.strerror}"))
                    continue
                done = 0
            try:
                connection.send(work)
                failed, result = self._answer(connection)
            except Lost as lost:
                failed, result = True, lost
            except (EOFError, OSError):
                process.join(1)
                failed, result = True, Lost(f"its process died ({_how(process.exitcode)})")
            except Exception as error:  # what cannot be pickled
                failed, result = True, error
            done += 1
            if isinstance(result, Lost) or done == RENEWED:
                _stop(process, connection)
                process = None
            if failed:
                future.set_exception(result)
            else:
                future.set_result(result)
        if process is not None:
            _stop(process, connection)

    def _started(self) -> tuple[BaseProcess, Connection]:
        connection, theirs = self._context.Pipe()
        try:
            process = self._context.Process(target=_work, args=(theirs,), daemon=True)
            process.start()
        except BaseException:
            connection.close()
            raise
        finally:
            theirs.close()
        return process, connection

    def _answer(self, connection: Connection) -> tuple[bool, Any]:
        waited = 0.0
        while not connection.poll(0.1):
            waited += 0.1
            if self._seconds is not None and waited >= self._seconds:
                raise Lost(f"it took longer than {self._seconds:g} seconds")
            if self._closed.is_set():
                raise Lost("it was given up")
        answer: tuple[bool, Any] = connection.recv()
        return answer


def _work(connection: Connection) -> None:
    """What a process does: tasks, until its pipe is closed. An interrupt is its parent's to handle."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    while True:
        try:
            function, args, options = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (False, function(*args, **options))
        except Exception as error:
            answer = (True, error)
        try:
            connection.send(answer)
        except (BrokenPipeError, ConnectionError):
            return
        except Exception as error:  # the result cannot be pickled
            connection.send((True, RuntimeError(f"{type(error).__name__}: {error}")))


def _end_with(parent: BaseProcess | None) -> None:
    """End this process when its parent does, however that ends: nobody waits for the answer any more."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _stop(process: BaseProcess, connection: Connection) -> None:
    connection.close()
    process.kill()
    process.join()


def _how(status: int | None) -> str:
    if status is not None and status < 0:
        try:
            return signal.Signals(-status).name
        except ValueError:
            pass
    return f"exit status {status}"

"""What several test modules share: running the command line, in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from symderiv import diagnostics
from symderiv.diagnostics import ReadError
from symderiv.document import Span

ROOT = Path(__file__).resolve().parent.parent
TOLD = diagnostics.fault  # how a user is told of a fault


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bless", action="store_true", help="write the golden files anew; read them before committing")


def blessed(golden: Path, text: str, config: pytest.Config) -> None:
    """``text`` is what the golden file holds; with ``--bless`` it is written there."""
    if config.getoption("--bless"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
    assert golden.is_file(), f"{golden.name} is missing: run pytest --bless, and read it"
    assert text == golden.read_text(encoding="utf-8"), f"{golden.name} has changed: read it, then run pytest --bless"


class Outcome(NamedTuple):
    """What a command did: its exit status and what it wrote on the two streams."""

    status: int
    out: str
    err: str


def pytest_configure() -> None:
    """A fault of symderiv's own is one in every test, not a message."""

    def raised(error: Exception, span: Span) -> ReadError:
        raise error

    diagnostics.fault = raised


@pytest.fixture(autouse=True, scope="session")
def no_cache() -> Iterator[None]:
    """Nothing is remembered from one test to the next, and nothing is written into the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYMDERIV_CACHE", "")
        yield


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """``run("derive", "softmax-notes")`` calls ``main`` in this process."""

    def call(*arguments: object) -> Outcome:
        from symderiv.cli import main

        capfd.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capfd.readouterr())

    return call


def command(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """``symderiv ARGUMENTS`` in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "symderiv", *map(str, arguments)],
        **{"capture_output": True, "text": True, "timeout": 120, "env": environment, **options},
    )

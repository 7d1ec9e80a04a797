"""The folder of public derivations, where there is one: nothing crashes, and the verdicts agree with those made by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.corpus.measure import SIDE_FILES, Measured, documents, measure
from tests.corpus.reviewed import FALSE, REAL

FOLDER = ROOT.parent / "shared" / "corpus"
FOUND = documents(FOLDER) if (FOLDER / "index.tsv").is_file() else []

pytestmark = pytest.mark.skipif(not FOUND, reason="the folder of public derivations is not here")


@cache
def measured(path: Path, side_files: bool) -> Measured:
    return measure(path, side_files=side_files)


@pytest.mark.parametrize("side_files", [False, True], ids=["alone", "with side files"])
@pytest.mark.parametrize("path", [path for path, _ in FOUND], ids=lambda path: path.name[:3])
def test_a_document_of_strangers(path: Path, side_files: bool) -> None:
    if side_files and not (SIDE_FILES / path.name).with_suffix(".symderiv").is_file():
        pytest.skip("no side file")
    result = measured(path, side_files)
    assert not result.crash
    assert not result.unexpected, "refuted at these lines, which nobody has judged to be false"
    assert not result.unsound, "proved at these lines, which are false"


def test_side_files_are_short_and_understood() -> None:
    names = {path.with_suffix(".symderiv").name for path, _ in FOUND}
    for side in sorted(SIDE_FILES.glob("*.symderiv")):
        assert side.name in names
        assert len(side.read_text(encoding="utf-8").splitlines()) <= 3
    for path, _ in FOUND:
        result = measured(path, True)
        assert result.checked is not None
        assert [d.message for d in result.checked.diagnostics if ".symderiv" in d.message] == []


def test_the_lists_speak_of_documents_that_are_there() -> None:
    numbers = {path.name[:3] for path, _ in FOUND}
    assert set(FALSE) <= numbers
    assert set(REAL) <= set(FALSE)

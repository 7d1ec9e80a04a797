"""The two reports in ``output/`` are what ``derive`` writes today: ``pytest --bless`` writes them anew, to be looked at."""

from __future__ import annotations

import io
import shutil
from functools import cache
from pathlib import Path

import pytest

from symderiv.derive import Derived, derive
from tests.conftest import ROOT, blessed

OUTPUT = ROOT / "output"
REPORTS = {"softmax-notes-K4": ("softmax-notes", 1), "softmax-weights-K3": ("softmax-weights", 3)}
"""Name of the files -> name of the derivation, and the page that is shown as a picture."""


@cache
def derived(name: str) -> Derived:
    return derive(name)


def picture(pdf: bytes, page: int) -> bytes:
    """A page as PNG, its white margins cut off."""
    pdfium = pytest.importorskip("pypdfium2")
    image = pytest.importorskip("PIL.Image")
    shown = pdfium.PdfDocument(pdf)[page - 1].render(scale=2).to_pil().convert("L")
    left, top, right, bottom = shown.point(lambda grey: 255 - grey).getbbox()
    whole = pdfium.PdfDocument(pdf)[page - 1].render(scale=2).to_pil()
    cut = whole.crop((left - 30, top - 30, right + 30, bottom + 30)).convert(
        "P", palette=image.Palette.ADAPTIVE, colors=200
    )
    out = io.BytesIO()
    cut.save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize("stem", REPORTS)
def test_the_report_is_what_derive_writes(stem: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    name, page = REPORTS[stem]
    tex = derived(name).write(tmp_path, formats=("tex",))["tex"]
    assert tex.stem == stem
    if request.config.getoption("--bless") and shutil.which("pdflatex"):
        pdf = derived(name).write(tmp_path, formats=("pdf",), pdf_engine="latex")["pdf"].read_bytes()
        (OUTPUT / f"{stem}.pdf").write_bytes(pdf)
        (OUTPUT / f"{stem}-page{page}.png").write_bytes(picture(pdf, page))
    blessed(OUTPUT / f"{stem}.tex", tex.read_text(encoding="utf-8"), request.config)


@pytest.mark.parametrize("stem", REPORTS)
def test_the_pdf_and_the_picture_belong_to_the_report(stem: str) -> None:
    """Their bytes depend on the TeX at hand; what they say does not."""
    pdfium = pytest.importorskip("pypdfium2")
    name, page = REPORTS[stem]
    document = pdfium.PdfDocument(OUTPUT / f"{stem}.pdf")
    text = " ".join("".join(sheet.get_textpage().get_text_range() for sheet in document).split())
    checked = derived(name).checked
    assert f"{sum(step.in_order and not step.expected_false for step in checked.claims)} relations in all" in text
    assert all(block.inlines[0].text in text for block in checked.document.blocks if type(block).__name__ == "Heading")
    assert 1000 < (OUTPUT / f"{stem}-page{page}.png").stat().st_size < 200_000

"""Derivations: which there are, what they may be asked for, and that every template fills, for all sizes, with sound
LaTeX of which every line is proved; and that a template which errs in any way gives an error and no report."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from symderiv.checked import Checked
from symderiv.derive import DerivationFailed, Derived, Outcome, derivations, derive, fill, find, settle
from symderiv.diagnostics import UserError
from symderiv.document import Display, Figure, Heading
from symderiv.kernel.verdict import Proved, Refuted
from symderiv.reader.containers import read_text

NOTES: list[dict[str, Any]] = [
    *({"classes": K} for K in (2, 3, 4, 5, 6, 10, 100, "K")),
    {"classes": 2, "true_class": 1},
    {"classes": 4, "true_class": 1},
    {"classes": 4, "true_class": 4, "samples": 5},
    {"classes": 10, "true_class": 1},
    {"classes": 10, "true_class": 10, "samples": 1},
]
WEIGHTS: list[dict[str, Any]] = [
    *({"classes": K} for K in (2, 3, 4, 5, 6, 10, 100, "K")),
    {"classes": 3, "features": 2, "samples": 4},
    {"classes": 3, "features": "n"},
    {"classes": 2, "features": "n", "samples": 1},
    {"classes": 10, "features": 12},
    {"classes": "K", "features": 3},
    {"classes": "K", "features": "n"},
]
EVERY = [*(("softmax-notes", asked) for asked in NOTES), *(("softmax-weights", asked) for asked in WEIGHTS)]
IDS = [f"{name}-{'-'.join(f'{key}={value}' for key, value in asked.items())}" for name, asked in EVERY]


@cache
def filled(name: str, **asked: Any) -> str:
    derivation = find(name)
    return fill(derivation, settle(derivation, asked))


def test_both_articles_are_listed_with_a_description_and_their_defaults() -> None:
    known = {derivation.name: derivation for derivation in derivations()}
    assert known["softmax-notes"].parameters == {"classes": "4", "true_class": "3", "samples": "m"}
    assert known["softmax-weights"].parameters == {"classes": "3", "features": "1", "samples": "m"}
    assert all(derivation.description for derivation in known.values())


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("softmax-notes", {"classes": 1}, "--classes must be at least 2, not 1"),
        ("softmax-notes", {"classes": 0}, "at least 2"),
        ("softmax-notes", {"classes": -3}, "at least 2, not -3"),
        ("softmax-notes", {"classes": 2.5}, "whole number, or K"),
        ("softmax-notes", {"classes": "2.5"}, "whole number, or K"),
        ("softmax-notes", {"classes": "abc"}, "whole number, or K"),
        ("softmax-notes", {"classes": "k"}, "whole number, or K"),
        ("softmax-notes", {"classes": True}, "whole number, or K"),
        ("softmax-notes", {"classes": 10**9}, "at most 1000"),
        ("softmax-notes", {"classes": "9" * 40}, "at most 1000"),
        ("softmax-notes", {"classes": 4, "true_class": 9}, "one of the classes 1 to 4, not 9"),
        ("softmax-notes", {"classes": 4, "true_class": 0}, "one of the classes 1 to 4"),
        ("softmax-notes", {"classes": 4, "true_class": "x"}, "one of the classes 1 to 4"),
        ("softmax-notes", {"classes": "K", "true_class": 3}, "any class c"),
        ("softmax-notes", {"features": 3}, "no parameter --features; it has: --classes, --true-class, --samples"),
        ("softmax-weights", {"features": 0}, "--features must be at least 1"),
        ("softmax-weights", {"samples": "n"}, "whole number, or m"),
        ("softmax-nodes", {}, "did you mean 'softmax-notes'?"),
        ("zebra", {}, "there is: softmax-notes, softmax-weights"),
        ("nowhere/mine.tex.j2", {}, "There is no file"),
    ],
)
def test_unusable_requests_are_explained(name: str, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError) as caught:
        filled(name, **asked)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.status == 3


def test_the_true_class_is_3_or_the_last_one() -> None:
    notes = find("softmax-notes")
    assert settle(notes, {})["true_class"] == 3
    assert settle(notes, {"classes": 2})["true_class"] == 2
    assert settle(notes, {"classes": "K"})["true_class"] == "c"
    assert settle(notes, {"classes": "7", "true_class": "2"}) == {"classes": 7, "true_class": 2, "samples": "m"}


@pytest.mark.parametrize(("name", "asked"), EVERY, ids=IDS)
def test_templates_fill_with_sound_latex(name: str, asked: dict[str, Any]) -> None:
    text = filled(name, **asked)
    bare = re.sub(r"\\[{}]", "", text)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert bare.count("$") % 2 == 0
    open_environments: list[str] = []
    for kind, environment in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            open_environments.append(environment)
        else:
            assert open_environments.pop() == environment
    assert not open_environments
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
    labels = re.findall(r"\\label\{([^}]*)\}", text) + re.findall(r"label=([\w:-]+)", text)
    assert len(set(labels)) == len(labels)
    assert set(re.findall(r"\\(?:eq)?ref\{([^}]*)\}", text)) <= set(labels)
    assert not re.search(r"\(\(|\)\)\)\)|None|Undefined|\\{2}(?![ \n\[])", text)
    assert not re.search(r"(?m)[^\S\n]{2,}(?!%)(?=\S)", re.sub(r"(?m)^\s+|\\\\.*$", "", text))
    assert text.count("% symderiv: case") == text.count("% symderiv: end")
    assert len(text) < 40_000


@pytest.mark.parametrize(("name", "asked"), EVERY, ids=IDS)
def test_templates_are_read_back_whole(name: str, asked: dict[str, Any]) -> None:
    text = filled(name, **asked)
    document = read_text(text, f"{name}.tex", "tex")
    assert not document.problems
    assert document.title
    kinds = [type(block) for block in document.blocks]
    assert kinds.count(Figure) == 1
    assert kinds.count(Heading) >= 6
    displays = len(re.findall(r"\\begin\{equation\}|\\\[\n", text))

    def count(blocks: Any) -> int:
        return sum(isinstance(block, Display) or count(getattr(block, "blocks", ())) for block in blocks)

    assert count(document.blocks) == displays


def test_a_hundred_classes_take_no_more_room_than_ten() -> None:
    for name in ("softmax-notes", "softmax-weights"):
        assert len(filled(name, classes=100)) < 1.1 * len(filled(name, classes=10))


# A user's own template


def template(folder: Path, text: str, name: str = "mine.tex.j2") -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\n((* if K *))\nb", r"mine\.tex\.j2:3: .*end of template"),
        ("a\n((* for *))", r"mine\.tex\.j2:2: .*in the line  \(\(\* for \*\)\)"),
        ("a\nb ((( nothing ))) c", r"mine\.tex\.j2:2: .*'nothing' is undefined, in the line  b \(\(\( nothing"),
        ("((( 1 / 0 )))", r"mine\.tex\.j2:1: .*division by zero"),
        ("((( K.__class__ )))", r"mine\.tex\.j2:1: .*unsafe"),
        ("((( softmax_derivative(1, 77) )))", "no class 77"),
        ("((* for a in range(99999) *))((* for b in range(99999) *))((* endfor *))((* endfor *))", "steps to fill"),
        ("((* set x = range(900)|list *))((* for a in x *))((* for b in x *))((* endfor *))((* endfor *))", "steps"),
        ("((* macro f(n) *))((( f(n) )))((( f(n) )))((* endmacro *))((( f(1) )))", "calls itself without end|steps"),
        ("((( 'a' * 10**9 )))", "numbers below"),
        ("((( 9**(9**9) )))", "exponent"),
        ("((* for a in range(99999) *))" + "x" * 99 + "((* endfor *))", "4,000,000 characters"),
        ("((* include 'mine.tex.j2' *))", "calls itself without end|steps"),
        ("((* include 'gone.tex' *))", r"gone\.tex"),
        ("((* include '../../etc/passwd' *))", "passwd"),
    ],
)
def test_a_template_that_cannot_be_filled(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        filled(template(tmp_path, text), classes=3)
    assert caught.value.status == 3


def test_text_is_escaped_and_mathematics_is_not(tmp_path: Path) -> None:
    text = "((( '50% & more' ))) ((( 'p_k'|tex ))) ((( loss_derivative(K) ))) ((( number )))"
    assert filled(template(tmp_path, text), classes=3) == "50\\% \\& more p_k p_3 - 1 three\n"


def test_engine_values_take_letters(tmp_path: Path) -> None:
    text = (
        "((( softmax_derivative(c, 'k') ))) ; ((( softmax_derivative('k', 'k') ))) ; ((( loss_derivative('k') ))) ; "
        "((( weight_derivative('k', 'j') ))) ; ((( hypothesis_derivative('l', 'k') )))"
    )
    path = template(tmp_path, text)
    for asked, c in (({"classes": 4}, "3"), ({"classes": "K", "features": "n"}, "c"), ({"classes": 30}, "3")):
        jacobian, diagonal, slope, weight, hypothesis = filled(path, **asked).strip().split(" ; ")
        assert jacobian in (f"-p_{c} p_k", f"-p_k p_{c}")
        assert diagonal == "p_k (1 - p_k)"
        assert slope == "p_k"
        assert weight == r"\sum_{i=1}^m (h_k(x^{(i)}) - y_k^{(i)}) x_j^{(i)}"
        assert hypothesis == "-h_l(x^{(i)}) h_k(x^{(i)})"


# Proved as printed


@pytest.mark.parametrize(("name", "asked"), EVERY, ids=IDS)
def test_every_line_is_proved_as_printed(name: str, asked: dict[str, Any]) -> None:
    derived = derive(name, **asked)
    assert derived.failures == ()
    assert derived.verdict is Outcome.PROVED
    assert derived.checked.diagnostics == ()
    refuted = [step for step in derived.steps if step.expected_false]
    assert len(refuted) == (name == "softmax-notes")
    assert all(isinstance(step.verdict, Refuted) for step in refuted)
    assert sum(isinstance(step.verdict, Proved) for step in derived.steps) >= 35


SLIPS = [
    ("softmax-notes", r"p_i (\delta_{ik} - p_k)", r"p_i (\delta_{ik} - p_i)"),
    ("softmax-notes", r"= p_i (1 - p_i)", r"= p_i (1 + p_i)"),
    ("softmax-notes", r"\frac{0 - e^{", r"\frac{0 + e^{"),
    ("softmax-notes", r"\frac{V e^{", r"\frac{e^{"),
    ("softmax-notes", r"t_j^{(i)} (\delta_{jk} - p_k^{(i)})", r"t_j^{(i)} (\delta_{jk} - p_j^{(i)})"),
    ("softmax-notes", r"-\sum_{j=1}^{((( K )))} t_j^{(i)} \log p_j", r"\sum_{j=1}^{((( K )))} t_j^{(i)} \log p_j"),
    ("softmax-notes", r"= \frac{1}{((( m )))} \sum_{i=1}^{((( m )))} \left(", r"= \sum_{i=1}^{((( m )))} \left("),
    ("softmax-notes", r"\frac{\partial L}{\partial p_{((( i )))}}", r"\frac{\partial L}{\partial f_{((( i )))}}"),
    ("softmax-notes", r"0 < p_i < 1", r"1 < p_i < 2"),
    ("softmax-notes", r"% symderiv: assume", r"% nothing is assumed:"),
    ("softmax-notes", r"% symderiv: false", r"% as if it were true"),
    ("softmax-weights", r"&= \frac{u'v - uv'}{v^2}", r"&= \frac{u'v + uv'}{v^2}"),
    ("softmax-weights", r"&= \frac{u'v - uv'}{v^2}", r"&= \frac{u'v - uv'}{v}"),
    ("softmax-weights", r"- \left( ((( e(a) ))) \right)^2}", r"- ((( e(a) )))}"),
    ("softmax-weights", r"\left( -((( y(1) )))((* for", r"\left( ((( y(1) )))((* for"),
    ("softmax-weights", r"% symderiv: assume x_0^{(i)} = 1", r"% symderiv: assume x_0^{(i)} = 0"),
    ("softmax-weights", r"% symderiv: assume \sum", r"% nothing is assumed: \sum"),
    ("softmax-weights", r"g(x^{(i)}) (1 - g(x^{(i)})) x_j", r"g(x^{(i)}) (1 - g(x^{(i)})) x_i"),
    ("softmax-weights", r"\frac{1}{1 + e^{-(s_1 - s_2)}}", r"\frac{1}{1 + e^{-(s_2 - s_1)}}"),
]


@pytest.mark.parametrize(("name", "line", "slip"), SLIPS)
def test_one_slip_in_a_template_and_nothing_is_written(tmp_path: Path, name: str, line: str, slip: str) -> None:
    source = find(name).path.read_text(encoding="utf-8")
    assert line in source
    derived = derive(template(tmp_path, source.replace(line, slip)), classes=3, strict=True)
    assert derived.verdict is not Outcome.PROVED
    with pytest.raises(DerivationFailed) as caught:
        derived.write(tmp_path / "out")
    assert caught.value.status in (1, 2)
    assert caught.value.derived is derived
    assert not (tmp_path / "out").exists()


def test_a_derivation_prints_what_was_proved(tmp_path: Path) -> None:
    assert str(derive("softmax-notes", classes=3)).startswith("✓ 60 lines proved: 48 for K = 3; ")
    assert str(derive(template(tmp_path, "\\[ x + x = 3x \\]"), classes=3)) == "✓ 0 lines proved\n✗ 1 line false"


ORIGINS = {  # templates with x = x + 1 in one line, and that line
    "((# description: in a line of its own #))\n\n\n\\title{A}\n\n$$\nx = x + 1\n$$\n": 7,
    "((* for k in all_classes *))\n((( k )))\n\n((* if k == 2 *))\n  \\[ x = x ((* if K *))+((* endif *)) 1 \\]\n((* endif *))\n((* endfor *))\n": 5,
    "((* macro slip(x) *))\n\\[ ((( x )))\n = ((( x ))) + 1 \\]\n((* endmacro *))\n\n((( slip('x' | tex) )))\n": 3,
    "\n\\[ ((( 'x\n' | tex))) = x + 1\n\\]\n": 3,
    "$p_{((( K )))}$\n((( words(3) )))\n((* set line *))\n\\[\nx = x + 1\n\\]\n((* endset *))\n\n\n\n((( line )))": 5,
}


@pytest.mark.parametrize("text", ORIGINS)
def test_a_line_that_is_not_in_order_is_found_in_the_template(tmp_path: Path, text: str) -> None:
    path = template(tmp_path, text)
    derived = derive(path, classes=3)
    assert derived.failures
    for step in derived.failures:
        assert f"this line comes from {path}:{ORIGINS[text]}" in step.diagnostic.notes
    assert derived.text == fill(find(path), derived.parameters)


def test_a_line_that_is_not_in_order_is_found_in_an_included_template(tmp_path: Path) -> None:
    template(tmp_path, "A slip.\n\n\\[ x = x + 1 \\]\n", "slip.tex.j2")
    derived = derive(template(tmp_path, "\\[ y = y \\]\n((* include 'slip.tex.j2' *))\n"), classes=3)
    (step,) = derived.failures
    assert "this line comes from slip.tex.j2:3" in step.diagnostic.notes


def test_the_message_shows_the_line_and_the_counterexample(tmp_path: Path) -> None:
    text = "% symderiv: index i,j : 1..((( K )))\n$x$\n\\[ \\sum_{i=1}^{((( K )))} x_i = x_1 \\]\n"
    derived = derive(template(tmp_path, text), classes=5)
    assert derived.verdict is Outcome.REFUTED
    with pytest.raises(DerivationFailed) as caught:
        derived.write(tmp_path / "out")
    message = str(caught.value)
    assert "mine.tex:3:" in message
    assert r"\[ \sum_{i=1}^5 x_i = x_1 \]" in message
    assert "counterexample" in message
    assert caught.value.status == 1


def test_a_line_marked_false_that_is_true_is_not_in_order(tmp_path: Path) -> None:
    derived = derive(template(tmp_path, "\\[ a + a = 2 a % symderiv: false\n\\]\n"), classes=3)
    assert derived.verdict is Outcome.REFUTED


def test_nothing_checked_is_not_success(tmp_path: Path) -> None:
    derived = derive(template(tmp_path, "Only words.\n"), classes=3)
    with pytest.raises(DerivationFailed, match="no line that could be checked"):
        derived.write(tmp_path / "out")


def test_a_second_meaning_has_to_be_declared(tmp_path: Path) -> None:
    """Else a slip in a first definition would hide behind a second one."""
    text = "\\[ s = a + b \\]\n%s\\[ s = a - b \\]\n\\[ s + b = a \\]\n"
    assert derive(template(tmp_path, text % "% symderiv: new s\n"), classes=3).verdict is Outcome.PROVED
    derived = derive(template(tmp_path, text % ""), classes=3)
    with pytest.raises(DerivationFailed, match=r"mine.tex:2:\d+: s is defined anew") as caught:
        derived.write(tmp_path / "out")
    assert caught.value.status == 3
    assert "symderiv: new" in str(caught.value)


@pytest.mark.parametrize(
    "greedy",
    [
        '((( "a".center(10**10) )))',
        '((( "a" * 10**9 )))',
        '((* set x = "a" *))' + "((* set x = x ~ x *))" * 40 + "((( x )))",
        '((* set x = "a" *))' + "((* set x = x + x *))" * 40 + "((( x )))",
        "((* set x = [1] *))" + "((* set x = x + x *))" * 40 + "((( x|length )))",
    ],
)
def test_a_template_cannot_take_all_the_memory(tmp_path: Path, greedy: str) -> None:
    with pytest.raises(UserError):
        derive(template(tmp_path, greedy), classes=3)


def test_a_report_with_a_display_that_is_skipped_is_not_written(tmp_path: Path) -> None:
    text = "\\title{S}\n\\[ x + x = 2x \\]\n% symderiv: skip\n\\[ x + x = 3x \\]\n"
    derived = derive(template(tmp_path, text), classes=3)
    assert derived.verdict is Outcome.UNDECIDED
    with pytest.raises(DerivationFailed, match="this display is skipped"):
        derived.require()


def test_joined_texts_are_escaped_once(tmp_path: Path) -> None:
    path = template(tmp_path, '((( "a_b" ~ K ))) ((( "a_b" ~ ("$x_1$"|tex) )))')
    derivation = find(path)
    assert fill(derivation, settle(derivation, {"classes": 3})) == "a\\_b3 a\\_b$x_1$\n"


@pytest.mark.parametrize("classes", [2, 4, "K"])
@pytest.mark.parametrize("name", ["softmax-notes", "softmax-weights"])
def test_the_written_report_can_be_checked_again(tmp_path: Path, name: str, classes: int | str) -> None:
    """Its directives stand in it as comments; so the report proves itself, and what SymPy returned as well."""
    from symderiv.check import check_path

    derived = derive(name, classes=classes)
    again = check_path(derived.write(tmp_path, formats=("tex",))["tex"])
    source = again.document.source
    assert [source.line(source.position(step.span.start).line) for step in again.steps if not step.in_order] == []
    assert len(again.claims) >= len(derived.checked.claims)
    assert again.diagnostics == ()


def test_positions_in_the_record_are_those_of_its_text() -> None:
    from symderiv.writers.json import record

    derived = derive("softmax-weights", classes=2)
    lines = derived.text.split("\n")
    for step in record(derived.checked)["steps"]:
        assert lines[step["line"] - 1][step["column"] - 1 :].startswith(step["source"].split("\n")[0])


# Files


@pytest.fixture(scope="module")
def notes() -> Derived:
    return derive("softmax-notes", classes=2)


def test_reports_are_written_and_the_same_each_time(notes: Derived, tmp_path: Path) -> None:
    paths = notes.write(tmp_path / "new" / "folder", formats=("tex", "html"))
    assert [path.name for path in paths.values()] == ["softmax-notes-K2.tex", "softmax-notes-K2.html"]
    assert {path.name for path in paths["tex"].parent.iterdir()} == {path.name for path in paths.values()}
    again = derive("softmax-notes", classes=2).write(tmp_path, formats=("tex", "html"))
    assert all(again[form].read_bytes() == path.read_bytes() for form, path in paths.items())


def test_an_existing_report_survives_what_fails(notes: Derived, tmp_path: Path) -> None:
    (tmp_path / "softmax-notes-K2.tex").write_text("old")
    with pytest.raises(UserError, match="no output format 'docx'"):
        notes.write(tmp_path, formats=("tex", "docx"))
    (tmp_path / "softmax-notes-K2.html").mkdir()
    with pytest.raises(UserError, match="cannot write to"):
        notes.write(tmp_path, formats=("html",))
    assert (tmp_path / "softmax-notes-K2.tex").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(UserError, match="not a folder"):
        notes.write(tmp_path / "softmax-notes-K2.tex", formats=("tex",))


@pytest.mark.parametrize(
    ("name", "asked", "stem"),
    [
        ("softmax-notes", {"classes": 4}, "softmax-notes-K4"),
        ("softmax-notes", {"classes": 4, "true_class": 1, "samples": 5}, "softmax-notes-K4-c1-m5"),
        ("softmax-notes", {"classes": "K"}, "softmax-notes-K"),
        ("softmax-weights", {"features": "n"}, "softmax-weights-K3-n"),
    ],
)
def test_names_of_files(name: str, asked: dict[str, Any], stem: str) -> None:
    derivation = find(name)
    empty = Checked(read_text("", "x", "tex"), (), ())
    assert Derived(derivation, settle(derivation, asked), "", empty).stem == stem


DECLARED = {  # what a template declares -> what is said of it
    "classes=abc": "mine.tex.j2 declares classes=abc, which cannot be: --classes must be a whole number",
    "classes=": "mine.tex.j2 declares classes=,",
    "samples=0": "mine.tex.j2 declares samples=0, which cannot be: --samples must be at least 1",
    "classes=4 true_class=abc": "mine.tex.j2 declares true_class=abc,",
    "classes=4 true_class=-1": "mine.tex.j2 declares true_class=-1,",
    "classes=4 true_class=c": "mine.tex.j2 declares true_class=c,",
    "foo=1": "mine.tex.j2 declares the parameter 'foo'",
}


@pytest.mark.parametrize("declared", DECLARED)
def test_what_a_template_declares_wrongly_is_said_to_be_its_own(tmp_path: Path, declared: str) -> None:
    path = template(tmp_path, f"((# parameters: {declared} #))\n\\[ x + x = 2x \\]")
    with pytest.raises(UserError, match=re.escape(DECLARED[declared])):
        derive(path)


def test_what_a_template_declares_for_any_number_of_classes(tmp_path: Path) -> None:
    path = template(tmp_path, "((# parameters: classes=K true_class=c #))\n\\[ x + x = 2x \\]")
    assert derive(path).parameters == {"classes": "K", "true_class": "c"}
    assert derive(path, classes=2, true_class=1).parameters == {"classes": 2, "true_class": 1}
    (tmp_path / "none.tex.j2").write_text("((# parameters: #))\n\\[ x + x = 2x \\]")
    with pytest.raises(UserError, match="no parameter --classes; it has: none"):
        derive(tmp_path / "none.tex.j2", classes=3)

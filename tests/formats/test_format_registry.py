from __future__ import annotations

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import qbank.formats
from qbank.discovery import DiscoveryError
from qbank.formats import formats
from qbank.formats.contract import Export, ExportInput, Format, unsupported
from qbank.model.item import Essay, TrueFalse
from tests.formats.samples import export_input


def test_qti30_is_found_by_its_folder() -> None:
    found = formats()
    assert found["qti30"].extension == "qti30.zip"
    assert list(found) == sorted(found)
    assert found["qti30"].file_name(export_input([TrueFalse(id="a", key=True)])) == "sample-a-staff.qti30.zip"


def test_finding_the_formats_imports_nothing_heavy() -> None:
    code = (
        "import sys; from qbank.formats import formats; formats();"
        "heavy = {'lxml', 'nh3', 'markdown_it', 'latex2mathml', 'openpyxl', 'numpy'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def _nothing(input: ExportInput) -> Export:
    return Export(())


def _format(slug: str) -> Format:
    return Format(slug=slug, title=slug, extension=slug, item_types=frozenset(), writes=_nothing)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "shows no FORMAT"),
        (_format("other"), "calls itself 'other'"),
        (_format("qti30"), "exists already"),
    ],
)
def test_a_wrong_plug_in_is_named(value: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qbank.formats, "plugins", lambda group: [("qti30" if value else "new", value)])
    with pytest.raises(DiscoveryError, match=message):
        formats()


def test_a_plug_in_may_be_a_module_or_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("other_format")
    module.FORMAT = _format("other-format")  # type: ignore[attr-defined]
    added = [("other-format", module), ("third", _format("third"))]
    monkeypatch.setattr(qbank.formats, "plugins", lambda group: added)
    assert {"other-format", "third", "qti30"} <= set(formats())


def test_what_a_form_lacks_and_what_a_format_cannot_carry_is_found() -> None:
    whole = export_input([TrueFalse(id="a", key=True), Essay(id="b", stimulus="nowhere"), Essay(id="c")])
    input = export_input([whole.items["a"], whole.items["b"], Essay(id="c")])
    input = type(input)(
        **{name: getattr(input, name) for name in input.__struct_fields__ if name != "items"},
        items={id: item for id, item in input.items.items() if id != "c"},
    )
    found = unsupported(input, {"essay"}, "the format")
    assert [finding.message for finding in found] == [
        "item a: the format cannot carry the type true-false",
        "item b: stimulus nowhere is not in the bank",
        "position 3: item c is not in the bank",
    ]
    assert all(finding.hint for finding in found)

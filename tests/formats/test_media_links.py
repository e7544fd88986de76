"""A file that a bank shows by a link out of its folder is in no export: anything might be at its end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qbank import api

FORMATS = ("html", "qti12", "qti21", "qti22", "qti30", "moodle-xml")
PICTURE = b"\x89PNG\r\n\x1a\n"
IN_TEXT = {"id": "bone", "type": "true-false", "stem": "Broken? ![a bone](media/bone.png)", "key": True}
IN_STIMULUS = {**IN_TEXT, "stem": "Broken?", "stimulus": "seen"}


def bank(folder: Path, item: dict[str, object]) -> Path:
    """A bank that shows a picture, which is not there yet."""
    stimulus = {"id": "seen", "text": "Look.", "media": [{"file": "media/bone.png", "alt": "a bone"}]}
    stimuli = [stimulus] if "stimulus" in item else []
    (folder / "media").mkdir(parents=True)
    (folder / "bank.json").write_text(json.dumps({"items": [item], "stimuli": stimuli}), encoding="utf-8")
    return folder


@pytest.mark.parametrize("item", [IN_TEXT, IN_STIMULUS])
@pytest.mark.parametrize("to", FORMATS)
def test_a_link_out_of_the_bank_is_not_followed(to: str, item: dict[str, object], tmp_path: Path) -> None:
    folder = bank(tmp_path / "bank", item)
    (tmp_path / "secret.png").write_bytes(PICTURE)
    (folder / "media" / "bone.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(
        api.ExportRefused, match=r"media/bone\.png,? (which )?leaves the bank's folder by a link"
    ):
        api.export_bank(api.load_bank(folder / "bank.json").bank, to)
    (folder / "media" / "bone.png").unlink()
    (folder / "media" / "bone.png").write_bytes(PICTURE)
    assert api.export_bank(api.load_bank(folder / "bank.json").bank, to).files


@pytest.mark.parametrize(("item", "rule"), [(IN_TEXT, "missing-media"), (IN_STIMULUS, "media-outside-bank")])
def test_a_link_is_told_once_by_lint(item: dict[str, object], rule: str, tmp_path: Path) -> None:
    folder = bank(tmp_path, item)
    (folder / "bone.png").write_bytes(PICTURE)
    (folder / "media" / "bone.png").symlink_to("../bone.png")
    told = [(one.rule, one.message) for one in api.lint(*api.load_bank(folder / "bank.json")).diagnostics]
    assert told == [(rule, "media/bone.png is a link, or behind one")]

"""Forms and exports → files in a folder, each whole or not at all; a form file names its blueprint."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from qbank.exporting import File, Made
from qbank.formats.files import write_atomic
from qbank.model.blueprint import Blueprint
from qbank.model.form import Form
from qbank.reading.form import form_bytes


def in_folder(form: Form, blueprint: Blueprint, folder: str | Path) -> Form:
    """The form as a file in a folder says it: with the way from there to its blueprint."""
    return msgspec.structs.replace(
        form, blueprint=msgspec.structs.replace(form.blueprint, path=_way(Path(folder), Path(blueprint.path)))
    )


def _way(folder: Path, target: Path) -> str:
    """The path from a folder to a file, with /; absolute where there is no relative one."""
    try:
        way = os.path.relpath(target.resolve(), folder.resolve())
    except ValueError:
        way = str(target.resolve())
    return way.replace(os.sep, "/")


def form_file(form: Form) -> File:
    """The form file: `<form id>.form.json`."""
    return f"{form.id}.form.json", form_bytes(form)


def save_form(form: Form, blueprint: Blueprint, folder: str | Path) -> Path:
    """Write the form file into a folder; gives its path."""
    return write([form_file(in_folder(form, blueprint, folder))], folder)[0]


def write(files: Iterable[Made], folder: str | Path) -> tuple[Path, ...]:
    """Write files into a folder, each whole or not at all; the folder is made when it is missing."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files:
        write_atomic(folder / name, content)
        written.append(folder / name)
    return tuple(written)

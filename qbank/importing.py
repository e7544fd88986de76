"""Foreign files → a bank: read tolerantly, ids made fit and stable, merged with what is there.

Nothing is written here: a `Plan` says which files a bank would get. Importing the same file twice plans
nothing the second time.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from qbank.discovery import did_you_mean
from qbank.editing.changes import Change, change
from qbank.editing.records import document, entries
from qbank.formats import formats
from qbank.formats.contract import Format, Imported, Source, Unread, Unreadable
from qbank.formats.files import write_atomic
from qbank.formats.safe_xml import has_doctype
from qbank.formats.safe_zip import Members, looks_like_zip
from qbank.model.bank import Bank
from qbank.reading import schemas
from qbank.reading.bank import load_bank
from qbank.reading.collect import Reading

_ID = re.compile("[A-Za-z][A-Za-z0-9._-]{0,63}")
_LONGEST_ID = 64


class UnknownFormat(ValueError):
    """A file of no format that is known, or a format that reads no files; the message says what to do."""


class BankBroken(Exception):
    """A bank that cannot be imported into, since it cannot be read whole."""


class Known(msgspec.Struct, frozen=True):
    """A foreign file that was read: its format, and what it holds with ids fit for a bank."""

    format: str
    imported: Imported
    renamed: Mapping[str, str] = {}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A record that is in the bank already, with other values in some fields."""

    id: str
    fields: tuple[str, ...]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What an import would do: files to write (path relative to the bank → content), and why.

    `new`, `unchanged` and `different` are ids of items and stimuli. Records that are different stay as they
    are in the bank.
    """

    format: str
    files: Mapping[str, bytes] = {}
    new: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    different: tuple[Difference, ...] = ()
    unread: tuple[Unread, ...] = ()
    renamed: Mapping[str, str] = {}
    told: tuple[str, ...] = ()


def import_file(
    file: str | Path,
    folder: str | Path,
    *,
    format: str = "",
    columns: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> Plan:
    """Read a file of another system into the bank in a folder, which is made when there is none.

    `format` is found by the file's content when not given; `columns` says of a table which column holds a
    field. Gives what was done; with `dry_run`, what would be. Raises UnknownFormat, Unreadable for a file of
    which nothing can be had, BankBroken for a bank that cannot be read whole, and OSError.
    """
    file, folder = Path(file), Path(folder)
    source = Source(name=file.name, data=file.read_bytes(), columns=columns or {})
    exists = folder.is_file() or (folder.is_dir() and any(folder.iterdir()))
    found = load_bank(folder) if exists else None
    bank = found.bank if found else None
    if found is not None and (folder.is_file() or not _every_id_is_known(found)):
        raise BankBroken(f"{folder} is no folder of a bank that can be read whole; `qbank lint` says why")
    made = plan(read(source, format), bank, file.stem)
    if not dry_run:
        for name, content in sorted(made.files.items()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(target, content)
    return made


def _every_id_is_known(found: Reading) -> bool:
    """Whether each file of a bank was read, so that no item can hide; some may break the item schema."""
    return found.bank.complete and not any(one.rule == "unreadable-file" for one in found.problems)


def recognise(source: Source) -> Format:
    """The format of a file, judged by its content.

    Raises UnknownFormat, and Unreadable for an archive or XML that is not to be opened.
    """
    _opened(source)
    ranked = sorted(
        ((one.recognises(source), name) for name, one in formats().items() if one.recognises is not None),
        reverse=True,
    )
    if not ranked or ranked[0][0] <= 0:
        names = ", ".join(readable())
        raise UnknownFormat(
            f"{source.name} is of no format that qbank recognises by its content. "
            f"Name one with --from ({names}), or for a table of another layout give --map."
        )
    return formats()[ranked[0][1]]


def _opened(source: Source) -> None:
    """Raises Unreadable for what no format opens: else a trap would pass for a file of no format."""
    if source.data.startswith(b"%PDF-"):
        raise Unreadable(f"{source.name} is a PDF, which is never read; import what it was made of")
    if looks_like_zip(source.data):
        Members(source.data, source.name)
    elif has_doctype(source.data):
        raise Unreadable(f"{source.name} has a document type or entities, which are never read")


def readable() -> tuple[str, ...]:
    """The names of the formats that can be read."""
    return tuple(name for name, one in formats().items() if one.reads is not None)


def read(source: Source, format: str = "") -> Known:
    """What a file holds, with ids fit for a bank.

    Raises UnknownFormat for a format that does not exist or reads no files, Unreadable when nothing of the
    file can be had.
    """
    if format and format not in readable():
        raise UnknownFormat(f"{format!r} cannot be read. {did_you_mean(format, readable())}")
    one = formats()[format] if format else recognise(source)
    assert one.reads is not None
    imported = one.reads(source)
    if not imported.items and not imported.stimuli:
        raise Unreadable(f"{source.name} holds no items")
    fit, renamed = with_ids(imported, Path(source.name).stem)
    return Known(one.slug, fit, renamed)


def with_ids(imported: Imported, stem: str) -> tuple[Imported, dict[str, str]]:
    """What was imported with ids that a bank takes, and what was renamed: old → new.

    An item without a name is named by what it says, so that the same item gets the same id again.
    """
    taken: set[str] = set()
    renamed: dict[str, str] = {}
    stimuli = [_named(one, stem, taken, renamed) for one in imported.stimuli]
    sets = dict(renamed)
    items = []
    for record in imported.items:
        if record.get("stimulus") in sets:
            record = {**record, "stimulus": sets[record["stimulus"]]}
        items.append(_named(record, stem, taken, renamed))
    items = [
        {**one, "enemies": [renamed.get(id, id) for id in one["enemies"]]} if one.get("enemies") else one
        for one in items
    ]
    return msgspec.structs.replace(imported, items=tuple(items), stimuli=tuple(stimuli)), renamed


def _named(record: Mapping[str, Any], stem: str, taken: set[str], renamed: dict[str, str]) -> dict[str, Any]:
    old = str(record.get("id", "") or "")
    wanted = old if _ID.fullmatch(old) else _fit(old) or _by_content(record, stem)
    id, number = wanted, 1
    while id.lower() in taken:
        number += 1
        id = f"{wanted[: _LONGEST_ID - 5]}-{number}"
    taken.add(id.lower())
    if old and old != id and old not in renamed:
        renamed[old] = id
    return {**record, "id": id}


def _fit(name: str) -> str:
    """A name as an id: other characters become hyphens, and it starts with a letter."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")
    if plain and not plain[0].isalpha():
        plain = f"i-{plain}"
    return plain[:_LONGEST_ID] if re.search("[A-Za-z0-9]", plain) else ""


def _by_content(record: Mapping[str, Any], stem: str) -> str:
    content = {
        name: record.get(name) for name in ("type", "title", "text", "stem", "prompts", "options", "key")
    }
    digest = hashlib.sha256(msgspec.json.encode(content, order="deterministic")).hexdigest()
    prefix = _fit(stem).lower()[:40] or "item"
    return f"{prefix}-{digest[:10]}"


def plan(known: Known, bank: Bank | None, file: str) -> Plan:
    """What importing would change of a bank; None is a bank that does not exist yet.

    New items go to `items/<file>.yaml`, new stimuli to `stimuli/<file>.yaml`, media to where their paths say.
    """
    imported = known.imported
    broken = bank.unreadable if bank else frozenset()
    have_items = _records(bank.items if bank else ())
    have_stimuli = _records(bank.stimuli if bank else ())
    new_items, same_items, other_items = _compared(_others(imported.items, broken), have_items)
    new_stimuli, same_stimuli, other_stimuli = _compared(_others(imported.stimuli, broken), have_stimuli)
    files: dict[str, bytes] = {}
    if bank is None:
        files["bank.yaml"] = document(_bank_record(imported, file)).encode()
    name = _fit(file).lower() or "imported"
    root = Path(bank.root) if bank else None
    for folder, records in (("items", new_items), ("stimuli", new_stimuli)):
        if records:
            files[_free(root, folder, name)] = entries(records).encode()
    unread = list(imported.unread)
    for path, data in sorted(imported.media.items()):
        there = root / path if root else None
        if there is None or not there.exists():
            files[path] = data
        elif there.read_bytes() != data:
            unread.append(Unread(message=f"the bank has another file {path}; it stays as it is", where=path))
    declared, told, undeclared = _declared(bank, new_items) if bank else ({}, (), [])
    files |= declared
    unread += [*undeclared, *_schema_faults([*new_items, *new_stimuli], imported)]
    unread += [
        Unread(
            message="the bank has it in a shape that cannot be compared; it stays as it is",
            item=one["id"],
            hint="`qbank lint` says what is wrong with it.",
        )
        for one in (*imported.items, *imported.stimuli)
        if one["id"] in broken
    ]
    return Plan(
        format=known.format,
        files=files,
        new=tuple(one["id"] for one in (*new_items, *new_stimuli)),
        unchanged=(*same_items, *same_stimuli),
        different=(*other_items, *other_stimuli),
        unread=tuple(unread),
        renamed=known.renamed,
        told=(*imported.told, *told),
    )


def _declared(
    bank: Bank, items: Iterable[Mapping[str, Any]]
) -> tuple[dict[str, bytes], tuple[str, ...], list[Unread]]:
    """The file of a bank's record with the attributes of new items declared in place, and what was done.

    An attribute that no bank record declares would break the schema. Content areas and cognitive levels are
    the bank's own plan: `qbank lint` names those that it lacks.
    """
    used = _vocabulary(items)["attributes"]
    lacking = {name: used[name] for name in used if name not in bank.info.attributes}
    if not lacking or bank.info.record < 0:
        return {}, (), []
    whole = {name: msgspec.to_builtins(one) for name, one in bank.info.attributes.items()} | lacking
    wanted = Change(bank.info.record, {"attributes": whole})
    made = change([wanted], bank.sources, lambda path: Path(path).read_bytes())
    names = ", ".join(lacking)
    if made.failures:
        hint = f"Declare under attributes: in it: {names}."
        return {}, (), [Unread(message=f"{one.file}: {one.reason}", hint=hint) for one in made.failures]
    root = Path(bank.root).resolve()
    files = {Path(path).resolve().relative_to(root).as_posix(): data for path, data in made.files.items()}
    return files, (f"{', '.join(files)} declares now: {names}",), []


def _others(records: Iterable[dict[str, Any]], broken: Collection[str]) -> list[dict[str, Any]]:
    """The records that do not have the id of a broken record of the bank."""
    return [one for one in records if one["id"] not in broken]


def _free(root: Path | None, folder: str, name: str) -> str:
    """A file of a folder that does not exist yet."""
    path, number = f"{folder}/{name}.yaml", 1
    while root is not None and (root / path).exists():
        number += 1
        path = f"{folder}/{name}-{number}.yaml"
    return path


def _records(values: Iterable[Any]) -> dict[str, dict[str, Any]]:
    return {value.id: _comparable(msgspec.to_builtins(value)) for value in values}


def _comparable(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record without what is no content, lists as lists, defaults left out."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    plain.pop("record", None)
    defaults = {"status": "active", "points": 1, "shuffle": True, "scoring": {}, "attributes": {}}
    plain = {
        name: value
        for name, value in plain.items()
        if value not in ("", [], None) and value != defaults.get(name, object())
    }
    for name in ("options", "prompts"):
        if isinstance(plain.get(name), dict):
            plain[name] = list(plain[name].items())
    for media in plain.get("media", ()):
        media.pop("sha256", None)
    return plain


def _compared(
    records: Iterable[dict[str, Any]], have: Mapping[str, dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str], list[Difference]]:
    new, same, other = [], [], []
    for record in records:
        there = have.get(record["id"])
        if there is None:
            new.append(record)
            continue
        mine = _comparable(record)
        fields = tuple(sorted(name for name in mine if mine[name] != there.get(name)))
        if fields:
            other.append(Difference(id=record["id"], fields=fields))
        else:
            same.append(record["id"])
    return new, same, other


def _bank_record(imported: Imported, file: str) -> dict[str, Any]:
    """The record of a new bank: what the file says, with the vocabulary that its items use."""
    record = {
        "id": _fit(file).lower() or "imported",
        "title": file,
        **_vocabulary(imported.items),
        **imported.bank,
    }
    return {name: value for name, value in record.items() if value not in ("", None, [], {})}


def _vocabulary(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The content areas, cognitive levels and attributes that items use, as a bank declares them."""
    items = list(items)
    areas: dict[str, Any] = {}
    for path in sorted({str(one.get("content_area") or "") for one in items} - {""}):
        node = areas
        for part in path.split("/"):
            node = node.setdefault(part, {})
    levels = sorted({str(one.get("cognitive_level") or "") for one in items} - {""})
    types: dict[str, set[str]] = {}
    for one in items:
        for name, value in (one.get("attributes") or {}).items():
            types.setdefault(name, set()).add(_type(value))
    attributes = {
        name: {
            "type": found.pop()
            if len(found) == 1
            else "number"
            if found == {"integer", "number"}
            else "string"
        }
        for name, found in sorted(types.items())
    }
    return {"content_areas": _tree(areas), "cognitive_levels": levels, "attributes": attributes}


def _tree(areas: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": id, "title": id, **({"children": _tree(below)} if below else {})}
        for id, below in areas.items()
    ]


def _type(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "number" if isinstance(value, float) else "string"


def _schema_faults(records: Iterable[dict[str, Any]], imported: Imported) -> list[Unread]:
    """What the item schema says of new records: `qbank lint` will say it too, with places."""
    check = schemas.check("item")
    stimuli = {one["id"] for one in imported.stimuli if "id" in one}
    found = []
    for record in records:
        if record["id"] in stimuli and "stem" not in record:
            continue
        for fault in schemas.problems(check, record):
            where = "/".join(str(step) for step in fault.pointer)
            found.append(Unread(message=f"{where}: {fault.message}", item=record["id"], hint=fault.hint))
    return found

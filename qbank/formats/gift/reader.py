"""GIFT → records."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from qbank.formats import moodle_grades as grades
from qbank.formats import moodle_tags
from qbank.formats import moodle_text as texts
from qbank.formats.contract import Imported, Source, Unread, Unreadable
from qbank.formats.safe_zip import looks_like_zip
from qbank.markup import from_plain
from qbank.markup.from_html import Text

_COMMENT = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_TITLE = re.compile(r"\s*::((?:\\.|[^:\\]|:(?!:))*)::", re.DOTALL)
_MARKUP = re.compile(r"\s*\[(html|moodle|plain|markdown)\]")
_SHARE = re.compile(r"%(-?\d+(?:\.\d+)?)%")
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\.\.({_NUMBER})")
_VALUE = re.compile(rf"({_NUMBER})(?::({_NUMBER}))?")
_TRUTH = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AREA = re.compile(r"[^A-Za-z0-9_-]+")


class _Block:
    """The lines of one question, and what the comments before it say."""

    def __init__(self, line: int, area: str) -> None:
        self.line, self.area, self.id, self.tags = line, area, "", list[str]()
        self.lines: list[str] = []


def imported(source: Source) -> Imported:
    """All questions. Raises Unreadable when there is none."""
    items: list[dict[str, Any]] = []
    unread: list[Unread] = []
    for block in _blocks(source.data.decode("utf-8-sig", "replace")):
        raw = "\n".join(block.lines)
        try:
            record, lost = _record(block, raw)
        except ValueError as error:
            unread.append(Unread(message=str(error), line=block.line, item=block.id, raw=raw[:300]))
            continue
        items.append(record)
        unread += [
            Unread(message=f"{what} is not carried over", line=block.line, item=record.get("id", ""))
            for what in dict.fromkeys(lost)
        ]
    if not items:
        raise Unreadable(f"{source.name} holds no question that GIFT has an answer for")
    return Imported(items=tuple(items), unread=tuple(unread))


def _blocks(text: str) -> Iterator[_Block]:
    """The questions of a file: what stands between empty lines."""
    area, id = "", ""
    tags: list[str] = []
    block: _Block | None = None
    for number, line in enumerate([*text.splitlines(), ""], 1):
        bare = line.strip()
        if bare.startswith("//"):
            for name, value in _COMMENT.findall(bare):
                value = re.sub(r"\\(.)", r"\1", value).strip()
                id, tags = (value, tags) if name == "id" else (id, [*tags, value])
        elif bare.startswith("$CATEGORY:"):
            area = _content_area(bare.removeprefix("$CATEGORY:").strip())
        elif bare:
            if block is None:
                block = _Block(number, area)
            block.lines.append(line)
        elif block is not None:
            block.id, block.tags = id, tags
            yield block
            block, id, tags = None, "", []


def _content_area(category: str) -> str:
    """A category as the path of a content area: `$course$/top/A b` is A-b."""
    parts = [part for part in category.split("/") if part.strip("$ ") not in ("", "course", "top", "system")]
    return "/".join(filter(None, (_AREA.sub("-", part).strip("-").lower() for part in parts)))


def _record(block: _Block, raw: str) -> tuple[dict[str, Any], list[str]]:
    title = _TITLE.match(raw)
    name = _unescaped(title[1]).strip() if title else ""
    rest = raw[title.end() :] if title else raw
    marked = _MARKUP.match(rest)
    as_html = marked is not None and marked[1] in ("html", "moodle", "markdown")
    rest = rest[marked.end() :] if marked else rest
    start, end = _find(rest, "{"), _find(rest, "}", last=True)
    if start < 0 or end < start:
        raise ValueError("a text without answers in braces: a description, which no bank holds")
    lost: list[str] = []

    def shown(piece: str) -> str:
        piece = _unescaped(piece).strip()
        own = re.match(r"\[(html|moodle|plain|markdown)\]", piece)
        if own:
            piece = piece[own.end() :]
        html = own[1] != "plain" if own else as_html
        found = texts.to_text(piece) if html else Text(from_plain(piece), ())
        lost.extend(found.lost)
        return found.text

    before, after = rest[:start], rest[end + 1 :]
    stem = f"{before.rstrip()} _____ {after.strip()}" if after.strip() else before
    answers, general = _general(rest[start + 1 : end])
    record: dict[str, Any] = {"id": block.id or name, "stem": shown(stem)}
    record.update(_answered(answers.strip(), shown))
    if block.area:
        record["content_area"] = block.area
    told = moodle_tags.fields(block.tags)
    record.update({name: told[name] for name in ("cognitive_level", "status", "tags") if name in told})
    if general.strip():
        said = record.get("rationale")
        if isinstance(said, dict):
            lost.append("the general feedback beside feedback of options")
        else:
            record["rationale"] = shown(general)
    return record, lost


def _answered(body: str, shown: Any) -> dict[str, Any]:
    """The fields that an answer part gives. Raises ValueError for one of no known kind."""
    if not body:
        return {"type": "essay"}
    truth, *told = _split(body, "#")
    if truth.strip().upper() in _TRUTH:
        return _true_false(_TRUTH[truth.strip().upper()], told, shown)
    if body.startswith("#"):
        return _numeric(body[1:].strip(), shown)
    parts = list(_parts(body))
    if not parts:
        raise ValueError("the answers begin neither with = nor with ~")
    arrows = [_find(text, "->") >= 0 for _, text in parts]
    if all(mark == "=" for mark, _ in parts):
        return _matching(parts, shown) if all(arrows) else _short(parts, shown)
    return _choices(parts, shown)


def _true_false(key: bool, told: list[str], shown: Any) -> dict[str, Any]:
    record: dict[str, Any] = {"type": "true-false", "key": key}
    wrong, right = "false" if key else "true", "true" if key else "false"
    said = {id: shown(one) for id, one in zip((wrong, right), told, strict=False) if one.strip()}
    if said:
        record["rationale"] = said
    return record


def _numeric(body: str, shown: Any) -> dict[str, Any]:
    first = _split(body, "#")
    text = first[0].strip().lstrip("=").strip()
    if "=" in text or "~" in text:
        raise ValueError("a number with several accepted values, which no item type of a bank has")
    text = _SHARE.sub("", text)
    record: dict[str, Any] = {"type": "numeric"}
    if found := _RANGE.fullmatch(text):
        record["key"] = {"minimum": float(found[1]), "maximum": float(found[2])}
    elif found := _VALUE.fullmatch(text):
        record["key"] = {"value": float(found[1])}
        if found[2] and float(found[2]):
            record["key"]["tolerance"] = float(found[2])
    else:
        raise ValueError(f"{text[:40]!r} is no number, tolerance or range")
    if len(first) > 1 and first[1].strip():
        record["rationale"] = shown(first[1])
    return record


def _short(parts: list[tuple[str, str]], shown: Any) -> dict[str, Any]:
    accepted, said = [], []
    for _, text in parts:
        answer, *told = _split(text, "#")
        found = _SHARE.match(answer.strip())
        if found and float(found[1]) < 100:
            raise ValueError("an accepted text that gives a part of the points, which no bank has")
        plain = grades.accepted_text(_unescaped(_SHARE.sub("", answer.strip(), count=1)).strip())
        if plain is None:
            raise ValueError("an accepted text with *, which stands for any characters")
        accepted.append(plain)
        said += [shown(one) for one in told if one.strip()]
    record: dict[str, Any] = {"type": "short-answer", "key": accepted}
    if said:
        record["rationale"] = "\n\n".join(dict.fromkeys(said))
    return record


def _matching(parts: list[tuple[str, str]], shown: Any) -> dict[str, Any]:
    prompts: dict[str, str] = {}
    options: dict[str, str] = {}
    key: dict[str, str] = {}
    by_text: dict[str, str] = {}
    for _, text in parts:
        at = _find(text, "->")
        prompt, option = shown(text[:at]), from_plain(unescape(_unescaped(text[at + 2 :]).strip()))
        if option not in by_text:
            by_text[option] = _letter(len(by_text))
            options[by_text[option]] = option
        if prompt:
            id = f"P{len(prompts) + 1}"
            prompts[id], key[id] = prompt, by_text[option]
    reuse = len(set(key.values())) < len(key)
    record: dict[str, Any] = {
        "type": "matching",
        "prompts": prompts,
        "options": options,
        "key": key,
        "scoring": {"method": "per_pair"},
    }
    return {**record, "reuse": True} if reuse else record


def _choices(parts: list[tuple[str, str]], shown: Any) -> dict[str, Any]:
    options: dict[str, str] = {}
    said: dict[str, str] = {}
    shares: dict[str, float] = {}
    for mark, text in parts:
        id = _letter(len(options))
        answer, *told = _split(text, "#")
        found = _SHARE.match(answer.strip())
        shares[id] = float(found[1]) if found else 100.0 if mark == "=" else 0.0
        options[id] = shown(_SHARE.sub("", answer.strip(), count=1) if found else answer)
        if told and told[0].strip():
            said[id] = shown(told[0])
    record: dict[str, Any] = {"options": options}
    whole = [id for id, share in shares.items() if share >= 99.9]
    others = {share for id, share in shares.items() if id not in whole}
    marked = any(mark == "=" for mark, _ in parts)
    if len(whole) == 1 and marked and len(others) < 2:
        record = {"type": "multiple-choice", **record, "key": whole[0]}
        if share := next(iter(others), 0.0) / 100:
            record["scoring"] = {"method": "per_option", "penalty": max(0.0, -share), "minimum": share}
    else:
        record = {"type": "multiple-response", **record, **_partial(shares)}
    if said:
        record["rationale"] = said
    return record


def _partial(shares: dict[str, float]) -> dict[str, Any]:
    """Key and scoring of shares. Raises ValueError when they are not alike."""
    keys = [id for id, share in shares.items() if share > 0]
    wrong = {round(-share * len(keys) / 100, 3) for share in shares.values() if share <= 0}
    if (
        not keys
        or len({round(shares[id], 3) for id in keys}) > 1
        or abs(sum(shares[k] for k in keys) - 100) > 0.1
    ):
        raise ValueError("options that give different parts of the points, which no bank has")
    if len(wrong) > 1:
        raise ValueError("wrong options that take off different parts of the points, which no bank has")
    scoring: dict[str, Any] = {"method": "per_option"}
    if wrong and (penalty := wrong.pop()):
        scoring["penalty"] = penalty
    return {"key": keys, "scoring": scoring}


def _letter(number: int) -> str:
    return _LETTERS[number] if number < len(_LETTERS) else f"O{number + 1}"


def _parts(body: str) -> Iterator[tuple[str, str]]:
    """The answers with their marks, = or ~."""
    start, mark = -1, ""
    at = 0
    while at < len(body):
        if body[at] == "\\":
            at += 2
            continue
        if body[at] in "=~":
            if mark:
                yield mark, body[start:at]
            start, mark = at + 1, body[at]
        at += 1
    if mark:
        yield mark, body[start:]


def _general(body: str) -> tuple[str, str]:
    """An answer part and the feedback for all that may follow it."""
    at = _find(body, "####")
    return (body, "") if at < 0 else (body[:at], body[at + 4 :])


def _split(text: str, mark: str) -> list[str]:
    """A text at marks that are not escaped."""
    out, start, at = [], 0, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text[at] == mark:
            out.append(text[start:at])
            start = at + 1
        at += 1
    return [*out, text[start:]]


def _find(text: str, mark: str, *, last: bool = False) -> int:
    """Where a mark stands that is not escaped; -1 for nowhere."""
    found, at = -1, 0
    while at < len(text):
        if text[at] == "\\":
            at += 2
            continue
        if text.startswith(mark, at):
            if not last:
                return at
            found = at
        at += 1
    return found


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text, flags=re.DOTALL)


def likely(source: Source) -> int:
    """How surely a text is GIFT: answers in braces that begin as GIFT's do, or Moodle's own marks."""
    text = source.data[:200_000].decode("utf-8-sig", "replace")
    if "\0" in text or looks_like_zip(source.data):
        return 0
    if text.lstrip()[:1] in ("{", "<", "["):
        return 0
    marks = len(re.findall(r"^(?:::|\$CATEGORY:|// \[id:|// question:)", text, re.MULTILINE))
    answers = len(re.findall(r"\{\s*(?:[=~#]|T\b|F\b|TRUE|FALSE|\})", text))
    return 85 if answers and marks else 60 if answers else 0

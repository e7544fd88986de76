"""Option ids that a rationale names: "Option B is wrong", "The correct answers are A and C".

Ids are found first, alone or in a list; what stands before and behind them decides. Every row of the tables
below is a pair of patterns for the two sides, with one example.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from qbank.rules._patterns import compiled

_NOUN = r"(?i:answers?|options?|choices?|responses?|alternatives?|distractors?)"
_OPTION = rf"(?:{_NOUN}\s(?i:choice\s|option\s)?|(?i:letter|statement)\s)?"
_RIGHT = r"(?:correct|right|best|keyed|intended|expected)"
_FITTING = (
    r"(?:correct|right|best|keyed|intended|expected|proper|accurate|appropriate|suitable|true|only|single|sole|final"
    r"|logical|obvious|credited|preferred|defensible|likely|plausible)"
)
_WRONG = r"(?:incorrect|wrong|false|untrue|inaccurate|not\s(?:the\s)?(?:correct|right|best|true|accurate))"
_ANSWER = r"(?:answer|option|choice|response|statement|letter|one|match|solution|key|ans\b\.?)s?"
# "the answer to this question is", "the answer, therefore, is"
_DETOUR = (
    r"(?:\s(?:to|for|of|among|amongst|in|here)\b[^.,;:]{0,40}?)?"
    r"(?:,\s(?:therefore|thus|then|hence|of\scourse),)?"
)
_THEN = (
    r"(?:(?:then|therefore|thus|hence|clearly|obviously|evidently|indeed|undoubtedly|definitely|certainly|surely"
    r"|really|actually|here|also|simply|both|all|each)\s){0,4}"
)
_IS = (
    r"(?:is|are|was|were|reads|must\sbe|has\sto\sbe|can\sonly\sbe|turns\sout\sto\sbe|should\sbe|should\sread"
    r"|would\sbe|will\sbe)"
)
_COLON = r"(?:\s?(?:[:=→]|=>)|\s[–—-])"
# what ends a claim; "B is correct, but only for children" claims nothing
_ENDS = (
    r"(?=\s?(?:[.;:!?)\]]|$|[–—]|-\s|,(?!\s?(?:but|however|though|although|yet|if|only|when|except|unless)\b)"
    r"|(?:because|since|as(?!\s(?:far|long|an?)\b)|here|and|or|which|not)\b))"
)
# "Answer: B The fibula …": a sentence may follow without a full stop; "answer: A CT scan …" is no answer A
_FOLLOWS = (
    rf"(?:{_ENDS}|(?<!\bA)(?=\s[A-Z\"“(])"
    r"|(?=\s(?:The|This|These|That|It|In|All|See|Because|Since|When|If|For|Here|As|By|There|No|We|Only)\b))"
)
_INTRODUCES = (
    r"\b(?:In\s(?:conclusion|summary|short|sum|this\s(?:case|item|question))|Overall|Clearly|Obviously|Evidently"
    r"|Finally|Here|As\sa\s(?:result|consequence)|(?:Of|Among|Amongst)\s[^.,;:]{1,30}|From\sthis"
    r"|(?:Based\son|Given|Looking\sat|After\s\w+ing)\s[^.,;:]{1,40}|(?:Since|Because|As)\s[^.;:]{1,80}|For\sth(?:is|ese)\sreasons?),\s"
)
_SO = r"\b(?i:so|therefore|thus|hence|consequently|accordingly),?\s"
_OPENS = (
    rf"(?:^|(?<=[.!?;:])\s|,\s(?:and|so|but)\s|{_SO}|{_INTRODUCES}"
    r"|(?:(?<=wrong)|(?<=false)|(?<=right)|(?<=true)|(?<=correct)),\s"
    r"|\b(?:follows|conclude|means|shows|confirms|proves|implies|is\swhy)\s(?:that\s)?)"
)
_SUBJECT = rf"{_OPENS}{_OPTION}$"
_ASIDE = r"(?:,\s[^,.;]{1,60},|\s\([^().;]{1,60}\)|\salone)?"
_OF = r"(?:\s(?:of|among|amongst)\s[^.,;:]{1,30}?)?"
_STATES = rf"(?:\b(?i:{_FITTING}\s(?:{_FITTING}\s)?{_ANSWER})|\b(?i:correct)(?:\shere)?"
_STATES += rf"|{_OPENS}(?i:the\s|our\s)?(?i:answers?(?:\skey)?|ans\.?|key|solution)){_DETOUR}"
# "the response that meets all criteria is"; not "the option that most choose is"
_WHICH = (
    r"\b(?i:the\s)(?:option|choice|response|answer|one)\s(?:to\s(?:choose|select|pick|mark)|(?:that|which)\s(?![^.,;:]{0,60}"
    r"\b(?:cho\w+|pick\w*|tempt\w*|confus\w*|mistak\w*|wrong|incorrect|least|most|not|often)\b)[^.,;:]{1,50}?)"
)
_TAKE = r"(?i:choose|select|pick|mark|tick|take|go\swith|opt\sfor)"
_TAKEN = r"\s(?:must|has\sto|should)\sbe\s(?:chosen|selected|picked|marked|ticked|the\sanswer)"
_FITS_TEXT = "fits applies matches remains qualifies satisfies explains answers meets describes"
_FITS = rf"(?:{'|'.join(_FITS_TEXT.split())})"
_IS_RIGHT = (
    rf"{_ASIDE}\s(?:is|are|was|were|must\sbe|has\sto\sbe)\s{_THEN}(?:the\s|our\s)?(?:(?:only|single|most)\s)?"
    rf"(?:{_RIGHT}(?:\s{_ANSWER})?{_OF}|{_FITTING}\s{_ANSWER}{_OF}|true"
    rf"|(?<=most\s){_FITTING}|(?<=(?:the|our)\s)(?:answer|key|solution)"
    r"(?:\s(?:(?:that\s)?(?:we|you)\s(?:are\slooking\sfor|want)|to\schoose|required|wanted))?)"
    rf"{_ENDS}"
)
_IS_WRONG = (
    rf"{_ASIDE}\s(?:is|are|must\sbe|has\sto\sbe)\s{_THEN}(?:an?\s|the\s)?{_WRONG}(?:\s{_ANSWER})?{_ENDS}"
)
_IS_JUDGED = (
    rf"\)?\s(?:is|are)\s(?:(?:the|an?|not|only)\s)*{_THEN}(?:{_RIGHT}|{_WRONG}|true|answer|key|distractor)\b"
)
_MADE = rf"\s(?:as\s)?the\s(?:(?:only|best|single|one)\s)*(?:{_RIGHT}\s)?{_ANSWER}\b"
_GONE = r"\s(?:can|may|must|should)\sbe\s(?:ruled\sout|excluded|eliminated|rejected|dismissed)"
_AFTER = (
    r"(?=\s?(?:[.,;:!?)\]–—]|$"
    r"|(?:and|or|because|since|as|is|are|was|were|for|which|does|do|has|have|would|can(?:not)?|lies?|may|must)\b))"
)
# "answer B states …", but not "the response B cells show"
_SAYS = r"(?=\s(?!cells|lymphocytes|waves|fib(?:er|re)s)[a-z]+(?:s|ed)\b)"
_KEYED = (
    (rf"(?:{_STATES}|{_WHICH})\s{_IS}\b\s?:?\s{_THEN}{_OPTION}$", _FOLLOWS),  # the answer is B
    (rf"(?:{_STATES}{_COLON}|{_OPENS}(?i:ans)\.)\s?{_OPTION}$", _FOLLOWS),  # answer: B
    (rf"{_OPENS}(?i:ans(?:wer)?)\s$", r"(?=\s?[.;!]|$)"),  # answer B.
    (rf"\b(?i:{_RIGHT}\s{_ANSWER}|the\s(?:answer|key)),\s$", r"(?=,)"),  # the right answer, B, follows
    (rf"\b(?i:{_RIGHT}\s{_ANSWER})\s$", r"(?=\s?[.;:!)]|$)"),  # correct answer B.
    (rf"{_SO}(?:the\sanswer\s|it\sis\s|{_NOUN}\s)?$", r"(?=[.!]|$)"),  # so B.
    (
        rf"(?:{_OPENS}|\b(?i:we|you|one|I)\s)(?:(?:should|must|have\sto)\s)?{_THEN}{_TAKE}\s{_OPTION}$",
        _ENDS,
    ),  # we choose B
    (_SUBJECT, r"\sremains(?=\s?[.,;!]|$)"),  # B remains
    (_SUBJECT, _TAKEN),  # B must be chosen
    (_SUBJECT, rf"\s(?:{_FITS}\s(?:[a-z]+\s){{0,3}}?best|best\s{_FITS})\b"),  # B fits best
    (_SUBJECT, _IS_RIGHT),  # option B is correct
    (_SUBJECT, rf"\s(?:provides|gives|states|is\sgiven\sas)\sthe\s{_RIGHT}\s{_ANSWER}\b"),
    (rf"\b[Oo]nly\s{_OPTION}$", rf"{_IS_RIGHT}|\scan\sbe\s{_RIGHT}\b|\s{_FITS}\b"),  # only B fits
    (rf"(?:^|[.;,]\s){_OPTION}$", r"\s?(?:[–—:]|\s-)\s(?i:correct|right|true)(?=[.!;,]|$)"),  # B – right
    (rf"(?:^|[.;,]\s){_OPTION}$", r"\s?[✓✔✅]"),  # B ✓
    (rf"\b(?i:it|this|that)\s(?:must|has\sto|can\sonly)\sbe\s{_OPTION}$", _ENDS),  # it must be B
    (rf"\b(?:leaves?|leaving|left)\s(?:us\s)?(?:with\s)?(?:only\s)?{_OPTION}$", rf"{_ENDS}|{_MADE}"),
    (rf"\b(?:makes?|making)\s(?:only\s)?{_OPTION}$", _MADE),  # this makes B the correct answer
    (
        rf"\b(?i:all|every)\b[^.;]{{0,30}}?\s(?:except|but|than)\s(?:for\s)?{_OPTION}$",
        rf"\s(?:is|are)\s{_WRONG}",
    ),
)
_KEYED_IN_MARKS = (
    # ans. is 'b' i.e. fibula; answer (b)
    (rf"{_STATES}(?:\s{_IS}\b)?\s?{_COLON}?\s?{_OPTION}$", r"(?=\s|[.,;:!)]|$)"),
    # the answer is the fibula (B); fibula (B) is the correct answer
    (rf"{_STATES}\s{_IS}\s{_THEN}(?:the\s|an?\s)?[^.,;:()]{{1,60}}\s$", _ENDS),
    (
        rf"{_OPENS}(?:[Tt]he\s|[Aa]n?\s)?[^.,;:()]{{1,60}}\s$",
        rf"\sis\s{_THEN}the\s{_RIGHT}\s{_ANSWER}{_ENDS}",
    ),
)
_DENIED = (
    (rf"{_OPENS}(?:(?i:both)\s)?{_OPTION}$", rf"{_IS_WRONG}|{_GONE}"),  # A and B are wrong
    (rf"{_OPENS}(?i:neither)\s{_OPTION}$", rf"\s(?:is|are)\s(?:the\s)?{_RIGHT}(?:\s{_ANSWER})?{_ENDS}"),
    (rf"(?i:answer)\s(?:is\snot|isn[’']t|cannot\sbe|can[’']t\sbe)\s{_OPTION}$", _ENDS),  # the answer is not B
)
_NAMED = (
    (
        r"\b(?i:options?|choices?|alternatives?|distractors?)\s?:?\s?$",
        r"(?!\s(?:cells?|waves?)\b)",
    ),  # option B
    (r"\b(?i:answers?|ans\.?|responses?|key)\s?:?\s?$", rf"{_AFTER}|{_SAYS}"),  # answer B states
    (rf"\b(?i:answers?|ans\.?|options?|choices?|key)\s{_IS}\s?:?\s{_THEN}(?:{_NOUN}\s)?$", _AFTER),
    (rf"{_OPENS}(?:(?i:both|neither|only)\s)?$", rf"{_IS_JUDGED}|{_GONE}"),  # both A and B are wrong
    (_OPENS + "$", rf"\s?[:=]\s(?i:the\s|this\s|it\s|is\s)*(?i:{_WRONG}|{_RIGHT}|true|no|yes)\b"),  # B: wrong
    (
        r"\b(?i:(?:statements?|texts?|wordings?|claims?|terms?|descriptions?|codes?|values?|numbers?|drugs?|those"
        r"|that|the\sones?)\s(?:in|of|under)|see|unlike|than\sin|as\sin)\s$",
        rf"{_AFTER}|{_SAYS}",
    ),
)
_NAMED_TOGETHER = (
    (r"\b(?i:answers|responses)\s?:?\s?$", ""),  # answers A and C leave out
    (
        _OPENS + "$",
        r"\s(?:are|were|can|may|must|do|leave|describe|name|apply|have|would)\b",
    ),  # A and C describe
)
_NAMED_IN_BRACKETS = (
    # (B) is for another case
    (
        r"(?:^|[.!?;:,]\s|\b(?:in|to|than|and|or|see|with|of|as|unlike|like|from|both)\s)$",
        r"(?=\s|[.,;:!?]|$)",
    ),
)
# the sentence supposes something, or tells what others think
_SUPPOSES = compiled(
    r"\b(?:if|unless|had|were|would|might|may|could|some|many|students?|candidates?|tempting|(?<!\bis )why"
    r"|whether|think|believe|assume|suppose|seems?|appears?|mistak\w+|common\w*|frequent\w*|often|incorrectly"
    r"|wrongly|previous|another|(?:wrong|incorrect)\s(?:answer|choice|option|key)|next|example|former|(?:not|never|n[’']t)(?:\s\w+){0,2})\b",
    re.IGNORECASE,
)
# the letter belongs to a term; nobody calls hepatitis B just "B"
_COMPOUND = compiled(
    r"\b(?:hepatitis|vitamins?|influenza|ha?emoglobin|factor|type|blood\sgroup|proteins?|(?:apo)?lipoprotein"
    r"|cyclosporine?|amphotericin|staph\w*\sprotein|immunoglobulin)\s(?:[A-Z]\d*(?:,\s|,?\s(?:and|or)\s))*$",
    re.IGNORECASE,
)
_CONDITION = compiled(r"\s*(?:only\s)?(?:if|when|unless|provided|in\scase)\b", re.IGNORECASE)
_ENUMERATED = compiled(r"\([a-z]\)")
_NUMBERED = compiled(r"(?m)^(?:[*_(-]|[^\S\n])*+([A-Za-z]\w{0,15})[.):]\s")
_SENTENCE_END = compiled(r"[.!?;]\s")
_EMPHASIS = compiled(r"[*_]+")
_WORD = compiled(r"[A-Za-z][A-Za-z0-9_]*")
_CAPITAL = compiled(r"[B-Z](?![\w'’-])(?<![\w'’.-][B-Z])")
# "option A describes", "A is wrong", "so A", not "A patient describes"
_NO_ARTICLE = compiled(
    r"A(?![\w'’-])(?:(?<=[\w,:]\sA)|(?<=[(*]A)|(?=\s?(?:[.:;=!?)&/,*–—✓✔✅]|\]|$)"
    r"|\s(?:is|are|and|or|can|may|must|should|has|fits|best|because|since)\b))"
)
_SMALL = compiled(r"[(\"“'‘][a-z][)\"”'’]")
_NEAR = 160
"""How much of a text before and behind an id is looked at."""
_MOST = 64
"""How many ids of one text are looked at."""
_GO_ON = "is are and or can may must should has best because since as here which"
ALONE = (
    *(f"|{letter}|" for letter in "bcdefghijklmnopqrstuvwxyz"),
    *(f"|a{blank}{sign}" for sign in ".:;=!?)],&/–—" for blank in ("", " ")),
    *(f"|a{sign}" for sign in ("*", "_", '"', "'", "”", "’", " -", " ✓", " ✔", " ✅", "✓", "✔", "✅", "\0")),
    *(f"|a {word}|" for word in (*_GO_ON.split(), *_FITS_TEXT.split())),
)
"""What a text holds, case aside, in which an option's letter stands alone as a word; `|` is a word's edge.

The article makes A too common to be told by itself: it counts before signs and some words only.
"""

_Row = tuple[re.Pattern[str], re.Pattern[str]]


class Said(NamedTuple):
    """The words of a text that name options, their ids, and whether a noun says that options are meant."""

    words: str
    ids: tuple[str, ...]
    noun: bool


class _Place(NamedTuple):
    """Where ids stand in a text, the ids, whether brackets or quotes show them, whether a small letter."""

    start: int
    end: int
    ids: tuple[str, ...]
    marked: bool
    small: bool


def has_letter(text: str, ids: Collection[str]) -> bool:
    """Whether an option's letter stands alone in a text, or any letter in brackets or quotation marks."""
    if any(found[0] in ids for found in _CAPITAL.finditer(text)) or _SMALL.search(text):
        return True
    return "A" in ids and _NO_ARTICLE.search(text) is not None


def named(text: str, ids: Collection[str]) -> Iterator[Said]:
    """The places where a text names options by their ids."""
    whole = _plain(text)
    for place in _places(whole, ids):
        rows = _rows(_NAMED)
        if len(place.ids) > 1:
            rows += _rows(_NAMED_TOGETHER)
        if whole[place.start] == "(" and not place.small:
            rows += _rows(_NAMED_IN_BRACKETS)
        yield from _told(whole, place, rows)
    numbered = [found for found in _NUMBERED.finditer(text) if found[1] in ids]
    if len({found[1] for found in numbered}) > 1:
        yield from (Said(found[1], (found[1],), False) for found in numbered)


def keyed(text: str, ids: Collection[str]) -> Iterator[Said]:
    """The places where a text says which options are right."""
    whole = _plain(text)
    for place in _places(whole, ids):
        rows = _rows(_KEYED)
        if place.marked and not (place.small and len(set(_ENUMERATED.findall(whole))) > 1):
            rows += _rows(_KEYED_IN_MARKS)
        yield from _told(whole, place, rows, claims=True)


def denied(text: str, ids: Collection[str]) -> Iterator[Said]:
    """The places where a text says which options are wrong."""
    whole = _plain(text)
    for place in _places(whole, ids):
        yield from _told(whole, place, _rows(_DENIED), claims=True)


def supposed(text: str, start: int) -> bool:
    """Whether what a text says at a place is only supposed, asked or said of others."""
    before = text[max(0, start - 2 * _NEAR) : start]
    ends = [found.end() for found in _SENTENCE_END.finditer(before)]
    return _SUPPOSES.search(before, ends[-1] if ends else 0) is not None


def stands_in(letter: str, stem: str) -> bool:
    """Whether a stem uses a letter as a name: "coder B", "A and B"; not "hepatitis B", nor the article A."""
    for found in re.finditer(rf"(?<![\w'’.-]){re.escape(letter)}(?![\w'’-]|\.\w)", stem):
        before, after = stem[max(0, found.start() - _NEAR) : found.start()], stem[found.end() :]
        opens = not re.search(r"[\w,;]\s$", before)
        if letter == "A" and opens and not re.match(r"\s(?:and|or|is|was)\b|,", after):
            continue
        if not _COMPOUND.search(before):
            return True
    return False


def _plain(text: str) -> str:
    """A text without emphasis, with single spaces."""
    return " ".join(_EMPHASIS.sub(" ", text).split())


@functools.cache
def _rows(table: tuple[tuple[str, str], ...]) -> tuple[_Row, ...]:
    return tuple((re.compile(before), re.compile(after)) for before, after in table)


@functools.lru_cache(maxsize=64)
def _list_of(ids: tuple[str, ...]) -> re.Pattern[str]:
    """Ids in a list, each perhaps in brackets or quotation marks; a small letter only in them."""
    single = all(len(id) == 1 for id in ids)
    names = sorted(ids, key=len, reverse=True)
    id = rf"(?:[{''.join(names)}]|(?!))" if single else rf"(?:{'|'.join(map(re.escape, names))})"
    small = id.lower() if single else rf"(?:{'|'.join(re.escape(one.lower()) for one in names)})"
    one = rf"(?:\({id}\)|\[{id}\]|[\"“'‘]{id}[\"”'’]|(?<![\w'’-]){id}(?![\w'’-]))"
    return re.compile(
        rf"{one}(?:(?:,\s?(?:and\s|or\s)?|\s(?:and|n?or)\s|\s?[&/]\s?){one}){{0,7}}"
        rf"|(?P<small>\({small}\)|[\"“'‘]{small}[\"”'’])"
    )


def _places(text: str, ids: Collection[str]) -> Iterator[_Place]:
    known = {id.lower(): id for id in ids} | {id: id for id in ids}
    for found in islice(_list_of(tuple(ids)).finditer(text), _MOST):
        words = (known.get(word) for word in _WORD.findall(found[0]))
        marked = found[0][0] in "(\"“'‘"
        yield _Place(
            found.start(), found.end(), tuple(filter(None, words)), marked, found["small"] is not None
        )


def _told(text: str, place: _Place, rows: tuple[_Row, ...], *, claims: bool = False) -> Iterator[Said]:
    """What the first row that fits says; a claim that is only supposed says nothing."""
    first = max(0, place.start - _NEAR)
    near = text[first : place.start]
    for before, after in rows:
        behind = after.match(text, place.end)
        ahead = before.search(near) if behind else None
        if behind is None or ahead is None or (first and not ahead.start()):
            continue
        start = first + ahead.start()
        opening = len(ahead[0]) - len(ahead[0].lstrip(" .,;:!?()"))
        if claims and (supposed(text, start + opening) or _CONDITION.match(text, behind.end())):
            continue
        words = text[start : behind.end()].strip(" ,.;:(")
        if words.count("(") != words.count(")"):
            words = words.replace(")", "", 1)
        yield Said(words, place.ids, _names_kind(ahead[0]))
        return


_KIND = compiled(
    r"(?i:answer|option|choice|response|alternative|distractor|ans\b|key|solution|statement|letter)"
)


def _names_kind(before: str) -> bool:
    """Whether the words before ids say that options are meant."""
    return _KIND.search(before) is not None

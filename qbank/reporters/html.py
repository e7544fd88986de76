"""html: one self-contained page for people, grouped by rule, with filters; it loads nothing from elsewhere.

Everything that comes from a bank is escaped, and the page forbids itself any connection. It works without
its script, which only filters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from qbank.diagnostics import Diagnostic, Severity
from qbank.reporters.contract import Rendering, Reported
from qbank.reporters.grouped import Group, by_rule, explanation
from qbank.reporters.safe import file_name, safe
from qbank.reporters.text import around, summary
from qbank.rule import is_quoted

OPEN = 20
"""Groups with no more findings than these are unfolded at first."""

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --soft: #f5f6f8; --line: #d5d9e0; --ink: #1c2330;
  --dim: #525c6e; --error: #b3261e; --warning: #8a5300; --info: #1b5fa8; --focus: #1b5fa8; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181f; --soft: #1d232d; --line: #3a4352;
  --ink: #e8ebf0; --dim: #a9b3c3; --error: #ff8a80; --warning: #ffc266; --info: #8ec3ff; --focus: #8ec3ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 1.5rem; margin: .5rem 0 0; } h2 { font-size: 1.05rem; margin: 0; display: inline; }
p { margin: .25rem 0; } code, pre { font: .875rem/1.5 ui-monospace, monospace; }
main { padding-top: 0; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; }
th, td { text-align: left; padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--line);
  vertical-align: top; }
td:first-child { white-space: nowrap; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
a { color: inherit; } :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.level { display: inline-block; min-width: 5.25rem; font-weight: 600; font-size: .875rem; }
.error { color: var(--error); } .warning { color: var(--warning); } .info { color: var(--info); }
form { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; padding: .75rem 1rem;
  background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; }
form fieldset { border: 0; margin: 0; padding: 0; display: flex; gap: 1rem; flex-wrap: wrap; }
input[type=search] { font: inherit; padding: .25rem .5rem; min-width: min(18rem, 80vw); color: inherit;
  background: var(--paper); border: 1px solid var(--dim); border-radius: .25rem; }
.js-only { display: none; } .js .js-only { display: flex; }
details.rule { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; }
details.rule > summary { padding: .6rem 1rem; cursor: pointer; background: var(--soft);
  border-radius: .5rem; }
.about { padding: .5rem 1rem; color: var(--dim); max-width: 60rem; }
.about p { margin: .5rem 0; }
ol { list-style: none; margin: 0; padding: 0 1rem; }
li { padding: .75rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.place { color: var(--dim); } .hint { color: var(--dim); }
pre { margin: .4rem 0; padding: .4rem .75rem; background: var(--soft); border-radius: .25rem;
  white-space: pre-wrap; overflow-wrap: anywhere; }
mark { background: none; color: inherit; border-bottom: 3px solid currentColor; font-weight: 700; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; }
/* too narrow for a sentence beside three columns; each group says it again */
@media (max-width: 40rem) { th:last-child, td:last-child { display: none; }
  td:first-child { white-space: normal; overflow-wrap: anywhere; } th.n, td.n { padding-right: 0; } }
@media print { form { display: none !important; } details.rule { break-inside: avoid-page; } }
"""

_SCRIPT = """
document.documentElement.classList.add('js');
const FEW = 200;  // hits of a search in one group that are unfolded
const form = document.getElementById('filter'), told = document.getElementById('told');
const groups = [...document.querySelectorAll('details.rule')].map(group => ({
  group, row: document.getElementById('row-' + group.id), count: group.querySelector('.count'), open: null,
  items: [...group.querySelectorAll('li')].map(item => ({ item, level: item.dataset.level, text: null }))
}));
function show() {
  const data = new FormData(form), levels = data.getAll('level');
  const wanted = data.get('text').trim().toLowerCase();
  let all = 0;
  for (const whole of groups) {
    const { group, row, count, items } = whole;
    let shown = 0;
    for (const one of items) {
      if (wanted && one.text === null) one.text = (group.id + ' ' + one.item.textContent).toLowerCase();
      const keep = levels.includes(one.level) && (!wanted || one.text.includes(wanted));
      one.item.hidden = !keep;
      if (keep) shown += 1;
    }
    group.hidden = row.hidden = shown === 0;
    count.textContent = shown < items.length ? `(${shown} of ${items.length})` : `(${shown})`;
    if (wanted) { whole.open ??= group.open; group.open = shown > 0 && shown <= FEW; }
    else if (whole.open !== null) { group.open = whole.open; whole.open = null; }
    all += shown;
  }
  told.textContent = all === 1 ? '1 finding shown' : all + ' findings shown';
}
form.addEventListener('input', show);
form.addEventListener('submit', event => event.preventDefault());
for (const link of document.querySelectorAll('td a')) {
  link.addEventListener('click', () => { document.getElementById(link.hash.slice(1)).open = true; });
}
show();
"""

_CODE = re.compile("`([^`]+)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'"


def render(report: Reported, rendering: Rendering) -> str:
    """The page."""
    return "\n".join((*_head(report, rendering), *_main(report, rendering), "</html>", ""))


def _head(report: Reported, rendering: Rendering) -> Iterator[str]:
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    if rendering.version:
        yield f'<meta name="generator" content="qbank {_shown(rendering.version)}">'
    yield f"<title>qbank lint: {_shown(summary(report))}</title>\n<style>{_STYLE}</style>\n</head>"


def _main(report: Reported, rendering: Rendering) -> Iterator[str]:
    groups = by_rule(report.diagnostics)
    yield '<body>\n<a class="skip" href="#findings">Skip to the findings</a>\n<header>'
    yield f"<h1>qbank lint</h1>\n<p>{_shown(summary(report))}</p>\n</header>\n<main>"
    if groups:
        yield from _table(groups, rendering)
        yield from _filter(report)
        yield '<div id="findings">'
        for group in groups:
            yield from _section(group, rendering)
        yield f"</div>\n<script>{_SCRIPT}</script>"
    else:
        yield '<p id="findings">Every rule that ran is content.</p>'
    yield "</main>\n</body>"


def _table(groups: tuple[Group, ...], rendering: Rendering) -> Iterator[str]:
    yield '<table>\n<thead><tr><th scope="col">Rule</th><th scope="col">Severity</th>'
    yield '<th scope="col" class="n">Findings</th><th scope="col">What</th></tr></thead>\n<tbody>'
    for group in groups:
        name = _shown(group.rule)
        what = _shown(explanation(group.rule, rendering))
        yield (
            f'<tr id="row-rule-{name}"><td><a href="#rule-{name}">{name}</a></td>'
            f'<td>{_level(group.severity)}</td><td class="n">{len(group.diagnostics)}</td>'
            f"<td>{what}</td></tr>"
        )
    yield "</tbody>\n</table>"


def _filter(report: Reported) -> Iterator[str]:
    yield '<form id="filter" class="js-only" role="search" aria-label="Filter the findings">\n<fieldset>'
    for level in (Severity.ERROR, Severity.WARNING, Severity.INFO):
        count = sum(one.severity is level for one in report.diagnostics)
        box = f'<input type="checkbox" name="level" value="{level.value}" checked>'
        yield f'<label>{box} <span class="{level.value}">{level.value}</span> ({count})</label>'
    yield '</fieldset>\n<label>Find <input type="search" name="text" placeholder="item, file, word"></label>'
    yield '<output id="told" aria-live="polite"></output>\n</form>'


def _section(group: Group, rendering: Rendering) -> Iterator[str]:
    count = len(group.diagnostics)
    unfolded = " open" if count <= OPEN else ""
    yield f'<details class="rule" id="rule-{_shown(group.rule)}"{unfolded}>'
    yield f"<summary>{_level(group.severity)} <h2>{_shown(group.rule)}</h2>"
    yield f'<span class="count">({count})</span></summary>'
    doc = _doc(group, rendering)
    if doc:
        # the line breaks inside a paragraph are those of a source file
        parts = (" ".join(part.split()) for part in doc.split("\n\n"))
        yield f'<div class="about">{"".join(f"<p>{_with_code(part)}</p>" for part in parts)}</div>'
    yield "<ol>"
    for one in group.diagnostics:
        yield from _finding(one, rendering)
    yield "</ol>\n</details>"


def _with_code(text: str) -> str:
    """A paragraph of a rule's own explanation, in which `` `x` `` is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))


def _finding(one: Diagnostic, rendering: Rendering) -> Iterator[str]:
    item = f' <code class="item">{_shown(one.item)}</code>' if one.item else ""
    yield f'<li data-level="{one.severity.value}"><p>{_level(one.severity)} {_shown(one.message)}</p>'
    yield f'<p class="place"><code>{_place(one.file, one.line, one.column)}</code>{item}</p>'
    source = rendering.line(one.file, one.line) if one.file and is_quoted(one.rule) else ""
    if source.strip():
        yield f"<pre>{_quoted(source, one.column)}</pre>"
    if one.hint:
        yield f'<p class="hint">Hint: {_shown(one.hint)}</p>'
    for other in one.related:
        about = " ".join(filter(None, (other.message, f"({other.item})" if other.item else "")))
        where = _place(other.file, other.line, other.column)
        yield f'<p class="place">See also <code>{where}</code> {_shown(about)}</p>'
    yield "</li>"


def _level(severity: Severity) -> str:
    return f'<span class="level {severity.value}">{severity.value}</span>'


def _place(file: str, line: int, column: int) -> str:
    return f"{_shown(file_name(file)) or '(no file)'}:{line}:{column}"


def _quoted(source: str, column: int) -> str:
    """A source line with its marked character."""
    before, at, after = around(source, column)
    return f"{escape(before)}<mark>{escape(at) or ' '}</mark>{escape(after)}"


def _doc(group: Group, rendering: Rendering) -> str:
    known = rendering.rules.get(group.rule)
    return known.doc if known is not None else ""


def _shown(text: str) -> str:
    return escape(safe(text))

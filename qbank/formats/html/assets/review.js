// After the test: the result against the cut score, a table by content area, and each item explained.

const OUTCOMES = { right: 'Right', part: 'Partly right', wrong: 'Wrong', none: 'Not answered', open: 'For people to judge' };
const FILTERS = [['all', 'All'], ['wrong', 'Wrong'], ['flagged', 'Flagged'], ['none', 'Not answered'], ['trial', 'Not scored']];
const PAGE = 100; // so many items of a review at once

/** How an answer did: right, part, wrong, none (not answered) or open (an essay). */
function outcome(place) {
  const [item, given] = [DATA.items[place], sitting.answers[place]];
  if (!isAnswered(given)) return 'none';
  if (item.type === 'essay') return 'open';
  const got = share(item, given);
  return got >= 1 ? 'right' : got > 0 ? 'part' : 'wrong';
}

function resultView() {
  chrome();
  if (!STAFF) return endOfPreview();
  const sum = total(DATA.items, sitting.answers);
  const found = verdict(sum, DATA.cut);
  show('result', 'Result', h('div', { className: 'card narrow result' },
    h('p', { className: 'eyebrow' }, DATA.title),
    heading('Result'),
    sitting.late && h('p', { className: 'late' }, 'The time ran out: what you had answered was counted.'),
    found && h('p', { className: `verdict ${found}` }, found !== 'open' && icon(found === 'passed' ? 'right_mark' : 'wrong_mark'), VERDICTS[found]),
    h('p', { className: 'score' }, h('strong', {}, amount(sum.points)), ` of ${plural(amount(sum.of), 'point')}`, h('span', {}, ` · ${percent(sum.points, sum.of)}`)),
    sum.of > 0 && scale(sum),
    sum.open > 0 && h('p', {}, `Essays give up to ${plural(amount(sum.open), 'more point')}; people judge them with the rubrics shown in the review.`),
    h('p', { className: 'note' }, counted()),
    byArea(),
    h('div', { className: 'actions' },
      button('Review the items', () => reviewView('all'), { className: 'primary', id: 'review' }),
      button('Review wrong ones', () => reviewView('wrong'), { id: 'review-wrong' }),
      button('Print', () => window.print(), { className: 'quiet' }),
      button('Take it again', confirmAnew, { className: 'quiet', id: 'again' })),
    DATA.notice && h('section', { className: 'notice', 'aria-label': 'About this material' }, rich(DATA.notice))));
}

const VERDICTS = { passed: 'Cut score reached', failed: 'Cut score not reached', open: 'The essays decide' };
const percent = (part, whole) => (whole > 0 ? `${Math.round((100 * part) / whole)} %` : '–');

/** A bar with the points and the place of the cut score. */
function scale(sum) {
  const whole = sum.of + sum.open;
  const fill = h('div', { className: 'fill' });
  fill.style.width = `${Math.min(100, Math.max(0, (100 * sum.points) / whole))}%`;
  const bar = h('div', { className: 'scale', 'aria-hidden': 'true' }, fill);
  if (DATA.cut === null) return bar;
  const mark = h('div', { className: 'cut' }, h('span', {}, `Cut score ${amount(DATA.cut)}`));
  const at = Math.min(100, (100 * DATA.cut) / whole);
  mark.style.left = `${at}%`;
  mark.classList.toggle('late', at > 60);
  bar.append(mark);
  return [bar, h('p', { className: 'unseen' }, `The cut score is ${amount(DATA.cut)} of ${amount(whole)} points.`)];
}

function counted() {
  const scored = DATA.items.filter(item => item.scored).length;
  const others = DATA.items.length - scored;
  const time = `Time used: ${clock(sitting.spent)}.`;
  if (!others) return `All ${DATA.items.length} items were scored. ${time}`;
  return `${scored} of ${DATA.items.length} items were scored; ${others} being tried out ${others === 1 ? 'does' : 'do'} not count. ${time}`;
}

/** Scored items by the first part of their content area, in the order of the bank. */
function byArea() {
  const names = new Map(DATA.areas);
  const rows = new Map([...names.keys()].filter(path => !path.includes('/')).map(path => [path, []]));
  DATA.items.forEach((item, place) => {
    if (!item.scored || item.type === 'essay') return;
    const area = item.area.split('/')[0];
    rows.set(area, [...(rows.get(area) ?? []), place]);
  });
  const shown = [...rows].filter(([, places]) => places.length > 0);
  if (!shown.length) return null;
  return h('table', { className: 'areas' }, h('caption', {}, 'By content area'),
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Content area'), h('th', { scope: 'col', className: 'number' }, 'Items'),
      h('th', { scope: 'col', className: 'number' }, 'Points'), h('th', { scope: 'col', className: 'share' }, 'Share'))),
    h('tbody', {}, shown.map(([area, places]) => {
      const sum = total(places.map(place => DATA.items[place]), places.map(place => sitting.answers[place]));
      const fill = h('div', { className: 'fill' });
      fill.style.width = `${Math.max(0, (100 * sum.points) / (sum.of || 1))}%`;
      return h('tr', {}, h('th', { scope: 'row' }, names.get(area) ?? (area || 'Other')), h('td', { className: 'number' }, String(places.length)),
        h('td', { className: 'number' }, `${amount(sum.points)} of ${amount(sum.of)}`),
        h('td', { className: 'share' }, h('div', { className: 'meter', 'aria-hidden': 'true' }, fill), percent(sum.points, sum.of)));
    })));
}

function endOfPreview() {
  const done = DATA.items.length - unanswered().length;
  show('result', 'End of the preview', h('div', { className: 'card narrow' },
    h('p', { className: 'eyebrow' }, DATA.title), heading('End of the preview'),
    sitting.late && h('p', { className: 'late' }, 'The time ran out.'),
    h('p', {}, `${done} of ${plural(DATA.items.length, 'item')} answered in ${clock(sitting.spent)}. This page holds no key, so there is no result.`),
    h('div', { className: 'actions' }, button('Start anew', confirmAnew, { className: 'primary', id: 'again' }))));
}

// --- review ---

const WANTED = {
  all: () => true,
  wrong: place => ['wrong', 'part', 'none'].includes(outcome(place)),
  flagged: place => sitting.flags[place],
  none: place => outcome(place) === 'none',
  trial: place => !DATA.items[place].scored,
};

function reviewView(filter) {
  chrome();
  const places = name => DATA.items.map((_, place) => place).filter(WANTED[name]);
  const list = h('div', { className: 'reviewed', id: 'reviewed' });
  const told = h('p', { className: 'note', id: 'told' });
  const draw = name => {
    const wanted = places(name);
    list.replaceChildren();
    more(list, wanted);
    told.textContent = wanted.length ? `${plural(wanted.length, 'item')} shown` : 'No item is of this kind.';
    tell(told.textContent);
  };
  show('review', 'Review', h('div', { className: 'review' },
    h('div', { className: 'head' }, heading('Review'), button([icon('left'), h('span', {}, 'Result')], resultView, { className: 'tool', id: 'back' })),
    h('fieldset', { className: 'filters' }, h('legend', {}, 'Show'), FILTERS.filter(([name]) => name === filter || places(name).length)
      .map(([name, label]) => h('label', {}, h('input', { type: 'radio', name: 'filter', value: name, checked: name === filter, onchange: () => draw(name) }),
        h('span', {}, `${label} `, h('small', {}, String(places(name).length)))))),
    told, list));
  draw(filter);
}

function more(list, places) {
  let stimulus = -1;
  for (const place of places.slice(0, PAGE)) {
    const own = DATA.items[place].stimulus;
    list.append(reviewed(place, own >= 0 && own !== stimulus));
    stimulus = own;
  }
  const rest = places.slice(PAGE);
  if (!rest.length) return;
  const next = button(`Show ${Math.min(PAGE, rest.length)} more`, () => {
    next.remove();
    more(list, rest);
    byId(`item-${rest[0]}`).focus();
  });
  list.append(next);
}

function reviewed(place, withStimulus) {
  const item = DATA.items[place];
  const kind = outcome(place);
  const article = h('article', { className: `card ${kind}`, 'aria-labelledby': `item-${place}` },
    h('div', { className: 'top' }, h('h2', { id: `item-${place}`, tabIndex: -1 }, `Item ${place + 1}`), badge(kind),
      sitting.flags[place] && h('span', { className: 'badge flagged' }, icon('flag'), 'Flagged'),
      h('span', { className: 'badge points' }, pointsTold(item, place))));
  if (withStimulus) {
    const stimulus = DATA.stimuli[item.stimulus];
    article.append(h('details', { className: 'record' }, h('summary', {}, stimulus.title || 'Record'), h('div', { className: 'text' }, stimulusBody(stimulus))));
  }
  article.append(rich(item.stem, 'div', { className: 'stem text' }), explanation(place));
  return article;
}

function badge(kind) {
  const mark = { right: 'right_mark', wrong: 'wrong_mark' }[kind];
  return h('span', { className: `badge ${kind}` }, mark && icon(mark), OUTCOMES[kind]);
}

function pointsTold(item, place) {
  if (!item.scored) return 'Not scored: being tried out';
  if (item.type === 'essay') return `up to ${plural(amount(item.points), 'point')}`;
  return `${amount(rounded(points(item, sitting.answers[place])))} of ${plural(amount(item.points), 'point')}`;
}

/** Answer and key, why, and where to read on; `level` is the element of its headings. */
function explanation(place, level = 'h3') {
  const item = DATA.items[place];
  const given = sitting.answers[place];
  const part = { matching: matchedPart, ordering: orderedPart, numeric: typedPart, 'short-answer': typedPart, essay: essayPart }[item.type] ?? chosenPart;
  const box = h('div', { className: 'explanation' }, part(item, given, level));
  const own = new Set((item.options ?? []).map(option => option.id));
  const others = item.rationales.filter(([id]) => part !== chosenPart || !own.has(id));
  if (item.rationale || others.length) {
    box.append(h(level, {}, 'Why'), rich(item.rationale, 'div', { className: 'text' }),
      ...others.map(([id, text]) => h('div', { className: 'why' }, h('span', { className: 'letter' }, lettered(item, id)), rich(text, 'div', { className: 'text' }))));
  }
  if (item.references.length) box.append(h(level, {}, 'References'), h('ul', { className: 'references' }, item.references.map(one => rich(one, 'li'))));
  box.append(h('details', { className: 'about' }, h('summary', {}, 'Details'),
    h('dl', {}, item.details.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))))));
  return box;
}

/** The letter under which an option was presented; an id that is no option's stays as it is. */
function lettered(item, id) {
  const place = (item.options ?? []).findIndex(option => option.id === id);
  return place < 0 ? id : letter(place);
}

function chosenPart(item, given) {
  const why = new Map(item.rationales);
  return h('ul', { className: 'options' }, item.options.map((option, number) => {
    const [keyed, chosen] = [item.key.includes(option.id), given.includes(option.id)];
    return h('li', { className: `${keyed ? 'keyed' : ''} ${chosen ? 'chosen' : ''}` },
      h('span', { className: 'letter' }, letter(number)),
      h('div', { className: 'said' }, rich(option.text, 'div', { className: 'text' }),
        (keyed || chosen) && h('p', { className: 'tags' }, keyed && h('span', { className: 'tag key' }, icon('right_mark'), 'Key'),
          chosen && h('span', { className: `tag ${keyed ? 'key' : 'miss'}` }, !keyed && icon('wrong_mark'), 'Your answer')),
        why.get(option.id) && rich(why.get(option.id), 'div', { className: 'text rationale' })));
  }));
}

function matchedPart(item, given) {
  const text = id => rich(item.options.find(option => option.id === id)?.text ?? '', 'span');
  const names = h('tr', {}, ['Prompt', 'Your answer', 'Key'].map(name => h('th', { scope: 'col' }, name)));
  const box = { className: 'wide', tabIndex: 0, role: 'group', 'aria-label': 'Your answers and the key' };
  const marked = (id, right) => [
    icon(right ? 'right_mark' : 'wrong_mark'), h('span', { className: 'unseen' }, right ? 'Right: ' : 'Wrong: '), text(id)];
  return h('div', box, h('table', { className: 'matched' }, h('thead', {}, names),
    h('tbody', {}, item.prompts.map((prompt, line) => {
      const right = given[line] === item.key[line];
      return h('tr', {}, rich(prompt, 'th', { scope: 'row' }),
        h('td', { className: right ? 'hit' : 'miss' }, given[line] ? marked(given[line], right) : '–'),
        h('td', {}, text(item.key[line])));
    }))));
}

function orderedPart(item, given, level) {
  const list = ids => h('ol', {}, ids.map(id => rich(item.options.find(option => option.id === id).text, 'li')));
  return h('div', { className: 'columns' },
    h('div', {}, h(level, {}, 'Your answer'), given.length ? list(given) : h('p', {}, '–')),
    h('div', {}, h(level, {}, 'Key'), list(item.key)));
}

function typedPart(item, given) {
  const unit = () => (item.unit ? [' ', rich(item.unit, 'span')] : []);
  const key = item.type === 'numeric' ? [item.shown] : [item.key.join(' · '), item.case_sensitive ? ' (capitals count)' : ''];
  return h('dl', { className: 'given' }, h('div', {}, h('dt', {}, 'Your answer'), h('dd', {}, given.trim() || '–', given.trim() ? unit() : [])),
    h('div', {}, h('dt', {}, 'Key'), h('dd', {}, key, unit())));
}

function essayPart(item, given, level) {
  return h('div', {}, h(level, {}, 'Your answer'), h('p', { className: 'written' }, given.trim() || '–'),
    item.rubric && [h(level, {}, 'Rubric'), rich(item.rubric, 'div', { className: 'text' })]);
}

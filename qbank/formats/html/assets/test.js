// The test: start page, one item at a time, navigator, pause, finish.

let openStimulus = { place: -1, open: true, scrolled: 0 };

// --- start page ---

function startView() {
  sitting.phase = 'start';
  chrome();
  show('start', 'Start', h('div', { className: 'card narrow' },
    h('p', { className: 'eyebrow' }, DATA.bank ? 'Practice' : STAFF ? 'Practice test' : 'Preview of a test'),
    h('h1', { tabIndex: -1, lang: DATA.language }, DATA.title),
    facts(),
    sectionList(),
    h('h2', {}, 'How it works'),
    h('ul', { className: 'rules' }, rules().map(one => h('li', {}, one))),
    keys(),
    DATA.notice || DATA.licence ? h('section', { className: 'notice', 'aria-labelledby': 'notice' },
      h('h2', { id: 'notice' }, 'About this material'), rich(DATA.notice), DATA.licence && h('p', {}, `Licence: ${DATA.licence}`)) : null,
    h('div', { className: 'actions' }, button(DATA.bank ? 'Start' : 'Start the test', begin, { className: 'primary large' })),
  ));
}

function facts() {
  const entry = (name, value, more) => h('div', {}, h('dt', {}, name), h('dd', {}, value, more && h('span', {}, ` ${more}`)));
  const sum = STAFF ? total(DATA.items, DATA.items.map(empty)) : null;
  return h('dl', { className: 'facts' },
    entry('Items', String(DATA.items.length)),
    entry('Time', LIMIT === Infinity ? 'No limit' : amount(DATA.minutes), LIMIT === Infinity ? '' : 'minutes'),
    STAFF && DATA.cut !== null && entry('To pass', amount(DATA.cut), `of ${amount(sum.of + sum.open)} points`));
}

function sectionList() {
  if (DATA.sections.length < 2) return null;
  return [h('h2', {}, 'Sections'), h('ul', { className: 'rules' }, DATA.sections.map((section, place) => {
    const count = DATA.items.filter(item => item.section === place).length;
    const time = section.minutes === null ? '' : `, ${plural(amount(section.minutes), 'minute')}`;
    return h('li', {}, `${section.title}: ${plural(count, 'item')}${time}`);
  }))].flat();
}

function rules() {
  const timed = LIMIT !== Infinity;
  return [
    scoredRule(),
    'Move as you like: go back, change answers, and flag items to look at again.',
    timed && `Pause stops the clock and hides the items${canStore() ? '; so does closing the page' : ''}. A real examination does not pause.`,
    timed && 'When the time is up, the test finishes by itself and counts what you have answered.',
    DATA.sections.some(section => section.minutes !== null) &&
      'The times of sections are for you to keep: this page watches the time of the whole test only.',
    DATA.bank && 'Check shows at once whether an answer is right, and why; after that it stays as it is.',
    canStore() ? 'Your answers stay in this browser, on this device. A reload loses nothing; nothing is sent anywhere.'
      : 'This browser keeps nothing for this page: a reload starts from the beginning. Nothing is sent anywhere.',
    STAFF ? 'This page holds the key and the rationales. Do not pass it on where they must stay secret.'
      : 'This is a preview: it holds no key, and gives no result.',
  ].filter(Boolean);
}

function scoredRule() {
  if (!STAFF) return null;
  const scored = DATA.items.filter(item => item.scored).length;
  const others = DATA.items.length - scored;
  const wrong = DATA.items.some(item => item.scoring.penalty > 0) ? 'Some items take points off for wrong choices.'
    : 'A wrong answer costs nothing, so answer every item.';
  if (!others) return `Every item counts. ${wrong}`;
  const counted = `${plural(scored, 'item')} ${scored === 1 ? 'counts' : 'count'}`;
  const tried = others === 1 ? '1 is being tried out and does not' : `${others} are being tried out and do not`;
  return `${counted}; ${tried}. Which is which is told only afterwards. ${wrong}`;
}

function keys() {
  const rows = [['← →', 'previous and next item'], ['A B C …', 'choose an option'], ['F', 'flag the item'], ['N', 'all items'], ['P', 'pause']];
  const box = h('input', { type: 'checkbox', checked: shortcuts.on, onchange: () => shortcuts.set(box.checked) });
  return h('details', { className: 'keys' }, h('summary', {}, 'Keyboard'),
    h('dl', {}, rows.filter(row => row[0] !== 'P' || LIMIT !== Infinity).map(([key, what]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, what)))),
    h('label', { className: 'check' }, box, ' Use these single keys'));
}

function begin() {
  sitting.phase = 'test';
  openStimulus = { place: -1, open: true, scrolled: 0 };
  startClock();
  itemView(sitting.at);
}

// --- frame: clock, progress, buttons below ---

function chrome() {
  const testing = sitting.phase === 'test';
  byId('bar').replaceChildren(
    h('p', { className: 'brand', lang: DATA.language }, DATA.title),
    h('div', { className: 'tools' },
      testing && LIMIT !== Infinity && h('div', { className: 'clock', id: 'clock', role: 'timer', 'aria-label': 'Time left' }, clock(left())),
      testing && LIMIT !== Infinity && button([icon('pause'), h('span', {}, 'Pause')], pause, { className: 'tool', id: 'pause' }),
      themeButton()),
    ...(testing ? [h('progress', { id: 'progress', max: DATA.items.length, value: 0, 'aria-label': 'Items answered' })] : []));
  byId('foot').replaceChildren(...(testing ? [footer()] : []));
  progress();
}

function footer() {
  const last = sitting.at === DATA.items.length - 1;
  return h('nav', { 'aria-label': 'Items' },
    button([icon('left'), h('span', {}, 'Previous')], () => step(-1), { className: 'tool', id: 'previous', disabled: sitting.at === 0 }),
    button([icon('grid'), h('span', { id: 'count' })], navigator_, { className: 'tool', id: 'items', 'aria-haspopup': 'dialog' }),
    button([icon('flag'), h('span', {}, 'Flag')], flag, { className: 'tool', id: 'flag', 'aria-pressed': String(sitting.flags[sitting.at]) }),
    last ? button('Finish', confirmFinish, { className: 'primary', id: 'next' })
      : button([h('span', {}, 'Next'), icon('right')], () => step(1), { className: 'primary', id: 'next' }));
}

function progress() {
  const done = DATA.items.length - unanswered().length;
  if (byId('progress')) byId('progress').value = done;
  if (byId('count')) byId('count').textContent = `${done} of ${DATA.items.length}`;
  byId('items')?.setAttribute('aria-label', `All items: ${done} of ${DATA.items.length} answered`);
}

// --- one item ---

function itemView(place) {
  sitting.at = place;
  keep();
  chrome();
  const item = DATA.items[place];
  const stimulus = item.stimulus < 0 ? null : stimulusPanel(item.stimulus);
  const section = DATA.sections[item.section];
  show('item', `Item ${place + 1}`, h('div', { className: stimulus ? 'pair' : 'single' },
    h('div', { className: 'head' },
      section.title && h('p', { className: 'eyebrow' }, section.title),
      heading(`Item ${place + 1} `, h('span', {}, `of ${DATA.items.length}`)),
      h('p', { className: 'flagged', id: 'flagged', hidden: !sitting.flags[place] }, icon('flag'), 'Flagged')),
    stimulus,
    h('div', { className: 'card item' },
      rich(item.stem, 'div', { id: 'stem', className: 'stem text' }),
      sitting.checked[place] ? checked(place) : control(place),
      DATA.bank && STAFF && !sitting.checked[place] && button('Check', check, { id: 'check' }))));
  const text = document.querySelector('.stimulus .body');
  if (text && openStimulus.place === item.stimulus) text.scrollTop = openStimulus.scrolled;
  else openStimulus = { place: item.stimulus, open: true, scrolled: 0 };
}

/** A record or figure beside the items that share it; folded away it stays so for its whole set. */
function stimulusPanel(place) {
  const stimulus = DATA.stimuli[place];
  const members = DATA.items.flatMap((item, number) => (item.stimulus === place ? [number + 1] : []));
  const title = stimulus.title || 'Record';
  return h('details', { className: 'card stimulus', open: openStimulus.place !== place || openStimulus.open,
    ontoggle: event => { openStimulus.open = event.target.open; } },
  h('summary', {}, h('div', {}, h('h2', {}, title), members.length > 1 && h('p', { className: 'note' }, `For items ${spans(members)}`))),
  h('div', { className: 'body text', tabIndex: 0, role: 'group', 'aria-label': title,
    onscroll: event => { openStimulus.scrolled = event.target.scrollTop; } }, stimulusBody(stimulus)));
}

function stimulusBody(stimulus) {
  return [rich(stimulus.text), ...stimulus.media.map(medium)];
}

function medium(one) {
  const source = fileOf(one.address);
  if (one.kind === 'img') return h('p', { className: 'figure' }, h('img', { src: source, alt: one.alt }));
  return h('div', { className: 'figure' }, one.alt && h('p', {}, one.alt),
    h(one.kind, { src: source, controls: true, preload: 'metadata', 'aria-label': one.alt || 'Recording' }));
}

/** 3, 5–7 */
function spans(numbers) {
  const runs = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? from : `${from}–${to}`)).join(', ');
}

function step(by) {
  const next = sitting.at + by;
  if (next >= 0 && next < DATA.items.length) itemView(next);
}

function flag() {
  const on = !sitting.flags[sitting.at];
  sitting.flags[sitting.at] = on;
  keep();
  byId('flag').setAttribute('aria-pressed', String(on));
  byId('flagged').hidden = !on;
  tell(on ? 'Flagged' : 'Flag removed');
}

/** In a bank: show at once whether the answer is right; the answer stays as it is from then on. */
function check() {
  sitting.checked[sitting.at] = true;
  keep();
  const shown = checked(sitting.at);
  document.querySelector('fieldset.answer').replaceWith(shown);
  byId('check').remove();
  shown.focus({ preventScroll: true });
  tell(OUTCOMES[outcome(sitting.at)]);
}

function checked(place) {
  return h('div', { className: 'checked', tabIndex: -1 }, badge(outcome(place)), explanation(place, 'h2'));
}

// --- all items ---

function navigator_() {
  const cells = DATA.items.map((item, place) => {
    const words = [answered(place) ? 'answered' : 'not answered', sitting.flags[place] && 'flagged', place === sitting.at && 'here'].filter(Boolean);
    return h('li', {}, button([String(place + 1), sitting.flags[place] && icon('flag')], () => { dialog.close(); itemView(place); }, {
      className: `cell${answered(place) ? ' done' : ''}${sitting.flags[place] ? ' marked' : ''}`,
      'aria-label': `Item ${place + 1}, ${words.join(', ')}`, 'aria-current': place === sitting.at && 'true' }));
  });
  const missing = unanswered();
  const flagged = sitting.flags.filter(Boolean).length;
  const dialog = ask('All items', [
    h('p', { className: 'counts' }, `${DATA.items.length - missing.length} answered, ${missing.length} not answered, ${flagged} flagged`),
    h('p', { className: 'legend', 'aria-hidden': 'true' }, h('span', { className: 'cell done' }, '1'), 'answered', h('span', { className: 'cell' }, '2'), 'not answered',
      h('span', { className: 'cell marked' }, '3', icon('flag')), 'flagged'),
    ...groups().flatMap(([title, places]) => [
      title && h('h3', {}, title), h('ol', { className: 'cells' }, places.map(place => cells[place]))]).filter(Boolean),
  ], [['Back to the item', null], ...(missing.length ? [['First unanswered', () => itemView(missing[0])]] : []), ['Finish', confirmFinish, 'primary']]);
  dialog.classList.add('navigator');
  dialog.querySelector('[aria-current]').focus();
}

/** Items under the titles of their sections; those of a bank under their content areas. */
function groups() {
  const areas = new Map(DATA.areas);
  const found = new Map();
  DATA.items.forEach((item, place) => {
    const area = DATA.bank && STAFF ? item.area.split('/')[0] : '';
    const title = (areas.get(area) ?? area) || DATA.sections[item.section].title;
    found.set(title, [...(found.get(title) ?? []), place]);
  });
  return [...found];
}

// --- pause and finish ---

function pause() {
  tick();
  ticked = 0;
  keep();
  waitView('Paused', 'The clock stands. The items are hidden until you go on.');
}

function waitView(title, words) {
  sitting.phase = 'waiting';
  chrome();
  const done = DATA.items.length - unanswered().length;
  show('pause', title, h('div', { className: 'card narrow centred' },
    heading(title), h('p', {}, words),
    h('dl', { className: 'facts' },
      h('div', {}, h('dt', {}, 'Answered'), h('dd', {}, String(done), h('span', {}, ` of ${DATA.items.length}`))),
      LIMIT !== Infinity && h('div', {}, h('dt', {}, 'Time left'), h('dd', {}, clock(left())))),
    h('div', { className: 'actions' }, button('Go on', begin, { className: 'primary large', id: 'resume' }),
      button('Start anew', confirmAnew, { className: 'quiet' }))));
}

function confirmFinish() {
  const missing = unanswered();
  const flagged = sitting.flags.flatMap((on, place) => (on ? [place] : []));
  const links = (words, places) => places.length > 0 && h('div', { className: 'jumps' }, h('p', {}, words),
    h('ul', { className: 'cells' }, places.map(place => h('li', {}, button(String(place + 1), () => { dialog.close(); itemView(place); },
      { className: 'cell', 'aria-label': `Go to item ${place + 1}` })))));
  const dialog = ask(missing.length ? 'Finish with items unanswered?' : 'Finish the test?', [
    h('p', {}, missing.length ? 'You can still answer them.' : `All ${DATA.items.length} items are answered. After this, answers cannot be changed.`),
    links(`${plural(missing.length, 'item')} not answered`, missing),
    links(`${plural(flagged.length, 'item')} flagged`, flagged),
  ].filter(Boolean), [['Back to the test', null, missing.length ? 'primary' : ''], ['Finish', () => finish(false), missing.length ? '' : 'primary']]);
}

function finish(late) {
  if (!late) tick();
  for (const dialog of document.querySelectorAll('dialog')) dialog.remove();
  sitting.phase = 'done';
  sitting.late = late;
  keep();
  resultView();
  if (late) tell('The time is up. The test has finished.', true);
}

function confirmAnew() {
  ask('Start anew?', [h('p', {}, 'Your answers, flags and the result are deleted.')],
    [['Keep them', null], ['Delete and start anew', anew, 'primary']]);
}

function anew() {
  sitting = fresh();
  keep();
  startView();
}

// What a candidate answers with: one control for each type of item. Each tells `answer` what was given.

const INSTRUCTIONS = {
  'multiple-choice': () => 'Choose one answer.',
  'true-false': () => 'Choose one answer.',
  'multiple-response': item => (item.choose ? `Choose ${item.choose}.` : 'Choose all that apply.'),
  matching: item => (item.reuse ? 'Choose an option for each line; options may be used again.' : 'Choose an option for each line; each option is used once.'),
  ordering: () => 'Put these in order with the arrow buttons.',
  numeric: () => 'Write a number, such as 1500 or 0.25.',
  'short-answer': () => 'Write a short answer.',
  essay: () => 'Write your answer.',
};

const CONTROLS = {
  matching: matchingControl, ordering: orderingControl, numeric: textControl, 'short-answer': textControl, essay: essayControl,
};

/** The control for the item at a place. */
function control(place) {
  const item = DATA.items[place];
  const make = CONTROLS[item.type] ?? choiceControl;
  const box = h('fieldset', { className: `answer ${item.type}`, 'aria-describedby': 'stem' },
    h('legend', {}, INSTRUCTIONS[item.type](item)));
  box.append(...make(item, place));
  return box;
}

function choiceControl(item, place) {
  const many = item.type === 'multiple-response';
  const note = h('p', { className: 'note', id: 'answer-note' });
  const inputs = item.options.map(option => h('input', {
    type: many ? 'checkbox' : 'radio', name: 'answer', value: option.id,
    checked: sitting.answers[place].includes(option.id),
    onchange: event => choose(item, place, inputs, event.target, note),
  }));
  return [...item.options.map((option, number) => h('label', { className: 'option' },
    inputs[number], h('span', { className: 'letter' }, letter(number)), rich(option.text, 'span', { className: 'text' }))), note];
}

function choose(item, place, inputs, input, note) {
  const chosen = inputs.filter(one => one.checked);
  note.textContent = '';
  if (item.choose && chosen.length > item.choose) {
    input.checked = false;
    note.textContent = `You have chosen ${item.choose} already. Take one away first.`;
    tell(note.textContent);
    return;
  }
  answer(place, chosen.map(one => one.value));
}

/** Options in a list by letter, since a select shows plain text only; a select for each prompt. */
function matchingControl(item, place) {
  const selects = item.prompts.map((_, line) => h('select', { 'aria-labelledby': `prompt-${line}`, onchange: () => {
    answer(place, selects.map(select => select.value));
    spare(item, selects);
  } }, h('option', { value: '' }, 'Choose …'), item.options.map((option, number) =>
    h('option', { value: option.id }, `${letter(number)}. ${option.plain}`))));
  selects.forEach((select, line) => { select.value = sitting.answers[place][line]; });
  spare(item, selects);
  return [
    h('ol', { className: 'lettered' }, item.options.map((option, number) =>
      h('li', {}, h('span', { className: 'letter' }, letter(number)), rich(option.text, 'span', { className: 'text' })))),
    h('div', { className: 'prompts' }, item.prompts.map((prompt, line) => h('div', { className: 'prompt' },
      rich(prompt, 'div', { id: `prompt-${line}`, className: 'text' }), selects[line]))),
  ];
}

/** An option that another line took cannot be taken again, unless options may be used again. */
function spare(item, selects) {
  if (item.reuse) return;
  for (const select of selects) {
    for (const option of select.options) {
      option.disabled = option.value !== '' && selects.some(other => other !== select && other.value === option.value);
    }
  }
}

function orderingControl(item, place) {
  const list = h('ol', { className: 'order' });
  const state = h('div', { className: 'order-state' });
  const order = () => (answered(place) ? sitting.answers[place] : item.options.map(option => option.id));
  const draw = () => {
    list.replaceChildren(...order().map((id, number) => orderRow(item, place, id, number, redrawn)));
    state.replaceChildren(answered(place) ? h('p', { className: 'note' }, 'This order is your answer.')
      : button('Answer with this order', () => { answer(place, order()); redrawn(null, 0); }, { className: 'quiet' }));
  };
  const redrawn = (id, by) => {
    if (id !== null) move(item, place, order(), id, by);
    draw();
    const row = [...list.children].find(one => one.dataset.id === id);
    const wanted = row?.querySelector(by < 0 ? '.up' : '.down');
    (wanted && !wanted.disabled ? wanted : row?.querySelector('button:not(:disabled)'))?.focus();
  };
  draw();
  return [list, state];
}

function orderRow(item, place, id, number, redrawn) {
  const option = item.options.find(one => one.id === id);
  const step = (name, by, words, last) => button(icon(name), () => redrawn(id, by), {
    className: `square ${name}`, 'aria-label': `Move ${words}: ${option.plain}`, disabled: last });
  const row = h('li', { className: 'row', onkeydown: event => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) { event.preventDefault(); redrawn(id, by); }
  } }, h('span', { className: 'letter' }, String(number + 1)), rich(option.text, 'span', { className: 'text' }),
  h('span', { className: 'steps' }, step('up', -1, 'up', number === 0), step('down', 1, 'down', number === item.options.length - 1)));
  row.dataset.id = id;
  return row;
}

function move(item, place, order, id, by) {
  const from = order.indexOf(id);
  const to = from + by;
  if (to < 0 || to >= order.length) return;
  const next = [...order];
  next.splice(to, 0, ...next.splice(from, 1));
  answer(place, next);
  tell(`${item.options.find(one => one.id === id).plain}: now ${to + 1} of ${order.length}`);
}

function textControl(item, place) {
  const numeric = item.type === 'numeric';
  const note = h('p', { className: 'note', id: 'answer-note' });
  const input = h('input', {
    type: 'text', className: 'field', value: sitting.answers[place], autocomplete: 'off', autocapitalize: 'off',
    inputMode: numeric ? 'decimal' : 'text', 'aria-label': 'Your answer', 'aria-describedby': `stem answer-note${numeric && item.unit ? ' answer-unit' : ''}`,
    oninput: () => { answer(place, input.value); note.textContent = ''; input.removeAttribute('aria-invalid'); },
    onchange: () => {
      if (!numeric || !isAnswered(input.value) || !Number.isNaN(readNumber(input.value))) return;
      note.textContent = 'This is not a number. Write digits only, with a point for decimals and no unit.';
      input.setAttribute('aria-invalid', 'true');
      tell(note.textContent);
    },
  });
  input.spellcheck = false;
  const unit = numeric && item.unit ? rich(item.unit, 'span', { className: 'unit', id: 'answer-unit' }) : null;
  return [h('div', { className: 'typed' }, input, unit), note];
}

function essayControl(item, place) {
  const count = h('p', { className: 'note count' });
  const counted = () => { count.textContent = plural(area.value.split(/\s+/).filter(Boolean).length, 'word'); };
  const area = h('textarea', { className: 'field', rows: 12, value: sitting.answers[place], 'aria-label': 'Your answer',
    'aria-describedby': 'stem', oninput: () => { answer(place, area.value); counted(); } });
  counted();
  return [area, count];
}

// The sitting: answers, flags, place and clock, kept in the browser so that a reload loses nothing.

const DATA = JSON.parse(document.getElementById('data').textContent);
const STAFF = DATA.audience === 'staff';
const LIMIT = DATA.minutes === null ? Infinity : DATA.minutes * 60000;
const STORE = `qbank:${DATA.form}:${DATA.fingerprint}`;
const WARNINGS = [30, 15, 10, 5, 1];
const LONGEST_STEP = 90000; // a computer that slept does not use up the time

let sitting = fresh();
let stored = true;
let ticked = 0;

function fresh() {
  const no = () => DATA.items.map(() => false);
  return { phase: 'start', at: 0, spent: 0, late: false, answers: DATA.items.map(empty), flags: no(), checked: no() };
}

function empty(item) {
  if (item.type === 'matching') return item.prompts.map(() => '');
  return item.options ? [] : '';
}

/** What an earlier visit kept, made fit for this page; a fresh sitting when there is nothing fit. */
function recalled() {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE));
    return kept && fits(kept) ? kept : fresh();
  } catch {
    return fresh();
  }
}

function fits(kept) {
  const lists = ['answers', 'flags', 'checked'];
  return ['start', 'test', 'waiting', 'done'].includes(kept.phase) && Number.isFinite(kept.spent) && kept.spent >= 0 &&
    Number.isInteger(kept.at) && kept.at >= 0 && kept.at < DATA.items.length &&
    lists.every(name => Array.isArray(kept[name]) && kept[name].length === DATA.items.length) &&
    kept.answers.every((answer, place) => fitsAnswer(answer, DATA.items[place]));
}

function fitsAnswer(answer, item) {
  if (!item.options) return typeof answer === 'string';
  const ids = item.options.map(option => option.id);
  const long = item.type === 'matching' ? item.prompts.length : answer?.length;
  return Array.isArray(answer) && answer.length === long &&
    answer.every(id => ids.includes(id) || (id === '' && item.type === 'matching'));
}

function keep() {
  try {
    localStorage.setItem(STORE, JSON.stringify(sitting));
  } catch {
    stored = false;
  }
}

/** Whether this browser keeps anything for the page. */
function canStore() {
  try {
    localStorage.setItem(`${STORE}:try`, '1');
    localStorage.removeItem(`${STORE}:try`);
    return true;
  } catch {
    return false;
  }
}

function answer(place, value) {
  sitting.answers[place] = value;
  keep();
  progress();
}

const answered = place => isAnswered(sitting.answers[place]);
const unanswered = () => DATA.items.flatMap((_, place) => (answered(place) ? [] : [place]));
const left = () => LIMIT - sitting.spent;

function startClock() {
  ticked = Date.now();
}

/** Adds the time since the last call; true when the time is up. */
function tick() {
  const now = Date.now();
  const before = left();
  sitting.spent += Math.min(Math.max(0, now - ticked), LONGEST_STEP);
  ticked = now;
  const passed = WARNINGS.find(minutes => before > minutes * 60000 && left() <= minutes * 60000);
  if (passed !== undefined && left() > 0) tell(`${plural(passed, 'minute')} left`, true);
  return left() <= 0;
}

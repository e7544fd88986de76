// Start-up, look, keyboard and clock.

/** A yes or no that the browser remembers for all practice tests; without storage, for this visit. */
function remembered(name, otherwise) {
  let on = otherwise();
  try { on = { yes: true, no: false }[localStorage.getItem(name)] ?? on; } catch { /* it is not remembered */ }
  return {
    get on() { return on; },
    set(value) {
      on = value;
      try { localStorage.setItem(name, value ? 'yes' : 'no'); } catch { /* it is not remembered */ }
    },
  };
}

const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const dark = remembered('qbank:dark', () => prefersDark.matches);
const shortcuts = remembered('qbank:keys', () => true);

function paint() {
  document.documentElement.dataset.theme = dark.on ? 'dark' : 'light';
}

function themeButton() {
  const node = button('', () => { dark.set(!dark.on); paint(); label(); }, { className: 'tool square', id: 'theme', 'aria-label': 'Dark' });
  const label = () => {
    node.replaceChildren(icon(dark.on ? 'light' : 'dark'));
    node.setAttribute('aria-pressed', String(dark.on));
  };
  label();
  return node;
}

/** What a single key does, while an item is shown; undefined for a key that does nothing. */
function shortcut(event) {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (key === 'ArrowLeft') return () => step(-1);
  if (key === 'ArrowRight') return () => step(1);
  const inputs = [...document.querySelectorAll('.answer .option input')];
  const place = key.length === 1 ? key.charCodeAt(0) - 65 : -1;
  if (inputs[place]) return () => { inputs[place].click(); inputs[place].focus(); };
  return { F: flag, N: navigator_, P: LIMIT === Infinity ? undefined : pause }[key];
}

/** F, N and P are letters of options too where an item has that many; then the option comes first. */
function pressed(event) {
  const typing = event.target.closest('input[type=text], textarea, select, audio, video, dialog');
  if (document.body.dataset.view !== 'item' || !shortcuts.on || typing || event.defaultPrevented) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = shortcut(event);
  if (!act) return;
  event.preventDefault();
  act();
}

function beat() {
  if (sitting.phase !== 'test') return;
  const over = tick();
  const face = byId('clock');
  if (face) {
    face.textContent = clock(left());
    face.classList.toggle('short', left() <= 5 * 60000);
  }
  if (over) finish(true);
  else if (Math.floor(sitting.spent / 5000) !== beat.kept) {
    beat.kept = Math.floor(sitting.spent / 5000);
    keep();
  }
}

function leave() {
  if (sitting.phase === 'test') { tick(); keep(); }
}

function open() {
  sitting = recalled();
  paint();
  prefersDark.addEventListener('change', event => { dark.set(event.matches); paint(); chrome(); });
  document.addEventListener('keydown', pressed);
  window.addEventListener('pagehide', leave);
  setInterval(beat, 500);
  if (sitting.phase === 'done') resultView();
  else if (sitting.phase !== 'start') waitView('Welcome back', 'Your answers are here. The clock stood while the page was closed.');
  else startView();
}

open();

// Elements, texts and what a screen reader is told.

const byId = id => document.getElementById(id);

/** An element: properties, attributes (those with a hyphen, role, for …), listeners (on…), then its content. */
function h(tag, properties = {}, ...content) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name in node && !name.includes('-')) node[name] = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...content.flat().filter(one => one !== null && one !== undefined && one !== false));
  return node;
}

/**
 * An item text as nodes. It comes from the bank as XHTML that was cleaned there; here it is read as XML, so
 * that no browser's idea of HTML changes it, and it may show only files that are in this page.
 */
function rich(xhtml, tag = 'div', properties = {}) {
  const holder = h(tag, { ...properties, lang: DATA.language });
  const parsed = new DOMParser().parseFromString(
    `<div xmlns="http://www.w3.org/1999/xhtml">${xhtml}</div>`, 'application/xhtml+xml');
  holder.append(...[...document.importNode(parsed.documentElement, true).childNodes].map(lowered));
  for (const image of holder.querySelectorAll('img')) {
    const source = fileOf(image.getAttribute('src'));
    if (source) image.src = source;
    else image.removeAttribute('src');
  }
  for (const table of holder.querySelectorAll('table')) {
    const scroller = h('div', { className: 'wide', tabIndex: 0, role: 'group', 'aria-label': 'Table' });
    table.replaceWith(scroller);
    scroller.append(table);
  }
  return holder;
}

/** Headings inside a text stand below the page's own. */
function lowered(node) {
  for (const heading of node.querySelectorAll?.('h1,h2,h3,h4,h5,h6') ?? []) heading.replaceWith(subheading(heading));
  return /^h[1-6]$/i.test(node.localName ?? '') ? subheading(node) : node;
}

function subheading(node) {
  return h('p', { className: 'subheading' }, ...node.childNodes);
}

/** The data URI of a file that a text shows; undefined for one that is not in the page. */
function fileOf(address) {
  return Object.hasOwn(DATA.addresses, address) ? DATA.files[DATA.addresses[address]] : undefined;
}

const ICONS = {
  flag: 'M5 21V4m0 0h12l-2.5 4L17 12H5',
  grid: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h6v6h-6z',
  left: 'M15 5l-7 7 7 7',
  right: 'M9 5l7 7-7 7',
  up: 'M5 15l7-7 7 7',
  down: 'M5 9l7 7 7-7',
  pause: 'M8 5v14M16 5v14',
  clock: 'M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  light: 'M12 3v2M12 19v2M3 12h2M19 12h2M5.6 5.6L7 7M17 17l1.4 1.4M5.6 18.4L7 17M17 7l1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z',
  dark: 'M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z',
  right_mark: 'M5 13l4.5 4.5L19 7',
  wrong_mark: 'M6 6l12 12M18 6L6 18',
};

function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', `icon icon-${name}`);
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

function button(label, onclick, properties = {}) {
  return h('button', { type: 'button', onclick, ...properties }, label);
}

/** Shows a view: its parts replace the old ones, its heading gets the focus, so that it is read out. */
function show(name, title, ...parts) {
  const first = !document.body.dataset.view; // a page that opens is read from its top
  document.body.dataset.view = name;
  document.title = `${title} – ${DATA.title}`;
  byId('view').replaceChildren(...parts);
  window.scrollTo(0, 0);
  if (!first) byId('view').querySelector('h1').focus({ preventScroll: true });
}

const heading = (...content) => h('h1', { tabIndex: -1 }, ...content);

/** Tells a screen reader something; the same words twice in a row are told twice. */
function tell(words, urgent = false) {
  const region = byId(urgent ? 'urgent' : 'polite');
  region.textContent = region.textContent === words ? `${words}\u00a0` : words;
}

/** A question in a dialog; `actions` are buttons as [label, what to do, class]. Escape closes it. */
function ask(title, body, actions) {
  const dialog = h('dialog', { 'aria-labelledby': 'ask-title', onclose: () => dialog.remove() },
    h('h2', { id: 'ask-title' }, title), ...body,
    h('div', { className: 'actions' }, actions.map(([label, act, className = '']) =>
      button(label, () => { dialog.close(); act?.(); }, { className }))));
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

const plural = (count, one, many = `${one}s`) => `${count} ${Number(count) === 1 ? one : many}`;

/** A number of points with at most two decimals. */
const amount = number => String(Math.round(number * 100) / 100).replace('-', '\u2212');

/** 1:05:09 or 5:09. */
function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const two = number => String(number).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** A, B … Z, AA … */
function letter(place) {
  return (place >= 26 ? letter(Math.floor(place / 26) - 1) : '') + String.fromCharCode(65 + (place % 26));
}

// Takes practice tests in a real browser: node browser.js CHROMIUM PLAN, where PLAN is a JSON file that names
// the pages and answers. Prints what each scenario saw, as JSON; a scenario that failed says `failed`.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [executablePath, planPath] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planPath, 'utf8'));
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let context;

/**
 * A page without network and with nothing stored; what it asks for and complains of is kept. The browser has a
 * profile in a folder, as users' browsers do: private ones now and then forget on a reload what was stored.
 */
async function visit(name, { viewport = DESKTOP, colorScheme = 'light', before } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.seen = { requests: [], complaints: [] };
  page.on('request', request => {
    if (!/^(data:|file:)/.test(request.url()) || (request.url().startsWith('file:') && !request.isNavigationRequest())) page.seen.requests.push(request.url());
  });
  page.on('console', message => page.seen.complaints.push(message.text()));
  page.on('pageerror', error => page.seen.complaints.push(error.message));
  page.on('dialog', dialog => { page.seen.complaints.push('dialog'); dialog.dismiss(); });
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.goto(`file://${plan.pages[name]}`);
  await page.evaluate(() => localStorage.clear());
  if (before) await page.addInitScript(before);
  await page.reload();
  return page;
}

async function close(page) {
  assert.deepEqual(page.seen, { requests: [], complaints: [] });
  await page.close();
}

const start = page => page.click('text=/^Start/');
const heading = page => page.textContent('h1');
const typeAt = (page, place) => page.evaluate(at => DATA.items[at].type, place);

/** Answers the shown item by clicks, as a candidate would. */
async function byClicks(page, type, answer) {
  if (type === 'matching') {
    for (const [line, id] of answer.entries()) await page.selectOption(`select >> nth=${line}`, id);
  } else if (type === 'ordering') {
    for (const [to, id] of answer.entries()) {
      const rows = await page.$$eval('.row', nodes => nodes.map(node => node.dataset.id));
      for (let at = rows.indexOf(id); at > to; at -= 1) await page.click(`[data-id=${id}] .up`);
    }
    if (await page.$('text=Answer with this order')) await page.click('text=Answer with this order');
  } else if (Array.isArray(answer)) {
    for (const id of answer) await page.click(`.option:has([value=${id}])`);
  } else {
    await page.fill('.field', answer);
  }
}

/** Answers every item by clicks; leaves the page at the last item. */
async function answerAll(page, answers) {
  for (const [place, answer] of answers.entries()) {
    await byClicks(page, await typeAt(page, place), answer);
    if (place < answers.length - 1) await page.click('#next');
  }
}

async function finish(page) {
  await page.click('#next');
  await page.click('dialog .actions >> text=Finish');
}

async function result(page) {
  return {
    score: (await page.textContent('.score')).trim(),
    verdict: await page.evaluate(() => document.querySelector('.verdict')?.textContent ?? ''),
    areas: await page.$$eval('.areas tbody tr', rows => rows.map(row => [...row.cells].map(cell => cell.textContent))),
    note: await page.textContent('.result .note'),
  };
}

// --- by keyboard: nothing here moves a mouse ---

async function tabTo(page, selector) {
  for (let count = 0; count < 150; count += 1) {
    if (await page.evaluate(wanted => document.activeElement.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to ${selector}`);
}

async function byKeys(page, type, answer) {
  if (type === 'matching') {
    for (const [line, id] of answer.entries()) {
      await tabTo(page, `[aria-labelledby=prompt-${line}]`);
      await page.keyboard.press(id); // options stand as "A. …", in the order of their ids here
    }
    await page.keyboard.press('Tab');
  } else if (type === 'ordering') {
    for (const [to, id] of answer.entries()) {
      const rows = await page.$$eval('.row', nodes => nodes.map(node => node.dataset.id));
      if (rows.indexOf(id) === to) continue;
      await tabTo(page, `[data-id=${id}] button`);
      for (let at = rows.indexOf(id); at > to; at -= 1) await page.keyboard.press('ArrowUp');
    }
  } else if (Array.isArray(answer)) {
    const ids = await page.evaluate(() => DATA.items[sitting.at].options.map(option => option.id));
    for (const id of answer) await page.keyboard.press(String.fromCharCode(97 + ids.indexOf(id)));
  } else {
    await tabTo(page, '.field');
    await page.keyboard.type(answer);
    await page.keyboard.press('Tab');
  }
}

// --- what axe finds ---

async function violations(page, where) {
  await page.evaluate(`window.axe || (() => { ${axe} })()`);
  const found = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  return found.violations.map(one => `${where}: ${one.id}: ${one.nodes.map(node => node.target.join(' ')).join(', ')}`);
}

/** Every view of a staff page, in one look; each item answered rightly or, every other one, wrongly. */
async function lookAtAll(page, look) {
  await page.click('text=Keyboard');
  await look('start');
  await start(page);
  for (const [place, answer] of plan.right.entries()) {
    await byClicks(page, await typeAt(page, place), place % 2 ? plan.wrong[place] : answer);
    if (place === 1) await page.click('#flag');
    await look(`item ${place + 1}`);
    if (place < plan.right.length - 1) await page.click('#next');
  }
  await page.click('#items');
  await look('navigator');
  await page.keyboard.press('Escape');
  await page.click('#pause');
  await look('pause');
  await page.click('#resume');
  await page.click('#next');
  await look('finish');
  await page.click('dialog .actions >> text=Finish');
  await look('result');
  await page.click('#again');
  await look('anew');
  await page.keyboard.press('Escape');
  await page.click('#review');
  await page.click('.record summary');
  await page.click('.about summary >> nth=0');
  await look('review');
}

/** What is wrong in any view: for axe, too wide for the screen, too small for a finger. */
async function looked(options) {
  const page = await visit('staff', options);
  const seen = { violations: [], wide: [], small: [] };
  await lookAtAll(page, async where => {
    seen.violations.push(...await violations(page, where));
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) seen.wide.push(`${where}: ${over}`);
    const heights = await page.$$eval('button, select, .option, .filters label', nodes => nodes.filter(node => node.checkVisibility())
      .map(node => [node.textContent, Math.round(node.getBoundingClientRect().height)]));
    seen.small.push(...heights.filter(([, height]) => height < 44).map(one => [where, ...one]));
  });
  await close(page);
  return seen;
}

const scenarios = {
  async right() {
    const page = await visit('staff');
    const before = await page.textContent('main');
    await start(page);
    await answerAll(page, plan.right);
    await finish(page);
    const seen = { before, ...await result(page) };
    await page.click('#review');
    seen.review = await page.$$eval('article', nodes => nodes.map(node => node.textContent));
    seen.media = await page.evaluate(() => {
      const record = document.querySelector('.record');
      record.open = true;
      return [...record.querySelectorAll('img, audio')].map(node => [node.localName, node.alt ?? node.getAttribute('aria-label'), node.src.slice(0, 14), node.naturalWidth ?? 0]);
    });
    await close(page);
    return seen;
  },

  async wrong() {
    const page = await visit('staff');
    await start(page);
    await answerAll(page, plan.wrong);
    await finish(page);
    const seen = await result(page);
    const shown = async name => {
      await page.click(`.filters label:has([value=${name}])`);
      return page.$$eval('article h2', nodes => nodes.map(node => node.textContent));
    };
    await page.click('#review-wrong');
    seen.wrong = await page.$$eval('article h2', nodes => nodes.map(node => node.textContent));
    seen.none = await shown('none');
    seen.trial = await shown('trial');
    seen.all = await shown('all');
    await page.click('#back');
    await page.click('#again');
    await page.click('dialog >> text=Delete and start anew');
    seen.again = await heading(page);
    await start(page);
    seen.fresh = await page.textContent('#count');
    await close(page);
    return seen;
  },

  async keyboard() {
    const page = await visit('staff');
    await page.keyboard.press('Tab');
    const skip = await page.evaluate(() => document.activeElement.textContent);
    await tabTo(page, '.primary');
    await page.keyboard.press('Enter');
    const headings = [];
    for (const [place, answer] of plan.right.entries()) {
      headings.push(await page.evaluate(() => document.activeElement.textContent));
      await byKeys(page, await typeAt(page, place), answer);
      if (place < plan.right.length - 1) await page.keyboard.press('ArrowRight');
    }
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('f');
    const flagged = await page.textContent('#polite');
    await page.keyboard.press('p');
    const paused = await heading(page);
    await tabTo(page, '#resume');
    await page.keyboard.press('Enter');
    await page.keyboard.press('n');
    const marked = await page.$$eval('[aria-label*=", flagged"]', nodes => nodes.map(node => node.textContent));
    await tabTo(page, 'dialog .primary');
    await page.keyboard.press('Enter');
    await tabTo(page, 'dialog .primary');
    await page.keyboard.press('Enter');
    const seen = { skip, headings, flagged, paused, marked, ...await result(page) };
    await close(page);
    return seen;
  },

  async typing() {
    // single keys do nothing in a field, nor when they are turned off
    const page = await visit('staff');
    await start(page);
    for (let count = 0; count < 6; count += 1) await page.keyboard.press('ArrowRight');
    await page.focus('.field');
    await page.keyboard.type('fnp a');
    const typed = [await page.inputValue('.field'), await heading(page)];
    await page.evaluate(() => shortcuts.set(false));
    await page.focus('h1');
    await page.keyboard.press('ArrowRight');
    typed.push(await heading(page));
    await close(page);
    return { typed };
  },

  async limits() {
    const page = await visit('staff');
    await start(page);
    await page.click('#next');
    for (const id of ['A', 'B', 'C']) await page.click(`.option:has([value=${id}])`);
    const chosen = await page.$$eval('.option input:checked', nodes => nodes.map(node => node.value));
    const told = await page.textContent('#polite');
    await page.click('#next');
    await page.click('#next');
    await page.selectOption('select >> nth=0', 'A');
    const closed = await page.$$eval('select >> nth=1 >> option:disabled', nodes => nodes.map(node => node.value));
    for (let count = 0; count < 2; count += 1) await page.click('#next');
    await page.fill('.field', '1,5');
    await page.press('.field', 'Tab');
    const number = await page.textContent('#answer-note');
    await close(page);
    return { chosen, told, closed, number };
  },

  async reload() {
    const page = await visit('staff');
    await start(page);
    await byClicks(page, 'multiple-choice', ['B']);
    await page.click('#flag');
    await page.click('#next');
    await page.click('.option >> nth=0');
    await page.waitForTimeout(1200);
    await page.reload();
    const seen = { welcome: await heading(page) };
    await page.click('#resume');
    seen.at = await heading(page);
    seen.count = await page.textContent('#count');
    seen.clock = await page.textContent('#clock');
    await page.click('#previous');
    seen.chosen = await page.$$eval('.option input:checked', nodes => nodes.map(node => node.value));
    seen.flag = await page.getAttribute('#flag', 'aria-pressed');
    await page.evaluate(() => localStorage.setItem(STORE, '{"phase":"test","answers":[7]}'));
    await page.goto('about:blank');
    await page.goto(`file://${plan.pages.staff}`);
    await page.evaluate(() => localStorage.setItem(STORE, '[1'));
    await page.evaluate(() => { sitting.phase = 'start'; });
    await page.reload();
    seen.spoilt = await page.textContent('.facts');
    await close(page);
    return seen;
  },

  async finished() {
    // a result, too, is there after a reload
    const page = await visit('staff');
    await start(page);
    await page.click('#items');
    await page.click('dialog >> text=Finish');
    await page.click('dialog .actions >> text=Finish');
    await page.reload();
    const seen = await result(page);
    await close(page);
    return seen;
  },

  async unstored() {
    const page = await visit('staff', { before: "Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })" });
    const before = await page.textContent('main');
    await start(page);
    await answerAll(page, plan.right);
    await finish(page);
    const seen = { before, ...await result(page) };
    await close(page);
    return seen;
  },

  async timeout() {
    const page = await visit('short');
    await start(page);
    await byClicks(page, 'multiple-choice', ['B']);
    await page.click('#items');
    await page.waitForSelector('.result');
    const seen = { late: await page.textContent('.late'), urgent: await page.textContent('#urgent'), dialogs: await page.$$eval('dialog', nodes => nodes.length), ...await result(page) };
    await close(page);
    return seen;
  },

  async warning() {
    // the clock of the browser runs ahead: what is told at 30 minutes and at 1 minute
    const page = await visit('staff');
    await page.clock.install();
    await page.reload();
    await start(page);
    const told = [];
    for (const minutes of [90.1, 15, 10, 4]) {
      await page.clock.runFor(minutes * 60000);
      told.push([await page.textContent('#clock'), (await page.textContent('#urgent')).trim()]);
    }
    await page.click('#pause');
    await page.clock.runFor(3600000);
    told.push(['paused', await page.$$eval('.facts dd', nodes => nodes[1].textContent)]);
    await page.click('#resume');
    await page.clock.runFor(120000);
    told.push(['over', (await page.textContent('#urgent')).trim()]);
    await close(page);
    return { told };
  },

  async candidate() {
    const page = await visit('candidate');
    const before = await page.textContent('main');
    await start(page);
    await answerAll(page, plan.right);
    await finish(page);
    const seen = { before, after: await page.textContent('main'), found: await violations(page, 'end') };
    await close(page);
    return seen;
  },

  async bank() {
    const page = await visit('bank');
    const before = await page.textContent('main');
    await start(page);
    await byClicks(page, 'multiple-choice', ['A']);
    await page.click('#check');
    const seen = { before, told: await page.textContent('#polite'), shown: await page.textContent('.checked'), locked: (await page.$$('.answer')).length === 0, found: await violations(page, 'checked') };
    await page.click('#next');
    await page.click('#previous');
    seen.again = await page.textContent('.checked');
    await close(page);
    return seen;
  },

  async hostile() {
    const page = await visit('hostile');
    const title = await heading(page);
    await start(page);
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    const wide = [await over()];
    for (let place = 0; place < plan.right.length - 1; place += 1) {
      await page.click('#next');
      wide.push(await over());
    }
    await finish(page);
    await page.click('#review');
    for (const summary of await page.$$('summary')) await summary.click();
    wide.push(await over());
    const seen = await page.evaluate(() => ({
      hacked: window.hacked ?? null,
      scripts: document.scripts.length,
      handlers: [...document.querySelectorAll('*')].filter(node => [...node.attributes].some(one => one.name.startsWith('on'))).length,
      foreign: [...document.querySelectorAll('img')].filter(node => node.src && !node.src.startsWith('data:')).length,
    }));
    await page.close();
    return { title, wide, seen: page.seen, ...seen };
  },

  async injected() {
    // the policy of the page stops a script that got in all the same
    const page = await visit('staff');
    const hacked = await page.evaluate(async () => {
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.hacked = 1' }));
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.hacked = 1"><img src="https://example.invalid/x.png">');
      await fetch('https://example.invalid/').catch(() => 0);
      await new Promise(done => setTimeout(done, 100));
      return window.hacked ?? null;
    });
    const stopped = page.seen.complaints.filter(text => text.includes('Content Security Policy')).length;
    await page.close();
    return { hacked, stopped };
  },

  lightDesktop: () => looked({ colorScheme: 'light' }),
  darkPhone: () => looked({ colorScheme: 'dark', viewport: PHONE }),

  async theme() {
    const page = await visit('staff', { colorScheme: 'dark' });
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const seen = [await paper()];
    await page.click('#theme');
    seen.push(await paper());
    await page.reload();
    seen.push(await paper());
    await page.emulateMedia({ media: 'print', reducedMotion: 'reduce' });
    seen.push(await page.isVisible('#bar'));
    await close(page);
    return { seen };
  },
};

const LONGEST = 100; // seconds; a browser that hangs is told as such

(async () => {
  const profile = path.join(path.dirname(planPath), 'profile');
  context = await chromium.launchPersistentContext(profile, { executablePath, args: QUIET, offline: true });
  const seen = {};
  for (const [name, run] of Object.entries(scenarios)) {
    const started = Date.now();
    const late = new Promise((_, fail) => { setTimeout(() => fail(new Error(`${name} takes too long`)), LONGEST * 1000).unref(); });
    seen[name] = await Promise.race([run(), late]).catch(error => ({ failed: error.stack }));
    seen[name].seconds = (Date.now() - started) / 1000;
  }
  process.stdout.write(JSON.stringify(seen), () => process.exit());
})();

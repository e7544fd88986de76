// Opens a lint report in a real browser: node report.js CHROMIUM PAGE. Prints what was seen, as JSON.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');

const [executablePath, file] = process.argv.slice(2);
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 360, height: 740 } };

const shown = page => page.evaluate(() => ({
  told: document.getElementById('told').textContent,
  items: [...document.querySelectorAll('li')].filter(item => item.checkVisibility()).map(item => item.querySelector('.item').textContent),
  counts: [...document.querySelectorAll('.count')].filter(count => count.checkVisibility()).map(count => count.textContent),
  open: [...document.querySelectorAll('details[open]')].map(group => group.id)
}));

(async () => {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'report-'));
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: QUIET });
  const seen = { complaints: [], looks: [] };
  const page = await context.newPage();
  page.setDefaultTimeout(15000);
  page.on('console', message => seen.complaints.push(message.text()));
  page.on('pageerror', error => seen.complaints.push(error.message));
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.goto(`file://${file}`);
      await page.evaluate(() => document.querySelectorAll('details').forEach(group => { group.open = true; }));
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run());
      seen.looks.push({ size, colorScheme, beyond, violations: found.violations.map(one => one.id) });
    }
  }
  await page.goto(`file://${file}`);
  seen.first = await shown(page);
  await page.fill('input[type=search]', 'item-31');
  seen.found = await shown(page);
  await page.fill('input[type=search]', '');
  seen.after = await shown(page);
  await page.uncheck('input[value=error]');
  seen.filtered = await shown(page);
  await context.close();
  fs.rmSync(profile, { recursive: true, force: true });
  console.log(JSON.stringify(seen));
})().catch(error => { console.error(error); process.exit(1); });

// Plays items of an unpacked QTI 3 package in a browser, by clicks and keys, and prints what came of it as JSON.
//   node play.cjs PACKAGE PLAN CHROMIUM PROFILE
// PLAN is JSON: [{item, acts: [[what, ...]]}]; what is choose ID, pair PROMPT OPTION, order ID…, type TEXT.
// Prints [{response, score, shown, said}]: said is what the page or the player complained about.
const fs = require("fs");
const http = require("http");
const path = require("path");
const { chromium } = require("playwright-core");

const [root, plan, executablePath, profile] = process.argv.slice(2);
const player = path.join(process.env.NODE_PATH, "@citolab/qti-components/cdn/index.js");
const page_ = '<!doctype html><meta charset="utf-8"><title>Player</title><script type="module" src="/player.js"></script>';
const kinds = { ".js": "text/javascript", ".xml": "text/xml", ".svg": "image/svg+xml", ".png": "image/png" };
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
args.push("--disable-component-update", "--disable-sync");

const server = http.createServer((request, answer) => {
  const name = decodeURIComponent(new URL(request.url, "http://player").pathname);
  if (name === "/") return answer.setHeader("content-type", "text/html").end(page_);
  if (name === "/favicon.ico") return answer.end();
  const file = name === "/player.js" ? player : path.join(root, path.normalize(name));
  answer.setHeader("content-type", kinds[path.extname(file)] || "application/octet-stream");
  fs.readFile(file, (error, data) => (error ? answer.writeHead(404).end() : answer.end(data)));
});

async function load(page, item) {
  await page.evaluate((address) => {
    document.querySelectorAll("qti-item").forEach((old) => old.remove());
    const outer = document.createElement("qti-item");
    const inner = outer.appendChild(document.createElement("item-container"));
    inner.setAttribute("item-url", address);
    document.body.append(outer);
  }, `/items/${item}.xml`);
  await page.locator("qti-assessment-item").waitFor({ state: "attached" });
  await page.waitForFunction(() => {
    const item = document.querySelector("item-container").shadowRoot.querySelector("qti-assessment-item");
    const place = item.querySelector(".qti-shared-stimulus");
    return item.variables.some((one) => one.identifier === "RESPONSE") && (!place || place.textContent.trim());
  });
}

const acts = {
  choose: (page, id) => page.locator(`qti-simple-choice[identifier="${id}"]`).click(),
  pair: (page, prompt, option) => page.locator(`input[value="${prompt} ${option}"]`).click(),
  type: (page, text) => page.locator("qti-item-body input, qti-item-body textarea").pressSequentially(text),
  async order(page, ...ids) {
    for (const [place, id] of ids.entries()) await drag(page, id, place);
  },
};

const ordered = (page) =>
  page.evaluate(() => {
    const item = document.querySelector("item-container").shadowRoot.querySelector("qti-assessment-item");
    return item.variables.find((one) => one.identifier === "RESPONSE").value || [];
  });

async function drag(page, id, place) {
  await goTo(page, page.locator(`qti-simple-choice[identifier="${id}"]`).first());
  await page.mouse.down();
  const target = page.locator(`drop-list[identifier="droplist${place}"]`);
  await goTo(page, target);
  await page.waitForTimeout(60);
  await goTo(page, target); // places move when what is dragged leaves its own
  await page.mouse.up();
  for (let waits = 0; waits < 40 && !(await ordered(page)).includes(id); waits++) await page.waitForTimeout(25);
}

async function goTo(page, locator) {
  const { x, y, width, height } = await locator.boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2, { steps: 6 });
}

async function played(page, { item, acts: wanted }, said) {
  said.length = 0;
  await load(page, item);
  for (const [what, ...given] of wanted) await acts[what](page, ...given);
  const found = await page.evaluate(() => {
    const item = document.querySelector("item-container").shadowRoot.querySelector("qti-assessment-item");
    item.processResponse();
    const value = (name) => item.variables.find((one) => one.identifier === name)?.value ?? null;
    return { response: value("RESPONSE"), score: value("SCORE"), shown: item.querySelector("qti-item-body").innerText };
  });
  return { ...found, said: [...said] };
}

async function main() {
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const options = { executablePath, headless: true, args, viewport: { width: 1200, height: 900 } };
  const browser = await chromium.launchPersistentContext(profile, options);
  const page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  const said = [];
  page.on("pageerror", (error) => said.push(error.message));
  page.on("console", (message) => message.type() === "error" && said.push(message.text()));
  const results = [];
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => customElements.get("item-container"));
    for (const trial of JSON.parse(fs.readFileSync(plan, "utf8"))) results.push(await played(page, trial, said));
  } finally {
    await browser.close();
    server.close();
  }
  process.stdout.write(JSON.stringify(results));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

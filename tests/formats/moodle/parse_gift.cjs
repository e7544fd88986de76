// Prints what gift-pegjs reads in a GIFT file, as JSON.
const { readFileSync } = require("node:fs");
const { parse } = require("gift-pegjs");
try {
  process.stdout.write(JSON.stringify(parse(readFileSync(process.argv[2], "utf8"))));
} catch (error) {
  const at = error.location ? `${error.location.start.line}:${error.location.start.column} ` : "";
  process.stderr.write(`${at}${error.message}`.slice(0, 3000));
  process.exit(1);
}

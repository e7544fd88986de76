// Scores answers with the page's own script: node score.js SCRIPT CASES, a JSON list of [item, answer].
const fs = require('node:fs');
const vm = require('node:vm');

const [script, cases] = process.argv.slice(2).map(name => fs.readFileSync(name, 'utf8'));
vm.runInThisContext(script);
console.log(JSON.stringify(JSON.parse(cases).map(([item, answer]) => points(item, answer))));

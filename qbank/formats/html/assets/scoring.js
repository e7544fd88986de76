'use strict';
// Scores, as the bank's definition has them; no page is needed to run this.
// An answer is a list of option ids (choices, ordering), a list with an option id or "" for each prompt
// (matching), or a text (numeric, short-answer, essay).

/** Whether anything was answered. */
function isAnswered(answer) {
  return typeof answer === 'string' ? answer.trim() !== '' : answer.some(Boolean);
}

/** The points of an answer; an essay has none, people judge it. */
function points(item, answer) {
  return item.points * share(item, answer);
}

/** The share of its points that an answer gets: 1 when all is right; below 0 where the minimum allows it. */
function share(item, answer) {
  switch (item.type) {
    case 'multiple-choice':
    case 'multiple-response':
    case 'true-false':
      return choiceShare(item, answer);
    case 'matching':
      return matchingShare(item, answer);
    case 'ordering':
      return item.key.length === answer.length && item.key.every((id, place) => id === answer[place]) ? 1 : 0;
    case 'numeric':
      return isWithin(readNumber(answer), item.key) ? 1 : 0;
    case 'short-answer':
      return item.key.some(text => sameText(text, answer, item.case_sensitive)) ? 1 : 0;
    default:
      return 0;
  }
}

function choiceShare(item, chosen) {
  const hits = chosen.filter(id => item.key.includes(id)).length;
  return part(item.scoring, hits, chosen.length - hits, item.key.length);
}

function matchingShare(item, chosen) {
  const hits = item.key.filter((id, place) => id === chosen[place]).length;
  return part(item.scoring, hits, chosen.filter(Boolean).length - hits, item.key.length);
}

/** max(minimum, (hits - penalty * false) / keys), or all or nothing. */
function part(scoring, hits, wrong, keys) {
  if (scoring.method === 'all_or_nothing') return hits === keys && wrong === 0 ? 1 : 0;
  return Math.max(scoring.minimum, (hits - scoring.penalty * wrong) / keys);
}

/** The number that a text means, NaN when it means none. 1,500 is none: it is 1500 to some and 1.5 to others. */
function readNumber(text) {
  const written = text.trim().replace(/\u2212/g, '-');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(written) ? Number(written) : NaN;
}

/** Whether a number lies in a closed range; null leaves a side open. */
function isWithin(number, [low, high]) {
  return !Number.isNaN(number) && (low === null || number >= Number(low)) && (high === null || number <= Number(high));
}

function sameText(accepted, answer, caseSensitive) {
  const shape = text => {
    const plain = text.normalize('NFC').trim().split(/\s+/).join(' ');
    return caseSensitive ? plain : plain.toLowerCase();
  };
  return shape(accepted) === shape(answer);
}

/** Sums over items: only scored ones that the page can score count; `open` are points that people must give. */
function total(items, answers) {
  const sum = { points: 0, of: 0, open: 0 };
  items.forEach((item, place) => {
    if (!item.scored) return;
    if (item.type === 'essay') {
      sum.open += item.points;
    } else {
      sum.points += points(item, answers[place]);
      sum.of += item.points;
    }
  });
  sum.points = rounded(sum.points);
  return sum;
}

/** Thirds add up to a whole: sums are rounded to 6 decimals before they meet a cut score. */
function rounded(number) {
  return Math.round(number * 1e6) / 1e6;
}

/** "passed", "failed", or "open" while essays decide; "" without a cut score. */
function verdict(sum, cut) {
  if (cut === null || cut === undefined) return '';
  if (sum.points >= cut) return 'passed';
  return sum.points + sum.open >= cut ? 'open' : 'failed';
}

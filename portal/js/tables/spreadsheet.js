/**
 * Figures for other programs: as a CSV file, and as text that can be pasted into a spreadsheet.
 *
 * @typedef {(string | number)[]} Cells the cells of a row
 *
 * @import { View } from '../view.js'
 */

import { METRIC_NAMES, WINDOW_NAMES } from '../formats.js';

/** Without this mark, Excel takes a UTF-8 file for one in an older encoding. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Rows as CSV: RFC 4180, with a byte order mark.
 *
 * @param {Cells[]} rows
 */
function toCsv(rows) {
  return BYTE_ORDER_MARK + rows.map((row) => `${row.map((cell) => quoted(inert(cell))).join(',')}\r\n`).join('');
}

/**
 * Rows as text with tabs between the cells. Numbers have the decimal sign of the reader's own language, because their
 * spreadsheet has it too: a German one takes 12.5 for a date.
 *
 * @param {Cells[]} rows
 */
export function toTabs(rows) {
  const sign = decimalSign();
  const text = (/** @type {string | number} */ cell) =>
    typeof cell === 'number' ? String(cell).replace('.', sign) : String(inert(cell)).replace(/[\t\r\n]/g, ' ');
  return rows.map((row) => row.map(text).join('\t')).join('\n');
}

/**
 * Make the browser save rows as a CSV file.
 *
 * @param {string} name
 * @param {Cells[]} rows
 */
export function download(name, rows) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([toCsv(rows)], { type: 'text/csv' }));
  link.download = name;
  link.click();
  // The download has started by then, so the text can leave the memory.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/**
 * The name of a file with the figures of a view, such as clicks-last-30-days-by-day-Europe-Paris-2026-11-28.csv
 *
 * @param {View} view
 * @param {string} day such as 2026-11-28
 */
export function fileName({ affiliate, metric, window, from, to, interval, zone }, day) {
  const span = window === 'Custom' ? `${from} to ${to}` : WINDOW_NAMES[window].toLowerCase();
  const parts = [affiliate, METRIC_NAMES[metric].toLowerCase(), span, `by ${interval.toLowerCase()}`, zone, day];
  const text = parts.filter((part) => part).join('-');
  return `${text.replace(/[^\p{Letter}\p{Mark}\p{Number}_+.]+/gu, '-')}.csv`;
}

/** The decimal sign of the browser's first language, with the digits 0 to 9. */
function decimalSign() {
  const parts = new Intl.NumberFormat(navigator.language, { numberingSystem: 'latn' }).formatToParts(0.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}

/**
 * Keep a spreadsheet from reading a text as a formula: anyone can choose the name of a website. Numbers stay numbers,
 * also negative ones.
 *
 * https://owasp.org/www-community/attacks/CSV_Injection
 *
 * @param {string | number} cell
 */
function inert(cell) {
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** @param {string | number} cell */
function quoted(cell) {
  const text = String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

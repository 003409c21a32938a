/**
 * The table for other programs: as CSV, and as text that can be pasted into a spreadsheet.
 *
 * @import { View } from './view.js'
 *
 * @typedef {(string | number)[]} Row
 */

/**
 * Rows as CSV, RFC 4180.
 *
 * @param {Row[]} rows
 */
export function toCsv(rows) {
  return rows.map((row) => `${row.map((cell) => quoted(inert(cell))).join(',')}\r\n`).join('');
}

/**
 * Rows as text with tabs between the cells.
 *
 * @param {Row[]} rows
 */
export function toTabs(rows) {
  return rows.map((row) => row.map((cell) => String(inert(cell)).replace(/[\t\r\n]/g, ' ')).join('\t')).join('\n');
}

/**
 * Make the browser save rows as a CSV file.
 *
 * @param {string} name
 * @param {Row[]} rows
 */
export function download(name, rows) {
  const text = toCsv(rows);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  // The download has started by then, so the text can leave the memory.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/**
 * The name of the file with a view's figures.
 *
 * @param {View} view
 * @param {Date} now
 */
export function fileName({ metric, window }, now) {
  return `${metric}-${window}-${now.toISOString().slice(0, 10)}.csv`;
}

/**
 * Keep a spreadsheet from reading a text as a formula: anyone can choose the name of a website.
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

/**
 * The table for other programs: as CSV, and as text that can be pasted into a spreadsheet.
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
 * Make the browser save a text as a file.
 *
 * @param {string} name
 * @param {string} text
 */
export function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  // The download has started by then, so the text can leave the memory.
  setTimeout(() => URL.revokeObjectURL(link.href));
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

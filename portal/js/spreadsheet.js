/** The table for other programs: as CSV, and as what spreadsheets take from the clipboard. */

/** `rows` of texts and numbers as RFC 4180 has it. */
export function toCsv(rows) {
  return rows.map((row) => `${row.map((cell) => quoted(inert(cell))).join(',')}\r\n`).join('');
}

/** `rows` for the clipboard: tabs between cells. */
export function toTabs(rows) {
  return rows.map((row) => row.map((cell) => String(inert(cell)).replace(/[\t\r\n]/g, ' ')).join('\t')).join('\n');
}

/** Have the browser save `text`. */
export function download(name, text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  link.download = name;
  link.click();
  // The download has begun by then; the text need not stay in memory.
  setTimeout(() => URL.revokeObjectURL(link.href));
}

// A spreadsheet would take such a text for a formula, and a shop's name is anyone's to choose.
// https://owasp.org/www-community/attacks/CSV_Injection
function inert(cell) {
  return typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

function quoted(cell) {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : String(cell);
}

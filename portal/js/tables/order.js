/**
 * Sorting and searching a list.
 *
 * @typedef {{title: string, isDescending: boolean}} Order by the column with this title
 */

// Names in any script, numbers in names by their value: link 9 before link 10.
const NAMES = new Intl.Collator('en', { numeric: true });

/**
 * The order after a click on a heading: the other direction, or the usual one of another column.
 *
 * @param {Order} order
 * @param {{title: string, kind: 'text' | 'number'}} column
 * @returns {Order}
 */
export function turned(order, { title, kind }) {
  const isSame = order.title === title;
  return { title, isDescending: isSame ? !order.isDescending : kind === 'number' };
}

/**
 * The rows in an order. Rows without a value are last in both directions.
 *
 * @template Row
 * @param {Row[]} rows
 * @param {(row: Row) => string | number | null} value
 * @param {Order} order
 * @returns {Row[]}
 */
export function arranged(rows, value, { isDescending }) {
  const direction = isDescending ? -1 : 1;
  const known = rows.map((row) => ({ row, key: value(row) }));
  const sorted = known.toSorted((one, other) => compared(one.key, other.key, direction));
  return sorted.map(({ row }) => row);
}

/**
 * @param {string | number | null} one
 * @param {string | number | null} other
 * @param {number} direction
 */
function compared(one, other, direction) {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return direction * (one - other);
  return direction * NAMES.compare(String(one), String(other));
}

/**
 * The words of a search.
 *
 * @param {string} search
 */
export function wordsOf(search) {
  return folded(search).split(/\s+/).filter(Boolean);
}

/**
 * Whether a text has all the words, anywhere.
 *
 * @param {string} text
 * @param {string[]} words as `wordsOf` returns them
 */
export function isMatch(text, words) {
  const searched = folded(text);
  return words.every((word) => searched.includes(word));
}

/**
 * A text without accents and case: Söhne, SOHNE and sohne are the same.
 *
 * @param {string} text
 */
function folded(text) {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
}

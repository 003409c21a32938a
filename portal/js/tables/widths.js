/**
 * How wide the columns of a grid must be.
 *
 * @import { Sheet } from './grid.js'
 */

import { arranged } from './order.js';
import { element } from '../page.js';

/**
 * The least width of each column. Every row is laid out by itself, or a browser would have to look at all of them:
 * so the widths come from the heading, the totals, the first rows, and those with the largest and the smallest numbers.
 *
 * @template Row
 * @param {Sheet<Row>} sheet
 */
export function widthsOf({ columns, rows, totals }) {
  return columns.map(({ title, value, text }, index) => {
    if (index === 0) return '10rem';
    const sorted = arranged(rows, value, { title, isDescending: true });
    const typical = [...rows.slice(0, 20), ...sorted.slice(0, 1), ...sorted.slice(-1)].map(text);
    const words = title.split(' ').map((word) => `${word} \u2195`);
    const width = Math.max(...[...words, ...typical, ...totals.map((cells) => cells[index])].map(widthOf));
    return `calc(${width.toFixed(2)}em + 1.05rem)`;
  });
}

const canvas = element('canvas').getContext('2d');

/**
 * The width of a text in bold type, in em.
 *
 * @param {string} text
 */
function widthOf(text) {
  if (!canvas) return text.length;
  canvas.font = `650 100px ${getComputedStyle(document.body).fontFamily}`;
  return canvas.measureText(text).width / 100;
}

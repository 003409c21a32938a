/**
 * What the colours of a chart stand for.
 *
 * @import { Picture } from './bars.js'
 */

import { figure, seriesName } from '../formats.js';
import { element, named } from '../page.js';

/**
 * The items of a chart's legend: the websites with their totals, and what else can be seen.
 *
 * @param {Picture} picture
 */
export function legendItems({ bins, stack, colours, earlier, earlierName, currency }) {
  const items = stack.map((series, index) => {
    const total = element('strong', {}, figure(series.total, currency));
    return element('li', {}, swatch(colours[index]), element('span', {}, named(seriesName(series)), ' ', total));
  });
  if (earlier.length) items.push(note(swatch('', 'before'), earlierName));
  if (bins.some(({ partial }) => partial)) items.push(note(swatch('', 'partial'), 'incomplete'));
  return items;
}

/**
 * A square in a colour.
 *
 * @param {string} colour in CSS
 * @param {string} kind a class of css/charts.css
 */
export function swatch(colour, kind = '') {
  const made = element('span', { className: `swatch ${kind}`.trim() });
  made.style.background = colour;
  return made;
}

/**
 * @param {HTMLElement} sign
 * @param {string} text
 */
function note(sign, text) {
  return element('li', { className: 'note' }, sign, text);
}

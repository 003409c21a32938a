/**
 * The box beside the pointer with all figures of a bin. It is HTML, not a part of the canvas: so long names wrap, and
 * the text has the size and the colours that the user chose.
 *
 * @import { Picture } from './bars.js'
 */

import { figure, seriesName } from '../formats.js';
import { swatch } from './legend.js';
import { element, named } from '../page.js';

/** The space between the box and the bin, in pixels. */
const GAP = 12;

/**
 * Show the figures of a bin.
 *
 * @param {HTMLElement} place of the chart
 * @param {HTMLElement} box inside `place`
 * @param {number} x of the bin, in pixels
 * @param {Picture} picture
 * @param {number} bin
 */
export function showTooltip(place, box, x, picture, bin) {
  const { names, bins } = picture;
  const note = bins[bin].partial ? [element('em', {}, 'Incomplete')] : [];
  box.replaceChildren(element('strong', {}, names[bin]), element('dl', {}, ...lines(picture, bin)), ...note);
  box.hidden = false;
  const { left, isBelow } = position(x, box.offsetWidth, place.clientWidth);
  box.style.left = `${left}px`;
  box.style.top = isBelow ? '100%' : '0';
}

/**
 * The websites in the order of the stack, from the top; their sum; and the earlier value.
 *
 * @param {Picture} picture
 * @param {number} bin
 */
function lines({ stack, colours, sums, earlier, currency }, bin) {
  const parts = stack.map((series, index) =>
    line(figure(series.values[bin], currency), '', swatch(colours[index]), named(seriesName(series))),
  );
  const whole = stack.length > 1 ? line(figure(sums[bin], currency), 'sum', 'All') : [];
  const before = bin < earlier.length ? line(figure(earlier[bin], currency), '', swatch('', 'before'), 'Before') : [];
  return [...parts.reverse().flat(), ...whole, ...before];
}

/**
 * @param {string} value
 * @param {string} className
 * @param {...(Node | string)} name
 */
function line(value, className, ...name) {
  return [element('dt', { className }, ...name), element('dd', { className }, value)];
}

/**
 * To the right of the bin if there is space, else to the left, else below the chart.
 *
 * @param {number} x
 * @param {number} width of the box
 * @param {number} space the width of the chart
 */
function position(x, width, space) {
  if (x + GAP + width <= space) return { left: x + GAP, isBelow: false };
  if (x - GAP - width >= 0) return { left: x - GAP - width, isBelow: false };
  return { left: Math.max(0, Math.min(x - width / 2, space - width)), isBelow: true };
}

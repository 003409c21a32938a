/** How long ago something happened. */

import { momentName } from './formats.js';
import { element } from './page.js';

const NAMES = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * From how many seconds on an age is told in a unit, and the seconds of the unit.
 *
 * @type {[number, number, Intl.RelativeTimeFormatUnit][]}
 */
const UNITS = [
  [365 * DAY, 365 * DAY, 'year'],
  [60 * DAY, 30 * DAY, 'month'],
  [14 * DAY, 7 * DAY, 'week'],
  [DAY, DAY, 'day'],
  [HOUR, HOUR, 'hour'],
  [MINUTE, MINUTE, 'minute'],
];

/**
 * The time from a timestamp to now in words, such as: 3 weeks ago.
 *
 * @param {string} timestamp
 * @param {number} now in milliseconds
 */
export function ageName(timestamp, now) {
  const seconds = (now - Date.parse(timestamp)) / 1000;
  const found = UNITS.find(([from]) => seconds >= from);
  if (!found) return 'just now';
  const [, length, unit] = found;
  return NAMES.format(-Math.floor(seconds / length), unit);
}

/**
 * A timestamp, shown as its age. The exact time is in its tooltip.
 *
 * @param {string} timestamp
 * @param {number} now in milliseconds
 */
export function ageOf(timestamp, now) {
  return element('time', { dateTime: timestamp, title: momentName(timestamp) }, ageName(timestamp, now));
}

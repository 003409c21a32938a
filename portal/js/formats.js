/**
 * Numbers and times in the user's locale, and the page's names for the words of the schema.
 *
 * @import { Bin, Others, Series, Values } from './figures.js'
 * @import { Compare, Interval, Metric, TimeWindow } from './view.js'
 *
 * @typedef {Intl.DateTimeFormatOptions} DateShape
 */

import { sum } from './figures.js';

/** @type {Record<Metric, string>} */
export const METRIC_NAMES = {
  Clicks: 'Clicks',
  Visitors: 'Visitors',
  PageViews: 'Page views',
  Orders: 'Orders',
  Commissions: 'Commission',
};
/** @type {Record<TimeWindow, string>} */
export const WINDOW_NAMES = {
  Last24Hours: 'Last 24 hours',
  Last7Days: 'Last 7 days',
  Last30Days: 'Last 30 days',
  Last90Days: 'Last 90 days',
  Last365Days: 'Last 365 days',
  Today: 'Today',
  Yesterday: 'Yesterday',
  ThisMonth: 'This month',
  LastMonth: 'Last month',
  ThisYear: 'This year',
  LastYear: 'Last year',
  Custom: 'Own dates',
};
/** @type {Record<Interval, string>} */
export const INTERVAL_NAMES = { Hour: 'By hour', Day: 'By day', Week: 'By week', Month: 'By month' };

/** @type {Record<Compare, string>} */
const EARLIER = { PreviousPeriod: 'the time before', PreviousYear: 'a year before' };

/** The page is in English, so its numbers and dates are too: in the reader's kind of English, if they have one. */
const LOCALES = [navigator.languages.find((name) => /^en\b/i.test(name)) ?? 'en-GB'];
const HOUR = 60 * 60 * 1000;
/** @type {DateShape} */
const DATE = { day: 'numeric', month: 'short', year: 'numeric' };

/**
 * The name of the time that a view is compared with.
 *
 * @param {Compare} compare
 */
export function earlierName(compare) {
  return EARLIER[compare];
}

/**
 * A count, or an amount if there is a currency.
 *
 * @param {number} value
 * @param {string | null} currency
 */
export function figure(value, currency) {
  return number(currency ? { style: 'currency', currency } : {}).format(value);
}

/**
 * Like `figure`, but short enough for an axis.
 *
 * @param {number} value
 * @param {string | null} currency
 */
export function roundFigure(value, currency) {
  /** @type {Intl.NumberFormatOptions} */
  const shape = currency ? { style: 'currency', currency, minimumFractionDigits: 0 } : {};
  return number({ ...shape, notation: 'compact' }).format(value);
}

/**
 * The name of a currency, such as US Dollar; empty for counts.
 *
 * @param {string | null} currency
 */
export function currencyName(currency) {
  return currency ? (new Intl.DisplayNames(LOCALES, { type: 'currency' }).of(currency) ?? currency) : '';
}

/**
 * The name of a series in a chart.
 *
 * @param {Series | Others} series
 */
export function seriesName(series) {
  return series.name ?? `${number({}).format(series.count)} other websites`;
}

/**
 * The time of day in a time zone.
 *
 * @param {Date} moment
 * @param {string} zone
 */
export function timeOfDay(moment, zone) {
  return new Intl.DateTimeFormat(LOCALES, { timeStyle: 'medium', timeZone: zone }).format(moment);
}

/**
 * The full names of bins. Hours include their UTC offset if the offset changes: when clocks are put back, one hour
 * appears twice.
 *
 * @param {Bin[]} bins
 * @param {Interval} interval
 */
export function binNames(bins, interval) {
  const name = FULL_NAMES[interval];
  const offsets = bins.map(({ timestamp }) => timestamp.slice(19).replace('-', '\u2212'));
  const areMarked = interval === 'Hour' && new Set(offsets).size > 1;
  return bins.map(({ timestamp }, bin) => name(wallClock(timestamp)) + (areMarked ? ` (UTC${offsets[bin]})` : ''));
}

/**
 * The labels of bins on an axis, as lines. The second line is left out if the label before has the same one.
 *
 * @param {string[]} timestamps
 * @param {Interval} interval
 */
export function tickNames(timestamps, interval) {
  // If every labelled hour is a midnight, the date says more than the hour.
  const areDays = timestamps.every((timestamp) => timestamp.slice(11, 19) === '00:00:00');
  const shapes = TICK_LINES[areDays && interval === 'Hour' ? 'Day' : interval];
  const names = timestamps.map((timestamp) => shapes.map((shape) => date(shape, wallClock(timestamp))));
  return names.map(([first, second], index) => (second === names[index - 1]?.[1] ? [first] : [first, second]));
}

/**
 * The name of a time range. Days that have not come are left out.
 *
 * @param {string} from a timestamp
 * @param {string} to a timestamp (exclusive)
 * @param {Interval} interval
 * @param {string} zone of both
 */
export function rangeName(from, to, interval, zone) {
  if (interval === 'Hour') return range({ dateStyle: 'medium', timeStyle: 'short' }, wallClock(from), wallClock(to));
  // Where clocks go forward at midnight, the next day begins at one o'clock: so half a day is taken off.
  const last = new Date(wallClock(to).getTime() - 12 * HOUR);
  const today = wallClock(dateIn(new Date(), zone) + 'T00:00:00');
  return range(DATE, wallClock(from), last > today && wallClock(from) <= today ? today : last);
}

/**
 * The date of a moment in a time zone, such as 2026-01-31.
 *
 * @param {Date} moment
 * @param {string} zone
 */
export function dateIn(moment, zone) {
  const shape = /** @type {const} */ ({ year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone });
  return new Intl.DateTimeFormat('en-CA', { ...shape, calendar: 'iso8601', numberingSystem: 'latn' }).format(moment);
}

/**
 * A moment by the clocks of a time zone: a timestamp without the offset.
 *
 * @param {Date} moment
 * @param {string} zone
 */
export function timestampIn(moment, zone) {
  const shape = /** @type {const} */ ({ timeStyle: 'medium', hourCycle: 'h23', timeZone: zone });
  return `${dateIn(moment, zone)}T${new Intl.DateTimeFormat('en-GB', shape).format(moment)}`;
}

/**
 * The date and the time of day of a timestamp.
 *
 * @param {string} timestamp
 */
export function momentName(timestamp) {
  return date({ dateStyle: 'medium', timeStyle: 'short' }, wallClock(timestamp));
}

/**
 * The name of a month, such as October 2026.
 *
 * @param {string} month such as 2026-10
 */
export function monthName(month) {
  return FULL_NAMES.Month(wallClock(`${month}-01T00:00:00`));
}

/**
 * A number of things, such as 1 sale or 1,200 sales.
 *
 * @param {number} count
 * @param {string} one
 * @param {string} many
 */
export function countOf(count, one, many) {
  return `${number({}).format(count)} ${count === 1 ? one : many}`;
}

/**
 * A fraction as a percentage, such as 2.5%.
 *
 * @param {number} fraction
 */
export function percentage(fraction) {
  return number({ style: 'percent', maximumFractionDigits: Math.abs(fraction) < 0.1 ? 1 : 0 }).format(fraction);
}

/**
 * The name of a country, such as Germany, if its code is known.
 *
 * @param {string} code
 */
export function countryName(code) {
  if (!/^[A-Z]{2}$/.test(code)) return code;
  return new Intl.DisplayNames(LOCALES, { type: 'region' }).of(code) ?? code;
}

/**
 * The sum of all series in each bin.
 *
 * @param {Values[]} series
 */
export function binSums(series) {
  return series[0].values.map((_, bin) => sum(series.map(({ values }) => values[bin])));
}

/**
 * The local time of a timestamp, as if it were UTC. It comes from the API's offset, because the browser's time zone
 * database may be older than the API's.
 *
 * @param {string} timestamp
 */
export function wallClock(timestamp) {
  return new Date(`${timestamp.slice(0, 19)}Z`);
}

/** @type {Record<Interval, (start: Date) => string>} */
const FULL_NAMES = {
  Hour: (start) => `${date({ weekday: 'short', ...DATE }, start)}, ${date({ timeStyle: 'short' }, start)}`,
  Day: (start) => date({ weekday: 'short', ...DATE }, start),
  Week: (start) => range(DATE, start, new Date(start.getTime() + 6 * 24 * HOUR)),
  Month: (start) => date({ month: 'long', year: 'numeric' }, start),
};

/** @type {Record<Interval, [DateShape, DateShape]>} */
const TICK_LINES = {
  Hour: [{ timeStyle: 'short' }, { day: 'numeric', month: 'short' }],
  Day: [{ day: 'numeric', month: 'short' }, { year: 'numeric' }],
  Week: [{ day: 'numeric', month: 'short' }, { year: 'numeric' }],
  Month: [{ month: 'short' }, { year: 'numeric' }],
};

/**
 * Formatters by their options. Making one is slow, and a table of hours uses thousands.
 *
 * @type {Map<string, any>}
 */
const formatters = new Map();

/**
 * @template F
 * @param {{new (locales: readonly string[], shape: any): F, name: string}} type
 * @param {object} shape
 * @returns {F}
 */
function formatter(type, shape) {
  const key = type.name + JSON.stringify(shape);
  if (!formatters.has(key)) formatters.set(key, new type(LOCALES, shape));
  return formatters.get(key);
}

/** @param {Intl.NumberFormatOptions} shape */
function number(shape) {
  return formatter(Intl.NumberFormat, shape);
}

/**
 * @param {DateShape} shape
 * @param {Date} wall
 */
function date(shape, wall) {
  return formatter(Intl.DateTimeFormat, { ...shape, timeZone: 'UTC' }).format(wall);
}

/**
 * @param {DateShape} shape
 * @param {Date} from
 * @param {Date} to
 */
function range(shape, from, to) {
  return formatter(Intl.DateTimeFormat, { ...shape, timeZone: 'UTC' }).formatRange(from, to);
}

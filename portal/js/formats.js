/** Numbers and times in the reader's locale, and the page's names for what the schema has. */

import { sum } from './figures.js';

export const METRIC_NAMES = { PageViews: 'Page views', Visitors: 'Visitors', Commissions: 'Commission' };
export const WINDOW_NAMES = {
  Last24Hours: '24 hours',
  Last7Days: '7 days',
  Last30Days: '30 days',
  Last90Days: '90 days',
  Last365Days: '365 days',
};
export const INTERVAL_NAMES = { Hour: 'Hour', Day: 'Day', Week: 'Week', Month: 'Month' };

const LOCALES = navigator.languages;
const DATE = { day: 'numeric', month: 'short', year: 'numeric' };

/** A count, or an amount of `currency` where that is not null. */
export function figure(value, currency) {
  return number(currency ? { style: 'currency', currency } : {}).format(value);
}

/** As `figure`, short enough for an axis. */
export function roundFigure(value, currency) {
  const shape = currency ? { style: 'currency', currency, minimumFractionDigits: 0 } : {};
  return number({ ...shape, notation: 'compact' }).format(value);
}

/** The name of a currency, such as US Dollar. */
export function currencyName(currency) {
  return new Intl.DisplayNames(LOCALES, { type: 'currency' }).of(currency);
}

/** A series of a chart: a website, or the others that have none of their own. */
export function seriesName({ name, count }) {
  return name ?? `${number({}).format(count)} other websites`;
}

/** The time of day of a moment, in `zone`. */
export function timeOfDay(moment, zone) {
  return new Intl.DateTimeFormat(LOCALES, { timeStyle: 'medium', timeZone: zone }).format(moment);
}

/**
 * The bins' names in full. Hours have their offset where there is more than one: when clocks are put back, one hour
 * comes twice.
 */
export function binNames(bins, interval) {
  const name = FULL_NAMES[interval];
  const offsets = bins.map(({ timestamp }) => timestamp.slice(19).replace('-', '\u2212'));
  const areMarked = interval === 'Hour' && new Set(offsets).size > 1;
  return bins.map(({ timestamp }, bin) => name(wallClock(timestamp)) + (areMarked ? ` (UTC${offsets[bin]})` : ''));
}

/** How bins are written at an axis: in lines each, the second where it is another than that of the bin before. */
export function tickNames(timestamps, interval) {
  // Of hours that all begin a day, the day is what one wants to know.
  const areDays = timestamps.every((timestamp) => timestamp.slice(11, 19) === '00:00:00');
  const shapes = TICK_LINES[areDays && interval === 'Hour' ? 'Day' : interval];
  const names = timestamps.map((timestamp) => shapes.map((shape) => date(shape, wallClock(timestamp))));
  return names.map(([first, second], index) => (second === names[index - 1]?.[1] ? [first] : [first, second]));
}

/** The time range from the timestamp `from` to `to`, which is not part of it. */
export function rangeName(from, to, interval) {
  if (interval === 'Hour') return range({ dateStyle: 'medium', timeStyle: 'short' }, wallClock(from), wallClock(to));
  return range(DATE, wallClock(from), new Date(wallClock(to).getTime() - 1));
}

/** The group's sum in each bin. */
export function binSums(series) {
  return series[0].values.map((_, bin) => sum(series.map(({ values }) => values[bin])));
}

/**
 * What the clocks on the wall show at a timestamp, as if they were UTC's. The API knows where in its zone it is; the
 * browser's own idea of the zone may be older, and is not asked.
 */
export function wallClock(timestamp) {
  return new Date(`${timestamp.slice(0, 19)}Z`);
}

const FULL_NAMES = {
  Hour: (start) => `${date({ weekday: 'short', ...DATE }, start)}, ${date({ timeStyle: 'short' }, start)}`,
  Day: (start) => date({ weekday: 'short', ...DATE }, start),
  Week: (start) => range(DATE, start, new Date(start.getTime() + 6 * 24 * 60 * 60 * 1000)),
  Month: (start) => date({ month: 'long', year: 'numeric' }, start),
};

const TICK_LINES = {
  Hour: [{ timeStyle: 'short' }, { day: 'numeric', month: 'short' }],
  Day: [{ day: 'numeric', month: 'short' }, { year: 'numeric' }],
  Week: [{ day: 'numeric', month: 'short' }, { year: 'numeric' }],
  Month: [{ month: 'short' }, { year: 'numeric' }],
};

// To make a formatter takes longer than to use it, and a table of hours uses thousands.
const formatters = new Map();

function formatter(type, shape) {
  const key = type.name + JSON.stringify(shape);
  if (!formatters.has(key)) formatters.set(key, new type(LOCALES, shape));
  return formatters.get(key);
}

function number(shape) {
  return formatter(Intl.NumberFormat, shape);
}

function date(shape, wall) {
  return formatter(Intl.DateTimeFormat, { ...shape, timeZone: 'UTC' }).format(wall);
}

function range(shape, from, to) {
  return formatter(Intl.DateTimeFormat, { ...shape, timeZone: 'UTC' }).formatRange(from, to);
}

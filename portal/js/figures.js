/**
 * An answer of the API → what the charts and the table show.
 *
 * @typedef {{timestamp: string, partial: boolean}} Bin
 * @typedef {{values: number[], total: number}} Values one value for each bin
 * @typedef {Values & {name: string}} Series
 * @typedef {Values & {name: null, count: number}} Others the sum of all other websites, and their number
 * @typedef {{currency: string | null, series: Series[]}} Group the currency of counts is null
 * @typedef {{bins: Bin[], groups: Group[]}} Figures
 *
 * @import { DataPoint, Total } from './api.js'
 */

const MICROS = 1_000_000;

/** The name that the API gives to a series that several websites share. */
const SHARED = /^\((\d+) other websites?\)$/;

/**
 * The bins of an answer in the order of time, and its series. Amounts in two currencies cannot be added or stacked, so
 * each currency is a group of its own. Counts are one group.
 *
 * @param {{dataset: DataPoint[], totals: Total[]}} answer
 * @returns {Figures}
 */
export function toFigures({ dataset, totals }) {
  const bySeries = Map.groupBy(dataset, seriesKey);
  const [first = []] = bySeries.values();
  const series = totals.map((total) => ({
    name: total.series,
    currency: total.currency,
    values: (bySeries.get(seriesKey(total)) ?? []).map(({ value }) => value),
    total: total.value,
  }));
  const groups = [...Map.groupBy(series, ({ currency }) => currency)];
  return {
    bins: first.map(({ timestamp, partial }) => ({ timestamp, partial })),
    groups: groups.map(([currency, members]) => ({ currency, series: members })),
  };
}

/**
 * The sum of counts or amounts, without the rounding errors of adding 0.1 to 0.2.
 *
 * @param {number[]} values
 */
export function sum(values) {
  return values.reduce((micros, value) => micros + Math.round(value * MICROS), 0) / MICROS;
}

/**
 * At most `limit` series, the largest first. If there are more, all but the `limit - 1` largest websites are added up
 * into one without a name, which is last. A series that several websites share is always a part of that one.
 *
 * @param {Series[]} series
 * @param {number} limit
 * @returns {(Series | Others)[]}
 */
export function folded(series, limit) {
  const bySize = series.toSorted((one, other) => Math.abs(other.total) - Math.abs(one.total));
  const single = bySize.filter(({ name }) => !SHARED.test(name));
  if (series.length <= limit && single.length === series.length) return single;
  const largest = single.slice(0, limit - 1);
  const rest = series.filter((each) => !largest.includes(each));
  const values = rest[0].values.map((_, bin) => sum(rest.map((each) => each.values[bin])));
  const count = sum(rest.map(({ name }) => websites(name)));
  return [...largest, { name: null, count, values, total: sum(rest.map(({ total }) => total)) }];
}

/**
 * The number of websites that a series stands for.
 *
 * @param {string} name
 */
function websites(name) {
  const [, count] = name.match(SHARED) ?? [];
  return Number(count ?? 1);
}

/** @param {{series: string, currency: string | null}} point */
function seriesKey({ series, currency }) {
  return JSON.stringify([series, currency]);
}

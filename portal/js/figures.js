/** An answer of the API, as what the chart and the table show. */

const MICROS = 1_000_000;

/** What the API calls a series of several websites. */
const SHARED = /^\((\d+) other websites?\)$/;

/** @typedef {{series: string, timestamp: string, value: number, partial: boolean, currency: string | null}} DataPoint */

/**
 * What an answer (`AnalyticsData` of the schema) holds:
 *
 *     bins     [{timestamp, partial}], in the order of time
 *     groups   [{currency, series: [{name, values, total}]}], a value for each bin
 *
 * Amounts of two currencies cannot be added, or stacked, so each currency is a group of its own; counts are one group,
 * whose currency is null.
 */
export function toFigures({ dataset, totals }) {
  const bySeries = Map.groupBy(/** @type {DataPoint[]} */ (dataset), seriesKey);
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

/** What is to be read on a card: `[{currency, value}]`, one for each currency, and one 0 where there is nothing. */
export function toSums(totals) {
  const groups = [...Map.groupBy(totals, ({ currency }) => currency)];
  const sums = groups.map(([currency, members]) => ({ currency, value: sum(members.map(({ value }) => value)) }));
  return sums.length ? sums : [{ currency: null, value: 0 }];
}

/** The sum of counts or amounts, without the error that adding up 0.1 by 0.1 makes. */
export function sum(values) {
  return values.reduce((micros, value) => micros + Math.round(value * MICROS), 0) / MICROS;
}

/**
 * `series` with all but the `limit - 1` largest websites added up into one, whose name is null; unchanged if there are
 * no more than `limit`. A series of several websites is never among the largest.
 */
export function folded(series, limit) {
  if (series.length <= limit) return series;
  const single = series.filter(({ name }) => !SHARED.test(name));
  const bySize = single.toSorted((one, other) => Math.abs(other.total) - Math.abs(one.total));
  const largest = new Set(bySize.slice(0, limit - 1));
  const rest = series.filter((each) => !largest.has(each));
  const values = rest[0].values.map((_, bin) => sum(rest.map((each) => each.values[bin])));
  const count = sum(rest.map(({ name }) => websites(name)));
  const others = { name: null, count, values, total: sum(rest.map(({ total }) => total)) };
  return [...series.filter((each) => largest.has(each)), others];
}

/** How many websites a series stands for. */
function websites(name) {
  const [, count] = name.match(SHARED) ?? [];
  return Number(count ?? 1);
}

function seriesKey({ series, currency }) {
  return JSON.stringify([series, currency]);
}

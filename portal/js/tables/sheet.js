/**
 * The figures of a chart → the rows and columns of a table, and the rows of a file.
 *
 * @typedef {{title: string, currency: string | null, values: number[], total: number | undefined}} Column one value for
 *   each bin; the last ones can be missing
 * @typedef {{name: string, timestamp: string, note: string}} Heading of a row
 * @typedef {{columns: Column[], headings: Heading[], whole: string}} Sheet
 * @typedef {{column: number, isDescending: boolean}} Order
 *
 * @typedef {object} Whole what is known beside the figures of a chart
 * @property {View} view
 * @property {Overall[]} overall the values of the whole window
 * @property {Overall[]} earlier the values of the whole earlier span of time. Empty if they are not known
 *
 * @import { Overall } from '../api.js'
 * @import { ChartGroup, Drawing } from '../charts/charts.js'
 * @import { Cells } from './spreadsheet.js'
 * @import { View } from '../view.js'
 */

import { METRIC_NAMES, WINDOW_NAMES, binNames, binSums } from '../formats.js';

/** The column of times. The columns of figures are 0, 1 and so on. */
export const TIME = -1;
/** @type {Order} */
export const NEWEST_FIRST = { column: TIME, isDescending: true };

/**
 * A sheet with a row for each bin. It has one column for all websites together, because thirty columns are more than
 * anyone reads. Each currency has a column of its own.
 *
 * @param {Drawing} drawing
 * @param {Whole} whole
 * @returns {Sheet}
 */
export function toSheet({ bins, interval, groups }, whole) {
  const names = binNames(bins, interval);
  const headings = bins.map(({ timestamp, partial }, bin) => ({
    timestamp,
    name: names[bin],
    note: partial ? (bin === bins.length - 1 ? 'so far' : 'incomplete') : '',
  }));
  const columns = groups.flatMap((group) => groupColumns(group, whole, groups.length > 1));
  return { columns, headings, whole: WINDOW_NAMES[whole.view.window] };
}

/**
 * The positions of a sheet's rows in an order. A value that is missing is the smallest.
 *
 * @param {Sheet} sheet
 * @param {Order} order
 */
export function sorted({ columns, headings }, { column, isDescending }) {
  const key = (/** @type {number} */ row) => (column === TIME ? row : (columns[column].values[row] ?? -Infinity));
  const direction = isDescending ? -1 : 1;
  return [...headings.keys()].sort((one, other) => direction * (key(one) - key(other) || one - other));
}

/**
 * A sheet as cells: the titles, then rows of texts and numbers, with times in ISO 8601.
 *
 * @param {Sheet} sheet
 * @param {Order} order
 * @returns {Cells[]}
 */
export function toCells(sheet, order) {
  const { columns, headings } = sheet;
  const rows = sorted(sheet, order).map((row) => [
    headings[row].timestamp,
    ...columns.map(({ values }) => values[row] ?? ''),
    yesOrNo(headings[row].note !== ''),
  ]);
  return [['Start', ...columns.map(({ title }) => title), 'Partial'], ...rows];
}

/**
 * The figures of a chart as cells, with a row for each website and bin.
 *
 * @param {Drawing} drawing
 * @returns {Cells[]}
 */
export function toLines({ bins, groups }) {
  const rows = groups.flatMap(({ currency, series }) =>
    series.flatMap(({ name, values }) =>
      bins.map(({ timestamp, partial }, bin) => [timestamp, name, values[bin], currency ?? '', yesOrNo(partial)]),
    ),
  );
  return [['Start', 'Website', 'Value', 'Currency', 'Partial'], ...rows];
}

/**
 * @param {ChartGroup} group
 * @param {Whole} whole
 * @param {boolean} isOneOfMany
 * @returns {Column[]}
 */
function groupColumns({ currency, series, earlier }, { view, overall, earlier: before }, isOneOfMany) {
  const total = (/** @type {Overall[]} */ values) => values.find((each) => each.currency === currency)?.value;
  const name = isOneOfMany && currency ? currency : METRIC_NAMES[view.metric];
  const now = { title: name, currency, values: binSums(series), total: total(overall) };
  if (!earlier) return [now];
  const title = isOneOfMany ? `${name} before` : 'Before';
  return [now, { title, currency, values: earlier.slice(0, now.values.length), total: total(before) }];
}

/** @param {boolean} condition */
function yesOrNo(condition) {
  return condition ? 'yes' : 'no';
}

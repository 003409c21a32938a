/**
 * A chart as Chart.js wants it: its bars, its line and its axes.
 *
 * @import { ChartData, ChartDataset, ChartOptions } from 'chart.js'
 * @import { Theme } from './colours.js'
 * @import { Bin, Others, Series } from '../figures.js'
 * @import { Interval } from '../view.js'
 *
 * @typedef {InstanceType<typeof Chart<'bar' | 'line', number[], string>>} StackChart
 *
 * @typedef {object} Picture one chart
 * @property {Bin[]} bins
 * @property {string[]} names of the bins
 * @property {Interval} interval
 * @property {string | null} currency
 * @property {(Series | Others)[]} stack the lowest first
 * @property {string[]} colours of the stack, in CSS
 * @property {string[]} fills of the stack, for a canvas
 * @property {number[]} sums of the stack in each bin
 * @property {number[]} earlier one value for each bin. Empty if it is not known
 * @property {string} earlierName
 * @property {Theme} theme
 */

import { roundFigure, seriesName, tickNames } from '../formats.js';
import { tickIndexes } from './ticks.js';

/** The space for one label on the x axis, in rem. */
const ROOM = 3.75;
/** The most bins that have lines between their bars, and the most bars that move to their new size. */
const MOST_SEPARATED = 100;
const MOST_MOVING = 800;
const QUIET = matchMedia('(prefers-reduced-motion: reduce)');

/** A chart fills its container. */
export const SIZE = { responsive: true, maintainAspectRatio: false };

/**
 * @param {Picture} picture
 * @returns {ChartData<'bar' | 'line', number[], string>}
 */
export function toData(picture) {
  const { stack, names, earlier } = picture;
  const bars = stack.map((_, index) => toBars(picture, index));
  return { labels: names, datasets: earlier.length ? [...bars, toLine(picture)] : bars };
}

/**
 * @param {Picture} picture
 * @param {number} index of the series
 * @returns {ChartDataset<'bar', number[]>}
 */
function toBars({ bins, stack, fills, theme }, index) {
  const isOthers = stack[index].name === null;
  const isSeparated = bins.length <= MOST_SEPARATED || isOthers;
  return {
    type: 'bar',
    order: 1,
    label: seriesName(stack[index]),
    data: stack[index].values,
    backgroundColor: fills[index],
    // The light colour of the others needs an edge to be seen.
    borderColor: isOthers ? theme.text : theme.back,
    borderWidth: isSeparated ? { top: 1 } : 0,
    borderSkipped: false,
    maxBarThickness: 3.5 * theme.rem,
    grouped: false, // all are in one stack, so Chart.js need not look for others beside each bar
    categoryPercentage: bins.length <= MOST_SEPARATED ? 0.86 : 1,
    barPercentage: 1,
  };
}

/**
 * The line is in front of the bars, thin and dashed.
 *
 * @param {Picture} picture
 * @returns {ChartDataset<'line', number[]>}
 */
function toLine({ bins, earlier, earlierName, theme }) {
  return {
    type: 'line',
    order: 0,
    label: earlierName,
    data: earlier,
    borderColor: theme.before,
    borderWidth: bins.length <= MOST_SEPARATED ? 1.5 : 1,
    borderDash: [5, 4],
    pointRadius: 0,
    pointHitRadius: 0,
  };
}

/**
 * @param {Picture} picture
 * @param {(x: number, bin: number) => void} showBin called when the user points at a bin
 * @param {() => void} hideBin
 * @returns {ChartOptions<'bar' | 'line'>}
 */
export function toOptions(picture, showBin, hideBin) {
  const { bins, stack } = picture;
  const isMoving = !QUIET.matches && bins.length * stack.length <= MOST_MOVING;
  return {
    ...SIZE,
    animation: isMoving ? { duration: 250 } : false,
    interaction: { mode: 'index', intersect: false },
    normalized: true,
    scales: { x: xAxis(picture), y: yAxis(picture) },
    plugins: {
      legend: { display: false },
      tooltip: {
        enabled: false,
        external: ({ tooltip }) => {
          if (!tooltip.opacity) return hideBin();
          return showBin(tooltip.caretX, tooltip.dataPoints[0].dataIndex);
        },
      },
    },
  };
}

/** @param {Picture} picture */
function xAxis({ bins, interval, theme }) {
  /** @type {NonNullable<ChartOptions<'bar'>['scales']>[string]} */
  const axis = {
    stacked: true,
    grid: { display: false },
    border: { color: theme.line },
    ticks: { autoSkip: false, maxRotation: 0, color: theme.text, font: theme.font },
    afterBuildTicks: (scale) => {
      const room = Math.max(2, Math.floor(scale.chart.width / (ROOM * theme.rem)));
      scale.ticks = tickIndexes(bins, interval, room).map((value) => ({ value }));
    },
    afterTickToLabelConversion: (scale) => {
      const named = tickNames(scale.ticks.map(({ value }) => bins[value].timestamp), interval);
      scale.ticks.forEach((tick, index) => (tick.label = named[index]));
    },
  };
  return axis;
}

/** @param {Picture} picture */
function yAxis({ currency, theme }) {
  /** @type {NonNullable<ChartOptions<'bar'>['scales']>[string]} */
  const axis = {
    stacked: true,
    beginAtZero: true,
    grid: { color: theme.line },
    border: { display: false },
    ticks: {
      color: theme.text,
      font: theme.font,
      maxTicksLimit: 6,
      precision: currency ? undefined : 0,
      callback: (value) => roundFigure(Number(value), currency),
    },
  };
  return axis;
}

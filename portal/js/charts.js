/**
 * The bar charts: one for each currency, stacked by website.
 *
 * @import { ChartDataset, ChartOptions } from 'chart.js'
 * @import { Bin, Others, Series } from './figures.js'
 * @import { Interval } from './view.js'
 *
 * @typedef {InstanceType<typeof Chart<'bar', number[], string>>} BarChart
 * @typedef {{chart: BarChart, caption: HTMLElement, legend: HTMLElement}} Drawn
 * @typedef {string | CanvasPattern} Fill
 * @typedef {{currency: string | null, series: Series[], earlier: number[] | null}} ChartGroup
 * @typedef {ReturnType<typeof readTheme>} Theme
 *
 * @typedef {object} Drawing
 * @property {Bin[]} bins
 * @property {Interval} interval
 * @property {string} title
 * @property {ChartGroup[]} groups
 * @property {string[]} websites all that have a colour, including those that are not drawn now
 * @property {string} earlierName
 */

import '../vendor/chart.umd.min.js';

import { folded } from './figures.js';
import { binNames, binSums, currencyName, figure, roundFigure, seriesName, tickNames } from './formats.js';
import { element } from './page.js';
import { tickIndexes } from './ticks.js';

const { Chart } = globalThis;

/** The most series in a chart: the number of colours in portal.css, from `--series-1` on. */
export const MOST_SERIES = 8;

/** The space for one label on the x axis, in pixels. */
const ROOM = 60;
const QUIET = matchMedia('(prefers-reduced-motion: reduce)');
const SIZE = { responsive: true, maintainAspectRatio: false };
const DARK = matchMedia('(prefers-color-scheme: dark)');

/** The charts in the element `place`. */
export class Charts {
  #place;
  /** @type {Map<string | null, Drawn>} */
  #charts = new Map();
  /** @type {Drawing | null} */
  #shown = null;

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
    DARK.addEventListener('change', () => this.#shown && this.show(this.#shown));
  }

  /**
   * Draw the charts.
   *
   * @param {Drawing} shown
   */
  show(shown) {
    this.#shown = shown;
    const { groups } = shown;
    const isDrawn = groups.length === this.#charts.size && groups.every(({ currency }) => this.#charts.has(currency));
    if (!isDrawn) this.#make(groups);
    for (const group of groups) {
      const drawn = this.#charts.get(group.currency);
      if (drawn) this.#draw(drawn, group, shown);
    }
  }

  /** Remove the charts. */
  clear() {
    this.#make([]);
    this.#shown = null;
  }

  /** @param {ChartGroup[]} groups */
  #make(groups) {
    for (const { chart } of this.#charts.values()) chart.destroy();
    const places = groups.map(() => element('figure', {}));
    this.#place.replaceChildren(...places);
    this.#charts = new Map(groups.map(({ currency }, index) => [currency, make(places[index])]));
  }

  /**
   * @param {Drawn} drawn
   * @param {ChartGroup} group
   * @param {Drawing} drawing
   */
  #draw({ chart, caption, legend }, { currency, series: all }, { bins, interval, title, websites, groups }) {
    const series = folded(all, MOST_SERIES);
    const names = binNames(bins, interval);
    const theme = readTheme();
    const colours = series.map((each, index) => theme.colour(each, index, websites));
    const sums = binSums(series);
    caption.textContent = groups.length > 1 ? currencyName(currency) : '';
    caption.hidden = groups.length < 2;
    legend.replaceChildren(...series.map((each, index) => legendItem(each, colours[index], currency)));
    if (bins.some(({ partial }) => partial)) legend.append(partialItem(theme));
    const unit = groups.length > 1 ? `, in ${currencyName(currency)}` : '';
    chart.canvas.ariaLabel = `Bar chart: ${title}${unit}. The table has the figures.`;
    chart.data = { labels: names, datasets: series.map((each, index) => bars(each, bins, colours[index])) };
    chart.options = options({ bins, interval, currency, sums, theme });
    chart.update();
  }
}

/**
 * @param {HTMLElement} place
 * @returns {Drawn}
 */
function make(place) {
  const canvas = element('canvas', { role: 'img' });
  const caption = element('figcaption', {});
  const legend = element('ul', { className: 'legend' });
  place.append(caption, legend, element('div', { className: 'canvas' }, canvas));
  // The canvas must be on the page by now, because Chart.js measures it.
  return { caption, legend, chart: new Chart(canvas, { type: 'bar', data: { datasets: [] }, options: SIZE }) };
}

/**
 * @param {Series | Others} series
 * @param {Bin[]} bins
 * @param {string} colour
 * @returns {ChartDataset<'bar', number[]>}
 */
function bars(series, bins, colour) {
  const hatch = hatched(colour);
  return {
    label: seriesName(series),
    data: series.values,
    backgroundColor: bins.map(({ partial }) => (partial ? hatch : colour)),
    borderColor: colour,
    borderWidth: bins.map(({ partial }) => (partial ? 1 : 0)),
    borderSkipped: false,
    maxBarThickness: 56,
    categoryPercentage: 0.86,
    barPercentage: 1,
  };
}

/**
 * @param {{bins: Bin[], interval: Interval, currency: string | null, sums: number[], theme: Theme}} drawing
 * @returns {ChartOptions<'bar'>}
 */
function options({ bins, interval, currency, sums, theme }) {
  return {
    ...SIZE,
    animation: QUIET.matches ? false : { duration: 250 },
    interaction: { mode: 'index', intersect: false },
    font: { family: theme.font },
    scales: {
      x: {
        stacked: true,
        grid: { display: false },
        border: { color: theme.line },
        ticks: { autoSkip: false, maxRotation: 0, color: theme.muted, font: { family: theme.font } },
        afterBuildTicks: (axis) => {
          const indexes = tickIndexes(bins, interval, Math.max(2, Math.floor(axis.chart.width / ROOM)));
          axis.ticks = indexes.map((value) => ({ value }));
        },
        afterTickToLabelConversion: (axis) => {
          const named = tickNames(axis.ticks.map(({ value }) => bins[value].timestamp), interval);
          axis.ticks.forEach((tick, index) => (tick.label = named[index]));
        },
      },
      y: {
        stacked: true,
        beginAtZero: true,
        grid: { color: theme.grid },
        border: { display: false },
        ticks: {
          color: theme.muted,
          font: { family: theme.font },
          maxTicksLimit: 6,
          precision: currency ? undefined : 0,
          callback: (value) => roundFigure(Number(value), currency),
        },
      },
    },
    plugins: {
      legend: { display: false },
      tooltip: {
        padding: 10,
        boxPadding: 4,
        titleFont: { family: theme.font },
        bodyFont: { family: theme.font },
        footerFont: { family: theme.font, weight: 'normal' },
        itemSort: (one, other) => other.datasetIndex - one.datasetIndex,
        callbacks: {
          label: ({ dataset, parsed }) => `${dataset.label}: ${figure(parsed.y ?? 0, currency)}`,
          labelColor: ({ dataset }) => {
            const colour = String(dataset.borderColor); // as `bars` sets it
            return { backgroundColor: colour, borderColor: colour };
          },
          footer: ([{ dataIndex }]) => [
            `All: ${figure(sums[dataIndex], currency)}`,
            ...(bins[dataIndex].partial ? ['Incomplete'] : []),
          ],
        },
      },
    },
  };
}

/**
 * @param {Series | Others} series
 * @param {string} colour
 * @param {string | null} currency
 */
function legendItem(series, colour, currency) {
  const total = element('strong', {}, figure(series.total, currency));
  return element('li', {}, swatch(colour), `${seriesName(series)} `, total);
}

/** @param {Theme} theme */
function partialItem(theme) {
  return element('li', { className: 'partial' }, swatch(hatched(theme.muted)), 'incomplete');
}

/** @param {Fill} fill */
function swatch(fill) {
  const canvas = element('canvas', { width: 24, height: 24, ariaHidden: 'true' });
  const context = painter(canvas);
  context.fillStyle = fill;
  context.fillRect(0, 0, 24, 24);
  return canvas;
}

/**
 * A striped pattern to fill with.
 *
 * @param {string} colour
 */
function hatched(colour) {
  const tile = element('canvas', { width: 8, height: 8 });
  const context = painter(tile);
  context.fillStyle = context.strokeStyle = colour;
  context.globalAlpha = 0.22;
  context.fillRect(0, 0, 8, 8);
  context.globalAlpha = 1;
  context.lineWidth = 2;
  context.beginPath();
  for (const start of [-8, 0, 8]) {
    context.moveTo(start, 8);
    context.lineTo(start + 8, 0);
  }
  context.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, 'repeat'));
}

/** @param {HTMLCanvasElement} canvas */
function painter(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const read = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  return {
    font: getComputedStyle(document.body).fontFamily,
    muted: read('--muted'),
    line: read('--line'),
    grid: read('--grid'),
    /**
     * @param {Series | Others} series
     * @param {number} index
     * @param {string[]} websites
     */
    colour(series, index, websites) {
      if (series.name === null) return read('--muted');
      // A website has the same colour for every metric, if there are enough colours.
      const position = websites.length <= MOST_SERIES ? websites.indexOf(series.name) : index;
      return read(`--series-${position + 1}`);
    },
  };
}

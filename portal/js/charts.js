/** The bar charts: one for each currency, stacked by website. */

import '../vendor/chart.umd.min.js';

import { binSums, currencyName, figure, roundFigure, seriesName, tickNames } from './formats.js';
import { element } from './page.js';
import { tickIndexes } from './ticks.js';

/** @type {any} A global of the library, which has no types here. */
const Chart = Reflect.get(globalThis, 'Chart');

/** How many series a chart can tell apart: `--series-1` and so on in portal.css. */
export const MOST_SERIES = 8;

/** For one name at the axis, in pixels. */
const ROOM = 60;
const QUIET = matchMedia('(prefers-reduced-motion: reduce)');
const SIZE = { responsive: true, maintainAspectRatio: false };
const DARK = matchMedia('(prefers-color-scheme: dark)');

/** The charts in the element `place`. */
export class Charts {
  #place;
  #charts = new Map();
  #shown = null;

  constructor(place) {
    this.#place = place;
    DARK.addEventListener('change', () => this.#shown && this.show(this.#shown));
  }

  /**
   * Draw `{bins, names, interval, title, groups, websites}`: `groups` as in figures.js, with no more than `MOST_SERIES`
   * series each, over `bins` that are called `names`. `websites` are all that have a colour, drawn or not.
   */
  show(shown) {
    this.#shown = shown;
    const { groups } = shown;
    const isDrawn = groups.length === this.#charts.size && groups.every(({ currency }) => this.#charts.has(currency));
    if (!isDrawn) this.#make(groups);
    for (const group of groups) this.#draw(this.#charts.get(group.currency), group, shown);
  }

  /** Draw nothing. */
  clear() {
    this.#make([]);
    this.#shown = null;
  }

  #make(groups) {
    for (const { chart } of this.#charts.values()) chart.destroy();
    this.#place.replaceChildren(...groups.map(() => element('figure')));
    const places = this.#place.children;
    this.#charts = new Map(groups.map(({ currency }, index) => [currency, make(places[index])]));
  }

  #draw({ chart, caption, legend }, { currency, series }, { bins, names, interval, title, websites, groups }) {
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

function make(place) {
  const canvas = element('canvas', { role: 'img' });
  const caption = element('figcaption');
  const legend = element('ul', { className: 'legend' });
  place.append(caption, legend, element('div', { className: 'canvas' }, canvas));
  // In its place by then, since it measures that.
  return { caption, legend, chart: new Chart(canvas, { type: 'bar', data: { datasets: [] }, options: SIZE }) };
}

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
          callback: (value) => roundFigure(value, currency),
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
          label: ({ dataset, parsed }) => `${dataset.label}: ${figure(parsed.y, currency)}`,
          labelColor: ({ dataset }) => ({ backgroundColor: dataset.borderColor, borderColor: dataset.borderColor }),
          footer: ([{ dataIndex }]) => [
            `All: ${figure(sums[dataIndex], currency)}`,
            ...(bins[dataIndex].partial ? ['Incomplete'] : []),
          ],
        },
      },
    },
  };
}

function legendItem(series, colour, currency) {
  const total = element('strong', {}, figure(series.total, currency));
  return element('li', {}, swatch(colour), `${seriesName(series)} `, total);
}

function partialItem(theme) {
  return element('li', { className: 'partial' }, swatch(hatched(theme.muted)), 'incomplete');
}

function swatch(fill) {
  const canvas = element('canvas', { width: 24, height: 24, ariaHidden: 'true' });
  const context = canvas.getContext('2d');
  context.fillStyle = fill;
  context.fillRect(0, 0, 24, 24);
  return canvas;
}

/** Stripes of `colour`: a pattern to fill with. */
function hatched(colour) {
  const tile = element('canvas', { width: 8, height: 8 });
  const context = tile.getContext('2d');
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
  return context.createPattern(tile, 'repeat');
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(name).trim();
  return {
    font: getComputedStyle(document.body).fontFamily,
    muted: read('--muted'),
    line: read('--line'),
    grid: read('--grid'),
    colour(series, index, websites) {
      if (series.name === null) return read('--muted');
      // A website keeps its colour from one metric to the next, as long as there are enough.
      const position = websites.length <= MOST_SERIES ? websites.indexOf(series.name) : index;
      return read(`--series-${position + 1}`);
    },
  };
}

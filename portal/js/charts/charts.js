/**
 * The bar charts: one for each currency, stacked by website, with the earlier span of time as a line.
 *
 * @import { ChartConfiguration } from 'chart.js'
 * @import { Picture, StackChart } from './bars.js'
 * @import { Bin, Series } from '../figures.js'
 * @import { Marked } from './marks.js'
 * @import { Interval } from '../view.js'
 *
 * @typedef {object} ChartGroup
 * @property {string | null} currency null for counts
 * @property {Series[]} series all websites
 * @property {number[] | null} earlier the sum of all websites in each bin of the earlier span of time. It can have more
 *   or fewer bins
 *
 * @typedef {object} Drawing
 * @property {Bin[]} bins
 * @property {Interval} interval
 * @property {string} title for screen readers
 * @property {ChartGroup[]} groups one chart each
 * @property {string[]} websites all websites of the answer
 * @property {string} earlierName such as: the 30 days before
 *
 * @typedef {object} Drawn
 * @property {StackChart} chart
 * @property {HTMLElement} caption
 * @property {HTMLElement} legend
 * @property {HTMLElement} place of the canvas
 * @property {HTMLElement} box of the tooltip
 * @property {Marked} marked
 * @property {() => void} onResize
 */

import { SIZE, toData, toOptions } from './bars.js';
import { Palette, readTheme, resolved, rootSize } from './colours.js';
import { folded } from '../figures.js';
import { binNames, binSums, currencyName } from '../formats.js';
import { legendItems } from './legend.js';
import { marking } from './marks.js';
import { element } from '../page.js';
import { showTooltip } from './tooltip.js';

/** The most series in a chart. If there are more websites, the smaller ones share the last one. */
const MOST_SERIES = 8;
/** The size of a chart on paper, in pixels, and its height if there are several. CSS scales it to the width of the page. */
const PAPER = { width: 680, height: 250, low: 190 };
const ON_PAPER = { responsive: false, animation: /** @type {const} */ (false), devicePixelRatio: 2 };

const DARK = matchMedia('(prefers-color-scheme: dark)');
const FORCED = matchMedia('(forced-colors: active)');
const PRINT = matchMedia('print');

/** One for all charts: a website has the same colour in each. */
const PALETTE = new Palette();

/** The charts in an element of the page. */
export class Charts {
  #place;
  /** @type {Map<string | null, Drawn>} */
  #charts = new Map();
  /** @type {Drawing | null} */
  #drawing = null;
  /** The drawing as text. */
  #shown = '';
  /** The size of the page's text when the charts were drawn. */
  #textSize = 0;

  /** @param {HTMLElement} place an empty element */
  constructor(place) {
    this.#place = place;
    place.classList.add('charts');
    for (const query of [DARK, FORCED]) query.addEventListener('change', () => this.#drawAll());
    // A printer sends the events. The query is for tools that show a page as if it were on paper.
    addEventListener('beforeprint', () => this.#turnTo('paper'));
    addEventListener('afterprint', () => this.#turnTo('screen'));
    PRINT.addEventListener('change', () => this.#turnTo(PRINT.matches ? 'paper' : 'screen'));
  }

  /**
   * Draw the charts. Nothing happens if they show the same already.
   *
   * @param {Drawing} drawing
   */
  show(drawing) {
    const text = JSON.stringify(drawing);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#drawing = drawing;
    const { groups } = drawing;
    const isMade = groups.length === this.#charts.size && groups.every(({ currency }) => this.#charts.has(currency));
    if (!isMade) this.#make(groups);
    this.#drawAll();
  }

  /** Remove the charts. */
  clear() {
    this.#make([]);
    this.#drawing = null;
    this.#shown = '';
  }

  /** @param {ChartGroup[]} groups */
  #make(groups) {
    for (const { chart } of this.#charts.values()) chart.destroy();
    const places = groups.map(() => element('figure', {}));
    this.#place.replaceChildren(...places);
    const onResize = () => {
      // The chart is higher if the user has made the text of the page larger.
      if (this.#textSize !== rootSize()) this.#drawAll();
    };
    this.#charts = new Map(groups.map(({ currency }, index) => [currency, make(places[index], onResize)]));
  }

  #drawAll() {
    // When the user has signed out, the page is gone, but the events above still come.
    if (!this.#drawing || !this.#place.isConnected) return;
    this.#textSize = rootSize();
    for (const picture of toPictures(this.#drawing, this.#place)) {
      const drawn = this.#charts.get(picture.currency);
      if (drawn) draw(drawn, picture, this.#drawing, this.#isPaper);
    }
  }

  /** @param {'paper' | 'screen'} medium */
  #turnTo(medium) {
    if (this.#isPaper === (medium === 'paper')) return;
    this.#place.classList.toggle('paper', medium === 'paper');
    this.#drawAll();
    for (const { chart } of this.#charts.values()) {
      if (this.#isPaper) chart.resize(PAPER.width, this.#charts.size > 1 ? PAPER.low : PAPER.height);
      else chart.resize();
    }
  }

  get #isPaper() {
    return this.#place.classList.contains('paper');
  }
}

/**
 * @param {Drawing} drawing
 * @param {HTMLElement} place
 * @returns {Picture[]}
 */
function toPictures({ bins, interval, groups, websites, earlierName }, place) {
  const stacks = groups.map(({ series }) => folded(series, MOST_SERIES));
  const named = stacks.map((stack) => stack.flatMap(({ name }) => name ?? []));
  const all = PALETTE.colours(named, websites);
  const names = binNames(bins, interval);
  const theme = readTheme(place);
  return groups.map(({ currency, earlier }, index) => {
    const stack = stacks[index];
    const colours = stack.map(({ name }) => (name !== null && all.get(name)) || 'var(--others)');
    const fills = colours.map((colour) => resolved(colour, place));
    const aligned = (earlier ?? []).slice(0, bins.length);
    const sums = binSums(stack);
    return { bins, names, interval, currency, stack, colours, fills, sums, earlier: aligned, earlierName, theme };
  });
}

/**
 * @param {HTMLElement} figure
 * @param {() => void} onResize
 * @returns {Drawn}
 */
function make(figure, onResize) {
  const canvas = element('canvas', { role: 'img' });
  const caption = element('figcaption', {});
  const legend = element('ul', { className: 'legend' });
  const box = element('div', { className: 'tip', hidden: true });
  const place = element('div', { className: 'canvas' }, canvas, box);
  figure.append(caption, place, legend);
  /** @type {Marked} */
  const marked = { picture: null };
  /** @type {ChartConfiguration<'bar' | 'line', number[], string>} */
  const empty = { type: 'bar', data: { datasets: [] }, options: SIZE, plugins: [marking(marked)] };
  // The canvas must be on the page by now, because Chart.js measures it.
  return { chart: new globalThis.Chart(canvas, empty), caption, legend, place, box, marked, onResize };
}

/**
 * @param {Drawn} drawn
 * @param {Picture} picture
 * @param {Drawing} drawing
 * @param {boolean} isPaper
 */
function draw(drawn, picture, { title, groups }, isPaper) {
  const { chart, caption, legend, place, box, marked, onResize } = drawn;
  const isOneOfMany = groups.length > 1;
  marked.picture = picture;
  caption.textContent = isOneOfMany ? currencyName(picture.currency) : '';
  caption.hidden = !isOneOfMany;
  legend.replaceChildren(...legendItems(picture));
  box.hidden = true;
  const unit = isOneOfMany ? `, in ${currencyName(picture.currency)}` : '';
  chart.canvas.ariaLabel = `Bar chart: ${title}${unit}. The table has the figures.`;
  chart.data = toData(picture);
  const showBin = (/** @type {number} */ x, /** @type {number} */ bin) => showTooltip(place, box, x, picture, bin);
  const options = { ...toOptions(picture, showBin, () => (box.hidden = true)), onResize };
  chart.options = isPaper ? { ...options, ...ON_PAPER } : options;
  chart.update();
}

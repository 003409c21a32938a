/**
 * The overview: what an affiliate's links brought, as cards, a chart and a breakdown.
 *
 * @import { AnalyticsData, DataPoint, Total } from '../api.js'
 * @import { Breakdown } from '../breakdown.js'
 * @import { Charts } from '../charts/charts.js'
 * @import { Context, Page } from '../main.js'
 * @import { Table } from '../tables/table.js'
 * @import { Metric, View } from '../view.js'
 *
 * @typedef {AnalyticsData & {dataset?: DataPoint[], totals?: Total[]}} Figures
 * @typedef {{currency: string, held: number, due: number, paid: number}} Balance
 * @typedef {Partial<Record<Metric, Figures>> & {breakdown: Breakdown, balance: Balance[]}} Answer
 */

import { ApiError, ofAffiliate } from '../api.js';
import { BREAKDOWN, BreakdownPanel } from '../breakdown.js';
import { BALANCE, Cards, cardText } from '../cards.js';
import { sum, toFigures } from '../figures.js';
import { METRIC_NAMES, WINDOW_NAMES, earlierName, rangeName, timeOfDay } from '../formats.js';
import { UnreachableError, isAbort } from '../network.js';
import { element, loadStyles } from '../page.js';
import { SignedOutError } from '../session/tokens.js';
import { METRICS, OF_ORDERS, areOfOrders } from '../view.js';
import { zoneLabel } from '../zones.js';

const ARGUMENTS = 'timeWindow: $window, timeZone: $zone, from: $from, to: $to, interval: $interval, filter: $filter';
const TOTALS = 'overall { value currency } comparison { from to overall { value currency change } } from to timeZone interval';
const POINTS = 'dataset { series timestamp value partial currency } totals { series value currency }';

/** What a question may fail with. */
const EXPECTED = [ApiError, UnreachableError, SignedOutError];

/**
 * @param {HTMLElement} place
 * @param {Context} context
 * @returns {Page}
 */
export function makePage(place, context) {
  return new Overview(place, context);
}

/** @implements {Page} */
class Overview {
  #context;
  #parts = makeParts();
  #cards;
  #breakdown;
  /** @type {{charts: Charts, table: Table} | null} loaded beside the first question */
  #drawn = null;
  /** The earlier points of the chart, by what was asked. */
  #earlier = { key: '', values: /** @type {Map<string | null, number[]> | null} */ (null) };
  #isLoading = false;
  #shown = '';

  /**
   * @param {HTMLElement} place
   * @param {Context} context
   */
  constructor(place, context) {
    this.#context = context;
    this.#cards = new Cards(this.#parts.cards, this.#parts.rates, (metric) => context.go({ metric }));
    this.#breakdown = new BreakdownPanel(this.#parts.breakdown, context);
    place.append(...this.#parts.all);
    this.#parts.longer.addEventListener('click', () => context.go({ window: 'Last365Days', from: '', to: '' }));
    this.#load();
  }

  /** @param {View} view */
  question(view) {
    const metrics = METRICS.filter((metric) => areOfOrders(view.filters) || !OF_ORDERS.includes(metric));
    const fields = metrics.map((metric) => {
      const points = metric === view.metric ? POINTS : '';
      return `${metric}: analyticsData(metricType: ${metric}, ${ARGUMENTS}, compareTo: $compare) { ${TOTALS} ${points} }`;
    });
    const more = { by: view.by, limit: this.#breakdown.limit(view) };
    return ofAffiliate(view, [...fields, BREAKDOWN, BALANCE].join('\n'), more, { by: 'BreakdownBy!', limit: 'Int' });
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    const chosen = /** @type {Figures} */ (answer[view.metric]);
    this.#load();
    this.#showHeading(chosen, view);
    // Nothing moves under the user's eyes or pointer if the figures are the same.
    const shown = JSON.stringify([view, answer]);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#cards.show(answer, view);
      this.#breakdown.show(answer.breakdown, view);
      this.#showChart(chosen, view);
    }
    return `${summary(view)}: ${cardText(answer, view.metric)}`;
  }

  clear() {
    this.#shown = '';
    this.#cards.clear();
    this.#breakdown.clear();
    this.#parts.title.textContent = 'Loading your figures …';
    this.#parts.range.textContent = this.#parts.freshness.textContent = '';
    this.#parts.empty.hidden = true;
    this.#parts.chart.hidden = false;
    this.#drawn?.charts.clear();
    this.#drawn?.table.clear();
  }

  /** Load the charts. If that fails, the next figures try again. */
  async #load() {
    if (this.#isLoading || this.#drawn) return;
    this.#isLoading = true;
    try {
      const [{ Charts }, { Table }] = await Promise.all([
        import('../charts/charts.js'),
        import('../tables/table.js'),
        import('../../vendor/chart.umd.min.js'), // defines the global that the charts use
        loadStyles('css/charts.css'),
      ]);
      this.#drawn = { charts: new Charts(this.#parts.charts), table: new Table(this.#parts.data) };
      this.#redraw();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    } finally {
      this.#isLoading = false;
    }
  }

  /**
   * @param {Figures} chosen
   * @param {View} view
   */
  #showHeading({ from, to, timeZone, interval }, { metric }) {
    this.#parts.title.textContent = `${METRIC_NAMES[metric]} by ${interval.toLowerCase()}`;
    this.#parts.range.textContent = `${rangeName(from, to, interval, timeZone)}, ${zoneLabel(timeZone)}`;
    const now = new Date();
    const time = element('time', { dateTime: now.toISOString() }, timeOfDay(now, timeZone));
    this.#parts.freshness.replaceChildren('Updated ', time);
  }

  /** Draw again what is shown, once the charts are loaded or the earlier points are there. */
  #redraw = () => {};

  /**
   * @param {Figures} chosen
   * @param {View} view
   */
  #showChart(chosen, view) {
    const figures = toFigures({ dataset: chosen.dataset ?? [], totals: chosen.totals ?? [] });
    const isEmpty = !figures.bins.length;
    this.#parts.chart.hidden = isEmpty;
    this.#parts.empty.hidden = !isEmpty;
    if (isEmpty) this.#showEmpty(view);
    this.#redraw = () => {
      if (!this.#drawn || isEmpty) return;
      const groups = figures.groups.map(({ currency, series }) => ({
        currency,
        series: series.toSorted((one, other) => Math.abs(other.total) - Math.abs(one.total)),
        earlier: this.#earlier.values?.get(currency) ?? null,
      }));
      const { bins } = figures;
      const { interval } = chosen;
      const websites = [...new Set((chosen.totals ?? []).map(({ series }) => series))];
      const drawing = { bins, interval, title: summary(view), groups, websites, earlierName: earlierName(view.compare) };
      this.#drawn.charts.show(drawing);
      this.#drawn.table.show(drawing, { view, overall: chosen.overall, earlier: chosen.comparison?.overall ?? [] });
    };
    this.#redraw();
    if (chosen.comparison && !isEmpty) this.#askEarlier(chosen.comparison, chosen, view);
  }

  /**
   * Ask for the points of the earlier time, which the chart shows as a quiet line.
   *
   * @param {{from: string, to: string}} span
   * @param {Figures} chosen
   * @param {View} view
   */
  async #askEarlier({ from, to }, { interval }, view) {
    // The end is exclusive, and may be in the middle of a day.
    const last = to.slice(11, 19) === '00:00:00' ? new Date(Date.parse(`${to.slice(0, 10)}T00:00Z`) - 1) : new Date(`${to.slice(0, 10)}T00:00Z`);
    const dates = { window: 'Custom', from: from.slice(0, 10), to: last.toISOString().slice(0, 10) };
    const field = `analyticsData(metricType: ${view.metric}, ${ARGUMENTS}) { dataset { timestamp value currency } }`;
    const question = ofAffiliate(view, field, { ...dates, interval });
    const key = JSON.stringify(question);
    if (key === this.#earlier.key) return;
    this.#earlier = { key, values: null };
    const shown = this.#shown;
    try {
      const { analyticsData } = await this.#context.ask(question);
      if (this.#earlier.key !== key) return;
      this.#earlier.values = toSums(analyticsData.dataset, from);
      if (this.#shown === shown) this.#redraw();
    } catch (error) {
      // The line is an extra: the question for the figures fails too, and says so. The next refresh asks again.
      if (this.#earlier.key === key) this.#earlier.key = '';
      if (!isAbort(error) && !EXPECTED.some((type) => error instanceof type)) throw error;
    }
  }

  /** @param {View} view */
  #showEmpty({ metric, window }) {
    this.#parts.emptyTitle.textContent = `No ${METRIC_NAMES[metric].toLowerCase()} in this time`;
    const buys = OF_ORDERS.includes(metric) ? ' and buys' : '';
    this.#parts.emptyText.textContent = `When someone follows one of your links${buys}, you see it here within minutes.`;
    this.#parts.longer.hidden = window === 'Last365Days';
  }
}

/**
 * The sum of each bin from `from` on, by currency. Bins are in the order of time.
 *
 * @param {{timestamp: string, value: number, currency: string | null}[]} points
 * @param {string} from a timestamp
 */
function toSums(points, from) {
  const start = Date.parse(from);
  const later = points.filter(({ timestamp }) => Date.parse(timestamp) >= start);
  const groups = Map.groupBy(later, ({ currency }) => currency);
  return new Map(
    [...groups].map(([currency, members]) => {
      const bins = Map.groupBy(members, ({ timestamp }) => timestamp);
      return [currency, [...bins.keys()].sort(byTime).map((bin) => sum((bins.get(bin) ?? []).map(({ value }) => value)))];
    }),
  );
}

/**
 * @param {string} one
 * @param {string} other
 */
function byTime(one, other) {
  return Date.parse(one) - Date.parse(other);
}

/**
 * A view in words, such as: clicks in the last 30 days.
 *
 * @param {View} view
 */
function summary({ metric, window }) {
  return `${METRIC_NAMES[metric]}, ${WINDOW_NAMES[window].toLowerCase()}`;
}

/** The elements of the page. */
function makeParts() {
  const cards = element('fieldset', { className: 'cards' }, element('legend', { className: 'unseen' }, 'Metric'));
  const rates = element('div', { className: 'rates' });
  const title = element('h2', { id: 'chart-title' });
  const range = element('p', { id: 'range', className: 'quiet' });
  const freshness = element('p', { id: 'freshness', className: 'quiet' });
  const charts = element('div', { id: 'charts', className: 'charts' });
  const data = element('div', { id: 'data', className: 'data' });
  const chart = element('div', { id: 'chart' }, charts, data);
  const emptyTitle = element('h3', {});
  const emptyText = element('p', {});
  const longer = element('button', { type: 'button', id: 'longer' }, 'Show the last 365 days');
  const choices = element('div', { className: 'choices' }, longer);
  const empty = element('div', { id: 'empty', className: 'message', hidden: true }, emptyTitle, emptyText, choices);
  const heading = element('div', { className: 'heading' }, title, range, freshness);
  const panel = element('section', { className: 'panel', id: 'chart-panel' }, heading, chart, empty);
  panel.setAttribute('aria-labelledby', 'chart-title');
  const breakdown = element('section', { className: 'panel', id: 'breakdown' });
  const all = [cards, rates, panel, breakdown];
  return { all, cards, rates, title, range, freshness, charts, data, chart, empty, emptyTitle, emptyText, longer, breakdown };
}

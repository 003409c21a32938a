/**
 * Shows the figures: the cards, the charts and the table.
 *
 * @import { AnalyticsData, Answer } from './api.js'
 * @import { Figures } from './figures.js'
 * @import { Metric, View } from './view.js'
 */

import { Charts, MOST_SERIES } from './charts.js';
import { folded, toFigures, toSums } from './figures.js';
import { METRIC_NAMES, WINDOW_NAMES, binNames, figure, rangeName, timeOfDay } from './formats.js';
import { element, part } from './page.js';
import { Table, toSheet } from './table.js';
import { METRICS } from './view.js';

/** @type {Record<Metric, string>} */
const EMPTY = {
  PageViews: 'When someone follows one of your links, you will see it here within minutes.',
  Visitors: 'When someone follows one of your links, you will see it here within minutes.',
  Commissions: 'When someone follows one of your links and buys, you will see it here within minutes.',
};

/** The part of the page below the controls. */
export class Results {
  #charts = new Charts(part('charts'));
  #table = new Table(part('table-panel'));
  /** @type {string | undefined} */
  #shown;

  /**
   * Show the answer for a view.
   *
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    const chosen = answer[view.metric];
    const figures = toFigures(chosen);
    const isEmpty = !figures.bins.length;
    this.#showHeading(chosen, view);
    // Nothing moves under the user's eyes or pointer if the figures are the same.
    const shown = JSON.stringify([view, answer]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#showCards(answer);
    part('charts').hidden = part('table-panel').hidden = isEmpty;
    part('empty').hidden = !isEmpty;
    if (isEmpty) showEmpty(view);
    else this.#showFigures(figures, chosen, answer, view);
  }

  /** Remove the figures, and show that new ones are loading. */
  clear() {
    this.#shown = undefined;
    for (const metric of METRICS) part(`sums-${metric}`).textContent = '\u2013';
    part('chart-title').textContent = 'Loading your figures \u2026';
    part('table-title').textContent = 'Data';
    part('range').textContent = part('freshness').textContent = '';
    part('charts').hidden = part('table-panel').hidden = false;
    part('empty').hidden = true;
    this.#charts.clear();
    this.#table.clear();
  }

  /** The cells of the table: see `Table`. */
  get cells() {
    return this.#table.cells;
  }

  /** @param {Answer} answer */
  #showCards(answer) {
    for (const metric of METRICS) {
      const sums = toSums(answer[metric].totals).map(({ currency, value }) => figure(value, currency));
      part(`sums-${metric}`).replaceChildren(...sums.flatMap((text) => [element('span', {}, text), ' ']));
    }
  }

  /**
   * @param {AnalyticsData} chosen
   * @param {View} view
   */
  #showHeading({ from, to, timeZone, interval }, { metric }) {
    const by = interval.toLowerCase();
    part('chart-title').textContent = `${METRIC_NAMES[metric]} by ${by}`;
    part('table-title').textContent = `Data by ${by}`;
    part('range').textContent = `${rangeName(from, to, interval)}, ${timeZone.replaceAll('_', ' ')}`;
    const now = new Date();
    const time = element('time', { dateTime: now.toISOString() }, timeOfDay(now, timeZone));
    part('freshness').replaceChildren('Updated ', time);
  }

  /**
   * @param {Figures} figures
   * @param {AnalyticsData} chosen
   * @param {Answer} answer
   * @param {View} view
   */
  #showFigures({ bins, groups }, { interval }, answer, view) {
    const names = binNames(bins, interval);
    this.#charts.show({
      bins,
      names,
      interval,
      title: summary(view),
      groups: groups.map(({ currency, series }) => ({ currency, series: folded(series, MOST_SERIES) })),
      websites: [...new Set(METRICS.flatMap((metric) => answer[metric].totals.map(({ series }) => series)))].sort(),
    });
    this.#table.show(toSheet({ bins, groups }, names, `Last ${WINDOW_NAMES[view.window]}`));
  }
}

/**
 * A view in words, such as: page views in the last 30 days.
 *
 * @param {View} view
 */
export function summary({ metric, window }) {
  return `${METRIC_NAMES[metric].toLowerCase()} in the last ${WINDOW_NAMES[window]}`;
}

/**
 * The text on the card of a metric.
 *
 * @param {Metric} metric
 */
export function cardText(metric) {
  return (part(`sums-${metric}`).textContent ?? '').trim();
}

/** @param {View} view */
function showEmpty({ metric, window }) {
  part('empty-title').textContent = `No ${METRIC_NAMES[metric].toLowerCase()} in the last ${WINDOW_NAMES[window]}`;
  part('empty-text').textContent = EMPTY[metric];
  part('longer').hidden = window === 'Last365Days';
}

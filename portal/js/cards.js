/**
 * The cards of the overview: a metric each, which can be chosen, and below them rates and the balance.
 *
 * @import { Change, Overall } from './api.js'
 * @import { Answer, Balance } from './pages/figures.js'
 * @import { Metric, View } from './view.js'
 */

import { METRIC_NAMES, earlierName, figure, percentage } from './formats.js';
import { element } from './page.js';
import { METRICS } from './view.js';

/** The field of the question that the balance on the cards needs. */
export const BALANCE = 'balance { currency held due paid }';

const NONE = '\u2013';

/** @type {Record<Metric, string>} */
const NOTES = {
  Clicks: 'on your links',
  Visitors: 'each counted once',
  PageViews: 'by visitors from your links',
  Orders: 'on the day of the sale',
  Commissions: 'after refunds',
};

/** The cards. `choose` is called with the metric of a card that the user chooses. */
export class Cards {
  #cards;
  #rates;

  /**
   * @param {HTMLElement} place
   * @param {HTMLElement} rates
   * @param {(metric: Metric) => void} choose
   */
  constructor(place, rates, choose) {
    this.#rates = rates;
    this.#cards = new Map(METRICS.map((metric) => [metric, makeCard(metric)]));
    for (const { card } of this.#cards.values()) place.append(card);
    place.addEventListener('change', ({ target }) => choose(/** @type {any} */ (target).value));
  }

  /**
   * @param {Answer} answer
   * @param {View} view
   */
  show(answer, view) {
    for (const [metric, card] of this.#cards) {
      const figures = answer[metric];
      card.radio.checked = metric === view.metric;
      card.radio.disabled = !figures;
      const values = figures ? known(figures.overall).map(({ value, currency }) => figure(value, currency)) : [NONE];
      card.sums.style.setProperty('--length', String(Math.max(6, ...values.map(({ length }) => length))));
      card.sums.replaceChildren(...(figures ? sumTexts(figures.overall, figures.comparison?.overall ?? [], view) : [NONE]));
      card.note.textContent = figures ? NOTES[metric] : 'not known for this filter';
    }
    this.#rates.replaceChildren(ratesList(answer), balance(answer.balance));
  }

  clear() {
    for (const { sums: place } of this.#cards.values()) place.replaceChildren(NONE);
    this.#rates.replaceChildren(ratesList({}), balance([]));
  }
}

/**
 * The value on the card of a metric, such as $12.00 and €3.00.
 *
 * @param {Answer} answer
 * @param {Metric} metric
 */
export function cardText(answer, metric) {
  return known(answer[metric]?.overall ?? []).map(({ value, currency }) => figure(value, currency)).join(' and ');
}

/** @param {Metric} metric */
function makeCard(metric) {
  const radio = element('input', { type: 'radio', name: 'metric', value: metric });
  const title = element('span', { className: 'name' }, METRIC_NAMES[metric]);
  const sums = element('span', { className: 'sums', id: `sums-${metric}` }, NONE);
  const note = element('span', { className: 'note' }, NOTES[metric]);
  return { card: element('label', { className: 'card' }, radio, title, sums, note), radio, sums, note };
}

/**
 * The values of a card with their changes.
 *
 * @param {Overall[]} overall
 * @param {Change[]} before
 * @param {View} view
 */
function sumTexts(overall, before, view) {
  const currencies = new Set([...known(overall), ...before.filter(({ value }) => value)].map(({ currency }) => currency));
  // A single 0 without a currency says nothing beside amounts.
  if (currencies.size > 1) currencies.delete(null);
  return [...currencies].map((currency) => {
    const value = overall.find((each) => each.currency === currency)?.value ?? 0;
    const earlier = before.find((each) => each.currency === currency);
    return element('span', { className: 'sum' }, element('span', {}, figure(value, currency)), ' ', change(earlier, value, view));
  });
}

/**
 * The change since the earlier time.
 *
 * @param {Change | undefined} earlier
 * @param {number} value
 * @param {View} view
 */
function change(earlier, value, { compare }) {
  const when = earlierName(compare);
  const before = earlier?.value ?? 0;
  const title = `${figure(before, earlier?.currency ?? null)} ${when}`;
  const fraction = earlier?.change ?? null;
  if (fraction === null) {
    return element('small', { className: 'change', title }, value === before ? '' : 'none before');
  }
  if (Math.abs(fraction) < 0.0005) return element('small', { className: 'change', title }, 'unchanged');
  const isMore = fraction > 0;
  const mark = element('span', { ariaHidden: 'true' }, isMore ? '▲' : '▼');
  const words = element('span', { className: 'unseen' }, `${isMore ? 'more' : 'less'} than ${when}`);
  const className = `change ${isMore ? 'more' : 'less'}`;
  return element('small', { className, title }, mark, ` ${percentage(Math.abs(fraction))} `, words);
}

/** @param {Partial<Answer>} answer */
function ratesList({ Clicks: clicks, Orders: orders, Commissions: commissions }) {
  const now = ratio(orders?.overall, clicks?.overall);
  const before = ratio(orders?.comparison?.overall, clicks?.comparison?.overall);
  const money = commissions ? known(commissions.overall) : [];
  const earnings = money.flatMap(({ value, currency }) => {
    const all = clicks?.overall[0]?.value;
    return all && currency ? [figure(value / all, currency)] : [];
  });
  return element(
    'dl',
    {},
    ...item('Conversion rate', now === null ? [] : [percentage(now)], before === null ? 'orders for each click' : `${percentage(before)} before`),
    ...item('Earnings per click', earnings, 'commission for each click'),
  );
}

/**
 * One count divided by another; null if it is not known, or nothing can be divided.
 *
 * @param {Overall[] | undefined} part
 * @param {Overall[] | undefined} whole
 */
function ratio([part] = [], [whole] = []) {
  return part && whole?.value ? part.value / whole.value : null;
}

/** @param {Balance[]} balances */
function balance(balances) {
  const amounts = (/** @type {'held' | 'due' | 'paid'} */ state) =>
    balances.map(({ currency, [state]: value }) => figure(value, currency));
  return element(
    'dl',
    { className: 'balance' },
    ...item('Held', amounts('held'), 'may still be refunded'),
    ...item('Due', amounts('due'), 'paid next'),
    ...item('Paid', amounts('paid'), 'so far'),
  );
}

/**
 * @param {string} title
 * @param {string[]} values such as an amount in each currency
 * @param {string} note
 */
function item(title, values, note) {
  const shown = (values.length ? values : [NONE]).map((value) => element('span', { className: 'value' }, value));
  return [element('div', {}, element('dt', {}, title), element('dd', {}, ...shown, element('span', { className: 'note' }, note)))];
}

/**
 * The values that a card shows. A list without values becomes a single 0.
 *
 * @param {Overall[]} overall
 * @returns {Overall[]}
 */
function known(overall) {
  return overall.length ? overall : [{ value: 0, currency: null }];
}

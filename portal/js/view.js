/**
 * What the user chose to see, and its form in the page's address.
 *
 * @typedef {'figures' | 'sales' | 'links' | 'statement' | 'affiliates' | 'balances'} PageName
 * @typedef {'Clicks' | 'Visitors' | 'PageViews' | 'Orders' | 'Commissions'} Metric
 * @typedef {'Last24Hours' | 'Last7Days' | 'Last30Days' | 'Last90Days' | 'Last365Days' | 'Today' | 'Yesterday'
 *   | 'ThisMonth' | 'LastMonth' | 'ThisYear' | 'LastYear' | 'Custom'} TimeWindow
 * @typedef {'Hour' | 'Day' | 'Week' | 'Month'} Interval
 * @typedef {'PreviousPeriod' | 'PreviousYear'} Compare
 * @typedef {'Website' | 'Link' | 'LandingPage' | 'Page' | 'Referrer' | 'Campaign' | 'Country' | 'Device'} By
 * @typedef {'website' | 'link' | 'page' | 'referrer' | 'campaign' | 'country' | 'device'} FilterName
 * @typedef {Partial<Record<FilterName, string>>} Filters an empty text stands for events that have none
 *
 * @typedef {object} View
 * @property {PageName} page
 * @property {string} affiliate the id of the affiliate that the owner looks at; empty for the one who is signed in
 * @property {Metric} metric
 * @property {TimeWindow} window
 * @property {string} from the first date of a `Custom` window, such as 2026-01-31; empty for other windows
 * @property {string} to the last date
 * @property {Interval} interval
 * @property {string} zone an IANA name
 * @property {Compare} compare
 * @property {By} by what the figures are broken down by
 * @property {Filters} filters
 * @property {string} month the month of a statement, such as 2026-10; empty for the month before this one
 *
 * @typedef {Partial<View>} Change
 */

import { currentName } from './zones.js';

/** @type {PageName[]} */
export const AFFILIATE_PAGES = ['figures', 'sales', 'links', 'statement'];
/** @type {PageName[]} */
export const OWNER_PAGES = ['affiliates', 'balances'];
/** @type {Metric[]} */
export const METRICS = ['Clicks', 'Visitors', 'PageViews', 'Orders', 'Commissions'];
/** @type {Metric[]} */
export const OF_ORDERS = ['Orders', 'Commissions'];
/** @type {TimeWindow[]} */
export const WINDOWS = [
  'Last24Hours',
  'Last7Days',
  'Last30Days',
  'Last90Days',
  'Last365Days',
  'Today',
  'Yesterday',
  'ThisMonth',
  'LastMonth',
  'ThisYear',
  'LastYear',
  'Custom',
];
/** @type {Interval[]} */
export const INTERVALS = ['Hour', 'Day', 'Week', 'Month'];
/** @type {Compare[]} */
export const COMPARISONS = ['PreviousPeriod', 'PreviousYear'];
/** @type {By[]} */
export const BREAKDOWNS = ['Website', 'Link', 'LandingPage', 'Page', 'Referrer', 'Campaign', 'Country', 'Device'];
/** @type {FilterName[]} */
export const FILTERS = ['website', 'link', 'page', 'referrer', 'campaign', 'country', 'device'];

/**
 * The longest window of own dates for each interval, in days: an answer of the API has at most 800 bins.
 *
 * @type {Record<Interval, number>}
 */
const MOST_DAYS = { Hour: 33, Day: 800, Week: 5593, Month: 24_300 };
const DAY = 24 * 60 * 60 * 1000;

/** @type {TimeWindow[]} */
const OF_A_DAY = ['Last24Hours', 'Today', 'Yesterday'];
/** @type {TimeWindow[]} */
const TOO_LONG_FOR_HOURS = ['Last90Days', 'Last365Days', 'ThisYear', 'LastYear'];

/**
 * The intervals that the API accepts for a window.
 *
 * @param {Pick<View, 'window' | 'from' | 'to'>} view
 */
export function allowedIntervals({ window, from, to }) {
  if (window === 'Custom') return INTERVALS.filter((interval) => daysOf(from, to) <= MOST_DAYS[interval]);
  return INTERVALS.filter((interval) => interval !== 'Hour' || !TOO_LONG_FOR_HOURS.includes(window));
}

/**
 * The view that a query string stands for. Missing and invalid values get defaults: those of the API, and `ownZone`.
 *
 * @param {string | URLSearchParams} search
 * @param {string} ownZone
 * @param {PageName} [home] the page of an address without one
 * @returns {View}
 */
export function toView(search, ownZone, home = 'figures') {
  const given = new URLSearchParams(search);
  const [from, to] = ['from', 'to'].map((name) => given.get(name) ?? '');
  const areDates = isDate(from) && isDate(to) && from <= to && daysOf(from, to) <= MOST_DAYS.Month;
  const wanted = oneOf(WINDOWS, given.get('window'), 'Last30Days');
  const window = wanted === 'Custom' && !areDates ? 'Last30Days' : wanted;
  const dates = window === 'Custom' ? { from, to } : { from: '', to: '' };
  const allowed = allowedIntervals({ window, ...dates });
  const zone = given.get('zone');
  const filters = toFilters(given);
  const metric = oneOf(METRICS, given.get('metric'), 'Clicks');
  return {
    page: oneOf([...AFFILIATE_PAGES, ...OWNER_PAGES], given.get('view'), home),
    affiliate: given.get('affiliate') ?? '',
    metric: OF_ORDERS.includes(metric) && !areOfOrders(filters) ? 'Clicks' : metric,
    window,
    ...dates,
    interval: oneOf(allowed, given.get('interval'), usualInterval({ window, ...dates })),
    zone: zone && isZone(zone) ? zone : ownZone,
    compare: oneOf(COMPARISONS, given.get('compare'), 'PreviousPeriod'),
    by: oneOf(BREAKDOWNS, given.get('by'), 'Website'),
    filters,
    month: /^\d{4}-(0[1-9]|1[0-2])$/.test(given.get('month') ?? '') ? (given.get('month') ?? '') : '',
  };
}

/**
 * The query string of a view: the inverse of `toView`. Only what says something is in it.
 *
 * @param {View} view
 */
export function toSearch({ filters, page, ...rest }) {
  // The page is called `view` there, since `page` is the filter of a page's path.
  const view = { view: page, ...rest };
  /** @type {Record<string, string>} */
  const usual = { view: 'figures', compare: 'PreviousPeriod', by: 'Website' };
  const said = Object.entries(view).filter(([name, value]) => value !== '' && value !== usual[name]);
  const query = new URLSearchParams([...said, ...Object.entries(filters)]);
  // A slash is allowed in a query, and keeps the zone readable.
  return `?${query}`.replaceAll('%2F', '/');
}

/**
 * A copy of `view` with some values changed. An interval that does not fit the new window becomes its default, and so
 * does an interval that was the default of the old window.
 *
 * @param {View} view
 * @param {Change} change
 */
export function changed(view, change) {
  const next = { ...view, ...change };
  const isOther = next.window !== view.window || next.from !== view.from || next.to !== view.to;
  const wasUsual = view.interval === usualInterval(view);
  const search = new URLSearchParams(toSearch(next));
  search.set('view', next.page);
  if (isOther && wasUsual) search.delete('interval');
  return toView(search, view.zone);
}

/**
 * Whether orders can be narrowed by these filters: they know a website and a link only.
 *
 * @param {Filters} filters
 */
export function areOfOrders(filters) {
  return Object.keys(filters).every(isOfOrders);
}

/**
 * Whether orders know what a filter is about.
 *
 * @param {string} name of the filter
 */
export function isOfOrders(name) {
  return name === 'website' || name === 'link';
}

/** The browser's time zone, by today's name. */
export function readersZone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return isZone(timeZone) ? currentName(timeZone) : 'UTC';
}

/**
 * Whether the browser knows a time zone of this name.
 *
 * @param {string} name
 */
function isZone(name) {
  // Browsers accept offsets such as +02:00 as zones. The API does not.
  if (!/^[A-Z]/i.test(name) || name === 'Etc/Unknown') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** @param {Pick<View, 'window' | 'from' | 'to'>} view */
function usualInterval(view) {
  const allowed = allowedIntervals(view);
  const isOneDay = OF_A_DAY.includes(view.window) || (view.window === 'Custom' && view.from === view.to);
  const usual = isOneDay ? 'Hour' : 'Day';
  return allowed.includes(usual) ? usual : allowed[0];
}

/** @param {URLSearchParams} given */
function toFilters(given) {
  /** @type {Filters} */
  const filters = {};
  for (const name of FILTERS) {
    const value = given.get(name);
    if (value !== null) filters[name] = value;
  }
  return filters;
}

/** @param {string} text */
function isDate(text) {
  const moment = new Date(`${text}T00:00Z`);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text);
}

/**
 * @param {string} from
 * @param {string} to
 */
function daysOf(from, to) {
  return (Date.parse(to) - Date.parse(from)) / DAY + 1;
}

/**
 * @template {string} T
 * @param {T[]} allowed
 * @param {string | null} given
 * @param {T} otherwise
 */
function oneOf(allowed, given, otherwise) {
  return allowed.find((each) => each === given) ?? otherwise;
}

/**
 * The query to the GraphQL API.
 *
 * The types are those of appsync/schema.graphql:
 *
 * @typedef {{series: string, timestamp: string, value: number, partial: boolean, currency: string | null}} DataPoint
 * @typedef {{series: string, value: number, currency: string | null}} Total
 * @typedef {{from: string, to: string, timeZone: string, interval: Interval, totals: Total[]}} Summary
 * @typedef {Summary & {dataset: DataPoint[]}} AnalyticsData
 * @typedef {Record<Metric, AnalyticsData>} Answer only the chosen metric has a dataset
 *
 * @import { Session } from './cognito.js'
 * @import { Interval, Metric, View } from './view.js'
 */

import { request } from './network.js';
import { METRICS } from './view.js';

// Every metric is one database query. Data points are requested for one metric only: an answer is at most 1 MB.
const QUERY = `
query Portal(
  $window: TimeWindow!, $zone: String, $interval: Interval,
  $PageViews: Boolean!, $Visitors: Boolean!, $Commissions: Boolean!
) {
  ${METRICS.map(field).join('')}
}
fragment Figures on AnalyticsData { totals { series value currency } from to timeZone interval }
fragment Points on AnalyticsData { dataset { series timestamp value partial currency } }
`;

/** @param {Metric} metric */
function field(metric) {
  return `
  ${metric}: getAnalyticsData(metricType: ${metric}, timeWindow: $window, timeZone: $zone, interval: $interval) {
    ...Figures
    ...Points @include(if: $${metric})
  }`;
}

/** The API answered with an error. */
export class ApiError extends Error {
  /**
   * @param {string} kind a key of `ADVICE` in failures.js, or an error type that the portal does not know
   * @param {string} message for developers
   */
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

/**
 * The figures of a view.
 *
 * Throws `ApiError`, `UnreachableError`, the errors of the session, and an AbortError if `signal` is aborted.
 *
 * @param {string} url
 * @param {Session} session
 * @param {View} view
 * @param {AbortSignal} signal
 */
export async function askFigures(url, session, view, signal) {
  const variables = Object.fromEntries(METRICS.map((metric) => [metric, metric === view.metric]));
  const { window, zone, interval } = view;
  const body = JSON.stringify({ query: QUERY, variables: { ...variables, window, zone, interval } });
  const post = (/** @type {string} */ token) => {
    const headers = { Authorization: token, 'Content-Type': 'application/json' };
    return request(url, { method: 'POST', headers, body, signal });
  };
  return toAnswer(await authorized(session, post));
}

/**
 * @param {Session} session
 * @param {(token: string) => Promise<Response>} post
 */
async function authorized(session, post) {
  const response = await post(await session.token());
  return response.status === 401 ? post(await session.renew()) : response;
}

/**
 * @param {Response} response
 * @returns {Promise<Answer>}
 */
async function toAnswer(response) {
  if (response.status === 403 || response.status === 429) throw new ApiError('Throttled', `HTTP ${response.status}`);
  if (response.status === 401) throw new ApiError('Unauthorized', 'HTTP 401 for a new token');
  if (!response.ok) throw new ApiError('Unavailable', `HTTP ${response.status}`);
  const { data, errors } = await response.json();
  if (errors?.length) throw new ApiError(errors[0].errorType, errors[0].message);
  return data;
}

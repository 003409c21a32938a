/**
 * Questions to the GraphQL API, in words of appsync/schema.graphql.
 *
 * @import { Session } from './session/cognito.js'
 * @import { Reply } from './network.js'
 * @import { Interval, View } from './view.js'
 *
 * @typedef {object} Question
 * @property {string} query
 * @property {Record<string, unknown>} variables
 * @property {(data: any) => any} [pick] the part of the answer's `data` that was asked for
 *
 * @typedef {(question: Question) => Promise<any>} Ask
 *
 * @typedef {{series: string, timestamp: string, value: number, partial: boolean, currency: string | null}} DataPoint
 * @typedef {{series: string, value: number, currency: string | null}} Total
 * @typedef {{value: number, currency: string | null}} Overall
 * @typedef {Overall & {change: number | null}} Change
 * @typedef {{from: string, to: string, overall: Change[]}} Comparison
 * @typedef {object} AnalyticsData
 * @property {Overall[]} overall
 * @property {Comparison | null} comparison
 * @property {string} from
 * @property {string} to
 * @property {string} timeZone
 * @property {Interval} interval
 */

import { request, toJson } from './network.js';

/** The types of the variables that a question about an affiliate may use. */
const VARIABLES = {
  window: 'TimeWindow!',
  zone: 'String',
  from: 'String',
  to: 'String',
  interval: 'Interval',
  compare: 'CompareTo',
  filter: 'Filter',
};

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
 * A question about the affiliate of a view. Its answer is the schema's `Affiliate` with these fields.
 *
 * The fields may use the variables `$window`, `$zone`, `$from`, `$to`, `$interval`, `$compare` and `$filter`, which are
 * those of the view. `more` replaces some of them, and can add others if `types` has their types.
 *
 * @param {View} view
 * @param {string} fields
 * @param {Record<string, unknown>} [more]
 * @param {Record<string, string>} [types]
 * @returns {Question}
 */
export function ofAffiliate(view, fields, more = {}, types = {}) {
  const values = { ...windowOf(view), interval: view.interval, compare: view.compare, filter: view.filters, ...more };
  const isOwn = view.affiliate === '';
  /** @type {Record<string, string>} */
  const known = { ...VARIABLES, ...types, ...(isOwn ? {} : { affiliate: 'ID!' }) };
  const used = Object.keys(known).filter((name) => name === 'affiliate' || new RegExp(`\\$${name}\\b`).test(fields));
  const declared = used.map((name) => `$${name}: ${known[name]}`).join(', ');
  const field = isOwn ? 'me' : 'affiliate(id: $affiliate)';
  /** @type {Record<string, unknown>} */
  const all = { ...values, affiliate: view.affiliate };
  return {
    query: `query Portal${declared && `(${declared})`} { ${field} { ${fields} } }`,
    variables: Object.fromEntries(used.map((name) => [name, all[name]])),
    pick: (data) => data[isOwn ? 'me' : 'affiliate'],
  };
}

/**
 * The arguments of a view's time window.
 *
 * @param {View} view
 * @returns {Record<'window' | 'zone' | 'from' | 'to', string | null>}
 */
export function windowOf({ window, zone, from, to }) {
  return { window, zone, from: from || null, to: to || null };
}

/**
 * The answer to a question.
 *
 * Throws `ApiError`, the errors of `request`, those of the session, and an AbortError if `signal` is aborted.
 *
 * @param {string} url
 * @param {Session} session
 * @param {Question} question
 * @param {AbortSignal} signal
 */
export async function ask(url, session, { query, variables, pick = (data) => data }, signal) {
  const body = JSON.stringify({ query, variables });
  const post = (/** @type {string} */ token) => {
    const headers = { Authorization: token, 'Content-Type': 'application/json' };
    return request(url, { method: 'POST', headers, body, signal });
  };
  const reply = await post(await session.token());
  return pick(toData(reply.status === 401 ? await post(await session.renew()) : reply));
}

/** @param {Reply} reply */
function toData(reply) {
  const { status, ok } = reply;
  if (status === 403 || status === 429) throw new ApiError('Throttled', `HTTP ${status}`);
  if (status === 401) throw new ApiError('Unauthorized', 'HTTP 401 for a new token');
  if (!ok) throw new ApiError('Unavailable', `HTTP ${status}`);
  const { data, errors } = toJson(reply) ?? {};
  if (errors?.length) throw new ApiError(errors[0].errorType, errors[0].message);
  if (!data) throw new ApiError('Unavailable', 'the answer has no data');
  return data;
}

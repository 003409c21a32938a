/**
 * Asks GET /metrics for the affiliate whom the resolver allowed, and says what its failures are.
 *
 * A function of the pipelines, so that the fields share it. In: `ctx.stash.affiliateId` and the field's arguments.
 * Out: AnalyticsData, or one of the errors below. Nothing that upstream says reaches the client, but the reason of a
 * 400: that one is written for the client.
 */
import { util } from '@aws-appsync/utils';

const PARAMETERS = ['metricType', 'timeWindow', 'timeZone', 'interval'];

const MESSAGES = {
  Throttled: 'Too many requests. Try again in a moment.',
  Unavailable: 'The figures are not available at the moment. Try again later.',
  UpstreamError: 'The figures could not be read. Trying again will not help.',
};

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  const query = { affiliateId: ctx.stash.affiliateId };
  for (const name of PARAMETERS) {
    if (isString(ctx.args[name])) query[name] = ctx.args[name];
  }
  return {
    method: 'GET',
    resourcePath: `/${ctx.env.API_STAGE}/metrics`,
    params: { query, headers: { 'Content-Type': 'application/json' } },
  };
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  // Transport errors alone come as ctx.error. Any status, 500 too, is a result.
  if (ctx.error) fail('Unavailable', ctx.error.message);
  const { statusCode, body } = ctx.result;
  const answer = statusCode === 200 || statusCode === 400 ? parseObject(body) : null;
  if (statusCode === 200 && isAnalyticsData(answer)) return answer;
  if (statusCode === 400 && isOurs(answer)) util.error(answer.Message, 'BadRequest');
  return fail(failureOf(statusCode), `status ${statusCode}`);
}

/** The client is told the type and nothing else; the log keeps why. */
function fail(errorType, reason) {
  console.error(`GET /metrics: ${errorType}: ${reason}`);
  util.error(MESSAGES[errorType], errorType);
}

function failureOf(statusCode) {
  if (statusCode === 429) return 'Throttled';
  return statusCode >= 500 ? 'Unavailable' : 'UpstreamError';
}

/** An object, or null. The runtime cannot catch what JSON.parse throws at a page of HTML, or at half an answer. */
function parseObject(body) {
  const text = isString(body) ? body.trim() : '';
  return text.startsWith('{') && text.endsWith('}') ? JSON.parse(text) : null;
}

/** Whether Chalice made this error. API Gateway's own have another shape: {"message"} or {"Message"}, and no code. */
function isOurs(answer) {
  return answer?.Code === 'BadRequestError' && isString(answer.Message);
}

/** Whether the schema's non-null fields are there: AppSync's own error for a null has no type. */
function isAnalyticsData(answer) {
  return (
    Array.isArray(answer?.dataset) &&
    Array.isArray(answer.totals) &&
    answer.dataset.every((point) => isTotal(point) && isString(point.timestamp) && isBoolean(point.partial)) &&
    answer.totals.every((total) => isTotal(total)) &&
    [answer.from, answer.to, answer.timeZone, answer.interval].every((value) => isString(value))
  );
}

function isTotal(total) {
  return isString(total?.series) && typeof total.value === 'number';
}

function isString(value) {
  return typeof value === 'string';
}

function isBoolean(value) {
  return typeof value === 'boolean';
}

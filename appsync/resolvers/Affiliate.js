/** The figures of an affiliate: all fields of the type, except its id. */
import { util } from '@aws-appsync/utils';

/** @type {Record<string, string>} */
const ROUTES = { analyticsData: 'metrics', breakdown: 'breakdown', entries: 'entries', balance: 'balance' };

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  // Query.me and Query.affiliate decide who gets an affiliate. Should another field ever return one, this still holds.
  const identity = /** @type {import('@aws-appsync/utils').AppSyncIdentityCognito | undefined} */ (ctx.identity);
  const id = ctx.source?.id;
  const isOwn = id === identity?.claims?.[ctx.env.AFFILIATE_CLAIM];
  const isAllowed = isOwn || identity?.groups?.includes(ctx.env.ADMIN_GROUP);
  if (typeof id !== 'string' || id === '' || !isAllowed) util.unauthorized();
  ctx.stash.affiliateId = id;
  ctx.stash.route = ROUTES[ctx.info.fieldName];
  return {};
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  const answer = ctx.prev.result;
  return ctx.info.fieldName === 'balance' ? answer.balances : answer;
}

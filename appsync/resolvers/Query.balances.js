/** The money of all affiliates, for administrators. */
import { util } from '@aws-appsync/utils';

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  // The schema's directive checks this too. One of the two may get lost in an edit, but hardly both.
  const identity = /** @type {import('@aws-appsync/utils').AppSyncIdentityCognito | undefined} */ (ctx.identity);
  if (!identity?.groups?.includes(ctx.env.ADMIN_GROUP)) util.unauthorized();
  ctx.stash.route = 'balances';
  return {};
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  return ctx.prev.result;
}

/** The figures of the caller: the affiliate's id comes from the identity token. */
import { util } from '@aws-appsync/utils';

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  // An API key has no identity, IAM has no claims, and a user who is not an affiliate does not have this claim.
  const identity = /** @type {import('@aws-appsync/utils').AppSyncIdentityCognito | undefined} */ (ctx.identity);
  const affiliateId = identity?.claims?.[ctx.env.AFFILIATE_CLAIM];
  if (typeof affiliateId !== 'string' || affiliateId === '') util.unauthorized();
  ctx.stash.affiliateId = affiliateId;
  ctx.stash.route = 'metrics';
  return {};
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  return ctx.prev.result;
}

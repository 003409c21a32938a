/** The caller as an affiliate: the id comes from the identity token. */
import { util } from '@aws-appsync/utils';

/** @param {import('@aws-appsync/utils').Context} ctx */
export function request(ctx) {
  // An API key has no identity, IAM has no claims, and a user who is not an affiliate does not have this claim.
  const identity = /** @type {import('@aws-appsync/utils').AppSyncIdentityCognito | undefined} */ (ctx.identity);
  const id = identity?.claims?.[ctx.env.AFFILIATE_CLAIM];
  if (typeof id !== 'string' || id === '') util.unauthorized();
  return { payload: { id } };
}

/** @param {import('@aws-appsync/utils').Context} ctx */
export function response(ctx) {
  return ctx.result;
}

/** What to tell the reader when there are no figures, and what can be done. */

import { ApiError } from './api.js';
import { ConfigurationError } from './configuration.js';
import { UnreachableError } from './network.js';

const RETRY = { label: 'Try again', does: 'retry' };

/** By `errorType` of docs/appsync.md, and by what can happen before there is one. */
const ADVICE = {
  Unreachable: {
    title: 'No connection',
    text: 'The figures cannot be reached. Check your connection. The page goes on trying.',
    action: RETRY,
    isPassing: true,
  },
  Unavailable: {
    title: 'The figures are not available at the moment',
    text: 'None are lost. The page goes on trying.',
    action: RETRY,
    isPassing: true,
  },
  Throttled: {
    title: 'Too many questions at once',
    text: 'Wait for a moment. The page tries again by itself.',
    action: RETRY,
    isPassing: true,
  },
  Unauthorized: {
    title: 'This account is not an affiliate’s',
    text: 'Sign in with the account that your links belong to, or ask whoever runs this portal to link this one.',
    action: { label: 'Sign in as somebody else', does: 'sign out' },
    isPassing: false,
  },
  BadRequest: {
    title: 'There are no such figures',
    text: 'This view cannot be shown. Choose another, or start again.',
    action: { label: 'Start again', does: 'start again' },
    isPassing: false,
  },
  Configuration: {
    title: 'The portal is not set up',
    text: 'Whoever put it here must look at its config.json:',
    action: RETRY,
    isPassing: false,
  },
  Mistake: {
    title: 'Something is wrong on our side',
    text: 'Trying again will probably not help. Tell whoever runs this portal.',
    action: RETRY,
    isPassing: false,
  },
};

/**
 * `{title, text, action: {label, does}, isPassing}` for whatever went wrong: an action does one of `retry`, `sign out`
 * and `start again`; what is passing is worth trying again without being told to.
 */
export function toAdvice(error) {
  const kind = toKind(error);
  const advice = ADVICE[kind];
  const isExplained = kind === 'BadRequest' || kind === 'Configuration';
  return isExplained ? { ...advice, text: `${advice.text} ${error.message}.` } : advice;
}

function toKind(error) {
  if (error instanceof ConfigurationError) return 'Configuration';
  if (error instanceof ApiError && Object.hasOwn(ADVICE, error.kind)) return error.kind;
  if (error instanceof UnreachableError) return 'Unreachable';
  // For whoever looks into it.
  console.error(error);
  return 'Mistake';
}

/**
 * The messages for errors, and what the user can do about each.
 *
 * @typedef {'retry' | 'sign out' | 'start again'} Action
 * @typedef {object} Advice
 * @property {string} title
 * @property {string} text
 * @property {{label: string, does: Action}} action
 * @property {boolean} isPassing whether the page tries again by itself
 */

import { ApiError } from './api.js';
import { ConfigurationError } from './configuration.js';
import { UnreachableError } from './network.js';

/** @type {Advice['action']} */
const RETRY = { label: 'Try again', does: 'retry' };

/**
 * By `errorType` (see docs/appsync.md), and by what can fail before the API is asked.
 *
 * @type {Record<string, Advice>}
 */
const ADVICE = {
  Unreachable: {
    title: 'No connection',
    text: 'We could not load your figures. Check your internet connection. We’ll keep trying.',
    action: RETRY,
    isPassing: true,
  },
  Unavailable: {
    title: 'Your figures are not available right now',
    text: 'No data is lost. We’ll keep trying.',
    action: RETRY,
    isPassing: true,
  },
  Throttled: {
    title: 'Too many requests',
    text: 'Please wait. We’ll try again in a moment.',
    action: RETRY,
    isPassing: true,
  },
  Unauthorized: {
    title: 'This is not an affiliate account',
    text: 'Use the account that your links belong to, or ask the owner of this portal for access.',
    action: { label: 'Use another account', does: 'sign out' },
    isPassing: false,
  },
  BadRequest: {
    title: 'This view does not exist',
    text: 'Choose another view, or start again. The reason:',
    action: { label: 'Start again', does: 'start again' },
    isPassing: false,
  },
  Configuration: {
    title: 'The portal is not set up',
    text: 'There is a mistake in config.json:',
    action: RETRY,
    isPassing: false,
  },
  Mistake: {
    title: 'Something is wrong on our side',
    text: 'Trying again will probably not help. Please tell the owner of this portal.',
    action: RETRY,
    isPassing: false,
  },
};

/**
 * The message for an error.
 *
 * @param {unknown} error
 * @returns {Advice}
 */
export function toAdvice(error) {
  const kind = toKind(error);
  const advice = ADVICE[kind];
  const isExplained = error instanceof Error && (kind === 'BadRequest' || kind === 'Configuration');
  return isExplained ? { ...advice, text: `${advice.text} ${error.message}.` } : advice;
}

/** @param {unknown} error */
function toKind(error) {
  if (error instanceof ConfigurationError) return 'Configuration';
  if (error instanceof ApiError && Object.hasOwn(ADVICE, error.kind)) return error.kind;
  if (error instanceof UnreachableError) return 'Unreachable';
  // The console is where a developer looks for the cause.
  console.error(error);
  // An unknown type is one of AppSync's own, such as a time-out or a throttle: AWS does not list them.
  return error instanceof ApiError && error.kind !== 'UpstreamError' ? 'Unavailable' : 'Mistake';
}

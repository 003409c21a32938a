/**
 * The messages for errors, and what the user can do about each.
 *
 * @typedef {'retry' | 'reload' | 'sign out' | 'start again'} Action
 * @typedef {object} Advice
 * @property {string} title
 * @property {string} text
 * @property {{label: string, does: Action}} action
 * @property {boolean} isPassing whether the page tries again by itself
 */

import { ApiError } from './api.js';
import { ConfigurationError } from './configuration.js';
import { NotLoadedError, OtherPageError, SlowError, UnreachableError } from './network.js';

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
    text: 'Your figures could not be loaded. Check your internet connection. The page tries again by itself.',
    action: RETRY,
    isPassing: true,
  },
  Slow: {
    title: 'No answer yet',
    text: 'Loading your figures takes too long. The page tries again by itself.',
    action: RETRY,
    isPassing: true,
  },
  OtherPage: {
    title: 'No connection',
    text: 'A web page came instead of your figures. Perhaps your network wants you to sign in first. The page tries again by itself.',
    action: RETRY,
    isPassing: true,
  },
  NotLoaded: {
    title: 'This page could not be loaded',
    text: 'Check your internet connection. Perhaps there is also a newer version of the portal.',
    action: { label: 'Reload', does: 'reload' },
    isPassing: false,
  },
  Unavailable: {
    title: 'Your figures are not available right now',
    text: 'No data is lost. The page tries again by itself.',
    action: RETRY,
    isPassing: true,
  },
  Throttled: {
    title: 'Too many requests',
    text: 'Please wait. The page tries again in a moment.',
    action: RETRY,
    isPassing: true,
  },
  Unauthorized: {
    title: 'This account has no figures',
    text: 'It is neither an affiliate’s nor the owner’s. Use another account, or ask the owner of this portal for access.',
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
    title: 'Something is wrong with this portal',
    text: 'Trying again will probably not help. Please tell the owner of the portal.',
    action: RETRY,
    isPassing: false,
  },
};

/** What each error that is not the API's stands for. */
const KINDS = /** @type {const} */ ([
  [ConfigurationError, 'Configuration'],
  [NotLoadedError, 'NotLoaded'],
  [SlowError, 'Slow'],
  [OtherPageError, 'OtherPage'],
  [UnreachableError, 'Unreachable'],
]);

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
  const [, known] = KINDS.find(([type]) => error instanceof type) ?? [];
  if (known) return known;
  if (error instanceof ApiError && Object.hasOwn(ADVICE, error.kind)) return error.kind;
  // The console is where a developer looks for the cause.
  console.error(error);
  // An unknown type is one of AppSync's own, such as a time-out or a throttle: AWS does not list them.
  return error instanceof ApiError && error.kind !== 'UpstreamError' ? 'Unavailable' : 'Mistake';
}

/** Buttons that copy a text. */

import { element, flash } from './page.js';

/**
 * A button that copies a text.
 *
 * @param {() => string} text called on a click
 * @param {Partial<HTMLButtonElement>} [properties]
 */
export function copyButton(text, properties = {}) {
  const button = element('button', { type: 'button', ...properties }, 'Copy');
  button.addEventListener('click', () => copy(text(), button));
  return button;
}

/**
 * Copy a text, and say so on the button.
 *
 * @param {string} text
 * @param {HTMLElement} button
 */
export async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    flash(button, 'Copied');
  } catch (error) {
    // A page that is not loaded by HTTPS has no clipboard.
    const isRefused = !navigator.clipboard || (error instanceof DOMException && error.name === 'NotAllowedError');
    if (!isRefused) throw error;
    flash(button, 'Your browser blocked copying');
  }
}

/** Says on each page whose visitor this is: a demo has no other way to show what the cookies remember. */
import { affiliate } from './affiliate.js';

const place = /** @type {HTMLElement} */ (document.querySelector('#visitor'));
/** @type {Record<string, string>} */
const names = JSON.parse(place.dataset.names ?? '{}');
const { affiliate_id: id = '', affiliate_link: link = '' } = affiliate();

if (id) {
  const name = document.createElement('bdi');
  name.textContent = Object.hasOwn(names, id) ? names[id] : id;
  place.replaceChildren('You came with a link of ', name);
  if (link) {
    const called = document.createElement('bdi');
    called.textContent = link;
    place.append(' · ', called);
  }
  place.append(Object.hasOwn(names, id) ? '' : ', who is not in the directory of this program');
}

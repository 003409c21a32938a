/** The time zones that the user can choose from. */

/**
 * Names that browsers still list in an old spelling, and the ones that people know today. Both stand for the same zone,
 * and the API knows both. https://github.com/eggert/tz/blob/main/backward
 *
 * @type {Record<string, string>}
 */
const CURRENT = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** All zones that the browser knows, in today's spelling, UTC included. */
export function zoneNames() {
  const names = Intl.supportedValuesOf('timeZone').map(currentName);
  return [...new Set(['UTC', ...names])].sort();
}

/**
 * Today's name of a zone.
 *
 * @param {string} zone
 */
export function currentName(zone) {
  return CURRENT[zone] ?? zone;
}

/**
 * A zone's name as people read it.
 *
 * @param {string} zone
 */
export function zoneLabel(zone) {
  return currentName(zone).replaceAll('_', ' ');
}

/**
 * The zone that a text stands for, whatever its case, spaces and spelling; undefined if none does.
 *
 * @param {string} text
 * @returns {string | undefined}
 */
export function parseZone(text) {
  const wanted = plain(text);
  const names = zoneNames();
  const found = names.filter((name) => plain(name) === wanted || plain(name.slice(name.lastIndexOf('/') + 1)) === wanted);
  const old = Object.keys(CURRENT).find((name) => plain(name) === wanted);
  return names.find((name) => plain(name) === wanted) ?? (found.length === 1 ? found[0] : old && CURRENT[old]);
}

/** @param {string} text */
function plain(text) {
  return text.trim().toLowerCase().replaceAll(' ', '_');
}

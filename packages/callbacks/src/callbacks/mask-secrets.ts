const MASK = '***';
/** The scheme has a limit because each letter of a long text could begin one. */
const URL_IN_TEXT = /[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'<>]*[^\s"'<>,;.:)]/gi;
/** Shorter ones would tear messages apart. */
const SHORTEST_SECRET = 4;

/** A URL without what may be secret in it: user, password, query and fragment. The path stays. */
export function maskUrl(given: string): string {
  // A URL may hold these anywhere; its parser ignores them.
  // oxlint-disable-next-line no-control-regex
  const url = given.replace(/[\u0000-\u0020]/g, '');
  const [, scheme = ''] = /^(https?:[\\/]*)/i.exec(url) ?? [];
  // Only a parser knows the end of the password in a malformed one.
  if (parseUrl(url) === undefined) return `${scheme}${MASK}`;
  const end = url.search(/[?#]/);
  const place = end < 0 ? url : url.slice(0, end);
  const users = /^(https?:[\\/]*|[\\/]{2,})?[^\\/]*@/i;
  return place.replace(users, `$1${MASK}@`) + (end < 0 ? '' : `${url.charAt(end)}${MASK}`);
}

/** Creates a function that masks in a text every URL, and what is secret in this URL and these headers. */
export function createMask(url: string, headers: Readonly<Record<string, string>>): (text: string) => string {
  const { username = '', password = '', search = '', hash = '' } = parseUrl(url) ?? {};
  const ofUrl = [username, password, search.slice(1), hash.slice(1), ...search.split(/[?&=]/)];
  // A fetch trims a value before it quotes it, and not every first word is a scheme such as "Bearer".
  const ofHeaders = Object.values(headers).flatMap((value) => [value, value.trim(), ...value.split(/\s+/)]);
  const secrets = [...ofUrl, ...ofUrl.map(decode), ...ofHeaders]
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .sort((a, b) => b.length - a.length);
  return (text) => {
    const masked = text.replaceAll(url, maskUrl(url)).replace(URL_IN_TEXT, maskUrl);
    return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), masked);
  };
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    return undefined;
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

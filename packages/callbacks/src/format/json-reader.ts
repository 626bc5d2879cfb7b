import { createCorruptError } from './checkpoint-layout.js';
import { formatValue } from '../checks/format-value.js';

/** A code unit below the space. */
const CONTROL = /[^ -\uffff]/;
const BACKSLASH = 0x5c;

/** In characters: `-1.2345678901234567e-300` and some more. */
const LONGEST_NUMBER = 30;

/**
 * Reads JSON piece by piece, as the caller expects it, so that nothing unexpected is ever built. Refuses
 * faults that JSON.parse hides: duplicate keys, and numbers that a double does not print as they are written
 * (4.0, 1e3, 2^53 + 1, -0). Keys are passed on and never assigned, so that `__proto__` is an ordinary name.
 *
 * Each method reads one value. Its error has the position in `source`.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when the text holds another kind of value.
 */
export class JsonReader {
  readonly #text: string;
  readonly #source: string;
  #at = 0;

  constructor(text: string, source: string) {
    this.#text = text;
    this.#source = source;
  }

  /** The first character of the next value, which shows its kind; '' at the end. */
  peek(): string {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#text.charAt(this.#at);
  }

  /** Calls `member` for each key; it must read the key's value. */
  readObject(member: (key: string) => void): void {
    const keys = new Set<string>();
    this.readMembers((key) => {
      if (keys.has(key)) this.failDuplicate(key);
      keys.add(key);
      member(key);
    });
  }

  /** Like `readObject`, for a caller that keeps the keys and finds duplicates itself. */
  readMembers(member: (key: string) => void): void {
    this.#list('{', '}', () => {
      const key = this.readString();
      this.#take(':');
      member(key);
    });
  }

  /** Calls `item` for each item, which it must read. */
  readArray(item: (index: number) => void): void {
    let index = 0;
    this.#list('[', ']', () => item(index++));
  }

  readString(): string {
    if (this.peek() !== '"') this.#failExpected('a string');
    const start = this.#at;
    const expectEnd = this.#findEndOfString(start);
    const raw = this.#text.slice(start + 1, expectEnd);
    if (CONTROL.test(raw)) this.fail('a string holds a control character', start);
    this.#at = expectEnd + 1;
    return raw.includes('\\') ? this.#unescape(start) : raw;
  }

  readNumber(): number {
    this.peek();
    const start = this.#at;
    while (isNumberCharacter(this.#text.charCodeAt(this.#at))) this.#at++;
    // No double prints longer than this; millions of digits would cost memory.
    const token = this.#text.slice(start, Math.min(this.#at, start + LONGEST_NUMBER + 1));
    const value = Number(token);
    if (token === '') this.#failExpected('a number');
    if (String(value) !== token)
      this.fail(`the number ${formatValue(token)} is not written as a double prints it`, start);
    return value;
  }

  /** A whole number of at least 0 that a double holds exactly. */
  readCount(): number {
    const value = this.readNumber();
    if (!Number.isSafeInteger(value) || value < 0)
      this.fail(`${value} is not a whole number from 0 to 2^53 - 1`);
    return value;
  }

  readKeyword<Value>(word: string, value: Value): Value {
    this.peek();
    if (!this.#text.startsWith(word, this.#at)) this.#failExpected('a value');
    this.#at += word.length;
    return value;
  }

  /** Checks that only blanks are left. */
  end(): void {
    if (this.peek() !== '') this.#failExpected('the end');
  }

  failDuplicate(key: string): never {
    this.fail(`the key ${formatValue(key)} is a duplicate`);
  }

  fail(problem: string, at = this.#at): never {
    throw createCorruptError(`${problem} (${this.#source}, character ${at})`);
  }

  #list(open: string, close: string, item: () => void): void {
    this.#take(open);
    if (this.peek() !== close) {
      item();
      while (this.peek() === ',') {
        this.#at++;
        item();
      }
    }
    this.#take(close);
  }

  #take(mark: string): void {
    if (this.peek() !== mark) this.#failExpected(`"${mark}"`);
    this.#at++;
  }

  /**
   * The next quote after `start` that is not escaped. Uses native search: a checkpoint is mostly read once,
   * before any code is warm.
   */
  #findEndOfString(start: number): number {
    const text = this.#text;
    for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
      let before = end;
      while (text.charCodeAt(before - 1) === BACKSLASH) before--;
      if ((end - before) % 2 === 0) return end;
    }
    return this.fail('a string is not closed', start);
  }

  /** JSON.parse hides no fault of a single string, and is fast. */
  #unescape(start: number): string {
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.fail('a string holds a bad escape', start);
    }
  }

  #failExpected(expected: string): never {
    this.fail(
      `expected ${expected}, not ${this.#at < this.#text.length ? formatValue(this.#text.slice(this.#at, this.#at + 12)) : 'the end'}`,
    );
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Digits, signs, the point and e. */
function isNumberCharacter(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x2b ||
    code === 0x2e ||
    code === 0x65 ||
    code === 0x45
  );
}

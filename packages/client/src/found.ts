import { UnexpectedAnswerError } from "./errors/unexpected-answer.ts";

/** A value from outside, and where it was found. */
export class Found {
  readonly value: unknown;
  readonly #source: string;
  readonly #place: string;

  /** @param source what to call it in errors: a method or a file. */
  constructor(value: unknown, source: string, place = "") {
    this.value = value;
    this.#source = source;
    this.#place = place;
  }

  /** Is it there? */
  get isThere(): boolean {
    return this.value !== undefined && this.value !== null;
  }

  /** A field of an object. */
  at(key: string): Found {
    const { value } = this;
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw this.#not("an object");
    return this.#inner(Object.entries(value).find(([name]) => name === key)?.[1], key);
  }

  /** Items of a list; none if there is no list at all. */
  items(): Found[] {
    const { value } = this;
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.#not("a list");
    return value.map((item, index) => this.#inner(item, String(index)));
  }

  text(): string {
    const { value } = this;
    if (typeof value !== "string") throw this.#not("a text");
    return value;
  }

  boolean(): boolean {
    const { value } = this;
    if (typeof value !== "boolean") throw this.#not("true or false");
    return value;
  }

  /** A whole number, 0 or more. */
  whole(): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0)
      throw this.#not("a whole number");
    return value;
  }

  /** Any number that is finite: milliseconds. */
  number(): number {
    const { value } = this;
    if (typeof value !== "number" || !Number.isFinite(value)) throw this.#not("a number");
    return value;
  }

  /** Bytes in hexadecimal: of a certain length, if that is said. */
  hex(bytes?: number): `0x${string}` {
    const { value } = this;
    if (!isHex(value) || (bytes !== undefined && value.length !== 2 + 2 * bytes))
      throw this.#not(bytes === undefined ? "hexadecimal" : `${bytes} bytes in hexadecimal`);
    return value;
  }

  /** A quantity in hexadecimal. */
  quantity(): bigint {
    const text = this.hex();
    if (text === "0x") throw this.#not("a quantity in hexadecimal");
    return BigInt(text);
  }

  url(): string {
    const text = this.text();
    if (!/^(https?|wss?):\/\//.test(text)) throw this.#not("a URL");
    return text;
  }

  #inner(value: unknown, key: string): Found {
    return new Found(value, this.#source, this.#place === "" ? key : `${this.#place}.${key}`);
  }

  #not(expected: string): UnexpectedAnswerError {
    return new UnexpectedAnswerError(this.#source, this.#place, expected);
  }
}

function isHex(value: unknown): value is `0x${string}` {
  return typeof value === "string" && /^0x[0-9a-fA-F]*$/.test(value);
}

/** Thrown for bytes that are not RLP in its one form; caught where a transaction is decoded. */
export class NotCanonicalError extends Error {
  constructor(what: string) {
    super(`not canonical: ${what}`);
    this.name = "NotCanonicalError";
  }
}

/** The longest payload whose length is part of the first byte. */
const SHORT = 55;
const [STRING, LIST] = [0x80, 0xc0];

/**
 * A sequence of RLP items, read from the front: `contracts/proofs/bus/Rlp.sol`. Anything but the shortest
 * encoding is refused.
 */
export class RlpReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The bytes of the items read so far. */
  get read(): Uint8Array {
    return this.#bytes.subarray(0, this.#at);
  }

  get isFinished(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws {NotCanonicalError} unless the next item is a list. */
  list(): RlpReader {
    const { isList, payload } = this.#next();
    if (!isList) throw new NotCanonicalError("a string where a list belongs");
    return new RlpReader(payload);
  }

  /**
   * @param size bytes that it must have, if given.
   * @throws {NotCanonicalError} unless the next item is a string.
   */
  text(size?: number): Uint8Array {
    const { isList, payload } = this.#next();
    if (isList || (size !== undefined && payload.length !== size))
      throw new NotCanonicalError("not the string");
    return payload;
  }

  /** @throws {NotCanonicalError} unless the next item is an integer of at most so many bytes. */
  integer(maxBytes: number): bigint {
    const payload = this.text();
    if (payload.length > maxBytes || payload[0] === 0) throw new NotCanonicalError("not the integer");
    return number(payload);
  }

  #next(): { isList: boolean; payload: Uint8Array } {
    const [first] = this.#take(1);
    if (first === undefined) throw new NotCanonicalError("nothing");
    if (first < STRING) return { isList: false, payload: Uint8Array.of(first) };
    const isList = first >= LIST;
    let length = first - (isList ? LIST : STRING);
    if (length > SHORT) {
      const digits = this.#take(length - SHORT);
      const long = number(digits);
      if (digits[0] === 0 || long <= BigInt(SHORT) || long > BigInt(this.#bytes.length))
        throw new NotCanonicalError("a length");
      length = Number(long);
    }
    const payload = this.#take(length);
    const [only = STRING] = payload;
    if (!isList && length === 1 && only < STRING)
      throw new NotCanonicalError("a byte in a string of its own");
    return { isList, payload };
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new NotCanonicalError("the end");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

function number(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

import { BaseError, HttpRequestError, RpcRequestError } from "viem";

/**
 * Blocks whose logs are asked for in one request, unless the node takes fewer: what public nodes mostly take.
 */
export const BLOCKS_AT_ONCE = 10_000n;

/** Blocks from the first to the last one. */
export interface BlockRange {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

/**
 * Asks for logs range by range, each as wide as the node takes: half as wide after a refusal, and wider
 * again, by an eighth, after each answer. One for each node, so that what was learned once is known for later
 * reads.
 */
export class LogRanges {
  readonly #most: bigint;
  #width: bigint;

  /** @param most blocks at once. */
  constructor(most = BLOCKS_AT_ONCE) {
    this.#most = most;
    this.#width = most;
  }

  /**
   * Answers in the order of the blocks. What came before a failure was given out by then.
   * @param ask what to ask of a range; may be asked again for a part of it.
   * @throws what `ask` throws, unless a narrower range may help.
   */
  async *read<Answer>(
    { fromBlock, toBlock }: BlockRange,
    ask: (range: BlockRange) => Promise<Answer>,
  ): AsyncGenerator<Answer, void> {
    for (let first = fromBlock; first <= toBlock;) {
      const end = first + this.#width - 1n;
      const last = end < toBlock ? end : toBlock;
      const answer = await this.#answerTo(ask, { fromBlock: first, toBlock: last });
      if (answer === undefined) continue;
      yield answer.value;
      first = last + 1n;
    }
  }

  /** @returns nothing if a narrower range has to be asked for. */
  async #answerTo<Answer>(
    ask: (range: BlockRange) => Promise<Answer>,
    range: BlockRange,
  ): Promise<{ readonly value: Answer } | undefined> {
    const blocks = range.toBlock - range.fromBlock + 1n;
    try {
      const value = await ask(range);
      // A range that was cut short by the end says nothing of wider ones.
      if (blocks === this.#width) this.#width = least(blocks + blocks / 8n + 1n, this.#most);
      return { value };
    } catch (error) {
      if (blocks === 1n || !isTooMuch(error)) throw error;
      this.#width = blocks / 2n;
      return undefined;
    }
  }
}

/** Codes with which nodes refuse ranges: EIP-1474's "limit exceeded" and, with some, "invalid params". */
const LIMIT_CODES: readonly number[] = [-32005, -32602];
/** Other codes need words that say so. */
const LIMIT_WORDS =
  /range|results|response size|too (large|big|many|wide)|more than \d|exceed|limited? to|time(d )?[ -]?out/i;
/** Limits that a narrower range does not help against: of how often, not of how much. */
const RATE_WORDS = /rate.?limit|per second|too many requests|request count|compute units|quota|credits/i;
const PAYLOAD_TOO_LARGE = 413;

/** Whether the node refused logs for being too many, or of too many blocks. Nodes word it differently. */
function isTooMuch(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  if (http instanceof HttpRequestError) return http.status === PAYLOAD_TOO_LARGE;
  const refusal = error.walk((cause) => cause instanceof RpcRequestError);
  if (!(refusal instanceof RpcRequestError) || RATE_WORDS.test(refusal.details)) return false;
  return LIMIT_CODES.includes(refusal.code) || LIMIT_WORDS.test(refusal.details);
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

import { CrossedFrames } from "../../builder/simulate/crossed-frames.ts";
import { type Address, type Hex, keccak256 } from "viem";
import type { CallRequest } from "../../builder/evm/call-request.ts";
import type {
  CallOutcome,
  CallPlace,
  EvmRollupState,
  EvmRollupView,
  RollupListener,
} from "../../builder/gateway/kinds/evm/view.ts";
import { openEvmGateway } from "../../builder/gateway/kinds/evm/index.ts";
import { type Gateway, serve, type ServerOptions } from "../../builder/gateway/server.ts";
import { RpcCode } from "../../builder/gateway/json-rpc.ts";
import { type Chronicle, openChronicle } from "../../builder/kinds/evm/chronicle/chronicle.ts";
import type { VisitReceipt } from "../../builder/kinds/evm/receipt.ts";
import type { EvmAccount } from "../../builder/kinds/evm/state-types.ts";
import { openEvmStore } from "../../builder/kinds/evm/store/open.ts";
import type { EvmStore } from "../../builder/kinds/evm/store/store.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";
import type { AcceptedTransaction } from "../../builder/intake/accepted.ts";
import { EVM_CHAIN_ID, frameOf, l1At, ROLLUP } from "./visits.ts";

/** An EVM rollup with a real state and a real chronicle, in which nothing runs: a test says what happens. */
export class FakeRollup implements EvmRollupView {
  readonly rollup = ROLLUP;
  readonly chainId = EVM_CHAIN_ID;
  readonly #store: EvmStore;
  readonly #chronicle: Chronicle;
  readonly #listeners = new Set<RollupListener>();
  #waiting: AcceptedTransaction[] = [];
  #blocks = 0;
  /** What the next calls do. */
  onCall: (request: CallRequest, place: CallPlace) => CallOutcome = () => {
    throw new Error("the test expects no call");
  };
  /** L1's latest finalized block. */
  finalized = 0n;
  calls = 0;

  private constructor(store: EvmStore, chronicle: Chronicle) {
    this.#store = store;
    this.#chronicle = chronicle;
  }

  static async open(): Promise<FakeRollup> {
    const store = await openEvmStore({
      poseidon: await loadPoseidon(),
      identity: "test",
      genesis: { systemCode: "0x6001" },
    });
    const root = store.stateRoot();
    return new FakeRollup(store, await openChronicle({ rollup: ROLLUP, genesisRoot: root, root }));
  }

  /** A block of these visits, in a block of L1 of its own. */
  async include(
    visits: readonly VisitReceipt[],
    accounts: ReadonlyMap<Address, EvmAccount> = new Map(),
    history = "first",
    slots: ReadonlyMap<Address, ReadonlyMap<Hex, Hex>> = new Map(),
  ): Promise<void> {
    const number = ++this.#blocks;
    const block = { number: BigInt(number), timestamp: BigInt(1000 + number) };
    this.#store.apply({ accounts, slots, block });
    for (const visit of visits) {
      this.#chronicle.append(
        { ...visit, blockNumber: block.number, timestamp: block.timestamp },
        l1At(10 + number, history),
        this.#store.stateRoot(),
      );
      const [trigger] = visit.actions;
      this.#waiting = this.#waiting.filter(({ data }) => data !== trigger?.data);
    }
    await this.#chronicle.persist();
    await this.#store.persist();
    for (const { posted } of this.#listeners) posted?.();
  }

  /** L1 was reorganised: the rollup is where it was after this block. */
  async rewind(number: number): Promise<void> {
    const block = await this.#chronicle.block(BigInt(number));
    if (block === undefined) throw new Error("no such block");
    this.#blocks = number;
    await this.#store.rewind(block.stateRoot);
    await this.#chronicle.rewind(block.stateRoot);
  }

  async read<Result>(work: (state: EvmRollupState) => Result): Promise<Result> {
    const store = this.#store;
    return work({
      chronicle: this.#chronicle,
      store,
      oldest: store.oldest,
      after: (block) => store.branchAfter(block),
    });
  }

  async call(request: CallRequest, place: CallPlace): Promise<CallOutcome> {
    this.calls++;
    return this.onCall(request, place);
  }

  async callAll(requests: readonly CallRequest[]): Promise<CallOutcome[]> {
    return requests.map((request) => this.onCall(request, "latest"));
  }

  async submit(raw: Hex): Promise<Hex> {
    const hash = keccak256(raw);
    this.#waiting.push({ hash, rollup: ROLLUP, data: raw });
    for (const { accepted } of this.#listeners) accepted?.(hash);
    return hash;
  }

  waiting(): readonly AcceptedTransaction[] {
    return this.#waiting;
  }

  async settled(): Promise<void> {}

  async l1Block(): Promise<bigint> {
    return this.finalized;
  }

  listen(listener: RollupListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export function outcomeOf(more: Partial<CallOutcome> = {}): CallOutcome {
  return {
    success: true,
    output: "0x",
    gasUsed: 21_000n,
    operations: [frameOf()],
    l1Calls: 0,
    l1Failures: 0,
    logs: [],
    accessed: new Map(),
    crossed: new CrossedFrames(),
    ...more,
  };
}

/** Serves the rollup as its gateway does. */
export async function serveRollup(
  rollup: FakeRollup,
  options: Partial<ServerOptions> & { accounts?: Parameters<typeof openEvmGateway>[1] } = {},
): Promise<Gateway> {
  const { methods, topics, close } = openEvmGateway(rollup, options.accounts ?? [], async () => undefined);
  const all = new Map(Object.entries(methods));
  all.set("eth_chainId", async () => ({ result: `0x${EVM_CHAIN_ID.toString(16)}` }));
  const service = {
    topics,
    close,
    handle: async (request: Parameters<NonNullable<ReturnType<typeof all.get>>>[0]) =>
      (await all.get(request.method)?.(request)) ?? {
        error: { code: RpcCode.METHOD_NOT_FOUND, message: "no such method" },
      },
  };
  return await serve(service, { port: 0, ...options });
}

import { quantity, type System } from "../chains/system.ts";
import type { Hex, Proxies } from "../chains/rpc-types.ts";

/** What an address has on one chain. */
export interface Standing {
  readonly chain: number;
  readonly balance: bigint;
  readonly nonce: number;
  readonly codeSize: number;
}

export interface AddressCall {
  readonly hash: Hex;
  readonly block: number;
  /** `within`: the account has a frame in a transaction between others. */
  readonly direction: "in" | "out" | "within";
  readonly other: Hex | null;
}

export interface AddressView {
  readonly proxies: Proxies | null;
  readonly standings: readonly Standing[];
  readonly calls: readonly AddressCall[];
}

/** How many blocks are looked through, again with each new block; older ones on demand. */
const BLOCKS = 60;

export async function loadAddress(system: System, chain: number, address: Hex): Promise<AddressView> {
  const [proxies, standings, calls] = await Promise.all([
    system.l1
      .request({ method: "lockstep_getProxies", params: [address, quantity(chain)] })
      .catch(() => null),
    Promise.all(
      system.chains.filter(({ isEvm }) => isEvm).map(async ({ id }) => await standingOn(system, id, address)),
    ),
    system.chain(chain)?.isEvm === true ? callsOf(system, chain, address) : [],
  ]);
  return { proxies, standings: standings.flat(), calls };
}

async function standingOn(system: System, chain: number, address: Hex): Promise<Standing[]> {
  const gateway = system.ask(chain);
  const params: [Hex, "latest"] = [address, "latest"];
  try {
    const [balance, nonce, code] = await Promise.all([
      gateway.request({ method: "eth_getBalance", params }),
      gateway.request({ method: "eth_getTransactionCount", params }),
      gateway.request({ method: "eth_getCode", params }),
    ]);
    return [{ chain, balance: BigInt(balance), nonce: Number(nonce), codeSize: (code.length - 2) / 2 }];
  } catch {
    // A rollup that is stopped says nothing of its accounts; the others do.
    return [];
  }
}

async function callsOf(system: System, chain: number, address: Hex): Promise<AddressCall[]> {
  const gateway = system.ask(chain);
  const head = Number(await gateway.request({ method: "eth_blockNumber" }));
  const numbers = Array.from({ length: Math.min(BLOCKS, head + 1) }, (_, index) => head - index);
  const blocks = await Promise.all(
    numbers.map(async (number) => {
      const params: [Hex, true] = [quantity(number), true];
      return await gateway.request({ method: "eth_getBlockByNumber", params }).catch(() => null);
    }),
  );
  return blocks.flatMap((block) =>
    (block?.transactions ?? []).flatMap((transaction): AddressCall[] => {
      if (typeof transaction === "string") return [];
      const { hash, from, to } = transaction;
      const number = Number(block?.number);
      return [
        ...(to?.toLowerCase() === address
          ? [{ hash, block: number, direction: "in", other: from } as const]
          : []),
        ...(from.toLowerCase() === address
          ? [{ hash, block: number, direction: "out", other: to } as const]
          : []),
      ];
    }),
  );
}

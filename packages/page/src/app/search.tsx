import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { System } from "../chains/system.ts";
import type { Hex } from "../chains/rpc-types.ts";
import { quantity } from "../chains/system.ts";
import { go } from "./location.ts";
import { urlOf } from "./route.ts";

/** One box for hashes, addresses, blocks and proxies. `/` goes there. */
export function Search({ system }: { readonly system: System }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [answer, setAnswer] = useState("");
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (
        event.key !== "/" ||
        event.target instanceof HTMLInputElement ||
        event.target instanceof HTMLTextAreaElement
      )
        return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
  const search = (event: Event): void => {
    event.preventDefault();
    const wanted = input.current?.value.trim() ?? "";
    if (wanted === "") return;
    setAnswer("searching …");
    find(system, wanted).then(
      (found) => {
        setAnswer(found === undefined ? "not found on any chain" : "");
        if (found !== undefined) go(found);
      },
      () => setAnswer("a gateway does not answer"),
    );
  };
  return (
    <form class="search" role="search" onSubmit={search}>
      <input
        ref={input}
        type="search"
        placeholder="hash, address, block …"
        aria-label="Search for a hash, an address, a block or a proxy"
        spellcheck={false}
        autocomplete="off"
        onInput={() => setAnswer("")}
      />
      <span class="answer" role="status">
        {answer}
      </span>
    </form>
  );
}

/** Where what was written leads to: `A 12` is block 12 of A. */
export async function find(system: System, wanted: string): Promise<string | undefined> {
  const block = /^(?:(\S+)\s+)?#?(\d{1,15})$/.exec(wanted);
  if (block !== null) {
    const [, name = "L1", number = "0"] = block;
    const chain = system.chains.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (chain === undefined) return undefined;
    const params: [Hex, boolean] = [quantity(BigInt(number)), false];
    const found = await system.ask(chain.id).request({ method: "eth_getBlockByNumber", params });
    return found === null ? undefined : urlOf.block(chain.id, number);
  }
  if (/^0x[0-9a-f]{40}$/i.test(wanted))
    return await findAddress(system, `0x${wanted.slice(2).toLowerCase()}`);
  if (/^0x[0-9a-f]{64}$/i.test(wanted)) return await findHash(system, `0x${wanted.slice(2).toLowerCase()}`);
  return undefined;
}

/** On the chain where it has code, else where it has done something. */
async function findAddress(system: System, address: Hex): Promise<string> {
  const standing = await Promise.all(
    system.chains
      .filter(({ isEvm }) => isEvm)
      .map(async ({ id }) => {
        const code = await system
          .ask(id)
          .request({ method: "eth_getCode", params: [address, "latest"] })
          .catch(() => "0x");
        return code === "0x" ? [] : [id];
      }),
  );
  const contract = system.config.rollups.find((rollup) => rollup.contract === address)?.id;
  return urlOf.address(standing.flat()[0] ?? contract ?? 0, address);
}

async function findHash(system: System, hash: Hex): Promise<string> {
  const blocks = await Promise.all(
    system.chains
      .filter(({ isEvm }) => isEvm)
      .map(async ({ id }) => {
        const block = await system
          .ask(id)
          .request({ method: "eth_getBlockByHash", params: [hash, false] })
          .catch(() => null);
        return block === null ? [] : [id];
      }),
  );
  const [chain] = blocks.flat();
  return chain === undefined ? urlOf.transaction(hash) : urlOf.block(chain, hash);
}

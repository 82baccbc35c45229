import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { encodeFunctionData, isAddress, parseAbi, size } from "viem";
import { reasonOf } from "../chains/loaded.ts";
import { quantity, type System } from "../chains/system.ts";
import { AddressLink, TransactionLink } from "../parts/links.tsx";
import type { Hex } from "../chains/rpc-types.ts";
import { AccountField, AddressField, ChainField } from "./fields.tsx";
import { receiptOf } from "./send.ts";

const managerAbi = parseAbi(["function createProxy(address original, uint64 rollup) returns (address)"]);

type State =
  | { readonly is: "idle" }
  | { readonly is: "busy" }
  | { readonly is: "made"; readonly hash: Hex; readonly proxy: Hex }
  | { readonly is: "refused"; readonly reason: string };

interface ProxyFormProps {
  readonly system: System;
  readonly chain: number;
  readonly original: string;
}

/** Makes the address by which contracts of one chain call an account of another. */
export function ProxyForm({ system, chain, original: given }: ProxyFormProps): JSX.Element {
  const [home, setHome] = useState(chain);
  const [on, setOn] = useState(
    chain === 0 ? (system.chains.find(({ isEvm, id }) => isEvm && id !== 0)?.id ?? 0) : 0,
  );
  const [original, setOriginal] = useState(given);
  const [from, setFrom] = useState(system.config.accounts[0] ?? "");
  const [state, setState] = useState<State>({ is: "idle" });
  const make = (event: Event): void => {
    event.preventDefault();
    setState({ is: "busy" });
    makeProxy(system, { home, on, original, from }).then(setState, (error: unknown) =>
      setState({ is: "refused", reason: reasonOf(error) }),
    );
  };
  return (
    <form onSubmit={make} aria-label="Make a proxy">
      <h2>Make a proxy</h2>
      <p class="quiet">A proxy stands on one chain for an account of another: what calls it calls that.</p>
      <AddressField label="account" value={original} onChange={setOriginal} />
      <ChainField label="which lives on" system={system} value={home} onChange={setHome} all />
      <ChainField label="and is called from" system={system} value={on} onChange={setOn} />
      <AccountField system={system} value={from} onChange={setFrom} />
      <p class="buttons">
        <button type="submit" class="primary" disabled={state.is === "busy" || from === "" || home === on}>
          {state.is === "busy" ? "making it …" : "make the proxy"}
        </button>
        {home === on && <span class="quiet">An account needs no proxy on its own chain.</span>}
      </p>
      <div role="status">
        {state.is === "refused" && <p class="fault">{state.reason}</p>}
        {state.is === "made" && (
          <p>
            {"The proxy is "}
            <AddressLink chain={on} address={state.proxy} />
            {", made in "}
            <TransactionLink hash={state.hash} />
          </p>
        )}
      </div>
    </form>
  );
}

interface Wanted {
  readonly home: number;
  readonly on: number;
  readonly original: string;
  readonly from: string;
}

async function makeProxy(system: System, { home, on, original, from }: Wanted): Promise<State> {
  if (!isAddress(original, { strict: false })) throw new Error("the account is no address");
  const manager =
    on === 0 ? system.config.l1.rollups : system.config.rollups.find(({ id }) => id === on)?.contract;
  if (manager == null) throw new Error(`${system.nameOf(on)} makes no proxies`);
  const data = encodeFunctionData({
    abi: managerAbi,
    functionName: "createProxy",
    args: [original, BigInt(home)],
  });
  const gateway = system.ask(on);
  const call = { from: hexOf(from), to: manager, data };
  const answer = await gateway.request({ method: "eth_call", params: [call, "latest"] });
  if (size(answer) !== 32) throw new Error("the manager does not say where the proxy is");
  const hash = await gateway.request({ method: "eth_sendTransaction", params: [call] });
  const isDone = await receiptOf(system, on, hash);
  if (!isDone) throw new Error(`the transaction ${hash} was not included`);
  const { proxies } = await system.l1.request({
    method: "lockstep_getProxies",
    params: [hexOf(original), quantity(home)],
  });
  const found = proxies.find((proxy) => Number(proxy.chain) === on);
  return { is: "made", hash, proxy: found?.address ?? `0x${answer.slice(-40)}` };
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2).toLowerCase()}`;
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { reasonOf } from "../chains/loaded.ts";
import type { System } from "../chains/system.ts";
import { AddressLink, BlockLink, TransactionLink } from "../parts/links.tsx";
import type { Hex } from "../chains/rpc-types.ts";
import type { AddressCall } from "./load.ts";
import { type OlderCalls, olderCalls, searchedFor } from "./older.ts";

interface CallsProps {
  readonly system: System;
  readonly chain: number;
  readonly address: Hex;
  /** Of the latest blocks, as they come. */
  readonly latest: readonly AddressCall[];
}

type State =
  { readonly is: "idle" } | { readonly is: "busy" } | { readonly is: "refused"; readonly reason: string };

/** Calls of an account: of the latest blocks, and on demand of older ones, a page at a time. */
export function Calls({ system, chain, address, latest }: CallsProps): JSX.Element {
  const [pages, setPages] = useState<readonly OlderCalls[]>([]);
  const [state, setState] = useState<State>({ is: "idle" });
  const isOfChain = system.chain(chain)?.isEvm === true;
  const last = pages.at(-1);
  const search = async (): Promise<void> => {
    const searched = await searchedFor(system, chain, address);
    if (searched === undefined) throw new Error("no account of L1 can have called it: it has no proxy there");
    // From the latest block on, since calls between others are not seen in blocks alone.
    const page = await olderCalls(system, searched, last?.from ?? 0);
    setPages((known) => [...known, page]);
  };
  const press = (): void => {
    setState({ is: "busy" });
    search().then(
      () => setState({ is: "idle" }),
      (error: unknown) => setState({ is: "refused", reason: reasonOf(error) }),
    );
  };
  const found = pages.flatMap(({ calls }) => calls);
  const known = new Set(found.map(({ hash }) => hash));
  const shown = [...latest.filter(({ hash }) => !known.has(hash)), ...found];
  return (
    <section aria-label="Calls in and out">
      <h2>Calls in and out</h2>
      {shown.length === 0 && <p class="quiet">None in the latest blocks, or in those that were searched.</p>}
      <ul class="rows calls">
        {shown.map((call) => (
          <li key={`${call.hash} ${call.direction}`}>
            <CallRow call={call} chain={isOfChain ? chain : 0} />
          </li>
        ))}
      </ul>
      <p class="buttons">
        <button type="button" disabled={last?.hasOlder === false || state.is === "busy"} onClick={press}>
          {state.is === "busy" ? "searching …" : "older"}
        </button>
        <span class="quiet" role="status">
          {last === undefined
            ? "of the latest 60 blocks"
            : last.hasOlder
              ? `back to block ${last.from}`
              : "back to the first block"}
        </span>
      </p>
      {state.is === "refused" && (
        <p class="fault" role="alert">
          {state.reason}
        </p>
      )}
    </section>
  );
}

const WORDS: Readonly<Record<AddressCall["direction"], string>> = {
  in: "called by",
  out: "calls",
  within: "takes part in a call of",
};

function CallRow({
  call: { hash, block, direction, other },
  chain,
}: {
  readonly call: AddressCall;
  readonly chain: number;
}): JSX.Element {
  return (
    <>
      <TransactionLink hash={hash} />
      <span>{WORDS[direction]}</span>
      {other === null ? <span>a new contract</span> : <AddressLink chain={chain} address={other} />}
      <BlockLink chain={chain} block={block} />
    </>
  );
}

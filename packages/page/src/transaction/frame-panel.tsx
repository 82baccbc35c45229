import type { JSX } from "preact";
import { abis } from "../names/abis.ts";
import { decodeCall, decodeError, decodeResult, ether } from "../names/decode.ts";
import { nameOrShort } from "../names/names.ts";
import { AddressLink } from "../parts/links.tsx";
import type { FrameNode } from "../score/model.ts";
import type { System } from "../chains/system.ts";
import { CallFacts } from "./call-facts.tsx";

/** A frame that was chosen: everything that was called and came back, whole. */
export function FramePanel({
  system,
  node,
  onClose,
}: {
  readonly system: System;
  readonly node: FrameNode;
  readonly onClose: () => void;
}): JSX.Element {
  const { chain, to } = node;
  const address = (each: string): string => nameOrShort(chain, each);
  const call = decodeCall(node.input, abis.value, address);
  const failure = decodeError(node.output, abis.value, address);
  return (
    <section class="step" aria-label="The chosen frame">
      <header>
        <h2>{`${node.type} on ${system.nameOf(chain)}`}</h2>
        <button type="button" aria-label="Close" onClick={onClose}>
          ×
        </button>
      </header>
      {node.warning !== undefined && <p class="fault">{node.warning}</p>}
      <dl class="facts">
        <dt>caller</dt>
        <dd>
          <AddressLink chain={chain} address={node.from} />
        </dd>
        {to !== undefined && (
          <>
            <dt>callee</dt>
            <dd>
              <AddressLink chain={chain} address={to} />
            </dd>
          </>
        )}
        <CallFacts call={call} />
        <dt>value</dt>
        <dd>{ether(node.value)}</dd>
        {node.gasUsed > 0n && (
          <>
            <dt>gas used</dt>
            <dd>{node.gasUsed.toLocaleString("en")}</dd>
          </>
        )}
        {node.error === undefined ? (
          <>
            <dt>returns</dt>
            <dd class="mono">{decodeResult(node.output, call.item, address) || "nothing"}</dd>
          </>
        ) : (
          <>
            <dt>error</dt>
            <dd class="mono fault">{failure === "" ? node.error : failure}</dd>
          </>
        )}
      </dl>
      <details>
        <summary>{`Input and output: ${(node.input.length - 2) / 2} and ${(node.output.length - 2) / 2} bytes`}</summary>
        <code class="bytes tall">{node.input}</code>
        <code class="bytes tall">{node.output}</code>
      </details>
    </section>
  );
}

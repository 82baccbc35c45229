import type { JSX } from "preact";
import { abis } from "../names/abis.ts";
import { decodeCall, decodeError, decodeResult, ether, shorten } from "../names/decode.ts";
import { nameOrShort } from "../names/names.ts";
import { AddressLink } from "../parts/links.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { rootColour } from "../score/colour.ts";
import type { Turn } from "../score/model.ts";
import type { System } from "../chains/system.ts";
import { CallFacts } from "./call-facts.tsx";

interface StepPanelProps {
  readonly system: System;
  readonly turns: readonly Turn[];
  readonly turn: Turn;
  readonly onStep: (position: number) => void;
}

/** The entry at which the cursor stands, as L1 plays it. */
export function StepPanel({ system, turns, turn, onStep }: StepPanelProps): JSX.Element {
  const { step, execution, position } = turn;
  const { action, kind } = step;
  const [from, to] = [Number(action.from), Number(action.to)];
  return (
    <section class="step" aria-label="The step at the cursor">
      <header>
        <button
          type="button"
          aria-label="The step before"
          disabled={position === 0}
          onClick={() => onStep(position - 1)}
        >
          ←
        </button>
        <h2 aria-live="polite">{`Step ${position + 1} of ${turns.length}: ${kind}`}</h2>
        <button
          type="button"
          aria-label="The next step"
          disabled={position === turns.length - 1}
          onClick={() => onStep(position + 1)}
        >
          →
        </button>
      </header>
      <p class="route">
        <b>{system.nameOf(from)}</b> → <b>{system.nameOf(to)}</b>
        {action.isStatic && <span class="tag">static</span>}
        {action.failed && <span class="tag fault">failed</span>}
        {step.undone && (
          <span class="tag undone">{`undone${step.undoneBy === null ? "" : ` by ${byWhom(step.undoneBy)}`}`}</span>
        )}
      </p>
      {step.branch !== null && step.branch.count > 1 && (
        <p class="quiet">{`Alternative ${step.branch.number + 1} of ${step.branch.count} in this turn of L1: each was made after the one before was undone.`}</p>
      )}
      <WhatItDoes turn={turn} turns={turns} />
      <p>{whatL1Does(turn)}</p>
      <Changes turn={turn} system={system} />
      <details>
        <summary>{`Entry: ${(step.bytes.length - 2) / 2} bytes`}</summary>
        <p class="quiet">What L1 compares is the hash of it:</p>
        <code class="bytes">{step.hash}</code>
        <code class="bytes tall">{step.bytes}</code>
        <CopyButton text={() => step.bytes}>copy the bytes</CopyButton>
      </details>
      <p class="quiet">{`Execution ${execution.index + 1} of the batch, ${execution.state}.`}</p>
    </section>
  );
}

function byWhom(undoneBy: string): string {
  return undoneBy === "L1" ? "L1" : `a ${undoneBy}`.replace("a a", "a");
}

function WhatItDoes({ turn, turns }: { readonly turn: Turn; readonly turns: readonly Turn[] }): JSX.Element {
  const { step, execution } = turn;
  const { action, kind } = step;
  const [from, to] = [Number(action.from), Number(action.to)];
  if (kind === "CALL") {
    const call = decodeCall(action.data, abis.value, (address) => nameOrShort(to, address));
    return (
      <dl class="facts">
        <dt>caller</dt>
        <dd>
          <AddressLink chain={from} address={action.sender} />
        </dd>
        <dt>callee</dt>
        <dd>
          <AddressLink chain={to} address={action.target} />
        </dd>
        <CallFacts call={call} />
        <dt>value</dt>
        <dd>{ether(BigInt(action.value))}</dd>
      </dl>
    );
  }
  if (kind === "RESULT") {
    const answered = turns.find(
      (each) => each.execution === execution && step.answers !== null && each.step.index === step.answers,
    );
    const item = answered && decodeCall(answered.step.action.data, abis.value, (each) => each).item;
    const text = action.failed
      ? decodeError(action.data, abis.value, (address) => nameOrShort(from, address))
      : decodeResult(action.data, item, (address) => nameOrShort(from, address));
    return (
      <dl class="facts">
        <dt>{action.failed ? "error" : "returns"}</dt>
        <dd class={action.failed ? "mono fault" : "mono"}>{text === "" ? "nothing" : text}</dd>
      </dl>
    );
  }
  return (
    <dl class="facts">
      <dt>data</dt>
      <dd class="mono">{`${(action.data.length - 2) / 2} bytes: ${shorten(action.data, 40)}`}</dd>
    </dl>
  );
}

/** In words, what `Rollups` does at this step. */
function whatL1Does({ step, execution }: Turn): string {
  const { action, kind } = step;
  const visits = execution.visits.filter(({ visit }) => step.visits.includes(visit));
  const isProven = visits.length > 0 && visits.every(({ proven }) => proven);
  const why = isProven ? "its proof was verified" : "UNPROVEN, L1 takes that on trust";
  const [isFromL1, isToL1] = [Number(action.from) === 0, Number(action.to) === 0];
  if (kind === "SPAN")
    return `L1 opens ${step.times ?? 1} frames around the next call, which it will revert: that undoes it.`;
  if (kind === "REVERT")
    return "The rollup says that a frame of its own reverted: L1 reverts the calls made in it.";
  if (kind === "REVERT_CONTINUE") return "L1 has undone them, and the rollup goes on.";
  if (kind === "L2TX")
    return "postBatch plays this transaction of the rollup, if the rollups are at the roots that the batch says.";
  if (isFromL1 && kind === "CALL")
    return step.index === 0 && execution.calledBy !== null
      ? "L1 looks for this call by its hash and the root of the rollup that it calls. Without an entry the call reverts."
      : "L1's code makes this call. L1 compares its hash with the entry: with another call it reverts.";
  if (isFromL1) return "L1's code answers. L1 compares the hash of the answer with the entry.";
  if (isToL1 && kind === "CALL")
    return `L1 makes this call, from the proxy of its caller, since the rollup asks for it: ${why}.`;
  if (isToL1) return `L1's caller gets this answer, since the rollup gives it: ${why}.`;
  return `No call on L1: both sides are rollups, and both visits have to say the same of it. ${isProven ? "Their proofs were verified" : "UNPROVEN: L1 takes a visit on trust"}.`;
}

function Changes({ turn: { step }, system }: { readonly turn: Turn; readonly system: System }): JSX.Element {
  if (step.roots.length === 0 && step.balances.length === 0)
    return <p class="quiet">No root and no Ether changes at this step.</p>;
  return (
    <table class="changes">
      <thead>
        <tr>
          <th scope="col">changes</th>
          <th scope="col">before</th>
          <th scope="col">after</th>
        </tr>
      </thead>
      <tbody>
        {step.roots.map(({ rollup, before, after }) => (
          <tr key={`root ${rollup}`}>
            <th scope="row">{`${system.nameOf(Number(rollup))}'s root`}</th>
            {[before, after].map((root) => (
              <td key={root} class="mono" title={root}>
                <Dot colour={rootColour(root)} />
                {shorten(root)}
              </td>
            ))}
          </tr>
        ))}
        {step.balances.map(({ rollup, before, after }) => (
          <tr key={`ether ${rollup}`}>
            <th scope="row">{`${system.nameOf(Number(rollup))}'s Ether`}</th>
            <td>{before === null ? "not kept" : ether(BigInt(before))}</td>
            <td>{after === null ? "not kept" : ether(BigInt(after))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Dot({ colour }: { readonly colour: string }): JSX.Element {
  return (
    <svg class="dot" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="5" fill={colour} />
    </svg>
  );
}

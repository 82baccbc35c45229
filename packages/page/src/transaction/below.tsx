import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import type { System } from "../chains/system.ts";
import type { BatchGas, Progress, ProofShown } from "../chains/rpc-types.ts";
import { shorten } from "../names/decode.ts";
import { type Bar, Bars } from "../parts/bars.tsx";
import { CopyButton } from "../parts/copy.tsx";
import { seconds } from "../score/labels.ts";
import type { Included } from "./load.ts";

/** What it took: time by step, gas by part, proofs, the batch as it stands on L1. */
export function Below({
  system,
  included,
}: {
  readonly system: System;
  readonly included: Included;
}): JSX.Element {
  const { executions, progress } = included;
  const gas = executions?.gas ?? progress?.gas ?? null;
  return (
    <div class="below">
      {progress !== null && <Bars title="Time" bars={timeBars(progress)} />}
      {gas !== null && <Bars title="Gas of its batch" bars={gasBars(gas)} />}
      {executions !== null && (
        <figure>
          <figcaption>Proofs of its batch</figcaption>
          <ul class="plain">
            {executions.proofs.map((proof) => (
              <li key={`${proof.rollup} ${proof.visits.join(" ")}`}>
                {<Proof proof={proof} system={system} />}
              </li>
            ))}
          </ul>
        </figure>
      )}
      {executions !== null && (
        <details>
          <summary>{`The batch on L1: ${((executions.raw.length - 2) / 2).toLocaleString("en")} bytes`}</summary>
          <code class="bytes tall">{executions.raw}</code>
          <CopyButton text={() => executions.raw}>copy the bytes</CopyButton>
        </details>
      )}
      <p class="buttons">
        <CopyButton text={() => JSON.stringify(included, null, 2)}>copy as JSON</CopyButton>
      </p>
    </div>
  );
}

function Proof({ proof, system }: { readonly proof: ProofShown; readonly system: System }): JSX.Element {
  const { rollup, visits, size, proven, circuit, verificationKey } = proof;
  const of = `${system.nameOf(Number(rollup))}, ${visits.length} ${visits.length === 1 ? "visit" : "visits"}`;
  return proven ? (
    <>{`${of}: Groth16, ${plainText(circuit ?? `key ${shorten(verificationKey)}`)}, ${size} bytes`}</>
  ) : (
    <>
      {`${of}: `}
      <strong class="unproven">UNPROVEN</strong>
    </>
  );
}

function timeBars(progress: Progress): Bar[] {
  const {
    simulateMilliseconds,
    witnessMilliseconds,
    proveMilliseconds,
    postMilliseconds,
    checkMilliseconds,
  } = progress;
  const bar = (name: string, milliseconds: number | null, isInside = false): Bar[] =>
    milliseconds === null ? [] : [{ name, amount: milliseconds, text: seconds(milliseconds), isInside }];
  const { acceptedAt, includedAt } = progress;
  const whole = acceptedAt === null || includedAt === null ? null : includedAt - acceptedAt;
  const steps = [simulateMilliseconds, witnessMilliseconds, proveMilliseconds, postMilliseconds];
  const known = steps.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  return [
    ...(whole === null || whole <= known ? [] : bar("wait", whole - known)),
    ...bar("simulate", simulateMilliseconds),
    ...bar("witness", witnessMilliseconds),
    ...bar("prove", proveMilliseconds),
    ...bar("post", postMilliseconds),
    ...bar("of it, self-check", checkMilliseconds, true),
  ];
}

function gasBars({ post, proofCheck, table, calls }: BatchGas): Bar[] {
  const bar = (name: string, amount: string | null): Bar[] =>
    amount === null ? [] : [{ name, amount: Number(amount), text: Number(amount).toLocaleString("en") }];
  if (proofCheck === null && table === null) return bar("postBatch", post);
  return [...bar("proof check", proofCheck), ...bar("table", table), ...bar("calls", calls)];
}

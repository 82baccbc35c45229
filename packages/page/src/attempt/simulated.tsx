import { plainText } from "lockstep-client/words";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { System } from "../chains/system.ts";
import type { SimulationAcross } from "../chains/rpc-types.ts";
import { abis } from "../names/abis.ts";
import { decodeError, ether, shorten } from "../names/decode.ts";
import { MOST_REASON } from "../home/load.ts";
import { nameOrShort, names } from "../names/names.ts";
import { AddressLink } from "../parts/links.tsx";
import { labelsOf } from "../score/labels.ts";
import { layOut } from "../score/layout.ts";
import { chainsOf, scoreOf } from "../score/model.ts";
import { useNames } from "../score/use-names.ts";
import { Score } from "../score/score.tsx";
import { useWidth } from "../transaction/hooks.ts";

interface SimulatedProps {
  readonly system: System;
  readonly chain: number;
  readonly found: SimulationAcross;
}

const NOTHING = new Set<string>();

/** What a call would do. Nothing of it has happened, and nothing of it is proven. */
export function Simulated({ system, chain, found }: SimulatedProps): JSX.Element {
  const { success, error, data, gas, trace, events, ether: moved, warnings } = found;
  const [frame, width] = useWidth();
  const labels = useMemo(
    () => labelsOf({ abis: abis.value, address: nameOrShort, proofs: [] }),
    [abis.value, names.value],
  );
  const root = useMemo(() => (trace === null ? undefined : scoreOf(trace, [])), [trace]);
  useNames(system, root);
  const layout = useMemo(() => {
    if (root === undefined) return undefined;
    return layOut(root, { chains: chainsOf(root), width, labels, visits: [], opened: NOTHING });
  }, [root, width, labels]);
  return (
    <section class="simulated" aria-label="What it would do">
      <h3>
        {success ? "It would succeed" : "It would fail"}
        <span class="verdict">not sent</span>
      </h3>
      {error !== null && (
        <p class="fault">{`${plainText(error.name)}: ${decodeError(error.data ?? "0x", abis.value, (each) => nameOrShort(chain, each)) || plainText(error.reason, MOST_REASON)}`}</p>
      )}
      {warnings.map((warning) => (
        <p key={warning} class="fault">
          {plainText(warning, MOST_REASON)}
        </p>
      ))}
      <dl class="facts">
        <dt>returns</dt>
        <dd class="mono">{shorten(data, 80)}</dd>
        <dt>gas at most</dt>
        <dd>{Number(gas).toLocaleString("en")}</dd>
        {moved.map(({ chain: on, address, before, after }) => (
          <>
            <dt>
              <AddressLink chain={Number(on)} address={address} />
              {` on ${system.nameOf(Number(on))}`}
            </dt>
            <dd>{`${ether(BigInt(before))} → ${ether(BigInt(after))}`}</dd>
          </>
        ))}
        {events.map(({ chain: on, address, topics }, index) => (
          <>
            <dt>{`event ${index + 1}, ${system.nameOf(Number(on))}`}</dt>
            <dd>
              {abis.value.index.event(topics[0] ?? "")?.name ?? shorten(topics[0] ?? "no topic")}
              {" of "}
              <AddressLink chain={Number(on)} address={address} />
            </dd>
          </>
        ))}
      </dl>
      <div ref={frame}>
        {layout !== undefined && (
          <Score
            layout={layout}
            chainName={(id) => system.nameOf(id)}
            unproven={new Set(system.chains.filter(({ isProven }) => !isProven).map(({ id }) => id))}
            cursor={undefined}
            selected={undefined}
            onStep={() => undefined}
            onSelect={() => undefined}
            onOpen={() => undefined}
          />
        )}
      </div>
    </section>
  );
}

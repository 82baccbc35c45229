import type { JSX } from "preact";
import { urlOf } from "../app/route.ts";
import type { System } from "../chains/system.ts";
import type { ActivityTransaction } from "../chains/rpc-types.ts";
import { nameOrShort } from "../names/names.ts";
import { ageText, now } from "../parts/age.tsx";
import { Unproven } from "../parts/notice.tsx";
import { COLUMNS, type LaneBlock, type LaneColumn, type Lanes } from "./load.ts";

interface LanesProps {
  readonly system: System;
  readonly lanes: Lanes;
  /** What the builder included: rollups without blocks of their own are seen in it alone. */
  readonly transactions: readonly ActivityTransaction[];
  readonly isLatest: boolean;
  /** @param last block of L1 to be shown; undefined: its head, and whatever comes. */
  readonly onMove: (last: number | undefined) => void;
}

/** A lane for each chain; below each block of L1 stands what it settled. The newest are on the left. */
export function LanesView({ system, lanes, transactions, isLatest, onMove }: LanesProps): JSX.Element {
  const { columns, head } = lanes;
  const newest = columns[0]?.l1Block ?? 0;
  const oldest = columns.at(-1)?.l1Block ?? 0;
  return (
    <>
      <div class="lanes" tabIndex={0} role="region" aria-label="Lanes of blocks">
        <table>
          <tbody>
            {system.chains.map((chain) => (
              <tr key={chain.id} class={chain.id === 0 ? "l1" : ""}>
                <th scope="row">
                  {chain.name}
                  {!chain.isProven && <Unproven />}
                </th>
                {columns.map((column) => (
                  <td key={column.l1Block} class={settles(column, transactions) ? "settles" : ""}>
                    {chain.isEvm ? (
                      <BlockCell chain={chain.id} column={column} />
                    ) : (
                      <VisitCell chain={chain.id} column={column} transactions={transactions} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <nav class="buttons" aria-label="Older and newer blocks">
        <button type="button" disabled={oldest === 0} onClick={() => onMove(oldest - 1)}>
          older
        </button>
        <button
          type="button"
          disabled={isLatest}
          onClick={() => onMove(newest + COLUMNS >= head ? undefined : newest + COLUMNS)}
        >
          newer
        </button>
        <span class="quiet">{`L1 blocks ${oldest} to ${newest} of ${head}`}</span>
      </nav>
    </>
  );
}

/** Whether a rollup went on in the block. */
function settles({ blocks, l1Block }: LaneColumn, transactions: readonly ActivityTransaction[]): boolean {
  return blocks.length > 1 || transactions.some((each) => visits(each, l1Block) && each.rollups.length > 0);
}

function visits({ state, blockNumber }: ActivityTransaction, l1Block: number): boolean {
  return state === "posted" && blockNumber !== null && Number(blockNumber) === l1Block;
}

/** A ledger has no blocks of its own: what called it in a block of L1. */
function VisitCell({
  chain,
  column,
  transactions,
}: {
  readonly chain: number;
  readonly column: LaneColumn;
  readonly transactions: readonly ActivityTransaction[];
}): JSX.Element {
  const calls = transactions.filter(
    (each) => visits(each, column.l1Block) && each.rollups.some((rollup) => Number(rollup) === chain),
  );
  return (
    <div class="block">
      {calls.slice(0, MOST).map(({ hash }) => (
        <a key={hash} class="chip" href={`#${urlOf.transaction(hash)}`} title={hash}>
          visited
        </a>
      ))}
      {calls.length > MOST && <span class="quiet">{`and ${calls.length - MOST}`}</span>}
    </div>
  );
}

function BlockCell({
  chain,
  column,
}: {
  readonly chain: number;
  readonly column: LaneColumn;
}): JSX.Element | null {
  const block = column.blocks.find((each) => each.chain === chain);
  if (block === undefined) return null;
  return (
    <div class="block">
      <a class="number" href={`#${urlOf.block(chain, block.number)}`}>
        {`#${block.number}`}
      </a>
      {chain === 0 && <span class="quiet">{ageText(now.value - column.timestamp * 1_000)}</span>}
      <Transactions block={block} />
    </div>
  );
}

const MOST = 4;

function Transactions({ block: { chain, transactions } }: { readonly block: LaneBlock }): JSX.Element {
  return (
    <>
      {transactions.slice(0, MOST).map(({ hash, to }) => (
        <a key={hash} class="chip" href={`#${urlOf.transaction(hash)}`} title={hash}>
          {to !== null && nameOrShort(chain, to) === "Rollups"
            ? "batch"
            : nameOrShort(chain, to ?? undefined)}
        </a>
      ))}
      {transactions.length > MOST && <span class="quiet">{`and ${transactions.length - MOST}`}</span>}
    </>
  );
}

import type { JSX } from "preact";
import { urlOf } from "../app/route.ts";
import { useLoaded } from "../chains/loaded.ts";
import { quantity, type System } from "../chains/system.ts";
import { shorten } from "../names/decode.ts";
import { Age } from "../parts/age.tsx";
import { AddressLink, TransactionLink } from "../parts/links.tsx";
import { Await, Unproven } from "../parts/notice.tsx";
import type { Hex } from "../chains/rpc-types.ts";

interface BlockProps {
  readonly system: System;
  readonly chain: number;
  /** Number or hash. */
  readonly block: string;
}

export function BlockScreen({ system, chain, block }: BlockProps): JSX.Element {
  const loaded = useLoaded(async () => await loadBlock(system, chain, block), `${chain} ${block}`, []);
  const shown = system.chain(chain);
  return (
    <main>
      <Await loaded={loaded} what="the block">
        {(found) =>
          found === null ? (
            <p>{`${system.nameOf(chain)} has no block ${block}.`}</p>
          ) : (
            <section class="summary">
              <h1>
                {`${system.nameOf(chain)} block ${Number(found.number)} `}
                {shown?.isProven === false && <Unproven />}
              </h1>
              <nav class="buttons" aria-label="Blocks around it">
                {Number(found.number) > 0 && (
                  <a href={`#${urlOf.block(chain, Number(found.number) - 1)}`}>← the block before</a>
                )}
                <a href={`#${urlOf.block(chain, Number(found.number) + 1)}`}>the next block →</a>
              </nav>
              <dl class="facts">
                <dt>hash</dt>
                <dd class="mono break">{found.hash}</dd>
                <dt>time</dt>
                <dd>
                  <Age at={Number(found.timestamp) * 1_000} />
                </dd>
                <dt>state root</dt>
                <dd class="mono break">{found.stateRoot}</dd>
                <dt>gas used</dt>
                <dd>{Number(found.gasUsed).toLocaleString("en")}</dd>
              </dl>
              <h2>{`${found.transactions.length} transactions`}</h2>
              <div class="wide">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">transaction</th>
                      <th scope="col">from</th>
                      <th scope="col">to</th>
                      <th scope="col">data</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.transactions.map((transaction) =>
                      typeof transaction === "string" ? null : (
                        <tr key={transaction.hash}>
                          <td>
                            <TransactionLink hash={transaction.hash} />
                          </td>
                          <td>
                            <AddressLink chain={chain} address={transaction.from} />
                          </td>
                          <td>
                            {transaction.to == null ? (
                              "new contract"
                            ) : (
                              <AddressLink chain={chain} address={transaction.to} />
                            )}
                          </td>
                          <td class="mono">{shorten(transaction.input)}</td>
                        </tr>
                      ),
                    )}
                  </tbody>
                </table>
              </div>
            </section>
          )
        }
      </Await>
    </main>
  );
}

async function loadBlock(system: System, chain: number, block: string) {
  const gateway = system.ask(chain);
  if (block.startsWith("0x")) {
    const hash: Hex = `0x${block.slice(2)}`;
    return await gateway.request({ method: "eth_getBlockByHash", params: [hash, true] });
  }
  return await gateway.request({ method: "eth_getBlockByNumber", params: [quantity(BigInt(block)), true] });
}

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { urlOf } from "../app/route.ts";
import { useLoaded } from "../chains/loaded.ts";
import { news } from "../chains/live.ts";
import type { System } from "../chains/system.ts";
import { abis } from "../names/abis.ts";
import { ether, signatureText } from "../names/decode.ts";
import { lookUp, nameOf } from "../names/names.ts";
import { CopyButton } from "../parts/copy.tsx";
import { AddressLink } from "../parts/links.tsx";
import { Await } from "../parts/notice.tsx";
import type { Hex } from "../chains/rpc-types.ts";
import { Calls } from "./calls.tsx";
import { loadAddress } from "./load.ts";

interface AddressProps {
  readonly system: System;
  readonly chain: number;
  readonly address: string;
}

export function AddressScreen({ system, chain, address }: AddressProps): JSX.Element {
  const wanted: Hex = `0x${address.slice(2)}`;
  const loaded = useLoaded(async () => await loadAddress(system, chain, wanted), `${chain} ${address}`, [
    news.value,
  ]);
  useEffect(() => {
    void lookUp(system, [{ chain, address }]);
  }, [chain, address, abis.value]);
  const name = nameOf(chain, address);
  const artifact = name === undefined ? undefined : abis.value.named(name);
  return (
    <main>
      <section class="summary">
        <h1>
          {name ?? "Address"}
          <span class="verdict">{`on ${system.nameOf(chain)}`}</span>
        </h1>
        <p class="mono break">
          {address} <CopyButton text={() => address}>copy</CopyButton>
        </p>
        <p class="buttons">
          <a href={`#${urlOf.attempt(chain, address)}`}>call it or make a proxy</a>
        </p>
      </section>
      <Await loaded={loaded} what="the address">
        {({ proxies, standings, calls }) => (
          <>
            {proxies?.original != null && (
              <p>
                {"A proxy: it stands for "}
                <AddressLink chain={Number(proxies.original.chain)} address={proxies.original.address} />
                {` on ${system.nameOf(Number(proxies.original.chain))}. What calls it here calls that there.`}
              </p>
            )}
            <h2>On every chain</h2>
            <div class="wide">
              <table>
                <thead>
                  <tr>
                    <th scope="col">chain</th>
                    <th scope="col">balance</th>
                    <th scope="col">nonce</th>
                    <th scope="col">code</th>
                  </tr>
                </thead>
                <tbody>
                  {standings.map((standing) => (
                    <tr key={standing.chain}>
                      <th scope="row">
                        <a href={`#${urlOf.address(standing.chain, address)}`}>
                          {system.nameOf(standing.chain)}
                        </a>
                      </th>
                      <td>{ether(standing.balance)}</td>
                      <td>{standing.nonce}</td>
                      <td>
                        {standing.codeSize === 0 ? "none" : `${standing.codeSize.toLocaleString("en")} bytes`}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            <h2>{`Its proxies on other chains`}</h2>
            {proxies === null || proxies.proxies.length === 0 ? (
              <p class="quiet">It can have none.</p>
            ) : (
              <ul class="rows">
                {proxies.proxies.map((proxy) => (
                  <li key={proxy.chain}>
                    <b>{system.nameOf(Number(proxy.chain))}</b>
                    <AddressLink chain={Number(proxy.chain)} address={proxy.address} />
                    <span class={proxy.deployed ? "" : "quiet"}>
                      {proxy.deployed ? "is there" : "not made yet: a call to it does nothing"}
                    </span>
                  </li>
                ))}
              </ul>
            )}
            <Calls system={system} chain={chain} address={wanted} latest={calls} />
            {artifact !== undefined && (
              <details>
                <summary>{`Functions of ${artifact.name}`}</summary>
                <ul class="plain mono">
                  {artifact.abi.flatMap((item) =>
                    item.type === "function"
                      ? [<li key={signatureText(item)}>{signatureText(item)}</li>]
                      : [],
                  )}
                </ul>
              </details>
            )}
          </>
        )}
      </Await>
    </main>
  );
}

import type { JSX } from "preact";
import { urlOf } from "../app/route.ts";
import { nameOf } from "../names/names.ts";
import { shorten } from "../names/decode.ts";

/** A link to a transaction. */
export function TransactionLink({
  hash,
  most = 14,
}: {
  readonly hash: string;
  readonly most?: number;
}): JSX.Element {
  return (
    <a class="mono" href={`#${urlOf.transaction(hash)}`} title={hash}>
      {shorten(hash, most)}
    </a>
  );
}

/** A link to an address, by its name if it has one. */
export function AddressLink({
  chain,
  address,
}: {
  readonly chain: number;
  readonly address: string;
}): JSX.Element {
  const name = nameOf(chain, address);
  return (
    <a class={name === undefined ? "mono" : ""} href={`#${urlOf.address(chain, address)}`} title={address}>
      {name ?? shorten(address, 12)}
    </a>
  );
}

export function BlockLink({ chain, block }: { readonly chain: number; readonly block: number }): JSX.Element {
  return <a href={`#${urlOf.block(chain, block)}`}>{`#${block}`}</a>;
}

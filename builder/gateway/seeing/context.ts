import type { ChainId } from "../../protocol/ids.ts";
import type { Backend } from "../backend.ts";
import type { GatewayKind, GatewayKinds } from "../kinds/kind-gateway.ts";
import type { KindSeeing } from "./kind-seeing.ts";

/** What the methods of this folder stand on. */
export interface SeeingContext {
  readonly builder: Backend;
  readonly kinds: GatewayKinds;
}

/** How the rollup's kind is seen; nothing for one that is not followed. */
export function seeingOf({ builder, kinds }: SeeingContext, rollup: ChainId): KindSeeing | undefined {
  const kind = builder.rollups.find(({ id }) => id === rollup)?.kind.name;
  const known: GatewayKind | undefined = kind === undefined ? undefined : kinds.get(kind);
  return known?.seeing;
}

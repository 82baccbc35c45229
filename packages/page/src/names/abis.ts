import { signal } from "@preact/signals";
import { AbiIndex, plainText, wellFormedAbi } from "lockstep-client/words";
import type { Abi } from "viem";
import * as z from "zod/mini";

const place = z.object({ start: z.number(), length: z.number() });

/** `artifacts.json`, which the page's own server makes of the artifacts at hand. */
const artifactsSchema = z.array(
  z.object({
    name: z.pipe(
      z.string(),
      z.transform((name) => plainText(name)),
    ),
    abi: z.pipe(z.unknown(), z.transform(wellFormedAbi)),
    /** Deployed code, where it is known: how long, its hash with zeros in place of immutables, and those. */
    code: z.nullable(z.object({ size: z.number(), hash: z.string(), immutables: z.array(place) })),
  }),
);

/** A contract that was compiled here. */
export interface Artifact {
  readonly name: string;
  readonly abi: Abi;
  readonly code: {
    readonly size: number;
    readonly hash: string;
    readonly immutables: readonly { readonly start: number; readonly length: number }[];
  } | null;
}

/** Everything by which data is read. */
export class Abis {
  readonly artifacts: readonly Artifact[];
  readonly index: AbiIndex;

  constructor(artifacts: readonly Artifact[]) {
    this.artifacts = artifacts;
    this.index = AbiIndex.of(artifacts.map(({ abi }) => abi));
  }

  /** The functions of a contract, by its name. */
  named(name: string): Artifact | undefined {
    return this.artifacts.find((each) => each.name === name);
  }
}

export const abis = signal(new Abis([]));

/** What is not there, or cannot be read, is gone without: data is then shown in hexadecimal. */
export async function loadAbis(): Promise<void> {
  const answer = await fetch("artifacts.json");
  const found: unknown = await answer.json();
  const parsed = artifactsSchema.safeParse(found);
  if (parsed.success) abis.value = new Abis(parsed.data);
}

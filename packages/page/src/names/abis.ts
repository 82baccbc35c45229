import { signal } from "@preact/signals";
import { type Abi, type AbiEvent, type AbiFunction, toEventSelector, toFunctionSelector } from "viem";
import * as z from "zod/mini";

/** An error of an ABI: viem exports no type for it. */
export type AbiError = Extract<Abi[number], { type: "error" }>;

const item = z.looseObject({ type: z.string() });
const place = z.object({ start: z.number(), length: z.number() });

/** `artifacts.json`, which the page's own server makes of the artifacts at hand. */
const artifactsSchema = z.array(
  z.object({
    name: z.string(),
    abi: z.array(item),
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
  readonly #functions = new Map<string, AbiFunction>();
  readonly #errors = new Map<string, AbiError>();
  readonly #events = new Map<string, AbiEvent>();

  constructor(artifacts: readonly Artifact[]) {
    this.artifacts = artifacts;
    for (const { abi } of artifacts)
      for (const entry of abi) {
        if (entry.type === "function") keep(this.#functions, () => toFunctionSelector(entry), entry);
        if (entry.type === "error") keep(this.#errors, () => toFunctionSelector(signatureOf(entry)), entry);
        if (entry.type === "event") keep(this.#events, () => toEventSelector(entry), entry);
      }
  }

  function(data: string): AbiFunction | undefined {
    return this.#functions.get(data.slice(0, 10));
  }

  error(data: string): AbiError | undefined {
    return this.#errors.get(data.slice(0, 10));
  }

  event(topic: string): AbiEvent | undefined {
    return this.#events.get(topic);
  }

  /** The functions of a contract, by its name. */
  named(name: string): Artifact | undefined {
    return this.artifacts.find((each) => each.name === name);
  }
}

function keep<Entry>(into: Map<string, Entry>, selector: () => string, entry: Entry): void {
  try {
    const found = selector();
    if (!into.has(found)) into.set(found, entry);
  } catch {
    // An artifact may say what no Solidity says; its other entries are read all the same.
  }
}

function signatureOf({ name, inputs }: AbiError): string {
  const typeOf = ({ type, components }: AbiParameterLike): string =>
    type.startsWith("tuple")
      ? `(${(components ?? []).map(typeOf).join(",")})${type.slice("tuple".length)}`
      : type;
  return `${name}(${inputs.map(typeOf).join(",")})`;
}

interface AbiParameterLike {
  readonly type: string;
  readonly components?: readonly AbiParameterLike[];
}

export const abis = signal(new Abis([]));

function isAbi(_abi: readonly { type: string }[]): _abi is Abi {
  return true;
}

/** What is not there, or cannot be read, is gone without: data is then shown in hexadecimal. */
export async function loadAbis(): Promise<void> {
  const answer = await fetch("artifacts.json");
  const found: unknown = await answer.json();
  const parsed = artifactsSchema.safeParse(found);
  if (!parsed.success) return;
  abis.value = new Abis(
    parsed.data.flatMap(({ name, abi, code }) => (isAbi(abi) ? [{ name, abi, code }] : [])),
  );
}

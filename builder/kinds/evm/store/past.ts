import type { Address, Hex } from "viem";
import { z } from "zod";
import type { Entry } from "./entry.ts";
import { type CodeOf, decodeEntry, encodeEntry } from "./notes.ts";

/** What a leaf stands for, whether or not it is there. */
export type Place =
  | { readonly type: "account"; readonly address: Address }
  | { readonly type: "slot"; readonly address: Address; readonly slot: Hex }
  | { readonly type: "block" };

/** What a block replaced. */
export interface Replaced {
  readonly key: bigint;
  readonly place: Place;
  /** Nothing if there was none. */
  readonly before: Entry | undefined;
}

/** Note of what a block replaced (`past:<block>`, 16 hexadecimal digits), beside those of `notes.ts`. */
export const pastNote = (block: bigint): string => `past:${block.toString(16).padStart(16, "0")}`;

const placeSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("account"), address: z.custom<Address>(isText) }),
  z.object({ type: z.literal("slot"), address: z.custom<Address>(isText), slot: z.custom<Hex>(isText) }),
  z.object({ type: z.literal("block") }),
]);
const replacedSchema = z.array(
  z.tuple([z.string().regex(/^[0-9a-f]+$/), placeSchema, z.string().nullable()]),
);

function isText(value: unknown): boolean {
  return typeof value === "string" && value.startsWith("0x");
}

export function encodeReplaced(replaced: readonly Replaced[]): string {
  return JSON.stringify(
    replaced.map(({ key, place, before }) => [
      key.toString(16),
      place,
      before === undefined ? null : encodeEntry(before),
    ]),
  );
}

/** @throws when the text is no such note, or what `codeOf` throws. */
export function decodeReplaced(text: string, codeOf: CodeOf): Replaced[] {
  return replacedSchema.parse(JSON.parse(text)).map(([digits, place, note]) => {
    const key = BigInt(`0x${digits}`);
    return { key, place, before: note === null ? undefined : decodeEntry(note, key, codeOf) };
  });
}

/** The place of an entry. */
export function placeOf(entry: Entry): Place {
  switch (entry.type) {
    case "account":
      return { type: "account", address: entry.address };
    case "slot":
      return { type: "slot", address: entry.address, slot: entry.slot };
    case "block":
      return { type: "block" };
  }
}

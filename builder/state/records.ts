import { z } from "zod";
import { FIELD_MODULUS, fieldElement } from "../protocol/ids.ts";
import type { NoteChanges } from "./state.ts";
import { KEY_BITS, type Leaf } from "./types.ts";

/**
 * What a state's database holds, all keys and values text:
 *
 *     head              the present durable state
 *     leaf:<place>      key, nextKey and value in hexadecimal, 64 digits each; places in 8 hexadecimal digits
 *     note:<name>       a text that belongs to the state beside its leaves
 *     undo:<version>    how to get from that version to the one before; versions in 12 hexadecimal digits
 *
 * Nodes are not stored: they follow from the leaves, and are hashed anew on opening, which checks the root.
 */
export const HEAD_KEY = "head";
export const LEAF_KEYS = { gte: "leaf:", lt: "leaf;" } as const;
export const NOTE_KEYS = { gte: "note:", lt: "note;" } as const;
export const UNDO_KEYS = { gte: "undo:", lt: "undo;" } as const;

export const leafKey = (place: number): string => `leaf:${place.toString(16).padStart(8, "0")}`;
export const noteKey = (name: string): string => `note:${name}`;
export const undoKey = (version: number): string => `undo:${version.toString(16).padStart(12, "0")}`;

/**
 * Names the layout above, and how leaves and roots follow from what the state says: docs/spec.md sections 4,
 * 5 and 7. The number rises with every change; what an older one left is rebuilt from L1.
 */
export const STATE_FORMAT = "lockstep.state.v2";

const integer = z.number().int().nonnegative();
const element = z
  .string()
  .regex(/^[0-9]{1,77}$/)
  .transform(BigInt)
  .refine((value) => value < FIELD_MODULUS);
const leafText = z.string().regex(/^[0-9a-f]{192}$/);

const head = z.object({
  format: z.literal(STATE_FORMAT),
  /** Whose state it is: kind and rollup. */
  identity: z.string(),
  /** Counts persisted states. */
  version: integer,
  size: integer.min(1),
  root: element,
});
export type Head = Omit<z.infer<typeof head>, "format">;

const undo = z.object({
  /** Root and size of the state before. */
  root: element,
  size: integer.min(1),
  /** Leaves of the state before that were changed since, by place. */
  leaves: z.array(z.tuple([integer, leafText])),
  /** Notes of the state before that were changed since, by name; null where there was none. */
  notes: z.array(z.tuple([z.string(), z.string().nullable()])).optional(),
});
export interface Undo {
  readonly root: bigint;
  readonly size: number;
  readonly leaves: ReadonlyMap<number, Leaf>;
  readonly notes: NoteChanges;
}

export function encodeHead({ identity, version, size, root }: Head): string {
  return JSON.stringify({ format: STATE_FORMAT, identity, version, size, root: root.toString() });
}

/** @throws when the text is no head. */
export function decodeHead(text: string): Head {
  return head.parse(JSON.parse(text));
}

export function encodeUndo({ root, size, leaves, notes }: Undo): string {
  return JSON.stringify({
    root: root.toString(),
    size,
    leaves: [...leaves].map(([place, leaf]) => [place, encodeLeaf(leaf)]),
    ...(notes.size > 0 && { notes: [...notes].map(([name, text]) => [name, text ?? null]) }),
  });
}

/** @throws when the text is no undo record. */
export function decodeUndo(text: string): Undo {
  const { root, size, leaves, notes = [] } = undo.parse(JSON.parse(text));
  return {
    root,
    size,
    leaves: new Map(leaves.map(([place, leaf]) => [place, decodeLeaf(leaf)])),
    notes: new Map(notes.map(([name, note]) => [name, note ?? undefined])),
  };
}

export function encodeLeaf({ key, nextKey, value }: Leaf): string {
  return [key, nextKey, value].map((part) => part.toString(16).padStart(64, "0")).join("");
}

/** @throws when the text is no leaf. */
export function decodeLeaf(text: string): Leaf {
  leafText.parse(text);
  const part = (n: number): bigint => BigInt(`0x${text.slice(64 * n, 64 * n + 64)}`);
  const leaf = { key: part(0), nextKey: part(1), value: fieldElement(part(2)) };
  if (leaf.key >> BigInt(KEY_BITS) !== 0n || leaf.nextKey >> BigInt(KEY_BITS) !== 0n)
    throw new RangeError("a leaf's key is too long");
  return leaf;
}

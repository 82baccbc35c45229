import { readFile } from "node:fs/promises";

/** Memory that threads share instead of having it copied. */
export function shared(length: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(new SharedArrayBuffer(length));
}

/** Content of a file in shared memory. */
export async function readSharedFile(path: string): Promise<Uint8Array<SharedArrayBuffer>> {
  return share(await readFile(path));
}

/** A copy in shared memory. */
export function share(content: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const bytes = shared(content.length);
  bytes.set(content);
  return bytes;
}

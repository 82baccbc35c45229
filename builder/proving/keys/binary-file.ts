import { KeyCorruptError } from "./errors.ts";

/**
 * The container that `.r1cs`, `.zkey`, `.ptau` and `.wtns` files share: four bytes of magic, version, number
 * of sections, then each section as id (u32), length (u64) and content. Little-endian.
 */
export interface BinaryFile {
  readonly version: number;
  /**
   * The section with this id.
   * @throws `KEY_CORRUPT` when it is missing or there twice.
   */
  section(id: number): Uint8Array;
  has(id: number): boolean;
}

const HEADER_BYTES = 12;
const SECTION_HEADER_BYTES = 12;

/**
 * @param name what to call the file in errors.
 * @throws `KEY_CORRUPT`.
 */
export function readBinaryFile(bytes: Uint8Array, magic: string, name: string): BinaryFile {
  const view = viewOf(bytes);
  if (bytes.length < HEADER_BYTES || Buffer.from(bytes.subarray(0, 4)).toString("latin1") !== magic) {
    throw new KeyCorruptError(`${name} is not a .${magic} file`);
  }
  const count = view.getUint32(8, true);
  const sections = new Map<number, Uint8Array>();
  let offset = HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    if (offset + SECTION_HEADER_BYTES > bytes.length)
      throw new KeyCorruptError(`${name} ends in a section header`);
    const id = view.getUint32(offset, true);
    const length = Number(view.getBigUint64(offset + 4, true));
    offset += SECTION_HEADER_BYTES;
    if (length > bytes.length - offset) throw new KeyCorruptError(`${name} ends inside section ${id}`);
    if (sections.has(id)) throw new KeyCorruptError(`${name} has section ${id} twice`);
    sections.set(id, bytes.subarray(offset, offset + length));
    offset += length;
  }
  if (offset !== bytes.length) throw new KeyCorruptError(`${name} has bytes after its last section`);
  return {
    version: view.getUint32(4, true),
    section(id) {
      const section = sections.get(id);
      if (section === undefined) throw new KeyCorruptError(`${name} has no section ${id}`);
      return section;
    },
    has: (id) => sections.has(id),
  };
}

/** Writes the sections in the given order. */
export function writeBinaryFile(
  magic: string,
  version: number,
  sections: readonly (readonly [id: number, content: Uint8Array])[],
): Uint8Array<ArrayBuffer> {
  const size = sections.reduce(
    (sum, [, content]) => sum + SECTION_HEADER_BYTES + content.length,
    HEADER_BYTES,
  );
  const bytes = new Uint8Array(size);
  const view = viewOf(bytes);
  bytes.set(Buffer.from(magic, "latin1"));
  view.setUint32(4, version, true);
  view.setUint32(8, sections.length, true);
  let offset = HEADER_BYTES;
  for (const [id, content] of sections) {
    view.setUint32(offset, id, true);
    view.setBigUint64(offset + 4, BigInt(content.length), true);
    bytes.set(content, offset + SECTION_HEADER_BYTES);
    offset += SECTION_HEADER_BYTES + content.length;
  }
  return bytes;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

import { readFile } from "node:fs/promises";
import { InvalidGenesisError } from "../../kinds/evm/genesis/errors.ts";

/**
 * What a file holds.
 * @param where names what it is read for in messages.
 * @throws {InvalidGenesisError}
 */
export async function readJsonFile(where: string, file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    throw new InvalidGenesisError(where, `${file} cannot be read (${reasonOf(cause)}). Is it compiled?`, {
      cause,
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidGenesisError(where, `${file} is not JSON (${reasonOf(cause)})`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

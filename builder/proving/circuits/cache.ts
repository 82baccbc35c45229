import { randomUUID, webcrypto } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ARTEFACT_FILES,
  type ArtefactFile,
  type Artefacts,
  COMMITMENT_KEY_FILE,
  MANIFEST_FILE,
  type Manifest,
  manifestSchema,
} from "./artefacts.ts";

/**
 * Prefix of folders that are being filled or thrown away; one that was left by a killed process is removed
 * later.
 */
const TEMPORARY = "tmp-";
const ABANDONED_MILLISECONDS = 60 * 60 * 1000;
/**
 * Folders kept per instance: the current one and the one before, for going back and forth between two
 * versions.
 */
const KEPT = 2;

/** What a manifest has hashes of. */
type HashedFile = ArtefactFile | "commitmentKey";

const KEY_FILES = ["zkey", "verificationKey"] as const;

/** The folder of one instance at one version of its sources. */
export interface CacheEntry {
  /** Folder of all artefacts. */
  readonly root: string;
  readonly instance: string;
  /** Names of its committed inputs. */
  readonly committed: readonly string[];
  /** Hash of everything the artefacts depend on, in hexadecimal. */
  readonly hash: string;
}

export function entryFolder({ root, instance, hash }: CacheEntry): string {
  return join(root, `${instance}-${hash.slice(0, 16)}`);
}

/** The artefacts of the entry if they are there and undamaged. */
export async function findEntry(entry: CacheEntry): Promise<Artefacts | undefined> {
  const folder = entryFolder(entry);
  const manifest = await readManifest(folder);
  if (manifest?.instance !== entry.instance) return undefined;
  const hashes = await Promise.all(
    fileNames(manifest).map(async (name) => [name, await hashFile(folder, name)] as const),
  );
  if (hashes.some(([name, hash]) => hash !== manifest.sha256[name])) return undefined;
  const now = new Date();
  await utimes(folder, now, now);
  return describe(folder, manifest, entry);
}

/** What a key depends on beside the constraints. */
export interface KeyFacts {
  /** Version of the set-up. */
  readonly setup: number;
  /** Number of committed wires. */
  readonly committed: number;
}

/**
 * Copies the key of another version of the instance into `folder`, if there is one whose constraints are
 * these: a key depends on nothing else but the facts.
 * @returns whether it did.
 */
export async function reuseKey(
  { root, instance }: CacheEntry,
  folder: string,
  { setup, committed }: KeyFacts,
): Promise<boolean> {
  const files: readonly HashedFile[] = committed === 0 ? KEY_FILES : [...KEY_FILES, "commitmentKey"];
  const r1cs = await requireHash(folder, "r1cs");
  for (const name of await readdir(root)) {
    if (!isVersionOf(instance, name)) continue;
    const other = join(root, name);
    const manifest = await readManifest(other);
    if (manifest?.sha256.r1cs !== r1cs || manifest.setup !== setup) continue;
    if ((manifest.committed ?? 0) !== committed) continue;
    for (const file of files)
      await copyFile(join(other, fileName(file)), join(folder, fileName(file))).catch(ignoreMissing);
    const copied = await Promise.all(
      files.map(async (file) => [file, await hashFile(folder, file)] as const),
    );
    if (copied.every(([file, hash]) => hash !== undefined && hash === manifest.sha256[file])) return true;
  }
  return false;
}

/** A new folder to be filled and then given to {@link publishEntry}. */
export async function temporaryFolder(root: string): Promise<string> {
  const folder = join(root, `${TEMPORARY}${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Puts a filled folder into its place in one step, so that a reader sees all of it or nothing. Another
 * process may have been faster: its artefacts are the same, and either may stay.
 */
export async function publishEntry(
  entry: CacheEntry,
  folder: string,
  facts: Omit<Manifest, "format" | "sha256" | "instance">,
): Promise<Artefacts> {
  const [r1cs, wasm, symbols, zkey, verificationKey] = await Promise.all([
    requireHash(folder, "r1cs"),
    requireHash(folder, "wasm"),
    requireHash(folder, "symbols"),
    requireHash(folder, "zkey"),
    requireHash(folder, "verificationKey"),
  ]);
  const sha256 = {
    ...{ r1cs, wasm, symbols, zkey, verificationKey },
    ...(facts.committed === undefined ? {} : { commitmentKey: await requireHash(folder, "commitmentKey") }),
  };
  const manifest: Manifest = { format: 1, instance: entry.instance, ...facts, sha256 };
  await writeFile(join(folder, MANIFEST_FILE), `${JSON.stringify(manifest, undefined, 2)}\n`);
  const target = entryFolder(entry);
  // A damaged folder in the way is moved aside; renaming onto a folder that is not empty fails.
  const aside = join(entry.root, `${TEMPORARY}${randomUUID()}`);
  await rename(target, aside).catch(ignoreMissing);
  await rename(folder, target).catch(async (error: unknown) => {
    if ((await findEntry(entry)) === undefined) throw error;
  });
  await rm(aside, { recursive: true, force: true });
  return describe(target, manifest, entry);
}

/**
 * Removes what is no longer needed: older versions of the instance, and folders and locks that killed
 * processes left.
 */
export async function pruneEntries(entry: CacheEntry): Promise<void> {
  const names = await readdir(entry.root);
  const aged = await Promise.all(
    names.map(async (name) => ({
      name,
      modified: await stat(join(entry.root, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  const versions = aged
    .filter(({ name }) => isVersionOf(entry.instance, name))
    .sort((a, b) => b.modified - a.modified);
  // A living owner touches its lock each second, and no build takes an hour.
  const abandoned = aged.filter(
    ({ name, modified }) =>
      (name.startsWith(TEMPORARY) || name.includes(".lock")) &&
      Date.now() - modified > ABANDONED_MILLISECONDS,
  );
  for (const { name } of [...versions.slice(KEPT), ...abandoned]) {
    await rm(join(entry.root, name), { recursive: true, force: true });
  }
}

function isVersionOf(instance: string, folder: string): boolean {
  return new RegExp(`^${instance}-[0-9a-f]{16}$`).test(folder);
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readFile(join(folder, MANIFEST_FILE), "utf8").catch(ignoreMissing);
  if (text === undefined) return undefined;
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function hashFile(folder: string, name: HashedFile): Promise<string | undefined> {
  const content = await readFile(join(folder, fileName(name))).catch(ignoreMissing);
  if (content === undefined) return undefined;
  // WebCrypto hashes in a thread of its own; these are hundreds of megabytes, and the caller has other work.
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", content)).toString("hex");
}

async function requireHash(folder: string, name: HashedFile): Promise<string> {
  const hash = await hashFile(folder, name);
  if (hash === undefined) throw new Error(`${join(folder, fileName(name))} was not made`);
  return hash;
}

function describe(folder: string, manifest: Manifest, { committed }: CacheEntry): Artefacts {
  const path = (name: ArtefactFile): string => join(folder, ARTEFACT_FILES[name]);
  return {
    instance: manifest.instance,
    folder,
    constraints: manifest.constraints,
    wires: manifest.wires,
    publicSignals: manifest.publicSignals,
    ...(manifest.committed === undefined
      ? {}
      : {
          commitment: {
            key: join(folder, COMMITMENT_KEY_FILE),
            wires: manifest.committed,
            inputs: committed,
          },
        }),
    r1cs: path("r1cs"),
    wasm: path("wasm"),
    symbols: path("symbols"),
    zkey: path("zkey"),
    verificationKey: path("verificationKey"),
  };
}

function fileNames({ committed }: Pick<Manifest, "committed">): HashedFile[] {
  const always = ["r1cs", "wasm", "symbols", "zkey", "verificationKey"] as const;
  return committed === undefined ? [...always] : [...always, "commitmentKey"];
}

function fileName(name: HashedFile): string {
  return name === "commitmentKey" ? COMMITMENT_KEY_FILE : ARTEFACT_FILES[name];
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}

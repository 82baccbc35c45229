import { globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What users' contracts import. */
const IMPORTED = ["contracts/interfaces/*.sol", "contracts/examples/ILedger.sol"];

/** The least compiler by what the sources use: operators of types, and MCOPY (EVM of Cancun). */
const LEAST = "0.8.19";
const LEAST_OF: ReadonlyMap<string, string> = new Map([["contracts/interfaces/CrossChain.sol", "0.8.24"]]);

const PRAGMA = /^pragma solidity [^;]+;$/m;

/**
 * Lets other compilers take what users import. In the repository these files name the compiler that L1's and
 * the rollups' contracts are compiled with, which import them as well: their text goes into those contracts'
 * code, by its metadata, and so into addresses of proxies and the genesis of rollups.
 * @param folder of the package, which the files were copied to.
 */
export function floatPragmas(folder: string): void {
  for (const file of globSync(IMPORTED, { cwd: folder })) {
    const source = readFileSync(path.join(folder, file), "utf8");
    if (!PRAGMA.test(source)) throw new Error(`${file} names no compiler`);
    const least = LEAST_OF.get(file) ?? LEAST;
    writeFileSync(path.join(folder, file), source.replace(PRAGMA, `pragma solidity ^${least};`));
  }
}

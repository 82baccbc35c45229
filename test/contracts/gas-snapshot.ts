import { expect } from "chai";
import fs from "node:fs";

/**
 * What is measured must be what the file says, to the last unit of gas and byte. When a change is meant, run
 * the tests with LOCKSTEP_UPDATE_GAS=1 and commit the file. To be called in a suite, which writes the file at
 * its end then.
 * @param name of a file in this folder.
 * @returns compares a figure with the snapshot.
 */
export function snapshots(name: string): (what: string, value: bigint | number) => void {
  const file = new URL(name, import.meta.url);
  const isUpdate = process.env.LOCKSTEP_UPDATE_GAS !== undefined;
  const measured: Record<string, number> = {};
  after(() => {
    if (isUpdate) fs.writeFileSync(file, `${JSON.stringify(measured, undefined, 2)}\n`);
  });
  return (what, value) => {
    measured[what] = Number(value);
    if (isUpdate) return;
    const known: unknown = JSON.parse(fs.readFileSync(file, "utf8"));
    expect(known, "the snapshot").to.include({ [what]: Number(value) });
  };
}

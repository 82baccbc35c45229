import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import {
  Journal,
  journalOf,
  readJournal,
  removeJournal,
  type StateChange,
} from "../../builder/devnet/state/journal.ts";
import { codeOf } from "../../builder/protocol/errors.ts";
import { expectCode } from "../protocol/expect-code.ts";

const OF = "checksum of a state";
const CHANGES: readonly StateChange[] = [
  { keep: 3, clock: 0, added: ['{"kind":"request","params":["ünicode\\n"]}'] },
  { keep: 4, clock: -7, added: [] },
  { keep: 1, clock: 12, added: ['{"a":1}', '{"b":[2,"]"]}'] },
];

describe("the journal of a devnet's state", () => {
  let folder: string;
  let file: string;
  let text: Buffer;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "lockstep "));
    file = path.join(folder, "devnet.state");
    await using journal = await Journal.begin(file, OF);
    for (const change of CHANGES) await journal.append(change);
    text = readFileSync(journalOf(file));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("gives back what was appended, in order", async () => {
    expect(await readJournal(file, OF)).to.deep.equal({ changes: CHANGES, isCutOff: false });
  });

  it("of another state is left over, and says nothing", async () => {
    expect(await readJournal(file, "another")).to.deep.equal({ changes: [], isCutOff: false });
  });

  it("cut off at any byte, has what was whole before, and says so", async () => {
    const ends = [...text.keys()].filter((at) => text[at] === 10);
    const [head = 0] = ends;
    for (let length = head + 1; length <= text.length; length++) {
      writeFileSync(journalOf(file), text.subarray(0, length));
      const whole = ends.filter((end) => end < length).length - 1;
      const { changes, isCutOff } = await readJournal(file, OF);
      expect(changes, `${length} bytes`).to.deep.equal(CHANGES.slice(0, whole));
      expect(isCutOff, `${length} bytes`).to.equal(text[length - 1] !== 10);
    }
  });

  it("changed at any byte before its last line, is refused, and says what to do", async () => {
    const last = text.subarray(0, -1).lastIndexOf(10) + 1;
    for (let at = text.indexOf(10) + 1; at < last - 1; at++) {
      const changed = Buffer.from(text);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(journalOf(file), changed);
      await expectCode(readJournal(file, OF), "DEVNET_STATE", /damaged journal.*Put an earlier copy/s);
    }
  });

  it("changed in its last line, is as if that had not been written to its end", async () => {
    for (let at = text.subarray(0, -1).lastIndexOf(10) + 1; at < text.length - 1; at++) {
      const changed = Buffer.from(text);
      changed[at] = (changed[at] ?? 0) ^ 1;
      writeFileSync(journalOf(file), changed);
      const read = await readJournal(file, OF).catch(codeOf);
      expect(read, `byte ${at}`).to.deep.equal({ changes: CHANGES.slice(0, -1), isCutOff: true });
    }
  });

  it("of another version is refused by its format", async () => {
    for (const [first, code] of [
      [text.toString().replace("journal.v1", "journal.v0"), "UNSUPPORTED_FORMAT"],
      ["", "UNSUPPORTED_FORMAT"],
      ["{\n", "UNSUPPORTED_FORMAT"],
    ] as const) {
      writeFileSync(journalOf(file), first);
      await expectCode(readJournal(file, OF), code, /journal/);
    }
    await removeJournal(file);
    expect(await readJournal(file, OF)).to.deep.equal({ changes: [], isCutOff: false });
  });
});

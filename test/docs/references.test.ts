import { expect } from "chai";
import { BrokenReferenceError, linkReferences } from "../../scripts/docs/references.ts";

const STEPS = "# Steps\n\nWritten by {Writer}, read by {read}.\n\n## read\n\nSee {Writer.put}.\n";
const WRITER = "# Writer\n\n## put\n\nAs {Steps} says.\n\n```solidity\nfunction put({Nothing})\n```\n";

function linked(pages: Record<string, string>, declared: string[] = []): Record<string, string> {
  return Object.fromEntries(linkReferences(new Map(Object.entries(pages)), new Set(declared)));
}

describe("references in NatSpec", () => {
  const pages = { "table/Steps.md": STEPS, "batch/Writer.md": WRITER };

  it("become links to the page and heading that describe them", () => {
    const { "table/Steps.md": steps, "batch/Writer.md": writer } = linked(pages);
    expect(steps).to.include("Written by [`Writer`](../batch/Writer.md#writer), read by [`read`](#read).");
    expect(steps).to.include("See [`Writer.put`](../batch/Writer.md#put).");
    expect(writer).to.include("As [`Steps`](../table/Steps.md#steps) says.");
  });

  it("are left alone in code", () => {
    expect(linked(pages)["batch/Writer.md"]).to.include("function put({Nothing})");
  });

  it("count headings that are spelt alike as GitHub does", () => {
    const twice = { "A.md": "# A\n\n## put\n\n# B\n\n## put\n\nSee {put}.\n" };
    expect(linked(twice)["A.md"]).to.include("See [`put`](#put-1).");
  });

  it("to what is declared and not described stay code", () => {
    const { "A.md": page } = linked({ "A.md": "# A\n\nSee {_hidden}.\n" }, ["_hidden"]);
    expect(page).to.include("See `_hidden`.");
  });

  it("to nothing are refused, all of them by name", () => {
    expect(() => linked({ "A.md": "# A\n\nSee {Gone} and {A.lost}.\n" })).to.throw(
      BrokenReferenceError,
      /A\.md: \{Gone\}\nA\.md: \{A\.lost\}/,
    );
  });
});

import { describeAdapter, shortReason } from "../../builder/proving/backends/snarkrs/adapters.ts";
import type { MeasuredRecord, ProofRecord } from "./records.ts";

/** What was measured so far, in Markdown. */
export function tableOf(records: readonly MeasuredRecord[]): string {
  const of = <Kind extends MeasuredRecord["kind"]>(kind: Kind) =>
    records.filter((each): each is Extract<MeasuredRecord, { kind: Kind }> => each.kind === kind);
  const sections = [
    ...of("machine").flatMap((each) => machineLines(each)),
    ...section(
      ["circuit", "constraints", "key made in s", "key MiB"],
      of("key").map(({ circuit, constraints, seconds, mebibytes }) => [
        circuit,
        String(constraints),
        seconds.toFixed(1),
        mebibytes.toFixed(0),
      ]),
    ),
    ...section(
      [
        "circuit",
        "backend",
        "ready s",
        "first ms",
        "warm ms",
        "proof alone ms",
        "warm proofs",
        "peak MiB",
        "GPU MiB",
      ],
      proofRows(of("proof")),
    ),
    ...section(
      ["pool", "visits", "seconds", "proofs by"],
      of("batch").map(({ backends, visits, seconds, proofs, isDeviceLost }) => [
        `${backends.join(" + ")}${isDeviceLost ? ", devices killed amid it" : ""}`,
        String(visits),
        seconds.toFixed(2),
        Object.entries(proofs)
          .map(([backend, count]) => `${backend} ${count}`)
          .join(", "),
      ]),
    ),
    ...of("gap").map(({ task, reason }) => `- not measured: ${task}: ${reason}`),
  ];
  return `${sections.join("\n")}\n`;
}

function machineLines(machine: Extract<MeasuredRecord, { kind: "machine" }>): string[] {
  const { processor, processors, memoryGibibytes, system, node, gpus, tried } = machine;
  return [
    `${processor}, ${processors} processors, ${memoryGibibytes.toFixed(0)} GiB; ${system}; Node ${node}`,
    ...gpus.map((line) => `- ${line}`),
    ...tried.flatMap(({ how, adapters }) =>
      (["cuda", "wgpu"] as const).map((api) => {
        const found = adapters[api];
        const said =
          "error" in found
            ? shortReason(found.error)
            : found.map(describeAdapter).join("; ") || "it finds no adapter";
        return `- ${api}, ${how}: ${said}`;
      }),
    ),
    "",
  ];
}

/** A row for each circuit and backend, in the order in which they were measured. */
function proofRows(proofs: readonly ProofRecord[]): string[][] {
  const groups = Map.groupBy(proofs, ({ circuit, backend }) => `${circuit} ${backend}`);
  return [...groups.values()].map((group) => {
    const [{ circuit, backend } = { circuit: "", backend: "" }] = group;
    const first = group.find(({ number }) => number === 0);
    const warm = group.filter(({ number }) => number > 0);
    const last = group.at(-1);
    const isWrong = group.some(({ isValid }) => !isValid);
    return [
      circuit,
      `${backend}${isWrong ? " (A PROOF WAS WRONG)" : ""}`,
      shown(first && first.readyMilliseconds / 1_000),
      shown(first?.milliseconds),
      shown(median(warm.map(({ milliseconds }) => milliseconds))),
      shown(median(warm.map(({ proveMilliseconds }) => proveMilliseconds))),
      String(warm.length),
      shown(last?.peakMebibytes),
      shown(last?.gpuMebibytes),
    ];
  });
}

function section(headings: readonly string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(headings), line(headings.map(() => "---")), ...rows.map(line), ""];
}

function shown(value: number | undefined): string {
  if (value === undefined) return "";
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}

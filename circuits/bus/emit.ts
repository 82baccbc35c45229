import { fileURLToPath } from "node:url";
import { committedWires, type RowCapacity, type RowCircuit } from "./circuit.ts";
import { quotientsName, type RowText, rowText } from "./row-text.ts";
import type { Table } from "./tables.ts";
import { TUPLES } from "./tuples.ts";

/** The file of the hash that rows use. */
export const HASH_FILE = fileURLToPath(new URL("../lib/hash.circom", import.meta.url));

/** What the rows of one type, or a table, cost. */
export interface CircuitPart {
  readonly name: string;
  readonly rows: number;
  /** Of one row, as `--O2` counts them. */
  readonly constraints: number;
  readonly committed: number;
}

/** A circuit's text for circom and the names of its signals. */
export interface CircuitText {
  readonly template: string;
  readonly text: string;
  /** Public signals in their order: the sum, a product for each slot, both challenges. */
  readonly public: readonly string[];
  readonly committed: readonly string[];
  readonly parts: readonly CircuitPart[];
}

const TEMPLATE = "Rows";

/**
 * The text of a circuit that is made of rows.
 * @param hashFile how the text includes {@link HASH_FILE}.
 */
export function emitCircuit(circuit: RowCircuit, hashFile: string = HASH_FILE): CircuitText {
  const powers = powersOf(circuit);
  const rows = circuit.rows.map((each) => ({ ...each, text: rowText(each.type, powers) }));
  const terms = [...rows.map(({ text }) => text.terms), ...circuit.tables.map((table) => table.rows.length)];
  const text = [
    "pragma circom 2.1.6;",
    "",
    `include "${hashFile}";`,
    "",
    ...[...new Set(terms)].filter((count) => count > 0).map(quotientsText),
    ...circuit.tables.map((table) => tableText(table, powers)),
    ...rows.map((each) => each.text.text),
    mainText(circuit, rows, powers),
  ].join("\n");
  return {
    template: TEMPLATE,
    text,
    public: ["sum", "product", "beta", "gamma"],
    committed: ["w"],
    parts: [
      ...circuit.tables.map(({ tuple, rows: { length } }) => ({
        ...{ name: tuple, rows: length, constraints: 1, committed: 1 },
      })),
      ...rows.map(({ type, capacity, text: { constraints } }) => ({
        ...{ name: type.name, rows: capacity, constraints, committed: committedWires(type) },
      })),
    ],
  };
}

/** Powers of β that tuples take: one for each element, the type's among them but not e_0. */
function powersOf({ rows }: RowCircuit): number {
  const lengths = rows.flatMap(({ type: { terms, factor } }) => [
    ...terms.map(({ elements }) => elements.length),
    factor !== undefined && "tuple" in factor ? factor.elements.length : 1,
  ]);
  return Math.max(1, ...lengths);
}

/** Divides by what is not 0, as many at once as there are, with one inversion; 0 where the dividend is 0. */
function quotientsText(count: number): string {
  return `function ${quotientsName(count)}(times, below) {
    var quotients[${count}];
    var before[${count}];
    var product = 1;
    for (var i = 0; i < ${count}; i++) {
        before[i] = product;
        if (times[i] != 0) product *= below[i];
    }
    if (product != 1) product = 1 / product;
    for (var i = ${count - 1}; i >= 0; i--) {
        if (times[i] != 0) {
            quotients[i] = times[i] * product * before[i];
            product *= below[i];
        }
    }
    return quotients;
}
`;
}

function tableName({ tuple }: Table): string {
  return `${tuple.charAt(0).toUpperCase()}${tuple.slice(1)}Table`;
}

function tableText(table: Table, powers: number): string {
  const { tuple, rows, text } = table;
  const { tag, claim } = TUPLES[tuple];
  const below = (elements: readonly (string | bigint)[]): string =>
    elements.map((element, index) => ` - ${element}${index === 0 ? "" : ` * beta[${index}]`}`).join("");
  const denominators =
    text === undefined
      ? rows.map((elements, index) => `below[${index}] = gamma - ${tag} * beta[0]${below(elements)};`)
      : [`for (var i = 0; i < ${rows.length}; i++) below[i] = gamma - ${tag} * beta[0]${below(text)};`];
  return `// Claim: s is what sending each tuple of the table ${tuple} (${claim}) times[i] times adds to the bus.
// Constraints: ${rows.length}.
template ${tableName(table)}() {
    signal input gamma;
    signal input beta[${powers}];
    signal input times[${rows.length}];
    signal output s;
    var below[${rows.length}];
${denominators.map((line) => `    ${line}`).join("\n")}
    var found[${rows.length}] = ${quotientsName(rows.length)}(times, below);
    signal quotient[${rows.length}];
    var sum = 0;
    for (var i = 0; i < ${rows.length}; i++) {
        quotient[i] <-- found[i];
        quotient[i] * below[i] === times[i];
        sum += quotient[i];
    }
    s <== sum;
}
`;
}

function mainText(
  circuit: RowCircuit,
  rows: readonly (RowCapacity & { readonly text: RowText })[],
  powers: number,
): string {
  const { slots, committed, tables } = circuit;
  const lines = [
    ...["signal input beta;", "signal input gamma;", `signal input w[${committed}];`],
    ...["signal output sum;", `signal output product[${slots}];`],
    "",
    `signal powers[${powers}];`,
    "powers[0] <== beta;",
    ...(powers > 1 ? [`for (var i = 1; i < ${powers}; i++) powers[i] <== powers[i - 1] * beta;`] : []),
    "var total = 0;",
  ];
  let at = 0;
  for (const table of tables) {
    const name = `table_${table.tuple}`;
    lines.push(
      "",
      `component ${name} = ${tableName(table)}();`,
      `${name}.gamma <== gamma;`,
      `${name}.beta <== powers;`,
      `for (var i = 0; i < ${table.rows.length}; i++) ${name}.times[i] <== w[${at} + i];`,
      `total += ${name}.s;`,
    );
    at += table.rows.length;
  }
  const factors = new Map<number, { readonly signal: string; readonly count: number }[]>();
  for (const { type, capacity, text } of rows) {
    if (capacity === 0) continue;
    const name = `row_${type.name}`;
    const width = committedWires(type);
    lines.push(
      "",
      `component ${name}[${capacity}];`,
      `for (var i = 0; i < ${capacity}; i++) {`,
      `    ${name}[i] = ${text.template}();`,
      `    ${name}[i].gamma <== gamma;`,
      `    ${name}[i].beta <== powers;`,
      `    for (var j = 0; j < ${width}; j++) ${name}[i].c[j] <== w[${circuit.offsetOf(type)} + ${width} * i + j];`,
      `    total += ${name}[i].s;`,
      "}",
    );
    if (type.factor === undefined) continue;
    const list = factors.get(type.factor.slot) ?? [];
    list.push({ signal: name, count: capacity });
    factors.set(type.factor.slot, list);
  }
  lines.push("", "sum <== total;", ...productLines(factors, slots));
  return `// Claim: sum is what the rows and tables in w put on the bus; product[k] is that of the factors of the rows that
// vouch for slot k. w is committed to before beta and gamma are drawn.
template ${TEMPLATE}() {
${lines.map((line) => (line === "" ? "" : `    ${line}`)).join("\n")}
}
`;
}

function productLines(
  factors: ReadonlyMap<number, readonly { readonly signal: string; readonly count: number }[]>,
  slots: number,
): string[] {
  const lines: string[] = [];
  for (let slot = 0; slot < slots; slot++) {
    let last = "1";
    for (const { signal, count } of factors.get(slot) ?? []) {
      const running = `product_${signal}`;
      lines.push(
        `signal ${running}[${count}];`,
        `${running}[0] <== ${last} * ${signal}[0].factor;`,
        ...(count > 1
          ? [`for (var i = 1; i < ${count}; i++) ${running}[i] <== ${running}[i - 1] * ${signal}[i].factor;`]
          : []),
      );
      last = `${running}[${count - 1}]`;
    }
    lines.push(`product[${slot}] <== ${last};`);
  }
  return lines;
}

/** A caller for a template whose inputs have tags, which no main component may have. */

export interface StandInOptions {
  /** An input whose tag the caller does not have. */
  readonly without?: string;
  /** An input of which the caller knows too little: its number is larger by one than the template takes. */
  readonly wider?: string;
}

interface Declaration {
  readonly direction: "input" | "output";
  readonly tag: string | undefined;
  readonly name: string;
  readonly dimensions: string;
}

interface Template {
  readonly parameters: readonly string[];
  /** Variables that dimensions are made of. */
  readonly variables: readonly string[];
  readonly signals: readonly Declaration[];
  /** What the template takes at most, by input: of `assert(in.maxbit <= 8)`, 8. */
  readonly limits: ReadonlyMap<string, string>;
}

/** Name of the template under test in its stand-in caller. */
export const PART = "part";

const COMMENT = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;

/** Inputs of the template that have a tag, with it and whether it has a value. */
export function taggedInputs(template: string, source: string): { name: string; hasValue: boolean }[] {
  const { signals, limits } = read(template, source);
  return signals
    .filter(({ direction, tag }) => direction === "input" && tag !== undefined)
    .map(({ name }) => ({ name, hasValue: limits.has(name) }));
}

/**
 * The file of a main component that hands its inputs to the template and simply says that they have the tags.
 */
export function standIn(
  template: string,
  params: readonly number[],
  source: string,
  path: string,
  { without, wider }: StandInOptions = {},
): string {
  const { parameters, variables, signals, limits } = read(template, source);
  const lines = parameters.map((name, index) => `var ${name} = ${params[index] ?? 0};`);
  lines.push(...variables);
  for (const { direction, name, dimensions } of signals)
    lines.push(`signal ${direction} ${name}${dimensions};`);
  lines.push(`component ${PART} = ${template}(${params.join(", ")});`);
  for (const { direction, tag, name, dimensions } of signals) {
    if (direction === "output") continue;
    if (tag === undefined || name === without) {
      lines.push(`${PART}.${name} <== ${name};`);
      continue;
    }
    lines.push(`signal {${tag}} tagged_${name}${dimensions};`);
    const limit = limits.get(name);
    if (limit !== undefined) lines.push(`tagged_${name}.${tag} = ${limit}${name === wider ? " + 1" : ""};`);
    lines.push(`tagged_${name} <== ${name};`, `${PART}.${name} <== tagged_${name};`);
  }
  for (const { direction, name } of signals)
    if (direction === "output") lines.push(`${name} <== ${PART}.${name};`);
  return [
    "pragma circom 2.1.6;",
    `include "${path}";`,
    "template StandIn() {",
    ...lines.map((line) => `    ${line}`),
    "}",
    "component main = StandIn();",
    "",
  ].join("\n");
}

function read(template: string, source: string): Template {
  const text = source.replace(COMMENT, "");
  const head = new RegExp(`\\btemplate\\s+${template}\\s*\\(([^)]*)\\)\\s*\\{`).exec(text);
  if (head === null) throw new Error(`no template ${template}`);
  const body = text.slice(head.index + head[0].length).split(/\btemplate\s+\w+\s*\(/)[0] ?? "";
  const variables: string[] = [];
  const signals: Declaration[] = [];
  const limits = new Map<string, string>();
  for (const [, statement = ""] of body.matchAll(/([^;]*;)/g)) {
    const line = statement.trim();
    const signal = /^signal\s+(input|output)\s+(?:\{(\w+)\}\s*)?(\w+)\s*((?:\[[^;]*\])*);$/.exec(line);
    const limit = /^assert\((\w+)\.\w+ (<=|<) (.+)\);$/.exec(line);
    if (signal !== null) {
      const [, direction, tag, name = "", dimensions = ""] = signal;
      signals.push({ direction: direction === "input" ? "input" : "output", tag, name, dimensions });
    } else if (limit !== null) {
      const [, name = "", sign, most = ""] = limit;
      limits.set(name, sign === "<" ? `(${most}) - 1` : most);
    } else if (/^var\s/.test(line) && signals.length === 0) variables.push(line);
  }
  const parameters = (head[1] ?? "").split(",").map((name) => name.trim());
  return { parameters: parameters.filter((name) => name !== ""), variables, signals, limits };
}

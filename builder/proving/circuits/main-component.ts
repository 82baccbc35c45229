import { CircuitDeclarationError } from "./errors.ts";
import type { CircuitInstance } from "./instances.ts";

/**
 * The file that makes an instance of the template.
 * @param source the circuit's file,
 * @param path its absolute path.
 */
export function mainComponent(instance: CircuitInstance, source: string, path: string): string {
  if (/["\\\n]/.test(path)) throw new CircuitDeclarationError(`circom cannot include a file from ${path}`);
  const outputs = outputsOf(instance.template, source);
  // Outputs are public by themselves and may not be listed.
  const inputs = instance.public.filter((name) => !outputs.has(name));
  const visibility = inputs.length === 0 ? "" : ` {public [${inputs.join(", ")}]}`;
  return [
    "pragma circom 2.0.0;",
    `include "${path}";`,
    `component main${visibility} = ${instance.template}(${instance.params.join(", ")});`,
    "",
  ].join("\n");
}

function outputsOf(template: string, source: string): Set<string> {
  const start = source.search(new RegExp(`\\btemplate\\s+${template.replaceAll("$", "\\$")}\\s*\\(`));
  if (start < 0) throw new CircuitDeclarationError(`There is no template ${template} in its file`);
  const rest = source.slice(start + "template".length);
  const end = rest.search(/\btemplate\s+\w+\s*\(/);
  const body = end < 0 ? rest : rest.slice(0, end);
  return new Set(
    [...body.matchAll(/\bsignal\s+output\s+(?:\{[^}]*\}\s*)?([\w$]+)/g)].map(([, name = ""]) => name),
  );
}

/**
 * How many wires behind the public ones are the declared committed inputs.
 * @param symbols content of circom's `.sym` file.
 * @throws `CIRCUIT_DECLARATION` when they do not stand there, all of them and in the declared order: circom
 * drops inputs that depend on others, and a value without a wire cannot be committed to.
 */
export function countCommittedWires(
  instance: CircuitInstance,
  symbols: string,
  publicSignals: number,
): number {
  const { committed = [] } = instance;
  const wires = new Map<string, number[]>(committed.map((name) => [name, []]));
  for (const line of symbols.split("\n")) {
    const [, wire = "", , name = ""] = line.split(",");
    const [, input = ""] = /^main\.([A-Za-z_$][\w$]*)(?:\[\d+\])*$/.exec(name) ?? [];
    wires.get(input)?.push(Number(wire));
  }
  let next = publicSignals + 1;
  for (const [name, found] of wires) {
    if (found.length === 0)
      throw new CircuitDeclarationError(`"${instance.name}" has no input ${name} to commit to`);
    for (const wire of found) {
      if (wire !== next)
        throw new CircuitDeclarationError(
          `"${instance.name}" has a value of ${name} at wire ${wire} instead of ${next}: it cannot be committed to`,
        );
      next++;
    }
  }
  return next - publicSignals - 1;
}

/**
 * Checks that the compiled circuit has exactly the declared public signals in their order.
 * @param symbols content of circom's `.sym` file: label, wire, component and name per line.
 */
export function assertPublicSignals(instance: CircuitInstance, symbols: string, publicSignals: number): void {
  const actual = new Map<number, string>();
  for (const line of symbols.split("\n")) {
    const [, wire = "", , name = ""] = line.split(",");
    const index = Number(wire);
    if (index < 1 || index > publicSignals || actual.has(index)) continue;
    actual.set(index, name.replace(/^main\./, "").replace(/\[\d+\]/g, ""));
  }
  const names = Array.from({ length: publicSignals }, (_, index) => actual.get(index + 1) ?? "?");
  const distinct = names.filter((name, index) => name !== names[index - 1]);
  if (distinct.join() !== instance.public.join()) {
    throw new CircuitDeclarationError(
      `"${instance.name}" has the public signals ${distinct.join(", ")}, declared are ${instance.public.join(", ")}`,
    );
  }
}

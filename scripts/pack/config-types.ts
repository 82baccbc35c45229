import path from "node:path";
import ts from "typescript";
import { optionsOf } from "./emit.ts";

const FILE = "builder/cli/configuration/define-config.ts";
const NAME = "LockstepConfig";

/**
 * Declarations for those who write a configuration file: its type written out, so that they need neither the
 * schema that it is inferred from nor what that is made with.
 * @param root folder of the repository.
 */
export function configurationTypes(root: string): string {
  const program = ts.createProgram([path.join(root, FILE)], optionsOf(root));
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(path.join(root, FILE));
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  const symbol = module && checker.getExportsOfModule(module).find(({ name }) => name === NAME);
  if (symbol === undefined) throw new Error(`${FILE} exports no ${NAME}`);
  const declared = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const { NoTruncation, InTypeAlias } = ts.TypeFormatFlags;
  const type = checker.typeToString(
    checker.getDeclaredTypeOfSymbol(declared),
    undefined,
    NoTruncation | InTypeAlias,
  );
  return `/** The content of \`lockstep.config.ts\`: docs/operations.md, "A configuration file". */
export type ${NAME} = ${type};
/** The same content, with its types: \`export default defineConfig({ … })\`. */
export declare function defineConfig(config: ${NAME}): ${NAME};
`;
}

import { chmodSync, cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { buildPage } from "../page/build.ts";
import { configurationTypes } from "./config-types.ts";
import { emitPrograms, importedPackages } from "./emit.ts";
import { ENGINES, readManifest, runTimeVersions, writeManifest } from "./manifest.ts";

const COMMANDS = "builder/cli/index.js";
/** What a project's configuration file imports. */
const CONFIG = "builder/cli/configuration/define-config";

/** Files that are taken as they are: plain JavaScript, sources of provers, circuits, contracts; licences. */
const AS_THEY_ARE = [
  "builder/**/*.mjs",
  "builder/proving/backends/*/worker/**/*.*",
  "circuits/**/*.{circom,md}",
  "contracts/**/*.sol",
  "artifacts/contracts/**/*.json",
  "LICENSE",
  "THIRD_PARTY.md",
  "CHANGELOG.md",
];
/** What only our tests deploy, and what a build by hand leaves. */
const LEFT_OUT = ["contracts/test/**", "artifacts/contracts/test/**", "**/worker/target/**"];

/**
 * Files of packages that the builder takes the code of predeploys from, and nothing else: the packages would
 * bring an older Hardhat or a whole framework along. All are under the MIT licence.
 */
const BUNDLED = {
  "@nomicfoundation/ignition-core": [
    "dist/src/internal/execution/strategy/createx-artifact.js",
    "LICENSE",
    "package.json",
  ],
  "@safe-global/safe-singleton-factory": ["artifacts/1/deployment.json", "LICENSE", "package.json"],
  "hardhat-predeploy": ["bin/*.bytecode", "package.json"],
  viem: ["_esm/constants/contracts.js", "LICENSE", "package.json"],
};
/** What is found by its path in node_modules instead of by an import. */
const BY_PATH = ["@account-abstraction/contracts-v06", "circom2", "circomlib", "solady"];

/** Puts the package `lockstep` into a folder: the program, contracts to import and their compiled form. */
export async function stageProgram(root: string, folder: string): Promise<void> {
  // `lockstep trace` prints the tree that the client makes.
  const sources = ["{builder,circuits}/**/*.ts", "packages/client/src/{tree/*,words/*,rpc-types}.ts"];
  const typescript = globSync(sources, { cwd: root, exclude: ["**/*.d.ts"] });
  emitPrograms(typescript, root, folder);
  copy(root, folder, AS_THEY_ARE, LEFT_OUT);
  for (const [name, files] of Object.entries(BUNDLED))
    copy(path.join(root, "node_modules", name), path.join(folder, "bundled", name), files);
  const circuits = readFileSync(path.join(root, "circuits/circuits.json"), "utf8");
  writeFileSync(path.join(folder, "circuits/circuits.json"), circuits.replaceAll('.ts"', '.js"'));
  writeFileSync(path.join(folder, `${CONFIG}.d.ts`), configurationTypes(root));
  chmodSync(path.join(folder, COMMANDS), 0o755);
  writeFileSync(path.join(folder, "README.md"), README);
  const manifest = readManifest(root);
  const { name, version, description, license, type } = manifest;
  writeManifest(folder, {
    ...{ name, version, description, license, type, engines: ENGINES },
    bin: { lockstep: COMMANDS },
    // Solidity, its artifacts and the types of a configuration are imported; the program is run.
    exports: {
      "./config": { types: `./${CONFIG}.d.ts`, default: `./${CONFIG}.js` },
      "./contracts/*": "./contracts/*",
      "./artifacts/*": "./artifacts/*",
      "./package.json": "./package.json",
    },
    dependencies: runTimeVersions(manifest, [...importedPackages(folder), ...BY_PATH]),
  });
  // Its libraries come along inside of it, and who installs the package needs no bundler.
  await buildPage(path.join(folder, "page"));
}

function copy(from: string, to: string, patterns: readonly string[], exclude: readonly string[] = []): void {
  for (const pattern of patterns) {
    const files = globSync(pattern, { cwd: from, exclude });
    if (files.length === 0) throw new Error(`there is no ${pattern} in ${from}`);
    for (const file of files) {
      mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
      cpSync(path.join(from, file), path.join(to, file));
    }
  }
}

const README = `# lockstep

Synchronous composability between L1 and rollups, proven with Groth16 before it takes effect. Unaudited: for
development and study.

    npx lockstep start        # a devnet: L1, a ledger, EVM rollups, their gateways
    npx lockstep --help       # all commands

In Solidity: \`import {IRollups} from "lockstep/contracts/interfaces/IRollups.sol";\`, with any solc from 0.8.19
on (\`CrossChain.sol\`: 0.8.24, with the EVM of Cancun). A Foundry project maps the name to the folder, in
\`foundry.toml\`: \`remappings = ["lockstep/=node_modules/lockstep/"]\`. Hardhat projects install
\`hardhat-lockstep\`, programs \`lockstep-client\`.

Circuits, keys and native provers are made once, in \`$LOCKSTEP_HOME\`, else \`$XDG_CACHE_HOME/lockstep\`, else
\`~/.cache/lockstep\`; a devnet describes itself in \`.lockstep/devnet.json\` of the folder it is started in.
Nothing is written below \`node_modules\`.

Our own files are under the MIT licence. The program does not run without packages under GPL-3.0
(THIRD_PARTY.md): who distributes both together distributes the whole under GPL-3.0.
`;

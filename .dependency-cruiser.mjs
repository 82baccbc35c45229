/**
 * One-way doors: the rooms of builder/ from the top to the bottom. A room imports from itself and from rooms below it, nothing else;
 * no file imports itself by any way round. `npm test` runs this (docs/architecture.md, "Direction of dependencies").
 */
const ROOMS = [
  "cli",
  "devnet",
  "node",
  "gateway",
  "core",
  "post",
  "batch",
  "simulate",
  "intake",
  "follower",
  "kinds",
  "l1",
  "proving",
  "evm",
  "state",
  "protocol",
  "places",
];

/** A room must not know those above it. */
const upwards = ROOMS.slice(1).map((room, index) => ({
  name: `${room}-is-below`,
  comment: `builder/${room} must not import from ${ROOMS.slice(0, index + 1).join(", ")}`,
  severity: "error",
  from: { path: `^builder/${room}/` },
  to: { path: `^builder/(${ROOMS.slice(0, index + 1).join("|")})/` },
}));

export default {
  forbidden: [
    ...upwards,
    {
      name: "no-room-of-its-own",
      comment: "every file of builder/ is in one of the rooms",
      severity: "error",
      from: { path: "^builder/", pathNot: `^builder/(${ROOMS.join("|")})/` },
      to: {},
    },
    {
      name: "no-way-out",
      comment: "builder/ does not import tests or scripts",
      severity: "error",
      from: { path: "^builder/" },
      to: { path: "^(test|scripts)/" },
    },
    { name: "no-circles", severity: "error", from: { path: "^builder/" }, to: { circular: true } },
    {
      name: "gateways-know-a-backend",
      comment: "gateways reach the core through gateway/backend.ts alone, and its lock",
      severity: "error",
      from: { path: "^builder/gateway/", pathNot: "^builder/gateway/backend\\.ts$" },
      to: { path: "^builder/core/", pathNot: "^builder/core/lock\\.ts$" },
    },
    {
      name: "provers-do-not-know-each-other",
      comment: "adding a backend is adding a folder: only backends/index.ts names them",
      severity: "error",
      from: { path: "^builder/proving/backends/(gnark|rapidsnark|snarkjs|snarkrs|executable)/" },
      to: {
        path: "^builder/proving/backends/(gnark|rapidsnark|snarkjs|snarkrs|executable)/",
        pathNot: "^builder/proving/backends/$1/",
      },
    },
    {
      name: "kinds-do-not-know-each-other",
      comment: "adding a kind is adding a folder: only node/kinds/index.ts names them",
      severity: "error",
      from: { path: "^builder/kinds/(ledger|evm)/" },
      to: { path: "^builder/kinds/(ledger|evm)/", pathNot: "^builder/kinds/$1/" },
    },
    {
      name: "kinds-by-their-interface",
      comment: "whoever moves or proves visits knows kinds by kinds/kind.ts",
      severity: "error",
      from: { path: "^builder/(core|post|batch|simulate|intake|follower)/" },
      to: { path: "^builder/kinds/(ledger|evm)/" },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".mjs", ".js", ".json"] },
  },
};

import { holdTrialCeremony } from "./trials/support/trial-ceremony.ts";
console.log(await holdTrialCeremony("/tmp/trial-ceremony"));
process.exit(0);

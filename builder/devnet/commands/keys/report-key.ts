import pc from "picocolors";
import { KeyFaultsError } from "../../../keys/ceremony/errors.ts";
import { verifyKey, type VerifyKeyOptions } from "../../../keys/ceremony/verify.ts";
import { step } from "../../progress.mjs";
import { showHistory } from "./show-history.ts";

/**
 * Verifies a key and says what it is.
 * @throws `KEY_FAULTS` after everything was shown; see {@link verifyKey}.
 */
export async function reportKey(options: VerifyKeyOptions): Promise<void> {
  const { key, faults } = await step("verifying", (report) => verifyKey({ ...options, report }));
  if (key !== undefined) {
    showHistory(key.history);
    console.log(`verification key   ${key.hash}  (as the contract will name it)`);
    if (key.isDevelopment)
      console.log(
        pc.red("INSECURE: a development key. Its secrets are public, anybody can forge its proofs."),
      );
  }
  for (const { name, message } of faults) console.log(`${pc.red("✗")} ${name}: ${message}`);
  if (faults.length > 0) throw new KeyFaultsError(options.key, faults);
  console.log(pc.green("Everything that was checked fits."));
}

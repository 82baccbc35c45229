import pc from "picocolors";
import { KeyFaultsError } from "../../../proving/keys/ceremony/errors.ts";
import { type KeyFacts, verifyKey, type VerifyKeyOptions } from "../../../proving/keys/ceremony/verify.ts";
import { UNKNOWN_ORIGIN } from "../../../proving/keys/ceremony/origins.ts";
import { step } from "../../../node/progress.mjs";
import { showHistory } from "./show-history.ts";

/**
 * Verifies a key and says what it is.
 * @throws `KEY_FAULTS` after everything was shown; see {@link verifyKey}.
 */
export async function reportKey(options: VerifyKeyOptions): Promise<void> {
  const { key, faults } = await step("verifying", (report) => verifyKey({ ...options, report }));
  if (key !== undefined) {
    showHistory(key.history);
    const named = key.split === undefined ? "  (as the contract will name it)" : "";
    console.log(`verification key   ${key.hash}${named}`);
    showOrigin(key);
  }
  for (const { name, message } of faults) console.log(`${pc.red("✗")} ${name}: ${message}`);
  if (faults.length > 0) throw new KeyFaultsError(options.key, faults);
  // A rehearsal's key fits, and is none to be glad about.
  if (key?.isDevelopment !== true) console.log(pc.green("Everything that was checked fits."));
}

/** Says, in red where it has to be, whose word the powers of tau are. */
export function showOrigin({ isDevelopment, powers }: KeyFacts): void {
  if (powers !== undefined) console.log(`powers of tau      ${powers.origin}, blake2b ${powers.blake2b}`);
  if (isDevelopment)
    console.log(pc.red("INSECURE: a development key. Its secrets are public, anybody can forge its proofs."));
  else if (powers?.origin === UNKNOWN_ORIGIN)
    console.log(
      pc.red(
        "The powers of tau are of no known public ceremony: whoever made them may be able to forge proofs.",
      ),
    );
}

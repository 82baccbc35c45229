import { PortInUseError } from "../../gateway/port-in-use.ts";
import { LAST_PORT } from "../port-numbers.ts";
import { type GatewayPorts, portFor } from "../ports.ts";

/**
 * Where the page is served: on the port that was asked for, else on the one behind the gateways'. Nothing is
 * configured with the latter, so if another program has it, any other does.
 * @param wanted undefined: none is asked for.
 * @throws {PortInUseError}
 */
export async function pagePortBehind(
  { l1Gateway, rollups }: GatewayPorts,
  wanted: number | undefined,
): Promise<number> {
  if (wanted !== undefined) return await portFor(wanted, "page");
  const next = Math.max(l1Gateway, ...rollups) + 1;
  if (next > LAST_PORT) return await portFor(0, "page");
  try {
    return await portFor(next, "page");
  } catch (error) {
    if (error instanceof PortInUseError) return await portFor(0, "page");
    throw error;
  }
}

import { z } from "zod";
import { l1Error } from "../../l1/client.ts";
import { hashSchema, parseParams } from "../json-rpc.ts";
import type { Handler } from "../service.ts";
import type { SeeingContext } from "./context.ts";
import { getExecutions } from "./executions.ts";
import { getSettlement } from "./settlement.ts";

const hashParams = z.tuple([hashSchema]);

/** Methods with which a transaction across chains is looked at, on every gateway. */
export function seeingMethods(context: SeeingContext): Readonly<Record<string, Handler>> {
  const ofHash =
    (answer: (context: SeeingContext, hash: `0x${string}`) => Promise<unknown>): Handler =>
    async ({ params }) => {
      const [hash] = parseParams(hashParams, params);
      return { result: await guarded(context, () => answer(context, hash)) };
    };
  return {
    lockstep_getSettlement: ofHash(getSettlement),
    lockstep_getExecutions: ofHash(getExecutions),
  };
}

/** What L1 does not answer, or refuses, is told by its name. */
async function guarded<Result>({ builder }: SeeingContext, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw l1Error(error, builder.l1Rpc);
  }
}

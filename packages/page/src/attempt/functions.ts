import { useEffect, useState } from "preact/hooks";
import { isAddress } from "viem";
import { quantity, type System } from "../chains/system.ts";
import type { Hex } from "../chains/rpc-types.ts";
import { abis } from "../names/abis.ts";
import { signatureText } from "../names/decode.ts";
import { lookUp, nameOf, names } from "../names/names.ts";

/** The functions of a contract, or of what it stands for, as far as its code is known. */
export function useFunctions(system: System, chain: number, address: string): readonly string[] {
  const [place, setPlace] = useState<{ chain: number; address: string }>();
  useEffect(() => {
    let isOld = false;
    if (!isAddress(address, { strict: false })) {
      setPlace(undefined);
      return;
    }
    void originalOf(system, chain, `0x${address.slice(2).toLowerCase()}`).then(async (found) => {
      await lookUp(system, [found]);
      if (!isOld) setPlace(found);
    });
    return () => {
      isOld = true;
    };
  }, [chain, address, abis.value]);
  // It becomes known when its code was looked up.
  const name = names.value.size > 0 && place !== undefined ? nameOf(place.chain, place.address) : undefined;
  const abi = name === undefined ? undefined : abis.value.named(name)?.abi;
  return (abi ?? []).flatMap((item) => (item.type === "function" ? [signatureText(item)] : []));
}

/** Where a call to the address ends up. */
async function originalOf(system: System, chain: number, address: Hex) {
  const proxies = await system.l1
    .request({ method: "lockstep_getProxies", params: [address, quantity(chain)] })
    .catch(() => null);
  const original = proxies?.original;
  return original == null ? { chain, address } : { chain: Number(original.chain), address: original.address };
}

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { encodeFunctionData, isAddress, isHex, parseAbi, parseEther } from "viem";
import { go } from "../app/location.ts";
import { urlOf } from "../app/route.ts";
import { reasonOf } from "../chains/loaded.ts";
import { quantity, type System } from "../chains/system.ts";
import type { Hex, SimulatedCall, SimulationAcross } from "../chains/rpc-types.ts";
import { argumentsFrom } from "./arguments.ts";
import { useFunctions } from "./functions.ts";
import { AccountField, AddressField, ChainField, TextField } from "./fields.tsx";
import { Simulated } from "./simulated.tsx";

type State =
  | { readonly is: "idle" }
  | { readonly is: "busy"; readonly what: string }
  | { readonly is: "simulated"; readonly call: SimulatedCall; readonly found: SimulationAcross }
  | { readonly is: "refused"; readonly reason: string };

interface CallFormProps {
  readonly system: System;
  readonly chain: number;
  readonly to: string;
}

/** A call that is tried first: what it will do on every chain, before it is sent. */
export function CallForm({ system, chain: first, to: given }: CallFormProps): JSX.Element {
  const [chain, setChain] = useState(first);
  const [to, setTo] = useState(given);
  const [from, setFrom] = useState(system.config.accounts[0] ?? "");
  const [signature, setSignature] = useState("");
  const [values, setValues] = useState("");
  const [value, setValue] = useState("0");
  const [state, setState] = useState<State>({ is: "idle" });
  const functions = useFunctions(system, chain, to);
  const run = (what: string, work: () => Promise<State>): void => {
    setState({ is: "busy", what });
    work().then(setState, (error: unknown) => setState({ is: "refused", reason: reasonOf(error) }));
  };
  const simulate = (event: Event): void => {
    event.preventDefault();
    run("trying it", async () => {
      const call = callOf({ to, from, signature, values, value });
      const found = await system.ask(chain).request({ method: "lockstep_simulateAcross", params: [call] });
      return { is: "simulated", call, found };
    });
  };
  const send = (call: SimulatedCall): void =>
    run("sending it", async () => {
      const hash = await system
        .ask(chain)
        .request({ method: "eth_sendTransaction", params: [signedBy(call)] });
      go(urlOf.transaction(hash));
      return { is: "idle" };
    });
  return (
    <form onSubmit={simulate} aria-label="Try a call">
      <h2>Try a call</h2>
      <p class="quiet">What it will do on every chain is shown before anything is sent.</p>
      <ChainField label="on" system={system} value={chain} onChange={setChain} />
      <AddressField label="contract" value={to} onChange={setTo} />
      <TextField
        label="function"
        value={signature}
        placeholder="increment() or transfer(address,uint256), or calldata 0x…"
        choices={functions}
        onChange={setSignature}
      />
      <TextField label="arguments" value={values} placeholder='JSON: ["0x…", "5"]' onChange={setValues} />
      <TextField label="value, ETH" value={value} onChange={setValue} />
      <AccountField system={system} value={from} onChange={setFrom} />
      <p class="buttons">
        <button type="submit" class="primary" disabled={state.is === "busy"}>
          {state.is === "busy" ? `${state.what} …` : "see what it will do"}
        </button>
        {state.is === "simulated" && from !== "" && (
          <button type="button" onClick={() => send(state.call)}>
            {state.found.success ? "send it" : "send it all the same"}
          </button>
        )}
      </p>
      <div role="status">
        {state.is === "refused" && <p class="fault">{state.reason}</p>}
        {state.is === "simulated" && <Simulated system={system} chain={chain} found={state.found} />}
      </div>
    </form>
  );
}

/** The gateway chooses gas and fees. */
function signedBy({ from, to, value, data }: SimulatedCall) {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(value === undefined ? {} : { value }),
    ...(data === undefined ? {} : { data }),
  };
}

interface Written {
  readonly to: string;
  readonly from: string;
  readonly signature: string;
  readonly values: string;
  readonly value: string;
}

/** @throws what is wrong with what was written, in words. */
function callOf({ to, from, signature, values, value }: Written): SimulatedCall {
  if (!isAddress(to, { strict: false })) throw new Error("the contract is no address");
  return {
    to: hexOf(to),
    ...(from === "" ? {} : { from: hexOf(from) }),
    value: quantity(parseEther(value.trim() === "" ? "0" : value.trim())),
    data: dataOf(signature.trim(), values),
  };
}

function dataOf(signature: string, values: string): Hex {
  if (signature === "") return "0x";
  if (isHex(signature)) return signature;
  const written: readonly string[] = [`function ${signature.replace(/^function\s+/, "")}`];
  const abi = parseAbi(written);
  const [item] = abi;
  if (item?.type !== "function") throw new Error("the function is not read as one");
  return encodeFunctionData({ abi, functionName: item.name, args: argumentsFrom(item.inputs, values) });
}

function hexOf(text: string): Hex {
  return `0x${text.slice(2).toLowerCase()}`;
}

import type { JSX } from "preact";
import { type DecodedCall, signatureText } from "../names/decode.ts";

/** What a call asks for, as rows of a list of facts: the function, then each argument whole. */
export function CallFacts({ call }: { readonly call: DecodedCall }): JSX.Element {
  return (
    <>
      <dt>call</dt>
      <dd class="mono">{call.item === undefined ? call.name || "without data" : signatureText(call.item)}</dd>
      {call.arguments.map(({ name, text }, index) => (
        <>
          <dt>{name === "" ? `argument ${index + 1}` : name}</dt>
          <dd class="mono">{text}</dd>
        </>
      ))}
    </>
  );
}

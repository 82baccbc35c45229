import type { JSX } from "preact";
import type { System } from "../chains/system.ts";
import { CallForm } from "./call-form.tsx";
import { ProxyForm } from "./proxy-form.tsx";

interface AttemptProps {
  readonly system: System;
  readonly chain: number;
  readonly to: string;
}

/** Tries a call before it is made, and makes proxies. */
export function AttemptScreen({ system, chain, to }: AttemptProps): JSX.Element {
  return (
    <main class="attempt">
      <h1 class="unseen">Calls and proxies</h1>
      {system.config.accounts.length === 0 && (
        <p class="quiet">
          These gateways sign for no account: what a call would do can be seen, and sending it is a wallet's
          matter.
        </p>
      )}
      <CallForm system={system} chain={chain} to={to} />
      <ProxyForm system={system} chain={chain} original={to} />
    </main>
  );
}

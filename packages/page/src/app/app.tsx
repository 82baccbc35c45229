import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { AddressScreen } from "../address/address.tsx";
import { AttemptScreen } from "../attempt/attempt.tsx";
import { BlockScreen } from "../block/block.tsx";
import { connected, lost } from "../chains/live.ts";
import type { System } from "../chains/system.ts";
import { HomeScreen } from "../home/home.tsx";
import { Boundary } from "../parts/boundary.tsx";
import { TransactionScreen } from "../transaction/transaction.tsx";
import { route } from "./location.ts";
import type { Route } from "./route.ts";
import { Search } from "./search.tsx";
import { theme, toggleTheme } from "./theme.ts";

export function App({ system }: { readonly system: System }): JSX.Element {
  const shown = route.value;
  useEffect(() => {
    document.title = titleOf(shown);
  }, [shown]);
  const isLive = connected.value.has(0);
  return (
    <>
      <header class="top">
        <a class="brand" href="#/">
          <Mark />
          Lockstep
        </a>
        <Search system={system} />
        <nav aria-label="Screens">
          <a href="#/try/0">Try a call</a>
          <span class={isLive ? "live" : "live off"} role="status">
            {isLive ? "live" : "connecting …"}
          </span>
          <button
            type="button"
            class="plain"
            onClick={toggleTheme}
            aria-label={theme.value === "dark" ? "Light colours" : "Dark colours"}
          >
            {theme.value === "dark" ? "☀" : "☾"}
          </button>
        </nav>
      </header>
      <Stale system={system} />
      <Boundary what="this screen" value={shown}>
        <Screen system={system} route={shown} />
      </Boundary>
    </>
  );
}

/** Says of which chains nothing is heard: what is shown of them is as old as that. */
function Stale({ system }: { readonly system: System }): JSX.Element | null {
  if (lost.value.size === 0) return null;
  const chains = [...lost.value.keys()].sort((a, b) => a - b).map((id) => system.nameOf(id));
  const since = new Date(Math.min(...lost.value.values())).toLocaleTimeString();
  const verb = chains.length === 1 ? "gateway of" : "gateways of";
  return (
    <p class="stale fault" role="alert">
      {`Not connected to the ${verb} ${chains.join(", ")}: what is shown is of ${since}.`}
    </p>
  );
}

function Screen({ system, route: shown }: { readonly system: System; readonly route: Route }): JSX.Element {
  switch (shown.screen) {
    case "home":
      return <HomeScreen system={system} />;
    case "transaction":
      return <TransactionScreen key={shown.hash} system={system} hash={shown.hash} step={shown.step} />;
    case "address":
      return (
        <AddressScreen
          key={`${shown.chain} ${shown.address}`}
          system={system}
          chain={shown.chain}
          address={shown.address}
        />
      );
    case "block":
      return (
        <BlockScreen
          key={`${shown.chain} ${shown.block}`}
          system={system}
          chain={shown.chain}
          block={shown.block}
        />
      );
    case "attempt":
      return (
        <AttemptScreen key={`${shown.chain} ${shown.to}`} system={system} chain={shown.chain} to={shown.to} />
      );
    case "nothing":
      return (
        <main>
          <h1>Nothing here</h1>
          <p>{`No screen has the address ${shown.wanted}.`}</p>
        </main>
      );
  }
}

function titleOf(shown: Route): string {
  const parts: Record<Route["screen"], string> = {
    home: "Lockstep",
    transaction: "Transaction · Lockstep",
    address: "Address · Lockstep",
    block: "Block · Lockstep",
    attempt: "Try a call · Lockstep",
    nothing: "Nothing here · Lockstep",
  };
  return parts[shown.screen];
}

function Mark(): JSX.Element {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M5 3v18M19 3v18" />
      <path class="across" d="M5 8h14M19 16H5" />
    </svg>
  );
}

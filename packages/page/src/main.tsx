import { render } from "preact";
import { App } from "./app/app.tsx";
import { followLocation } from "./app/location.ts";
import { showTheme } from "./app/theme.ts";
import { loadConfig } from "./chains/config.ts";
import { listenTo } from "./chains/live.ts";
import { reasonOf } from "./chains/loaded.ts";
import { System } from "./chains/system.ts";
import { loadAbis } from "./names/abis.ts";
import { askAgain, knowChains } from "./names/names.ts";
import { keepTime } from "./parts/age.tsx";

const place = document.querySelector("#page");
if (place === null) throw new Error("the document has no place for the page");
showTheme();
try {
  const system = new System(await loadConfig());
  knowChains(system);
  followLocation();
  keepTime();
  for (const chain of system.chains) listenTo(chain, new AbortController().signal);
  render(<App system={system} />, place);
  loadAbis().then(askAgain, () => undefined);
} catch (error) {
  render(
    <p class="fault" role="alert">
      {reasonOf(error)}
    </p>,
    place,
  );
}

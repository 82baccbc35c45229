import { signal } from "@preact/signals";

const KEY = "lockstep.theme";

export type Theme = "light" | "dark";

const preferred = matchMedia("(prefers-color-scheme: dark)");

/** What was chosen here, else what the system prefers. */
export const theme = signal<Theme>("light");

function stored(): Theme | undefined {
  try {
    const found = localStorage.getItem(KEY);
    return found === "light" || found === "dark" ? found : undefined;
  } catch {
    return undefined;
  }
}

function set(next: Theme): void {
  theme.value = next;
  document.documentElement.dataset.theme = next;
}

export function showTheme(): void {
  const follow = (): void => set(stored() ?? (preferred.matches ? "dark" : "light"));
  preferred.addEventListener("change", follow);
  follow();
}

export function toggleTheme(): void {
  const next: Theme = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser may keep nothing; it is then chosen until the page is closed.
  }
  set(next);
}

/**
 * A URL as people and logs may see it: its scheme, host and port. A user's name and password are left out,
 * and so are path and query, in which nodes' providers have their keys.
 */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return "an address that is no URL";
  const { protocol, host, pathname, search } = new URL(url);
  const isLong = (pathname !== "/" && pathname !== "") || search !== "";
  return `${protocol}//${host}${isLong ? "/…" : ""}`;
}

/** URLs, as far as they go in a text. */
const URLS = /\b(?:https?|wss?|rediss?):\/\/[^\s"'<>`\\]+/g;

/** A text in which every URL is shown as it may be. */
export function withShownUrls(text: string): string {
  return text.replaceAll(URLS, shownUrl);
}

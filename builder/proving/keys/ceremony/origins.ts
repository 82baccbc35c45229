/** The file's maker is unknown, and may know its secrets. */
export const UNKNOWN_ORIGIN = "unknown";
/** The file's secrets are public. */
export const DEVELOPMENT_ORIGIN = "development";

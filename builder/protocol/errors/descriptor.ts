/** What the documentation says of an error. Sentences in Markdown. */
export interface ErrorDescriptor {
  /** A few words, without a full stop. */
  readonly title: string;
  /** What has happened. */
  readonly meaning: string;
  /** What the reader can do. */
  readonly remedy: string;
}

/** Errors that are explained together, by their codes. */
export type ErrorDescriptors = Readonly<Record<string, ErrorDescriptor>>;

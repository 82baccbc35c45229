import type { JSX } from "preact";
import type { System } from "../chains/system.ts";

interface FieldProps<Value> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function TextField({
  label,
  value,
  onChange,
  placeholder = "",
  choices = [],
}: FieldProps<string> & {
  readonly label: string;
  readonly placeholder?: string;
  /** What it could be; anything else may be written, too. */
  readonly choices?: readonly string[];
}): JSX.Element {
  const list = `choices-${label}`;
  return (
    <label>
      <span>{label}</span>
      {choices.length > 0 && (
        <datalist id={list}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
      <input
        ref={(element) => {
          if (choices.length > 0) element?.setAttribute("list", list);
        }}
        value={value}
        placeholder={placeholder}
        spellcheck={false}
        autocomplete="off"
        onInput={({ currentTarget }) => onChange(currentTarget.value)}
      />
    </label>
  );
}

export function AddressField(props: FieldProps<string> & { readonly label: string }): JSX.Element {
  return <TextField {...props} placeholder="0x…" />;
}

/** @param all those that make no proxies, too. */
export function ChainField({
  label,
  system,
  value,
  onChange,
  all = false,
}: FieldProps<number> & {
  readonly label: string;
  readonly system: System;
  readonly all?: boolean;
}): JSX.Element {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(Number(currentTarget.value))}>
        {system.chains
          .filter(({ isEvm }) => all || isEvm)
          .map(({ id, name, isProven }) => (
            <option key={id} value={id}>
              {isProven ? name : `${name} (UNPROVEN)`}
            </option>
          ))}
      </select>
    </label>
  );
}

export function AccountField({
  system,
  value,
  onChange,
}: FieldProps<string> & { readonly system: System }): JSX.Element | null {
  const { accounts } = system.config;
  if (accounts.length === 0) return null;
  return (
    <label>
      <span>from</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {accounts.map((address, index) => (
          <option key={address} value={address}>
            {`account ${index}, ${address.slice(0, 10)}…`}
          </option>
        ))}
      </select>
    </label>
  );
}

import { Component, type ComponentChildren, type JSX } from "preact";
import { reasonOf } from "../chains/loaded.ts";

interface BoundaryProps {
  /** What cannot be shown, in a word. */
  readonly what: string;
  /** With another one it is tried again. */
  readonly value: unknown;
  readonly children: ComponentChildren;
}

interface BoundaryState {
  readonly failed: { readonly value: unknown; readonly reason: string } | undefined;
}

/**
 * A part of the page that shows what a gateway answered. Whatever that is, the page around it lives on: an
 * answer of another form than documented is named in its place.
 */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: undefined };

  override componentDidCatch(error: unknown): void {
    this.setState({ failed: { value: this.props.value, reason: reasonOf(error) } });
  }

  override render(): JSX.Element {
    const { what, value, children } = this.props;
    const { failed } = this.state;
    if (failed === undefined || failed.value !== value) return <>{children}</>;
    return (
      <p class="fault" role="alert">
        {`${what}: the gateway's answer is not as documented (${failed.reason})`}
      </p>
    );
  }
}

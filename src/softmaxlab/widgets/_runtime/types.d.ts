// What the scripts of this book share, for tsc alone (tsconfig.json): no byte of it gets into a page.

// ---- Widgets ----

/** A widget's traits, as a notebook hands them over; in a built page, assets/host.js does. */
interface Model {
  // biome-ignore lint/suspicious/noExplicitAny: a link between widgets may bring anything; each widget sifts it
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}

/** What a widget's `render` is given. */
interface Place {
  model: Model;
  el: HTMLElement;
}

/** What the reader sets something with: its name, or {} for a gesture of its own. */
type Control = string | object;

/** To be called when the reader has set something: the address then holds it. */
type Keep = (control: Control) => void;

/** Say words to who listens. */
type Say = (words: string) => void;

/** A control for one number. */
interface NumberOptions {
  label?: string; // or its aria-label is set later
  min: number;
  max: number;
  signal: AbortSignal;
  accept: (value: number) => unknown;
  commit: () => unknown;
}

interface SliderOptions extends NumberOptions {
  step: number;
  page: number;
}

interface NumberFieldOptions extends NumberOptions {
  id: string; // of the message
  step?: number; // of the arrows; none where a widget has its own
  say: Say;
  keyboard?: string; // of a phone
  format?: (value: number) => string;
}

/** What the reader does with one control, until that is over. */
interface Gesture {
  control: Control;
}

/** A state that is to be written. */
interface Waiting {
  gesture: Gesture;
  pieces: string;
}

/** A widget's state in the address: see fragmentHistory. */
interface AddressState {
  signal: AbortSignal;
  encode: () => string;
}

interface AddressOptions<Changes extends Record<string, unknown>> extends AddressState {
  el: HTMLElement;
  root: HTMLElement;
  tools: HTMLElement;
  say: Say;
  decode: (fragment: string) => Changes;
  update: (changes: Changes) => void;
}

interface TraitsOptions {
  model: Model;
  traits: string[];
  follow: () => void;
  stop: AbortController;
  root: HTMLElement;
}

/** What a pointer is about to do, as far as it is known. */
interface Intent {
  told: (event: PointerEvent) => "drag" | "tap" | "swipe" | undefined;
}

/** One on a slider, that may yet scroll the page; and the slider's text when it came down. */
interface Finger {
  intent: Intent;
  text: string;
}

/** A slider makes a text of the number that it is given. */
type RangeInput = Omit<HTMLInputElement, "value"> & { get value(): string; set value(next: string | number) };

/** Numbers of a vector, in whatever holds them. */
type Numbers = ArrayLike<number>;

type Attributes = Record<string, string | number | boolean>;
type Child = Node | string | number;

type Timer = ReturnType<typeof setTimeout> | undefined;

/** An addEventListener that knows its node and its signal. */
type Listen<Events> = <Type extends keyof Events>(
  type: Type,
  handler: (event: Events[Type]) => unknown,
  capture?: boolean,
) => void;

// ---- What a browser takes, has or keeps for us ----

interface Element {
  setAttribute(name: string, value: string | number | boolean): void; // here and below, it makes a text of it
  slText?: string; // that write() has written
  slLabel?: number; // of a point, as it is drawn
  closest<Tag extends keyof HTMLElementTagNameMap>(selectors: Tag): HTMLElementTagNameMap[Tag] | null;
  closest<Found extends Element = HTMLElement>(selectors: string): Found | null;
}

// What a selector finds is HTML, where nothing else is said.
interface ParentNode {
  querySelector<Tag extends keyof HTMLElementTagNameMap>(selectors: Tag): HTMLElementTagNameMap[Tag] | null;
  querySelector<Found extends Element = HTMLElement>(selectors: string): Found | null;
  querySelectorAll<Tag extends keyof HTMLElementTagNameMap>(
    selectors: Tag,
  ): NodeListOf<HTMLElementTagNameMap[Tag]>;
  querySelectorAll<Found extends Element = HTMLElement>(selectors: string): NodeListOf<Found>;
  append(...nodes: Child[]): void;
}

interface CSSStyleDeclaration {
  setProperty(name: string, value: string | number): void;
}

interface Array<T> {
  includes(sought: unknown): boolean; // whatever it is
}

interface EventTarget {
  closest?<Found extends Element = HTMLElement>(selectors: string): Found | null; // where it is an element
}

interface UIEvent {
  readonly target: EventTarget; // who listens to a node hears of one
}

interface HTMLElement {
  webkitRequestFullscreen?: () => void; // here and below: Safari, before 16.4
}

interface Document {
  webkitExitFullscreen?: () => void;
  webkitFullscreenElement?: Element;
  slWrites?: number[]; // when the widgets of the page have written its address
  slShown?: { fragment: string; order: number; stop: AbortController }; // which widget the address has brought into view
}

interface PerformanceEntry {
  type?: string; // where it is the navigation
}

// ---- The search ----

/** A piece of a text: its whole as one word, and its parts if it is made of some. */
interface Piece {
  whole: string;
  parts: string[];
  shown: string;
  raw?: string; // as it stood, where it was a part
  at?: number;
}

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

/** What a widget's view is given: its state, the ways to set it, and what its controls need. */
interface Hooks<State> {
  prefix: string; // of the ids in it
  signal: AbortSignal; // aborted when the widget is taken away
  say: Say;
  initial: State;
  getState: () => State;
  get: Model["get"];
  assign: (changes: Partial<State>) => void; // draws: a frame of what plays
  update: (changes: Partial<State>) => void; // and tells the kernel: while a control is moved
  change: (changes: Partial<State>, control: Control) => void; // and the address: a press of a button
  commit: (control: Control) => void; // the address: a control comes to rest
  keep: () => void; // the kernel and the address, in a gesture of its own: what played comes to rest
}

/** What a widget shows. */
interface View<State, Derived> {
  root: HTMLElement;
  tools: HTMLElement; // its row of buttons
  paint: (state: State, derived: Derived, before: State) => string; // draws, and returns what to say of it
  begin?: () => void; // it stands in the page now, and is about to be drawn
  halt?: () => void; // ends what moves by itself, before anything else is set
}

/** What is a widget's own: mountWidget makes a front end of it. */
interface WidgetParts<State extends Record<string, unknown>, Derived> {
  traits: { [part in keyof State]?: string }; // what Python calls each part of a state; it knows no others
  alsoShown?: string[]; // traits that are followed and never set here
  start: (model: Model) => State; // stands where the model's own state makes no sense
  read: (model: Model, kept: State) => State; // the model's state; what makes no sense in it is as it was
  fit?: (next: State, model: Model) => State; // a state that is about to be set, its parts fitted to one another
  deriver: (model: Model) => (state: State) => Derived; // all that follows from a state, once for each drawing
  results: (derived: Derived, state: State) => Record<string, unknown>; // traits that Python computes where there is one
  encode: (state: State) => string; // its pieces of the address
  decode: (fragment: string, state: State, model: Model) => Partial<State>; // the pieces that make sense
  view: (hooks: Hooks<State>) => View<State, Derived>;
  keepsOthers?: boolean; // whether the address also holds what a linked widget has set
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

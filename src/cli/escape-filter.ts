const encoder = new TextEncoder();

/** Where in an escape sequence the text is (ECMA-48, 5th edition, chapter 5). */
type State = 'text' | 'escape' | 'intermediate' | 'control' | 'string' | 'string-escape';

const ESC = 0x1b;
const BEL = 0x07;
/** Bell, backspace, tab, line feed, carriage return; terminals take the rest as commands or ignore it. */
const HARMLESS = new Set([BEL, 0x08, 0x09, 0x0a, 0x0d]);
/** C1 forms of `ESC [` (CSI), and of the openers of strings: DCS, SOS, OSC, PM, APC. */
const CSI = 0x9b;
const STRING_OPENERS = new Set([0x90, 0x98, 0x9d, 0x9e, 0x9f]);

/**
 * Takes terminal control out of a stream of UTF-8: guests are not trusted, and escape sequences can retitle
 * windows, write the clipboard or make the terminal type. Sequences vanish whole; text, line ends and tabs stay.
 */
export class EscapeFilter {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #state: State = 'text';

  /** The harmless part of some more bytes; characters that are not complete yet wait for the next call. */
  filter(bytes: Uint8Array): Uint8Array {
    return encoder.encode(this.#keep(this.#decoder.decode(bytes, { stream: true })));
  }

  /** What still waits at the end of the stream. */
  end(): Uint8Array {
    return encoder.encode(this.#keep(this.#decoder.decode()));
  }

  #keep(text: string): string {
    let kept = '';
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      if (this.#isShown(text.charCodeAt(at))) continue;
      kept += text.slice(from, at);
      from = at + 1;
    }
    return kept + text.slice(from);
  }

  #isShown(code: number): boolean {
    switch (this.#state) {
      case 'text':
        return this.#inText(code);
      case 'escape':
        this.#state = afterEscape(code);
        return false;
      case 'intermediate':
        if (code < 0x20 || code > 0x2f) this.#state = 'text';
        return false;
      case 'control':
        return this.#inControl(code);
      default:
        return this.#inString(code);
    }
  }

  #inText(code: number): boolean {
    if (code === ESC) this.#state = 'escape';
    else if (code === CSI) this.#state = 'control';
    else if (STRING_OPENERS.has(code)) this.#state = 'string';
    else return code >= 0x20 ? code < 0x7f || code > 0x9f : HARMLESS.has(code);
    return false;
  }

  #inControl(code: number): boolean {
    if (code === ESC) this.#state = 'escape';
    // Parameters and intermediates go on until a final byte; anything else has broken the sequence off.
    else if (code < 0x20 || code > 0x3f) this.#state = 'text';
    return code === 0x0a;
  }

  /** Strings end with ST or BEL, as xterm has it; a line feed ends them too, so that no output is lost for good. */
  #inString(code: number): boolean {
    if (code === ESC) this.#state = 'string-escape';
    else if (this.#state === 'string-escape') this.#state = code === 0x5c ? 'text' : afterEscape(code);
    else if (code === BEL || code === 0x9c || code === 0x0a) this.#state = 'text';
    return code === 0x0a;
  }
}

const afterEscape = (code: number): State => {
  if (code === ESC) return 'escape';
  if (code === 0x5b) return 'control';
  // ESC P, X, ], ^ and _ are the 7-bit forms of the string openers.
  if (STRING_OPENERS.has(code + 0x40)) return 'string';
  return code >= 0x20 && code <= 0x2f ? 'intermediate' : 'text';
};

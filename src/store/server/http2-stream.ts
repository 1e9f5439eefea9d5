/** One stream of an HTTP/2 connection, as the server has it: a request that comes in, an answer that goes out. */

/** What a stream asks of its connection. */
export interface StreamOwner {
  /** Something is there to be sent. */
  ready(stream: Http2Stream): void;
  /** The stream is over for the server: a client that is still sending is told to stop. */
  finished(stream: Http2Stream): void;
}

export interface StreamListener {
  data(chunk: Buffer): void;
  /** The client has sent everything. */
  end(): void;
  /** The stream is over, whoever ended it. Called once, last. */
  closed(): void;
}

export class Http2Stream {
  readonly id: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly #owner: StreamOwner;
  listener: StreamListener | undefined;
  /** What the client still takes. */
  windowBytes: number;
  /** What has been read and not yet been given back to the client's window. */
  readBytes = 0;
  hasRequest = false;
  isClosed = false;
  /** Blocks and data to be sent, in order. */
  #head: Buffer | undefined;
  #data: Buffer[] = [];
  #dataBytes = 0;
  #trailers: Buffer | undefined;
  #isTold = false;

  constructor(id: number, headers: ReadonlyMap<string, string>, owner: StreamOwner, windowBytes: number) {
    this.id = id;
    this.headers = headers;
    this.#owner = owner;
    this.windowBytes = windowBytes;
  }

  /** Data that waits for the client's window. */
  get unsentBytes(): number {
    return this.#dataBytes;
  }

  get isEnding(): boolean {
    return this.isClosed || this.#trailers !== undefined;
  }

  get hasHead(): boolean {
    return this.#isTold || this.#head !== undefined;
  }

  /** @param block Headers, encoded. */
  respond(block: Buffer): void {
    if (this.isEnding || this.hasHead) return;
    this.#head = block;
    this.#owner.ready(this);
  }

  write(data: Buffer): void {
    if (this.isEnding) return;
    this.#data.push(data);
    this.#dataBytes += data.length;
    this.#owner.ready(this);
  }

  /** @param block Trailers, encoded; headers and trailers in one if nothing was sent before. */
  end(block: Buffer): void {
    if (this.isEnding) return;
    this.#trailers = block;
    this.#owner.ready(this);
  }

  /** For the connection: the header block, once. */
  takeHead(): Buffer | undefined {
    const head = this.#head;
    if (head !== undefined) this.#isTold = true;
    this.#head = undefined;
    return head;
  }

  /** For the connection: the next data, at most so much. */
  takeData(mostBytes: number): Buffer | undefined {
    const first = this.#data[0];
    if (first === undefined || mostBytes <= 0) return undefined;
    const part = first.length <= mostBytes ? first : first.subarray(0, mostBytes);
    if (part === first) this.#data.shift();
    else this.#data[0] = first.subarray(mostBytes);
    this.#dataBytes -= part.length;
    return part;
  }

  /** For the connection: the trailers, when there is no data before them. */
  takeTrailers(): Buffer | undefined {
    return this.#data.length === 0 ? this.#trailers : undefined;
  }

  /** For the connection: the stream is over. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#data = [];
    this.#dataBytes = 0;
    this.#owner.finished(this);
    this.listener?.closed();
  }
}

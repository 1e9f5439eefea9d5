/**
 * The audit log: lines appended to a file, which is put aside when it has grown, with the time in its name. What is put
 * aside is packed if wanted, and removed when there is too much of it or it is too old.
 *
 *   audit.log                              written now
 *   audit-2026-01-31T12-00-00.000.log.gz   put aside at that time
 *
 * Lines that come while a write is under way go together with the next one. Names and zeros as in the original: 0 files
 * or days mean that nothing is removed for it.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface LogFileOptions {
  /** `-`: the standard output. */
  readonly path: string;
  readonly maxSizeBytes: number;
  readonly maxBackups: number;
  readonly maxAgeDays: number;
  readonly compress: boolean;
  readonly now: () => number;
}

interface Pending {
  readonly text: string;
  readonly written: (done: boolean) => void;
}

export class LogFile {
  readonly #options: LogFileOptions;
  readonly #failed: (error: unknown) => void;
  #file: FileHandle | undefined;
  #size = 0;
  #pending: Pending[] = [];
  #writing: Promise<void> | undefined;
  #tidying: Promise<void> = Promise.resolve();

  /** `failed` is told why lines were lost. */
  constructor(options: LogFileOptions, failed: (error: unknown) => void) {
    this.#options = options;
    this.#failed = failed;
  }

  /** Resolves when the text is written: whether it is. `text` ends in a line break. */
  write(text: string): Promise<boolean> {
    return new Promise((written) => {
      this.#pending.push({ text, written });
      this.#writing ??= this.#writeAll();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    this.#file = undefined;
    await this.#tidying;
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0) {
      const now = this.#pending;
      this.#pending = [];
      const done = await this.#append(now.map(({ text }) => text)).then(
        () => true,
        (error: unknown) => {
          this.#failed(error);
          return false;
        },
      );
      for (const { written } of now) written(done);
    }
    this.#writing = undefined;
  }

  async #append(texts: readonly string[]): Promise<void> {
    if (this.#options.path === '-') {
      process.stdout.write(texts.join(''));
      return;
    }
    let together: string[] = [];
    for (const text of texts) {
      const bytes = Buffer.byteLength(text);
      const file = await this.#opened();
      if (this.#size > 0 && this.#size + bytes > this.#options.maxSizeBytes) {
        await file.write(together.join(''));
        together = [];
        await this.#putAside();
        await this.#opened();
      }
      together.push(text);
      this.#size += bytes;
    }
    await (await this.#opened()).write(together.join(''));
  }

  async #opened(): Promise<FileHandle> {
    if (this.#file !== undefined) return this.#file;
    await mkdir(dirname(this.#options.path), { recursive: true });
    this.#file = await open(this.#options.path, 'a', 0o600);
    this.#size = (await this.#file.stat()).size;
    return this.#file;
  }

  async #putAside(): Promise<void> {
    const { path, now } = this.#options;
    await this.#file?.close();
    this.#file = undefined;
    this.#size = 0;
    await rename(path, await freeName(path, now()));
    this.#tidying = this.#tidying.then(() => this.#tidy()).catch(this.#failed);
  }

  /** Removes what is too much or too old, and packs what stays. */
  async #tidy(): Promise<void> {
    const { path, maxBackups, maxAgeDays, compress, now } = this.#options;
    const backups = await findBackups(path);
    const oldestMs = maxAgeDays > 0 ? now() - maxAgeDays * 86_400_000 : -Infinity;
    const kept = backups.filter(({ timeMs }, index) => (maxBackups === 0 || index < maxBackups) && timeMs >= oldestMs);
    for (const backup of backups) if (!kept.includes(backup)) await rm(backup.path, { force: true });
    if (!compress) return;
    for (const backup of kept) if (!backup.path.endsWith('.gz')) await pack(backup.path);
  }
}

interface Backup {
  readonly path: string;
  readonly timeMs: number;
}

function nameOf(path: string, timeMs: number): string {
  const extension = extname(path);
  const stem = basename(path, extension);
  const time = new Date(timeMs).toISOString().slice(0, -1).replaceAll(':', '-');
  return join(dirname(path), `${stem}-${time}${extension}`);
}

/** Two files that are put aside in one millisecond do not take the same name. */
async function freeName(path: string, timeMs: number): Promise<string> {
  for (let later = timeMs; ; later++) {
    const name = nameOf(path, later);
    const taken = await Promise.all(
      [name, `${name}.gz`].map((one) =>
        stat(one).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!taken.includes(true)) return name;
  }
}

/** What was put aside, the newest first. */
async function findBackups(path: string): Promise<readonly Backup[]> {
  const extension = extname(path);
  const stem = `${basename(path, extension)}-`;
  const found: Backup[] = [];
  for (const file of await readdir(dirname(path))) {
    const plain = file.replace(/\.gz$/, '');
    if (!plain.startsWith(stem) || !plain.endsWith(extension)) continue;
    const time = /^(\d{4}-\d\d-\d\dT)(\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(
      plain.slice(stem.length, -extension.length || undefined),
    );
    if (time === null) continue;
    const [, day = '', hour = '', minute = '', second = ''] = time;
    found.push({ path: join(dirname(path), file), timeMs: Date.parse(`${day}${hour}:${minute}:${second}Z`) });
  }
  return found.toSorted((a, b) => b.timeMs - a.timeMs);
}

async function pack(path: string): Promise<void> {
  const partial = `${path}.gz.partial`;
  await pipeline(createReadStream(path), createGzip(), createWriteStream(partial, { mode: 0o600 }));
  await rename(partial, `${path}.gz`);
  await rm(path);
}

/**
 * The image of the sandbox container, made here so that pods start where no registry can be reached. Its only program
 * is the smallest that does the job: it lets the kernel reap orphans (SIGCHLD ignored) and sleeps for good. It is given
 * as machine code in an ELF file of one segment; libc-free, about 200 bytes.
 */
import type { ImageRecipe } from './image-archive.ts';

export const pauseImage = 'slipway.local/pause:1';

/** Undefined for machines whose code is not known here. */
export function pauseRecipe(architecture: string = process.arch): ImageRecipe | undefined {
  const program = pauseProgram(architecture);
  if (program === undefined) return undefined;
  return {
    reference: pauseImage,
    entries: [{ path: '/pause', content: program, mode: 0o755 }],
    entrypoint: ['/pause'],
    user: '65535:65535',
  };
}

export function pauseProgram(architecture: string): Buffer | undefined {
  if (architecture === 'x64') return elf(62, amd64Code());
  if (architecture === 'arm64') return elf(183, arm64Code());
  return undefined;
}

const loadAddress = 0x400000n;
const headerBytes = 64 + 56;

/** `struct sigaction` as the kernel reads it: handler SIG_IGN, no flags, no restorer, empty mask. */
const ignoreAction = Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), Buffer.alloc(24)]);

function amd64Code(): Buffer {
  const code = [
    [0xb8, 13, 0, 0, 0], // mov eax, 13        rt_sigaction
    [0xbf, 17, 0, 0, 0], // mov edi, 17        SIGCHLD
    [0x48, 0x8d, 0x35, 21, 0, 0, 0], // lea rsi, [rip + 21]  → ignoreAction
    [0x31, 0xd2], //          xor edx, edx       no old action
    [0x41, 0xba, 8, 0, 0, 0], // mov r10d, 8     mask size
    [0x0f, 0x05], //          syscall
    [0xb8, 34, 0, 0, 0], // mov eax, 34        pause
    [0x0f, 0x05], //          syscall
    [0xeb, 0xf7], //          jmp to "mov eax, 34"
    [0x90, 0x90], //          padding
  ].flat();
  return Buffer.concat([Buffer.from(code), ignoreAction]);
}

function arm64Code(): Buffer {
  const move = (register: number, value: number): number => (0xd2800000 | (value << 5) | register) >>> 0;
  const supervisorCall = 0xd4000001;
  const code = [
    move(8, 134), // rt_sigaction
    move(0, 17), // SIGCHLD
    (0x10000000 | (11 << 5) | 1) >>> 0, // adr x1, 11 instructions on → ignoreAction
    move(2, 0), // no old action
    move(3, 8), // mask size
    supervisorCall,
    move(0, 0), // no descriptors
    move(1, 0),
    move(2, 0), // no time limit
    move(3, 0), // no mask
    move(8, 73), // ppoll
    supervisorCall,
    0x17fffffa, // b back by 6 instructions
  ];
  const words = Buffer.alloc(code.length * 4);
  code.forEach((word, i) => words.writeUInt32LE(word, i * 4));
  return Buffer.concat([words, ignoreAction]);
}

/** A static 64-bit ELF executable whose one segment is the whole file. */
function elf(machine: number, code: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  header.writeUInt16LE(2, 16); // an executable
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(loadAddress + BigInt(headerBytes), 24); // entry
  header.writeBigUInt64LE(64n, 32); // program headers
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // a segment to load
  header.writeUInt32LE(5, 68); // readable, executable
  header.writeBigUInt64LE(loadAddress, 80);
  header.writeBigUInt64LE(loadAddress, 88);
  const size = BigInt(headerBytes + code.length);
  header.writeBigUInt64LE(size, 96);
  header.writeBigUInt64LE(size, 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, code]);
}

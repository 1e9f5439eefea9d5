/** An address as a number, to compare it and to see which bits of it are set. `value`: a valid address without a zone. */
export function addressBits(value: string): bigint {
  return value.includes(':') ? numberV6(value) : numberV4(value);
}

/** Whether bits are set behind the first `prefix` ones. */
export function hasBitsBeyond(value: string, prefix: number): boolean {
  const rest = BigInt((value.includes(':') ? 128 : 32) - prefix);
  return addressBits(value) % (1n << rest) !== 0n;
}

/** An IPv4 address in the clothes of the other family: `::ffff:1.2.3.4`. */
export function isMappedAddress(value: string): boolean {
  return value.includes(':') && numberV6(value) >> 32n === 0xffffn;
}

function numberV4(value: string): bigint {
  return value.split('.').reduce((sum, part) => (sum << 8n) + BigInt(part), 0n);
}

function numberV6(value: string): bigint {
  const groups = value.replace(/[^:]*\.[^:]*$/, (tail) => {
    const number = numberV4(tail);
    return `${(number >> 16n).toString(16)}:${(number & 0xffffn).toString(16)}`;
  });
  const [head = '', tail] = groups.split('::');
  const first = head === '' ? [] : head.split(':');
  const last = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled = [...first, ...Array<string>(8 - first.length - last.length).fill('0'), ...last];
  return filled.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

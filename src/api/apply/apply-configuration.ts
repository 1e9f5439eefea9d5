export function applyConfiguration(_x: object): never {
  throw new Error('no apply');
}

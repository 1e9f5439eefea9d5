/** Protobuf bytes: a message by its declaration, with wrong wire types, lying lengths and unknown fields among them. */
import protobuf from 'protobufjs/minimal.js';
import type { AnyResource } from '../../src/api/resource.ts';
import { resolve, type AnyType, type ObjectType } from '../../src/api/schema.ts';
import { damageBytes } from './damage.ts';
import type { Dice } from './dice.ts';
import { oddText } from './odd-values.ts';

type Writer = protobuf.Writer;

export function randomProtobuf(dice: Dice, of: AnyResource): Buffer {
  const message = protobuf.Writer.create();
  writeMessage(dice, message, of.kind, 0);
  const envelope = protobuf.Writer.create();
  envelope.uint32(0x0a).fork().uint32(0x0a).string(of.apiVersion).uint32(0x12).string(of.kind.kind).ldelim();
  envelope.uint32(0x12).bytes(message.finish());
  const whole = Buffer.concat([Buffer.from('k8s\0'), envelope.finish()]);
  return dice.chance(0.5) ? damageBytes(dice, whole) : whole;
}

function writeMessage(dice: Dice, writer: Writer, type: ObjectType, depth: number): void {
  for (const field of Object.values(type.fields)) {
    if (field.number === 0 || depth > 6 || !dice.chance(depth === 0 ? 0.9 : 0.3)) continue;
    if (dice.chance(0.02)) writer.uint32((field.number << 3) | dice.below(8)).uint32(dice.below(1000));
    else writeField(dice, writer, field.number, field.type, depth + 1);
  }
  if (dice.chance(0.05)) writer.uint32((dice.below(5000) << 3) | 2).bytes(dice.bytes(dice.below(30)));
}

function writeField(dice: Dice, writer: Writer, number: number, declared: AnyType, depth: number): void {
  const type = resolve(declared);
  if (type.type === 'list') {
    for (let left = dice.below(3); left > 0; left -= 1) writeField(dice, writer, number, type.of, depth);
  } else if (type.type === 'map') {
    writer.uint32((number << 3) | 2).fork();
    writer.uint32(0x0a).string(dice.name());
    writeField(dice, writer, 2, type.of, depth);
    writer.ldelim();
  } else if (type.type === 'object') {
    writer.uint32((number << 3) | 2).fork();
    writeMessage(dice, writer, type, depth);
    writer.ldelim();
  } else if (type.type === 'scalar' && ['int32', 'int64', 'boolean'].includes(type.scalar)) {
    writer.uint32(number << 3).int64(dice.pick([0, 1, -1, 443, 2 ** 40]));
  } else if (type.type === 'scalar' && type.scalar === 'double')
    writer.uint32((number << 3) | 1).double(dice.below(10));
  else writer.uint32((number << 3) | 2).string(dice.chance(0.7) ? dice.name() : oddText(dice));
}

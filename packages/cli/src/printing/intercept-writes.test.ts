import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { interceptWrites } from './intercept-writes.js';

function openStream() {
  const written: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk.toString());
      done();
    },
  });
  return { stream, written };
}

describe('intercepting what is written', () => {
  it('leads it elsewhere until it ends', () => {
    const { stream, written } = openStream();
    const seen: string[] = [];
    stream.write('before');
    const restore = interceptWrites(stream, (text) => seen.push(text));
    stream.write('meanwhile');
    restore();
    stream.write('after');
    expect(seen).toEqual(['meanwhile']);
    expect(written).toEqual(['before', 'after']);
    expect(Object.hasOwn(stream, 'write')).toBe(false);
  });

  it('puts characters together that come in pieces, and calls back', async () => {
    const { stream } = openStream();
    const seen: string[] = [];
    interceptWrites(stream, (text) => seen.push(text));
    const [first, ...rest] = Buffer.from('é');
    stream.write(Buffer.from([first as number]));
    await new Promise<void>((resolve) => stream.write(Buffer.from(rest), () => resolve()));
    await new Promise<void>((resolve) => stream.write('x', 'utf8', () => resolve()));
    expect(seen.join('')).toBe('éx');
  });

  it('can be done twice', () => {
    const { stream, written } = openStream();
    const restoreOuter = interceptWrites(stream, () => {});
    const outer = stream.write;
    const restoreInner = interceptWrites(stream, () => {});
    restoreInner();
    expect(stream.write).toBe(outer);
    restoreOuter();
    stream.write('x');
    expect(written).toEqual(['x']);
  });
});

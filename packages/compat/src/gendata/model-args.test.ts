import { describe, expect, it } from 'vitest';
import { readModelArgs } from './model-args.js';

const read = (...texts: string[]) => readModelArgs(texts);
const defaults = { api_url: 'http://localhost:8080/v1/', api_key: undefined, model: 'tgi' };

describe('--model-args', () => {
  it('are pairs between commas, with defaults for what is left out', () => {
    expect(read('api_url=http://localhost:8080/v1/,model=DeepSeek-V3,api_key=your_api_key')).toEqual({
      api_url: 'http://localhost:8080/v1/',
      api_key: 'your_api_key',
      model: 'DeepSeek-V3',
    });
    expect(read('model=m')).toEqual({ ...defaults, model: 'm' });
    expect(read()).toEqual(defaults);
    expect(read(' api_key = k , model = m , ')).toEqual({ ...defaults, api_key: 'k', model: 'm' });
  });

  it.each([
    ['api_url=https://host/v1?team=a&mode=b,model=m', 'api_url', 'https://host/v1?team=a&mode=b'],
    ['api_key=c2VjcmV0PT0==', 'api_key', 'c2VjcmV0PT0=='],
    ['api_key=a,b,c,model=m', 'api_key', 'a,b,c'],
    ['api_key="a,model=x",model=m', 'api_key', 'a,model=x'],
    [`model=m,api_key='a"b,c=d'`, 'api_key', 'a"b,c=d'],
    ['api_key=it"s,model=m', 'api_key', 'it"s'],
    ['api_key="half,model=m', 'api_key', '"half'],
    ['api_key=,model=m', 'api_key', ''],
  ])('may hold commas, equals signs and quotes: %s', (text, name, value) => {
    const args = read(text);
    expect(args[name as 'api_key']).toBe(value);
    if (text.endsWith('model=m')) expect(args.model).toBe('m');
  });

  it('may be given several times, and the last counts', () => {
    expect(read('api_key=a,b', 'model=m', 'model=n')).toEqual({ ...defaults, api_key: 'a,b', model: 'n' });
  });

  it.each([
    ['api_key=sk-1234,modle=m', '"modle" (did you mean "model"?)'],
    ['sk-1234', 'something else at character 1'],
    ['api_key=sk-1234,sk_part=sk-5678', 'got another name'],
  ])('are refused without a value being shown: %s', (text, problem) => {
    expect(() => read(text)).toThrow(problem);
    try {
      read(text);
    } catch (error) {
      expect(JSON.stringify([String(error), error])).not.toMatch(/sk[-_]/);
    }
  });
});

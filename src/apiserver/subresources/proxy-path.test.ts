import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapedPath, proxiedPath, rewriteLocation } from './proxy-path.ts';

const own = '/api/v1/namespaces/n/services/s/proxy';

test('proxiedPath() keeps slashes as they were', () => {
  const cases: readonly (readonly [path: string, rest: string, inner: string])[] = [
    [own, '', ''],
    [`${own}/`, '', '/'],
    [`${own}/a/b`, 'a/b', '/a/b'],
    [`${own}/a/`, 'a', '/a/'],
    [`${own}//a//b`, '/a//b', '/a//b'],
  ];
  for (const [path, rest, inner] of cases) assert.equal(proxiedPath(path, rest), inner, path);
});

test('escapedPath() writes what may not stand in a request line', () => {
  assert.equal(escapedPath('/a b/ü?#%'), '/a%20b/%C3%BC%3F%23%25');
});

test('rewriteLocation() leads back through the proxy', () => {
  const redirection = { path: `${own}/a%20b`, hosts: ['10.0.0.1:80', 'api.example:6443'] };
  const cases: Readonly<Record<string, string>> = {
    '/login': `${own}/login`,
    '/login/?next=/a': `${own}/login/?next=/a`,
    'http://10.0.0.1:80/x': `${own}/x`,
    'https://api.example:6443/x': `${own}/x`,
    'https://elsewhere.example/x': 'https://elsewhere.example/x',
    'relative/x': 'relative/x',
    [`${own}/x`]: `${own}/x`,
  };
  for (const [location, expected] of Object.entries(cases)) {
    assert.equal(rewriteLocation(location, redirection), expected, location);
  }
});

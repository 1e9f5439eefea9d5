import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProviderConfigError } from './provider-config.ts';
import { readProvider, type ProviderName } from './read-provider.ts';

test('readProvider() says what is wrong with the settings before anything starts', async () => {
  const wrong: readonly (readonly [ProviderName, string, RegExp])[] = [
    ['local', '', /must give "addresses"/],
    ['local', 'addresses: 10.0.0.0/24', /"addresses".*must be a list of texts/],
    ['local', 'addresses: [10.0.0.0/44]', /Cannot read "10.0.0.0\/44" as addresses/],
    ['local', 'adresses: [10.0.0.0/24]', /no setting "adresses"; there are addresses, interface, neighbours$/],
    ['local', 'addresses: [10.0.0.1]\ninterface: much-too-long-a-name', /is no name of an interface/],
    ['local', '- a', /must be a mapping/],
    ['local', 'a: [', /is no YAML/],
    ['hcloud', 'tokenFile: /x\nusePrivateIp: true', /must give "network"/],
    ['hcloud', 'usePrivateIp: ja', /must be true or false/],
    ['external', '', /must give "url"/],
    ['external', 'url: ftp://x', /must begin with unix:\/\//],
    ['external', 'url: https://x\ncertificateAuthorityFile: /nowhere', /Cannot read "certificateAuthorityFile"/],
  ];
  for (const [name, text, message] of wrong) {
    await assert.rejects(
      readProvider(name, text),
      (error: Error) => error instanceof ProviderConfigError && message.test(error.message),
      `${name}: ${text}`,
    );
  }
});

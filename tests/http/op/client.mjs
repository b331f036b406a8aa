// Licensed under the Apache License, Version 2.0; see LICENSE.
//
// A real client: gets a token from the provider by the client-credentials
// grant, bound in the way that its client id stands for, and calls an API.
//
//   node client.mjs CLIENT-ID ISSUER API-URL CA CERTIFICATE KEY TIMES
//
// prints for each call one line of JSON: {"status", "token", "body"}.
import { readFileSync } from 'node:fs';

import * as client from 'openid-client';
import { Agent, fetch } from 'undici';

const [id, issuer, api, ca, certificate, key, times] = process.argv.slice(2);
const RESOURCE = 'https://api.example.com/orders';

const dispatcher = new Agent({
  connect: {
    ca: readFileSync(ca),
    cert: readFileSync(certificate),
    key: readFileSync(key),
  },
});

function send(url, options) {
  return fetch(url, { ...options, dispatcher });
}

const config = await client.discovery(
  new URL(issuer),
  id,
  {
    client_secret: 'a secret of no worth',
    use_mtls_endpoint_aliases: false,
  },
  undefined,
  { [client.customFetch]: send },
);
config[client.customFetch] = send;

const isBound = id.startsWith('dpop');
const DPoP = isBound
  ? client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  : undefined;

const grant = await client.clientCredentialsGrant(
  config,
  { resource: RESOURCE, scope: 'read:orders' },
  { DPoP },
);

for (let i = 0; i < Number(times); i++) {
  const answer = await client.fetchProtectedResource(
    config,
    grant.access_token,
    new URL(api),
    'GET',
    undefined,
    undefined,
    { DPoP },
  );
  console.log(
    JSON.stringify({
      status: answer.status,
      token: grant.access_token,
      body: await answer.text(),
    }),
  );
}
await dispatcher.close();

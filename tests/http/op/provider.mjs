// Licensed under the Apache License, Version 2.0; see LICENSE.
//
// A real OpenID provider with the client-credentials grant for one API, and for
// what calls itself a resource of localhost. Its clients get plain tokens, tokens bound by DPoP (RFC 9449, with nonces of the
// provider's), or tokens bound to their TLS certificate (RFC 8705).
//
//   node provider.mjs CERTIFICATE KEY
//
// prints one line of JSON: {"issuer": URL, "admin": URL}. A POST to
// admin/rotate makes a new signing key; with ?keep=no the old ones leave the
// set. Both listen on loopback only.
import { generateKeyPair, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { promisify } from 'node:util';

import Provider, { errors } from 'oidc-provider';

const HOST = '127.0.0.1';
const API = 'https://api.example.com/orders';
const SCOPES = 'read:orders write:orders call:tools';
function client(client_id, more = {}) {
  return {
    client_id,
    client_secret: 'a secret of no worth',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    ...more,
  };
}

const CLIENTS = [
  client('nightly-batch'),
  client('dpop-batch', { dpop_bound_access_tokens: true }),
  client('mtls-batch', { tls_client_certificate_bound_access_tokens: true }),
];
const NONCE_SECRET = randomBytes(32);

async function makeKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
  });
  const jwk = privateKey.export({ format: 'jwk' });
  return { ...jwk, kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function resourceServer(_ctx, indicator) {
  if (indicator !== API && new URL(indicator).hostname !== 'localhost') {
    throw new errors.InvalidTarget();
  }
  return {
    scope: SCOPES,
    audience: indicator,
    accessTokenTTL: 600,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}

// A provider's keys are fixed when it is made: another set, another provider.
function makeProvider(issuer, keys) {
  const provider = new Provider(issuer, {
    clients: CLIENTS,
    jwks: { keys },
    scopes: SCOPES.split(' '),
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: {
        enabled: true,
        nonceSecret: NONCE_SECRET,
        requireNonce: () => true,
      },
      mTLS: {
        enabled: true,
        certificateBoundAccessTokens: true,
        getCertificate: (ctx) => ctx.req.socket.getPeerX509Certificate(),
      },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: resourceServer,
      },
    },
  });
  return provider.callback();
}

function listen(server) {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(server.address().port));
  });
}

const [certificate, key] = process.argv
  .slice(2, 4)
  .map((file) => readFileSync(file));
let keys = [await makeKey()];
let answer;

const tls = {
  cert: certificate,
  key,
  requestCert: true,
  rejectUnauthorized: false,
};
const front = https.createServer(tls, (req, res) => answer(req, res));
const issuer = `https://${HOST}:${await listen(front)}`;
answer = makeProvider(issuer, keys);

const admin = http.createServer(async (req, res) => {
  const url = new URL(req.url, 'http://localhost');
  if (req.method !== 'POST' || url.pathname !== '/rotate') {
    res.writeHead(404).end();
    return;
  }
  const former = url.searchParams.get('keep') === 'no' ? [] : keys;
  keys = [await makeKey(), ...former];
  answer = makeProvider(issuer, keys);
  res.writeHead(204).end();
});
const adminURL = `http://127.0.0.1:${await listen(admin)}`;

console.log(JSON.stringify({ issuer, admin: adminURL }));

// Licensed under the Apache License, Version 2.0; see LICENSE.
//
// A real MCP client, that is given the URL of an MCP server, its own credentials
// and the scope it is to ask for, and finds the rest by itself.
//
//   node mcp-client.mjs URL CLIENT SECRET SCOPE
//
// prints one line of JSON: what was asked for (method, URL, status), and what
// the tool "count" has sent: its events, each with the milliseconds that it was
// under way, and its result.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js';

const [url, clientId, clientSecret, scope] = process.argv.slice(2);
const asked = [];
const events = [];

async function watch(input, init) {
  const answer = await fetch(input, init);
  asked.push([init?.method ?? 'GET', String(input), answer.status]);
  return answer;
}

const transport = new StreamableHTTPClientTransport(new URL(url), {
  authProvider: new ClientCredentialsProvider({
    clientId,
    clientSecret,
    scope,
  }),
  fetch: watch,
});
const client = new Client({ name: 'test', version: '1.0.0' });
client.setNotificationHandler(LoggingMessageNotificationSchema, (event) => {
  const { number, sent } = event.params.data;
  events.push({ number, under_way: Date.now() - sent });
});
await client.connect(transport);
const { content } = await client.callTool({ name: 'count' });
console.log(JSON.stringify({ asked, events, result: JSON.parse(content[0].text) }));
await client.close();

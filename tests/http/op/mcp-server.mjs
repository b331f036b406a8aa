// Licensed under the Apache License, Version 2.0; see LICENSE.
//
// A real MCP server by streamable HTTP, that knows nothing of tokens.
//
//   node mcp-server.mjs
//
// prints one line of JSON: {"port": PORT}. Its tool "count" sends events one by
// one, each with the time at which it was sent, and then says what it was told
// of the caller.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';

const EVENTS = 5;
const INTERVAL = 400; // milliseconds

async function count(extra) {
  for (let number = 1; number <= EVENTS; number += 1) {
    await extra.sendNotification({
      method: 'notifications/message',
      params: { level: 'info', data: { number, sent: Date.now() } },
    });
    await sleep(INTERVAL);
  }
  const { headers } = extra.requestInfo;
  const told = {
    sub: headers['x-auth0-sub'],
    authorization: headers.authorization,
  };
  return { content: [{ type: 'text', text: JSON.stringify(told) }] };
}

// One for each request: nothing is kept between them.
function makeServer() {
  const server = new McpServer(
    { name: 'counter', version: '1.0.0' },
    { capabilities: { logging: {} } },
  );
  server.registerTool('count', { description: 'Counts slowly.' }, count);
  return server;
}

const front = http.createServer(async (req, res) => {
  // As servers do that pages ask directly.
  res.setHeader('Access-Control-Allow-Origin', '*');
  if (req.url === '/mcp' && req.method === 'OPTIONS') {
    res.setHeader('Access-Control-Allow-Methods', 'POST');
    res.writeHead(204).end();
    return;
  }
  if (req.url !== '/mcp' || req.method !== 'POST') {
    res.writeHead(req.url === '/mcp' ? 405 : 404).end();
    return;
  }
  const server = makeServer();
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: undefined,
  });
  res.on('close', () => server.close());
  await server.connect(transport);
  await transport.handleRequest(req, res);
});
front.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ port: front.address().port }));
});

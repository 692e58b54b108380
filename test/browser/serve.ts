/** Serves files from memory, with the policy that pages are promised to get along with. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

export const serve = async (
  files: ReadonlyMap<string, { type: string; body: string | Uint8Array }>,
): Promise<Server> => {
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.type ?? 'text/plain',
      'content-security-policy': POLICY,
    });
    response.end(file?.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

export const addressOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

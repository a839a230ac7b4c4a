import Fastify from 'fastify';
import { expect, test } from 'vitest';
import { RequestExchange } from './exchange.ts';

test('a cookie that is set again takes the place of the first, and leaves the others', async () => {
  const server = Fastify();
  server.get('/', async (request, reply) => {
    reply.header('set-cookie', 'theme=dark');
    const exchange = new RequestExchange(request, reply);
    exchange.setCookie('session', 'session=old');
    exchange.setCookie('session', 'session=new; HttpOnly');
    return { ip: exchange.ip, isSecure: exchange.isSecure, userAgent: exchange.userAgent };
  });
  const { headers, body } = await server.inject({ url: '/', headers: { 'user-agent': 'test' } });
  expect(headers['set-cookie']).toEqual(['theme=dark', 'session=new; HttpOnly']);
  expect(JSON.parse(body)).toEqual({ ip: '127.0.0.1', isSecure: false, userAgent: 'test' });
  await server.close();
});

import { randomBytes } from 'node:crypto';
import { hashSecret } from '../keys/secret.ts';

const pattern = /^oriel_refresh_[\w-]{43}$/;

/** 256 random bits, with a beginning by which people and scanners of secrets know what it is. */
export function createRefreshToken(): string {
  return `oriel_refresh_${randomBytes(32).toString('base64url')}`;
}

export function isRefreshToken(text: string): boolean {
  return pattern.test(text);
}

export const hashRefreshToken = hashSecret;

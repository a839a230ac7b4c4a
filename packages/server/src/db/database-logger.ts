/** What the database edge needs of a log; pino's and Fastify's loggers have it. */
export interface DatabaseLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

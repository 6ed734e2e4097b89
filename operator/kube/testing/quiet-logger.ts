import type { Logger } from "../logger.ts";

/** A logger that keeps what it was told. */
export class QuietLogger implements Logger {
  readonly lines: { level: string; fields: object; message: string }[] = [];

  debug(fields: object, message: string): void {
    this.#keep("debug", fields, message);
  }

  info(fields: object, message: string): void {
    this.#keep("info", fields, message);
  }

  warn(fields: object, message: string): void {
    this.#keep("warn", fields, message);
  }

  error(fields: object, message: string): void {
    this.#keep("error", fields, message);
  }

  #keep(level: string, fields: object, message: string): void {
    this.lines.push({ level, fields, message });
  }
}

import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Names whose values never reach the log. */
const secretName =
  /(seed|password|passwd|token|secret|authorization|cookie|jwt|privatekey|mnemonic)$/i;
/** Depth to which logged objects are looked through; what is deeper is left out. */
const depthMax = 6;
const redacted = "[redacted]";
/** Passwords in the URLs of nodes and databases, as libraries put them into their messages. */
const secretText = /(\w+:\/\/[^\s:/@"]*):[^\s@"]+@/g;

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth > depthMax) return "[deep]";
  if (value instanceof Error) return cleanError(value, depth);
  // Bytes are keys and signed transactions: no line needs one.
  if (ArrayBuffer.isView(value)) return redacted;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  return cleanFields(value, depth);
}

function cleanError(error: Error, depth: number): object {
  // Drivers hang statements and parameters on their errors: only these fields are logged.
  const code = "code" in error ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

function cleanFields(value: object, depth: number): Record<string, unknown> {
  const fields = Object.entries(value).map(([name, field]) => {
    return [name, secretName.test(name) ? redacted : clean(field, depth + 1)];
  });
  return Object.fromEntries(fields);
}

/** A logger of JSON lines: `level` as text, `time` in ISO 8601, `msg`, and `bindings` in each. Never a key or a password. */
export function createLogger(
  level: string,
  bindings: Record<string, string>,
  destination: { write(line: string): void } = pino.destination({ fd: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      base: bindings,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (object) => cleanFields(object, 0),
      },
      // cleanFields has already turned errors into plain fields.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: (line) => line.replace(secretText, `$1:${redacted}@`) },
    },
    destination,
  );
}

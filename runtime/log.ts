import { type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Names whose values never reach the log; `clientSeed` and `serverSeedHash` are public. */
const secretName =
  /^(?!clientseed$).*(seed|seedkey|password|passwd|token|secret|authorization|cookie|jwt)$/i;
/** Depth to which logged objects are looked through; what is deeper is left out. */
const depthMax = 6;
const redacted = "[redacted]";

/** Tokens and passwords inside texts, as drivers and libraries put them into their messages. */
const secretText = [
  { pattern: /\bBearer\s+[^\s"\\]+/gi, instead: `Bearer ${redacted}` },
  { pattern: /\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, instead: redacted },
  { pattern: /(\w+:\/\/[^\s:/@"]+):[^\s@"]+@/g, instead: `$1:${redacted}@` },
];

/** Takes tokens and passwords out of a text. */
export function scrub(text: string): string {
  return secretText.reduce((rest, { pattern, instead }) => rest.replace(pattern, instead), text);
}

function cleanError(error: Error, depth: number): object {
  // Drivers hang statements and parameters on their errors: only these fields are logged.
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: clean(error.cause, depth + 1) };
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause };
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (depth > depthMax) return "[deep]";
  if (value instanceof Error) return cleanError(value, depth);
  if (value instanceof Date) return value;
  // Bytes are seeds, keys and hashes of them: no line needs one.
  if (ArrayBuffer.isView(value)) return redacted;
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  return cleanFields(value, depth);
}

function cleanFields(value: object, depth: number): Record<string, unknown> {
  const fields = Object.entries(value).map(([name, field]) => {
    return [name, secretName.test(name) ? redacted : clean(field, depth + 1)];
  });
  return Object.fromEntries(fields);
}

/**
 * A logger of JSON lines: `level` as text, `time` in ISO 8601, `msg`, and `bindings` in each. Never
 * a seed, token, password or Authorization header, whatever it is given.
 */
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
      hooks: { streamWrite: scrub },
    },
    destination,
  );
}

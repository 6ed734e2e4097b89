/** The keys of a Secret that says where a database is and who one is there. */
export const DATABASE_KEYS = ["host", "port", "database", "user", "password"] as const;

/** The key with the CA of the database's certificate, where it has one of its own. */
export const CA_KEY = "ca.crt";

/** The value of one key of a Secret as it travels; undefined where it is absent or empty. */
export function readSecret(secret: object | undefined, key: string): string | undefined {
  const data = (secret as { data?: Record<string, string> } | undefined)?.data;
  const value = data?.[key];
  return value ? Buffer.from(value, "base64").toString("utf8") : undefined;
}

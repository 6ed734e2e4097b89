/** How the containers of one image run as processes of this machine. */
export interface Image {
  /** What the image's working directory is here. */
  cwd: string;
  /** The image's own command, for containers that have none. */
  entrypoint?: readonly string[];
  /** Programs of the image by name, as paths of this machine. */
  programs: Readonly<Record<string, string>>;
  env?: Readonly<Record<string, string>>;
}

/** The images that the node has; any other is ErrImagePull. */
export type ImageTable = Readonly<Record<string, Image>>;

/** The command line of a container, or undefined where the image has no such program. */
export function argvOf(
  image: Image,
  command: readonly string[] | undefined,
  args: readonly string[] = [],
): [string, ...string[]] | undefined {
  const [name, ...rest] = [...(command ?? image.entrypoint ?? []), ...args];
  const program = image.programs[name ?? ""];
  return program === undefined ? undefined : [program, ...rest];
}

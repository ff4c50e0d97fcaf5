import { type BuildRequest, parseImageReference } from '@kanikit/spec';

/** Whether the registry of an image may be spoken to over plain http. */
export function isInsecure(
  image: string,
  request: Pick<BuildRequest, 'insecureRegistries'>,
  insecureRegistries: readonly string[],
): boolean {
  const { registry } = parseImageReference(image);
  return [...insecureRegistries, ...(request.insecureRegistries ?? [])].includes(registry);
}

/** What image references may call the registry: clients compare names, and `localhost` leads to it, too. */
export function registryNames(registry: string): readonly string[] {
  return [registry, `localhost:${registry.slice(registry.lastIndexOf(':') + 1)}`];
}

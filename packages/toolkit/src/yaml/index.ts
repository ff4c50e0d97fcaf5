export { readYaml, readYamlDocuments } from './read-yaml.ts';
export { writeYaml } from './write-yaml.ts';
export { YamlError } from './yaml-error.ts';
export { yamlText } from './yaml-text.ts';

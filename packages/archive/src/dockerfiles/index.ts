export { contextTarball, contextTarballWarning, hasContextTarball } from './context-tarball.ts';
export { dockerfileNames, isLikeDockerfile, suggestNames } from './dockerfile-names.ts';
export { requireText } from './require-text.ts';
export { type EncodingFault, findEncodingFault } from './text-encoding.ts';

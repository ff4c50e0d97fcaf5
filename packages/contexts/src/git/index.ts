export { createGitSource, type GitAccessOptions } from './git-source.ts';

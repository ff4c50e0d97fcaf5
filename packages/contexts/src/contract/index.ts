export type { ContractTest } from './contract-test.ts';
export { contextSourceContract, type ContextSourceSetup } from './context-source-contract.ts';
export { contextStoreContract, type ContextStoreSetup } from './context-store-contract.ts';
export { createSampleArchive, type SampleArchive, type SampleOptions } from './sample-archive.ts';

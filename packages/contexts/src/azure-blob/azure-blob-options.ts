/** How Azure Blob Storage is reached and who asks. */
export interface AzureBlobAccessOptions {
  /** Name of the storage account. @default that of the connection string, else `AZURE_STORAGE_ACCOUNT` */
  readonly account?: string | undefined;
  /** @default `AZURE_STORAGE_CONNECTION_STRING`, where no other credentials are given */
  readonly connectionString?: string | undefined;
  /** @default `AZURE_STORAGE_KEY`, of the account in `AZURE_STORAGE_ACCOUNT` */
  readonly accountKey?: string | undefined;
  /** A shared access signature (`sv=…&sig=…`). @default `AZURE_STORAGE_SAS_TOKEN`, of the account in `AZURE_STORAGE_ACCOUNT` */
  readonly sasToken?: string | undefined;
  /**
   * URL of the account's blobs. Where the host does not begin with the account's name and there is no path, the account becomes the path, as
   * emulators want it.
   *
   * @default `https://ACCOUNT.blob.core.windows.net`
   */
  readonly endpoint?: string | undefined;
  /** The same server as pods reach it, where that differs. @default endpoint */
  readonly podEndpoint?: string | undefined;
  /**
   * `key` lets what this machine has travel to the pod in a secret: the account's key, for executors that read Azure's URLs themselves but no
   * others, though it opens the whole account; or the SAS, which can't be made narrower. An `identity` of the pod's own is of no use: the executor reads with the key alone.
   *
   * @default pods get signed URLs only
   */
  readonly podAccess?: 'identity' | 'key' | undefined;
  /** PEM certificates to trust besides the system's, by the client and by the executor. */
  readonly certificateAuthorities?: string | undefined;
  /** Longest silence of the server, in milliseconds. @default 30,000 */
  readonly silenceMs?: number | undefined;
  /** For the defaults above. @default that of the process */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface AzureBlobStoreOptions extends AzureBlobAccessOptions {
  readonly container: string;
  /** What the names of all blobs begin with. @default kanikit */
  readonly prefix?: string | undefined;
}

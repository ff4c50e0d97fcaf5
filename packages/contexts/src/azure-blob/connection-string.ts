import { KanikitError } from '@kanikit/spec';

export interface ConnectionString {
  readonly account: string;
  readonly key: string | undefined;
  readonly sas: string | undefined;
  readonly endpoint: string | undefined;
}

/**
 * What the portal and `az storage account show-connection-string` give: `AccountName=…;AccountKey=…;EndpointSuffix=…`.
 *
 * @throws KanikitError `bucket-options-invalid`
 */
export function parseConnectionString(text: string): ConnectionString {
  const fields = new Map<string, string>();
  for (const field of text.split(';')) {
    const at = field.indexOf('=');
    // Keys end with equals signs themselves.
    if (at > 0) fields.set(field.slice(0, at).trim(), field.slice(at + 1).trim());
  }
  const endpoint = fields.get('BlobEndpoint');
  const account = fields.get('AccountName') ?? accountOf(endpoint);
  if (account === undefined) {
    throw new KanikitError({
      code: 'bucket-options-invalid',
      message: 'Configuring Azure Blob Storage: the connection string names no account.',
      hint: 'Copy it whole, as az storage account show-connection-string prints it.',
    });
  }
  const suffix = fields.get('EndpointSuffix');
  const scheme = fields.get('DefaultEndpointsProtocol') ?? 'https';
  return {
    account,
    key: fields.get('AccountKey'),
    sas: fields.get('SharedAccessSignature'),
    endpoint: endpoint ?? (suffix === undefined ? undefined : `${scheme}://${account}.blob.${suffix}`),
  };
}

function accountOf(endpoint: string | undefined): string | undefined {
  return endpoint !== undefined && URL.canParse(endpoint)
    ? new URL(endpoint).hostname.split('.')[0]
    : undefined;
}

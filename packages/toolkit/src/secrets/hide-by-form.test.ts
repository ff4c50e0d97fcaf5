import { expect, test } from 'vitest';
import { hideByForm } from './hide-by-form.ts';

const basic = Buffer.from('user:secret-word').toString('base64');
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF_123-xyz';

test.each([
  [
    'https://h/c?X-Amz-Credential=K&X-Amz-Signature=S&x=1',
    'https://h/c?X-Amz-Credential=***&X-Amz-Signature=***&x=1',
  ],
  ['"https://a.blob.core.windows.net/c?sv=1&sig=a%2Fb"', '"https://a.blob.core.windows.net/c?sv=1&sig=***"'],
  [
    'https://storage.googleapis.com/b?X-Goog-Signature=ff',
    'https://storage.googleapis.com/b?X-Goog-Signature=***',
  ],
  // Go's JSON writes & as \u0026.
  [
    String.raw`"https://h/c?a=1\u0026X-Amz-Signature=S\u0026x=1"`,
    String.raw`"https://h/c?a=1\u0026X-Amz-Signature=***\u0026x=1"`,
  ],
  [
    'url=https%3A%2F%2Fh%2Fc%3Fa%3D1%26sig%3DSECRET%26x%3D1',
    'url=https%3A%2F%2Fh%2Fc%3Fa%3D1%26sig%3D***%26x%3D1',
  ],
  ['&amp;sig=SECRET&amp;x', '&amp;sig=***&amp;x'],
  ['https://h/x?private_token=SECRET#top', 'https://h/x?private_token=***#top'],
  ['https://h/c.tar.gz#sig=SECRET', 'https://h/c.tar.gz#sig=***'],
  ['https://h/x?access_token=SECRET', 'https://h/x?access_token=***'],
  ['https://h/x?token=SECRET&job_token=SECRET', 'https://h/x?token=***&job_token=***'],
  ['git clone https://user:pass@h/x.git', 'git clone https://***@h/x.git'],
  ['https://user:pa@ss@h/x', 'https://***@h/x'],
  ['https:/user:pass@h/x', 'https:/***@h/x'],
  [String.raw`{"url":"https:\/\/user:pass@h\/x"}`, String.raw`{"url":"https:\/\/***@h\/x"}`],
  ['https%3A%2F%2Fuser%3Apass%40h%2Fx', 'https%3A%2F%2F***%40h%2Fx'],
  [`Authorization: Basic ${basic}`, 'Authorization: Basic ***'],
  [`curl -H "authorization: bearer ${jwt}"`, 'curl -H "authorization: bearer ***"'],
  ['PRIVATE-TOKEN: abcdef', 'PRIVATE-TOKEN: ***'],
  [
    String.raw`{"headers":{"X-Amz-Security-Token":["SECRET"]}}`,
    String.raw`{"headers":{"X-Amz-Security-Token":["***"]}}`,
  ],
  ['Set-Cookie: session=abc; Path=/', 'Set-Cookie: ***'],
  [
    `{"auths":{"h":{"auth":"${basic}","identitytoken":"T"}}}`,
    '{"auths":{"h":{"auth":"***","identitytoken":"***"}}}',
  ],
  [String.raw`"{\"auth\":\"${basic}\"}"`, String.raw`"{\"auth\":\"***\"}"`],
  ['{"access_token": "a", "expires_in": 3}', '{"access_token": "***", "expires_in": 3}'],
  [`token ${jwt}.`, 'token ***'],
  ['npm_0123456789abcdefghijABCDEFGHIJ012345 is set', '*** is set'],
  ['glpat-abcdefghijklmnopqrst', '***'],
  ['TOKEN_ghp_0123456789abcdefghijABCDEFGHIJ0123 is set', 'TOKEN_*** is set'],
  ['pypi-AgEIcHlwaS5vcmcCJDU0NDQ2', '***'],
  ['authorization: token 0123456789abcdef', 'authorization: token ***'],
  [String.raw`{"Authorization":["token 0123456789abcdef"]}`, String.raw`{"Authorization":["token ***"]}`],
  ['//npm.example.com/:_authToken=0123456789', '//npm.example.com/:_authToken=***'],
  ['_auth="dXNlcjpwYXNz"', '_auth="***"'],
  ['Cookie: a=b; session=abc', 'Cookie: ***'],
  ['< X-Vault-Token: hvs.abc', '< X-Vault-Token: ***'],
  ['AccountName=a;AccountKey=abc==', 'AccountName=a;AccountKey=***'],
  ['ssh://git:pass@h/x', 'ssh://***@h/x'],
  ['gldt-abcdefghijklmnopqrst and dckr_oat_abcdefghijklmnopqrst', '*** and ***'],
  [String.raw`{"auth":"ab\/cd","password":"a\"b","x":1}`, '{"auth":"***","password":"***","x":1}'],
  [String.raw`"{\"password\":\"a\\\"b\",\"x\":\"y\"}"`, String.raw`"{\"password\":\"***\",\"x\":\"y\"}"`],
  ['https://u:pa/ss@h/x', 'https://***@h/x'],
  ['git clone https://u:pa?s#s@h/x.git', 'git clone https://***@h/x.git'],
  ['+ curl -fsSL -u name:pass-word https://h/x', '+ curl -fsSL -u name:*** https://h/x'],
  ['curl --user "name:pass:word" h; curl -uname:pass h', 'curl --user "name:***" h; curl -uname:*** h'],
  ['curl --proxy-user=name:pass -x h', 'curl --proxy-user=name:*** -x h'],
  ['wget --http-password=secret --user=me h', 'wget --http-password=*** --user=me h'],
  ['curl -H Authorization:Bearer\ta1c h', 'curl -H Authorization:Bearer\t*** h'],
  ['AUTHORIZATION = Basic YTpi', 'AUTHORIZATION = Basic ***'],
  [`{'Authorization': 'Bearer abc'}`, `{'Authorization': 'Bearer ***'}`],
  ['"Authorization"=>"token abc"', '"Authorization"=>"token ***"'],
  ['Authorization%3A%20Bearer%20abc', 'Authorization%3A%20Bearer%20***'],
  ['> Proxy-Authorization: Basic YTpi', '> Proxy-Authorization: Basic ***'],
  ['Authorization: 0123456789abcdef', 'Authorization: ***'],
  ['Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abc', 'Authorization: AWS4-HMAC-SHA256 ***'],
  ['Authorization: Digest username="u", response="abc"', 'Authorization: Digest ***'],
  ['Authorization: ApiKey abc', 'Authorization: ApiKey ***'],
  ['{"aws_session_token": "abc"}', '{"aws_session_token": "***"}'],
])('of %j only %j is shown', (text, shown) => {
  expect(hideByForm(text)).toBe(shown);
});

test.each([
  'plain text',
  'https://h/c?a=1',
  'https://registry.example/app@sha256:0123',
  'FROM oci://@sha256:0123',
  'npm install https://registry.example/@scope/pkg',
  'basic authentication is off, bearer tokens are on',
  'Www-Authenticate: Bearer realm="https://auth.example/token",service="registry"',
  'unauthorized: authentication required',
  'COPY --from=build /app/token.js /app/',
  'step 3: signature verification took 4s',
  'git clone ssh://git@github.com/acme/app.git',
  'git+ssh://git@github.com/acme/app.git',
  'Collecting git+https://github.com/psf/requests.git@v2.31.0',
  'docker://registry.example:5000@sha512:0123',
  'The cookie: is set by the server',
  'Test cookies: passed 12 of 12',
  'X-Auth-Token: is missing',
  'Missing header X-Api-Key: see the documentation',
  'echo "//npm.example.com/:_authToken=${NPM_TOKEN}" > .npmrc',
  'npm error Incorrect or missing password.',
  'npm warn Unknown env config "npm_config_store_dir_of_the_whole_workspace"',
  'node_modules/npm_globalNodeModulesFolderPathThatIsLong123',
  '    "auth": "^1.2.3", "token": "2.0.0-rc.1", "secret": ">=1.x",',
  '+ cookie: 1.2.3',
  'cookie = 3',
  'authorization: none',
  'Authorization: Bearer token is missing',
  'authorization: basic authentication failed',
  'curl -H "Authorization: Bearer $TOKEN" https://h',
  'curl -u "$USER:$PASSWORD" https://h',
  'curl --user-agent name:pass',
  'docker run -u 1000:1000 app',
  'curl: (22) The requested URL returned error: 403',
  'GET http://localhost:8080/packages/@scope/app@1.2.3',
  'https://npm.example.com/@babel/core/-/core-7.0.0.tgz',
  'kaniko --destination=oci://registry:5000/app@sha256:0123',
])('%j stays', (text) => {
  expect(hideByForm(text)).toBe(text);
});

test(
  'a line of 1 MB with the beginnings of many credentials takes no time worth telling',
  { timeout: 20_000 },
  () => {
    const pieces = [
      'a.',
      'a://',
      '?sig=',
      '&x-amz-',
      ':/',
      '%3a%2f%2f',
      '"auth":"',
      'eyJ-',
      'eyJ.eyJ.',
      'basic ',
      'bearer a',
      '\\"auth',
      '"auth":"\\',
      '\\',
      '"auth\\\\":\\\\"',
      'authorization: aws ',
      '"a_token":"1.',
      '_token',
      'cookie:',
      '@',
      '%26sig%3d',
      'ghp_',
      '_auth=',
      'set-cookie:a',
      'x-api-key: a',
      'authorization: token ',
    ];
    for (const piece of pieces) {
      const text = piece.repeat(1_000_000 / piece.length);
      expect(hideByForm(`${text}://\u0001`).length).toBeGreaterThan(0);
      expect(hideByForm(`https://${text}`).length).toBeGreaterThan(0);
    }
  },
);

test.each([
  'eyJ',
  'https://h/?sig=',
  '"auth":"',
  String.raw`"auth":"\a`,
  'cookie: a=',
  'x://',
  'bearer 1',
  'npm_',
])(
  'a line of 8 MiB that begins with %j does not stop the reading of a log',
  { timeout: 20_000 },
  (beginning) => {
    const text = `${beginning}${'a1'.repeat(4 << 20)}`;
    expect(hideByForm(`${text} token`)).toContain(' token');
  },
);
